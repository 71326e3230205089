//! `tocsin run`: the gateway.
//!
//! Takes: `tocsin.toml`, the site folder, profiles, the environment.
//! Gives: a running gateway, until a signal or `--seconds`.
//! Never: starts on a configuration that was refused while an accepted one is at hand; a wrong device disables only
//! itself and is a fault (design §6).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::config::daemon::{self, Daemon};
use crate::config::{self, Problem, Severity};
use crate::daemon::{Plan, accepted, run as run_gateway};
use crate::edge::gbt26875::frame::{Dialect, Edition};
use crate::edge::gbt26875::uplink;
use crate::edge::trends::Retention;
use crate::edge::{influx, sounder};
use crate::engine::base::{Text, in_chinese};
use crate::engine::site::Site;

/// Run the gateway
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// tocsin.toml, the folder that holds it, or a site folder
    #[arg(long, value_name = "PATH", default_value = "/etc/tocsin")]
    pub config: PathBuf,
    /// State directory, instead of the configured one
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Address to listen on, instead of the configured one; port 0 takes any and prints it
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<SocketAddr>,
    /// End by itself after so many seconds
    #[arg(long, value_name = "N")]
    pub seconds: Option<u64>,
}

/// What became of the configuration.
struct Configuration {
    /// What is wrong with it although the gateway runs.
    faults: Vec<(String, Option<Text>)>,
    /// Where it was read from, if it was accepted.
    accepted: Option<accepted::Folders>,
}

/// Runs until it is told to end. Exit codes: 0 ended as asked, 1 failed, 2 usage or configuration.
pub fn run(args: &RunArgs) -> ExitCode {
    let (mut settings, doubts) = match daemon::load(&args.config, &daemon::environment()) {
        Ok(loaded) => loaded,
        Err(problems) => return refused(&problems),
    };
    doubts.iter().for_each(|doubt| eprintln!("{doubt}"));
    if let Some(state) = &args.state {
        settings.state.clone_from(state);
    }
    settings.listen = args.listen.unwrap_or(settings.listen);
    start_log(&settings.log);
    let (site, configuration) = match site(&settings) {
        Ok(site) => site,
        Err(problems) => return refused(&problems),
    };
    finish(serve(plan(settings, site, configuration), args.seconds, std::future::pending()))
}

/// The state directory that a configuration names.
pub(super) fn state_of(config: &Path) -> Result<PathBuf, Vec<Problem>> {
    daemon::load(config, &daemon::environment()).map(|(settings, _)| settings.state)
}

/// Tells what is wrong; exit code 2.
pub(super) fn refused(problems: &[Problem]) -> ExitCode {
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    ExitCode::from(2)
}

/// The exit code of a gateway that has ended; what failed is told in one line.
pub(super) fn finish(ended: anyhow::Result<()>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Log lines go to standard error; `RUST_LOG` refines the configured level.
pub(super) fn start_log(level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    // A second call, in one process, keeps the first log.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

/// The site as configured; else, with a fault, as it was accepted last.
fn site(settings: &Daemon) -> Result<(Site, Configuration), Vec<Problem>> {
    match config::load_lenient(&settings.site, &settings.profiles) {
        Ok((site, problems)) => {
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            let mut faults = vec![(String::new(), None)];
            faults.extend(site.devices.iter().map(|device| {
                let fault = device.refused.as_ref().map(|reason| {
                    Text::new(
                        &format!("配置有误，设备停用：{reason}"),
                        &format!("Wrong configuration, device disabled: {reason}"),
                    )
                });
                (device.id.to_string(), fault)
            }));
            let folders = accepted::Folders { site: settings.site.clone(), profiles: settings.profiles.clone() };
            Ok((site, Configuration { faults, accepted: Some(folders) }))
        }
        Err(problems) => {
            let Ok((site, _)) = accepted::load(&settings.state) else { return Err(problems) };
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            eprintln!("running on the configuration that was accepted last");
            let first = problems.iter().find(|problem| problem.severity == Severity::Error);
            let first = first.map(ToString::to_string).unwrap_or_default();
            let fault = Text::new(
                &format!("配置有误，沿用上次接受的配置：{}", in_chinese(&first)),
                &format!("The configuration is wrong; running on the one accepted last: {first}"),
            );
            Ok((site, Configuration { faults: vec![(String::new(), Some(fault))], accepted: None }))
        }
    }
}

fn plan(settings: Daemon, site: Site, configuration: Configuration) -> Plan {
    let public_read = settings.reads_openly();
    Plan {
        site: Arc::new(site),
        listen: settings.listen,
        https: settings.https,
        certificates: settings.certificates,
        public_read,
        walls: settings.walls,
        sounder: settings
            .sounder
            .map(|held| sounder::Settings { alsa: held.alsa, relay: held.relay })
            .unwrap_or_default(),
        mqtt: settings.mqtt,
        sparkplug: settings.sparkplug,
        influx: settings.influx.map(|influx| influx::Settings {
            url: influx.url,
            org: influx.org,
            bucket: influx.bucket,
            token_file: influx.token_file,
            refused_file: settings.state.join("influx-refused.txt"),
            batch: influx::BATCH,
            waits: influx::Waits::default(),
        }),
        uplink: settings.uplink.map(|uplink| uplink::Settings {
            centre: uplink.centre,
            udp: uplink.udp,
            source: uplink.source,
            destination: uplink.destination,
            version: uplink.version,
            dialect: Dialect { edition: Edition::V2011, checksum: uplink.checksum },
            bounds: uplink::Bounds {
                answer_within: uplink.answer_within,
                resends: uplink.resends,
                heartbeat: uplink.heartbeat,
            },
        }),
        retention: Retention {
            raw: settings.trends.raw,
            minute: settings.trends.minute,
            quarter: settings.trends.quarter,
            hour: settings.trends.hour,
            day: settings.trends.day,
        },
        keep: settings.keep,
        trace: settings.trace,
        state_dir: settings.state,
        admin_password_file: preset(),
        configuration: configuration.faults,
        accepted: configuration.accepted,
    }
}

/// The file that presets the first account's password.
pub(super) fn preset() -> Option<PathBuf> {
    std::env::var_os("TOCSIN_ADMIN_PASSWORD_FILE").map(|path| Path::new(&path).to_path_buf())
}

/// Runs a plan until a signal, `seconds`, or `enough`.
pub(super) fn serve(plan: Plan, seconds: Option<u64>, enough: impl Future<Output = ()>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let stop = CancellationToken::new();
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let running = run_gateway(plan, stop.clone());
        let mut running = std::pin::pin!(running);
        // A century serves as "never".
        let length = Duration::from_secs(seconds.unwrap_or(100 * 365 * 86_400));
        tokio::select! {
            ended = &mut running => return ended,
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = tokio::time::sleep(length) => {}
            () = enough => {}
        }
        stop.cancel();
        running.await
    })
}
