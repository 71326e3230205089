//! The sample site: its simulated field as a process, and a gateway's configuration that finds it there.
//!
//! Takes: `config/`.
//! Gives: a site folder whose buses lead to the simulated field, and commands to that field.
//! Never: a change of the site but where its buses are.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::Value;

use super::bench::Installed;

/// The field, ended when dropped.
pub struct Field {
    child: Child,
    commands: ChildStdin,
    /// It would end if nobody listened.
    said: Lines<BufReader<ChildStdout>>,
}

impl Field {
    /// Starts the field and lays the site out in `installed`.
    pub fn start(installed: &Installed) -> Field {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
        let mut simulate = installed.command(&["simulate", "--config", root.to_str().expect("a plain path")]);
        let mut child =
            simulate.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let commands = child.stdin.take().expect("it is piped");
        copy(&root.join("site"), &installed.path("site"));
        let buses = installed.path("site/conf.d/10-buses.toml");
        let text = std::fs::read_to_string(&buses).unwrap();
        let mut said = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let waited = text.matches("[[bus]]").count() - text.matches("\nlisten = ").count();
        let places: BTreeMap<String, String> = (0..waited)
            .map(|_| {
                let line = said.next().expect("a line for each bus").unwrap();
                let bus: Value = serde_json::from_str(&line).unwrap();
                let key = if bus["tcp"].is_string() { "tcp" } else { "pty" };
                (bus["bus"].as_str().unwrap().to_owned(), bus[key].as_str().unwrap().to_owned())
            })
            .collect();
        std::fs::write(&buses, placed(&text, &places)).unwrap();
        Field { child, commands, said }
    }

    /// One line command of `tocsin simulate`.
    pub fn tell(&mut self, command: &str) {
        writeln!(self.commands, "{command}").expect("the field runs");
        let done: Value = serde_json::from_str(&self.said.next().expect("it answers").unwrap()).unwrap();
        assert_eq!(done["done"], command, "{done}");
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The buses with the places of the simulated field.
fn placed(text: &str, places: &BTreeMap<String, String>) -> String {
    let mut bus = "";
    let place = |line: &str, bus: &str| match line.split_once(" = ") {
        Some((key @ ("tcp" | "serial"), _)) => format!("{key} = \"{}\"\n", places[bus]),
        Some(("listen", _)) => "listen = \"127.0.0.1:0\"\n".to_owned(),
        _ => format!("{line}\n"),
    };
    let mut written = String::new();
    for line in text.lines() {
        if let Some(id) = line.strip_prefix("id = ") {
            bus = id.trim_matches('"');
        }
        written += &place(line, bus);
    }
    written
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}
