//! What devices say by themselves to occurrences.
//!
//! Takes: [`Record`]s, in the order they were heard.
//! Gives: decided facts: the same as an edge would lead to; and what nobody understood, kept in full.
//! Never: raises or ends anything from what is only said anew; drops a record that was not understood.

use serde::{Deserialize, Serialize};

use super::decision::{Decision, OwnFault};
use super::evaluate::{Episode, Live, Subject};
use super::fact::{CloseReason, FactKind, Source, SourceCause};
use crate::engine::base::{Category, DeviceId, EventId, PointId, Text, Truth};
use crate::engine::poll::{Record, Said};
use crate::engine::site::{Condition, Device, Place};

/// What a device said by itself, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Which device.
    pub device: DeviceId,
    /// Its own time, as it wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_time: Option<String>,
    /// Its words.
    pub words: String,
    /// For operations: what people read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
}

impl Live {
    /// A device said something by itself.
    pub fn record(&mut self, decision: &mut Decision<'_>, record: &Record) {
        let site = decision.site;
        let Some(device) = site.devices.get(record.device as usize) else { return };
        self.panel_time(decision, record);
        match &record.said {
            Said::Listed { rule, active } => {
                let Some(held) = site.rules.get(*rule as usize).filter(|held| held.device == record.device) else {
                    return;
                };
                if let Some(truth) = self.truth.get_mut(*rule as usize) {
                    *truth = Truth::from(*active);
                    self.changed.rules.push(*rule);
                }
                let subject = Subject { detail: Some(quoted(record)), ..Subject::from(held) };
                self.said(decision, subject, *active, record);
            }
            Said::Unlisted { segment, category, active, name, place } => {
                let point = PointId::of(&device.id, segment);
                let listed = site.rules.iter().find(|rule| rule.condition.point == point);
                let building = device.place.building.clone();
                let words = || Place { building, text: place.clone(), ..Place::default() };
                let subject = Subject {
                    advice: None,
                    class: None,
                    place: listed.map_or_else(words, |rule| rule.place.clone()),
                    condition: Condition { point, category: *category, level: None },
                    name: name.clone(),
                    latches: category.rules().latches,
                    code: listed.and_then(|rule| rule.code.clone()),
                    kind: listed.and_then(|rule| rule.kind.clone()),
                    detail: Some(quoted(record)),
                };
                self.said(decision, subject, *active, record);
            }
            Said::Reset => self.panel_reset(decision, device, record),
            Said::Operation { name } => {
                decision.decide(FactKind::PanelOperated(told(device, record, Some(name.clone())).into()));
            }
            Said::Remembered { entries } => self.remembered(decision, record, entries),
            Said::Forgotten { reason } => decision.forgotten(record, reason),
            Said::Unread => {
                decision.decide(FactKind::RecordKept(told(device, record, None).into()));
                let name = |of: &str, what: &str| format!("{of} {what}");
                decision.happened(OwnFault {
                    point: PointId::of(&device.id, "record"),
                    category: Category::Fault,
                    name: Text::new(
                        &name(&device.name.zh, "有无法识别的记录"),
                        &name(&device.name.en, "said something that was not understood"),
                    ),
                    place: device.place.clone(),
                    detail: Some(Text::new(
                        &format!("无法识别：{}", record.words),
                        &format!("a record was not understood: {}", record.words),
                    )),
                });
            }
        }
    }

    /// A device said that a condition holds, or that it is over.
    fn said(&mut self, decision: &mut Decision<'_>, subject: Subject, active: bool, record: &Record) {
        let open = decision.state.open_of(&subject.condition);
        let Some((id, source, known, resetting)) = open.map(|o| (o.id, o.source, o.known, o.resetting)) else {
            if active && !record.again {
                self.raise(decision, subject, Episode::New { sweep: None });
            }
            return;
        };
        if !record.again && decision.damps(id, Truth::from(active)) {
            return;
        }
        let says = if active { Source::Active } else { Source::Quiet };
        if record.again {
            if source == Source::Unknown && known == says {
                decision.source(id, says, SourceCause::Read);
                decision.settle(id);
            }
        } else if active && resetting.is_some_and(|resetting| record.at.wall > resetting.from) {
            // Said after the reset: it is the reset's answer.
            decision.realarm(self, id);
        } else if active && known == Source::Quiet {
            decision.returned(id);
            decision.watch(id);
        } else if active {
            decision.source(id, Source::Active, SourceCause::Read);
        } else {
            decision.source(id, Source::Quiet, SourceCause::Read);
            if resetting.is_some() {
                decision.close(id, CloseReason::Reset);
            } else {
                decision.settle(id);
            }
        }
    }

    /// A reset that was made at the panel is mirrored: what it said is over. What is disabled there stays so; a panel
    /// lifts that by a word of its own.
    fn panel_reset(&mut self, decision: &mut Decision<'_>, device: &Device, record: &Record) {
        decision.decide(FactKind::PanelReset(told(device, record, None).into()));
        for rule in device.rules.clone() {
            if let Some(truth) = self.truth.get_mut(rule as usize) {
                *truth = Truth::False;
                self.changed.rules.push(rule);
            }
        }
        for id in decision.said_by(device) {
            let Some(occurrence) = decision.state.occurrences.get(&id) else { continue };
            if occurrence.raise.condition.category == Category::Disabled {
                continue;
            }
            let (resetting, owed) = (occurrence.resetting.is_some(), occurrence.is_unacknowledged());
            let latched = occurrence.latched;
            decision.source(id, Source::Quiet, SourceCause::Read);
            if resetting {
                decision.close(id, CloseReason::Reset);
            } else if !owed {
                decision.close(id, if latched { CloseReason::PanelReset } else { CloseReason::Over });
            }
        }
    }
}

impl Decision<'_> {
    /// Whether the device of a point reports by itself and cannot be asked.
    pub fn reports(&self, point: &PointId) -> bool {
        self.device(point.device()).is_some_and(Device::reports)
    }

    /// Open occurrences that a device which reports by itself has said.
    pub fn said_by(&self, device: &Device) -> Vec<EventId> {
        let own = |category| matches!(category, Category::LinkFault | Category::Own);
        let open = self.state.open().filter(|o| o.raise.condition.point.device() == device.id.as_str());
        open.filter(|o| !o.raise.momentary && !own(o.raise.condition.category)).map(|o| o.id).collect()
    }

    /// Name and place of a point that the site does not list: as its device named it last.
    pub fn described_by_its_device(&self, point: &PointId) -> Option<(Text, Place)> {
        if !self.reports(point) {
            return None;
        }
        let raised = self.state.occurrences.values().rev().find(|o| o.raise.condition.point == *point)?;
        Some((raised.raise.name.clone(), raised.raise.place.clone()))
    }
}

fn told(device: &Device, record: &Record, name: Option<Text>) -> Told {
    Told { device: device.id.clone(), device_time: record.device_time.clone(), words: record.words.clone(), name }
}

/// Where the alarm comes from, for whoever compares it with the panel.
fn quoted(record: &Record) -> Text {
    match &record.device_time {
        Some(time) => {
            Text::new(&format!("控制器时间 {time}：{}", record.words), &format!("panel time {time}: {}", record.words))
        }
        None => Text::new(&format!("控制器记录：{}", record.words), &format!("the panel says: {}", record.words)),
    }
}
