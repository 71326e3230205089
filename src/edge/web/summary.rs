//! The one line on top of every screen, and the lamps below it: what state the site is in.
//!
//! Takes: the shown state, the readings, the health of links and parts.
//! Gives: [`Summary`], which `GET state` and the pages render alike.
//! Never: calls a site normal while anything of it is unknown. A count over unknown sources says that it is a lower
//! bound.

mod devices;

use std::collections::BTreeMap;
use std::time::Duration;

use devices::{SILENT, devices, feed_age, is_silent};

use crate::engine::Part;
use crate::engine::alarm::{Inhibit, Isolation, Occurrence, Scopes, SoundTest, Source, State};
use crate::engine::base::{Category, DeviceId, EventId, Mono, Now, PointId, Reading, Text, Tone, Wall};
use crate::engine::site::Site;
use crate::live::{BusVitals, LinkState};

/// The state word, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// Open fire.
    Fire,
    /// Extinguishing agent released.
    Discharge,
    /// Combustible gas.
    Gas,
    /// Entrapment, flood, call.
    Emergency,
    /// Supervisory signal.
    Supervisory,
    /// Before an alarm.
    Prealarm,
    /// No source of the site can be read.
    LinkLost,
    /// Some source cannot be read, or was not read yet.
    Unknown,
    /// A fault, a limit or the gateway itself.
    Fault,
    /// Equipment was started, or a delay runs.
    Action,
    /// Something is disabled, isolated or in test.
    Disabled,
    /// Nothing of all this, and every source was read.
    Normal,
}

/// How many open occurrences, and how many of them nobody acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Open.
    pub total: usize,
    /// Open, and an acknowledgement is owed.
    pub unacknowledged: usize,
}

/// What a screen sounds like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// Tone of the most urgent occurrence that sounds; `None` in silence.
    pub tone: Tone,
    /// Ids of everything that sounds.
    pub sounding: Vec<EventId>,
    /// When a person stopped it last.
    pub silenced_at: Option<Wall>,
    /// By whom.
    pub silenced_by: Option<String>,
    /// When the first unacknowledged fire among what was silenced sounds again.
    pub resounds_at: Option<Wall>,
    /// The test of the sound that runs.
    pub test: Option<SoundTest>,
}

/// One device, as far as it can be believed.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceView {
    /// Index in the site.
    pub index: u32,
    /// Whether it answers; none before the first exchange.
    pub up: Option<bool>,
    /// Why not; empty when there is nothing to say.
    pub reason: Text,
    /// Since when.
    pub since: Wall,
    /// Points without a good value, other than those it says it does not have and those that are gathered.
    pub unknown: usize,
    /// Rates whose counter is read, and whose window is not full yet.
    pub gathered: usize,
    /// Points it says it does not have.
    pub absent: usize,
    /// All its points.
    pub points: usize,
}

/// Everything on top of a screen.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The state word.
    pub word: Word,
    /// Everything behind the word is inhibited: `FIRE - ISOLATED`.
    pub isolated: bool,
    /// The occurrence the banner speaks of.
    pub subject: Option<Occurrence>,
    /// Where that one is inhibited and another behind the word is not: the oldest of the others. The first alarm is not
    /// displaced by it, and it is not hidden behind the first.
    pub beside: Option<Occurrence>,
    /// The first alarm of the oldest open incident.
    pub first: Option<Occurrence>,
    /// Counts by category.
    pub counts: BTreeMap<Category, Count>,
    /// Sound.
    pub sound: Sound,
    /// Devices, in the order of the site.
    pub devices: Vec<DeviceView>,
    /// Age of the oldest word of a bus or of the engine; none when one of them never said anything.
    pub feed_age: Option<Duration>,
    /// Parts of the gateway and what is wrong with them.
    pub parts: BTreeMap<Part, Option<Text>>,
    /// The journal does not take facts: what is shown is not on disk.
    pub unrecorded: bool,
    /// Isolations, the one that is due first at the front.
    pub isolations: Vec<Isolation>,
    /// Tests and drills that run.
    pub scopes: Scopes,
    /// The last fact in it.
    pub last: EventId,
}

/// What a summary is made of, taken at one instant.
pub struct Sources<'a> {
    /// The site.
    pub site: &'a Site,
    /// The shown state.
    pub state: &'a State,
    /// Readings, in the order of the site's points.
    pub readings: &'a [Reading],
    /// Links of the devices, in the order of the site.
    pub links: &'a [LinkState],
    /// Links of the buses, in the order of the site.
    pub bus_links: &'a [LinkState],
    /// Reports of the buses.
    pub buses: &'a [BusVitals],
    /// When the engine's task last made progress.
    pub engine: Option<Mono>,
    /// Parts that reported.
    pub parts: BTreeMap<Part, Option<Text>>,
    /// When.
    pub now: Now,
}

impl Summary {
    /// Sums up `sources`.
    pub fn of(sources: Sources<'_>) -> Summary {
        let state = sources.state;
        let open: Vec<&Occurrence> = state.occurrences.values().filter(|occurrence| occurrence.is_open()).collect();
        let devices = devices(&sources);
        let feed_age = feed_age(&sources);
        let blind = Blindness::of(&sources, &open, &devices, feed_age);
        let counts = counts(&open);
        let set_aside = !state.isolations.is_empty() || state.scopes != Scopes::default();
        let word = word(&counts, set_aside, blind, &sources.parts);
        let subject = subject(word, &open);
        let isolated = subject.is_some() && behind(word, &open).all(is_inhibited);
        let free =
            behind(word, &open).filter(|occurrence| !is_inhibited(occurrence)).min_by_key(|one| (is_over(one), one.id));
        let beside = free.filter(|_| subject.is_some_and(is_inhibited));
        Summary {
            word,
            isolated,
            subject: subject.cloned(),
            beside: beside.cloned(),
            first: first_alarm(state).cloned(),
            counts,
            sound: sound(state, &open, sources.now.wall),
            devices,
            feed_age,
            unrecorded: is_unrecorded(&sources.parts, &open),
            parts: sources.parts,
            isolations: state.isolations_by_review().into_iter().cloned().collect(),
            scopes: state.scopes.clone(),
            last: state.last.into(),
        }
    }

    /// Devices of which anything is unknown.
    pub fn blind_devices(&self) -> usize {
        self.devices.iter().filter(|device| device.is_blind()).count()
    }

    /// Count over several categories.
    pub fn count(&self, categories: &[Category]) -> Count {
        categories.iter().filter_map(|category| self.counts.get(category)).fold(Count::default(), |sum, count| Count {
            total: sum.total + count.total,
            unacknowledged: sum.unacknowledged + count.unacknowledged,
        })
    }

    /// Open occurrences nobody acknowledged.
    pub fn unacknowledged(&self) -> usize {
        self.counts.values().map(|count| count.unacknowledged).sum()
    }
}

impl DeviceView {
    /// Whether it may hide something.
    pub fn is_blind(&self) -> bool {
        self.up != Some(true) || self.unknown > 0
    }
}

impl Word {
    /// The code programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Word::Fire => "fire",
            Word::Discharge => "discharge",
            Word::Gas => "gas",
            Word::Emergency => "emergency",
            Word::Supervisory => "supervisory",
            Word::Prealarm => "prealarm",
            Word::LinkLost => "link-lost",
            Word::Unknown => "unknown",
            Word::Fault => "fault",
            Word::Action => "action",
            Word::Disabled => "disabled",
            Word::Normal => "normal",
        }
    }

    /// The categories of which it speaks.
    pub fn categories(self) -> &'static [Category] {
        match self {
            Word::Fire => &[Category::Fire],
            Word::Discharge => &[Category::Discharge],
            Word::Gas => &[Category::Gas],
            Word::Emergency => &[Category::Emergency],
            Word::Supervisory => &[Category::Supervisory],
            Word::Prealarm => &[Category::Prealarm],
            Word::LinkLost | Word::Unknown => &[Category::LinkFault],
            Word::Fault => {
                // A link that is back but was not acknowledged: nothing is unknown any more, and it is not normal yet.
                &[
                    Category::Fault,
                    Category::MainsFault,
                    Category::BackupFault,
                    Category::Own,
                    Category::Limit,
                    Category::LinkFault,
                ]
            }
            Word::Action => &[Category::Start, Category::Feedback, Category::Delay],
            Word::Disabled => &[Category::Disabled, Category::Test],
            Word::Normal => &[],
        }
    }

    /// Whether people must act at once.
    pub fn is_alarm(self) -> bool {
        matches!(self, Word::Fire | Word::Discharge | Word::Gas | Word::Emergency)
    }
}

/// How much of the site cannot be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blindness {
    Nothing,
    Some,
    All,
}

impl Blindness {
    fn of(
        sources: &Sources<'_>,
        open: &[&Occurrence],
        devices: &[DeviceView],
        feed_age: Option<Duration>,
    ) -> Blindness {
        let silent = !sources.buses.is_empty() && feed_age.is_none_or(|age| age > SILENT);
        let all_buses_silent = sources.buses.iter().all(|bus| is_silent(bus, sources.now.mono));
        // Without the engine nobody decides that there is an alarm, whatever is read.
        let undecided = sources.engine.is_none_or(|beat| sources.now.mono.since(beat) > SILENT);
        if undecided || devices.is_empty() || all_buses_silent || devices.iter().all(|device| device.up != Some(true)) {
            return Blindness::All;
        }
        let unread = open.iter().any(|occurrence| {
            occurrence.source == Source::Unknown
                || (occurrence.raise.condition.category == Category::LinkFault && occurrence.source != Source::Quiet)
        });
        if silent || unread || devices.iter().any(DeviceView::is_blind) { Blindness::Some } else { Blindness::Nothing }
    }
}

fn word(
    counts: &BTreeMap<Category, Count>,
    set_aside: bool,
    blind: Blindness,
    parts: &BTreeMap<Part, Option<Text>>,
) -> Word {
    let any = |word: Word| word.categories().iter().any(|category| counts.contains_key(category));
    let urgent = [Word::Fire, Word::Discharge, Word::Gas, Word::Emergency, Word::Supervisory, Word::Prealarm];
    if let Some(word) = urgent.into_iter().find(|word| any(*word)) {
        return word;
    }
    match blind {
        Blindness::All => Word::LinkLost,
        Blindness::Some => Word::Unknown,
        Blindness::Nothing if any(Word::Fault) || parts.values().any(Option::is_some) => Word::Fault,
        Blindness::Nothing if any(Word::Action) => Word::Action,
        Blindness::Nothing if any(Word::Disabled) || set_aside => Word::Disabled,
        Blindness::Nothing => Word::Normal,
    }
}

fn behind<'a>(word: Word, open: &'a [&'a Occurrence]) -> impl Iterator<Item = &'a Occurrence> {
    open.iter().copied().filter(move |occurrence| word.categories().contains(&counted_as(occurrence)))
}

/// What an occurrence is counted as: what a point under test says is a test.
pub fn counted_as(occurrence: &Occurrence) -> Category {
    if occurrence.is_test() { Category::Test } else { occurrence.raise.condition.category }
}

/// The first alarm stays on the banner, also when it is isolated; without one, the oldest that is not, and not over
/// already.
fn subject<'a>(word: Word, open: &'a [&'a Occurrence]) -> Option<&'a Occurrence> {
    behind(word, open).min_by_key(|occurrence| {
        (!occurrence.raise.first, is_inhibited(occurrence), is_over(occurrence), occurrence.id)
    })
}

fn is_over(occurrence: &Occurrence) -> bool {
    occurrence.source == Source::Quiet && !occurrence.latched
}

/// Said by the part itself, or by the occurrence that the engine raises while facts wait for the disk.
fn is_unrecorded(parts: &BTreeMap<Part, Option<Text>>, open: &[&Occurrence]) -> bool {
    let journal = PointId::of(&DeviceId::new("gateway"), &Part::Journal.segment());
    parts.get(&Part::Journal).is_some_and(Option::is_some)
        || open.iter().any(|occurrence| {
            occurrence.raise.condition.category == Category::Own
                && occurrence.raise.condition.point == journal
                && occurrence.source != Source::Quiet
        })
}

/// Whether it is isolated here or disabled at its panel.
pub fn is_inhibited(occurrence: &Occurrence) -> bool {
    occurrence.inhibit.contains(&Inhibit::Isolated) || occurrence.inhibit.contains(&Inhibit::PanelDisabled)
}

fn first_alarm(state: &State) -> Option<&Occurrence> {
    let incident = state.incidents.values().find(|incident| !incident.open.is_empty())?;
    state.occurrences.get(incident.first.first()?)
}

fn counts(open: &[&Occurrence]) -> BTreeMap<Category, Count> {
    let mut counts: BTreeMap<Category, Count> = BTreeMap::new();
    for occurrence in open {
        let count = counts.entry(counted_as(occurrence)).or_default();
        count.total += 1;
        count.unacknowledged += usize::from(occurrence.is_unacknowledged());
    }
    counts
}

fn sound(state: &State, open: &[&Occurrence], now: Wall) -> Sound {
    let sounding: Vec<&Occurrence> = open.iter().copied().filter(|occurrence| occurrence.sounding).collect();
    Sound {
        tone: sounding.iter().map(|occurrence| occurrence.raise.tone).min().unwrap_or(Tone::None),
        sounding: sounding.iter().map(|occurrence| occurrence.id).collect(),
        silenced_at: state.silenced.as_ref().map(|silence| silence.at),
        silenced_by: state.silenced.as_ref().map(|silence| silence.by.clone()),
        resounds_at: open.iter().filter(|o| o.returns()).filter_map(|o| Some(o.resounds?.due())).min(),
        test: state.sound_test.clone().filter(|test| (test.until.from..test.until.due()).contains(&now)),
    }
}
