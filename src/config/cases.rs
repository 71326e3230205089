//! The test cases of a device profile: these registers give these points and these alarms.
//!
//! Takes: `cases/*.toml` beside a `profile.toml`.
//! Gives: [`Case`]s, each expectation with its place in the file; [`load`], [`parse`].
//! Never: runs one; that goes through the real path (`cli::profile_check`).

mod keys;
mod printed;

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::DeValue;

use super::document::{Fields, Name, Node, Source};
use super::problem::{Problem, Problems, Spot};
pub use keys::SECTIONS;
use keys::{ACTIVE, CASE, ELEMENT, GIVEN, UNKNOWN};
pub use printed::{Piece, Saying};

use crate::engine::base::Reason;
use crate::engine::profile::Table;

/// One case.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The file's name without its ending.
    pub name: String,
    /// The comment in its first line.
    pub story: String,
    /// Which elements of the profile's arrays exist in it.
    pub elements: Vec<Element>,
    /// What the device answers.
    pub given: Given,
    /// Whether its heartbeat points beat; else they stand still as given.
    pub beating: bool,
    /// Counters that grow from what is given, and by how much an hour.
    pub growing: Vec<Growing>,
    /// What the points must say.
    pub expect: Vec<Expected>,
    /// What printed records must say, in order; a sign of life says nothing.
    pub said: Vec<Saying>,
    /// Where `said` stands; the file's first line when it is left out.
    pub said_spot: Spot,
    /// What its event memory must hold, the oldest first: the device's time and the name of the code.
    pub remembered: Vec<Saying>,
    /// Where `remembered` stands; the file's first line when it is left out.
    pub remembered_spot: Spot,
    /// The conditions that must be active, and no others.
    pub active: Vec<Active>,
    /// Where `[active]` stands; the file's first line when it is left out.
    pub active_spot: Spot,
}

/// One element of an array, such as detector 17 of loop 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Name of the array.
    pub array: String,
    /// Loop number.
    pub loop_number: u16,
    /// Address on the loop.
    pub index: u16,
    /// Where it stands in the file.
    pub spot: Spot,
}

/// What the device answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// Registers and bits by table and address; what is not listed reads as 0.
    Registers(BTreeMap<(Table, u16), u16>),
    /// Nothing at all.
    Silence,
    /// What a panel prints, piece by piece.
    Printed(Vec<Piece>),
}

/// A counter that grows.
#[derive(Clone, Debug, PartialEq)]
pub struct Growing {
    /// The point's own segment.
    pub point: String,
    /// By how much an hour, in its unit.
    pub per_hour: f64,
    /// By how much an hour at the end of the case, once every rate is known.
    pub lately: f64,
    /// Where it stands in the file.
    pub spot: Spot,
}

/// What one point must say.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The point's own segment: `l2-d17.event`.
    pub point: String,
    /// What it must say.
    pub value: Wanted,
    /// Where it stands in the file.
    pub spot: Spot,
}

/// A value as a person writes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// A number in the point's unit.
    Number(f64),
    /// A bit.
    Bit(bool),
    /// The key of a state.
    State(String),
    /// No value, for this reason.
    Unknown(Reason),
}

/// A condition that must be active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Active {
    /// `point:category` or `point:category:level`, without the device.
    pub condition: String,
    /// Where it stands in the file.
    pub spot: Spot,
}

const REASONS: [(&str, Reason); 5] = [
    ("never-read", Reason::NeverRead),
    ("link-down", Reason::LinkDown),
    ("bad-value", Reason::BadValue),
    ("absent", Reason::Absent),
    ("device-exception", Reason::DeviceException),
];

const HEARTBEATS: [(&str, bool); 2] = [("beats", true), ("stands-still", false)];

/// Reads every case of the profile in `folder`, sorted by name, or everything that is wrong with them. Problems call a
/// file `cases/<name>.toml`.
pub fn load(folder: &Path) -> Result<Vec<Case>, Vec<Problem>> {
    let problems = Problems::default();
    let mut cases = Vec::new();
    for name in names(&folder.join("cases"), &problems) {
        let file = format!("cases/{name}.toml");
        match std::fs::read_to_string(folder.join(&file)) {
            Ok(text) => cases.extend(read(&name, &Source::new(&file, text), &problems)),
            Err(error) => problems.error(Spot::file(&file), format!("cannot be read: {error}"), ""),
        }
    }
    if problems.has_errors() { Err(problems.sorted()) } else { Ok(cases) }
}

fn names(folder: &Path, problems: &Problems) -> Vec<String> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        // A profile without a single case is told by whoever counts them.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            problems.error(Spot::file("cases"), format!("cannot be read: {error}"), "");
            return Vec::new();
        }
    };
    let files = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = files.filter_map(|file| file.strip_suffix(".toml").map(str::to_owned)).collect();
    names.sort();
    names
}

/// Reads one case from its text; `file` is how problems call it.
pub fn parse(name: &str, file: &str, text: &str) -> Result<Case, Vec<Problem>> {
    let problems = Problems::default();
    match read(name, &Source::new(file, text.to_owned()), &problems) {
        Some(case) if !problems.has_errors() => Ok(case),
        _ => Err(problems.sorted()),
    }
}

fn read(name: &str, source: &Source, problems: &Problems) -> Option<Case> {
    let table = source.parse(problems)?;
    let root = source.root(&table, &CASE, problems);
    let first = source.text().lines().next().unwrap_or_default();
    let story = first.strip_prefix('#').map(str::trim).unwrap_or_default().to_owned();
    if story.is_empty() {
        problems.error(source.spot(0), "a case begins with its story", "# smoke at loop 2, detector 17");
    }
    let active = root.get("active").and_then(|node| node.fields(&ACTIVE));
    Some(Case {
        name: name.to_owned(),
        story,
        elements: root.list("elements").into_iter().filter_map(element).collect(),
        given: given(&root),
        beating: root.get("heartbeat").and_then(|node| node.word(&HEARTBEATS)).unwrap_or(true),
        growing: root.entries("growing").into_iter().filter_map(growing).collect(),
        expect: root.entries("expect").into_iter().filter_map(expected).collect(),
        said: root.list("said").into_iter().filter_map(printed::saying).collect(),
        said_spot: root.spot_of("said"),
        remembered: root.list("remembered").into_iter().filter_map(printed::entry).collect(),
        remembered_spot: root.spot_of("remembered"),
        active: active.iter().flat_map(|fields| fields.list("conditions")).filter_map(condition).collect(),
        active_spot: root.spot_of("active"),
    })
}

fn element(node: Node<'_>) -> Option<Element> {
    let fields = node.fields(&ELEMENT)?;
    let number =
        |key: &str| fields.get(key).and_then(|node| node.integer(0..=65535)).and_then(|n| u16::try_from(n).ok());
    Some(Element {
        array: fields.get("array")?.text()?.to_owned(),
        loop_number: if fields.get("loop").is_some() { number("loop")? } else { 1 },
        index: number("index")?,
        spot: node.spot(),
    })
}

fn growing((name, node): (Name<'_>, Node<'_>)) -> Option<Growing> {
    let (per_hour, lately) = match node.value() {
        DeValue::Array(_) => node.pair().and_then(|(first, second)| first.number().zip(second.number()))?,
        _ => node.number().map(|always| (always, always))?,
    };
    Some(Growing { point: name.text.to_owned(), per_hour, lately, spot: name.spot })
}

fn given(root: &Fields<'_>) -> Given {
    let silent = root.get("reply").map(|node| node.word(&[("none", ())]));
    let given = root.get("given");
    match (silent, given) {
        (None, None) => {
            root.problems().error(root.spot(), "a case needs [given] or reply = \"none\"", "");
        }
        (Some(_), Some(node)) => node.error("a device that answers nothing has no registers", "leave [given] out"),
        (Some(_), None) => return Given::Silence,
        (None, Some(_)) => {}
    }
    let mut registers = BTreeMap::new();
    if let Some(fields) = given.and_then(|node| node.fields(&GIVEN)) {
        if fields.get("printed").is_some() {
            return Given::Printed(fields.list("printed").into_iter().filter_map(printed::piece).collect());
        }
        for table in [Table::Holding, Table::Input, Table::Coil, Table::Discrete] {
            for (address, word) in fields.entries(table.as_str()) {
                let most = if table.is_bits() { 1 } else { 0xFFFF };
                let word = word.integer(0..=most).and_then(|word| u16::try_from(word).ok());
                if let (Some(address), Some(word)) = (address_of(&address, root.problems()), word)
                    && registers.insert((table, address), word).is_some()
                {
                    let message = format!("{} {address} is given twice", table.as_str());
                    root.problems().error(fields.spot_of(table.as_str()), message, "");
                }
            }
        }
    }
    Given::Registers(registers)
}

fn address_of(name: &Name<'_>, problems: &Problems) -> Option<u16> {
    let parsed = match name.text.strip_prefix("0x") {
        Some(hexadecimal) => u16::from_str_radix(hexadecimal, 16).ok(),
        None => name.text.parse().ok(),
    };
    if parsed.is_none() {
        let message = format!("\"{}\" is no address", name.text);
        problems.error(name.spot.clone(), message, "0 to 65535, or \"0x0000\" to \"0xFFFF\"");
    }
    parsed
}

fn expected((name, node): (Name<'_>, Node<'_>)) -> Option<Expected> {
    let value = match node.value() {
        DeValue::Integer(_) | DeValue::Float(_) => Wanted::Number(node.number()?),
        DeValue::Boolean(_) => Wanted::Bit(node.boolean()?),
        DeValue::String(_) => Wanted::State(node.text()?.to_owned()),
        _ => Wanted::Unknown(node.fields(&UNKNOWN)?.get("unknown")?.word(&REASONS)?),
    };
    Some(Expected { point: name.text.to_owned(), value, spot: name.spot })
}

fn condition(node: Node<'_>) -> Option<Active> {
    let text = node.text()?;
    if !(2..=3).contains(&text.split(':').count()) {
        node.error(format!("\"{text}\" is no condition"), "write point:category, or point:limit:level");
        return None;
    }
    Some(Active { condition: text.to_owned(), spot: node.spot() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_with_every_kind_of_value() {
        let text = "# smoke\nelements = [{ array = \"detector\", loop = 2, index = 17 }]\n[given]\n\
                    holding = { 416 = 0x0810, \"0x01A1\" = 2 }\ndiscrete = { 3 = 1 }\n\
                    [expect]\n\"l2-d17.event\" = \"fire\"\nlevel = -1.5\nwhole = 3\nlamp = true\n\
                    gone = { unknown = \"absent\" }\n[active]\nconditions = [\"l2-d17:fire\"]\n";
        let case = parse("smoke", "cases/smoke.toml", text).expect("a whole case");
        assert_eq!(case.story, "smoke");
        assert_eq!((case.elements[0].loop_number, case.elements[0].index), (2, 17));
        let registers = [((Table::Discrete, 3), 1), ((Table::Holding, 416), 0x0810), ((Table::Holding, 417), 2)].into();
        assert_eq!(case.given, Given::Registers(registers));
        let wanted: Vec<Wanted> = case.expect.iter().map(|expected| expected.value.clone()).collect();
        let fire = Wanted::State("fire".to_owned());
        assert_eq!(
            wanted,
            [fire, Wanted::Number(-1.5), Wanted::Number(3.0), Wanted::Bit(true), Wanted::Unknown(Reason::Absent)]
        );
        assert_eq!(case.expect[0].spot.to_string(), "cases/smoke.toml:7:1");
        assert_eq!(case.active[0].condition, "l2-d17:fire");
    }

    #[test]
    fn what_is_wrong_with_a_case_is_told_at_its_place() {
        let check = |text: &str, expected: &[&str]| {
            let problems = parse("x", "cases/x.toml", text).expect_err(text);
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(lines, expected, "{text}");
        };
        check(
            "reply = \"none\"\n",
            &["cases/x.toml:1:1: a case begins with its story; # smoke at loop 2, detector 17"],
        );
        check("# x\n", &["cases/x.toml:1:1: a case needs [given] or reply = \"none\""]);
        check(
            "# x\n[given]\nholdnig = { 1 = 2 }\n",
            &["cases/x.toml:3:1: unknown key \"holdnig\" in [given]; did you mean \"holding\"?"],
        );
        check(
            "# x\n[given]\nholding = { 1 = 65536, x = 1 }\n",
            &[
                "cases/x.toml:3:17: 65536 is out of range; allowed: 0 to 65535",
                "cases/x.toml:3:24: \"x\" is no address; 0 to 65535, or \"0x0000\" to \"0xFFFF\"",
            ],
        );
        check(
            "# x\nreply = \"none\"\n[expect]\na = { unknown = \"abent\" }\n",
            &["cases/x.toml:4:17: unknown word \"abent\"; did you mean \"absent\"?"],
        );
    }
}
