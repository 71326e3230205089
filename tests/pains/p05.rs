//! P5: half-open connections, and idle ones that are closed.
//!
//! A connection that stands and answers nothing is not a working link: the deadline of each request says so, and the
//! connection is made anew. That the other side closes an idle one is no fault. Gateways that serve one connection get
//! ours closed in good order before the next one comes.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tocsin::engine::base::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::device::{Asked, Framing, Registers, Step};
use super::running::Running;
use super::server::Server;
use super::sites::{self, TEN_A_SECOND, TWO_REGISTERS};

fn running(place: &str, link: &str) -> Running {
    let profile = TWO_REGISTERS.replace("[link]", &format!("[link]\n{link}"));
    Running::new(sites::site(&sites::text(&sites::tcp(place), TEN_A_SECOND, &[1]), &profile))
}

fn registers() -> Registers {
    let registers = Registers::default();
    registers.set(1, 0, 1100);
    registers
}

fn known(bus: &Running) -> bool {
    bus.known("unit-1/level") == Ok(Value::Number(1100.0))
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let place = listener.local_addr().expect("it is bound").to_string();
    (listener, place)
}

/// Answers requests of Modbus TCP until the other side leaves, and says how it left.
async fn converse(stream: &mut TcpStream, registers: &Registers, answers: usize) -> Result<(), std::io::Error> {
    let mut head = [0; 7];
    for number in 0..answers {
        if let Err(error) = stream.read_exact(&mut head).await {
            return if error.kind() == std::io::ErrorKind::UnexpectedEof { Ok(()) } else { Err(error) };
        }
        let mut pdu = vec![0; usize::from(head[5]) - 1];
        stream.read_exact(&mut pdu).await?;
        let transaction = u16::from_be_bytes([head[0], head[1]]);
        let (framing, at) = (Framing::Mbap, tokio::time::Instant::now());
        let asked = Asked { number, connection: 0, framing, transaction, unit: head[6], pdu, at };
        stream.write_all(&registers.answer(&asked)).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p05_a_connection_that_stands_and_answers_nothing_is_made_anew() {
    for reads in [true, false] {
        let (listener, place) = listener().await;
        let (accepted, registers) = (Arc::new(AtomicU32::new(0)), registers());
        let count = Arc::clone(&accepted);
        // The first connection works and then hangs; the next two hang from the start; the fourth works.
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let registers = registers.clone();
                if number == 0 || number >= 3 {
                    let answers = if number == 0 { 6 } else { usize::MAX };
                    let _ = converse(&mut stream, &registers, answers).await;
                }
                if reads {
                    tokio::spawn(async move {
                        let mut ignored = [0; 256];
                        while matches!(stream.read(&mut ignored).await, Ok(1..)) {}
                    });
                } else {
                    // Never read again and never closed, as by a gateway that has lost its mind.
                    held.push(stream);
                }
            }
        });
        let bus = running(&place, "");
        bus.until("it is read", known).await;
        bus.until("it is unknown", |bus| bus.known("unit-1/level").is_err()).await;
        bus.until("its silence is told", |bus| bus.links().iter().any(|(_, up, _)| !up)).await;
        bus.until("it is read on a new connection", known).await;
        assert!(accepted.load(Ordering::SeqCst) >= 4);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p05_a_connection_closed_while_idle_is_no_fault() {
    let registers = registers();
    let answers = registers.clone();
    // Closed shortly after each answer: mostly while nothing is asked, now and then under a request.
    let server = Server::tcp(Arc::new(move |asked| {
        vec![Step::Send(answers.answer(asked)), Step::Wait(Duration::from_millis(20)), Step::Close]
    }));
    let bus = running(&server.place, "");
    bus.until("it was closed often", |_| server.accepted() >= 30).await;
    assert!(known(&bus) && bus.links().iter().all(|(_, up, _)| *up), "{:?}", bus.links());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p05_a_gateway_of_one_connection_gets_the_old_one_closed_first_and_in_order() {
    let (listener, place) = listener().await;
    let registers = registers();
    let ends: Arc<Mutex<Vec<Result<(), String>>>> = Arc::default();
    let told = Arc::clone(&ends);
    tokio::spawn(async move {
        // One connection after the other: the next is not served before the last was closed by us.
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut end = converse(&mut stream, &registers, 5).await;
            // The sixth request gets the beginning of an answer, and no other gets any.
            let mut request = [0; 12];
            while end.is_ok() {
                match stream.read_exact(&mut request).await {
                    Ok(_) => end = stream.write_all(&[0, 0, 0]).await,
                    Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => break,
                    Err(error) => end = Err(error),
                }
            }
            told.lock().expect("nobody panics with it").push(end.map_err(|error| error.to_string()));
        }
    });
    let bus = running(&place, "workarounds = [\"ignores-transaction-id\"]");
    bus.until("many connections were served", |_| ends.lock().expect("nobody panics with it").len() >= 6).await;
    bus.until("it is read", known).await;
    let ends = ends.lock().expect("nobody panics with it").clone();
    assert!(ends.iter().all(Result::is_ok), "reset instead of closed: {ends:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p05_a_gateway_that_needs_time_between_two_connections_gets_it() {
    let registers = registers();
    let answers = registers.clone();
    let server = Server::tcp(Arc::new(move |asked| {
        // Each connection ends with its third answer.
        let send = Step::Send(answers.answer(asked));
        if asked.number % 3 == 2 { vec![send, Step::Close] } else { vec![send] }
    }));
    server.seats(1);
    let bus = running(&server.place, "reconnect-after = \"700ms\"");
    bus.until("it was left often", |_| server.accepted() >= 4).await;
    bus.until("it is read", known).await;
    assert_eq!(server.most_at_once(), 1);
    assert!(bus.links().iter().all(|(_, up, _)| *up), "the wait is no fault: {:?}", bus.links());
    let mut first: Vec<(usize, tokio::time::Instant)> = Vec::new();
    for asked in server.asked() {
        if first.last().is_none_or(|(connection, _)| *connection != asked.connection) {
            first.push((asked.connection, asked.at));
        }
    }
    let gaps: Vec<Duration> = first.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    assert!(gaps.iter().all(|gap| *gap >= Duration::from_millis(700)), "{gaps:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p05_a_gateway_that_closes_after_each_answer_is_read_without_a_word() {
    let registers = registers();
    let answers = registers.clone();
    let server = Server::tcp(Arc::new(move |asked| vec![Step::Send(answers.answer(asked)), Step::Close]));
    server.seats(1);
    let bus = running(&server.place, "workarounds = [\"closes-after-answer\"]");
    bus.until("it was asked often", |_| server.count() >= 40).await;
    assert!(known(&bus) && bus.links().iter().all(|(_, up, _)| *up), "{:?}", bus.links());
}
