//! Texts as they are compared.
//!
//! Takes: what is written in facts, and what somebody types.
//! Gives: the same letters for both: lower case, half width.
//! Never: changes a Chinese character.

use crate::engine::base::Text;

/// Lower case, and the wide forms of Latin letters, digits and signs as the narrow ones.
pub fn folded(text: &str) -> String {
    let narrow = |letter: char| match letter {
        '\u{3000}' => ' ',
        // The wide forms stand in the same order as ASCII from `!` on.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(letter as u32 - 0xfee0).unwrap_or(letter),
        other => other,
    };
    text.chars().map(narrow).flat_map(char::to_lowercase).collect()
}

/// Both languages as one text, in which either is found; nothing where there is nothing.
pub fn both(text: &Text) -> String {
    let (zh, en) = (folded(&text.zh), folded(&text.en));
    if zh == en || en.is_empty() { zh } else { format!("{zh}\n{en}") }
}

/// The parts between blanks; each is looked for by itself.
pub fn terms(text: &str) -> Vec<String> {
    folded(text).split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_capital_letters_are_found() {
        assert_eq!(folded("Ｐanel－１　SMOKE 感烟"), "panel-1 smoke 感烟");
        assert_eq!(terms(" 感烟　2号楼 \t Smoke"), ["感烟", "2号楼", "smoke"]);
        assert_eq!(both(&Text::new("感烟", "Smoke")), "感烟\nsmoke");
        assert_eq!(both(&Text::same("wang")), "wang");
        assert!(terms("   ").is_empty());
    }
}
