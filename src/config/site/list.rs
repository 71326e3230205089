//! Point lists of large panels (点表), as CSV.
//!
//! Takes: the bytes of a file, the panel's profile, the site's places.
//! Gives: [`ListedPoint`]s that `engine::site::expand` can place.
//! Never: a row that is skipped in silence, or two rows for one element.

use std::collections::BTreeMap;

use super::{keys, places::Named, places::Places};
use crate::config::letters;
use crate::config::problem::{Problems, Spot, did_you_mean};
use crate::config::rows::{self, Row};
use crate::engine::base::Text;
use crate::engine::profile::{ArraySpec, Profile};
use crate::engine::site::{ListedPoint, Place};

/// What a list is read against.
pub struct Panel<'a> {
    /// Its profile.
    pub profile: &'a Profile,
    /// The site's places; without a site, what a list says of places is not looked at.
    pub places: Option<&'a Places>,
    /// Where the panel itself stands: the building of rows that name none.
    pub building: Option<&'a str>,
}

/// Secondary codes that were seen at this panel, with where. Another may have the same ones.
type Codes = BTreeMap<(String, String), Spot>;

/// Reads a list; `name` is how problems call the file.
pub fn read(name: &str, bytes: &[u8], panel: &Panel<'_>, problems: &Problems) -> Vec<ListedPoint> {
    let Some(source) = rows::source(name, bytes, problems) else { return Vec::new() };
    let mut records = rows::read(&source, ',');
    let Some(header) = records.next() else {
        problems.error(Spot::file(name), "the list is empty", "its first line names the columns");
        return Vec::new();
    };
    let Some(columns) = columns(&header, problems) else { return Vec::new() };
    let (mut codes, mut elements) = (Codes::new(), BTreeMap::new());
    let mut list = Vec::new();
    for row in records {
        if row.record.len() > header.record.len() {
            let message = format!("{} values for {} columns", row.record.len(), header.record.len());
            problems.error(row.spot(header.record.len()), message, "put texts with a comma in quotes");
            continue;
        }
        let cells = Cells { row: &row, columns: &columns };
        if let Some(point) = point(&cells, panel, &mut codes, &mut elements, problems) {
            list.push(point);
        }
    }
    list
}

type Columns = BTreeMap<&'static str, usize>;

fn columns(header: &Row<'_>, problems: &Problems) -> Option<Columns> {
    let mut columns = Columns::new();
    let before = problems.errors();
    for (at, name) in header.record.iter().enumerate() {
        match keys::LIST.keys.iter().find(|key| key.name == name.to_lowercase()) {
            Some(key) => {
                if columns.insert(key.name, at).is_some() {
                    problems.error(header.spot(at), format!("the column \"{name}\" comes twice"), "");
                }
            }
            None => {
                let hint = did_you_mean(name, keys::LIST.keys.iter().map(|key| key.name));
                problems.error(header.spot(at), format!("unknown column \"{name}\""), hint);
            }
        }
    }
    for key in keys::LIST.keys.iter().filter(|key| key.is_required() && !columns.contains_key(key.name)) {
        let message = format!("a point list needs the column \"{}\"", key.name);
        problems.error(header.spot(0), message, "its first line names the columns");
    }
    (problems.errors() == before).then_some(columns)
}

struct Cells<'a> {
    row: &'a Row<'a>,
    columns: &'a Columns,
}

impl<'a> Cells<'a> {
    /// A value; blank counts as absent.
    fn get(&self, column: &str) -> Option<&'a str> {
        let at = *self.columns.get(column)?;
        self.row.record.get(at).filter(|value| !value.is_empty())
    }

    fn spot(&self, column: &str) -> Spot {
        self.columns.get(column).map_or_else(|| Spot { column: 0, ..self.row.spot(0) }, |at| self.row.spot(*at))
    }

    fn named(&self, column: &str) -> Option<Named<'a>> {
        self.get(column).map(|text| Named { text, spot: self.spot(column) })
    }
}

fn point(
    cells: &Cells<'_>,
    panel: &Panel<'_>,
    codes: &mut Codes,
    elements: &mut BTreeMap<(String, u16, u16), Spot>,
    problems: &Problems,
) -> Option<ListedPoint> {
    let before = problems.errors();
    let array = array(cells, panel.profile, problems);
    let place = place(cells, panel, problems);
    let (code, kind) = code(cells, codes, problems);
    let array = array?;
    let loop_number = match cells.get("loop") {
        None if array.loops.0 == array.loops.1 => Some(array.loops.0),
        None => {
            problems.error(cells.spot("loop"), "which loop?", format!("{} to {}", array.loops.0, array.loops.1));
            None
        }
        Some(_) => number(cells, "loop", array.loops, problems),
    };
    let index = match cells.get("address") {
        None => {
            let hint = format!("{} to {}", array.indices.0, array.indices.1);
            problems.error(cells.spot("address"), "which address?", hint);
            None
        }
        Some(_) => number(cells, "address", array.indices, problems),
    };
    let (loop_number, index) = (loop_number?, index?);
    let spot = cells.spot("address");
    if let Some(first) = elements.insert((array.key.clone(), loop_number, index), spot.clone()) {
        let message = format!("{} loop {loop_number} address {index} is listed twice", array.key);
        problems.error(spot, message, format!("first at {first}"));
    }
    let point = ListedPoint { row: cells.row.line(), array: array.key.clone(), loop_number, index, code, kind, place };
    (problems.errors() == before).then_some(point)
}

fn array<'a>(cells: &Cells<'_>, profile: &'a Profile, problems: &Problems) -> Option<&'a ArraySpec> {
    let names = || profile.arrays.iter().map(|array| array.key.as_str());
    let Some(name) = cells.get("array") else {
        if let [only] = &profile.arrays[..] {
            return Some(only);
        }
        problems.error(cells.spot("array"), "which array?", did_you_mean("", names()));
        return None;
    };
    let found = profile.arrays.iter().find(|array| array.key == name);
    if found.is_none() {
        let message = format!("profile \"{}\" has no array \"{name}\"", profile.id);
        problems.error(cells.spot("array"), message, did_you_mean(name, names()));
    }
    found
}

fn number(cells: &Cells<'_>, column: &str, range: (u16, u16), problems: &Problems) -> Option<u16> {
    let text = cells.get(column)?;
    let found = text.parse().ok().filter(|number| (range.0..=range.1).contains(number));
    if found.is_none() {
        let message = format!("{column} \"{text}\" is not in the profile's range");
        problems.error(cells.spot(column), message, format!("allowed: {} to {}", range.0, range.1));
    }
    found
}

fn place(cells: &Cells<'_>, panel: &Panel<'_>, problems: &Problems) -> Place {
    let Some(places) = panel.places else { return Place::default() };
    let building = cells.named("building");
    let zone = cells.named("zone");
    let own = match (&building, &zone, panel.building) {
        (None, None, Some(text)) => Some(Named { text, spot: cells.spot("building") }),
        _ => building,
    };
    let mut place = places.resolve(own, cells.named("floor"), zone, problems);
    match (cells.get("text_zh"), cells.get("text_en")) {
        (Some(zh), Some(en)) => place.text = Text::new(zh, en),
        (None, None) => {}
        (None, Some(_)) => problems.error(cells.spot("text_zh"), "the place lacks its Chinese text", "fill in text_zh"),
        (Some(_), None) => problems.error(cells.spot("text_en"), "the place lacks its English text", "fill in text_en"),
    }
    for column in ["text_zh", "text_en"] {
        if let Some((message, hint)) = cells.get(column).and_then(letters::fault) {
            problems.error(cells.spot(column), message, hint);
        }
    }
    place
}

fn code(cells: &Cells<'_>, codes: &mut Codes, problems: &Problems) -> (Option<String>, Option<String>) {
    let digits = |column: &str, many: usize, wanted: &str| {
        let text = cells.get(column)?;
        if text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(text.to_owned());
        }
        let hint = if text.len() < many && text.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("did you mean \"{text:0>many$}\"? Spreadsheets drop leading zeros")
        } else {
            String::new()
        };
        problems.error(cells.spot(column), format!("{column} \"{text}\" is not {wanted}"), hint);
        None
    };
    let (code, kind) = (digits("code", 6, "six digits"), digits("type", 2, "two digits"));
    match (cells.get("code").is_some(), cells.get("type").is_some()) {
        (true, false) => problems.error(cells.spot("code"), "a secondary code needs its type", "fill in \"type\""),
        (false, true) => problems.error(cells.spot("type"), "a type needs its secondary code", "fill in \"code\""),
        _ => {}
    }
    if let (Some(code), Some(kind)) = (&code, &kind)
        && let Some(first) = codes.insert((code.clone(), kind.clone()), cells.spot("code"))
    {
        let message = format!("secondary code {code} type {kind} is given twice");
        problems.error(cells.spot("code"), message, format!("first at {first}"));
    }
    (code, kind)
}
