//! Who a device says that it is, against whom its profile means, in words.
//!
//! Takes: what was found, the device, its site.
//! Gives: [`Identified`]: a verdict, what was found, what to do next.
//! Never: *the same* without registers that say so: words of a maker's are shown and compared by people.

use super::trouble_words::named;
use crate::engine::base::Text;
use crate::engine::poll::{Failure, Finding, Reply};
use crate::engine::profile::Profile;
use crate::engine::site::{Device, Site};

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its identity registers say what the profile accepts.
    Same,
    /// They say something else.
    Other,
    /// It answers, and the profile names no identity registers.
    CannotTell,
    /// It refuses them.
    Refused,
    /// Nothing that could be believed came.
    Silent,
    /// The bus had no turn for it in time.
    NoTurn,
}

impl Verdict {
    /// The word of the public documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Other => "other",
            Verdict::CannotTell => "cannot-tell",
            Verdict::Refused => "refused",
            Verdict::Silent => "silent",
            Verdict::NoTurn => "no-turn",
        }
    }
}

/// What a person is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    /// In one word.
    pub verdict: Verdict,
    /// What was found.
    pub words: Text,
    /// What to do next; empty where nothing is.
    pub next: Text,
    /// What the device says of itself by function 43, or why it does not.
    pub own: Text,
}

/// Judges what was found.
pub fn identified(finding: &Finding, device: &Device, site: &Site) -> Identified {
    let (verdict, words, next) = by_registers(finding, device, site);
    Identified { verdict, words, next, own: own_words(finding, &device.profile) }
}

/// Words as they are written in profiles.
pub fn spell(words: &[u16]) -> String {
    words.iter().map(|word| format!("0x{word:04X}")).collect::<Vec<_>>().join(" ")
}

fn by_registers(finding: &Finding, device: &Device, site: &Site) -> (Verdict, Text, Text) {
    let unit = device.unit;
    match &finding.registers {
        None => (
            Verdict::NoTurn,
            Text::new("总线忙，时限内没有轮到", "The bus is busy: there was no turn in time"),
            Text::new("看此总线的占用率；稍后再试", "Look at how busy the bus is; try again later"),
        ),
        Some(Ok(Reply::Words(words))) => match &device.profile.link.identity {
            Some(identity) if identity.accept.contains(words) => {
                let profile = &device.profile.id;
                let words = spell(words);
                let words = Text {
                    zh: format!("标识寄存器为 {words}，与配置 {profile} 相符"),
                    en: format!("Its identity registers say {words}: it is what the profile {profile} means"),
                };
                (Verdict::Same, words, Text::default())
            }
            Some(identity) => other(words, &identity.accept, finding, site, unit),
            None => answers(device),
        },
        Some(Ok(_)) => answers(device),
        Some(Err(Failure::Exception(code @ 1..=9))) => {
            let Text { zh, en } = named(*code);
            (
                Verdict::Refused,
                Text {
                    zh: format!("地址 {unit} 有应答，但拒绝这些寄存器（{zh}）"),
                    en: format!("Unit {unit} answers and refuses these registers ({en})"),
                },
                Text::new(
                    "多半是另一型号或另一固件：核对铭牌与配置",
                    "It is most likely another model or firmware: compare its plate with the profile",
                ),
            )
        }
        Some(Err(failure)) => {
            let said = match failure {
                Failure::Malformed(what) => what.clone(),
                Failure::Link(reason) => reason.clone(),
                _ => String::new(),
            };
            (
                Verdict::Silent,
                Text {
                    zh: format!("地址 {unit} 没有可信的应答{}{said}", if said.is_empty() { "" } else { "：" }),
                    en: format!(
                        "Nothing that can be believed came from unit {unit}{}{said}",
                        if said.is_empty() { "" } else { ": " }
                    ),
                },
                Text::new(
                    "看下面最近的失败，其中有先查什么",
                    "Look at the last failures below: they say where to look first",
                ),
            )
        }
    }
}

fn answers(device: &Device) -> (Verdict, Text, Text) {
    let unit = device.unit;
    (
        Verdict::CannotTell,
        Text {
            zh: format!("地址 {unit} 有应答；配置 {} 没有标识寄存器，凭寄存器不能断定是哪台设备", device.profile.id),
            en: format!(
                "Unit {unit} answers; the profile {} names no identity registers, so that registers cannot tell which device it is",
                device.profile.id
            ),
        },
        Text::new(
            "改变现场的一个已知量（拨一个开关、比对一个读数），看数值是否随之变化",
            "Change something known at the device (a switch, a reading on its display) and see whether the values follow",
        ),
    )
}

fn other(words: &[u16], accept: &[Vec<u16>], finding: &Finding, site: &Site, unit: u8) -> (Verdict, Text, Text) {
    let (found, meant) = (spell(words), accept.first().map(|words| spell(words)).unwrap_or_default());
    let place = finding.range.map(|(table, start, _)| (table, start));
    // Another device of this site that says just this of itself, at the same place.
    let fits = |other: &&Device| {
        let identity = other.profile.link.identity.as_ref();
        identity
            .is_some_and(|own| Some((own.table, own.address)) == place && own.accept.iter().any(|held| held == words))
    };
    let next = match site.devices.iter().find(fits) {
        Some(known) => Text {
            zh: format!("与 {} 的配置 {} 相符：两台可能接反或地址互换", known.id, known.profile.id),
            en: format!("That is what {} means (device {}): the two may be swapped", known.profile.id, known.id),
        },
        None => Text::new(
            "核对铭牌、型号与配置；或在配置中加入此标识",
            "Compare plate, model and profile; or add this identity to the profile",
        ),
    };
    let words = Text {
        zh: format!("地址 {unit} 上是另一台设备：标识为 {found}，应为 {meant}"),
        en: format!("Another device answers at unit {unit}: identity {found} instead of {meant}"),
    };
    (Verdict::Other, words, next)
}

fn own_words(finding: &Finding, profile: &Profile) -> Text {
    match &finding.objects {
        Some(Ok(Reply::Objects(objects))) => {
            let said: Vec<String> =
                objects.iter().map(|(_, bytes)| printable(bytes)).filter(|text| !text.is_empty()).collect();
            let meant = format!("{} {}", profile.vendor, profile.model);
            let said = said.join(" · ");
            Text {
                zh: format!("自述（功能 43）：{said}；配置为 {meant}"),
                en: format!("It says of itself (function 43): {said}; the profile means {meant}"),
            }
        }
        Some(Err(Failure::Exception(code))) => Text {
            zh: format!("不支持功能 43（异常码 {code}），许多设备如此"),
            en: format!("It has no function 43 (exception {code}), as many devices have not"),
        },
        Some(_) => Text::new(
            "对功能 43 没有应答；此后不再询问，直到断线重连",
            "It says nothing to function 43, and is not asked again until the line was lost",
        ),
        None => Text::new("未询问功能 43", "Function 43 was not asked"),
    }
}

/// What a device says of itself is shown as text, whatever bytes it has.
pub fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars().filter(|letter| !letter.is_control()).take(80).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::base::{DeviceId, SiteId};
    use crate::engine::profile::{Identity, Table};
    use crate::engine::site::Place;

    fn device(id: &str, accept: Option<u16>) -> Device {
        let mut profile = Profile::new(&format!("profile-{id}"), "pump");
        let identity = |word| Identity { table: Table::Holding, address: 900, accept: vec![vec![word]] };
        profile.link.identity = accept.map(identity);
        Device {
            id: DeviceId::new(id),
            name: Text::default(),
            bus: 0,
            unit: 7,
            address: 0,
            profile: Arc::new(profile),
            place: Place::default(),
            control: false,
            refused: None,
            points: 0..0,
            rules: 0..0,
            commands: 0..0,
            statuses: 0..0,
        }
    }

    #[test]
    fn what_was_found_is_judged_by_registers_alone() {
        let mut site = Site::new(SiteId::new("s"));
        site.devices = vec![device("a", Some(1)), device("b", Some(2)), device("c", None)];
        let check = |device: usize, registers: Option<Result<Reply, Failure>>, verdict: Verdict, zh: &str| {
            let range = Some((Table::Holding, 900, 1));
            let finding = Finding { id: 0, range, registers, objects: None };
            let told = identified(&finding, &site.devices[device], &site);
            assert_eq!(told.verdict, verdict, "{told:?}");
            assert!(format!("{}{}", told.words.zh, told.next.zh).contains(zh), "{told:?}");
            assert!(!told.words.en.is_empty() && !told.own.en.is_empty());
        };
        let words = |word: u16| Some(Ok(Reply::Words(vec![word])));
        check(0, words(1), Verdict::Same, "相符");
        check(0, words(2), Verdict::Other, "与 b 的配置 profile-b 相符");
        check(0, words(3), Verdict::Other, "应为 0x0001");
        check(2, words(1), Verdict::CannotTell, "没有标识寄存器");
        check(0, Some(Err(Failure::Exception(2))), Verdict::Refused, "异常码 2");
        check(0, Some(Err(Failure::Timeout)), Verdict::Silent, "没有可信的应答");
        check(0, Some(Err(Failure::Exception(0x0B))), Verdict::Silent, "最近的失败");
        check(0, None, Verdict::NoTurn, "总线忙");
    }

    #[test]
    fn what_a_device_says_of_itself_is_text_whatever_its_bytes() {
        assert_eq!(printable(b"Acme\0\x1b[31m"), "Acme[31m");
        assert_eq!(printable(&[0xFF, b'A']), "\u{fffd}A");
        assert_eq!(printable(&[b'x'; 300]).len(), 80);
    }
}
