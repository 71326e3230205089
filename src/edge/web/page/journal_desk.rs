//! What the journal says of acts at the desk and at panels.
//!
//! Takes: desk facts.
//! Gives: one line each.
//! Never: an id where a name is still known.

use maud::{Markup, html};

use super::View;
use super::journal_rows::{headed_line, named};
use super::side::device_name;
use crate::edge::web::words::desk;
use crate::engine::alarm::{CommandFact, DeskFact, FactKind, State};
use crate::engine::base::EventId;

/// What it is about.
pub fn about(view: &View, state: &State, fact: &DeskFact) -> Markup {
    let isolated = |id: &EventId| match (state.isolations.get(id), view.began(*id)) {
        (Some(isolation), _) => headed_line(view, &isolation.name, &isolation.place),
        (None, Some(FactKind::Isolated { name, place, .. })) => headed_line(view, name, place),
        _ => html! { (id) },
    };
    let listed = |list: Vec<String>| list.join(" · ");
    match fact {
        DeskFact::OrderLinked { isolation, order } => html! { (isolated(isolation)) " · " bdi { (order) } },
        DeskFact::ShiftBegun { isolations, disabled } => html! {
            (isolations.len() + disabled.len()) " "
            @for (place, id) in isolations.iter().take(3).enumerate() { @if place > 0 { " · " } (isolated(id)) }
        },
        DeskFact::IsolationProposed { occurrence, false_alarms } => html! {
            (named(view, state, *occurrence)) " · " (view.fill(desk::FALSE_BEFORE, false_alarms))
        },
        DeskFact::PanelCancelled { device, .. }
        | DeskFact::RegistrationBegun { device, .. }
        | DeskFact::IdentityAsked { device } => {
            html! { (device_name(view, device)) }
        }
        DeskFact::Registered { missing, new, .. } => html! {
            "-" (missing.len()) " +" (new.len()) " "
            (listed(missing.iter().chain(new).take(3).map(ToString::to_string).collect()))
        },
        DeskFact::AbnormalReported { name, place, text, .. } => {
            html! { (headed_line(view, name, place)) " · " bdi { (text) } }
        }
        DeskFact::CallMade { occurrence, called, note } => html! {
            (named(view, state, *occurrence)) " · " bdi { (called) } @if let Some(note) = note { " · " bdi { (note) } }
        },
        DeskFact::CommandsAddressed { typed, points, barred } => html! {
            (typed.code) " " (typed.device_type.as_deref().unwrap_or_default())
            @if let Some(panel) = &typed.panel { " " (device_name(view, panel)) }
            " " (typed.verb) " · "
            (view.fill(desk::TARGETS, points.len()))
            @if !barred.is_empty() { " · " (listed(barred.iter().take(3).map(|one| format!("{} {}", one.point, one.text.get(view.language()))).collect())) }
        },
        DeskFact::SoundTested { .. } => html! {},
        DeskFact::CommandWithdrawn { command, .. } => html! {
            @match (state.commands.get(command), view.began(*command)) {
                (Some(record), _) => { (headed_line(view, &record.asked.name, &record.asked.place)) }
                (None, Some(FactKind::Command(CommandFact::Requested(asked)))) => { (headed_line(view, &asked.name, &asked.place)) }
                _ => { code { (command) } }
            }
        },
    }
}
