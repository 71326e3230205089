//! What a panel prints in a case, and what its records, or a device's memory, must say.
//!
//! Takes: `printed`, `said` and `remembered` of a case.
//! Gives: [`Piece`]s and [`Saying`]s.
//! Never: encodes a text; that needs the profile's character set.

use toml::de::DeValue;

use crate::config::document::{Key, Node, REQUIRED, Section};
use crate::config::problem::Spot;

/// A piece of what is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A text in the profile's character set, control characters included.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// What one printed record, or one entry of a memory, must have been understood to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    /// `point:category`, the same with ` over`, `reset`, `operation` or `unread`; of a memory, time and code.
    pub text: String,
    /// Where it stands in the file.
    pub spot: Spot,
}

pub(super) const HEX: Section = Section {
    title: "printed = [{ hex = … }]",
    noun: "a printed piece",
    keys: &[Key { name: "hex", takes: "bytes in hexadecimal", default: REQUIRED, meaning: "`1B 36 31 31 2F …`" }],
};

/// One piece.
pub(super) fn piece(node: Node<'_>) -> Option<Piece> {
    if let DeValue::String(text) = node.value() {
        return Some(Piece::Text(text.to_string()));
    }
    let hex = node.fields(&HEX)?.get("hex")?;
    let text = hex.text()?;
    let byte = |pair: &str| u8::from_str_radix(pair, 16).ok().filter(|_| pair.len() == 2);
    let bytes: Option<Vec<u8>> = text.split_ascii_whitespace().map(byte).collect();
    if bytes.is_none() {
        hex.error(format!("\"{text}\" is no sequence of bytes"), "hexadecimal: \"1B 36\"");
    }
    bytes.map(Piece::Bytes)
}

/// One record that must have been understood so.
pub(super) fn saying(node: Node<'_>) -> Option<Saying> {
    let text = node.text()?;
    let condition = text.strip_suffix(" over").unwrap_or(text);
    let fine = match condition.split_once(':') {
        Some((point, category)) => !point.is_empty() && !category.is_empty() && !category.contains(':'),
        None => matches!(text, "reset" | "operation" | "unread"),
    };
    if !fine {
        let hint = "point:category, point:category over, reset, operation, or unread";
        node.error(format!("\"{text}\" is nothing a record can say"), hint);
        return None;
    }
    Some(Saying { text: text.to_owned(), spot: node.spot() })
}

/// One entry of a memory; which words it may have, the profile says.
pub(super) fn entry(node: Node<'_>) -> Option<Saying> {
    Some(Saying { text: node.text()?.to_owned(), spot: node.spot() })
}
