//! What a node or a device says besides its points: alarms, links, what became of the last command.
//!
//! Takes: what is open, how many devices answer, the last command.
//! Gives: metrics with fixed names, and an alias for everything that has one.
//! Never: an alias that means something else after a rebirth: it follows from the place in the site.

use super::alarms::Open;
use super::payload::Scalar;
use crate::engine::base::Category;

/// A metric that is no point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Own {
    /// Open alarms of one category.
    Count(Category),
    /// Open alarms.
    Open,
    /// Open alarms that nobody acknowledged.
    Unacknowledged,
    /// The first of the most urgent, in English.
    FirstEn,
    /// The same in Chinese.
    FirstZh,
    /// Devices of the site.
    Devices,
    /// Devices that answer.
    Answering,
    /// What became of the last command that came this way.
    Result,
}

/// Aliases kept for each owner.
const PER_OWNER: u64 = 32;

impl Own {
    /// Its name.
    pub fn name(self) -> String {
        match self {
            Own::Count(category) => format!("Alarms/{}", category.as_str()),
            Own::Open => "Alarms/Open".into(),
            Own::Unacknowledged => "Alarms/Unacknowledged".into(),
            Own::FirstEn => "Alarms/First".into(),
            Own::FirstZh => "Alarms/First (zh)".into(),
            Own::Devices => "Devices/Configured".into(),
            Own::Answering => "Devices/Answering".into(),
            Own::Result => "Control/Result".into(),
        }
    }

    fn number(self) -> u64 {
        match self {
            Own::Count(category) => {
                Category::ALL.iter().zip(0..).find(|(held, _)| **held == category).map_or(0, |f| f.1)
            }
            Own::Open => 24,
            Own::Unacknowledged => 25,
            Own::FirstEn => 26,
            Own::FirstZh => 27,
            Own::Devices => 28,
            Own::Answering => 29,
            Own::Result => 30,
        }
    }
}

/// What aliases mean in one site, from 1 (to some hosts 0 is none): points first, then what owners say of themselves, then commands.
#[derive(Clone, Copy, Debug)]
pub struct Aliases {
    points: u64,
    owners: u64,
}

impl Aliases {
    /// For so many points and devices.
    pub fn new(points: usize, devices: usize) -> Aliases {
        Aliases { points: points as u64, owners: devices as u64 + 1 }
    }

    /// Of a point, by its index in the site.
    pub fn point(self, point: u32) -> u64 {
        u64::from(point) + 1
    }

    /// Of what the node (none) or a device says of itself.
    pub fn own(self, device: Option<u32>, own: Own) -> u64 {
        let owner = device.map_or(0, |device| u64::from(device) + 1);
        1 + self.points + owner * PER_OWNER + own.number()
    }

    /// Of a command, by its index in the site.
    pub fn command(self, command: u32) -> u64 {
        1 + self.points + self.owners * PER_OWNER + u64::from(command)
    }

    /// The command of an alias.
    pub fn commanded(self, alias: u64) -> Option<u32> {
        u32::try_from(alias.checked_sub(self.command(0))?).ok()
    }
}

/// What is said of open alarms: a count for each category of `declared`.
pub fn alarms(open: &Open, declared: impl Iterator<Item = Category>) -> Vec<(Own, Scalar)> {
    let counts =
        declared.map(|category| (Own::Count(category), Scalar::Int(open.counts.get(&category).copied().unwrap_or(0))));
    let rest = [
        (Own::Open, Scalar::Int(open.total)),
        (Own::Unacknowledged, Scalar::Int(open.unacknowledged)),
        (Own::FirstEn, Scalar::Text(open.first.en.clone())),
        (Own::FirstZh, Scalar::Text(open.first.zh.clone())),
    ];
    counts.chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_alias_means_two_things() {
        let aliases = Aliases::new(3, 2);
        let rest =
            [Own::Open, Own::Unacknowledged, Own::FirstEn, Own::FirstZh, Own::Devices, Own::Answering, Own::Result];
        let all = || Category::ALL.into_iter().map(Own::Count).chain(rest);
        let mut seen = BTreeSet::new();
        let owners = [None, Some(0), Some(1)];
        let own = owners.into_iter().flat_map(|owner| all().map(move |own| aliases.own(owner, own)));
        let points = (0..3).map(|point| aliases.point(point));
        let commands = (0..4).map(|command| aliases.command(command));
        let (mut many, mut names) = (0, BTreeSet::new());
        for alias in points.chain(own).chain(commands) {
            assert!(seen.insert(alias), "{alias} twice");
            many += 1;
        }
        assert!(all().all(|own| names.insert(own.name())), "two of one name");
        assert_eq!(many, 3 + 3 * (17 + 7) + 4);
        assert_eq!(aliases.commanded(aliases.command(3)), Some(3));
        assert_eq!(aliases.commanded(aliases.own(Some(1), Own::Result)), None);
    }
}
