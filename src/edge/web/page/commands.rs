//! What can be commanded: one row a command, which asks exactly as much as its danger needs and says what became of the
//! last one.
//!
//! Takes: commands of a device or of an element, and what the state keeps of them.
//! Gives: a table of forms; `POST /acts/command`.
//! Never: a button for what is off, released by linkage only, or beyond the visitor's role.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use axum::{Extension, Form};
use maud::{Markup, html};
use serde::Deserialize;

use super::{View, forms};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::desk;
use crate::edge::web::{Web, words};
use crate::engine::alarm::{CommandRecord, State as Shown, Step, opposite};
use crate::engine::base::{EventId, PointId};
use crate::engine::profile::Danger;
use crate::engine::site::Command;
use crate::engine::{Act, Arm, gate};
use crate::live::command_document::lamp;

#[derive(Deserialize)]
pub struct CommandForm {
    point: String,
    verb: String,
    /// Empty, `first`, or the id of what was armed.
    arm: Option<String>,
    /// The form as it was drawn: sent twice, it acts once.
    key: String,
    back: Option<String>,
}

/// `POST /acts/command`
pub async fn send(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<CommandForm>,
) -> Response {
    let arm = match form.arm.as_deref().unwrap_or_default() {
        "" => Ok(None),
        "first" => Ok(Some(Arm::First)),
        id => id.parse::<EventId>().map(|id| Some(Arm::Fire(id))).map_err(|()| Problem::not_found(id)),
    };
    let wanted = arm.map(|arm| Act::Command { point: PointId::new(&form.point), verb: form.verb, arm });
    forms::act(web, visitor, Some(form.key), wanted, &form.back.unwrap_or_default()).await
}

/// The commands of `list`; nothing when there are none. `control` says whether the device may be commanded at all.
pub fn table(view: &View, list: &[&Command], control: bool, back: &str) -> Markup {
    let state = view.web.services.picture.state();
    html! {
        @if !list.is_empty() {
            h4 { (view.say(words::COMMANDS)) }
            @if !control { p .nothing { (view.say(words::CONTROL_OFF_HERE)) } }
            table .commands {
                tbody { @for command in list {
                    tr {
                        th scope="row" { (command.name.get(view.language())) code { (command.point) " " (command.spec.verb) } }
                        td .c-state { (stands(view, &state, command, back)) }
                        td .c-acts { @if control { (asks(view, &state, command, back)) } }
                    }
                } }
            }
        }
    }
}

/// What became of the last of its kind.
fn stands(view: &View, state: &Shown, command: &Command, to: &str) -> Markup {
    let same = |record: &&CommandRecord| record.asked.point == command.point && record.asked.verb == command.spec.verb;
    let Some(record) = state.commands.values().rev().find(same) else { return html! {} };
    let at = record.steps.last().map_or(record.requested_at, |(at, _)| *at);
    let failure = record.steps.iter().rev().find_map(|(_, step)| match step {
        Step::Failed(failure) | Step::PulseStuck(failure) => Some(failure.text()),
        _ => None,
    });
    let back = record.withdrawn.is_none() && record.last() != Some(Step::Unknown);
    let lamp = match lamp(record) {
        "commanded" => Some(desk::L_COMMANDED),
        "fed-back" => Some(desk::L_FED_BACK),
        _ => None,
    };
    html! {
        @if let Some(lamp) = lamp { span .tag .strong { (view.say(lamp)) } " " }
        strong { (view.say(words::stage(record.stage()))) } " "
        time { (view.web.when.day_clock(at, view.now.wall)) }
        @if let Some(by) = &record.by { " · " (by.user) }
        @if let Some(text) = failure { p { (text.get(view.language())) } }
        @if back && lamp.is_some() && view.may_act() && has_way_back(view, command) {
            form method="post" action={ "/acts/withdraw/" (record.id) } {
                input type="hidden" name="back" value=(to);
                button { (view.say(desk::WITHDRAW)) }
            }
        }
    }
}

fn has_way_back(view: &View, command: &Command) -> bool {
    let back = opposite(&command.spec.verb);
    back.is_some_and(|back| view.web.services.site.command(&command.point, back).is_some())
}

fn asks(view: &View, state: &Shown, command: &Command, back: &str) -> Markup {
    let spec = &command.spec;
    let role = view.visitor.account.as_ref().map(|account| account.role);
    let armed = state.armed.iter().find(|(_, arming)| {
        arming.point == command.point
            && arming.verb == spec.verb
            && arming.until.due() > view.now.wall
            && view.visitor.account.as_ref().is_some_and(|account| account.name == arming.by)
    });
    html! {
        @if !view.may_act() {
        } @else if spec.danger == Danger::Discharge {
            span .nothing { (view.say(words::BY_LINKAGE_ONLY)) }
        } @else if role < Some(gate::least_role_of(&spec.verb)) {
            span .nothing { (view.fill(words::NEEDS_ROLE, view.say(words::role(gate::least_role_of(&spec.verb))))) }
        } @else if spec.danger == Danger::Plain {
            (form(view, command, "", back, view.say(words::SEND), false))
        } @else if let Some((id, arming)) = armed {
            (form(view, command, &id.to_string(), back, view.say(words::FIRE_NOW), true))
            p .does { (view.fill(words::ARMED_UNTIL, view.web.when.clock(arming.until.due()))) }
        } @else {
            (form(view, command, "first", back, view.say(words::ARM), false))
            p .does { (view.say(words::ARM_DOES)) }
        }
    }
}

fn form(view: &View, command: &Command, arm: &str, back: &str, label: &str, go: bool) -> Markup {
    let verb = &command.spec.verb;
    let key = format!("page:{}:{}:{verb}:{arm}", view.now.wall.0, command.point);
    html! {
        form method="post" action="/acts/command" {
            input type="hidden" name="point" value=(command.point);
            input type="hidden" name="verb" value=(verb);
            input type="hidden" name="arm" value=(arm);
            input type="hidden" name="key" value=(key);
            input type="hidden" name="back" value=(back);
            button .go[go] { (label) }
        }
    }
}
