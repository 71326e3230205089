//! What people read, in both languages.
//!
//! Takes: names from profiles and site files.
//! Gives: [`Text`] and [`Language`].
//! Never: one language without the other.

use serde::{Deserialize, Serialize};

/// A text that exists in Chinese and in English.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A language a screen may be shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Simplified Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Text {
    /// Both languages at once.
    pub fn new(zh: &str, en: &str) -> Text {
        Text { zh: zh.to_owned(), en: en.to_owned() }
    }

    /// A name that is the same in both languages, such as `L2-D17`.
    pub fn same(text: &str) -> Text {
        Text::new(text, text)
    }

    /// The text in `language`.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}
