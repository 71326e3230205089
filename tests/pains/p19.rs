//! P19: the gap between frames is ignored.
//!
//! Before each request a line is silent for 3.5 characters, or for the pause its device asks for; between two devices
//! both have their pause.

use std::time::Duration;

use tocsin::edge::modbus::Wire;
use tocsin::engine::poll::Request;
use tocsin::engine::profile::Table;
use tocsin::engine::site::{Endpoint, Line, Parity};

use super::device::Registers;
use super::running::Running;
use super::server::Server;
use super::sites::{self, TEN_A_SECOND, TWO_REGISTERS};

fn gaps(server: &Server) -> Vec<Duration> {
    server.asked().windows(2).map(|pair| pair[1].at - pair[0].at).collect()
}

fn request(unit: u8, pause: Duration) -> Request {
    let (within, quarantine) = (Duration::from_secs(5), Duration::ZERO);
    let (id, device, table, start, count, write) = (1, 0, Table::Holding, 0, 2, None);
    Request { id, device, unit, table, start, count, write, identification: false, within, pause, quarantine }
}

#[tokio::test]
async fn p19_a_slow_line_is_silent_for_three_and_a_half_characters() {
    let server = Server::line(Registers::default().well());
    let line = Line { path: server.place.clone(), baud: 1200, parity: Parity::Even, stop_bits: 1 };
    let mut wire = Wire::open(&Endpoint::Serial(line), Duration::from_secs(1)).await.expect("it is plugged in");
    for _ in 0..20 {
        wire.exchange(&request(1, Duration::ZERO)).await.expect("it answers");
    }
    // 3.5 characters of 11 bits at 1200 bits a second are 32.1 ms.
    let gaps = gaps(&server);
    assert!(gaps.len() == 19 && gaps.iter().all(|gap| *gap >= Duration::from_millis(32)), "{gaps:?}");
}

#[tokio::test]
async fn p19_between_two_devices_both_have_their_pause() {
    let server = Server::line(Registers::default().well());
    let line = Line { path: server.place.clone(), baud: 115_200, parity: Parity::None, stop_bits: 1 };
    let mut wire = Wire::open(&Endpoint::Serial(line), Duration::from_secs(1)).await.expect("it is plugged in");
    let (slow, quick) = (Duration::from_millis(80), Duration::ZERO);
    for (unit, pause) in [(2, quick), (1, slow), (2, quick), (2, quick), (1, slow), (1, slow)] {
        wire.exchange(&request(unit, pause)).await.expect("it answers");
    }
    let gaps = gaps(&server);
    for (at, gap) in gaps.iter().enumerate().filter(|(at, _)| *at != 2) {
        assert!(*gap >= slow, "gap {at}: {gaps:?}");
    }
    assert!(gaps[2] < gaps[1], "the quick one alone need not wait: {gaps:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p19_the_task_of_a_bus_keeps_the_pause_of_the_profile() {
    let server = Server::line(Registers::default().well());
    let profile = TWO_REGISTERS.replace("[link]", "[link]\npause = \"30ms\"");
    let site = sites::site(&sites::text(&sites::line(&server.place), TEN_A_SECOND, &[1, 2, 3]), &profile);
    let bus = Running::new(site);
    bus.until("it was asked often", |_| server.count() >= 60).await;
    let gaps = gaps(&server);
    assert!(gaps.iter().all(|gap| *gap >= Duration::from_millis(30)), "{gaps:?}");
}
