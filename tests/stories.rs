//! Stories over the whole path, from the wire to the outside: the small site of `tests/sites` lives through its scenarios, people
//! act, and one transcript tells it all. `tests/stories/*.story` and the transcripts beside them; `UPDATE=1` rewrites.

mod support;
#[path = "stories/teller.rs"]
mod teller;

use std::path::Path;

#[test]
fn every_scenario_gives_its_transcript_twice() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut played = Vec::new();
    let mut stories: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of stories")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "story"))
        .collect();
    stories.sort();
    for path in stories {
        let text = std::fs::read_to_string(&path).expect("a readable story");
        let told = teller::tell(&text);
        assert!(told.transcript == teller::tell(&text).transcript, "{}: two runs differ", path.display());
        support::golden::check(&path.with_extension("transcript"), &told.transcript);
        played.push(told.scenario);
    }
    for name in teller::scenarios() {
        assert!(played.contains(&name), "no story plays the scenario {name}");
    }
}
