//! The connection to the centre.
//!
//! Takes: where the centre is, and frames.
//! Gives: an open [`Wire`] on which frames are written and cut from what comes.
//! Never: waits for a centre without a time limit.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::time::timeout;

use crate::edge::gbt26875::cutter::{Cut, Cutter};
use crate::edge::gbt26875::frame::Dialect;

/// For a connection, name resolution included.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// For a write.
const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// An open connection.
pub(super) struct Wire {
    way: Way,
    cutter: Cutter,
    piece: Vec<u8>,
}

enum Way {
    Tcp(TcpStream),
    Udp(UdpSocket),
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// The centre cannot be reached in time.
    pub async fn open(centre: &str, udp: bool, dialect: Dialect) -> io::Result<Wire> {
        let opening = async {
            if udp {
                let centre = lookup_host(centre).await?.next().ok_or(io::ErrorKind::NotFound)?;
                let local = if centre.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
                let socket = UdpSocket::bind(local).await?;
                socket.connect(centre).await?;
                io::Result::Ok(Way::Udp(socket))
            } else {
                let stream = TcpStream::connect(centre).await?;
                stream.set_nodelay(true)?;
                Ok(Way::Tcp(stream))
            }
        };
        let way = timeout(CONNECT_WITHIN, opening).await.map_err(|_| io::ErrorKind::TimedOut)??;
        Ok(Wire { way, cutter: Cutter::new(dialect), piece: vec![0; 2_048] })
    }

    /// Waits for something to come, and cuts it. May be dropped while it waits.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn receive(&mut self) -> io::Result<Vec<Cut>> {
        match &mut self.way {
            Way::Tcp(stream) => match stream.read(&mut self.piece).await? {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                length => Ok(self.cutter.push(self.piece.get(..length).unwrap_or_default())),
            },
            Way::Udp(socket) => {
                let length = socket.recv(&mut self.piece).await?;
                let mut cuts = self.cutter.push(self.piece.get(..length).unwrap_or_default());
                // A datagram holds whole frames.
                while self.cutter.is_within() {
                    cuts.extend(self.cutter.give_up());
                }
                Ok(cuts)
            }
        }
    }

    /// Writes a frame.
    ///
    /// # Errors
    /// The connection is gone, or takes nothing in time.
    pub async fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        let writing = async {
            match &mut self.way {
                Way::Tcp(stream) => stream.write_all(frame).await,
                Way::Udp(socket) => socket.send(frame).await.map(drop),
            }
        };
        timeout(WRITE_WITHIN, writing).await.map_err(|_| io::ErrorKind::TimedOut)?
    }
}
