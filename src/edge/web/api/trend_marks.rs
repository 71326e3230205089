//! `GET trends/marks`: what happened while points were measured: alarms, isolations, tests, incidents.
//!
//! Takes: points, a stretch of time.
//! Gives: stretches to be drawn over charts, each with what it is called and when somebody acted on it.
//! Never: ends an alarm because its source cannot be read; what is not over has no end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Query;
use crate::edge::web::Web;
use crate::edge::web::forms::reached;
use crate::edge::web::lamps::category_symbol;
use crate::edge::web::problem::Problem;
use crate::edge::web::when::When;
use crate::engine::Refusal;
use crate::engine::alarm::{CloseReason, Fact, FactKind, Raise, ScopeFact, Source, Tested};
use crate::engine::base::{Category, EventId, PointId, Wall};
use crate::engine::report::Lasting;
use crate::engine::site::Site;
use crate::live::{Records, Search, Things, Where, one_by_one};

/// Points in one question.
const POINTS: usize = 16;
/// Stretches of each sort in one answer: the newest ones.
const MOST: usize = 1_000;
/// Facts that are read of one sort in one answer.
const FACTS: usize = 20_000;
/// An incident is named after the first of its alarms, and it has thousands in a flood.
const STEPS_OF_INCIDENT: usize = 3;

/// `GET trends/marks?point=&from=&to=`; `point` may stand several times.
pub async fn marks(
    State(web): State<Arc<Web>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Problem> {
    if let Some((key, _)) = pairs.iter().find(|(key, _)| !["point", "from", "to"].contains(&key.as_str())) {
        return Err(Problem::bad(key, "unknown; known are point, from and to"));
    }
    let time = |name: &str| {
        let text = pairs.iter().find(|(key, _)| key == name).and_then(|(_, text)| When::parse(text));
        text.ok_or_else(|| Problem::bad(name, "RFC 3339 with an offset"))
    };
    let (from, to) = (time("from")?, time("to")?);
    if from >= to {
        return Err(Problem::bad("to", "must be later than `from`"));
    }
    let ids: Vec<&str> = pairs.iter().filter(|(key, _)| key == "point").map(|(_, id)| id.as_str()).collect();
    if !(1..=POINTS).contains(&ids.len()) {
        return Err(Problem::bad("point", "1 to 16 of them"));
    }
    let mut story = Story::of(&web.services.site, &ids)?;
    let _turn = web.gathering.acquire().await.map_err(|error| Problem::store("marks", &error))?;
    let (records, search) = (Arc::clone(&web.services.records), Arc::clone(&web.services.search));
    let last = web.services.picture.state().last.seq;
    let read = web.waiting(move || {
        reached(&*search, last)?;
        story.find(&*records, &*search, (from, to))?;
        Ok::<_, String>(story)
    });
    let story = read.await?.map_err(|error| Problem::store("marks", &error))?;
    Ok(Json(story.document(from, to, &web.when)))
}

/// A stretch of time; without an end it goes on.
type Spell = (Wall, Option<Wall>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Alarm,
    Isolation,
    Test,
    Drill,
    Incident,
}

struct Mark {
    sort: Sort,
    /// What is known of it besides its times.
    about: Value,
    spells: Vec<Spell>,
    acknowledged: Vec<Wall>,
    reset: Option<Wall>,
}

impl Mark {
    fn begun(sort: Sort, at: Wall, about: Value) -> Mark {
        Mark { sort, about, spells: vec![(at, None)], acknowledged: Vec::new(), reset: None }
    }

    fn end(&mut self, at: Wall) {
        if let Some((_, end @ None)) = self.spells.last_mut() {
            *end = Some(at);
        }
    }

    fn touches(&self, from: Wall, to: Wall) -> bool {
        let (first, last) = (self.spells.first(), self.spells.last());
        first.is_some_and(|(begin, _)| *begin < to)
            && last.is_some_and(|(begin, end)| end.is_none_or(|end| end >= from) || *begin >= from)
    }

    fn document(&self, id: EventId, when: &When) -> Value {
        let mut out = self.about.clone();
        let spell =
            |(begin, end): &Spell| json!({ "from": when.rfc3339(*begin), "to": end.map(|end| when.rfc3339(end)) });
        out["id"] = json!(id);
        out["spells"] = self.spells.iter().map(spell).collect();
        if self.sort == Sort::Alarm {
            out["acknowledged"] = self.acknowledged.iter().map(|at| when.rfc3339(*at)).collect();
            out["reset"] = json!(self.reset.map(|at| when.rfc3339(at)));
        }
        out
    }
}

/// What the journal says of some points.
struct Story {
    /// The points, the elements they are values of, and the conditions that are judged by them.
    names: BTreeSet<PointId>,
    devices: BTreeSet<String>,
    buildings: BTreeSet<String>,
    marks: BTreeMap<EventId, Mark>,
    /// The alarms of which everything is read; of others only that an incident began with them.
    alarms: BTreeSet<u64>,
    /// Stretches that are not looked at, because newer ones are enough.
    older: u64,
}

impl Story {
    fn of(site: &Site, ids: &[&str]) -> Result<Story, Problem> {
        let (mut names, mut devices, mut buildings) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut slots = BTreeSet::new();
        for id in ids {
            let at = site.points.iter().position(|point| point.id.as_str() == *id);
            let at = at.ok_or_else(|| Refusal::NoSuchPoint { point: PointId::new(id) })?;
            let point = &site.points[at];
            slots.insert(u32::try_from(at).unwrap_or(u32::MAX));
            names.insert(point.id.clone());
            if let Some((element, _)) = id.rsplit_once('.') {
                names.insert(PointId::new(element));
            }
            devices.insert(point.id.device().to_owned());
            buildings.extend(point.place.building.clone());
        }
        for rule in &site.rules {
            let mut reads = false;
            rule.when.slots(&mut |slot| reads |= slots.contains(&slot));
            if reads {
                names.insert(rule.condition.point.clone());
            }
        }
        Ok(Story { names, devices, buildings, marks: BTreeMap::new(), alarms: BTreeSet::new(), older: 0 })
    }

    /// Reads what tells the newest stretches of each sort between two times.
    fn find(&mut self, records: &dyn Records, search: &dyn Search, (from, to): (Wall, Wall)) -> Result<(), String> {
        let points = Where::Points(self.names.iter().map(ToString::to_string).collect());
        let links = Where::LinksOf(self.devices.iter().cloned().collect());
        let wanted = [
            (Lasting::Alarm, points.clone(), usize::MAX),
            (Lasting::Alarm, links, usize::MAX),
            (Lasting::Isolation, points, usize::MAX),
            (Lasting::Test, Where::Anywhere, usize::MAX),
            (Lasting::Drill, Where::Anywhere, usize::MAX),
            (Lasting::Incident, Where::Anywhere, STEPS_OF_INCIDENT),
        ];
        let mut seqs = BTreeSet::new();
        for (lasting, at, each) in wanted {
            let (things, older) = search.things(&Things { lasting: vec![lasting], at, from, to, limit: MOST })?;
            let told = search.told(&things, each, FACTS)?;
            self.older += older + told.left_out;
            seqs.extend(told.seqs);
            if lasting == Lasting::Alarm {
                self.alarms.extend(things);
            }
        }
        let seqs: Vec<u64> = seqs.into_iter().collect();
        one_by_one(records, &seqs, |fact| self.note(fact))
    }

    /// An alarm of these points, or of the link by which they are read.
    fn concerns(&self, raise: &Raise) -> bool {
        let condition = &raise.condition;
        let link = condition.category == Category::LinkFault && self.devices.contains(condition.point.device());
        link || self.names.contains(&condition.point)
    }

    fn note(&mut self, fact: &Fact) {
        let (id, at) = (EventId::from(fact.id), fact.at);
        match &fact.kind {
            FactKind::Raised(raise) => self.raised(id, at, raise),
            FactKind::SourceChanged { occurrence, source: Source::Quiet, .. } => self.end(*occurrence, at),
            FactKind::Reactivated { occurrence } => {
                if let Some(mark) = self.marks.get_mut(occurrence) {
                    mark.end(at);
                    mark.spells.push((at, None));
                }
            }
            FactKind::Acknowledged { occurrences, .. } => {
                for occurrence in occurrences {
                    if let Some(mark) = self.marks.get_mut(occurrence) {
                        mark.acknowledged.push(at);
                    }
                }
            }
            FactKind::Closed { occurrence, reason } => {
                self.end(*occurrence, at);
                if let (Some(mark), CloseReason::Reset | CloseReason::PanelReset) =
                    (self.marks.get_mut(occurrence), reason)
                {
                    mark.reset = Some(at);
                }
            }
            FactKind::Isolated { point, name, reason, .. } if self.names.contains(point) => {
                let by = fact.by.as_ref().map(|by| &by.user);
                let about = json!({ "point": point, "name": name, "reason": reason, "by": by });
                self.marks.insert(id, Mark::begun(Sort::Isolation, at, about));
            }
            FactKind::Scope(scope) => self.scope(id, at, scope, fact),
            FactKind::IncidentOpened {} => {
                self.marks.insert(id, Mark::begun(Sort::Incident, at, json!({ "name": null })));
            }
            FactKind::Released { isolation: ended, .. } | FactKind::IncidentClosed { incident: ended, .. } => {
                self.end(*ended, at);
            }
            _ => {}
        }
    }

    fn raised(&mut self, id: EventId, at: Wall, raise: &Raise) {
        // An incident is called after the alarm it began with.
        if let Some(mark) = raise.incident.and_then(|incident| self.marks.get_mut(&incident))
            && mark.about["name"].is_null()
        {
            mark.about = json!({
                "name": raise.name, "place": raise.place, "category": raise.condition.category, "alarm": id,
                "symbol": category_symbol(raise.condition.category),
            });
        }
        if self.alarms.contains(&id.seq) && self.concerns(raise) {
            let category = raise.condition.category;
            let about = json!({
                "point": raise.condition.point, "category": category, "category_text": category.text(),
                "symbol": category_symbol(category), "name": raise.name, "place": raise.place,
            });
            let mut mark = Mark::begun(Sort::Alarm, at, about);
            if raise.momentary {
                mark.end(at);
            }
            self.marks.insert(id, mark);
        }
    }

    fn scope(&mut self, id: EventId, at: Wall, scope: &ScopeFact, fact: &Fact) {
        let by = fact.by.as_ref().map(|by| &by.user);
        match scope {
            ScopeFact::TestBegun { tested, points, reason, .. } => {
                let device = match tested {
                    Tested::Device(device) | Tested::SelfTest { device, .. } => self.devices.contains(device.as_str()),
                    Tested::Points(_) | Tested::Zone(_) | Tested::Loop { .. } => false,
                };
                if device || points.iter().any(|point| self.names.contains(point)) {
                    self.marks.insert(id, Mark::begun(Sort::Test, at, json!({ "reason": reason, "by": by })));
                }
            }
            ScopeFact::DrillBegun { building, reason, .. } if self.buildings.contains(building) => {
                let about = json!({ "building": building, "reason": reason, "by": by });
                self.marks.insert(id, Mark::begun(Sort::Drill, at, about));
            }
            ScopeFact::TestEnded { test: ended } | ScopeFact::DrillEnded { drill: ended } => self.end(*ended, at),
            ScopeFact::DrillBegun { .. } => {}
        }
    }

    fn end(&mut self, id: EventId, at: Wall) {
        if let Some(mark) = self.marks.get_mut(&id) {
            mark.end(at);
        }
    }

    fn document(&self, from: Wall, to: Wall, when: &When) -> Value {
        let mut left_out = self.older;
        let mut of = |sort: Sort| -> Value {
            let marks = self.marks.iter().filter(|(_, mark)| mark.sort == sort && mark.touches(from, to));
            let newest: Vec<Value> =
                marks.clone().rev().take(MOST).map(|(id, mark)| mark.document(*id, when)).collect();
            left_out += (marks.count() - newest.len()) as u64;
            newest.into_iter().rev().collect()
        };
        let (alarms, isolations, incidents) = (of(Sort::Alarm), of(Sort::Isolation), of(Sort::Incident));
        let (tests, drills) = (of(Sort::Test), of(Sort::Drill));
        json!({
            "alarms": alarms, "isolations": isolations, "tests": tests, "drills": drills, "incidents": incidents,
            "left_out": left_out,
        })
    }
}
