//! The beacons of walls, and what is told of them.
//!
//! Takes: `POST walls/{id}/beacon`, with the wall's own cookie.
//! Gives: `GET walls`.
//! Never: a beacon of somebody else's page: a look at a wall from the office does not hide that the wall is gone.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::Display;
use super::register::{Beacon, Presence};
use crate::edge::web::api::Body;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::{STREAMS, Web, words};

/// Most characters of a build's name.
const BUILD: usize = 64;

/// `POST walls/{id}/beacon`
pub async fn beacon(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
    said: Result<Body<Beacon>, Problem>,
) -> Result<StatusCode, Problem> {
    let displays = &web.services.displays;
    if !displays.entered_as(&id, &headers) {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "no-wall-token", words::NO_WALL_TOKEN));
    }
    // Only now: who may not send is not told what is wrong with it.
    let Body(said) = said?;
    if said.build.chars().count() > BUILD {
        return Err(Problem::bad("build", "at most 64 characters"));
    }
    displays.note(&id, visitor.address, said, web.now());
    Ok(StatusCode::NO_CONTENT)
}

/// `GET walls`
pub async fn all(State(web): State<Arc<Web>>) -> Json<Value> {
    let walls: Vec<Value> = web.services.displays.walls.iter().map(|wall| web.wall_document(wall)).collect();
    Json(json!({ "walls": walls, "connected": web.connected_document() }))
}

impl Web {
    fn wall_document(&self, wall: &Display) -> Value {
        let (settings, now) = (&wall.settings, self.now());
        let status = self.services.displays.register().status(&settings.id, now.mono);
        let (presence, pages) =
            (status.as_ref().map(|told| told.presence), status.as_ref().map_or(0, |told| told.pages));
        let said = status.and_then(|told| told.last).map(|(from, page)| {
            json!({
                "at": self.when.rfc3339(page.at), "since": self.when.rfc3339(page.since), "from": from.to_string(),
                "sound": page.said.sound, "visible": page.said.visible, "build": page.said.build,
                "screen": page.said.screen, "seq": page.said.seq,
            })
        });
        json!({
            "id": settings.id, "name": settings.name, "registered": settings.registered,
            "presence": presence, "pages": pages, "last": said,
        })
    }

    /// The consoles that follow now, and the registered walls that are there.
    pub(in crate::edge::web) fn connected_document(&self) -> Value {
        let (registered, present) = self.walls_present();
        json!({
            "screens": self.screen.followers(), "streams": STREAMS - self.streams.available_permits(),
            "limit": STREAMS, "registered": registered, "present": present,
        })
    }

    /// How many walls are registered, and how many of them are there.
    pub(in crate::edge::web) fn walls_present(&self) -> (usize, usize) {
        let (register, now) = (self.services.displays.register(), self.now().mono);
        let walls = self.services.displays.walls.iter().filter(|wall| wall.settings.registered);
        let there = walls.clone().filter_map(|wall| register.status(&wall.settings.id, now));
        (walls.count(), there.filter(|told| told.presence == Presence::Present).count())
    }
}
