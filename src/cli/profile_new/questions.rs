//! The questions by which a profile is made without a list.
//!
//! Takes: answers, one a line, typed or piped.
//! Gives: what the device is, and its points; an answer that cannot be is refused at once and asked again.
//! Never: a guess for an answer that did not come.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use crate::config::class;
use crate::config::draft::{Column, Draft, Row};
use crate::config::problem::{Problem, Problems, Spot, did_you_mean};

type Cells = BTreeMap<Column, (String, Spot)>;
type Answered<T> = Result<T, Vec<String>>;

/// A conversation.
pub(super) struct Questions<'a> {
    input: &'a mut dyn BufRead,
    out: &'a mut dyn Write,
}

/// Types of several registers, which have an order.
const LONG: [&str; 7] = ["u32", "i32", "u64", "i64", "f32", "f64", "bcd32"];

impl<'a> Questions<'a> {
    pub(super) fn new(input: &'a mut dyn BufRead, out: &'a mut dyn Write) -> Questions<'a> {
        Questions { input, out }
    }

    /// A text that must be there; not asked for when it was given already.
    pub(super) fn text(&mut self, what: &str, example: &str, given: Option<String>) -> Answered<String> {
        self.asked(&format!("{what} (such as {example})"), given, |text| {
            if text.is_empty() { Err("this is needed".to_owned()) } else { Ok(()) }
        })
    }

    /// The kind of equipment.
    pub(super) fn class(&mut self, given: Option<String>) -> Answered<String> {
        let classes = class::shipped();
        self.asked("class of equipment (panel, generator, meter, fire-pump, …)", given, |text| {
            let hint = || did_you_mean(text, classes.list.iter().map(|class| class.id.as_str()));
            classes.find(text).map(|_| ()).ok_or_else(|| format!("unknown class; {}", hint()))
        })
    }

    fn asked(
        &mut self,
        prompt: &str,
        given: Option<String>,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Answered<String> {
        if let Some(given) = given {
            return check(&given).map(|()| given.clone()).map_err(|why| vec![format!("\"{given}\": {why}")]);
        }
        loop {
            let answer = self.line(prompt)?;
            match check(&answer) {
                Ok(()) => return Ok(answer),
                Err(why) => self.say(&why)?,
            }
        }
    }

    /// Points until a blank name.
    pub(super) fn points(&mut self, draft: &mut Draft) -> Answered<()> {
        self.say("now the points, one after the other; a blank name ends")?;
        loop {
            let name = self.line(&format!("name of point {}", draft.rows.len() + 1))?;
            match (name.is_empty(), draft.rows.is_empty()) {
                (true, true) => self.say("a profile needs at least one point")?,
                (true, false) => return Ok(()),
                (false, _) => match row(&completed(&named(&name)), draft) {
                    Ok(_) => {
                        let row = self.point(name, draft)?;
                        draft.rows.push(row);
                    }
                    Err(problems) => {
                        for line in told(problems) {
                            self.say(&line)?;
                        }
                    }
                },
            }
        }
    }

    fn point(&mut self, name: String, draft: &Draft) -> Answered<Row> {
        let mut cells = named(&name);
        self.cell(&mut cells, draft, Column::Table, "table (holding, input, coil, discrete)", Some("holding"))?;
        self.cell(&mut cells, draft, Column::Address, "address as sent on the wire, from 0", None)?;
        let words = !matches!(text(&cells, Column::Table), "coil" | "discrete");
        if words {
            self.cell(&mut cells, draft, Column::Bit, "bit of the word, 0 to 15 (blank: a number)", Some(""))?;
        }
        if words && text(&cells, Column::Bit).is_empty() {
            self.cell(&mut cells, draft, Column::Kind, "type (u16, i16, u32, i32, f32, …)", Some("u16"))?;
            if LONG.contains(&text(&cells, Column::Kind)) {
                self.cell(
                    &mut cells,
                    draft,
                    Column::Order,
                    "order of the bytes (ABCD, CDAB, BADC, DCBA)",
                    Some("ABCD"),
                )?;
            }
            self.cell(&mut cells, draft, Column::Scale, "scale (blank: 1)", Some(""))?;
            self.cell(&mut cells, draft, Column::Unit, "unit (blank: none)", Some(""))?;
        } else {
            self.cell(
                &mut cells,
                draft,
                Column::Alarm,
                "alarm when it is set (fire, fault, …; blank: none)",
                Some(""),
            )?;
        }
        self.cell(&mut cells, draft, Column::Zh, "Chinese text (blank: the name)", Some(""))?;
        self.cell(&mut cells, draft, Column::En, "English text (blank: the name)", Some(""))?;
        row(&cells, draft).map_err(told)
    }

    /// One answer of a point, checked together with all that was answered before. A blank one is `usual`; without that,
    /// an answer is needed.
    fn cell(
        &mut self,
        cells: &mut Cells,
        draft: &Draft,
        column: Column,
        prompt: &str,
        usual: Option<&str>,
    ) -> Answered<()> {
        let shown = usual.filter(|usual| !usual.is_empty()).map_or_else(String::new, |usual| format!(" [{usual}]"));
        loop {
            let typed = self.line(&format!("  {prompt}{shown}"))?;
            let answer = if typed.is_empty() { usual.map(str::to_owned) } else { Some(typed) };
            let Some(answer) = answer else {
                self.say("  this is needed")?;
                continue;
            };
            if answer.is_empty() {
                return Ok(());
            }
            cells.insert(column, (answer, place()));
            match row(&completed(cells), draft) {
                Ok(_) => return Ok(()),
                Err(problems) => {
                    cells.remove(&column);
                    for line in told(problems) {
                        self.say(&format!("  {line}"))?;
                    }
                }
            }
        }
    }

    fn line(&mut self, prompt: &str) -> Answered<String> {
        let failed = |error: std::io::Error| vec![format!("the question \"{prompt}\" cannot be asked: {error}")];
        write!(self.out, "{prompt}: ").and_then(|()| self.out.flush()).map_err(failed)?;
        let mut line = String::new();
        if self.input.read_line(&mut line).map_err(failed)? == 0 {
            return Err(vec![format!("\nthe input ended at the question \"{}\"; nothing was made", prompt.trim())]);
        }
        Ok(line.trim().to_owned())
    }

    fn say(&mut self, line: &str) -> Answered<()> {
        writeln!(self.out, "{line}").map_err(|error| vec![error.to_string()])
    }
}

fn named(name: &str) -> Cells {
    Cells::from([(Column::Name, (name.to_owned(), place()))])
}

/// What was not asked yet does not matter yet.
fn completed(cells: &Cells) -> Cells {
    let mut cells = cells.clone();
    cells.entry(Column::Table).or_insert_with(|| ("holding".to_owned(), place()));
    cells.entry(Column::Address).or_insert_with(|| ("0".to_owned(), place()));
    cells
}

/// The row that the answers mean, as a part of the profile.
fn row(cells: &Cells, draft: &Draft) -> Result<Row, Vec<Problem>> {
    let problems = Problems::default();
    let Some(row) = Row::read(cells, &place(), false, &problems) else { return Err(problems.sorted()) };
    if draft.rows.iter().any(|other| other.key == row.key) {
        problems.error(place(), format!("a point is called \"{}\" already", row.key), "give it another name");
        return Err(problems.sorted());
    }
    let mut with = draft.clone();
    with.rows.push(row.clone());
    with.check("new").map(|_| row)
}

fn text(cells: &Cells, column: Column) -> &str {
    cells.get(&column).map_or("", |(text, _)| text.as_str())
}

fn place() -> Spot {
    Spot::file("answer")
}

fn told(problems: Vec<Problem>) -> Vec<String> {
    problems
        .into_iter()
        .map(
            |problem| {
                if problem.hint.is_empty() { problem.message } else { format!("{}; {}", problem.message, problem.hint) }
            },
        )
        .collect()
}
