//! Whether the registered walls are there, can be seen and can be heard.
//!
//! Takes: beacons and time.
//! Gives: what is wrong with each wall, and what it last said.
//! Never: calls a wall well that was not heard, or a sound good that nobody reported good.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::Part;
use crate::engine::base::{Mono, Now, Text, Wall};

/// How long it is waited before a wall is a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Since its last beacon; a wall sends one every 5 s.
    pub lost: Duration,
    /// Since the start, for a wall that was never seen: the machine behind it may start with ours.
    pub never: Duration,
    /// Since it could last be heard, or seen.
    pub mute: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { lost: Duration::from_secs(15), never: Duration::from_secs(120), mute: Duration::from_secs(60) }
    }
}

/// What a wall says of its sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sound {
    /// It can sound.
    Ok,
    /// Somebody muted it.
    Muted,
    /// Its browser does not let it sound.
    Blocked,
}

/// Size of a page in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// What a wall says every five seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beacon {
    /// Its sound.
    pub sound: Sound,
    /// Whether its page is in front.
    pub visible: bool,
    /// Which build of the page it shows.
    pub build: String,
    /// How large it is.
    pub screen: Size,
    /// Counts its beacons since it was loaded.
    pub seq: u64,
}

/// A wall that must be there.
#[derive(Clone, Debug)]
pub struct Registered {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Why it cannot come in.
    pub fault: Option<Text>,
}

/// What one browser that shows a wall said last.
#[derive(Clone, Debug)]
pub struct Page {
    /// What.
    pub said: Beacon,
    /// When, on the wall clock.
    pub at: Wall,
    /// Since when it has been there without a gap.
    pub since: Wall,
    heard: Mono,
}

/// How a wall is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// Not seen since the start.
    Never,
    /// Seen, and gone.
    Lost,
    /// There.
    Present,
}

/// What is known of a wall now.
#[derive(Clone, Debug)]
pub struct Status {
    /// Whether it is there.
    pub presence: Presence,
    /// Its last beacon, and where that came from.
    pub last: Option<(IpAddr, Page)>,
    /// Browsers that show it now.
    pub pages: usize,
}

#[derive(Debug)]
struct Held {
    wall: Registered,
    /// By where they are: a wall may be shown twice, and one of the two may be gone.
    pages: BTreeMap<IpAddr, Page>,
    last: Option<(IpAddr, Page)>,
    /// Since when no page of it could be heard.
    unheard: Option<Mono>,
    /// Since when no page of it was in front.
    unseen: Option<Mono>,
}

/// The registered walls.
#[derive(Debug, Default)]
pub struct Register {
    started: Mono,
    patience: Patience,
    walls: Vec<Held>,
}

impl Register {
    /// Nothing was heard of any of them; time counts from `started`.
    pub fn new(walls: Vec<Registered>, patience: Patience, started: Mono) -> Register {
        let held = |wall| Held { wall, pages: BTreeMap::new(), last: None, unheard: None, unseen: None };
        Register { started, patience, walls: walls.into_iter().map(held).collect() }
    }

    /// A beacon came. One of a wall that need not be there is not kept.
    pub fn note(&mut self, id: &str, from: IpAddr, said: Beacon, now: Now) {
        let lost = self.patience.lost;
        let Some(held) = self.walls.iter_mut().find(|held| held.wall.id == id) else { return };
        held.pages.retain(|_, page| now.mono.since(page.heard) < lost);
        let since = held.pages.get(&from).map_or(now.wall, |page| page.since);
        let page = Page { said, at: now.wall, since, heard: now.mono };
        held.last = Some((from, page.clone()));
        held.pages.insert(from, page);
        let (heard, seen) = held.pages.values().fold((false, false), |(heard, seen), page| {
            (heard || page.said.sound == Sound::Ok, seen || page.said.visible)
        });
        held.unheard = if heard { None } else { held.unheard.or(Some(now.mono)) };
        held.unseen = if seen { None } else { held.unseen.or(Some(now.mono)) };
    }

    /// What is known of each wall now. Of a wall that is lost nobody knows whether it can be heard: what was said of that
    /// stays.
    pub fn judge(&self, now: Mono) -> Vec<(Part, Option<Text>)> {
        let mut judged = Vec::new();
        for held in &self.walls {
            let id = || held.wall.id.clone();
            if let Some(fault) = &held.wall.fault {
                judged.push((Part::Wall(id()), Some(fault.clone())));
                continue;
            }
            match self.presence(held, now) {
                Presence::Never if now.since(self.started) < self.patience.never => {}
                Presence::Never => judged.push((Part::Wall(id()), Some(held.never_seen()))),
                Presence::Lost => judged.push((Part::Wall(id()), Some(held.lost(self.patience.lost)))),
                Presence::Present => {
                    let over = |since: Option<Mono>| since.is_some_and(|since| now.since(since) >= self.patience.mute);
                    judged.push((Part::Wall(id()), None));
                    judged.push((Part::WallSound(id()), over(held.unheard).then(|| held.silent())));
                    judged.push((Part::WallHidden(id()), over(held.unseen).then(|| held.hidden())));
                }
            }
        }
        judged
    }

    /// How the wall `id` is; nothing where it is not registered.
    pub fn status(&self, id: &str, now: Mono) -> Option<Status> {
        let held = self.walls.iter().find(|held| held.wall.id == id)?;
        let pages = held.pages.values().filter(|page| now.since(page.heard) < self.patience.lost).count();
        Some(Status { presence: self.presence(held, now), last: held.last.clone(), pages })
    }

    fn presence(&self, held: &Held, now: Mono) -> Presence {
        match &held.last {
            None => Presence::Never,
            Some((_, page)) if now.since(page.heard) >= self.patience.lost => Presence::Lost,
            Some(_) => Presence::Present,
        }
    }
}

impl Held {
    fn never_seen(&self) -> Text {
        let Text { zh, en } = &self.wall.name;
        Text::new(
            &format!("显示屏“{zh}”自网关启动后从未出现"),
            &format!("The wall \u{201c}{en}\u{201d} has not shown itself since the gateway started"),
        )
    }

    fn lost(&self, after: Duration) -> Text {
        let Text { zh, en } = &self.wall.name;
        let (seconds, from) = (after.as_secs(), self.from());
        Text::new(
            &format!("显示屏“{zh}”（{from}）已 {seconds} 秒没有消息：请查看屏幕及其电脑和网络"),
            &format!(
                "Nothing from the wall \u{201c}{en}\u{201d} ({from}) for {seconds} s: look at the screen, its computer and network"
            ),
        )
    }

    fn silent(&self) -> Text {
        let Text { zh, en } = &self.wall.name;
        match self.last.as_ref().map(|(_, page)| page.said.sound) {
            Some(Sound::Blocked) => Text::new(
                &format!("显示屏“{zh}”的浏览器不允许发声：请点一下屏幕，或按说明设置自启动参数"),
                &format!(
                    "The browser of the wall \u{201c}{en}\u{201d} does not let it sound: touch the screen once, or start it as the handbook says"
                ),
            ),
            _ => Text::new(&format!("显示屏“{zh}”已被静音"), &format!("The wall \u{201c}{en}\u{201d} is muted")),
        }
    }

    fn hidden(&self) -> Text {
        let Text { zh, en } = &self.wall.name;
        Text::new(
            &format!("显示屏“{zh}”的页面被遮挡或屏幕已关闭"),
            &format!("The page of the wall \u{201c}{en}\u{201d} is not in front, or its screen is off"),
        )
    }

    fn from(&self) -> String {
        self.last.as_ref().map_or_else(String::new, |(from, _)| from.to_string())
    }
}

#[cfg(test)]
mod tests;
