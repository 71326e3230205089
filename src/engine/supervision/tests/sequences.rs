//! Sequences: what begins them, what goes on, what fails, and what nobody can see.

use super::rig::{Rig, fire_pump, last, site};
use crate::engine::base::Truth::{False, True, Unknown};

const ALL: [&str; 6] = ["commanded", "red-lamp", "starting", "running", "green-lamp", "pressure"];

/// A pump at rest with its red lamp lit, under the static pressure that a jockey pump keeps if `pressure`.
fn at_rest(shown: &[&str], pressure: bool) -> Rig {
    let mut rig = Rig::new(site(vec![fire_pump()], &[("pump-1", "fire-pump", shown)]));
    for key in shown {
        let truth = (*key == "red-lamp" || (*key == "pressure" && pressure)).into();
        rig.say(&[(&format!("pump-1/{key}"), truth)]);
    }
    rig.told();
    rig
}

fn say(rig: &mut Rig, statuses: &[(&str, crate::engine::base::Truth)]) {
    let named: Vec<(String, _)> = statuses.iter().map(|(key, truth)| (format!("pump-1/{key}"), *truth)).collect();
    let named: Vec<(&str, _)> = named.iter().map(|(id, truth)| (id.as_str(), *truth)).collect();
    rig.say(&named);
}

fn command(rig: &mut Rig) {
    say(rig, &[("commanded", True), ("red-lamp", False)]);
    assert_eq!(rig.told(), ["sequence-begun pump-1/start", "sequence-phase soft-start"]);
}

#[test]
fn a_pump_that_comes_up_goes_through_its_phases_and_says_nothing_else() {
    let mut rig = at_rest(&ALL, false);
    command(&mut rig);
    rig.pass(1);
    say(&mut rig, &[("starting", True)]);
    assert_eq!(rig.told(), ["sequence-phase bypass"]);
    rig.pass(10);
    // The red lamp may go out a second time (FW-08).
    say(&mut rig, &[("red-lamp", True)]);
    say(&mut rig, &[("red-lamp", False)]);
    rig.pass(10);
    say(&mut rig, &[("starting", False), ("running", True)]);
    assert_eq!(rig.told(), ["sequence-phase green"]);
    say(&mut rig, &[("green-lamp", True)]);
    say(&mut rig, &[("pressure", True)]);
    assert_eq!(rig.told(), ["sequence-phase pressure", "sequence-done"]);
    rig.pass(600);
    assert!(rig.told().is_empty() && rig.rows().is_empty());
    assert!(rig.engine.state().supervised.sequences.is_empty());
}

#[test]
fn a_pump_that_does_not_come_up_is_one_row_also_under_static_pressure_and_with_a_red_lamp_that_stays_lit() {
    let check = |pressure: bool, red: bool, rows: &[&str]| {
        let mut rig = at_rest(&ALL, pressure);
        say(&mut rig, &[("commanded", True)]);
        if !red {
            say(&mut rig, &[("red-lamp", False)]);
        }
        rig.pass(120);
        assert_eq!(rig.rows(), rows, "pressure {pressure}, red lamp {red}");
        let run = rig.engine.state().supervised.sequences.values().next().expect("it is watched on").clone();
        assert!(run.failed.contains(&"bypass".to_owned()) && !run.unknown);
        // It comes after all: whatever was late is over; the row stays until it is reset.
        say(&mut rig, &[("running", True), ("red-lamp", False)]);
        say(&mut rig, &[("green-lamp", True), ("pressure", True)]);
        assert!(rig.rows().iter().all(|row| row.ends_with("quiet")), "{:?}", rig.rows());
        assert!(rig.engine.state().supervised.sequences.is_empty());
    };
    check(false, false, &["pump-1/start.soft-start:supervisory active"]);
    check(true, false, &["pump-1/start.soft-start:supervisory active"]);
    // The lamp comes first, and does not hide what is more urgent.
    check(true, true, &["pump-1/start.red-out:fault active", "pump-1/start.soft-start:supervisory active"]);
}

#[test]
fn a_phase_has_the_time_that_the_site_set_and_says_so() {
    let mut pump = site(vec![fire_pump()], &[("pump-1", "fire-pump", &["commanded", "running"])]);
    pump.equipment[0].settings.insert("start-time".into(), 12.0);
    let mut rig = Rig::new(pump);
    say(&mut rig, &[("commanded", False), ("running", False)]);
    say(&mut rig, &[("commanded", True)]);
    // What the profile does not show is passed over: of the soft start only the contactor is known.
    assert_eq!(rig.told(), ["sequence-begun pump-1/start", "sequence-phase soft-start"]);
    rig.pass(4);
    assert!(rig.told().is_empty());
    rig.pass(1);
    assert_eq!(
        rig.told(),
        ["sequence-failed soft-start", "raised pump-1/start.soft-start:supervisory", "sequence-phase bypass"]
    );
    let row = rig.engine.state().occurrences[&last(&rig, "pump-1/start.soft-start:supervisory")].clone();
    assert_eq!(row.raise.name.en, "pump-1 no soft-start");
    assert_eq!(row.raise.advice.as_ref().map(|text| text.en.as_str()), Some("look at the soft-start"));
    assert_eq!(row.raise.class.as_deref(), Some("fire-pump"));
    rig.pass(11);
    assert!(rig.told().is_empty());
    rig.pass(1);
    assert_eq!(rig.told(), ["sequence-failed bypass"]);
    // Taking the command back ends it; what it complained of is over and stays until it is reset.
    say(&mut rig, &[("commanded", False)]);
    assert_eq!(rig.told(), ["source-changed quiet", "sequence-done given-up"]);
}

#[test]
fn what_runs_already_when_it_is_first_read_has_not_begun() {
    let mut rig = Rig::new(site(vec![fire_pump()], &[("pump-1", "fire-pump", &ALL)]));
    say(&mut rig, &[("commanded", True), ("running", False)]);
    rig.pass(60);
    assert!(rig.told().is_empty() && rig.rows().is_empty());
}

#[test]
fn the_unknown_never_fails_and_has_its_whole_time_again_when_it_is_seen() {
    let mut rig = at_rest(&ALL, false);
    command(&mut rig);
    rig.link(false);
    rig.pass(60);
    let told = rig.told();
    assert!(told.contains(&"sequence-unknown".to_owned()), "{told:?}");
    assert!(!told.iter().any(|line| line.starts_with("sequence-failed")), "{told:?}");
    assert!(rig.engine.state().supervised.sequences.values().all(|run| run.unknown));
    rig.link(true);
    say(&mut rig, &[("commanded", True), ("starting", False), ("running", False)]);
    rig.pass(4);
    let told = rig.told();
    assert!(told.contains(&"sequence-phase soft-start".to_owned()), "{told:?}");
    rig.pass(1);
    assert!(rig.told().contains(&"sequence-failed soft-start".to_owned()));
    // And so is what it complained of: unknown while it cannot be seen.
    rig.link(false);
    assert!(rig.rows().contains(&"pump-1/start.soft-start:supervisory unknown".to_owned()), "{:?}", rig.rows());
    say(&mut rig, &[("starting", False), ("running", Unknown)]);
    assert!(rig.rows().contains(&"pump-1/start.soft-start:supervisory unknown".to_owned()), "{:?}", rig.rows());
    say(&mut rig, &[("running", False)]);
    assert!(rig.rows().contains(&"pump-1/start.soft-start:supervisory active".to_owned()), "{:?}", rig.rows());
}

#[test]
fn a_restart_makes_a_run_unknown_and_it_is_judged_again() {
    let mut rig = at_rest(&ALL, false);
    command(&mut rig);
    say(&mut rig, &[("starting", True)]);
    rig.told();
    rig.kill();
    assert!(rig.engine.state().supervised.sequences.values().all(|run| run.unknown));
    rig.pass(100);
    assert!(rig.told().is_empty(), "nothing is known, so nothing is late");
    say(&mut rig, &[("commanded", True), ("starting", True), ("running", False)]);
    assert_eq!(rig.told(), ["sequence-phase bypass"]);
    rig.pass(30);
    assert_eq!(
        rig.told(),
        ["sequence-failed bypass", "raised pump-1/start.bypass:supervisory", "sequence-phase green"]
    );
    rig.kill();
    assert_eq!(rig.rows(), ["pump-1/start.bypass:supervisory unknown"]);
    // It came up while nobody looked.
    say(&mut rig, &[("commanded", True), ("running", True), ("green-lamp", True), ("pressure", True)]);
    assert_eq!(rig.rows(), ["pump-1/start.bypass:supervisory quiet"]);
    assert!(rig.engine.state().supervised.sequences.is_empty());
    rig.kill();
    say(&mut rig, &[("commanded", True), ("running", True)]);
    assert_eq!(rig.rows(), ["pump-1/start.bypass:supervisory quiet"], "what is over is over again once it is seen");
}

#[test]
fn a_run_of_what_the_site_no_longer_has_is_given_up() {
    let mut rig = at_rest(&ALL, false);
    command(&mut rig);
    let state = rig.engine.state().clone();
    let mut other = Rig::new(site(Vec::new(), &[("pump-1", "fire-pump", &ALL)]));
    other.recover(state);
    assert_eq!(other.told(), ["sequence-done given-up"]);
    assert!(other.engine.state().supervised.sequences.is_empty());
}
