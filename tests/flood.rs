//! Two thousand alarms in ten seconds over the whole path: they stay in order, the first stays the first, nothing is lost on
//! the way to the journal and the broker, and no fire stands behind a fault (design §4, flood discipline).

mod support;

#[path = "support/flood_site.rs"]
mod flood_site;
#[path = "requirements/web.rs"]
mod web;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tocsin::config;
use tocsin::engine::alarm::{Fact, FactKind, State};
use tocsin::engine::base::{Category, EventId, Mono};
use tocsin::engine::site::Site;
use tocsin::sim::{Resting, Scenario, shipped};

use flood_site::{DETECTORS, LOOPS, PANELS, place};
use support::whole::{BEGIN, Whole};

const ALARMS: usize = PANELS * LOOPS * DETECTORS;
/// From the first to the last, in milliseconds.
const FLOOD: usize = 10_000;
const BEGINS: usize = 5_000;
/// Panels are read each second, and a panel of a thousand registers is not read in one request.
const SEEN_WITHIN: i64 = 2_500_000;

/// Detector number `n`, as everything names it.
fn element(n: usize) -> String {
    let (panel, rest) = (n / (LOOPS * DETECTORS), n % (LOOPS * DETECTORS));
    format!("panel-{}/l{}-d{}", panel + 1, rest / DETECTORS + 1, rest % DETECTORS + 1)
}

/// The detector that acts as number `turn`: all of them once, jumping between panels and loops.
fn acting(turn: usize) -> usize {
    turn * 1_009 % ALARMS
}

/// Two of five are faults, and the last one is a fire.
fn is_fault(turn: usize) -> bool {
    turn % 5 == 1 || turn % 5 == 3
}

fn acts_at(turn: usize) -> usize {
    BEGINS + turn * FLOOD / ALARMS
}

fn site(folder: &Path) -> Arc<Site> {
    flood_site::write(folder);
    let profiles = Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles");
    let (site, _) = config::load(folder, &[profiles]).unwrap_or_else(|problems| panic!("{problems:#?}"));
    Arc::new(site)
}

fn scenario(site: &Site) -> Scenario {
    let mut text = String::from("name = { zh = \"洪流\", en = \"Flood\" }\n");
    for turn in 0..ALARMS {
        let at = element(acting(turn));
        let set = match is_fault(turn) {
            true => format!("\"{at}.trouble\" = true"),
            false => format!("\"{at}.event\" = \"fire\", \"{at}.active\" = true, \"{at}.inactive\" = false"),
        };
        text.push_str(&format!("[[step]]\nat = \"{}ms\"\nset = {{ {set} }}\n", acts_at(turn)));
    }
    Scenario::parse("flood.toml", &text, site).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// When each was raised, in microseconds since the begin, by the number of its detector, with its fact.
fn raised(facts: &[Fact]) -> BTreeMap<usize, (i64, &Fact)> {
    let numbers: BTreeMap<String, usize> = (0..ALARMS).map(|n| (element(n), n)).collect();
    let raise = |fact: &Fact| match &fact.kind {
        FactKind::Raised(raise) => Some(raise.condition.point.to_string()),
        _ => None,
    };
    let found = facts.iter().filter_map(|fact| Some((raise(fact)?, fact)));
    let all: Vec<_> = found.map(|(point, fact)| (numbers[&point], (fact.at.0 - BEGIN, fact))).collect();
    assert_eq!(all.len(), ALARMS, "each is raised, and once");
    all.into_iter().collect()
}

#[test]
fn two_thousand_alarms_in_ten_seconds() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = site(folder.path());
    let (resting, _) =
        Resting::parse("resting.toml", shipped::RESTING, &site).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let scenario = scenario(&site);
    let mut whole = Whole::new(Arc::clone(&site), &resting, scenario, "");
    whole.quiet = true;
    let millis = |at: usize| Mono::default().after(std::time::Duration::from_millis(at as u64));
    whole.pass_until(millis(BEGINS + FLOOD / 2));
    let early = first(&whole);
    whole.pass_until(millis(BEGINS + FLOOD + 5_000));

    in_order(&whole);
    the_first_stays_the_first(&whole, &early);
    let mut again = State::default();
    whole.facts.iter().for_each(|fact| again.apply(fact));
    assert_eq!(&again, whole.engine.state(), "the state is the facts applied");
    nothing_is_lost(&whole);
    no_fire_stands_behind_a_fault(&whole);
}

/// What came later by more than a sweep is told later; and nothing takes longer than a sweep.
fn in_order(whole: &Whole) {
    let raised = raised(&whole.facts);
    let turns: Vec<(i64, i64, u64)> = (0..ALARMS)
        .map(|turn| {
            let (at, fact) = raised[&acting(turn)];
            (acts_at(turn) as i64 * 1_000, at, fact.id.seq)
        })
        .collect();
    for (acted, at, _) in &turns {
        assert!((0..=SEEN_WITHIN).contains(&(at - acted)), "acted at {acted} µs, raised at {at} µs");
    }
    let mut latest = 0;
    let mut sure = turns.iter().peekable();
    for (acted, _, seq) in &turns {
        while let Some((_, _, before)) = sure.next_if(|(then, _, _)| then + SEEN_WITHIN < *acted) {
            latest = latest.max(*before);
        }
        assert!(*seq > latest, "fact {seq} overtook fact {latest}");
    }
}

/// The first alarm of the one incident there is, and what tied with it.
fn first(whole: &Whole) -> Vec<EventId> {
    let incidents: Vec<_> = whole.engine.state().incidents.values().collect();
    let [incident] = incidents[..] else { panic!("{} incidents", incidents.len()) };
    incident.first.clone()
}

fn the_first_stays_the_first(whole: &Whole, early: &[EventId]) {
    assert_eq!(first(whole), early, "the first alarm is never displaced");
    let is_fire =
        |fact: &&Fact| matches!(&fact.kind, FactKind::Raised(raise) if raise.condition.category == Category::Fire);
    let earliest = whole.facts.iter().find(is_fire).expect("there are fires");
    assert_eq!(early[0], EventId::from(earliest.id));
}

/// The journal has no gap, and the broker gets every fact in its order and every alarm.
fn nothing_is_lost(whole: &Whole) {
    let seqs: Vec<u64> = whole.facts.iter().map(|fact| fact.id.seq).collect();
    assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "the journal has a gap");
    let events = whole.published.iter().filter(|(topic, _)| topic == "event");
    let told = events.map(|(_, text)| serde_json::from_str::<serde_json::Value>(text).expect("JSON")["seq"].as_u64());
    assert_eq!(told.collect::<Vec<_>>(), seqs.into_iter().map(Some).collect::<Vec<_>>());
    let mut rows: Vec<&str> = whole.published.iter().filter_map(|(topic, _)| topic.strip_prefix("alarm/")).collect();
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(rows.len(), ALARMS);
}

/// The page shows the fires before anything else, and all of them to whoever asks for every row.
fn no_fire_stands_behind_a_fault(whole: &Whole) {
    let of = |faults: bool| (0..ALARMS).filter(move |turn| is_fault(*turn) == faults);
    let list = |path: &str| {
        let page = web::get(whole, path).expect("the page");
        page.find("<table").map(|at| page[at..].to_owned()).expect("the list of alarms")
    };
    let first = list("/phone");
    let rows = |faults: bool| of(faults).filter(|turn| first.contains(&place(acting(*turn)))).count();
    assert!(rows(false) >= 50, "{} rows", rows(false));
    assert_eq!(rows(true), 0, "a fault takes the place of a fire");
    let all = list("/phone?all=1");
    let fires: Vec<usize> = of(false).filter_map(|turn| all.find(&place(acting(turn)))).collect();
    assert_eq!(fires.len(), of(false).count(), "every fire is on the page");
    assert!(fires.iter().max() < of(true).filter_map(|turn| all.find(&place(acting(turn)))).min().as_ref());
}
