//! Trips: one is a trip, several are a setting.

use super::rig::{Rig, class, commanded, last, number, site};
use crate::engine::base::Truth::{False, True, Unknown};
use crate::engine::class::Class;

const ROW: &str = "pump-1/repeated-trips:fault";

fn pump() -> Rig {
    let settings = vec![number("repeated-trips", 3.0), number("trips-within", 3600.0)];
    let class = Class { settings, ..class("fire-pump", &["tripped"]) };
    Rig::new(site(vec![class], &[("pump-1", "fire-pump", &["tripped"])]))
}

fn trip(rig: &mut Rig) {
    rig.say(&[("pump-1/tripped", False)]);
    rig.say(&[("pump-1/tripped", True)]);
}

#[test]
fn three_trips_within_the_hour_are_nuisance_trips_also_over_a_restart() {
    let mut rig = pump();
    trip(&mut rig);
    rig.pass(600);
    trip(&mut rig);
    rig.pass(600);
    assert!(rig.rows().is_empty());
    rig.kill();
    // What stood already when it was first read is no new trip; nor is a link that was lost.
    rig.say(&[("pump-1/tripped", True)]);
    rig.say(&[("pump-1/tripped", Unknown)]);
    rig.say(&[("pump-1/tripped", True)]);
    assert!(rig.rows().is_empty());
    trip(&mut rig);
    assert_eq!(rig.rows(), [format!("{ROW} quiet")]);
    let row = rig.engine.state().occurrences[&last(&rig, ROW)].clone();
    assert_eq!(row.raise.detail.as_ref().map(|text| text.en.as_str()), Some("3 trips within 1 h"));
    assert!(
        row.raise.advice.as_ref().is_some_and(|text| text.en.contains("raise the setting") && text.zh.contains("调高"))
    );
    trip(&mut rig);
    assert_eq!(rig.engine.state().occurrences[&last(&rig, ROW)].count, 2);
    rig.acknowledge();
    assert!(rig.rows().is_empty());
}

#[test]
fn trips_that_lie_far_apart_are_not() {
    let mut rig = pump();
    for _ in 0..5 {
        trip(&mut rig);
        rig.pass(1801);
    }
    assert!(rig.rows().is_empty());
}

#[test]
fn what_has_tripped_is_not_started_until_it_is_reset_and_what_nobody_knows_is() {
    let class = class("fire-pump", &["tripped"]);
    let mut site = site(vec![class], &[("pump-1", "fire-pump", &["tripped"])]);
    for verb in ["start", "stop"] {
        commanded(&mut site, 0, verb);
    }
    let mut rig = Rig::new(site);
    let check = |rig: &mut Rig, told: Option<crate::engine::base::Truth>, verb: &str, code: Option<&str>| {
        if let Some(told) = told {
            rig.say(&[("pump-1/tripped", told)]);
        }
        assert_eq!(rig.command("pump-1/pump", verb), code, "{told:?} {verb}");
    };
    check(&mut rig, None, "start", None);
    check(&mut rig, Some(True), "start", Some("tripped"));
    check(&mut rig, Some(True), "stop", None);
    check(&mut rig, Some(Unknown), "start", None);
    check(&mut rig, Some(False), "start", None);
}
