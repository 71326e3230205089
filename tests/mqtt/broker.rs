//! A real mosquitto, a real subscriber that is not ours, and a wire that can be cut.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::port::own_port;

/// How long a busy machine may take over anything.
const PATIENCE: Duration = Duration::from_secs(120);

/// What mosquitto says of itself.
const LOG: &str = "mosquitto.log";

/// Waits until `done`, looking every 10 ms.
pub async fn until(what: &str, done: impl FnMut() -> bool) {
    within(PATIENCE, what, done).await;
}

/// The same for what is promised within a time of its own.
pub async fn within(bound: Duration, what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + bound;
    while !done() {
        assert!(Instant::now() < end, "not within {bound:?}: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// mosquitto in a folder of its own; what it keeps survives its restart.
pub struct Broker {
    dir: tempfile::TempDir,
    pub port: u16,
    child: Option<Child>,
}

impl Broker {
    pub async fn start() -> Broker {
        let mut broker = Broker { dir: tempfile::tempdir().unwrap(), port: 0, child: None };
        // A free port may be taken by somebody else before mosquitto has it.
        for _ in 0..20 {
            broker.port = own_port();
            broker.configure("allow_anonymous true");
            if broker.serves().await {
                return broker;
            }
        }
        panic!("mosquitto finds no port");
    }

    /// Observers find it at its own port; what `second` configures is at the port that is given back.
    pub async fn start_with_second(second: &str) -> (Broker, u16) {
        let mut broker = Broker::start().await;
        broker.down().await;
        for _ in 0..20 {
            let port = own_port();
            broker.configure(&format!("allow_anonymous true\nlistener {port} 127.0.0.1\n{second}"));
            if broker.serves().await {
                return (broker, port);
            }
        }
        panic!("mosquitto finds no second port");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn configure(&self, access: &str) {
        let text = format!(
            "per_listener_settings false\npersistence true\npersistence_location {}/\nmax_queued_messages 0\n\
             user root\nlog_dest file {}\nlistener {} 127.0.0.1\n{access}\n",
            self.dir.path().display(),
            self.path(LOG).display(),
            self.port,
        );
        std::fs::write(self.path("mosquitto.conf"), text).unwrap();
    }

    pub async fn up(&mut self) {
        let end = Instant::now() + Duration::from_secs(10);
        while !self.serves().await {
            assert!(Instant::now() < end, "mosquitto does not get its port back");
        }
    }

    /// Starts mosquitto and says whether it serves its ports, or ended because one is not free. It says so itself: whoever
    /// answers at the port may be somebody else.
    async fn serves(&mut self) -> bool {
        let log = self.path(LOG);
        let _ = std::fs::remove_file(&log);
        let mut child = Command::new("mosquitto")
            .arg("-c")
            .arg(self.path("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto is installed");
        let mut ended = false;
        until("mosquitto listens", || {
            ended = child.try_wait().unwrap().is_some();
            ended || std::fs::read_to_string(&log).is_ok_and(|said| said.contains(" running"))
        })
        .await;
        self.child = (!ended).then_some(child);
        !ended
    }

    /// Stops in order, so that what it keeps is on the disk.
    pub async fn down(&mut self) {
        if let Some(mut child) = self.child.take() {
            let mut looks = 0;
            until("mosquitto ends", || {
                // It forgets a signal that comes while it starts, so it is told again now and then.
                if looks % 50 == 0 {
                    let _ = Command::new("kill").arg(child.id().to_string()).stderr(Stdio::null()).status();
                }
                looks += 1;
                child.try_wait().unwrap().is_some()
            })
            .await;
        }
    }

    /// What is retained under `filter` now: topic and payload.
    pub fn retained(&self, filter: &str) -> Vec<(String, String)> {
        let output = Command::new("mosquitto_sub")
            .args(["-p", &self.port.to_string(), "-t", filter, "--retained-only", "-W", "1", "-F", "%t %p"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().filter_map(|line| line.split_once(' ')).map(|(t, p)| (t.to_owned(), p.to_owned())).collect()
    }

    /// Publishes something as somebody else would have before us.
    pub fn retain(&self, topic: &str, payload: &str) {
        let port = self.port.to_string();
        let status =
            Command::new("mosquitto_pub").args(["-p", &port, "-r", "-q", "1", "-t", topic, "-m", payload]).status();
        assert!(status.unwrap().success());
    }

    /// What is retained, once it is as `expected` says.
    pub async fn retained_once(&self, filter: &str, expected: impl Fn(&[(String, String)]) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let found = tokio::task::block_in_place(|| self.retained(filter));
            if expected(&found) {
                return;
            }
            assert!(Instant::now() < end, "{filter} stays {found:?}");
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// mosquitto_sub with a session of its own: it misses nothing that the broker has.
pub struct Subscriber {
    child: Child,
    lines: Arc<Mutex<Vec<(String, String)>>>,
}

impl Subscriber {
    /// Subscribed once this returns: it has seen a message of ours under the filter's own marker.
    pub async fn start(broker: &Broker, filter: &str) -> Subscriber {
        let port = broker.port.to_string();
        let mut child = Command::new("mosquitto_sub")
            .args(["-p", &port, "-q", "1", "-c", "-i", "independent", "-t", filter, "-t", "marker", "-F", "%t %p"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto_sub is installed");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (out, kept) = (BufReader::new(child.stdout.take().unwrap()), Arc::clone(&lines));
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let (topic, payload) = line.split_once(' ').unwrap_or((&line, ""));
                kept.lock().unwrap().push((topic.to_owned(), payload.to_owned()));
            }
        });
        let subscriber = Subscriber { child, lines };
        broker.retain("marker", "here");
        until("the subscriber is subscribed", || subscriber.under("marker").len() == 1).await;
        subscriber
    }

    /// Everything seen below a topic so far: topic and payload.
    pub fn below(&self, prefix: &str) -> Vec<(String, String)> {
        self.lines.lock().unwrap().iter().filter(|(topic, _)| topic.starts_with(prefix)).cloned().collect()
    }

    /// Payloads seen under one topic so far.
    pub fn under(&self, topic: &str) -> Vec<String> {
        self.lines.lock().unwrap().iter().filter(|(t, _)| t == topic).map(|(_, p)| p.clone()).collect()
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How the wire treats bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Wire {
    /// Everything passes.
    Whole = 0,
    /// What the gateway says vanishes.
    SwallowsPublications = 1,
    /// What the broker says vanishes.
    SwallowsAcknowledgements = 2,
    /// Of what the broker says, the acknowledgements of publications vanish.
    SwallowsPubacks = 3,
}

/// A wire between the gateway and the broker.
pub struct Cable {
    pub port: u16,
    wire: Arc<AtomicU8>,
    cut: Arc<Notify>,
}

impl Cable {
    pub async fn to(broker: &Broker) -> Cable {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cable = Cable { port, wire: Arc::new(AtomicU8::new(0)), cut: Arc::new(Notify::new()) };
        let (wire, cut) = (Arc::clone(&cable.wire), Arc::clone(&cable.cut));
        let broker = SocketAddr::from(([127, 0, 0, 1], broker.port));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(broker).await else { continue };
                // A new connection is a new wire.
                wire.store(Wire::Whole as u8, Ordering::SeqCst);
                let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                let (wire, cut) = (Arc::clone(&wire), Arc::clone(&cut));
                tokio::spawn(async move {
                    tokio::select! {
                        () = carry(near_in, far_out, &wire, Wire::SwallowsPublications) => {}
                        () = carry(far_in, near_out, &wire, Wire::SwallowsAcknowledgements) => {}
                        () = cut.notified() => {}
                    }
                });
            }
        });
        cable
    }

    pub fn set(&self, wire: Wire) {
        self.wire.store(wire as u8, Ordering::SeqCst);
    }

    /// Closes every connection at once.
    pub fn cut(&self) {
        self.cut.notify_waiters();
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, wire: &AtomicU8, swallows: Wire) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let wire = wire.load(Ordering::SeqCst);
        let mut passes = buffer[..read].to_vec();
        if wire == swallows as u8 {
            continue;
        }
        if wire == Wire::SwallowsPubacks as u8 && swallows == Wire::SwallowsAcknowledgements {
            passes = without_pubacks(&passes);
        }
        if to.write_all(&passes).await.is_err() {
            return;
        }
    }
}

/// Whole, short packets, as a broker sends them that has nothing to say but acknowledgements.
fn without_pubacks(mut packets: &[u8]) -> Vec<u8> {
    let mut passes = Vec::new();
    while let [kind, length, ..] = packets {
        let (packet, rest) = packets.split_at((2 + usize::from(*length)).min(packets.len()));
        if kind >> 4 != 4 {
            passes.extend_from_slice(packet);
        }
        packets = rest;
    }
    passes
}
