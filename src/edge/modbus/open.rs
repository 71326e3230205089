//! Opening an endpoint for Modbus, and which rules hold on it.
//!
//! Takes: an endpoint, what is known of it, and a deadline.
//! Gives: a stream, how frames are cut and told apart on it, or an [`OpenError`] that says what to look at.
//! Never: waits longer than the deadline, or retries.

use std::time::Duration;

use super::fence::Framing;
use super::mbap::Mbap;
use super::rest::Rest;
use super::rtu::Rtu;
use super::stream::Stream;
use crate::edge::line::{self, OpenError};
use crate::engine::profile::Workarounds;
use crate::engine::site::{Endpoint, Line, Listen, Parity, Port};

/// What is known of an endpoint beside its address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// What it does against the specification.
    pub workarounds: Workarounds,
    /// Whether it echoes what is sent, as an earlier connection has shown ([`Wire::echoes`]).
    pub echoes: Option<bool>,
}

/// Which client speaks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Framed {
    Mbap,
    Rtu,
}

/// What tells a late answer from the awaited one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Apart {
    /// The number of the frame.
    Number,
    /// Time: on a line, with this silence between two frames.
    Time(Duration),
    /// The connection: after a failure that an answer may follow, it is closed.
    Connection,
}

/// An endpoint that was opened.
pub(super) struct Opened {
    pub(super) stream: Box<dyn Stream>,
    pub(super) framing: Framing,
    pub(super) framed: Framed,
    pub(super) apart: Apart,
    /// Path and device file of a serial line.
    pub(super) file: Option<(String, Option<[u64; 3]>)>,
    /// What its rests are timed by, where they are a few characters long.
    pub(super) rest: Option<Rest>,
}

/// Opens `endpoint`.
pub(super) async fn endpoint(endpoint: &Endpoint, habits: Habits, within: Duration) -> Result<Opened, OpenError> {
    let Habits { workarounds, echoes } = habits;
    let rtu = || Framing::Rtu(Rtu::new(if workarounds.echoes { Some(true) } else { echoes }));
    match endpoint {
        Endpoint::Tcp(address) => {
            let numbered = !workarounds.ignores_transaction_id;
            let (framing, framed) = (Framing::Mbap(Mbap::new(numbered)), Framed::Mbap);
            let apart = if numbered { Apart::Number } else { Apart::Connection };
            let stream = Box::new(line::tcp(address, within).await?);
            Ok(Opened { stream, framing, framed, apart, file: None, rest: None })
        }
        Endpoint::RtuTcp(address) => {
            let (framed, apart) = (Framed::Rtu, Apart::Connection);
            let stream = Box::new(line::tcp(address, within).await?);
            Ok(Opened { stream, framing: rtu(), framed, apart, file: None, rest: None })
        }
        Endpoint::Serial(serial) => {
            let (framed, apart) = (Framed::Rtu, Apart::Time(silence(serial)));
            // Before the port: if the adapter is changed in between, that shows as a change and not as none.
            let file = Some((serial.path.clone(), line::device_file(&serial.path)));
            let stream = Box::new(line::serial(serial)?);
            let rest = Rest::new().map_err(|error| OpenError {
                endpoint: serial.path.clone(),
                reason: format!("no timer for its silences: {error}"),
            })?;
            Ok(Opened { stream, framing: rtu(), framed, apart, file, rest: Some(rest) })
        }
        Endpoint::Gbt26875(Listen { address: place, .. })
        | Endpoint::Text(Port::Tcp(place) | Port::Serial(Line { path: place, .. })) => {
            Err(OpenError { endpoint: place.clone(), reason: "does not speak Modbus".to_owned() })
        }
    }
}

/// 3.5 characters; a fixed 1.75 ms above 19,200 baud (specification of the serial line, 2.5.1.1).
fn silence(line: &Line) -> Duration {
    if line.baud > 19_200 {
        return Duration::from_micros(1_750);
    }
    let bits = 1 + 8 + u64::from(line.parity != Parity::None) + u64::from(line.stop_bits);
    Duration::from_micros((bits * 3_500_000).div_ceil(u64::from(line.baud.max(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_silence_between_frames_follows_the_line() {
        let check = |baud: u32, parity: Parity, stop_bits: u8, micros: u64| {
            let line = Line { path: String::new(), baud, parity, stop_bits };
            assert_eq!(silence(&line), Duration::from_micros(micros), "{line:?}");
        };
        check(9_600, Parity::None, 1, 3_646);
        check(9_600, Parity::Even, 1, 4_011);
        check(1_200, Parity::None, 2, 32_084);
        check(19_200, Parity::Even, 1, 2_006);
        check(115_200, Parity::None, 1, 1_750);
    }
}
