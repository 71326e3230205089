//! Starting and stopping by secondary code: one act, several targets (FA-18).
//!
//! Takes: an address with wildcards, the panel where several have that code, a verb, and how many targets the person has seen that it means.
//! Gives: a command of its own for each target, and for each that is not sent the reason; or a [`Refusal`].
//! Never: more targets than the person has confirmed; agent that is released.

use serde::{Deserialize, Serialize};

use super::decision::Decision;
use super::desk_fact::DeskFact;
use super::evaluate::Live;
use super::fact::FactKind;
use crate::engine::base::{DeviceId, EventId, PointId, Text};
use crate::engine::profile::{Danger, WriteSpec};
use crate::engine::site::{Address, Command, Site};
use crate::engine::{Act, Refusal, gate};

/// Several targets are only commanded by whoever names how many there are.
const UNCONFIRMED: usize = 1;

/// A target that was addressed and not commanded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barred {
    /// Which.
    pub point: PointId,
    /// The refusal's code.
    pub code: String,
    /// Why, in words.
    pub text: Text,
}

/// What a person typed at the keypad: a code, its device type, and what is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// Six digits or `*`.
    pub code: String,
    /// Two digits or `*`; `type` as people say it.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub device_type: Option<String>,
    /// The panel; needed where several have that code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<DeviceId>,
    /// The verb.
    pub verb: String,
}

impl Typed {
    /// What it addresses.
    ///
    /// # Errors
    /// It is no code, the site has no such panel, or several panels have the code and none is named.
    pub fn address(&self, site: &Site) -> Result<Address, Refusal> {
        let address = Address::new(&self.code, self.device_type.as_deref());
        let address = address.ok_or_else(|| Refusal::BadCode { code: self.code.clone() })?.at(self.panel.clone());
        let unknown = self.panel.as_ref().filter(|panel| site.devices.iter().all(|device| device.id != **panel));
        if let Some(panel) = unknown {
            return Err(Refusal::NoSuchScope { id: panel.to_string() });
        }
        let panels = site.ambiguous(&address);
        if panels.is_empty() { Ok(address) } else { Err(Refusal::SeveralPanels { code: self.code.clone(), panels }) }
    }
}

impl Decision<'_> {
    /// Commands everything that a code means.
    pub fn command_typed(&mut self, live: &mut Live, typed: Typed, confirm: Option<u32>) -> Result<(), Refusal> {
        let site = self.site;
        let address = typed.address(site)?;
        let targets = site.addressed_commands(&address, &typed.verb);
        if targets.is_empty() {
            return Err(Refusal::NothingAddressed { code: typed.code, verb: typed.verb });
        }
        let count = u32::try_from(targets.len()).unwrap_or(u32::MAX);
        if confirm.map_or(targets.len() > UNCONFIRMED, |confirm| confirm != count) {
            return Err(Refusal::ConfirmCount { count });
        }
        let (mut points, mut barred) = (Vec::new(), Vec::new());
        let mut first = None;
        for command in targets {
            match self.may(live, command) {
                Ok(()) => points.push(command.point.clone()),
                Err(refusal) => {
                    let (code, text) = (refusal.code().to_owned(), refusal.text());
                    barred.push(Barred { point: command.point.clone(), code, text });
                    first.get_or_insert(refusal);
                }
            }
        }
        if let (true, Some(refusal)) = (points.is_empty(), first) {
            return Err(refusal);
        }
        let verb = typed.verb.clone();
        self.decide(FactKind::Desk(DeskFact::CommandsAddressed { typed, points: points.clone(), barred }));
        for point in points {
            let sent = self.send(live, point, &verb);
            debug_assert!(sent.is_ok(), "it was asked whether it may: {sent:?}");
        }
        Ok(())
    }

    /// Whether one act of this person is enough for a command, and permitted.
    fn may(&self, live: &Live, command: &Command) -> Result<(), Refusal> {
        let act = Act::Command { point: command.point.clone(), verb: command.spec.verb.clone(), arm: None };
        let by = self.by.as_ref().ok_or_else(|| Refusal::NotPermitted { needs: gate::least_role(&act) })?;
        gate::permit(by, &act, self.site)?;
        gate::gate(&act, self.site, self.state, live, self.now)?;
        if matches!(command.spec.write, WriteSpec::Clock { .. }) && !live.clock_trusted {
            return Err(Refusal::ClockUntrusted);
        }
        if command.spec.danger == Danger::Armed { Err(Refusal::ArmNeeded { armed: None }) } else { Ok(()) }
    }
}

impl super::State {
    /// The commands that [`Act::CommandTyped`] led to, by the id of its fact: the first of each target after it.
    pub fn commands_of<'a>(&'a self, group: EventId, points: &'a [PointId]) -> Vec<&'a super::CommandRecord> {
        let of = |point: &PointId| {
            self.commands.range(group..).map(|(_, held)| held).find(|held| held.asked.point == *point)
        };
        points.iter().filter_map(of).collect()
    }
}
