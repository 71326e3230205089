//! What concerns the site as a whole: resets, isolations, unknown devices, the gateway, sound.
//!
//! Takes: the shown state and the summary.
//! Gives: the console's side.
//! Never: a reset button that would be refused without saying so on its face.

use maud::{Markup, html};

use super::View;
use super::frame::symbol;
use super::rows::{headed, in_line, name_rest};
use crate::edge::web::resets::latched;
use crate::edge::web::words::{self, desk};
use crate::engine::alarm::{Isolation, Occurrence, State};
use crate::engine::base::DeviceId;

/// The side column.
pub fn side(view: &View, state: &State) -> Markup {
    html! {
        aside #side data-part="" {
            (notices(view))
            (resets(view, state))
            (isolations(view, state))
            (super::panels::modes(view))
            (super::panels::acts(view))
            (super::keypad::form(view))
            (super::duty::section(view, state))
            (super::scopes::section(view, state))
            (blind(view, state.occurrences.values().any(Occurrence::is_open)))
            (gateway(view))
        }
    }
}

fn notices(view: &View) -> Markup {
    let one_time = view.visitor.account.as_ref().is_some_and(|account| account.one_time);
    html! {
        @if one_time { p .notice { a href="/account" { (view.say(words::access::CHANGE_FIRST)) } } }
        div .sound-state {
            p #sound { (symbol("sound")) span #sound-text { (view.say(words::SOUND_NONE)) } }
            button #sound-switch type="button" hidden { (view.say(words::MUTE_SCREEN)) }
        }
    }
}

fn resets(view: &View, state: &State) -> Markup {
    let scopes = latched(state);
    html! {
        section .resets {
            h2 { (view.say(words::RESETS)) }
            @if scopes.is_empty() { p .nothing { (view.say(words::NOTHING_LATCHED)) } }
            @for ((kind, id), waiting) in &scopes { (reset(view, kind, id, waiting)) }
        }
    }
}

fn reset(view: &View, kind: &str, id: &str, waiting: &[&Occurrence]) -> Markup {
    let name = if kind == "building" {
        view.web.services.site.building_name(id).get(view.language()).to_owned()
    } else {
        device_name(view, &DeviceId::new(id))
    };
    let owed: Vec<&&Occurrence> = waiting.iter().filter(|occurrence| occurrence.is_unacknowledged()).collect();
    let label = view.fill(words::RESET_WHERE, &name);
    html! {
        div .reset {
            @if !owed.is_empty() {
                p .button .refused aria-disabled="true" { (label) small { (view.fill(words::RESET_REFUSED, owed.len())) } }
                ul { @for occurrence in owed.iter().take(4) {
                    li { a href={ "/alarm/" (occurrence.id) } { (in_line(view, occurrence)) } }
                } @if owed.len() > 4 { li { "+" (owed.len() - 4) } } }
            } @else if view.may_act() {
                details #{ "reset-" (kind) "-" (id) } {
                    summary .button .go[waiting.iter().all(|occurrence| occurrence.is_ready_to_reset())] { (label) }
                    form .confirm method="post" action="/acts/reset" {
                        input type="hidden" name=(kind) value=(id);
                        p { (view.say(words::RESET_DOES)) }
                        button .go { (label) }
                    }
                }
            } @else { p .button .refused { (label) small { (view.say(words::LOGIN_TO_ACT)) } } }
        }
    }
}

/// What people call a device of the site; its id when the site no longer has it.
pub fn device_name(view: &View, id: &DeviceId) -> String {
    let device = view.web.services.site.devices.iter().find(|device| device.id == *id);
    device.map_or_else(|| id.to_string(), |device| device.name.get(view.language()).to_owned())
}

fn isolated(view: &View, isolation: &Isolation) -> String {
    let left = name_rest(view, &isolation.name, &isolation.place);
    let (head, left) = headed(view, &isolation.name, &isolation.place, left);
    format!("{head} {left}")
}

/// What is isolated here and disabled at panels, with the acts of those who may.
pub fn isolations(view: &View, state: &State) -> Markup {
    let panels: Vec<&Occurrence> = state.disabled_at_panels().collect();
    let clock = |at| view.web.when.day_clock(at, view.now.wall);
    html! {
        section .isolations {
            h2 { (view.say(words::ISOLATIONS)) " " b { (view.summary.isolations.len()) } }
            @if view.summary.isolations.is_empty() && panels.is_empty() { p .nothing { (view.say(words::NO_ISOLATIONS)) } }
            @for isolation in &view.summary.isolations {
                div .isolation .overdue[isolation.overdue] {
                    p { (symbol("disabled")) strong { (isolated(view, isolation)) } }
                    p .fine { bdi { (isolation.reason) } " · " (isolation.by.user) " " (clock(isolation.since)) }
                    p .fine { (view.fill(words::REVIEW_AT, clock(isolation.review.due())))
                        @if isolation.overdue { " " span .tag .strong { (view.say(words::OVERDUE)) } } }
                    @if view.may_act() {
                        form method="post" action={ "/acts/release/" (isolation.id) } { button { (view.say(words::RELEASE)) } }
                    }
                    (super::panels::order(view, isolation))
                }
            }
            @for disabled in panels {
                div .isolation {
                    p { (symbol("disabled")) strong { (in_line(view, disabled)) } }
                    p .fine { (view.say(desk::AT_PANEL)) " · " (clock(disabled.raised_at)) }
                }
            }
        }
    }
}

fn blind(view: &View, anything_open: bool) -> Markup {
    let site = &view.web.services.site;
    let blind: Vec<_> = view.summary.devices.iter().filter(|device| device.is_blind()).collect();
    html! {
        // While nothing is open the list of devices itself says it.
        @if !blind.is_empty() && anything_open {
            section .blind-devices {
                h2 { (view.fill(words::UNKNOWN_DEVICES, blind.len())) }
                @for one in blind {
                    @let device = &site.devices[one.index as usize];
                    p .hatched { (symbol("link-broken"))
                        a href={ "/devices/plain#" (device.id) } { (device.name.get(view.language())) }
                        span .fine { @if one.unknown > 0 { "? " (one.unknown) "/" (one.points) " " } (one.reason.get(view.language())) } }
                }
            }
        }
    }
}

fn gateway(view: &View) -> Markup {
    let controlled = view.web.services.site.devices.iter().filter(|device| device.control).count();
    let faults: Vec<_> = view.summary.parts.iter().filter_map(|(part, fault)| Some((part, fault.as_ref()?))).collect();
    html! {
        section .gateway {
            h2 { (view.say(words::GATEWAY)) }
            @if faults.is_empty() { p { (symbol("normal")) (view.say(words::ALL_PARTS_WELL)) } }
            @for (part, fault) in faults { p .fault { (symbol("fault")) strong { (part.text().get(view.language())) } " " (fault.get(view.language())) } }
            p { (symbol("eye")) @if controlled == 0 { (view.say(words::CONTROL_OFF)) } @else { (view.fill(words::CONTROL_ON, controlled)) } }
        }
    }
}
