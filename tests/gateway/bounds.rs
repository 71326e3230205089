//! The bounds of the standards, from the register of a panel that is not ours to everyone who must hear of it: fire
//! within 10 s (EN 54-2 7, GB 25506-2010 5.1), faults within 100 s (FA-12, EN 54-2 8); with half of the bus dead, too.
//!
//! `cargo bench -- bounds` prints how long each takes.

use std::time::Duration;

use super::watched::{Bus, Change, Heard, PANELS, Watched};

const FIRE_WITHIN: Duration = Duration::from_secs(10);
const FAULT_WITHIN: Duration = Duration::from_secs(100);
/// Panels from this one on die.
const HALF: u8 = PANELS / 2 + 1;

/// Everyone heard of each change in time.
fn in_time(what: &str, heard: &[Heard], within: Duration) {
    println!("{what}: {:?}", heard.iter().map(Heard::all).collect::<Vec<_>>());
    assert!(heard.iter().all(|heard| heard.all().is_some_and(|time| time <= within)), "{what}: {heard:?}");
}

/// A fire, a fault of a detector and a fault of the panel itself, at each of these panels.
async fn each_panel_is_heard(watched: &mut Watched, panels: std::ops::Range<u8>, detector: u16) {
    let (mut fires, mut faults) = (Vec::new(), Vec::new());
    for panel in panels {
        fires.push(watched.change(Change::Fire(panel, detector), FIRE_WITHIN).await);
        faults.push(watched.change(Change::Fault(panel, detector + 1), FAULT_WITHIN).await);
    }
    in_time("fire -> list, stream and broker", &fires, FIRE_WITHIN);
    in_time("fault -> list, stream and broker", &faults, FAULT_WITHIN);
}

async fn the_bounds_hold(bus: Bus) {
    let mut watched = Watched::start(bus).await;
    each_panel_is_heard(&mut watched, 1..PANELS + 1, 1).await;
    // Panels that die are faults themselves.
    in_time("a panel that died", &watched.die(HALF..PANELS + 1, FAULT_WITHIN).await, FAULT_WITHIN);
    each_panel_is_heard(&mut watched, 1..HALF, 3).await;
    let mut own = Vec::new();
    for panel in 1..HALF {
        own.push(watched.change(Change::OwnFault(panel), FAULT_WITHIN).await);
    }
    in_time("a panel's own fault", &own, FAULT_WITHIN);
    watched.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fire_and_fault_are_heard_in_time_behind_one_address_also_when_half_of_it_is_dead() {
    the_bounds_hold(Bus::Tcp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fire_and_fault_are_heard_in_time_on_a_line_also_when_half_of_it_is_dead() {
    the_bounds_hold(Bus::Line).await;
}
