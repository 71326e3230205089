//! Scripts that drive a browser, and consoles that only listen.
//!
//! Takes: a script of tests/page, its arguments, and who answers what it asks.
//! Gives: whether it found anything wrong; the figures it tells are printed.
//! Never: waits for ever.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Where the built consoles are.
pub fn dist() -> String {
    let dist = root().join("web/dist");
    assert!(dist.join("manifest.json").exists(), "run `make web` first");
    dist.display().to_string()
}

/// Where pictures go.
pub fn pictures() -> String {
    root().join("target/pages").display().to_string()
}

/// Where the pictures of the documentation are.
pub fn documented() -> String {
    root().join("docs/screens").display().to_string()
}

/// Runs a script to its end, answering each of its questions.
pub async fn play(script: &str, arguments: &[&str], mut answer: impl AsyncFnMut(Value) -> Value) {
    dist();
    let folder = root().join("tests/page");
    assert!(folder.join("node_modules/axe-core").exists(), "run `npm ci` in tests/page first");
    let mut node = Command::new("node");
    node.arg(script).args(arguments).current_dir(folder).kill_on_drop(true);
    let mut node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("node");
    let mut input = node.stdin.take().expect("piped");
    let mut lines = BufReader::new(node.stdout.take().expect("piped")).lines();
    let mut errors = node.stderr.take().expect("piped");
    let said = tokio::spawn(async move {
        let mut said = String::new();
        // What the script said before it was killed is all there is.
        let _ = errors.read_to_string(&mut said).await;
        said
    });
    let run = async {
        while let Some(line) = lines.next_line().await.expect("the script's output") {
            let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{script} says {line}"));
            if told.get("figure").is_some() {
                println!("{script}: {} {}", told["figure"].as_str().unwrap_or_default(), told["value"]);
                continue;
            }
            let mut text = answer(told).await.to_string();
            text.push('\n');
            // A script that ended says why by its exit status.
            let _ = input.write_all(text.as_bytes()).await;
        }
        node.wait().await.expect("node ends")
    };
    let status = tokio::time::timeout(Duration::from_secs(400), run).await.unwrap_or_else(|_| panic!("{script} hangs"));
    let said = said.await.expect("what it said");
    assert!(status.success(), "{script}:\n{said}");
}

/// A console that only listens.
pub struct Listener {
    seen: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Listener {
    /// Bytes of its feed so far.
    pub fn seen(&self) -> usize {
        self.seen.load(Ordering::Relaxed)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Follows the screen as a browser would, without drawing it.
pub fn follow(base: &str) -> Listener {
    let (seen, url) = (Arc::new(AtomicUsize::new(0)), format!("{base}/api/v1/screen"));
    let counted = Arc::clone(&seen);
    let task = tokio::spawn(async move {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut stream = client.get(url).send().await.expect("the feed");
        while let Ok(Some(chunk)) = stream.chunk().await {
            counted.fetch_add(chunk.len(), Ordering::Relaxed);
        }
    });
    Listener { seen, task }
}
