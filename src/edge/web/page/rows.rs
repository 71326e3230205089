//! One alarm as one row.
//!
//! Takes: open occurrences.
//! Gives: rows in the order in which people owe them something.
//! Never: reorders rows by anything that changes by itself, so that nothing moves under a pointer.

use maud::{Markup, html};

use super::View;
use super::banner::category_symbol;
use super::frame::symbol;
use crate::edge::web::when::age;
use crate::edge::web::words::{self, Phrase, desk};
use crate::engine::alarm::{Inhibit, Occurrence, Raise, Source, Verdict};
use crate::engine::base::{Language, Text, Wall};
use crate::engine::site::Place;

/// Open occurrences: unacknowledged first, then by priority, then the oldest.
pub fn ordered<'a>(occurrences: impl Iterator<Item = &'a Occurrence>) -> Vec<&'a Occurrence> {
    let mut open: Vec<&Occurrence> = occurrences.filter(|occurrence| occurrence.is_open()).collect();
    open.sort_by_key(|occurrence| (!occurrence.is_unacknowledged(), occurrence.raise.priority, occurrence.id));
    open
}

/// Milliseconds since 1970, for the script that keeps ages running.
pub fn since_ms(at: Wall) -> i64 {
    at.0 / 1_000
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

/// How a text calls a building of which the name says more: `1号楼` of `1号楼 办公塔楼`.
fn building_by_id(id: &str, language: Language) -> String {
    match language {
        Language::Zh => format!("{id}号楼"),
        Language::En => format!("Building {id}"),
    }
}

/// Whether a text begins with these words; `Building 1` does not begin `Building 12`.
fn begins_with(text: &str, words: &str) -> bool {
    let whole = |rest: &str| !(words.ends_with(is_word) && rest.starts_with(is_word));
    !words.is_empty() && text.strip_prefix(words).is_some_and(whole)
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
}

/// A place in one line: `2号楼 12层 东走道`. A text that names the building itself stands alone.
pub fn place_words(view: &View, place: &Place) -> String {
    let language = view.language();
    let text = place.text.get(language);
    let building = place.building.as_ref().map(|id| view.web.services.site.building_name(id).get(language).to_owned());
    let by_id = place.building.as_ref().map(|id| building_by_id(id, language));
    if [&building, &by_id].into_iter().flatten().any(|building| begins_with(text, building)) {
        return text.to_owned();
    }
    let floor = place.floor.as_ref().map(|floor| match language {
        Language::Zh => format!("{floor}层"),
        Language::En => format!("floor {floor}"),
    });
    let text = (!text.is_empty()).then(|| text.to_owned());
    let parts: Vec<String> = [building, floor, text].into_iter().flatten().collect();
    if parts.is_empty() { view.say(words::NO_PLACE).to_owned() } else { parts.join(" ") }
}

/// What a row is headed by: its place, or its name where it has none (a bus, a part of the gateway); then what is left
/// to say.
pub fn headed(view: &View, name: &Text, place: &Place, name_left: String) -> (String, String) {
    if place.building.is_none() && place.floor.is_none() && place.text.get(view.language()).is_empty() {
        (name.get(view.language()).to_owned(), String::new())
    } else {
        (place_words(view, place), name_left)
    }
}

/// The two parts in one line.
pub fn in_line(view: &View, occurrence: &Occurrence) -> String {
    let raise = &occurrence.raise;
    let (head, left) = headed(view, &raise.name, &raise.place, name_words(view, occurrence));
    if left.is_empty() { head } else { format!("{head} {left}") }
}

/// What the sign does not say yet: the text without the building and the floor it begins with.
pub fn place_rest(view: &View, place: &Place) -> String {
    let language = view.language();
    let mut rest = place.text.get(language);
    let mut cut = |prefix: &str| {
        if !prefix.is_empty() && rest.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix)) {
            rest = rest[prefix.len()..].trim_start_matches([' ', ',', '，', '、']);
        }
    };
    if let Some(building) = &place.building {
        cut(view.web.services.site.building_name(building).get(language));
        let by_id = building_by_id(building, language);
        if begins_with(place.text.get(language), &by_id) {
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
pub fn name_words(view: &View, occurrence: &Occurrence) -> String {
    name_left(view, &occurrence.raise)
}

/// The same of what it was raised with.
pub fn name_left(view: &View, raise: &Raise) -> String {
    let rest = name_rest(view, &raise.name, &raise.place);
    let category = raise.condition.category.text();
    if rest.eq_ignore_ascii_case(category.get(view.language())) { String::new() } else { rest }
}

/// A name without the place it begins with.
pub fn name_rest(view: &View, name: &Text, place: &Place) -> String {
    let name = name.get(view.language());
    name.strip_prefix(place.text.get(view.language())).unwrap_or(name).trim().to_owned()
}

/// The small facts beside a name.
pub fn tags(view: &View, occurrence: &Occurrence) -> Markup {
    let raise = &occurrence.raise;
    html! {
        @if let Some(zone) = &raise.place.zone { span .tag .zone { (view.say(words::ZONE)) " " (zone) } }
        @if raise.first { span .tag .strong { (view.say(words::FIRST_ALARM)) } }
        @if raise.realarm { span .tag .strong { (view.say(words::REALARM)) } }
        @if occurrence.judged.as_ref().is_some_and(|judged| judged.under.is_some()) { span .tag .off { (view.say(words::FOLDED)) } }
        @if occurrence.chattering.is_some() { span .tag { (view.say(words::CHATTERING)) } }
        @if occurrence.count > 1 { span .tag { (view.fill(words::TIMES, occurrence.count)) } }
        @if occurrence.inhibit.contains(&Inhibit::Isolated) { span .tag .off { (view.say(words::INHIBITED)) } }
        @if occurrence.inhibit.contains(&Inhibit::PanelDisabled) { span .tag .off { (view.say(words::PANEL_DISABLED)) } }
        @if occurrence.false_alarms > 0 && occurrence.inhibit.is_empty() { span .tag .strong { (view.fill(desk::FALSE_BEFORE, occurrence.false_alarms)) } }
        @if occurrence.is_test() { span .tag .strong { (view.say(desk::IN_TEST)) } }
        @if occurrence.resetting.is_some() { span .tag { (view.say(words::WAITING_RESET)) } }
    }
}

/// What a source says, with its shape.
pub fn source_cell(view: &View, source: Source) -> Markup {
    let class = match source {
        Source::Active => "active",
        Source::Quiet => "quiet",
        Source::Unknown => "unknown",
    };
    html! { span .source .{ "src-" (class) } { @if source == Source::Unknown { b { "? " } } (view.say(words::source(source))) } }
}

/// A verdict, with the cause of a false alarm.
pub fn verdict_cell(view: &View, occurrence: &Occurrence) -> Markup {
    let owed = occurrence.raise.condition.category.rules().incident;
    html! {
        @if owed || occurrence.verdict != Verdict::Unverified { (view.say(words::verdict(occurrence.verdict))) } @else { "-" }
        @if let Some(cause) = &occurrence.cause { " " small { (cause) } }
    }
}

/// One row.
pub fn row(view: &View, occurrence: &Occurrence) -> Markup {
    let raise = &occurrence.raise;
    let category = raise.condition.category;
    let (class, mark, word) = state_of(occurrence);
    let id = occurrence.id.to_string();
    let (head, left) = headed(view, &raise.name, &raise.place, name_words(view, occurrence));
    html! {
        tr #{ "row-" (id) } .{ "row-" (class) } .{ "cat-" (category.as_str()) } .unknown[occurrence.source == Source::Unknown]
            .inhibited[!occurrence.inhibit.is_empty()] {
            td .c-state { (symbol(mark)) span { (view.say(word)) } }
            td .c-time { time { (view.web.when.day_clock(occurrence.raised_at, view.now.wall)) } }
            td .c-age data-since=(since_ms(occurrence.raised_at)) { (age(view.now.wall.since(occurrence.raised_at), view.language())) }
            td .c-what { (symbol(category_symbol(category))) span { (category.text().get(view.language())) } }
            td .c-place {
                a href={ "/alarm/" (id) } { strong { (head) } }
                span .name { (left) " " (tags(view, occurrence)) }
                @if let Some(judged) = occurrence.judged.as_ref().filter(|judged| judged.under.is_none()) { span .name { (judged.words.get(view.language())) } }
            }
            td .c-source { (source_cell(view, occurrence.source)) }
            td .c-ack {
                @if let Some(ack) = &occurrence.ack { (ack.by.user) " " time { (view.web.when.day_clock(ack.at, view.now.wall)) } }
                @else if occurrence.is_unacknowledged() { (view.say(words::NOT_ACKED)) } @else { "-" }
            }
            td .c-verdict { (verdict_cell(view, occurrence)) }
            td .c-acts {
                @if view.may_act() {
                    @if occurrence.is_unacknowledged() {
                        form method="post" action={ "/acts/ack/" (id) } {
                            input type="hidden" name="count" value=(occurrence.count);
                            button .go title=(view.say(words::ACK_DOES)) { (view.say(words::ACKNOWLEDGE)) }
                        }
                    }
                    a .button href={ "/alarm/" (id) } { (view.say(words::OPEN_ROW)) }
                } @else { a href={ "/alarm/" (id) } { (view.say(words::OPEN_ROW)) } }
            }
        }
    }
}
