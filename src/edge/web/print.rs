//! A report on paper: A4, with the site and the period above, lines for signatures below, and pages that are numbered.
//!
//! Takes: a report and where it comes from.
//! Gives: a document that needs no script and no other file, or its body for the console.
//! Never: a time without its zone; a report that does not say by which record it can be checked.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::api::escaped;
use super::page::frame::lang;
use super::words::{duty, report as words};
use crate::edge::export::{Manner, human, title};
use crate::engine::base::Language;
use crate::engine::report::{Cell, Column, Document, Source, Table};

/// Rows of one table on paper; files have them all.
const ROWS: usize = 2_000;

const STYLE: &str = include_str!("assets/report.css");

/// A document of its own, with its style in it.
pub fn report_page(report: &Document, source: &Source, manner: &Manner) -> String {
    let language = manner.language;
    let document = html! {
        (DOCTYPE)
        html lang=(lang(language)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (report.title.get(language)) " - " (source.site.get(language)) }
                style { (PreEscaped(STYLE)) }
            }
            body { (sheet(report, source, manner)) }
        }
    };
    document.into_string()
}

/// Where a cell leads: of a table, by its key, the column's key and what stands in the cell.
pub(super) type Way = fn(&str, &str, &str) -> Option<String>;

/// The ways of the console: alarms to their page, points and records to the journal.
pub(super) fn linked(table: &str, column: &str, value: &str) -> Option<String> {
    match (table, column) {
        (_, _) if value.is_empty() => None,
        ("rows", "id") => Some(format!("/alarm/{value}")),
        ("timeline", "id") => {
            let seq: u64 = value.split_once('-')?.1.parse().ok()?;
            Some(format!("/journal?before={}", seq.saturating_add(1)))
        }
        (_, "point") => Some(format!("/journal?point={}", escaped(value))),
        ("worst", "condition") => Some(format!("/journal?kind=raised&point={}", escaped(value.split_once(':')?.0))),
        _ => None,
    }
}

/// The report itself.
pub(super) fn sheet(report: &Document, source: &Source, manner: &Manner) -> Markup {
    sheet_linked(report, source, manner, |_, _, _| None)
}

/// The same with ways out of its cells.
pub(super) fn sheet_linked(report: &Document, source: &Source, manner: &Manner, way: Way) -> Markup {
    let language = manner.language;
    let say = |phrase: super::words::Phrase| phrase.get(language);
    let zone = manner.zone.iana_name().unwrap_or("UTC");
    html! {
        article .report {
            header .report-head {
                h1 { (report.title.get(language)) }
                dl {
                    dt { (say(duty::SITE)) } dd { (source.site.get(language)) }
                    dt { (say(duty::PERIOD)) }
                    dd { (human(&Cell::Time(report.from), manner)) " - " (human(&Cell::Time(report.to), manner)) " (" (zone) ")" }
                }
            }
            @for table in &report.tables { (part(table, manner, way)) }
            div .report-signatures {
                @for phrase in [duty::SIGN_OPERATOR, duty::SIGN_SUPERVISOR, duty::SIGN_MANAGER, duty::SIGN_DATE] {
                    p { (say(phrase)) span .rule {} }
                }
            }
            div .report-foot {
                p { (say(duty::MADE)) " " (human(&Cell::Time(source.made), manner)) " (" (zone) ")" }
                p { (words::CHECKED_BY.fill(language, source.last)) " " code { (source.head) } }
            }
        }
    }
}

fn part(table: &Table, manner: &Manner, way: Way) -> Markup {
    let columns: Vec<&Column> = table.head.columns.iter().collect();
    let names: Vec<String> = columns.iter().map(|column| named(column, manner.language)).collect();
    let left_out = table.rows.len().saturating_sub(ROWS) as u64 + table.left_out;
    html! {
        section .report-part.{ "part-" (table.head.key) } {
            h2 { (table.head.title.get(manner.language)) }
            @if table.rows.is_empty() { p .report-nothing { (duty::NO_ROWS.get(manner.language)) } }
            @else {
                table .wide[columns.len() > 6] {
                    thead { tr { @for name in &names { th scope="col" { (name) } } } }
                    tbody { @for row in table.rows.iter().take(ROWS) {
                        tr { @for ((cell, name), column) in row.iter().zip(&names).zip(&columns) {
                            td .number[is_number(cell)] data-label=(name) { (led(&human(cell, manner), way, table.head.key, &column.key)) }
                        } }
                    } }
                }
            }
            @if left_out > 0 { p .report-left-out { (words::LEFT_OUT.fill(manner.language, left_out)) } }
        }
    }
}

fn led(text: &str, way: Way, table: &str, column: &str) -> Markup {
    html! { @match way(table, column, text) { Some(address) => { a href=(address) { (text) } } None => { (text) } } }
}

/// A column's name; the unit of times is in each of them.
fn named(column: &Column, language: Language) -> String {
    if &*column.unit == "s" { column.name.get(language).to_owned() } else { title(column, language) }
}

fn is_number(cell: &Cell) -> bool {
    matches!(cell, Cell::Number(_) | Cell::Count(_) | Cell::Share(_) | Cell::Lapse(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lead_to_the_pages_of_what_they_name() {
        assert_eq!(linked("rows", "id", "2-17").as_deref(), Some("/alarm/2-17"));
        assert_eq!(linked("timeline", "id", "2-17").as_deref(), Some("/journal?before=18"));
        assert_eq!(linked("isolations", "point", "panel-1/l2-d17").as_deref(), Some("/journal?point=panel-1%2Fl2-d17"));
        let actor = linked("worst", "condition", "panel-1/l2-d17:fire");
        assert_eq!(actor.as_deref(), Some("/journal?kind=raised&point=panel-1%2Fl2-d17"));
        assert_eq!((linked("rows", "id", ""), linked("rows", "place", "corridor")), (None, None));
    }
}
