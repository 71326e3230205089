//! What is taken out of the journal stays proven: kept, sealed, signed; whatever is changed afterwards is found.

use std::path::Path;

use rusqlite::Connection;

use super::retire::Order;
use super::{Checkpoint, Journal, JournalError, Opened, archive, chain, records, schema, verify};
use crate::engine::alarm::{DeskFact, FACT_VERSION, Fact, FactId, FactKind, Retired, State};
use crate::engine::base::{Actor, Now, Role, Wall};

pub(super) fn fact(seq: u64) -> Fact {
    // Every tenth is of a rare class.
    let kind = if seq.is_multiple_of(10) {
        FactKind::Desk(DeskFact::ShiftBegun { isolations: Vec::new(), disabled: Vec::new() })
    } else {
        FactKind::Configured { config: format!("configuration {seq}") }
    };
    Fact { v: FACT_VERSION, id: FactId { epoch: 1, seq }, at: Wall(seq.cast_signed()), by: None, key: None, kind }
}

pub(super) fn order(upto: Option<u64>) -> Order {
    let reason = "three years".into();
    Order { reason, before: Wall(90), upto, kept: 5, now: Wall(0), consumers: Vec::new(), room: 0 }
}

pub(super) fn zhao() -> Actor {
    Actor { user: "zhao".into(), role: Role::Manager, origin: "test".into() }
}

fn retire(dir: &Path, order: &Order) -> Result<(Checkpoint, Retired), JournalError> {
    super::retire::retire(dir, &zhao(), order)
}

/// A journal of a hundred facts.
pub(super) fn written() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    let opened = Journal::open(dir.path(), Now::default()).expect("opens");
    opened.journal.submit((1..=100).map(fact).collect());
    drop(opened);
    dir
}

pub(super) fn state(facts: &[Fact]) -> State {
    let mut state = State::default();
    facts.iter().for_each(|fact| state.apply(fact));
    state
}

pub(super) fn stored(dir: &Path) -> Vec<Fact> {
    let mut facts = Vec::new();
    records(dir, |fact, _| {
        facts.push(fact.clone());
        Ok(())
    })
    .expect("the chain holds");
    facts
}

#[test]
fn the_oldest_leave_and_everything_still_follows() {
    let dir = written();
    let (checkpoint, word) = retire(dir.path(), &order(Some(60))).expect("retires");
    // Of the rare class 60, 70, 80, 90 and 100 are the newest five: one of them is in the range.
    assert_eq!((word.upto, word.removed, word.kept), (60, 60, 1));
    let verified = verify(dir.path()).expect("holds");
    assert_eq!((verified.facts, verified.last.seq), (42, 101));
    assert_eq!(verified.checkpoint.as_ref(), Some(&checkpoint));
    assert_eq!(checkpoint.counts["shift-begun"], 6);
    let seqs: Vec<u64> = stored(dir.path()).iter().map(|fact| fact.id.seq).collect();
    assert_eq!(seqs, std::iter::once(60).chain(61..=101).collect::<Vec<u64>>());

    let Opened { journal, snapshot, tail, epoch, .. } = Journal::open(dir.path(), Now::default()).expect("starts");
    let mut recovered = snapshot.expect("the state at the checkpoint");
    tail.iter().for_each(|fact| recovered.apply(fact));
    let mut whole: Vec<Fact> = (1..=100).map(fact).collect();
    whole.push(tail.last().expect("the word of it").clone());
    assert_eq!(recovered, state(&whole), "a start needs nothing of what was taken out");
    let read = journal.read(0, 3).expect("reads");
    assert_eq!(read.iter().map(|stored| stored.fact.id.seq).collect::<Vec<_>>(), [60, 61, 62]);
    journal.submit((102..=120).map(|seq| Fact { id: FactId { epoch, seq }, ..fact(seq) }).collect());
    journal.snapshot(State { last: FactId { epoch, seq: 120 }, ..recovered });
    drop(journal);

    let (second, word) = retire(dir.path(), &Order { before: Wall(116), ..order(None) }).expect("retires again");
    assert_eq!((second.seq, word.removed), (115, 55));
    let verified = verify(dir.path()).expect("holds");
    assert_eq!(verified.last.seq, 121);
    assert!(stored(dir.path()).windows(2).all(|pair| pair[0].id.seq < pair[1].id.seq));
    for name in ["1-60", "61-115"] {
        assert!(archive::place(dir.path(), &format!("{name}.jsonl.gz")).exists());
        assert!(archive::place(dir.path(), &format!("{name}.checkpoint.json")).exists());
    }
}

#[test]
fn what_is_young_open_or_unread_stays() {
    let dir = written();
    let said = |order: &Order| retire(dir.path(), order).expect_err("is refused").to_string();
    assert!(said(&order(Some(95))).contains("only facts up to 89 may be taken out: the facts after it are younger"));
    assert!(said(&Order { before: Wall(0), ..order(None) }).contains("nothing may be taken out after fact 0"));
    let opened = Journal::open(dir.path(), Now::default()).expect("opens");
    assert!(said(&order(None)).contains("in use by another Tocsin"));
    opened.journal.advance("mqtt", 30).expect("advances");
    drop(opened);
    assert!(said(&order(Some(31))).contains("only facts up to 30 may be taken out: mqtt has not read further"));
    assert_eq!(verify(dir.path()).expect("nothing was changed").facts, 100);
    let file = Connection::open(schema::events_path(dir.path())).expect("opens");
    let refused = file.execute("DELETE FROM fact WHERE seq = 1", []).expect_err("without a checkpoint");
    assert!(refused.to_string().contains("never deleted"));
}

#[test]
fn whatever_is_changed_afterwards_is_found() {
    let check = |what: &str, spoil: &dyn Fn(&Path, &Connection), expected: &str| {
        let dir = written();
        retire(dir.path(), &order(Some(60))).expect("retires");
        let file = Connection::open(schema::events_path(dir.path())).expect("opens");
        file.execute_batch("DROP TRIGGER fact_stays; DROP TRIGGER fact_remains; DROP TRIGGER fact_follows;")
            .expect("drops");
        spoil(dir.path(), &file);
        drop(file);
        let said = verify(dir.path()).expect_err(what).to_string();
        assert!(said.contains(expected), "{what}: {said}");
    };
    let sql =
        |sql: &'static str| move |_: &Path, file: &Connection| assert!(file.execute(sql, []).expect(sql) > 0, "{sql}");
    let flip = |column: &'static str, table: &'static str| {
        move |_: &Path, file: &Connection| {
            let query = format!("SELECT {column} FROM {table} LIMIT 1");
            let mut bytes: Vec<u8> = file.query_row(&query, [], |row| row.get(0)).expect("is there");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            file.execute(&format!("UPDATE {table} SET {column} = ?1"), [bytes]).expect("flips");
        }
    };
    check(
        "a fact",
        &sql(
            "UPDATE fact SET bytes = CAST(replace(bytes, 'configuration 71', 'configuration 17') AS BLOB) WHERE seq = 71",
        ),
        "broken at fact 71: its hash does not follow from the facts before it; good up to fact 70, head ",
    );
    check("a fact is gone", &sql("DELETE FROM fact WHERE seq = 61"), "broken at fact 61: it is missing");
    check(
        "two facts swapped",
        &sql("UPDATE fact SET seq = CASE seq WHEN 71 THEN -72 ELSE -71 END WHERE seq IN (71, 72)"),
        "broken at fact 71",
    );
    check("the word of it is cut off", &sql("DELETE FROM fact WHERE seq = 101"), "no fact says who approved it");
    check("a checkpoint", &flip("body", "checkpoint"), "the checkpoint at fact 60 does not hold");
    check("a signature", &flip("signature", "checkpoint"), "its signature does not fit");
    check("the state", &flip("state", "base"), "the state at it is missing or was changed");
    check("a kept fact", &flip("bytes", "kept"), "its hash does not fit");
    check("a kept fact is gone", &sql("DELETE FROM kept"), "the facts that were kept of before it were changed");
    check(
        "the checkpoint is gone",
        &sql("DELETE FROM checkpoint"),
        "broken at fact 1: it is missing, the next one is 61",
    );
    let archive = |dir: &Path, _: &Connection| {
        let path = archive::place(dir, "1-60.jsonl.gz");
        let mut bytes = std::fs::read(&path).expect("is there");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).expect("writes");
    };
    check("the archive", &archive, "is not the archive that was sealed");
}

#[test]
fn a_forged_checkpoint_needs_the_key() {
    let dir = written();
    let (checkpoint, _) = retire(dir.path(), &order(Some(60))).expect("retires");
    let other = tempfile::tempdir().expect("a directory");
    let forger = super::key::Key::of(other.path()).expect("makes one");
    let mut forged = checkpoint.clone();
    forged.at = Wall(1);
    let body = serde_json::to_vec(&forged).expect("is JSON");
    let file = Connection::open(schema::events_path(dir.path())).expect("opens");
    file.execute("UPDATE checkpoint SET body = ?1, signature = ?2", rusqlite::params![body, forger.sign(&body)])
        .expect("forges");
    assert!(verify(dir.path()).expect_err("another key").to_string().contains("its signature does not fit"));
    // With a key of their own in it, the key that is printed is not the gateway's.
    forged.key = forger.public();
    let body = serde_json::to_vec(&forged).expect("is JSON");
    file.execute("UPDATE checkpoint SET body = ?1, signature = ?2", rusqlite::params![body, forger.sign(&body)])
        .expect("forges");
    let verified = verify(dir.path()).expect("the signature fits its own key");
    assert_ne!(verified.checkpoint.expect("one").key, checkpoint.key);
}

#[test]
fn the_key_is_its_owners_alone() {
    use std::os::unix::fs::MetadataExt;
    let dir = tempfile::tempdir().expect("a directory");
    let key = super::key::Key::of(dir.path()).expect("makes one");
    assert_eq!(std::fs::metadata(dir.path().join("journal.key")).expect("is there").mode() & 0o777, 0o600);
    assert_eq!(super::key::Key::of(dir.path()).expect("reads it").public(), key.public());
    assert_eq!(chain::unhex_all(&key.public()).expect("is hexadecimal").len(), 32);
}
