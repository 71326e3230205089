//! Transmission devices of the demo: they call the gateway, say that they are there and answer that all is normal (GB/T 26875.3).
//!
//! Takes: the devices of a bus, and where the gateway listens for them.
//! Gives: connections that are kept, with a heartbeat and an answer to every question about states.
//! Never: anything but loopback; an alarm, which no story of theirs tells yet.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

use crate::edge::clock::Clock;
use crate::edge::gbt26875::cutter::{Cut, Cutter};
use crate::edge::gbt26875::frame::{Command, Dialect, Edition, Frame, Header, encode};
use crate::edge::gbt26875::stamp::Stamp;
use crate::edge::gbt26875::v2011::{
    Adu, Component, ComponentState, ComponentStatus, SystemState, SystemStatus, UnitState, UnitStatus, system, unit,
};
use crate::engine::site::{Endpoint, Site};
use crate::live::document;

/// A heartbeat this often; the gateway calls a device lost after 90 s of silence.
const BEAT: Duration = Duration::from_secs(20);
/// The gateway may not listen yet, or not any more.
const AGAIN: Duration = Duration::from_millis(500);

/// Gives every bus on which devices report a free port of this machine, and lets its devices call there for as long as the
/// returned tasks live. Must be called within a tokio runtime.
pub(super) fn call(site: &mut Site) -> std::io::Result<JoinSet<()>> {
    let (mut callers, clock, zone) = (JoinSet::new(), Clock::start(), document::zone(site));
    for bus in &mut site.buses {
        let Endpoint::Gbt26875(listen) = &mut bus.endpoint else { continue };
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        (listen.address, listen.udp) = (address.to_string(), false);
        let dialect = Dialect { edition: Edition::V2011, checksum: listen.checksum };
        for device in bus.devices.iter().filter_map(|number| site.devices.get(*number as usize)) {
            let reporter = Reporter { source: device.address, dialect, clock, zone: zone.clone(), serial: 0 };
            callers.spawn(reporter.keep_calling(address));
        }
    }
    Ok(callers)
}

struct Reporter {
    source: u64,
    dialect: Dialect,
    clock: Clock,
    zone: TimeZone,
    serial: u16,
}

impl Reporter {
    async fn keep_calling(mut self, address: SocketAddr) {
        loop {
            if let Ok(stream) = TcpStream::connect(address).await {
                // Whatever ended it, it is tried again.
                let _ended = self.talk(stream).await;
            }
            sleep(AGAIN).await;
        }
    }

    async fn talk(&mut self, mut stream: TcpStream) -> std::io::Result<()> {
        let (mut cutter, mut buffer, mut beat) = (Cutter::new(self.dialect), [0; 1_024], interval(BEAT));
        loop {
            let frames = tokio::select! {
                _ = beat.tick() => {
                    self.serial = self.serial.wrapping_add(1);
                    vec![self.frame(self.serial, Command::Send, Vec::new())]
                }
                read = stream.read(&mut buffer) => match read? {
                    0 => return Ok(()),
                    count => cutter.push(&buffer[..count]).iter().filter_map(|cut| self.answer(cut)).collect(),
                },
            };
            for bytes in frames.iter().filter_map(|frame| encode(frame, self.dialect).ok()) {
                stream.write_all(&bytes).await?;
            }
        }
    }

    fn frame(&self, serial: u16, command: Command, data: Vec<u8>) -> Frame {
        let header = Header { serial, version: [1, 1], sent: self.now(), source: self.source, destination: 0 };
        Frame { header, command, data }
    }

    fn now(&self) -> Stamp {
        Stamp::of(self.clock.now().wall, &self.zone)
    }

    /// Everything that is asked about is normal; an order is confirmed.
    fn answer(&self, cut: &Cut) -> Option<Frame> {
        let Cut::Frame(Frame { header, command, data }) = cut else { return None };
        if *command == Command::Control {
            return Some(self.frame(header.serial, Command::Confirm, Vec::new()));
        }
        let at = self.now();
        let said = match Adu::decode(data).ok().filter(|_| *command == Command::Request)? {
            Adu::ReadUnitState => Adu::UnitState(UnitState { status: UnitStatus(unit::NORMAL), at }),
            Adu::ReadSystemStates(systems) => {
                let status = SystemStatus(system::NORMAL);
                Adu::SystemStates(systems.into_iter().map(|system| SystemState { system, status, at }).collect())
            }
            Adu::ReadComponentStates(places) => {
                let status = ComponentStatus(system::NORMAL);
                let state = |place| ComponentState {
                    component: Component { at: place, kind: 0 },
                    status,
                    description: String::new(),
                    at,
                };
                Adu::ComponentStates(places.into_iter().map(state).collect())
            }
            _ => return Some(self.frame(header.serial, Command::Deny, Vec::new())),
        };
        Some(self.frame(header.serial, Command::Answer, said.encode().ok()?))
    }
}
