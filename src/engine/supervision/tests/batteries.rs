//! Batteries: how long, and what to do then.

use super::rig::{Rig, class, conditions, last, number, site};
use crate::engine::base::Category::{BackupFault, MainsFault};
use crate::engine::base::Truth::{False, True};
use crate::engine::class::Class;

const MAINS: &str = "panel-1/mains:mains-fault";
const BACKUP: &str = "panel-1/battery:backup-fault";
const LIMIT: &str = "panel-1/battery-limit:backup-fault";
const SWITCH: &str = "panel-1/battery-switch:backup-fault";

/// A panel that may run on its battery for an hour; `shown` are its statuses.
fn panel(shown: &[&str]) -> Rig {
    let class = Class { settings: vec![number("battery-time", 3600.0)], ..class("panel", &["on-battery", "mains"]) };
    let mut site = site(vec![class], &[("panel-1", "panel", shown)]);
    conditions(&mut site, &[(0, "mains", MainsFault), (0, "battery", BackupFault)]);
    let mut rig = Rig::new(site);
    rig.edge(MAINS, False);
    rig
}

fn open(rig: &Rig, condition: &str) -> bool {
    rig.rows().iter().any(|row| row.starts_with(condition))
}

#[test]
fn at_the_permitted_time_the_switch_is_to_be_opened_and_afterwards_closed_again() {
    let check = |rig: &mut Rig, lose: &dyn Fn(&mut Rig, bool)| {
        rig.told();
        lose(rig, true);
        assert!(rig.told().contains(&"battery-began".to_owned()));
        rig.pass(3599);
        assert!(!open(rig, LIMIT));
        rig.pass(1);
        assert!(open(rig, LIMIT));
        let limit = rig.engine.state().occurrences[&last(rig, LIMIT)].clone();
        let advice = limit.raise.advice.clone().expect("advice");
        assert!(advice.zh.contains("备电开关置于关闭") && advice.en.contains("OFF"), "{advice:?}");
        assert!(advice.zh.contains("停止工作") && advice.en.contains("post a fire watch"), "{advice:?}");
        lose(rig, false);
        assert!(rig.rows().contains(&format!("{LIMIT} quiet")) && open(rig, SWITCH), "{:?}", rig.rows());
        let advice = rig.engine.state().occurrences[&last(rig, SWITCH)].raise.advice.clone().expect("advice");
        assert!(advice.zh.contains("备电开关置于打开") && advice.en.contains("ON again"), "{advice:?}");
        rig.pass(600);
        assert!(open(rig, SWITCH), "it stays until somebody has heard of it");
        rig.acknowledge();
        assert!(!open(rig, LIMIT) && !open(rig, SWITCH));
    };
    check(&mut panel(&[]), &|rig, lost| rig.edge(MAINS, lost.into()));
    check(&mut panel(&["on-battery"]), &|rig, lost| rig.say(&[("panel-1/on-battery", lost.into())]));
    check(&mut panel(&["mains"]), &|rig, lost| rig.say(&[("panel-1/mains", (!lost).into())]));
}

#[test]
fn mains_that_return_in_time_advise_nothing() {
    let mut rig = panel(&[]);
    rig.edge(MAINS, True);
    rig.pass(3000);
    rig.edge(MAINS, False);
    rig.pass(3000);
    assert!(!open(&rig, LIMIT) && !open(&rig, SWITCH));
    assert!(rig.told().contains(&"battery-ended".to_owned()));
}

#[test]
fn neither_a_restart_nor_a_silent_panel_stops_the_clock() {
    let mut rig = panel(&[]);
    rig.edge(MAINS, True);
    rig.pass(1800);
    rig.kill();
    rig.pass(1799);
    assert!(!open(&rig, LIMIT));
    rig.pass(1);
    assert!(open(&rig, LIMIT), "nobody has heard of the mains, so the battery is being drained");
    rig.kill();
    rig.link(false);
    rig.link(true);
    rig.edge(MAINS, False);
    assert!(open(&rig, SWITCH));
}

#[test]
fn a_backup_fault_is_its_wiring_or_a_battery_that_was_drained() {
    let check = |drained: u64, rested: u64, cause: &str, en: &str| {
        let mut rig = panel(&[]);
        if drained > 0 {
            rig.edge(MAINS, True);
            rig.pass(drained);
        }
        if rested > 0 {
            rig.edge(MAINS, False);
            rig.pass(rested);
        }
        rig.told();
        rig.edge(BACKUP, True);
        assert!(rig.told().contains(&cause.to_owned()), "{drained} {rested}");
        let judged = rig.engine.state().occurrences[&last(&rig, BACKUP)].judged.clone().expect("a verdict");
        assert!(judged.words.en.contains(en) && !judged.words.zh.is_empty(), "{:?}", judged.words);
    };
    check(0, 0, "batteryconnection", "connector and wiring");
    check(4000, 0, "batteryexhausted", "for 1 h 6 min, longer than the permitted 1 h 0 min");
    check(4000, 600, "batteryexhausted", "longer than the permitted");
    check(600, 0, "undetermined", "After only 0 h 10 min");
    check(4000, 25 * 3600, "batteryconnection", "carried no load");
}
