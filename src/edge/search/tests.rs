//! The index over journals in memory.

#![allow(clippy::disallowed_methods, reason = "tests measure and wait with deadlines")]

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::*;
use crate::engine::alarm::Fact;
use crate::engine::base::{Category, Wall};
use crate::engine::report::Sort;

/// A journal that can be written further.
#[derive(Default)]
struct Written(Mutex<Vec<Fact>>);

impl Records for Written {
    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String> {
        let facts = self.0.lock().unwrap();
        let first = facts.partition_point(|fact| fact.id.seq <= after);
        Ok(facts[first..].iter().take(limit).cloned().collect())
    }

    fn head(&self) -> Result<(EventId, String), String> {
        Ok((self.0.lock().unwrap().last().map(|fact| fact.id.into()).unwrap_or_default(), String::new()))
    }
}

impl Written {
    fn add(&self, mut fact: serde_json::Value) -> u64 {
        let mut facts = self.0.lock().unwrap();
        let seq = facts.len() as u64 + 1;
        for (key, value) in [("v", 2), ("epoch", 1), ("seq", seq), ("at", seq * 1_000_000)] {
            fact[key] = value.into();
        }
        facts.push(Fact::from_bytes(fact.to_string().as_bytes()).unwrap());
        seq
    }

    fn raise(&self, point: &str, category: &str, (zh, en): (&str, &str), floor: &str) -> u64 {
        self.add(serde_json::json!({
            "kind": "raised", "condition": { "point": point, "category": category },
            "name": { "zh": zh, "en": en },
            "place": { "building": "2", "floor": floor, "zone": null, "text": { "zh": "走廊", "en": "corridor" } },
            "priority": 1, "latches": true, "stays": true, "tone": "fire",
        }))
    }

    fn acknowledge(&self, ids: &[u64], user: &str, note: &str) -> u64 {
        let ids: Vec<String> = ids.iter().map(|seq| format!("1-{seq}")).collect();
        self.add(serde_json::json!({
            "kind": "acknowledged", "occurrences": ids, "note": note,
            "by": { "user": user, "role": "operator", "origin": "10.0.0.7" },
        }))
    }

    fn close(&self, of: u64) -> u64 {
        self.add(serde_json::json!({ "kind": "closed", "occurrence": format!("1-{of}"), "reason": "over" }))
    }
}

const ALL: Stretch = Stretch { before: u64::MAX, limit: 50, looked_at: u64::MAX };

fn taken(index: &Index, records: &Written) {
    let upto = records.head().unwrap().0.seq;
    index.take_in(None, records, upto, &CancellationToken::new()).unwrap();
    assert_eq!(index.reach(upto, Duration::from_secs(5)), upto);
}

fn found(index: &Index, sieve: Sieve) -> Vec<u64> {
    index.find(&sieve, ALL).unwrap().seqs
}

fn text(text: &str) -> Sieve {
    Sieve { text: text.to_owned(), ..Sieve::default() }
}

#[test]
fn a_fact_is_found_in_either_language_by_any_part_of_its_words() {
    let (dir, records) = (tempfile::tempdir().unwrap(), Written::default());
    let smoke = records.raise("panel-1/l2-d17", "fire", ("2号楼感烟探测器", "Smoke detector, building 2"), "4");
    let pump = records.raise("pump-1/trip", "fault", ("消防泵过载", "Fire pump overload"), "B1");
    let acked = records.acknowledge(&[smoke], "wang", "派人去看");
    let closed = records.close(smoke);
    let index = Index::new(dir.path());
    taken(&index, &records);
    for words in ["感烟", "烟探", "smoke", "SMOKE", "ＳＭＯＫＥ", "moke det"] {
        assert_eq!(found(&index, text(words)), [closed, acked, smoke], "{words}");
    }
    assert_eq!(found(&index, text("火警 确认")), [acked], "category and kind in words");
    assert_eq!(found(&index, text("fire acknowledged")), [acked]);
    assert_eq!(found(&index, text("去看")), [acked]);
    assert_eq!(found(&index, text("PUMP-1/trip")), [pump]);
    assert_eq!(found(&index, text("corridor")), [closed, acked, pump, smoke]);
    assert!(found(&index, text("感温")).is_empty());
}

#[test]
fn every_part_of_a_sieve_holds_and_what_is_passed_over_is_counted() {
    let (dir, records) = (tempfile::tempdir().unwrap(), Written::default());
    let smoke = records.raise("panel-1/l2-d17", "fire", ("感烟", "Smoke"), "4");
    let pump = records.raise("pump-1/trip", "fault", ("过载", "Overload"), "B1");
    let acked = records.acknowledge(&[pump], "li", "x");
    let index = Index::new(dir.path());
    taken(&index, &records);
    let open = Sieve::default();
    let check = |sieve: Sieve, expected: &[u64]| assert_eq!(found(&index, sieve.clone()), expected, "{sieve:?}");
    check(Sieve { sorts: vec![Sort::Alarms, Sort::Acts], ..open.clone() }, &[acked, smoke]);
    check(Sieve { kinds: vec!["raised".into()], ..open.clone() }, &[pump, smoke]);
    check(Sieve { category: Some(Category::Fault), ..open.clone() }, &[acked, pump]);
    check(Sieve { device: Some("pump-1".into()), ..open.clone() }, &[acked, pump]);
    check(Sieve { point: Some("panel-1/l2-d17".into()), ..open.clone() }, &[smoke]);
    check(Sieve { building: Some("2".into()), floor: Some("4".into()), ..open.clone() }, &[smoke]);
    check(Sieve { person: Some("li".into()), ..open.clone() }, &[acked]);
    check(Sieve { person: Some("nobody".into()), ..open.clone() }, &[]);
    check(Sieve { from: Some(Wall(2_000_000)), to: Some(Wall(3_000_000)), ..open.clone() }, &[pump]);

    let some = index.find(&Sieve { device: Some("pump-1".into()), ..open.clone() }, ALL).unwrap();
    assert_eq!((some.hidden, some.hidden_fires, some.back_to, some.upto), (1, 1, None, acked));
    let page = Stretch { limit: 1, ..ALL };
    let first = index.find(&Sieve { device: Some("pump-1".into()), ..open.clone() }, page).unwrap();
    assert_eq!((first.seqs, first.back_to, first.hidden), (vec![acked], Some(acked), 0));
    let bounded = Stretch { looked_at: 2, ..ALL };
    let bounded = index.find(&Sieve { floor: Some("4".into()), ..open }, bounded).unwrap();
    assert_eq!((bounded.seqs, bounded.back_to), (vec![], Some(pump)), "where it stopped is said");
}

#[test]
fn a_story_holds_what_was_done_while_it_lasted() {
    let (dir, records) = (tempfile::tempdir().unwrap(), Written::default());
    let isolate = |point: &str| {
        let text = serde_json::json!({ "zh": "感烟", "en": "Smoke" });
        records.add(serde_json::json!({
            "kind": "isolated", "point": point, "name": text, "reason": "dust",
            "place": { "building": "2", "floor": "4", "zone": null, "text": text },
            "review": { "from": 0, "lasts_us": 3_600_000_000_u64 },
            "by": { "user": "li", "role": "manager", "origin": "10.0.0.7" },
        }))
    };
    isolate("panel-1/l2-d17");
    let first = records.raise("panel-1/l2-d17", "fire", ("感烟", "Smoke"), "4");
    let other = records.raise("panel-1/l2-d18", "fire", ("感烟", "Smoke"), "4");
    let acked = records.acknowledge(&[first, other], "wang", "x");
    let isolated = isolate("panel-1/l2-d17");
    let closed = records.close(first);
    let released = records.add(serde_json::json!({
        "kind": "released", "isolation": format!("1-{isolated}"), "active": [],
        "by": { "user": "li", "role": "manager", "origin": "10.0.0.7" },
    }));
    isolate("panel-1/l2-d17");
    let index = Index::new(dir.path());
    taken(&index, &records);
    let of = EventId { epoch: 1, seq: first };
    assert_eq!(index.story(of, 100).unwrap(), [first, acked, isolated, closed, released]);
    assert_eq!(index.story(of, 2).unwrap().len(), 2, "no longer than it may be");
    assert_eq!(index.about(of).unwrap(), [acked, closed]);
}

#[test]
fn an_index_goes_on_where_it_stood_and_is_made_anew_where_it_does_not_fit() {
    let (dir, records) = (tempfile::tempdir().unwrap(), Written::default());
    records.raise("panel-1/l2-d17", "fire", ("感烟", "Smoke"), "4");
    let index = Index::new(dir.path());
    taken(&index, &records);
    let second = records.raise("panel-1/l2-d18", "fire", ("感烟", "Smoke"), "4");
    taken(&index, &records);
    assert_eq!(found(&index, text("感烟")), [second, 1], "nothing twice, nothing left out");

    let another = Written::default();
    another.raise("pump-1/trip", "fault", ("过载", "Overload"), "B1");
    let index = Index::new(dir.path());
    taken(&index, &another);
    assert!(found(&index, text("感烟")).is_empty());
    assert_eq!(found(&index, text("overload")), [1]);

    drop(index);
    std::fs::write(dir.path().join("search.db"), b"no database at all, and long enough to be looked at as one")
        .unwrap();
    for part in ["search.db-wal", "search.db-shm"] {
        let _ = std::fs::remove_file(dir.path().join(part));
    }
    let index = Index::new(dir.path());
    taken(&index, &another);
    assert_eq!(found(&index, text("overload")), [1]);
}

#[test]
fn records_that_left_the_journal_leave_the_index() {
    let (dir, records) = (tempfile::tempdir().unwrap(), Written::default());
    records.raise("panel-1/l2-d17", "fire", ("感烟", "Smoke"), "4");
    let index = Index::new(dir.path());
    taken(&index, &records);
    records.add(serde_json::json!({
        "kind": "records-retired", "upto": 1, "head": "", "removed": 1, "kept": 0, "archive": "a", "sealed": "", "reason": "old",
    }));
    records.0.lock().unwrap().remove(0);
    taken(&index, &records);
    assert!(found(&index, text("感烟")).is_empty());
    assert_eq!(index.find(&Sieve::default(), ALL).unwrap().seqs, [2]);
}

#[test]
fn an_index_of_a_journal_whose_oldest_left_is_made_anew_once() {
    let (dir, records) = (tempfile::tempdir().unwrap(), Written::default());
    for number in 0..1_300 {
        records.raise("panel-1/l2-d17", "fire", ("感烟", &format!("Smoke {number}")), "4");
    }
    let index = Index::new(dir.path());
    taken(&index, &records);
    let word = records.add(serde_json::json!({
        "kind": "records-retired", "upto": 100, "head": "", "removed": 100, "kept": 10, "archive": "a", "sealed": "", "reason": "old",
    }));
    for number in 1_300..1_900 {
        records.raise("panel-1/l2-d17", "fire", ("感烟", &format!("Smoke {number}")), "4");
    }
    records.0.lock().unwrap().drain(..90);
    // Of the index that was, and of one that begins with nothing.
    for begun in ["goes on", "is new"] {
        if begun == "is new" {
            std::fs::remove_file(dir.path().join("search.db")).unwrap();
        }
        let (index, stop) = (Index::new(dir.path()), CancellationToken::new());
        let upto = records.head().unwrap().0.seq;
        std::thread::scope(|threads| {
            threads.spawn(|| {
                index.reach(upto, Duration::from_secs(60));
                stop.cancel();
            });
            index.take_in(None, &records, upto, &stop).unwrap();
        });
        assert_eq!(index.reach(upto, Duration::ZERO), upto, "{begun}");
        let Found { seqs, .. } = index.find(&Sieve::default(), Stretch { limit: 5_000, ..ALL }).unwrap();
        assert_eq!((seqs.len() as u64, seqs.last(), seqs.contains(&word)), (upto - 90, Some(&91), true), "{begun}");
    }
}

/// `cargo test --lib edge::search -- --ignored --nocapture`; the decision on the index has the figures. The bound is for a
/// build that is not optimized.
#[test]
#[ignore = "a million facts take minutes to make"]
fn a_million_facts_are_searched_while_somebody_waits() {
    let (dir, records) = (tempfile::tempdir().unwrap(), Written::default());
    for number in 0..250_000_u64 {
        let (device, place) = (number % 40, number % 10_000);
        let name = (format!("{}号感烟探测器", place), format!("Smoke detector {place}"));
        let first = records.raise(&format!("panel-{device}/l1-d{place}"), "fire", (&name.0, &name.1), "4");
        records.acknowledge(&[first], "wang", &format!("note {number} 已派人"));
        records.acknowledge(&[first], "li", "x");
        records.close(first);
    }
    let index = Index::new(dir.path());
    let begun = Instant::now();
    taken(&index, &records);
    println!("taken in: {:?}", begun.elapsed());
    for words in ["感烟", "note 17 ", "detector 9999", "nothing of the kind", "已派人 9999"] {
        let begun = Instant::now();
        let count = found(&index, text(words)).len();
        println!("{words}: {count} in {:?}", begun.elapsed());
        assert!(begun.elapsed() < Duration::from_secs(3), "{words}");
    }
}
