//! The displays on walls: who they are, how they come in, and whether they are there.
//!
//! Takes: their settings, their tokens, their beacons.
//! Gives: [`Displays`]; faults of the gateway itself for those that are lost, hidden or silent; `GET walls`.
//! Never: an act. A wall reads, whatever else its browser carries.

mod beacon;
mod entry;
mod register;
mod token;

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};

pub(super) use beacon::{all, beacon};
pub(super) use entry::{enter, identify, may_have, nowhere, page};
pub use register::Patience;
use register::{Beacon, Register, Registered};
pub use token::kept;

use super::Web;
use crate::config::daemon::{Wall as Settings, Walls};
use crate::engine::Part;
use crate::engine::base::{Now, Text, in_chinese};
use crate::live::Picture;

/// Walls are looked at this often.
const LOOKED: Duration = Duration::from_secs(1);

/// Every wall of the settings, with its token and what it last said.
#[derive(Debug, Default)]
pub struct Displays {
    walls: Vec<Display>,
    register: Mutex<Register>,
}

#[derive(Debug)]
struct Display {
    settings: Settings,
    /// What the token's digest must be; none when there is no token, and nobody comes in.
    key: Option<token::Key>,
}

impl Displays {
    /// Reads the token of each wall, or makes it in the state folder. A wall without a usable token is a fault, not the
    /// end of the start. Blocking.
    pub fn open(state_dir: &Path, walls: &Walls, patience: Patience, now: Now) -> Displays {
        let (mut held, mut registered) = (Vec::new(), Vec::new());
        for wall in &walls.list {
            let found = token::token(state_dir, wall);
            let fault = found.as_ref().err().map(|error| {
                tracing::error!(wall = wall.id, "{error}");
                let zh = format!("没有可用的令牌：{}", in_chinese(error));
                Text::new(&zh, &format!("It has no usable token: {error}"))
            });
            if wall.registered {
                registered.push(Registered { id: wall.id.clone(), name: wall.name.clone(), fault });
            }
            held.push(Display { settings: wall.clone(), key: found.ok().map(|token| token::Key::of(&token)) });
        }
        Displays { walls: held, register: Mutex::new(Register::new(registered, patience, now.mono)) }
    }

    /// What the page of a wall is told of itself; nothing where there is no such wall.
    pub fn wall_settings(&self, id: &str) -> Option<Value> {
        let wall = &self.display(id)?.settings;
        Some(json!({
            "id": wall.id, "name": wall.name, "language": wall.language, "theme": wall.theme.as_str(),
            "palette": wall.palette.as_str(), "distance_m": wall.distance_m, "diagonal_in": wall.diagonal_in,
        }))
    }

    fn display(&self, id: &str) -> Option<&Display> {
        self.walls.iter().find(|wall| wall.settings.id == id)
    }

    /// Whether `token` is that of the wall `id`.
    fn opens(&self, id: &str, token: &str) -> bool {
        self.display(id).and_then(|wall| wall.key.as_ref()).is_some_and(|key| *key == token::Key::of(token))
    }

    fn note(&self, id: &str, from: IpAddr, said: Beacon, now: Now) {
        self.register().note(id, from, said, now);
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the engine of walls that are lost and of those that came back, until the gateway stops.
pub(super) async fn watch(web: Arc<Web>) {
    let services = &web.services;
    for gone in forgotten(&services.displays, &services.picture) {
        services.vitals.report(gone, None);
    }
    let mut look = interval(LOOKED);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = web.stop.cancelled() => return,
            _ = look.tick() => {}
        }
        let judged = services.displays.register().judge(web.now().mono);
        for (part, fault) in judged {
            services.vitals.report(part, fault);
        }
    }
}

/// Faults of walls that are no longer registered: they are over.
fn forgotten(displays: &Displays, picture: &Picture) -> Vec<Part> {
    let state = picture.state();
    let gateways = state.open().filter(|held| held.raise.condition.point.device() == "gateway");
    let parts = gateways.filter_map(|held| Part::of_wall(held.raise.condition.point.point()));
    let kept = |part: &Part| {
        displays.walls.iter().any(|wall| wall.settings.registered && part.wall() == Some(wall.settings.id.as_str()))
    };
    parts.filter(|part| !kept(part)).collect()
}
