//! Facts leave while others come: whatever stands on the disk at any instant is a whole journal.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::{TransactionBehavior, params};

use super::key::Key;
use super::retire::{Doing, Order, Prepared, Step};
use super::retire_tests::{fact, order, state, stored, written, zhao};
use super::staging::Cut;
use super::{Bound, Journal, JournalEvent, Opened, archive, chain, schema, staging, verify};
use crate::engine::alarm::{FACT_VERSION, Fact, FactId, FactKind, KeepingFact, State};
use crate::engine::base::{EventId, Now, Wall};

fn open(dir: &Path) -> Opened {
    Journal::open(dir, Now::default()).expect("opens")
}

/// The fact that approves what was prepared.
fn word(prepared: &Prepared, epoch: u32, seq: u64) -> Fact {
    let kind = FactKind::Keeping(KeepingFact::Retired(prepared.word.clone().into()));
    Fact { v: FACT_VERSION, id: FactId { epoch, seq }, at: Wall(seq.cast_signed()), by: Some(zhao()), key: None, kind }
}

fn copied(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(copy.path().join("archive")).expect("makes one");
    for folder in ["", "archive"] {
        let Ok(entries) = std::fs::read_dir(dir.join(folder)) else { continue };
        for entry in entries.flatten().filter(|entry| entry.path().is_file()) {
            std::fs::copy(entry.path(), copy.path().join(folder).join(entry.file_name())).expect("copies");
        }
    }
    copy
}

/// A journal as a kill left it holds, and a start recovers the state that all of its facts lead to.
fn holds(dir: &Path, expected: &State) {
    let copy = copied(dir);
    verify(copy.path()).expect("holds");
    let opened = open(copy.path());
    let mut recovered = opened.snapshot.clone().unwrap_or_default();
    opened.tail.iter().for_each(|fact| recovered.apply(fact));
    assert_eq!(&recovered, expected);
    // What the kill left is out of the way before long, and nothing else is.
    assert!(opened.journal.tidy(&mut || true));
    let facts = verify(copy.path()).expect("still holds").facts;
    drop(opened);
    assert_eq!(verify(copy.path()).expect("still holds").facts, facts);
    let file = schema::open_reader(&schema::events_path(copy.path())).expect("opens");
    let left: i64 = file
        .query_row(
            "SELECT (SELECT count(*) FROM fact WHERE seq <= (SELECT COALESCE(MAX(seq), 0) FROM checkpoint))
                  + (SELECT count(*) FROM kept WHERE seq > (SELECT COALESCE(MAX(seq), 0) FROM checkpoint) OR dropped > 0)
                  + (SELECT count(*) FROM base WHERE seq <> (SELECT COALESCE(MAX(seq), 0) FROM checkpoint))",
            [],
            |row| row.get(0),
        )
        .expect("counts");
    assert_eq!(left, 0);
}

#[test]
fn nothing_has_left_before_somebody_approves_it_and_a_kill_leaves_a_whole_journal() {
    let dir = written();
    let whole = state(&stored(dir.path()));
    // A retirement before this one, so that there is something to drop as well.
    super::retire::retire(dir.path(), &zhao(), &order(Some(60))).expect("retires");
    let before = stored(dir.path());
    let Opened { journal, epoch, .. } = open(dir.path());
    let mut last = 101;
    let mut expected = state(&(1..=100).map(fact).collect::<Vec<_>>());
    expected.apply(before.last().expect("the word"));
    assert_eq!(expected.config, whole.config);
    let mut steps = Vec::new();
    let prepared = journal.prepare(&Order { upto: Some(80), ..order(None) }, &mut |Step { doing, .. }| {
        // Facts come meanwhile, and are read.
        let came = (last + 1..=last + 10).map(|seq| Fact { id: FactId { epoch, seq }, ..fact(seq) });
        let came: Vec<Fact> = came.collect();
        came.iter().for_each(|fact| expected.apply(fact));
        journal.submit(came);
        last += 10;
        while *journal.committed().borrow() < last {
            std::thread::yield_now();
        }
        assert_eq!(journal.read(30, 2).expect("reads")[0].fact.id.seq, 60, "what stays at hand comes first");
        holds(dir.path(), &expected);
        steps.push(doing);
        true
    });
    let prepared = prepared.expect("is ready");
    assert!(steps.contains(&Doing::Looking) && steps.contains(&Doing::Archiving), "{steps:?}");
    holds(dir.path(), &expected);
    assert_eq!(verify(dir.path()).expect("holds").checkpoint.expect("the first").seq, 60);

    // Nobody approves it: not a trace is left.
    journal.forget(Some(&prepared));
    assert!(journal.tidy(&mut || true));
    assert!(!archive::place(dir.path(), &prepared.word.archive).exists());
    holds(dir.path(), &expected);
    let again = journal.prepare(&Order { upto: Some(80), ..order(None) }, &mut |_| true).expect("is ready again");
    assert_eq!(again.word.removed, prepared.word.removed);
    assert!(again.word.kept < prepared.word.kept + 1, "newer ones of the rare class have come: {again:?}");
    let approved = word(&again, epoch, last + 1);
    expected.apply(&approved);
    journal.submit(vec![approved]);
    assert!(journal.tidy(&mut || true));
    assert_eq!(verify(dir.path()).expect("holds").checkpoint, Some(again.checkpoint.clone()));
    holds(dir.path(), &expected);
    let outlook = journal.outlook(Wall(90), None, &[]).expect("looks");
    let cut = outlook.last.expect("the second");
    assert_eq!((cut.checkpoint, outlook.begins), (again.checkpoint, 80));
    assert_eq!(cut.approved, Some((zhao(), "three years".to_owned())));
    assert_eq!((outlook.aged, outlook.upto, outlook.why), (9, Some((89, Wall(89))), Bound::Young));
}

#[test]
fn what_has_left_goes_step_by_step_and_every_step_is_a_whole_journal() {
    let dir = written();
    let Opened { journal, epoch, .. } = open(dir.path());
    let prepared = journal.prepare(&order(None), &mut |_| true).expect("is ready");
    // The process is killed here; then the checkpoint is written, and it is killed again.
    drop(journal);
    let mut expected = state(&stored(dir.path()));
    holds(dir.path(), &expected);
    let path = schema::events_path(dir.path());
    let mut file = schema::reopen_writer(&path).expect("opens");
    let body = serde_json::to_vec(&prepared.checkpoint).expect("is JSON");
    let signature = Key::of(dir.path()).expect("is there").sign(&body);
    let approved = word(&prepared, epoch, 101);
    expected.apply(&approved);
    let head = chain::head(&file).expect("has one");
    let bytes = approved.to_bytes();
    let transaction = file.transaction_with_behavior(TransactionBehavior::Immediate).expect("begins");
    transaction
        .execute(
            "INSERT INTO fact (seq, epoch, bytes, hash) VALUES (101, ?1, ?2, ?3)",
            params![epoch, bytes, chain::link(&head.hash, &bytes)],
        )
        .expect("inserts");
    staging::cut(&transaction, &Cut { word: prepared.word.clone(), body, signature }, 101).expect("cuts");
    transaction.commit().expect("commits");
    let seen: Vec<u64> = stored(dir.path()).iter().map(|fact| fact.id.seq).collect();
    assert_eq!(seen.len() as u64, prepared.word.kept + 12);
    let mut steps = 0;
    loop {
        let now: Vec<u64> = stored(dir.path()).iter().map(|fact| fact.id.seq).collect();
        assert_eq!(now, seen, "readers see the same at every step");
        let read = chain::read(&path, &file, 0, 500).expect("reads");
        assert_eq!(read.iter().map(|stored| stored.fact.id.seq).collect::<Vec<_>>(), seen);
        holds(dir.path(), &expected);
        steps += 1;
        if !staging::take_out(&mut file, 7, false).expect("takes out").anything {
            break;
        }
    }
    assert!(steps > 12, "{steps}");
    let rows: i64 = file.query_row("SELECT count(*) FROM fact", [], |row| row.get(0)).expect("counts");
    assert_eq!(rows, 12);
    let refused = file.execute("DELETE FROM fact WHERE seq = 90", []).expect_err("after the checkpoint");
    assert!(refused.to_string().contains("never deleted"));
}

#[test]
fn a_preparation_that_is_given_up_leaves_nothing() {
    let dir = written();
    let Opened { journal, .. } = open(dir.path());
    let asked = |order: &Order, step: &mut dyn FnMut(Step) -> bool| {
        let said = journal.prepare(order, step).expect_err("is refused").to_string();
        journal.forget(None);
        assert!(journal.tidy(&mut || true));
        let archives = std::fs::read_dir(archive::place(dir.path(), "")).map_or(0, Iterator::count);
        assert_eq!(archives, 0, "{said}");
        said
    };
    let full = asked(&Order { room: u64::MAX, ..order(None) }, &mut |_| true);
    assert!(full.contains("the disk has too little room left"), "{full}");
    for given_up in [Doing::Looking, Doing::Archiving] {
        let said = asked(&order(None), &mut |step| step.doing != given_up);
        assert!(said.contains("the gateway is stopping"), "{given_up:?}: {said}");
    }
    let unread = asked(&Order { consumers: vec!["mqtt"], ..order(None) }, &mut |_| true);
    assert!(unread.contains("after fact 0: mqtt has not read further"), "{unread}");
    let outlook = journal.outlook(Wall(90), Some(EventId { epoch: 1, seq: 31 }), &[]).expect("looks");
    assert_eq!((outlook.upto, outlook.aged), (Some((30, Wall(30))), 89));
    assert_eq!(outlook.why.text().en, "1-31 is open");
    let outlook = journal.outlook(Wall(50), None, &["uplink"]).expect("looks, the clock was set back");
    assert_eq!((outlook.upto, outlook.aged, outlook.why), (None, 49, Bound::Unread("uplink".into())));
    assert_eq!(verify(dir.path()).expect("holds").facts, 100);
}

const CHILD: &str = "TOCSIN_TEST_RETIRING";

/// The child of the next test: facts come without a pause, the oldest leave again and again, until it is killed.
#[test]
#[ignore = "a process for kill_nine_at_any_instant_of_a_retirement_leaves_a_whole_journal"]
fn retires_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let Opened { journal, mut events, epoch, .. } = open(Path::new(&dir));
    let mut last = *journal.committed().borrow();
    loop {
        let come = |last: u64| (last + 1..=last + 50).map(|seq| Fact { id: FactId { epoch, seq }, ..fact(seq) });
        journal.submit(come(last).collect());
        last += 50;
        let order = Order { before: Wall(last.cast_signed() - 100), ..order(None) };
        match journal.prepare(&order, &mut |_| true) {
            Ok(prepared) => {
                last += 1;
                journal.submit(vec![word(&prepared, epoch, last)]);
            }
            Err(_) => journal.forget(None),
        }
        while let Some(JournalEvent::Committed { upto }) = events.blocking_recv() {
            println!("acknowledged {upto}");
            if upto == last {
                break;
            }
        }
    }
}

#[test]
fn kill_nine_at_any_instant_of_a_retirement_leaves_a_whole_journal() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut acknowledged = 0_u64;
    let mut begins = 0;
    for round in 1..=6_u64 {
        let mut child = Command::new(std::env::current_exe().expect("a test binary"))
            .args([
                "--exact",
                "edge::journal::retire_beside_tests::retires_until_it_is_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(CHILD, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let output = BufReader::new(child.stdout.take().expect("is piped"));
        let mut seen = 0;
        for line in output.lines() {
            let Ok(line) = line else { break };
            let Some((_, seq)) = line.split_once("acknowledged ") else { continue };
            acknowledged = seq.parse().expect("a number");
            seen += 1;
            if seen == 7 * round {
                child.kill().expect("is killed with SIGKILL");
            }
        }
        child.wait().expect("ends");
        assert!(seen >= 7 * round, "the child of round {round} ended by itself");
        let verified = verify(dir.path()).expect("the chain holds");
        assert!(verified.last.seq >= acknowledged, "{} of {acknowledged}", verified.last.seq);
        holds(dir.path(), &recovered(dir.path()));
        begins = verified.checkpoint.map_or(begins, |checkpoint| checkpoint.seq);
    }
    assert!(begins > 0, "records left meanwhile");
}

/// The state that the chain leads to, from its last checkpoint on.
fn recovered(dir: &Path) -> State {
    let mut state = super::base(dir).expect("reads");
    let begins = state.last.seq;
    stored(dir).iter().filter(|fact| fact.id.seq > begins).for_each(|fact| state.apply(fact));
    state
}
