//! The small site through one of its scenarios, people acting, and the transcript of it all.

use std::path::Path;
use std::sync::Arc;

use tocsin::config;
use tocsin::sim::{Resting, Scenario, shipped};

use crate::support::acts;
use crate::support::whole::Whole;

const SMALL: &str = "tests/sites/small";

/// The names of its scenarios.
pub fn scenarios() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(SMALL).join("scenarios");
    let files = std::fs::read_dir(folder).expect("the folder of scenarios");
    let names = files.map(|entry| entry.expect("an entry").path());
    names.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect()
}

/// A story that was told.
pub struct Told {
    pub scenario: String,
    pub transcript: String,
}

/// Tells a story: comments, one line `scenario NAME`, then `MM:SS verb …` in order; `end` is the last verb.
pub fn tell(text: &str) -> Told {
    let mut whole = None;
    let mut scenario = String::new();
    let mut opening = String::new();
    let mut ended = false;
    for (number, line) in text.lines().enumerate() {
        let wrong = |problem: String| -> ! { panic!("line {}: {problem}: {line}", number + 1) };
        if line.trim().is_empty() || line.starts_with('#') {
            opening.push_str(line);
            opening.push('\n');
        } else if let Some(name) = line.strip_prefix("scenario ") {
            scenario = name.to_owned();
            whole = Some(begin(name, &opening));
        } else {
            let Some(whole) = &mut whole else { wrong("`scenario NAME` comes first".into()) };
            ended = step(whole, line).unwrap_or_else(|problem| wrong(problem));
        }
    }
    let whole = whole.expect("a story names its scenario");
    assert!(ended, "a story says when it ends");
    Told { scenario, transcript: whole.log.text }
}

fn begin(name: &str, opening: &str) -> Whole {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (site, doubts) = config::load(&root.join(SMALL).join("site"), &[root.join("device-profiles")])
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    assert!(doubts.is_empty(), "{doubts:?}");
    let site = Arc::new(site);
    let (resting, doubts) =
        Resting::parse("resting.toml", shipped::RESTING, &site).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert!(doubts.is_empty(), "{doubts:?}");
    let text = std::fs::read_to_string(root.join(SMALL).join(format!("scenarios/{name}.toml"))).expect("a scenario");
    let scenario = Scenario::parse(name, &text, &site).unwrap_or_else(|problems| panic!("{problems:?}"));
    let note = "# Words are shown in hexadecimal, old->new; topics without tocsin/riverside/.\n";
    Whole::new(site, &resting, scenario, &format!("{opening}{note}"))
}

/// Whether it was the last.
fn step(whole: &mut Whole, line: &str) -> Result<bool, String> {
    let (due, rest) = acts::timed(line)?;
    if due < whole.now.mono {
        return Err("a story goes forward".into());
    }
    whole.pass_until(due);
    let words: Vec<&str> = rest.split_whitespace().collect();
    if words == ["end"] {
        return Ok(true);
    }
    whole.log.at(whole.now);
    whole.log.act(rest);
    let (user, act) = acts::read(&words, whole.engine.state(), whole.now)?;
    whole.act(user, act);
    Ok(false)
}
