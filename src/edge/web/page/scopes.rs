//! Tests and drills on the page: the banner's line, the side's list, the forms.
//!
//! Takes: the shown state.
//! Gives: markup; `POST /acts/test`, `/acts/test-end/{id}`, `/acts/drill`, `/acts/drill-end/{id}`.
//! Never: a test or a drill that nobody at the screen can see.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Form};
use maud::{Markup, html};
use serde::Deserialize;

use super::frame::symbol;
use super::side::device_name;
use super::{View, forms};
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::{self, desk};
use crate::engine::Act;
use crate::engine::alarm::{State as Shown, Tested};
use crate::engine::base::{DeviceId, EventId, PointId, Wall};

/// Lengths offered, in minutes.
const LENGTHS: [u32; 6] = [10, 30, 60, 120, 240, 480];

#[derive(Deserialize)]
pub struct TestForm {
    scope: String,
    what: String,
    reason: String,
    minutes: u32,
}

#[derive(Deserialize)]
pub struct DrillForm {
    building: String,
    reason: String,
    minutes: u32,
}

/// `POST /acts/test`
pub async fn begin_test(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<TestForm>,
) -> Response {
    let until = until(&web, form.minutes);
    let tested = tested(&form.scope, form.what.trim());
    let wanted = tested.map(|tested| Act::BeginTest { tested, reason: form.reason, until });
    forms::act(web, visitor, None, wanted, "/phone").await
}

fn tested(scope: &str, what: &str) -> Result<Tested, Problem> {
    let of_loop = || what.split_once(' ').and_then(|(device, number)| Some((device, number.trim().parse().ok()?)));
    Ok(match scope {
        "point" => Tested::Points(vec![PointId::new(what)]),
        "zone" => Tested::Zone(what.to_owned()),
        "device" => Tested::Device(DeviceId::new(what)),
        "self-test" => Tested::SelfTest { device: DeviceId::new(what), loops: Vec::new() },
        _ => {
            let (device, number) = of_loop().ok_or_else(|| Problem::bad("what", "a panel and a loop: panel-1 2"))?;
            Tested::Loop { device: DeviceId::new(device), number }
        }
    })
}

/// `POST /acts/test-end/{id}`
pub async fn end_test(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    forms::act(web, visitor, None, event_id(&id).map(|id| Act::EndTest { id }), "/phone").await
}

/// `POST /acts/drill`
pub async fn begin_drill(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<DrillForm>,
) -> Response {
    let until = until(&web, form.minutes);
    let wanted = Act::BeginDrill { building: form.building, reason: form.reason, until };
    forms::act(web, visitor, None, Ok(wanted), "/phone").await
}

/// `POST /acts/drill-end/{id}`
pub async fn end_drill(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    forms::act(web, visitor, None, event_id(&id).map(|id| Act::EndDrill { id }), "/phone").await
}

fn until(web: &Web, minutes: u32) -> Wall {
    web.now().wall.after(Duration::from_secs(u64::from(minutes) * 60))
}

fn event_id(text: &str) -> Result<EventId, Problem> {
    text.parse().map_err(|()| Problem::not_found(text))
}

/// What is under test, in words.
pub fn spelt(view: &View, tested: &Tested) -> String {
    let device = |id: &DeviceId| device_name(view, id);
    match tested {
        Tested::Points(points) if points.len() == 1 => points[0].to_string(),
        Tested::Points(points) => view.fill(desk::POINTS_N, points.len()),
        Tested::Zone(zone) => format!("{} {zone}", view.say(words::ZONE)),
        Tested::Loop { device: id, number } => format!("{} {}", device(id), view.fill(desk::LOOP_N, number)),
        Tested::Device(id) => device(id),
        Tested::SelfTest { device: id, .. } => format!("{} {}", view.say(desk::OF_SELF_TEST), device(id)),
    }
}

/// One line below the banner for each test and drill; nothing while there is none.
pub fn strip(view: &View) -> Markup {
    let scopes = &view.summary.scopes;
    let clock = |at| view.web.when.day_clock(at, view.now.wall);
    html! {
        div #scopes .scopes data-part="" role="status" {
            @for drill in scopes.drills.values() {
                p .drill { (symbol("eye")) strong { (view.fill(desk::DRILLS_RUN, view.web.services.site.building_name(&drill.building).get(view.language()))) }
                    " " bdi { (drill.reason) } " · " (drill.by.user) " · " (view.fill(desk::UNTIL, clock(drill.until.due()))) }
            }
            @for test in scopes.tests.values() {
                p .test { (symbol("eye")) strong { (view.fill(desk::TESTS_RUN, spelt(view, &test.tested))) }
                    " " bdi { (test.reason) } " · " (test.by.user) " · " (view.fill(desk::UNTIL, clock(test.until.due()))) }
            }
        }
    }
}

/// The side's section: what runs, with an end for each, and the forms that begin one.
pub fn section(view: &View, state: &Shown) -> Markup {
    html! {
        section .exercises {
            h2 { (view.say(desk::EXERCISES)) " " b { (state.scopes.tests.len() + state.scopes.drills.len()) } }
            @for test in state.scopes.tests.values() {
                (ends(view, "test-end", test.id, &view.fill(desk::TESTS_RUN, spelt(view, &test.tested)), &test.reason))
            }
            @for drill in state.scopes.drills.values() {
                @let building = view.web.services.site.building_name(&drill.building);
                (ends(view, "drill-end", drill.id, &view.fill(desk::DRILLS_RUN, building.get(view.language())), &drill.reason))
            }
            @if view.may_act() { (begin(view)) }
        }
    }
}

fn ends(view: &View, act: &str, id: EventId, what: &str, reason: &str) -> Markup {
    html! {
        div .isolation {
            p { (symbol("eye")) strong { (what) } } p .fine { (reason) }
            @if view.may_act() { form method="post" action={ "/acts/" (act) "/" (id) } { button { (view.say(desk::END)) } } }
        }
    }
}

fn begin(view: &View) -> Markup {
    let scopes = [
        ("loop", desk::OF_LOOP),
        ("zone", desk::OF_ZONE),
        ("point", desk::OF_POINT),
        ("device", desk::OF_DEVICE),
        ("self-test", desk::OF_SELF_TEST),
    ];
    html! {
        details #begin-test { summary .button { (view.say(desk::BEGIN_TEST)) }
            form .confirm method="post" action="/acts/test" {
                label { (view.say(desk::WHAT)) select name="scope" { @for (value, phrase) in scopes { option value=(value) { (view.say(phrase)) } } }
                    input name="what" required autocomplete="off"; }
                (reason_and_length(view))
                p .does { (view.say(desk::TEST_DOES)) }
                button .go { (view.say(desk::BEGIN_TEST)) }
            }
        }
        @if !view.web.services.site.buildings.is_empty() {
            details #begin-drill { summary .button { (view.say(desk::BEGIN_DRILL)) }
                form .confirm method="post" action="/acts/drill" {
                    label { (view.say(desk::BUILDING)) select name="building" { @for building in &view.web.services.site.buildings {
                        option value=(building.id) { (building.name.get(view.language())) } } } }
                    (reason_and_length(view))
                    p .does { (view.say(desk::DRILL_DOES)) }
                    button .go { (view.say(desk::BEGIN_DRILL)) }
                }
            }
        }
    }
}

fn reason_and_length(view: &View) -> Markup {
    html! {
        label { (view.say(words::REASON)) input name="reason" maxlength="500" required autocomplete="off"; }
        label { (view.say(desk::LASTS)) select name="minutes" { @for minutes in LENGTHS {
            option value=(minutes) selected[minutes == 60] { (view.fill(desk::MINUTES, minutes)) } } } }
    }
}
