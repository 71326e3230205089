//! The four forms of a stretch of time, gathered from the journal (FL-05).
//!
//! Takes: the journal, the shown state, a form's name and a stretch of time.
//! Gives: [`Form`], [`Period`] and the [`Forms`] that rows are made from; the figures that a record notes.
//! Never: a form that begins in the middle of what it tells: what began earlier is read from its beginning; more of the
//! journal than tells it.

use std::sync::Arc;
use std::time::Duration;

use super::Web;
use super::problem::Problem;
use super::when::When;
use super::words::{self, Phrase, duty};
use crate::engine::alarm::{Figure, State};
use crate::engine::base::{Reading, Text, Value, Wall};
use crate::engine::duty::Forms;
use crate::engine::report::Lasting;
use crate::engine::site::{Plan, PlanKind, Point, Site};
use crate::live::{Records, Search, Sieve, Stretch, Things, Where, one_by_one};

/// Handling records of one form; of older ones, their number.
pub(super) const ROWS: usize = 5_000;
/// Rounds that are looked at for one form.
const ROUNDS: usize = 20_000;
/// Facts that are read for one form.
const FACTS: usize = 100_000;
/// A form waits so long for what was written last.
const REACHED_WITHIN: Duration = Duration::from_secs(10);
/// The longest stretch of one form.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// One of the four forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 巡查记录
    Patrol,
    /// 维护保养计划
    Plan,
    /// 维护保养记录
    Maintenance,
    /// 故障/报警处理记录
    Handling,
}

impl Form {
    /// All of them, in the order people know them.
    pub const ALL: [Form; 4] = [Form::Patrol, Form::Plan, Form::Maintenance, Form::Handling];

    /// The word of its address.
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Patrol => "patrol",
            Form::Plan => "plan",
            Form::Maintenance => "maintenance",
            Form::Handling => "handling",
        }
    }

    /// Its title.
    pub fn title(self) -> Phrase {
        match self {
            Form::Patrol => duty::F_PATROL,
            Form::Plan => duty::F_PLAN,
            Form::Maintenance => duty::F_MAINTENANCE,
            Form::Handling => duty::F_HANDLING,
        }
    }

    /// The kind of rounds it lists; the handling record lists none.
    pub fn kind(self) -> Option<PlanKind> {
        match self {
            Form::Patrol => Some(PlanKind::Patrol),
            Form::Plan | Form::Maintenance => Some(PlanKind::Maintenance),
            Form::Handling => None,
        }
    }

    /// Reads the word of an address.
    pub fn named(word: &str) -> Result<Form, Problem> {
        let found = Form::ALL.into_iter().find(|form| form.as_str() == word);
        found.ok_or_else(|| Problem::not_found(word))
    }
}

/// From and to; what happens at `to` itself is not in it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// From when.
    pub from: Wall,
    /// Until when.
    pub to: Wall,
}

impl Period {
    /// A stretch of time that runs forward and can be shown.
    pub fn new(from: Wall, to: Wall) -> Result<Period, Problem> {
        if from >= to {
            return Err(Problem::bad("to", "must be later than `from`"));
        }
        if to.since(from) > LONGEST {
            return Err(Problem::bad("to", "at most a year after `from`"));
        }
        Ok(Period { from, to })
    }

    /// Of two times as the API writes them; without them the day before now and the week after it.
    pub fn asked(from: Option<&str>, to: Option<&str>, now: Wall) -> Result<Period, Problem> {
        let read = |field: &'static str, text: &str| {
            When::parse(text).ok_or_else(|| Problem::bad(field, "RFC 3339 with an offset: 2026-11-22T18:00:00+08:00"))
        };
        let day = Duration::from_secs(24 * 3600);
        let from = from.map_or(Ok(earlier(now, day)), |text| read("from", text))?;
        let to = to.map_or(Ok(now.after(day * 7)), |text| read("to", text))?;
        Period::new(from, to)
    }
}

fn earlier(at: Wall, lapse: Duration) -> Wall {
    Wall(at.0.saturating_sub(i64::try_from(lapse.as_micros()).unwrap_or(i64::MAX)))
}

impl Web {
    /// Reads what a form of a stretch of time is made from, the newest rows of it, and how many older ones are left out.
    pub(crate) async fn forms(&self, form: Form, period: Period) -> Result<(Forms, Arc<State>, u64), Problem> {
        let _turn = self.gathering.acquire().await.map_err(|error| Problem::store("forms", &error))?;
        let state = self.services.picture.state();
        let (records, search) = (Arc::clone(&self.services.records), Arc::clone(&self.services.search));
        let last = state.last.seq;
        let gathered = self.waiting(move || {
            reached(&*search, last)?;
            gather(&*records, &*search, form, period)
        });
        let (forms, left_out) = gathered.await?.map_err(|error| Problem::store("forms", &error))?;
        Ok((forms, state, left_out))
    }

    /// The figures of a plan as they are known now.
    pub(crate) fn figures(&self, kind: PlanKind, plan: &str) -> Vec<Figure> {
        let site = &self.services.site;
        let plan = site.plans.iter().find(|held| held.kind == kind && held.id == plan);
        plan.map(|plan| figures(site, plan, &self.services.board.all())).unwrap_or_default()
    }
}

fn figures(site: &Site, plan: &Plan, readings: &[Reading]) -> Vec<Figure> {
    let figure = |id: &crate::engine::base::PointId| {
        let at = site.points.iter().position(|point| point.id == *id)?;
        let point = &site.points[at];
        let known = readings.get(at).and_then(|reading| reading.known.as_ref().ok());
        Some(Figure {
            point: point.id.clone(),
            name: Text::clone(&point.name),
            value: known.and_then(|value| figure_words(point, value)),
        })
    };
    plan.figures.iter().filter_map(figure).collect()
}

/// A value with its unit; none for what has no words.
fn figure_words(point: &Point, value: &Value) -> Option<Text> {
    let bare = match value {
        Value::Bit(on) => {
            let phrase = if *on { words::ON } else { words::OFF };
            Text::new(phrase.zh, phrase.en)
        }
        Value::Number(number) if number.is_finite() => {
            Text::same(format!("{number:.3}").trim_end_matches('0').trim_end_matches('.'))
        }
        Value::Number(_) => return None,
        Value::State(index) => point.encoding.states.as_ref()?.get(usize::from(*index))?.name.clone(),
        Value::Text(text) => Text::same(text),
    };
    let unit = if point.unit.is_empty() { String::new() } else { format!(" {}", point.unit) };
    Some(Text::new(&format!("{}{unit}", bare.zh), &format!("{}{unit}", bare.en)))
}

/// What lasts is found through the index, which must know everything that is shown.
pub(super) fn reached(search: &dyn Search, last: u64) -> Result<(), String> {
    let reached = search.reach(last, REACHED_WITHIN);
    if reached < last { Err(format!("the index of the journal is at record {reached} of {last}")) } else { Ok(()) }
}

/// Reads the records that tell what was open or due in the stretch, also those from before it and from after it: what
/// became of something later belongs to its record.
fn gather(
    records: &dyn Records,
    search: &dyn Search,
    form: Form,
    Period { from, to }: Period,
) -> Result<(Forms, u64), String> {
    let at = Where::Anywhere;
    let (mut seqs, mut left_out) = (Vec::new(), 0);
    let mut told = |wanted: Things| {
        let (things, older) = search.things(&wanted)?;
        let told = search.told(&things, usize::MAX, FACTS)?;
        left_out += older + told.left_out;
        seqs.extend(told.seqs);
        Ok::<_, String>(())
    };
    match form {
        Form::Handling => {
            let lasting = vec![Lasting::Alarm, Lasting::Isolation, Lasting::Command, Lasting::Run];
            told(Things { lasting, at, from, to, limit: ROWS })?;
        }
        // What was due while nothing ran is written later than it was due.
        Form::Patrol | Form::Plan | Form::Maintenance => {
            told(Things { lasting: vec![Lasting::Round], at, from, to: Wall(i64::MAX), limit: ROUNDS })?;
            let besides =
                Sieve { from: Some(from), to: Some(to), kinds: vec!["round-recorded".to_owned()], ..Sieve::default() };
            let stretch = Stretch { before: u64::MAX, limit: ROUNDS, looked_at: u64::MAX };
            seqs.extend(search.find(&besides, stretch)?.seqs);
        }
    }
    seqs.sort_unstable();
    seqs.dedup();
    let mut forms = Forms::default();
    one_by_one(records, &seqs, |fact| forms.apply(fact))?;
    Ok((forms, left_out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_runs_forward_and_is_no_longer_than_a_year() {
        let now = Wall(1_767_225_600_000_000);
        let text = |period: Result<Period, Problem>| period.map_err(|problem| problem.code);
        assert!(text(Period::asked(None, None, now)).is_ok());
        assert_eq!(text(Period::asked(Some("yesterday"), None, now)), Err("bad-request"));
        assert_eq!(text(Period::asked(Some("2027-01-01T00:00:00Z"), None, now)), Err("bad-request"));
        assert_eq!(text(Period::asked(Some("2020-01-01T00:00:00Z"), None, now)), Err("bad-request"));
    }
}
