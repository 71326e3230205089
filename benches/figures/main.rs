//! The figures of design §8 that one machine can measure alone, as ratios within one run. Prints; never asserts.
//!
//! `make bench` measures everything (about twelve minutes); `cargo bench -- engine bus` only what is named.

#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

mod bare;
mod bounds;
mod dead;
mod devices;
mod field;
mod figure;
mod gateway;
mod gorilla;
mod journal;
mod line;
mod linkages;
mod machines;
mod past;
mod path;
mod plant_room;
mod sites;
mod sparse;
mod traced;
mod trends;

use figure::Figures;

fn main() {
    // The HTTP client is built without a choice of its own; nothing is encrypted here.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let mut figures = Figures::new();
    type Bench = fn(&mut Figures);
    let all: [(&str, Bench); 15] = [
        ("field", field::measure),
        ("dead", dead::measure),
        ("sparse", sparse::measure),
        ("line", line::measure_use),
        ("line-dead", line::measure_dead),
        ("bounds", bounds::measure),
        ("changes", gateway::measure_changes),
        ("points", gateway::measure_points),
        ("bus", machines::measure_bus),
        ("engine", machines::measure_engine),
        ("trace", traced::measure),
        ("linkages", linkages::measure),
        ("journal", journal::measure),
        ("past", past::measure),
        ("trends", trends::measure),
    ];
    for (name, measure) in all {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            measure(&mut figures);
        }
    }
}
