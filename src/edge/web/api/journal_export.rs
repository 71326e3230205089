//! `GET journal/export`: a copy of the journal, or of a part of it.
//!
//! Takes: a session, the form, which facts.
//! Gives: the copy as it is read, after the export itself was recorded (RC-01).
//! Never: a copy that nobody signed for; a whole journal in memory. Where the disk fails in the middle the transfer is
//! broken off, so that half a copy never looks whole.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::Query;
use crate::edge::web::Web;
use crate::edge::web::copies::{Copy, Form, Wanted};
use crate::edge::web::problem::Problem;
use crate::edge::web::sieve::SieveQuery;
use crate::edge::web::visitor::Visitor;
use crate::engine::Act;
use crate::engine::alarm::Exported;
use crate::live::Records;

/// Facts of one read.
const PAGE: usize = 1_000;
/// Bytes handed over at once, and how many of these may wait for a slow reader.
const PIECE: usize = 64 * 1024;
const PIECES: usize = 4;

/// `GET journal/export?form=&after=` and the parts of a search, which are those of `/journal`
pub async fn export(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Query(query): Query<SieveQuery>,
) -> Result<Response, Problem> {
    visitor.actor()?;
    let form = Form::named(query.form.as_deref().unwrap_or("jsonl"));
    let form = form.ok_or_else(|| Problem::bad("form", "jsonl, csv, xlsx or json"))?;
    for (name, given) in [("before", query.before.is_some()), ("limit", query.limit.is_some())] {
        if given {
            return Err(Problem::bad(name, "a copy has everything that fits"));
        }
    }
    let sieve = query.sieve(&web.when)?;
    let mut wanted =
        Wanted { after: query.after.unwrap_or(0), upto: web.services.picture.state().last.seq, ..Wanted::default() };
    if !sieve.is_open() {
        let (chosen, upto) = web.find_all(sieve).await?;
        (wanted.chosen, wanted.upto) = (Some((query.said(), chosen)), wanted.upto.min(upto));
    }
    let zone = web.when.zone().clone();
    let exported = Exported { what: "journal".into(), form: form.as_str().into(), scope: wanted.scope(&zone) };
    web.ask(&visitor, None, Act::Export(exported)).await?;
    let name = format!("attachment; filename=\"tocsin-journal-{}.{}\"", wanted.upto, form.as_str());
    let (out, pieces) = mpsc::channel::<io::Result<Bytes>>(PIECES);
    let records = Arc::clone(&web.services.records);
    tokio::task::spawn_blocking(move || {
        let pipe = BufWriter::with_capacity(PIECE, Pipe(out.clone()));
        let copied =
            Copy::begin(wanted.clone(), form, pipe, zone).and_then(|copy| copied(&*records, copy, wanted.upto));
        if let Err(error) = copied {
            // Whoever asked may have gone away; then nobody needs to be told.
            let _ = out.blocking_send(Err(error));
        }
    });
    let pieces =
        futures_util::stream::unfold(
            pieces,
            |mut pieces| async move { pieces.recv().await.map(|piece| (piece, pieces)) },
        );
    let headers = [(header::CONTENT_TYPE, form.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

fn copied(records: &dyn Records, mut copy: Copy<'_>, upto: u64) -> io::Result<()> {
    let mut after = 0;
    while after < upto {
        let page = records.read(after, PAGE).map_err(io::Error::other)?;
        let Some(last) = page.last() else { break };
        after = last.id.seq;
        for fact in &page {
            copy.fact(fact, &fact.to_bytes())?;
        }
    }
    copy.finish().map(drop)
}

/// What is written leaves as pieces of the answer.
struct Pipe(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
