//! Commands: what a person, or an act that goes through a panel, asks of equipment, and what becomes of it.
//!
//! Takes: a command the gate has let through; later what its bus says of it, or that nobody said anything in time.
//! Gives: decided facts, and the commands that the buses are to send once these were written.
//! Never: sends a command twice, also not after a restart: what nobody heard of is *outcome unknown* (design §2).

use std::sync::Arc;
use std::time::Duration;

use super::command_fact::{CommandFact, Commanded};
use super::decision::{Decision, Order, OwnFault};
use super::evaluate::Live;
use super::fact::FactKind;
use crate::engine::base::{Category, Deadline, EventId, PointId, Text};
use crate::engine::poll::{self, CommandFailure, CommandNews, Progress};
use crate::engine::profile::{Danger, WriteSpec};
use crate::engine::site::{Command, Condition};
use crate::engine::{Arm, Refusal};

/// A dangerous command must be fired within this time after it was armed (design §5).
const ARMED_FOR: Duration = Duration::from_secs(10);
/// What a bus may need beyond the times of the command itself: for the exchange, and to read its feedback.
const BUS_NEEDS: Duration = Duration::from_secs(10);

impl Decision<'_> {
    /// Arms, or requests, a command that the gate has let through.
    pub fn command(&mut self, live: &mut Live, command: &Command, arm: Option<Arm>) -> Result<(), Refusal> {
        if matches!(command.spec.write, WriteSpec::Clock { .. }) && !live.clock_trusted {
            return Err(Refusal::ClockUntrusted);
        }
        let armed = match (command.spec.danger, arm) {
            // The gate has refused it already; whoever changes the gate must still come past here.
            (Danger::Discharge, _) => return Err(Refusal::DischargeRefused { point: command.point.clone() }),
            (Danger::Plain, None) => None,
            (Danger::Plain, Some(_)) => return Err(Refusal::NothingToArm { point: command.point.clone() }),
            (Danger::Armed, None) => return Err(Refusal::ArmNeeded { armed: self.armed_by_them(live, command) }),
            (Danger::Armed, Some(Arm::First)) => {
                self.arm(live, command);
                return Ok(());
            }
            (Danger::Armed, Some(Arm::Fire(id))) => Some(self.fires(live, command, id)?),
        };
        self.request(command, armed, None);
        Ok(())
    }

    fn arm(&mut self, live: &mut Live, command: &Command) {
        let until = Deadline::starting(self.now, ARMED_FOR);
        let id = self.decide(FactKind::Command(CommandFact::Armed {
            point: command.point.clone(),
            verb: command.spec.verb.clone(),
            name: command.name.clone(),
            until,
        }));
        let now = self.now.mono;
        live.armed.retain(|_, until| *until > now);
        live.armed.insert(id, now.after(ARMED_FOR));
    }

    /// The arming `id`, when this person made it for this command and its time is not over.
    fn fires(&self, live: &mut Live, command: &Command, id: EventId) -> Result<EventId, Refusal> {
        // Naming another person's arming must not take it from them.
        if !self.is_armed(live, command, id) {
            return Err(Refusal::NotArmed { id });
        }
        live.armed.remove(&id);
        Ok(id)
    }

    fn is_armed(&self, live: &Live, command: &Command, id: EventId) -> bool {
        let in_time = live.armed.get(&id).is_some_and(|until| *until > self.now.mono);
        let user = self.by.as_ref().map(|by| by.user.as_str());
        let theirs = |arming: &super::Arming| {
            Some(arming.by.as_str()) == user && arming.point == command.point && arming.verb == command.spec.verb
        };
        in_time && self.state.armed.get(&id).is_some_and(theirs)
    }

    fn armed_by_them(&self, live: &Live, command: &Command) -> Option<(EventId, Deadline)> {
        let held = self.state.armed.iter().find(|(id, _)| self.is_armed(live, command, **id));
        held.map(|(id, arming)| (*id, arming.until))
    }

    /// Requests a command: it is sent as soon as this was written.
    fn request(&mut self, command: &Command, armed: Option<EventId>, run: Option<(EventId, bool)>) -> EventId {
        let site = self.site;
        let spec = &command.spec;
        let feedback = spec.feedback.as_ref().map(|feedback| (feedback.when.clone(), feedback.within));
        let lasts = feedback.as_ref().map_or(Duration::ZERO, |(_, within)| *within);
        let lasts = lasts.max(spec.pulse.as_ref().map_or(Duration::ZERO, |pulse| pulse.after));
        let device = &site.devices[command.device as usize];
        let id = self.decide(FactKind::Command(CommandFact::Requested(Arc::new(Commanded {
            point: command.point.clone(),
            verb: spec.verb.clone(),
            name: command.name.clone(),
            place: command.place.clone(),
            device: device.id.clone(),
            expires: Deadline::starting(self.now, spec.ttl),
            settles: Deadline::starting(self.now, spec.ttl + lasts + BUS_NEEDS),
            armed,
            run: run.map(|(run, _)| run),
            pulse: spec.pulse.is_some(),
        }))));
        let order = poll::Command {
            id,
            device: command.device,
            write: spec.write.clone(),
            expires: self.now.mono.after(spec.ttl),
            feedback,
            pulse: spec.pulse.clone(),
        };
        let automatic = run.is_some_and(|(_, automatic)| automatic);
        self.orders.push(Order { bus: device.bus, command: order, automatic });
        id
    }

    /// Requests a command for the run of a linkage, after the gate has let it through.
    pub fn request_for(&mut self, command: &Command, run: EventId, automatic: bool) -> EventId {
        self.request(command, None, Some((run, automatic)))
    }

    /// The journal did not answer before these were sent. Nothing was written, and nothing is to be acknowledged: they are
    /// proposed instead.
    pub fn commands_unrecorded(&mut self, commands: &[EventId]) {
        for command in commands {
            let failure = CommandFailure::Unrecorded;
            self.decide(FactKind::Command(CommandFact::Failed { command: *command, failure }));
        }
    }

    /// Sends a device's own `silence` or `reset` along with the act of that name, where it [may
    /// be](crate::engine::site::Site::goes_through).
    pub fn through_panel(&mut self, device: u32, verb: &str) {
        let site = self.site;
        if let Some(command) = site.goes_through(device, verb) {
            self.request(command, None, None);
        }
    }

    /// What a bus says of a command.
    pub fn command_news(&mut self, news: &CommandNews) {
        let id = news.id;
        let Some(record) = self.state.commands.get(&id) else { return };
        let (open, settled) = (record.is_open(), record.is_settled());
        let (fact, failure) = match news.progress {
            Progress::Accepted if open => (CommandFact::Accepted { command: id }, None),
            Progress::Confirmed if open => (CommandFact::Confirmed { command: id }, None),
            Progress::Done if open => (CommandFact::Done { command: id }, None),
            Progress::Failed(failure) if open => (CommandFact::Failed { command: id, failure }, Some(failure.text())),
            Progress::PulseEnded if !settled => (CommandFact::PulseEnded { command: id }, None),
            Progress::PulseStuck(failure) if !settled => {
                let why = failure.text();
                let text = Text::new(
                    &format!("脉冲未能结束，输出可能仍接通：{}", why.zh),
                    &format!("Its pulse could not be ended, the output may still be on: {}", why.en),
                );
                (CommandFact::PulseStuck { command: id, failure }, Some(text))
            }
            // It has ended already; a second end changes nothing.
            _ => return,
        };
        self.decide(FactKind::Command(fact));
        if let Some(text) = failure {
            self.announce(id, text);
        }
    }

    /// Nobody said in time what became of a command.
    pub fn command_unheard(&mut self, id: EventId) {
        if self.state.commands.get(&id).is_none_or(super::CommandRecord::is_settled) {
            return;
        }
        let stuck = self.state.commands.get(&id).is_some_and(|record| record.asked.pulse);
        self.decide(FactKind::Command(CommandFact::Unknown { command: id }));
        let text = if stuck {
            Text::new(
                "结果未知，不再发送；脉冲输出可能仍接通",
                "Its outcome is unknown and it is not sent again; its pulsed output may still be on",
            )
        } else {
            Text::new("结果未知，不再发送", "Its outcome is unknown; it is not sent again")
        };
        self.announce(id, text);
    }

    /// After a restart: whatever was not settled is not known any more, and never will be.
    pub fn commands_unheard(&mut self) {
        let lost: Vec<EventId> =
            self.state.commands.values().filter(|record| !record.is_settled()).map(|record| record.id).collect();
        for id in lost {
            self.command_unheard(id);
        }
    }

    /// A command that failed is a fault of what it was to move; it stays until somebody acknowledges it.
    fn announce(&mut self, id: EventId, detail: Text) {
        let Some(asked) = self.state.commands.get(&id).map(|record| Arc::clone(&record.asked)) else { return };
        let name = Text::new(&format!("{} 命令失败", asked.name.zh), &format!("{} command failed", asked.name.en));
        self.happened(OwnFault {
            point: self.failure_point(&asked.point, &asked.verb),
            category: Category::Fault,
            name,
            place: asked.place.clone(),
            detail: Some(detail),
        });
    }

    /// Where the failure of a command stands: at its point, unless the profile has a fault there whose reads would end it.
    fn failure_point(&self, point: &PointId, verb: &str) -> PointId {
        let taken = Condition { point: point.clone(), category: Category::Fault, level: None };
        if self.site.rules.iter().any(|rule| rule.condition == taken) {
            PointId::new(&format!("{point}.{verb}"))
        } else {
            point.clone()
        }
    }
}
