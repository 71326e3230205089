//! Durations as files spell them.
//!
//! Takes: `500ms`, `10s`, `3m`, `1h`.
//! Gives: a [`Duration`], and back.
//! Never: a number without its unit.

use std::time::Duration;

/// `500ms`, `10s`, `3m`, `1h`; whole numbers only.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    let milliseconds = match text[digits..].trim_start() {
        "ms" => Some(number),
        "s" => number.checked_mul(1000),
        "m" | "min" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        _ => None,
    };
    milliseconds.map(Duration::from_millis)
}

/// A duration as it is written in files.
pub fn spell_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    match milliseconds {
        0 => "0s".to_owned(),
        _ if milliseconds.is_multiple_of(3_600_000) => format!("{}h", milliseconds / 3_600_000),
        _ if milliseconds.is_multiple_of(60_000) => format!("{}m", milliseconds / 60_000),
        _ if milliseconds.is_multiple_of(1000) => format!("{}s", milliseconds / 1000),
        _ => format!("{milliseconds}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spelt_as_they_are_read() {
        for text in ["0s", "500ms", "10s", "3m", "24h"] {
            assert_eq!(parse_duration(text).map(spell_duration).as_deref(), Some(text));
        }
        for text in ["", "5", "s", "-1s", "1.5s", "5 days", "99999999999999999999s", "9999999999999999h"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
