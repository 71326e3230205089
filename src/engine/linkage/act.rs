//! What people do with an action: release one that is proposed, withdraw one (FA-15, FA-21).
//!
//! Takes: an act the role check has let through.
//! Gives: decided facts and commands, or a [`Refusal`] and no fact at all.
//! Never: releases what the gate bars; withdraws by anything but the opposite verb of the profile.

use super::run::discharges;
use super::send::Asking;
use super::{Due, Machine, fact};
use crate::engine::Refusal;
use crate::engine::alarm::{Decision, LinkageFact, Live, Run, Stage};
use crate::engine::bar::Bar;
use crate::engine::base::{Deadline, EventId};
use crate::engine::gate::{Gate, Sender};
use crate::engine::site::Mode;

impl Machine {
    /// Releases a proposed action: it is sent, or, where it releases extinguishing agent, its evacuation delay begins.
    pub fn release(
        &mut self,
        decision: &mut Decision<'_>,
        live: &mut Live,
        run: EventId,
        action: u32,
    ) -> Result<(), Refusal> {
        let (linkage, held) = self.action(decision, run, action)?;
        let targets = held.targets_at(action, &[Stage::Proposed]);
        if targets.is_empty() {
            return Err(Refusal::NotProposed { run, action });
        }
        let spec = &decision.site.linkages[linkage as usize].actions[action as usize];
        let point = spec.targets[targets[0] as usize].point.clone();
        let cause = self.cause(decision, linkage, action);
        let gate = Gate { site: decision.site, state: decision.state, live, now: decision.now };
        let mut first = None;
        let open = targets.iter().filter(|target| {
            let target = &spec.targets[**target as usize];
            let told = target.command.map_or(Err(Bar::NoCommand), |it| gate.opens(it, Sender::Release(&cause)));
            match told {
                // Its permission is read anew when its delay is over.
                Ok(()) | Err(Bar::SprayStale) => true,
                Err(bar) => {
                    first.get_or_insert((target.point.clone(), bar));
                    false
                }
            }
        });
        if open.count() == 0 {
            let (point, bar) = first.unwrap_or((point, Bar::NoCommand));
            return Err(Refusal::Barred { point, bar });
        }
        let delay = discharges(decision.site, spec).then(|| Deadline::starting(decision.now, spec.delay));
        decision.decide(fact(LinkageFact::Released { run, action, delay }));
        if delay.is_some() {
            self.agenda.insert((decision.now.mono.after(spec.delay), Due::Delay(run, action)));
        } else {
            self.send(decision, live, (run, action), &targets, Asking::First);
        }
        Ok(())
    }

    /// Withdraws an action: its delay stops, its proposal is declined, and what was commanded is commanded back where
    /// the profile has the opposite verb.
    pub fn withdraw(
        &mut self,
        decision: &mut Decision<'_>,
        live: &mut Live,
        run: EventId,
        action: u32,
    ) -> Result<(), Refusal> {
        let (linkage, held) = self.action(decision, run, action)?;
        let waiting = held.targets_at(action, &[Stage::Delayed, Stage::Proposed, Stage::Started]);
        if waiting.is_empty() || held.met.mode == Mode::Monitor {
            return Err(Refusal::NothingToWithdraw { run, action });
        }
        let site = decision.site;
        let spec = &site.linkages[linkage as usize].actions[action as usize];
        let sent = held.targets_at(action, &[Stage::Started]);
        let backwards: Vec<u32> = sent
            .iter()
            .filter_map(|target| {
                let target = &spec.targets[*target as usize];
                let sent = site.commands.get(target.command? as usize)?;
                site.moves(target.equipment, opposite(&sent.spec.verb)?)
            })
            .collect();
        decision.decide(fact(LinkageFact::Withdrawn { run, action }));
        self.agenda.retain(|(_, due)| {
            !matches!(due, Due::Delay(of, number) | Due::Asked(of, number) if (*of, *number) == (run, action))
        });
        self.asking.remove(&(run, action));
        for command in backwards {
            let gate = Gate { site, state: decision.state, live, now: decision.now };
            if gate.opens(command, Sender::Person).is_ok() {
                decision.request_for(&site.commands[command as usize], run, false);
            }
        }
        self.awaited_no_more(decision, run, action);
        self.settle(decision, run);
        Ok(())
    }

    fn action<'a>(&self, decision: &'a Decision<'_>, run: EventId, action: u32) -> Result<(u32, &'a Run), Refusal> {
        let held = decision.state.linkages.get(&run).ok_or_else(|| Refusal::NotFound { id: run.to_string() })?;
        if !held.is_open() {
            return Err(Refusal::Closed { id: run });
        }
        let linkage = self.runs.get(&run).filter(|_| (action as usize) < held.actions.len());
        let linkage = linkage.ok_or_else(|| Refusal::NotFound { id: format!("{run}/{action}") })?;
        Ok((*linkage, held))
    }
}

/// What takes a verb back.
fn opposite(verb: &str) -> Option<&'static str> {
    match verb {
        "start" => Some("stop"),
        "open" => Some("close"),
        "close" => Some("open"),
        "on" => Some("off"),
        "off" => Some("on"),
        _ => None,
    }
}
