//! The data set "plant-room-1": what meters of a plant room say once a second, always the same.
//!
//! A slow temperature in tenths, a noisy current in hundredths, a counter of energy, and the state of a pump, each as it
//! comes from a register, a few milliseconds early or late.

/// The four points of the room.
pub const SHAPES: [&str; 4] = ["temperature", "current", "counter", "state"];

/// One sample of "plant-room-1".
#[derive(Clone, Copy)]
pub struct Reading {
    /// Milliseconds since the beginning.
    pub ms: i64,
    pub value: f64,
}

/// The readings of one point, second by second, without end.
pub fn readings(shape: &'static str) -> impl Iterator<Item = Reading> {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    (0_i64..).map(move |second| {
        // xorshift64: the same on every machine.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let noise = (random % 2_001) as f64 / 1_000.0 - 1.0;
        // A poll comes a few milliseconds early or late.
        let jitter = (random >> 32) as i64 % 4;
        Reading { ms: second * 1_000 + jitter, value: value(shape, second as f64, noise) }
    })
}

/// In steps of a tenth, of a hundredth, of one.
fn value(shape: &str, second: f64, noise: f64) -> f64 {
    let day = second / 86_400.0 * std::f64::consts::TAU;
    match shape {
        "temperature" => ((21.5 + 4.0 * day.sin() + 0.05 * noise) * 10.0).round() / 10.0,
        "current" => ((96.0 + 6.0 * (day * 40.0).sin() + 1.5 * noise) * 100.0).round() / 100.0,
        "counter" => (184_320.0 + second * 0.0144).floor(),
        _ => f64::from((second / 900.0) as u32 % 4),
    }
}
