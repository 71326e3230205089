//! Clients that are slow, silent or many.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::bench::Bench;
use crate::client::Client;

/// More than the server has places.
const MANY: usize = 600;

async fn connect(bench: &Bench) -> TcpStream {
    TcpStream::connect(bench.url.trim_start_matches("http://")).await.unwrap()
}

/// Every place is taken by clients that begin a request and never end it: they lose their places, and who comes with a
/// whole request is served although nobody let go by himself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_do_not_keep_others_out() {
    let bench = Bench::start().await;
    let mut slow = Vec::new();
    for _ in 0..MANY {
        let mut stream = connect(&bench).await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: ").await.unwrap();
        slow.push(stream);
    }
    let began = Instant::now();
    let client = Client::new(&bench.url);
    let answer = timeout(Duration::from_secs(25), client.get("/api/v1/health")).await.expect("a place becomes free");
    assert_eq!(answer.status, 200);
    assert!(began.elapsed() > Duration::from_secs(1), "the places were not all taken: the test proves nothing");

    // The first of them was told, or cut off; it is not kept.
    let mut rest = Vec::new();
    let read = timeout(Duration::from_secs(5), slow[0].read_to_end(&mut rest)).await.expect("its connection has ended");
    assert!(read.is_err() || rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{rest:?}");
}
