//! What may be written to the field, and what may be said of it (design §5): a command is written at most once, never at
//! or after the end of its time to live, never again after a restart, and confirmed only by what was read after it.

use std::collections::BTreeMap;

use tocsin::engine::alarm::{CommandFact, Fact, FactKind};
use tocsin::engine::base::{EventId, Mono};
use tocsin::engine::poll::{Command, CommandFailure, Request};
use tocsin::engine::profile::{Write, WriteSpec};
use tocsin::engine::site::Site;

use crate::invariants::Tested;

/// One command on its way.
#[derive(Clone, Debug)]
struct Known {
    command: Command,
    /// When its write left.
    written: Option<Mono>,
    /// Whether its feedback has held in the field since then.
    held: bool,
    /// Writes that ended its pulse.
    endings: u32,
    /// Whether its bus still has it: the process that was given it lives.
    alive: bool,
    /// How it ended.
    end: Option<CommandFact>,
}

/// Every command of a seed.
#[derive(Debug, Default)]
pub struct Commands {
    known: BTreeMap<EventId, Known>,
    /// Requested by a fact, and not yet handed to a bus.
    requested: BTreeMap<EventId, Mono>,
}

/// What the end of a pulse may be written, at most: once, and again twice where it was not answered.
const ENDINGS: u32 = 3;

impl Commands {
    /// The engine hands a command to a bus.
    pub fn sent(&mut self, command: &Command, tested: &mut Tested) {
        let requested = self.requested.remove(&command.id).is_some();
        tested.hold("c a command is decided before it is sent, once", requested, || format!("{command:?}"));
        let known = Known { command: command.clone(), written: None, held: false, endings: 0, alive: true, end: None };
        self.known.insert(command.id, known);
    }

    /// A write leaves a bus.
    pub fn written(&mut self, request: &Request, at: Mono, tested: &mut Tested) {
        let Some(write) = &request.write else { return };
        let of_device = |known: &&mut Known| known.alive && known.command.device == request.device;
        // The end of a pulse is told from a command by what it writes.
        let ending = self.known.values_mut().filter(of_device).find(|known| {
            let ends = known.command.pulse.as_ref().is_some_and(|pulse| is_of(&pulse.end, request, write));
            ends && known.written.is_some() && known.endings < ENDINGS
        });
        if let Some(known) = ending {
            known.endings += 1;
            *tested.count("c a pulse is ended") += 1;
            return;
        }
        let commanded = self.known.values_mut().filter(of_device).find(|known| {
            known.written.is_none() && known.end.is_none() && is_of(&known.command.write, request, write)
        });
        tested.hold("c nothing is written that was not commanded, and nothing twice", commanded.is_some(), || {
            format!("{request:?} at {at:?}")
        });
        let Some(known) = commanded else { return };
        tested.hold("c nothing is written after its time to live", at < known.command.expires, || {
            format!("{:?} at {at:?}", known.command)
        });
        known.written = Some(at);
    }

    /// Looks at the field: `holds` says whether a command's feedback holds there now.
    pub fn look(&mut self, holds: impl Fn(&Command) -> bool) {
        for known in self.known.values_mut().filter(|known| known.written.is_some() && known.end.is_none()) {
            known.held = known.held || holds(&known.command);
        }
    }

    /// A fact about a command.
    pub fn decided(&mut self, fact: &Fact, now: Mono, tested: &mut Tested) {
        let FactKind::Command(said) = &fact.kind else { return };
        let id = match said {
            CommandFact::Requested(_) => {
                self.requested.insert(fact.id.into(), now);
                return;
            }
            CommandFact::Armed { .. } => return,
            CommandFact::Accepted { command }
            | CommandFact::Confirmed { command }
            | CommandFact::Done { command }
            | CommandFact::Failed { command, .. }
            | CommandFact::Unknown { command }
            | CommandFact::PulseEnded { command }
            | CommandFact::PulseStuck { command, .. } => *command,
        };
        // One that died with the process before it was handed over is unknown all the same.
        let Some(known) = self.known.get_mut(&id) else { return };
        let written = known.written.is_some();
        let told = || format!("{said:?} of {known:?}");
        match said {
            CommandFact::Confirmed { .. } => {
                tested.hold("c confirmed after it was written and its feedback held", written && known.held, told);
            }
            CommandFact::Accepted { .. } | CommandFact::Done { .. } => {
                tested.hold("c accepted only when it was written", written, told);
            }
            CommandFact::Failed { failure: CommandFailure::Expired | CommandFailure::LinkDown, .. } => {
                tested.hold("c failed unsent was never written", !written, told);
            }
            CommandFact::Failed { failure: CommandFailure::NoFeedback, .. } => {
                tested.hold("c no feedback only after it was written", written, told);
            }
            CommandFact::Failed { failure: CommandFailure::Refused(_), .. } => {
                *tested.count("c refused by the device") += 1;
            }
            CommandFact::Failed { .. } => *tested.count("c nobody can say whether it was done") += 1,
            CommandFact::Unknown { .. } => *tested.count("c outcome unknown after a restart") += 1,
            _ => {}
        }
        if matches!(said, CommandFact::Confirmed { .. } | CommandFact::Done { .. } | CommandFact::Failed { .. }) {
            let first = known.end.replace(said.clone()).is_none();
            tested.hold("c a command ends once", first, || format!("{said:?}"));
        }
    }

    /// The process died: what it had on its way is never sent again.
    pub fn killed(&mut self) {
        self.requested.clear();
        self.known.values_mut().for_each(|known| known.alive = false);
    }

    /// The task of a bus began anew: what it had waiting is gone with it.
    pub fn forgotten(&mut self, site: &Site, bus: u32) {
        let here = |known: &&mut Known| site.devices[known.command.device as usize].bus == bus;
        self.known.values_mut().filter(here).for_each(|known| known.alive = false);
    }
}

/// Whether a request on the wire carries out this part of a command.
pub fn is_of(spec: &WriteSpec, request: &Request, write: &Write) -> bool {
    match spec {
        WriteSpec::Plain { address, write: own, .. } => *address == request.start && own == write,
        // What the register held beside the mask is the device's.
        WriteSpec::Modify { address, mask, bits } => {
            *address == request.start && matches!(write, Write::Register(word) if word & mask == bits & mask)
        }
        WriteSpec::Clock { .. } => false,
    }
}
