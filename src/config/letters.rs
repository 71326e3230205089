//! Letters that no configured text may hold.
//!
//! Takes: a text of a file.
//! Gives: the first letter in it that commands instead of being read, and how problems call it.
//! Never: a judgement of what devices send; that is kept as it came, and shown apart from the words beside it.

/// Whether a letter commands instead of being read: a control character, a separator of lines (U+2028) or paragraphs
/// (U+2029), or one that turns the direction of the letters after it (UAX #9). A name stands in the middle of what the gateway
/// says ("… lost"): with such a letter in it the gateway's own words would be read backwards.
pub fn commands(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') || turns(letter)
}

fn turns(letter: char) -> bool {
    matches!(letter, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What is wrong with a text that may stand in the middle of others, if anything: the message and the hint.
pub fn fault(text: &str) -> Option<(String, &'static str)> {
    of(text.chars().find(|letter| commands(*letter))?)
}

/// The same for a text that may run over several lines.
pub fn fault_in_lines(text: &str) -> Option<(String, &'static str)> {
    of(text.chars().find(|letter| commands(*letter) && !matches!(letter, '\n' | '\r' | '\t'))?)
}

fn of(letter: char) -> Option<(String, &'static str)> {
    let hint = if turns(letter) { "delete it: it turns the letters after it round" } else { "delete it" };
    Some((format!("this text holds a control character U+{:04X}", u32::from(letter)), hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_fine_and_what_commands_is_named() {
        for fine in ["2号楼 12 层·走廊（东侧）", "Bldg 2, floor 12 \"east\" – café", "水泵\u{3000}1#", "שלום"]
        {
            assert_eq!(fault(fine), None, "{fine}");
        }
        for (text, named) in [
            ("a\u{202e}b", "U+202E"),
            ("\u{2066}a", "U+2066"),
            ("a\u{200f}", "U+200F"),
            ("a\u{061c}", "U+061C"),
            ("a\u{2028}b", "U+2028"),
            ("a\u{7}", "U+0007"),
            ("a\nb", "U+000A"),
        ] {
            assert!(fault(text).is_some_and(|(message, _)| message.ends_with(named)), "{text:?}");
        }
        assert_eq!(fault_in_lines("running &&\r\n\t!fault"), None);
        assert!(fault_in_lines("running\n\u{202e}fault").is_some());
    }
}
