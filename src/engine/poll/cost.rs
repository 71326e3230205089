//! How long exchanges take on the wire.
//!
//! Takes: how a bus is reached, and how long its devices think before they answer.
//! Gives: [`Cost`], by which requests are put together and plans are made.
//! Never: a clock.

use std::time::Duration;

use crate::engine::profile::{Pace, Table};
use crate::engine::site::{Bus, Endpoint, Line, Parity, Site};

/// How long a device on a line is assumed to think before it answers, until it was heard.
const TURNAROUND: Duration = Duration::from_millis(20);
/// How long an exchange over TCP is assumed to take, until one took place.
const TCP_EXCHANGE: Duration = Duration::from_millis(5);
/// What one more register costs over TCP: next to nothing on the network, a little to decode.
const TCP_WORD: Duration = Duration::from_micros(10);
/// What was measured counts within these bounds only: one lucky or unlucky exchange must not change a plan much.
const MEASURED: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(500));
/// A request that is not of the fire lane takes a line for so long at most, where fire or a command may wait for it.
const SLICE: Duration = Duration::from_millis(100);
/// The line behind a converter that carries RTU frames is not known to us; this is the commonest.
const BEHIND_A_CONVERTER: Line = Line { path: String::new(), baud: 9600, parity: Parity::Even, stop_bits: 1 };

/// What exchanges cost on one bus.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    /// Seconds for one character and for one silence between frames; nothing where there is only a network.
    line: Option<(f64, f64)>,
    /// The longest one request may take that is not urgent itself.
    slice: Option<Duration>,
}

impl Cost {
    pub fn of(site: &Site, bus: &Bus) -> Cost {
        let line = match &bus.endpoint {
            Endpoint::Serial(line) => Some(times(line)),
            Endpoint::RtuTcp(_) => Some(times(&BEHIND_A_CONVERTER)),
            Endpoint::Tcp(_) | Endpoint::Text(_) | Endpoint::Gbt26875(_) => None,
        };
        let hurried = bus.devices.iter().filter_map(|number| site.devices.get(*number as usize)).any(|device| {
            (device.control && !device.commands.is_empty())
                || site.points_of(device).iter().any(|point| point.pace == Pace::Fire)
        });
        Cost { line, slice: (hurried && line.is_some()).then_some(SLICE) }
    }

    /// One read, with the silences around it. `turnaround` is what was measured of the device.
    pub fn exchange(&self, turnaround: Option<Duration>, table: Table, count: u16) -> Duration {
        let measured = turnaround.map(|measured| measured.clamp(MEASURED.0, MEASURED.1));
        match self.line {
            Some(_) => self.frames(table, count) + measured.unwrap_or(TURNAROUND),
            None => self.frames(table, count) + measured.unwrap_or(TCP_EXCHANGE),
        }
    }

    /// Whether a request that is not urgent may take so long.
    pub fn fits(&self, lasts: Duration) -> bool {
        self.slice.is_none_or(|slice| lasts <= slice)
    }

    /// What an exchange that took so long leaves for the device to think.
    pub fn turnaround(&self, lasted: Duration, table: Table, count: u16) -> Duration {
        lasted.saturating_sub(self.frames(table, count))
    }

    /// Modbus over Serial Line 1.02: 8 bytes out, 5 and the data back, 3.5 characters of silence around each frame.
    fn frames(&self, table: Table, count: u16) -> Duration {
        let data = if table.is_bits() { count.div_ceil(8) } else { count.saturating_mul(2) };
        match self.line {
            Some((character, gap)) => {
                Duration::from_secs_f64(f64::from(8 + 5 + u32::from(data)) * character + 2.0 * gap)
            }
            None => TCP_WORD * u32::from(data.div_ceil(2)),
        }
    }
}

fn times(line: &Line) -> (f64, f64) {
    let bits = if line.parity != Parity::None || line.stop_bits == 2 { 11.0 } else { 10.0 };
    let character = bits / f64::from(line.baud.max(1));
    (character, if line.baud > 19_200 { 0.001_75 } else { 3.5 * character })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_on_the_line_agrees_with_the_arithmetic_of_the_standard() {
        let check = |baud, parity, stop_bits, table, count, milliseconds: f64| {
            let line = Line { path: String::new(), baud, parity, stop_bits };
            let cost = Cost { line: Some(times(&line)), slice: None };
            let wire = cost.exchange(None, table, count).as_secs_f64() * 1000.0;
            assert!((wire - milliseconds).abs() < 0.1, "{baud} {parity:?} {count}: {wire}");
            let lasted = cost.exchange(Some(Duration::from_millis(33)), table, count);
            assert_eq!(cost.turnaround(lasted, table, count), Duration::from_millis(33));
        };
        // 15 characters of 11 bits at 9600 are 17.2 ms, two gaps 8.0 ms, turnaround 20 ms.
        check(9600, Parity::Even, 1, Table::Holding, 1, 45.2);
        check(9600, Parity::None, 2, Table::Holding, 1, 45.2);
        check(9600, Parity::None, 1, Table::Holding, 1, 42.9);
        check(9600, Parity::Even, 1, Table::Holding, 125, 329.4);
        check(115_200, Parity::Even, 1, Table::Holding, 125, 48.6);
        check(9600, Parity::Even, 1, Table::Coil, 16, 45.2);
    }
}
