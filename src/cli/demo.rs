//! `tocsin demo`: a simulated building, the gateway on it, and the page, in one command.
//!
//! Takes: a scenario's name and a speed; nothing has to be installed or configured.
//! Gives: the address of the page and the password to act with.
//! Never: shortcuts. The gateway reads the simulated field over real sockets and a pseudo-terminal.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;

use super::run::{finish, preset, serve, start_log};
use super::{demo_reporter, shipped_site, simulate};
use crate::config;
use crate::config::daemon::{Certificates, Walls};
use crate::daemon::Plan;
use crate::edge::sounder;
use crate::edge::trends::Retention;
use crate::sim::{Options, Resting, Running, Scenario, SimulatedSite};

/// Show Tocsin with a simulated building
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// Story to play: smoke, mains-out, lift-entrapment, gas-release, … (config/scenarios lists them), or a file
    #[arg(long, value_name = "NAME", default_value = "smoke")]
    pub scenario: String,
    /// How much faster than life the story goes
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    pub speed: f64,
    /// Address of the page; port 0 takes any and prints it
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Keep journal, trends and accounts here instead of throwing them away
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// End by itself after so many seconds
    #[arg(long, value_name = "N")]
    pub seconds: Option<u64>,
}

/// Runs until it is told to end. Exit codes: 0 ended as asked, 1 failed, 2 usage or configuration.
pub fn run(args: &DemoArgs) -> ExitCode {
    if !(args.speed > 0.0 && args.speed <= 10_000.0) {
        eprintln!("--speed {}: allowed: more than 0, at most 10000", args.speed);
        return ExitCode::from(2);
    }
    start_log("warn");
    let own = std::env::temp_dir().join(format!("tocsin-demo-{}", std::process::id()));
    let state = args.state.clone().unwrap_or_else(|| own.clone());
    let ended = play(args, &state);
    if args.state.is_none()
        && let Err(error) = std::fs::remove_dir_all(&own)
    {
        eprintln!("{}: {error}", own.display());
    }
    finish(ended)
}

fn play(args: &DemoArgs, state: &Path) -> anyhow::Result<()> {
    let shipped = state.join("shipped");
    shipped_site::unpack(&shipped).with_context(|| format!("cannot write to {}", shipped.display()))?;
    let folder = shipped.join("site");
    let loaded = config::load(&folder, &[shipped.join("device-profiles")]);
    let (site, _) = loaded.map_err(|problems| told(&problems))?;
    let (resting, _) =
        Resting::parse("resting.toml", crate::sim::shipped::RESTING, &site).map_err(|problems| told(&problems))?;
    let (file, text) = match simulate::scenario_text(&args.scenario, &folder) {
        Ok(found) => found,
        Err(problems) => bail!(problems.join("\n")),
    };
    let scenario = Scenario::parse(&file, &text, &site).map_err(|problems| told(&problems))?;

    // The field has a runtime of its own, as it would have a network of its own.
    let field = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let options = Options { speed: args.speed, seed: 1 };
    let mut running = field.block_on(SimulatedSite::start(Arc::new(site), &resting, scenario, options))?;
    let mut site = running.site();
    let reporters = {
        let _within = field.enter();
        demo_reporter::call(&mut site)?
    };
    let plan = Plan {
        site: Arc::new(site),
        state_dir: state.to_path_buf(),
        listen: args.listen,
        https: None,
        certificates: Certificates::default(),
        public_read: true,
        walls: Walls::default(),
        sounder: sounder::Settings::default(),
        mqtt: None,
        sparkplug: None,
        influx: None,
        uplink: None,
        retention: Retention::default(),
        keep: None,
        trace: 64 << 20,
        admin_password_file: preset(),
        configuration: Vec::new(),
        accepted: None,
    };
    println!("a simulated building plays \"{}\"; stop with Ctrl-C", args.scenario);
    let ended = serve(plan, args.seconds, tell(&mut running));
    drop(reporters);
    field.block_on(running.stop());
    ended
}

/// Tells the story as it goes on; never ends.
async fn tell(running: &mut Running) {
    while let Some(told) = running.story.recv().await {
        println!("{:>4} s  {} | {}", told.at.as_secs(), told.text.zh, told.text.en);
    }
    std::future::pending().await
}

fn told(problems: &[config::Problem]) -> anyhow::Error {
    anyhow::anyhow!(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}
