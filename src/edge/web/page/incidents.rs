//! Incidents: the list, and each with everything that happened in it.
//!
//! Takes: the journal; of one incident its report, which is the only account of it.
//! Gives: `GET /incidents`, `GET /incident/{id}`: how fast each step came, alarms, linkages commanded against fed back,
//! commands, handling, timeline; to read, to print and to save.
//! Never: an account of its own beside the report's.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::View;
use super::frame::{Liveness, page};
use super::rows::{headed, name_left};
use crate::edge::export::{Format, Manner};
use crate::edge::web::Web;
use crate::edge::web::api::{ReportQuery, escaped};
use crate::edge::web::finding::IncidentLine;
use crate::edge::web::print::{linked, sheet_linked};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::when::age;
use crate::edge::web::words::{self, past, report};
use crate::engine::report::Name;

/// Incidents of one page.
const LISTED: usize = 50;

#[derive(Deserialize)]
pub struct Listed {
    before: Option<u64>,
}

/// `GET /incidents`
pub async fn list(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Query(listed): Query<Listed>,
) -> Response {
    let view = View::new(web, visitor);
    let (incidents, older) = match view.web.incident_lines(listed.before, LISTED).await {
        Ok(found) => found,
        Err(problem) => return super::lost::refused(&view, &problem).into_response(),
    };
    let heads = [past::I_BEGAN, past::I_FIRST, past::I_ALARMS, past::I_END, past::I_LASTED];
    let body = html! {
        div .past-page {
            (super::history::bar(&view, "/incidents"))
            section .journal .incidents {
                h2 { (view.say(past::INCIDENTS)) }
                @if incidents.is_empty() { p .nothing { (view.say(report::NO_INCIDENT)) } }
                @else {
                    table {
                        thead { tr { @for phrase in heads { th scope="col" { (view.say(phrase)) } } } }
                        tbody { @for incident in &incidents { (row(&view, incident)) } }
                    }
                }
                nav .pages {
                    @if let Some(before) = older { a .button href={ "/incidents?before=" (before) } { (view.say(words::OLDER)) } }
                    @if listed.before.is_some() { a .button href="/incidents" { (view.say(words::NEWEST)) } }
                }
            }
        }
    };
    page(&view, view.say(past::INCIDENTS), Liveness::Form, body).into_response()
}

fn row(view: &View, incident: &IncidentLine) -> Markup {
    let when = &view.web.when;
    html! {
        tr {
            td .c-time { a href={ "/incident/" (incident.id) } { (when.date(incident.at)) " " (when.clock(incident.at)) } }
            td .c-event { @match &incident.first {
                Some(raise) => {
                    @let (head, left) = headed(view, &raise.name, &raise.place, name_left(view, raise));
                    (raise.condition.category.text().get(view.language())) " " (head) " " (left)
                }
                None => { "-" }
            } }
            td { (view.fill(past::ALARMS_N, incident.alarms)) }
            td { @match incident.closed {
                Some((at, verdict)) => { strong { (view.say(words::verdict(verdict))) } " " (when.day_clock(at, view.now.wall)) }
                None => { strong { (view.say(past::I_OPEN)) } }
            } }
            td .c-age { @if let Some((at, _)) = incident.closed { (age(at.since(incident.at), view.language())) } }
        }
    }
}

/// `GET /incident/{id}`
pub async fn one(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let view = View::new(web, visitor);
    match account(&view, &id).await {
        Ok(body) => page(&view, &view.fill(past::OF_INCIDENT, &id), Liveness::Form, body).into_response(),
        Err(problem) => super::lost::refused(&view, &problem).into_response(),
    }
}

async fn account(view: &View, id: &str) -> Result<Markup, Problem> {
    let query = ReportQuery { incident: Some(id.to_owned()), ..ReportQuery::default() };
    let (document, source) = view.web.report(query.wanted(&view.web, Name::Incident)?).await?;
    let manner = Manner { language: view.language(), zone: view.web.when.zone().clone() };
    let when = &view.web.when;
    let (from, to) = (escaped(&when.rfc3339(document.from)), escaped(&when.rfc3339(document.to)));
    Ok(html! {
        div .past-page {
            (super::history::bar(view, "/incidents"))
            nav .ways {
                a .button href="/incidents" { (view.say(past::INCIDENTS)) }
                a .button href={ "/journal?from=" (from) "&to=" (to) } { (view.say(past::JOURNAL_OF)) }
                (saved_as(view, Name::Incident, &query.address()))
            }
            (sheet_linked(&document, &source, &manner, linked))
        }
    })
}

/// Files of a report; whoever saves one is logged in, because copies are recorded.
pub fn saved_as(view: &View, name: Name, address: &str) -> Markup {
    html! {
        @if view.may_act() {
            @for format in Format::ALL {
                a .button download href={ "/api/v1/reports/" (name.as_str()) "?format=" (format.as_str()) "&" (address) } {
                    (view.fill(report::SAVE_AS, format.as_str().to_uppercase()))
                }
            }
        } @else { a .button href="/login" { (view.say(report::LOG_IN_TO_SAVE)) } }
    }
}
