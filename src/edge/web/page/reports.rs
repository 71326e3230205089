//! Reports on the desk: which, of what time, and as what.
//!
//! Takes: the name of a report, a day, a month, two days or an incident.
//! Gives: `GET /reports`, the choice; `GET /reports/{name}`, the report to read and print, with files of the same to save.
//! Never: a file for a visitor without a session; such a visitor sees where to log in.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::View;
use super::frame::{Liveness, page};
use crate::edge::export::{Format, Manner};
use crate::edge::web::Web;
use crate::edge::web::api::ReportQuery;
use crate::edge::web::print::sheet;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::{duty, report as words};
use crate::engine::base::{EventId, Wall};
use crate::engine::report::Name;

/// Incidents that can be chosen from.
const LISTED: usize = 50;

/// `GET /reports`
pub async fn choose(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Response {
    let view = View::new(Arc::clone(&web), visitor);
    match web.incidents(LISTED).await {
        Ok(incidents) => {
            let body = html! {
                div .duty-page {
                    h1 { (view.say(words::REPORTS)) }
                    @for name in Name::ALL { (choice(&view, name, &incidents)) }
                }
            };
            page(&view, view.say(words::REPORTS), Liveness::Form, body).into_response()
        }
        Err(problem) => super::lost::refused(&view, &problem).into_response(),
    }
}

/// One report with the time it is asked for.
fn choice(view: &View, name: Name, incidents: &[(EventId, Wall)]) -> Markup {
    let when = &view.web.when;
    let today = when.date(view.now.wall);
    let month = today.get(..7).unwrap_or_default();
    html! {
        section .report-choice id=(name.as_str()) {
            h2 { (name.title().get(view.language())) }
            form .form-period method="get" action={ "/reports/" (name.as_str()) } {
                @match name {
                    Name::Daily => label { (view.say(words::A_DAY)) input type="date" name="date" value=(today); },
                    Name::Incident => label { (view.say(words::AN_INCIDENT))
                        select name="incident" required {
                            @for (id, at) in incidents { option value=(id) { (id) " · " (when.date(*at)) " " (when.clock(*at)) } }
                        }
                    },
                    Name::Faults => label { (view.say(words::A_MONTH)) input type="month" name="month" value=(month); },
                    Name::BadActors | Name::Isolations | Name::Performance => {
                        label { (view.say(duty::FROM)) input type="date" name="from" value={ (month) "-01" }; }
                        label { (view.say(duty::TO)) input type="date" name="to" value=(today); }
                    }
                }
                button .go disabled[name == Name::Incident && incidents.is_empty()] { (view.say(duty::SHOW)) }
                @if name == Name::Incident && incidents.is_empty() { p .fine { (view.say(words::NO_INCIDENT)) } }
            }
        }
    }
}

/// `GET /reports/{name}`
pub async fn show(
    State(web): State<Arc<Web>>,
    Extension(mut visitor): Extension<Visitor>,
    Path(name): Path<String>,
    Query(query): Query<ReportQuery>,
) -> Response {
    visitor.language = query.language(&visitor);
    let view = View::new(Arc::clone(&web), visitor);
    let Some(name) = Name::named(&name) else { return super::lost::not_found(&view).into_response() };
    match made(&view, name, &query).await {
        Ok(body) => page(&view, name.title().get(view.language()), Liveness::Form, body).into_response(),
        Err(problem) => super::lost::refused(&view, &problem).into_response(),
    }
}

async fn made(view: &View, name: Name, query: &ReportQuery) -> Result<Markup, Problem> {
    let (report, source) = view.web.report(query.wanted(&view.web, name)?).await?;
    let manner = Manner { language: view.language(), zone: view.web.when.zone().clone() };
    let address = query.address();
    Ok(html! {
        div .report-page {
            nav .form-tabs .report-tabs {
                a .button href="/reports" { (view.say(words::REPORTS)) }
                @if view.may_act() {
                    @for format in Format::ALL {
                        a .button download href={ "/api/v1/reports/" (name.as_str()) "?format=" (format.as_str()) "&" (address) } {
                            (view.fill(words::SAVE_AS, format.as_str().to_uppercase()))
                        }
                    }
                } @else { a .button href="/login" { (view.say(words::LOG_IN_TO_SAVE)) } }
            }
            (sheet(&report, &source, &manner))
        }
    })
}
