//! A class's conditions as one piece of equipment shows them.
//!
//! Takes: a condition over the statuses of a class, and which of them the equipment's profile shows.
//! Gives: the same condition over the statuses of the site, and its truth.
//! Never: guesses what is not shown. A conjunction that asks for it cannot be judged at all.

use crate::engine::alarm::Live;
use crate::engine::base::{Truth, Value};
use crate::engine::class::Class;
use crate::engine::profile::Expression;
use crate::engine::site::{Equipment, Site};

static YES: Value = Value::Bit(true);
static NO: Value = Value::Bit(false);

/// The part of a condition that this equipment shows; none when that part says nothing.
pub(super) fn shown(site: &Site, held: &Equipment, when: &Expression) -> Option<Expression> {
    let class = site.classes.list.get(held.class? as usize)?;
    let status =
        |slot: u32| class.statuses.get(slot as usize).and_then(|status| held.statuses.get(&status.key)).copied();
    part(when, &status)
}

fn part(when: &Expression, status: &impl Fn(u32) -> Option<u32>) -> Option<Expression> {
    match when {
        Expression::Bit(slot) => status(*slot).map(Expression::Bit),
        Expression::Not(inner) => part(inner, status).map(|inner| Expression::Not(Box::new(inner))),
        Expression::All(parts) => {
            parts.iter().map(|of| part(of, status)).collect::<Option<Vec<_>>>().map(Expression::All)
        }
        Expression::Any(parts) => {
            let held: Vec<Expression> = parts.iter().filter_map(|of| part(of, status)).collect();
            (!held.is_empty()).then_some(Expression::Any(held))
        }
        // Statuses are true or false; nothing else of them can be compared.
        Expression::Reported | Expression::Compare(..) | Expression::StateIn(..) => None,
    }
}

/// A number of its class, as this equipment has it.
pub(super) fn setting(class: &Class, held: &Equipment, key: &str) -> Option<f64> {
    let setting = class.settings.iter().find(|setting| setting.key == key)?;
    Some(held.settings.get(key).copied().unwrap_or(setting.default))
}

/// What is known of a condition over the statuses of the site.
pub(super) fn truth(when: &Expression, live: &Live) -> Truth {
    when.evaluate(&|status| match live.statuses.get(status as usize)?.0 {
        Truth::True => Some(&YES),
        Truth::False => Some(&NO),
        Truth::Unknown => None,
    })
}
