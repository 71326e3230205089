//! A TCP port: every device of a bus behind one address, as a gateway has them, in frames of Modbus TCP or of RTU.
//!
//! Takes: connections and whatever they send.
//! Gives: answers, each when it is due, distorted where a fault says so.
//! Never: more than [`CONNECTIONS`] connections or [`PENDING`] late answers on one of them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use super::Shared;
use super::frame::{Mbap, NotModbus, mbap, rtu, take_mbap, take_rtu};
use crate::sim::fault::{Answer, Flaw};
use crate::sim::trouble::Trouble;

const CONNECTIONS: usize = 256;
const PENDING: usize = 64;
/// Longer than anybody waits.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// What a port speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Mbap,
    Rtu,
}

/// Opens a loopback port for `bus` and serves it in `tasks`; gives its address.
pub(super) async fn serve(
    shared: Arc<Shared>,
    bus: u32,
    framing: Framing,
    tasks: &mut JoinSet<()>,
) -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tasks.spawn(keep_port(shared, bus, framing, listener, address));
    Ok(address.to_string())
}

/// Serves the port while the bus is whole; closes it and every connection while it is cut.
async fn keep_port(shared: Arc<Shared>, bus: u32, framing: Framing, listener: TcpListener, address: SocketAddr) {
    let mut changed = shared.changed.subscribe();
    let mut open = Some(listener);
    loop {
        if let Some(listener) = open.take() {
            let mut connections = JoinSet::new();
            while !shared.lock().is_cut(bus) {
                tokio::select! {
                    accepted = listener.accept() => if let Ok((stream, _)) = accepted
                        && seats(shared.trouble_of(bus)) > connections.len()
                    {
                        connections.spawn(Connection::new(Arc::clone(&shared), bus, framing, stream).serve());
                    },
                    Some(_) = connections.join_next() => {}
                    outcome = changed.changed() => if outcome.is_err() { return },
                }
            }
        }
        while shared.lock().is_cut(bus) {
            if changed.changed().await.is_err() {
                return;
            }
        }
        // Somebody else may have taken the port meanwhile; then it stays closed until the next change.
        open = TcpListener::bind(address).await.ok();
        if open.is_none() && changed.changed().await.is_err() {
            return;
        }
    }
}

/// How many connections are served at a time; one more is closed as soon as it stands.
fn seats(trouble: Trouble) -> usize {
    match trouble {
        Trouble::Closes => 0,
        Trouble::OneConnection => 1,
        _ => CONNECTIONS,
    }
}

/// One connection.
struct Connection {
    shared: Arc<Shared>,
    bus: u32,
    framing: Framing,
    from: OwnedReadHalf,
    to: Arc<Mutex<OwnedWriteHalf>>,
    buffer: Vec<u8>,
    late: JoinSet<()>,
    changed: watch::Receiver<u64>,
}

impl Connection {
    fn new(shared: Arc<Shared>, bus: u32, framing: Framing, stream: TcpStream) -> Connection {
        // Without this a small answer may wait for the peer's acknowledgement; failing to set it only costs time.
        let _ = stream.set_nodelay(true);
        let (from, to) = stream.into_split();
        let (to, changed) = (Arc::new(Mutex::new(to)), shared.changed.subscribe());
        Connection { shared, bus, framing, from, to, buffer: Vec::new(), late: JoinSet::new(), changed }
    }

    /// Serves until the peer leaves, sends what is no Modbus, or a trouble closes it.
    async fn serve(mut self) {
        let mut piece = [0; 4096];
        loop {
            let trouble = self.shared.trouble_of(self.bus);
            let idle = match trouble {
                Trouble::Unread => {
                    if self.changed.changed().await.is_err() {
                        return;
                    }
                    continue;
                }
                Trouble::Closes => return,
                Trouble::ClosesIdle(after) => after,
                _ => FOR_EVER,
            };
            tokio::select! {
                read = self.from.read(&mut piece) => match read {
                    Ok(0) | Err(_) => return,
                    Ok(length) => self.buffer.extend_from_slice(&piece[..length]),
                },
                () = tokio::time::sleep(idle) => return,
                changed = self.changed.changed() => match changed {
                    Ok(()) => continue,
                    Err(_) => return,
                },
            }
            loop {
                match self.take() {
                    Ok(Some(request)) => match self.answer(request).await {
                        Ok(()) => {}
                        Err(_) => return,
                    },
                    Ok(None) => break,
                    Err(NotModbus) => return,
                }
            }
        }
    }

    fn take(&mut self) -> Result<Option<Mbap>, NotModbus> {
        match self.framing {
            Framing::Mbap => take_mbap(&mut self.buffer),
            Framing::Rtu => Ok(take_rtu(&mut self.buffer).map(|(unit, pdu)| Mbap { transaction: 0, unit, pdu })),
        }
    }

    /// Answers one request, or has it answered later. An error ends the connection.
    async fn answer(&mut self, request: Mbap) -> io::Result<()> {
        let (answer, trouble) = {
            let mut world = self.shared.now();
            (world.respond(self.bus, request.unit, &request.pdu), world.trouble_of(self.bus))
        };
        let Some(answer) = answer else { return Ok(()) };
        let after = answer.after;
        let mut bytes = framed(self.framing, trouble, request.transaction, &answer);
        if trouble == Trouble::ClosesMidFrame {
            bytes.truncate(bytes.len() / 2);
            send(&self.to, &bytes).await?;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        if after.is_zero() {
            send(&self.to, &bytes).await?;
        } else if self.late.len() < PENDING {
            let to = Arc::clone(&self.to);
            self.late.spawn(async move {
                tokio::time::sleep(after).await;
                // A peer that has left by then misses nothing.
                let _ = send(&to, &bytes).await;
            });
        }
        while self.late.try_join_next().is_some() {}
        Ok(())
    }
}

fn framed(framing: Framing, trouble: Trouble, transaction: u16, answer: &Answer) -> Vec<u8> {
    let foreign = answer.flaw == Flaw::Foreign;
    let frame = match framing {
        Framing::Mbap => {
            let transaction = if trouble == Trouble::ZeroTransaction { 0 } else { transaction };
            mbap(transaction.wrapping_add(u16::from(foreign)), answer.unit, &answer.pdu)
        }
        Framing::Rtu => rtu(answer.unit.wrapping_add(u8::from(foreign)), &answer.pdu),
    };
    answer.flaw.bend(frame, framing == Framing::Mbap)
}

async fn send(to: &Mutex<OwnedWriteHalf>, bytes: &[u8]) -> io::Result<()> {
    to.lock().await.write_all(bytes).await
}
