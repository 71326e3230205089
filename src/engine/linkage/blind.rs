//! Linkages that cannot be judged because what they read is not known (design §4: *unknown announces "linkage blind"*).
//!
//! Takes: linkages whose truth became unknown, or known again.
//! Gives: one condition `gateway/linkage.<id>` for a linkage that is blind for a reason nobody was told.
//! Never: announces what an announced fault explains. As long as a link fault stands, or the clock is known to be wrong,
//! every linkage that is blind for that alone folds under it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::graph::Leaf;
use super::values::Known;
use super::{Due, Machine};
use crate::engine::alarm::{Decision, Live, OwnFault, Source};
use crate::engine::base::{Category, DeviceId, PointId, Text, Truth};
use crate::engine::site::{Condition, Place, Sign};

/// What was just lost or has just begun is given this time to be read, or to be announced as a link fault.
const GRACE: Duration = Duration::from_secs(10);
/// How many inputs a person is told of.
const NAMED: usize = 3;

/// Linkages that cannot be judged.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Blind {
    /// Now.
    unknown: BTreeSet<u32>,
    /// And announced.
    announced: BTreeSet<u32>,
}

impl Blind {
    /// Linkages that cannot be judged now.
    pub fn unknown(&self) -> impl Iterator<Item = &u32> {
        self.unknown.iter()
    }
}

impl Machine {
    /// A linkage was judged: it sees, or it does not.
    pub(super) fn note_sight(&mut self, decision: &mut Decision<'_>, linkage: u32, truth: Truth) {
        if truth == Truth::Unknown {
            if self.blind.unknown.insert(linkage) {
                self.agenda.insert((decision.now.mono.after(GRACE), Due::Blind(linkage)));
            }
            return;
        }
        self.blind.unknown.remove(&linkage);
        // A fault that stood before a restart ends here too.
        self.blind.announced.remove(&linkage);
        announce(decision, linkage, None);
    }

    /// A link fault began or ended: what folded under it may have to be announced, and the other way round.
    pub(super) fn links_changed(&mut self, decision: &mut Decision<'_>, live: &mut Live) {
        for linkage in self.blind.unknown.clone() {
            if self.blind.announced.contains(&linkage) {
                self.look_whether_blind(decision, live, linkage);
            } else {
                let at = decision.now.mono.after(GRACE);
                if !self.agenda.iter().any(|(_, due)| *due == Due::Blind(linkage)) {
                    self.agenda.insert((at, Due::Blind(linkage)));
                }
            }
        }
    }

    /// Announces a linkage that is still blind, unless an announced fault explains it.
    pub(super) fn look_whether_blind(&mut self, decision: &mut Decision<'_>, live: &mut Live, linkage: u32) {
        if !self.blind.unknown.contains(&linkage) {
            return;
        }
        let inputs = self.unexplained_inputs(decision, live, linkage);
        if inputs.is_empty() {
            self.blind.announced.remove(&linkage);
            announce(decision, linkage, None);
            return;
        }
        self.blind.announced.insert(linkage);
        let named: Vec<&str> = inputs.iter().take(NAMED).map(PointId::as_str).collect();
        let more = inputs.len().saturating_sub(NAMED);
        let (more_zh, more_en) = if more > 0 {
            (format!(" 等 {} 个", inputs.len()), format!(" and {more} more"))
        } else {
            Default::default()
        };
        let detail = Text::new(
            &format!("条件未知，联动无法判断：{}{more_zh}", named.join("、")),
            &format!("It cannot be judged, not known: {}{more_en}", named.join(", ")),
        );
        announce(decision, linkage, Some(detail));
    }

    /// Inputs of a linkage that are unknown although nothing that was announced explains it.
    fn unexplained_inputs(&self, decision: &Decision<'_>, live: &Live, linkage: u32) -> BTreeSet<PointId> {
        let known = Known { site: decision.site, state: decision.state, live, now: decision.now };
        let mut inputs = BTreeSet::new();
        self.graph.when[linkage as usize].leaves(&mut |leaf| {
            if self.values.leaf(leaf) != Truth::Unknown {
                return;
            }
            match &self.graph.leaves[leaf as usize] {
                Leaf::Alarms { set, .. } => inputs.extend(self.values.unknown(*set).cloned()),
                Leaf::Signs(signs, _) => {
                    let unknown = signs.iter().filter(|sign| known.shown(**sign) == Truth::Unknown);
                    inputs.extend(unknown.filter_map(|sign| point_of(decision, *sign)));
                }
                // An untrusted clock is announced by itself; a verdict is always known.
                Leaf::Judged { .. } | Leaf::Clock(_) => {}
            }
        });
        inputs.retain(|point| !is_explained(decision, known, point));
        inputs
    }
}

/// Whether a link fault that stands explains why nothing is known of a point: its own, its device's or its bus's.
fn is_explained(decision: &Decision<'_>, known: Known<'_>, point: &PointId) -> bool {
    let own = Condition { point: point.clone(), category: Category::LinkFault, level: None };
    let stands = decision.state.open_of(&own).is_some_and(|fault| fault.source != Source::Quiet);
    let device = decision.device(point.device());
    stands || device.is_none_or(|device| device.refused.is_some() || known.is_lost(device.id.as_str(), device.bus))
}

fn point_of(decision: &Decision<'_>, sign: Sign) -> Option<PointId> {
    match sign {
        Sign::Status { status, .. } => decision.site.statuses.get(status as usize).map(|held| held.id.clone()),
        Sign::Rule { rule, .. } => decision.site.rules.get(rule as usize).map(|held| held.condition.point.clone()),
    }
}

fn announce(decision: &mut Decision<'_>, linkage: u32, detail: Option<Text>) {
    let Some(spec) = decision.site.linkages.get(linkage as usize) else { return };
    let fine = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let segment: String = spec.id.chars().map(fine).collect();
    let point = PointId::of(&DeviceId::new("gateway"), &format!("linkage.{}", segment.trim_end_matches('-')));
    if detail.is_none() {
        let condition = Condition { point: point.clone(), category: Category::Own, level: None };
        if decision.state.open_of(&condition).is_none() {
            return;
        }
    }
    let name = Text::new(&format!("{} 联动失明", spec.name.zh), &format!("{} linkage blind", spec.name.en));
    decision.own_condition(OwnFault { point, category: Category::Own, name, place: Place::default(), detail });
}
