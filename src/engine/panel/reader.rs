//! Reads what a printed record says, by the patterns of its profile.
//!
//! Takes: the bytes of a record.
//! Gives: [`Heard`]: what it means, in whose words, at what time of the panel.
//! Never: an end or a reset from a damaged record. A fire is believed on any evidence, its end only on clean evidence.

use encoding_rs::GB18030;
use regex::{Captures, Regex, RegexBuilder};

use super::{Cut, Statement};
use crate::engine::base::Text;
use crate::engine::profile::{Grammar, Meaning, Pattern, TextEncoding};

/// What a record was understood to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What it means.
    pub what: What,
    /// Whether characters of it were lost on the line, or it was cut short.
    pub damaged: bool,
    /// Its text on one line; where characters were lost also its bytes.
    pub words: String,
    /// The panel's own time.
    pub device_time: Option<String>,
}

/// What a record means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A condition began or is over.
    Condition(Statement),
    /// The panel was reset.
    Reset,
    /// Somebody did something there.
    Operation(Text),
    /// A sign of life.
    Nothing,
    /// No pattern fits, or what fits cannot be believed.
    Unread,
}

/// The compiled patterns of one grammar.
#[derive(Clone, Debug)]
pub struct Reader {
    encoding: TextEncoding,
    patterns: Vec<(Regex, Pattern)>,
}

impl Reader {
    /// Compiles a grammar whose patterns `config` has compiled once already; one that would not compile fits nothing, and
    /// what it was for is announced as not understood.
    pub fn new(grammar: &Grammar) -> Reader {
        let compiled = |pattern: &Pattern| {
            let regex = RegexBuilder::new(&pattern.matches).size_limit(Pattern::SIZE).build().ok()?;
            Some((regex, pattern.clone()))
        };
        Reader { encoding: grammar.encoding, patterns: grammar.patterns.iter().filter_map(compiled).collect() }
    }

    /// What a record says.
    pub fn read(&self, cut: &Cut) -> Heard {
        let (text, lost) = self.decode(&cut.bytes);
        let damaged = lost || cut.too_long;
        let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if damaged {
            let bytes: Vec<String> = cut.bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            words = format!("{words} [{}]", bytes.join(" "));
        }
        let fits = |(regex, pattern): &'_ (Regex, Pattern)| regex.captures(&text).map(|found| (found, pattern.clone()));
        let Some((found, pattern)) = self.patterns.iter().find_map(fits) else {
            return Heard { what: What::Unread, damaged, words, device_time: None };
        };
        let device_time = device_time(&found);
        let condition = |category, active| {
            statement(&found, &pattern, &device_time, &words, |statement| Statement { category, active, ..statement })
        };
        let what = match pattern.meaning.clone() {
            Meaning::Began(category) => condition(category, true),
            _ if damaged => What::Unread,
            Meaning::Ended(category) => condition(category, false),
            Meaning::Reset => What::Reset,
            Meaning::Operation(name) => What::Operation(name),
            Meaning::Nothing => What::Nothing,
        };
        Heard { what, damaged, words, device_time }
    }

    /// The name of the pattern that fits, for those who write a profile.
    pub fn pattern(&self, cut: &Cut) -> Option<&str> {
        let (text, _) = self.decode(&cut.bytes);
        self.patterns.iter().find(|(regex, _)| regex.is_match(&text)).map(|(_, pattern)| pattern.key.as_str())
    }

    /// The text, with line feeds as the only control characters, and whether any character was lost.
    fn decode(&self, bytes: &[u8]) -> (String, bool) {
        let (text, lost) = match self.encoding {
            TextEncoding::Gb18030 => {
                let (text, lost) = GB18030.decode_without_bom_handling(bytes);
                (text.into_owned(), lost)
            }
            TextEncoding::Ascii => {
                let of = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER };
                (bytes.iter().map(of).collect(), !bytes.is_ascii())
            }
        };
        let text = text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}'], "\n").replace('\t', " ");
        (text.chars().filter(|c| *c == '\n' || !c.is_control()).collect::<String>().trim().to_owned(), lost)
    }
}

/// What the groups say; a number that is none makes the whole record one that is not understood.
fn statement(
    found: &Captures<'_>,
    pattern: &Pattern,
    device_time: &Option<String>,
    words: &str,
    with: impl FnOnce(Statement) -> Statement,
) -> What {
    let number =
        |name: &str, usual: u16| found.name(name).map_or(Some(usual), |group| group.as_str().trim().parse().ok());
    let has_index = found.name("index").is_some();
    let usual_loop = if has_index { pattern.usual_loop } else { 0 };
    let (Some(loop_number), Some(index)) = (number("loop", usual_loop), number("index", 0)) else {
        return What::Unread;
    };
    let spoken = |name: &str| {
        let words = found.name(name)?.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        (!words.is_empty()).then_some(words)
    };
    let (Meaning::Began(category) | Meaning::Ended(category)) = pattern.meaning else { return What::Unread };
    What::Condition(with(Statement {
        loop_number,
        index,
        array: pattern.about.clone(),
        category,
        active: true,
        kind: spoken("kind"),
        place: spoken("place"),
        device_time: device_time.clone(),
        words: words.to_owned(),
    }))
}

/// `2026-11-22 07:00:05`, as far as the panel prints it.
fn device_time(found: &Captures<'_>) -> Option<String> {
    let part = |name: &str| found.name(name).map(|group| group.as_str());
    let year = part("year").map(|year| if year.len() == 2 { format!("20{year}") } else { year.to_owned() });
    let joined = |parts: [Option<&str>; 3], by: &str| parts.into_iter().flatten().collect::<Vec<_>>().join(by);
    let date = joined([year.as_deref(), part("month"), part("day")], "-");
    let time = joined([part("hour"), part("minute"), part("second")], ":");
    let whole = [date, time].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    (!whole.is_empty()).then_some(whole)
}
