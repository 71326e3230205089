//! Modbus replies through the real wire: whatever a device says, only the answer to the question comes up.

use std::cell::Cell;
use std::time::Duration;

use tocsin::edge::modbus::Wire;
use tocsin::engine::poll::{Failure, Reply, Request};
use tocsin::engine::profile::{Table, Write};
use tocsin::engine::site::Endpoint;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::harness::Target;

/// What is said, and what of it may come up.
struct Line {
    runtime: Runtime,
    listener: TcpListener,
    endpoint: Endpoint,
}

impl Line {
    fn new(endpoint: impl Fn(String) -> Endpoint) -> Line {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let endpoint = endpoint(listener.local_addr().expect("it is bound").to_string());
        Line { runtime, listener, endpoint }
    }

    /// Asks once; the device says `answer` of the question and hangs up.
    fn ask(
        &self,
        request: &Request,
        length: usize,
        answer: impl Fn(&[u8]) -> Vec<u8>,
    ) -> (Result<Reply, Failure>, Vec<u8>) {
        self.runtime.block_on(async {
            let device = async {
                let (mut stream, _) = self.listener.accept().await.expect("a connection");
                let mut question = vec![0; length];
                stream.read_exact(&mut question).await.expect("a question");
                let said = answer(&question);
                // The wire may have hung up on nonsense already.
                let _ = stream.write_all(&said).await;
                said
            };
            let gateway = async {
                let mut wire = Wire::open(&self.endpoint, Duration::from_secs(10)).await.expect("it listens");
                wire.exchange(request).await
            };
            let (said, outcome) = tokio::join!(device, gateway);
            (outcome, said)
        })
    }
}

fn read() -> Request {
    Request {
        id: 1,
        device: 0,
        unit: 1,
        table: Table::Holding,
        start: 100,
        count: 3,
        write: None,
        identification: false,
        within: Duration::from_secs(2),
        pause: Duration::ZERO,
        quarantine: Duration::ZERO,
    }
}

fn write() -> Request {
    Request { count: 1, write: Some(Write::Register(7)), ..read() }
}

/// PDUs with their unit: the answer to the read, to the write, exceptions, others.
const ANSWERS: [&[u8]; 7] = [
    &[1, 3, 6, 0, 1, 0x42, 0x48, 0, 2],
    &[1, 6, 0, 100, 0, 7],
    &[1, 0x83, 2],
    &[1, 0x86, 4],
    &[2, 3, 6, 0, 1, 0, 2, 0, 3],
    &[1, 4, 6, 0, 1, 0, 2, 0, 3],
    &[1, 3, 4, 0, 1, 0, 2],
];

/// Whether a reply stands in what was said: the right frame around exactly these values.
fn stands(reply: &Reply, said: &[u8], framed: impl Fn(Vec<u8>) -> Vec<u8>) -> Result<(), String> {
    let plain = match reply {
        Reply::Words(words) => {
            let data: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            [vec![1, 3, 6], data].concat()
        }
        Reply::Written => vec![1, 6, 0, 100, 0, 7],
        Reply::Objects(said) => return Err(format!("objects came up: {said:?}")),
        Reply::Bits(bits) => return Err(format!("bits came up: {bits:?}")),
    };
    let frame = framed(plain);
    let found = said.windows(frame.len()).any(|part| part == frame);
    if found { Ok(()) } else { Err(format!("{reply:?} came up and nobody said it: {said:02X?}")) }
}

fn refused(failure: &Failure, request: &Request) -> Result<(), String> {
    match failure {
        Failure::Malformed(reason) | Failure::Link(reason) if reason.is_empty() || reason.contains('\n') => {
            Err(format!("{request:?} fails with the words {reason:?}"))
        }
        _ => Ok(()),
    }
}

#[test]
fn replies_on_tcp() {
    let line = Line::new(Endpoint::Tcp);
    let header = |number: [u8; 2], plain: &[u8]| {
        let length = u16::try_from(plain.len()).expect("a frame is short").to_be_bytes();
        [&number, &[0, 0], &length, plain].concat()
    };
    // 0xA5A5 stands for the number of the question.
    let heard = Cell::new(0);
    let mut seeds: Vec<Vec<u8>> = ANSWERS.iter().map(|answer| header([0xA5, 0xA5], answer)).collect();
    seeds.push([header([0, 0], ANSWERS[0]), header([0xA5, 0xA5], ANSWERS[0])].concat());
    Target { name: "modbus-tcp", seeds, cases: 400, words: &["\u{0}\u{0}\u{0}\u{0}", "\u{0}\u{3}", "\u{1}\u{3}"] }.run(
        |bytes| {
            for request in [read(), write()] {
                let numbered = |question: &[u8]| {
                    let mut said = bytes.to_vec();
                    for at in 0..said.len().saturating_sub(1) {
                        if said[at..at + 2] == [0xA5, 0xA5] {
                            said[at..at + 2].copy_from_slice(&question[..2]);
                        }
                    }
                    (said, [question[0], question[1]])
                };
                let number = Cell::new([0, 0]);
                let (outcome, said) = line.ask(&request, 12, |question| {
                    let (said, asked) = numbered(question);
                    number.set(asked);
                    said
                });
                match outcome {
                    Ok(reply) => {
                        heard.set(heard.get() + 1);
                        stands(&reply, &said, |plain| header(number.get(), &plain))?;
                    }
                    Err(failure) => refused(&failure, &request)?,
                }
            }
            Ok(())
        },
    );
    assert!(heard.get() > 2, "only {} answers came up: this test looks in the wrong place", heard.get());
}

/// The checksum of RTU, bit by bit from the specification of the serial line, 6.2.2.
fn checksum(bytes: &[u8]) -> [u8; 2] {
    let mut crc = 0xFFFF_u16;
    for byte in bytes {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xA001 } else { crc >> 1 };
        }
    }
    crc.to_le_bytes()
}

#[test]
fn replies_in_rtu_frames() {
    let line = Line::new(Endpoint::RtuTcp);
    let heard = Cell::new(0);
    let framed = |plain: &[u8]| [plain, &checksum(plain)].concat();
    let mut seeds: Vec<Vec<u8>> = ANSWERS.iter().map(|answer| framed(answer)).collect();
    let echo = framed(&[1, 3, 0, 100, 0, 3]);
    seeds.push([echo, framed(ANSWERS[0])].concat());
    seeds.push([vec![0, 0xFF, 0x13], framed(ANSWERS[0])].concat());
    Target { name: "modbus-rtu", seeds, cases: 400, words: &["\u{1}\u{3}\u{6}", "\u{1}\u{6}", "\u{0}"] }.run(|bytes| {
        let mended = bytes.len().checked_sub(2).map_or_else(Vec::new, |end| framed(&bytes[..end]));
        for request in [read(), write()] {
            for said in [bytes, &mended] {
                let (outcome, said) = line.ask(&request, 8, |_| said.to_vec());
                match outcome {
                    Ok(reply) => {
                        heard.set(heard.get() + 1);
                        stands(&reply, &said, |plain| framed(&plain))?;
                    }
                    Err(failure) => refused(&failure, &request)?,
                }
            }
        }
        Ok(())
    });
    assert!(heard.get() > 2, "only {} answers came up: this test looks in the wrong place", heard.get());
}
