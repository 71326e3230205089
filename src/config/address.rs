//! Addresses of GB/T 26875.3, as people write them.
//!
//! Takes: a text.
//! Gives: six bytes as a number.
//! Never: a guess: a number of six digits and six bytes are told apart by the blanks between bytes.

/// A decimal number, or six bytes in hexadecimal as they come on the wire, low byte first: `79 03 00 00 00 00`.
pub fn parse(text: &str) -> Option<u64> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    match parts[..] {
        [number] => number.parse().ok().filter(|number| *number < 1 << 48),
        [_, _, _, _, _, _] => parts.iter().rev().try_fold(0, |address, pair| {
            let byte = u64::from_str_radix(pair, 16).ok().filter(|byte| *byte < 256 && pair.len() == 2)?;
            Some(address << 8 | byte)
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_bytes_are_the_same_address() {
        let check = |text: &str, expected: Option<u64>| assert_eq!(parse(text), expected, "{text}");
        check("889", Some(0x379));
        check("79 03 00 00 00 00", Some(0x379));
        check("FF FF FF FF FF FF", Some((1 << 48) - 1));
        check("281474976710656", None);
        check("79 03 00 00 00", None);
        check("79 03 00 00 00 100", None);
        check("", None);
        check("0x379", None);
    }
}
