//! A person asks devices who they are, and nobody else has to wait for it.

use std::time::Duration;

use super::rig::*;
use crate::engine::base::Category;
use crate::engine::poll::{Failure, Finding, Interview, LinkOf, Reply};
use crate::engine::profile::{Identity, Kind, Pace, Table};
use crate::engine::site::Endpoint;

/// Two devices of fire points; the second has an identity at 900.
fn field(endpoint: Endpoint) -> Rig {
    let points = || vec![point(0, Kind::U16, Pace::Fire), point(40, Kind::U16, Pace::Fire)];
    let alarms = || vec![above_zero(0, Category::Fire), above_zero(1, Category::Fire)];
    let mut known = profile(points(), alarms());
    known.link.identity = Some(Identity { table: Table::Holding, address: 900, accept: vec![vec![5]] });
    let mut rig = Rig::new(site(endpoint, vec![profile(points(), alarms()), known]));
    rig.registers.get_mut(&2).expect("a unit")[900] = 5;
    rig.run(3.0);
    rig
}

fn ask(rig: &mut Rig, device: u32, seconds: u64) {
    let now = rig.now();
    rig.bus.interview(Interview { id: 7, device, until: now.mono.after(Duration::from_secs(seconds)) }, now);
}

fn found(rig: &mut Rig, seconds: u64) -> Finding {
    let end = rig.micros + seconds * 1_000_000;
    loop {
        if let Some(finding) = rig.bus.findings().pop() {
            return finding;
        }
        assert!(rig.micros < end, "nothing was found in time");
        rig.step();
    }
}

fn asked(rig: &Rig, own: bool) -> usize {
    rig.sent.iter().filter(|(_, request)| request.identification == own && (own || request.start == 900)).count()
}

#[test]
fn a_device_is_asked_for_its_registers_and_its_own_words() {
    let mut rig = field(tcp());
    let before = asked(&rig, false);
    let objects = vec![(0, b"Acme".to_vec()), (1, b"P-12".to_vec())];
    rig.own_words = OwnWords::Objects(objects.clone());
    ask(&mut rig, 1, 20);
    let told = found(&mut rig, 5);
    assert_eq!((told.id, told.range), (7, Some((Table::Holding, 900, 1))));
    assert_eq!(told.registers, Some(Ok(Reply::Words(vec![5]))));
    assert_eq!(told.objects, Some(Ok(Reply::Objects(objects))));
    assert_eq!((asked(&rig, false) - before, asked(&rig, true)), (1, 1));
    rig.own_words = OwnWords::Refused;
    ask(&mut rig, 0, 20);
    let told = found(&mut rig, 5);
    assert_eq!(told.range, Some((Table::Holding, 0, 1)), "without an identity, what it is asked for anyway");
    assert_eq!((told.registers, told.objects), (Some(Ok(Reply::Words(vec![0]))), Some(Err(Failure::Exception(1)))));
    rig.run(30.0);
    assert_eq!(rig.link_changes(), [], "nobody is given up for what it does not know");
    assert!(rig.board.iter().all(|reading| reading.good().is_some()));
}

#[test]
fn silence_to_a_question_costs_one_time_out_and_is_remembered() {
    for endpoint in [tcp(), serial()] {
        let mut rig = field(endpoint);
        rig.own_words = OwnWords::Nothing;
        let begun = rig.sent.len();
        ask(&mut rig, 1, 60);
        let told = found(&mut rig, 60);
        assert_eq!(told.objects, Some(Err(Failure::Timeout)));
        ask(&mut rig, 1, 120);
        let told = found(&mut rig, 120);
        assert_eq!((told.registers, told.objects), (Some(Ok(Reply::Words(vec![5]))), None));
        assert_eq!(asked(&rig, true), 1, "not again");
        let lost = rig.sent[begun..].iter().filter(|(_, request)| request.identification).count();
        assert_eq!(lost, 1);
        assert_eq!(rig.link_changes(), []);
        let report = rig.bus.link(false, "cut", rig.now());
        rig.take(report);
        let report = rig.bus.link(true, "", rig.now());
        rig.take(report);
        rig.run(3.0);
        ask(&mut rig, 1, 120);
        let told = found(&mut rig, 120);
        assert_eq!(told.objects, Some(Err(Failure::Timeout)), "somebody else may be there now");
    }
}

#[test]
fn questions_to_the_dead_wait_their_turn_and_the_living_go_on() {
    let mut rig = field(serial());
    rig.moods.insert(2, Mood::Silent);
    rig.run(60.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(1), false)]);
    let from = rig.micros as f64 / 1e6;
    for _ in 0..20 {
        ask(&mut rig, 1, 300);
        rig.bus.findings();
    }
    rig.run(300.0);
    let told = rig.bus.findings();
    assert!(told.iter().any(|one| one.registers == Some(Err(Failure::Timeout))), "{told:?}");
    assert!(told.iter().all(|one| one.objects.is_none()), "whoever does not answer is asked nothing more");
    // Two reads a second while all is well: within the twentieth that the dead may cost, whatever people ask.
    assert!(rig.mean_period(0, from) < 0.525, "{}", rig.mean_period(0, from));
}

#[test]
fn what_does_not_come_to_its_turn_is_said_so() {
    let mut rig = field(serial());
    rig.moods.insert(2, Mood::Silent);
    ask(&mut rig, 1, 20);
    let told = found(&mut rig, 25);
    assert_eq!(told.registers, Some(Err(Failure::Timeout)));
    ask(&mut rig, 1, 5);
    let told = found(&mut rig, 10);
    assert_eq!((told.registers, told.objects), (None, None), "the last one still holds up the next");
    ask(&mut rig, 1, 20);
    let report = rig.bus.link(false, "cut", rig.now());
    rig.take(report);
    assert_eq!(found(&mut rig, 1).registers, Some(Err(Failure::Link("not connected".into()))));
    ask(&mut rig, 0, 20);
    assert!(matches!(found(&mut rig, 1).registers, Some(Err(Failure::Link(_)))), "at once");
    ask(&mut rig, 9, 20);
    assert_eq!(found(&mut rig, 1).range, None, "no device of this bus");
}
