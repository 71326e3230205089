//! P2: transaction ids one behind for ever.
//!
//! After one late answer many gateways and clients stay one answer behind, and every value is that of another point. Here
//! an answer under another id is dropped, however many there are; and where a gateway repeats no id at all, a workaround
//! of its profile tells answers apart by the connection.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tocsin::engine::base::Value;

use super::device::{Asked, Registers, Script, Step};
use super::running::Running;
use super::server::Server;
use super::sites::{self, TEN_A_SECOND, TWO_REGISTERS};

/// What each unit's level is; what its detector says is 1. A shift by one answer shows one for the other.
const LEVELS: [(u8, f64); 2] = [(1, 1100.0), (2, 2200.0)];

fn registers() -> Registers {
    let registers = Registers::default();
    for (unit, level) in LEVELS {
        registers.set(unit, 0, level as u16);
        registers.set(unit, 1, 1);
    }
    registers
}

fn running(server: &Server, link: &str) -> Running {
    let profile = TWO_REGISTERS.replace("[link]", &format!("[link]\n{link}"));
    Running::new(sites::site(&sites::text(&sites::tcp(&server.place), TEN_A_SECOND, &[1, 2]), &profile))
}

/// Nothing but the truth was ever posted of the levels.
fn nothing_was_shifted(bus: &Running) {
    for (unit, level) in LEVELS {
        for reading in bus.posted(&format!("unit-{unit}/level")) {
            assert!(reading.known.is_err() || reading.known == Ok(Value::Number(level)), "unit {unit}: {reading:?}");
        }
    }
}

fn all_known(bus: &Running) -> bool {
    LEVELS.iter().all(|(unit, level)| bus.known(&format!("unit-{unit}/level")) == Ok(Value::Number(*level)))
}

fn none_known(bus: &Running) -> bool {
    LEVELS.iter().all(|(unit, _)| bus.known(&format!("unit-{unit}/level")).is_err())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p02_a_gateway_that_is_one_answer_behind_is_never_believed() {
    let registers = registers();
    let server = Server::tcp(registers.well());
    let bus = running(&server, "");
    bus.until("all is read", all_known).await;
    // Each request is answered at once, with the answer to the one before, under that one's id.
    let (answers, before) = (registers.clone(), Mutex::new(None::<Asked>));
    server.play(Arc::new(move |asked| {
        let late = before.lock().expect("nobody panics with it").replace(asked.clone());
        late.map(|late| Step::Send(answers.answer(&late))).into_iter().collect()
    }));
    bus.until("nothing is known", none_known).await;
    nothing_was_shifted(&bus);
    server.play(registers.well());
    bus.until("all is read again", all_known).await;
    nothing_was_shifted(&bus);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p02_answers_that_come_during_the_next_request_are_dropped() {
    let registers = registers();
    let server = Server::tcp(registers.well());
    let bus = running(&server, "");
    bus.until("all is read", all_known).await;
    let answers = registers.clone();
    let late = Duration::from_millis(230);
    server.play(Arc::new(move |asked| vec![Step::Wait(late), Step::Send(answers.answer(asked))]));
    bus.until("nothing is known", none_known).await;
    server.play(registers.well());
    bus.until("all is read again", all_known).await;
    nothing_was_shifted(&bus);
}

/// A gateway that answers under id 0, every seventh time late.
fn without_ids(registers: &Registers) -> Script {
    let registers = registers.clone();
    Arc::new(move |asked| {
        let mut answer = registers.answer(asked);
        answer[..2].fill(0);
        let wait = if asked.number % 7 == 6 { Duration::from_millis(230) } else { Duration::ZERO };
        vec![Step::Wait(wait), Step::Send(answer)]
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p02_a_gateway_that_repeats_no_id_needs_its_workaround() {
    let registers = registers();
    let server = Server::tcp(without_ids(&registers));
    let plain = running(&server, "");
    plain
        .until("it is refused", |bus| bus.links().iter().any(|(_, up, why)| !up && why.contains("transaction id")))
        .await;
    assert!(none_known(&plain), "without the workaround nothing is believed");
    drop(plain);

    let server = Server::tcp(without_ids(&registers));
    let bus = running(&server, "workarounds = [\"ignores-transaction-id\"]");
    bus.until("all is read", all_known).await;
    let before = server.accepted();
    bus.until("several answers were late", |_| server.accepted() >= before + 4).await;
    bus.until("and all is read", all_known).await;
    nothing_was_shifted(&bus);
    assert!(bus.links().iter().all(|(_, up, _)| *up), "a late answer now and then is no fault: {:?}", bus.links());
}
