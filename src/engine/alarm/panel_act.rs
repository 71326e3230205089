//! What is done at a panel's keys besides silence and reset: cancel, registration, and what was noticed there.
//!
//! Takes: acts the gate has let through, and the end of a registration.
//! Gives: decided facts, or a [`Refusal`] and no fact at all. Where the panel's profile has the verb and control is
//! enabled the key is pressed from here, else it is recorded as pressed there.
//! Never: takes cancelling for resetting; takes a panel that does not answer for one whose devices are gone.

use std::sync::Arc;
use std::time::Duration;

use super::decision::{Decision, OwnFault, own_raise};
use super::desk_fact::DeskFact;
use super::evaluate::Live;
use super::fact::{FactKind, Source};
use super::raise::Raise;
use super::state::State;
use crate::engine::Refusal;
use crate::engine::base::{Category, Deadline, DeviceId, EventId, PointId, Text, Truth};
use crate::engine::site::{Condition, Device, Site};

/// A panel has registered its devices within this time.
const REGISTRATION: Duration = Duration::from_secs(120);
/// What the gateway itself says of a panel.
const OWN_POINTS: [&str; 3] = ["clock", "registration", "link"];
/// So many names stand in one text.
const NAMES: usize = 20;

impl Decision<'_> {
    /// 取消
    pub fn cancel(&mut self, device: DeviceId) -> Result<(), Refusal> {
        let number = self.number(&device)?;
        let commanded = self.site.goes_through(number, "cancel").is_some();
        self.decide(FactKind::Desk(DeskFact::PanelCancelled { device, commanded }));
        self.through_panel(number, "cancel");
        Ok(())
    }

    /// 重新注册
    pub fn register(&mut self, device: DeviceId) -> Result<(), Refusal> {
        let number = self.number(&device)?;
        let commanded = self.site.goes_through(number, "register").is_some();
        let until = Deadline::starting(self.now, REGISTRATION);
        self.decide(FactKind::Desk(DeskFact::RegistrationBegun { device, commanded, until }));
        self.through_panel(number, "register");
        Ok(())
    }

    /// A person asks a device who it is; the answer is the bus's to bring.
    pub fn identify(&mut self, device: DeviceId) -> Result<(), Refusal> {
        self.number(&device)?;
        self.decide(FactKind::Desk(DeskFact::IdentityAsked { device }));
        Ok(())
    }

    /// The time of a registration is over: what of the site's list the panel does not show, and what it shows besides.
    pub fn registration_over(&mut self, live: &Live, registration: EventId) {
        let Some(held) = self.state.registrations.get(&registration).cloned() else { return };
        let Some(device) = self.device(held.device.as_str()) else { return };
        let missing = if device.reports() { Vec::new() } else { unseen(self.site, self.state, device, live) };
        let listed = |point: &PointId| self.site.rules.iter().any(|rule| rule.condition.point == *point);
        // Only a device that reports by itself can say something of what the site does not list.
        let reports = device.reports();
        let said = self.state.occurrences.values().filter(|o| reports && o.raised_at >= held.since);
        let new: Vec<PointId> = said
            .filter(|o| !o.raise.momentary)
            .map(|o| &o.raise.condition)
            .filter(|condition| condition.point.device() == held.device.as_str())
            .filter(|condition| !matches!(condition.category, Category::LinkFault | Category::Own))
            .filter(|condition| !listed(&condition.point) && !OWN_POINTS.contains(&condition.point.point()))
            .map(|condition| condition.point.clone())
            .collect::<std::collections::BTreeSet<PointId>>()
            .into_iter()
            .collect();
        let (name, place) = (device.name.clone(), device.place.clone());
        let detail = differs(&missing, &new);
        self.decide(FactKind::Desk(DeskFact::Registered { registration, missing, new }));
        self.own_condition(OwnFault {
            point: PointId::of(&held.device, "registration"),
            category: Category::Fault,
            name: Text::new(
                &format!("{} 注册与点表不符", name.zh),
                &format!("{} registered other devices than the site lists", name.en),
            ),
            place,
            detail,
        });
    }

    /// 异响、异光、异味 (FA-08): a row that stays until somebody acknowledges it, with what must be done at once.
    pub fn report_abnormal(&mut self, device: DeviceId, text: &str) -> Result<(), Refusal> {
        let number = self.number(&device)?;
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Err(Refusal::Missing { field: "text" });
        }
        let held = &self.site.devices[number as usize];
        let (name, place) = (held.name.clone(), held.place.clone());
        let told = DeskFact::AbnormalReported { device, name: name.clone(), place: place.clone(), text: text.clone() };
        let point = PointId::of(&held.id, "abnormal");
        self.decide(FactKind::Desk(told));
        let condition = Condition { point, category: Category::Emergency, level: None };
        if let Some(occurrence) = self.state.open_of(&condition).map(|occurrence| occurrence.id) {
            self.decide(FactKind::Reactivated { occurrence });
            return Ok(());
        }
        let title =
            Text::new(&format!("{} 异常声光或气味", name.zh), &format!("{} abnormal sound, light or smell", name.en));
        let raise = Raise {
            momentary: true,
            advice: Some(Text::new(
                "立即切断该控制器电源（主电与备电），通知消防负责人与维保单位；断电后控制器失效，须派人值守并记录",
                "Switch off its power at once, mains and battery, and notify the responsible parties and the service company. \
                 The panel will be dead: post a fire watch and record it",
            )),
            ..own_raise(condition, title, place, Text::same(&text))
        };
        self.decide(FactKind::Raised(Arc::new(raise)));
        Ok(())
    }

    fn number(&self, id: &DeviceId) -> Result<u32, Refusal> {
        let found = (0u32..).zip(&self.site.devices).find(|(_, device)| device.id == *id);
        found.map(|(number, _)| number).ok_or_else(|| Refusal::NoSuchScope { id: id.to_string() })
    }
}

/// Elements of the site's list of which the panel says nothing.
fn unseen(site: &Site, state: &State, device: &Device, live: &Live) -> Vec<PointId> {
    // Whether anything is known of it, and whether it cannot be read all the same.
    let mut elements: std::collections::BTreeMap<&PointId, (bool, bool)> = std::collections::BTreeMap::new();
    for rule in device.rules.clone() {
        let point = &site.rules[rule as usize].condition.point;
        if device.profile.arrays.iter().any(|array| array.numbers(point.point()).is_some()) {
            let (seen, lost) = elements.entry(point).or_default();
            *seen |= live.truth[rule as usize] != Truth::Unknown;
            let unread = Condition { point: point.clone(), category: Category::LinkFault, level: None };
            *lost |= state.open_of(&unread).is_some_and(|held| held.source != Source::Quiet);
        }
    }
    elements.into_iter().filter(|(_, (seen, lost))| *lost || !seen).map(|(point, _)| point.clone()).collect()
}

fn differs(missing: &[PointId], new: &[PointId]) -> Option<Text> {
    if missing.is_empty() && new.is_empty() {
        return None;
    }
    let names = |points: &[PointId], gap: &str| {
        let told: Vec<&str> = points.iter().take(NAMES).map(PointId::as_str).collect();
        let more = points.len().saturating_sub(NAMES);
        format!("{}{}", told.join(gap), if more > 0 { format!(" +{more}") } else { String::new() })
    };
    let (zh, en) = match (missing.is_empty(), new.is_empty()) {
        (false, true) => (
            format!("缺少 {}：{}", missing.len(), names(missing, "、")),
            format!("{} missing: {}", missing.len(), names(missing, ", ")),
        ),
        (true, _) => {
            (format!("新增 {}：{}", new.len(), names(new, "、")), format!("{} new: {}", new.len(), names(new, ", ")))
        }
        (false, false) => (
            format!("缺少 {}：{}；新增 {}：{}", missing.len(), names(missing, "、"), new.len(), names(new, "、")),
            format!("{} missing: {}; {} new: {}", missing.len(), names(missing, ", "), new.len(), names(new, ", ")),
        ),
    };
    Some(Text::new(&zh, &en))
}
