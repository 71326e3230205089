//! What a device speaks, when it is not asked but reports by itself.
//!
//! Takes: nothing; `config` fills these structs and checks them.
//! Gives: [`Speech`]; for panels that print text the [`Grammar`] of their lines.
//! Never: a byte offset. Text is matched by what it says (standards-and-devices B1.5).

use std::time::Duration;

use crate::engine::base::{Category, Text};

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
    /// Bytes that begin a record: what stands before them is another one, whether it was ended or not.
    pub begins: Vec<Vec<u8>>,
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
    /// A regular expression over the decoded record with named groups [`Pattern::GROUPS`].
    pub matches: String,
    /// What it means.
    pub meaning: Meaning,
    /// For records with an index: the array the element is in, nothing when it is the only one. For records without: the
    /// alarm of the device itself that is meant.
    pub about: Option<String>,
    /// The loop of records that name an index and no loop.
    pub usual_loop: u16,
}

impl Pattern {
    /// The groups a pattern may name: where it is, what it is, and the parts of the panel's own time.
    pub const GROUPS: [&'static str; 10] =
        ["loop", "index", "place", "kind", "year", "month", "day", "hour", "minute", "second"];
    /// Bytes a compiled pattern may take: a regular expression is data from a file, and must not become a burden.
    pub const SIZE: usize = 1 << 20;
}

/// What a record of a text panel means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A condition began.
    Began(Category),
    /// A condition is over.
    Ended(Category),
    /// The panel was reset: everything it holds is over.
    Reset,
    /// A person did something at the panel.
    Operation(Text),
    /// A sign of life, or something nobody needs to hear; it is not kept.
    Nothing,
}
