//! What lasted from when to when, and which facts tell it.
//!
//! Takes: facts as they are taken in; stretches of time, points, devices.
//! Gives: which facts have to be read, as numbers.
//! Never: more things than are asked for; trusts that times rise with the numbers of facts: a clock may have been set.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, Transaction, params, params_from_iter};

use super::numbers::{lasting_number, number};
use crate::engine::alarm::Fact;
use crate::engine::base::{Category, Wall};
use crate::engine::report::{Course, Lasting};
use crate::live::{Excerpt, Things, Told, Where};

/// What a fact names, in the numbers of the table.
pub struct Named {
    pub device: i64,
    pub point: i64,
    pub category: i64,
    pub person: i64,
}

/// Notes the next fact: its time, and what begins or ends with it. `block` facts make a block.
pub fn note(transaction: &Transaction<'_>, fact: &Fact, named: &Named, block: u64) -> rusqlite::Result<()> {
    let (seq, at) = (fact.id.seq, fact.at.0);
    let grown = transaction
        .prepare_cached(
            "UPDATE block SET last = ?1, count = count + 1, earliest = min(earliest, ?2), latest = max(latest, ?2)
             WHERE first = (SELECT max(first) FROM block) AND count < ?3",
        )?
        .execute(params![seq, at, block])?;
    if grown == 0 {
        transaction
            .prepare_cached("INSERT INTO block (first, last, count, earliest, latest) VALUES (?1, ?1, 1, ?2, ?2)")?
            .execute(params![seq, at])?;
    }
    let presence = lasting_number(Lasting::Presence);
    match Course::of(fact) {
        Course::Begins(lasting) => {
            let lasting = lasting_number(lasting);
            transaction
                .prepare_cached(
                    "INSERT INTO thing (seq, at, lasting, device, point, category, person)
                     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?3 <> ?8 OR NOT EXISTS
                         (SELECT 1 FROM thing WHERE lasting = ?8 AND person = ?7 AND over IS NULL)",
                )?
                .execute(params![
                    seq,
                    at,
                    lasting,
                    named.device,
                    named.point,
                    named.category,
                    named.person,
                    presence
                ])?;
        }
        Course::Ends(id) => {
            transaction
                .prepare_cached("UPDATE thing SET over = ?1, over_at = ?2 WHERE seq = ?3 AND over IS NULL")?
                .execute(params![seq, at, id.seq])?;
        }
        Course::Leaves => {
            transaction
                .prepare_cached(
                    "UPDATE thing SET over = ?1, over_at = ?2 WHERE lasting = ?3 AND person = ?4 AND over IS NULL",
                )?
                .execute(params![seq, at, presence, named.person])?;
        }
        Course::Passes => {}
    }
    Ok(())
}

/// Things that were open after ?1, those which facts after it and up to ?2 speak of, and what began because of them; then
/// every fact up to ?1 that tells them.
const BEFORE: &str = "
    WITH RECURSIVE wanted (seq) AS (
        SELECT seq FROM thing WHERE seq <= ?1 AND (over IS NULL OR over > ?1)
        UNION SELECT subject FROM about WHERE subject <= ?1 AND seq > ?1 AND seq <= ?2
        UNION SELECT thing.seq FROM wanted JOIN about ON about.subject = wanted.seq JOIN thing ON thing.seq = about.seq
              WHERE about.seq <= ?1)
    SELECT seq FROM wanted UNION SELECT about.seq FROM wanted JOIN about ON about.subject = wanted.seq WHERE about.seq <= ?1
    ORDER BY 1";

/// Which facts tell a stretch of time.
pub fn excerpt(reader: &Connection, from: Wall, to: Wall) -> rusqlite::Result<Excerpt> {
    let reader = reader.unchecked_transaction()?;
    let known = last(&reader)?;
    let first: Option<u64> =
        reader.query_row("SELECT min(first) FROM block WHERE latest >= ?1", [from.0], |row| row.get(0))?;
    let upto: Option<u64> =
        reader.query_row("SELECT max(last) FROM block WHERE earliest < ?1", [to.0], |row| row.get(0))?;
    let (after, upto) = (first.map_or(known, |first| first.saturating_sub(1)), upto.unwrap_or(0));
    let before = numbers(&reader, BEFORE, params![after, upto])?;
    Ok(Excerpt { before, after, upto, later: Vec::new(), known })
}

/// Which facts tell an incident: everything from its beginning to its end, and what became of its alarms later.
pub fn incident(reader: &Connection, seq: u64) -> rusqlite::Result<Excerpt> {
    let reader = reader.unchecked_transaction()?;
    let known = last(&reader)?;
    let over: Vec<Option<u64>> = reader
        .prepare_cached("SELECT over FROM thing WHERE seq = ?1 AND lasting = ?2")?
        .query_map(params![seq, lasting_number(Lasting::Incident)], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    // What the index does not know may begin behind it.
    let Some(over) = over.first() else {
        return Ok(Excerpt { after: known, upto: known, known, ..Excerpt::default() });
    };
    let (after, upto) = (seq.saturating_sub(1), over.unwrap_or(known));
    let later = "SELECT DISTINCT later.seq FROM about AS row JOIN about AS later ON later.subject = row.seq
                 WHERE row.subject = ?1 AND later.seq > ?2 ORDER BY 1";
    let later = numbers(&reader, later, params![seq, upto])?;
    Ok(Excerpt { before: Vec::new(), after, upto, later, known })
}

/// The newest things of a kind that a stretch of time touches, newest first, and how many older ones there are.
pub fn things(reader: &Connection, wanted: &Things) -> rusqlite::Result<(Vec<u64>, u64)> {
    let reader = reader.unchecked_transaction()?;
    let (mut among, mut given) = (String::new(), Vec::<i64>::new());
    let mut one_of = |column: &str, numbers: Vec<i64>| {
        let marks = vec!["?"; numbers.len()].join(",");
        among.push_str(&format!(" AND {column} IN ({marks})"));
        given.extend(numbers);
    };
    one_of("lasting", wanted.lasting.iter().map(|lasting| lasting_number(*lasting)).collect());
    let named = |names: &[String]| names.iter().map(|name| number(&reader, name)).collect::<rusqlite::Result<Vec<_>>>();
    match &wanted.at {
        Where::Anywhere => {}
        Where::Points(points) => one_of("point", named(points)?),
        Where::LinksOf(devices) => {
            one_of("device", named(devices)?);
            one_of("category", vec![number(&reader, Category::LinkFault.as_str())?]);
        }
    }
    given.extend([wanted.to.0, wanted.from.0]);
    let test = format!("FROM thing WHERE 1{among} AND at < ? AND (over_at IS NULL OR over_at >= ?)");
    let all: u64 = reader.query_row(&format!("SELECT count(*) {test}"), params_from_iter(&given), |row| row.get(0))?;
    given.push(i64::try_from(wanted.limit).unwrap_or(i64::MAX));
    let newest = numbers(&reader, &format!("SELECT seq {test} ORDER BY seq DESC LIMIT ?"), params_from_iter(&given))?;
    let left_out = all.saturating_sub(newest.len() as u64);
    Ok((newest, left_out))
}

/// The facts that tell these things, of each those that begin it, its first `each` steps and its end; whole things only,
/// from the first one on, until there are `most` facts.
pub fn told(reader: &Connection, of: &[u64], each: usize, most: usize) -> rusqlite::Result<Told> {
    let reader = reader.unchecked_transaction()?;
    let mut told = Told::default();
    let mut facts = BTreeSet::new();
    let mut over = reader.prepare_cached("SELECT over FROM thing WHERE seq = ?1 AND over IS NOT NULL")?;
    let mut steps = reader.prepare_cached("SELECT seq FROM about WHERE subject = ?1 ORDER BY seq LIMIT ?2")?;
    for (number, seq) in of.iter().enumerate() {
        let bound = i64::try_from(each.min(most)).unwrap_or(i64::MAX);
        let mut its: Vec<u64> = steps.query_map(params![seq, bound], first_of)?.collect::<rusqlite::Result<_>>()?;
        its.extend(over.query_map([seq], first_of)?.collect::<rusqlite::Result<Vec<_>>>()?);
        its.push(*seq);
        if facts.len() + its.len() > most {
            told.left_out = (of.len() - number) as u64;
            break;
        }
        facts.extend(its);
    }
    told.seqs = facts.into_iter().collect();
    Ok(told)
}

fn last(reader: &Connection) -> rusqlite::Result<u64> {
    reader.query_row("SELECT COALESCE(MAX(seq), 0) FROM line", [], first_of)
}

fn numbers(reader: &Connection, query: &str, given: impl rusqlite::Params) -> rusqlite::Result<Vec<u64>> {
    reader.prepare_cached(query)?.query_map(given, first_of)?.collect()
}

fn first_of(row: &Row<'_>) -> rusqlite::Result<u64> {
    row.get(0)
}
