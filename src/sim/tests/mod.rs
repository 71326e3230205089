//! Tests of the simulated field over a small site of shipped profiles.

mod catalogue;
mod encoding;
mod memories;
mod printing;
mod scenarios;
mod servers;
mod troubles;
mod worlds;
mod writes;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::config::problem::Problem;
use crate::engine::base::{BusId, DeviceId, SiteId, Text};
use crate::engine::poll::Request;
use crate::engine::profile::Table;
use crate::engine::site::{Bus, Device, Endpoint, Line, ListedPoint, Parity, Place, Settings, Site, expand};
use crate::sim::{Resting, Scenario, World, shipped};

/// Panel and meter behind one port, generator and pump on one line.
pub(super) fn site() -> Arc<Site> {
    let line = Line { path: "/dev/none".into(), baud: 9600, parity: Parity::None, stop_bits: 1 };
    let bus = |id: &str, endpoint| Bus {
        id: BusId::new(id),
        name: Text::same(id),
        endpoint,
        periods: BTreeMap::new(),
        devices: Vec::new(),
    };
    let mut site = Site {
        id: SiteId::new("test"),
        name: Text::same("test"),
        timezone: "UTC".into(),
        buildings: Vec::new(),
        buses: vec![bus("panel-lan", Endpoint::Tcp("127.0.0.1:502".into())), bus("pump-room", Endpoint::Serial(line))],
        devices: Vec::new(),
        points: Vec::new(),
        rules: Vec::new(),
        commands: Vec::new(),
        settings: Settings::default(),
        hash: String::new(),
        classes: crate::config::class::shipped(),
        ..Site::new(SiteId::new(""))
    };
    let rows = [("detector", 14), ("detector", 15), ("module", 46), ("module", 47)].map(|(array, index)| ListedPoint {
        row: 1,
        array: array.into(),
        loop_number: 2,
        index,
        code: None,
        kind: None,
        place: Place::default(),
    });
    let devices = [
        ("panel-1", 0, 1, "notifier-modbus-gw", &rows[..]),
        ("meter-1", 0, 2, "eastron-sdm630", &[]),
        ("gen-1", 1, 10, "deepsea-gencomm", &[]),
        ("pump-1", 1, 1, "fire-pump-cabinet", &[]),
    ];
    for (id, bus, unit, profile, rows) in devices {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles").join(profile);
        let (profile, _) = crate::config::profile::load(&folder).expect("a shipped profile");
        let device = Device {
            statuses: 0..0,
            id: DeviceId::new(id),
            name: Text::same(id),
            bus,
            unit,
            profile: Arc::new(profile),
            place: Place::default(),
            control: false,
            refused: None,
            points: 0..0,
            rules: 0..0,
            commands: 0..0,
            address: 0,
        };
        expand(&mut site, device, rows).expect("rows of the profile's ranges");
    }
    Arc::new(site)
}

/// The sample site of the product.
pub(super) fn sample() -> Arc<Site> {
    load("config/site")
}

/// The small site of the tests.
pub(super) fn small() -> Arc<Site> {
    load("tests/sites/small/site")
}

/// One of its stories.
pub(super) fn small_story(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/small/scenarios");
    std::fs::read_to_string(folder.join(format!("{name}.toml"))).expect("a story of the small site")
}

fn load(folder: &str) -> Arc<Site> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (site, doubts) = crate::config::load(&root.join(folder), &[root.join("device-profiles")])
        .unwrap_or_else(|problems| fail(&problems));
    assert!(doubts.is_empty(), "{}", fail::<String>(&doubts));
    Arc::new(site)
}

pub(super) fn resting(site: &Site) -> Resting {
    let (resting, doubts) = Resting::parse("resting.toml", shipped::RESTING, site).unwrap_or_else(|e| fail(&e));
    assert!(doubts.is_empty(), "{}", fail::<String>(&doubts));
    resting
}

pub(super) fn world(scenario: &str) -> World {
    world_at(site(), scenario)
}

pub(super) fn world_at(site: Arc<Site>, scenario: &str) -> World {
    let scenario = Scenario::parse("test.toml", scenario, &site).unwrap_or_else(|e| fail(&e));
    let resting = resting(&site);
    World::new(site, &resting, scenario, 7)
}

pub(super) fn fail<T>(problems: &[Problem]) -> T {
    panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())
}

pub(super) fn request(device: u32, unit: u8, table: Table, start: u16, count: u16) -> Request {
    Request {
        id: 1,
        device,
        unit,
        table,
        start,
        count,
        write: None,
        identification: false,
        within: Duration::from_millis(500),
        pause: Duration::ZERO,
        quarantine: Duration::ZERO,
    }
}
