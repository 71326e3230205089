//! Equipment of fire safety that starts and nobody knows why: no linkage, no command, no start at its panel.
//!
//! Takes: statuses `running` of equipment whose class runs on for fire safety.
//! Gives: a supervisory alarm at the equipment, *started without a cause*.
//! Never: takes the first reading after a start or a lost link for a start: it must have been seen standing before.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Due, Machine};
use crate::engine::alarm::{Decision, Episode, Live, Source, SourceCause, Stage, Subject};
use crate::engine::base::{Category, EventId, PointId, Text, Truth};
use crate::engine::site::{Condition, Equipment, Site};

/// The cause may be read after its effect, from another bus.
const GRACE: Duration = Duration::from_secs(10);
/// A command explains a start for so long after it was requested.
const EXPLAINS: Duration = Duration::from_secs(120);

/// Equipment that is watched for starts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Starts {
    /// By the status `running`: the equipment, and whether it was last seen running.
    seen: BTreeMap<u32, (u32, Option<bool>)>,
}

impl Starts {
    /// Finds the equipment of a site that runs on for fire safety.
    pub fn new(site: &Site) -> Starts {
        let equipment = (0u32..).zip(&site.equipment);
        let runs_on = equipment.filter(|(_, held)| site.class_of(Some(held)).is_some_and(|class| class.runs_on));
        let shown = runs_on.filter_map(|(at, held)| Some((*held.statuses.get("running")?, (at, None))));
        Starts { seen: shown.collect() }
    }

    /// Whether it is the equipment of this site.
    pub fn fits(&self, site: &Site) -> bool {
        let own = Starts::new(site).seen;
        self.seen.iter().map(|(status, (at, _))| (status, at)).eq(own.iter().map(|(status, (at, _))| (status, at)))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }
}

impl Machine {
    /// Something was said of statuses: equipment may have started, or stand again.
    pub(super) fn started(
        &mut self,
        decision: &mut Decision<'_>,
        live: &mut Live,
        statuses: &std::collections::BTreeSet<u32>,
    ) {
        for status in statuses {
            let Some((equipment, seen)) = self.starts.seen.get_mut(status) else { continue };
            let Some((truth, _)) = live.statuses.get(*status as usize) else { continue };
            let held = &decision.site.equipment[*equipment as usize];
            match truth {
                Truth::True => {
                    if *seen == Some(false) {
                        self.agenda.insert((decision.now.mono.after(GRACE), Due::Unexplained(*status)));
                    }
                    *seen = Some(true);
                    says(decision, held, Source::Active);
                }
                Truth::False => {
                    *seen = Some(false);
                    says(decision, held, Source::Quiet);
                }
                Truth::Unknown => says(decision, held, Source::Unknown),
            }
        }
    }

    /// Equipment started a while ago: whatever caused it is known by now.
    pub(super) fn look_for_a_cause(&mut self, decision: &mut Decision<'_>, live: &mut Live, status: u32) {
        let site = decision.site;
        let Some((equipment, Some(true))) = self.starts.seen.get(&status).copied() else { return };
        let held = &site.equipment[equipment as usize];
        if self.is_explained(decision, live, equipment, held) {
            return;
        }
        let condition = condition_of(held);
        if let Some((occurrence, source)) = decision.state.open_of(&condition).map(|o| (o.id, o.known)) {
            if source == Source::Quiet {
                decision.returned(occurrence);
            }
            return;
        }
        let subject = Subject {
            condition,
            name: Text::new(
                &format!("{} 无故启动", held.name.zh),
                &format!("{} started without a cause", held.name.en),
            ),
            place: held.place.clone(),
            latches: Category::Supervisory.rules().latches,
            code: held.code.clone(),
            kind: held.kind.clone(),
            detail: Some(Text::new(
                "没有联动、命令或控制器启动与之对应",
                "No linkage, no command and no start at its panel explains it",
            )),
            advice: Some(Text::new(
                "到现场查明启动原因；未确认无火情前不要停止",
                "Go and find out why it started; do not stop it before fire is ruled out",
            )),
            class: site.class_of(Some(held)).map(|class| class.id.clone()),
        };
        live.raise(decision, subject, Episode::New { sweep: None });
    }

    fn is_explained(&self, decision: &Decision<'_>, live: &Live, number: u32, held: &Equipment) -> bool {
        let site = decision.site;
        let shows = |word: &str| {
            let status = held.statuses.get(word).and_then(|status| live.statuses.get(*status as usize));
            status.is_some_and(|(truth, _)| *truth == Truth::True)
        };
        let conditions =
            held.rules.iter().filter_map(|rule| site.rules.get(*rule as usize)).map(|rule| &rule.condition);
        let mut starts = conditions.filter(|condition| condition.category == Category::Start);
        let shown = Condition { category: Category::Feedback, ..condition_of(held) };
        ["commanded", "starting", "self-testing"].into_iter().any(shows)
            || starts.any(|start| decision.state.open_of(start).is_some_and(|open| open.source != Source::Quiet))
            || self.runs.iter().any(|(run, linkage)| is_expected(decision, *run, *linkage, number))
            || was_commanded(decision, held)
            || decision.state.in_test(&shown)
    }
}

/// Whether a run has started this equipment, or expects the panel to.
fn is_expected(decision: &Decision<'_>, run: EventId, linkage: u32, equipment: u32) -> bool {
    let (Some(spec), Some(held)) = (decision.site.linkages.get(linkage as usize), decision.state.linkages.get(&run))
    else {
        return false;
    };
    let mut pairs =
        spec.actions.iter().zip(&held.actions).flat_map(|(spec, held)| spec.targets.iter().zip(&held.targets));
    pairs.any(|(target, stands)| target.equipment == equipment && stands.stage == Stage::Started)
}

fn was_commanded(decision: &Decision<'_>, held: &Equipment) -> bool {
    let site = decision.site;
    let points: Vec<&PointId> =
        held.commands.iter().filter_map(|command| Some(&site.commands.get(*command as usize)?.point)).collect();
    let since = |at| decision.now.wall.since(at) <= EXPLAINS;
    let mut commands = decision.state.commands.values().rev();
    commands.any(|record| {
        record.asked.verb != "stop" && since(record.requested_at) && points.contains(&&record.asked.point)
    })
}

fn condition_of(held: &Equipment) -> Condition {
    let separator = if held.id.contains('/') { '.' } else { '/' };
    let point = PointId::new(&format!("{}{separator}unexplained", held.id));
    Condition { point, category: Category::Supervisory, level: None }
}

/// What is known of a start that found no cause: it goes on, it is over, or nobody can say.
fn says(decision: &mut Decision<'_>, held: &Equipment, source: Source) {
    let Some(id) = decision.state.open_of(&condition_of(held)).map(|open| open.id) else { return };
    let cause = if source == Source::Unknown { SourceCause::LinkLost } else { SourceCause::Read };
    decision.source(id, source, cause);
    decision.settle(id);
}
