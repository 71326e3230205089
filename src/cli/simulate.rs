//! `tocsin simulate`: the field alone, every bus of a site behind a real endpoint.
//!
//! Takes: a site's configuration, a scenario, line commands on standard input.
//! Gives: one JSON line per bus on standard output, the story on standard error.
//! Never: anything but loopback ports and pseudo-terminals.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::config::problem::{Problem, did_you_mean};
use crate::config::{self, daemon};
use crate::engine::site::{Endpoint, Port, Site};
use crate::sim::{
    Control, Fault, Impossible, Options, Resting, Running, Scenario, SimulatedSite, Told, Trouble, fault, named,
    shipped, trouble,
};

/// Serve a simulated field: every device of a site, from its profile
#[derive(Clone, Debug, Args)]
pub struct SimulateArgs {
    /// tocsin.toml, the folder that holds it, or a site folder
    #[arg(long, value_name = "PATH", default_value = "/etc/tocsin")]
    pub config: PathBuf,
    /// Story to play: a file, or the name of one beside the site or of a shipped one; without it the field rests
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// How much faster than life the story goes
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    pub speed: f64,
    /// Decides how measurements wander
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// End by itself after so many seconds
    #[arg(long, value_name = "N")]
    pub seconds: Option<u64>,
}

/// Runs until it is told to end. Exit codes: 0 ended as asked, 1 failed, 2 usage or configuration.
pub fn run(args: &SimulateArgs) -> ExitCode {
    let (site, resting, scenario) = match prepare(args) {
        Ok(prepared) => prepared,
        Err(problems) => {
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            return ExitCode::from(2);
        }
    };
    let served = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .and_then(|runtime| runtime.block_on(serve(args, site, &resting, scenario)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the simulated field cannot be served: {error}");
            ExitCode::from(1)
        }
    }
}

/// Reads the site and what shall happen at it; what is worth a look goes to standard error.
fn prepare(args: &SimulateArgs) -> Result<(Site, Resting, Scenario), Vec<String>> {
    if !(args.speed > 0.0 && args.speed <= 10_000.0) {
        return Err(vec![format!("--speed {}: allowed: more than 0, at most 10000", args.speed)]);
    }
    let texts = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    // What is worth a look in the daemon's own settings is not this command's to tell.
    let (settings, _) = daemon::load(&args.config, &daemon::environment()).map_err(texts)?;
    let folder = settings.site;
    let (site, mut doubts) = config::load(&folder, &settings.profiles).map_err(texts)?;
    let (file, text) = resting_text(&folder)?;
    let (resting, more) = Resting::parse(&file, &text, &site).map_err(texts)?;
    doubts.extend(more);
    let scenario = match &args.scenario {
        Some(name) => {
            let (file, text) = scenario_text(name, &folder)?;
            Scenario::parse(&file, &text, &site).map_err(texts)?
        }
        None => Scenario::default(),
    };
    doubts.iter().for_each(|doubt| eprintln!("{doubt}"));
    Ok((site, resting, scenario))
}

fn resting_text(folder: &Path) -> Result<(String, String), Vec<String>> {
    match near(folder, "resting") {
        Some(path) => read(&path),
        None => Ok(("resting.toml".to_owned(), shipped::RESTING.to_owned())),
    }
}

/// A story by path, by name beside the site, or by name among the shipped ones.
pub(crate) fn scenario_text(name: &str, folder: &Path) -> Result<(String, String), Vec<String>> {
    if name.ends_with(".toml") || name.contains('/') {
        return read(Path::new(name));
    }
    if let Some(path) = near(folder, name) {
        return read(&path);
    }
    match shipped::scenario(name) {
        Some(text) => Ok((format!("{name}.toml"), text.to_owned())),
        None => {
            let hint = did_you_mean(name, shipped::SCENARIOS.map(|(known, _)| known));
            Err(vec![format!("no scenario is called \"{name}\"; {hint}")])
        }
    }
}

fn near(folder: &Path, name: &str) -> Option<PathBuf> {
    let file = format!("{name}.toml");
    [folder.join("scenarios"), folder.join("../scenarios")]
        .map(|near| near.join(&file))
        .into_iter()
        .find(|p| p.is_file())
}

fn read(path: &Path) -> Result<(String, String), Vec<String>> {
    let text = std::fs::read_to_string(path).map_err(|error| vec![format!("{}: {error}", path.display())])?;
    Ok((path.display().to_string(), text))
}

async fn serve(args: &SimulateArgs, site: Site, resting: &Resting, scenario: Scenario) -> std::io::Result<()> {
    let options = Options { speed: args.speed, seed: args.seed };
    let order: Vec<_> = site.buses.iter().map(|bus| bus.id.clone()).collect();
    let mut running = SimulatedSite::start(Arc::new(site), resting, scenario, options).await?;
    let mut out = std::io::stdout();
    for bus in order {
        let line = match running.endpoints.get(&bus) {
            Some(Endpoint::Tcp(address)) => serde_json::json!({ "bus": bus, "tcp": address }),
            Some(Endpoint::RtuTcp(address)) => serde_json::json!({ "bus": bus, "tcp": address, "framing": "rtu" }),
            Some(Endpoint::Serial(line)) => serde_json::json!({ "bus": bus, "pty": line.path }),
            Some(Endpoint::Text(Port::Serial(line))) => {
                serde_json::json!({ "bus": bus, "pty": line.path, "protocol": "text" })
            }
            Some(Endpoint::Text(Port::Tcp(address))) => {
                serde_json::json!({ "bus": bus, "tcp": address, "protocol": "text" })
            }
            // These devices call the gateway; nothing is served for it.
            Some(Endpoint::Gbt26875(_)) | None => continue,
        };
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    until_the_end(args, &mut running).await?;
    running.stop().await;
    Ok(())
}

/// Tells the story and obeys, until time is up, `quit` is said or a signal comes.
async fn until_the_end(args: &SimulateArgs, running: &mut Running) -> std::io::Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (control, mut lines) = (running.control(), typed_lines());
    // A century serves as "never".
    let length = Duration::from_secs(args.seconds.unwrap_or(100 * 365 * 86_400));
    let end = tokio::time::sleep(length);
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
            Some(told) = running.story.recv() => eprintln!("{}", sentence(&told)),
            Some(line) = lines.recv() => match obey(&control, &line) {
                Ok(Outcome::Quit) => return Ok(()),
                Ok(Outcome::Nothing) => {}
                Ok(Outcome::Done) => println!("{}", serde_json::json!({ "done": line.trim() })),
                Err(error) => println!("{}", serde_json::json!({ "error": error })),
            },
        }
    }
}

/// Lines of standard input as they come. Its end is no end of the simulation: a service has none.
fn typed_lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(16);
    // Reading standard input blocks and cannot be called off: the thread ends with the process.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn sentence(told: &Told) -> String {
    let seconds = told.at.as_secs();
    format!("{:02}:{:02}  {}  {}", seconds / 60, seconds % 60, told.text.zh, told.text.en)
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Nothing,
    Quit,
}

fn obey(control: &Control, line: &str) -> Result<Outcome, String> {
    const VERBS: [&str; 5] = ["set", "fault", "cut", "mend", "quit"];
    let words: Vec<&str> = line.split_whitespace().collect();
    let done = match words[..] {
        [] => return Ok(Outcome::Nothing),
        ["quit"] => return Ok(Outcome::Quit),
        ["set", point, value] => control.set_typed(point, value),
        ["fault", whose, mode] => misbehave(control, whose, mode, None)?,
        ["fault", whose, mode, number] => {
            let parsed = number.parse().map_err(|_| format!("\"{number}\" is no whole number"))?;
            misbehave(control, whose, mode, Some(parsed))?
        }
        ["cut", bus] => control.cut(bus, true),
        ["mend", bus] => control.cut(bus, false),
        [verb, ..] if VERBS.contains(&verb) => {
            return Err("write: set POINT VALUE, fault DEVICE|BUS MODE [NUMBER], cut BUS, mend BUS or quit".to_owned());
        }
        [verb, ..] => return Err(format!("unknown command \"{verb}\"; {}", did_you_mean(verb, VERBS))),
    };
    done.map(|()| Outcome::Done).map_err(|error| error.to_string())
}

/// A device misbehaves, or a bus where no device is called so.
fn misbehave(
    control: &Control,
    whose: &str,
    mode: &str,
    number: Option<u64>,
) -> Result<Result<(), Impossible>, String> {
    let is_bus =
        control.look(|world| named::bus(world.site(), whose).is_some() && named::device(world.site(), whose).is_none());
    let unknown =
        |known: &[&str]| format!("no fault is called \"{mode}\"; {}", did_you_mean(mode, known.iter().copied()));
    Ok(if is_bus {
        let trouble = Trouble::named(mode, number).ok_or_else(|| unknown(&trouble::TROUBLES))?;
        control.trouble(whose, trouble)
    } else {
        let fault = Fault::named(mode, number).ok_or_else(|| unknown(&fault::MODES))?;
        control.fault(whose, fault)
    })
}
