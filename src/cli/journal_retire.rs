//! `tocsin journal retire`: the oldest records leave the journal, with the manager's approval (RC-01).
//!
//! Takes: the settings, which say how long records are kept; the state directory of a gateway that does not run (one that
//! runs does it itself); a manager's name and password; a reason.
//! Gives: an archive and a signed checkpoint, and one line that says so.
//! Never: takes a record out without approval, or where the site keeps its journal for ever.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use super::user::password_of;
use crate::config::daemon;
use crate::edge::clock::Clock;
use crate::edge::journal::JournalError;
use crate::edge::journal::retire::{self, KEPT, Order};
use crate::edge::web::Accounts;
use crate::engine::base::{Actor, Role, Wall};

/// Who approves what.
#[derive(Debug, Args)]
pub struct RetireArgs {
    /// tocsin.toml or the folder that holds it: `keep` of `[journal]` says what is old enough
    #[arg(long, value_name = "PATH", default_value = "/etc/tocsin")]
    pub config: PathBuf,
    /// State directory, instead of the configured one; a gateway that runs is asked on its page /journal instead
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Only up to this fact; all that may be taken out where it is left out
    #[arg(long, value_name = "SEQ")]
    pub until: Option<u64>,
    /// The manager who approves it
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// First line of this file is the manager's password; standard input without it
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// Takes the oldest records out.
///
/// # Errors
/// The settings are wrong or keep the journal for ever; nobody approved it; nothing may be taken out; the disk fails.
pub fn run(args: &RetireArgs, out: &mut impl Write) -> Result<()> {
    let settings = daemon::load(&args.config, &daemon::environment());
    let (settings, _) = settings.map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow!(lines.join("\n"))
    })?;
    let keep = settings
        .keep
        .context("the site keeps its journal for ever; `keep` of [journal] in tocsin.toml says otherwise")?;
    let state = args.state.clone().unwrap_or(settings.state);
    if args.reason.trim().is_empty() {
        bail!("--reason: say why");
    }
    if !state.join("accounts.db").exists() {
        bail!("{}: there are no accounts, so nobody can approve it", state.display());
    }
    let accounts = Accounts::open(&state)?;
    let secret = password_of(args.password_file.as_deref())?;
    if !accounts.verify(&args.by, &secret)? {
        bail!("the name and the password do not belong together");
    }
    let account = accounts.list()?.into_iter().find(|account| account.name == args.by);
    let role = account.map(|account| account.role).filter(|role| *role >= Role::Manager);
    let role =
        role.with_context(|| format!("{} is no manager; records are taken out with a manager's approval", args.by))?;
    let now = Clock::start().now().wall;
    let keep = i64::try_from(keep.as_micros()).unwrap_or(i64::MAX);
    let by = Actor { user: args.by.clone(), role, origin: "command line".into() };
    let order = Order {
        reason: args.reason.trim().to_owned(),
        before: Wall(now.0.saturating_sub(keep)),
        upto: args.until,
        kept: KEPT,
        now,
        consumers: Vec::new(),
        room: 0,
    };
    let (checkpoint, word) = retire::retire(&state, &by, &order).map_err(|error| match error {
        JournalError::InUse { path, pid } => runs(&path, pid),
        other => other.into(),
    })?;
    writeln!(
        out,
        "{} facts up to {} are sealed in archive/{}; {} of them and of earlier ones stay at hand; checkpoint signed by ed25519 {}",
        word.removed, word.upto, word.archive, word.kept, checkpoint.key
    )?;
    Ok(())
}

/// A gateway holds the journal, and retires records itself.
fn runs(state: &Path, pid: Option<u32>) -> anyhow::Error {
    let pid = pid.map(|pid| format!(" (process {pid})")).unwrap_or_default();
    anyhow!(
        "{}: in use by another Tocsin{pid}, which retires records while it runs: as a manager on the page /journal of its \
         console, or by POST /api/v1/journal/retirement",
        state.display()
    )
}
