//! What people do in a story: `MM:SS verb who …`, and how the answer is told.

use std::collections::BTreeMap;
use std::time::Duration;

use super::equipment;
use tocsin::engine::alarm::{CallReport, Occurrence, Purpose, Scope, State, Tested, Typed, Verdict};
use tocsin::engine::base::{Actor, DeviceId, EventId, Mono, Now, PointId, Role, Wall};
use tocsin::engine::site::PlanKind;
use tocsin::engine::{Act, Arm, Done, Finding, Input, Refusal, RoundReport};

/// Splits a line into its time and the rest.
pub fn timed(line: &str) -> Result<(Mono, &str), String> {
    let (time, rest) = line.split_once(' ').ok_or("a step is `MM:SS verb …`")?;
    let (minutes, seconds) = time.split_once(':').ok_or("the time is MM:SS")?;
    let number = |text: &str| text.parse::<f64>().map_err(|_| format!("`{text}` is no number"));
    Ok((Mono(((number(minutes)? * 60.0 + number(seconds)?) * 1e6) as u64), rest))
}

/// Who does what. Occurrences are named by their condition, the open one first.
pub fn read<'a>(words: &[&'a str], state: &State, now: Now) -> Result<(&'a str, Act), String> {
    let id = |condition: &str| id(state, condition);
    Ok(match *words {
        ["silence", user] => (user, Act::Silence),
        ["ack", user, ref conditions @ ..] => {
            let ids = conditions.iter().map(|condition| id(condition)).collect::<Result<_, _>>()?;
            (user, Act::Acknowledge { ids, note: None, counts: BTreeMap::new() })
        }
        // `ack-seen li 1 panel-1/d1:fire 2 panel-1/d2:fire`: each as often as it was seen.
        ["ack-seen", user, ref seen @ ..] => {
            let pair = |pair: &[&str]| Ok((id(pair[1])?, pair[0].parse().map_err(|_| "a count is a number")?));
            let counts = seen.chunks_exact(2).map(pair).collect::<Result<BTreeMap<_, _>, String>>()?;
            (user, Act::Acknowledge { ids: counts.keys().copied().collect(), note: None, counts })
        }
        ["judge", user, condition, verdict, ref cause @ ..] => {
            let verdict = match verdict {
                "real" => Verdict::Real,
                "false" => Verdict::False,
                _ => Verdict::Drill,
            };
            let cause = (!cause.is_empty()).then(|| cause.join(" "));
            (user, Act::Judge { id: id(condition)?, verdict, cause })
        }
        ["judge-id", user, id] => {
            let id = id.parse().map_err(|()| "an id is epoch-seq")?;
            (user, Act::Judge { id, verdict: Verdict::Real, cause: None })
        }
        ["reset", user, "building", id] => (user, Act::Reset { scope: Scope::Building(id.into()) }),
        ["reset", user, "device", id] => (user, Act::Reset { scope: Scope::Device(id.into()) }),
        ["isolate", user, point, minutes, ref reason @ ..] => {
            let review_at = after(now, minutes)?;
            let (point, reason) = (PointId::new(point), reason.join(" "));
            (user, Act::Isolate { point, reason, review_at, purpose: Purpose::Repair, order: None })
        }
        ["hot-work", user, point, minutes, ref reason @ ..] => {
            let review_at = after(now, minutes)?;
            let (point, reason) = (PointId::new(point), reason.join(" "));
            (user, Act::Isolate { point, reason, review_at, purpose: Purpose::HotWork, order: None })
        }
        ["order", user, point, ref order @ ..] => {
            let isolation = state.isolation_of(&PointId::new(point)).ok_or("no such isolation")?;
            (user, Act::LinkOrder { id: isolation.id, order: order.join(" ") })
        }
        ["cancel", user, device] => (user, Act::Cancel { device: DeviceId::new(device) }),
        ["register", user, device] => (user, Act::Register { device: DeviceId::new(device) }),
        ["abnormal", user, device, ref text @ ..] => {
            (user, Act::ReportAbnormal { device: DeviceId::new(device), text: text.join(" ") })
        }
        ["call", user, condition, called, ref note @ ..] => {
            let note = (!note.is_empty()).then(|| note.join(" "));
            (user, Act::ReportCall(CallReport { id: id(condition)?, called: called.into(), note }))
        }
        ["keypad", user, code, device_type, verb, ref confirm @ ..] => {
            let (code, panel) = match code.split_once('@') {
                Some((code, panel)) => (code, Some(DeviceId::new(panel))),
                None => (code, None),
            };
            let device_type = (device_type != "-").then(|| device_type.to_owned());
            let confirm = confirm.first().map(|count| count.parse().map_err(|_| "a count is a number")).transpose()?;
            (
                user,
                Act::CommandTyped {
                    typed: Typed { code: code.into(), device_type, panel, verb: verb.into() },
                    confirm,
                },
            )
        }
        ["take-back", user, point, verb] => {
            let sent = state.commands.values().rev();
            let mut named = sent.filter(|held| held.asked.point.as_str() == point && held.asked.verb == verb);
            (user, Act::Withdraw { id: named.next().ok_or("no such command")?.id })
        }
        ["release", user, point] => {
            let isolation = state.isolation_of(&PointId::new(point)).ok_or("no such isolation")?;
            (user, Act::Release { id: isolation.id })
        }
        ["test", user, what, minutes, ref reason @ ..] => {
            let until = after(now, minutes)?;
            (user, Act::BeginTest { tested: tested(what)?, reason: reason.join(" "), until })
        }
        ["test-end", user] => {
            let id = state.scopes.tests.keys().next_back().ok_or("no test runs")?;
            (user, Act::EndTest { id: *id })
        }
        ["drill", user, building, minutes, ref reason @ ..] => {
            let until = after(now, minutes)?;
            (user, Act::BeginDrill { building: building.into(), reason: reason.join(" "), until })
        }
        ["drill-end", user] => {
            let id = state.scopes.drills.keys().next_back().ok_or("no drill runs")?;
            (user, Act::EndDrill { id: *id })
        }
        ["do", user, linkage, action] => {
            let (run, action) = (run(state, linkage)?, action.parse().map_err(|_| "an action is a number")?);
            (user, Act::ReleaseAction { run, action })
        }
        ["withdraw-action", user, linkage, action] => {
            let (run, action) = (run(state, linkage)?, action.parse().map_err(|_| "an action is a number")?);
            (user, Act::WithdrawAction { run, action })
        }
        ["command", user, point, verb] => (user, command(point, verb, None)),
        ["arm", user, point, verb] => (user, command(point, verb, Some(Arm::First))),
        ["fire", user, point, verb] => (user, command(point, verb, Some(Arm::Fire(equipment::last_armed(state)?)))),
        ["fire-id", user, point, verb, id] => {
            let id = id.parse().map_err(|()| "an id is epoch-seq")?;
            (user, command(point, verb, Some(Arm::Fire(id))))
        }
        ["sign-in", user] => (user, Act::SignIn),
        ["sign-out", user] => (user, Act::SignOut),
        ["note", user, condition, ref text @ ..] => (user, Act::Note { id: id(condition)?, text: text.join(" ") }),
        ["handled", user, condition, ref words @ ..] => {
            let words = words.join(" ");
            let parts: Vec<&str> = words.split('|').map(str::trim).collect();
            let [cause, measure, ref result @ ..] = parts[..] else {
                return Err("`CAUSE | MEASURE [| RESULT]`".into());
            };
            let result = result.first().map(|result| (*result).to_owned());
            let (cause, measure) = (cause.to_owned(), measure.to_owned());
            (user, Act::Handled { ids: vec![id(condition)?], cause, measure, result })
        }
        ["record", user, plan, ref findings @ ..] => (user, Act::RecordRound(report(plan, &findings.join(" "))?)),
        ["close", user, condition] => (user, Act::Close { id: id(condition)? }),
        _ => return Err("no such verb".into()),
    })
}

/// The last run of a linkage.
fn run(state: &State, linkage: &str) -> Result<EventId, String> {
    let last = state.linkages.values().rev().find(|run| run.met.linkage == linkage);
    last.map(|run| run.id).ok_or_else(|| format!("{linkage} was not met"))
}

fn after(now: Now, minutes: &str) -> Result<Wall, String> {
    let minutes: u64 = minutes.parse().map_err(|_| "minutes is a number")?;
    Ok(now.wall.after(Duration::from_secs(minutes * 60)))
}

/// `panel-1/d1,panel-1/d2`, `zone:2-04`, `device:panel-1`, `loop:panel-1:2`, `self-test:panel-1[:2]`.
fn tested(what: &str) -> Result<Tested, String> {
    let number = |text: &str| text.parse::<u16>().map_err(|_| format!("`{text}` is no loop"));
    let parts: Vec<&str> = what.split(':').collect();
    Ok(match parts[..] {
        ["zone", zone] => Tested::Zone(zone.into()),
        ["device", device] => Tested::Device(DeviceId::new(device)),
        ["loop", device, loop_number] => Tested::Loop { device: DeviceId::new(device), number: number(loop_number)? },
        ["self-test", device, ref loops @ ..] => {
            let loops = loops.iter().map(|text| number(text)).collect::<Result<_, _>>()?;
            Tested::SelfTest { device: DeviceId::new(device), loops }
        }
        _ => Tested::Points(what.split(',').map(PointId::new).collect()),
    })
}

/// `patrol.round display=ok | lamps=dark in the corridor @ panel-1/l2-d17`
fn report(plan: &str, findings: &str) -> Result<RoundReport, String> {
    let (of, id) = plan.split_once('.').ok_or("`patrol.ID` or `maintenance.ID`")?;
    let of = if of == "patrol" { PlanKind::Patrol } else { PlanKind::Maintenance };
    let finding = |part: &str| {
        let (item, words) = part.split_once('=').ok_or("`ITEM=ok` or `ITEM=WORDS [@ POINT]`")?;
        let (words, point) = words.split_once('@').map_or((words, None), |(words, point)| (words, Some(point.trim())));
        let (ok, words) = (words.trim() == "ok", words.trim());
        let words = (!ok).then(|| words.to_owned());
        Ok(Finding { item: item.trim().into(), ok, words, point: point.map(PointId::new) })
    };
    let parts = findings.split('|').map(str::trim).filter(|part| !part.is_empty());
    let findings = parts.map(finding).collect::<Result<_, String>>()?;
    Ok(RoundReport { of, plan: id.into(), findings, note: None, figures: Vec::new() })
}

fn command(point: &str, verb: &str, arm: Option<Arm>) -> Act {
    Act::Command { point: PointId::new(point), verb: verb.into(), arm }
}

fn id(state: &State, condition: &str) -> Result<EventId, String> {
    let named = |o: &&Occurrence| o.raise.condition.to_string() == condition;
    let open = state.open().find(named);
    open.or_else(|| state.occurrences.values().rev().find(named))
        .map(|occurrence| occurrence.id)
        .ok_or_else(|| format!("no occurrence of {condition}"))
}

/// The act as the engine hears it. `li#7` acts with the idempotency key `7`.
pub fn input(ticket: u64, user: &str, act: Act) -> Input {
    let (user, key) = match user.split_once('#') {
        Some((user, key)) => (user, Some(key.to_owned())),
        None => (user, None),
    };
    let role = match user {
        "wall" => Role::Display,
        "zhao" => Role::Supervisor,
        "chen" => Role::Engineer,
        _ => Role::Operator,
    };
    let by = Actor { user: user.into(), role, origin: "desk".into() };
    Input::Act { ticket, by, key, act }
}

/// The answer, as transcripts tell it.
pub fn answered(outcome: &Result<Done, Refusal>) -> String {
    match outcome {
        Ok(done) => {
            let recorded = if done.recorded { "" } else { ", unrecorded" };
            let fact = done.fact.map_or("nothing to do".into(), |id| EventId::from(id).to_string());
            format!("answer done ({fact}{recorded})")
        }
        Err(refusal) => format!("answer refused: {} | {}", refusal.code(), refusal.text().en),
    }
}
