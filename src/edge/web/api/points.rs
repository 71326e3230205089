//! Points as they are known now.
//!
//! Takes: the board.
//! Gives: `points`, and the part of it that a stream sends when something changed.
//! Never: the whole answer in memory. A site may have a hundred thousand points and a hundred screens that ask for them.

use std::collections::{BTreeMap, BTreeSet};
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
use crate::engine::base::{Category, PointId, Text};
use crate::engine::site::{Device, Point, Site};
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
    /// Where it lies in its device; only where one device was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<At>,
    /// The conditions that are decided from it; only where one device was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<Hangs<'a>>,
}

/// Where a point lies in its device, and how it is written there.
#[derive(Serialize)]
pub(crate) struct At {
    table: &'static str,
    address: u16,
    count: u16,
    #[serde(rename = "type")]
    kind: &'static str,
    order: &'static str,
    pace: &'static str,
}

/// A condition that hangs on a point.
#[derive(Clone, Serialize)]
pub(crate) struct Hangs<'a> {
    condition: String,
    category: Category,
    name: &'a Text,
}

/// `GET points[?device=]`
pub async fn points(State(web): State<Arc<Web>>, Query(query): Query<OfDevice>) -> Result<Response, Problem> {
    let site = &web.services.site;
    let (range, device) = match &query.device {
        None => (0..site.points.len(), None),
        Some(id) => {
            let device = site.devices.iter().find(|device| device.id.as_str() == id);
            let device = device.ok_or_else(|| Problem::not_found(id))?;
            (device.points.start as usize..device.points.end as usize, Some(device))
        }
    };
    let device = device.map(|device| device.id.clone());
    let parts = stream::unfold((web, Some(range.clone())), move |(web, left)| {
        let (whole, device) = (range.clone(), device.clone());
        async move {
            let left = left?;
            let device = web.services.site.devices.iter().find(|held| Some(&held.id) == device.as_ref());
            let (text, rest) = part(&web, &whole, left, device);
            Some((Ok::<Bytes, Infallible>(text), (web, rest)))
        }
    });
    Ok(([(header::CONTENT_TYPE, "application/json")], Body::from_stream(parts)).into_response())
}

/// The next part of the answer, and what is left after it.
fn part(web: &Web, whole: &Range<usize>, left: Range<usize>, device: Option<&Device>) -> (Bytes, Option<Range<usize>>) {
    let end = left.end.min(left.start + AT_ONCE);
    let mut text = if left.start == whole.start { b"{\"points\":[".to_vec() } else { Vec::new() };
    let mut first = left.start == whole.start;
    let site = &web.services.site;
    let offers = Offers::of(site, left.start..end);
    let hanging = device.map(|device| conditions(site, device)).unwrap_or_default();
    for index in left.start..end {
        let Some(mut listed) = u32::try_from(index).ok().and_then(|index| web.listed(index)) else { continue };
        listed.commands = offers.at(listed.point);
        if device.is_some() {
            listed.at = site.points.get(index).map(at);
            listed.conditions = hanging.get(&index).cloned().unwrap_or_default();
        }
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

/// The conditions of a device by the points they are decided from.
fn conditions<'a>(site: &'a Site, device: &Device) -> BTreeMap<usize, Vec<Hangs<'a>>> {
    let mut hanging: BTreeMap<usize, Vec<Hangs<'a>>> = BTreeMap::new();
    for rule in &site.rules[device.rules.start as usize..device.rules.end as usize] {
        let condition = &rule.condition;
        let mut points = BTreeSet::new();
        rule.when.slots(&mut |slot| {
            points.insert(slot as usize);
        });
        for point in points {
            let hangs = Hangs { condition: condition.to_string(), category: condition.category, name: &rule.name };
            hanging.entry(point).or_default().push(hangs);
        }
    }
    hanging
}

fn at(point: &Point) -> At {
    let encoding = &point.encoding;
    At {
        table: encoding.table.as_str(),
        address: encoding.address,
        count: encoding.width(),
        kind: encoding.kind.as_str(),
        order: encoding.order.as_str(),
        pace: point.pace.as_str(),
    }
}

impl Web {
    /// One point with its id, its name and what is known of it.
    fn listed(&self, index: u32) -> Option<Listed<'_>> {
        let point = self.services.site.points.get(index as usize)?;
        let reading = self.services.board.read(index)?;
        let reading = point_document(&reading, point, self.now().wall, self.when.zone());
        Some(Listed {
            point: &point.id,
            name: &point.name,
            reading,
            commands: Vec::new(),
            at: None,
            conditions: Vec::new(),
        })
    }

    /// These points, for a stream that tells of changes.
    pub(crate) fn listed_points(&self, indices: &[u32]) -> Vec<Listed<'_>> {
        indices.iter().filter_map(|index| self.listed(*index)).collect()
    }
}
