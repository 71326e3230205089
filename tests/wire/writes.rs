//! Writes against scripted devices: nothing but the repetition of this very write confirms it, and it goes out once.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tocsin::edge::modbus::{Habits, Wire};
use tocsin::engine::poll::{Failure, Reply, Request};
use tocsin::engine::profile::{Table, Workarounds, Write};
use tocsin::engine::site::Endpoint;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_serial::{SerialPort, SerialStream};

use super::device::checksum;
use super::line;

/// What a scripted device does with one request PDU.
enum Act {
    /// Answers with this PDU.
    Answer(Vec<u8>),
    /// Answers with these PDUs, the first under the transaction id of the request before.
    LateThen(Vec<u8>, Vec<u8>),
    /// Says nothing.
    Silent,
    /// Closes the connection.
    Close,
}

/// The request PDUs a device saw, in order.
type Seen = Arc<Mutex<Vec<Vec<u8>>>>;

/// A TCP device; request number n (from 0) over all its connections is treated by `act(n, pdu)`.
async fn tcp(act: impl Fn(usize, &[u8]) -> Act + Send + 'static) -> (Endpoint, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = Endpoint::Tcp(listener.local_addr().expect("it is bound").to_string());
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut header = [0; 7];
            while stream.read_exact(&mut header).await.is_ok() {
                let mut pdu = vec![0; usize::from(header[5]) - 1];
                stream.read_exact(&mut pdu).await.expect("requests are whole");
                let number = kept.lock().expect("nobody panics with it").len();
                kept.lock().expect("nobody panics with it").push(pdu.clone());
                let framed = |id: u16, pdu: &[u8]| {
                    let id = id.to_be_bytes();
                    [&[id[0], id[1], 0, 0, 0, pdu.len() as u8 + 1, header[6]], pdu].concat()
                };
                let id = u16::from_be_bytes([header[0], header[1]]);
                let bytes = match act(number, &pdu) {
                    Act::Answer(pdu) => framed(id, &pdu),
                    Act::LateThen(late, pdu) => [framed(id.wrapping_sub(1), &late), framed(id, &pdu)].concat(),
                    Act::Silent => continue,
                    Act::Close => break,
                };
                stream.write_all(&bytes).await.expect("the wire reads");
            }
        }
    });
    (endpoint, seen)
}

fn write(write: Write) -> Request {
    let table = if write.function() == 5 || write.function() == 15 { Table::Coil } else { Table::Holding };
    let (within, quarantine) = (Duration::from_millis(100), Duration::from_millis(100));
    let count = write.count();
    let (id, device, unit, start, pause) = (1, 0, 9, 40, Duration::ZERO);
    Request {
        id,
        device,
        unit,
        table,
        start,
        count,
        write: Some(write),
        identification: false,
        within,
        pause,
        quarantine,
    }
}

async fn open(endpoint: &Endpoint) -> Wire {
    Wire::open(endpoint, Duration::from_secs(5)).await.expect("it listens")
}

#[tokio::test]
async fn only_the_repetition_of_this_write_confirms_it() {
    let wrong: [&[u8]; 8] = [
        &[6, 0, 40, 0, 6],
        &[6, 0, 41, 0, 7],
        &[6, 0, 40, 0],
        &[6, 0, 40, 0, 7, 0],
        &[16, 0, 40, 0, 7],
        &[3, 2, 0, 7],
        &[0x86, 2, 0],
        &[5, 0, 40, 0, 7],
    ];
    let (endpoint, seen) = tcp(move |number, pdu| match wrong.get(number) {
        Some(answer) => Act::Answer(answer.to_vec()),
        None => Act::Answer(pdu.to_vec()),
    })
    .await;
    let mut wire = open(&endpoint).await;
    for answer in wrong {
        let outcome = wire.exchange(&write(Write::Register(7))).await;
        assert!(matches!(outcome, Err(Failure::Malformed(_))), "{answer:?}: {outcome:?}");
    }
    assert_eq!(wire.exchange(&write(Write::Register(7))).await, Ok(Reply::Written));
    assert_eq!(seen.lock().expect("nobody panics with it").len(), wrong.len() + 1, "each went out once");
}

#[tokio::test]
async fn a_late_answer_to_the_same_write_does_not_confirm_the_next_one() {
    // The first is not answered in time; its answer comes while the second, equal in every byte, is refused.
    let (endpoint, _) = tcp(|number, pdu| match number {
        0 => Act::Silent,
        _ => Act::LateThen(pdu.to_vec(), vec![0x86, 4]),
    })
    .await;
    let mut wire = open(&endpoint).await;
    assert_eq!(wire.exchange(&write(Write::Register(1))).await, Err(Failure::Timeout));
    assert_eq!(wire.exchange(&write(Write::Register(1))).await, Err(Failure::Exception(4)));
}

#[tokio::test]
async fn a_write_that_may_have_left_is_never_called_a_lost_link() {
    let (endpoint, seen) = tcp(|_, _| Act::Close).await;
    let mut wire = open(&endpoint).await;
    let lost = wire.exchange(&write(Write::Coil(true))).await;
    assert!(matches!(&lost, Err(Failure::Malformed(reason)) if reason.starts_with("sent, and no answer")), "{lost:?}");
    assert!(!wire.is_open());
    let unsent = wire.exchange(&write(Write::Coil(true))).await;
    assert!(matches!(unsent, Err(Failure::Link(_))), "nothing of it left: {unsent:?}");
    assert_eq!(seen.lock().expect("nobody panics with it").len(), 1);
}

#[tokio::test]
async fn a_write_on_a_connection_that_was_closed_before_does_not_leave() {
    let (_listener, mut wire) = closed_by_peer().await;
    let outcome = wire.exchange(&write(Write::Coil(true))).await;
    assert!(matches!(outcome, Err(Failure::Link(_))), "nothing of it left: {outcome:?}");
}

/// A wire whose other side has hung up, as one that was idle for long.
async fn closed_by_peer() -> (TcpListener, Wire) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    let wire = open(&Endpoint::Tcp(address)).await;
    let (stream, _) = listener.accept().await.expect("the wire connects");
    // Over loopback the end has arrived when this returns; the runtime has not looked at its selector since.
    drop(stream);
    (listener, wire)
}

/// A device on a line that repeats each write `copies` times, and answers reads with zeroes.
fn line_device(copies: usize) -> (Endpoint, tokio::task::JoinHandle<()>) {
    let (mut device, gateway) = SerialStream::pair().expect("a pseudo-terminal");
    let endpoint = line::endpoint(&gateway.name().expect("a pseudo-terminal has a name"));
    let task = tokio::spawn(async move {
        let _gateway = gateway;
        let mut asked = Vec::new();
        while let Ok(byte) = device.read_u8().await {
            asked.push(byte);
            if asked.len() < 8 || checksum(&asked) != 0 {
                continue;
            }
            let answer = match asked[1] {
                3 => {
                    let data = vec![0; usize::from(asked[5]) * 2];
                    let mut frame = [&[asked[0], 3, data.len() as u8][..], &data].concat();
                    let sum = checksum(&frame).to_le_bytes();
                    frame.extend_from_slice(&sum);
                    // An adapter that echoes does so for every request.
                    if copies == 2 { [&asked[..], &frame].concat() } else { frame }
                }
                _ => asked.repeat(copies),
            };
            device.write_all(&answer).await.expect("the line is plugged in");
            asked.clear();
        }
    });
    (endpoint, task)
}

#[tokio::test]
async fn on_a_line_an_echo_alone_confirms_nothing() {
    let read = Request { write: None, count: 3, table: Table::Holding, ..write(Write::Register(0)) };
    // The request comes back once: the answer of a line that is known not to echo, and proves nothing on another.
    let (endpoint, device) = line_device(1);
    let mut wire = open(&endpoint).await;
    let untold = wire.exchange(&write(Write::Register(5))).await;
    assert!(matches!(&untold, Err(Failure::Malformed(reason)) if reason.contains("echo")), "{untold:?}");
    assert!(wire.exchange(&read).await.is_ok());
    assert_eq!(wire.exchange(&write(Write::Register(5))).await, Ok(Reply::Written));
    assert_eq!(wire.exchange(&write(Write::Mask { and: 1, or: 2 })).await, Ok(Reply::Written));
    device.abort();
    // It comes back twice: echo and answer.
    let (endpoint, device) = line_device(2);
    let mut wire = open(&endpoint).await;
    assert_eq!(wire.exchange(&write(Write::Coil(true))).await, Ok(Reply::Written));
    assert!(wire.exchange(&read).await.is_ok());
    assert_eq!(wire.exchange(&write(Write::Register(5))).await, Ok(Reply::Written));
    device.abort();
}

#[tokio::test]
async fn on_a_line_that_is_said_to_echo_the_first_write_is_known_for_what_it_is() {
    let workarounds = Workarounds { echoes: true, ..Workarounds::default() };
    for copies in [1, 2] {
        let (endpoint, device) = line_device(copies);
        let habits = Habits { workarounds, echoes: None };
        let mut wire = Wire::open_with(&endpoint, habits, Duration::from_secs(5)).await.expect("it is plugged in");
        let outcome = wire.exchange(&write(Write::Register(5))).await;
        // One copy is the echo, and the device is silent.
        assert_eq!(outcome, if copies == 2 { Ok(Reply::Written) } else { Err(Failure::Timeout) });
        device.abort();
    }
}
