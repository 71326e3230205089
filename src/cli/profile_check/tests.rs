//! A profile that is right passes; whatever is wrong is told with its line, and ends in the right exit code.

use std::path::Path;

use super::*;

const PROFILE: &str = r#"
vendor = "Acme"
model = "P-1"
class = "panel"
source = "Manual 1"
verified = "manual-only"
[points]
level = { table = "input", address = 4, type = "i16", scale = 0.1, unit = "m", valid = [-5, 5], absent = [0x7FFF], name = { zh = "液位", en = "Level" } }
[alarms]
low = { when = "level < -2.8", category = "limit", level = "low", delay = "10s", on = "level", name = { zh = "低", en = "Low" } }
[arrays.detector]
element = "l{loop}-d{index}"
table = "holding"
address = "(loop-1)*400 + (index-1)"
loop = [1, 2]
index = [1, 20]
[arrays.detector.fields]
event = { type = "u16", bits = [0, 8], poll = "fire", name = { zh = "事件", en = "Event" }, states = { none = { code = 0, zh = "无", en = "None" }, fire = { code = 0x10, zh = "火警", en = "Fire" } } }
[arrays.detector.alarms]
fire = { when = "event == fire", category = "fire", name = { zh = "火警", en = "Fire" } }
"#;
const SMOKE: &str = r#"# smoke at loop 2, detector 17, while the tank is low
elements = [{ array = "detector", loop = 2, index = 17 }]
[given]
holding = { 416 = 0x0810 }
input = { 4 = 0xFFE2 }
[expect]
"l2-d17.event" = "fire"
level = -3
[active]
conditions = ["l2-d17:fire", "level:limit:low"]
"#;
const BAD_CODE: &str = r#"# a code that the table does not have, and a transmitter that says "absent"
elements = [{ array = "detector", loop = 2, index = 17 }]
[given]
holding = { 416 = 0x0811 }
input = { 4 = 0x7FFF }
[expect]
"l2-d17.event" = { unknown = "bad-value" }
level = { unknown = "absent" }
[active]
conditions = ["l2-d17:link-fault"]
"#;
const NO_REPLY: &str = "# the device says nothing\nreply = \"none\"\n";
const PLAN_TEXT: &str = "holding 416 x 1 fire\ninput 4 x 1 normal\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a directory");
    let sound = [
        ("profile.toml", PROFILE),
        ("cases/smoke.toml", SMOKE),
        ("cases/bad-code.toml", BAD_CODE),
        ("cases/no-reply.toml", NO_REPLY),
        (PLAN, PLAN_TEXT),
    ];
    for (name, text) in sound.iter().chain(files) {
        let path = folder.path().join("acme-p1").join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

fn checked(files: &[(&str, &str)]) -> (Verdict, String) {
    let folder = folder(files);
    let checked = check(&folder.path().join("acme-p1"), false);
    (checked.verdict, checked.lines.join("\n"))
}

fn says(files: &[(&str, &str)], verdict: Verdict, sentences: &[&str]) {
    let (found, text) = checked(files);
    assert_eq!(found, verdict, "{text}");
    for sentence in sentences {
        assert!(text.contains(sentence), "{sentence}\nis not in\n{text}");
    }
}

#[test]
fn a_sound_profile_passes_with_one_line_for_each_case() {
    let (verdict, text) = checked(&[]);
    assert_eq!(verdict, Verdict::Fine, "{text}");
    assert_eq!(
        text,
        "acme-p1\n     class panel: shows nothing; alarms of the class: nothing\n     not, for want of a status: not-in-auto \
         (auto), auto-start-barred (start-auto-allowed), mains-lost (mains), battery-low (battery-low), on-battery \
         (on-battery), fault (fault), not-healthy (healthy, fault), self-testing (self-testing)\n\
         ok   bad-code: a code that the table does not have, and a transmitter that says \"absent\"\n\
         ok   no-reply: the device says nothing\n\
         ok   smoke: smoke at loop 2, detector 17, while the tank is low\n\
         ok   2 requests as planned"
    );
}

#[test]
fn a_difference_is_told_with_its_line() {
    let smoke = SMOKE.replace("0x0810", "0x0800");
    let sentences = [
        "FAIL smoke: ",
        "cases/smoke.toml:7: \"l2-d17.event\": expected \"fire\", decoded \"none\"",
        "cases/smoke.toml:10: \"l2-d17:fire\" is not active",
    ];
    says(&[("cases/smoke.toml", &smoke)], Verdict::Differs, &sentences);
    let smoke = SMOKE.replace("level = -3", "level = -3.0001").replace(", \"level:limit:low\"", "");
    let sentences = [
        "cases/smoke.toml:8: \"level\": expected -3.0001, decoded -3",
        "cases/smoke.toml:9: \"level:limit:low\" is active and not expected",
    ];
    says(&[("cases/smoke.toml", &smoke)], Verdict::Differs, &sentences);
}

#[test]
fn a_request_plan_that_changed_is_told() {
    let plan = "holding 416 x 1 fire\ninput 3 x 2 normal\n";
    let sentences = [
        "expected/requests.txt:2: \"input 3 x 2 normal\" is no longer asked",
        "expected/requests.txt: \"input 4 x 1 normal\" is asked and not expected",
    ];
    says(&[(PLAN, plan)], Verdict::Differs, &sentences);
}

#[test]
fn what_no_case_covers_is_told() {
    let smoke = "# nothing\nelements = [{ array = \"detector\", loop = 2, index = 17 }]\n[given]\n";
    let sentences = [
        "no case expects a value of \"level\"",
        "no case raises \"level:limit:low\"",
        "no case expects a value of \"event\" of any detector",
        "no case raises \"fire\" of any detector",
    ];
    says(&[("cases/smoke.toml", smoke)], Verdict::Differs, &sentences);
    says(
        &[("cases/no-reply.toml", "# it answers\n[given]\n")],
        Verdict::Differs,
        &["none has a device that answers nothing"],
    );
}

#[test]
fn a_broken_file_is_told_with_the_nearest_word() {
    let smoke = SMOKE.replace("\"l2-d17.event\" =", "\"l2-d17.evnt\" =");
    let sentence =
        "cases/smoke.toml:7:1: there is no point \"l2-d17.evnt\" in this case; did you mean \"l2-d17.event\"?";
    says(&[("cases/smoke.toml", &smoke)], Verdict::Broken, &[sentence]);
    let smoke = SMOKE.replace("l2-d17:fire", "l2-d17:fier");
    let sentence = "there is no condition \"l2-d17:fier\" in this case; did you mean \"l2-d17:fire\"?";
    says(&[("cases/smoke.toml", &smoke)], Verdict::Broken, &[sentence]);
    let smoke = SMOKE.replace("index = 17", "index = 21");
    let sentence = "cases/smoke.toml:2:13: address 21 is out of range; allowed: 1 to 20";
    says(&[("cases/smoke.toml", &smoke)], Verdict::Broken, &[sentence]);
    let profile = PROFILE.replace("type = \"i16\"", "tpye = \"i16\"");
    says(&[("profile.toml", &profile)], Verdict::Broken, &["acme-p1/profile.toml:8", "did you mean \"type\"?"]);
}

#[test]
fn update_writes_the_plan_and_folders_end_in_one_exit_code() {
    let folder = folder(&[(PLAN, "something else\n")]);
    let path = folder.path().join("acme-p1");
    let run = |folders: Vec<&Path>, update: bool| {
        let mut out = Vec::new();
        let args = CheckArgs { folders: folders.into_iter().map(Path::to_owned).collect(), update };
        let verdict = run(&args, &mut out).expect("a list takes everything");
        (verdict.exit_code(), String::from_utf8(out).expect("text"))
    };
    assert_eq!(run(vec![&path], false).0, 1);
    assert_eq!(run(vec![&path], true).0, 0);
    assert_eq!(std::fs::read_to_string(path.join(PLAN)).expect("it was written"), PLAN_TEXT);
    assert_eq!(run(vec![&path], false).0, 0);
    let nowhere = folder.path().join("nowhere");
    let (code, text) = run(vec![&path, &nowhere], false);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("cannot be read"), "{text}");
}
