//! `tocsin.toml` and `TOCSIN_*` -> the daemon's own settings.
//!
//! Takes: a file or a folder, and the environment.
//! Gives: [`Daemon`].
//! Never: a secret. Passwords and tokens are named by file, and only the file's name is held here.

mod broker;
mod https;
mod journal;
mod kept;
pub mod keys;
mod mqtt;
mod sounder;
mod sparkplug;
mod tls;
mod uplink;
mod validity;
mod walls;

pub use broker::Broker;
pub use https::{Https, Pair};
pub use kept::Kept;
pub use mqtt::{HomeAssistant, Mqtt, MqttVersion};
pub use sounder::Sounder;
pub use sparkplug::Sparkplug;
pub use tls::{Flaw, Tls};
pub use uplink::Uplink;
pub use validity::{Certificates, Named, Validity};
pub use walls::{Palette, Wall, WallTheme, Walls};

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use config::{Config, Environment, File, FileFormat};
use serde::Deserialize;

use super::document::{Fields, Node, Source};
use super::layout;
use super::problem::{Problem, Problems, Spot, did_you_mean};

/// The file.
pub const FILE: &str = "tocsin.toml";

/// Where shipped profiles are installed.
pub const SHIPPED: &str = "/usr/share/tocsin/device-profiles";

/// Read elsewhere: the first account's password at installation (design §6).
const FOREIGN: [&str; 1] = ["TOCSIN_ADMIN_PASSWORD_FILE"];

/// The daemon's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Daemon {
    /// Where HTTP listens; port 0 takes any.
    pub listen: SocketAddr,
    /// Whether reading needs no session; nothing when it follows from the address ([`Daemon::reads_openly`]).
    pub public_read: Option<bool>,
    /// Over TLS, and with which certificate; plain without it.
    pub https: Option<Https>,
    /// Which certificates there are, and how long before their end that is a fault.
    pub certificates: Certificates,
    /// Where journal and trends are.
    pub state: PathBuf,
    /// The site folder.
    pub site: PathBuf,
    /// Folders of profiles, the first that has one wins.
    pub profiles: Vec<PathBuf>,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub log: String,
    /// The displays on walls.
    pub walls: Walls,
    /// What sounds on this machine itself.
    pub sounder: Option<Sounder>,
    /// How long records stay in the journal; for ever without it.
    pub keep: Option<Duration>,
    /// How many bytes of what the engine was told are kept; 0 for none.
    pub trace: u64,
    /// The MQTT broker.
    pub mqtt: Option<Mqtt>,
    /// The Sparkplug host.
    pub sparkplug: Option<Sparkplug>,
    /// The time-series server.
    pub influx: Option<Influx>,
    /// The city centre.
    pub uplink: Option<Uplink>,
    /// How long trends are kept.
    pub trends: Kept,
}

/// The time-series server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Influx {
    /// Address of the server.
    pub url: String,
    /// Organisation.
    pub org: String,
    /// Bucket.
    pub bucket: String,
    /// File whose first line is the token.
    pub token_file: Option<PathBuf>,
}

impl Daemon {
    /// Whether reading needs no session: as set, else on loopback only (design §6).
    pub fn reads_openly(&self) -> bool {
        self.public_read.unwrap_or(self.listen.ip().is_loopback())
    }
}

/// The variables of this process that begin with `TOCSIN_`.
pub fn environment() -> Vec<(String, String)> {
    let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(utf8).filter(|(name, _)| name.starts_with("TOCSIN_")).collect()
}

/// Reads the settings. `path` is `tocsin.toml`, a folder that holds it, or a site folder (then everything else has its
/// default). `environment` overrides the file, key by key. Gives them with what is worth a look, or everything wrong.
pub fn load(path: &Path, environment: &[(String, String)]) -> Result<(Daemon, Vec<Problem>), Vec<Problem>> {
    let problems = Problems::default();
    let daemon = locate(path, &problems).and_then(|found| merge(&found, environment, &problems));
    match daemon {
        Some(daemon) if !problems.has_errors() => Ok((daemon, problems.sorted())),
        _ => Err(problems.sorted()),
    }
}

struct Found {
    /// Text of the file; empty when only a site folder was named.
    text: String,
    /// Relative paths in the file start here.
    folder: PathBuf,
    /// Name of the file in problems.
    name: String,
    /// The site folder when nothing names another.
    site: PathBuf,
}

fn locate(path: &Path, problems: &Problems) -> Option<Found> {
    let name = |path: &Path| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let is_folder = path.is_dir();
    let file = if is_folder { path.join(FILE) } else { path.to_owned() };
    let folder = if is_folder { path.to_owned() } else { path.parent().unwrap_or(Path::new("")).to_owned() };
    if is_folder && !file.exists() {
        if layout::is_site(path) {
            return Some(Found { text: String::new(), site: folder.clone(), folder, name: FILE.to_owned() });
        }
        let message = format!("there is neither {FILE} nor {} in it", layout::SITE);
        problems.error(Spot::file(&path.display().to_string()), message, "");
        return None;
    }
    match fs::read_to_string(&file) {
        Ok(text) => Some(Found { text, site: folder.join("site"), folder, name: name(&file) }),
        Err(error) => {
            problems.error(Spot::file(&file.display().to_string()), format!("cannot be read: {error}"), "");
            None
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    listen: Option<String>,
    public_read: Option<bool>,
    certificate_days: Option<i64>,
    state: Option<String>,
    site: Option<String>,
    profiles: Option<Vec<String>>,
    log: Option<String>,
    #[serde(default)]
    walls: walls::RawWalls,
    tls: Option<https::RawTls>,
    sounder: Option<sounder::RawSounder>,
    #[serde(default)]
    journal: journal::RawJournal,
    mqtt: Option<mqtt::RawMqtt>,
    sparkplug: Option<sparkplug::RawSparkplug>,
    influx: Option<RawInflux>,
    uplink: Option<uplink::RawUplink>,
    #[serde(default)]
    trends: kept::RawKept,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawInflux {
    url: Option<String>,
    org: Option<String>,
    bucket: Option<String>,
    token_file: Option<String>,
}

fn merge(found: &Found, environment: &[(String, String)], problems: &Problems) -> Option<Daemon> {
    let source = Source::new(&found.name, found.text.clone());
    let table = source.parse(problems)?;
    let root = source.root(&table, &keys::DAEMON, problems);
    let overrides = overrides(environment, problems);
    let places = Places { root: &root, overrides: &overrides, folder: &found.folder };
    check_types(&root, &overrides, problems);
    if problems.has_errors() {
        return None;
    }
    let given = Environment::default()
        .separator(".")
        .try_parsing(true)
        .list_separator(":")
        .with_list_parse_key("profiles")
        .source(Some(overrides.clone()));
    let built = Config::builder().add_source(File::from_str(&found.text, FileFormat::Toml)).add_source(given).build();
    match built.and_then(Config::try_deserialize::<Raw>) {
        Ok(raw) => Some(settle(raw, &places, found, problems)),
        Err(error) => {
            // The file's own types have been checked above: what is left comes from a variable.
            problems.error(Spot::file("environment"), error.to_string(), "");
            None
        }
    }
}

/// The variables that name a key, by key. One that is nearly a key is a slip of the pen.
fn overrides(environment: &[(String, String)], problems: &Problems) -> HashMap<String, String> {
    let known: HashMap<String, String> = keys::overridable().map(|key| (keys::variable(&key), key)).collect();
    let mut overrides = HashMap::new();
    for (name, value) in environment.iter().filter(|(name, _)| name.starts_with("TOCSIN_")) {
        match known.get(name) {
            Some(key) => {
                overrides.insert(key.clone(), value.clone());
            }
            None if FOREIGN.contains(&name.as_str()) => {}
            None => {
                let mut names: Vec<&str> = known.keys().map(String::as_str).collect();
                names.sort_unstable();
                let hint = did_you_mean(name, names);
                problems.warning(Spot::file("environment"), format!("unknown variable \"{name}\""), hint);
            }
        }
    }
    overrides
}

/// Unknown keys and wrong types of the file, all of them, with their places. What a table needs may come from a variable.
fn check_types(root: &Fields<'_>, overrides: &HashMap<String, String>, problems: &Problems) {
    for key in ["listen", "state", "site", "log"] {
        root.get(key).and_then(Node::text);
    }
    root.get("public-read").and_then(Node::boolean);
    root.get("certificate-days").and_then(|node| node.integer(1..=365));
    for item in root.list("profiles") {
        item.text();
    }
    for (section, prefix) in keys::SECTIONS.into_iter().skip(1) {
        let table = prefix.trim_end_matches('.');
        let own = Problems::default();
        let Some(fields) = root.get(table).and_then(|node| node.reporting(&own).fields(section)) else {
            problems.extend(own.sorted());
            continue;
        };
        for key in section.keys {
            match fields.get(key.name) {
                Some(node) if key.name == "port" => drop(node.integer(1..=65535)),
                Some(node) if key.takes == keys::TRUTH => drop(node.boolean()),
                Some(node) if key.name == "resends" => drop(node.integer(0..=10)),
                Some(node) if key.name == "trace-mib" => drop(node.integer(0..=journal::MOST_TRACE)),
                Some(node) if key.name.ends_with("-days") => drop(node.integer(1..=kept::MOST)),
                Some(node) => drop(node.text()),
                None => {}
            }
        }
        let supplied = |problem: &Problem| {
            let needed = section.keys.iter().filter(|key| overrides.contains_key(&format!("{prefix}{}", key.name)));
            needed.map(|key| format!("needs \"{}\"", key.name)).any(|needs| problem.message.ends_with(&needs))
        };
        problems.extend(own.sorted().into_iter().filter(|problem| !supplied(problem)));
    }
}

/// Where a setting came from: for problems, and for relative paths.
struct Places<'a> {
    root: &'a Fields<'a>,
    overrides: &'a HashMap<String, String>,
    folder: &'a Path,
}

impl Places<'_> {
    fn spot(&self, key: &str) -> Spot {
        if self.overrides.contains_key(key) {
            return Spot::file(&keys::variable(key));
        }
        match key.split_once('.') {
            None => self.root.get(key).map_or_else(|| self.root.spot(), |node| node.spot()),
            Some((table, rest)) => {
                let entries = self.root.get(table).and_then(Node::entries).unwrap_or_default();
                let found = entries.into_iter().find(|(name, _)| name.text == rest);
                found.map_or_else(|| self.root.spot_of(table), |(_, node)| node.spot())
            }
        }
    }

    /// A path of the file starts at the file, one of a variable where the process runs.
    fn path(&self, key: &str, text: &str) -> PathBuf {
        if self.overrides.contains_key(key) { PathBuf::from(text) } else { self.folder.join(text) }
    }

    /// The file of a secret: a systemd credential of that name, or a path. It must be there.
    fn secret(&self, key: &str, text: Option<String>, problems: &Problems) -> Option<PathBuf> {
        let text = text?;
        Some(self.secret_at(self.spot(key), self.path(key, &text), &text, problems))
    }

    /// The same for a key that stands at `spot`; `path` is where `text` leads when it is no credential.
    fn secret_at(&self, spot: Spot, path: PathBuf, text: &str, problems: &Problems) -> PathBuf {
        let credential = std::env::var_os("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join(text));
        let path = credential.filter(|path| path.is_file()).unwrap_or(path);
        if !path.is_file() {
            problems.error(spot, format!("there is no file \"{text}\""), "a relative name starts at this file");
        }
        path
    }
}

fn settle(raw: Raw, places: &Places<'_>, found: &Found, problems: &Problems) -> Daemon {
    let listen = raw.listen.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let listen = listen.parse().unwrap_or_else(|_| {
        let hint = "write for example \"127.0.0.1:8080\" or \"0.0.0.0:8080\"";
        problems.error(places.spot("listen"), format!("\"{listen}\" is not address:port"), hint);
        SocketAddr::from(([127, 0, 0, 1], 0))
    });
    let log = raw.log.unwrap_or_else(|| "info".to_owned());
    let levels = ["error", "warn", "info", "debug", "trace"];
    if !levels.contains(&log.as_str()) {
        problems.error(places.spot("log"), format!("unknown word \"{log}\""), did_you_mean(&log, levels));
    }
    let (keep, trace) = journal::settle(raw.journal, places, problems);
    let shipped = || vec![layout::profiles(&found.folder), PathBuf::from(SHIPPED)];
    let https = raw.tls.and_then(|raw| https::settle(raw, places, problems));
    let mqtt = raw.mqtt.and_then(|raw| mqtt::settle(raw, places, problems));
    let sparkplug = raw.sparkplug.and_then(|raw| sparkplug::settle(raw, places, problems));
    let clients = [
        ("mqtt", mqtt.as_ref().and_then(|mqtt| mqtt.broker.tls.as_ref())),
        ("sparkplug", sparkplug.as_ref().and_then(|sparkplug| sparkplug.broker.tls.as_ref())),
    ];
    let certificates = validity::settle(raw.certificate_days, https.as_ref(), clients, places, problems);
    Daemon {
        listen,
        public_read: raw.public_read,
        https,
        certificates,
        state: raw.state.map_or_else(|| PathBuf::from("/var/lib/tocsin"), |text| places.path("state", &text)),
        site: raw.site.map_or_else(|| found.site.clone(), |text| places.path("site", &text)),
        profiles: raw
            .profiles
            .map_or_else(shipped, |list| list.iter().map(|text| places.path("profiles", text)).collect()),
        log,
        walls: walls::settle(raw.walls, places, problems),
        sounder: raw.sounder.and_then(|raw| sounder::settle(raw, places, problems)),
        keep,
        trace,
        mqtt,
        sparkplug,
        influx: raw.influx.and_then(|raw| influx(raw, places, problems)),
        uplink: raw.uplink.and_then(|raw| uplink::settle(raw, places, problems)),
        trends: kept::settle(&raw.trends, places, problems),
    }
}

fn influx(raw: RawInflux, places: &Places<'_>, problems: &Problems) -> Option<Influx> {
    let token_file = places.secret("influx.token-file", raw.token_file, problems);
    let (Some(url), Some(bucket)) = (raw.url, raw.bucket) else {
        problems.error(places.spot("influx.url"), "[influx] needs \"url\" and \"bucket\"", "");
        return None;
    };
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    if host.is_none_or(|host| host.is_empty() || host.starts_with('/') || host.contains(char::is_whitespace)) {
        let hint = "write for example \"http://127.0.0.1:8086\"";
        problems.error(places.spot("influx.url"), format!("\"{url}\" is not an http address"), hint);
    } else if host.is_some_and(|host| host.contains('@')) {
        problems.error(places.spot("influx.url"), "the address holds a user or password", "use token-file");
    }
    Some(Influx { url, org: raw.org.unwrap_or_default(), bucket, token_file })
}

#[cfg(test)]
mod tests;
