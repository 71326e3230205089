//! Taking a command back: the key of the manual start panel pressed again (FA-21).
//!
//! Takes: a command that was sent.
//! Gives: its opposite, sent as the act of whoever takes it back, or a [`Refusal`].
//! Never: a way around the gate: the opposite passes it like any command.

use super::decision::Decision;
use super::desk_fact::DeskFact;
use super::evaluate::Live;
use super::fact::FactKind;
use crate::engine::base::{EventId, PointId};
use crate::engine::{Act, Refusal, gate};

/// Verbs and what takes them back.
const OPPOSITES: [(&str, &str); 6] = [
    ("start", "stop"),
    ("open", "close"),
    ("isolate", "release"),
    ("on", "off"),
    ("raise", "lower"),
    ("lock", "unlock"),
];

impl Decision<'_> {
    /// Sends the opposite of a command where the profile has one.
    pub fn withdraw(&mut self, live: &mut Live, command: EventId) -> Result<(), Refusal> {
        let record = self.state.commands.get(&command).ok_or_else(|| Refusal::NotFound { id: command.to_string() })?;
        if let Some(by) = record.withdrawn {
            return Err(Refusal::AlreadyWithdrawn { id: by });
        }
        let (point, verb) = (record.asked.point.clone(), record.asked.verb.clone());
        let back = opposite(&verb).filter(|back| self.site.command(&point, back).is_some());
        let Some(back) = back else { return Err(Refusal::NoWayBack { point, verb }) };
        let sent = self.send(live, point, back)?;
        self.decide(FactKind::Desk(DeskFact::CommandWithdrawn { command, by_command: sent }));
        Ok(())
    }

    /// Sends one command through the gate as the act of whoever acts now. Gives its id.
    pub fn send(&mut self, live: &mut Live, point: PointId, verb: &str) -> Result<EventId, Refusal> {
        let act = Act::Command { point: point.clone(), verb: verb.to_owned(), arm: None };
        // Only people take commands back or send them by code; what is not signed is nobody's.
        let by = self.by.as_ref().ok_or_else(|| Refusal::NotPermitted { needs: gate::least_role(&act) })?;
        gate::permit(by, &act, self.site)?;
        gate::gate(&act, self.site, self.state, live, self.now)?;
        let site = self.site;
        let command = site.command(&point, verb).ok_or(Refusal::NoSuchPoint { point })?;
        self.command(live, command, None)?;
        Ok(EventId { epoch: self.epoch, seq: self.state.last.seq })
    }
}

/// What takes a verb back.
pub fn opposite(verb: &str) -> Option<&'static str> {
    let pair = OPPOSITES.iter().find(|(there, back)| *there == verb || *back == verb)?;
    Some(if pair.0 == verb { pair.1 } else { pair.0 })
}

#[cfg(test)]
mod tests {
    use super::opposite;

    #[test]
    fn what_takes_back_is_taken_back_by_what_it_took_back() {
        let check = |verb, expected| assert_eq!(opposite(verb), expected);
        check("start", Some("stop"));
        check("stop", Some("start"));
        check("release", Some("isolate"));
        check("prime", None);
    }
}
