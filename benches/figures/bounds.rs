//! From the register of a fire panel that is not ours (pymodbus) to the list of alarms, the event stream and the broker.
//!
//! The gateway, its peers and those who listen are those of `tests/gateway/bounds.rs`, which holds the bounds themselves.

use std::time::Duration;

use tokio::time::sleep;

use crate::figure::Figures;
use watched::{Bus, Change, Heard, PANELS, Watched};

#[path = "../../tests/gateway/bench.rs"]
#[expect(dead_code, reason = "shared with the tests of the program")]
mod bench;
#[path = "../../tests/mqtt/broker.rs"]
#[expect(dead_code, reason = "shared with the tests of the MQTT edge")]
mod broker;
#[path = "../../tests/web/client.rs"]
#[expect(dead_code, reason = "shared with the tests of the web edge")]
mod client;
#[path = "../../tests/gateway/field.rs"]
#[expect(dead_code, reason = "shared with the tests of the program")]
mod field;
#[path = "../../tests/mqtt/port.rs"]
mod port;
#[path = "../../tests/gateway/site.rs"]
#[expect(dead_code, reason = "shared with the tests of the program")]
mod site;
#[path = "../../tests/gateway/watched.rs"]
mod watched;

/// Changes of each kind.
const CHANGES: u16 = 24;
/// Between a change that was heard and the next: not to stand by synchrony, each falls on another moment of the period.
const APART: Duration = Duration::from_millis(137);
const PATIENCE: Duration = Duration::from_secs(100);
/// Panels from this one on die.
const HALF: u8 = PANELS / 2 + 1;

/// Needs what the tests of the program need: python3 with pymodbus, mosquitto, socat.
pub fn measure(figures: &mut Figures) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    for (bus, place) in [(Bus::Tcp, "behind one address"), (Bus::Line, "on one line")] {
        runtime.block_on(async {
            let mut watched = Watched::start(bus).await;
            println!("{PANELS} panels {place}, read as shipped");
            changes(figures, &mut watched, PANELS, 1).await;
            let died = watched.die(HALF..PANELS + 1, PATIENCE).await;
            told(figures, "  half of them dies", "<= 100,000", &died);
            changes(figures, &mut watched, HALF - 1, 1 + 2 * CHANGES).await;
            let mut own = Vec::new();
            for panel in 1..HALF {
                sleep(2 * APART * u32::from(panel)).await;
                own.push(watched.change(Change::OwnFault(panel), PATIENCE).await);
            }
            told(figures, "  a panel's own fault", "<= 100,000", &own);
            watched.stop().await;
        });
    }
}

/// Fires and faults in turns, at one panel after the other of those that live, from this detector on.
async fn changes(figures: &mut Figures, watched: &mut Watched, living: u8, first: u16) {
    let (mut fires, mut faults) = (Vec::new(), Vec::new());
    for number in 0..CHANGES {
        let (panel, detector) = (1 + (number % u16::from(living)) as u8, first + number);
        sleep(APART * u32::from(number % 8)).await;
        fires.push(watched.change(Change::Fire(panel, detector), PATIENCE).await);
        sleep(APART * u32::from(7 - number % 8)).await;
        faults.push(watched.change(Change::Fault(panel, detector + CHANGES), PATIENCE).await);
    }
    told(figures, "  fire", "<= 10,000", &fires);
    told(figures, "  fault", "<= 100,000", &faults);
}

type When = fn(&Heard) -> Option<Duration>;

/// One line for each of those who must hear.
fn told(figures: &mut Figures, what: &str, target: &str, heard: &[Heard]) {
    let whom: [(&str, When); 3] =
        [("GET alarms", |heard| heard.list), ("stream", |heard| heard.stream), ("MQTT", |heard| heard.broker)];
    for (whom, when) in whom {
        let times = heard.iter().map(|heard| when(heard).expect("everyone hears of everything").as_secs_f64() * 1e3);
        figures.add(&format!("{what} -> {whom}"), "ms", target, times.collect());
    }
}
