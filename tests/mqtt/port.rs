//! Ports for servers that must be told theirs, and get it back when they are started again.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the ports that the system gives to whoever asks for any: nobody comes by one of these by accident, not even while
/// its server is down.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

/// A port that nobody uses, another one each time.
pub fn own_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Two processes begin far apart.
    let begin = std::process::id().wrapping_mul(101);
    for _ in 0..COUNT {
        let turn = begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(FIRST + turn % COUNT).expect("the last of them is 31,999");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free")
}
