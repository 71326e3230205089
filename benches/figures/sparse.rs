//! Sixty points scattered over four hundred registers: how many requests a cycle takes.
//!
//! The real plan says how many are planned; a device of this process counts how many come. A bare reader that joins only
//! registers that touch needs one for each run of neighbours, which is counted from the same map.

use std::sync::Arc;
use std::time::Duration;

use tocsin::engine::poll::{BusPlan, plan};
use tocsin::engine::site::{Endpoint, Line, Parity, Site};

use crate::devices;
use crate::figure::Figures;
use crate::path::Path;
use crate::sites;

const POINTS: u16 = 60;
const REGISTERS: u16 = 400;
const PERIOD: Duration = Duration::from_millis(200);
/// By then turnarounds are measured, and the requests planned anew by them.
const WARM: Duration = Duration::from_secs(3);
const ROUND: Duration = Duration::from_secs(6);

pub fn measure(figures: &mut Figures) {
    let field = devices::serve(1, 1, REGISTERS);
    let tcp = site(Endpoint::Tcp(field[0].address.to_string()));
    let path = Path::start(Arc::clone(&tcp));
    std::thread::sleep(WARM);
    let before = field[0].units[0].answered();
    std::thread::sleep(ROUND);
    let came = (field[0].units[0].answered() - before) as f64 * PERIOD.as_secs_f64() / ROUND.as_secs_f64();
    path.stop();
    let line = Line { path: "/dev/line".into(), baud: 9600, parity: Parity::None, stop_bits: 1 };
    let rtu = site(Endpoint::Serial(line));
    let (planned, bare) = (plan(&tcp, 0), f64::from(runs_of_neighbours()));
    let requests = |plan: &BusPlan| plan.requests.len() as f64;
    figures.add("60 points in 400 registers over TCP, counted", "requests/cycle", "<= 5", vec![came]);
    figures.add("  planned", "requests/cycle", "<= 5", vec![requests(&planned)]);
    figures.add("  a bare reader without gaps", "requests/cycle", "", vec![bare]);
    figures.add("  planned / bare", "", "", vec![requests(&planned) / bare]);
    figures.add("  planned on a line of 9600 baud", "requests/cycle", "", vec![requests(&plan(&rtu, 0))]);
    let apart = plan(&without_gaps(&rtu), 0);
    figures.add("  its time on the line", "planned / no gaps", "< 1", vec![plan(&rtu, 0).load / apart.load]);
}

/// Where the points are: two and three side by side now and then, the others apart.
fn addresses() -> impl Iterator<Item = u16> {
    let scattered = |number: u16| number * (REGISTERS - 1) / (POINTS - 1);
    (0..POINTS).map(move |number| if number % 6 == 1 { scattered(number - 1) + 1 } else { scattered(number) })
}

fn runs_of_neighbours() -> u32 {
    let addresses: Vec<u16> = addresses().collect();
    1 + addresses.windows(2).map(|pair| u32::from(pair[1] != pair[0] + 1)).sum::<u32>()
}

fn site(endpoint: Endpoint) -> Arc<Site> {
    sites::of_addresses(endpoint, PERIOD, addresses())
}

/// The same site with a profile that says that nothing but its points may be read.
fn without_gaps(site: &Site) -> Site {
    let mut site = site.clone();
    for device in &mut site.devices {
        Arc::make_mut(&mut device.profile).link.bridge = false;
    }
    site
}
