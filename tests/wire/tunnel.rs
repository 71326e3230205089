//! Where neither number nor time tells answers apart: RTU frames over TCP, and gateways that repeat no transaction id.

use std::time::Duration;

use tocsin::edge::modbus::{Habits, Wire};
use tocsin::engine::poll::Failure;
use tocsin::engine::profile::Workarounds;
use tocsin::engine::site::Endpoint;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::device::{Act, Seen, pdu};
use super::line::converse;
use super::session::{Session, Tally, assert_exact, request};

const WITHIN: Duration = Duration::from_millis(100);

/// A device server: RTU frames on every connection.
async fn rtu(script: Vec<Act>) -> Session {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = Endpoint::RtuTcp(listener.local_addr().expect("it is bound").to_string());
    let seen = Seen::default();
    let counter = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (script, counter) = (script.clone(), counter.clone());
            tokio::spawn(async move { converse(stream, &script, &counter).await });
        }
    });
    Session { endpoint, habits: Habits::default(), seen, within: WITHIN, quarantine: Duration::ZERO }
}

async fn against(act: Act) -> Tally {
    let tally = rtu(vec![Act::Fine, Act::Fine, Act::Fine, Act::Fine, act]).await.run(200).await;
    // A busy machine may delay a few answers past the deadline; a wire that loses step would lose nearly all.
    assert!(tally.good >= 140, "{act:?}: {tally:?}");
    tally
}

async fn against_all(acts: &[Act]) -> Vec<Tally> {
    futures_util::future::join_all(acts.iter().map(|act| against(*act))).await
}

#[tokio::test]
async fn rtu_over_tcp_reads_on_one_connection() {
    let tally = rtu(vec![Act::Fine, Act::Dribble, Act::Twice, Act::Noise(3), Act::Echo]).await.run(500).await;
    assert!(tally.good >= 490 && tally.opened <= 5, "{tally:?}");
    let exceptions = against(Act::Exception(2)).await;
    assert!(exceptions.exceptions >= 38 && exceptions.opened <= 3, "{exceptions:?}");
}

#[tokio::test]
async fn after_each_failure_only_a_new_connection_is_believed() {
    let acts = [Act::Late(110), Act::Late(130), Act::Late(250), Act::Silent];
    for tally in against_all(&acts).await {
        assert!(tally.timeouts >= 36 && tally.opened >= 36, "{tally:?}");
    }
    let acts = [Act::WrongUnit, Act::WrongFunction, Act::TooFew, Act::TooMany, Act::BadChecksum, Act::Cut(4)];
    for tally in against_all(&acts).await {
        assert!(tally.malformed >= 36 && tally.opened >= 36, "{tally:?}");
    }
    let always = rtu(vec![Act::Late(130)]).await.run(40).await;
    assert_eq!((always.good, always.opened), (0, 40), "{always:?}");
}

#[tokio::test]
async fn an_abandoned_exchange_ends_the_connection() {
    let session = rtu(vec![Act::Late(30)]).await;
    let mut wire = Wire::open(&session.endpoint, Duration::from_secs(5)).await.expect("it listens");
    let asked = request(1, Duration::from_secs(5), Duration::ZERO);
    let _ = tokio::time::timeout(Duration::from_millis(5), wire.exchange(&asked)).await;
    let after = wire.exchange(&asked).await;
    assert!(matches!(after, Err(Failure::Link(_))) && wire.is_spent(), "{after:?}");
}

/// A gateway that answers every request with transaction id 0.
async fn numberless(script: Vec<Act>) -> Session {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = Endpoint::Tcp(listener.local_addr().expect("it is bound").to_string());
    let seen = Seen::default();
    let counter = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(without_number(stream, script.clone(), counter.clone()));
        }
    });
    let workarounds = Workarounds { ignores_transaction_id: true, ..Workarounds::default() };
    let habits = Habits { workarounds, echoes: None };
    Session { endpoint, habits, seen, within: WITHIN, quarantine: Duration::ZERO }
}

async fn without_number(mut stream: TcpStream, script: Vec<Act>, seen: Seen) {
    let mut asked = [0; 12];
    while stream.read_exact(&mut asked).await.is_ok() {
        let number = seen.next();
        let act = script[(number as usize - 1) % script.len()];
        let body = pdu(&asked[7..], act, seen.count());
        let unit = if act == Act::WrongUnit { asked[6] + 4 } else { asked[6] };
        let frame = [&[0, 0, 0, 0, 0, body.len() as u8 + 1, unit][..], &body].concat();
        if act == Act::Silent {
            continue;
        }
        if let Act::Late(delay) = act {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        let copies = if act == Act::Twice { 2 } else { 1 };
        if stream.write_all(&frame.repeat(copies)).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_gateway_that_repeats_no_number_is_believed_only_with_its_workaround() {
    let session = numberless(vec![Act::Fine]).await;
    let plain = Session { habits: Habits::default(), ..session };
    let tally = plain.run(20).await;
    assert_eq!((tally.good, tally.malformed), (0, 20), "{tally:?}");
    let tally = numberless(vec![Act::Fine, Act::Twice]).await.run(300).await;
    assert!(tally.good >= 290 && tally.opened <= 5, "{tally:?}");
}

#[tokio::test]
async fn without_numbers_a_late_answer_is_never_taken_for_another() {
    for act in [Act::Late(130), Act::Silent, Act::WrongUnit, Act::WrongFunction, Act::TooFew] {
        let tally = numberless(vec![Act::Fine, Act::Fine, Act::Fine, Act::Fine, act]).await.run(100).await;
        assert!(tally.good >= 70 && tally.opened >= 18, "{act:?}: {tally:?}");
    }
    let always = numberless(vec![Act::Late(130)]).await.run(20).await;
    assert_eq!(always.good, 0, "{always:?}");
}

#[tokio::test]
async fn a_gateway_that_closes_after_each_answer_is_left_first() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = Endpoint::Tcp(listener.local_addr().expect("it is bound").to_string());
    let seen = Seen::default();
    let counter = seen.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 12];
            stream.read_exact(&mut asked).await.expect("each connection brings a request");
            let body = pdu(&asked[7..], Act::Fine, counter.next());
            let frame = [&[asked[0], asked[1], 0, 0, 0, body.len() as u8 + 1, asked[6]][..], &body].concat();
            stream.write_all(&frame).await.expect("the wire reads");
        }
    });
    let workarounds = Workarounds { closes_after_answer: true, ..Workarounds::default() };
    let habits = Habits { workarounds, echoes: None };
    for id in 0..50 {
        let mut wire = Wire::open_with(&endpoint, habits, Duration::from_secs(5)).await.expect("it listens");
        let (request, before) = (request(id, Duration::from_secs(5), Duration::ZERO), seen.count());
        assert_exact(&request, &wire.exchange(&request).await.expect("it answers"), before, seen.count());
        assert!(wire.is_spent() && wire.has_answered());
    }
}
