//! The journal against kills, full disks, tampering and second instances.

#![allow(clippy::disallowed_methods, reason = "tests measure and wait with deadlines")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::*;
use crate::engine::alarm::{FACT_VERSION, FactId, FactKind};
use crate::engine::base::Wall;

const PATIENCE: Duration = Duration::from_secs(60);

fn fact(epoch: u32, seq: u64) -> Fact {
    let kind = FactKind::Configured { config: format!("configuration {seq}") };
    Fact { v: FACT_VERSION, id: FactId { epoch, seq }, at: Wall(seq.cast_signed()), by: None, key: None, kind }
}

fn facts(epoch: u32, seqs: std::ops::RangeInclusive<u64>) -> Vec<Fact> {
    seqs.map(|seq| fact(epoch, seq)).collect()
}

fn open(dir: &Path) -> Opened {
    Journal::open(dir, Now::default()).expect("opens")
}

fn refusal(dir: &Path) -> String {
    Journal::open(dir, Now::default()).err().expect("must be refused").to_string()
}

fn next(events: &mut mpsc::UnboundedReceiver<JournalEvent>) -> JournalEvent {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match events.try_recv() {
            Ok(event) => return event,
            Err(_) if Instant::now() < deadline => std::thread::yield_now(),
            Err(error) => panic!("no word from the journal: {error}"),
        }
    }
}

fn commit(opened: &mut Opened, upto: u64) {
    loop {
        match next(&mut opened.events) {
            JournalEvent::Committed { upto: reached } if reached >= upto => return,
            JournalEvent::Committed { .. } => {}
            failed @ JournalEvent::Failed { .. } => panic!("{failed:?}"),
        }
    }
}

/// A journal of `count` facts, closed again.
fn written(dir: &Path, count: u64) {
    let mut opened = open(dir);
    opened.journal.submit(facts(opened.epoch, 1..=count));
    commit(&mut opened, count);
}

/// Changes the file behind the journal's back, without its triggers.
fn tamper(dir: &Path, sql: &str) {
    let file = Connection::open(schema::events_path(dir)).expect("opens");
    file.execute_batch("DROP TRIGGER fact_stays; DROP TRIGGER fact_remains; DROP TRIGGER fact_follows;")
        .expect("drops");
    file.execute_batch(sql).expect("tampers");
}

#[test]
fn what_was_committed_comes_back_in_order_with_a_higher_epoch() {
    let dir = tempfile::tempdir().expect("a directory");
    written(dir.path(), 50);
    let mut opened = open(dir.path());
    assert_eq!(opened.epoch, 2);
    assert_eq!(opened.snapshot, None);
    assert_eq!(opened.tail, facts(1, 1..=50));
    assert_eq!(*opened.journal.committed().borrow(), 50);
    opened.journal.submit(facts(2, 51..=60));
    commit(&mut opened, 60);
    let read = opened.journal.read(48, 5).expect("reads");
    assert_eq!(read.iter().map(|stored| stored.fact.id.seq).collect::<Vec<_>>(), [49, 50, 51, 52, 53]);
    assert_eq!(read[1].hash, chain::link(&read[0].hash, &read[1].fact.to_bytes()));
    drop(opened);
    let verified = verify(dir.path()).expect("verifies");
    assert_eq!((verified.facts, verified.last), (60, FactId { epoch: 2, seq: 60 }));
    let mut stored = Vec::new();
    records(dir.path(), |_, bytes| {
        stored.push(Fact::from_bytes(bytes).expect("is one"));
        Ok(())
    })
    .expect("reads");
    assert_eq!(stored[58..], facts(2, 59..=60));
    assert_eq!(last(dir.path()).expect("reads"), 60);
}

#[test]
fn a_snapshot_shortens_the_tail_and_a_bad_one_gives_way_to_the_older() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut opened = open(dir.path());
    let state = |seq| State { last: FactId { epoch: 1, seq }, config: format!("at {seq}"), ..State::default() };
    for upto in [10, 20, 30] {
        opened.journal.submit(facts(1, upto - 9..=upto));
        opened.journal.snapshot(state(upto));
        commit(&mut opened, upto);
    }
    opened.journal.submit(facts(1, 31..=35));
    drop(opened);

    let opened = open(dir.path());
    assert_eq!((opened.snapshot.clone(), &opened.tail), (Some(state(30)), &facts(1, 31..=35)));
    drop(opened);
    let file = Connection::open(schema::events_path(dir.path())).expect("opens");
    let kept: Vec<u64> = {
        let mut rows = file.prepare("SELECT seq FROM snapshot ORDER BY seq").expect("prepares");
        rows.query_map([], |row| row.get(0)).expect("queries").map(|seq| seq.expect("a number")).collect()
    };
    assert_eq!(kept, [20, 30]);

    file.execute("UPDATE snapshot SET state = CAST(replace(state, 'at 30', 'at 31') AS BLOB) WHERE seq = 30", [])
        .expect("spoils");
    let opened = open(dir.path());
    assert_eq!((opened.snapshot.clone(), &opened.tail), (Some(state(20)), &facts(1, 21..=35)));
    drop(opened);
    file.execute("UPDATE snapshot SET version = version + 1 WHERE seq = 20", []).expect("spoils");
    let opened = open(dir.path());
    assert_eq!((opened.snapshot.clone(), opened.tail.len()), (None, 35));
}

#[test]
fn a_full_disk_is_announced_and_nothing_is_lost_or_reordered() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut opened = open(dir.path());
    opened.journal.inner.send(Message::MaxPages(40));
    let mut sent = 0;
    let reason = 'full: loop {
        opened.journal.submit(facts(1, sent + 1..=sent + 100));
        sent += 100;
        loop {
            match next(&mut opened.events) {
                JournalEvent::Failed { reason } => break 'full reason,
                JournalEvent::Committed { upto } if upto == sent => break,
                JournalEvent::Committed { .. } => {}
            }
        }
        assert!(sent < 100_000, "forty pages never filled");
    };
    assert!(reason.contains("full"), "{reason}");
    let before = *opened.journal.committed().borrow();
    // More arrives during the outage, and each further attempt is announced as well.
    opened.journal.submit(facts(1, sent + 1..=sent + 100));
    sent += 100;
    assert!(matches!(next(&mut opened.events), JournalEvent::Failed { .. }));
    assert_eq!(*opened.journal.committed().borrow(), before);
    opened.journal.inner.send(Message::MaxPages(1_000_000));
    loop {
        match next(&mut opened.events) {
            JournalEvent::Committed { upto } if upto == sent => break,
            JournalEvent::Committed { .. } | JournalEvent::Failed { .. } => {}
        }
    }
    drop(opened);
    assert_eq!(open(dir.path()).tail, facts(1, 1..=sent));
}

#[test]
fn a_fact_that_does_not_follow_is_refused_and_the_right_one_still_taken() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut opened = open(dir.path());
    opened.journal.submit(vec![fact(1, 1), fact(1, 3)]);
    assert_eq!(
        next(&mut opened.events),
        JournalEvent::Failed { reason: "fact 3 was refused: the journal goes on with 2".to_owned() }
    );
    commit(&mut opened, 1);
    opened.journal.submit(vec![fact(1, 2)]);
    commit(&mut opened, 2);
}

#[test]
fn facts_cannot_be_changed_deleted_or_replaced() {
    let dir = tempfile::tempdir().expect("a directory");
    written(dir.path(), 3);
    let file = Connection::open(schema::events_path(dir.path())).expect("opens");
    for sql in [
        "UPDATE fact SET epoch = 9 WHERE seq = 2",
        "DELETE FROM fact WHERE seq = 3",
        "INSERT OR REPLACE INTO fact SELECT * FROM fact WHERE seq = 3",
        "INSERT INTO fact SELECT 9, epoch, bytes, hash FROM fact WHERE seq = 3",
    ] {
        let error = file.execute(sql, []).expect_err(sql).to_string();
        assert!(error.contains("facts "), "{sql}: {error}");
    }
    verify(dir.path()).expect("still whole");
}

#[test]
fn a_tampered_chain_is_refused_with_its_first_bad_place() {
    let check = |sql: &str, expected: &str| {
        let dir = tempfile::tempdir().expect("a directory");
        written(dir.path(), 9);
        tamper(dir.path(), sql);
        for said in [refusal(dir.path()), verify(dir.path()).expect_err("must be found").to_string()] {
            assert!(said.contains(expected), "{sql}: {said}");
        }
    };
    check(
        "UPDATE fact SET bytes = CAST(replace(bytes, 'configuration 4', 'configuration X') AS BLOB) WHERE seq = 4",
        "broken at fact 4: its hash",
    );
    check("UPDATE fact SET hash = zeroblob(32) WHERE seq = 9", "broken at fact 9");
    check("UPDATE fact SET hash = x'00' WHERE seq = 2", "broken at fact 2");
    check("DELETE FROM fact WHERE seq = 5", "broken at fact 5: it is missing, the next one is 6");
    check("UPDATE fact SET epoch = 7 WHERE seq = 6", "broken at fact 6: its bytes say 1-6");
}

#[test]
fn a_cut_below_a_snapshot_is_noticed() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut opened = open(dir.path());
    opened.journal.submit(facts(1, 1..=9));
    opened.journal.snapshot(State { last: FactId { epoch: 1, seq: 9 }, ..State::default() });
    commit(&mut opened, 9);
    drop(opened);
    tamper(dir.path(), "DELETE FROM fact WHERE seq > 7");
    assert!(refusal(dir.path()).contains("broken at fact 8"), "{}", refusal(dir.path()));
}

#[test]
fn what_a_newer_release_wrote_is_refused_and_stays_as_it_is() {
    let dir = tempfile::tempdir().expect("a directory");
    written(dir.path(), 2);
    let path = schema::events_path(dir.path());
    let file = Connection::open(&path).expect("opens");
    let head = chain::head(&file).expect("has one");
    let newer = FACT_VERSION + 1;
    let bytes = format!(r#"{{"v":{newer},"epoch":1,"seq":3,"at":0,"kind":"foretold","what":"things to come"}}"#);
    let bytes = bytes.as_bytes();
    file.execute(
        "INSERT INTO fact (seq, epoch, bytes, hash) VALUES (3, 1, ?1, ?2)",
        rusqlite::params![bytes, chain::link(&head.hash, bytes)],
    )
    .expect("inserts");
    let expected = format!("fact 3 has version {newer}, written by a newer release");
    assert!(refusal(dir.path()).contains(&expected), "{}", refusal(dir.path()));
    file.execute("UPDATE meta SET value = '4' WHERE key = 'schema'", []).expect("updates");
    assert!(refusal(dir.path()).contains("layout 4 was written by a newer release, this one knows 3"));
    let left: i64 = file.query_row("SELECT count(*) FROM fact", [], |row| row.get(0)).expect("counts");
    assert_eq!(left, 3);
}

#[test]
fn a_damaged_file_is_never_taken_for_a_new_journal() {
    let check = |content: &[u8], expected: &str| {
        let dir = tempfile::tempdir().expect("a directory");
        let path = schema::events_path(dir.path());
        std::fs::write(&path, content).expect("writes");
        assert!(refusal(dir.path()).contains(expected), "{}", refusal(dir.path()));
        assert_eq!(std::fs::read(&path).expect("still there"), content);
    };
    check(b"", "it is empty or holds other tables");
    check(&[b'x'; 8192], "not an SQLite file");
}

#[test]
fn a_second_instance_is_told_who_holds_the_directory() {
    let dir = tempfile::tempdir().expect("a directory");
    let opened = open(dir.path());
    let said = refusal(dir.path());
    assert!(said.contains(&format!("in use by another Tocsin (process {})", std::process::id())), "{said}");
    drop(opened);
    drop(open(dir.path()));
}

#[test]
fn cursors_survive_never_fall_and_belong_to_one_journal() {
    let dir = tempfile::tempdir().expect("a directory");
    let opened = open(dir.path());
    assert_eq!(opened.journal.cursor("mqtt").expect("reads"), 0);
    opened.journal.advance("mqtt", 7).expect("advances");
    opened.journal.advance("mqtt", 5).expect("is ignored");
    drop(opened);
    let opened = open(dir.path());
    assert_eq!(opened.journal.cursor("mqtt").expect("reads"), 7);
    drop(opened);
    std::fs::remove_file(schema::events_path(dir.path())).expect("removes");
    let opened = open(dir.path());
    assert_eq!(opened.journal.cursor("mqtt").expect("reads"), 0, "another journal has other events");
    drop(opened);
    std::fs::write(dir.path().join("cursors.db"), [b'x'; 8192]).expect("spoils");
    assert_eq!(open(dir.path()).journal.cursor("mqtt").expect("reads"), 0);
}

const CHILD: &str = "TOCSIN_TEST_JOURNAL";

/// The child of the next test: appends and prints what is committed until it is killed.
#[test]
#[ignore = "a process for kill_nine_loses_nothing_that_was_acknowledged"]
fn appends_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let mut opened = open(Path::new(&dir));
    let mut last = opened.tail.last().map_or(0, |fact| fact.id.seq);
    loop {
        let count = 1 + last % 7;
        opened.journal.submit(facts(opened.epoch, last + 1..=last + count));
        last += count;
        if let JournalEvent::Committed { upto } = next(&mut opened.events) {
            println!("acknowledged {upto}");
        }
    }
}

#[test]
fn kill_nine_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut acknowledged = 0_u64;
    for round in 1..=5_u64 {
        let mut child = Command::new(std::env::current_exe().expect("a test binary"))
            .args(["--exact", "edge::journal::tests::appends_until_it_is_killed", "--ignored", "--nocapture"])
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
            if seen == 20 * round {
                child.kill().expect("is killed with SIGKILL");
            }
        }
        child.wait().expect("ends");
        assert!(seen >= 20 * round, "the child of round {round} ended by itself");
        let opened = open(dir.path());
        assert_eq!(u64::from(opened.epoch), 2 * round, "one epoch for the child, one for this look");
        assert!(opened.tail.len() as u64 >= acknowledged, "{} of {acknowledged}", opened.tail.len());
        drop(opened);
        verify(dir.path()).expect("the chain holds");
    }
}
