//! How somebody wants their pages: language and theme, kept with the account.
//!
//! Takes: whose it is, and what was chosen.
//! Gives: the [`Look`] that is found again at every log-in, on any machine.
//! Never: a choice for a screen: what an account of the role display shows is its browser's, or its wall's, own.

use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use super::{Account, AccountError, Accounts};
use crate::engine::base::{Language, Role};

/// Day or night.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark letters on light grey, the default.
    #[default]
    Day,
    /// Light letters on graphite.
    Night,
}

impl Theme {
    /// The word in the store, in cookies and in pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::Day => "day",
            Theme::Night => "night",
        }
    }

    /// The theme of a word.
    pub fn named(word: &str) -> Option<Theme> {
        [Theme::Day, Theme::Night].into_iter().find(|theme| theme.as_str() == word)
    }
}

/// The word of a language in the store and in cookies.
pub fn language_word(language: Language) -> &'static str {
    match language {
        Language::Zh => "zh",
        Language::En => "en",
    }
}

/// The language of a word.
pub fn language_named(word: &str) -> Option<Language> {
    [Language::Zh, Language::En].into_iter().find(|language| language_word(*language) == word)
}

/// What somebody chose; what they never chose follows the browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The language of the pages.
    #[serde(default)]
    pub language: Option<Language>,
    /// The theme of the pages.
    #[serde(default)]
    pub theme: Option<Theme>,
}

impl Look {
    /// From the columns `language` and `theme`, which begin at `first`. A word this program never wrote is no choice.
    pub(super) fn of(row: &Row<'_>, first: usize) -> rusqlite::Result<Look> {
        let (language, theme): (Option<String>, Option<String>) = (row.get(first)?, row.get(first + 1)?);
        Ok(Look {
            language: language.as_deref().and_then(language_named),
            theme: theme.as_deref().and_then(Theme::named),
        })
    }
}

impl Account {
    /// Whether what is chosen is kept with it: a person's, in a session of theirs. Screens and programs keep nothing.
    pub fn keeps_look(&self) -> bool {
        self.role > Role::Display && self.via.is_none()
    }

    /// How its owner wants the pages; nothing for a screen.
    pub fn wanted_look(&self) -> Look {
        if self.keeps_look() { self.look } else { Look::default() }
    }
}

impl Accounts {
    /// Keeps how the owner of an account wants the pages.
    ///
    /// # Errors
    /// There is no such account, or the store cannot be written.
    pub fn set_look(&self, name: &str, look: Look) -> Result<(), AccountError> {
        let set = self.held().execute(
            "UPDATE users SET language = ?2, theme = ?3 WHERE name = ?1",
            params![name, look.language.map(language_word), look.theme.map(Theme::as_str)],
        )?;
        if set == 0 { Err(AccountError::NoAccount(name.to_owned())) } else { Ok(()) }
    }
}
