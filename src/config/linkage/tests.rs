//! Linkages become what they say; broken ones are in `tests/rejected`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::config::load;
use crate::engine::base::{Category, Verdict};
use crate::engine::site::{Among, Linkage, Mode, Proof, Quantity, Sign, Site, When, Window};

/// The site of a broken linkage, with another end.
fn site(linkages: &str) -> Site {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejected");
    let whole = fs::read_to_string(tests.join("linkage-keys/site.toml")).expect("it is there");
    let (head, _) = whole.split_once("[[linkage]]").expect("it has a linkage");
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("site.toml"), format!("{head}{linkages}")).expect("a temporary file");
    fs::copy(tests.join("linkage-keys/list.csv"), folder.path().join("list.csv")).expect("a temporary file");
    match load(folder.path(), &[tests.join("_profiles")]) {
        Ok((site, _)) => site,
        Err(problems) => panic!("{problems:#?}"),
    }
}

fn one(when: &str, more: &str, action: &str) -> (Site, Linkage) {
    let mut site = site(&format!(
        "[[linkage]]\nid = \"a\"\nmode = \"manual\"\nwhen = \"{when}\"\n{more}\n[[linkage.action]]\n{action}\n"
    ));
    assert_eq!(site.linkages.len(), 1);
    let linkage = site.linkages.remove(0);
    (site, linkage)
}

fn points(site: &Site, rules: &[u32]) -> Vec<String> {
    rules.iter().map(|rule| site.rules[*rule as usize].condition.to_string()).collect()
}

#[test]
fn a_linkage_is_resolved_to_what_the_site_has() {
    let (site, linkage) = one(
        "count(fire, zone='2-04') >= 2 && !status(smoke-fan, running) && time(22:00-06:00, fri-sun)",
        "panel = \"panel-1\"\nrows = [\"FL-02\"]",
        "start = { class = \"smoke-fan\" }\ndelay = \"30s\"\ninterlock = \"status(smoke-fan, auto, floor='4')\"",
    );
    assert_eq!((linkage.id.as_str(), linkage.mode, linkage.panel), ("a", Mode::Manual, Some(0)));
    assert_eq!(linkage.origin, "site.toml:39");
    let When::All(parts) = &linkage.when else { panic!("{:?}", linkage.when) };
    let When::Alarms(alarms, Quantity { at_least: 2 }) = &parts[0] else { panic!("{:?}", parts[0]) };
    assert_eq!(points(&site, &alarms.rules), ["panel-1/d1:fire", "panel-1/d2:fire"]);
    assert_eq!(alarms.unlisted, None, "a zone is not known of what the site does not list");
    let running = site.equipment.iter().find(|held| held.id == "fan-4").expect("the fan").statuses["running"];
    let sign = |is| Sign::Status { status: running, is };
    assert_eq!(parts[1], When::Not(Box::new(When::Signs(vec![sign(true)], Among::Any))));
    assert_eq!(parts[2], When::Clock(Window { from: 22 * 60, to: 6 * 60, days: 0b111_0000 }));
    let action = &linkage.actions[0];
    assert_eq!(action.delay, Duration::from_secs(30));
    assert!(action.wildcard, "a class is no name");
    assert!(matches!(&action.interlock, Some(When::Signs(signs, Among::Any)) if signs.len() == 1));
    let target = &action.targets[0];
    assert_eq!(site.equipment[target.equipment as usize].id, "fan-4");
    assert_eq!(site.commands[target.command.expect("it can be started") as usize].spec.verb, "start");
    assert_eq!(target.feedback, Some(Proof { sign: sign(true), within: Duration::from_secs(10) }));
    assert_eq!((action.name.zh.as_str(), action.name.en.as_str()), ("启动排烟风机", "Start smoke exhaust fan"));
}

#[test]
fn a_variable_is_written_out_for_each_value() {
    let all = site(
        "[[linkage]]\nid = \"a\"\nmode = \"monitor\"\nwhen = \"fire(building='2', floor=$floor) || verdict(real, building='2', floor=$floor)\"\n\
         [[linkage.action]]\nstart = { type = \"13\", floor = \"$floor\" }\n",
    );
    let ids: Vec<&str> = all.linkages.iter().map(|linkage| linkage.id.as_str()).collect();
    assert_eq!(ids, ["a[3]", "a[4]"]);
    let When::Any(parts) = &all.linkages[1].when else { panic!("two parts") };
    let When::Alarms(alarms, _) = &parts[0] else { panic!("alarms") };
    assert_eq!(points(&all, &alarms.rules), ["panel-1/d1:fire", "panel-1/d2:fire"]);
    assert!(matches!(&parts[1], When::Judged(judged, Verdict::Real) if judged == alarms));
    let target = &all.linkages[1].actions[0].targets;
    assert_eq!(target.len(), 1);
    assert_eq!(target[0].point.as_str(), "panel-1/m1");
    let Some(Proof { sign: Sign::Rule { rule, is: true }, .. }) = target[0].feedback else { panic!("its feedback") };
    assert_eq!(all.rules[rule as usize].condition.category, Category::Feedback);
}

#[test]
fn a_shared_digit_is_written_out_for_each_digit() {
    let all = site(
        "[[linkage]]\nid = \"a\"\nmode = \"monitor\"\nwhen = \"alarm(acted, device='panel-1', code='&&****', type='03')\"\n\
         [[linkage.action]]\nstart = { device = \"panel-1\", code = \"&&****\", type = \"1*\" }\n",
    );
    let of: Vec<(&str, &str)> = all
        .linkages
        .iter()
        .map(|linkage| (linkage.id.as_str(), linkage.actions[0].targets[0].point.as_str()))
        .collect();
    assert_eq!(of, [("a[03]", "panel-1/m2"), ("a[04]", "panel-1/m1")]);
}

#[test]
fn a_floor_without_the_thing_is_left_out_only_where_that_is_said() {
    let all = site(
        "[[linkage]]\nid = \"a\"\nmode = \"manual\"\nwhen = \"fire(floor=$floor)\"\n\
         [[linkage.action]]\nstart = { class = \"smoke-fan\", floor = \"$floor\" }\nwhere-present = true\n\
         [[linkage.action]]\nstart = { code = \"**21**\", type = \"13\", floor = \"$floor\" }\n",
    );
    let of: Vec<(&str, usize)> =
        all.linkages.iter().map(|linkage| (linkage.id.as_str(), linkage.actions.len())).collect();
    assert_eq!(of, [("a[2.3]", 1), ("a[2.4]", 2)], "with its building, as the condition names none");
}

#[test]
fn agent_is_released_on_two_detections_at_one_named_place() {
    let (_, linkage) = one(
        "count(fire, building='2', floor='3') >= 2 || fire(code='032001', type='03') && fire(code='032002', type='03')",
        "",
        "start = { equipment = \"bottle-1\" }\ndischarge = true\ndelay = \"30s\"",
    );
    let action = &linkage.actions[0];
    assert!(action.discharge && !action.wildcard && !action.call_point_ends_delay);
}
