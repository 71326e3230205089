//! Opening an endpoint: a TCP connection or a serial line.
//!
//! Takes: an endpoint and a deadline.
//! Gives: a stream with its socket or line options set, or an [`OpenError`] that says what to look at.
//! Never: waits longer than the deadline, shares a serial line with another process, or retries.

use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio_serial::{ClearBuffer, SerialPort, SerialPortBuilderExt, SerialStream};

use super::fence::Stream;
use crate::engine::site::{Line, Parity};

/// A peer that acknowledges nothing for this long is gone (peers §2.7).
const USER_TIMEOUT: Duration = Duration::from_secs(15);
/// An idle connection is probed this often.
const PROBE: Duration = Duration::from_secs(5);

impl Stream for TcpStream {
    /// On TCP the number of a frame tells late answers apart.
    fn purge(&mut self) -> io::Result<usize> {
        Ok(0)
    }

    fn has_ended(&self) -> io::Result<bool> {
        match SockRef::from(self).peek(&mut [MaybeUninit::uninit()]) {
            Ok(waiting) => Ok(waiting == 0),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Stream for SerialStream {
    fn purge(&mut self) -> io::Result<usize> {
        let waiting = self.bytes_to_read()?;
        if waiting > 0 {
            self.clear(ClearBuffer::Input)?;
        }
        Ok(usize::try_from(waiting).unwrap_or(usize::MAX))
    }

    /// A line that is gone says so at every call.
    fn has_ended(&self) -> io::Result<bool> {
        self.bytes_to_read().map(|_| false).map_err(io::Error::from)
    }
}

/// Why an endpoint could not be opened, in one line: what, where, and what to look at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint}: {reason}")]
pub struct OpenError {
    /// Address or device file.
    pub endpoint: String,
    /// What went wrong there.
    pub reason: String,
}

/// What speaks another protocol is not opened here.
pub(super) fn not_modbus(place: &str) -> OpenError {
    OpenError { endpoint: place.to_owned(), reason: "does not speak Modbus".to_owned() }
}

/// Connects to `address` (`host:port`).
pub(super) async fn tcp(address: &str, within: Duration) -> Result<Box<dyn Stream>, OpenError> {
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

/// Opens a serial line, exclusively, with an empty input.
pub(super) fn serial(line: &Line) -> Result<Box<dyn Stream>, OpenError> {
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
