//! Conditions of linkages: `verdict(real, building='2') || count(fire, zone='2-04') >= 2`.
//!
//! Takes: the text of a condition and the [`Catalogue`] of its site.
//! Gives: [`Condition`], typed, with every selector still whole; or every finding with its offset.
//! Never: a word that is looked up later, a loop, another linkage.

use super::catalogue::Catalogue;
use super::clock;
use super::selector::{Selector, Variables};
use super::syntax::{self, Call, Test, Tree, Word};
use crate::config::expression::Finding;
use crate::config::problem::did_you_mean;
use crate::engine::base::{Category, Verdict};
use crate::engine::site::{Among, Window};

/// What a detector or module says when it alarms or acts (动作): the condition of a panel's formula.
pub const ACTED: [Category; 6] = [
    Category::Fire,
    Category::Discharge,
    Category::Gas,
    Category::Emergency,
    Category::Supervisory,
    Category::Feedback,
];

/// A condition whose words exist.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// So many different alarms.
    Alarms(Alarms, u32),
    /// An alarm that a person judged so.
    Judged(Alarms, Verdict),
    /// A status of equipment.
    Shown(Shown),
    /// A time of day.
    Clock(Window),
}

/// Alarms of these categories at what the selector addresses.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarms {
    /// Categories.
    pub categories: Vec<Category>,
    /// Whether they were given as `acted`.
    pub acted: bool,
    /// Where.
    pub selector: Selector,
    /// Where it stands in the text.
    pub offset: usize,
}

/// A status of what the selector addresses.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The word.
    pub word: String,
    /// Whether it must be true or false.
    pub is: bool,
    /// How many of them.
    pub among: Among,
    /// Of what.
    pub selector: Selector,
    /// Where it stands in the text.
    pub offset: usize,
}

const VERDICTS: [(&str, Verdict); 3] = [("real", Verdict::Real), ("false", Verdict::False), ("drill", Verdict::Drill)];

/// Reads a condition.
pub fn parse(text: &str, catalogue: &Catalogue<'_>) -> Result<Condition, Vec<Finding>> {
    let tree = syntax::parse(text).map_err(|finding| vec![finding])?;
    let mut reader = Reader { catalogue, findings: Vec::new() };
    match reader.read(&tree) {
        Some(condition) if reader.findings.is_empty() => Ok(condition),
        _ => Err(reader.findings),
    }
}

impl Condition {
    /// Calls `visit` for every condition in it that has no parts, and whether it stands under a negation.
    pub fn leaves<'a>(&'a self, visit: &mut impl FnMut(&'a Condition, bool)) {
        self.walk(false, visit);
    }

    fn walk<'a>(&'a self, negated: bool, visit: &mut impl FnMut(&'a Condition, bool)) {
        match self {
            Condition::Not(inner) => inner.walk(!negated, visit),
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| part.walk(negated, visit)),
            leaf => visit(leaf, negated),
        }
    }

    /// What a leaf addresses, and where it stands.
    pub fn selector(&self) -> Option<(&Selector, usize)> {
        match self {
            Condition::Alarms(alarms, _) | Condition::Judged(alarms, _) => Some((&alarms.selector, alarms.offset)),
            Condition::Shown(shown) => Some((&shown.selector, shown.offset)),
            _ => None,
        }
    }

    /// Which variables occur in it.
    pub fn variables(&self) -> Variables {
        let mut all = Variables::default();
        self.leaves(&mut |leaf, _| {
            all = leaf.selector().map_or(all, |(selector, _)| all.with(selector.variables()));
        });
        all
    }
}

struct Reader<'a> {
    catalogue: &'a Catalogue<'a>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn read(&mut self, tree: &Tree<Test<'_>>) -> Option<Condition> {
        match tree {
            Tree::Not(inner) => Some(Condition::Not(Box::new(self.read(inner)?))),
            Tree::All(parts) => self.read_each(parts).map(Condition::All),
            Tree::Any(parts) => self.read_each(parts).map(Condition::Any),
            Tree::Test(Test::Call(call)) => self.call(call, None),
            Tree::Test(Test::Counted(call, many, offset)) => self.call(call, Some((*many, *offset))),
        }
    }

    /// Reads every part, so that each gets its findings, before one of them can fail the whole.
    fn read_each(&mut self, parts: &[Tree<Test<'_>>]) -> Option<Vec<Condition>> {
        let read: Vec<Option<Condition>> = parts.iter().map(|part| self.read(part)).collect();
        read.into_iter().collect()
    }

    fn told(&mut self, offset: usize, message: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding::new(offset, message, hint));
    }

    fn call(&mut self, call: &Call<'_>, counted: Option<(u32, usize)>) -> Option<Condition> {
        let name = call.name;
        if let (Some((_, offset)), false) = (counted, name.text == "count") {
            self.told(offset, format!("\"{}\" is not counted", name.text), "write: count(fire, zone='2-04') >= 2");
            return None;
        }
        match name.text {
            "count" => {
                let alarms = self.alarms(call, &call.given);
                if counted.is_none() {
                    self.told(name.offset, "how many?", "write: count(fire, zone='2-04') >= 2");
                }
                Some(Condition::Alarms(alarms?, counted?.0))
            }
            "alarm" => Some(Condition::Alarms(self.alarms(call, &call.given)?, 1)),
            "verdict" => self.verdict(call),
            "status" => self.shown(call, Among::Any),
            "all-status" => self.shown(call, Among::All),
            "time" => match clock::parse(call) {
                Ok(window) => Some(Condition::Clock(window)),
                Err(finding) => {
                    self.findings.push(finding);
                    None
                }
            },
            word if Category::ALL.iter().any(|category| category.as_str() == word) => {
                let mut given = vec![(name, false)];
                given.extend(&call.given);
                Some(Condition::Alarms(self.alarms(call, &given)?, 1))
            }
            word => {
                let own = ["alarm", "count", "verdict", "status", "all-status", "time"].into_iter();
                let hint = did_you_mean(word, own.chain(Category::ALL.iter().map(|category| category.as_str())));
                self.told(name.offset, format!("unknown condition \"{word}\""), hint);
                None
            }
        }
    }

    fn alarms(&mut self, call: &Call<'_>, given: &[(Word<'_>, bool)]) -> Option<Alarms> {
        let (mut categories, mut acted) = (Vec::new(), false);
        for (word, negated) in given {
            if word.text == "acted" {
                acted = true;
                categories.extend(ACTED);
                continue;
            }
            match Category::ALL.into_iter().find(|category| category.as_str() == word.text) {
                Some(category) if !negated => categories.push(category),
                Some(_) => self.told(word.offset, "a category is not negated", "list the ones that are meant"),
                None => {
                    let known = Category::ALL.iter().map(|category| category.as_str()).chain(["acted"]);
                    let hint = did_you_mean(word.text, known);
                    self.told(word.offset, format!("unknown category \"{}\"", word.text), hint);
                }
            }
        }
        if given.is_empty() {
            self.told(call.name.offset, "which alarms?", "name a category: fire, fault, …");
        }
        let selector = self.selector(call)?;
        (!categories.is_empty()).then_some(Alarms { categories, acted, selector, offset: call.name.offset })
    }

    fn verdict(&mut self, call: &Call<'_>) -> Option<Condition> {
        let Some(((word, _), rest)) = call.given.split_first() else {
            self.told(call.name.offset, "which verdict?", "write: verdict(real, building='2')");
            return None;
        };
        let found = VERDICTS.iter().find(|(known, _)| *known == word.text);
        if found.is_none() {
            let hint = did_you_mean(word.text, VERDICTS.iter().map(|(known, _)| *known));
            self.told(word.offset, format!("unknown verdict \"{}\"", word.text), hint);
        }
        let fire = [(Word { text: "fire", ..*word }, false)];
        let alarms = self.alarms(call, if rest.is_empty() { &fire } else { rest });
        Some(Condition::Judged(alarms?, found?.1))
    }

    fn shown(&mut self, call: &Call<'_>, among: Among) -> Option<Condition> {
        const HINT: &str = "write: status(fire-pump, running, building='2')";
        let mut selector = self.selector(call);
        let (word, negated) = match call.given[..] {
            [(word, negated)] => (word, negated),
            [(class, _), (word, negated)] => {
                if let Some(selector) = &mut selector {
                    self.selected(selector, "class", class);
                }
                (word, negated)
            }
            _ => {
                self.told(call.name.offset, "which status?", HINT);
                return None;
            }
        };
        let selector = selector?;
        if selector == Selector::default() {
            self.told(call.name.offset, "a status of what?", HINT);
            return None;
        }
        let shown = Shown { word: word.text.to_owned(), is: !negated, among, selector, offset: call.name.offset };
        self.is_shown(&shown, word).then_some(Condition::Shown(shown))
    }

    /// Whether what is addressed shows such a status at all.
    fn is_shown(&mut self, shown: &Shown, word: Word<'_>) -> bool {
        let site = self.catalogue.site;
        let (mut known, mut lacking, mut found) = (std::collections::BTreeSet::new(), None, 0usize);
        for number in self.catalogue.all_equipment(&shown.selector) {
            if !self.catalogue.equipment(number).is_some_and(|subject| shown.selector.fits(&subject)) {
                continue;
            }
            let Some(held) = site.equipment.get(number as usize) else { continue };
            found += 1;
            known.extend(held.statuses.keys().map(String::as_str));
            if !held.statuses.contains_key(&shown.word) {
                lacking = Some(held.id.as_str());
            }
        }
        let word_known = known.contains(shown.word.as_str());
        if found == 0 {
            self.told(shown.offset, "this addresses no equipment", "look at the list: tocsin check prints it");
        } else if !word_known {
            let hint = did_you_mean(&shown.word, known);
            self.told(word.offset, format!("nothing that this addresses shows \"{}\"", shown.word), hint);
        } else if let (Some(lacking), Among::All) = (lacking, shown.among) {
            let message = format!("\"{lacking}\" does not show \"{}\", so it can never be true of all", shown.word);
            self.told(word.offset, message, "address only what shows it");
        } else {
            return true;
        }
        false
    }

    fn selector(&mut self, call: &Call<'_>) -> Option<Selector> {
        let mut selector = Selector::default();
        let before = self.findings.len();
        for (key, value) in &call.named {
            if Selector::KEYS.contains(&key.text) {
                self.selected(&mut selector, key.text, *value);
            } else {
                let hint = did_you_mean(key.text, Selector::KEYS);
                self.told(key.offset, format!("unknown key \"{}\" in a selector", key.text), hint);
            }
        }
        if self.findings.len() > before {
            return None;
        }
        if let Some((message, hint)) = self.catalogue.ambiguous(&selector) {
            self.told(call.name.offset, message, hint);
            return None;
        }
        Some(selector)
    }

    fn selected(&mut self, selector: &mut Selector, key: &str, value: Word<'_>) {
        if let Err((offset, message, hint)) = self.catalogue.read(selector, key, value.text) {
            self.told(value.offset + offset, message, hint);
        }
    }
}
