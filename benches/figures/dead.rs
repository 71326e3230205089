//! What dead devices cost the living on TCP: each on its own endpoint, and all of them behind one gateway.

use std::sync::Arc;
use std::time::Duration;

use crate::devices;
use crate::figure::Figures;
use crate::path::Path;
use crate::sites::{self, Polled};

const DEVICES: u8 = 20;
const REGISTERS: u16 = 20;
const PERIOD: Duration = Duration::from_millis(200);
/// By then whoever is dead has been given up.
const GIVEN_UP: Duration = Duration::from_secs(25);
const ROUND: Duration = Duration::from_secs(15);

pub fn measure(figures: &mut Figures) {
    let measured = |shared: bool| [0, 2, 10].map(|dead| period(shared, dead));
    for (shared, what) in [(false, "20 TCP devices at 200 ms"), (true, "20 units behind one TCP gateway at 200 ms")] {
        let [none, tenth, half] = measured(shared);
        figures.add(&format!("{what}: period of the living"), "ms, none dead", "", vec![none]);
        figures.add("  10 % dead", "dead / none", "<= 1.05", vec![tenth / none]);
        figures.add("  50 % dead", "dead / none", "<= 1.05", vec![half / none]);
    }
}

/// Milliseconds between two polls of those that answer.
fn period(shared: bool, dead: u8) -> f64 {
    let field =
        if shared { devices::serve(1, DEVICES, REGISTERS) } else { devices::serve(usize::from(DEVICES), 1, REGISTERS) };
    let units: Vec<_> = field
        .iter()
        .flat_map(|endpoint| (0..endpoint.units.len()).map(|at| (Arc::clone(&endpoint.units), at)))
        .collect();
    for (units, at) in units.iter().take(usize::from(dead)) {
        units[*at].silence();
    }
    let answered = || units.iter().map(|(units, at)| units[*at].answered()).sum::<u64>();
    let site = if shared {
        let polled = Polled { period: PERIOD, units: DEVICES, registers: REGISTERS };
        sites::of_units(&polled, tocsin::engine::site::Endpoint::Tcp(field[0].address.to_string()))
    } else {
        let endpoints: Vec<String> = field.iter().map(|endpoint| endpoint.address.to_string()).collect();
        sites::of_devices(&endpoints, PERIOD, REGISTERS)
    };
    let path = Path::start(site);
    std::thread::sleep(GIVEN_UP);
    let before = answered();
    std::thread::sleep(ROUND);
    let polls = (answered() - before) as f64;
    path.stop();
    1000.0 * ROUND.as_secs_f64() * f64::from(DEVICES - dead) / polls
}
