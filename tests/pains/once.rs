//! A write goes out once, whatever becomes of the connection, and never after its time.
//!
//! Part of P15 and P16 at the task of a bus: reads are repeated when a connection turns out to be dead; a write is only
//! when nothing of it has left.

use std::sync::Arc;
use std::time::Duration;

use tocsin::engine::base::Value;
use tocsin::engine::poll::{CommandFailure, Progress};
use tocsin::engine::profile::{Table, Write, WriteSpec};

use super::device::{Asked, Registers, Script, Step};
use super::running::Running;
use super::server::{Server, silent};
use super::sites::{self, TEN_A_SECOND, TWO_REGISTERS};

const TTL: Duration = Duration::from_secs(20);

fn register(word: u16) -> WriteSpec {
    WriteSpec::Plain { table: Table::Holding, address: 40, write: Write::Register(word) }
}

fn running(server: &Server) -> Running {
    Running::new(sites::site(&sites::text(&sites::tcp(&server.place), TEN_A_SECOND, &[1]), TWO_REGISTERS))
}

/// Read once a minute.
fn seldom(server: &Server) -> Running {
    let profile = TWO_REGISTERS.replace("\"fire\"", "\"slow\"").replace("\"fast\"", "\"slow\"");
    let (profile, _) = profile.split_once("[alarms]").expect("the profile has alarms");
    let text = sites::text(&sites::tcp(&server.place), "poll = { slow = \"60s\" }", &[1]);
    Running::new(sites::site(&text, profile))
}

fn writes(server: &Server) -> Vec<Asked> {
    server.asked().into_iter().filter(Asked::is_write).collect()
}

fn registers() -> Registers {
    let registers = Registers::default();
    registers.set(1, 0, 1100);
    registers
}

fn known(bus: &Running) -> bool {
    bus.known("unit-1/level") == Ok(Value::Number(1100.0))
}

/// Reads are answered; what is done with a write is up to `write`.
fn with_writes(registers: &Registers, write: fn(&Registers, &Asked) -> Vec<Step>) -> Script {
    let registers = registers.clone();
    Arc::new(
        move |asked| {
            if asked.is_write() { write(&registers, asked) } else { vec![Step::Send(registers.answer(asked))] }
        },
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_answer_is_lost_with_the_connection_is_not_sent_again() {
    let registers = registers();
    let ways: [fn(&Registers, &Asked) -> Vec<Step>; 3] = [
        // Done, and the connection closed instead of an answer.
        |registers, asked| {
            registers.answer(asked);
            vec![Step::Close]
        },
        // Silence.
        |_, _| vec![],
        // The answer to another write.
        |_, asked| vec![Step::Send(asked.frame(&[6, 0, 41, 0, 7]))],
    ];
    for (number, way) in (1..).zip(ways) {
        let server = Server::tcp(with_writes(&registers, way));
        let bus = running(&server);
        bus.until("it is read", known).await;
        bus.command(number, register(7), TTL);
        bus.until("its end is told", |bus| !bus.progress(number).is_empty()).await;
        assert_eq!(bus.progress(number), [Progress::Failed(CommandFailure::NoAnswer)], "way {number}");
        let asked = server.count();
        bus.until("it is read on", |_| server.count() >= asked + 20).await;
        assert_eq!(writes(&server).len(), 1, "way {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_finds_the_connection_closed_goes_out_on_a_new_one() {
    let registers = registers();
    let answers = registers.clone();
    // Each connection is closed a moment after its answer, and reads come seldom enough to find it so.
    let server = Server::tcp(Arc::new(move |asked| {
        vec![Step::Send(answers.answer(asked)), Step::Wait(Duration::from_millis(10)), Step::Close]
    }));
    let bus = seldom(&server);
    bus.until("it is read", known).await;
    for seq in 1..=6 {
        bus.command(seq, register(seq as u16), TTL);
        bus.until("its end is told", |bus| bus.progress(seq).len() == 2).await;
        assert_eq!(bus.progress(seq), [Progress::Accepted, Progress::Done]);
        assert_eq!((writes(&server).len() as u64, registers.get(1, 40)), (seq, seq as u16));
        // Long enough for the device to hang up.
        let accepted = server.accepted();
        bus.until("it was left", |_| server.accepted() > accepted).await;
    }
    assert!(bus.links().iter().all(|(_, up, _)| *up), "{:?}", bus.links());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_wakes_a_bus_that_has_nothing_to_do() {
    let registers = registers();
    let server = Server::tcp(registers.well());
    let bus = seldom(&server);
    bus.until("it is read", known).await;
    let reads = server.count();
    for seq in 1..=20 {
        bus.command(seq, register(seq as u16), Duration::from_secs(1));
        let took = bus.until("its end is told", |bus| bus.progress(seq).len() == 2).await;
        assert_eq!(bus.progress(seq), [Progress::Accepted, Progress::Done], "after {took:?}");
    }
    assert_eq!(writes(&server).len() + reads, server.count(), "nothing else was asked meanwhile");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_waited_for_its_gateway_too_long_is_never_sent() {
    let registers = registers();
    let server = Server::tcp(registers.well());
    let (place, bus) = (server.place.clone(), running(&server));
    bus.until("it is read", known).await;
    // The gateway hangs, so that the command waits behind a read without an answer, and then it is gone.
    server.play(silent());
    bus.command(1, register(1), Duration::from_secs(1));
    bus.until("its end is told", |bus| !bus.progress(1).is_empty()).await;
    drop(server);
    bus.command(2, register(2), Duration::from_secs(1));
    bus.until("its end is told", |bus| !bus.progress(2).is_empty()).await;
    while std::net::TcpListener::bind(&place).is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let server = Server::tcp_at(&place, super::device::Framing::Mbap, registers.well());
    bus.until("it is read again", |bus| known(bus) && server.count() >= 20).await;
    assert_eq!(writes(&server).len(), 0);
    assert!(matches!(bus.progress(2)[..], [Progress::Failed(_)]), "{:?}", bus.progress(2));
}
