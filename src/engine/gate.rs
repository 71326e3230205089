//! The one gate every act passes, whichever door it came through (design §4, AC-01, AC-02).
//!
//! Takes: who acts, and what they want done.
//! Gives: leave, or a [`Refusal`].
//! Never: looks at where the act came from. Desk, API, MQTT and rules all meet the same gate.

use std::collections::BTreeSet;
use std::time::Duration;

use super::alarm::{Live, Occurrence, State, Verdict};
use super::bar::Bar;
use super::base::{Actor, Category, Mono, Now, Role, Truth};
use super::class::Class;
use super::profile::Danger;
use super::site::{Command, Condition, Equipment, Site};
use super::{Act, Refusal};

/// The least role that may do `act`.
pub fn least_role(act: &Act) -> Role {
    match act {
        Act::Silence
        | Act::Acknowledge { .. }
        | Act::Judge { .. }
        | Act::Reset { .. }
        | Act::Isolate { .. }
        | Act::Release { .. }
        | Act::LinkOrder { .. }
        | Act::Cancel { .. }
        | Act::ReportAbnormal { .. }
        | Act::ReportCall(_)
        | Act::TestSound
        | Act::Withdraw { .. }
        | Act::BeginTest { .. }
        | Act::EndTest { .. }
        | Act::ReleaseAction { .. }
        | Act::WithdrawAction { .. }
        | Act::Note { .. }
        | Act::Handled { .. }
        | Act::RecordRound(_)
        | Act::Export(_)
        | Act::SignIn
        | Act::SignOut => Role::Operator,
        Act::Access(changed) => changed.change.least_role(),
        Act::Command { verb, .. } => least_role_of(verb),
        Act::CommandTyped { typed, .. } => least_role_of(&typed.verb),
        // Commissioning (FA-22).
        Act::Register { .. } | Act::Identify { .. } => Role::Engineer,
        // The one takes a row off the wall that nothing will ever raise again; the others decide for a whole building.
        Act::Close { .. } | Act::BeginDrill { .. } | Act::EndDrill { .. } => Role::Supervisor,
        // Records are destroyed with the general manager's approval only (RC-01).
        Act::Retire(_) => Role::Manager,
    }
}

/// The least role that may send a command of this verb. What the keys of a panel and its manual start panel do is the
/// duty of whoever stands before them (FA-15, FA-18, FA-21); every record depends on the time that `set-clock` sets;
/// what a verb of the profile's own does, only an engineer can know.
pub fn least_role_of(verb: &str) -> Role {
    match verb {
        "silence" | "reset" | "cancel" | "isolate" | "release" | "start" | "stop" | "abort" | "self-test" => {
            Role::Operator
        }
        "set-clock" => Role::Supervisor,
        _ => Role::Engineer,
    }
}

/// Whether `actor` may do `act` on this site.
pub fn permit(actor: &Actor, act: &Act, site: &Site) -> Result<(), Refusal> {
    let needs = match act {
        // A plan may ask for more than the act does.
        Act::RecordRound(report) => {
            let plan = site.plans.iter().find(|plan| plan.kind == report.of && plan.id == report.plan);
            plan.map_or(Role::Operator, |plan| plan.role.max(Role::Operator))
        }
        act => least_role(act),
    };
    if actor.role < needs {
        return Err(Refusal::NotPermitted { needs });
    }
    if let Act::Command { point, verb, .. } = act {
        let no_point = || Refusal::NoSuchPoint { point: point.clone() };
        let device = site.devices.iter().find(|device| device.id.as_str() == point.device()).ok_or_else(no_point)?;
        if !device.control {
            return Err(Refusal::ControlDisabled { point: point.clone() });
        }
        let Some(command) = site.command(point, verb) else {
            let known: Vec<String> = site
                .commands
                .iter()
                .filter(|command| command.point == *point)
                .map(|command| command.spec.verb.clone())
                .collect();
            let exists = site.points.iter().any(|held| held.id == *point)
                || site.rules.iter().any(|rule| rule.condition.point == *point);
            return Err(if known.is_empty() && !exists {
                no_point()
            } else {
                Refusal::NoSuchVerb { point: point.clone(), verb: verb.clone(), known }
            });
        };
        if is_discharge(command, site.class_of(site.equipment_of(command))) && starts(verb) {
            return Err(Refusal::DischargeRefused { point: point.clone() });
        }
    }
    Ok(())
}

/// What is known of the site now bars some of what people are permitted to command.
pub(super) fn gate(act: &Act, site: &Site, state: &State, live: &Live, now: Now) -> Result<(), Refusal> {
    let Act::Command { point, verb, .. } = act else { return Ok(()) };
    let Some(command) = site.command(point, verb) else { return Ok(()) };
    let gate = Gate { site, state, live, now };
    gate.lets(command, Sender::Person).map_err(|bar| Refusal::Barred { point: point.clone(), bar })
}

/// Spray permission must have been read within this time (design §4).
pub(super) const PERMISSION_FRESH: Duration = Duration::from_secs(5);

/// What the gate looks at: the site, and what is known of it now.
pub(super) struct Gate<'a> {
    pub site: &'a Site,
    pub state: &'a State,
    pub live: &'a Live,
    pub now: Now,
}

/// Who sends a command.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sender<'a> {
    /// A person, by an act of that command alone.
    Person,
    /// A person who releases the action of a linkage.
    Release(&'a Cause),
    /// A linkage by itself.
    Linkage(&'a Cause),
}

/// What a linkage brings to the gate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause {
    /// The panel that governs the linkage.
    pub panel: Option<u32>,
    /// Only in full automatic.
    pub full_automatic: bool,
    /// Whether the action says that it releases agent. The class of its target and the profile have their say too.
    pub discharge: bool,
    /// Its targets were addressed by a wildcard.
    pub wildcard: bool,
    /// What met it is a drill.
    pub drill: bool,
    /// What its interlock says; true where it has none.
    pub interlock: Truth,
    /// Different points of its alarms that detect fire now, and can be read.
    pub detections: u32,
}

/// Verbs that begin what equipment is there for. The others look after a panel or stop something: nothing ever bars an
/// abort but control that is off.
fn starts(verb: &str) -> bool {
    !matches!(
        verb,
        "silence"
            | "reset"
            | "cancel"
            | "register"
            | "isolate"
            | "release"
            | "set-clock"
            | "self-test"
            | "stop"
            | "abort"
    )
}

impl Gate<'_> {
    /// Whether `command` may go to the equipment it belongs to.
    pub fn opens(&self, command: u32, sender: Sender<'_>) -> Result<(), Bar> {
        self.site.commands.get(command as usize).map_or(Err(Bar::NoCommand), |command| self.lets(command, sender))
    }

    fn lets(&self, held: &Command, sender: Sender<'_>) -> Result<(), Bar> {
        let device = self.site.devices.get(held.device as usize).ok_or(Bar::NoCommand)?;
        if !device.control {
            return Err(Bar::ControlOff);
        }
        let verb = held.spec.verb.as_str();
        let target = self.site.equipment_of(held);
        let class = self.site.class_of(target);
        if starts(verb) || !matches!(sender, Sender::Person) {
            self.no_exercise(held, sender)?;
        }
        // What is not known to have tripped is started: a lost wire must not keep a fire pump from a fire.
        let tripped = target.and_then(|target| target.statuses.get("tripped"));
        if begins(verb) && tripped.is_some_and(|status| self.live.statuses[*status as usize].0 == Truth::True) {
            return Err(Bar::Tripped);
        }
        self.start_control(held.device, verb, sender)?;
        let (Sender::Release(cause) | Sender::Linkage(cause)) = sender else {
            return if starts(verb) && is_discharge(held, class) { Err(Bar::Alone) } else { Ok(()) };
        };
        match cause.interlock {
            Truth::True => {}
            told => return Err(Bar::Interlock { known: told == Truth::False }),
        }
        let by_itself = matches!(sender, Sender::Linkage(_));
        if by_itself && class.is_some_and(|class| class.runs_on) && !begins(verb) {
            return Err(Bar::PersonStops);
        }
        if starts(verb) && (cause.discharge || is_discharge(held, class)) {
            self.discharge(held.device, target, cause)?;
        }
        Ok(())
    }

    /// Test and drill never command equipment. A fire that somebody judged real is no drill, whatever else is.
    fn no_exercise(&self, command: &Command, sender: Sender<'_>) -> Result<(), Bar> {
        let drilled = match (sender, command.place.building.as_deref()) {
            (Sender::Release(cause) | Sender::Linkage(cause), _) => cause.drill,
            (Sender::Person, Some(building)) if self.state.drill(building) => {
                let here = |o: &&Occurrence| o.raise.place.building.as_deref() == Some(building);
                !self.state.open().filter(here).any(|occurrence| occurrence.verdict == Verdict::Real)
            }
            (Sender::Person, _) => false,
        };
        if drilled {
            return Err(Bar::Drill);
        }
        let shown = Condition { point: command.point.clone(), category: Category::Feedback, level: None };
        if self.state.in_test(&shown) { Err(Bar::Test) } else { Ok(()) }
    }

    /// FA-17: neither manual nor automatic, and nothing is started.
    fn start_control(&self, device: u32, verb: &str, sender: Sender<'_>) -> Result<(), Bar> {
        let (word, automatic, cause) = match sender {
            Sender::Person => ("start-manual-allowed", false, None),
            Sender::Release(cause) => ("start-manual-allowed", false, Some(cause)),
            Sender::Linkage(cause) => ("start-auto-allowed", true, Some(cause)),
        };
        if !automatic && !starts(verb) {
            return Ok(());
        }
        for panel in self.panels(device, cause) {
            let name = || self.site.devices.get(panel as usize).map(|held| held.name.clone()).unwrap_or_default();
            match self.shown(panel, word).map_or(Truth::Unknown, |(truth, _)| truth) {
                Truth::True => {}
                told => {
                    return Err(Bar::StartControl { panel: name(), automatic, known: told == Truth::False });
                }
            }
            let automatic_only = automatic && cause.is_some_and(|cause| cause.full_automatic);
            if automatic_only && self.shown(panel, "auto").is_none_or(|(truth, _)| truth != Truth::True) {
                return Err(Bar::FullAutomatic { panel: name() });
            }
        }
        Ok(())
    }

    /// The panels that govern a device: the one its site entry names, the linkage's, and itself where it has a start
    /// control of its own. Every one must permit.
    fn panels(&self, device: u32, cause: Option<&Cause>) -> BTreeSet<u32> {
        let named = self.site.panels.get(&device).copied();
        let own = self.shown(device, "start-manual-allowed").or_else(|| self.shown(device, "start-auto-allowed"));
        named.into_iter().chain(cause.and_then(|cause| cause.panel)).chain(own.map(|_| device)).collect()
    }

    /// FA-16 and design §4: the rules for whatever releases extinguishing agent. The freshness of the permission comes
    /// last, because it alone can be had by asking.
    fn discharge(&self, device: u32, target: Option<&Equipment>, cause: &Cause) -> Result<(), Bar> {
        if cause.wildcard {
            return Err(Bar::Wildcard);
        }
        if cause.detections < 2 {
            return Err(Bar::Detections { found: cause.detections });
        }
        let spray = self.spray(device, cause);
        let abort = self.abort(device, target, cause);
        match spray.map(|status| self.live.statuses[status as usize].0) {
            Some(Truth::True) => {}
            told => return Err(Bar::Spray { known: told == Some(Truth::False) }),
        }
        match abort.map(|status| self.live.statuses[status as usize].0) {
            Some(Truth::False) => {}
            told => return Err(Bar::Abort { known: told == Some(Truth::True) }),
        }
        let fresh = |status: u32| {
            let (_, at) = self.live.statuses[status as usize];
            self.now.mono.since(at) <= PERMISSION_FRESH
        };
        if spray.into_iter().chain(abort).all(fresh) { Ok(()) } else { Err(Bar::SprayStale) }
    }

    /// The devices to be read anew before agent may be released by this command.
    pub fn to_be_asked(&self, command: u32, cause: &Cause) -> BTreeSet<u32> {
        let Some(held) = self.site.commands.get(command as usize) else { return BTreeSet::new() };
        let target = self.site.equipment_of(held);
        let statuses = self.spray(held.device, cause).into_iter().chain(self.abort(held.device, target, cause));
        statuses.filter_map(|status| self.site.statuses.get(status as usize)).map(|status| status.device).collect()
    }

    /// The status that says whether spray is permitted: of the panel that governs the device, or of the linkage's.
    fn spray(&self, device: u32, cause: &Cause) -> Option<u32> {
        let panels = [self.site.panels.get(&device).copied(), cause.panel, Some(device)];
        panels.into_iter().flatten().find_map(|panel| self.status(panel, "spray-allowed"))
    }

    /// The status that says whether the abort is pressed: of the equipment itself, or of what governs it.
    fn abort(&self, device: u32, target: Option<&Equipment>, cause: &Cause) -> Option<u32> {
        let own = target.and_then(|target| target.statuses.get("aborted").copied());
        let panels = [Some(device), self.site.panels.get(&device).copied(), cause.panel];
        own.or_else(|| panels.into_iter().flatten().find_map(|panel| self.status(panel, "aborted")))
    }

    /// A status of a device itself, by its word.
    fn status(&self, device: u32, word: &str) -> Option<u32> {
        let id = self.site.devices.get(device as usize)?.id.as_str();
        let own = self.site.equipment_at(device).iter().find(|held| held.id == id)?;
        own.statuses.get(word).copied()
    }

    fn shown(&self, device: u32, word: &str) -> Option<(Truth, Mono)> {
        self.live.statuses.get(self.status(device, word)? as usize).copied()
    }
}

/// Whether a command releases extinguishing agent, whatever a rule file says of it.
pub(super) fn is_discharge(command: &Command, class: Option<&Class>) -> bool {
    command.spec.danger == Danger::Discharge || class.is_some_and(|class| class.discharges)
}

/// Verbs that start equipment: what a linkage may send by itself to what runs on for fire safety, and what a trip bars.
fn begins(verb: &str) -> bool {
    matches!(verb, "start" | "open" | "on")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_may_do_nothing_and_an_operator_may_not_close_what_was_removed() {
        let actor = |role| Actor { user: "li".into(), role, origin: "desk".into() };
        let check = |role, act: &Act, fine: bool| assert_eq!(actor(role).role >= least_role(act), fine);
        check(Role::Display, &Act::Silence, false);
        check(Role::Operator, &Act::Silence, true);
        let close = Act::Close { id: crate::engine::base::EventId::default() };
        check(Role::Operator, &close, false);
        check(Role::Manager, &close, true);
        let command =
            |verb: &str| Act::Command { point: super::super::base::PointId::new("p/x"), verb: verb.into(), arm: None };
        check(Role::Display, &command("silence"), false);
        check(Role::Operator, &command("start"), true);
        check(Role::Operator, &command("abort"), true);
        check(Role::Operator, &command("set-clock"), false);
        check(Role::Supervisor, &command("set-clock"), true);
        check(Role::Supervisor, &command("prime"), false);
        check(Role::Engineer, &command("prime"), true);
    }

    #[test]
    fn an_abort_and_a_stop_are_no_start_and_what_nobody_knows_is_one() {
        let check = |verb: &str, start: bool, by_itself: bool| {
            assert_eq!((starts(verb), begins(verb)), (start, by_itself), "{verb}");
        };
        check("start", true, true);
        check("open", true, true);
        check("recall", true, false);
        check("vendor-verb", true, false);
        for verb in ["stop", "abort", "silence", "reset", "isolate", "release", "set-clock", "self-test"] {
            check(verb, false, false);
        }
    }
}
