use std::time::Duration;

use super::rig::*;
use crate::engine::base::{Category, EventId, Reason, Truth};
use crate::engine::poll::{Command, CommandFailure, LinkOf, Progress};
use crate::engine::profile::{Identity, Kind, Pace, Pulse, Table, Write, WriteSpec};
use crate::engine::site::Endpoint;

const HERE: u16 = 0x1234;

/// Two devices with a fire point each; the second says in registers 900 and 901 what it is.
fn field(endpoint: Endpoint) -> Rig {
    let points = || vec![point(0, Kind::U16, Pace::Fire), point(40, Kind::U16, Pace::Fire)];
    let alarms = || vec![above_zero(0, Category::Fire), above_zero(1, Category::Fire)];
    let mut known = profile(points(), alarms());
    let accept = vec![vec![HERE, 7], vec![HERE, 8]];
    known.link.identity = Some(Identity { table: Table::Holding, address: 900, accept });
    let mut rig = Rig::new(site(endpoint, vec![profile(points(), alarms()), known]));
    rig.registers.get_mut(&2).expect("a unit")[900..902].copy_from_slice(&[HERE, 8]);
    rig
}

fn identities(rig: &Rig) -> usize {
    rig.sent.iter().filter(|(_, request)| request.start == 900).count()
}

#[test]
fn a_device_says_who_it_is_before_anything_else_is_asked() {
    let mut rig = field(tcp());
    rig.run(10.0);
    let first = rig.sent.iter().find(|(_, request)| request.unit == 2).expect("it is asked");
    assert_eq!((first.1.start, first.1.count), (900, 2));
    assert_eq!(identities(&rig), 1, "and once is enough");
    assert!(rig.board.iter().all(|reading| reading.good().is_some()));
}

#[test]
fn another_device_is_announced_and_none_of_its_values_believed() {
    let mut rig = field(serial());
    rig.registers.get_mut(&2).expect("a unit")[901] = 9;
    rig.registers.get_mut(&2).expect("a unit")[0] = 1;
    rig.run(300.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(1), false)]);
    assert_eq!(
        rig.links[0].reason.en,
        "another device answers at unit 2: identity 0x1234 0x0009 instead of 0x1234 0x0007"
    );
    assert!(
        rig.board[2..]
            .iter()
            .all(|reading| reading.known == Err(Reason::NeverRead) || reading.known == Err(Reason::LinkDown))
    );
    assert_eq!(rig.truths(2), []);
    assert!(rig.sent.iter().all(|(_, request)| request.unit != 2 || request.start == 900));
    assert!((8..=20).contains(&identities(&rig)), "asked again, with pauses: {}", identities(&rig));
    assert!(rig.mean_period(0, 20.0) < 0.51, "two reads a second: the other one is not held up");
    rig.registers.get_mut(&2).expect("a unit")[901] = 7;
    rig.run(40.0);
    assert_eq!(rig.link_changes()[1..], [(LinkOf::Device(1), true)]);
    assert_eq!(rig.truths(2), [Truth::True]);
}

#[test]
fn a_device_that_returns_is_asked_again_and_may_be_another() {
    for cut in [false, true] {
        let mut rig = field(serial());
        rig.run(5.0);
        if cut {
            // The adapter is pulled, and another line is on it when it is plugged in again.
            let report = rig.bus.link(false, "unplugged", rig.now());
            rig.take(report);
            rig.registers.get_mut(&2).expect("a unit")[900] = 0x4321;
            rig.run(5.0);
            let report = rig.bus.link(true, "", rig.now());
            rig.take(report);
        } else {
            rig.moods.insert(2, Mood::Silent);
            rig.run(20.0);
            rig.registers.get_mut(&2).expect("a unit")[900] = 0x4321;
            rig.moods.insert(2, Mood::Well);
        }
        rig.registers.get_mut(&2).expect("a unit")[0] = 1;
        rig.run(60.0);
        assert_eq!(rig.truths(2), [Truth::False, Truth::Unknown], "nothing of the stranger is a fire");
        assert!(rig.board[2..].iter().all(|reading| reading.known == Err(Reason::LinkDown)));
        let said = rig.links.last().expect("announced");
        assert_eq!((said.of, said.up), (LinkOf::Device(1), false));
        assert!(said.reason.en.starts_with("another device answers at unit 2: identity 0x4321"), "{said:?}");
        assert_eq!(rig.truths(0).last(), Some(&Truth::False), "the other one goes on");
    }
}

#[test]
fn one_that_does_not_say_who_it_is_is_not_believed_either() {
    let mut rig = field(tcp());
    rig.mute = Some(900);
    rig.run(20.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(1), false)]);
    assert!(rig.sent.iter().all(|(_, request)| request.unit != 2 || request.start == 900));
    assert!(identities(&rig) < 12, "and is not asked all the time: {}", identities(&rig));
    rig.mute = None;
    rig.moods.insert(2, Mood::Refuses(2));
    rig.run(60.0);
    assert_eq!(
        rig.links.last().map(|link| link.reason.en.as_str()),
        Some("the device at unit 2 refuses to say what it is (exception 2)")
    );
    rig.moods.insert(2, Mood::Well);
    rig.run(40.0);
    assert_eq!(rig.link_changes().last(), Some(&(LinkOf::Device(1), true)));
}

#[test]
fn nothing_is_written_to_a_stranger() {
    let mut rig = field(serial());
    let register = |word| WriteSpec::Plain { table: Table::Holding, address: 20, write: Write::Register(word) };
    let command = |rig: &Rig, seq, pulse: bool| Command {
        id: EventId { epoch: 1, seq },
        device: 1,
        write: register(1),
        expires: rig.now().mono.after(Duration::from_secs(5)),
        feedback: None,
        pulse: pulse.then(|| Pulse { after: Duration::from_secs(9), end: register(0) }),
    };
    // A command waits until it is known who is there.
    rig.command(command(&rig, 1, true));
    rig.run(0.5);
    assert_eq!(rig.progress(1), [Progress::Accepted, Progress::Done]);
    assert_eq!(rig.sent[0].1.start, 900);
    let report = rig.bus.link(false, "unplugged", rig.now());
    rig.take(report);
    rig.registers.get_mut(&2).expect("a unit")[900] = 0x4321;
    let report = rig.bus.link(true, "", rig.now());
    rig.take(report);
    rig.command(command(&rig, 2, false));
    rig.run(15.0);
    let down = CommandFailure::LinkDown;
    assert_eq!(rig.progress(2), [Progress::Failed(down)]);
    assert_eq!(rig.progress(1)[2..], [Progress::PulseStuck(down)], "also not the end of a pulse");
    assert_eq!(rig.writes().len(), 1);
    assert_eq!(rig.registers[&2][20], 1);
}
