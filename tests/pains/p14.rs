//! P14: a write waits behind polling.
//!
//! A command is the next thing on the wire, however much there is to be read: on a bus whose round of reads takes seconds
//! it waits for one request, not for the round.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::bench::once;
use super::commanded::{PUMP, command, polled, settled, stands};
use super::device::{Registers, Script, Step};
use super::server::Server;
use super::sites;

/// Registers far apart, so that each is a request of its own.
const APART: u16 = 80;
/// The device takes this long for every answer.
const SLOW: Duration = Duration::from_millis(40);

/// All of them are due at once, every five seconds.
const POLL: &str = "poll = { fast = \"500ms\", normal = \"5s\" }";

fn busy() -> String {
    let mut profile = PUMP.to_owned();
    let mut points = String::new();
    for number in 0..APART {
        let address = number * 500;
        let name = "name = { zh = \"值\", en = \"Value\" }";
        writeln!(
            points,
            "v{number} = {{ table = \"holding\", address = {address}, type = \"u16\", poll = \"normal\", {name} }}"
        )
        .expect("text grows");
    }
    let at = profile.find("[commands]").expect("it has commands");
    profile.insert_str(at, &points);
    profile
}

fn slow(registers: &Registers) -> Script {
    let registers = registers.clone();
    Arc::new(move |asked| {
        let answer = registers.answer(asked);
        registers.set_bit(asked.unit, 10, registers.bit(asked.unit, 0));
        vec![Step::Wait(SLOW), Step::Send(answer)]
    })
}

async fn measure(server: &Server, endpoint: &str, what: &str) {
    let (_installed, _gateway, client) = polled(endpoint, POLL, &busy(), "").await;
    let mut waits = Vec::new();
    for number in 0..12 {
        let verb = if number % 2 == 0 { "start" } else { "stop" };
        let begun = Instant::now();
        let id = command(&client, verb).await;
        once(10, "it is accepted", async || (stands(&client, &id).await["state"] != "requested").then_some(())).await;
        waits.push(begun.elapsed());
        let end = settled(&client, &id).await;
        assert_eq!(end["state"], "confirmed", "{end}");
    }
    waits.sort();
    let round = SLOW * u32::from(APART);
    println!("P14 {what}: accepted after p50 {:?}, worst {:?}; a round of reads takes {round:?}", waits[6], waits[11]);
    // One request on the way, the write itself, the journal, and a loaded machine: still far from a round of 3.2 s.
    assert!(waits[11] < Duration::from_millis(1_500), "{waits:?}");
    let writes = server.asked().iter().filter(|asked| asked.is_write()).count();
    assert_eq!(writes, 12, "each command is one write");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p14_a_command_does_not_wait_behind_the_round_of_reads() {
    let server = Server::tcp(slow(&Registers::default()));
    measure(&server, &sites::tcp(&server.place), "on TCP").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p14_a_command_does_not_wait_behind_the_round_of_reads_of_a_line() {
    let server = Server::line(slow(&Registers::default()));
    measure(&server, &sites::line(&server.place), "on a line").await;
}
