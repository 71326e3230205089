//! What people ask of a journal of a million facts, through the index beside it: a search, the marks of a chart, the
//! figures of a month, a handling record, an incident.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tocsin::edge::journal::{Journal, JournalEvent};
use tocsin::edge::search::Index;
use tocsin::engine::alarm::Fact;
use tocsin::engine::base::Wall;
use tocsin::engine::duty::Forms;
use tocsin::engine::performance::Performance;
use tocsin::engine::report::{Lasting, Name, Report};
use tocsin::live::{Records, Search, Sieve, Stretch, Things, Where, one_by_one};
use tokio_util::sync::CancellationToken;

use crate::figure::Figures;
use crate::sites::{BEGIN, at};

const ALARMS: u64 = 333_000;
const DAY: i64 = 86_400_000_000;
const YEAR: i64 = 365 * DAY;
const ROUNDS: usize = 5;

pub fn measure(figures: &mut Figures) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut opened = Journal::open(folder.path(), at(0)).expect("a new journal");
    let (mut batch, mut last, mut incident) = (Vec::new(), 0, 0);
    for fact in year() {
        last = fact.id.seq;
        if fact.kind.as_str() == "incident-opened" {
            incident = last;
        }
        batch.push(fact);
        if batch.len() == 10_000 {
            opened.journal.submit(std::mem::take(&mut batch));
        }
    }
    opened.journal.submit(batch);
    while *opened.journal.committed().borrow() < last {
        if let Some(JournalEvent::Failed { reason }) = opened.events.blocking_recv() {
            panic!("{reason}");
        }
    }
    let records: Arc<dyn Records> = Arc::new(opened.journal.clone());
    let index = Index::new(folder.path());
    let begun = Instant::now();
    let (_, committed) = tokio::sync::watch::channel(last);
    let follow = index.clone().follow(Arc::clone(&records), committed, CancellationToken::new());
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(follow);
    assert_eq!(index.reach(last, Duration::ZERO), last, "everything is in the index");
    figures.add(&format!("past, {last} facts into the index"), "s", "-", vec![begun.elapsed().as_secs_f64()]);

    let year = (Wall(BEGIN), Wall(BEGIN + YEAR));
    let month = (Wall(BEGIN + YEAR - 30 * DAY), Wall(BEGIN + YEAR));
    let mut figure = |what: &str, target: &str, ask: &mut dyn FnMut() -> u64| {
        let mut counted = 0;
        let round = || {
            let begun = Instant::now();
            counted = ask();
            begun.elapsed().as_secs_f64() * 1e3
        };
        let rounds: Vec<f64> = std::iter::repeat_with(round).take(ROUNDS).collect();
        figures.add(&format!("past, {what}, {counted} facts"), "ms", target, rounds);
    };
    for words in ["感烟", "detector 149", "nothing of the kind"] {
        let sieve = Sieve { text: words.to_owned(), ..Sieve::default() };
        let stretch = Stretch { before: u64::MAX, limit: 200, looked_at: 2_000_000 };
        figure(&format!("search for {words}"), "< 1000", &mut || {
            let found = index.find(&sieve, stretch).expect("is searched").seqs;
            read(&*records, &found, |_| {})
        });
    }
    figure("marks of a point, a year", "< 500", &mut || {
        let at = Where::Points(vec!["panel-1/l1-d7".to_owned()]);
        let wanted = Things { lasting: vec![Lasting::Alarm], at, from: year.0, to: year.1, limit: 1_000 };
        read(&*records, &told(&index, &wanted), |_| {})
    });
    figure("handling record of a year", "< 2000", &mut || {
        let lasting = vec![Lasting::Alarm, Lasting::Isolation, Lasting::Command, Lasting::Run];
        let wanted = Things { lasting, at: Where::Anywhere, from: year.0, to: year.1, limit: 5_000 };
        let mut forms = Forms::default();
        read(&*records, &told(&index, &wanted), |fact| forms.apply(fact))
    });
    for (name, (from, to)) in [("a month", month), ("a year", year)] {
        figure(&format!("performance of {name}"), "-", &mut || {
            let (mut performance, mut facts) = (Performance::of(from, to), 0);
            let excerpt = index.excerpt(Wall(from.0 - DAY), to).expect("an excerpt");
            let note = |fact: &Fact| {
                facts += 1;
                performance.note(fact);
            };
            excerpt.read(&*records, note).expect("is read");
            assert!(performance.figures().alarms > 0);
            facts
        });
    }
    figure("report of an incident", "< 100", &mut || {
        let (mut report, mut facts) = (Report::begin(Name::Incident, year.0, year.1, None), 0);
        let note = |fact: &Fact| {
            facts += 1;
            report.note(fact);
        };
        index.incident(incident).expect("an excerpt").read(&*records, note).expect("is read");
        assert!(report.finish().is_some());
        facts
    });
}

fn told(index: &Index, wanted: &Things) -> Vec<u64> {
    let (things, _) = index.things(wanted).expect("things");
    index.told(&things, usize::MAX, 100_000).expect("their facts").seqs
}

fn read(records: &dyn Records, seqs: &[u64], mut each: impl FnMut(&Fact)) -> u64 {
    let mut facts = 0;
    let counted = |fact: &Fact| {
        facts += 1;
        each(fact);
    };
    one_by_one(records, seqs, counted).expect("is read");
    facts
}

/// Alarms of 1,500 points, each raised, acknowledged and over; an isolation that stands all the time, and one incident.
fn year() -> impl Iterator<Item = Fact> {
    let by = json!({ "user": "wang", "role": "operator", "origin": "10.0.0.7" });
    let place = json!({ "building": "2", "floor": "4", "zone": null, "text": { "zh": "走廊", "en": "corridor" } });
    let isolated = json!({
        "kind": "isolated", "point": "panel-1/l1-d7", "name": { "zh": "感烟", "en": "smoke" }, "reason": "dust",
        "place": place, "by": by, "review": { "from": BEGIN, "lasts_us": YEAR },
    });
    let mut begun = 1_u64;
    let alarms = (0..ALARMS).flat_map(move |number| {
        let (detector, fire) = (number % 150, number == ALARMS / 2);
        let opened = fire.then(|| json!({ "kind": "incident-opened" }));
        let incident = fire.then(|| format!("1-{}", begun + 1));
        let id = format!("1-{}", begun + 1 + u64::from(fire));
        let closed = incident.as_ref().map(|id| json!({ "kind": "incident-closed", "incident": id, "verdict": "real" }));
        let facts: Vec<Value> = opened
            .into_iter()
            .chain([
                json!({
                    "kind": "raised",
                    "condition": {
                        "point": format!("panel-{}/l1-d{detector}", number / 150 % 10),
                        "category": if fire { "fire" } else { "fault" },
                    },
                    "name": { "zh": format!("{detector}号感烟探测器"), "en": format!("Smoke detector {detector}") },
                    "place": place, "priority": 4, "latches": false, "stays": true, "tone": "fault", "incident": incident,
                    "first": fire,
                }),
                json!({ "kind": "acknowledged", "occurrences": [id], "note": format!("note {number}"), "by": by }),
                json!({ "kind": "closed", "occurrence": id, "reason": "over" }),
            ])
            .chain(closed)
            .collect();
        begun += facts.len() as u64;
        facts
    });
    std::iter::once(isolated).chain(alarms).zip(1_u64..).map(|(mut fact, seq)| {
        let at = BEGIN + seq as i64 * (YEAR / (ALARMS as i64 * 3 + 10));
        for (key, value) in [("v", json!(2)), ("epoch", json!(1)), ("seq", json!(seq)), ("at", json!(at))] {
            fact[key] = value;
        }
        Fact::from_bytes(fact.to_string().as_bytes()).expect("a fact")
    })
}
