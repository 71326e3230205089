//! Connections: how many, how long a head may take, how they end.
//!
//! Takes: a listener, the router, the certificate where the console is encrypted.
//! Gives: answered requests, until told to stop.
//! Never: lets a client that says nothing, or says it slowly, keep others out for long.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::https::Secure;

/// Connections open at the same time: streams of screens, and their requests beside them.
pub(super) const CONNECTIONS: usize = 512;
/// A request's head must be whole within this time; a connection that is kept open must begin its next one.
pub(super) const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Requests that still run when the gateway stops have this long.
const END_WITHIN: Duration = Duration::from_secs(5);
/// What was sent must be taken by the other side within this time.
const READS_WITHIN: Duration = Duration::from_secs(30);
/// The process has no descriptor left, or the peer went away while it was accepted: a short rest, then on.
const REST: Duration = Duration::from_millis(100);

/// Serves until `stop`, then waits for the requests that run.
pub(super) async fn serve(listener: TcpListener, router: Router, secure: Option<Arc<Secure>>, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let ending = GracefulShutdown::new();
    loop {
        // Whoever comes when every place is taken waits in the listener's queue.
        let Some(place) = stop.run_until_cancelled(Arc::clone(&places).acquire_owned()).await else { break };
        // The semaphore is never closed.
        let Ok(place) = place else { break };
        match stop.run_until_cancelled(listener.accept()).await {
            None => break,
            Some(Ok((stream, peer))) => {
                let guest = Guest { peer, router: router.clone(), place, watcher: ending.watcher() };
                connect(stream, guest, secure.clone(), stop.clone());
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(END_WITHIN, ending.shutdown()).await.is_err() {
        tracing::warn!("requests that still ran were given up");
    }
}

/// A connection that was let in.
struct Guest {
    peer: SocketAddr,
    router: Router,
    place: OwnedSemaphorePermit,
    watcher: Watcher,
}

fn connect(stream: TcpStream, guest: Guest, secure: Option<Arc<Secure>>, stop: CancellationToken) {
    // A small event must leave at once; without the option it leaves a little later.
    let _ = stream.set_nodelay(true);
    // A screen that was switched off, or that no longer reads, gives its place back.
    let _ = SockRef::from(&stream).set_tcp_user_timeout(Some(READS_WITHIN));
    tokio::spawn(async move {
        match secure {
            None => answer(stream, guest).await,
            Some(secure) => match stop.run_until_cancelled(secure.accept(stream)).await.flatten() {
                Some(stream) => answer(stream, guest).await,
                None => tracing::debug!(peer = %guest.peer, "no TLS connection came of it"),
            },
        }
    });
}

/// Answers the requests of one connection until it ends.
async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin + 'static, guest: Guest) {
    let Guest { peer, router, place, watcher } = guest;
    let answers = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), answers);
    // A client that breaks off or is too slow is no fault of ours.
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%peer, %error, "connection ended");
    }
    drop(place);
}
