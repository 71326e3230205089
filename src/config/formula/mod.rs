//! Panel formulas (联动公式) -> linkages: what a panel does by itself becomes what Tocsin verifies.
//!
//! Takes: a list of formulas, the panel they belong to, and the site.
//! Gives: the text of a linkage file ([`import`]), or everything that cannot be taken, each with line, column and reason;
//! and what a formula says in words ([`explain`]).
//! Never: half a list; a formula that mixes + and X without a declared precedence; a code the panel does not have.

mod floors;
mod syntax;
mod words;
mod written;

use std::collections::BTreeMap;

use super::document::Source;
use super::expression::Finding;
use super::problem::{Problem, Problems, Spot, did_you_mean};
use super::site;
use crate::engine::class::Classes;
use crate::engine::site::{Equipment, Mode, Site};
pub use floors::Floors;
use syntax::{Formula, Join, Term};
pub use words::Said;

/// Which of + and X binds closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precedence {
    /// X, as in arithmetic.
    And,
    /// +
    Or,
    /// Neither: from left to right.
    Left,
}

/// How a list is imported.
#[derive(Clone, Debug)]
pub struct Options {
    /// Id of the panel.
    pub panel: String,
    /// Who acts.
    pub mode: Mode,
    /// Declared, or nothing.
    pub precedence: Option<Precedence>,
    /// What the floor digits mean.
    pub floors: Floors,
}

/// A condition by its joins.
enum Tree {
    Term(usize),
    Joined(Join, Vec<Tree>),
}

impl Tree {
    /// Builds something from it, from the terms up; the last argument says whether it stands inside another.
    fn fold<T>(&self, term: &impl Fn(usize) -> T, joined: &impl Fn(Join, Vec<T>, bool) -> T) -> T {
        self.folded(term, joined, false)
    }

    fn folded<T>(&self, term: &impl Fn(usize) -> T, joined: &impl Fn(Join, Vec<T>, bool) -> T, inside: bool) -> T {
        match self {
            Tree::Term(at) => term(*at),
            Tree::Joined(join, parts) => {
                joined(*join, parts.iter().map(|part| part.folded(term, joined, true)).collect(), inside)
            }
        }
    }
}

/// The condition as its joins bind.
fn tree(formula: &Formula, precedence: Precedence) -> Tree {
    let joins: Vec<Join> = formula.joins.iter().map(|(join, _)| *join).collect();
    let closer = match precedence {
        Precedence::And => Join::And,
        Precedence::Or => Join::Or,
        Precedence::Left => return from_left(&joins),
    };
    let mut groups = vec![vec![Tree::Term(0)]];
    for (at, join) in joins.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if *join == closer => group.push(Tree::Term(at + 1)),
            _ => groups.push(vec![Tree::Term(at + 1)]),
        }
    }
    let wider = if closer == Join::And { Join::Or } else { Join::And };
    one_or(wider, groups.into_iter().map(|group| one_or(closer, group)).collect())
}

fn from_left(joins: &[Join]) -> Tree {
    let mut tree = Tree::Term(0);
    for (at, join) in joins.iter().enumerate() {
        let next = Tree::Term(at + 1);
        tree = match tree {
            Tree::Joined(held, mut parts) if held == *join => {
                parts.push(next);
                Tree::Joined(held, parts)
            }
            before => Tree::Joined(*join, vec![before, next]),
        };
    }
    tree
}

fn one_or(join: Join, mut parts: Vec<Tree>) -> Tree {
    if parts.len() == 1 { parts.remove(0) } else { Tree::Joined(join, parts) }
}

/// One formula in words.
pub fn explain(
    line: &str,
    precedence: Option<Precedence>,
    floors: &Floors,
    classes: &Classes,
) -> Result<Said, Finding> {
    let formula = syntax::parse(line)?;
    match (formula.mixed(), precedence) {
        (Some(offset), None) => Err(mixed(offset)),
        _ => Ok(words::said(&formula, precedence, floors, classes)),
    }
}

fn mixed(offset: usize) -> Finding {
    let hint = "say which binds closer: --precedence and, or, or left";
    Finding::new(offset, "this mixes + and X", hint)
}

/// A list of formulas, one a line, as a linkage file. `name` is how problems call the list.
pub fn import(name: &str, text: &str, site: &Site, options: &Options) -> Result<String, Vec<Problem>> {
    let source = Source::new(name, text.to_owned());
    let problems = Problems::default();
    let Some(panel) = site.devices.iter().position(|device| device.id.as_str() == options.panel) else {
        let hint = did_you_mean(&options.panel, site.devices.iter().map(|device| device.id.as_str()));
        problems.error(Spot::file(name), format!("unknown panel \"{}\"", options.panel), hint);
        return Err(problems.sorted());
    };
    let held: Vec<&Equipment> = site.equipment.iter().filter(|held| held.device as usize == panel).collect();
    let list = List { source: &source, problems: &problems, held, options };
    let mut file = written::head(name, options);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let (mut begin, mut taken) = (0, 0);
    for (number, line) in (1..).zip(source.text().split('\n')) {
        let (offset, own) = (begin, line.trim());
        begin += line.len() + 1;
        let own = own.strip_prefix('\u{feff}').unwrap_or(own);
        if own.is_empty() || own.starts_with(['#', ';', '/']) {
            continue;
        }
        let Some(formula) = list.formula(line, offset) else { continue };
        let linkage = written::linkage(&formula, number, own, options, &list.held, site);
        let (_, meaning) = linkage.split_once("when = ").unwrap_or_default();
        if let Some(first) = seen.insert(meaning.to_owned(), number) {
            list.told(offset, &Finding::new(0, "this formula is in the list twice", format!("first in line {first}")));
            continue;
        }
        if list.is_accepted(&linkage, offset, site) {
            file.push_str(&linkage);
            taken += 1;
        }
    }
    if taken == 0 && !problems.has_errors() {
        problems.error(Spot::file(name), "there is no formula in this list", "one a line: 01001103=01001213 00");
    }
    if problems.has_errors() { Err(problems.sorted()) } else { Ok(file) }
}

struct List<'a> {
    source: &'a Source,
    problems: &'a Problems,
    /// The elements of the panel.
    held: Vec<&'a Equipment>,
    options: &'a Options,
}

impl List<'_> {
    fn told(&self, line: usize, finding: &Finding) {
        self.problems.error(self.source.spot(line + finding.offset), &finding.message, &finding.hint);
    }

    /// A formula of whose terms every one means something on this panel.
    fn formula(&self, line: &str, offset: usize) -> Option<Formula> {
        let formula = match syntax::parse(line) {
            Ok(formula) => formula,
            Err(finding) => {
                self.told(offset, &finding);
                return None;
            }
        };
        let before = self.problems.errors();
        if let (Some(at), None) = (formula.mixed(), self.options.precedence) {
            self.told(offset, &mixed(at));
        }
        for term in formula.terms.iter().chain(formula.effects.iter().map(|effect| &effect.term)) {
            if let Err(finding) = self.known(term) {
                self.told(offset, &finding);
            }
        }
        let shared = |term: &Term| -> Vec<usize> {
            let digits = format!("{}{}", term.code, term.kind);
            digits.char_indices().filter(|(_, digit)| *digit == '&').map(|(at, _)| at).collect()
        };
        let given: Vec<usize> = formula.terms.iter().flat_map(&shared).collect();
        for effect in &formula.effects {
            if let Some(at) = shared(&effect.term).into_iter().find(|at| !given.contains(at)) {
                let message = format!("digit {} is & here, and in no condition", at + 1);
                self.told(
                    offset,
                    &Finding::new(effect.term.offset + at, message, "& stands at the same place on both sides"),
                );
            }
        }
        (self.problems.errors() == before).then_some(formula)
    }

    /// Whether the panel has such an element, and it stands where its code says.
    fn known(&self, term: &Term) -> Result<(), Finding> {
        let fits = |held: &&&Equipment| {
            held.code.as_deref().is_some_and(|code| term.code.fits(code))
                && held.kind.as_deref().is_some_and(|kind| term.kind.fits(kind))
        };
        let found: Vec<&&Equipment> = self.held.iter().filter(fits).collect();
        if found.is_empty() {
            let all: Vec<String> = self
                .held
                .iter()
                .filter_map(|held| Some(format!("{}{}", held.code.as_deref()?, held.kind.as_deref()?)))
                .collect();
            let wanted = format!("{}{}", term.code, term.kind);
            let message =
                format!("\"{}\" has nothing of code {} and type {}", self.options.panel, term.code, term.kind);
            return Err(Finding::new(term.offset, message, did_you_mean(&wanted, all.iter().map(String::as_str))));
        }
        if self.options.floors.given {
            for held in found {
                self.stands_where_it_says(held, term)?;
            }
        }
        Ok(())
    }

    fn stands_where_it_says(&self, held: &Equipment, term: &Term) -> Result<(), Finding> {
        let Some(code) = held.code.as_deref() else { return Ok(()) };
        let floors = &self.options.floors;
        let (floor, building) = (floors.of(&code[..2]), &code[2..3]);
        let Some(floor) = floor else {
            let hint = did_you_mean(&code[..2], floors.digits());
            let message = format!("the table has no floor for the digits {} of {code}", &code[..2]);
            return Err(Finding::new(term.offset, message, hint));
        };
        let wrong = |what: &str, says: &str, listed: &str| {
            let message = format!("code {code} says {what} {says}, and the point list {listed}");
            Err(Finding::new(term.offset, message, "put the list right, or the table of floors"))
        };
        match (&held.place.floor, &held.place.building) {
            (Some(listed), _) if listed != floor => wrong("floor", floor, listed),
            (_, Some(listed)) if listed != building => wrong("building", building, listed),
            _ => Ok(()),
        }
    }

    /// Whether the configuration would take it; what it refuses is told at the formula's own line.
    fn is_accepted(&self, linkage: &str, offset: usize, site: &Site) -> bool {
        let before = self.problems.errors();
        for problem in site::refusals(linkage, site) {
            self.problems.error(self.source.spot(offset), problem.message, problem.hint);
        }
        self.problems.errors() == before
    }
}

/// The classes that explain device types when there is no site.
pub fn shipped_classes() -> std::sync::Arc<Classes> {
    super::class::shipped()
}

#[cfg(test)]
mod tests;
