//! What was decided then against what is decided now.
//!
//! Takes: the facts of both runs, each in words.
//! Gives: whether they are the same, the first that differs, and what only one of them has.
//! Never: takes a fact for the same because it looks so: by the same configuration its bytes are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde_json::{Value, json};

use crate::engine::base::Text;

/// A field that differs is told with so many characters.
const TOLD: usize = 200;
/// Of each run so many facts are listed that the other does not have.
const LISTED: usize = 20;

/// A fact of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Its sequence number there.
    pub seq: u64,
    /// What is compared.
    pub key: Vec<u8>,
    /// What people read.
    pub line: String,
}

/// Two runs of the same inputs.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// What the journal holds.
    pub then: Vec<Said>,
    /// What is decided now.
    pub now: Vec<Said>,
    /// Hash of the configuration that ran, where it is another.
    pub ran: Option<String>,
    /// Inputs that are missing in the trace.
    pub missed: u64,
    /// Facts of the journal whose inputs are missing.
    pub uncovered: u64,
    /// Facts that were decided and never written, because the process ended.
    pub lost: u64,
    /// What inputs named and the configuration does not have, and acts on what was not decided now.
    pub left_out: (Vec<String>, u64),
}

impl Compared {
    /// How many facts are the same before the first that differs; all of them where none does.
    fn alike(&self) -> usize {
        self.then.iter().zip(&self.now).take_while(|(then, now)| then.key == now.key).count()
    }

    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.then.len() == self.now.len() && self.alike() == self.now.len()
    }

    /// Facts of `these` that are not among `those`, in order.
    fn only<'a>(these: &'a [Said], those: &[Said]) -> Vec<&'a str> {
        let mut counts: BTreeMap<&[u8], usize> = BTreeMap::new();
        those.iter().for_each(|said| *counts.entry(&said.key).or_default() += 1);
        let is_only = |said: &&Said| match counts.get_mut(said.key.as_slice()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        };
        these.iter().filter(is_only).map(|said| said.line.as_str()).collect()
    }

    /// The verdict in one line.
    fn verdict(&self) -> Text {
        let alike = self.alike();
        if self.is_same() {
            return Text::new(
                &format!("与日志一致：{alike} 条记录"),
                &format!("the same {alike} facts as the journal holds"),
            );
        }
        let line = |said: Option<&Said>| {
            said.map_or_else(
                || ("无".to_owned(), "nothing".to_owned()),
                |said| {
                    let line = said.line.split_whitespace().collect::<Vec<_>>().join(" ");
                    (line.clone(), line)
                },
            )
        };
        let (then, now) = (self.then.get(alike), self.now.get(alike));
        let fields = then.zip(now).map_or_else(String::new, fields);
        let (then, now) = (line(then), line(now));
        Text::new(
            &format!("前 {alike} 条一致，其后不同：日志为「{}」，现判为「{}」{fields}", then.0, now.0),
            &format!(
                "differs after {alike} facts that are the same: the journal holds \"{}\", now it is \"{}\"{fields}",
                then.1, now.1
            ),
        )
    }

    /// What else must be known to believe the verdict.
    fn notes(&self) -> Vec<Text> {
        let mut notes = Vec::new();
        let mut note = |count: u64, zh: &str, en: &str| {
            if count > 0 {
                notes.push(Text::new(&format!("{count} {zh}"), &format!("{count} {en}")));
            }
        };
        note(self.missed, "个输入没有记下来", "inputs are missing in the trace");
        note(
            self.uncovered,
            "条记录的输入不全，未作比较",
            "facts of the journal were not compared: their inputs are missing",
        );
        note(self.lost, "条已判定而未及写入日志", "facts were decided and never reached the journal");
        let (unknown, orphans) = &self.left_out;
        note(*orphans, "个操作的对象在此配置下不存在", "acts were left out: what they were about is not there now");
        if !unknown.is_empty() {
            let named = unknown.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
            let (zh, en) = (format!("此配置没有：{named}"), format!("this configuration does not have {named}"));
            notes.push(Text::new(&zh, &en));
        }
        notes
    }

    /// For people.
    pub fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        for note in self.notes() {
            writeln!(out, "{} / {}", note.zh, note.en)?;
        }
        let verdict = self.verdict();
        writeln!(out, "{} / {}", verdict.zh, verdict.en)?;
        for (sign, only) in [('-', Self::only(&self.then, &self.now)), ('+', Self::only(&self.now, &self.then))] {
            for line in only.iter().take(LISTED) {
                writeln!(out, "{sign} {line}")?;
            }
            if only.len() > LISTED {
                writeln!(out, "{sign} … {}", only.len() - LISTED)?;
            }
        }
        Ok(())
    }

    /// For programs: one object; `given` is the hash of the configuration that decided.
    pub fn print_json(&self, given: &str, out: &mut impl Write) -> std::io::Result<()> {
        let listed = |these: &[Said], those: &[Said]| {
            Self::only(these, those).into_iter().take(LISTED).map(str::to_owned).collect::<Vec<String>>()
        };
        let (verdict, notes) = (self.verdict(), self.notes());
        let shown = json!({ "compared": {
            "same": self.is_same(), "alike": self.alike(), "then": self.then.len(), "now": self.now.len(),
            "config": { "ran": self.ran.as_deref().unwrap_or(given), "given": given },
            "verdict": verdict, "notes": notes,
            "only_then": listed(&self.then, &self.now), "only_now": listed(&self.now, &self.then),
        } });
        writeln!(out, "{shown}")
    }
}

/// What differs in two facts of one kind.
fn fields((then, now): (&Said, &Said)) -> String {
    let read = |said: &Said| serde_json::from_slice::<BTreeMap<String, Value>>(&said.key).unwrap_or_default();
    let (then, now) = (read(then), read(now));
    if then.get("kind") != now.get("kind") || then.is_empty() {
        return String::new();
    }
    let names: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let value = |of: &BTreeMap<String, Value>, name: &String| {
        of.get(name).map_or("-".to_owned(), |value| value.to_string().chars().take(TOLD).collect())
    };
    let differ = names.into_iter().filter(|name| then.get(*name) != now.get(*name));
    let told: Vec<String> =
        differ.map(|name| format!("{name}: {} → {}", value(&then, name), value(&now, name))).collect();
    format!(" ({})", told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &[&str]) -> Vec<Said> {
        let said =
            |(word, seq): (&&str, u64)| Said { seq, key: word.as_bytes().to_vec(), line: format!("fact {word}") };
        words.iter().zip(1..).map(said).collect()
    }

    fn compared(then: &[&str], now: &[&str]) -> String {
        let compared = Compared { then: said(then), now: said(now), ..Compared::default() };
        assert_eq!(compared.is_same(), then == now);
        let mut out = Vec::new();
        compared.print(&mut out).expect("memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn the_first_difference_is_said_in_one_line_and_every_difference_is_listed() {
        assert_eq!(
            compared(&["a", "b"], &["a", "b"]),
            "与日志一致：2 条记录 / the same 2 facts as the journal holds\n"
        );
        let said = compared(&["a", "b", "d"], &["a", "c", "b", "d"]);
        assert!(
            said.contains(
                "differs after 1 facts that are the same: the journal holds \"fact b\", now it is \"fact c\""
            )
        );
        assert_eq!(said.lines().skip(1).collect::<Vec<_>>(), ["+ fact c"], "what moved is no difference: {said}");
        let said = compared(&["a", "a"], &["a"]);
        assert!(said.contains("now it is \"nothing\"") && said.ends_with("- fact a\n"), "{said}");
    }
}
