//! Decided facts about the records themselves: who was given a copy, what is no longer kept (RC-01), and who may come to
//! them and act (AC-01).
//!
//! Takes: nothing.
//! Gives: [`KeepingFact`], [`Exported`], [`Retired`], [`AccessChanged`].
//! Never: an effect on the state; these facts tell of the journal and its people, not of the site. Never a secret.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::base::{Role, Text};

/// What became of the records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum KeepingFact {
    /// Somebody was given a copy.
    #[serde(rename = "records-exported")]
    Exported(Exported),
    /// The oldest records were sealed in an archive and are no longer in the journal.
    #[serde(rename = "records-retired")]
    Retired(Arc<Retired>),
    /// Who may act, or come in, was changed.
    #[serde(rename = "access-changed")]
    AccessChanged(AccessChanged),
}

/// Accounts, tokens or sessions were changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessChanged {
    /// What was done.
    pub change: AccessChange,
    /// Whose account, token or session it is; of walls their ids.
    pub whom: String,
    /// The role that an account or a token has from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The token's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// What was done with an account, a token or a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessChange {
    /// An account was made.
    AccountAdded,
    /// An account was removed.
    AccountRemoved,
    /// An account has another role.
    RoleSet,
    /// Somebody else set the password.
    PasswordSet,
    /// The account's owner changed the password.
    PasswordChanged,
    /// A token was made.
    TokenAdded,
    /// A token was revoked.
    TokenRevoked,
    /// Sessions were ended by somebody who was not logging out of them.
    SessionsEnded,
    /// Somebody was shown the addresses of walls with their tokens.
    WallTokensShown,
}

impl AccessChange {
    /// What people read.
    pub fn text(self) -> Text {
        match self {
            AccessChange::AccountAdded => Text::new("新增账户", "Account added"),
            AccessChange::AccountRemoved => Text::new("删除账户", "Account removed"),
            AccessChange::RoleSet => Text::new("更改角色", "Role set"),
            AccessChange::PasswordSet => Text::new("重设密码", "Password set"),
            AccessChange::PasswordChanged => Text::new("修改密码", "Password changed"),
            AccessChange::TokenAdded => Text::new("新增令牌", "Token added"),
            AccessChange::TokenRevoked => Text::new("撤销令牌", "Token revoked"),
            AccessChange::SessionsEnded => Text::new("结束会话", "Sessions ended"),
            AccessChange::WallTokensShown => Text::new("显示大屏令牌", "Wall tokens shown"),
        }
    }

    /// The least role that may do it: of one's own everybody, of others a manager.
    pub fn least_role(self) -> Role {
        match self {
            AccessChange::AccountAdded
            | AccessChange::AccountRemoved
            | AccessChange::RoleSet
            | AccessChange::PasswordSet
            | AccessChange::WallTokensShown => Role::Manager,
            AccessChange::PasswordChanged
            | AccessChange::TokenAdded
            | AccessChange::TokenRevoked
            | AccessChange::SessionsEnded => Role::Display,
        }
    }
}

/// A copy of records that left. It is recorded before its first line leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exported {
    /// Of what: `journal`.
    pub what: String,
    /// As what: `jsonl`, `csv`.
    pub form: String,
    /// Which of it, in words: `1 to 4711, kind raised`.
    pub scope: String,
}

/// The beginning of the journal, up to a fact, was taken out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// The last fact that was taken out.
    pub upto: u64,
    /// Its hash in hexadecimal: the checkpoint at which the journal begins now.
    pub head: String,
    /// How many facts were taken out.
    pub removed: u64,
    /// How many of the range stay at hand because their class has too few newer ones.
    pub kept: u64,
    /// Name of the archive that holds all of the range.
    pub archive: String,
    /// SHA-256 of that file in hexadecimal.
    pub sealed: String,
    /// Why.
    pub reason: String,
}

impl KeepingFact {
    /// The word used in the journal, on MQTT and in filters.
    pub fn as_str(&self) -> &'static str {
        match self {
            KeepingFact::Exported(_) => "records-exported",
            KeepingFact::Retired(_) => "records-retired",
            KeepingFact::AccessChanged(_) => "access-changed",
        }
    }
}
