//! Plays a story, whole or with something taken out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tocsin::config;
use tocsin::engine::site::Site;
use tocsin::sim::{Resting, Scenario, shipped};

use crate::expect::Watch;
use crate::read::{Does, Step, Story};
use crate::support::acts;
use crate::support::whole::Whole;
use crate::switch::{self, Switch};

/// What came of it.
pub struct Told {
    pub transcript: String,
    /// Expectations that did not hold, and acts that could not be done.
    pub failed: Vec<String>,
}

/// Plays a story.
pub fn play(story: &Story, without: Option<&Switch>) -> Result<Told, String> {
    let (whole, failed) = live(story, without)?;
    Ok(Told { transcript: whole.log.text, failed })
}

/// Plays a story and gives everything that came of it, and what did not hold.
pub fn live(story: &Story, without: Option<&Switch>) -> Result<(Whole, Vec<String>), String> {
    let (site, resting) = site(story, without)?;
    let site = Arc::new(site);
    let (resting, _) = Resting::parse("resting.toml", &resting, &site).map_err(|problems| format!("{problems:#?}"))?;
    let scenario = Scenario::parse(&story.name, &story.scenario, &site).map_err(|problems| format!("{problems:#?}"))?;
    let mut whole = Whole::new(site, &resting, scenario, &story.opening);
    let mut watch = Watch::default();
    let mut failed = Vec::new();
    for step in &story.steps {
        whole.pass_until(step.at);
        let done = match &step.does {
            Does::Act if matches!(without, Some(Switch::Act)) => Ok(()),
            Does::Act => act(&mut whole, step),
            Does::Kill => {
                whole.kill();
                Ok(())
            }
            Does::Expect(expect) => watch.check(expect, &whole),
            Does::End => Ok(()),
        };
        if let Err(problem) = done {
            failed.push(format!("line {}: {}: {problem}", step.number, step.text));
        }
    }
    Ok((whole, failed))
}

fn act(whole: &mut Whole, step: &Step) -> Result<(), String> {
    whole.log.at(whole.now);
    whole.log.act(&step.text);
    let words: Vec<&str> = step.text.split_whitespace().collect();
    let (user, act) = acts::read(&words, whole.engine.state(), whole.now)?;
    whole.act(user, act);
    Ok(())
}

/// The site of a story with what is taken out, and how its field rests.
fn site(story: &Story, without: Option<&Switch>) -> Result<(Site, String), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = match story.site.as_str() {
        "sample" => root.join("config/site"),
        "small" => root.join("tests/sites/small/site"),
        name => root.join("tests/requirements/sites").join(name),
    };
    let copy = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = match without {
        Some(Switch::Edit(file, old, new)) => edited(&folder, copy.path(), file, old, new)?,
        _ => folder,
    };
    let (mut site, doubts) = config::load(&folder, &[root.join("device-profiles")])
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    if !doubts.is_empty() {
        return Err(doubts.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }
    if let Some(switch) = without {
        switch::apply(switch, &mut site)?;
    }
    let resting = std::fs::read_to_string(folder.join("resting.toml")).unwrap_or_else(|_| shipped::RESTING.to_owned());
    Ok((site, resting))
}

/// A copy of a site in which one file says something else.
fn edited(folder: &Path, copy: &Path, file: &str, old: &str, new: &str) -> Result<PathBuf, String> {
    copy_folder(folder, copy).map_err(|error| error.to_string())?;
    let path = copy.join(file);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
    if !text.contains(old) {
        return Err(format!("{file} does not say {old}"));
    }
    std::fs::write(&path, text.replace(old, new)).map_err(|error| error.to_string())?;
    Ok(copy.to_owned())
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
