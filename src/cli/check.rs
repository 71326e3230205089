//! `tocsin check`: is this configuration right, what will be asked of the field, and how old can a point be at worst?
//!
//! Takes: a configuration; nothing of the field is touched.
//! Gives: every problem at once; or a summary with each bus's requests and worst ages.
//! Never: a lenient look. What `run` would start without, `check` refuses.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::check_floors::{OnPlan, floors, floors_text};
use super::table::Table;
use crate::config::daemon::Certificates;
use crate::config::{self, Problem, Severity, daemon};
use crate::edge::clock::Clock;
use crate::edge::web::When;
use crate::engine::base::Wall;
use crate::engine::class::ClassAlarm;
use crate::engine::poll::{self, BusPlan};
use crate::engine::site::{Endpoint, Equipment, Parity, Port, Rule, Site};

/// Check configuration and profiles; print the request plan and the worst ages.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// tocsin.toml, the folder that holds it, or a site folder
    #[arg(long, value_name = "PATH", default_value = "/etc/tocsin")]
    pub config: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Checks; problems go to `err`, the rest to `out`. Gives the exit code: 0, or 2 when something is refused.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &CheckArgs, out: &mut impl Write, err: &mut impl Write) -> io::Result<u8> {
    let settings = daemon::load(&args.config, &daemon::environment());
    let dated = settings.as_ref().map(|(daemon, _)| dated(&daemon.certificates, Clock::start().now().wall));
    let dated = dated.unwrap_or_default();
    let read = settings.and_then(|(daemon, mut warnings)| match config::load(&daemon.site, &daemon.profiles) {
        Ok((site, more)) => {
            warnings.extend(more);
            Ok((site, warnings))
        }
        Err(problems) => {
            warnings.extend(problems);
            Err(warnings)
        }
    });
    let (site, mut problems) = match read {
        Ok((site, warnings)) => (Some(site), warnings),
        Err(problems) => (None, problems),
    };
    problems.extend(dated);
    for problem in &problems {
        writeln!(err, "{problem}")?;
    }
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    if site.is_none() {
        writeln!(err, "refused: {errors} error{}", if errors == 1 { "" } else { "s" })?;
    }
    if args.json {
        writeln!(out, "{}", as_json(site.as_ref(), &problems))?;
    } else if let Some(site) = &site {
        out.write_all(as_text(site, problems.len()).as_bytes())?;
    }
    Ok(if site.is_some() { 0 } else { 2 })
}

/// What there is to say of the dates of certificates; `run` starts with them all the same.
fn dated(certificates: &Certificates, now: Wall) -> Vec<Problem> {
    let date = |at| When::new(TimeZone::system()).date(at);
    let worded = certificates.named.iter().filter_map(|named| {
        let fault = named.validity()?.fault(now, certificates.warned, date)?;
        let hint = "a new one is taken in as soon as its files are there".to_owned();
        Some(Problem { spot: named.spot.clone(), severity: Severity::Warning, message: fault.en, hint })
    });
    worded.collect()
}

fn plans(site: &Site) -> Vec<BusPlan> {
    (0..site.buses.len()).filter_map(|bus| u32::try_from(bus).ok()).map(|bus| poll::plan(site, bus)).collect()
}

fn as_text(site: &Site, warnings: usize) -> String {
    let mut text = format!(
        "{} {} ({}), {}\n{} buildings, {} buses, {} devices, {} points, {} conditions, {warnings} warnings\n\
         {} pieces of equipment, {} statuses, {} conditions from their classes\nconfiguration {}\n",
        site.name.zh,
        site.name.en,
        site.id,
        site.timezone,
        site.buildings.len(),
        site.buses.len(),
        site.devices.len(),
        site.points.len(),
        site.rules.len(),
        site.equipment.len(),
        site.statuses.len(),
        of_classes(site),
        site.hash,
    );
    text.push_str(&floors_text(site));
    for plan in plans(site) {
        text.push_str(&bus_text(site, &plan));
    }
    text
}

/// How many conditions are those of a class, in its words.
fn of_classes(site: &Site) -> usize {
    let brought = |held: &Equipment| {
        let class = held.class.and_then(|class| site.classes.list.get(class as usize))?;
        let is = |rule: &Rule, alarm: &ClassAlarm| {
            rule.condition.point == held.point(&alarm.key)
                && rule.name.en == format!("{} {}", held.name.en, alarm.name.en)
        };
        let rules = held.rules.iter().filter_map(|rule| site.rules.get(*rule as usize));
        Some(rules.filter(|rule| class.alarms.iter().any(|alarm| is(rule, alarm))).count())
    };
    site.equipment.iter().filter_map(brought).sum()
}

fn bus_text(site: &Site, plan: &BusPlan) -> String {
    let bus = &site.buses[plan.bus as usize];
    let mut text = format!("\nbus {} {}, {}\n", bus.id, bus.name.en, endpoint(&bus.endpoint));
    let workarounds = site.workarounds_of(bus);
    if !workarounds.names().is_empty() {
        text.push_str(&format!("  workarounds: {}\n", workarounds.names().join(", ")));
    }
    if !workarounds.reconnect_after.is_zero() {
        text.push_str(&format!("  {} between two connections\n", spell(workarounds.reconnect_after)));
    }
    let mut devices = Table::new(&["device", "unit", "profile", "points", "conditions"]);
    for device in bus.devices.iter().map(|number| &site.devices[*number as usize]) {
        let counts = [device.points.len().to_string(), device.rules.len().to_string()];
        let cells = [device.id.to_string(), device.unit.to_string(), device.profile.id.clone()];
        devices.row(cells.into_iter().chain(counts));
    }
    if devices.is_empty() {
        text.push_str("  nothing is connected\n");
        return text;
    }
    text.push_str(&devices.print("  "));
    let mut requests = Table::new(&["request", "", "every", "points", "on the wire"]);
    for request in &plan.requests {
        let plain = request.to_string();
        let (period, wire) = (spell(request.period), spell(request.wire));
        requests.row([request.device.to_string(), plain, period, request.points.to_string(), wire]);
    }
    text.push_str(&requests.print("  "));
    text.push_str(&ages_text(plan));
    text.push_str(&format!(
        "  the bus is busy {:.1} % of the time; a device that comes back may go unnoticed for {}\n",
        plan.load * 100.0,
        spell(plan.unnoticed)
    ));
    text
}

/// The worst ages with none, one, two, half and all but one of the devices dead.
fn ages_text(plan: &BusPlan) -> String {
    let others = plan.ages.values().map(|age| age.dead.len()).max().unwrap_or(0);
    let mut chosen = vec![1, 2, others.div_ceil(2), others];
    chosen.retain(|dead| (1..=others).contains(dead));
    chosen.sort_unstable();
    chosen.dedup();
    let headings: Vec<String> = chosen.iter().map(|dead| format!("{dead} of {} dead", others + 1)).collect();
    let fixed = ["worst age", "all answer"].into_iter();
    let mut ages = Table::new(&fixed.chain(headings.iter().map(String::as_str)).collect::<Vec<_>>());
    for (pace, age) in &plan.ages {
        let dead = chosen.iter().map(|dead| age.dead.get(dead - 1).map_or_else(|| "-".to_owned(), |age| spell(*age)));
        ages.row([pace.as_str().to_owned(), spell(age.all_answer)].into_iter().chain(dead));
    }
    ages.print("  ")
}

fn endpoint(endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Tcp(address) => format!("tcp {address}"),
        Endpoint::RtuTcp(address) => format!("tcp {address}, rtu frames"),
        Endpoint::Text(Port::Tcp(address)) => format!("tcp {address}, text"),
        Endpoint::Gbt26875(listen) => {
            format!("listens on {} {}", if listen.udp { "udp" } else { "tcp" }, listen.address)
        }
        Endpoint::Serial(line) | Endpoint::Text(Port::Serial(line)) => {
            let parity = match line.parity {
                Parity::None => 'N',
                Parity::Even => 'E',
                Parity::Odd => 'O',
            };
            format!("serial {} at {} 8{parity}{}", line.path, line.baud, line.stop_bits)
        }
    }
}

/// Seconds from one second on, else milliseconds; times are estimates, more digits would claim too much.
fn spell(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds >= 1.0 { format!("{seconds:.1} s") } else { format!("{:.0} ms", seconds * 1000.0) }
}

fn as_json(site: Option<&Site>, problems: &[Problem]) -> Value {
    let problems: Vec<Value> = problems
        .iter()
        .map(|problem| {
            json!({
                "severity": if problem.severity == Severity::Error { "error" } else { "warning" },
                "file": &*problem.spot.file,
                "line": problem.spot.line,
                "column": problem.spot.column,
                "message": problem.message,
                "hint": problem.hint,
            })
        })
        .collect();
    let Some(site) = site else { return json!({ "ok": false, "problems": problems }) };
    let buses: Vec<Value> = plans(site).iter().map(|plan| bus_json(site, plan)).collect();
    let floor = |floor: OnPlan<'_>| {
        json!({
            "building": floor.building,
            "floor": floor.floor,
            "plan": floor.plan,
            "placed": floor.placed,
            "equipment": floor.of,
            "fire_points_not_placed": floor.missing,
        })
    };
    let floors: Vec<Value> = floors(site).into_iter().map(floor).collect();
    json!({
        "ok": true,
        "problems": problems,
        "site": site.id,
        "hash": site.hash,
        "points": site.points.len(),
        "conditions": site.rules.len(),
        "equipment": site.equipment.len(),
        "statuses": site.statuses.len(),
        "class_conditions": of_classes(site),
        "floors": floors,
        "buses": buses,
    })
}

/// Times in milliseconds.
fn bus_json(site: &Site, plan: &BusPlan) -> Value {
    let bus = &site.buses[plan.bus as usize];
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
    let devices: Vec<Value> = bus
        .devices
        .iter()
        .map(|number| &site.devices[*number as usize])
        .map(|device| {
            json!({
                "device": device.id,
                "unit": device.unit,
                "profile": device.profile.id,
                "points": device.points.len(),
                "conditions": device.rules.len(),
            })
        })
        .collect();
    let requests: Vec<Value> = plan
        .requests
        .iter()
        .map(|request| {
            json!({
                "device": request.device,
                "unit": request.unit,
                "table": request.table.as_str(),
                "start": request.start,
                "count": request.count,
                "pace": request.pace.as_str(),
                "points": request.points,
                "period_ms": milliseconds(request.period),
                "wire_ms": milliseconds(request.wire),
            })
        })
        .collect();
    let ages: serde_json::Map<String, Value> = plan
        .ages
        .iter()
        .map(|(pace, age)| {
            let dead: Vec<f64> = age.dead.iter().map(|age| milliseconds(*age)).collect();
            let age = json!({ "all_answer_ms": milliseconds(age.all_answer), "dead_ms": dead });
            (pace.as_str().to_owned(), age)
        })
        .collect();
    json!({
        "bus": bus.id,
        "endpoint": endpoint(&bus.endpoint),
        "workarounds": site.workarounds_of(bus).names(),
        "devices": devices,
        "requests": requests,
        "load": plan.load,
        "worst_ages": ages,
        "unnoticed_ms": milliseconds(plan.unnoticed),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::daemon::Named;
    use crate::config::problem::Spot;

    pub(in crate::cli) fn check(path: &str, json: bool) -> (u8, String, String) {
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(&CheckArgs { config, json }, &mut out, &mut err).expect("a Vec takes everything");
        (code, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
    }

    #[test]
    fn a_site_is_summed_up_with_its_requests_and_worst_ages() {
        let (code, out, err) = check("tests/sites/small", false);
        assert_eq!((code, err.as_str()), (0, ""));
        for part in [
            "Riverside Plaza (riverside), Asia/Shanghai",
            "3 buildings, 2 buses, 4 devices, ",
            "bus panel-lan Panel network, tcp 10.0.0.20:502",
            "at 9600 8N1",
            "worst age  all answer  1 of 3 dead",
            " fire ",
        ] {
            assert!(out.contains(part), "{part:?} is not in\n{out}");
        }
    }

    #[test]
    fn the_same_goes_to_programs_as_json() {
        let (code, out, _) = check("tests/sites/small", true);
        let value: Value = serde_json::from_str(&out).expect("one JSON object");
        assert_eq!((code, &value["ok"]), (0, &json!(true)));
        let age = value["buses"][0]["worst_ages"]["fire"]["all_answer_ms"].as_f64().expect("panel-lan has fire points");
        assert!((1000.0..10_000.0).contains(&age), "{age}");
        assert!(value["buses"][0]["requests"].as_array().is_some_and(|list| !list.is_empty()));
    }

    #[test]
    fn a_certificate_that_ends_is_a_warning_where_it_is_named() {
        let spot = Spot::file("tocsin.toml");
        let held = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/certificates");
        let named = |file| Named { whose: "console", file: held.join(file), spot: spot.clone() };
        let certificates = |file| Certificates { named: vec![named(file)], ..Certificates::default() };
        let at = |text: &str| When::parse(text).expect("a time");
        let said = |now| {
            dated(&certificates("ends-2027-12.pem"), at(now)).first().map(ToString::to_string).unwrap_or_default()
        };
        assert_eq!(said("2027-06-01T12:00:00Z"), "");
        assert!(said("2027-12-01T12:00:00Z").starts_with("tocsin.toml: warning: The certificate ends on 2027-12-"));
        assert!(said("2028-02-01T12:00:00Z").contains("The certificate ended on 2027-12-"));
        assert_eq!(
            dated(&certificates("nowhere.pem"), at("2028-02-01T12:00:00Z")),
            [],
            "what is not there is told by the reader"
        );
    }

    #[test]
    fn what_is_wrong_is_refused_with_exit_code_2() {
        let (code, out, err) = check("tests/rejected/bus-none", false);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.ends_with("refused: 3 errors\n"), "{err}");
        let (code, out, _) = check("tests/rejected/bus-none", true);
        let value: Value = serde_json::from_str(&out).expect("one JSON object");
        assert_eq!((code, &value["ok"], value["problems"].as_array().map(Vec::len)), (2, &json!(false), Some(3)));
    }
}
