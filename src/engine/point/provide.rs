//! What a point says when others decide about it.
//!
//! Takes: what its own registers say, and what is known of the points that decide.
//! Gives: what is known of it.
//! Never: a value whose scale or whose very existence is unknown: then the reason is the deciding point's.

use super::scaled;
use crate::engine::base::{Reason, Value};
use crate::engine::profile::{Factor, Proviso, ScaleBy};

/// What is known of a point.
type Known = Result<Value, Reason>;

/// Applies `proviso` to what a point's registers say; `known` gives what is known of a deciding point, by its slot.
pub fn provide<'a>(proviso: &Proviso, said: &Known, known: impl Fn(u32) -> &'a Known) -> Known {
    if let Some(only_if) = &proviso.only_if {
        match known(only_if.point.slot) {
            Ok(value) if only_if.is.contains(value) => {}
            Ok(_) => return Err(Reason::Absent),
            Err(reason) => return Err(*reason),
        }
    }
    let (Some(scale_by), Ok(Value::Number(number))) = (&proviso.scale_by, said) else { return said.clone() };
    let decided = known(scale_by.point.slot).as_ref().map_err(|reason| *reason)?;
    let number = factored(scale_by, *number, decided).ok_or(Reason::BadValue)?;
    let within = proviso.valid.is_none_or(|(low, high)| (low..=high).contains(&number));
    if number.is_finite() && within { Ok(Value::Number(number)) } else { Err(Reason::BadValue) }
}

fn factored(scale_by: &ScaleBy, number: f64, decided: &Value) -> Option<f64> {
    let power = |exponent: f64| {
        let whole = exponent.fract() == 0.0 && exponent.abs() <= 30.0;
        // Within -30..=30 by the check just above.
        whole.then(|| {
            if exponent < 0.0 { number / 10f64.powi(-exponent as i32) } else { number * 10f64.powi(exponent as i32) }
        })
    };
    match (&scale_by.by, decided) {
        (Factor::Value, Value::Number(factor)) => Some(number * factor),
        (Factor::Divisor, Value::Number(divisor)) => Some(number / divisor),
        (Factor::Power, Value::Number(exponent)) => power(*exponent),
        (Factor::Magnitude, Value::Number(size)) if *size > 0.0 => power(size.log10().floor()),
        (Factor::States(factors), Value::State(state)) => {
            let (_, factor, offset) = factors.iter().find(|(index, ..)| index == state)?;
            Some(scaled(number, *factor, *offset))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::profile::{OnlyIf, Selector};

    const OTHER: Selector = Selector { slot: 3, single: true };

    fn scale(by: Factor) -> Proviso {
        Proviso { scale_by: Some(ScaleBy { point: OTHER, by }), ..Proviso::default() }
    }

    fn check(proviso: &Proviso, said: Known, decided: Known, expected: Known) {
        let known = provide(proviso, &said, |slot| {
            assert_eq!(slot, OTHER.slot);
            &decided
        });
        assert_eq!(known, expected, "{proviso:?} of {said:?} decided by {decided:?}");
    }

    fn number(value: f64) -> Known {
        Ok(Value::Number(value))
    }

    #[test]
    fn another_point_chooses_the_scale() {
        check(&scale(Factor::Value), number(2.5), number(40.0), number(100.0));
        check(&scale(Factor::Divisor), number(123.0), number(10.0), number(12.3));
        check(&scale(Factor::Divisor), number(123.0), number(0.0), Err(Reason::BadValue));
        check(&scale(Factor::Power), number(28.0), number(-1.0), number(2.8));
        check(&scale(Factor::Power), number(28.0), number(3.0), number(28_000.0));
        check(&scale(Factor::Power), number(28.0), number(0.5), Err(Reason::BadValue));
        check(&scale(Factor::Power), number(28.0), number(31.0), Err(Reason::BadValue));
        check(&scale(Factor::Magnitude), number(7.0), number(250.0), number(700.0));
        check(&scale(Factor::Magnitude), number(7.0), number(1000.0), number(7000.0));
        check(&scale(Factor::Magnitude), number(7.0), number(0.0), Err(Reason::BadValue));
        let units = scale(Factor::States(vec![(0, 1.0, 0.0), (2, 5.0 / 9.0, -160.0 / 9.0)]));
        check(&units, number(21.5), Ok(Value::State(0)), number(21.5));
        check(&units, number(212.0), Ok(Value::State(2)), number(100.0));
        check(&units, number(212.0), Ok(Value::State(1)), Err(Reason::BadValue));
    }

    #[test]
    fn the_range_is_that_of_the_scaled_number() {
        let bounded = Proviso { valid: Some((0.0, 150.0)), ..scale(Factor::Value) };
        check(&bounded, number(2.5), number(40.0), number(100.0));
        check(&bounded, number(2.5), number(80.0), Err(Reason::BadValue));
    }

    #[test]
    fn an_unknown_scale_is_an_unknown_value() {
        for reason in [Reason::NeverRead, Reason::Stale, Reason::LinkDown, Reason::BadValue, Reason::Absent] {
            check(&scale(Factor::Value), number(1.0), Err(reason), Err(reason));
        }
        check(&scale(Factor::Value), Err(Reason::Stale), number(2.0), Err(Reason::Stale));
        check(&scale(Factor::Value), Err(Reason::Absent), Err(Reason::Stale), Err(Reason::Absent));
    }

    #[test]
    fn a_slot_that_is_something_else_has_no_such_value() {
        let oil = Proviso {
            only_if: Some(OnlyIf { point: OTHER, is: vec![Value::State(1), Value::State(4)] }),
            ..Proviso::default()
        };
        check(&oil, number(3.2), Ok(Value::State(4)), number(3.2));
        check(&oil, number(3.2), Ok(Value::State(0)), Err(Reason::Absent));
        check(&oil, Err(Reason::BadValue), Ok(Value::State(0)), Err(Reason::Absent));
        check(&oil, number(3.2), Err(Reason::Stale), Err(Reason::Stale));
        check(&oil, Err(Reason::BadValue), Ok(Value::State(1)), Err(Reason::BadValue));
    }
}
