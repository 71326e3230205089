//! How a row, a place and a name are put in words, in either language.
//!
//! Takes: the site, a language, what was raised and where.
//! Gives: the words that wall, desk, phone and pages show alike.
//! Never: says the same thing twice in one line.

use super::words::{self, Phrase, desk};
use crate::engine::alarm::{Inhibit, Occurrence, Raise, Source};
use crate::engine::base::{Language, Text};
use crate::engine::site::{Place, Site};

/// Words of one site in one language.
#[derive(Clone, Copy)]
pub struct Wording<'a> {
    site: &'a Site,
    language: Language,
}

/// What `say` says in both languages.
pub fn both(site: &Site, say: impl Fn(Wording<'_>) -> String) -> Text {
    let zh = say(Wording::new(site, Language::Zh));
    Text { zh, en: say(Wording::new(site, Language::En)) }
}

impl<'a> Wording<'a> {
    /// Words of `site` in `language`.
    pub fn new(site: &'a Site, language: Language) -> Wording<'a> {
        Wording { site, language }
    }

    /// A place in one line: `2号楼 12层 东走道`. A text that names the building itself stands alone.
    pub fn place(self, place: &Place) -> String {
        let text = place.text.get(self.language);
        let building = place.building.as_ref().map(|id| self.site.building_name(id).get(self.language).to_owned());
        let by_id = place.building.as_ref().map(|id| building_by_id(id, self.language));
        if [&building, &by_id].into_iter().flatten().any(|building| begins_with(text, building)) {
            return text.to_owned();
        }
        let floor = place.floor.as_ref().map(|floor| match self.language {
            Language::Zh => format!("{floor}层"),
            Language::En => format!("floor {floor}"),
        });
        let text = (!text.is_empty()).then(|| text.to_owned());
        let parts: Vec<String> = [building, floor, text].into_iter().flatten().collect();
        if parts.is_empty() { words::NO_PLACE.get(self.language).to_owned() } else { parts.join(" ") }
    }

    /// What a row is headed by: its place, or its name where it has none (a bus, a part of the gateway); then what is
    /// left to say.
    pub fn headed(self, name: &Text, place: &Place, name_left: String) -> (String, String) {
        if place.building.is_none() && place.floor.is_none() && place.text.get(self.language).is_empty() {
            (name.get(self.language).to_owned(), String::new())
        } else {
            (self.place(place), name_left)
        }
    }

    /// What a name and its place come to as a row.
    pub fn row(self, raise: &Raise) -> (String, String) {
        self.headed(&raise.name, &raise.place, self.name_left(raise))
    }

    /// What the sign does not say yet: the text without the building and the floor it begins with.
    pub fn rest(self, place: &Place) -> String {
        let mut rest = place.text.get(self.language);
        let mut cut = |prefix: &str| {
            if !prefix.is_empty() && rest.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix)) {
                rest = rest[prefix.len()..].trim_start_matches([' ', ',', '，', '、']);
            }
        };
        if let Some(building) = &place.building {
            cut(self.site.building_name(building).get(self.language));
            let by_id = building_by_id(building, self.language);
            if begins_with(place.text.get(self.language), &by_id) {
                cut(&by_id);
            }
        }
        if let Some(floor) = &place.floor {
            let below = floor.strip_prefix(['B', 'b']);
            cut(&below.map_or(format!("{floor}层"), |number| format!("地下{number}层")));
            cut(&below.map_or(format!("floor {floor}"), |number| format!("basement {number}")));
        }
        rest.to_owned()
    }

    /// What happened, without the place and the category where the name repeats them.
    pub fn name_left(self, raise: &Raise) -> String {
        let rest = self.name_rest(&raise.name, &raise.place);
        let category = raise.condition.category.text();
        if rest.eq_ignore_ascii_case(category.get(self.language)) { String::new() } else { rest }
    }

    /// A name without the place it begins with.
    pub fn name_rest(self, name: &Text, place: &Place) -> String {
        let name = name.get(self.language);
        name.strip_prefix(place.text.get(self.language)).unwrap_or(name).trim().to_owned()
    }
}

/// How a text calls a building of which the name says more: `1号楼` of `1号楼 办公塔楼`.
fn building_by_id(id: &str, language: Language) -> String {
    match language {
        Language::Zh => format!("{id}号楼"),
        Language::En => format!("Building {id}"),
    }
}

/// Whether a text begins with these words; `Building 1` does not begin `Building 12`.
fn begins_with(text: &str, words: &str) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric();
    let whole = |rest: &str| !(words.ends_with(is_word) && rest.starts_with(is_word));
    !words.is_empty() && text.strip_prefix(words).is_some_and(whole)
}

/// The state of a row: its class, its symbol and its word.
pub fn state_of(occurrence: &Occurrence) -> (&'static str, &'static str, Phrase) {
    match (occurrence.is_unacknowledged(), occurrence.source) {
        (true, Source::Quiet) => ("new", "mark-over", words::S_QUIET_NEW),
        (true, _) => ("new", "mark-new", words::S_NEW),
        (false, _) if occurrence.is_ready_to_reset() => ("ready", "mark-ready", words::S_QUIET_LATCHED),
        (false, _) if occurrence.ack.is_some() => ("acked", "mark-acked", words::S_ACKED),
        (false, _) => ("shown", "mark-shown", words::S_SHOWN),
    }
}

/// Its number in the order in which the alarms of its incident came: `2`, or `2=` where others came in the same sweep.
pub fn arrival(occurrence: &Occurrence) -> Option<String> {
    let number = occurrence.raise.arrival?.number;
    Some(format!("{number}{}", if occurrence.tied { "=" } else { "" }))
}

/// One of the small facts beside a name.
pub struct Tag {
    /// Its word for programs.
    pub key: &'static str,
    /// How it is drawn: `strong`, `off`, `zone`, or nothing.
    pub weight: &'static str,
    /// What people read.
    pub text: Text,
}

/// The small facts beside a name, in a fixed order.
pub fn tags(occurrence: &Occurrence) -> Vec<Tag> {
    let raise = &occurrence.raise;
    let judged_under = occurrence.judged.as_ref().is_some_and(|judged| judged.under.is_some());
    let false_before = occurrence.false_alarms > 0 && occurrence.inhibit.is_empty();
    let is = |inhibit| occurrence.inhibit.contains(&inhibit);
    let zone = raise.place.zone.as_ref().map(|zone| {
        let text = Text::new(&format!("{} {zone}", words::ZONE.zh), &format!("{} {zone}", words::ZONE.en));
        Tag { key: "zone", weight: "zone", text }
    });
    let plain = |holds: bool, key, weight, phrase: Phrase| holds.then(|| Tag { key, weight, text: phrase.text() });
    let counted = |holds: bool, key, weight, phrase: Phrase, count: u32| {
        let text = Text { zh: phrase.fill(Language::Zh, count), en: phrase.fill(Language::En, count) };
        holds.then_some(Tag { key, weight, text })
    };
    let all = [
        zone,
        plain(raise.first, "first", "strong", words::FIRST_ALARM),
        plain(occurrence.tied, "tied", "", words::TIED),
        plain(raise.realarm, "realarm", "strong", words::REALARM),
        plain(judged_under, "folded", "off", words::FOLDED),
        plain(occurrence.chattering.is_some(), "chattering", "", words::CHATTERING),
        counted(occurrence.count > 1, "times", "", words::TIMES, occurrence.count),
        plain(is(Inhibit::Isolated), "isolated", "off", words::INHIBITED),
        plain(is(Inhibit::PanelDisabled), "panel-disabled", "off", words::PANEL_DISABLED),
        counted(false_before, "false-before", "strong", desk::FALSE_BEFORE, occurrence.false_alarms),
        plain(occurrence.is_test(), "in-test", "strong", desk::IN_TEST),
        plain(occurrence.resetting.is_some(), "resetting", "", words::WAITING_RESET),
    ];
    all.into_iter().flatten().collect()
}
