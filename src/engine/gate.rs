//! The one gate every act passes, whichever door it came through (design §4, AC-01, AC-02).
//!
//! Takes: who acts, and what they want done.
//! Gives: leave, or a [`Refusal`].
//! Never: looks at where the act came from. Desk, API, MQTT and rules all meet the same gate.

use super::base::{Actor, Role};
use super::profile::Danger;
use super::site::Site;
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
        | Act::BeginTest { .. }
        | Act::EndTest { .. } => Role::Operator,
        Act::Command { verb, .. } => least_role_of(verb),
        // The one takes a row off the wall that nothing will ever raise again; the others decide for a whole building.
        Act::Close { .. } | Act::BeginDrill { .. } | Act::EndDrill { .. } => Role::Supervisor,
    }
}

/// The least role that may send a command of this verb. What the keys of a panel and its manual start panel do is the
/// duty of whoever stands before them (FA-15, FA-18, FA-21); every record depends on the time that `set-clock` sets;
/// what a verb of the profile's own does, only an engineer can know.
pub fn least_role_of(verb: &str) -> Role {
    match verb {
        "silence" | "reset" | "isolate" | "release" | "start" | "stop" | "self-test" => Role::Operator,
        "set-clock" => Role::Supervisor,
        _ => Role::Engineer,
    }
}

/// Whether `actor` may do `act` on this site.
pub fn permit(actor: &Actor, act: &Act, site: &Site) -> Result<(), Refusal> {
    let needs = least_role(act);
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
        if command.spec.danger == Danger::Discharge {
            return Err(Refusal::DischargeRefused { point: point.clone() });
        }
    }
    Ok(())
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
        check(Role::Operator, &command("set-clock"), false);
        check(Role::Supervisor, &command("set-clock"), true);
        check(Role::Supervisor, &command("prime"), false);
        check(Role::Engineer, &command("prime"), true);
    }
}
