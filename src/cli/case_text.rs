//! A case of a profile as the text of its file.
//!
//! Takes: a profile, the elements that exist, the registers that a device said or shall say.
//! Gives: the file: what is given, and what the real poller and decoder make of it.
//! Never: an expectation that was typed: what stands in the file is what comes of its registers.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use super::probe::record::{self, Registers};
use super::profile_check::trial::{self, Outcome};
use crate::config::Problem;
use crate::config::cases::{Element, Given, Wanted};
use crate::config::draft::quoted;
use crate::engine::base::Reason;
use crate::engine::class::Classes;
use crate::engine::profile::Profile;

/// The text of a case; `story` is its first line. Nothing is expected of the points in `unread`: the device refuses what
/// they lie in, and a register that is not given reads as 0.
pub fn text(
    story: &str,
    profile: &Arc<Profile>,
    classes: &Arc<Classes>,
    elements: &[Element],
    registers: &Registers,
    unread: &BTreeSet<String>,
) -> Result<String, Vec<Problem>> {
    let site = Arc::new(trial::site(profile, classes, elements)?);
    let outcome = trial::run(&site, &Given::Registers(registers.clone()));
    let mut text = format!("# {story}\n");
    if !elements.is_empty() {
        let listed: Vec<String> = elements.iter().map(element).collect();
        let _ = writeln!(text, "elements = [\n    {},\n]", listed.join(",\n    "));
    }
    if registers.is_empty() {
        text.push_str("\n[given]\n");
    } else {
        text.push_str(&record::given(registers));
    }
    text.push_str(&expected(&outcome, unread));
    Ok(text)
}

fn element(element: &Element) -> String {
    let Element { array, loop_number, index, .. } = element;
    format!("{{ array = \"{array}\", loop = {loop_number}, index = {index} }}")
}

fn expected(outcome: &Outcome, unread: &BTreeSet<String>) -> String {
    let mut text = "\n[expect]\n".to_owned();
    for point in unread {
        let _ = writeln!(text, "# {point}: the device does not say it");
    }
    for (point, value) in outcome.points.iter().filter(|(point, _)| !unread.contains(*point)) {
        let value = match value {
            Wanted::Number(number) => spell(*number),
            Wanted::Bit(set) => set.to_string(),
            Wanted::State(key) => quoted(key),
            Wanted::Unknown(reason) => format!("{{ unknown = \"{}\" }}", Reason::as_str(*reason)),
        };
        let _ = writeln!(text, "{} = {value}", quoted(point));
    }
    let conditions: Vec<String> = outcome.active.iter().map(|condition| quoted(condition)).collect();
    let _ = writeln!(text, "\n[active]\nconditions = [{}]", conditions.join(", "));
    text
}

/// A number as TOML reads it back: a whole one only as long as it is an integer there.
fn spell(number: f64) -> String {
    if number.abs() < 1e15 { number.to_string() } else { format!("{number:e}") }
}
