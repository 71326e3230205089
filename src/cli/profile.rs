//! `tocsin profile list`, `tocsin profile show ID`, and the way to `check`, `new` and `try`.
//!
//! Takes: folders of device profiles.
//! Gives: what is there, and what one of them means.
//! Never: a broken profile in silence.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::profile_check::{self, CheckArgs};
use super::profile_class;
use super::profile_folders::Folders;
use super::profile_new::{self, NewArgs};
use super::profile_try::{self, TryArgs};
use super::table::Table;
use crate::config::{class, document::spell_duration, problem::did_you_mean, profile};
use crate::engine::profile::{AlarmSpec, Encoding, Kind, Order, PointSpec, Profile, Selector, Verified};

/// Device profiles.
#[derive(Debug, Args)]
pub struct ProfileArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: ProfileVerb,
}

/// What can be done with profiles.
#[derive(Debug, Subcommand)]
pub enum ProfileVerb {
    /// Run the cases of profiles through the real poller and decoder, and compare their request plans
    Check(CheckArgs),
    /// Make a profile from a list of registers (CSV), or by questions
    New(NewArgs),
    /// Show what a live device says through a profile; reads only
    Try(TryArgs),
    /// List every profile
    List {
        /// Where they are.
        #[command(flatten)]
        folders: Folders,
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Show the points and alarms of one profile
    Show {
        /// Its id: the name of its folder
        id: String,
        /// Where they are.
        #[command(flatten)]
        folders: Folders,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Runs the subcommand; problems go to `err`, the rest to `out`. Gives the exit code: 0, 1 when a
/// case comes out differently, 2 when a profile is refused or does not exist.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &ProfileArgs, out: &mut impl Write, err: &mut impl Write) -> io::Result<u8> {
    match &args.verb {
        ProfileVerb::Check(args) => profile_check::run(args, out).map(|verdict| verdict.exit_code()),
        ProfileVerb::New(args) => profile_new::run(args, &mut io::stdin().lock(), out, err),
        ProfileVerb::Try(args) => profile_try::run(args, out, err),
        ProfileVerb::List { folders, json } => list(&folders.resolve(), *json, out, err),
        ProfileVerb::Show { id, folders, json } => show(id, &folders.resolve(), *json, out, err),
    }
}

fn list(folders: &[PathBuf], json: bool, out: &mut impl Write, err: &mut impl Write) -> io::Result<u8> {
    let mut table = Table::new(&["profile", "class", "vendor", "model", "verified", "points", "alarms"]);
    let mut values = Vec::new();
    let mut code = 0;
    for (id, folder) in profile::list(folders) {
        match profile::load(&folder) {
            Ok((profile, _)) => {
                let (points, alarms) = counts(&profile);
                values.push(json!({
                    "id": id, "class": profile.class, "vendor": profile.vendor, "model": profile.model,
                    "verified": verified(profile.verified), "points": points, "alarms": alarms, "folder": folder,
                }));
                let cells = [id, profile.class, profile.vendor, profile.model, verified(profile.verified).to_owned()];
                table.row(cells.into_iter().chain([points.to_string(), alarms.to_string()]));
            }
            Err(problems) => {
                code = 2;
                for problem in problems {
                    writeln!(err, "{problem}")?;
                }
                values.push(json!({ "id": id, "refused": true, "folder": folder }));
                table.row([id, "refused".to_owned()]);
            }
        }
    }
    if json {
        writeln!(out, "{}", Value::Array(values))?;
    } else if table.is_empty() {
        let names: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
        writeln!(err, "there are no profiles in {}", names.join(", "))?;
        code = 2;
    } else {
        out.write_all(table.print("").as_bytes())?;
    }
    Ok(code)
}

/// Points and alarms, those of one element of each array counted once.
fn counts(profile: &Profile) -> (usize, usize) {
    let points = profile.points.len() + profile.arrays.iter().map(|array| array.fields.len()).sum::<usize>();
    let alarms = profile.alarms.len() + profile.arrays.iter().map(|array| array.alarms.len()).sum::<usize>();
    (points, alarms)
}

fn verified(verified: Verified) -> &'static str {
    match verified {
        Verified::Hardware => "hardware",
        Verified::Capture => "capture",
        Verified::ManualOnly => "manual-only",
    }
}

fn show(id: &str, folders: &[PathBuf], json: bool, out: &mut impl Write, err: &mut impl Write) -> io::Result<u8> {
    let Some(folder) = profile::find(id, folders) else {
        let all = profile::list(folders);
        writeln!(err, "unknown profile \"{id}\"; {}", did_you_mean(id, all.iter().map(|(id, _)| id.as_str())))?;
        return Ok(2);
    };
    match profile::load(&folder).and_then(|read| Ok((read, class::of_profile(&folder)?))) {
        Ok(((profile, warnings), classes)) => {
            for warning in warnings {
                writeln!(err, "{warning}")?;
            }
            if json {
                let mut value = as_json(&profile);
                value["of_class"] = profile_class::as_json(&profile, &classes);
                writeln!(out, "{value}")?;
            } else {
                out.write_all(as_text(&profile).as_bytes())?;
                writeln!(out, "\n{}", profile_class::lines(&profile, &classes).join("\n"))?;
            }
            Ok(0)
        }
        Err(problems) => {
            for problem in problems {
                writeln!(err, "{problem}")?;
            }
            Ok(2)
        }
    }
}

fn as_text(profile: &Profile) -> String {
    let mut text = format!(
        "{}: {} {}, {}\nfrom {}; verified: {}\n",
        profile.id,
        profile.vendor,
        profile.model,
        profile.class,
        profile.source,
        verified(profile.verified)
    );
    if !profile.points.is_empty() {
        text.push_str(&format!("\n{}", points(&profile.points, &profile.points).print("")));
    }
    if !profile.alarms.is_empty() {
        text.push_str(&format!("\n{}", alarms(&profile.alarms).print("")));
    }
    for array in &profile.arrays {
        text.push_str(&format!(
            "\narray {}: {}, loops {} to {}, addresses {} to {}, first address {} + {} * loop + {} * index\n",
            array.key,
            array.naming,
            array.loops.0,
            array.loops.1,
            array.indices.0,
            array.indices.1,
            array.address.constant,
            array.address.per_loop,
            array.address.per_index,
        ));
        text.push_str(&points(&array.fields, &profile.points).print("  "));
        if !array.alarms.is_empty() {
            text.push_str(&format!("\n{}", alarms(&array.alarms).print("  ")));
        }
    }
    text
}

fn points(list: &[PointSpec], single: &[PointSpec]) -> Table {
    let mut table = Table::new(&["point", "table", "address", "type", "poll", "unit", "zh", "en"]);
    for point in list {
        let encoding = &point.encoding;
        table.row([
            point.key.clone(),
            encoding.table.as_str().to_owned(),
            encoding.address.to_string(),
            [kind(encoding), proviso(point, list, single)].concat(),
            point.pace.as_str().to_owned(),
            point.unit.to_string(),
            point.name.zh.clone(),
            point.name.en.clone(),
        ]);
    }
    table
}

/// `u16`, `bit 3`, `u16 bits 8..11`, `f32 CDAB`, `text of 6 registers`, with the number of its states.
fn kind(encoding: &Encoding) -> String {
    let word = match encoding.kind {
        Kind::Text(characters) => format!("text of {} registers", characters.registers),
        kind => kind.as_str().to_owned(),
    };
    let part = match encoding.bits {
        Some((bit, _)) if encoding.kind == Kind::Bit => format!("{word} {bit}"),
        Some((low, count)) => format!("{word} bits {low}..{}", u16::from(low) + u16::from(count) - 1),
        None => word,
    };
    let part = if encoding.order == Order::Abcd { part } else { format!("{part} {}", encoding.order.as_str()) };
    match &encoding.states {
        Some(states) => format!("{part}, {} states", states.len()),
        None => part,
    }
}

/// `, only if input-kind, scaled by unit, settles in 10s`: what else must be known before it means something.
fn proviso(point: &PointSpec, list: &[PointSpec], single: &[PointSpec]) -> String {
    let Some(proviso) = &point.proviso else { return String::new() };
    let name = |of: Selector| {
        let list = if of.single { single } else { list };
        list.get(of.slot as usize).map_or("", |spec| spec.key.as_str())
    };
    let mut text = String::new();
    if let Some(only_if) = &proviso.only_if {
        text.push_str(&format!(", only if {}", name(only_if.point)));
    }
    if let Some(scale_by) = &proviso.scale_by {
        text.push_str(&format!(", scaled by {}", name(scale_by.point)));
    }
    if !proviso.settle.is_zero() {
        text.push_str(&format!(", settles in {}", spell_duration(proviso.settle)));
    }
    if let Some(within) = proviso.toggles_within {
        text.push_str(&format!(", changes within {}", spell_duration(within)));
    }
    text
}

fn alarms(list: &[AlarmSpec]) -> Table {
    let mut table = Table::new(&["alarm", "category", "delay", "zh", "en"]);
    for alarm in list {
        let level = alarm.level.map_or(String::new(), |level| format!(" {}", level.as_str()));
        table.row([
            alarm.key.clone(),
            format!("{}{level}", alarm.category.as_str()),
            spell_duration(alarm.delay),
            alarm.name.zh.clone(),
            alarm.name.en.clone(),
        ]);
    }
    table
}

fn as_json(profile: &Profile) -> Value {
    let points = |list: &[PointSpec]| -> Vec<Value> {
        list.iter()
            .map(|point| {
                json!({
                    "point": point.key, "name": point.name, "table": point.encoding.table.as_str(),
                    "address": point.encoding.address, "type": point.encoding.kind.as_str(), "bits": point.encoding.bits,
                    "order": point.encoding.order.as_str(), "registers": point.encoding.width(),
                    "poll": point.pace.as_str(), "unit": point.unit,
                    "proviso": proviso(point, list, &profile.points).trim_start_matches(", "),
                    "states": point.encoding.states.as_ref().map(|states| states.iter()
                        .map(|state| json!({ "code": state.code, "key": state.key, "name": state.name })).collect::<Vec<_>>()),
                })
            })
            .collect()
    };
    let alarms = |list: &[AlarmSpec]| -> Vec<Value> {
        list.iter()
            .map(|alarm| {
                json!({
                    "alarm": alarm.key, "name": alarm.name, "category": alarm.category, "level": alarm.level,
                    "latches": alarm.latches, "delay_ms": u64::try_from(alarm.delay.as_millis()).unwrap_or(u64::MAX),
                })
            })
            .collect()
    };
    let arrays: Vec<Value> = profile
        .arrays
        .iter()
        .map(|array| {
            json!({
                "array": array.key, "element": array.naming, "loops": array.loops, "indices": array.indices,
                "fields": points(&array.fields), "alarms": alarms(&array.alarms),
            })
        })
        .collect();
    json!({
        "id": profile.id, "vendor": profile.vendor, "model": profile.model, "class": profile.class,
        "source": profile.source, "verified": verified(profile.verified), "unit": profile.unit,
        "points": points(&profile.points), "alarms": alarms(&profile.alarms), "arrays": arrays,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn output(verb: ProfileVerb) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(&ProfileArgs { verb }, &mut out, &mut err).expect("a Vec takes everything");
        (code, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
    }

    fn folders(path: &str) -> Folders {
        Folders { profiles: vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(path)], config: PathBuf::new() }
    }

    #[test]
    fn the_shipped_profiles_are_listed_and_shown() {
        let (code, out, err) = output(ProfileVerb::List { folders: folders("device-profiles"), json: false });
        assert_eq!((code, err.as_str()), (0, ""));
        for id in ["deepsea-gencomm", "eastron-sdm630", "fire-pump-cabinet", "notifier-modbus-gw"] {
            assert!(out.contains(id), "{id} is not in\n{out}");
            let shown = ProfileVerb::Show { id: id.to_owned(), folders: folders("device-profiles"), json: true };
            let (code, out, _) = output(shown);
            let value: Value = serde_json::from_str(&out).expect("one JSON object");
            assert_eq!((code, &value["id"]), (0, &json!(id)));
        }
        let shown =
            ProfileVerb::Show { id: "notifier-modbus-gw".into(), folders: folders("device-profiles"), json: false };
        let (_, out, _) = output(shown);
        assert!(out.contains("array detector: l{loop}-d{index}, loops 1 to 10, addresses 1 to 159"), "{out}");
        let shown = ProfileVerb::Show { id: "_copy-me".into(), folders: folders("device-profiles"), json: false };
        let (_, out, _) = output(shown);
        for said in [
            "text of 4 registers",
            "only if input-kind, scaled by unit-of-pressure, settles in 10s",
            "changes within 6s",
        ] {
            assert!(out.contains(said), "{said} is not in\n{out}");
        }
    }

    #[test]
    fn a_name_that_does_not_exist_is_answered_with_the_nearest() {
        let shown = ProfileVerb::Show { id: "eastron-sdm360".into(), folders: folders("device-profiles"), json: false };
        let (code, _, err) = output(shown);
        assert_eq!((code, err.as_str()), (2, "unknown profile \"eastron-sdm360\"; did you mean \"eastron-sdm630\"?\n"));
    }

    #[test]
    fn a_broken_profile_is_listed_as_refused() {
        let (code, out, err) = output(ProfileVerb::List { folders: folders("tests/rejected"), json: false });
        assert_eq!(code, 2);
        assert!(out.contains("alarm-conditions") && out.contains("refused"), "{out}");
        assert!(err.contains("rejected/alarm-conditions/profile.toml:12:15: unknown point"), "{err}");
    }
}
