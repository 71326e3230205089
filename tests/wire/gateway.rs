//! A Modbus TCP gateway with some units behind it, whose registers and manners a test changes while it runs.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;

/// Units behind a gateway, numbered from 1; a test asks as many of them as it likes.
pub const UNITS: usize = 20;

/// Everything the test can change.
#[derive(Debug, Default)]
pub struct Manners {
    /// Holding registers 0 and 1 of each unit.
    registers: Mutex<[[u16; 2]; UNITS]>,
    /// These units say nothing.
    mute: [AtomicBool; UNITS],
    /// A connection is closed at its first request.
    pub hang_up: AtomicBool,
    /// A connection is closed after so many answers; 0 is never.
    pub tire_after: AtomicU32,
    /// Connections accepted.
    pub accepted: AtomicU32,
    /// Requests received for each unit.
    asked: [AtomicU32; UNITS],
}

impl Manners {
    pub fn set(&self, unit: usize, address: usize, value: u16) {
        self.registers.lock().expect("nobody panics with it")[unit - 1][address] = value;
    }

    /// From now on this unit says nothing, or answers again.
    pub fn mute(&self, unit: usize, mute: bool) {
        self.mute[unit - 1].store(mute, Ordering::SeqCst);
    }

    /// Requests received for this unit.
    pub fn asked(&self, unit: usize) -> u32 {
        self.asked[unit - 1].load(Ordering::SeqCst)
    }
}

/// The gateway; gone when dropped, with all its connections.
pub struct Gateway {
    pub address: SocketAddr,
    stop: CancellationToken,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Gateway {
    /// Listens on `address`; port 0 is any.
    pub fn new(address: SocketAddr, manners: &Arc<Manners>) -> Gateway {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("a socket option");
        socket.bind(address).expect("the address is free");
        let listener = socket.listen(16).expect("it is bound");
        let address = listener.local_addr().expect("it is bound");
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(accept(listener, Arc::clone(manners), stop.clone())));
        Gateway { address, stop }
    }
}

async fn accept(listener: TcpListener, manners: Arc<Manners>, stop: CancellationToken) {
    while let Ok((stream, _)) = listener.accept().await {
        manners.accepted.fetch_add(1, Ordering::SeqCst);
        let serving = serve(stream, Arc::clone(&manners));
        tokio::spawn(stop.clone().run_until_cancelled_owned(serving));
    }
}

async fn serve(mut stream: TcpStream, manners: Arc<Manners>) {
    let (mut asked, mut answers) = ([0; 12], 0);
    while stream.read_exact(&mut asked).await.is_ok() {
        let unit = asked[6];
        manners.asked[usize::from(unit) - 1].fetch_add(1, Ordering::SeqCst);
        if manners.hang_up.load(Ordering::SeqCst) {
            return;
        }
        if manners.mute[usize::from(unit) - 1].load(Ordering::SeqCst) {
            continue;
        }
        let (start, count) = (usize::from(asked[9]), usize::from(asked[11]));
        let registers = manners.registers.lock().expect("nobody panics with it")[usize::from(unit) - 1];
        let data: Vec<u8> = registers[start..start + count].iter().flat_map(|word| word.to_be_bytes()).collect();
        let length = data.len() as u8;
        let frame = [&asked[..4], &[0, length + 3, unit, asked[7], length], &data].concat();
        if stream.write_all(&frame).await.is_err() {
            return;
        }
        answers += 1;
        if answers == manners.tire_after.load(Ordering::SeqCst) {
            return;
        }
    }
}
