//! The machine of reporting devices: confirm and deny, duplicates, questions, what a status says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Settings, Stations, Step};
use crate::edge::gbt26875::cutter::{Cut, Cutter};
use crate::edge::gbt26875::frame::{Command, Dialect, Frame, Header, encode};
use crate::edge::gbt26875::stamp::Stamp;
use crate::edge::gbt26875::v2011::{
    Adu, Component, ComponentAt, ComponentState, ComponentStatus, Operation, System, SystemOperation, SystemState,
    SystemStatus, UnitState, UnitStatus, operation, system, unit,
};
use crate::engine::base::{BusId, Category, DeviceId, Mono, Now, SiteId, Text, Wall};
use crate::engine::poll::{LinkOf, Said};
use crate::engine::profile::{Affine, AlarmSpec, ArraySpec, Expression, Profile, Speech};
use crate::engine::site::{
    Bus, Checksum, Device, Endpoint, ListedPoint, Listen, Place, Settings as Times, Site, expand,
};

const UNIT: u64 = 0x379;
const CENTRE: u64 = 0x15B38;
const FIRE_ALARM: System = System { kind: 1, address: 1 };
const AT: Stamp = Stamp { year: 12, month: 9, day: 26, hour: 9, minute: 58, second: 32 };

fn now(seconds: u64) -> Now {
    Now { mono: Mono(seconds * 1_000_000), wall: Wall(1_348_624_712_000_000) }
}

fn alarm(key: &str, category: Category) -> AlarmSpec {
    AlarmSpec {
        follows: Vec::new(),
        by_class: false,
        advice: Text::default(),
        key: key.into(),
        on: None,
        name: category.text(),
        category,
        level: None,
        latches: category.rules().latches,
        delay: Duration::ZERO,
        when: Expression::Reported,
    }
}

fn site() -> Arc<Site> {
    let profile = Profile {
        speech: Speech::Gbt26875,
        arrays: vec![ArraySpec {
            class: None,
            statuses: Vec::new(),
            without: Vec::new(),
            key: "component".into(),
            naming: "l{loop}-p{index}".into(),
            address: Affine { constant: 0, per_loop: 0, per_index: 0 },
            loops: (0, 255),
            indices: (0, 255),
            fields: Vec::new(),
            alarms: vec![alarm("fire", Category::Fire), alarm("fault", Category::Fault)],
            commands: Vec::new(),
        }],
        ..Profile::new("uitd", "panel")
    };
    let listen = Listen {
        address: "127.0.0.1:0".into(),
        udp: false,
        silent_after: Duration::from_secs(90),
        checksum: Checksum::Standard,
    };
    let mut site = Site {
        id: SiteId::new("s"),
        name: Text::same("s"),
        timezone: "Asia/Shanghai".into(),
        buildings: Vec::new(),
        buses: vec![Bus {
            id: BusId::new("b"),
            name: Text::same("b"),
            endpoint: Endpoint::Gbt26875(listen),
            periods: BTreeMap::new(),
            devices: Vec::new(),
        }],
        devices: Vec::new(),
        points: Vec::new(),
        rules: Vec::new(),
        commands: Vec::new(),
        settings: Times::default(),
        hash: String::new(),
        ..Site::new(SiteId::new(""))
    };
    let device = Device {
        statuses: 0..0,
        id: DeviceId::new("unit-1"),
        name: Text::same("Unit 1"),
        bus: 0,
        unit: 0,
        address: UNIT,
        profile: Arc::new(profile),
        place: Place::default(),
        control: false,
        refused: None,
        points: 0..0,
        rules: 0..0,
        commands: 0..0,
    };
    let listed = ListedPoint {
        row: 2,
        array: "component".into(),
        loop_number: 10,
        index: 2,
        code: None,
        kind: None,
        place: Place { text: Text::same("1F-R101"), ..Place::default() },
    };
    expand(&mut site, device, &[listed]).expect("the row lies in the array");
    Arc::new(site)
}

struct Rig {
    stations: Stations,
    site: Arc<Site>,
}

impl Rig {
    fn new() -> Rig {
        let site = site();
        let settings = Settings { dialect: Dialect::default(), silent_after: Duration::from_secs(90) };
        let mut stations = Stations::new(Arc::clone(&site), 0, settings, now(0));
        stations.link(true, Text::default(), now(0));
        Rig { stations, site }
    }

    fn frame(&mut self, serial: u16, source: u64, command: Command, data: Vec<u8>, at: u64) -> Step {
        let header = Header { serial, version: [1, 1], sent: AT, source, destination: CENTRE };
        self.stations.received(5, Cut::Frame(Frame { header, command, data }), now(at))
    }

    fn says(&mut self, serial: u16, adu: &Adu, at: u64) -> Step {
        self.frame(serial, UNIT, Command::Send, adu.encode().expect("it fits"), at)
    }

    /// The conditions that a step says hold.
    fn active(&self, step: &Step) -> Vec<String> {
        let said = step.report.records.iter().filter_map(|record| match &record.said {
            Said::Listed { rule, active: true } => Some(self.site.rules[*rule as usize].condition.to_string()),
            Said::Unlisted { segment, category, active: true, .. } => Some(format!("{segment}:{}", category.as_str())),
            Said::Reset => Some("reset".into()),
            Said::Operation { name } => Some(format!("operation {}", name.en)),
            Said::Unread => Some(format!("unread {}", record.words)),
            _ => None,
        });
        said.collect()
    }
}

/// What was sent: command, number, data.
fn sent(step: &Step) -> Vec<(Command, u16, Vec<u8>)> {
    let frame = |bytes: &[u8]| match &Cutter::new(Dialect::default()).push(bytes)[..] {
        [Cut::Frame(frame)] => {
            assert_eq!(
                (frame.header.source, frame.header.destination, step.outgoing[0].link),
                (CENTRE, frame.header.destination, 5)
            );
            (frame.command, frame.header.serial, frame.data.clone())
        }
        other => panic!("{other:?}"),
    };
    step.outgoing.iter().map(|outgoing| frame(&outgoing.bytes)).collect()
}

fn fire(status: u16) -> Adu {
    let component = Component { at: ComponentAt { system: FIRE_ALARM, zone: 10, point: 2 }, kind: 40 };
    let (status, description) = (ComponentStatus(status), "1F-R101".to_owned());
    Adu::ComponentStates(vec![ComponentState { component, status, description, at: AT }])
}

/// Answers every question with a denial, so that a test is not disturbed by them.
fn quiet(rig: &mut Rig) {
    rig.frame(0, UNIT, Command::Send, Vec::new(), 0);
    for serial in 0..8 {
        rig.frame(serial, UNIT, Command::Deny, Vec::new(), 0);
    }
}

#[test]
fn a_report_is_confirmed_and_raised_and_a_resent_one_confirmed_only() {
    let mut rig = Rig::new();
    quiet(&mut rig);
    let step = rig.says(4, &fire(system::NORMAL | system::FIRE), 1);
    assert_eq!(rig.active(&step), ["unit-1/l10-p2:fire"]);
    assert_eq!(sent(&step), [(Command::Confirm, 4, vec![])]);
    // Our confirmation was lost.
    let step = rig.says(4, &fire(system::NORMAL | system::FIRE), 11);
    assert!(step.report.records.is_empty());
    assert_eq!(sent(&step), [(Command::Confirm, 4, vec![])]);
    let step = rig.says(5, &fire(system::NORMAL), 12);
    let ended = step.report.records.iter().any(|record| matches!(record.said, Said::Listed { active: false, .. }));
    assert!(ended && rig.active(&step).is_empty());
    // The same words under a new number are a new report.
    let step = rig.says(6, &fire(system::NORMAL | system::FIRE), 13);
    assert_eq!(rig.active(&step), ["unit-1/l10-p2:fire"]);
}

#[test]
fn a_device_that_numbers_nothing_is_heard_whatever_it_says_again() {
    let mut rig = Rig::new();
    quiet(&mut rig);
    for (status, expected) in [(3, 1), (1, 0), (3, 1)] {
        let step = rig.says(0, &fire(status), 1);
        assert_eq!((rig.active(&step).len(), step.report.records.is_empty()), (expected, false));
    }
    assert!(rig.says(0, &fire(3), 2).report.records.is_empty(), "resent");
}

#[test]
fn what_contradicts_itself_is_denied_and_told() {
    let mut rig = Rig::new();
    quiet(&mut rig);
    for data in [vec![2, 0], vec![2, 2, 1, 1], vec![21, 1, 8]] {
        let step = rig.frame(9, UNIT, Command::Send, data, 1);
        assert_eq!(sent(&step), [(Command::Deny, 9, vec![])]);
    }
    let header = Header { serial: 10, version: [1, 1], sent: AT, source: UNIT, destination: CENTRE };
    let mut bytes =
        encode(&Frame { header, command: Command::Send, data: vec![21, 1] }, Dialect::default()).expect("a frame");
    bytes[20] ^= 1;
    let cut = Cutter::new(Dialect::default()).push(&bytes).remove(0);
    let step = rig.stations.received(5, cut, now(100));
    let (command, serial, _) = sent_to_anyone(&step);
    assert_eq!((command, serial), (Command::Deny, 10));
    let step = rig.frame(11, UNIT, Command::Control, vec![], 101);
    assert_eq!(sent(&step), [(Command::Deny, 11, vec![])], "a device orders nothing");
}

fn sent_to_anyone(step: &Step) -> (Command, u16, Vec<u8>) {
    match &Cutter::new(Dialect::default()).push(&step.outgoing[0].bytes)[..] {
        [Cut::Frame(frame)] => (frame.command, frame.header.serial, frame.data.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unlisted_device_is_denied_and_announced_while_it_calls() {
    let mut rig = Rig::new();
    assert_eq!(rig.stations.unlisted(), None);
    let step = rig.frame(1, 0x1234, Command::Send, vec![], 1);
    assert_eq!(sent(&step), [(Command::Deny, 1, vec![])]);
    let text = rig.stations.unlisted().expect("it is told").en;
    assert_eq!(text, "Source addresses that the site does not list: 4660 (34 12 00 00 00 00)");
    assert!(rig.frame(1, 0x1234, Command::Confirm, vec![], 2).outgoing.is_empty(), "a confirmation is owed nothing");
    rig.stations.tick(now(602));
    assert_eq!(rig.stations.unlisted(), None);
}

#[test]
fn who_comes_is_asked_for_its_states_and_who_does_not_answer_is_told_of() {
    let mut rig = Rig::new();
    let step = rig.frame(0, UNIT, Command::Send, Vec::new(), 0);
    assert_eq!(
        step.report.links.iter().map(|link| (link.of, link.up)).collect::<Vec<_>>(),
        [(LinkOf::Device(0), true)]
    );
    let asked = |data: &[u8], serial| (Command::Request, serial, data.to_vec());
    assert_eq!(sent(&step), [(Command::Confirm, 0, vec![]), asked(&[81, 1, 0], 0)]);
    let unit = Adu::UnitState(UnitState { status: UnitStatus(unit::NORMAL | unit::LINE), at: AT });
    let step = rig.frame(0, UNIT, Command::Answer, unit.encode().expect("it fits"), 1);
    assert_eq!(rig.active(&step), ["unit-line:fault"]);
    assert_eq!(sent(&step), [asked(&[61, 1, 1, 1], 1)]);
    let step = rig.frame(1, UNIT, Command::Deny, vec![], 2);
    assert!(rig.active(&step)[0].contains("it denies questions of type 61"), "{:?}", rig.active(&step));
    assert_eq!(sent(&step), [asked(&[62, 1, 1, 1, 10, 0, 2, 0], 2)]);
    for resend in 1..=3 {
        assert!(rig.stations.tick(now(2 + resend * 10 - 1)).outgoing.is_empty());
        assert_eq!(sent(&rig.stations.tick(now(2 + resend * 10))), [asked(&[62, 1, 1, 1, 10, 0, 2, 0], 2)]);
    }
    // It is a record that cannot be missed, collected with the one before.
    let mut words = String::new();
    for second in 42..200 {
        let step = rig.stations.tick(now(second));
        assert!(step.outgoing.is_empty());
        words += &rig.active(&step).concat();
    }
    assert!(words.contains("it does not answer questions of type 62"), "{words}");
}

#[test]
fn silence_is_the_devices_fault() {
    let mut rig = Rig::new();
    quiet(&mut rig);
    let links = |step: &Step| step.report.links.iter().map(|link| (link.of, link.up)).collect::<Vec<_>>();
    assert_eq!(links(&rig.stations.tick(now(89))), []);
    assert_eq!(links(&rig.stations.tick(now(90))), [(LinkOf::Device(0), false)]);
    let step = rig.frame(1, UNIT, Command::Send, vec![], 95);
    assert_eq!(links(&step), [(LinkOf::Device(0), true)]);
    assert_eq!(step.outgoing.len(), 2, "confirmed, and asked anew");
}

#[test]
fn zeros_are_a_test_and_not_health() {
    let mut rig = Rig::new();
    quiet(&mut rig);
    let state =
        |status| Adu::SystemStates(vec![SystemState { system: FIRE_ALARM, status: SystemStatus(status), at: AT }]);
    let check = |rig: &mut Rig, serial, status, expected: &[&str]| {
        let step = rig.says(serial, &state(status), 1);
        assert_eq!(rig.active(&step), expected, "{status:04X}");
    };
    check(&mut rig, 1, 0, &["s1-1:test"]);
    check(&mut rig, 2, system::NORMAL, &[]);
    check(
        &mut rig,
        3,
        system::NORMAL | system::MAINS | system::BACKUP | system::BUS | system::MANUAL,
        &["s1-1:mains-fault", "s1-1:backup-fault", "s1-1-bus:fault", "s1-1-automatic:disabled"],
    );
    check(&mut rig, 4, system::NORMAL | system::FIRE, &["s1-1:fire"]);
}

#[test]
fn the_reset_of_one_system_is_not_the_devices() {
    let done = |system, bit| {
        let operation = Operation(bit);
        Adu::SystemOperations(vec![SystemOperation { system, operation, operator: 7, at: AT }])
    };
    let mut rig = Rig::new();
    quiet(&mut rig);
    let step = rig.says(1, &done(FIRE_ALARM, operation::RESET), 1);
    assert_eq!(rig.active(&step), ["operation reset", "reset"]);
    assert!(sent(&step).iter().any(|(command, ..)| *command == Command::Request), "what is left is asked for");
    let sprinkler = System { kind: 12, address: 1 };
    let step = rig.says(2, &done(sprinkler, operation::RESET), 2);
    assert_eq!(rig.active(&step), ["operation reset", "operation one of its systems was reset"]);
    let step = rig.says(3, &done(FIRE_ALARM, operation::MANUAL_ALARM | operation::SILENCE), 3);
    assert_eq!(rig.active(&step), ["operation silence", "operation alarm raised by hand", "s1-1:fire"]);
}

#[test]
fn components_of_two_systems_are_two_elements() {
    let mut rig = Rig::new();
    quiet(&mut rig);
    let of = |kind, address, zone, point| {
        let at = ComponentAt { system: System { kind, address }, zone, point };
        let (component, status) = (Component { at, kind: 0 }, ComponentStatus(system::NORMAL | system::FIRE));
        Adu::ComponentStates(vec![ComponentState { component, status, description: String::new(), at: AT }])
    };
    let mut check = |serial, adu: &Adu, expected: &str| {
        let step = rig.says(serial, adu, 1);
        assert_eq!(rig.active(&step), [expected]);
    };
    check(1, &of(1, 1, 10, 2), "unit-1/l10-p2:fire");
    check(2, &of(1, 2, 10, 2), "s1-2-l10-p2:fire");
    check(3, &of(12, 1, 0, 0), "s12-1-l0-p0:fire");
    check(4, &of(1, 1, 300, 2), "component-l300-p2:fire");
}
