//! Transmission devices of the demo: they call the gateway and say that they are there (GB/T 26875.3).
//!
//! Takes: the devices of a bus, and where the gateway listens for them.
//! Gives: connections that are kept, with a heartbeat.
//! Never: anything but loopback; an alarm, which no story of theirs tells yet.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::edge::clock::Clock;
use crate::edge::gbt26875::frame::{Command, Frame, Header};
use crate::edge::gbt26875::stamp::Stamp;
use crate::edge::gbt26875::v2011;
use crate::engine::site::{Checksum, Endpoint, Site};
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
        for device in bus.devices.iter().filter_map(|number| site.devices.get(*number as usize)) {
            let zone = zone.clone();
            let (source, checksum) = (device.address, listen.checksum);
            callers.spawn(keep_calling(address, checksum, move |serial| Header {
                serial,
                version: [1, 1],
                sent: Stamp::of(clock.now().wall, &zone),
                source,
                destination: 0,
            }));
        }
    }
    Ok(callers)
}

async fn keep_calling(address: SocketAddr, checksum: Checksum, header: impl Fn(u16) -> Header) {
    let mut serial = 0;
    loop {
        if let Ok(stream) = TcpStream::connect(address).await {
            beat(stream, checksum, &header, &mut serial).await;
        }
        sleep(AGAIN).await;
    }
}

/// Until the connection ends.
async fn beat(mut stream: TcpStream, checksum: Checksum, header: &impl Fn(u16) -> Header, serial: &mut u16) {
    let mut answers = [0; 256];
    loop {
        *serial = serial.wrapping_add(1);
        let frame = Frame { header: header(*serial), command: Command::Send, data: Vec::new() };
        let Ok(bytes) = v2011::encode(&frame, checksum) else { return };
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
        // What the gateway confirms need not be looked at; that it hung up must be.
        while let Ok(read) = timeout(BEAT, stream.read(&mut answers)).await {
            if !matches!(read, Ok(count) if count > 0) {
                return;
            }
        }
    }
}
