//! P1: one dead unit stalls or blanks the bus.
//!
//! A unit that dies is announced by itself, is asked again in a small share of the time, and leaves the others their
//! periods and their values; whatever of the bus is asked for it is one cheap request.

use std::time::Duration;

use tocsin::engine::poll::LinkOf;
use tokio::time::{Instant, sleep_until};

use super::device::{Asked, Registers, Script, Step};
use super::running::Running;
use super::server::Server;
use super::sites::{self, TEN_A_SECOND, TWO_REGISTERS};

const UNITS: [u8; 4] = [1, 2, 3, 4];
/// On an idle machine the period of the living grows by less than a twentieth. A machine that is busy with other tests
/// makes everything late, also what it is compared with.
const SHARE_THAT_REMAINS: f64 = 0.85;

/// Everybody answers but unit 3.
fn without_the_third(registers: &Registers) -> Script {
    let registers = registers.clone();
    std::sync::Arc::new(
        move |asked| if asked.unit == 3 { Vec::new() } else { vec![Step::Send(registers.answer(asked))] },
    )
}

/// Requests a second that reach the units that live, over so many seconds from now.
async fn rate(server: &Server, seconds: u64) -> f64 {
    let living = |asked: &[Asked]| asked.iter().filter(|asked| asked.unit != 3).count();
    let (begun, before) = (Instant::now(), living(&server.asked()));
    sleep_until(begun + Duration::from_secs(seconds)).await;
    (living(&server.asked()) - before) as f64 / begun.elapsed().as_secs_f64()
}

async fn one_of_four_dies(server: Server, endpoint: String) {
    let registers = Registers::default();
    UNITS.iter().for_each(|unit| registers.set(*unit, 0, 1200));
    server.play(registers.well());
    let bus = Running::new(sites::site(&sites::text(&endpoint, TEN_A_SECOND, &UNITS), TWO_REGISTERS));
    let level = |unit: u8| format!("unit-{unit}/level");
    bus.until("all is read", |bus| UNITS.iter().all(|unit| bus.known(&level(*unit)).is_ok())).await;
    let all_well = rate(&server, 4).await;

    server.play(without_the_third(&registers));
    bus.until("the dead one is announced", |bus| {
        bus.links().iter().any(|(of, up, _)| (*of, *up) == (LinkOf::Device(2), false))
    })
    .await;
    let dead_from = server.count();
    let one_dead = rate(&server, 14).await;
    assert!(one_dead >= all_well * SHARE_THAT_REMAINS, "{all_well:.1} requests a second became {one_dead:.1}");
    let probes: Vec<Asked> = server.asked().split_off(dead_from).into_iter().filter(|asked| asked.unit == 3).collect();
    assert!(!probes.is_empty() && probes.len() <= 8, "it is asked from time to time: {}", probes.len());
    assert!(probes.iter().all(|asked| asked.count() <= 2), "with its cheapest request");

    // Nobody else was ever unknown, or announced.
    for unit in [1, 2, 4] {
        let posted = bus.posted(&level(unit));
        let first = posted.iter().position(|reading| reading.known.is_ok()).expect("it was read");
        assert!(posted[first..].iter().all(|reading| reading.known.is_ok()), "unit {unit}: {posted:?}");
    }
    let lost: Vec<_> = bus.links().into_iter().filter(|(_, up, _)| !up).map(|(of, ..)| of).collect();
    assert_eq!(lost, [LinkOf::Device(2)]);
    assert!(bus.known(&level(3)).is_err());

    server.play(registers.well());
    bus.until("it is back", |bus| bus.known(&level(3)).is_ok()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p01_one_dead_unit_neither_stalls_nor_blanks_the_others_behind_a_tcp_gateway() {
    let server = Server::tcp(Registers::default().well());
    let endpoint = sites::tcp(&server.place);
    one_of_four_dies(server, endpoint).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p01_one_dead_unit_neither_stalls_nor_blanks_the_others_on_a_line() {
    let server = Server::line(Registers::default().well());
    let endpoint = sites::line(&server.place);
    one_of_four_dies(server, endpoint).await;
}
