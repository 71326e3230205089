//! The one gate every act passes, whichever door it came through (design §4, AC-01, AC-02).
//!
//! Takes: who acts, and what they want done.
//! Gives: leave, or a [`Refusal`].
//! Never: looks at where the act came from. Desk, API, MQTT and rules all meet the same gate.

use super::base::{Actor, Role};
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
        | Act::Command { .. } => Role::Operator,
        // It takes a row off the wall that nothing will ever raise again.
        Act::Close { .. } => Role::Supervisor,
    }
}

/// Whether `actor` may do `act` on this site.
pub fn permit(actor: &Actor, act: &Act, site: &Site) -> Result<(), Refusal> {
    let needs = least_role(act);
    if actor.role < needs {
        return Err(Refusal::NotPermitted { needs });
    }
    if let Act::Command { point, .. } = act {
        if !site.devices.iter().any(|device| device.id.as_str() == point.device()) {
            return Err(Refusal::NoSuchPoint { point: point.clone() });
        }
        // No profile of this release declares a command, so even with control on there is nothing to reach.
        return Err(Refusal::ControlDisabled { point: point.clone() });
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
    }
}
