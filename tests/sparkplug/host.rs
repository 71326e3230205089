//! A Sparkplug host that is not ours.
//!
//! Takes: the broker's port, words for `host.py`.
//! Gives: what an edge node says, decoded by Tahu's protobuf; the test ends at the first rule of Sparkplug that is broken.
//! Never: a decoder of our own.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::broker::{Broker, until};

pub struct Host {
    child: Child,
    input: ChildStdin,
    said: Arc<Mutex<Said>>,
}

#[derive(Default)]
struct Said {
    messages: Vec<Value>,
    answers: usize,
}

/// The interpreter that has pysparkplug: tests/prerequisites.sh puts it there.
fn python() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python/bin/python3");
    if own.exists() { own } else { "python3".into() }
}

impl Host {
    pub async fn start(broker: &Broker) -> Host {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sparkplug/host.py");
        let mut child = Command::new(python())
            .args([script.as_os_str(), broker.port.to_string().as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is installed");
        let input = child.stdin.take().expect("it is piped");
        let (out, said) = (BufReader::new(child.stdout.take().expect("it is piped")), Arc::<Mutex<Said>>::default());
        let kept = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let mut said = kept.lock().unwrap();
                match serde_json::from_str(&line) {
                    Ok(message) => said.messages.push(message),
                    Err(_) => said.answers += 1,
                }
            }
        });
        let host = Host { child, input, said };
        until("the host listens", || host.said.lock().unwrap().answers == 1).await;
        host
    }

    /// Carries out one command.
    pub async fn tell(&mut self, words: &str) {
        let before = self.said.lock().unwrap().answers;
        writeln!(self.input, "{words}").expect("the host runs");
        until(words, || self.said.lock().unwrap().answers > before).await;
    }

    /// Everything heard so far; no rule was broken in it.
    pub fn heard(&self) -> Vec<Value> {
        let messages = self.said.lock().unwrap().messages.clone();
        for message in &messages {
            assert_eq!(message["violations"], serde_json::json!([]), "{message}");
        }
        messages
    }

    /// How many messages were heard: what comes later is news.
    pub fn now(&self) -> usize {
        self.heard().len()
    }

    /// The first message after `since` that is `wanted`.
    pub async fn hears(&self, since: usize, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut found = None;
        let end = std::time::Duration::from_secs(30);
        let begun = tokio::time::Instant::now();
        while found.is_none() {
            found = self.heard().into_iter().skip(since).find(&wanted);
            if found.is_none() && begun.elapsed() > end {
                panic!("not heard: {what}; heard: {:#?}", self.summary(since));
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        found.expect("the loop ends with it")
    }

    /// The first message of this kind of `device` after `since`.
    pub async fn word(&self, since: usize, word: &str, device: Option<&str>) -> Value {
        self.hears(since, word, |one| one["word"] == word && one["device"].as_str() == device).await
    }

    /// The first message after `since` in which a metric of `device` (or the node) is `wanted`.
    pub async fn metric(
        &self,
        since: usize,
        device: Option<&str>,
        name: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let is_it = |one: &Value| one["device"].as_str() == device && wanted(&one["metrics"][name]);
        self.hears(since, name, is_it).await["metrics"][name].clone()
    }

    fn summary(&self, since: usize) -> Vec<String> {
        self.heard().into_iter().skip(since).map(|one| one.to_string().chars().take(400).collect()).collect()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
