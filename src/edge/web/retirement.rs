//! Old records leave the journal, as a manager at the console has it (RC-01).
//!
//! Takes: a visitor that the door has let through, with the password once more, and a reason.
//! Gives: the beginning of a retirement, what could leave and how far one came.
//! Never: begins without the password of whoever approves it: a screen that was left open is nobody's word.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Web;
use super::problem::Problem;
use super::visitor::Visitor;
use super::words::past;
use crate::engine::Refusal;
use crate::live::{NotBegun, Outlook, Progress};

/// What a manager asks for.
pub(super) struct Asked {
    pub password: String,
    pub reason: String,
    /// Only up to this fact.
    pub until: Option<u64>,
}

impl Web {
    /// What could leave now.
    pub(super) async fn outlook(&self) -> Result<Outlook, Problem> {
        let retirement = Arc::clone(&self.services.retirement);
        self.waiting(move || retirement.outlook()).await?.map_err(|error| Problem::store("journal", &error))
    }

    /// Begins a retirement.
    pub(super) async fn retire_records(&self, visitor: &Visitor, asked: Asked) -> Result<(), Problem> {
        let by = visitor.actor()?;
        let reason = asked.reason.trim().to_owned();
        if reason.is_empty() {
            return Err(Refusal::Missing { field: "reason" }.into());
        }
        // Whoever found a screen that was left open may not guess faster than at the log-in.
        self.attempt(visitor.address, &by.user)?;
        let turn = self.hashing.acquire().await.map_err(|error| Problem::store("password", &error))?;
        let (name, secret) = (by.user.clone(), asked.password);
        let fits = self.accounts(move |accounts, _| accounts.verify(&name, &secret)).await?;
        drop(turn);
        if !fits {
            return Err(Problem::new(StatusCode::FORBIDDEN, "wrong-password", past::OLD_WRONG));
        }
        self.services.retirement.begin(by, reason, asked.until).map_err(|why| match why {
            NotBegun::KeptForEver => Problem::new(StatusCode::CONFLICT, "kept-for-ever", past::OLD_FOR_EVER),
            NotBegun::Runs => Problem::new(StatusCode::CONFLICT, "retirement-runs", past::OLD_RUNS),
        })
    }

    /// What could leave, as programs read it.
    pub(super) fn outlook_document(&self, outlook: &Outlook) -> Value {
        let leaves = outlook.leaves.map(|(from, upto, at)| {
            json!({ "from": from, "upto": upto, "facts": upto - from + 1, "at": self.when.rfc3339(at) })
        });
        let last = outlook.last.as_ref().map(|last| {
            let approved = last.approved.as_ref();
            json!({
                "upto": last.upto, "at": self.when.rfc3339(last.at), "archive": last.archive, "key": last.key,
                "by": approved.map(|(by, _)| by), "reason": approved.map(|(_, reason)| reason),
            })
        });
        json!({
            "keep_days": outlook.keep.map(|keep| keep.as_secs() / 86_400),
            "due": outlook.keep.is_some() && outlook.aged > 0,
            "aged": outlook.aged, "leaves": leaves, "why": outlook.why, "last": last,
            "progress": progress(&outlook.progress),
        })
    }
}

fn progress(progress: &Progress) -> Value {
    match progress {
        Progress::None => json!({ "state": "none" }),
        Progress::Preparing { doing, done, of } => {
            json!({ "state": "preparing", "doing": doing, "done": done, "of": of })
        }
        Progress::Done { upto, removed, kept, left } => {
            json!({ "state": "done", "upto": upto, "removed": removed, "kept": kept, "left": left })
        }
        Progress::Refused(why) => json!({ "state": "refused", "why": why }),
    }
}
