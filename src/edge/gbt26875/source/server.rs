//! The sockets on which devices report.
//!
//! Takes: where to listen, and frames to send.
//! Gives: what connections bring ([`Event`]), each under a number of its own.
//! Never: lets one connection hold another up, or keeps one that says nothing: connections, their buffers and the time
//! they may take are bounded.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::stations::Outgoing;
use crate::edge::gbt26875::cutter::{Cut, Cutter};
use crate::edge::gbt26875::frame::Dialect;
use crate::engine::site::Listen;

/// Connections at once; more are hung up on.
const CONNECTIONS: usize = 256;
/// A frame that was begun must be whole within this time.
const FRAME_WITHIN: Duration = Duration::from_secs(3);
/// Somebody who connects must say something that is a frame within this time.
const FIRST_WITHIN: Duration = Duration::from_secs(30);
/// A write that takes longer means that nobody reads.
const WRITE_WITHIN: Duration = Duration::from_secs(5);
/// Frames that may wait to be written to one connection.
const WAITING: usize = 64;
/// Pieces of input that may wait for the machine.
const EVENTS: usize = 256;
/// Largest read.
const PIECE: usize = 2_048;

/// What a connection brought.
#[derive(Debug)]
pub enum Event {
    /// Something was cut from its bytes.
    Came(u64, Cut),
    /// It is gone.
    Gone(u64),
}

/// An open listener and its connections. Dropping it closes all of them.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    events: mpsc::Receiver<Event>,
    ways: Ways,
    _tasks: JoinSet<()>,
}

/// How to reach each connection.
#[derive(Clone, Default)]
struct Ways {
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    next: u64,
    writers: BTreeMap<u64, mpsc::Sender<Vec<u8>>>,
    peers: BTreeMap<u64, SocketAddr>,
}

impl Ways {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a new connection; nothing when there are too many.
    fn enter(&self, writer: mpsc::Sender<Vec<u8>>) -> Option<u64> {
        let mut held = self.lock();
        if held.writers.len() >= CONNECTIONS {
            return None;
        }
        held.next += 1;
        let link = held.next;
        held.writers.insert(link, writer);
        Some(link)
    }

    /// The number of a peer that sends datagrams. The oldest gives way to a new one.
    fn peer(&self, peer: SocketAddr) -> u64 {
        let mut held = self.lock();
        if let Some((link, _)) = held.peers.iter().find(|(_, known)| **known == peer) {
            return *link;
        }
        if held.peers.len() >= CONNECTIONS {
            held.peers.pop_first();
        }
        held.next += 1;
        let link = held.next;
        held.peers.insert(link, peer);
        link
    }
}

impl Server {
    /// Listens. A connection that says nothing for `idle` is closed.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn open(listen: &Listen, dialect: Dialect, idle: Duration) -> io::Result<Server> {
        let (inlet, events) = mpsc::channel(EVENTS);
        let (ways, mut tasks) = (Ways::default(), JoinSet::new());
        let address = if listen.udp {
            let socket = Arc::new(UdpSocket::bind(&listen.address).await?);
            let address = socket.local_addr()?;
            let (writer, frames) = mpsc::channel(EVENTS);
            ways.lock().writers.insert(0, writer);
            tasks.spawn(answer_datagrams(Arc::clone(&socket), ways.clone(), frames));
            tasks.spawn(take_datagrams(socket, ways.clone(), dialect, inlet));
            address
        } else {
            let listener = TcpListener::bind(&listen.address).await?;
            let address = listener.local_addr()?;
            tasks.spawn(accept(listener, ways.clone(), dialect, idle, inlet));
            address
        };
        Ok(Server { address, events, ways, _tasks: tasks })
    }

    /// Waits for what comes next; nothing when the sockets broke.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// Sends a frame. A connection that does not take what it is sent is closed.
    pub fn send(&self, outgoing: Outgoing) {
        let Outgoing { link, mut bytes } = outgoing;
        let mut held = self.ways.lock();
        let to = if held.peers.contains_key(&link) {
            // One writer serves all datagrams; the number travels before the frame.
            bytes.splice(..0, link.to_le_bytes());
            0
        } else {
            link
        };
        let Some(writer) = held.writers.get(&to) else { return };
        if writer.try_send(bytes).is_err() && to != 0 {
            held.writers.remove(&to);
        }
    }
}

async fn take_datagrams(socket: Arc<UdpSocket>, ways: Ways, dialect: Dialect, inlet: mpsc::Sender<Event>) {
    let mut piece = vec![0; 65_536];
    loop {
        let (length, peer) = match socket.recv_from(&mut piece).await {
            Ok(received) => received,
            // What a peer's machine said of an earlier datagram; the socket goes on.
            Err(error) => {
                tracing::debug!(%error, "a datagram could not be received");
                sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let link = ways.peer(peer);
        // A datagram holds whole frames: what is not whole at its end never will be.
        let mut cutter = Cutter::new(dialect);
        let mut cuts = cutter.push(piece.get(..length).unwrap_or_default());
        while cutter.is_within() {
            cuts.extend(cutter.give_up());
        }
        for cut in cuts {
            if inlet.send(Event::Came(link, cut)).await.is_err() {
                return;
            }
        }
    }
}

async fn answer_datagrams(socket: Arc<UdpSocket>, ways: Ways, mut frames: mpsc::Receiver<Vec<u8>>) {
    while let Some(addressed) = frames.recv().await {
        let Some((number, frame)) = addressed.split_first_chunk::<8>() else { continue };
        let peer = ways.lock().peers.get(&u64::from_le_bytes(*number)).copied();
        if let Some(peer) = peer
            && let Err(error) = socket.send_to(frame, peer).await
        {
            tracing::debug!(%error, %peer, "a datagram could not be sent");
        }
    }
}

async fn accept(listener: TcpListener, ways: Ways, dialect: Dialect, idle: Duration, inlet: mpsc::Sender<Event>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = inlet.closed() => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // Out of descriptors, or the caller has gone already.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (writer, frames) = mpsc::channel(WAITING);
        match ways.enter(writer) {
            Some(link) => {
                tracing::debug!(%peer, link, "a device connects");
                connections.spawn(connection(stream, link, ways.clone(), dialect, idle, inlet.clone(), frames));
            }
            None => tracing::warn!(%peer, "hung up: there are {CONNECTIONS} connections already"),
        }
    }
}

async fn connection(
    stream: TcpStream,
    link: u64,
    ways: Ways,
    dialect: Dialect,
    idle: Duration,
    inlet: mpsc::Sender<Event>,
    frames: mpsc::Receiver<Vec<u8>>,
) {
    // Without it a confirmation could wait for the next one.
    let _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    let why = tokio::select! {
        why = read(reader, link, dialect, idle, &inlet) => why,
        why = write(writer, frames) => why,
    };
    tracing::debug!(link, why, "the connection is closed");
    ways.lock().writers.remove(&link);
    let _ = inlet.send(Event::Gone(link)).await;
}

async fn write(mut writer: OwnedWriteHalf, mut frames: mpsc::Receiver<Vec<u8>>) -> &'static str {
    while let Some(frame) = frames.recv().await {
        match timeout(WRITE_WITHIN, writer.write_all(&frame)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return "it cannot be written to",
            Err(_) => return "it does not take what it is sent",
        }
    }
    "it took too long to take what it was sent"
}

async fn read(
    mut reader: OwnedReadHalf,
    link: u64,
    dialect: Dialect,
    idle: Duration,
    inlet: &mpsc::Sender<Event>,
) -> &'static str {
    let (mut cutter, mut piece) = (Cutter::new(dialect), vec![0; PIECE]);
    let mut quiet_until = Instant::now() + FIRST_WITHIN.min(idle);
    let mut whole_until: Option<Instant> = None;
    loop {
        let cuts = tokio::select! {
            read = reader.read(&mut piece) => match read {
                Ok(0) => return "the other side closed it",
                Ok(length) => cutter.push(piece.get(..length).unwrap_or_default()),
                Err(_) => return "it broke",
            },
            () = sleep_until(whole_until.unwrap_or(quiet_until)), if whole_until.is_some() => cutter.give_up(),
            () = sleep_until(quiet_until) => return "nothing came that is a frame",
        };
        if cuts.iter().any(|cut| matches!(cut, Cut::Frame(_))) {
            quiet_until = Instant::now() + idle;
        }
        // The time of a frame runs from its first byte; bytes that trickle in do not lengthen it.
        whole_until = match (cutter.is_within(), whole_until) {
            (false, _) => None,
            (true, Some(until)) if cuts.is_empty() => Some(until),
            (true, _) => Some(Instant::now() + FRAME_WITHIN),
        };
        for cut in cuts {
            if inlet.send(Event::Came(link, cut)).await.is_err() {
                return "the gateway stops";
            }
        }
    }
}
