//! The banner as a sign, and the lamps.
//!
//! Takes: the summary.
//! Gives: what must be read from five metres.
//! Never: NORMAL while anything is unknown, and never a state told by colour alone.

use maud::{Markup, html};

use super::View;
use super::frame::symbol;
use super::rows::{name_words, place_words, since_ms};
use crate::edge::web::lamps::{Lit, lit, sentence, word_symbol};
use crate::edge::web::summary::{Count, Word, is_inhibited};
use crate::edge::web::when::{age, data_age};
use crate::edge::web::words::{self, Phrase};
use crate::engine::alarm::{Occurrence, Verdict};
use crate::engine::base::{Language, Wall};
use crate::engine::site::Place;

/// Longest id that is drawn as a numeral of the sign.
const NUMERAL: usize = 3;

/// The banner.
pub fn banner(view: &View) -> Markup {
    let summary = &view.summary;
    let word = words::state(summary.word);
    let isolated = summary.isolated.then_some("isolated");
    let role = if summary.word == Word::Fire { "alert" } else { "status" };
    html! {
        header #banner .banner .{ "is-" (summary.word.as_str()) } .alarm[summary.word.is_alarm()] .inhibited[isolated.is_some()]
            data-part="" role=(role) {
            div .word {
                (symbol(word_symbol(summary.word)))
                div {
                    h1 { (view.say(word)) @if summary.isolated { span .suffix { " - " (view.say(words::ISOLATED_SUFFIX)) } } }
                    (how_many(view))
                }
            }
            div .what { @match &summary.subject {
                Some(occurrence) if summary.word != Word::Unknown && summary.word != Word::LinkLost => { (sign(view, occurrence)) }
                _ => { (no_sign(view)) }
            } }
            div .when {
                @if summary.unrecorded {
                    p .unrecorded title=(view.say(words::NOT_RECORDED_DO)) { (symbol("fault")) (view.say(words::NOT_RECORDED)) }
                }
                p .clock { span .fuse aria-hidden="true" {} time #clock { (view.web.when.clock(view.now.wall)) } }
                @if let Some(occurrence) = &summary.subject {
                    p .elapsed data-since=(since_ms(occurrence.raised_at)) { (age(view.now.wall.since(occurrence.raised_at), view.language())) }
                    p .since { (since_words(view, occurrence)) }
                }
                p .feed { (feed(view)) }
            }
        }
    }
}

/// How many there are of what the word speaks of, and how many wait for somebody.
fn how_many(view: &View) -> Markup {
    let count = view.summary.count(view.summary.word.categories());
    html! {
        @if count.total > 1 || count.unacknowledged > 0 {
            p .second {
                @if count.total > 1 { span { (view.fill(words::OPEN_N, count.total)) } }
                @if count.unacknowledged > 0 { " " strong { (view.fill(words::UNACKED_N, count.unacknowledged)) } }
            }
        }
    }
}

fn since_words(view: &View, occurrence: &Occurrence) -> String {
    let phrase = if occurrence.raise.first { words::SINCE_FIRST } else { words::SINCE };
    view.fill(phrase, view.web.when.day_clock(occurrence.raised_at, view.now.wall))
}

fn feed(view: &View) -> String {
    match view.summary.feed_age {
        Some(lapse) => view.fill(words::FEED_AGE, data_age(lapse, view.language())),
        None => view.say(words::FEED_NEVER).to_owned(),
    }
}

/// Where it is, as a sign: building and floor in numerals, the rest in words below.
fn sign(view: &View, occurrence: &Occurrence) -> Markup {
    let place = &occurrence.raise.place;
    let placeless = place.building.is_none() && place.floor.is_none() && place.text.get(view.language()).is_empty();
    let (rest, name) = if placeless {
        let detail = occurrence.raise.detail.as_ref().map(|detail| detail.get(view.language()).to_owned());
        (detail.unwrap_or_default(), String::new())
    } else {
        (view.wording().rest(place), name_words(view, occurrence))
    };
    html! {
        p .sign { @if placeless { b .long { (occurrence.raise.name.get(view.language())) } } @else { (numerals(view, place)) } }
        p .where {
            @if !rest.is_empty() { span { (rest) } }
            @if !name.is_empty() { span { (name) } }
            @if let Some(zone) = &place.zone { span .zone { (view.say(words::ZONE)) " " (zone) } }
            @if occurrence.raise.condition.category.rules().incident {
                span .verdict .{ "v-" (verdict_word(occurrence.verdict)) } { (view.say(words::verdict(occurrence.verdict))) }
            }
            @if is_inhibited(occurrence) && !view.summary.isolated { span .verdict .inhibited { (isolated_words(view)) } }
        }
        @if let Some(beside) = &view.summary.beside { (beside_line(view, beside)) }
    }
}

/// What the first alarm is while another, that is not isolated, stands behind the same word.
fn isolated_words(view: &View) -> String {
    format!("{} - {}", view.say(words::state(view.summary.word)), view.say(words::ISOLATED_SUFFIX))
}

fn beside_line(view: &View, beside: &Occurrence) -> Markup {
    html! {
        p .where .beside {
            span .verdict { (view.say(words::BESIDE)) }
            span { (place_words(view, &beside.raise.place)) }
            span { (name_words(view, beside)) }
        }
    }
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unverified => "unverified",
        Verdict::Real => "real",
        Verdict::False => "false",
        Verdict::Drill => "drill",
    }
}

fn numerals(view: &View, place: &Place) -> Markup {
    let part = |id: &str, phrase: Phrase, full: String| {
        html! {
            span {
                @if id.chars().count() <= NUMERAL {
                    @match view.language() {
                        Language::Zh => { b { (id) } (phrase.zh) }
                        Language::En => { (phrase.en) " " b { (id) } }
                    }
                } @else { b .long { (full) } }
            }
        }
    };
    html! {
        @if let Some(building) = &place.building {
            (part(building, words::BUILDING, view.web.services.site.building_name(building).get(view.language()).to_owned()))
        }
        @if let Some(floor) = &place.floor { (part(floor, words::FLOOR, floor.clone())) }
        @if place.building.is_none() && place.floor.is_none() {
            span { b .long { (place_words(view, place)) } }
        }
    }
}

/// Nothing to point at: what is unknown, or that nothing is.
fn no_sign(view: &View) -> Markup {
    let site = &view.web.services.site;
    let blind: Vec<&str> = view
        .summary
        .devices
        .iter()
        .filter(|device| device.is_blind())
        .map(|device| site.devices[device.index as usize].name.get(view.language()))
        .collect();
    let Some(sentence) = sentence(&view.summary) else {
        return html! {
            @if !view.summary.isolations.is_empty() {
                p .plainly { (view.say(words::ISOLATIONS)) " " (view.summary.isolations.len()) }
            }
            @if let Some(fault) = view.summary.parts.iter().find_map(|(part, fault)| Some((part, fault.as_ref()?))) {
                p .plainly { (fault.0.text().get(view.language())) }
                p .list { (fault.1.get(view.language())) }
            }
        };
    };
    html! {
        p .plainly { (view.say(sentence)) }
        @if !blind.is_empty() {
            p .list {
                (blind[..blind.len().min(4)].join(if view.language() == Language::Zh { "、" } else { ", " }))
                @if blind.len() > 4 { " +" (blind.len() - 4) }
            }
        }
    }
}

/// The lamps, and silence at the end of their row.
pub fn lamps(view: &View) -> Markup {
    html! {
        div #lamps .lamps data-part="" {
            ul aria-label=(view.say(words::LAMPS)) { @for one in lit(&view.summary) { (lamp(view, &one)) } }
            (silence(view))
        }
    }
}

fn lamp(view: &View, lamp: &Lit) -> Markup {
    let (count, blind) = (lamp.count, lamp.blind);
    let unacked = count.unacknowledged > 0;
    let many = lamp.links.map_or(count.total > 99, |(_, of)| of > 9);
    html! {
        li .lamp .{ "lamp-" (lamp.id) } .lit[lamp.lit] .new[unacked] .many[many] .blind[blind] {
            (symbol(lamp.symbol))
            span .label { (view.say(lamp.label)) }
            span .count {
                @match lamp.links { Some((up, of)) => { b { (up) "/" (of) } } None => { b { (count.total) } } }
                @if unacked { (badge(view, count)) }
                @if blind && lamp.links.is_none() { span .more title=(view.say(words::LOWER_BOUND)) { "?" } }
            }
        }
    }
}

fn badge(view: &View, count: Count) -> Markup {
    let said = view.fill(words::UNACKED_N, count.unacknowledged);
    html! { span .badge title=(said) aria-label=(said) { (count.unacknowledged) } }
}

/// Silence: ink-filled while something sounds, a plain statement otherwise.
fn silence(view: &View) -> Markup {
    let sound = &view.summary.sound;
    let sounds = !sound.sounding.is_empty();
    let clock = |at: Wall| view.web.when.day_clock(at, view.now.wall);
    let state = if sounds {
        view.fill(words::SOUNDING, view.say(words::tone(sound.tone)))
    } else if let Some(at) = sound.silenced_at {
        view.fill(words::SILENCED_AT, clock(at))
    } else {
        view.say(words::SILENT).to_owned()
    };
    let tone = if sounds { serde_json::to_string(&sound.tone).unwrap_or_default() } else { String::new() };
    let newest = sound.sounding.iter().max().map(ToString::to_string).unwrap_or_default();
    html! {
        div #silence .silence .sounds[sounds] data-tone=(tone.trim_matches('"')) data-newest=(newest) {
            @if sounds && view.may_act() {
                form method="post" action="/acts/silence" {
                    button .act-silence title=(view.say(words::SILENCE_DOES)) { (symbol("mute")) strong { (view.say(words::SILENCE)) } small { (state) } }
                }
            } @else {
                p { (symbol(if sounds { "sound" } else { "mute" })) span { (state) }
                    @if let (false, Some(at)) = (sounds, sound.resounds_at) { small { (view.fill(words::RESOUNDS_AT, clock(at))) } }
                    @if sounds { a href="/login" { (view.say(words::LOGIN_TO_ACT)) } }
                }
            }
        }
    }
}
