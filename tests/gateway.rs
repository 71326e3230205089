//! The program itself before real parts: Modbus servers that are not ours, a broker, a time-series server, a disk.
//!
//! Every test starts `tocsin` as a person would, talks to it from outside only, and reads its log afterwards: no test
//! passes over a panic. `cargo test --test gateway -- --nocapture` prints the figures.

#[path = "gateway/acts.rs"]
mod acts;
#[path = "gateway/backfill.rs"]
mod backfill;
#[path = "gateway/bench.rs"]
mod bench;
#[path = "gateway/bounds.rs"]
mod bounds;
#[path = "mqtt/broker.rs"]
#[expect(dead_code, reason = "shared with the tests of the MQTT edge, which also cut wires")]
mod broker;
#[path = "web/client.rs"]
#[expect(dead_code, reason = "shared with the tests of the web edge, which also send forms")]
mod client;
#[path = "gateway/commands.rs"]
mod commands;
#[path = "gateway/configuration.rs"]
mod configuration;
#[path = "gateway/copies.rs"]
mod copies;
#[path = "gateway/disk.rs"]
mod disk;
#[path = "gateway/exports.rs"]
mod exports;
#[path = "gateway/field.rs"]
mod field;
#[path = "gateway/foreign_client.rs"]
mod foreign_client;
#[path = "gateway/kills.rs"]
mod kills;
#[path = "gateway/kiosk.rs"]
mod kiosk;
#[path = "gateway/links.rs"]
mod links;
#[path = "gateway/metrics.rs"]
mod metrics;
#[path = "web/node.rs"]
#[expect(dead_code, reason = "shared with the tests of the web edge, whose consoles also listen")]
mod node;
#[path = "gateway/outputs.rs"]
mod outputs;
#[path = "mqtt/port.rs"]
mod port;
#[path = "gateway/printer.rs"]
mod printer;
#[path = "gateway/replay.rs"]
mod replay;
#[path = "gateway/restart.rs"]
mod restart;
#[path = "gateway/retired.rs"]
mod retired;
#[path = "gateway/sample_site.rs"]
mod sample_site;
#[path = "influx/scripted.rs"]
#[expect(dead_code, reason = "shared with the tests of the time-series edge, which know more ways to misbehave")]
mod scripted;
#[path = "influx/server.rs"]
#[expect(dead_code, reason = "shared with the tests of the time-series edge, which also stop the server")]
mod server;
#[path = "gateway/site.rs"]
mod site;
#[path = "gateway/walls.rs"]
mod walls;
#[path = "gateway/watched.rs"]
mod watched;

/// Where the shared server looks for its patience.
mod feed {
    pub use crate::broker::until;
}
