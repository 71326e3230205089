//! What the centre asks, and what it is answered.
//!
//! Takes: a question, the shown state, and the last operations.
//! Gives: the answer; nothing where there is none, so that the question is denied.
//! Never: a state for a component or a system that the site does not have. What is not known is answered as faulty: the
//! standard has no word for *unknown*, and unknown is never shown as normal.

use std::collections::VecDeque;

use super::saying::Saying;
use crate::edge::gbt26875::stamp::Stamp;
use crate::edge::gbt26875::v2011::{
    Adu, Component, ComponentAt, ComponentState, ComponentText, Software, System, SystemOperation, SystemSoftware,
    SystemState, SystemStatus, SystemText, SystemTime, UnitOperation, UnitState, component, system,
};
use crate::engine::alarm::State;
use crate::engine::base::Wall;

/// Operations kept for the centre to ask for, since the start.
const KEPT: usize = 127;

/// What people did, as it was reported.
#[derive(Debug, Default)]
pub(super) struct Operations {
    systems: VecDeque<SystemOperation>,
    unit: VecDeque<UnitOperation>,
}

impl Operations {
    /// Keeps what an item reports.
    pub fn note(&mut self, adu: &Adu) {
        match adu {
            Adu::SystemOperations(done) => keep(&mut self.systems, done),
            Adu::UnitOperations(done) => keep(&mut self.unit, done),
            _ => {}
        }
    }
}

fn keep<T: Clone>(kept: &mut VecDeque<T>, done: &[T]) {
    kept.extend(done.iter().cloned());
    while kept.len() > KEPT {
        kept.pop_front();
    }
}

/// The answer to `question`.
pub(super) fn answer(saying: &Saying, question: &Adu, state: &State, done: &Operations, now: Wall) -> Option<Adu> {
    let at = Stamp::of(now, &saying.zone);
    let version = version();
    let answer = match question {
        Adu::ReadSystemStates(systems) => Adu::SystemStates(each(systems, |system| {
            Some(SystemState { system, status: system_status(saying, system, state)?, at })
        })),
        Adu::ReadComponentStates(elements) => Adu::ComponentStates(each(elements, |of| {
            let description = saying.addresses.name(of)?.to_owned();
            let component = Component { at: of, kind: 0 };
            Some(ComponentState { component, status: saying.status(of, state), description, at })
        })),
        Adu::ReadComponentTexts(elements) => Adu::ComponentTexts(each(elements, |of| {
            let description = saying.addresses.name(of)?.to_owned();
            Some(ComponentText { component: Component { at: of, kind: 0 }, description })
        })),
        Adu::ReadSystemSoftware(systems) => Adu::SystemSoftware(each(systems, |system| {
            name(saying, system).map(|_| SystemSoftware { system, software: version })
        })),
        Adu::ReadSystemTexts(systems) => {
            Adu::SystemTexts(each(systems, |system| Some(SystemText { system, text: name(saying, system)? })))
        }
        Adu::ReadSystemTimes(systems) => {
            Adu::SystemTimes(each(systems, |system| name(saying, system).map(|_| SystemTime { system, time: at })))
        }
        Adu::ReadSystemOperations(records) => {
            let of = done.systems.iter().filter(|done| done.system == records.system);
            Adu::SystemOperations(since(of, |done| done.at, records.from, records.wanted, 102, saying))
        }
        Adu::ReadUnitOperations(records) => {
            Adu::UnitOperations(since(done.unit.iter(), |done| done.at, records.from, records.wanted, 127, saying))
        }
        Adu::ReadUnitState => Adu::UnitState(UnitState { status: saying.unit_status(state), at }),
        Adu::ReadUnitSoftware => Adu::UnitSoftware(version),
        Adu::ReadUnitText => Adu::UnitText(saying.site.name.zh.clone()),
        Adu::ReadUnitTime => Adu::UnitTime(at),
        _ => return None,
    };
    // Nothing of what was asked for is here, or more than a frame holds: `encode` says so.
    answer.encode().is_ok().then_some(answer)
}

fn each<T: Copy, U>(asked: &[T], answer: impl Fn(T) -> Option<U>) -> Vec<U> {
    asked.iter().filter_map(|asked| answer(*asked)).collect()
}

fn since<'a, T: Clone + 'a>(
    done: impl Iterator<Item = &'a T>,
    at: impl Fn(&T) -> Stamp,
    from: Stamp,
    wanted: u8,
    most: usize,
    saying: &Saying,
) -> Vec<T> {
    let from = from.wall(&saying.zone);
    let later = |one: &&T| from.is_none_or(|from| at(one).wall(&saying.zone).is_some_and(|at| at >= from));
    done.filter(later).take(usize::from(wanted).min(most)).cloned().collect()
}

/// A system's status: everything that any of its components says.
fn system_status(saying: &Saying, of: System, state: &State) -> Option<SystemStatus> {
    let devices = saying.addresses.devices(of);
    if devices.is_empty() {
        return None;
    }
    let mut status = SystemStatus(system::NORMAL);
    let held = state.open().filter_map(|held| saying.addresses.component(&saying.site, &held.raise.condition.point));
    let whole = ComponentAt { system: of, zone: 0, point: 0 };
    let within = held.filter(|at| of.address == 0 || at.system == of).chain([whole]);
    for at in within {
        let component = saying.status(at, state);
        status.0 |= component.0 & !system::NORMAL & !component::POWER;
        status = status.with(system::MAINS, status.has(system::MAINS) || component.has(component::POWER));
        status = status.with(system::NORMAL, status.has(system::NORMAL) && component.has(system::NORMAL));
    }
    Some(status)
}

fn name(saying: &Saying, of: System) -> Option<String> {
    let devices = saying.addresses.devices(of);
    let first = saying.site.devices.get(*devices.first()? as usize)?;
    Some(if of.address == 0 { saying.site.name.zh.clone() } else { first.name.zh.clone() })
}

/// The program's own version.
fn version() -> Software {
    let part = |text: &str| text.parse().unwrap_or(0);
    Software { main: part(env!("CARGO_PKG_VERSION_MAJOR")), sub: part(env!("CARGO_PKG_VERSION_MINOR")) }
}
