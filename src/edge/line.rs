//! Opening what bytes come from: a TCP connection or a serial line.
//!
//! Takes: an address or the settings of a line, and a deadline.
//! Gives: a stream with its socket or line options set, or an [`OpenError`] that says what to look at.
//! Never: waits longer than the deadline, shares a serial line with another process, or retries.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio_serial::{ClearBuffer, SerialPort, SerialPortBuilderExt, SerialStream};

use crate::engine::site::{Line, Parity};

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

/// Connects to `address` (`host:port`).
pub(super) async fn tcp(address: &str, within: Duration) -> Result<TcpStream, OpenError> {
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
    Ok(stream)
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
pub(super) fn serial(line: &Line) -> Result<SerialStream, OpenError> {
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
    Ok(port)
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
