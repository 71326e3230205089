//! The console's pages: server-rendered, whole without a script.
//!
//! Takes: the summary, the shown state, forms.
//! Gives: the console, one page per alarm, devices, journal, log-in.
//! Never: an act for a visitor without a session; such a visitor sees where to log in.

mod access;
mod alarm;
mod banner;
mod commands;
mod console;
mod devices;
mod duty;
mod form;
mod forms;
pub(super) mod frame;
mod history;
mod incidents;
mod journal;
mod journal_desk;
mod journal_duty;
mod journal_rows;
mod keypad;
mod linkages;
mod login;
pub(super) mod lost;
mod panels;
mod registers;
mod reports;
mod retirement;
mod rows;
mod scopes;
mod sequences;
mod side;
mod story;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::finding::Past;
use super::problem::Problem;
use super::routes::Rows;
use super::summary::Summary;
use super::visitor::Visitor;
use super::wording::Wording;
use super::words::Phrase;
use super::{Web, apps, walls};
use crate::engine::alarm::FactKind;
use crate::engine::base::{EventId, Language, Now, Role};

/// Every page and every form that a page sends, with its methods.
pub(super) fn routes() -> Rows {
    vec![
        ("/", &["get"], get(apps::desk)),
        ("/wall", &["get"], get(apps::wall)),
        ("/wall/{id}", &["get"], get(walls::page)),
        ("/trends", &["get"], get(apps::trends)),
        ("/phone", &["get"], get(console::show)),
        ("/alarm/{id}", &["get"], get(alarm::show)),
        ("/devices", &["get"], get(apps::devices)),
        ("/devices/plain", &["get"], get(devices::show)),
        ("/journal", &["get"], get(journal::show)),
        ("/incidents", &["get"], get(incidents::list)),
        ("/incident/{id}", &["get"], get(incidents::one)),
        ("/isolations", &["get"], get(registers::isolations)),
        ("/performance", &["get"], get(registers::performance)),
        ("/login", &["get", "post"], get(login::show).post(login::begin)),
        ("/logout", &["post"], post(login::end)),
        ("/account", &["get"], get(access::show)),
        ("/account/password", &["post"], post(access::change_password)),
        ("/account/session-end/{id}", &["post"], post(access::end_session)),
        ("/account/sessions-end", &["post"], post(access::end_others)),
        ("/account/token", &["post"], post(access::add_token)),
        ("/account/token-end/{id}", &["post"], post(access::revoke_token)),
        ("/account/user", &["post"], post(access::add_account)),
        ("/account/user-role/{id}", &["post"], post(access::set_role)),
        ("/account/user-password/{id}", &["post"], post(access::set_password)),
        ("/account/user-remove/{id}", &["post"], post(access::remove_account)),
        ("/language", &["post"], post(forms::language)),
        ("/theme", &["post"], post(forms::theme)),
        ("/acts/silence", &["post"], post(forms::silence)),
        ("/acts/reset", &["post"], post(forms::reset)),
        ("/acts/ack/{id}", &["post"], post(forms::acknowledge)),
        ("/acts/verdict/{id}", &["post"], post(forms::judge)),
        ("/acts/call/{id}", &["post"], post(forms::report_call)),
        ("/acts/isolate", &["post"], post(forms::isolate)),
        ("/acts/release/{id}", &["post"], post(forms::release)),
        ("/acts/test", &["post"], post(scopes::begin_test)),
        ("/acts/test-end/{id}", &["post"], post(scopes::end_test)),
        ("/acts/drill", &["post"], post(scopes::begin_drill)),
        ("/acts/drill-end/{id}", &["post"], post(scopes::end_drill)),
        ("/duty", &["get"], get(duty::show)),
        ("/forms/{form}", &["get"], get(form::show)),
        ("/reports", &["get"], get(reports::choose)),
        ("/reports/{name}", &["get"], get(reports::show)),
        ("/acts/retire", &["post"], post(retirement::begin)),
        ("/acts/sign-in", &["post"], post(duty::sign_in)),
        ("/acts/sign-out", &["post"], post(duty::sign_out)),
        ("/acts/handled", &["post"], post(duty::handled)),
        ("/acts/note/{id}", &["post"], post(duty::note)),
        ("/acts/round/{kind}/{id}", &["post"], post(duty::record)),
        ("/keypad", &["get"], get(keypad::show)),
        ("/acts/keypad", &["post"], post(keypad::act)),
        ("/acts/withdraw/{id}", &["post"], post(keypad::withdraw)),
        ("/acts/cancel", &["post"], post(panels::cancel)),
        ("/acts/register", &["post"], post(panels::register)),
        ("/acts/abnormal", &["post"], post(panels::report_abnormal)),
        ("/acts/order/{id}", &["post"], post(panels::link_order)),
        ("/acts/command", &["post"], post(commands::send)),
        ("/acts/linkage-release/{run}/{action}", &["post"], post(linkages::release)),
        ("/acts/linkage-withdraw/{run}/{action}", &["post"], post(linkages::withdraw)),
    ]
}

/// The page for somebody who may not do what they asked for.
pub(super) fn refused(web: Arc<Web>, visitor: Visitor, problem: &Problem) -> Response {
    lost::refused(&View::new(web, visitor), problem).into_response()
}

/// What every part of a page needs.
pub(in crate::edge::web) struct View {
    pub(super) web: Arc<Web>,
    visitor: Visitor,
    summary: Summary,
    now: Now,
    /// What facts on the page speak of and the shown state no longer has.
    past: Past,
}

/// What a page needs, for who asks.
pub(super) fn view(web: &Arc<Web>, visitor: &Visitor) -> View {
    View::new(Arc::clone(web), visitor.clone())
}

impl View {
    fn new(web: Arc<Web>, visitor: Visitor) -> View {
        let (summary, now) = (web.summary(), web.now());
        View { web, visitor, summary, now, past: Past::new() }
    }

    fn language(&self) -> Language {
        self.visitor.language
    }

    fn wording(&self) -> Wording<'_> {
        Wording::new(&self.web.services.site, self.visitor.language)
    }

    /// The fact that began something, where the page has read it.
    fn began(&self, id: EventId) -> Option<&FactKind> {
        self.past.get(&id).map(|fact| &fact.kind)
    }

    fn say(&self, phrase: Phrase) -> &'static str {
        phrase.get(self.visitor.language)
    }

    fn fill(&self, phrase: Phrase, value: impl std::fmt::Display) -> String {
        phrase.fill(self.visitor.language, value)
    }

    /// Whether acts are worth offering. What a role may do is the engine's to decide; a display may do nothing.
    fn may_act(&self) -> bool {
        self.visitor.account.as_ref().is_some_and(|account| account.role > Role::Display)
    }
}
