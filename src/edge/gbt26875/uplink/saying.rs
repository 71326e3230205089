//! What a fact, or the state of the site, says in the words of the standard.
//!
//! Takes: facts, and the shown state.
//! Gives: objects for the centre, each with its lane.
//! Never: a drill or a test as real. A component in drill or test is reported with bit 0 clear (*in test*); an isolated
//! one with *shielded* set, its alarm beside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::address::Addresses;
use super::sending::Lane;
use crate::edge::gbt26875::stamp::Stamp;
use crate::edge::gbt26875::v2011::{
    Adu, Component, ComponentAt, ComponentState, ComponentStatus, Operation, System, SystemOperation, UnitOperation,
    UnitState, UnitStatus, component, operation, system, unit,
};
use crate::engine::Part;
use crate::engine::alarm::{CloseReason, Fact, FactKind, Occurrence, Raise, Scope, ScopeFact, Source, State};
use crate::engine::base::{Category, EventId, PointId, Wall};
use crate::engine::site::Site;

/// The device of the gateway's own conditions.
const GATEWAY: &str = "gateway";

/// Speaks for one site.
pub(super) struct Saying {
    pub site: Arc<Site>,
    pub addresses: Addresses,
    pub zone: TimeZone,
}

impl Saying {
    /// Begins.
    pub fn new(site: Arc<Site>) -> Saying {
        let zone = TimeZone::get(&site.timezone).unwrap_or(TimeZone::UTC);
        Saying { addresses: Addresses::new(&site), zone, site }
    }

    /// The occurrences whose raise must be known to say what `fact` says.
    pub fn needs(fact: &Fact) -> Vec<EventId> {
        match &fact.kind {
            FactKind::SourceChanged { occurrence, .. }
            | FactKind::Reactivated { occurrence }
            | FactKind::Closed { occurrence, .. }
            | FactKind::Judged { occurrence, .. } => vec![*occurrence],
            FactKind::Acknowledged { occurrences, .. } => occurrences.clone(),
            _ => Vec::new(),
        }
    }

    /// What `fact` says. `state` is the shown state, which has the fact applied and may be later; `raised` gives the
    /// raises that [`Saying::needs`] asked for.
    pub fn items(
        &self,
        fact: &Fact,
        state: &State,
        raised: &dyn Fn(EventId) -> Option<Arc<Raise>>,
    ) -> Vec<(Lane, Adu)> {
        match &fact.kind {
            FactKind::Raised(raise) => vec![self.changed(raise, Change::Began, fact.at, state)],
            FactKind::Reactivated { occurrence } => {
                raised(*occurrence).iter().map(|raise| self.changed(raise, Change::Began, fact.at, state)).collect()
            }
            FactKind::SourceChanged { occurrence, source: Source::Active, .. } => {
                raised(*occurrence).iter().map(|raise| self.changed(raise, Change::Began, fact.at, state)).collect()
            }
            // What latches is held at the panel until the reset that closes it.
            FactKind::SourceChanged { occurrence, source: Source::Quiet, .. } => {
                let ended = raised(*occurrence).filter(|raise| !raise.latches);
                ended.iter().map(|raise| self.changed(raise, Change::Ended, fact.at, state)).collect()
            }
            FactKind::Closed { occurrence, reason } => {
                let held = |raise: &Arc<Raise>| raise.latches || raise.momentary || *reason == CloseReason::Removed;
                let ended = raised(*occurrence).filter(held);
                ended.iter().map(|raise| self.changed(raise, Change::Ended, fact.at, state)).collect()
            }
            FactKind::Judged { occurrence, .. } => {
                raised(*occurrence).iter().map(|raise| self.changed(raise, Change::Judged, fact.at, state)).collect()
            }
            FactKind::Isolated { point, .. } => self.point(point, fact.at, state),
            // The isolation or the drill is gone from the state; every element that still has something is said anew.
            FactKind::Released { .. } | FactKind::Scope(ScopeFact::DrillEnded { .. }) => {
                let points: BTreeSet<&PointId> = state.open().map(|held| &held.raise.condition.point).collect();
                points.into_iter().flat_map(|point| self.point(point, fact.at, state)).collect()
            }
            FactKind::Silenced { .. } => vec![self.unit_operation(operation::SILENCE, fact.at)],
            FactKind::Reset { scope: Scope::Building(_), .. } => vec![self.unit_operation(operation::RESET, fact.at)],
            FactKind::Reset { scope: Scope::Device(device), .. } => {
                let system = self.addresses.system(device);
                system.map(|system| self.system_operation(system, operation::RESET, fact.at)).into_iter().collect()
            }
            FactKind::Acknowledged { occurrences, .. } => self.acknowledged(occurrences, fact.at, raised),
            _ => Vec::new(),
        }
    }

    /// Everything that is the matter now: what a centre that never heard of this site must know first.
    pub fn present(&self, state: &State, at: Wall) -> Vec<(Lane, Adu)> {
        let points: BTreeSet<&PointId> = state.open().map(|held| &held.raise.condition.point).collect();
        let mut said = BTreeSet::new();
        let mut items = Vec::new();
        for point in points {
            let component = self.addresses.component(&self.site, point);
            if component.is_none_or(|component| said.insert(component)) {
                items.extend(self.point(point, at, state));
            }
        }
        items
    }

    /// The status of a component as the state has it.
    pub fn status(&self, at: ComponentAt, state: &State) -> ComponentStatus {
        let held: Vec<&Occurrence> = state.open().filter(|held| self.is_at(at, &held.raise.condition.point)).collect();
        let mut status = ComponentStatus(system::NORMAL);
        for occurrence in held.iter().filter(|held| is_set(held)) {
            let category = occurrence.raise.condition.category;
            status = match category {
                Category::Test => status.with(system::NORMAL, false),
                _ => status.with(bit(category), true),
            };
            if state.is_exercise(occurrence) {
                status = status.with(system::NORMAL, false);
            }
        }
        let isolated = state.isolations.values().any(|isolation| self.is_at(at, &isolation.point));
        let (test, lost) = self.device_wide(at.system, state);
        status.0 |= if isolated { system::DISABLED } else { 0 } | if lost { system::FAULT } else { 0 };
        status.with(system::NORMAL, status.has(system::NORMAL) && !test)
    }

    /// The status of the gateway itself as the state has it.
    pub fn unit_status(&self, state: &State) -> UnitStatus {
        let own = state.open().filter(|held| is_set(held) && held.raise.condition.point.device() == GATEWAY);
        own.fold(UnitStatus(unit::NORMAL), |status, held| status.with(unit_bit(&held.raise.condition.point), true))
    }

    fn is_at(&self, at: ComponentAt, point: &PointId) -> bool {
        self.addresses.component(&self.site, point) == Some(at)
    }

    /// Whether a device as a whole is in test, and whether nothing is known of it.
    fn device_wide(&self, of: System, state: &State) -> (bool, bool) {
        let (mut test, mut lost) = (false, false);
        let numbers = self.addresses.devices(of);
        let devices: Vec<_> = numbers.iter().filter_map(|number| self.site.devices.get(*number as usize)).collect();
        for occurrence in state.open().filter(|held| is_set(held)) {
            let (point, category) = (&occurrence.raise.condition.point, occurrence.raise.condition.category);
            let bus = point.point().strip_prefix("bus.").filter(|_| point.device() == GATEWAY);
            for device in &devices {
                let own = point.device() == device.id.as_str();
                let bus_lost = bus.is_some_and(|bus| {
                    self.site.buses.get(device.bus as usize).is_some_and(|held| held.id.as_str() == bus)
                });
                let element =
                    self.addresses.component(&self.site, point).is_some_and(|at| (at.zone, at.point) != (0, 0));
                test |= own && category == Category::Test && !element;
                lost |= bus_lost || (own && category == Category::LinkFault && point.point() == "link");
            }
        }
        (test, lost)
    }

    fn changed(&self, raise: &Raise, change: Change, at: Wall, state: &State) -> (Lane, Adu) {
        let (point, category) = (&raise.condition.point, raise.condition.category);
        let time = Stamp::of(at, &self.zone);
        let Some(of) = self.addresses.component(&self.site, point).filter(|_| point.device() != GATEWAY) else {
            let status = self.unit_status(state);
            let status = match change {
                Change::Judged => status,
                _ => status.with(unit_bit(point), change == Change::Began),
            };
            return (Lane::Other, Adu::UnitState(UnitState { status, at: time }));
        };
        let status = self.status(of, state);
        // The event as it was, whatever became of it since: a fire that is over was one.
        let status = match (change, category) {
            (Change::Judged, _) => status,
            (_, Category::Test) => status.with(system::NORMAL, change == Change::Ended),
            // What another condition of the component holds stays set.
            (Change::Ended, _) => status,
            (Change::Began, _) => status.with(bit(category), true),
        };
        let real = status.has(system::NORMAL);
        let urgent = category.is_immediate() && change == Change::Began && real;
        (if urgent { Lane::Fire } else { Lane::Other }, self.component_state(of, &raise_name(raise), status, time))
    }

    fn component_state(&self, at: ComponentAt, name: &str, status: ComponentStatus, time: Stamp) -> Adu {
        let component = Component { at, kind: 0 };
        Adu::ComponentStates(vec![ComponentState { component, status, description: name.to_owned(), at: time }])
    }

    /// The present state of what a point belongs to.
    fn point(&self, point: &PointId, at: Wall, state: &State) -> Vec<(Lane, Adu)> {
        let time = Stamp::of(at, &self.zone);
        let Some(of) = self.addresses.component(&self.site, point).filter(|_| point.device() != GATEWAY) else {
            return vec![(Lane::Other, Adu::UnitState(UnitState { status: self.unit_status(state), at: time }))];
        };
        let status = self.status(of, state);
        let lane = if status.has(system::FIRE) { Lane::Fire } else { Lane::Other };
        let held = state.open().find(|held| self.is_at(of, &held.raise.condition.point));
        let name = held.map(|held| raise_name(&held.raise));
        let name = name.or_else(|| self.addresses.name(of).map(str::to_owned)).unwrap_or_default();
        vec![(lane, self.component_state(of, &name, status, time))]
    }

    fn acknowledged(
        &self,
        occurrences: &[EventId],
        at: Wall,
        raised: &dyn Fn(EventId) -> Option<Arc<Raise>>,
    ) -> Vec<(Lane, Adu)> {
        let points: Vec<PointId> =
            occurrences.iter().filter_map(|id| Some(raised(*id)?.condition.point.clone())).collect();
        let systems: BTreeSet<System> =
            points.iter().filter_map(|point| self.addresses.system(point.device())).collect();
        let of_systems = systems.into_iter().map(|system| self.system_operation(system, operation::CONFIRM, at));
        // At the transmission device the same bit means that a duty check was answered.
        let on_duty = points.contains(&duty_check()).then(|| self.unit_operation(operation::CONFIRM, at));
        of_systems.chain(on_duty).collect()
    }

    fn unit_operation(&self, bit: u8, at: Wall) -> (Lane, Adu) {
        let at = Stamp::of(at, &self.zone);
        (Lane::Other, Adu::UnitOperations(vec![UnitOperation { operation: Operation(bit), operator: 0, at }]))
    }

    fn system_operation(&self, system: System, bit: u8, at: Wall) -> (Lane, Adu) {
        let at = Stamp::of(at, &self.zone);
        let done = SystemOperation { system, operation: Operation(bit), operator: 0, at };
        (Lane::Other, Adu::SystemOperations(vec![done]))
    }
}

/// What became of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Began,
    Ended,
    Judged,
}

/// The point by which the gateway says that the centre asks for whoever is on duty.
pub(super) fn duty_check() -> PointId {
    PointId::new(&format!("{GATEWAY}/{}", Part::DutyCheck.segment()))
}

/// Whether a condition still counts: what latches, and a fire that only a memory tells, until it is closed; everything else
/// until its source is quiet. What is not known counts as it was.
fn is_set(occurrence: &Occurrence) -> bool {
    let remembered = occurrence.raise.momentary && occurrence.raise.condition.category.is_immediate();
    occurrence.latched || remembered || occurrence.source != Source::Quiet
}

/// Thirty-one bytes hold fifteen Chinese characters: the place, where it is known.
fn raise_name(raise: &Raise) -> String {
    let place = &raise.place.text.zh;
    if place.is_empty() { raise.name.zh.clone() } else { place.clone() }
}

fn bit(category: Category) -> u16 {
    match category {
        Category::Fire | Category::Gas => system::FIRE,
        Category::Discharge => system::STARTED | system::FEEDBACK,
        Category::Emergency | Category::Supervisory | Category::Prealarm | Category::Limit => system::SUPERVISORY,
        Category::Start => system::STARTED,
        Category::Feedback => system::FEEDBACK,
        Category::Delay => system::DELAY,
        Category::Fault | Category::LinkFault | Category::Own => system::FAULT,
        Category::MainsFault | Category::BackupFault => component::POWER,
        Category::Disabled => system::DISABLED,
        // Said by the absence of `NORMAL`.
        Category::Test => 0,
    }
}

fn unit_bit(point: &PointId) -> u8 {
    match point.point() {
        segment if segment == Part::Uplink.segment() => unit::CHANNEL,
        segment if segment == Part::DutyCheck.segment() => 0,
        segment if segment.starts_with("bus.") => unit::LINE,
        _ => unit::FAULT,
    }
}

/// Whether an operation says that a duty check was answered.
pub(super) fn answers_duty_check(done: &UnitOperation) -> bool {
    done.operation.has(operation::CONFIRM)
}
