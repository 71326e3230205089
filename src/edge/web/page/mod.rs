//! The console's pages: server-rendered, whole without a script.
//!
//! Takes: the summary, the shown state, forms.
//! Gives: the console, one page per alarm, devices, journal, log-in.
//! Never: an act for a visitor without a session; such a visitor sees where to log in.

mod alarm;
mod banner;
mod commands;
mod console;
mod devices;
mod duty;
mod form;
mod forms;
pub(super) mod frame;
mod journal;
mod journal_desk;
mod journal_duty;
mod keypad;
mod linkages;
mod login;
pub(super) mod lost;
mod panels;
mod reports;
mod rows;
mod scopes;
mod sequences;
mod side;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::summary::Summary;
use super::visitor::Visitor;
use super::wording::Wording;
use super::words::Phrase;
use super::{Web, apps};
use crate::engine::base::{Language, Now, Role};

/// The router of every page.
pub(super) fn router() -> Router<Arc<Web>> {
    Router::new()
        .route("/", get(apps::desk))
        .route("/wall", get(apps::wall))
        .route("/trends", get(apps::trends))
        .route("/phone", get(console::show))
        .route("/alarm/{id}", get(alarm::show))
        .route("/devices", get(apps::devices))
        .route("/devices/plain", get(devices::show))
        .route("/journal", get(journal::show))
        .route("/login", get(login::show).post(login::begin))
        .route("/logout", post(login::end))
        .route("/language", post(forms::language))
        .route("/theme", post(forms::theme))
        .route("/acts/silence", post(forms::silence))
        .route("/acts/reset", post(forms::reset))
        .route("/acts/ack/{id}", post(forms::acknowledge))
        .route("/acts/verdict/{id}", post(forms::judge))
        .route("/acts/call/{id}", post(forms::report_call))
        .route("/acts/isolate", post(forms::isolate))
        .route("/acts/release/{id}", post(forms::release))
        .route("/acts/test", post(scopes::begin_test))
        .route("/acts/test-end/{id}", post(scopes::end_test))
        .route("/acts/drill", post(scopes::begin_drill))
        .route("/acts/drill-end/{id}", post(scopes::end_drill))
        .route("/duty", get(duty::show))
        .route("/forms/{form}", get(form::show))
        .route("/reports", get(reports::choose))
        .route("/reports/{name}", get(reports::show))
        .route("/acts/sign-in", post(duty::sign_in))
        .route("/acts/sign-out", post(duty::sign_out))
        .route("/acts/handled", post(duty::handled))
        .route("/acts/note/{id}", post(duty::note))
        .route("/acts/round/{kind}/{id}", post(duty::record))
        .route("/keypad", get(keypad::show))
        .route("/acts/keypad", post(keypad::act))
        .route("/acts/withdraw/{id}", post(keypad::withdraw))
        .route("/acts/cancel", post(panels::cancel))
        .route("/acts/register", post(panels::register))
        .route("/acts/abnormal", post(panels::report_abnormal))
        .route("/acts/order/{id}", post(panels::link_order))
        .route("/acts/command", post(commands::send))
        .route("/acts/linkage-release/{run}/{action}", post(linkages::release))
        .route("/acts/linkage-withdraw/{run}/{action}", post(linkages::withdraw))
}

/// What every part of a page needs.
pub(in crate::edge::web) struct View {
    pub(super) web: Arc<Web>,
    visitor: Visitor,
    summary: Summary,
    now: Now,
}

/// What a page needs, for who asks.
pub(super) fn view(web: &Arc<Web>, visitor: &Visitor) -> View {
    View::new(Arc::clone(web), visitor.clone())
}

impl View {
    fn new(web: Arc<Web>, visitor: Visitor) -> View {
        let (summary, now) = (web.summary(), web.now());
        View { web, visitor, summary, now }
    }

    fn language(&self) -> Language {
        self.visitor.language
    }

    fn wording(&self) -> Wording<'_> {
        Wording::new(&self.web.services.site, self.visitor.language)
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
