//! Where things stand on a plan, as CSV: what, and its coordinates.
//!
//! Takes: the bytes of a file.
//! Gives: [`Mark`]s.
//! Never: a row that is skipped in silence.

use std::collections::BTreeMap;

use crate::config::problem::{Problems, Spot, did_you_mean};
use crate::config::rows::{self, Row};
use crate::config::site::keys;

/// By what a shape says what stands there.
#[derive(Clone, Debug, PartialEq)]
pub enum Label {
    /// `data-point`, or the column `point`: the id of a device or an element.
    Point(String),
    /// `data-code`, or the column `code`: a secondary code, `*` for any digit, with its type or without.
    Code(String),
    /// The shape's `id`, which may be either, or only an id.
    Id(String),
}

/// Something that is put on a plan.
#[derive(Clone, Debug)]
pub struct Mark {
    /// What stands there.
    pub label: Label,
    /// From the left, in user units.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Where it is written.
    pub spot: Spot,
}

/// Reads a list; `name` is how problems call the file.
pub fn read(name: &str, bytes: &[u8], problems: &Problems) -> Vec<Mark> {
    let Some(source) = rows::source(name, bytes, problems) else { return Vec::new() };
    let mut records = rows::read(&source, ',');
    let Some(header) = records.next() else {
        problems.error(Spot::file(name), "the list is empty", "its first line names the columns: point,x,y");
        return Vec::new();
    };
    let Some(columns) = columns(&header, problems) else { return Vec::new() };
    records.filter_map(|row| mark(&row, &columns, problems)).collect()
}

type Columns = BTreeMap<&'static str, usize>;

fn columns(header: &Row<'_>, problems: &Problems) -> Option<Columns> {
    let known = || keys::PLAN_LIST.keys.iter().map(|key| key.name);
    let mut columns = Columns::new();
    let before = problems.errors();
    for (at, name) in header.record.iter().enumerate() {
        match known().find(|known| *known == name.to_lowercase()) {
            Some(key) if columns.insert(key, at).is_some() => {
                problems.error(header.spot(at), format!("the column \"{name}\" comes twice"), "");
            }
            Some(_) => {}
            None => problems.error(header.spot(at), format!("unknown column \"{name}\""), did_you_mean(name, known())),
        }
    }
    for wanted in ["x", "y"].into_iter().filter(|name| !columns.contains_key(name)) {
        problems.error(header.spot(0), format!("a list of a plan needs the column \"{wanted}\""), "point,x,y");
    }
    if !columns.contains_key("point") && !columns.contains_key("code") {
        problems.error(header.spot(0), "a list of a plan needs the column \"point\" or \"code\"", "point,x,y");
    }
    (problems.errors() == before).then_some(columns)
}

fn mark(row: &Row<'_>, columns: &Columns, problems: &Problems) -> Option<Mark> {
    let cell = |name: &str| {
        let at = *columns.get(name)?;
        row.record.get(at).filter(|value| !value.is_empty()).map(|value| (value, row.spot(at)))
    };
    let line = || Spot { column: 0, ..row.spot(0) };
    let number = |name: &str| {
        let Some((text, spot)) = cell(name) else {
            problems.error(line(), format!("the row lacks \"{name}\""), "a number in the plan's units");
            return None;
        };
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        if number.is_none() {
            problems.error(spot, format!("{name} \"{text}\" is not a number"), "with a point: 123.5");
        }
        number
    };
    let (x, y) = (number("x"), number("y"));
    let (label, spot) = match (cell("point"), cell("code")) {
        (Some((point, spot)), None) => (Label::Point(point.to_owned()), spot),
        (None, Some((code, spot))) => {
            (Label::Code(format!("{code}{}", cell("type").map_or("", |(kind, _)| kind))), spot)
        }
        (Some((_, spot)), Some(_)) => {
            problems.error(spot, "a point and a code in one row", "leave one of them empty");
            return None;
        }
        (None, None) => {
            problems.error(line(), "what stands there?", "fill in point or code");
            return None;
        }
    };
    Some(Mark { label, x: x?, y: y?, spot })
}
