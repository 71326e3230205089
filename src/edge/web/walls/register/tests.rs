//! Walls over simulated time.

use super::*;

const LOBBY: &str = "lobby";

fn at(seconds: f64) -> Now {
    let mono = Mono(0).after(Duration::from_secs_f64(seconds));
    Now { mono, wall: Wall(1_767_569_405_000_000).after(Duration::from_secs_f64(seconds)) }
}

fn register() -> Register {
    let wall = |id: &str| Registered { id: id.into(), name: Text::new("大堂", "Lobby"), fault: None };
    Register::new(vec![wall(LOBBY), wall("gate")], Patience::default(), at(0.0).mono)
}

fn said(sound: Sound, visible: bool) -> Beacon {
    Beacon { sound, visible, build: "b1".into(), screen: Size { width: 1920, height: 1080 }, seq: 1 }
}

fn from(last: u8) -> IpAddr {
    IpAddr::from([10, 0, 0, last])
}

/// What is known of the lobby's wall: `None` where nothing is said of a part.
fn judged(register: &Register, seconds: f64) -> [Option<Option<String>>; 3] {
    let all = register.judge(at(seconds).mono);
    let of = |part: Part| {
        all.iter().find(|(one, _)| *one == part).map(|(_, fault)| fault.as_ref().map(|text| text.en.clone()))
    };
    [of(Part::Wall(LOBBY.into())), of(Part::WallSound(LOBBY.into())), of(Part::WallHidden(LOBBY.into()))]
}

const WELL: [Option<Option<String>>; 3] = [Some(None), Some(None), Some(None)];

#[test]
fn a_wall_that_never_came_is_a_fault_after_two_minutes() {
    let register = register();
    assert_eq!(judged(&register, 119.9), [None, None, None], "its machine may still be starting");
    let [lost, sound, hidden] = judged(&register, 120.0);
    assert!(lost.unwrap().unwrap().contains("not shown itself since the gateway started"));
    assert_eq!((sound, hidden), (None, None), "nobody knows");
    assert_eq!(register.status(LOBBY, at(120.0).mono).unwrap().presence, Presence::Never);
}

#[test]
fn a_wall_that_was_seen_is_lost_after_fifteen_seconds_and_found_at_its_next_word() {
    let mut register = register();
    register.note(LOBBY, from(5), said(Sound::Ok, true), at(10.0));
    assert_eq!(judged(&register, 24.9), WELL);
    let [lost, sound, _] = judged(&register, 25.0);
    let lost = lost.unwrap().unwrap();
    assert!(lost.contains("(10.0.0.5) for 15 s") && lost.contains("Lobby"), "{lost}");
    assert_eq!(sound, None, "of its sound nothing new is known");
    assert_eq!(register.status("gate", at(25.0).mono).unwrap().presence, Presence::Never, "the other one is another");
    register.note(LOBBY, from(5), said(Sound::Ok, true), at(26.0));
    assert_eq!(judged(&register, 26.0), WELL);
}

#[test]
fn a_wall_that_cannot_be_heard_or_seen_for_a_minute_is_a_fault_of_its_own() {
    let mut register = register();
    let mut tell = |second: u32, sound, visible| {
        register.note(LOBBY, from(5), said(sound, visible), at(f64::from(second)));
        judged(&register, f64::from(second))
    };
    for second in (0..60).step_by(5) {
        assert_eq!(tell(second, Sound::Blocked, true), WELL, "second {second}");
    }
    let [lost, sound, hidden] = tell(60, Sound::Blocked, true);
    assert_eq!((lost, hidden), (Some(None), Some(None)));
    assert!(sound.unwrap().unwrap().contains("does not let it sound"));
    assert_eq!(tell(65, Sound::Ok, false), WELL, "heard again; hidden since now");
    for second in (70..125).step_by(5) {
        assert_eq!(tell(second, Sound::Muted, false), WELL, "second {second}");
    }
    let [_, sound, hidden] = tell(125, Sound::Muted, false);
    assert_eq!(sound, Some(None), "muted for 55 s");
    assert!(hidden.unwrap().unwrap().contains("not in front"));
    let [_, sound, hidden] = tell(130, Sound::Muted, true);
    assert_eq!(hidden, Some(None));
    assert!(sound.unwrap().unwrap().contains("is muted"));
}

#[test]
fn of_a_wall_that_is_shown_twice_one_is_enough_and_none_hides_that_both_are_gone() {
    let mut register = register();
    for second in 0..14 {
        let seconds = f64::from(second) * 5.0;
        register.note(LOBBY, from(5), said(Sound::Ok, true), at(seconds));
        register.note(LOBBY, from(6), said(Sound::Muted, false), at(seconds + 0.1));
        assert_eq!(judged(&register, seconds + 0.2), WELL);
    }
    assert_eq!(register.status(LOBBY, at(66.0).mono).unwrap().pages, 2);
    // The one that could be heard goes: a minute later nobody hears the other.
    for second in 14..29 {
        register.note(LOBBY, from(6), said(Sound::Muted, true), at(f64::from(second) * 5.0 + 0.1));
    }
    assert!(judged(&register, 140.2)[1].clone().unwrap().is_some());
    assert!(judged(&register, 156.0)[0].clone().unwrap().is_some(), "both are gone");
    let told = register.status(LOBBY, at(156.0).mono).unwrap();
    assert_eq!((told.last.unwrap().0, told.pages), (from(6), 0));
}

#[test]
fn a_wall_without_a_token_is_a_fault_at_once() {
    let fault = Some(Text::new("没有令牌", "no token"));
    let wall = Registered { id: LOBBY.into(), name: Text::default(), fault };
    let register = Register::new(vec![wall], Patience::default(), at(0.0).mono);
    assert_eq!(judged(&register, 0.0)[0], Some(Some("no token".into())));
}
