//! A scripted Modbus TCP gateway: which units answer, when, and what they refuse. It counts what it is asked to write.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What one unit does.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// Its holding registers; any other address is refused with exception 2.
    pub holding: BTreeMap<u16, u16>,
    /// How long it thinks.
    pub thinks: Duration,
}

/// A gateway that serves these units, one request at a time; the others it leaves without an answer.
pub struct Gateway {
    pub place: String,
    writes: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Gateway {
    pub fn start(units: BTreeMap<u8, Unit>) -> Gateway {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let place = listener.local_addr().expect("it is bound").to_string();
        let (writes, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (wrote, asked) = (Arc::clone(&writes), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (units, wrote, asked) = (units.clone(), Arc::clone(&wrote), Arc::clone(&asked));
                std::thread::spawn(move || serve(stream, &units, &wrote, &asked));
            }
        });
        Gateway { place, writes, requests }
    }

    /// How often it was asked to write.
    pub fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    /// How often it was asked anything.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, units: &BTreeMap<u8, Unit>, writes: &AtomicUsize, requests: &AtomicUsize) {
    let mut head = [0; 12];
    while stream.read_exact(&mut head).is_ok() {
        requests.fetch_add(1, Ordering::SeqCst);
        let [.., unit, function, start_high, start_low, count_high, count_low] = head;
        writes.fetch_add(usize::from(function > 4), Ordering::SeqCst);
        let Some(served) = units.get(&unit) else { continue };
        std::thread::sleep(served.thinks);
        let (start, count) = (u16::from_be_bytes([start_high, start_low]), u16::from_be_bytes([count_high, count_low]));
        let words: Option<Vec<u16>> =
            (start..start.saturating_add(count)).map(|at| served.holding.get(&at).copied()).collect();
        let pdu = match (function, words) {
            (3, Some(words)) => {
                let data: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
                [vec![3, u8::try_from(data.len()).expect("at most 250")], data].concat()
            }
            (3, None) => vec![0x83, 2],
            (other, _) => vec![other | 0x80, 1],
        };
        let length = u16::try_from(pdu.len() + 1).expect("a frame is short").to_be_bytes();
        let answer = [&head[..4], &length, &[unit], &pdu].concat();
        if stream.write_all(&answer).is_err() {
            return;
        }
    }
}
