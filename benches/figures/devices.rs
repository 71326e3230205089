//! Modbus TCP devices of this process, on a thread of their own: registers anybody may set, units that may fall silent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One device.
pub struct Unit {
    registers: Vec<AtomicU16>,
    silent: AtomicBool,
    answered: AtomicU64,
    /// Nanoseconds since the field began at which it answered last, and the longest pause between two answers.
    last: AtomicU64,
}

impl Unit {
    /// A register's value.
    pub fn get(&self, address: u16) -> u16 {
        self.registers[usize::from(address)].load(Ordering::Relaxed)
    }

    /// Sets a register.
    pub fn set(&self, address: u16, value: u16) {
        self.registers[usize::from(address)].store(value, Ordering::Relaxed);
    }

    /// Lets it read requests and answer none.
    pub fn silence(&self) {
        self.silent.store(true, Ordering::Relaxed);
    }

    /// Requests it has answered.
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }
}

/// An endpoint and the units behind it, numbered from 1.
pub struct Endpoint {
    pub address: SocketAddr,
    pub units: Arc<Vec<Unit>>,
}

/// So many endpoints with so many units of so many registers each. They end with the process.
pub fn serve(endpoints: usize, units: u8, registers: u16) -> Vec<Endpoint> {
    let (tell, told) = std::sync::mpsc::channel();
    let begun = Instant::now();
    std::thread::Builder::new()
        .name("devices".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                for _ in 0..endpoints {
                    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                    let address = listener.local_addr().expect("an address");
                    let unit = || Unit {
                        registers: (0..registers).map(|address| AtomicU16::new(1000 + address % 1000)).collect(),
                        silent: AtomicBool::new(false),
                        answered: AtomicU64::new(0),
                        last: AtomicU64::new(0),
                    };
                    let units: Arc<Vec<Unit>> = Arc::new((0..units).map(|_| unit()).collect());
                    tell.send(Endpoint { address, units: Arc::clone(&units) }).expect("somebody asked");
                    tokio::spawn(listen(listener, units, begun));
                }
                std::future::pending::<()>().await;
            });
        })
        .expect("a thread");
    told.iter().take(endpoints).collect()
}

async fn listen(listener: TcpListener, units: Arc<Vec<Unit>>, begun: Instant) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, Arc::clone(&units), begun));
    }
}

/// Functions 3 and 6 are all that the benches ask for.
async fn answer(mut stream: TcpStream, units: Arc<Vec<Unit>>, begun: Instant) {
    stream.set_nodelay(true).expect("a socket");
    let mut request = [0; 12];
    let mut reply = Vec::new();
    while stream.read_exact(&mut request).await.is_ok() {
        let word = |at: usize| u16::from_be_bytes([request[at], request[at + 1]]);
        let Some(unit) = units.get(usize::from(request[6]).wrapping_sub(1)) else { continue };
        if unit.silent.load(Ordering::Relaxed) {
            continue;
        }
        reply.clear();
        reply.extend_from_slice(&request[..8]);
        match request[7] {
            3 => {
                let (start, count) = (word(8), word(10));
                reply.push((count * 2) as u8);
                reply.extend((start..start + count).flat_map(|address| unit.get(address).to_be_bytes()));
            }
            6 => {
                unit.set(word(8), word(10));
                reply.extend_from_slice(&request[8..]);
            }
            function => panic!("function {function} was asked for"),
        }
        let length = (reply.len() - 6) as u16;
        reply[4..6].copy_from_slice(&length.to_be_bytes());
        if stream.write_all(&reply).await.is_err() {
            return;
        }
        unit.answered.fetch_add(1, Ordering::Relaxed);
        unit.last.store(begun.elapsed().as_nanos() as u64, Ordering::Relaxed);
    }
}
