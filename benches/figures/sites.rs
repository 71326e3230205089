//! Sites made in code: devices of a hundred registers, and conditions by the hundred thousand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tocsin::engine::base::{BusId, Category, DeviceId, Mono, Now, PointId, SiteId, Text, Wall};
use tocsin::engine::profile::{Encoding, Expression, Kind, Link, Order, Pace, Profile, Table};
use tocsin::engine::site::{Bus, Condition, Device, Endpoint, Place, Point, Rule, Settings, Site};

/// Registers of each device.
pub const REGISTERS: u16 = 100;
/// 2026-01-01T00:00:00Z.
pub const BEGIN: i64 = 1_767_225_600_000_000;

/// An instant so many microseconds after the beginning.
pub fn at(micros: u64) -> Now {
    Now { mono: Mono(micros), wall: Wall(BEGIN + micros as i64) }
}

/// One bus and one device for each endpoint, with so many blocks of registers. A block is read once a millisecond, which
/// is the shortest period there is; several of them keep a fast bus busy.
pub fn of_registers(endpoints: &[String], blocks: u16) -> Arc<Site> {
    let mut site = empty();
    for (number, endpoint) in endpoints.iter().enumerate() {
        let first = site.points.len() as u32;
        let id = DeviceId::new(&format!("device-{number}"));
        for block in 0..blocks {
            for register in 0..REGISTERS {
                site.points.push(point(&id, number as u32, block * 1_000 + register));
            }
        }
        site.devices.push(device(id, number as u32, first..site.points.len() as u32, 0..0));
        site.buses.push(bus(number as u32, endpoint));
    }
    Arc::new(site)
}

/// What is asked of each unit of one bus.
pub struct Polled {
    pub period: Duration,
    pub units: u8,
    pub registers: u16,
}

/// One bus with units from 1, each of so many registers that are read together.
pub fn of_units(polled: &Polled, endpoint: Endpoint) -> Arc<Site> {
    let mut site = empty();
    site.buses.push(Bus { devices: Vec::new(), endpoint, ..bus(0, "") });
    add_units(&mut site, polled);
    Arc::new(site)
}

/// One bus with one unit that has points at these addresses.
pub fn of_addresses(endpoint: Endpoint, period: Duration, addresses: impl Iterator<Item = u16>) -> Arc<Site> {
    let mut site = empty();
    site.buses.push(Bus { devices: Vec::new(), endpoint, ..bus(0, "") });
    add_unit(&mut site, 1, period, addresses);
    Arc::new(site)
}

/// One bus with one unit for each endpoint.
pub fn of_devices(endpoints: &[String], period: Duration, registers: u16) -> Arc<Site> {
    let mut site = empty();
    for (number, endpoint) in endpoints.iter().enumerate() {
        site.buses.push(Bus { devices: Vec::new(), ..bus(number as u32, endpoint) });
        add_units(&mut site, &Polled { period, units: 1, registers });
    }
    Arc::new(site)
}

/// Units of the bus that was added last.
fn add_units(site: &mut Site, polled: &Polled) {
    for unit in 1..=polled.units {
        add_unit(site, unit, polled.period, 0..polled.registers);
    }
}

/// A unit of the bus that was added last, with points at these addresses.
fn add_unit(site: &mut Site, unit: u8, period: Duration, addresses: impl Iterator<Item = u16>) {
    let bus = site.buses.len() as u32 - 1;
    let (first, number) = (site.points.len() as u32, site.devices.len() as u32);
    let id = DeviceId::new(&format!("device-{number}"));
    site.points.extend(addresses.map(|address| point(&id, number, address)));
    let points = first..site.points.len() as u32;
    let profile = Arc::new(Profile::new("bench", "meter"));
    site.devices.push(Device { unit, profile, ..device(id, bus, points, 0..0) });
    let bus = site.buses.last_mut().expect("it was added");
    bus.periods = Pace::ALL.into_iter().map(|pace| (pace, period)).collect();
    bus.devices.push(number);
}

/// Conditions of one device.
const CONDITIONS: u32 = 100;

/// So many conditions of one category, a hundred to a device.
pub fn of_conditions(count: u32, category: Category) -> Arc<Site> {
    let mut site = empty();
    // What comes and goes here is what is measured: it is told every time.
    site.settings.chatter_within = Duration::ZERO;
    for number in 0..count.div_ceil(CONDITIONS) {
        let (id, first) = (DeviceId::new(&format!("panel-{number}")), number * CONDITIONS);
        let rules = first..count.min(first + CONDITIONS);
        site.rules.extend(rules.clone().map(|rule| condition(&id, number, rule, category)));
        site.devices.push(device(id, 0, 0..0, rules));
    }
    site.buses.push(Bus { devices: (0..site.devices.len() as u32).collect(), ..bus(0, "127.0.0.1:502") });
    Arc::new(site)
}

fn condition(device: &DeviceId, number: u32, rule: u32, category: Category) -> Rule {
    Rule {
        follows: Vec::new(),
        advice: Text::default(),
        class: None,
        condition: Condition { point: PointId::of(device, &format!("d{rule}")), category, level: None },
        device: number,
        name: Text::new("2号楼4层走廊感烟探测器 反馈", "Building 2 floor 4 corridor smoke detector Feedback"),
        place: Place { building: Some("2".into()), floor: Some("4".into()), ..Place::default() },
        code: Some("042118".into()),
        kind: Some("03".into()),
        latches: category.rules().latches,
        delay: Duration::ZERO,
        when: Expression::All(Vec::new()),
    }
}

fn empty() -> Site {
    Site {
        id: SiteId::new("bench"),
        name: Text::same("bench"),
        timezone: "UTC".into(),
        buildings: Vec::new(),
        buses: Vec::new(),
        devices: Vec::new(),
        points: Vec::new(),
        rules: Vec::new(),
        commands: Vec::new(),
        settings: Settings::default(),
        hash: "bench".into(),
        ..Site::new(SiteId::new(""))
    }
}

fn bus(number: u32, endpoint: &str) -> Bus {
    Bus {
        id: BusId::new(&format!("bus-{number}")),
        name: Text::same("bus"),
        endpoint: Endpoint::Tcp(endpoint.to_owned()),
        periods: Pace::ALL.into_iter().map(|pace| (pace, Duration::from_millis(1))).collect::<BTreeMap<_, _>>(),
        devices: vec![number],
    }
}

fn point(device: &DeviceId, number: u32, address: u16) -> Point {
    Point {
        id: PointId::of(device, &format!("r{address}")),
        device: number,
        name: Text::same("register").into(),
        place: Place::default().into(),
        encoding: Arc::new(Encoding {
            table: Table::Holding,
            address,
            kind: Kind::U16,
            order: Order::Abcd,
            bits: None,
            scale: 0.1,
            offset: 0.0,
            valid: Some((0.0, 6000.0)),
            absent: vec![0xFFFF],
            states: None,
        }),
        pace: Pace::Fast,
        unit: "V".into(),
        deadband: 0.0,
        proviso: None,
    }
}

fn device(id: DeviceId, bus: u32, points: std::ops::Range<u32>, rules: std::ops::Range<u32>) -> Device {
    let link = Link { reply_within: Duration::from_secs(2), max_response: Duration::from_secs(2), ..Link::default() };
    let profile = Profile { link, ..Profile::new("bench", "meter") };
    Device {
        statuses: 0..0,
        name: Text::same("device"),
        id,
        bus,
        unit: 1,
        profile: Arc::new(profile),
        place: Place::default(),
        control: false,
        refused: None,
        points,
        rules,
        commands: 0..0,
        address: 0,
    }
}
