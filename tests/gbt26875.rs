//! GB/T 26875.3 with a peer in another language, made from the standard's tables: devices that report to the gateway, and
//! a city centre to which the gateway reports. The program itself, over real sockets.

#[path = "gateway/bench.rs"]
#[expect(dead_code, reason = "shared with the tests of the gateway, which also read what the program prints")]
mod bench;
#[path = "mqtt/broker.rs"]
#[expect(dead_code, reason = "shared with the tests of the MQTT edge; only its patience is used here")]
mod broker;
#[path = "web/client.rs"]
#[expect(dead_code, reason = "shared with the tests of the web edge, which also send forms")]
mod client;
#[path = "gbt26875/peer.rs"]
mod peer;
#[path = "mqtt/port.rs"]
mod port;
#[path = "gateway/site.rs"]
#[expect(dead_code, reason = "shared with the tests of the gateway, whose devices are polled")]
mod site;
#[path = "gbt26875/source.rs"]
mod source;
#[path = "gbt26875/town.rs"]
mod town;
#[path = "gbt26875/uplink.rs"]
mod uplink;
