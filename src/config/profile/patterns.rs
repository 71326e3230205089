//! The patterns of a text panel's grammar.
//!
//! Takes: `[text.patterns]`, and the profile's alarms and arrays.
//! Gives: [`Pattern`]s in the order of the file, each of which compiles.
//! Never: a pattern that fits everything, or one whose loop and index nobody could place.

use regex::RegexBuilder;

use super::spoken;
use crate::config::category;
use crate::config::document::{Fields, Name, Node, check_segment};
use crate::config::problem::did_you_mean;
use crate::engine::base::{Category, Text};
use crate::engine::profile::{Meaning, Pattern, Profile};

/// What `means` says; whether a condition began or ended is said by `over`.
#[derive(Clone, Copy)]
enum Word {
    Category(Category),
    Reset,
    Operation,
    Nothing,
}

/// Reads the patterns.
pub fn read(text: &Fields<'_>, profile: &Profile) -> Vec<Pattern> {
    let entries = text.entries("patterns");
    if entries.is_empty()
        && let Some(node) = text.get("patterns")
    {
        node.error(
            "without a pattern nothing the panel says is understood",
            "fire = { matches = '…', means = \"fire\" }",
        );
    }
    entries.iter().filter_map(|(name, node)| pattern(name, *node, profile)).collect()
}

fn pattern(name: &Name<'_>, node: Node<'_>, profile: &Profile) -> Option<Pattern> {
    check_segment(name.text, name.spot.clone(), node.problems());
    let fields = node.fields(&spoken::PATTERN)?;
    let groups = fields.get("matches").and_then(compiled);
    let meaning = meaning(&fields);
    let (groups, meaning) = (groups?, meaning?);
    let has_index = groups.iter().any(|group| group == "index");
    let has_loop = groups.iter().any(|group| group == "loop");
    let is_condition = matches!(meaning, Meaning::Began(_) | Meaning::Ended(_));
    for (key, fits, reason) in [
        ("array", is_condition && has_index, "it needs a group \"index\", and a category"),
        (
            "alarm",
            is_condition && !has_index,
            "it is for the panel's own conditions: no group \"index\", and a category",
        ),
    ] {
        if let Some(node) = fields.get(key).filter(|_| !fits) {
            node.error(format!("\"{key}\" means nothing here"), reason);
        }
    }
    let about = match (is_condition, has_index) {
        (false, _) => None,
        (true, true) => fields.get("array").and_then(|node| array(node, profile)),
        (true, false) => Some(alarm(name, &fields, &meaning, profile)?),
    };
    let usual_loop = if has_index && !has_loop { usual_loop(&fields, about.as_deref(), profile)? } else { 0 };
    let matches = fields.get("matches")?.lines()?.to_owned();
    Some(Pattern { key: name.text.to_owned(), matches, meaning, about, usual_loop })
}

/// The named groups of a regular expression that compiles.
fn compiled(node: Node<'_>) -> Option<Vec<String>> {
    let text = node.lines()?;
    let problems = node.problems();
    if let Err(error) = regex_syntax::Parser::new().parse(text) {
        let (offset, what) = match &error {
            regex_syntax::Error::Parse(error) => (error.span().start.offset, error.kind().to_string()),
            regex_syntax::Error::Translate(error) => (error.span().start.offset, error.kind().to_string()),
            _ => (0, "it cannot be read".to_owned()),
        };
        problems.error(node.spot_within(offset), format!("not a regular expression: {what}"), "");
        return None;
    }
    let compiled = match RegexBuilder::new(text).size_limit(Pattern::SIZE).build() {
        Ok(compiled) => compiled,
        Err(_) => {
            node.error("this pattern is too large", "repeat less: {1,40} instead of {1,4000}");
            return None;
        }
    };
    if compiled.is_match("") {
        node.error("this pattern fits every record, even an empty one", "say what the record must hold");
        return None;
    }
    let groups: Vec<String> = compiled.capture_names().flatten().map(str::to_owned).collect();
    for group in groups.iter().filter(|group| !Pattern::GROUPS.contains(&group.as_str())) {
        let offset = text.find(&format!("<{group}>")).map_or(0, |at| at + 1);
        let hint = did_you_mean(group, Pattern::GROUPS);
        problems.error(node.spot_within(offset), format!("unknown group \"{group}\""), hint);
    }
    if groups.iter().any(|group| group == "loop") && !groups.iter().any(|group| group == "index") {
        node.error("a loop without an index names no element", "add a group \"index\", or leave \"loop\" out");
        return None;
    }
    Some(groups)
}

fn meaning(fields: &Fields<'_>) -> Option<Meaning> {
    let mut words: Vec<(&'static str, Word)> =
        category::told().map(|category| (category.as_str(), Word::Category(category))).collect();
    words.extend([("reset", Word::Reset), ("operation", Word::Operation), ("nothing", Word::Nothing)]);
    let word = fields.get("means")?.word(&words)?;
    let over = fields.get("over").map_or(Some(false), Node::boolean)?;
    if let Some(node) = fields.get("over").filter(|_| !matches!(word, Word::Category(_))) {
        node.error("\"over\" is for conditions", "leave it out");
    }
    let name = fields.get("name").and_then(Node::both_languages);
    match (fields.get("name"), word) {
        (Some(node), Word::Category(_) | Word::Reset | Word::Nothing) => {
            node.error("\"name\" is for means = \"operation\"", "conditions are named by [alarms] and [arrays]");
        }
        (None, Word::Operation) => {
            let message = "an operation needs \"name\"";
            fields.problems().error(fields.spot(), message, "name = { zh = \"消音\", en = \"Silence\" }");
        }
        _ => {}
    }
    Some(match (word, over) {
        (Word::Category(category), false) => Meaning::Began(category),
        (Word::Category(category), true) => Meaning::Ended(category),
        (Word::Reset, _) => Meaning::Reset,
        (Word::Operation, _) => Meaning::Operation(name.unwrap_or_else(|| Text::same("operation"))),
        (Word::Nothing, _) => Meaning::Nothing,
    })
}

fn array(node: Node<'_>, profile: &Profile) -> Option<String> {
    let text = node.text()?;
    if !profile.arrays.iter().any(|array| array.key == text) {
        let hint = did_you_mean(text, profile.arrays.iter().map(|array| array.key.as_str()));
        node.error(format!("unknown array \"{text}\""), hint);
    }
    Some(text.to_owned())
}

/// Which of the device's alarms is meant: the one it names, or the one that is called like the pattern. What the
/// profile does not list is raised under the pattern's own name.
fn alarm(name: &Name<'_>, fields: &Fields<'_>, meaning: &Meaning, profile: &Profile) -> Option<String> {
    let (Meaning::Began(category) | Meaning::Ended(category)) = meaning else { return None };
    let known = |key: &str| profile.alarms.iter().find(|alarm| alarm.key == key);
    let Some(node) = fields.get("alarm") else {
        if matches!(meaning, Meaning::Ended(_)) && known(name.text).is_none() {
            let message = "what is over must be named, so that it ends what another pattern began";
            fields.problems().error(fields.spot(), message, "add alarm = \"…\", an entry of [alarms]");
            return None;
        }
        return Some(name.text.to_owned());
    };
    let text = node.text()?;
    match known(text) {
        None => {
            let hint = did_you_mean(text, profile.alarms.iter().map(|alarm| alarm.key.as_str()));
            node.error(format!("unknown alarm \"{text}\""), hint);
        }
        Some(alarm) if alarm.category != *category => {
            let (means, is) = (category.as_str(), alarm.category.as_str());
            node.error(format!("\"{text}\" is a {is} alarm, and this pattern means {means}"), "");
        }
        Some(_) => {}
    }
    Some(text.to_owned())
}

/// The loop of records that name none: that of the array, if it has only one.
fn usual_loop(fields: &Fields<'_>, about: Option<&str>, profile: &Profile) -> Option<u16> {
    let fitting = || profile.arrays.iter().filter(|array| about.is_none_or(|about| array.key == about));
    match (fitting().next(), fitting().nth(1)) {
        (None, _) => Some(1),
        (Some(array), None) if array.loops.0 == array.loops.1 => Some(array.loops.0),
        _ => {
            let message = "this pattern finds no loop, and there is more than one";
            fields.problems().error(fields.spot_of("matches"), message, "add a group \"loop\"");
            None
        }
    }
}
