//! A byte stream to devices: a TCP connection or a serial line.
//!
//! Takes: an open socket or port.
//! Gives: beside the runtime's reading and writing, what only the kernel knows at this very moment.
//! Never: blocks.

use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::net::Shutdown;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_serial::{SerialPort, SerialStream};

/// A byte stream to devices.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    /// Takes what the kernel holds for us: `WouldBlock` when there is nothing, 0 when the other side has hung up. It asks
    /// the kernel directly: the runtime's own idea of readiness is as old as its last look at the selector, and a late
    /// answer that arrived since would be taken for the next one.
    fn take(&mut self, into: &mut [u8]) -> io::Result<usize>;

    /// Whether the other side has hung up, for all the kernel knows by now.
    fn has_ended(&self) -> io::Result<bool>;

    /// Ends it in good order, before it is dropped.
    fn hang_up(&mut self);
}

impl Stream for TcpStream {
    fn take(&mut self, into: &mut [u8]) -> io::Result<usize> {
        (&*SockRef::from(&*self)).read(into)
    }

    fn has_ended(&self) -> io::Result<bool> {
        match SockRef::from(self).peek(&mut [MaybeUninit::uninit()]) {
            Ok(waiting) => Ok(waiting == 0),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Says goodbye and reads what came meanwhile: a socket closed over unread bytes resets its connection, and gateways
    /// that serve one connection keep the seat of one that was reset until their own time-out.
    fn hang_up(&mut self) {
        // One that is broken already needs no goodbye.
        let _ = SockRef::from(&*self).shutdown(Shutdown::Write);
        let mut unread = [0; 512];
        for _ in 0..16 {
            if !matches!(self.take(&mut unread), Ok(1..)) {
                return;
            }
        }
    }
}

impl Stream for SerialStream {
    fn take(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.try_read(into)
    }

    /// A line that is gone says so at every call.
    fn has_ended(&self) -> io::Result<bool> {
        self.bytes_to_read().map(|_| false).map_err(io::Error::from)
    }

    fn hang_up(&mut self) {}
}
