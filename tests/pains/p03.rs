//! P3: an answer stored in the wrong point, or under the wrong unit.
//!
//! Unit, function, length and checksum are checked of every answer, and where no number tells a late answer from the
//! awaited one, time or a new connection does. What still gets through as one plausible wrong answer clears nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tocsin::engine::base::{Truth, Value};

use super::device::{Asked, Registers, Script, Step};
use super::running::Running;
use super::server::Server;
use super::sites::{self, TEN_A_SECOND, TWO_REGISTERS};

const LEVELS: [(u8, u16); 2] = [(1, 1100), (2, 2200)];
/// Longer than `reply-within`, shorter than `max-response`.
const LATE: Duration = Duration::from_millis(240);

fn registers() -> Registers {
    let registers = Registers::default();
    LEVELS.iter().for_each(|(unit, level)| registers.set(*unit, 0, *level));
    registers
}

fn running(endpoint: &str) -> Running {
    Running::new(sites::site(&sites::text(endpoint, TEN_A_SECOND, &[1, 2]), TWO_REGISTERS))
}

fn known(bus: &Running, unit: u8) -> bool {
    let level = LEVELS.iter().find(|(of, _)| *of == unit).map(|(_, level)| f64::from(*level));
    bus.known(&format!("unit-{unit}/level")) == Ok(Value::Number(level.expect("a unit of the site")))
}

fn nothing_was_mixed_up(bus: &Running) {
    for (unit, level) in LEVELS {
        for reading in bus.posted(&format!("unit-{unit}/level")) {
            let truth = Ok(Value::Number(f64::from(level)));
            assert!(reading.known.is_err() || reading.known == truth, "unit {unit}: {reading:?}");
        }
    }
}

/// What unit 2 is asked, unit 1 answers as this function bends it; unit 1 is well.
fn for_unit_2(registers: &Registers, wrong: fn(&Registers, &Asked) -> Vec<Step>) -> Script {
    let registers = registers.clone();
    Arc::new(
        move |asked| {
            if asked.unit == 2 { wrong(&registers, asked) } else { vec![Step::Send(registers.answer(asked))] }
        },
    )
}

/// Unit 1's own data, of the range that was asked.
fn of_unit_1(registers: &Registers, asked: &Asked) -> Vec<u8> {
    (0..asked.count()).flat_map(|at| registers.get(1, asked.start() + at).to_be_bytes()).collect()
}

type Wrong = fn(&Registers, &Asked) -> Vec<Step>;

const WRONG: [(&str, Wrong); 4] = [
    ("the right transaction id, and another unit", |registers, asked| {
        let data = of_unit_1(registers, asked);
        let pdu = [&[asked.function(), data.len() as u8][..], &data].concat();
        vec![Step::Send(asked.frame_as(asked.transaction, 1, &pdu))]
    }),
    ("another function", |registers, asked| {
        let data = of_unit_1(registers, asked);
        let pdu = [&[asked.function() ^ 7, data.len() as u8][..], &data].concat();
        vec![Step::Send(asked.frame(&pdu))]
    }),
    ("one register too many", |registers, asked| {
        let data = [of_unit_1(registers, asked), vec![0, 0]].concat();
        let pdu = [&[asked.function(), data.len() as u8][..], &data].concat();
        vec![Step::Send(asked.frame(&pdu))]
    }),
    ("a byte count that lies", |registers, asked| {
        let data = of_unit_1(registers, asked);
        let pdu = [&[asked.function(), data.len() as u8 + 2][..], &data].concat();
        vec![Step::Send(asked.frame(&pdu))]
    }),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p03_another_units_answer_is_never_stored() {
    for kind in ["tcp", "rtu over tcp", "line"] {
        let registers = registers();
        let server = match kind {
            "tcp" => Server::tcp(registers.well()),
            "line" => Server::line(registers.well()),
            _ => Server::rtu_tcp(registers.well()),
        };
        let endpoint = match kind {
            "tcp" => sites::tcp(&server.place),
            "line" => sites::line(&server.place),
            _ => format!("{}\nframing = \"rtu\"", sites::tcp(&server.place)),
        };
        let bus = running(&endpoint);
        for (what, wrong) in WRONG {
            server.play(registers.well());
            bus.until("both are read", |bus| known(bus, 1) && known(bus, 2)).await;
            server.play(for_unit_2(&registers, wrong));
            bus.until("unit 2 is unknown", |bus| bus.known("unit-2/level").is_err()).await;
            bus.until("unit 1 goes on", |bus| known(bus, 1)).await;
            nothing_was_mixed_up(&bus);
            bus.until(what, |bus| bus.links().iter().any(|(_, up, _)| !up)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p03_a_late_answer_of_the_same_shape_is_never_stored_within_max_response() {
    for kind in ["line", "rtu over tcp"] {
        let registers = registers();
        let server = if kind == "line" { Server::line(registers.well()) } else { Server::rtu_tcp(registers.well()) };
        let rtu = format!("{}\nframing = \"rtu\"", sites::tcp(&server.place));
        let bus = running(&if kind == "line" { sites::line(&server.place) } else { rtu });
        bus.until("both are read", |bus| known(bus, 1) && known(bus, 2)).await;
        // Both have one register at the same address, so that nothing but time tells their answers apart; then all of
        // unit 1's own reads are of one shape too.
        let (answers, number) = (registers.clone(), server.count());
        server.play(Arc::new(move |asked| {
            let wait = if asked.number > number && asked.number % 3 == 0 { LATE } else { Duration::ZERO };
            vec![Step::Wait(wait), Step::Send(answers.answer(asked))]
        }));
        let begun = server.count();
        bus.until("many answers were late", |_| server.count() >= begun + 60).await;
        nothing_was_mixed_up(&bus);
        server.play(registers.well());
        bus.until("both are read again", |bus| known(bus, 1) && known(bus, 2)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p03_one_wrong_answer_that_looks_right_clears_no_fire() {
    let registers = registers();
    registers.set(1, 1, 1);
    let server = Server::tcp(registers.well());
    let bus = running(&sites::tcp(&server.place));
    bus.until("the fire is known", |bus| bus.truths("unit-1/smoke").last() == Some(&Truth::True)).await;
    // Once, a perfect answer says that there is no smoke.
    let (answers, lied) = (registers.clone(), Arc::new(AtomicBool::new(false)));
    let once = Arc::clone(&lied);
    server.play(Arc::new(move |asked| {
        let covers = asked.unit == 1 && (asked.start()..asked.start() + asked.count()).contains(&1);
        if covers && !once.swap(true, Ordering::SeqCst) {
            let quiet = Registers::default();
            quiet.set(1, 0, 1100);
            return vec![Step::Send(quiet.answer(asked))];
        }
        vec![Step::Send(answers.answer(asked))]
    }));
    bus.until("it lied", |_| lied.load(Ordering::SeqCst)).await;
    let asked = server.count();
    bus.until("it was read on", |_| server.count() >= asked + 20).await;
    assert!(!bus.truths("unit-1/smoke").contains(&Truth::False), "{:?}", bus.truths("unit-1/smoke"));
}
