//! Points that say how fast a counter grows: `rate = { of = "volume", per = "1h", over = "15m" }`.
//!
//! Takes: the rows of one list of points.
//! Gives: each such row the registers of its counter, and its [`Rate`].
//! Never: the rate of a rate, or of a counter whose scale another point may change between two readings.

use std::time::Duration;

use toml::de::DeValue;

use super::keys;
use super::point_rows::Points;
use crate::config::document::{Fields, Node};
use crate::config::problem::did_you_mean;
use crate::engine::profile::{Kind, Proviso, Rate};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 3600);
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// What one row says of its rate.
pub struct Rated<'a> {
    /// The row.
    pub row: usize,
    of: Node<'a>,
    rate: Rate,
}

/// Whether a row is a rate: it has other keys then.
pub fn is_rated(node: Node<'_>) -> bool {
    matches!(node.value(), DeValue::Table(table) if table.contains_key("rate"))
}

/// Reads the row's `rate`.
pub fn read<'a>(row: usize, fields: &Fields<'a>) -> Option<Rated<'a>> {
    let fields = fields.get("rate")?.fields(&keys::RATE)?;
    let duration = |key, most| fields.get(key).and_then(|node| node.duration(SECOND..=most));
    let times = fields.get("times").map_or(Some(1.0), Node::number)?;
    let rate = Rate { per: duration("per", DAY)?, over: duration("over", WEEK)?, times };
    Some(Rated { row, of: fields.get("of")?, rate })
}

/// Gives every rate the registers and the pace of its counter, now that all rows are known.
pub fn resolve(points: &mut Points<'_>, rated: &[Rated<'_>]) {
    for Rated { row, of, rate } in rated {
        let Some(name) = of.text() else { continue };
        let Some(counter) = points.list.iter().position(|spec| spec.key == name) else {
            let known: Vec<&str> = points.list.iter().map(|spec| spec.key.as_str()).collect();
            of.error(format!("unknown point \"{name}\""), did_you_mean(name, known));
            continue;
        };
        let spec = &points.list[counter];
        let is_number = spec.encoding.states.is_none() && !matches!(spec.encoding.kind, Kind::Bit | Kind::Text(_));
        if rated.iter().any(|other| other.row == counter) {
            of.error(format!("\"{name}\" is a rate itself"), "name the counter");
        } else if !is_number {
            of.error(format!("\"{name}\" is no number, and cannot grow"), "");
        } else if points.decided[counter] {
            of.error(format!("another point decides about \"{name}\": it may change without growing"), "");
        }
        let (encoding, pace) = (spec.encoding.clone(), spec.pace);
        let spec = &mut points.list[*row];
        (spec.encoding, spec.pace) = (encoding, pace);
        spec.proviso = Some(Proviso { rate: Some(rate.clone()), ..Proviso::default() });
    }
}
