//! Duty over HTTP: the four forms, records of rounds, handling records, who is there.
//!
//! Takes: a session, a body, an idempotency key; a form's name and a stretch of time.
//! Gives: what the engine answered; the rows of a form.
//! Never: decides; the engine's gate does, for every door alike.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::acting::{Acting, Answer, Asked};
use super::{Query, event_id};
use crate::edge::web::Web;
use crate::edge::web::forms::{Form, Period, ROWS};
use crate::edge::web::problem::Problem;
use crate::engine::alarm::State as Shown;
use crate::engine::base::EventId;
use crate::engine::duty::Forms;
use crate::engine::site::PlanKind;
use crate::engine::{Act, Finding, RoundReport};
use crate::live::form_document::{besides_document, handling_document, planned_document, round_document};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormQuery {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandledBody {
    ids: Vec<EventId>,
    cause: String,
    measure: String,
    result: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    results: Vec<Finding>,
    note: Option<String>,
}

/// `GET forms/{form}?from=&to=`
pub async fn form(
    State(web): State<Arc<Web>>,
    Path(form): Path<String>,
    Query(query): Query<FormQuery>,
) -> Result<Json<Value>, Problem> {
    let form = Form::named(&form)?;
    let now = web.now().wall;
    let period = Period::asked(query.from.as_deref(), query.to.as_deref(), now)?;
    let (forms, state, older) = web.forms(form, period).await?;
    let (rows, left_out) = rows(&web, form, &forms, &state, period);
    Ok(Json(json!({
        "form": form.as_str(), "title": form.title().text(), "site": web.services.site.name,
        "from": web.when.rfc3339(period.from), "to": web.when.rfc3339(period.to), "made_at": web.when.rfc3339(now),
        "rows": rows, "left_out": left_out as u64 + older,
    })))
}

fn rows(web: &Web, form: Form, forms: &Forms, state: &Shown, Period { from, to }: Period) -> (Vec<Value>, usize) {
    let zone = web.when.zone();
    let site = &web.services.site;
    let all: Vec<Value> = match form {
        Form::Handling => forms
            .handled(from, to)
            .map(|entry| handling_document(entry, state.duty.unrecorded.contains_key(&entry.id), zone))
            .collect(),
        Form::Plan => forms.planned(site, from, to).iter().map(|planned| planned_document(planned, zone)).collect(),
        Form::Patrol | Form::Maintenance => {
            let kind = if form == Form::Patrol { PlanKind::Patrol } else { PlanKind::Maintenance };
            let due = forms.due(kind, from, to).map(|round| round_document(round, zone));
            due.chain(forms.besides(kind, from, to).map(|recorded| besides_document(recorded, zone))).collect()
        }
    };
    let left_out = all.len().saturating_sub(ROWS);
    // The newest are those people ask for.
    (all.into_iter().skip(left_out).collect(), left_out)
}

/// `GET duty`
pub async fn duty(State(web): State<Arc<Web>>) -> Json<Value> {
    let state = web.services.picture.state();
    let when = &web.when;
    let duty = &state.duty;
    let present = duty
        .present
        .values()
        .map(|held| json!({ "user": held.by.user, "role": held.by.role, "since": when.rfc3339(held.since) }));
    let plans = web.services.site.plans.iter().filter_map(|plan| {
        let held = duty.plans.get(&plan.key())?;
        let round = held.round.as_ref().map(|round| {
            json!({
                "id": round.id, "due": when.rfc3339(round.due.slot), "until": when.rfc3339(round.due.until.due()),
                "overdue": round.overdue,
            })
        });
        Some(json!({
            "of": plan.kind, "plan": plan.id, "name": plan.name, "place": plan.place, "role": plan.role,
            "items": plan.items, "devices": plan.devices, "behind": held.behind, "round": round,
            "recorded": held.recorded.as_ref().map(|(at, by)| json!({ "at": when.rfc3339(*at), "by": by })),
        }))
    });
    let unrecorded = duty.unrecorded.iter().map(|(id, owed)| {
        json!({
            "id": id, "condition": owed.raise.condition.to_string(), "category": owed.raise.condition.category,
            "name": owed.raise.name, "place": owed.raise.place, "raised_at": when.rfc3339(owed.raised_at),
            "closed_at": when.rfc3339(owed.closed_at),
        })
    });
    Json(json!({
        "seq": state.last.seq, "needs": web.services.site.settings.on_duty,
        "shifts": web.services.site.shifts.iter().map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60)).collect::<Vec<_>>(),
        "present": present.collect::<Vec<_>>(), "plans": plans.collect::<Vec<_>>(),
        "unrecorded": unrecorded.collect::<Vec<_>>(), "older": duty.older,
    }))
}

/// `POST duty/sign-in`
pub async fn sign_in(acting: Acting) -> Answer {
    acting.does(Act::SignIn, StatusCode::OK).await
}

/// `POST duty/sign-out`
pub async fn sign_out(acting: Acting) -> Answer {
    acting.does(Act::SignOut, StatusCode::OK).await
}

/// `POST handling`
pub async fn handled(acting: Acting, Asked(body): Asked<HandledBody>) -> Answer {
    let HandledBody { ids, cause, measure, result } = body;
    acting.does(Act::Handled { ids, cause, measure, result }, StatusCode::CREATED).await
}

/// `POST notes/{id}`
pub async fn note(acting: Acting, Path(id): Path<String>, Asked(NoteBody { text }): Asked<NoteBody>) -> Answer {
    acting.does(Act::Note { id: event_id(&id)?, text }, StatusCode::CREATED).await
}

/// `POST patrols/{id}/records`
pub async fn record_patrol(acting: Acting, Path(id): Path<String>, Asked(body): Asked<RecordBody>) -> Answer {
    record(&acting, (PlanKind::Patrol, id), body).await
}

/// `POST maintenance/{id}/records`
pub async fn record_maintenance(acting: Acting, Path(id): Path<String>, Asked(body): Asked<RecordBody>) -> Answer {
    record(&acting, (PlanKind::Maintenance, id), body).await
}

async fn record(
    acting: &Acting,
    (of, plan): (PlanKind, String),
    RecordBody { results: findings, note }: RecordBody,
) -> Answer {
    let figures = acting.web.figures(of, &plan);
    let act = Act::RecordRound(RoundReport { of, plan, findings, note, figures });
    acting.does(act, StatusCode::CREATED).await
}
