//! The keypad of the page: start or stop by secondary code, looked at first, sent second (FA-18).
//!
//! Takes: a code, a type, a verb.
//! Gives: the side's form; the page `/keypad` with every target; `POST /acts/keypad`, `POST /acts/withdraw/{id}`.
//! Never: sends what was not looked at: the form that sends carries the number of targets that was shown.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use maud::{Markup, html};
use serde::Deserialize;

use super::frame::{Liveness, page};
use super::rows::headed;
use super::{View, forms, lost};
use crate::edge::web::Web;
use crate::edge::web::api::bars;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::{self, desk};
use crate::engine::alarm::Typed;
use crate::engine::base::{DeviceId, EventId};
use crate::engine::site::Command;
use crate::engine::{Act, Refusal};

#[derive(Deserialize)]
pub struct Wanted {
    code: String,
    #[serde(rename = "type")]
    device_type: Option<String>,
    panel: Option<String>,
    verb: String,
}

#[derive(Deserialize)]
pub struct SendForm {
    code: String,
    #[serde(rename = "type")]
    device_type: Option<String>,
    panel: Option<String>,
    verb: String,
    confirm: u32,
    key: String,
}

#[derive(Deserialize)]
pub struct Back {
    back: Option<String>,
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The side's form.
pub fn form(view: &View) -> Markup {
    html! {
        @if view.may_act() && view.web.services.site.devices.iter().any(|device| device.control) {
            section .keypad {
                details #keypad { summary .button { (view.say(desk::KEYPAD)) }
                    form .confirm method="get" action="/keypad" {
                        label { (view.say(desk::CODE)) input name="code" required maxlength="6" autocomplete="off"; }
                        label { (view.say(desk::TYPE)) input name="type" maxlength="2" autocomplete="off"; }
                        (panels(view))
                        label { (view.say(desk::VERB)) select name="verb" {
                            option value="start" { (view.say(desk::START)) } option value="stop" { (view.say(desk::STOP)) } } }
                        p .does { (view.say(desk::KEYPAD_DOES)) }
                        button { (view.say(desk::PREVIEW)) }
                    }
                }
            }
        }
    }
}

/// Which panel: where several have codes, one of them may have to be named.
fn panels(view: &View) -> Markup {
    let site = &view.web.services.site;
    let mut coded: Vec<u32> =
        site.equipment.iter().filter(|held| held.code.is_some()).map(|held| held.device).collect();
    coded.dedup();
    let coded: Vec<_> = coded.iter().filter_map(|device| site.devices.get(*device as usize)).collect();
    html! {
        @if coded.len() > 1 {
            label { (view.say(desk::WHICH_PANEL)) select name="panel" {
                option value="" { (view.say(desk::ANY_PANEL)) }
                @for device in coded { option value=(device.id) { (device.name.get(view.language())) } }
            } }
        }
    }
}

/// `GET /keypad`: what a code means.
pub async fn show(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let view = View::new(web, visitor);
    let typed = Typed {
        code: wanted.code.trim().to_owned(),
        device_type: filled(wanted.device_type),
        panel: filled(wanted.panel).map(|panel| DeviceId::new(&panel)),
        verb: wanted.verb,
    };
    let site = Arc::clone(&view.web.services.site);
    let address = match typed.address(&site) {
        Ok(address) => address,
        Err(refusal) => return lost::refused(&view, &refusal.into()).into_response(),
    };
    let targets = site.addressed_commands(&address, &typed.verb);
    if targets.is_empty() {
        return lost::refused(&view, &Refusal::NothingAddressed { code: typed.code, verb: typed.verb }.into())
            .into_response();
    }
    let body = html! {
        section .one-alarm {
            h2 { (typed.code) " " (typed.device_type.as_deref().unwrap_or_default()) " " (panel_of(&typed)) " " (typed.verb) }
            p { (view.fill(desk::TARGETS, targets.len())) }
            table .commands { tbody { @for command in &targets { (target(&view, command)) } } }
            @if view.may_act() { (send(&view, &typed, targets.len())) }
            p { a .button href="/phone" { (view.say(words::BACK)) } }
        }
    };
    page(&view, view.say(desk::KEYPAD), Liveness::Form, body).into_response()
}

fn target(view: &View, command: &Command) -> Markup {
    let (head, left) = headed(view, &command.name, &command.place, command.name.get(view.language()).to_owned());
    let barred = view.visitor.actor().ok().and_then(|by| bars(&view.web, &by, command));
    html! {
        tr {
            th scope="row" { (head) " " (left) code { (command.point) } }
            td .c-state { @if let Some(refusal) = barred { (refusal.text().get(view.language())) } }
        }
    }
}

fn panel_of(typed: &Typed) -> &str {
    typed.panel.as_ref().map_or("", DeviceId::as_str)
}

fn send(view: &View, typed: &Typed, count: usize) -> Markup {
    let device_type = typed.device_type.as_deref().unwrap_or_default();
    let panel = panel_of(typed);
    let key = format!("keypad:{}:{}:{device_type}:{panel}:{}", view.now.wall.0, typed.code, typed.verb);
    html! {
        form .act method="post" action="/acts/keypad" {
            input type="hidden" name="code" value=(typed.code);
            input type="hidden" name="type" value=(device_type);
            input type="hidden" name="panel" value=(panel);
            input type="hidden" name="verb" value=(typed.verb);
            input type="hidden" name="confirm" value=(count);
            input type="hidden" name="key" value=(key);
            button .go .big { (view.fill(desk::SEND_ALL, count)) }
        }
    }
}

/// `POST /acts/keypad`
pub async fn act(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<SendForm>,
) -> Response {
    let panel = filled(form.panel).map(|panel| DeviceId::new(&panel));
    let typed = Typed { code: form.code, device_type: filled(form.device_type), panel, verb: form.verb };
    let wanted = Act::CommandTyped { typed, confirm: Some(form.confirm) };
    forms::act(web, visitor, Some(form.key), Ok(wanted), "/phone").await
}

/// `POST /acts/withdraw/{id}`
pub async fn withdraw(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Form(form): Form<Back>,
) -> Response {
    let wanted = id.parse::<EventId>().map(|id| Act::Withdraw { id }).map_err(|()| Problem::not_found(&id));
    forms::act(web, visitor, None, wanted, &form.back.unwrap_or_default()).await
}
