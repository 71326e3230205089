//! Scripted devices behind real endpoints: a TCP port or a pseudo-terminal.
//!
//! Each request is answered by the steps its script gives, in a task of its own, so that a late answer meets the requests
//! that came after it. Everything received is kept.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_serial::{SerialPort, SerialStream};
use tokio_util::sync::CancellationToken;

use super::device::{Asked, Framing, Script, Step, checksum};

/// A scripted device, gone with all its connections when dropped.
pub struct Server {
    /// `address:port`, or the device file of the line.
    pub place: String,
    kept: Arc<Kept>,
    stop: CancellationToken,
}

/// What the device can tell afterwards, and what it is made of.
struct Kept {
    script: Mutex<Script>,
    framing: Framing,
    asked: Mutex<Vec<Asked>>,
    /// Connections accepted so far, and open now, and most at once.
    accepted: AtomicUsize,
    open: AtomicUsize,
    most: AtomicUsize,
    /// Connections served at a time; one more is closed at once.
    seats: AtomicUsize,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[allow(dead_code, reason = "each pain uses a part of it")]
impl Server {
    /// A device on a free port of Modbus TCP.
    pub fn tcp(script: Script) -> Server {
        Server::tcp_at("127.0.0.1:0", Framing::Mbap, script)
    }

    /// A device on a free port that speaks RTU over TCP.
    pub fn rtu_tcp(script: Script) -> Server {
        Server::tcp_at("127.0.0.1:0", Framing::Rtu, script)
    }

    /// A device at `address`; port 0 is any. Must be called in a runtime.
    pub fn tcp_at(address: &str, framing: Framing, script: Script) -> Server {
        let address: SocketAddr = address.parse().expect("an address");
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("a socket option");
        socket.bind(address).expect("the address is free");
        let listener = socket.listen(16).expect("it is bound");
        let place = listener.local_addr().expect("it is bound").to_string();
        let server = Server::new(place, framing, script);
        let (kept, stop) = (Arc::clone(&server.kept), server.stop.clone());
        tokio::spawn(server.stop.clone().run_until_cancelled_owned(accept(listener, kept, stop)));
        server
    }

    /// Devices on a line of their own, which is a pseudo-terminal. Must be called in a runtime.
    pub fn line(script: Script) -> Server {
        let (device, gateway) = SerialStream::pair().expect("a pseudo-terminal");
        let server = Server::new(gateway.name().expect("a pseudo-terminal has a name"), Framing::Rtu, script);
        let kept = Arc::clone(&server.kept);
        tokio::spawn(server.stop.clone().run_until_cancelled_owned(async move {
            // The gateway's end is held open, so that the line exists before and after its visits.
            let _held = gateway;
            serve(device, 0, kept).await;
        }));
        server
    }

    fn new(place: String, framing: Framing, script: Script) -> Server {
        let kept = Kept {
            script: Mutex::new(script),
            framing,
            asked: Mutex::default(),
            accepted: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            seats: AtomicUsize::new(usize::MAX),
        };
        Server { place, kept: Arc::new(kept), stop: CancellationToken::new() }
    }

    /// From now on requests are answered by another script.
    pub fn play(&self, script: Script) {
        *self.kept.script.lock().expect("nobody panics with it") = script;
    }

    /// Serves so many connections at a time; one more is accepted and closed.
    pub fn seats(&self, seats: usize) {
        self.kept.seats.store(seats, Ordering::SeqCst);
    }

    /// Everything received so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.kept.asked.lock().expect("nobody panics with it").clone()
    }

    /// How many requests were received so far.
    pub fn count(&self) -> usize {
        self.kept.asked.lock().expect("nobody panics with it").len()
    }

    /// Connections accepted so far.
    pub fn accepted(&self) -> usize {
        self.kept.accepted.load(Ordering::SeqCst)
    }

    /// The most connections that were open at once.
    pub fn most_at_once(&self) -> usize {
        self.kept.most.load(Ordering::SeqCst)
    }
}

/// Nothing is ever answered.
pub fn silent() -> Script {
    Arc::new(|_| Vec::new())
}

async fn accept(listener: TcpListener, kept: Arc<Kept>, stop: CancellationToken) {
    while let Ok((stream, _)) = listener.accept().await {
        let number = kept.accepted.fetch_add(1, Ordering::SeqCst);
        if kept.open.load(Ordering::SeqCst) >= kept.seats.load(Ordering::SeqCst) {
            continue;
        }
        stream.set_nodelay(true).expect("a socket option");
        let kept = Arc::clone(&kept);
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
            let open = kept.open.fetch_add(1, Ordering::SeqCst) + 1;
            let _leaves = Leaves(Arc::clone(&kept));
            kept.most.fetch_max(open, Ordering::SeqCst);
            serve(stream, number, kept).await;
        }));
    }
}

/// However a connection ends, its seat is free again.
struct Leaves(Arc<Kept>);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Answers until the peer leaves, or a script closes.
async fn serve(stream: impl AsyncRead + AsyncWrite, connection: usize, kept: Arc<Kept>) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let (answers, mut queue) = mpsc::unbounded_channel::<Option<Vec<u8>>>();
    let writing = async {
        while let Some(Some(bytes)) = queue.recv().await {
            if writer.write_all(&bytes).await.is_err() {
                return;
            }
        }
    };
    let reading = async {
        let (mut held, mut piece) = (Vec::new(), [0; 512]);
        while let Ok(length @ 1..) = reader.read(&mut piece).await {
            held.extend_from_slice(&piece[..length]);
            while let Some((transaction, unit, pdu)) = take(&mut held, kept.framing) {
                let asked = keep(&kept, connection, transaction, unit, pdu);
                let script = Arc::clone(&kept.script.lock().expect("nobody panics with it"));
                tokio::spawn(carry_out(script(&asked), answers.clone()));
            }
        }
    };
    tokio::select! {
        () = writing => {}
        () = reading => {}
    }
}

fn keep(kept: &Kept, connection: usize, transaction: u16, unit: u8, pdu: Vec<u8>) -> Asked {
    let mut all = kept.asked.lock().expect("nobody panics with it");
    let framing = kept.framing;
    let asked = Asked { number: all.len(), connection, framing, transaction, unit, pdu, at: Instant::now() };
    all.push(asked.clone());
    asked
}

async fn carry_out(steps: Vec<Step>, answers: mpsc::UnboundedSender<Option<Vec<u8>>>) {
    for step in steps {
        match step {
            Step::Wait(time) => sleep(time).await,
            // A peer that has left by then misses nothing.
            Step::Send(bytes) => drop(answers.send(Some(bytes))),
            Step::Close => drop(answers.send(None)),
        }
    }
}

/// The next whole request in what was received.
fn take(held: &mut Vec<u8>, framing: Framing) -> Option<(u16, u8, Vec<u8>)> {
    match framing {
        Framing::Mbap => {
            let head = held.get(..7)?;
            let length = usize::from(u16::from_be_bytes([head[4], head[5]]));
            let (transaction, unit) = (u16::from_be_bytes([head[0], head[1]]), head[6]);
            let pdu = held.get(7..6 + length)?.to_vec();
            held.drain(..6 + length);
            Some((transaction, unit, pdu))
        }
        Framing::Rtu => loop {
            let length = match held.get(1)? {
                1..=6 => 8,
                15 | 16 => 9 + usize::from(*held.get(6)?),
                22 => 10,
                _ => 0,
            };
            if length > 0 && checksum(held.get(..length)?) == 0 {
                let frame: Vec<u8> = held.drain(..length).collect();
                return Some((0, frame[0], frame[1..length - 2].to_vec()));
            }
            // No frame begins here: what is left of noise, or of a frame that was cut.
            held.remove(0);
        },
    }
}
