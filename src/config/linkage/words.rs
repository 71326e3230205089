//! What a linkage reads and addresses, in words, in both languages.
//!
//! Takes: checked conditions and selectors.
//! Gives: [`Text`]s for people who have to judge whether the rule is the one they meant.
//! Never: an id where the site knows a name.

use super::clock::DAYS;
use super::condition::{Alarms, Condition, Shown};
use super::pattern::Pattern;
use super::selector::{Binding, Selector, Where};
use crate::engine::base::{Text, Verdict};
use crate::engine::site::{Among, Site, Window};

/// What is addressed by its place alone.
const EQUIPMENT: (&str, &str) = ("设备", "equipment");

/// A condition.
pub fn condition(condition: &Condition, site: &Site) -> Text {
    said(condition, site, false)
}

fn said(condition: &Condition, site: &Site, inside: bool) -> Text {
    match condition {
        Condition::Not(inner) => {
            let inner = said(inner, site, true);
            Text::new(&format!("并非（{}）", inner.zh), &format!("not ({})", inner.en))
        }
        Condition::All(parts) => joined(parts, site, inside, (" 并且 ", " and ")),
        Condition::Any(parts) => joined(parts, site, inside, (" 或者 ", " or ")),
        Condition::Alarms(alarms, many) => counted(alarms, *many, site),
        Condition::Judged(alarms, verdict) => {
            let (zh, en) = match verdict {
                Verdict::Real => ("真实", "real"),
                Verdict::False => ("误报", "false"),
                Verdict::Drill => ("演练", "a drill"),
                Verdict::Unverified => ("未判定", "not judged"),
            };
            let of = alarm(alarms, site);
            Text::new(&format!("{}被判定为{zh}", of.zh), &format!("{} is judged {en}", of.en))
        }
        Condition::Shown(shown) => status(shown, site),
        Condition::Clock(window) => clock(*window),
    }
}

fn joined(parts: &[Condition], site: &Site, inside: bool, (zh, en): (&str, &str)) -> Text {
    let parts: Vec<Text> = parts.iter().map(|part| said(part, site, true)).collect();
    let zh = parts.iter().map(|part| part.zh.as_str()).collect::<Vec<_>>().join(zh);
    let en = parts.iter().map(|part| part.en.as_str()).collect::<Vec<_>>().join(en);
    if inside { Text::new(&format!("（{zh}）"), &format!("({en})")) } else { Text::new(&zh, &en) }
}

fn counted(alarms: &Alarms, many: u32, site: &Site) -> Text {
    let of = alarm(alarms, site);
    if many == 1 {
        return Text::new(&format!("有{}", of.zh), &format!("there is {}", of.en));
    }
    Text::new(&format!("有至少{many}个不同点的{}", of.zh), &format!("at least {many} different points hold {}", of.en))
}

fn alarm(alarms: &Alarms, site: &Site) -> Text {
    let of = selected(&alarms.selector, &Binding::default(), site);
    let (zh, en) = if alarms.acted {
        ("动作".to_owned(), "alarm or action".to_owned())
    } else {
        let words: Vec<Text> = alarms.categories.iter().map(|category| category.text()).collect();
        let zh = words.iter().map(|word| word.zh.as_str()).collect::<Vec<_>>().join("、");
        let en = words.iter().map(|word| word.en.to_lowercase()).collect::<Vec<_>>().join(" or ");
        (zh, en)
    };
    if alarms.selector == Selector::default() {
        return Text::new(&format!("任意{zh}"), &format!("{en} anywhere"));
    }
    // A place without a thing: every alarm there.
    match (of.zh.strip_suffix(EQUIPMENT.0), of.en.strip_prefix(EQUIPMENT.1)) {
        (Some(place), Some(at)) => Text::new(&format!("{place}的{zh}"), &format!("{en}{at}")),
        _ => Text::new(&format!("{}的{zh}", of.zh), &format!("{en} of {}", of.en)),
    }
}

fn status(shown: &Shown, site: &Site) -> Text {
    let of = selected(&shown.selector, &Binding::default(), site);
    let class = shown.selector.classes.first().and_then(|id| site.classes.find(id));
    let word = class.and_then(|(_, class)| class.statuses.iter().find(|status| status.key == shown.word));
    let word = word.map_or_else(|| Text::same(&shown.word), |status| status.name.clone());
    let (no_zh, no_en) = if shown.is { ("", "") } else { ("非", "not ") };
    let (zh, en) = match shown.among {
        Among::Any => ("任一", "one of"),
        Among::All => ("全部", "every one of"),
    };
    Text::new(&format!("{zh}{}为“{no_zh}{}”", of.zh, word.zh), &format!("{en} {} is {no_en}\"{}\"", of.en, word.en))
}

fn clock(window: Window) -> Text {
    let hours = format!("{:02}:{:02}-{:02}:{:02}", window.from / 60, window.from % 60, window.to / 60, window.to % 60);
    if window.days == 0x7F {
        return Text::new(&format!("时间在 {hours}"), &format!("it is {hours}"));
    }
    const ZH: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
    let held = |names: [&str; 7], between: &str| {
        let days = (0..7).filter(|day| window.days & (1 << day) != 0).filter_map(|day| names.get(day).copied());
        days.collect::<Vec<_>>().join(between)
    };
    Text::new(&format!("时间在周{} {hours}", held(ZH, "、")), &format!("it is {hours} on {}", held(DAYS, ", ")))
}

/// What a selector addresses, with the values of its variables where they are known.
pub fn selected(selector: &Selector, bound: &Binding, site: &Site) -> Text {
    let value = |place: &Option<Where>, bound: &Option<String>| match place {
        Some(Where::Is(id)) => Some((id.clone(), false)),
        Some(Where::Variable) => Some(bound.clone().map_or((String::new(), true), |id| (id, false))),
        None => None,
    };
    let (mut zh, mut en) = (String::new(), String::new());
    let mut add = |said: (String, String)| {
        zh.push_str(&said.0);
        en.push_str(&said.1);
    };
    let building = value(&selector.building, &bound.building).or_else(|| {
        // The floor of a variable is one of its building.
        let floor = selector.floor == Some(Where::Variable);
        bound.building.clone().filter(|_| floor).map(|id| (id, false))
    });
    match building {
        Some((_, true)) => add(("同一楼栋".into(), " of the same building".into())),
        Some((id, _)) => {
            let name = site.building_name(&id);
            add((name.zh, format!(", {}", name.en)));
        }
        None => {}
    }
    match value(&selector.floor, &bound.floor) {
        Some((_, true)) => add(("同一楼层".into(), ", on the same floor".into())),
        Some((id, _)) => add((format!("{id}层"), format!(", floor {id}"))),
        None => {}
    }
    match value(&selector.zone, &bound.zone) {
        Some((_, true)) => add(("同一分区".into(), ", in the same zone".into())),
        Some((id, _)) => add((format!("{id}分区"), format!(", zone {id}"))),
        None => {}
    }
    if let Some(device) = &selector.device {
        let named = site.devices.iter().find(|held| held.id.as_str() == device);
        let name = named.map_or_else(|| Text::same(device), |held| held.name.clone());
        add((format!("{}的", name.zh), format!(" at {}", name.en)));
    }
    let what = thing(selector, site);
    Text::new(&format!("{zh}{}", what.zh), &format!("{}{en}", what.en))
}

fn thing(selector: &Selector, site: &Site) -> Text {
    if let Some(id) = &selector.equipment {
        return site.equipment_named(id).map_or_else(|| Text::same(id), |held| held.name.clone());
    }
    let names: Vec<Text> = selector.classes.iter().map(|id| class_name(site, id)).collect();
    let mut text = Text::new(
        &names.iter().map(|name| name.zh.as_str()).collect::<Vec<_>>().join("或"),
        &names.iter().map(|name| name.en.to_lowercase()).collect::<Vec<_>>().join(" or "),
    );
    let mut parts = Vec::new();
    if let Some(code) = &selector.code {
        parts.push(Text::new(&format!("二次码{code}"), &format!("code {code}")));
    }
    parts.extend(selector.kind.as_ref().map(|kind| kind_name(site, kind)));
    for part in parts {
        let gap = if text.en.is_empty() { "" } else { " " };
        text = Text::new(&format!("{}{gap}{}", text.zh, part.zh), &format!("{}{gap}{}", text.en, part.en));
    }
    if text == Text::default() { Text::new(EQUIPMENT.0, EQUIPMENT.1) } else { text }
}

/// A device type: by its name where the site knows it.
pub fn kind_name(site: &Site, kind: &Pattern) -> Text {
    let digits = kind.to_string();
    site.classes.types.get(&digits).map_or_else(
        || Text::new(&format!("类型{digits}"), &format!("type {digits}")),
        |known| Text::new(&format!("{}（{digits}）", known.name.zh), &format!("{} ({digits})", known.name.en)),
    )
}

/// What a class is called.
pub fn class_name(site: &Site, id: &str) -> Text {
    site.classes.find(id).map_or_else(|| Text::same(id), |(_, class)| class.name.clone())
}
