//! What the engine knows beside its state, so that it can go on elsewhere from the same instant.
//!
//! Takes: an [`Engine`] between two inputs.
//! Gives: [`Bearings`]; and from these, the state and the same site, an engine that decides as the first one would.
//! Never: state. What a restart must find again stands in facts; this is what a restart forgets.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::alarm::{Chatter, Live, State};
use super::base::{Mono, Now, Truth};
use super::duty::Duty;
use super::poll::{Edge, Link, LinkOf, StatusEdge};
use super::site::Site;
use super::supervision::{Learned, Supervision};
use super::timers::Timers;
use super::{Engine, Input, commit, linkage};

/// What an engine has learned since its process began: what sources say, deadlines that run, linkages at work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bearings {
    epoch: u32,
    live: Live,
    chatter: Chatter,
    linkage: linkage::Machine,
    timers: Timers,
    supervision: Learned,
    duty: Duty,
    heard: Vec<Mono>,
    silent: Vec<Option<bool>>,
    journal_is_suspect: bool,
}

/// What sources said last, by index in the site they were read at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Buses, and whether their line is there.
    pub links: Vec<Link>,
    /// Conditions that are known to hold, or not to.
    pub edges: Vec<Edge>,
    /// Statuses that are known.
    pub statuses: Vec<StatusEdge>,
}

impl Bearings {
    /// The epoch of the process.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Whether the wall clock could be trusted.
    pub fn clock_trusted(&self) -> bool {
        self.live.clock_trusted
    }

    /// What sources said last, as if they said it at `at`.
    pub fn known(&self, at: Now) -> Known {
        let links = (0u32..).zip(&self.live.down);
        let edges = (0u32..).zip(&self.live.truth).filter(|(_, truth)| **truth != Truth::Unknown);
        let statuses = (0u32..).zip(&self.live.statuses).filter(|(_, (truth, _))| *truth != Truth::Unknown);
        Known {
            links: links
                .map(|(bus, down)| Link { of: LinkOf::Bus(bus), up: !down, reason: Default::default(), at })
                .collect(),
            edges: edges.map(|(rule, truth)| Edge { rule, truth: *truth, at, sweep: 0 }).collect(),
            statuses: statuses.map(|(status, (truth, _))| StatusEdge { status, truth: *truth, at }).collect(),
        }
    }
}

impl Engine {
    /// What it knows beside its state; nothing while facts wait for the disk: whoever waits for their answers is not in it.
    pub fn bearings(&self) -> Option<Bearings> {
        self.pending.is_settled().then(|| Bearings {
            epoch: self.epoch,
            live: self.live.clone(),
            chatter: self.chatter.clone(),
            linkage: self.linkage.clone(),
            timers: self.timers.clone(),
            supervision: self.supervision.learned(),
            duty: self.duty.clone(),
            heard: self.heard.clone(),
            silent: self.silent.clone(),
            journal_is_suspect: self.journal_is_suspect,
        })
    }

    /// Goes on from bearings with the state of the same instant; nothing where they were taken at another site.
    pub fn resumed(site: Arc<Site>, state: State, bearings: Bearings, now: Now) -> Option<Engine> {
        let Bearings { epoch, live, chatter, linkage, timers, supervision, duty, heard, silent, journal_is_suspect } =
            bearings;
        let fits = live.fits(&site) && heard.len() == site.buses.len() && silent.len() == site.buses.len();
        let fresh = Supervision::resumed(&site, &state, now, live.clock_trusted);
        let (supervision, linkage) = (fresh.taken_up(supervision)?, linkage.joined(&site)?);
        let pending = commit::Pending::default();
        fits.then_some(Engine {
            site,
            state,
            epoch,
            live,
            chatter,
            linkage,
            pending,
            timers,
            supervision,
            duty,
            heard,
            silent,
            journal_is_suspect,
        })
    }

    /// Whether an input brings nothing about but that its bus was heard: no deadline falls due with it, and whoever runs
    /// what happened again does not miss it.
    pub fn is_routine(&self, input: &Input, now: Now) -> bool {
        let quiet = match input {
            Input::Wake => true,
            Input::Report { bus, report } => {
                report.is_quiet() && self.silent.get(*bus as usize).is_none_or(Option::is_none)
            }
            _ => false,
        };
        quiet && self.next_deadline().is_none_or(|due| due > now.mono)
    }

    /// A bus was last heard at this instant.
    pub(in crate::engine) fn heard_at(&mut self, bus: u32, at: Mono) {
        if let Some(heard) = self.heard.get_mut(bus as usize) {
            *heard = at;
        }
    }
}
