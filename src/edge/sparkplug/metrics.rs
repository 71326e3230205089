//! What a point is to a Sparkplug host.
//!
//! Takes: a point of the site and its reading.
//! Gives: the metric of its birth, with type, unit and range, and the metric of a change.
//! Never: a number for an unknown point: it is null, with a quality that is not good and the reason beside it.

use super::payload::{DataType, Metric, Property, PropertySet, Scalar};
use crate::engine::base::{Reading, Reason, Value, Wall};
use crate::engine::profile::Kind;
use crate::engine::site::Point;

/// Good: the value was decoded from a verified reply.
const GOOD: u32 = 192;
/// The device answers, and what it says is no value.
const BAD: u32 = 0;
/// Nothing is heard: what was known is out of date.
const STALE: u32 = 500;

/// Milliseconds of UTC; a time before 1970 has none.
pub fn millis(at: Wall) -> u64 {
    u64::try_from(at.0.div_euclid(1_000)).unwrap_or(0)
}

/// The type of a point: whole numbers as their register has them where nothing scales them, states by their keys.
pub fn data_type(point: &Point) -> DataType {
    let encoding = &point.encoding;
    if encoding.states.is_some() {
        return DataType::String;
    }
    let decided = point.proviso.as_ref().is_some_and(|proviso| proviso.scale_by.is_some() || proviso.rate.is_some());
    let plain = encoding.scale.to_bits() == 1.0f64.to_bits() && encoding.offset == 0.0 && !decided;
    match encoding.kind {
        Kind::Bit => DataType::Boolean,
        Kind::Text(_) => DataType::String,
        Kind::U16 | Kind::Bcd16 if plain => DataType::UInt16,
        Kind::U32 | Kind::Bcd32 if plain => DataType::UInt32,
        // Hosts disagree how a negative Int16 lies in 32 bits; an Int32 lies there in one way.
        Kind::I16 | Kind::I32 if plain => DataType::Int32,
        Kind::U64 if plain => DataType::UInt64,
        Kind::I64 if plain => DataType::Int64,
        Kind::F32 if plain => DataType::Float,
        _ => DataType::Double,
    }
}

/// A value as `data_type` has it; none for what has no form in it.
fn scalar(value: &Value, point: &Point) -> Option<Scalar> {
    match value {
        Value::Bit(bit) => Some(Scalar::Boolean(*bit)),
        Value::Text(text) => Some(Scalar::Text(text.to_string())),
        Value::State(index) => {
            let state = point.encoding.states.as_ref()?.get(usize::from(*index))?;
            Some(Scalar::Text(state.key.clone()))
        }
        Value::Number(number) => scalar_of(*number, data_type(point)),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole and within the bounds of its type, as looked at just before"
)]
fn scalar_of(number: f64, data_type: DataType) -> Option<Scalar> {
    let whole =
        |low: f64, high: f64| (number.fract() == 0.0 && (low..=high).contains(&number)).then_some(number as i64);
    let int = |whole: i64| Scalar::Int(whole as u32);
    match data_type {
        DataType::UInt16 => whole(0.0, f64::from(u16::MAX)).map(int),
        DataType::UInt32 => whole(0.0, f64::from(u32::MAX)).map(int),
        DataType::Int32 => whole(f64::from(i32::MIN), f64::from(i32::MAX)).map(int),
        // A conversion to an integer saturates; beyond 2^53 a value has 16 digits anyway.
        DataType::Int64 if number.fract() == 0.0 => Some(Scalar::Long((number as i64).cast_unsigned())),
        DataType::UInt64 if number.fract() == 0.0 && number >= 0.0 => Some(Scalar::Long(number as u64)),
        DataType::Float if number.is_finite() => Some(Scalar::Float(number as f32)),
        DataType::Double if number.is_finite() => Some(Scalar::Double(number)),
        _ => None,
    }
}

/// What a host may believe of a value that is not known.
fn quality_of(reason: Reason) -> u32 {
    match reason {
        Reason::NeverRead | Reason::Stale | Reason::LinkDown => STALE,
        Reason::BadValue | Reason::Absent | Reason::DeviceException => BAD,
    }
}

/// The reading alone, under `alias`: what changed, with its quality where that is or was not good.
pub fn change(point: &Point, alias: u64, reading: &Reading, was_good: bool) -> Metric {
    let (value, quality, reason) = match &reading.known {
        Ok(value) => match scalar(value, point) {
            Some(scalar) => (Some(scalar), GOOD, None),
            None => (None, BAD, Some(Reason::BadValue)),
        },
        Err(reason) => (None, quality_of(*reason), Some(*reason)),
    };
    let told = |properties: PropertySet| {
        let word = reason.map_or("good", Reason::as_str).to_owned();
        properties.with("Quality", Property::Int(quality)).with("Reason", Property::Text(word))
    };
    Metric {
        alias: Some(alias),
        timestamp: Some(millis(reading.at.wall)),
        is_null: value.is_none().then_some(true),
        properties: (quality != GOOD || !was_good).then(|| told(PropertySet::default())),
        value,
        ..Metric::default()
    }
}

/// The metric of a birth: name, type, and what a host shows beside the value.
pub fn birth(point: &Point, alias: u64, reading: &Reading) -> Metric {
    let mut metric = change(point, alias, reading, false);
    metric.name = Some(point.id.point().to_owned());
    metric.datatype = Some(data_type(point) as u32);
    let mut properties = metric.properties.take().unwrap_or_default();
    if !point.unit.is_empty() {
        properties = properties.with("engUnit", Property::Text(point.unit.to_string()));
    }
    let proven = point.proviso.as_ref().and_then(|proviso| proviso.valid);
    if let Some((low, high)) = point.encoding.valid.or(proven) {
        properties = properties.with("engLow", Property::Double(low)).with("engHigh", Property::Double(high));
    }
    if let Some(states) = &point.encoding.states {
        let keys: Vec<&str> = states.iter().map(|state| state.key.as_str()).collect();
        properties = properties.with("states", Property::Text(keys.join(",")));
    }
    properties = properties
        .with("documentation", Property::Text(point.name.en.clone()))
        .with("documentationZh", Property::Text(point.name.zh.clone()));
    metric.properties = Some(properties);
    metric
}

/// A metric that is always known: of the gateway itself, or of the alarms.
pub fn plain(alias: Option<u64>, name: Option<String>, value: Scalar, at: Wall) -> Metric {
    let datatype = match &value {
        Scalar::Int(_) => DataType::UInt32,
        Scalar::Long(_) => DataType::Int64,
        Scalar::Float(_) => DataType::Float,
        Scalar::Double(_) => DataType::Double,
        Scalar::Boolean(_) => DataType::Boolean,
        Scalar::Text(_) => DataType::String,
    };
    let datatype = name.is_some().then_some(datatype as u32);
    Metric { name, alias, timestamp: Some(millis(at)), datatype, value: Some(value), ..Metric::default() }
}
