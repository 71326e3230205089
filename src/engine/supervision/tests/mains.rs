//! Mains faults: an outage or the panel's own supply, by what else is known.

use super::rig::{Rig, class, conditions, last, site};
use crate::engine::base::Category::MainsFault;
use crate::engine::base::Truth::{False, True, Unknown};
use crate::engine::class::Class;
use crate::engine::profile::Expression;
use crate::engine::site::Site;

const ONE: &str = "panel-1/mains:mains-fault";
const TWO: &str = "panel-2/mains:mains-fault";
const THREE: &str = "panel-3/mains:mains-fault";

/// Three panels, a transfer switch and a generator in one building.
fn works() -> Site {
    let switch = Class { mains: Some(Expression::Bit(0)), ..class("transfer-switch", &["normal-supply"]) };
    let generator = class("generator", &["loaded"]);
    let mut site = site(
        vec![switch, generator, class("panel", &[])],
        &[
            ("panel-1", "panel", &[]),
            ("panel-2", "panel", &[]),
            ("panel-3", "panel", &[]),
            ("ats-1", "transfer-switch", &["normal-supply"]),
            ("gen-1", "generator", &["loaded"]),
        ],
    );
    conditions(&mut site, &[(0, "mains", MainsFault), (1, "mains", MainsFault), (2, "mains", MainsFault)]);
    site
}

fn words(rig: &Rig, condition: &str) -> (String, String) {
    let held = &rig.engine.state().occurrences[&last(rig, condition)];
    let judged = held.judged.as_ref().expect("a verdict");
    (judged.words.zh.clone(), judged.words.en.clone())
}

/// What was decided that is a verdict.
fn verdicts(rig: &mut Rig) -> Vec<String> {
    let told = rig.told();
    told.into_iter().filter(|line| ["outage", "local", "undeter"].iter().any(|word| line.starts_with(word))).collect()
}

#[test]
fn an_outage_and_a_blown_fuse_are_told_apart_by_what_feeds_the_building() {
    let check = |normal, loaded, after: u64, verdict: &str, en: &str| {
        let mut rig = Rig::new(works());
        rig.say(&[("ats-1/normal-supply", normal), ("gen-1/loaded", loaded)]);
        rig.edge(ONE, True);
        rig.pass(after);
        assert_eq!(verdicts(&mut rig), [verdict], "{normal:?} {loaded:?}");
        assert!(words(&rig, ONE).1.contains(en), "{:?}", words(&rig, ONE));
        assert!(!words(&rig, ONE).0.is_empty());
    };
    check(False, False, 0, "outage", "ats-1: no mains");
    check(Unknown, True, 0, "outage", "gen-1: carries the load");
    // That there is none is said only when the evidence has stood for a moment.
    check(True, False, 3, "local", "its fuse");
    check(Unknown, False, 3, "undetermined", "no evidence can be read");
    // They contradict each other, and no neighbour says anything.
    check(True, True, 3, "undetermined", "ats-1: mains there; gen-1: carries the load");
}

#[test]
fn where_nothing_feeds_the_neighbours_decide() {
    let check = |two, three, verdict: &str| {
        let mut rig = Rig::new(works());
        rig.edge(TWO, two);
        rig.edge(THREE, three);
        rig.pass(40);
        rig.told();
        rig.edge(ONE, True);
        rig.pass(3);
        assert_eq!(verdicts(&mut rig).first().map(String::as_str), Some(verdict), "{two:?} {three:?}");
    };
    check(False, False, "local");
    check(Unknown, False, "local");
    check(True, False, "undetermined");
    check(True, True, "outage folded");
}

#[test]
fn what_measures_the_supply_believes_itself_when_nobody_else_says_anything() {
    let mut site = works();
    conditions(&mut site, &[(3, "normal", MainsFault)]);
    let check = |loaded, verdict: &str| {
        let mut rig = Rig::new(site.clone());
        rig.say(&[("ats-1/normal-supply", False), ("gen-1/loaded", loaded)]);
        rig.edge("ats-1/normal:mains-fault", True);
        assert_eq!(verdicts(&mut rig), [verdict]);
    };
    check(Unknown, "outage");
    check(True, "outage");
}

#[test]
fn the_site_may_name_what_supplies_a_device() {
    let mut site = works();
    site.supplies.insert(0, vec![4]);
    let mut rig = Rig::new(site);
    rig.say(&[("ats-1/normal-supply", True), ("gen-1/loaded", True)]);
    rig.edge(ONE, True);
    assert_eq!(verdicts(&mut rig), ["outage"]);
    assert!(!words(&rig, ONE).1.contains("ats-1"), "{:?}", words(&rig, ONE));
}

#[test]
fn the_panels_of_one_outage_fold_under_the_first_and_the_next_takes_its_place() {
    let mut rig = Rig::new(works());
    rig.say(&[("ats-1/normal-supply", False)]);
    for condition in [ONE, TWO, THREE] {
        rig.edge(condition, True);
    }
    assert_eq!(verdicts(&mut rig), ["outage", "outage folded", "outage folded"]);
    let sounding = |rig: &Rig| rig.engine.state().open().filter(|row| row.sounding).count();
    assert_eq!(sounding(&rig), 1, "one cause, one sound");
    rig.acknowledge();
    rig.edge(ONE, False);
    assert_eq!(verdicts(&mut rig), ["outage"], "the next stands for the rest");
    let state = rig.engine.state();
    assert!(state.occurrences[&last(&rig, TWO)].judged.as_ref().is_some_and(|judged| judged.under.is_none()));
}

#[test]
fn a_neighbour_that_has_mains_again_may_have_them_from_the_generator() {
    let mut rig = Rig::new(works());
    rig.edge(TWO, True);
    rig.edge(ONE, True);
    rig.edge(TWO, False);
    rig.edge(THREE, False);
    rig.told();
    rig.pass(300);
    assert!(verdicts(&mut rig).is_empty());
    rig.say(&[("ats-1/normal-supply", True)]);
    rig.pass(30);
    assert_eq!(verdicts(&mut rig), ["local"]);
}

#[test]
fn a_verdict_is_revised_when_the_evidence_has_changed_for_good_and_not_while_the_mains_return() {
    let mut rig = Rig::new(works());
    rig.say(&[("ats-1/normal-supply", True)]);
    rig.edge(ONE, True);
    rig.pass(2);
    // The switch says it late: an outage is said at once.
    rig.say(&[("ats-1/normal-supply", False)]);
    assert_eq!(verdicts(&mut rig), ["outage"]);
    rig.say(&[("ats-1/normal-supply", Unknown)]);
    rig.pass(100);
    assert!(verdicts(&mut rig).is_empty(), "what nobody can see any more revises nothing");
    rig.say(&[("ats-1/normal-supply", True)]);
    rig.pass(29);
    assert!(verdicts(&mut rig).is_empty());
    rig.pass(1);
    assert_eq!(verdicts(&mut rig), ["local"], "the mains are back, and here they are not");
    rig.kill();
    rig.say(&[("ats-1/normal-supply", True)]);
    rig.edge(ONE, True);
    rig.pass(60);
    assert!(verdicts(&mut rig).is_empty(), "a restart says nothing anew");
}
