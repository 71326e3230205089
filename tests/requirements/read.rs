//! A story as it is written: what it shows, on which site, and its steps.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tocsin::engine::base::Mono;

use crate::expect::{self, Expect};
use crate::support::acts;
use crate::switch::{self, Switch};

/// One story.
pub struct Story {
    pub name: String,
    /// The comment at its head.
    pub opening: String,
    /// Rows of the requirements.
    pub rows: Vec<String>,
    /// Folder of its site below `tests/requirements/sites`; or `sample`, the one of `config/`; or `small`, `tests/sites/small`.
    pub site: String,
    /// Without what it must fail.
    pub without: Vec<Switch>,
    /// What the field does, as a scenario.
    pub scenario: String,
    /// What people do and what is expected, in order.
    pub steps: Vec<Step>,
}

/// One line of it.
pub struct Step {
    pub number: usize,
    pub at: Mono,
    pub text: String,
    pub does: Does,
}

/// What happens.
pub enum Does {
    /// A person acts.
    Act,
    /// The process is killed and started again.
    Kill,
    /// Something must be so.
    Expect(Expect),
    /// It is over.
    End,
}

impl Story {
    /// How many things it expects.
    pub fn expectations(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.does, Does::Expect(_))).count()
    }
}

/// Reads a story.
pub fn story(name: &str, text: &str) -> Result<Story, String> {
    let mut story = Story {
        name: name.into(),
        opening: String::new(),
        rows: Vec::new(),
        site: "small".into(),
        without: Vec::new(),
        scenario: String::new(),
        steps: Vec::new(),
    };
    let mut rest = Vec::new();
    let mut field: BTreeMap<(u64, usize), String> = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let wrong = |problem: String| format!("line {number}: {problem}: {line}");
        let (first, words) = line.split_once(' ').unwrap_or((line, ""));
        match first {
            "" => {}
            _ if line.starts_with('#') => {
                if story.rows.is_empty() {
                    let _ = writeln!(story.opening, "{line}");
                }
            }
            "rows" => story.rows = words.split_whitespace().map(str::to_owned).collect(),
            "site" => story.site = words.trim().to_owned(),
            "rest" => rest.extend(words.split_whitespace().map(str::to_owned)),
            "without" => story.without.push(switch::read(words).map_err(wrong)?),
            _ => timed(&mut story, &mut field, number, line).map_err(wrong)?,
        }
    }
    if story.rows.is_empty() {
        return Err("it names no rows".into());
    }
    if !matches!(story.steps.last().map(|step| &step.does), Some(Does::End)) {
        return Err("it does not say when it ends".into());
    }
    story.scenario = format!("name = {{ zh = \"{name}\", en = \"{name}\" }}\n{}\n", values("rest", &rest)?);
    for ((at, _), step) in field {
        let _ = writeln!(story.scenario, "[[step]]\nat = \"{at}ms\"\n{step}");
    }
    Ok(story)
}

fn timed(
    story: &mut Story,
    field: &mut BTreeMap<(u64, usize), String>,
    number: usize,
    line: &str,
) -> Result<(), String> {
    let (at, rest) = acts::timed(line)?;
    let (verb, words) = rest.split_once(' ').unwrap_or((rest, ""));
    let list: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    let changes = match verb {
        "set" => Some(values("set", &list)?),
        "ramp" => match list.as_slice() {
            [point, to, value, over, lapse] if to == "to" && over == "over" => {
                Some(format!("ramp = {{ point = \"{point}\", to = {value}, over = \"{lapse}\" }}"))
            }
            _ => return Err("`ramp POINT to NUMBER over 5s`".into()),
        },
        "cut" | "mend" => Some(format!("{verb} = \"{}\"", words.trim())),
        "fault" | "trouble" => {
            let of = if verb == "fault" { "device" } else { "bus" };
            let [id, mode, by @ ..] = list.as_slice() else { return Err("`fault DEVICE MODE`".into()) };
            let by = by.last().map(|by| format!(", by = \"{by}\"")).unwrap_or_default();
            Some(format!("fault = {{ {of} = \"{id}\", mode = \"{mode}\"{by} }}"))
        }
        // Anything else a scenario knows, as it stands there.
        "step" => Some(words.to_owned()),
        _ => None,
    };
    if let Some(changes) = changes {
        field.insert((at.0 / 1000, number), changes);
        return Ok(());
    }
    if story.steps.last().is_some_and(|last| last.at > at) {
        return Err("a story goes forward".into());
    }
    let does = match verb {
        "expect" => Does::Expect(expect::read(words)?),
        "kill" => Does::Kill,
        "end" => Does::End,
        _ => Does::Act,
    };
    story.steps.push(Step { number, at, text: rest.to_owned(), does });
    Ok(())
}

/// `a/b=true c/d=1.5 e/f=manual` as an inline table. `absent` and `raw(0x10)` are what they are in scenarios.
fn values(key: &str, pairs: &[String]) -> Result<String, String> {
    let mut parts = Vec::new();
    for pair in pairs {
        let (point, value) = pair.split_once('=').ok_or("`point=value`")?;
        let raw = value.strip_prefix("raw(").and_then(|rest| rest.strip_suffix(')'));
        let value = match (raw, value) {
            (Some(raw), _) => format!("{{ raw = {raw} }}"),
            (_, "absent") => "{ unknown = \"absent\" }".to_owned(),
            (_, "true" | "false") => value.to_owned(),
            _ if value.parse::<f64>().is_ok() => value.to_owned(),
            _ => format!("\"{value}\""),
        };
        parts.push(format!("\"{point}\" = {value}"));
    }
    Ok(if parts.is_empty() { String::new() } else { format!("{key} = {{ {} }}", parts.join(", ")) })
}
