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

/// Seven hundred fires, each reset at its panel and none judged: what nobody concludes does not pile up, and an incident
/// whose first alarm is no longer at hand can still be concluded.
#[test]
fn incidents_that_nobody_concludes_are_bounded_and_can_be_concluded_late() {
    use std::fmt::Write as _;
    let mut story = String::new();
    for number in 0..700 {
        let (minute, second) = (number / 60, number % 60);
        for step in ["edge panel-1/d1:fire true", "ack li panel-1/d1:fire", "edge panel-1/d1:fire false"] {
            let _ = writeln!(story, "{minute:02}:{second:02} {step}");
        }
    }
    story.push_str("20:00 edge panel-1/m1:supervisory true\n");
    let transcript = support::story::run(&story);
    let last = transcript.lines().last().expect("a console");
    assert_eq!(last.matches("| incident ").count(), 500, "{last}");
    // The oldest incident at hand, by the id of its first alarm, which is not at hand any more.
    let oldest = last.split("first [\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an incident");
    let _ = writeln!(story, "20:01 judge-id li {oldest}");
    let transcript = support::story::run(&story);
    let last = transcript.lines().last().expect("a console");
    assert_eq!(last.matches("| incident ").count(), 499, "{last}");
}
