//! P9: values invented on errors.
//!
//! Whatever a device answers instead of what it was asked for, a point holds what was read or nothing: never 0, `false`,
//! 65535, or a piece of something else. No error clears a fire.

use std::sync::Arc;
use std::time::Duration;

use tocsin::engine::base::{Truth, Value};

use super::device::{Asked, Registers, Script, Step};
use super::running::Running;
use super::server::Server;
use super::sites::{self, TEN_A_SECOND, TWO_REGISTERS};

/// The level while all is well. Its bytes differ, so that a shift of any kind shows.
const LEVEL: u16 = 0x2A4D;
/// Longer than the profile's `reply-within`.
const TOO_LATE: Duration = Duration::from_millis(230);

/// What the device does with one request; each is an error of its own kind.
type Error = (&'static str, fn(&Asked, Vec<u8>) -> Vec<Step>);

const ERRORS: [Error; 15] = [
    ("exceptions of every code", |asked, _| {
        // A gateway's 0x0A and 0x0B among them.
        vec![Step::Send(asked.exception(1 + (asked.number % 0x0B) as u8))]
    }),
    ("an exception after the deadline", |asked, _| vec![Step::Wait(TOO_LATE), Step::Send(asked.exception(2))]),
    ("zeros after the deadline", |asked, _| {
        vec![Step::Wait(TOO_LATE), Step::Send(asked.words(&vec![0; usize::from(asked.count())]))]
    }),
    ("silence", |_, _| Vec::new()),
    ("no data at all", |asked, _| vec![Step::Send(asked.words(&[]))]),
    ("a register too few", |asked, _| vec![Step::Send(asked.words(&vec![0; usize::from(asked.count()) - 1]))]),
    ("a register too many", |asked, _| vec![Step::Send(asked.words(&vec![0; usize::from(asked.count()) + 1]))]),
    ("a count of bytes without the bytes", |asked, _| {
        vec![Step::Send(asked.frame(&[asked.function(), (2 * asked.count()) as u8]))]
    }),
    ("the data of another function", |asked, _| {
        let data = vec![0; 2 * usize::from(asked.count())];
        vec![Step::Send(asked.frame(&[&[4, data.len() as u8][..], &data].concat()))]
    }),
    ("zeros of another unit", |asked, _| {
        let data = vec![0; 2 * usize::from(asked.count())];
        let pdu = [&[asked.function(), data.len() as u8][..], &data].concat();
        vec![Step::Send(asked.frame_as(asked.transaction, asked.unit + 1, &pdu))]
    }),
    ("half of the frame", |_, right| vec![Step::Send(right[..right.len() / 2].to_vec())]),
    ("a frame whose last byte is another", |asked, right| {
        // The last byte is a checksum on a line. In TCP, where nothing guards the data, the length field is bent instead.
        let mut bent = right;
        let at = if asked.transaction == 0 { bent.len() - 1 } else { 5 };
        bent[at] ^= 0x40;
        vec![Step::Send(bent)]
    }),
    ("the request itself", |asked, _| vec![Step::Send(asked.echo())]),
    ("bytes that are no frame", |_, _| vec![Step::Send(vec![0; 64])]),
    ("only ones", |_, _| vec![Step::Send(vec![0xFF; 64])]),
];

fn erring(registers: &Registers, error: Error) -> Script {
    let registers = registers.clone();
    Arc::new(move |asked| error.1(asked, registers.answer(asked)))
}

async fn against(kind: &str, error: Error) {
    let what = format!("{kind}: {}", error.0);
    let registers = Registers::default();
    registers.set(1, 0, LEVEL);
    registers.set(1, 1, 1);
    let (server, endpoint) = match kind {
        "line" => {
            let server = Server::line(registers.well());
            let endpoint = sites::line(&server.place);
            (server, endpoint)
        }
        _ => {
            let server = Server::tcp(registers.well());
            let endpoint = sites::tcp(&server.place);
            (server, endpoint)
        }
    };
    let bus = Running::new(sites::site(&sites::text(&endpoint, TEN_A_SECOND, &[1]), TWO_REGISTERS));
    let good = |bus: &Running| {
        bus.known("unit-1/level") == Ok(Value::Number(f64::from(LEVEL)))
            && bus.known("unit-1/smoke") == Ok(Value::Bit(true))
    };
    bus.until(&format!("{what}: all is read"), good).await;
    bus.until(&format!("{what}: the fire is known"), |bus| bus.truths("unit-1/smoke") == [Truth::True]).await;
    server.play(erring(&registers, error));
    let (asked, unread) = (server.count(), |bus: &Running| bus.known("unit-1/smoke").is_err());
    bus.until(&format!("{what}: it was asked and nothing is known"), |bus| {
        server.count() >= asked + 3 && unread(bus) && bus.known("unit-1/level").is_err()
    })
    .await;
    bus.until(&format!("{what}: the rule is unknown"), |bus| {
        bus.truths("unit-1/smoke").last() == Some(&Truth::Unknown)
    })
    .await;
    server.play(registers.well());
    bus.until(&format!("{what}: all is read again"), good).await;
    bus.until(&format!("{what}: the fire is known again"), |bus| {
        bus.truths("unit-1/smoke").last() == Some(&Truth::True)
    })
    .await;
    // All that ever was a value was one that the device has.
    for reading in bus.posted("unit-1/level") {
        assert!(matches!(&reading.known, Err(_) | Ok(Value::Number(_))), "{what}: {reading:?}");
        assert!(reading.good().is_none_or(|value| *value == Value::Number(f64::from(LEVEL))), "{what}: {reading:?}");
    }
    for reading in bus.posted("unit-1/smoke") {
        assert!(reading.good().is_none_or(|value| *value == Value::Bit(true)), "{what}: {reading:?}");
    }
    assert!(!bus.truths("unit-1/smoke").contains(&Truth::False), "{what}: an error cleared the fire");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p09_no_error_invents_a_value_or_clears_a_fire_on_tcp() {
    futures_util::future::join_all(ERRORS.map(|error| against("tcp", error))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p09_no_error_invents_a_value_or_clears_a_fire_on_a_line() {
    futures_util::future::join_all(ERRORS.map(|error| against("line", error))).await;
}
