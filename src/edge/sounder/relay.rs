//! A relay that is on while something sounds: a horn, a lamp, the input of a public address.
//!
//! Takes: the shown state.
//! Gives: `start` and `stop` at one point, through the gate that every command passes; a fault while it is not as it must be.
//! Never: a command that the gate would not let a person send, or one that is sent again before its end is known.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Feed, pause_after};
use crate::engine::alarm::{State, Step};
use crate::engine::base::{Actor, DeviceId, EventId, PointId, Role, Text, Tone};
use crate::engine::profile::Danger;
use crate::engine::site::Site;
use crate::engine::{Act, Part};
use crate::live::tones::repeats;

/// The state is looked at this often.
const LOOKED: Duration = Duration::from_millis(200);
/// A command whose end is not known by then failed: longer than any feedback may take.
const ENDS_WITHIN: Duration = Duration::from_secs(120);

/// The two points at which it is commanded.
struct Relay {
    start: PointId,
    stop: PointId,
}

/// Drives `relay`, a device or an element of one, for ever.
pub async fn run(relay: &str, feed: &Feed) {
    let held = match find(relay, &feed.site) {
        Ok(held) => held,
        Err(fault) => {
            feed.vitals.report(Part::Relay, Some(fault));
            return std::future::pending().await;
        }
    };
    feed.vitals.report(Part::Relay, None);
    // What an earlier start switched on may still be on; nobody switches it off but this.
    let mut on = was_on(&held, &feed.picture.state());
    let mut failures = 0;
    loop {
        let wanted = must_sound(&feed.picture.state());
        if wanted == on {
            sleep(LOOKED).await;
            continue;
        }
        match switch(&held, wanted, feed).await {
            Ok(()) => {
                (on, failures) = (wanted, 0);
                feed.vitals.report(Part::Relay, None);
            }
            Err(why) => {
                failures += 1;
                let (zh, en) = if wanted { ("接通", "on") } else { ("断开", "off") };
                let fault = Text::new(
                    &format!("声响继电器 {relay} 未能{zh}：{}", why.zh),
                    &format!("The sounder's relay {relay} was not switched {en}: {}", why.en),
                );
                feed.vitals.report(Part::Relay, Some(fault));
                sleep(pause_after(failures)).await;
            }
        }
    }
}

/// A tone that is heard once is nothing for a horn.
fn must_sound(state: &State) -> bool {
    let tone = state.tone();
    tone != Tone::None && repeats(tone)
}

/// Its commands: those of the point itself, or of the device where each command is a point.
fn find(relay: &str, site: &Site) -> Result<Relay, Text> {
    let lacking = |zh: &str, en: &str| {
        Text::new(&format!("声响继电器 {relay}：{zh}"), &format!("The sounder's relay {relay}: {en}"))
    };
    let of = |verb: &str| {
        let own = if relay.contains('/') { PointId::new(relay) } else { PointId::of(&DeviceId::new(relay), verb) };
        let command = site.command(&own, verb).filter(|command| command.spec.danger == Danger::Plain);
        command.map(|command| command.point.clone())
    };
    let (Some(start), Some(stop)) = (of("start"), of("stop")) else {
        return Err(lacking("没有可直接下达的 start 和 stop 命令", "it has no plain commands start and stop"));
    };
    let device = site.devices.iter().find(|device| device.id.as_str() == start.device());
    if device.is_some_and(|device| device.control) {
        Ok(Relay { start, stop })
    } else {
        Err(lacking("设备未启用控制", "control of its device is off"))
    }
}

/// Switches it and waits for the end of the command.
async fn switch(relay: &Relay, on: bool, feed: &Feed) -> Result<(), Text> {
    let by = Actor { user: "sounder".into(), role: Role::Operator, origin: "gateway".into() };
    let (point, verb) = if on { (&relay.start, "start") } else { (&relay.stop, "stop") };
    let act = Act::Command { point: point.clone(), verb: verb.to_owned(), arm: None };
    let stopping = |_| Text::new("网关正在停止", "the gateway is stopping");
    let done = feed.acts.ask(by, None, act).await.map_err(stopping)?.map_err(|refusal| refusal.text())?;
    let Some(id) = done.fact.map(EventId::from) else { return Ok(()) };
    let end = Instant::now() + ENDS_WITHIN;
    while Instant::now() < end {
        let ended =
            feed.picture.state().commands.get(&id).and_then(|record| record.steps.last().map(|(_, step)| *step));
        match ended {
            Some(Step::Confirmed | Step::Done | Step::PulseEnded) => return Ok(()),
            Some(Step::Failed(_) | Step::Unknown | Step::PulseStuck(_)) => {
                return Err(Text::new("命令未执行，见其记录", "the command failed; its record says why"));
            }
            Some(Step::Accepted) | None => sleep(LOOKED).await,
        }
    }
    Err(Text::new("没有反馈", "no feedback"))
}

/// Whether the newest command that went to it was to start.
fn was_on(relay: &Relay, state: &State) -> bool {
    let ours = |point: &PointId, verb: &str| {
        *point == relay.start && verb == "start" || *point == relay.stop && verb == "stop"
    };
    let last = state.commands.values().rfind(|record| ours(&record.asked.point, &record.asked.verb));
    last.is_some_and(|record| record.asked.verb == "start")
}
