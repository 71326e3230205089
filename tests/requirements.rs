//! The rows of the requirements, each shown by a story: the field changes, people act, and what must follow is expected,
//! line by line. Played once more without the rule that carries the row out, the story must fail.
//!
//! `tests/requirements/*.story`; the transcripts beside them are golden, and so is docs/requirements.md, which is made
//! from what was played here. `UPDATE=1` rewrites.

#[path = "requirements/expect.rs"]
mod expect;
#[path = "requirements/play.rs"]
mod play;
#[path = "requirements/read.rs"]
mod read;
#[path = "requirements/reports.rs"]
mod reports;
#[path = "requirements/rows.rs"]
mod rows;
mod support;
#[path = "requirements/switch.rs"]
mod switch;
#[path = "requirements/web.rs"]
mod web;

use std::path::{Path, PathBuf};

/// One story, played.
pub struct Played {
    story: read::Story,
    /// For every `without` line: the first expectation that failed.
    failed: Vec<String>,
}

#[test]
fn every_story_holds_and_fails_without_its_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requirements");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder of stories")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "story"))
        .collect();
    paths.sort();
    if let Ok(only) = std::env::var("STORY") {
        paths.retain(|path| path.file_stem().is_some_and(|stem| stem.to_string_lossy() == only));
        assert!(!paths.is_empty(), "no story is called {only}");
    }
    let (results, wrong): (Vec<_>, Vec<_>) = paths.iter().map(|path| one(path)).partition(Result::is_ok);
    let wrong: Vec<String> = wrong.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{} of {} stories\n\n{}", wrong.len(), paths.len(), wrong.join("\n\n"));
    if std::env::var_os("STORY").is_none() {
        let played: Vec<Played> = results.into_iter().filter_map(Result::ok).collect();
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/requirements.md");
        support::golden::check(&page, &rows::page(&played));
    }
}

fn one(path: &Path) -> Result<Played, String> {
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    let story = read::story(&name, &text).map_err(|problem| format!("{name}: {problem}"))?;
    let told = play::play(&story, None).map_err(|problem| format!("{name}: {problem}"))?;
    let golden =
        std::panic::catch_unwind(|| support::golden::check(&path.with_extension("transcript"), &told.transcript));
    if !told.failed.is_empty() {
        return Err(format!("{name}:\n  {}", told.failed.join("\n  ")));
    }
    golden.map_err(|_| format!("{name}: its transcript differs (above)"))?;
    let mut failed = Vec::new();
    for switch in &story.without {
        let without =
            play::play(&story, Some(switch)).map_err(|problem| format!("{name} without {switch}: {problem}"))?;
        let first = without.failed.first().ok_or_else(|| format!("{name} holds without {switch}"))?;
        failed.push(first.clone());
    }
    Ok(Played { story, failed })
}
