//! Trends as a file over HTTP.
//!
//! Takes: a session, points, a stretch of time, a format.
//! Gives: the file as it is being read, in pieces; who took it is in the journal before its first byte leaves (RC-01).
//! Never: reads on for a client that has gone; more than a few exports at once; a file that ends early as if it were whole.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use bytes::Bytes;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::Query;
use super::acting::Answer;
use super::reports::attached;
use super::trends;
use crate::edge::export::{Drawn, Format, Layout, Manner, Samples, Sheets, TrendExport, Trended, is_like, shown};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::{Web, words};
use crate::engine::Act;
use crate::engine::alarm::Exported;
use crate::engine::base::{Language, PointId, Text, Wall};
use crate::engine::report::Name;
use crate::engine::site::Site;
use crate::live::report_period::Asked;
use crate::live::{History, Sample};

/// Bytes of one piece, and pieces that may wait for the client.
const PIECE: usize = 64 * 1024;
const PIECES: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    points: String,
    from: Option<String>,
    to: Option<String>,
    step_s: Option<u64>,
    layout: Option<String>,
    pixels: Option<usize>,
    format: Option<String>,
    lang: Option<String>,
}

/// `GET trends/export?points=&from=&to=&step_s=&layout=&pixels=&format=&lang=`
pub async fn export(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Query(query): Query<ExportQuery>,
) -> Answer {
    visitor.actor()?;
    let word = query.format.as_deref().unwrap_or("csv");
    let format = Format::named(word).ok_or_else(|| Problem::bad("format", "csv, xlsx or json"))?;
    let wanted = wanted(&web, &query)?;
    let pixels = pixels(&query)?;
    let full = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-exports", words::report::TOO_MANY);
    let place = Arc::clone(&web.exports).try_acquire_owned().map_err(full)?;
    let (from, to) = (web.when.rfc3339(wanted.from), web.when.rfc3339(wanted.to));
    let scope = format!("{} of {} points, {from} to {to}", query.points, wanted.points.len());
    web.ask(&visitor, None, Act::Export(Exported { what: "trends".into(), form: word.to_owned(), scope })).await?;
    let language = match query.lang.as_deref() {
        Some("en") => Language::En,
        Some("zh") => Language::Zh,
        _ => visitor.language,
    };
    let manner = Manner { language, zone: web.when.zone().clone() };
    let file = format!("{}-trends-{}.{word}", web.services.site.id, web.when.date(wanted.from));
    let (pieces, sent) = mpsc::channel(PIECES);
    let (history, site) = (Arc::clone(&web.services.history), Arc::clone(&web.services.site));
    tokio::task::spawn_blocking(move || {
        let _place = place;
        let out = BufWriter::with_capacity(PIECE, Piecewise(&pieces));
        let written = format.writer(out, manner).and_then(|mut sheets| match pixels {
            Some(pixels) => drawn(&wanted, pixels, &mut *sheets, &*history, &site),
            None => {
                wanted.write(&mut *sheets, &mut Past { history: &*history, pieces: &pieces }, &mut |_| {}).map(drop)
            }
        });
        // A broken end tells the client that the file is not whole. Who has gone hears nothing.
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            tracing::error!(%error, "an export of trends broke");
            let _ = pieces.blocking_send(Err(error));
        }
    });
    let stream =
        futures_util::stream::unfold(sent, |mut sent| async move { sent.recv().await.map(|piece| (piece, sent)) });
    Ok((attached(format, &file), Body::from_stream(stream)).into_response())
}

fn wanted(web: &Web, query: &ExportQuery) -> Result<TrendExport, Problem> {
    let patterns: Vec<&str> = query.points.split(',').map(str::trim).filter(|text| !text.is_empty()).collect();
    let site = &web.services.site;
    let all = site.points.iter().filter(|point| patterns.iter().any(|pattern| is_like(point.id.as_str(), pattern)));
    let points: Vec<Trended> = all
        .map(|point| Trended { id: point.id.clone(), name: Text::clone(&point.name), unit: Arc::clone(&point.unit) })
        .collect();
    if points.is_empty() {
        return Err(crate::engine::Refusal::NoSuchPoint { point: PointId::new(&query.points) }.into());
    }
    let asked = Asked { from: query.from.as_deref(), to: query.to.as_deref(), ..Asked::default() };
    let period = asked.period(Name::Daily, web.now().wall, web.when.zone());
    let (from, to) = period.map_err(|wrong| Problem::bad(wrong.field, &wrong.expected.en))?;
    let layout = match query.layout.as_deref() {
        None | Some("long") => Layout::Long,
        Some("wide") => Layout::Wide,
        // What is shown has a layout of its own.
        Some("shown") => Layout::Long,
        Some(_) => return Err(Problem::bad("layout", "long, wide or shown")),
    };
    if query.step_s == Some(0) {
        return Err(Problem::bad("step_s", "1 or more"));
    }
    Ok(TrendExport { points, from, to, layout, step: query.step_s.map(Duration::from_secs) })
}

/// How many columns are drawn, for what is exported as it is shown.
fn pixels(query: &ExportQuery) -> Result<Option<usize>, Problem> {
    match (query.layout.as_deref(), query.pixels) {
        (Some("shown"), pixels) => {
            let pixels = pixels.unwrap_or(trends::USUAL);
            let known = (1..=trends::PIXELS).contains(&pixels) && query.step_s.is_none();
            known.then_some(Some(pixels)).ok_or_else(|| Problem::bad("pixels", "1 to 8192, and no step_s"))
        }
        (_, None) => Ok(None),
        (_, Some(_)) => Err(Problem::bad("pixels", "only with layout=shown")),
    }
}

/// The columns and stretches of a chart.
fn drawn(
    wanted: &TrendExport,
    pixels: usize,
    sheets: &mut dyn Sheets,
    history: &dyn History,
    site: &Site,
) -> io::Result<()> {
    let mut draw = |at: usize| -> io::Result<Drawn> {
        let id = &wanted.points[at].id;
        let point = site.points.iter().find(|point| point.id == *id);
        let Some(point) = point.filter(|point| trends::has_states(point)) else {
            let spans = history.envelope(id, wanted.from, wanted.to, pixels).map_err(io::Error::other)?;
            return Ok(Drawn::Columns(spans));
        };
        let (mut found, mut from) = (Vec::new(), Some(wanted.from));
        while let Some(at) = from {
            let (segments, next) = history.segments(id, at, wanted.to, trends::LOOKED_AT).map_err(io::Error::other)?;
            found.extend(segments.into_iter().map(|segment| (segment, trends::state_name(point, segment.value))));
            from = next;
        }
        Ok(Drawn::Stretches(found))
    };
    shown(sheets, &wanted.points, &mut draw).map(drop)
}

/// Hands pieces to the connection; a client that has gone is a broken pipe.
struct Piecewise<'a>(&'a mpsc::Sender<io::Result<Bytes>>);

impl Write for Piecewise<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Past<'a> {
    history: &'a dyn History,
    pieces: &'a mpsc::Sender<io::Result<Bytes>>,
}

impl Samples for Past<'_> {
    fn read(&mut self, point: &PointId, from: Wall, to: Wall) -> io::Result<Vec<Sample>> {
        // A workbook is sent at its end only; nobody waits for it any more.
        if self.pieces.is_closed() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.history.samples(point, from, to).map_err(io::Error::other)
    }

    fn held(&mut self, point: &PointId, at: Wall) -> io::Result<Option<Sample>> {
        self.history.held(point, at).map_err(io::Error::other)
    }
}
