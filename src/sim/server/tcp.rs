//! A Modbus TCP port: every device of a bus behind one address, as a gateway has them.
//!
//! Takes: connections and whatever they send.
//! Gives: answers, each when it is due, distorted where a fault says so.
//! Never: more than [`CONNECTIONS`] connections or [`PENDING`] late answers on one of them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::Shared;
use super::frame::{mbap, take_mbap};
use crate::sim::fault::Answer;

const CONNECTIONS: usize = 256;
const PENDING: usize = 64;

/// Opens a loopback port for `bus` and serves it in `tasks`; gives its address.
pub(super) async fn serve(shared: Arc<Shared>, bus: u32, tasks: &mut JoinSet<()>) -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tasks.spawn(keep_port(shared, bus, listener, address));
    Ok(address.to_string())
}

/// Serves the port while the bus is whole; closes it and every connection while it is cut.
async fn keep_port(shared: Arc<Shared>, bus: u32, listener: TcpListener, address: SocketAddr) {
    let mut changed = shared.changed.subscribe();
    let mut open = Some(listener);
    loop {
        if let Some(listener) = open.take() {
            let mut connections = JoinSet::new();
            while !shared.lock().is_cut(bus) {
                tokio::select! {
                    accepted = listener.accept() => if let Ok((stream, _)) = accepted
                        && connections.len() < CONNECTIONS
                    {
                        connections.spawn(serve_connection(Arc::clone(&shared), bus, stream));
                    },
                    Some(_) = connections.join_next() => {}
                    outcome = changed.changed() => if outcome.is_err() { return },
                }
            }
        }
        while shared.lock().is_cut(bus) {
            if changed.changed().await.is_err() {
                return;
            }
        }
        // Somebody else may have taken the port meanwhile; then it stays closed until the next change.
        open = TcpListener::bind(address).await.ok();
        if open.is_none() && changed.changed().await.is_err() {
            return;
        }
    }
}

/// Serves one connection until its peer leaves or sends what is no Modbus.
async fn serve_connection(shared: Arc<Shared>, bus: u32, stream: TcpStream) {
    // Without this a small answer may wait for the peer's acknowledgement; failing to set it only costs time.
    let _ = stream.set_nodelay(true);
    let (mut from, to) = stream.into_split();
    let to = Arc::new(Mutex::new(to));
    let mut late = JoinSet::new();
    let mut buffer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        loop {
            let request = match take_mbap(&mut buffer) {
                Ok(Some(request)) => request,
                Ok(None) => break,
                Err(_) => return,
            };
            let Some(answer) = shared.now().respond(bus, request.unit, &request.pdu) else { continue };
            let after = answer.after;
            let bytes = framed(request.transaction, &answer);
            if after.is_zero() {
                if send(&to, &bytes).await.is_err() {
                    return;
                }
            } else if late.len() < PENDING {
                let to = Arc::clone(&to);
                late.spawn(async move {
                    tokio::time::sleep(after).await;
                    // A peer that has left by then misses nothing.
                    let _ = send(&to, &bytes).await;
                });
            }
            while late.try_join_next().is_some() {}
        }
        match from.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(length) => buffer.extend_from_slice(&piece[..length]),
        }
    }
}

fn framed(transaction: u16, answer: &Answer) -> Vec<u8> {
    let transaction = if answer.foreign { transaction.wrapping_add(1) } else { transaction };
    let mut bytes = mbap(transaction, answer.unit, &answer.pdu);
    if answer.cut {
        bytes.truncate(bytes.len() / 2);
    }
    bytes
}

async fn send(to: &Mutex<OwnedWriteHalf>, bytes: &[u8]) -> io::Result<()> {
    to.lock().await.write_all(bytes).await
}
