//! The conditions of alarm rules: typed, resolved, without loops.
//!
//! Takes: slots that `config` has resolved and typed.
//! Gives: [`Expression`] and its three-valued evaluation.
//! Never: names. What could not be resolved was refused when the file was read.

use crate::engine::base::{Truth, Value};

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
}

/// One side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Term {
    /// A numeric point.
    Slot(u32),
    /// A number in the point's unit.
    Literal(f64),
    /// A setting of the class, by its index there. What a site holds has none: its own number stands in their place
    /// ([`Expression::with_settings`]).
    Setting(u32),
}

/// A condition over points. Slots index the points of whatever holds the expression: a profile's rows before expansion,
/// the site's points after it.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// Nothing that can be read: the device says by itself when it holds ([`super::Speech`]). Never known from points.
    Reported,
    /// A bit that is set.
    Bit(u32),
    /// A comparison of numbers.
    Compare(Term, Comparison, Term),
    /// A state that is one of these (indices into the point's states).
    StateIn(u32, Vec<u16>),
    /// Negation.
    Not(Box<Expression>),
    /// Conjunction.
    All(Vec<Expression>),
    /// Disjunction.
    Any(Vec<Expression>),
}

impl Expression {
    /// Evaluates over what is known; `value` gives `None` for the unknown.
    pub fn evaluate<'a>(&self, value: &impl Fn(u32) -> Option<&'a Value>) -> Truth {
        match self {
            Expression::Reported => Truth::Unknown,
            Expression::Bit(slot) => match value(*slot) {
                Some(Value::Bit(set)) => Truth::from(*set),
                _ => Truth::Unknown,
            },
            Expression::StateIn(slot, states) => match value(*slot) {
                Some(Value::State(state)) => Truth::from(states.contains(state)),
                _ => Truth::Unknown,
            },
            Expression::Compare(left, comparison, right) => match (left.number(value), right.number(value)) {
                (Some(left), Some(right)) => Truth::from(comparison.holds(left, right)),
                _ => Truth::Unknown,
            },
            Expression::Not(inner) => inner.evaluate(value).negate(),
            Expression::All(parts) => parts.iter().fold(Truth::True, |held, part| held.and(part.evaluate(value))),
            Expression::Any(parts) => parts.iter().fold(Truth::False, |held, part| held.or(part.evaluate(value))),
        }
    }

    /// Calls `visit` for every slot it reads, in order of appearance, repeats included.
    pub fn slots(&self, visit: &mut impl FnMut(u32)) {
        match self {
            Expression::Reported => {}
            Expression::Bit(slot) | Expression::StateIn(slot, _) => visit(*slot),
            Expression::Compare(left, _, right) => {
                for term in [left, right] {
                    if let Term::Slot(slot) = term {
                        visit(*slot);
                    }
                }
            }
            Expression::Not(inner) => inner.slots(visit),
            Expression::All(parts) | Expression::Any(parts) => parts.iter().for_each(|part| part.slots(visit)),
        }
    }

    /// The same condition with every slot renamed: how a profile's rule becomes a site's.
    pub fn with_slots(&self, rename: &impl Fn(u32) -> u32) -> Expression {
        let term = |term: &Term| match term {
            Term::Slot(slot) => Term::Slot(rename(*slot)),
            Term::Literal(_) | Term::Setting(_) => *term,
        };
        match self {
            Expression::Reported => Expression::Reported,
            Expression::Bit(slot) => Expression::Bit(rename(*slot)),
            Expression::StateIn(slot, states) => Expression::StateIn(rename(*slot), states.clone()),
            Expression::Compare(left, comparison, right) => Expression::Compare(term(left), *comparison, term(right)),
            Expression::Not(inner) => Expression::Not(Box::new(inner.with_slots(rename))),
            Expression::All(parts) => Expression::All(parts.iter().map(|part| part.with_slots(rename)).collect()),
            Expression::Any(parts) => Expression::Any(parts.iter().map(|part| part.with_slots(rename)).collect()),
        }
    }

    /// The same condition with every setting replaced by its number; nothing when `number` does not know one.
    pub fn with_settings(&self, number: &impl Fn(u32) -> Option<f64>) -> Option<Expression> {
        let term = |term: &Term| match term {
            Term::Setting(at) => number(*at).map(Term::Literal),
            Term::Slot(_) | Term::Literal(_) => Some(*term),
        };
        let each = |parts: &[Expression]| parts.iter().map(|part| part.with_settings(number)).collect::<Option<_>>();
        Some(match self {
            Expression::Compare(left, comparison, right) => Expression::Compare(term(left)?, *comparison, term(right)?),
            Expression::Not(inner) => Expression::Not(Box::new(inner.with_settings(number)?)),
            Expression::All(parts) => Expression::All(each(parts)?),
            Expression::Any(parts) => Expression::Any(each(parts)?),
            Expression::Reported | Expression::Bit(_) | Expression::StateIn(..) => self.clone(),
        })
    }

    /// The same condition with every bit replaced by a condition of its own: how what a class says of its statuses becomes
    /// what a device says by its points. Nothing when `condition` lacks one of them.
    pub fn with_conditions(&self, condition: &impl Fn(u32) -> Option<Expression>) -> Option<Expression> {
        let each =
            |parts: &[Expression]| parts.iter().map(|part| part.with_conditions(condition)).collect::<Option<Vec<_>>>();
        match self {
            Expression::Bit(at) => condition(*at),
            Expression::Not(inner) => Some(Expression::Not(Box::new(inner.with_conditions(condition)?))),
            Expression::All(parts) => each(parts).map(Expression::All),
            Expression::Any(parts) => each(parts).map(Expression::Any),
            Expression::Reported | Expression::Compare(..) | Expression::StateIn(..) => Some(self.clone()),
        }
    }
}

impl Term {
    fn number<'a>(self, value: &impl Fn(u32) -> Option<&'a Value>) -> Option<f64> {
        match self {
            Term::Literal(number) => Some(number),
            Term::Setting(_) => None,
            Term::Slot(slot) => match value(slot) {
                Some(Value::Number(number)) => Some(*number),
                _ => None,
            },
        }
    }
}

impl Comparison {
    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
            Comparison::Greater => left > right,
            Comparison::AtLeast => left >= right,
            Comparison::Equal => left == right,
            Comparison::Unequal => left != right,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unknown_neither_holds_nor_fails_unless_the_rest_decides() {
        let values = [Some(Value::Number(100.0)), Some(Value::Bit(false)), None];
        let check = |expression: Expression, expected: Truth| {
            assert_eq!(expression.evaluate(&|slot| values[slot as usize].as_ref()), expected, "{expression:?}");
        };
        let low = Expression::Compare(Term::Slot(0), Comparison::Less, Term::Literal(150.0));
        check(low.clone(), Truth::True);
        check(Expression::All(vec![low.clone(), Expression::Bit(1)]), Truth::False);
        check(Expression::All(vec![low.clone(), Expression::Bit(2)]), Truth::Unknown);
        check(Expression::All(vec![Expression::Bit(1), Expression::Bit(2)]), Truth::False);
        check(Expression::Any(vec![low, Expression::Bit(2)]), Truth::True);
        check(Expression::Not(Box::new(Expression::Bit(2))), Truth::Unknown);
        check(Expression::StateIn(2, vec![1]), Truth::Unknown);
    }
}
