//! `/api/v1` (design §6).
//!
//! Takes: JSON.
//! Gives: JSON; errors always as [`Problem`].
//! Never: a route that `openapi.json` does not describe (a test compares both).

mod access;
mod acting;
mod acts;
mod buses;
mod commands;
mod devices;
mod duty;
mod identify;
mod journal_export;
mod keypad;
mod linkages;
mod panels;
mod past;
mod plans;
mod points;
mod reading;
mod reports;
mod retirement;
mod scopes;
mod session;
mod stream;
mod studied;
mod trend_export;
mod trend_marks;
mod trend_points;
mod trends;

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use super::routes::Rows;
use super::screen::screen;
use super::{walls, words};
use crate::engine::base::EventId;

pub(super) use access::runs_out;
pub(super) use acts::seen;
pub(super) use keypad::bars;
pub(super) use reports::{ReportQuery, escaped};
pub(super) use session::{no_cookie, session_cookie};

/// Every route below `/api/v1` with its methods; the test of `openapi.json` reads it, too.
pub(super) fn routes() -> Rows {
    vec![
        ("/session", &["post", "delete"], post(session::begin).delete(session::end)),
        ("/password", &["post"], post(access::change_password)),
        ("/preferences", &["get", "put"], get(access::look).put(access::set_look)),
        ("/sessions", &["get", "delete"], get(access::sessions).delete(access::end_others)),
        ("/sessions/{id}", &["delete"], delete(access::end_session)),
        ("/tokens", &["get", "post"], get(access::tokens).post(access::add_token)),
        ("/tokens/{id}", &["delete"], delete(access::revoke_token)),
        ("/users", &["get", "post"], get(access::accounts).post(access::add_account)),
        ("/users/{id}", &["delete"], delete(access::remove_account)),
        ("/users/{id}/role", &["post"], post(access::set_role)),
        ("/users/{id}/password", &["post"], post(access::set_password)),
        ("/state", &["get"], get(reading::state)),
        ("/points", &["get"], get(points::points)),
        ("/plans", &["get"], get(plans::plans)),
        ("/plans/{building}/{file}", &["get"], get(plans::drawing)),
        ("/devices", &["get"], get(devices::all)),
        ("/devices/{id}", &["get"], get(devices::one)),
        ("/health", &["get"], get(reading::health)),
        ("/alarms", &["get"], get(reading::alarms)),
        ("/alarms/ack", &["post"], post(acts::acknowledge_many)),
        ("/alarms/{id}/ack", &["post"], post(acts::acknowledge)),
        ("/alarms/{id}/verdict", &["post"], post(acts::judge)),
        ("/alarms/{id}/calls", &["post"], post(acts::report_call)),
        ("/silence", &["post"], post(acts::silence)),
        ("/sound/test", &["post"], post(acts::test_sound)),
        ("/tones", &["get"], get(reading::tones)),
        ("/reset", &["post"], post(acts::reset)),
        ("/isolations", &["get", "post"], get(reading::isolations).post(acts::isolate)),
        ("/isolations/{id}/order", &["post"], post(panels::link_order)),
        ("/devices/{id}/cancel", &["post"], post(panels::cancel)),
        ("/devices/{id}/identify", &["post"], post(identify::identify)),
        ("/devices/{id}/register", &["post"], post(panels::register)),
        ("/devices/{id}/abnormal", &["post"], post(panels::report_abnormal)),
        ("/isolations/{id}", &["delete"], delete(acts::release)),
        ("/tests", &["get", "post"], get(scopes::tests).post(scopes::begin_test)),
        ("/tests/{id}", &["delete"], delete(scopes::end_test)),
        ("/drills", &["get", "post"], get(scopes::drills).post(scopes::begin_drill)),
        ("/drills/{id}", &["delete"], delete(scopes::end_drill)),
        ("/commands", &["post"], post(commands::command)),
        ("/commands/preview", &["post"], post(keypad::preview)),
        ("/commands/{id}/withdraw", &["post"], post(keypad::withdraw)),
        ("/commands/{id}", &["get"], get(commands::one)),
        ("/linkages", &["get"], get(linkages::all)),
        ("/linkages/{run}/actions/{action}/release", &["post"], post(linkages::release)),
        ("/linkages/{run}/actions/{action}/withdraw", &["post"], post(linkages::withdraw)),
        ("/duty", &["get"], get(duty::duty)),
        ("/duty/sign-in", &["post"], post(duty::sign_in)),
        ("/duty/sign-out", &["post"], post(duty::sign_out)),
        ("/handling", &["post"], post(duty::handled)),
        ("/notes/{id}", &["post"], post(duty::note)),
        ("/patrols/{id}/records", &["post"], post(duty::record_patrol)),
        ("/maintenance/{id}/records", &["post"], post(duty::record_maintenance)),
        ("/forms/{form}", &["get"], get(duty::form)),
        ("/journal", &["get"], get(past::journal)),
        ("/journal/export", &["get"], get(journal_export::export)),
        ("/journal/retirement", &["get", "post"], get(retirement::outlook).post(retirement::begin)),
        ("/performance", &["get"], get(past::performance)),
        ("/reports/{name}", &["get"], get(reports::report)),
        ("/trends", &["get"], get(trends::trends)),
        ("/trends/export", &["get"], get(trend_export::export)),
        ("/trends/marks", &["get"], get(trend_marks::marks)),
        ("/trends/points", &["get"], get(trend_points::points)),
        ("/stream", &["get"], get(stream::stream)),
        ("/screen", &["get"], get(screen)),
        ("/walls", &["get"], get(walls::all)),
        ("/walls/{id}/beacon", &["post"], post(walls::beacon)),
        ("/openapi.json", &["get"], get(reading::openapi)),
    ]
}

/// The answer to an address below `/api/v1` that nobody serves.
pub(super) async fn no_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no-such-address", words::NO_ROUTE)
}

/// The answer to a method an address does not take.
pub(super) async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", words::WRONG_METHOD)
}

/// A JSON body, whatever the content type says; an empty one is an empty object.
pub(super) struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let response: Response = rejection.into_response();
            match response.status() {
                StatusCode::PAYLOAD_TOO_LARGE => {
                    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", words::TOO_LARGE)
                }
                _ => Problem::new(StatusCode::BAD_REQUEST, "malformed-json", words::MALFORMED),
            }
        })?;
        let text: &[u8] = if bytes.iter().all(u8::is_ascii_whitespace) { b"{}" } else { &bytes };
        let value: serde_json::Value = serde_json::from_slice(text).map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, "malformed-json", words::MALFORMED).with("detail", error.to_string())
        })?;
        serde_json::from_value(value).map(Body).map_err(|error| {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-request", words::BAD_REQUEST)
                .with("detail", error.to_string())
        })
    }
}

/// Parameters of the address.
struct Query<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> axum::extract::FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Query<T>, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(query)) => Ok(Query(query)),
            Err(rejection) => Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-request", words::BAD_REQUEST)
                .with("detail", rejection.body_text())),
        }
    }
}

/// An id of the address; what is no id names nothing.
fn event_id(text: &str) -> Result<EventId, Problem> {
    text.parse().map_err(|()| Problem::not_found(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn openapi_describes_every_route_and_no_other() {
        let document: serde_json::Value = serde_json::from_str(super::reading::OPENAPI).unwrap();
        let described: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
                methods.map(|method| (path.clone(), method.clone())).collect::<Vec<_>>()
            })
            .collect();
        let served: BTreeSet<(String, String)> = super::routes()
            .iter()
            .flat_map(|(path, methods, _)| methods.iter().map(|method| ((*path).to_owned(), (*method).to_owned())))
            .collect();
        assert_eq!(described, served);
        assert_eq!(document["servers"][0]["url"], "/api/v1");
    }
}
