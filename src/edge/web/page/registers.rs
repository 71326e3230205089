//! What is isolated, now and in a stretch of time; and how well the alarms serve people.
//!
//! Takes: the shown state; two reports of the journal and the time they are asked for.
//! Gives: `GET /isolations` with the acts of those who may, `GET /performance` with what each figure means.
//! Never: a fold of its own: both are the reports of these names.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::View;
use super::frame::{Liveness, page};
use super::incidents::saved_as;
use crate::edge::export::Manner;
use crate::edge::web::Web;
use crate::edge::web::api::ReportQuery;
use crate::edge::web::print::{linked, sheet_linked};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::{Phrase, duty, past};
use crate::engine::report::Name;

/// `GET /isolations?from=&to=`
pub async fn isolations(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Query(query): Query<ReportQuery>,
) -> Response {
    let view = View::new(web, visitor);
    let state = view.web.services.picture.state();
    let now = html! { div .in-force { (super::side::isolations(&view, &state)) } };
    shown(&view, Name::Isolations, ("/isolations", past::REGISTER), &query, now).await
}

/// `GET /performance?from=&to=`
pub async fn performance(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Query(query): Query<ReportQuery>,
) -> Response {
    let view = View::new(web, visitor);
    let meaning = html! {
        details .meaning {
            summary .button { (view.say(past::MEANING)) }
            dl { @for (figure, means) in FIGURES { dt { (view.say(figure)) } dd { (view.say(means)) } } }
        }
    };
    shown(&view, Name::Performance, ("/performance", past::PERFORMANCE), &query, meaning).await
}

/// What the figures mean and what is aimed at.
const FIGURES: [(Phrase, Phrase); 6] = [
    (past::F_RATE, past::F_RATE_MEANS),
    (past::F_FLOOD, past::F_FLOOD_MEANS),
    (past::F_ACTORS, past::F_ACTORS_MEANS),
    (past::F_ACK, past::F_ACK_MEANS),
    (past::F_STALE, past::F_STALE_MEANS),
    (past::F_CHATTER, past::F_CHATTER_MEANS),
];

async fn shown(
    view: &View,
    name: Name,
    (address, title): (&str, Phrase),
    query: &ReportQuery,
    head: Markup,
) -> Response {
    match sheet_of(view, name, address, query, head).await {
        Ok(body) => page(view, view.say(title), Liveness::Form, body).into_response(),
        Err(problem) => super::lost::refused(view, &problem).into_response(),
    }
}

async fn sheet_of(
    view: &View,
    name: Name,
    address: &str,
    query: &ReportQuery,
    head: Markup,
) -> Result<Markup, Problem> {
    let (document, source) = view.web.report(query.wanted(&view.web, name)?).await?;
    let manner = Manner { language: view.language(), zone: view.web.when.zone().clone() };
    let day = |given: &Option<String>, at| given.clone().unwrap_or_else(|| view.web.when.date(at));
    Ok(html! {
        div .past-page {
            (super::history::bar(view, address))
            (head)
            form .form-period method="get" action=(address) {
                label { (view.say(duty::FROM)) input type="date" name="from" value=(day(&query.from, document.from)); }
                label { (view.say(duty::TO)) input type="date" name="to" value=(day(&query.to, document.to)); }
                button .go { (view.say(duty::SHOW)) }
            }
            nav .ways { (saved_as(view, name, &query.address())) }
            (sheet_linked(&document, &source, &manner, linked))
        }
    })
}
