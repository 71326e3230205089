//! What a device speaks, when it is not asked but reports by itself.
//!
//! Takes: nothing; `config` fills these structs and checks them.
//! Gives: [`Speech`]; for panels that print text the [`Grammar`] of their lines.
//! Never: a byte offset. Text is matched by what it says (standards-and-devices B1.5).

use std::time::Duration;

use crate::engine::base::Category;

/// What a device speaks.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Speech {
    /// Answers Modbus requests.
    #[default]
    Modbus,
    /// Prints text, one way.
    Text(Grammar),
    /// Reports by GB/T 26875.3.
    Gbt26875,
}

impl Speech {
    /// The word used in profiles and site files.
    pub fn as_str(&self) -> &'static str {
        match self {
            Speech::Modbus => "modbus",
            Speech::Text(_) => "text",
            Speech::Gbt26875 => "gbt26875",
        }
    }
}

/// Character set of a text panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEncoding {
    /// GB 18030, of which GB 2312 and GBK are parts.
    Gb18030,
    /// Seven bits; anything else is noise.
    Ascii,
}

/// The grammar of a text panel: how records are cut, and what they say.
#[derive(Clone, Debug, PartialEq)]
pub struct Grammar {
    /// Character set.
    pub encoding: TextEncoding,
    /// Bytes that end a record; the longest that matches wins.
    pub ends: Vec<Vec<u8>>,
    /// Control sequences (printer commands) that are taken out before the text is matched.
    pub ignore: Vec<Vec<u8>>,
    /// A record that was begun and not ended within this time is taken as it stands.
    pub pause: Duration,
    /// A record longer than this, in bytes, is cut there and kept as not understood.
    pub longest: usize,
    /// Patterns, tried in order: the first that matches says what the record means.
    pub patterns: Vec<Pattern>,
    /// When the panel prints something at least this often, silence for longer is a fault of the line.
    pub heartbeat: Option<Duration>,
}

/// One pattern of a grammar.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// Its name, for tests and for people.
    pub key: String,
    /// A regular expression over the decoded record with named groups `loop`, `index`, `place`, and for the panel's time
    /// `year`, `month`, `day`, `hour`, `minute`, `second`.
    pub matches: String,
    /// What it means.
    pub meaning: Meaning,
}

/// What a record of a text panel means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A condition began.
    Began(Category),
    /// A condition is over.
    Ended(Category),
    /// The panel was reset: everything it holds is over.
    Reset,
    /// A sign of life, or something nobody needs to hear; it is not kept.
    Nothing,
}
