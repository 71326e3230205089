//! Points as they are known now.
//!
//! Takes: the board.
//! Gives: `points`, and the part of it that a stream sends when something changed.
//! Never: the whole answer in memory. A site may have a hundred thousand points and a hundred screens that ask for them.

use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};

use super::Query;
use super::commands::Offers;
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::engine::base::{PointId, Text};
use crate::live::command_document::OfferDocument;
use crate::live::document::{PointDocument, point_document};

/// So many points are written at a time: about a hundred kilobytes.
const AT_ONCE: usize = 512;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfDevice {
    device: Option<String>,
}

/// One point as it is listed.
#[derive(Serialize)]
pub(crate) struct Listed<'a> {
    point: &'a PointId,
    name: &'a Text,
    #[serde(flatten)]
    reading: PointDocument,
    /// What it, or the element it is a value of, can be commanded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commands: Vec<OfferDocument>,
}

/// `GET points[?device=]`
pub async fn points(State(web): State<Arc<Web>>, Query(query): Query<OfDevice>) -> Result<Response, Problem> {
    let site = &web.services.site;
    let range = match &query.device {
        None => 0..site.points.len(),
        Some(id) => {
            let device = site.devices.iter().find(|device| device.id.as_str() == id);
            let device = device.ok_or_else(|| Problem::not_found(id))?;
            device.points.start as usize..device.points.end as usize
        }
    };
    let parts = stream::unfold((web, Some(range.clone())), move |(web, left)| {
        let whole = range.clone();
        async move {
            let left = left?;
            let (text, rest) = part(&web, &whole, left);
            Some((Ok::<Bytes, Infallible>(text), (web, rest)))
        }
    });
    Ok(([(header::CONTENT_TYPE, "application/json")], Body::from_stream(parts)).into_response())
}

/// The next part of the answer, and what is left after it.
fn part(web: &Web, whole: &Range<usize>, left: Range<usize>) -> (Bytes, Option<Range<usize>>) {
    let end = left.end.min(left.start + AT_ONCE);
    let mut text = if left.start == whole.start { b"{\"points\":[".to_vec() } else { Vec::new() };
    let mut first = left.start == whole.start;
    let offers = Offers::of(&web.services.site, left.start..end);
    for index in left.start..end {
        let Some(mut listed) = u32::try_from(index).ok().and_then(|index| web.listed(index)) else { continue };
        listed.commands = offers.at(listed.point);
        if !std::mem::take(&mut first) {
            text.push(b',');
        }
        // Writing to memory does not fail, and every key is a text.
        let _ = serde_json::to_writer(&mut text, &listed);
    }
    if end == whole.end {
        text.extend_from_slice(b"]}");
        return (text.into(), None);
    }
    (text.into(), Some(end..whole.end))
}

impl Web {
    /// One point with its id, its name and what is known of it.
    fn listed(&self, index: u32) -> Option<Listed<'_>> {
        let point = self.services.site.points.get(index as usize)?;
        let reading = self.services.board.read(index)?;
        let reading = point_document(&reading, point, self.now().wall, self.when.zone());
        Some(Listed { point: &point.id, name: &point.name, reading, commands: Vec::new() })
    }

    /// These points, for a stream that tells of changes.
    pub(crate) fn listed_points(&self, indices: &[u32]) -> Vec<Listed<'_>> {
        indices.iter().filter_map(|index| self.listed(*index)).collect()
    }
}
