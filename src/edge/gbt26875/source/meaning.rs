//! What the objects of a frame say, in the words of the engine.
//!
//! Takes: the data of a frame.
//! Gives: [`Heard`], one for each thing that was said.
//! Never: loses an object. What has no place in the engine is [`Heard::Unread`] or a measurement, both with their words.

use crate::edge::gbt26875::stamp::Stamp;
use crate::edge::gbt26875::v2011::{
    Adu, Analogue, ComponentAt, ComponentState, Operation, System, SystemOperation, SystemState, UnitOperation,
    UnitState, component, component_kind, operation, quantity, system, system_kind, unit,
};
use crate::engine::base::{Category, Text};
use crate::engine::panel::Statement;

/// One thing that was said.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Heard {
    /// A condition holds, or does not.
    State(Statement),
    /// A system was reset.
    Reset {
        /// Which.
        system: System,
        /// When, by the device's clock.
        at: String,
        /// Its own words.
        words: String,
    },
    /// A person did something there.
    Operation {
        /// What.
        name: Text,
        /// When, by the device's clock.
        at: String,
        /// Its own words.
        words: String,
    },
    /// A measured value.
    Measured {
        /// Of what.
        of: ComponentAt,
        /// Its own words.
        words: String,
    },
    /// A version, a configuration or a clock: nothing stands on it.
    Noted(String),
    /// Something that means nothing to us.
    Unread(String),
}

/// The array of the profile in which the components of the first fire alarm system are.
const COMPONENTS: &str = "component";
/// That system.
const FIRE_ALARM: System = System { kind: 1, address: 1 };

/// The bits of a system: category, and what is added to the segment where two bits have one category.
const SYSTEM_BITS: [(u16, Category, &str); 11] = [
    (system::FIRE, Category::Fire, ""),
    (system::FAULT, Category::Fault, ""),
    (system::DISABLED, Category::Disabled, ""),
    (system::SUPERVISORY, Category::Supervisory, ""),
    (system::STARTED, Category::Start, ""),
    (system::FEEDBACK, Category::Feedback, ""),
    (system::DELAY, Category::Delay, ""),
    (system::MAINS, Category::MainsFault, ""),
    (system::BACKUP, Category::BackupFault, ""),
    (system::BUS, Category::Fault, "-bus"),
    (system::MANUAL, Category::Disabled, "-automatic"),
];

const COMPONENT_BITS: [(u16, Category); 8] = [
    (system::FIRE, Category::Fire),
    (system::FAULT, Category::Fault),
    (system::DISABLED, Category::Disabled),
    (system::SUPERVISORY, Category::Supervisory),
    (system::STARTED, Category::Start),
    (system::FEEDBACK, Category::Feedback),
    (system::DELAY, Category::Delay),
    (component::POWER, Category::MainsFault),
];

const UNIT_BITS: [(u8, Category, &str); 6] = [
    (unit::FIRE, Category::Fire, ""),
    (unit::FAULT, Category::Fault, ""),
    (unit::MAINS, Category::MainsFault, ""),
    (unit::BACKUP, Category::BackupFault, ""),
    (unit::CHANNEL, Category::Fault, "-channel"),
    (unit::LINE, Category::Fault, "-line"),
];

const OPERATIONS: [(u8, &str, &str); 7] = [
    (operation::RESET, "复位", "reset"),
    (operation::SILENCE, "消音", "silence"),
    (operation::MANUAL_ALARM, "手动报警", "alarm raised by hand"),
    (operation::CANCELLED, "警情消除", "alarm called off"),
    (operation::SELF_TEST, "自检", "self-test"),
    (operation::CONFIRM, "确认", "acknowledge"),
    (operation::TEST, "测试", "test"),
];

/// Everything that the data of a frame say, in their order.
pub(super) fn heard(adu: &Adu) -> Vec<Heard> {
    match adu {
        Adu::SystemStates(states) => states.iter().flat_map(system_state).collect(),
        Adu::ComponentStates(states) => states.iter().flat_map(component_state).collect(),
        Adu::Analogues(values) => values.iter().map(measured).collect(),
        Adu::SystemOperations(done) => done.iter().flat_map(system_operation).collect(),
        Adu::UnitState(state) => unit_state(state),
        Adu::UnitOperations(done) => done.iter().flat_map(unit_operation).collect(),
        Adu::Other { kind, objects, bytes } => {
            let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            vec![Heard::Unread(format!("type {kind}, {objects} objects: {}", hex.join(" ")))]
        }
        Adu::SystemSoftware(_)
        | Adu::SystemTexts(_)
        | Adu::ComponentTexts(_)
        | Adu::SystemTimes(_)
        | Adu::UnitSoftware(_)
        | Adu::UnitText(_)
        | Adu::UnitTime(_) => vec![Heard::Noted(format!("{adu:?}"))],
        // Questions and orders are the centre's.
        order => vec![Heard::Unread(format!("a device orders or asks: {order:?}"))],
    }
}

/// The segment of a system, and the array of its components.
fn segment(system: System) -> String {
    format!("s{}-{}", system.kind, system.address)
}

/// The systems that the arrays of a profile stand for, for asking them.
pub(super) fn system_of_array(key: &str) -> Option<System> {
    if key == COMPONENTS {
        return Some(FIRE_ALARM);
    }
    let (kind, address) = key.strip_prefix('s')?.split_once('-')?;
    Some(System { kind: kind.parse().ok()?, address: address.parse().ok()? })
}

fn system_state(state: &SystemState) -> Vec<Heard> {
    let SystemState { system, status, at } = state;
    let words = format!("system {}/{} status {:04X}", system.kind, system.address, status.0);
    let says = |category, suffix: &str, active| {
        let kind = system_kind(system.kind);
        let subject = match suffix {
            "-bus" => format!("{} {} 总线 / {} {} bus", kind.zh, system.address, kind.en, system.address),
            "-automatic" => {
                format!("{} {} 自动方式 / {} {} automatic", kind.zh, system.address, kind.en, system.address)
            }
            _ => format!("{} {} / {} {}", kind.zh, system.address, kind.en, system.address),
        };
        itself(&format!("{}{suffix}", segment(*system)), category, active, &subject, *at, &words)
    };
    let mut heard = Vec::new();
    if status.has(system::RESET) {
        heard.push(Heard::Reset { system: *system, at: at.to_string(), words: words.clone() });
    }
    heard.extend(SYSTEM_BITS.map(|(bit, category, suffix)| says(category, suffix, status.has(bit))));
    heard.push(says(Category::Test, "", !status.has(system::NORMAL)));
    if status.has(system::CHANGED) {
        let name = Text::new("配置改变", "configuration changed");
        heard.push(Heard::Operation { name, at: at.to_string(), words });
    }
    heard
}

fn component_state(state: &ComponentState) -> Vec<Heard> {
    let ComponentState { component, status, description, at } = state;
    let ComponentAt { system, zone, point } = component.at;
    let kind = component_kind(component.kind);
    let words = format!(
        "system {}/{} component {zone}/{point} kind {} status {:04X} \"{description}\"",
        system.kind, system.address, component.kind, status.0
    );
    // Numbers are the system's own: those of another system must never be taken for this one's.
    let array = match system {
        FIRE_ALARM => COMPONENTS.to_owned(),
        other if (zone, point) == (0, 0) => format!("{}-l0-p0", segment(other)),
        other => segment(other),
    };
    let says = |category, active| {
        Heard::State(Statement {
            loop_number: zone,
            index: point,
            array: Some(array.clone()),
            category,
            active,
            kind: Some(format!("{}/{}", kind.zh, kind.en)),
            place: Some(description.clone()).filter(|place| !place.is_empty()),
            device_time: Some(at.to_string()),
            words: words.clone(),
        })
    };
    let is_gas = matches!(component.kind, 10..=13);
    let bits = COMPONENT_BITS.map(|(bit, category)| {
        let category = if is_gas && bit == system::FIRE { Category::Gas } else { category };
        says(category, status.has(bit))
    });
    let test = says(Category::Test, !status.has(system::NORMAL));
    bits.into_iter().chain([test]).collect()
}

fn measured(value: &Analogue) -> Heard {
    let Analogue { component, quantity: code, value, at } = value;
    let ComponentAt { system, zone, point } = component.at;
    let shown = match quantity(*code) {
        Some((name, unit, place)) => format!("{} {:.2} {unit}", name.en, f64::from(*value) * place),
        None => format!("quantity {code} raw {value}"),
    };
    let words = format!("system {}/{} component {zone}/{point}: {shown} at {at}", system.kind, system.address);
    Heard::Measured { of: component.at, words }
}

fn system_operation(done: &SystemOperation) -> Vec<Heard> {
    let SystemOperation { system, operation: done, operator, at } = *done;
    let of = segment(system);
    let kind = system_kind(system.kind);
    let subject = format!("{} {} / {} {}", kind.zh, system.address, kind.en, system.address);
    let words = format!("system {}/{} operation {:02X} by operator {operator}", system.kind, system.address, done.0);
    let mut heard = operations(done, at, &words);
    heard.extend(by_hand(&of, done, &subject, at, &words));
    if done.has(operation::RESET) {
        heard.push(Heard::Reset { system, at: at.to_string(), words });
    }
    heard
}

fn unit_operation(done: &UnitOperation) -> Vec<Heard> {
    let UnitOperation { operation: done, operator, at } = *done;
    let words = format!("transmission device operation {:02X} by operator {operator}", done.0);
    let mut heard = operations(done, at, &words);
    heard.extend(by_hand("unit", done, UNIT, at, &words));
    heard
}

/// What people call the transmission device itself.
const UNIT: &str = "传输装置 / transmission device";

/// Somebody pressed the alarm: that is a fire, whether or not a status follows.
fn by_hand(segment: &str, done: Operation, subject: &str, at: Stamp, words: &str) -> Option<Heard> {
    let pressed = done.has(operation::MANUAL_ALARM);
    (pressed || done.has(operation::CANCELLED)).then(|| itself(segment, Category::Fire, pressed, subject, at, words))
}

fn operations(done: Operation, at: Stamp, words: &str) -> Vec<Heard> {
    let of = OPERATIONS.iter().filter(|(bit, ..)| done.has(*bit));
    of.map(|(_, zh, en)| Heard::Operation { name: Text::new(zh, en), at: at.to_string(), words: words.to_owned() })
        .collect()
}

fn unit_state(state: &UnitState) -> Vec<Heard> {
    let UnitState { status, at } = *state;
    let words = format!("transmission device status {:02X}", status.0);
    let says = |category, suffix: &str, active| {
        let subject = match suffix {
            "-channel" => "传输装置 中心信道 / transmission device, channel to the centre",
            "-line" => "传输装置 监测连接线路 / transmission device, line to what it watches",
            _ => UNIT,
        };
        itself(&format!("unit{suffix}"), category, active, subject, at, &words)
    };
    let mut heard: Vec<Heard> =
        UNIT_BITS.map(|(bit, category, suffix)| says(category, suffix, status.has(bit))).to_vec();
    heard.push(says(Category::Test, "", !status.has(unit::NORMAL)));
    heard
}

/// A condition of a system, or of the transmission device.
fn itself(segment: &str, category: Category, active: bool, subject: &str, at: Stamp, words: &str) -> Heard {
    Heard::State(Statement {
        loop_number: 0,
        index: 0,
        array: Some(segment.to_owned()),
        category,
        active,
        kind: None,
        place: Some(subject.to_owned()),
        device_time: Some(at.to_string()),
        words: words.to_owned(),
    })
}
