//! One device as its bus has it now: what whoever brings it on line must see.
//!
//! Takes: which device, and the present time.
//! Gives: [`Study`]: every request as it is planned at this moment, how it stands, and the registers it brought last.
//! Never: a request on the wire, or work while nobody asks: what is shown is what the machine keeps for itself.

use std::time::Duration;

use super::bus::{ASLEEP, Bus, Line, Read};
use super::coalesce::Span;
use super::exchange::Reply;
use crate::engine::base::{Mono, Reason, Text};
use crate::engine::profile::{Pace, Table};

/// One device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Study {
    /// It was given up: only its cheapest request is sent, from time to time.
    pub dead: bool,
    /// It is known to be the device that is meant, or its profile has no way to know.
    pub believed: bool,
    /// Who was found in its place.
    pub stranger: Option<Text>,
    /// Requests in a row that it did not answer.
    pub unanswered: u32,
    /// How long it thinks before it answers, on average.
    pub turnaround: Option<Duration>,
    /// A range of it was refused as a whole and is asked in parts.
    pub split: bool,
    /// What it is asked, the most urgent pace first, by table and address; those for its event memory at the end.
    pub requests: Vec<Studied>,
}

/// One request of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Studied {
    /// Which table.
    pub table: Table,
    /// First address.
    pub start: u16,
    /// How many addresses.
    pub count: u16,
    /// The pace of its points.
    pub pace: Pace,
    /// How often it is sent.
    pub period: Duration,
    /// Its points, by index in the site; none for an event memory.
    pub points: Vec<u32>,
    /// How long ago its last reply was verified; nothing before the first.
    pub age: Option<Duration>,
    /// How long that reply took.
    pub round_trip: Option<Duration>,
    /// How it stands.
    pub standing: Standing,
    /// What that reply carried.
    pub last: Option<Reply>,
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was read by it yet.
    Unread,
    /// Its last reply says what is.
    Current,
    /// The device refuses it.
    Refused,
    /// Not answered within its bound, or not since the device or the line was lost.
    Late,
    /// It was left unanswered so often that it is only tried from time to time.
    Probed,
    /// A part of an event memory, read when nothing else is due.
    Memory,
}

impl Standing {
    /// The word of the public documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Unread => "unread",
            Standing::Current => "current",
            Standing::Refused => "refused",
            Standing::Late => "late",
            Standing::Probed => "probed",
            Standing::Memory => "memory",
        }
    }
}

impl Bus {
    /// One device of this bus; nothing for a device of another bus, and for one that was refused.
    pub fn study(&self, device: u32, now: Mono) -> Option<Study> {
        let number = self.members.iter().position(|member| member.device == device)?;
        let member = &self.members[number];
        let mut requests: Vec<Studied> = member.reads.iter().map(|read| self.studied(*read, now)).collect();
        requests.sort_by_key(|request| (request.pace, request.table, request.start));
        let own = self.recalls.iter().filter(|recall| recall.member() as usize == number);
        requests.extend(own.flat_map(|recall| recall.spans()).map(|span| Studied::of(span, Standing::Memory)));
        Some(Study {
            dead: member.dead,
            believed: member.believed,
            stranger: member.stranger.clone(),
            unanswered: member.failures,
            turnaround: member.turnaround,
            split: member.split_at.is_some(),
            requests,
        })
    }

    fn studied(&self, number: u32, now: Mono) -> Studied {
        let read = &self.reads[number as usize];
        let member = &self.members[read.member as usize];
        let standing = match read {
            Read { refused: true, .. } => Standing::Refused,
            Read { read_at: None, .. } => Standing::Unread,
            _ if self.due[number as usize] == ASLEEP && !member.dead => Standing::Probed,
            Read { stale: Some(Reason::Stale | Reason::LinkDown), .. } => Standing::Late,
            _ if member.dead || self.line != Line::Open => Standing::Late,
            _ => Standing::Current,
        };
        Studied {
            age: read.read_at.map(|at| now.since(at)),
            round_trip: read.round_trip,
            last: read.last.clone(),
            ..Studied::of(&read.span, standing)
        }
    }
}

impl Studied {
    fn of(span: &Span, standing: Standing) -> Studied {
        Studied {
            table: span.table,
            start: span.start,
            count: span.count,
            pace: span.pace,
            period: span.period,
            points: span.points.clone(),
            age: None,
            round_trip: None,
            standing,
            last: None,
        }
    }
}
