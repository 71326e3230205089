//! Event memories of simulated devices.

use super::*;
use crate::engine::base::Mono;
use crate::engine::poll::Reply;

const NAME: &str = "name = { zh = \"甲\", en = \"A\" }\n";

/// The small site with a smoke detector that has a memory: device 4, unit 3.
fn with_detector() -> Arc<Site> {
    let mut site = (*site()).clone();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles/faast");
    let (profile, _) = crate::config::profile::load(&folder).expect("a shipped profile");
    let mut device = site.devices[1].clone();
    (device.id, device.unit, device.profile) = (DeviceId::new("smoke-1"), 3, Arc::new(profile));
    expand(&mut site, device, &[]).expect("nothing is listed");
    Arc::new(site)
}

/// What its memory says, as people read it, and its counter.
fn held(world: &mut World, seconds: u64) -> (Vec<String>, u16) {
    let at = Mono(seconds * 1_000_000);
    let mut words = |start, count| match world.answer(&request(4, 3, Table::Holding, start, count), at).result {
        Ok(Reply::Words(words)) => words,
        other => panic!("{other:?}"),
    };
    let (entries, counter) = (words(1604, 120), words(1601, 1)[0]);
    let memory = world.site().devices[4].profile.memory.clone().expect("it has one");
    let spelt = memory.decode(&entries).into_iter().map(|entry| {
        let key = memory.meaning(entry.code).map_or("unknown", |code| code.key.as_str());
        format!("{} {key}", memory.spell(entry).expect("it has a time"))
    });
    (spelt.collect(), counter)
}

#[test]
fn a_device_notes_what_it_is_told_and_its_own_alarms_and_keeps_them() {
    let text = format!(
        "{NAME}[[step]]\nat = \"10s\"\nnote = {{ device = \"smoke-1\", code = \"silenced\" }}\n\
         [[step]]\nat = \"20s\"\nset = {{ \"smoke-1/fire-1\" = true }}\n\
         [[step]]\nat = \"25s\"\nset = {{ \"smoke-1/fire-1\" = true }}\n\
         [[step]]\nat = \"30s\"\nset = {{ \"smoke-1/fire-1\" = false }}\n\
         [[step]]\nat = \"40s\"\nset = {{ \"smoke-1/fire-2\" = true }}\n"
    );
    let mut world = world_at(with_detector(), &text);
    assert_eq!(held(&mut world, 5), (vec![], 0));
    let two = ["2026-01-01 00:00:10 silenced", "2026-01-01 00:00:20 fire-1"].map(str::to_owned);
    assert_eq!(held(&mut world, 35), (two.to_vec(), 2), "a fire that lasts is one entry");
    // In one leap, every entry has the moment of its step.
    let three = [&two[..], &["2026-01-01 00:00:40 fire-1".to_owned()]].concat();
    assert_eq!(held(&mut world, 100), (three, 3));
}

#[test]
fn a_memory_that_is_full_forgets_the_oldest() {
    let text = format!(
        "{NAME}[[step]]\nat = \"1s\"\nrepeat = {{ every = \"1s\", times = 42 }}\n\
         note = {{ device = \"smoke-1\", code = \"reset\" }}\n"
    );
    let mut world = world_at(with_detector(), &text);
    let (entries, counter) = held(&mut world, 60);
    assert_eq!((entries.len(), counter), (40, 42));
    assert_eq!((entries[0].as_str(), entries[39].as_str()), ("2026-01-01 00:00:03 reset", "2026-01-01 00:00:42 reset"));
}

#[test]
fn a_code_that_the_memory_does_not_know_is_refused_with_the_nearest() {
    let check = |note: &str, expected: &str| {
        let text = format!("{NAME}[[step]]\nat = \"1s\"\nnote = {note}\n");
        let problems = Scenario::parse("t.toml", &text, &with_detector()).expect_err(note);
        assert_eq!(problems[0].to_string(), expected);
    };
    check(
        "{ device = \"smoke-1\", code = \"fire1\" }",
        "t.toml:4:37: the memory of smoke-1 has no code \"fire1\"; did you mean \"fire-1\"?",
    );
    check(
        "{ device = \"gen-1\", code = \"fire-1\" }",
        "t.toml:4:19: \"gen-1\" has no event memory: its profile has no [memory]",
    );
}
