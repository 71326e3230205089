//! The banner as a sign, and the lamps.
//!
//! Takes: the summary.
//! Gives: what must be read from five metres.
//! Never: NORMAL while anything is unknown, and never a state told by colour alone.

use maud::{Markup, html};

use super::View;
use super::frame::symbol;
use super::rows::{name_words, place_rest, place_words, since_ms};
use crate::edge::web::summary::{Count, Word, is_inhibited};
use crate::edge::web::when::{age, data_age};
use crate::edge::web::words::{self, Phrase};
use crate::engine::alarm::{Occurrence, Verdict};
use crate::engine::base::{Category, Language, Wall};
use crate::engine::site::Place;

/// Longest id that is drawn as a numeral of the sign.
const NUMERAL: usize = 3;

/// The symbol of a state word.
fn word_symbol(word: Word) -> &'static str {
    match word {
        Word::Fire => "fire",
        Word::Discharge => "discharge",
        Word::Gas => "gas",
        Word::Emergency => "emergency",
        Word::Supervisory => "supervisory",
        Word::Prealarm => "prealarm",
        Word::LinkLost | Word::Unknown => "link-broken",
        Word::Fault => "fault",
        Word::Action => "start",
        Word::Disabled => "disabled",
        Word::Normal => "normal",
    }
}

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
        (place_rest(view, place), name_words(view, occurrence))
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
    let never = view.summary.devices.iter().any(|device| device.is_blind() && device.up.is_none());
    let sentence = match view.summary.word {
        Word::LinkLost if site.devices.is_empty() => words::NO_DEVICES,
        Word::LinkLost | Word::Unknown if never => words::NOT_READ_YET,
        Word::LinkLost => words::DO_LINK_LOST,
        Word::Unknown => words::DO_UNKNOWN,
        Word::Normal => words::NOTHING_OPEN,
        _ => {
            return html! {
                @if !view.summary.isolations.is_empty() {
                    p .plainly { (view.say(words::ISOLATIONS)) " " (view.summary.isolations.len()) }
                }
                @if let Some(fault) = view.summary.parts.iter().find_map(|(part, fault)| Some((part, fault.as_ref()?))) {
                    p .plainly { (fault.0.text().get(view.language())) }
                    p .list { (fault.1.get(view.language())) }
                }
            };
        }
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

struct Lamp {
    symbol: &'static str,
    label: Phrase,
    categories: &'static [Category],
}

/// Every category is in exactly one lamp; the order never changes.
const LAMPS: [Lamp; 12] = [
    Lamp { symbol: "fire", label: words::W_FIRE, categories: &[Category::Fire] },
    Lamp { symbol: "discharge", label: words::W_DISCHARGE, categories: &[Category::Discharge] },
    Lamp { symbol: "gas", label: words::W_GAS, categories: &[Category::Gas] },
    Lamp { symbol: "emergency", label: words::W_EMERGENCY, categories: &[Category::Emergency] },
    Lamp { symbol: "supervisory", label: words::W_SUPERVISORY, categories: &[Category::Supervisory] },
    Lamp { symbol: "prealarm", label: words::W_PREALARM, categories: &[Category::Prealarm] },
    Lamp { symbol: "start", label: words::L_ACTION, categories: &[Category::Start, Category::Delay] },
    Lamp { symbol: "feedback", label: words::L_FEEDBACK, categories: &[Category::Feedback] },
    Lamp { symbol: "fault", label: words::L_FAULT, categories: &[Category::Fault, Category::Own, Category::Limit] },
    Lamp { symbol: "power", label: words::L_POWER, categories: &[Category::MainsFault, Category::BackupFault] },
    Lamp { symbol: "link", label: words::L_LINK, categories: &[Category::LinkFault] },
    Lamp { symbol: "disabled", label: words::L_DISABLED, categories: &[Category::Disabled, Category::Test] },
];

/// The symbol of a category: that of its lamp.
pub fn category_symbol(category: Category) -> &'static str {
    match category {
        Category::LinkFault => "link-broken",
        _ => LAMPS.iter().find(|lamp| lamp.categories.contains(&category)).map_or("fault", |lamp| lamp.symbol),
    }
}

/// The lamps, and silence at the end of their row.
pub fn lamps(view: &View) -> Markup {
    let blind = view.summary.blind_devices() > 0;
    html! {
        div #lamps .lamps data-part="" {
            ul aria-label=(view.say(words::LAMPS)) { @for one in &LAMPS { (lamp(view, one, blind)) } }
            (silence(view))
        }
    }
}

fn lamp(view: &View, lamp: &Lamp, blind: bool) -> Markup {
    let mut count = view.summary.count(lamp.categories);
    let is_link = lamp.symbol == "link";
    if lamp.symbol == "disabled" {
        count.total += view.summary.isolations.len();
    }
    let devices = view.summary.devices.len();
    let up = devices - view.summary.blind_devices();
    let (lit, unacked) = (count.total > 0 || (is_link && up < devices), count.unacknowledged > 0);
    let many = if is_link { devices > 9 } else { count.total > 99 };
    let symbol_name = if is_link && up < devices { "link-broken" } else { lamp.symbol };
    html! {
        li .lamp .{ "lamp-" (lamp.symbol) } .lit[lit] .new[unacked] .many[many] .blind[blind] {
            (symbol(symbol_name))
            span .label { (view.say(lamp.label)) }
            span .count {
                @if is_link { b { (up) "/" (devices) } } @else { b { (count.total) } }
                @if unacked { (badge(view, count)) }
                @if blind && !is_link { span .more title=(view.say(words::LOWER_BOUND)) { "?" } }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_lights_exactly_one_lamp() {
        for category in Category::ALL {
            let lit = LAMPS.iter().filter(|lamp| lamp.categories.contains(&category)).count();
            assert_eq!(lit, 1, "{category:?}");
        }
    }
}
