//! Opening an endpoint: a TCP connection or a serial line.
//!
//! Takes: an endpoint and a deadline.
//! Gives: a stream with its socket or line options set, or an [`OpenError`] that says what to look at.
//! Never: waits longer than the deadline, shares a serial line with another process, or retries.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio_serial::{ClearBuffer, SerialPort, SerialPortBuilderExt};

use super::fence::Framing;
use super::mbap::Mbap;
use super::rtu::Rtu;
use super::stream::Stream;
use crate::engine::profile::Workarounds;
use crate::engine::site::{Endpoint, Line, Listen, Parity, Port};

/// A peer that acknowledges nothing for this long is gone (peers §2.7).
const USER_TIMEOUT: Duration = Duration::from_secs(15);
/// An idle connection is probed this often.
const PROBE: Duration = Duration::from_secs(5);

/// Why an endpoint could not be opened, in one line: what, where, and what to look at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint}: {reason}")]
pub struct OpenError {
    /// Address or device file.
    pub endpoint: String,
    /// What went wrong there.
    pub reason: String,
}

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
            Ok(Opened { stream: tcp(address, within).await?, framing, framed, apart, file: None })
        }
        Endpoint::RtuTcp(address) => {
            let (framed, apart) = (Framed::Rtu, Apart::Connection);
            Ok(Opened { stream: tcp(address, within).await?, framing: rtu(), framed, apart, file: None })
        }
        Endpoint::Serial(line) => {
            let (framed, apart) = (Framed::Rtu, Apart::Time(silence(line)));
            // Before the port: if the adapter is changed in between, that shows as a change and not as none.
            let file = Some((line.path.clone(), device_file(&line.path)));
            Ok(Opened { stream: serial(line)?, framing: rtu(), framed, apart, file })
        }
        Endpoint::Gbt26875(Listen { address: place, .. })
        | Endpoint::Text(Port::Tcp(place) | Port::Serial(Line { path: place, .. })) => {
            Err(OpenError { endpoint: place.clone(), reason: "does not speak Modbus".to_owned() })
        }
    }
}

/// Connects to `address` (`host:port`).
async fn tcp(address: &str, within: Duration) -> Result<Box<dyn Stream>, OpenError> {
    let failed = |reason: String| OpenError { endpoint: address.to_owned(), reason };
    let stream = tokio::time::timeout(within, TcpStream::connect(address))
        .await
        .map_err(|_| failed(format!("no connection within {} ms", within.as_millis())))?
        .map_err(|error| failed(connect_reason(&error)))?;
    let socket = SockRef::from(&stream);
    let keepalive = TcpKeepalive::new().with_time(PROBE).with_interval(PROBE).with_retries(3);
    stream
        .set_nodelay(true)
        .and_then(|()| socket.set_tcp_keepalive(&keepalive))
        .and_then(|()| socket.set_tcp_user_timeout(Some(USER_TIMEOUT)))
        .map_err(|error| failed(format!("socket option refused: {error}")))?;
    Ok(Box::new(stream))
}

fn connect_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused: nothing listens on this port".into(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => format!("no route: {error}"),
        _ => error.to_string(),
    }
}

/// Which device file a path leads to: device number, inode and the number of its file system. An adapter that comes back
/// gets a new file, also under its old name.
pub(super) fn device_file(path: &str) -> Option<[u64; 3]> {
    std::fs::metadata(path).ok().map(|found| [found.rdev(), found.ino(), found.dev()])
}

/// Opens a serial line, exclusively, with an empty input.
fn serial(line: &Line) -> Result<Box<dyn Stream>, OpenError> {
    let failed = |reason: String| OpenError { endpoint: line.path.clone(), reason };
    let parity = match line.parity {
        Parity::None => tokio_serial::Parity::None,
        Parity::Even => tokio_serial::Parity::Even,
        Parity::Odd => tokio_serial::Parity::Odd,
    };
    let stop_bits = if line.stop_bits == 2 { tokio_serial::StopBits::Two } else { tokio_serial::StopBits::One };
    let port = tokio_serial::new(&line.path, line.baud)
        .data_bits(tokio_serial::DataBits::Eight)
        .parity(parity)
        .stop_bits(stop_bits)
        .flow_control(tokio_serial::FlowControl::None)
        .open_native_async()
        .map_err(|error| failed(serial_reason(&error)))?;
    port.clear(ClearBuffer::Input).map_err(|error| failed(error.to_string()))?;
    Ok(Box::new(port))
}

fn serial_reason(error: &tokio_serial::Error) -> String {
    match error.kind() {
        tokio_serial::ErrorKind::Io(io::ErrorKind::NotFound) => {
            "no such device file: is the adapter plugged in?".into()
        }
        tokio_serial::ErrorKind::Io(io::ErrorKind::PermissionDenied) => {
            "permission denied: the service's user must be in the group that owns it (dialout)".into()
        }
        tokio_serial::ErrorKind::NoDevice => format!("not usable, perhaps in use by another process ({error})"),
        _ => error.to_string(),
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
