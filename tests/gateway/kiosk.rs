//! The browser behind a wall, started by the very command line of systemd/tocsin-kiosk.service.
//!
//! Takes: the address that `tocsin walls` prints, a folder for its profile.
//! Gives: a Chromium whose page can be looked at over its debugging port.
//! Never: a switch of its own, but those that a machine without a display needs, and the port.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::bench::once;

const UNIT: &str = include_str!("../../systemd/tocsin-kiosk.service");

/// The running browser; killed when dropped.
pub struct Kiosk {
    child: Child,
    /// Where its debugging port is.
    pub port: String,
}

/// The command behind `cage … --`, word by word.
fn command_line(profile: &Path, address: &str) -> Vec<String> {
    let unit = UNIT.replace("\\\n", " ");
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("the unit starts something");
    let (compositor, browser) = line.split_once(" -- ").expect("a compositor with the browser in it");
    assert_eq!(compositor, "/usr/bin/cage -s");
    let home = profile.to_str().expect("a plain path");
    let word = |word: &str| word.replace("\"${ADDRESS}\"", address).replace("%h", home);
    browser.split_whitespace().map(word).collect()
}

impl Kiosk {
    /// Starts it at `address`, with what it kept in `profile` when it ran before.
    pub async fn start(profile: &Path, address: &str) -> Kiosk {
        let words = command_line(profile, address);
        assert!(
            words.iter().any(|word| word == "--kiosk") && words.last().is_some_and(|last| last == address),
            "{words:?}"
        );
        let told: PathBuf = profile.join(".tocsin-kiosk/DevToolsActivePort");
        // Of a browser that was killed.
        let _ = std::fs::remove_file(&told);
        let program = std::env::var("CHROMIUM").unwrap_or_else(|_| words[0].clone());
        let child = Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--remote-debugging-port=0", "--window-size=1920,1080"])
            .args(&words[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromium starts");
        let port = once(60, "the browser says where its debugging port is", async || {
            let text = std::fs::read_to_string(&told).ok()?;
            let port: u16 = text.lines().next()?.parse().ok()?;
            Some(format!("http://127.0.0.1:{port}"))
        })
        .await;
        Kiosk { child, port }
    }

    /// The power of the machine behind the wall fails.
    pub fn kill(mut self) {
        self.child.kill().expect("it ran until now");
        self.child.wait().expect("it is ours");
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
