//! What else must be known before a point means something: `only-if`, `scale-by`, `settle`, `toggles-within`.
//!
//! Takes: the rows of one list of points, and the device's single points, which an element of an array may name too.
//! Gives: each row's [`Proviso`]; points that decide about others are read as often as those.
//! Never: a chain: who decides is not decided about itself.

use std::sync::Arc;
use std::time::Duration;

use toml::de::DeValue;

use super::keys;
use super::point_rows::Points;
use crate::config::document::{Fields, Node};
use crate::config::problem::did_you_mean;
use crate::engine::base::Value;
use crate::engine::profile::{Encoding, Factor, Kind, OnlyIf, Pace, PointSpec, Proviso, ScaleBy, Selector};

/// Words of `as`.
const FACTORS: [(&str, Factor); 4] = [
    ("value", Factor::Value),
    ("divisor", Factor::Divisor),
    ("power", Factor::Power),
    ("magnitude", Factor::Magnitude),
];
const SECOND: Duration = Duration::from_secs(1);
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// What one row says, read while its neighbours are not known yet.
#[derive(Default)]
pub struct Said<'a> {
    only_if: Option<Node<'a>>,
    scale_by: Option<Node<'a>>,
    settle: Option<Duration>,
    toggles_within: Option<Duration>,
}

impl<'a> Said<'a> {
    /// Takes the row's own keys; `pace` and `kind` are what the row is.
    pub fn of(fields: &Fields<'a>, spec: &PointSpec) -> Said<'a> {
        let duration = |key| fields.get(key).and_then(|node| node.duration(SECOND..=TEN_MINUTES));
        let said = Said {
            only_if: fields.get("only-if"),
            scale_by: fields.get("scale-by"),
            settle: duration("settle"),
            toggles_within: duration("toggles-within"),
        };
        if let (Some(node), Pace::Fire) = (fields.get("settle"), spec.pace) {
            node.error("a point of the fire pace cannot wait before it is believed", "");
        }
        if let Some(node) = fields.get("toggles-within") {
            if !matches!(spec.pace, Pace::Fire | Pace::Fast) {
                node.error("a heartbeat that is read slowly is not seen to beat", "add poll = \"fast\"");
            }
            if let Kind::Text(_) = spec.encoding.kind {
                node.error("\"toggles-within\" means nothing for a text", "");
            }
        }
        if let (Some(node), false) = (&said.scale_by, is_number(&spec.encoding)) {
            node.error("\"scale-by\" is for numbers", "");
        }
        said
    }

    /// Whether another point decides about it.
    pub fn is_decided(&self) -> bool {
        self.only_if.is_some() || self.scale_by.is_some()
    }
}

fn is_number(encoding: &Encoding) -> bool {
    encoding.states.is_none() && !matches!(encoding.kind, Kind::Bit | Kind::Text(_))
}

/// Gives every row its proviso, now that all rows are known. `single` are the device's single points, for an array.
pub fn resolve(points: &mut Points<'_>, said: &[Said<'_>], mut single: Option<&mut Points<'_>>) {
    for (row, said) in said.iter().enumerate() {
        let pace = points.list[row].pace;
        let mut proviso = Proviso {
            settle: said.settle.unwrap_or_default(),
            toggles_within: said.toggles_within,
            ..Proviso::default()
        };
        let mut chosen = Vec::new();
        let find = |node: Node<'_>| {
            let found = find(node, row, points, single.as_deref(), &mut chosen)?;
            let list = if found.single { &single.as_deref()?.list } else { &points.list };
            list.get(found.slot as usize).map(|spec| (found, Arc::clone(&spec.encoding)))
        };
        (proviso.only_if, proviso.scale_by) = deciders(said, find);
        if proviso.scale_by.is_some() {
            proviso.valid = Arc::make_mut(&mut points.list[row].encoding).valid.take();
        }
        for selector in chosen {
            let list = match &mut single {
                Some(single) if selector.single => &mut single.list,
                _ => &mut points.list,
            };
            if let Some(spec) = list.get_mut(selector.slot as usize) {
                spec.pace = spec.pace.min(pace);
            }
        }
        points.list[row].proviso = (!proviso.is_empty()).then_some(proviso);
    }
}

/// `find` gives the point that a name means and how it is encoded; what is wrong has been reported then.
fn deciders<'a>(
    said: &Said<'a>,
    mut find: impl FnMut(Node<'a>) -> Option<(Selector, Arc<Encoding>)>,
) -> (Option<OnlyIf>, Option<ScaleBy>) {
    let only_if = said.only_if.and_then(|node| {
        let fields = node.fields(&keys::ONLY_IF)?;
        let (point, encoding) = find(fields.get("point")?)?;
        let is = fields.list("is").into_iter().filter_map(|value| wanted(value, &encoding)).collect();
        Some(OnlyIf { point, is })
    });
    let scale_by = said.scale_by.and_then(|node| {
        if let DeValue::String(_) = node.value() {
            let (point, encoding) = find(node)?;
            check_factor(node, &encoding);
            return Some(ScaleBy { point, by: Factor::Value });
        }
        let fields = node.fields(&keys::SCALE_BY)?;
        let place = fields.get("point")?;
        let (point, encoding) = find(place)?;
        let by = match (fields.get("as"), fields.get("factors")) {
            (Some(_), Some(factors)) => {
                factors.error("\"factors\" says what \"as\" would", "leave one of them out");
                return None;
            }
            (None, Some(factors)) => Factor::States(table(place, factors, &encoding)),
            (given, None) => {
                check_factor(place, &encoding);
                given.and_then(|node| node.word(&FACTORS)).unwrap_or(Factor::Value)
            }
        };
        Some(ScaleBy { point, by })
    });
    (only_if, scale_by)
}

/// The point a row names: beside it, or among the device's single points.
fn find(
    node: Node<'_>,
    row: usize,
    points: &Points<'_>,
    single: Option<&Points<'_>>,
    chosen: &mut Vec<Selector>,
) -> Option<Selector> {
    let name = node.text()?;
    let position = |of: &Points<'_>| of.list.iter().position(|spec| spec.key == name);
    let (slot, list) = match (position(points), single.and_then(|single| Some((position(single)?, single)))) {
        (Some(slot), _) => (slot, None),
        (None, Some((slot, single))) => (slot, Some(single)),
        (None, None) => {
            let known = points.list.iter().chain(single.into_iter().flat_map(|single| &single.list));
            let known: Vec<&str> = known.map(|spec| spec.key.as_str()).collect();
            node.error(format!("unknown point \"{name}\""), did_you_mean(name, known));
            return None;
        }
    };
    if list.is_none() && slot == row {
        node.error(format!("\"{name}\" cannot decide about itself"), "");
        return None;
    }
    if list.unwrap_or(points).decided.get(slot) == Some(&true) {
        let message = format!("another point decides about \"{name}\" itself");
        node.error(message, "\"only-if\" and \"scale-by\" do not chain");
        return None;
    }
    let selector = Selector { slot: u32::try_from(slot).ok()?, single: list.is_some() };
    chosen.push(selector);
    Some(selector)
}

fn check_factor(place: Node<'_>, encoding: &Encoding) {
    if !is_number(encoding) {
        let hint = if encoding.states.is_some() { "write factors = { key-of-a-state = 1, … }" } else { "" };
        place.error("only a number can be a factor", hint);
    }
}

fn wanted(node: Node<'_>, encoding: &Encoding) -> Option<Value> {
    match (&encoding.states, encoding.kind) {
        (Some(_), _) => state(node, node.text()?, encoding).map(Value::State),
        (None, Kind::Bit) => node.boolean().map(Value::Bit),
        _ => {
            node.error("only a bit or a point with states can decide whether another exists", "");
            None
        }
    }
}

fn table(place: Node<'_>, factors: Node<'_>, encoding: &Encoding) -> Vec<(u16, f64, f64)> {
    if encoding.states.is_none() {
        place.error("\"factors\" is for a point with states", "");
        return Vec::new();
    }
    let mut list = Vec::new();
    for (name, node) in factors.entries().unwrap_or_default() {
        let numbers = match node.value() {
            DeValue::Array(_) => node.pair().and_then(|(first, second)| first.number().zip(second.number())),
            _ => node.number().map(|factor| (factor, 0.0)),
        };
        let state = state(node, name.text, encoding);
        if let (Some(state), Some((factor, offset))) = (state, numbers) {
            if factor == 0.0 {
                node.error("a factor of 0 makes every value 0", "");
            }
            list.push((state, factor, offset));
        }
    }
    list
}

fn state(node: Node<'_>, key: &str, encoding: &Encoding) -> Option<u16> {
    let states = encoding.states.as_deref().unwrap_or_default();
    let found = states.iter().position(|state| state.key == key).and_then(|at| u16::try_from(at).ok());
    if found.is_none() {
        let hint = did_you_mean(key, states.iter().map(|state| state.key.as_str()));
        node.error(format!("there is no state \"{key}\""), hint);
    }
    found
}
