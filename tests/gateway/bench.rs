//! The program, installed in a folder of its own and started as a person would.
//!
//! Takes: the text of a site, settings of outputs.
//! Gives: exit codes, what it prints, its address, its log.
//! Never: a look inside: what is not seen from outside is not tested here.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::broker::{Broker, within};
use super::client::Client;
use super::site;

/// Password of the first account.
pub const PASSWORD: &str = "correct horse battery";

/// Asks every 10 ms until there is an answer.
pub async fn once<T>(seconds: u64, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < end, "not within {seconds} s: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Configuration, profiles and state of one gateway.
pub struct Installed {
    folder: TempDir,
}

impl Installed {
    /// Everything of a site but its `site.toml`.
    pub fn new() -> Installed {
        let installed = Installed { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(installed.path("site")).unwrap();
        std::fs::create_dir(installed.path("state")).unwrap();
        installed.write("site/panel-1.csv", &site::point_list());
        installed.write("password", PASSWORD);
        installed.settings("");
        installed
    }

    /// With this `site.toml`.
    pub fn with(site: &str) -> Installed {
        let installed = Installed::new();
        installed.write("site/site.toml", site);
        installed
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("it lies in our folder")).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// `tocsin.toml` with these tables of outputs.
    pub fn settings(&self, outputs: &str) {
        let profiles = Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles");
        self.write("tocsin.toml", &format!("site = \"site\"\nprofiles = [{profiles:?}]\n{outputs}"));
    }

    pub fn publish_to(&self, broker: &Broker) {
        self.settings(&format!("[mqtt]\nhost = \"127.0.0.1\"\nport = {}\n", broker.port));
    }

    /// `tocsin` with these arguments; it has no terminal and knows only where its first password lies.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
        command
            .args(arguments)
            .env("NO_COLOR", "1")
            .env("TOCSIN_ADMIN_PASSWORD_FILE", self.path("password"))
            .stdin(Stdio::null());
        command
    }

    /// Runs `command` to its end: what it says fits into a pipe.
    pub async fn ended(mut command: Command) -> (Option<i32>, String, String) {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > end {
                child.kill().unwrap();
                panic!("{command:?} does not end: {:?}", child.wait_with_output());
            }
            sleep(Duration::from_millis(10)).await;
        }
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
    }

    /// `tocsin run` on this installation, at `listen`.
    pub fn run_command(&self, listen: &str) -> Command {
        let (config, state) = (self.path(""), self.path("state"));
        let text = |path: &Path| path.to_str().expect("a plain path").to_owned();
        self.command(&["run", "--config", &text(&config), "--state", &text(&state), "--listen", listen])
    }

    /// The gateway on a free port, once it serves.
    pub async fn run(&self) -> Gateway {
        self.run_at("127.0.0.1:0").await
    }

    /// The gateway at `listen`, once it serves.
    pub async fn run_at(&self, listen: &str) -> Gateway {
        Gateway::start(self.run_command(listen), &self.path("log")).await
    }

    /// What `tocsin journal verify` says ; the chain is whole or the test ends here.
    pub async fn verify(&self) -> Value {
        Installed::whole(self.command(&[
            "journal",
            "verify",
            "--json",
            "--state",
            self.path("state").to_str().unwrap(),
        ]))
        .await
    }

    /// What a `journal verify` says.
    pub async fn whole(verify: Command) -> Value {
        let (code, out, err) = Installed::ended(verify).await;
        assert_eq!(code, Some(0), "{err}");
        serde_json::from_str(&out).unwrap()
    }
}

/// A running gateway; ended when dropped, and its log looked at.
pub struct Gateway {
    child: Child,
    /// Held open: a program whose standard output is gone cannot say where its walls are.
    out: Option<BufReader<ChildStdout>>,
    pub url: String,
    log: PathBuf,
}

impl Gateway {
    /// Starts `command` and waits for its address.
    pub async fn start(mut command: Command, log: &Path) -> Gateway {
        // Of several starts, all that was said.
        let kept = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(kept).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut gateway = Gateway { child, out: Some(out), url: String::new(), log: log.to_owned() };
        gateway.url = gateway.told("listening ").await;
        gateway
    }

    /// Where it serves walls alone, as it says after its address.
    pub async fn walls(&mut self) -> String {
        self.told("walls ").await
    }

    /// The next line that it prints, without its first word.
    async fn told(&mut self, word: &str) -> String {
        let mut out = self.out.take().expect("it is put back each time");
        let read = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            out.read_line(&mut line).map(|_| (line, out))
        });
        let read = tokio::time::timeout(Duration::from_secs(30), read).await;
        let (line, out) = read.unwrap_or_else(|_| panic!("{}", self.log())).unwrap().unwrap();
        self.out = Some(out);
        line.trim().strip_prefix(word).unwrap_or_else(|| panic!("it said {line:?} and {}", self.log())).to_owned()
    }

    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").expect("it is printed so")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// The power fails.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it in order.
    pub async fn stop(mut self) {
        assert!(Command::new("kill").arg(self.pid().to_string()).status().unwrap().success());
        let child = &mut self.child;
        within(Duration::from_secs(15), "the gateway ends", || child.try_wait().unwrap().is_some()).await;
        assert!(self.child.wait().unwrap().success(), "{}", self.log());
    }

    /// Logged in as the first account.
    pub async fn log_in(&self) -> Client {
        Client::log_in(&self.url, "admin").await
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("the gateway's log:\n{}", self.log());
        } else {
            assert!(!self.log().contains("panicked"), "{}", self.log());
        }
    }
}

pub async fn state(client: &Client) -> Value {
    client.get("/api/v1/state").await.json()
}

/// Open alarms, oldest first.
pub async fn open(client: &Client) -> Vec<Value> {
    let alarms = client.get("/api/v1/alarms?life=open").await.json();
    let mut alarms = alarms["alarms"].as_array().unwrap().clone();
    alarms.sort_by_key(|alarm| sequence(alarm["id"].as_str().unwrap()));
    alarms
}

/// The open alarm of a condition, if there is one.
pub async fn open_alarm(client: &Client, condition: &str) -> Option<Value> {
    open(client).await.into_iter().find(|alarm| alarm["condition"] == condition)
}

/// Waits until every point was read.
pub async fn all_known(client: &Client) {
    once(20, "every point is known", async || (state(client).await["unknown"]["points"] == 0).then_some(())).await;
}

/// Waits until the banner says that all is well. A gateway says so once every bus has given a sign of life.
pub async fn normal(client: &Client) {
    once(10, "the banner is normal", async || (state(client).await["banner"]["state"] == "normal").then_some(())).await;
}

/// The number after the epoch.
pub fn sequence(id: &str) -> u64 {
    id.split_once('-').expect("epoch-seq").1.parse().expect("a number")
}
