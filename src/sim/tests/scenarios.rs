//! Shipped stories are right, and what is wrong in one is told with place and nearest word.

use super::*;
use crate::sim::fault::MODES;
use crate::sim::scenario::Change;
use crate::sim::trouble::TROUBLES;
use crate::sim::{Fault, Trouble};

#[test]
fn every_shipped_story_plays_to_its_end_at_the_sample_site() {
    let site = sample();
    for (name, text) in shipped::SCENARIOS {
        let scenario = Scenario::parse(name, text, &site).unwrap_or_else(|e| fail(&e));
        let sentences = scenario.steps.iter().filter(|step| step.say.is_some()).count();
        let mut world = World::new(Arc::clone(&site), &resting(&site), scenario, 1);
        let mut told = world.told();
        while let Some(due) = world.next_due() {
            world.advance(due);
            told.extend(world.told());
        }
        assert_eq!(told.len(), sentences, "{name}");
        assert!(sentences >= 3, "{name} tells {sentences} sentences");
    }
}

#[test]
fn the_story_of_every_fault_leaves_none_out() {
    let scenario = Scenario::parse("every-fault", shipped::scenario("every-fault").expect("shipped"), &sample());
    let changes = scenario.unwrap_or_else(|e| fail(&e)).steps.into_iter().flat_map(|step| step.changes);
    let changes: Vec<Change> = changes.collect();
    for mode in MODES {
        let fault = Fault::named(mode, None).expect("a mode");
        let plays = |change: &Change| matches!(change, Change::Fault(_, played) if std::mem::discriminant(played) == std::mem::discriminant(&fault));
        assert!(changes.iter().any(plays), "{mode}");
    }
    for mode in TROUBLES {
        let trouble = Trouble::named(mode, None).expect("a mode");
        let plays = |change: &Change| matches!(change, Change::Trouble(_, played) if std::mem::discriminant(played) == std::mem::discriminant(&trouble));
        assert!(changes.iter().any(plays), "{mode}");
    }
}

#[test]
fn every_file_of_the_folder_is_shipped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/scenarios");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of scenarios")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .filter(|name| name != "resting")
        .collect();
    files.sort();
    assert_eq!(files, shipped::SCENARIOS.map(|(name, _)| name));
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("config/scenarios/README.md"));
    let page = page.expect("the page of scenarios");
    for name in files {
        assert!(page.contains(&format!("| `{name}.toml` |")), "{name} is not on the page of scenarios");
    }
}

#[test]
fn a_story_has_changed_the_field_at_its_time() {
    let mut world = world(&small_story("smoke"));
    // Detector 14 of loop 2 is the word at 400 + 13; event code 0x10 is fire.
    let fire = |world: &World| world.read(0, Table::Holding, 413, 1).expect("the word")[0] & 0xFF == 0x10;
    assert!(!fire(&world));
    world.advance(Duration::from_secs(60));
    assert!(fire(&world));
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_the_nearest_word() {
    let site = site();
    let check = |body: &str, expected: &str| {
        let text = format!("name = {{ zh = \"甲\", en = \"A\" }}\n[[step]]\nat = \"1s\"\n{body}\n");
        let problems = Scenario::parse("s.toml", &text, &site).expect_err(body);
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(told, [expected], "{body}");
    };
    check(
        "set = { \"panel-1/l2-d14.evnt\" = \"fire\" }",
        "s.toml:4:9: the site has no point \"panel-1/l2-d14.evnt\"; did you mean \"panel-1/l2-d14.event\"?",
    );
    check(
        "set = { \"panel1/l2-d14.event\" = \"fire\" }",
        "s.toml:4:9: the site has no point \"panel1/l2-d14.event\"; did you mean \"panel-1\"?",
    );
    check(
        "set = { \"panel-1/l2-d14.event\" = \"fier\" }",
        "s.toml:4:34: panel-1/l2-d14.event has no state \"fier\"; did you mean \"fire\"?",
    );
    check("set = { \"panel-1/silenced\" = 1 }", "s.toml:4:30: panel-1/silenced: takes true or false");
    check("set = { \"gen-1/speed\" = 7000 }", "s.toml:4:25: gen-1/speed: 7000 is outside what it can hold");
    check("sett = { }", "s.toml:4:1: unknown key \"sett\" in a step; did you mean \"set\"?");
    check(
        "ramp = { point = \"gen-1/speed\", to = 99999, over = \"1s\" }",
        "s.toml:4:38: gen-1/speed: 99999 is outside what it can hold",
    );
    check(
        "fault = { device = \"gen1\", mode = \"silent\" }",
        "s.toml:4:20: the site has no device \"gen1\"; did you mean \"gen-1\"?",
    );
    check(
        "fault = { device = \"gen-1\", mode = \"silnt\" }",
        "s.toml:4:36: no fault is called \"silnt\"; did you mean \"silent\"?",
    );
    check(
        "fault = { bus = \"pump-room\", mode = \"ecko\" }",
        "s.toml:4:37: no fault is called \"ecko\"; did you mean \"echo\"?",
    );
    check("fault = { bus = \"panel-lan\", mode = \"echo\" }", "s.toml:4:37: \"echo\" cannot befall a port");
    check("fault = { mode = \"silent\" }", "s.toml:4:9: expected one of `device` and `bus`");
    check("cut = \"pump-rom\"", "s.toml:4:7: the site has no bus \"pump-rom\"; did you mean \"pump-room\"?");
    check(
        "set = { \"gen-1/speed\" = { unknwn = \"absent\" } }",
        "s.toml:4:27: unknown key \"unknwn\" in a value; did you mean \"unknown\"?",
    );
    check("wander = { point = \"gen-1/mode\", by = 1, every = \"1s\" }", "s.toml:4:20: gen-1/mode is no number");
    check("repeat = { every = \"1ms\" }", "s.toml:4:20: \"1ms\" is out of range; allowed: 100ms to 24h");
}

#[test]
fn a_resting_value_must_have_a_point_and_fit_it() {
    let site = site();
    let check = |text: &str, expected: &str| {
        let (_, doubts) = Resting::parse("r.toml", text, &site).unwrap_or_else(|e| fail(&e));
        assert_eq!(doubts[0].to_string(), expected);
    };
    check(
        "[class.generator]\noil-presure = 1\n",
        "r.toml:2:1: warning: no generator of this site has a point \"oil-presure\"; did you mean \"oil-pressure\"?",
    );
    check("[class.generator]\nmode = 3\n", "r.toml:2:8: warning: gen-1/mode: takes the key of one of its states");
    let wrong = Resting::parse("r.toml", "[clas.generator]\nmode = \"auto\"\n", &site).expect_err("no such table");
    assert_eq!(wrong[0].to_string(), "r.toml:1:2: unknown key \"clas\" in the resting values; did you mean \"class\"?");
}

#[test]
fn a_reaction_names_what_is_written_and_what_comes_of_it() {
    let site = site();
    let check = |body: &str, expected: &str| {
        let text = format!("name = {{ zh = \"甲\", en = \"A\" }}\nstep = []\n[[reaction]]\n{body}\n");
        let problems = Scenario::parse("s.toml", &text, &site).expect_err(body);
        assert_eq!(problems[0].to_string(), expected, "{body}");
    };
    let write = "write = { table = \"holding\", address = 1, value = 2 }";
    check(write, "s.toml:3:1: expected one of `device` and `profile`");
    check(
        &format!("device = \"gen-2\"\n{write}\nnothing = true"),
        "s.toml:4:10: the site has no device \"gen-2\"; did you mean \"gen-1\"?",
    );
    check(&format!("device = \"gen-1\"\n{write}"), "s.toml:3:1: expected one of `set`, `refuse` and `nothing`");
    check("device = \"gen-1\"\nrefuse = 4", "s.toml:3:1: expected one of `verb` and `write`");
    check(
        "device = \"gen-1\"\nverb = \"explode\"\nrefuse = 4",
        "s.toml:5:8: gen-1 has no command \"explode\"; known: start, stop, auto, silence, reset",
    );
    check(
        &format!("device = \"gen-1\"\n{write}\nset = {{ \"sped\" = 1 }}"),
        "s.toml:6:9: gen-1 has no point \"sped\"; did you mean \"speed\"?",
    );
}
