//! Every shipped scenario at the sample site, over the whole path and with nobody at the desk: what it raised, in order, and
//! what is still active in the end. `tests/scenarios/NAME.raised`; `UPDATE=1` rewrites.

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tocsin::config;
use tocsin::engine::alarm::{FactKind, Source};
use tocsin::engine::base::{Category, Mono};
use tocsin::engine::site::Site;
use tocsin::live::document::event_document;
use tocsin::sim::{Resting, Scenario, shipped};

use support::whole::{BEGIN, Whole};

/// How long the site is watched after the last step.
const AFTER: Duration = Duration::from_secs(45);
/// Plays on every bus for thirteen minutes; the small site lives through it in `tests/stories/every-fault.story`.
const ELSEWHERE: &str = "every-fault";

fn sample() -> Arc<Site> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (site, doubts) = config::load(&root.join("config/site"), &[root.join("device-profiles")])
        .unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(doubts.is_empty(), "{doubts:#?}");
    Arc::new(site)
}

/// The site through a scenario.
fn live(name: &str, text: &str, site: &Arc<Site>) -> Whole {
    let (resting, doubts) =
        Resting::parse("resting.toml", shipped::RESTING, site).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(doubts.is_empty(), "{doubts:#?}");
    let scenario = Scenario::parse(name, text, site).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let end = scenario.steps.iter().map(|step| step.at).max().unwrap_or_default() + AFTER;
    let mut whole = Whole::new(Arc::clone(site), &resting, scenario, "");
    whole.pass_until(Mono::default().after(end));
    whole
}

/// What came of it, a line each.
fn raised(whole: &Whole) -> String {
    let mut text = String::new();
    for fact in &whole.facts {
        let seconds = (fact.at.0 - BEGIN) / 1_000_000;
        let what = match &fact.kind {
            FactKind::Raised(raise) => format!("{:12} {}", raise.condition.category.as_str(), raise.condition.point),
            kind if kind.as_str() == "linkage-met" => {
                let document = event_document(fact, whole.log.zone());
                format!("{:12} {}", "linkage", document["linkage"].as_str().unwrap_or_default())
            }
            FactKind::Reactivated { occurrence } => {
                let again =
                    whole.engine.state().occurrences.get(occurrence).map(|held| held.raise.condition.point.to_string());
                format!("{:12} {}", "again", again.unwrap_or_default())
            }
            _ => continue,
        };
        text.push_str(&format!("{:02}:{:02}  {what}\n", seconds / 60, seconds % 60));
    }
    let open = whole.engine.state().open().filter(|held| held.source == Source::Active);
    let mut active: Vec<String> = open.map(|held| held.raise.condition.to_string()).collect();
    active.sort();
    text.push_str(&format!("still active: {}\n", if active.is_empty() { "nothing".into() } else { active.join(" ") }));
    text
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios").join(format!("{name}.raised"))
}

#[test]
fn every_shipped_scenario_raises_what_it_should() {
    let site = sample();
    let names: Vec<_> = shipped::SCENARIOS.into_iter().filter(|(name, _)| *name != ELSEWHERE).collect();
    let results: Vec<_> = std::thread::scope(|scope| {
        let play = |part: &[(&'static str, &'static str)]| {
            let (part, site) = (part.to_vec(), Arc::clone(&site));
            scope.spawn(move || part.into_iter().map(|(name, text)| (name, raised(&live(name, text, &site)))).collect())
        };
        let parts: Vec<_> = names.chunks(names.len().div_ceil(2)).map(play).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_else(|_: _| Vec::new())).collect()
    });
    assert_eq!(results.len(), names.len(), "a scenario ended in a panic (above)");
    for (name, raised) in &results {
        support::golden::check(&golden(name), raised);
    }
    assert!(results.len() >= 12, "{} scenarios", results.len());
}

/// A site that raises something while nothing happens teaches people to look away.
#[test]
fn nothing_is_raised_at_rest_and_every_answering_point_is_known() {
    let site = sample();
    let scenario = "name = { zh = \"静\", en = \"Quiet\" }\n[[step]]\nat = \"60s\"\n";
    let whole = live("quiet", scenario, &site);
    assert_eq!(raised(&whole), "still active: nothing\n");
    let unknown =
        site.points.iter().zip(&whole.board).filter(|(point, reading)| !point.is_rate() && reading.good().is_none());
    assert_eq!(unknown.map(|(point, _)| point.id.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn the_demo_raises_its_first_fire_within_a_minute() {
    let (name, text) = shipped::SCENARIOS.into_iter().find(|(name, _)| *name == "smoke").expect("it is shipped");
    let whole = live(name, text, &sample());
    let fire = whole.facts.iter().find_map(|fact| match &fact.kind {
        FactKind::Raised(raise) if raise.condition.category == Category::Fire => Some((fact.at.0 - BEGIN) / 1_000_000),
        _ => None,
    });
    assert!(fire.is_some_and(|at| at < 60), "{fire:?}");
}
