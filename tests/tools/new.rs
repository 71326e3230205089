//! `tocsin profile new`: from a list, from answers; what it makes passes the check; nothing is overwritten.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use super::program::{Ran, command, tocsin};

pub const LIST: &str = "name,zh,en,address,type,scale,unit,min,max,states,alarm
Oil pressure,机油压力,Oil pressure,30011,uint16,0.1,kPa,0,1000,,
Energy,电能,Energy,40101,float,,kWh,,,,
Mode,模式,Mode,40001,,,,,,0=Off/停机|1=Running/运行,
Fault,故障,Fault,40002.3,,,,,,,fault
Smoke,感烟,Smoke,10001,,,,,,,fire
";

/// Makes a profile from [`LIST`] below `folder`.
pub fn from_list(folder: &Path) -> Ran {
    let csv = folder.join("list.csv");
    std::fs::write(&csv, LIST).expect("written");
    let (csv, into) = (csv.display().to_string(), folder.join("profiles").display().to_string());
    tocsin(&[
        "profile",
        "new",
        "acme-gc4",
        "--from-csv",
        &csv,
        "--one-based",
        "--vendor",
        "Acme",
        "--model",
        "GC-4",
        "--class",
        "generator",
        "--unit",
        "10",
        "--into",
        &into,
    ])
}

#[test]
fn a_list_becomes_a_profile_that_passes_its_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = from_list(folder.path());
    assert_eq!((made.code, made.err.as_str()), (Some(0), ""), "{made:?}");
    let profile = folder.path().join("profiles/acme-gc4");
    let shown = profile.display().to_string();
    assert!(made.out.starts_with(&format!("{shown}: profile.toml, cases/at-rest.toml, ")), "{}", made.out);
    let checked = tocsin(&["profile", "check", &shown]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let said = checked.out.lines().filter(|line| line.starts_with("ok")).count();
    assert_eq!(said, 4, "three cases and the plan\n{}", checked.out);
    let text = std::fs::read_to_string(profile.join("profile.toml")).expect("it is there");
    for line in [
        "oil-pressure = { table = \"input\", address = 10, type = \"u16\", scale = 0.1, unit = \"kPa\", valid = [0, 1000], name = { zh = \"机油压力\", en = \"Oil pressure\" } }",
        "fault = { table = \"holding\", address = 1, type = \"bit\", bit = 3, poll = \"fast\", name = { zh = \"故障\", en = \"Fault\" } }",
        "smoke = { when = \"smoke\", category = \"fire\", on = \"smoke\", name = { zh = \"感烟\", en = \"Smoke\" } }",
        "source = \"list.csv\"",
    ] {
        assert!(text.contains(line), "{line}\nis not in\n{text}");
    }
    let again = from_list(folder.path());
    assert_eq!(again.code, Some(2));
    assert_eq!(again.err, format!("{shown}: is there already; it is not overwritten\n"));
}

#[test]
fn what_is_wrong_in_the_list_is_told_at_its_row_and_nothing_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |list: &str, expected: &str| {
        let csv = folder.path().join("list.csv");
        std::fs::write(&csv, list).expect("written");
        let (csv, into) = (csv.display().to_string(), folder.path().join("profiles").display().to_string());
        let arguments =
            ["profile", "new", "acme", "--from-csv", &csv, "--vendor", "A", "--model", "B", "--class", "meter"];
        let ran = tocsin(&[&arguments[..], &["--into", &into]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (Some(2), expected), "{list}");
        assert!(!Path::new(&into).exists(), "something was made");
    };
    check(
        "name,address\na,40001\n",
        "list.csv:2:3: \"40001\": which table?; with --one-based, 40001 is read as holding 0\n",
    );
    check(
        "name,address,table,type,alarm\na,1,holdng,f32,\nb,0,coil,,fier\n",
        "list.csv:2:5: no table is called \"holdng\"; did you mean \"holding\"?\n\
         list.csv:3:11: no category is called \"fier\"; did you mean \"fire\"?\n",
    );
    check("name,address,table,type\na,1,input,f23\n", "list.csv:2: unknown word \"f23\"; did you mean \"f32\"?\n");
}

/// `profile new` with these answers on its input.
fn answered(into: &Path, answers: &str) -> Ran {
    let into = into.display().to_string();
    let mut child = command(&["profile", "new", "acme-p1", "--into", &into])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    child.stdin.take().expect("piped").write_all(answers.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn questions_are_asked_until_each_answer_can_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let answers = "Acme\nP-1\nFire pump\nfire-pump\nmanual 1, page 4\n\
                   Pressure\ninpt\ninput\n70000\n7\n\nf23\nf32\nCDAB\n0.1\nkPa\n压力\nPressure\n\
                   Running\ncoil\n3\nfeedback\n运行\n\n\
                   pressure\nPressure switch\n\n9\n0\nfault\n\n\n\n";
    let ran = answered(folder.path(), answers);
    assert!(ran.err.contains("unknown class; did you mean \"fire-pump\"?"), "{}", ran.err);
    assert!(ran.err.contains("no table is called \"inpt\"; did you mean \"input\"?"), "{}", ran.err);
    assert!(ran.err.contains("\"70000\": is out of range; 0 to 65535"), "{}", ran.err);
    assert!(ran.err.contains("unknown word \"f23\"; did you mean \"f32\"?"), "{}", ran.err);
    assert!(ran.err.contains("a point is called \"pressure\" already"), "{}", ran.err);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let text = std::fs::read_to_string(folder.path().join("acme-p1/profile.toml")).expect("it is there");
    assert!(
        text.contains(
            "pressure = { table = \"input\", address = 7, type = \"f32\", order = \"CDAB\", scale = 0.1, unit = \"kPa\""
        ),
        "{text}"
    );
    assert!(text.contains("running = { table = \"coil\", address = 3, type = \"bit\""), "{text}");
    assert!(text.contains("zh = \"运行\", en = \"Running\""), "{text}");
    let checked = tocsin(&["profile", "check", &folder.path().join("acme-p1").display().to_string()]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
}

#[test]
fn an_input_that_ends_makes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = answered(folder.path(), "Acme\nP-1\n");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let last = "the input ended at the question \"class of equipment (panel, generator, meter, fire-pump, …)\"; nothing was made\n";
    assert!(ran.err.ends_with(last), "{}", ran.err);
    assert!(!folder.path().join("acme-p1").exists());
}
