use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::base::{BusId, Category, DeviceId, Mono, Now, SiteId, Text, Wall};
use crate::engine::panel::{Listener, Statement};
use crate::engine::poll::{LinkOf, Report, Said};
use crate::engine::profile::{Affine, AlarmSpec, ArraySpec, Expression, Grammar, Profile, Speech, TextEncoding};
use crate::engine::site::{Bus, Device, Endpoint, ListedPoint, Place, Port, Settings, Site, expand};

pub(super) fn now(seconds: u64) -> Now {
    Now { mono: Mono(seconds * 1_000_000), wall: Wall(seconds as i64 * 1_000_000) }
}

fn alarm(key: &str, category: Category, zh: &str, en: &str) -> AlarmSpec {
    AlarmSpec {
        follows: Vec::new(),
        by_class: false,
        advice: Text::default(),
        key: key.into(),
        on: None,
        name: Text::new(zh, en),
        category,
        level: None,
        latches: category.rules().latches,
        delay: Duration::ZERO,
        when: Expression::Reported,
    }
}

/// One text panel with an array `point` on loops 1 to 8, of which loop 2 point 17 is listed.
fn site(heartbeat: Option<Duration>) -> Arc<Site> {
    site_of(Grammar {
        encoding: TextEncoding::Gb18030,
        begins: Vec::new(),
        ends: Vec::new(),
        ignore: Vec::new(),
        pause: Duration::from_millis(500),
        longest: 512,
        patterns: Vec::new(),
        heartbeat,
    })
}

/// The same with another grammar.
pub(super) fn site_of(grammar: Grammar) -> Arc<Site> {
    let profile = Profile {
        speech: Speech::Text(grammar),
        alarms: vec![
            alarm("mains", Category::MainsFault, "主电故障", "mains fault"),
            alarm("charger", Category::Fault, "充电器故障", "charger fault"),
            alarm("loop", Category::Fault, "回路故障", "loop fault"),
        ],
        arrays: vec![ArraySpec {
            class: None,
            statuses: Vec::new(),
            without: Vec::new(),
            key: "point".into(),
            naming: "l{loop}-p{index}".into(),
            address: Affine { constant: 0, per_loop: 0, per_index: 0 },
            loops: (1, 8),
            indices: (1, 242),
            fields: Vec::new(),
            alarms: vec![
                alarm("fire", Category::Fire, "火警", "fire"),
                alarm("fault", Category::Fault, "故障", "fault"),
            ],
            commands: Vec::new(),
        }],
        ..Profile::new("printer", "panel")
    };
    let mut site = Site {
        id: SiteId::new("s"),
        name: Text::same("s"),
        timezone: "UTC".into(),
        buildings: Vec::new(),
        buses: vec![Bus {
            id: BusId::new("printer"),
            name: Text::same("printer"),
            endpoint: Endpoint::Text(Port::Tcp("127.0.0.1:1".into())),
            periods: BTreeMap::new(),
            devices: Vec::new(),
        }],
        devices: Vec::new(),
        points: Vec::new(),
        rules: Vec::new(),
        commands: Vec::new(),
        settings: Settings::default(),
        hash: String::new(),
        ..Site::new(SiteId::new(""))
    };
    let device = Device {
        statuses: 0..0,
        id: DeviceId::new("panel-1"),
        name: Text::new("1号主机", "Panel 1"),
        bus: 0,
        unit: 0,
        address: 0,
        profile: Arc::new(profile),
        place: Place::default(),
        control: false,
        refused: None,
        points: 0..0,
        rules: 0..0,
        commands: 0..0,
    };
    let listed = ListedPoint {
        row: 2,
        array: "point".into(),
        loop_number: 2,
        index: 17,
        code: None,
        kind: None,
        place: Place { text: Text::new("三层走廊", "Corridor 3F"), ..Place::default() },
    };
    expand(&mut site, device, &[listed]).expect("the row lies in the array");
    Arc::new(site)
}

fn says(loop_number: u16, index: u16, category: Category) -> Statement {
    Statement {
        loop_number,
        index,
        array: None,
        category,
        active: true,
        kind: None,
        place: None,
        device_time: Some("11/22/26 07:00".into()),
        words: "02-017 火警".into(),
    }
}

fn said(report: Report) -> Said {
    let [record] = &report.records[..] else { panic!("one record, not {report:?}") };
    record.said.clone()
}

fn links(report: &Report) -> Vec<(LinkOf, bool, &str)> {
    report.links.iter().map(|link| (link.of, link.up, link.reason.en.as_str())).collect()
}

#[test]
fn what_the_site_lists_is_its_rule_and_anything_else_is_raised_under_a_name_of_its_own() {
    let site = site(None);
    let mut listener = Listener::new(Arc::clone(&site), 0, now(0));
    let mut check = |statement: Statement, expected: &str| {
        let told = match said(listener.state(0, statement, now(1))) {
            Said::Listed { rule, active } => format!("{} {active}", site.rules[rule as usize].condition),
            Said::Unlisted { segment, category, active, name, place } => {
                format!("unlisted {segment}:{} {active} | {} | {} | {}", category.as_str(), name.zh, name.en, place.zh)
            }
            other => format!("{other:?}"),
        };
        assert_eq!(told, expected);
    };
    check(says(2, 17, Category::Fire), "panel-1/l2-p17:fire true");
    check(Statement { active: false, ..says(2, 17, Category::Fault) }, "panel-1/l2-p17:fault false");
    check(Statement { array: Some("point".into()), ..says(2, 17, Category::Fire) }, "panel-1/l2-p17:fire true");
    // Listed, but with no rule of this category: its place is known all the same.
    check(says(2, 17, Category::Disabled), "unlisted l2-p17:disabled true | 三层走廊 屏蔽 | Corridor 3F Disabled | ");
    check(
        says(3, 5, Category::Fire),
        "unlisted l3-p5:fire true | 1号主机 3回路5号 火警 | Panel 1 loop 3 point 5 Fire | ",
    );
    check(
        Statement { place: Some("五层机房".into()), kind: Some("感烟".into()), ..says(3, 5, Category::Fire) },
        "unlisted l3-p5:fire true | 五层机房（3回路5号） 感烟 火警 | 五层机房 (loop 3 point 5) 感烟 Fire | 五层机房",
    );
    // Beyond the profile's array nothing may be taken for an element of it.
    check(
        says(99, 300, Category::Fire),
        "unlisted l99-p300:fire true | 1号主机 99回路300号 火警 | Panel 1 loop 99 point 300 Fire | ",
    );
    check(
        Statement { array: Some("point".into()), ..says(99, 1, Category::Fire) },
        "unlisted point-l99-p1:fire true | 1号主机 99回路1号 火警 | Panel 1 loop 99 point 1 Fire | ",
    );
}

#[test]
fn a_panel_speaks_of_itself() {
    let site = site(None);
    let mut listener = Listener::new(Arc::clone(&site), 0, now(0));
    let mut check = |array: Option<&str>, category: Category, expected: &str| {
        let statement = Statement { array: array.map(str::to_owned), ..says(0, 0, category) };
        let told = match said(listener.state(0, statement, now(1))) {
            Said::Listed { rule, .. } => site.rules[rule as usize].condition.to_string(),
            Said::Unlisted { segment, name, .. } => format!("unlisted {segment} | {}", name.en),
            other => format!("{other:?}"),
        };
        assert_eq!(told, expected);
    };
    check(None, Category::MainsFault, "panel-1/mains:mains-fault");
    check(Some("loop"), Category::Fault, "panel-1/loop:fault");
    // Two alarms could be meant: neither is taken for the other.
    check(None, Category::Fault, "unlisted panel | Panel 1 Fault");
    check(None, Category::BackupFault, "unlisted panel | Panel 1 Backup fault");
    check(Some("Earth Fault"), Category::Fault, "unlisted earth-fault | Panel 1 Fault");
    check(Some("地线"), Category::Fault, "unlisted -- | Panel 1 Fault");
    check(Some(""), Category::Fault, "unlisted panel | Panel 1 Fault");
    // The engine's own conditions of a device are not to be had by a device.
    check(Some("link"), Category::LinkFault, "unlisted panel-link | Panel 1 Link fault");
    check(Some("record"), Category::Fault, "unlisted panel-record | Panel 1 Fault");
}

#[test]
fn resets_operations_and_what_was_not_understood_are_records_of_their_own() {
    let mut listener = Listener::new(site(None), 0, now(0));
    let report = listener.reset(0, Some("07:01".into()), "复位", now(2));
    let [record] = &report.records[..] else { panic!("{report:?}") };
    assert_eq!((record.device, record.at, record.device_time.as_deref()), (0, now(2), Some("07:01")));
    assert_eq!((record.words.as_str(), &record.said, record.again), ("复位", &Said::Reset, false));
    let name = Text::new("消音", "silence");
    assert_eq!(said(listener.operation(0, name.clone(), None, "消音", now(3))), Said::Operation { name });
    assert_eq!(said(listener.unread(0, "???", now(4))), Said::Unread);
    assert!(listener.unread(7, "no such device", now(4)).is_empty());
    assert!(listener.reset(7, None, "no such device", now(4)).is_empty());
    let long: String = "火".repeat(100_000);
    let report = listener.reset(0, None, &long, now(5));
    assert_eq!(report.records[0].words.chars().count(), 4_001);
}

#[test]
fn a_device_that_owes_a_word_and_is_silent_is_down_until_its_next_word() {
    let mut listener = Listener::new(site(Some(Duration::from_secs(300))), 0, now(0));
    // Before the port is open nobody can be heard: that is not its silence.
    assert!(listener.tick(now(1_000)).links.is_empty());
    let report = listener.link(true, Text::default(), now(1_000));
    assert_eq!(links(&report), [(LinkOf::Bus(0), true, "")]);
    assert!(listener.tick(now(1_299)).links.is_empty());
    assert_eq!(listener.next_tick(), now(1_300).mono);
    let report = listener.tick(now(1_300));
    assert_eq!(links(&report), [(LinkOf::Device(0), false, "nothing was heard of it for 5 min")]);
    assert_eq!(report.links[0].reason.zh, "已5分钟没有收到任何内容");
    assert!(listener.tick(now(5_000)).links.is_empty(), "told once");
    // Noise is no word of it.
    assert!(listener.unread(0, "\u{fffd}", now(5_001)).links.is_empty());
    assert_eq!(links(&listener.state(0, says(1, 1, Category::Fire), now(5_002))), [(LinkOf::Device(0), true, "")]);
    assert!(listener.heard(0, now(5_003)).is_empty(), "told once");
    listener.silent_after(0, Duration::from_secs(10));
    assert!(listener.tick(now(5_012)).links.is_empty());
    assert_eq!(links(&listener.tick(now(5_013))), [(LinkOf::Device(0), false, "nothing was heard of it for 10 s")]);
}

#[test]
fn the_port_is_told_once_and_its_loss_begins_everything_anew() {
    let mut listener = Listener::new(site(Some(Duration::from_secs(60))), 0, now(0));
    assert_eq!(listener.link(true, Text::default(), now(1)).links.len(), 1);
    assert!(listener.link(true, Text::default(), now(2)).is_empty());
    assert_eq!(listener.heard(0, now(3)).links.len(), 1);
    let report = listener.link(false, Text::new("串口已拔出", "unplugged"), now(4));
    assert_eq!(links(&report), [(LinkOf::Bus(0), false, "unplugged")]);
    assert!(listener.tick(now(500)).links.is_empty(), "the silence of a lost port is the port's");
    listener.link(true, Text::default(), now(500));
    assert_eq!(links(&listener.heard(0, now(501))), [(LinkOf::Device(0), true, "")]);
}

#[test]
fn it_says_once_a_second_that_it_lives() {
    let mut listener = Listener::new(site(None), 0, now(0));
    let mut alive = 0;
    let mut at = 0;
    while at <= 10_000_000 {
        let report = listener.tick(Now { mono: Mono(at), wall: Wall(0) });
        alive += usize::from(report.alive.is_some());
        assert!(listener.next_tick() > Mono(at));
        at += 100_000;
    }
    assert_eq!(alive, 11);
}

#[test]
fn what_was_said_is_said_anew_on_request_and_only_what_still_counts() {
    let mut listener = Listener::new(site(None), 0, now(0));
    listener.link(true, Text::default(), now(0));
    listener.state(0, says(2, 17, Category::Fire), now(1));
    listener.state(0, says(3, 1, Category::Disabled), now(2));
    listener.state(0, Statement { active: false, ..says(4, 4, Category::Fault) }, now(3));
    let anew = |listener: &mut Listener, at: u64| -> Vec<(u64, bool, Said)> {
        listener.confirm(0, now(at));
        assert_eq!(listener.next_tick(), Mono(0));
        let report = listener.tick(now(at));
        assert!(listener.tick(now(at)).records.is_empty(), "once");
        report.records.into_iter().map(|record| (record.at.mono.0 / 1_000_000, record.again, record.said)).collect()
    };
    let first = anew(&mut listener, 10);
    assert_eq!(first.iter().map(|(at, again, _)| (*at, *again)).collect::<Vec<_>>(), [(1, true), (2, true), (3, true)]);
    assert!(matches!(first[0].2, Said::Listed { active: true, .. }));
    assert!(matches!(first[2].2, Said::Unlisted { active: false, .. }));
    // A reset at the panel ends everything but what is disabled there.
    listener.reset(0, None, "复位", now(20));
    let after = anew(&mut listener, 21);
    assert!(matches!(&after[..], [(2, true, Said::Unlisted { category: Category::Disabled, .. })]), "{after:?}");
    // What was said before the port was lost may have changed unheard.
    listener.link(false, Text::default(), now(30));
    listener.link(true, Text::default(), now(31));
    assert!(anew(&mut listener, 32).is_empty());
}

#[test]
fn a_flood_of_noise_is_announced_in_few_records_and_nothing_of_it_is_dropped_in_silence() {
    let mut listener = Listener::new(site(None), 0, now(0));
    let (mut records, mut words) = (0, String::new());
    let mut note = |report: Report| {
        for record in report.records {
            assert_eq!(record.said, Said::Unread);
            records += 1;
            words.push_str(&record.words);
            words.push(' ');
        }
    };
    // Two a second for ten minutes, the last of them marked.
    for half in 0..1_200_u64 {
        let at = Now { mono: Mono(half * 500_000), wall: Wall(0) };
        let noise = if half == 1_199 { "last" } else { "noise" };
        note(listener.unread(0, noise, at));
        note(listener.tick(at));
    }
    note(listener.tick(now(700)));
    assert!(records < 25, "{records}");
    assert_eq!(words.matches("noise").count() + words.matches("last").count(), 1_200);
    // Beyond the bound it is counted.
    let mut listener = Listener::new(site(None), 0, now(0));
    let long = "x".repeat(3_000);
    for _ in 0..100 {
        listener.unread(0, &long, now(1));
    }
    let report = listener.tick(now(61));
    assert!(report.records[0].words.len() < 9_000);
    assert!(report.records[0].words.ends_with("(+88)"), "{}", &report.records[0].words[6_000..]);
}
