//! Reports over HTTP.
//!
//! Takes: a session, the name of a report, a stretch of time, a format.
//! Gives: a file; who took it is in the journal before its first byte leaves (RC-01).
//! Never: a file for nobody.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::Query;
use super::acting::Answer;
use crate::edge::export::{self, Format, Manner};
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::reports::Wanted;
use crate::edge::web::visitor::Visitor;
use crate::engine::Act;
use crate::engine::alarm::Exported;
use crate::engine::base::{EventId, Language};
use crate::engine::report::Name;
use crate::live::report_period::Asked;

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    pub date: Option<String>,
    pub month: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub incident: Option<String>,
    pub lang: Option<String>,
    pub format: Option<String>,
}

impl ReportQuery {
    /// What it asks for.
    pub fn wanted(&self, web: &Web, name: Name) -> Result<Wanted, Problem> {
        let asked = Asked {
            date: self.date.as_deref(),
            month: self.month.as_deref(),
            from: self.from.as_deref(),
            to: self.to.as_deref(),
        };
        let period = asked.period(name, web.now().wall, web.when.zone());
        let (from, to) = period.map_err(|wrong| Problem::bad(wrong.field, &wrong.expected.en))?;
        let id = self.incident.as_deref().filter(|id| !id.is_empty());
        let incident = id.map(|id| id.parse::<EventId>().map_err(|()| Problem::not_found(id))).transpose()?;
        Ok(Wanted { name, from, to, incident })
    }

    /// The language it asks for; without one the visitor's.
    pub fn language(&self, visitor: &Visitor) -> Language {
        match self.lang.as_deref() {
            Some("en") => Language::En,
            Some("zh") => Language::Zh,
            _ => visitor.language,
        }
    }

    /// The same question once more, as the part of an address after the question mark.
    pub fn address(&self) -> String {
        let pairs = [
            ("date", &self.date),
            ("month", &self.month),
            ("from", &self.from),
            ("to", &self.to),
            ("incident", &self.incident),
            ("lang", &self.lang),
        ];
        let given =
            pairs.iter().filter_map(|(key, value)| Some((key, value.as_deref().filter(|text| !text.is_empty())?)));
        given.map(|(key, value)| format!("{key}={}", escaped(value))).collect::<Vec<_>>().join("&")
    }
}

/// A value as it stands in an address.
pub fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' | b'~' | b':' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// `GET reports/{name}?date=|month=|from=&to=&incident=&lang=&format=csv|xlsx|json|html`
pub async fn report(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(name): Path<String>,
    Query(query): Query<ReportQuery>,
) -> Answer {
    let name = Name::named(&name).ok_or_else(|| Problem::not_found(&name))?;
    let word = query.format.as_deref().unwrap_or("json");
    if word == "html" {
        return Ok(Redirect::to(&format!("/reports/{}?{}", name.as_str(), query.address())).into_response());
    }
    let format = Format::named(word).ok_or_else(|| Problem::bad("format", "csv, xlsx, json or html"))?;
    visitor.actor()?;
    let (report, source) = web.report(query.wanted(&web, name)?).await?;
    let (from, to) = (web.when.rfc3339(report.from), web.when.rfc3339(report.to));
    let exported =
        Exported { what: format!("report {}", name.as_str()), form: word.to_owned(), scope: format!("{from} to {to}") };
    web.ask(&visitor, None, Act::Export(exported)).await?;
    let file = format!("{}-{}-{}.{word}", web.services.site.id, name.as_str(), web.when.date(report.from));
    let manner = Manner { language: query.language(&visitor), zone: web.when.zone().clone() };
    let written = web.waiting(move || {
        let mut bytes = Vec::new();
        let mut sheets = format.writer(&mut bytes, manner)?;
        export::document(&mut *sheets, &report, &source)?;
        drop(sheets);
        Ok::<_, std::io::Error>(bytes)
    });
    let bytes = written.await?.map_err(|error| Problem::store("report", &error))?;
    Ok((attached(format, &file), bytes).into_response())
}

/// The head of a file that is saved.
pub fn attached(format: Format, file: &str) -> [(header::HeaderName, String); 2] {
    let name = format!("attachment; filename=\"{file}\"");
    [(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)]
}
