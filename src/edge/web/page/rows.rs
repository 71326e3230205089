//! One alarm as one row.
//!
//! Takes: open occurrences.
//! Gives: rows in the order in which people owe them something.
//! Never: reorders rows by anything that changes by itself, so that nothing moves under a pointer.

use maud::{Markup, html};

use super::View;
use super::frame::symbol;
use crate::edge::web::lamps::category_symbol;
use crate::edge::web::when::age;
use crate::edge::web::wording::{self, state_of};
use crate::edge::web::words;
use crate::engine::alarm::{Occurrence, Raise, Source, Verdict};
use crate::engine::base::{Text, Wall};
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

/// A place in one line.
pub fn place_words(view: &View, place: &Place) -> String {
    view.wording().place(place)
}

/// What a row is headed by, and what is left to say.
pub fn headed(view: &View, name: &Text, place: &Place, name_left: String) -> (String, String) {
    view.wording().headed(name, place, name_left)
}

/// What happened, without what the place and the category say.
pub fn name_left(view: &View, raise: &Raise) -> String {
    view.wording().name_left(raise)
}

/// A name without the place it begins with.
pub fn name_rest(view: &View, name: &Text, place: &Place) -> String {
    view.wording().name_rest(name, place)
}

/// The two parts in one line.
pub fn in_line(view: &View, occurrence: &Occurrence) -> String {
    let raise = &occurrence.raise;
    let (head, left) = headed(view, &raise.name, &raise.place, name_words(view, occurrence));
    if left.is_empty() { head } else { format!("{head} {left}") }
}

/// What happened, without the place and the category where the name repeats them.
pub fn name_words(view: &View, occurrence: &Occurrence) -> String {
    name_left(view, &occurrence.raise)
}

/// The small facts beside a name.
pub fn tags(view: &View, occurrence: &Occurrence) -> Markup {
    html! { @for tag in wording::tags(occurrence) { span .tag .(tag.weight) { (tag.text.get(view.language())) } } }
}

/// The number of an alarm in its incident.
pub fn tile(occurrence: &Occurrence) -> Markup {
    html! { @if let Some(number) = wording::arrival(occurrence) { b .tile { (number) } } }
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
            td .c-what { (symbol(category_symbol(category))) (tile(occurrence)) span { (category.text().get(view.language())) } }
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
