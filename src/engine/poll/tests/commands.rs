use std::time::Duration;

use super::rig::*;
use crate::engine::base::EventId;
use crate::engine::poll::{Bus, Command, CommandFailure, Failure, LinkOf, Next, Progress, Reply};
use crate::engine::profile::{Comparison, Expression, Kind, Pace, Pulse, Table, Term, Write, WriteSpec};

use CommandFailure::{Expired, FeedbackUnknown, LinkDown, NoAnswer, NoFeedback, Refused};
use Progress::{Accepted, Confirmed, Done, Failed, PulseEnded, PulseStuck};

fn register(address: u16, word: u16) -> WriteSpec {
    WriteSpec::Plain { table: Table::Holding, address, write: Write::Register(word) }
}

/// Writes 1 to register 20 of a device, and may wait for two seconds.
fn command(rig: &Rig, seq: u64, device: u32) -> Command {
    let expires = rig.now().mono.after(Duration::from_secs(2));
    let id = EventId { epoch: 1, seq };
    Command { id, device, write: register(20, 1), expires, feedback: None, pulse: None }
}

/// Proven when a point of the site is above zero.
fn proven_by(point: u32, within: u64, command: Command) -> Command {
    let when = Expression::Compare(Term::Slot(point), Comparison::Greater, Term::Literal(0.0));
    Command { feedback: Some((when, Duration::from_secs(within))), ..command }
}

fn pulsed(after: u64, command: Command) -> Command {
    let pulse = Pulse { after: Duration::from_millis(after), end: register(20, 0) };
    Command { pulse: Some(pulse), ..command }
}

/// Devices with a fire point in register 0 and a slow one, point 1 of each, in register 20.
fn field(devices: usize) -> Rig {
    let points = || vec![point(0, Kind::U16, Pace::Fire), point(20, Kind::U16, Pace::Slow)];
    let mut rig = Rig::new(site(tcp(), (0..devices).map(|_| profile(points(), vec![])).collect()));
    rig.run(3.0);
    rig
}

#[test]
fn a_command_goes_before_everything_that_is_due() {
    let mut rig = field(3);
    rig.micros += 10_000_000;
    rig.command(command(&rig, 1, 2));
    rig.command(command(&rig, 2, 1));
    let before = rig.sent.len();
    rig.run(1.0);
    assert!(rig.sent[before].1.write.is_some() && rig.sent[before + 1].1.write.is_some(), "before every read");
    assert_eq!([rig.sent[before].1.unit, rig.sent[before + 1].1.unit], [3, 2], "in the order they came");
    assert_eq!(rig.progress(1), [Accepted, Done]);
    assert_eq!(rig.registers[&3][20], 1);
    rig.run(10.0);
    assert_eq!(rig.writes().len(), 2, "each once");
}

#[test]
fn feedback_is_asked_at_once_and_again_until_it_shows() {
    let mut rig = field(1);
    rig.registers.insert(1, vec![0; 1000]);
    let shown = Command { write: register(30, 1), ..proven_by(1, 5, command(&rig, 1, 0)) };
    rig.command(shown);
    rig.run(1.0);
    assert_eq!(rig.progress(1), [Accepted]);
    let asked = rig.sent.iter().filter(|(at, request)| at.0 > 3_000_000 && request.start == 20).count();
    assert!((4..=7).contains(&asked), "five times a second, although the point is slow: {asked}");
    rig.registers.get_mut(&1).expect("a unit")[20] = 1;
    rig.run(0.5);
    assert_eq!(rig.progress(1), [Accepted, Confirmed]);
    let sent = rig.sent.len();
    rig.run(5.0);
    assert!(!rig.sent[sent..].iter().any(|(_, request)| request.start == 20), "and then no more");
}

#[test]
fn what_was_read_before_the_write_proves_nothing() {
    let mut rig = field(1);
    rig.registers.get_mut(&1).expect("a unit")[20] = 1;
    rig.run(61.0);
    assert_eq!(rig.board[1].known.as_ref().ok(), Some(&crate::engine::base::Value::Number(1.0)));
    // The register says so still, to whoever reads it before the write; the write itself clears it.
    let clears = Command { write: register(20, 0), ..proven_by(1, 1, command(&rig, 1, 0)) };
    rig.command(clears);
    rig.run(2.0);
    assert_eq!(rig.progress(1), [Accepted, Failed(NoFeedback)]);
}

#[test]
fn a_feedback_that_cannot_be_read_is_unknown_not_missing() {
    let mut rig = field(1);
    rig.mute = Some(20);
    let away = Command { write: register(30, 1), ..proven_by(1, 1, command(&rig, 1, 0)) };
    rig.command(away);
    rig.run(3.0);
    assert_eq!(rig.progress(1), [Accepted, Failed(FeedbackUnknown)]);
    assert_eq!(rig.links, [], "one range that says nothing is no dead device");
}

#[test]
fn an_answer_that_is_lost_is_made_up_for_by_the_feedback_or_admitted() {
    let mut rig = field(1);
    rig.moods.insert(1, Mood::Swallows);
    rig.command(proven_by(1, 3, command(&rig, 1, 0)));
    rig.run(2.0);
    assert_eq!(rig.progress(1), [Confirmed]);
    rig.command(command(&rig, 2, 0));
    rig.run(2.0);
    assert_eq!(rig.progress(2), [Failed(NoAnswer)]);
    // Not done, and nobody can say so but its feedback.
    let elsewhere = Command { write: register(30, 1), ..proven_by(0, 1, command(&rig, 3, 0)) };
    rig.command(elsewhere);
    rig.run(2.0);
    assert_eq!(rig.progress(3), [Failed(NoAnswer)]);
    assert_eq!(rig.writes().len(), 3, "none of them twice");
}

#[test]
fn a_refusal_says_its_code_and_a_gateway_says_that_nothing_was_passed_on() {
    let mut rig = field(1);
    for (seq, code, outcome) in [
        (1, 2, Failed(Refused(2))),
        (2, 0x0A, Failed(LinkDown)),
        (3, 0x0B, Failed(NoAnswer)),
        (4, 6, Failed(Refused(6))),
    ] {
        rig.moods.insert(1, Mood::Guards(code));
        rig.command(command(&rig, seq, 0));
        rig.run(0.5);
        assert_eq!(rig.progress(seq), [outcome]);
    }
    // "Accepted, and it takes a while."
    rig.moods.insert(1, Mood::Guards(5));
    rig.command(command(&rig, 5, 0));
    rig.run(0.5);
    assert_eq!(rig.progress(5), [Accepted, Done]);
}

#[test]
fn what_cannot_be_sent_in_time_never_is() {
    let mut rig = field(1);
    // A read is out and answers late.
    rig.micros = 4_000_000;
    let Next::Send(read) = rig.bus.next(rig.now()) else { panic!("due") };
    rig.command(Command { expires: at(4_200_000).mono, ..command(&rig, 1, 0) });
    rig.micros = 4_200_000;
    let (outcome, _) = rig.exchange(&read);
    let report = rig.bus.reply(read.id, outcome.expect("well"), rig.now());
    rig.take(report);
    rig.run(5.0);
    assert_eq!(rig.progress(1), [Failed(Expired)]);
    rig.command(Command { expires: rig.now().mono, ..command(&rig, 2, 0) });
    assert_eq!(rig.progress(2), [Failed(Expired)], "at once");
    assert!(rig.writes().is_empty());
}

#[test]
fn a_queue_that_is_full_takes_no_more() {
    let mut rig = field(1);
    for seq in 1..=70 {
        rig.command(command(&rig, seq, 0));
    }
    assert_eq!((65..=70).map(|seq| rig.progress(seq)).collect::<Vec<_>>(), vec![vec![Failed(Expired)]; 6]);
    rig.run(1.5);
    assert!((1..=64).all(|seq| rig.progress(seq) == [Accepted, Done]));
}

#[test]
fn nothing_is_sent_to_a_line_or_a_device_that_is_lost() {
    let mut rig = field(2);
    rig.moods.insert(2, Mood::Silent);
    rig.run(20.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(1), false)]);
    rig.command(command(&rig, 1, 1));
    assert_eq!(rig.progress(1), [Failed(LinkDown)]);
    rig.command(command(&rig, 2, 0));
    let report = rig.bus.link(false, "cut", rig.now());
    rig.take(report);
    rig.command(command(&rig, 3, 0));
    assert_eq!([rig.progress(2), rig.progress(3)], [[Failed(LinkDown)], [Failed(LinkDown)]]);
    let report = rig.bus.link(true, "", rig.now());
    rig.take(report);
    rig.run(5.0);
    assert!(rig.writes().is_empty());
    rig.command(command(&rig, 4, 9));
    assert_eq!(rig.progress(4), [Failed(LinkDown)], "there is no such device");
}

#[test]
fn a_line_that_is_lost_under_a_write_leaves_it_in_doubt() {
    let mut rig = field(1);
    rig.command(command(&rig, 1, 0));
    let Next::Send(write) = rig.bus.next(rig.now()) else { panic!("due at once") };
    assert_eq!(write.write, Some(Write::Register(1)));
    let report = rig.bus.link(false, "cut", rig.now());
    rig.take(report);
    assert_eq!(rig.progress(1), [Failed(NoAnswer)]);
    assert!(rig.bus.reply(write.id, Reply::Written, rig.now()).is_empty(), "and that is the end of it");
    // One that was surely not sent.
    let report = rig.bus.link(true, "", rig.now());
    rig.take(report);
    rig.command(command(&rig, 2, 0));
    let Next::Send(write) = rig.bus.next(rig.now()) else { panic!("due at once") };
    let report = rig.bus.failure(write.id, Failure::Link("closed".into()), rig.now());
    rig.take(report);
    assert_eq!(rig.progress(2), [Failed(LinkDown)]);
}

#[test]
fn a_change_of_some_bits_is_one_turn_of_the_bus() {
    let mut rig = field(2);
    rig.registers.get_mut(&1).expect("a unit")[7] = 0b1010_0000;
    rig.micros += 10_000_000;
    let modify = WriteSpec::Modify { address: 7, mask: 0b0110_0000, bits: 0b0100_0000 };
    rig.command(Command { write: modify.clone(), ..command(&rig, 1, 0) });
    rig.command(command(&rig, 2, 1));
    let before = rig.sent.len();
    rig.run(0.1);
    let turn: Vec<_> = rig.sent[before..before + 3].iter().map(|(_, r)| (r.unit, r.start, r.write.clone())).collect();
    let written = Write::Register(0b1100_0000);
    assert_eq!(turn, [(1, 7, None), (1, 7, Some(written)), (2, 20, Some(Write::Register(1)))]);
    assert_eq!(rig.progress(1), [Accepted, Done]);
    // A register that cannot be read is not written.
    rig.mute = Some(7);
    rig.command(Command { write: modify.clone(), ..command(&rig, 3, 0) });
    rig.run(2.0);
    assert_eq!(rig.progress(3), [Failed(LinkDown)]);
    rig.mute = None;
    // Time is over between the halves.
    rig.command(Command {
        write: modify,
        expires: rig.now().mono.after(Duration::from_millis(5)),
        ..command(&rig, 4, 0)
    });
    rig.run(1.0);
    assert_eq!(rig.progress(4), [Failed(Expired)]);
    assert_eq!(rig.writes().len(), 2);
}

#[test]
fn a_pulse_ends_by_itself_whatever_became_of_its_command() {
    let mut rig = field(1);
    rig.command(pulsed(700, command(&rig, 1, 0)));
    rig.run(0.5);
    assert_eq!((rig.progress(1), rig.registers[&1][20]), (vec![Accepted, Done], 1));
    rig.run(0.5);
    assert_eq!((rig.progress(1).last(), rig.registers[&1][20]), (Some(&PulseEnded), 0));
    // The answer to the first half is lost: it may be on.
    rig.moods.insert(1, Mood::Swallows);
    rig.command(pulsed(2000, command(&rig, 2, 0)));
    rig.run(1.0);
    rig.moods.insert(1, Mood::Well);
    rig.run(2.0);
    assert_eq!(rig.progress(2), [Failed(NoAnswer), PulseEnded]);
    // It is refused: nothing is on.
    rig.moods.insert(1, Mood::Guards(4));
    rig.command(pulsed(100, command(&rig, 3, 0)));
    rig.run(1.0);
    assert_eq!(rig.progress(3), [Failed(Refused(4))]);
}

#[test]
fn the_end_of_a_pulse_is_tried_three_times_and_before_other_commands() {
    let mut rig = field(2);
    rig.command(pulsed(100, command(&rig, 1, 0)));
    rig.step();
    rig.moods.insert(1, Mood::Guards(6));
    rig.run(0.2);
    rig.moods.insert(1, Mood::Well);
    rig.command(command(&rig, 2, 1));
    rig.run(1.0);
    assert_eq!(rig.progress(1), [Accepted, Done, PulseEnded]);
    rig.command(pulsed(1000, command(&rig, 3, 0)));
    rig.step();
    rig.moods.insert(1, Mood::Guards(6));
    rig.run(3.0);
    assert_eq!(rig.progress(3), [Accepted, Done, PulseStuck(Refused(6))]);
    let ends = rig.sent.iter().filter(|(at, r)| at.0 > 4_300_000 && r.write == Some(Write::Register(0))).count();
    assert_eq!(ends, 3);
    // Both are due: the end goes first.
    rig.moods.insert(1, Mood::Well);
    rig.command(pulsed(100, command(&rig, 4, 0)));
    rig.step();
    rig.micros += 200_000;
    rig.command(command(&rig, 5, 1));
    let before = rig.sent.len();
    rig.step();
    assert_eq!(rig.sent[before].1.write, Some(Write::Register(0)));
    // Nobody is there for it: it is said to be stuck in the end.
    rig.command(pulsed(100, command(&rig, 6, 0)));
    rig.run(0.05);
    let report = rig.bus.link(false, "cut", rig.now());
    rig.take(report);
    rig.run(65.0);
    assert_eq!(rig.progress(6), [Accepted, Done, PulseStuck(LinkDown)]);
}

#[test]
fn a_write_without_an_answer_counts_for_death_and_one_that_is_answered_against_it() {
    let mut rig = field(1);
    rig.moods.insert(1, Mood::Silent);
    rig.command(command(&rig, 1, 0));
    rig.step();
    let asked_at = rig.micros;
    rig.step();
    assert_eq!(rig.sent.last().map(|(at, request)| (at.0, request.write.is_some())), Some((asked_at, false)));
    rig.run(4.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false)]);
    // It can be switched off all the same, and lives when it answers that.
    rig.moods.insert(1, Mood::Well);
    rig.run(10.0);
    assert_eq!(rig.link_changes()[1..], [(LinkOf::Device(0), true)]);
    rig.command(pulsed(8000, command(&rig, 2, 0)));
    rig.run(0.1);
    rig.moods.insert(1, Mood::Silent);
    rig.run(7.5);
    rig.moods.insert(1, Mood::Well);
    rig.run(1.0);
    assert_eq!(rig.progress(2).last(), Some(&PulseEnded));
    assert_eq!(rig.link_changes().last(), Some(&(LinkOf::Device(0), true)));
}

#[test]
fn a_device_that_can_only_be_commanded_is_never_given_up() {
    let mut rig =
        Rig::new(site(serial(), vec![profile(vec![], vec![]), profile(vec![point(0, Kind::U16, Pace::Fire)], vec![])]));
    rig.moods.insert(1, Mood::Silent);
    for seq in 1..=20 {
        rig.command(command(&rig, seq, 0));
        rig.run(10.0);
        assert_eq!(rig.progress(seq), [Failed(NoAnswer)]);
    }
    assert_eq!(rig.links, []);
    rig.moods.insert(1, Mood::Well);
    rig.command(command(&rig, 21, 0));
    rig.run(1.0);
    assert_eq!(rig.progress(21), [Accepted, Done]);
}

#[test]
fn proofs_leave_the_fire_lane_every_second_turn() {
    let points =
        vec![point(0, Kind::U16, Pace::Fire), point(40, Kind::U16, Pace::Fire), point(80, Kind::U16, Pace::Slow)];
    let mut rig = Rig::new(site(tcp(), vec![profile(points, vec![])]));
    // The fire lane alone fills the bus.
    rig.wire = Duration::from_millis(600);
    rig.run(70.0);
    for seq in 1..=3 {
        rig.command(proven_by(2, 10, command(&rig, seq, 0)));
    }
    let before = rig.sent.len();
    rig.run(10.0);
    let reads: Vec<u16> = rig.sent[before + 3..].iter().map(|(_, request)| request.start).collect();
    assert!(reads.windows(2).all(|pair| pair != [80, 80]), "{reads:?}");
    assert!(reads.iter().filter(|start| **start == 80).count() >= 4, "{reads:?}");
    rig.run(3.0);
    assert!((1..=3).all(|seq| rig.progress(seq) == [Accepted, Failed(NoFeedback)]));
}

#[test]
fn what_no_frame_can_carry_is_refused_without_asking() {
    let mut rig = field(1);
    let plain = |table, address, write| WriteSpec::Plain { table, address, write };
    let clock = WriteSpec::Clock { address: 0, fields: vec!["year".into()] };
    let cases = [
        (clock, 1),
        (plain(Table::Input, 0, Write::Register(1)), 1),
        (plain(Table::Holding, 0, Write::Coil(true)), 1),
        (plain(Table::Holding, 65_535, Write::Registers(vec![1, 2])), 2),
        (plain(Table::Holding, 0, Write::Registers(vec![])), 3),
        (plain(Table::Holding, 0, Write::Registers(vec![0; 124])), 3),
        (plain(Table::Coil, 0, Write::Coils(vec![true; 1969])), 3),
    ];
    for (seq, (write, code)) in (1..).zip(cases) {
        rig.command(Command { write, ..command(&rig, seq, 0) });
        assert_eq!(rig.progress(seq), [Failed(Refused(code))]);
    }
    let mut bus = Bus::new(site(tcp(), vec![]), 7, at(0));
    assert_eq!(bus.command(command(&rig, 1, 0), at(0)).commands[0].progress, Failed(LinkDown));
}

/// The task was held up: the machine begins anew.
fn held_up(rig: &mut Rig) {
    let now = rig.now();
    let (bus, report) = std::mem::replace(&mut rig.bus, Bus::new(site(tcp(), vec![]), 7, now)).anew(now);
    rig.bus = bus;
    rig.take(report);
}

#[test]
fn a_bus_that_begins_anew_still_ends_its_pulses_and_sends_what_waits() {
    let mut rig = field(1);
    rig.command(pulsed(5_000, command(&rig, 1, 0)));
    rig.run(0.5);
    assert_eq!((rig.progress(1), rig.registers[&1][20]), (vec![Accepted, Done], 1));
    rig.command(command(&rig, 2, 0));
    held_up(&mut rig);
    rig.run(1.0);
    assert_eq!(rig.progress(2), [Accepted, Done]);
    rig.run(5.0);
    assert_eq!((rig.progress(1), rig.registers[&1][20]), (vec![Accepted, Done, PulseEnded], 0));
    assert_eq!(rig.writes().len(), 3, "each once");
}

#[test]
fn what_was_out_when_a_bus_began_anew_may_have_been_done_and_is_not_sent_again() {
    let mut rig = field(1);
    rig.command(command(&rig, 1, 0));
    let Next::Send(out) = rig.bus.next(rig.now()) else { panic!("the command goes first") };
    assert!(out.write.is_some() && rig.bus.stands(out.id, rig.now()));
    let expired = at(rig.micros + 2_000_000);
    assert!(!rig.bus.stands(out.id, expired), "its time to live has ended");
    held_up(&mut rig);
    assert!(!rig.bus.stands(out.id, rig.now()));
    assert_eq!(rig.progress(1), [Failed(NoAnswer)]);
    assert!(rig.bus.reply(out.id, Reply::Written, rig.now()).commands.is_empty(), "nobody waits for it any more");
    let Next::Send(next) = rig.bus.next(rig.now()) else { panic!("everything is due") };
    assert!(next.write.is_none() && next.id > out.id, "{next:?}");
}
