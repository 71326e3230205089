//! `tocsin walls`: the address of each wall with its token, for whoever sets up the screens.
//!
//! Takes: `tocsin.toml` and the state folder.
//! Gives: one line for each wall, after the journal has that somebody saw them.
//! Never: makes a token; the gateway does at its start, as the user who has to read it.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use super::noted;
use crate::config::daemon::{self, Daemon};
use crate::edge::web::kept_wall_token;
use crate::engine::alarm::AccessChange;

/// Print the address of each wall with its token
#[derive(Clone, Debug, Args)]
pub struct WallsArgs {
    /// tocsin.toml or the folder that holds it
    #[arg(long, value_name = "PATH", default_value = "/etc/tocsin")]
    pub config: PathBuf,
    /// State directory, instead of the configured one
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Prints the addresses to `out`. Exit codes: 0 fine, 1 a wall has no token, 2 configuration.
///
/// # Errors
/// A wall has no token that can be used; those that have one were printed.
pub fn run(args: &WallsArgs, out: &mut impl Write, err: &mut impl Write) -> Result<u8> {
    let settings = match daemon::load(&args.config, &daemon::environment()) {
        Ok((settings, _)) => settings,
        Err(problems) => {
            for problem in problems {
                writeln!(err, "{problem}")?;
            }
            return Ok(2);
        }
    };
    let state = args.state.as_ref().unwrap_or(&settings.state);
    let base = base(&settings, &host());
    let (mut lacking, mut held) = (Vec::new(), Vec::new());
    for wall in &settings.walls.list {
        match kept_wall_token(state, wall) {
            Ok(Some(token)) => held.push((wall, token)),
            Ok(None) => lacking.push(format!("wall {}: no token yet; the gateway makes it when it starts", wall.id)),
            Err(error) => lacking.push(format!("wall {}: {error}", wall.id)),
        }
    }
    if !held.is_empty() {
        let ids: Vec<&str> = held.iter().map(|(wall, _)| wall.id.as_str()).collect();
        noted::access(state, noted::of(AccessChange::WallTokensShown, &ids.join(" ")), err)
            .context("nothing is shown, because the journal cannot have it")?;
    }
    for (wall, token) in held {
        let address = format!("{base}/wall/{}?token={token}", wall.id);
        if args.json {
            let line = serde_json::json!({ "id": wall.id, "name": wall.name, "registered": wall.registered, "address": address });
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{:<16} {address}", wall.id)?;
        }
    }
    if settings.walls.list.is_empty() {
        writeln!(err, "tocsin.toml has no [[wall]]; `/wall` is there for whoever may read")?;
    }
    if !lacking.is_empty() {
        bail!(lacking.join("\n"));
    }
    Ok(0)
}

/// Where walls are served, as it is reached from another machine.
fn base(settings: &Daemon, host: &str) -> String {
    let listen = settings.walls.listen.unwrap_or(settings.listen);
    let at = if listen.ip().is_unspecified() {
        format!("{host}:{}", listen.port())
    } else {
        SocketAddr::new(listen.ip(), listen.port()).to_string()
    };
    let scheme = if settings.https.is_some() { "https" } else { "http" };
    format!("{scheme}://{at}")
}

/// The name of this machine.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "localhost".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::journal::Journal;
    use crate::engine::base::Now;

    fn ran(text: &str, token: Option<&str>) -> (Result<u8>, String, String) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tocsin.toml"), format!("state = \".\"\n{text}")).unwrap();
        if let Some(token) = token {
            std::fs::write(folder.path().join("wall-lobby.token"), token).unwrap();
        }
        let args = WallsArgs { config: folder.path().to_owned(), state: None, json: false };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(&args, &mut out, &mut err);
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    const LOBBY: &str = "[[wall]]\nid = \"lobby\"\nname = { zh = \"大堂\", en = \"Lobby\" }\n";

    #[test]
    fn each_wall_is_told_its_address_with_its_token() {
        let listen = "[walls]\nlisten = \"10.0.0.1:8081\"\n";
        let (code, out, _) = ran(&format!("{listen}{LOBBY}"), Some("abcde-fghjk-mnpqr-stuvw\n"));
        assert_eq!(code.unwrap(), 0);
        assert_eq!(out, "lobby            http://10.0.0.1:8081/wall/lobby?token=abcde-fghjk-mnpqr-stuvw\n");
    }

    #[test]
    fn whoever_saw_the_tokens_is_in_the_journal_and_the_tokens_are_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tocsin.toml"), format!("state = \".\"\n{LOBBY}")).unwrap();
        std::fs::write(folder.path().join("wall-lobby.token"), "abcde-fghjk-mnpqr-stuvw\n").unwrap();
        drop(Journal::open(folder.path(), Now::default()).unwrap());
        let args = WallsArgs { config: folder.path().to_owned(), state: None, json: false };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        assert_eq!(run(&args, &mut out, &mut err).unwrap(), 0);
        let tail = Journal::open(folder.path(), Now::default()).unwrap().tail;
        let fact = serde_json::to_string(&tail[0]).unwrap();
        assert!(fact.contains(r#""change":"wall-tokens-shown","whom":"lobby""#) && !fact.contains("abcde"), "{fact}");
    }

    #[test]
    fn a_wall_without_a_token_is_told_and_none_is_made_here() {
        let (code, out, _) = ran(LOBBY, None);
        assert_eq!((out.as_str(), code.unwrap_err().to_string().contains("lobby: no token yet")), ("", true));
        let (code, _, err) = ran("[[wal]]\n", None);
        assert_eq!((code.unwrap(), err.contains("did you mean \"wall\"?")), (2, true), "{err}");
    }

    #[test]
    fn a_listener_everywhere_is_reached_by_the_name_of_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tocsin.toml"), "listen = \"0.0.0.0:80\"\n").unwrap();
        let (settings, _) = daemon::load(folder.path(), &[]).unwrap();
        assert_eq!(base(&settings, "gateway"), "http://gateway:80");
    }
}
