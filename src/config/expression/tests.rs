//! One check per subject: what a condition means, and what is said about a wrong one.

use super::*;

fn slots() -> Vec<Slot> {
    let slot = |key: &str, kind| Slot { key: key.to_owned(), kind };
    vec![
        slot("oil-pressure", SlotKind::Number),
        slot("running", SlotKind::Bit),
        slot("mode", SlotKind::State(vec!["stop".into(), "auto".into(), "manual".into()])),
        slot("speed", SlotKind::Number),
        slot("broken", SlotKind::Faulty),
    ]
}

fn below(slot: u32, number: f64) -> Expression {
    Expression::Compare(Term::Slot(slot), Comparison::Less, Term::Literal(number))
}

#[test]
fn conditions_mean_what_they_say() {
    let check = |text: &str, expected: Expression| assert_eq!(parse(text, &slots()), Ok(expected), "{text}");
    check("running", Expression::Bit(1));
    check("oil-pressure < 150 && running", Expression::All(vec![below(0, 150.0), Expression::Bit(1)]));
    check("oil-pressure<-1.5", below(0, -1.5));
    check("150 > oil-pressure", Expression::Compare(Term::Literal(150.0), Comparison::Greater, Term::Slot(0)));
    check("oil-pressure >= speed", Expression::Compare(Term::Slot(0), Comparison::AtLeast, Term::Slot(3)));
    check("mode == auto", Expression::StateIn(2, vec![1]));
    check("mode != auto", Expression::Not(Box::new(Expression::StateIn(2, vec![1]))));
    check("mode in [ manual,stop ]", Expression::StateIn(2, vec![2, 0]));
    check(
        "running || !running && (mode == stop)",
        Expression::Any(vec![
            Expression::Bit(1),
            Expression::All(vec![Expression::Not(Box::new(Expression::Bit(1))), Expression::StateIn(2, vec![0])]),
        ]),
    );
    check("speed == 0x10", Expression::Compare(Term::Slot(3), Comparison::Equal, Term::Literal(16.0)));
}

#[test]
fn a_wrong_condition_is_refused_at_its_place_with_the_right_word() {
    let check = |text: &str, expected: &[&str]| {
        let findings = parse(text, &slots()).expect_err(text);
        let found: Vec<String> = findings.iter().map(|f| format!("{}: {}; {}", f.offset, f.message, f.hint)).collect();
        assert_eq!(found, expected, "{text}");
    };
    check("", &["0: this condition is empty; write for example: oil-pressure < 150 && running"]);
    check(
        "oil-presure < 150 && runing",
        &[
            "0: unknown point \"oil-presure\"; did you mean \"oil-pressure\"?",
            "21: unknown point \"runing\"; did you mean \"running\"?",
        ],
    );
    check("oil-pressure", &["0: \"oil-pressure\" is a number, not a condition; compare it: oil-pressure > 0"]);
    check("mode", &["0: \"mode\" is a state, not a condition; compare it: mode == stop"]);
    check("mode == atuo", &["8: \"mode\" has no state \"atuo\"; did you mean \"auto\"?"]);
    check("mode == 2", &["8: \"mode\" is a state, not a number; known: stop, auto, manual"]);
    check("mode > auto", &["0: \"mode\" is a state; states have no order; use ==, != or in [ … ]"]);
    check(
        "running == 1",
        &["0: \"running\" is a bit and holds or does not; it is not compared; write running or !running"],
    );
    check(
        "5 < running",
        &["4: \"running\" is a bit and cannot be compared with a number; write the point on the left side"],
    );
    check("1 < 2", &["4: this compares two numbers; name a point"]);
    check("running & running", &["8: unexpected \"&\"; \"and\" is written &&"]);
    check("mode = auto", &["5: unexpected \"=\"; \"equal\" is written =="]);
    check("running and running", &["8: unexpected \"and\"; join conditions with && or ||"]);
    check("(running", &["8: expected \")\", but the condition ends here; every \"(\" needs its \")\""]);
    check("running)", &["7: unexpected \")\"; "]);
    check("running &&", &["10: expected a point or a number, but the condition ends here; "]);
    check("mode in auto", &["8: expected \"[\", found \"auto\"; write: in [first, second]"]);
    check("running in [a]", &["0: \"running\" has no states; "]);
    check("15", &["0: a number is not a condition; compare it with a point"]);
    check("inf > 1", &["0: unknown point \"inf\"; known: oil-pressure, running, mode, speed, broken"]);
    check("机油 < 3", &["0: unknown point \"机油\"; known: oil-pressure, running, mode, speed, broken"]);
}

#[test]
fn a_point_that_is_itself_wrong_gives_no_second_finding() {
    assert!(parse("broken && broken < 5 && broken == auto && broken in [x]", &slots()).is_ok());
}

#[test]
fn nesting_is_bounded() {
    let deep = format!("{}running{}", "(".repeat(20_000), ")".repeat(20_000));
    assert!(parse(&deep, &slots()).expect_err("too deep")[0].message.contains("nested deeper"));
    assert!(parse(&format!("{}running", "!".repeat(20_000)), &slots()).is_err());
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "[a-z!&|()<>=\\[\\], 0-9.-]{0,60}|\\PC{0,40}") {
        if let Err(findings) = parse(&text, &slots()) {
            proptest::prop_assert!(!findings.is_empty());
            for finding in findings {
                proptest::prop_assert!(finding.offset <= text.len() && text.is_char_boundary(finding.offset));
            }
        }
    }
}

#[test]
fn settings_are_numbers_that_the_class_knows() {
    let slots = slots();
    let settings = ["least".to_owned(), "most".to_owned()];
    let words = Vocabulary { noun: "status", slots: &slots, settings: &settings };
    let below_most = Expression::Compare(Term::Slot(0), Comparison::Less, Term::Setting(1));
    assert_eq!(parse_over("oil-pressure < $most", words), Ok(below_most));
    let wrong = |text: &str| {
        let findings = parse_over(text, words).expect_err(text);
        findings
            .iter()
            .map(|finding| format!("{}: {}; {}", finding.offset, finding.message, finding.hint))
            .collect::<String>()
    };
    assert_eq!(wrong("speed > $mots"), "8: the class has no setting \"mots\"; did you mean \"most\"?");
    assert_eq!(wrong("$most"), "0: \"$most\" is a setting, a number; compare it: level < $most");
    assert_eq!(wrong("runing"), "0: unknown status \"runing\"; did you mean \"running\"?");
}
