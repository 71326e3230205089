//! A scripted Modbus TCP device.

use std::sync::Arc;
use std::time::Duration;

use tocsin::edge::modbus::{Habits, SILENT_LIMIT, Wire};
use tocsin::engine::poll::Failure;
use tocsin::engine::site::Endpoint;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

use super::device::{Act, Seen, pdu};
use super::session::{Session, Tally, request};

const WITHIN: Duration = Duration::from_millis(100);

/// Serves every connection; request number n (from 1) is treated by `script[(n - 1) % len]`.
async fn serve(script: Vec<Act>) -> Session {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = Endpoint::Tcp(listener.local_addr().expect("it is bound").to_string());
    let seen = Seen::default();
    let counter = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, script.clone(), counter.clone()));
        }
    });
    Session { endpoint, habits: Habits::default(), seen, within: WITHIN, quarantine: Duration::ZERO }
}

async fn connection(stream: TcpStream, script: Vec<Act>, seen: Seen) {
    stream.set_nodelay(true).expect("a TCP socket");
    let (mut reader, writer) = stream.into_split();
    let writer = Arc::new(Mutex::new(writer));
    let mut asked = [0; 12];
    while reader.read_exact(&mut asked).await.is_ok() {
        let number = seen.next();
        let act = script[(number as usize - 1) % script.len()];
        match act {
            Act::Silent => {}
            Act::Close => return,
            Act::Late(delay) => {
                let (writer, frame) = (Arc::clone(&writer), frame(&asked, act, number));
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(delay)).await;
                    send(&writer, &frame).await;
                });
            }
            Act::Dribble => {
                for byte in frame(&asked, act, number) {
                    send(&writer, &[byte]).await;
                    tokio::task::yield_now().await;
                }
            }
            _ => send(&writer, &frame(&asked, act, number)).await,
        }
    }
}

async fn send(writer: &Mutex<OwnedWriteHalf>, bytes: &[u8]) {
    // The client may have closed; that is for the test to see.
    let _ = writer.lock().await.write_all(bytes).await;
}

fn frame(asked: &[u8; 12], act: Act, seen: u32) -> Vec<u8> {
    let body = pdu(&asked[7..], act, seen);
    let mut frame = vec![asked[0], asked[1], 0, 0];
    let length = if let Act::Length(length) = act { length } else { body.len() as u16 + 1 };
    frame.extend_from_slice(&length.to_be_bytes());
    frame.push(asked[6]);
    frame.extend_from_slice(&body);
    match act {
        Act::WrongUnit => frame[6] += 4,
        Act::WrongTransaction => frame[0] ^= 0x55,
        Act::WrongProtocol => frame[3] = 1,
        Act::Cut(length) => frame.truncate(length),
        Act::Noise(length) => frame = [vec![0xFF; length], frame].concat(),
        Act::Twice => frame = [frame.clone(), frame].concat(),
        _ => {}
    }
    frame
}

/// Four good answers, then one by `act`, two hundred requests in all. Whatever `act` does, the good ones get through.
async fn against(act: Act) -> Tally {
    let session = serve(vec![Act::Fine, Act::Fine, Act::Fine, Act::Fine, act]).await;
    let tally = session.run(200).await;
    // A busy machine may delay a few answers past the deadline; a fence that loses step would lose nearly all.
    assert!(tally.good >= 140, "{act:?}: {tally:?}");
    tally
}

/// Runs several scripts side by side: each waits most of its time.
async fn against_all(acts: &[Act]) -> Vec<Tally> {
    futures_util::future::join_all(acts.iter().map(|act| against(*act))).await
}

#[tokio::test]
async fn every_good_answer_gets_through() {
    let tally = serve(vec![Act::Fine]).await.run(2_000).await;
    assert!(tally.good >= 1_990 && tally.opened <= 3, "{} good, {} opened", tally.good, tally.opened);
}

#[tokio::test]
async fn dribbled_and_repeated_answers_are_answers() {
    let tally = serve(vec![Act::Dribble, Act::Twice]).await.run(300).await;
    assert!(tally.good >= 290, "{tally:?}");
}

#[tokio::test]
async fn a_late_answer_is_dropped_and_the_connection_stays() {
    let tally = against(Act::Late(150)).await;
    assert!(tally.timeouts >= 33, "{tally:?}");
    assert_eq!(tally.opened, 1, "a late answer must not cost the other units their connection: {tally:?}");
}

#[tokio::test]
async fn answers_that_always_come_late_are_never_taken_for_later_requests() {
    // Each answer arrives while one of the next requests waits.
    let tally = serve(vec![Act::Late(130)]).await.run(60).await;
    assert_eq!(tally.good, 0, "{tally:?}");
}

#[tokio::test]
async fn a_silent_unit_does_not_cost_the_others_their_connection() {
    let tally = against(Act::Silent).await;
    assert_eq!(tally.opened, 1, "{tally:?}");
}

#[tokio::test]
async fn wrong_frames_are_refused_and_the_connection_stays() {
    let acts = [
        Act::WrongUnit,
        Act::WrongFunction,
        Act::TooFew,
        Act::TooMany,
        Act::CountLiesUp,
        Act::CountLiesDown,
        Act::WrongTransaction,
    ];
    for tally in against_all(&acts).await {
        assert!(tally.malformed >= 38 && tally.opened == 1, "{tally:?}");
    }
}

#[tokio::test]
async fn a_stream_out_of_step_is_closed() {
    let acts = [
        Act::WrongProtocol,
        Act::Length(0),
        Act::Length(1),
        Act::Length(255),
        Act::Length(65_535),
        Act::Cut(5),
        Act::Cut(9),
        Act::Noise(1),
        Act::Noise(30),
    ];
    for tally in against_all(&acts).await {
        assert!(tally.malformed >= 38 && (36..=50).contains(&tally.opened), "{tally:?}");
    }
}

#[tokio::test]
async fn a_length_that_lies_within_bounds_never_shifts_an_answer() {
    let lengths = [2, 5, 9, 60, 254].map(|length| async move {
        let session = serve(vec![Act::Fine, Act::Fine, Act::Fine, Act::Fine, Act::Length(length)]).await;
        session.run(200).await
    });
    for tally in futures_util::future::join_all(lengths).await {
        assert!(tally.good >= 100, "{tally:?}");
    }
}

#[tokio::test]
async fn an_exception_is_an_answer() {
    let tally = against(Act::Exception(2)).await;
    assert!(tally.exceptions >= 38 && tally.opened == 1, "{tally:?}");
    assert!(tally.outcomes.contains(&Err(Failure::Exception(2))));
}

#[tokio::test]
async fn a_closed_connection_is_a_lost_link() {
    let tally = against(Act::Close).await;
    assert!(tally.link >= 38, "{tally:?}");
}

#[tokio::test]
async fn a_connection_that_never_answers_is_closed_after_a_few_requests() {
    let session = serve(vec![Act::Silent]).await;
    let mut wire = Wire::open(&session.endpoint, Duration::from_secs(5)).await.expect("it listens");
    for id in 0..u64::from(SILENT_LIMIT) {
        assert!(wire.is_open());
        assert_eq!(wire.exchange(&request(id, WITHIN, Duration::ZERO)).await, Err(Failure::Timeout));
    }
    assert!(!wire.is_open() && !wire.has_answered());
    let closed = wire.exchange(&request(9, WITHIN, Duration::ZERO)).await;
    assert!(matches!(closed, Err(Failure::Link(_))), "{closed:?}");
}

#[tokio::test]
async fn an_abandoned_exchange_leaves_nothing_behind() {
    let session = serve(vec![Act::Late(30)]).await;
    let mut wire = Wire::open(&session.endpoint, Duration::from_secs(5)).await.expect("it listens");
    for id in 0..100 {
        let before = session.seen.count();
        let request = request(id, Duration::from_secs(5), Duration::ZERO);
        if id % 2 == 0 {
            // Dropped while its answer is on the way.
            let _ = tokio::time::timeout(Duration::from_millis(5), wire.exchange(&request)).await;
        } else {
            let reply = wire.exchange(&request).await.expect("it answers late but in time");
            super::session::assert_exact(&request, &reply, before, session.seen.count());
        }
    }
}

#[tokio::test]
async fn nobody_listening_is_said_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    drop(listener);
    let refused =
        Wire::open(&Endpoint::Tcp(address.clone()), Duration::from_secs(5)).await.expect_err("nobody listens");
    assert_eq!(refused.to_string(), format!("{address}: connection refused: nothing listens on this port"));
}

#[tokio::test]
async fn an_address_that_swallows_connections_is_given_up_within_the_deadline() {
    // A listener whose queue is full drops further attempts, as a firewall does.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
    socket.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().expect("an address").into()).expect("a free port");
    socket.listen(0).expect("it is bound");
    let address = socket.local_addr().expect("it is bound").as_socket().expect("it is IPv4").to_string();
    let mut queued = Vec::new();
    let endpoint = Endpoint::Tcp(address.clone());
    let swallowed = loop {
        match Wire::open(&endpoint, Duration::from_millis(300)).await {
            Ok(wire) if queued.len() < 16 => queued.push(wire),
            other => break other.map(|_| ()).expect_err("its queue is full"),
        }
    };
    assert_eq!(swallowed.to_string(), format!("{address}: no connection within 300 ms"));
}
