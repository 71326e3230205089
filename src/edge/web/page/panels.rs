//! Panels on the page: how their permissions stand, their keys, what was noticed there, orders of isolations.
//!
//! Takes: the shown state and the readings.
//! Gives: sections of the side; `POST /acts/cancel`, `/acts/register`, `/acts/abnormal`, `/acts/order/{id}`.
//! Never: a permission that cannot be read as if it were given or withheld.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Form};
use maud::{Markup, html};
use serde::Deserialize;

use super::{View, forms};
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::{Phrase, desk};
use crate::engine::Act;
use crate::engine::alarm::Isolation;
use crate::engine::base::{DeviceId, EventId, Role, Truth};
use crate::engine::site::Device;

#[derive(Deserialize)]
pub struct PanelForm {
    device: String,
}

#[derive(Deserialize)]
pub struct AbnormalForm {
    device: String,
    text: String,
}

#[derive(Deserialize)]
pub struct OrderForm {
    order: String,
}

/// `POST /acts/cancel`
pub async fn cancel(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<PanelForm>,
) -> Response {
    forms::act(web, visitor, None, Ok(Act::Cancel { device: DeviceId::new(&form.device) }), "/phone").await
}

/// `POST /acts/register`
pub async fn register(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<PanelForm>,
) -> Response {
    forms::act(web, visitor, None, Ok(Act::Register { device: DeviceId::new(&form.device) }), "/phone").await
}

/// `POST /acts/abnormal`
pub async fn report_abnormal(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<AbnormalForm>,
) -> Response {
    let wanted = Act::ReportAbnormal { device: DeviceId::new(&form.device), text: form.text };
    forms::act(web, visitor, None, Ok(wanted), "/phone").await
}

/// `POST /acts/order/{id}`
pub async fn link_order(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Form(form): Form<OrderForm>,
) -> Response {
    let id = id.parse::<EventId>().map_err(|()| Problem::not_found(&id));
    forms::act(web, visitor, None, id.map(|id| Act::LinkOrder { id, order: form.order }), "/phone").await
}

/// The order of an isolation, or the form that links one.
pub fn order(view: &View, isolation: &Isolation) -> Markup {
    html! {
        @if let Some(order) = &isolation.order { p .fine { (view.say(desk::ORDER)) " " (order) } }
        @else {
            p .fine { strong { (view.say(desk::ORDER_OWED)) } }
            @if view.may_act() {
                form .inline method="post" action={ "/acts/order/" (isolation.id) } {
                    label { (view.say(desk::ORDER)) input name="order" maxlength="200" required autocomplete="off"; }
                    button { (view.say(desk::LINK_ORDER)) }
                }
            }
        }
    }
}

/// How each panel's permissions stand, in words.
pub fn modes(view: &View) -> Markup {
    let panels = view.web.modes();
    html! {
        @if !panels.is_empty() {
            section .modes {
                h2 { (view.say(desk::MODES)) }
                @for (device, modes) in panels {
                    p { strong { (view.web.services.site.devices[device].name.get(view.language())) } }
                    ul { @for (word, truth) in modes { li .hatched[truth == Truth::Unknown] { (mode(view, word, truth)) } } }
                }
            }
        }
    }
}

fn mode(view: &View, word: &str, truth: Truth) -> String {
    let (yes, no): (Phrase, Phrase) = match word {
        "auto" => (desk::M_AUTO, desk::M_MANUAL),
        "start-manual-allowed" => (desk::M_MANUAL_ALLOWED, desk::M_MANUAL_FORBIDDEN),
        "start-auto-allowed" => (desk::M_AUTO_ALLOWED, desk::M_AUTO_FORBIDDEN),
        "spray-allowed" => (desk::M_SPRAY_ALLOWED, desk::M_SPRAY_FORBIDDEN),
        _ => (desk::M_TESTING, desk::M_NOT_TESTING),
    };
    match truth {
        Truth::True => view.say(yes).to_owned(),
        Truth::False => view.say(no).to_owned(),
        Truth::Unknown => view.fill(desk::M_UNKNOWN, view.say(yes)),
    }
}

/// The keys of the panels, and what was noticed there.
pub fn acts(view: &View) -> Markup {
    let devices = &view.web.services.site.devices;
    let panels: Vec<&Device> = devices.iter().filter(|device| device.profile.class == "panel").collect();
    let engineer = view.visitor.account.as_ref().is_some_and(|account| account.role >= Role::Engineer);
    html! {
        @if view.may_act() && !panels.is_empty() {
            section .panel-acts {
                details #panel-acts { summary .button { (view.say(desk::PANEL_ACTS)) }
                    form .confirm method="post" action="/acts/cancel" {
                        (choice(view, &panels)) p .does { (view.say(desk::CANCEL_DOES)) } button { (view.say(desk::CANCEL)) }
                    }
                    form .confirm method="post" action="/acts/abnormal" {
                        (choice(view, &panels))
                        label { (view.say(desk::ABNORMAL_WHAT)) input name="text" maxlength="500" required autocomplete="off"; }
                        p .does { (view.say(desk::ABNORMAL_DOES)) } button { (view.say(desk::REPORT)) " " (view.say(desk::ABNORMAL)) }
                    }
                    @if engineer {
                        form .confirm method="post" action="/acts/register" {
                            (choice(view, &panels)) p .does { (view.say(desk::REGISTER_DOES)) } button { (view.say(desk::REGISTER)) }
                        }
                    }
                }
            }
        }
    }
}

fn choice(view: &View, panels: &[&Device]) -> Markup {
    html! { label { (view.say(desk::OF_DEVICE)) select name="device" { @for panel in panels {
    option value=(panel.id) { (panel.name.get(view.language())) } } } } }
}
