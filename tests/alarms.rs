//! The alarm semantics of design §4, told as stories: `tests/alarms/*.story` and the transcripts beside them.

mod support;

use std::path::Path;

#[test]
fn every_story_gives_its_transcript_twice() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alarms");
    let mut stories: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of stories")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "story"))
        .collect();
    stories.sort();
    assert!(stories.len() >= 10, "stories are missing");
    for story in stories {
        let text = std::fs::read_to_string(&story).expect("a readable story");
        let transcript = support::story::run(&text);
        assert_eq!(transcript, support::story::run(&text), "{}: two runs differ", story.display());
        support::golden::check(&story.with_extension("transcript"), &transcript);
    }
}
