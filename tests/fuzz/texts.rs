//! Files that people write: TOML and CSV.

use std::path::{Path, PathBuf};

use tocsin::config::{self, Problem, cases, daemon, draft, profile, site};
use tocsin::engine::profile::Profile;
use tocsin::engine::site::Site;
use tocsin::sim::{Resting, Scenario};

use super::harness::{Target, files};

/// What TOML, conditions and formulas are made of.
const WORDS: &[&str] = &[
    "\"",
    "'''",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "!",
    "=",
    ",",
    "\n",
    "#",
    "\\u0000",
    "\\U0010FFFF",
    "\u{feff}",
    "\u{1F525}",
    "消防",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "1e308",
    "-0.0",
    "nan",
    "inf",
    "0x",
    "0xFFFF",
    "65535",
    "65536",
    "0",
    "-1",
    "true",
    " && ",
    " || ",
    " in [a, b]",
    "loop*index",
    "loop",
    "index",
    "1979-05-27T07:32:00Z",
    "[points]\n",
    "[[device]]\n",
    "scale = 0\n",
    "address = 65535\n",
    "type = \"f64\"\n",
    "type = \"text\"\nregisters = 125\n",
    "bits = [0, 64]\n",
    "valid = [1, 0]\n",
    "{ zh = \"\", en = \"\" }",
    "\r\n",
    ";",
    "\t",
    "|",
    "a.",
    "\u{0}",
];

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles")
}

fn panel() -> Profile {
    profile::load(&shipped().join("notifier-modbus-gw")).expect("a shipped profile").0
}

fn small() -> Site {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/small/site");
    config::load(&folder, &[shipped()]).expect("the small site").0
}

/// Every problem is one line that says where.
fn told(problems: &[Problem]) -> Result<(), String> {
    match problems.iter().map(ToString::to_string).find(|line| line.contains('\n') || line.is_empty()) {
        Some(line) => Err(format!("a problem is not one line: {line:?}")),
        None => Ok(()),
    }
}

#[test]
fn profiles() {
    let mut seeds = files("device-profiles", "profile.toml");
    seeds.extend(files("tests/rejected", "profile.toml"));
    Target { name: "profile", seeds, cases: 400, words: WORDS }.run(|bytes| {
        match profile::parse("fuzz", "fuzz.toml", bytes) {
            Ok((profile, warnings)) => {
                // What was accepted must survive what is done with it: every address within its table.
                for point in &profile.points {
                    let end = u32::from(point.encoding.address) + u32::from(point.encoding.width());
                    if end > 65_536 {
                        return Err(format!("{} ends at {end}", point.key));
                    }
                }
                told(&warnings)
            }
            Err(problems) if problems.is_empty() => Err("it is refused without a reason".to_owned()),
            Err(problems) => told(&problems),
        }
    });
}

#[test]
fn cases_of_profiles() {
    let seeds: Vec<Vec<u8>> =
        files("device-profiles", ".toml").into_iter().filter(|seed| !seed.starts_with(b"vendor")).collect();
    Target { name: "case", seeds, cases: 400, words: WORDS }.run(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        match cases::parse("fuzz", "cases/fuzz.toml", &text) {
            Ok(_) => Ok(()),
            Err(problems) => told(&problems),
        }
    });
}

/// A folder for one file; it is written anew for each input.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn sites() {
    let place = folder();
    let mut seeds = files("tests/sites/small/site", "site.toml");
    seeds.extend(files("tests/rejected", "site.toml"));
    let whole: Vec<u8> = files("tests/sites/small/site", ".toml").concat();
    seeds.push(whole);
    let list = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/small/site/panel-1.csv"))
        .expect("the small site's list");
    std::fs::write(place.path().join("panel-1.csv"), list).expect("written");
    Target { name: "site", seeds, cases: 60, words: WORDS }.run(|bytes| {
        std::fs::write(place.path().join("site.toml"), bytes).expect("written");
        match config::load_lenient(place.path(), &[shipped()]) {
            Ok((_, problems)) | Err(problems) => told(&problems),
        }
    });
}

#[test]
fn settings_of_the_daemon() {
    let place = folder();
    let mut seeds = files("config", "tocsin.toml");
    seeds.extend(files("tests/rejected", "tocsin.toml"));
    let path = place.path().join("tocsin.toml");
    Target { name: "tocsin", seeds, cases: 200, words: WORDS }.run(|bytes| {
        std::fs::write(&path, bytes).expect("written");
        match daemon::load(&path, &[]) {
            Ok((_, problems)) | Err(problems) => told(&problems),
        }
    });
}

#[test]
fn point_lists() {
    let panel = panel();
    let mut seeds = files("tests/sites/small/site", ".csv");
    seeds.extend(files("tests/rejected", ".csv"));
    Target { name: "point-list", seeds, cases: 400, words: WORDS }.run(|bytes| {
        match site::read_list("list.csv", bytes, &panel) {
            // No row gives more than one element.
            Ok(points) if points.len() > bytes.len() => Err(format!("{} points", points.len())),
            Ok(_) => Ok(()),
            Err(problems) => told(&problems),
        }
    });
}

#[test]
fn lists_of_registers() {
    let seeds = [
        "name,zh,en,address,type,scale,unit,min,max,states,alarm\nOil,机油,Oil,30011,uint16,0.1,kPa,0,1000,0=Off/停机|1=On/运行,fault\n",
        "Name;Register Type;Address;Data Type;Word Order;Bits;Absent\nEnergy;holding;0x20;float;cdab;;0xFFFF|1\nmode;hr;40.5;;;4..7;\n",
        "point\ttable\taddress\na\tcoil\t1\n",
    ];
    let seeds = seeds.map(|seed| seed.as_bytes().to_vec()).to_vec();
    Target { name: "registers", seeds, cases: 400, words: WORDS }.run(|bytes| {
        for one_based in [false, true] {
            let rows = match draft::read("list.csv", bytes, one_based) {
                Ok(rows) => rows,
                Err(problems) => {
                    told(&problems)?;
                    continue;
                }
            };
            let word = "fuzz".to_owned();
            let device = draft::Device {
                vendor: word.clone(),
                model: word.clone(),
                class: word.clone(),
                source: word,
                unit: None,
            };
            match (draft::Draft { device, rows }).check("fuzz") {
                Ok(_) => {}
                // Whatever a list says must not break the text that is made of it.
                Err(problems) => match problems.iter().find(|problem| problem.message.contains("not valid TOML")) {
                    Some(problem) => return Err(problem.to_string()),
                    None => told(&problems)?,
                },
            }
        }
        Ok(())
    });
}

#[test]
fn scenarios() {
    let site = small();
    let seeds = files("tests/sites/small/scenarios", ".toml");
    Target { name: "scenario", seeds, cases: 200, words: WORDS }.run(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Err(problems) = Scenario::parse("fuzz.toml", &text, &site) {
            told(&problems)?;
        }
        match Resting::parse("fuzz.toml", &text, &site) {
            Ok((_, problems)) | Err(problems) => told(&problems),
        }
    });
}

/// What a plan may be made of, and what it may not hold when it is shown.
const MARKUP: &[&str] = &[
    "<script>alert(1)</script>",
    "<foreignObject>",
    "</foreignObject>",
    "<g>",
    "</g>",
    "<defs>",
    "<use href='#a'/>",
    "<use xlink:href='https://x.org/#a'/>",
    "<pattern id='a'>",
    "<style>@import 'x'</style>",
    "<!DOCTYPE svg [<!ENTITY a 'b'>]>",
    "<!--",
    "-->",
    "<![CDATA[<script>]]>",
    "<?xml-stylesheet href='x'?>",
    " onload='alert(1)'",
    " href='javascript:alert(1)'",
    " style='fill:url(https://x.org/)'",
    " fill='url(#a)'",
    " fill='url(//x.org)'",
    " transform='matrix(1e308 0 0 1e308 0 0)'",
    " transform='rotate(1,2)'",
    " d='m1e999-.5.5a1 1 0 01'",
    " xmlns='urn:x'",
    " xmlns:svg='http://www.w3.org/2000/svg'",
    "<svg:script>",
    " id='a'",
    " data-point='panel-1/l1-d1'",
    " data-code='**1101'",
    " data-zone='\"><script>'",
    "&amp;",
    "&#0;",
    "&#x3c;script&#x3e;",
    "&lol;",
    "viewBox='0 0 NaN 1'",
    "'",
    "\"",
    "<",
    ">",
    "/>",
    "]]>",
    "\u{0}",
    "\u{fffe}",
];

const DRAWN: [&str; 15] = [
    "svg", "g", "defs", "symbol", "pattern", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
    "text", "tspan", "use",
];

/// Read again by the same parser, nothing is there that acts, fetches or refers outside.
fn harmless(svg: &str) -> Result<(), String> {
    let document =
        roxmltree::Document::parse(svg).map_err(|error| format!("what was written is no XML: {error}: {svg}"))?;
    for node in document.descendants() {
        if node.is_pi() || node.is_comment() {
            return Err(format!("{node:?} was written"));
        }
        if !node.is_element() {
            continue;
        }
        let name = node.tag_name();
        if name.namespace() != Some("http://www.w3.org/2000/svg") || !DRAWN.contains(&name.name()) {
            return Err(format!("{name:?} was written"));
        }
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            let away = value.contains("url(") && !value.starts_with("url(#plan")
                || name == "href" && !value.starts_with("#plan")
                || name == "id" && !value.starts_with("plan");
            let acts = name.starts_with("on") || ["style", "class", "src", "attributeName"].contains(&name);
            // A zone is the one text of the file's own among the attributes; the site says which there are.
            let says = name != "data-zone" && (value.contains(':') || value.contains("//"));
            if away || acts || says || attribute.namespace().is_some() {
                return Err(format!("{name}={value:?} was written"));
            }
        }
    }
    Ok(())
}

#[test]
fn plans() {
    let mut seeds = files("config/site", ".svg");
    seeds.extend(files("tests/rejected", ".svg"));
    Target { name: "plan", seeds, cases: 1_500, words: MARKUP }.run(|bytes| {
        match site::read_drawing("fuzz.svg", bytes) {
            Ok((drawing, warnings)) => {
                harmless(&drawing.svg)?;
                // Written once more it is the same: nothing was hidden in it that only the second reader sees.
                let (again, _) =
                    site::read_drawing("again.svg", drawing.svg.as_bytes()).map_err(|said| said[0].to_string())?;
                if again.svg.len() > drawing.svg.len() + 8 {
                    return Err(format!("{} became {}", drawing.svg, again.svg));
                }
                told(&warnings)
            }
            Err(problems) if problems.is_empty() => Err("it is refused without a reason".to_owned()),
            Err(problems) => told(&problems),
        }
    });
}
