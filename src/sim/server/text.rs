//! The printer port of a panel: a terminal server or a pseudo-terminal, one way.
//!
//! Takes: what the story prints.
//! Gives: the same bytes to whoever listens at that moment.
//! Never: reads what it is sent, or keeps a record for somebody who comes later; a printer does neither.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_serial::{SerialPort, SerialStream};

use super::Shared;
use super::plug::Plug;
use crate::engine::site::{Line, Port};

/// How often it looks whether something was printed.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Whoever takes nothing for this long listens no more.
const PATIENCE: Duration = Duration::from_secs(1);

/// Serves the port of `bus` in `tasks`; gives where it is.
pub(super) async fn serve(shared: Arc<Shared>, bus: u32, port: &Port, tasks: &mut JoinSet<()>) -> io::Result<Port> {
    match port {
        Port::Tcp(_) => {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let address = listener.local_addr()?;
            tasks.spawn(keep_port(shared, bus, listener, address));
            Ok(Port::Tcp(address.to_string()))
        }
        Port::Serial(line) => {
            let (ours, theirs) = SerialStream::pair()?;
            let plug = Plug::new(&theirs.name().ok_or_else(|| io::Error::other("a pseudo-terminal without a name"))?)?;
            let line = Line { path: plug.path(), ..line.clone() };
            tasks.spawn(keep_line(shared, bus, plug, (ours, theirs)));
            Ok(Port::Serial(line))
        }
    }
}

async fn keep_port(shared: Arc<Shared>, bus: u32, listener: TcpListener, address: SocketAddr) {
    let (mut open, mut peers) = (Some(listener), Vec::<TcpStream>::new());
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let accepted = async {
            match &open {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            accepted = accepted => peers.extend(accepted.ok().map(|(peer, _)| peer)),
            _ = look.tick() => {
                let (printed, can) = shared.printed(bus);
                if !can {
                    (open, peers) = (None, Vec::new());
                } else if open.is_none() {
                    // Somebody else may have taken the port meanwhile; then it is tried again.
                    open = TcpListener::bind(address).await.ok();
                }
                if !printed.is_empty() {
                    let mut listening = Vec::new();
                    for mut peer in std::mem::take(&mut peers) {
                        if matches!(timeout(PATIENCE, peer.write_all(&printed)).await, Ok(Ok(()))) {
                            listening.push(peer);
                        }
                    }
                    peers = listening;
                }
            }
        }
    }
}

/// Prints while the adapter is plugged in. Each time it is, it is another device file under the same link.
async fn keep_line(shared: Arc<Shared>, bus: u32, mut plug: Plug, first: (SerialStream, SerialStream)) {
    let mut pair = Some(first);
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        let (printed, can) = shared.printed(bus);
        if !can && pair.take().is_some() {
            plug.pull();
        } else if can && pair.is_none() {
            pair = SerialStream::pair().ok();
            let back = pair.as_ref().and_then(|(_, theirs)| theirs.name()).is_some_and(|name| plug.put(&name).is_ok());
            if !back {
                pair = None;
            }
        }
        if let Some((ours, _)) = pair.as_mut().filter(|_| !printed.is_empty()) {
            // Nobody reads: what does not fit into the terminal is lost, as on paper that is out.
            let _ = timeout(PATIENCE, ours.write_all(&printed)).await;
        }
    }
}
