use super::*;
use crate::engine::base::Category;
use crate::engine::profile::{Kind, Order, Table};

fn draft(csv: &str, one_based: bool) -> Draft {
    let rows = read("list.csv", csv.as_bytes(), one_based).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let text = |text: &str| text.to_owned();
    let device = Device {
        vendor: text("Acme"),
        model: text("A \"1\""),
        class: text("meter"),
        source: text("manual"),
        unit: Some(7),
    };
    Draft { device, rows }
}

fn refused(csv: &str, one_based: bool) -> Vec<String> {
    let problems = match read("list.csv", csv.as_bytes(), one_based) {
        Err(problems) => problems,
        Ok(rows) => Draft { rows, device: draft("name,address,table\na,0,coil\n", false).device }
            .check("acme")
            .expect_err("it should be refused"),
    };
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_list_becomes_a_profile_that_the_reader_takes() {
    let csv = "Name;Register Type;Address;Data Type;Word Order;Factor;Units;Min;Max;States;Alarm;中文;Remarks\n\
               Oil pressure;input;10;uint16;;0.1;kPa;0;1000;;;机油压力;see page 4\n\
               Energy;holding;0x20;float;cdab;;kWh;;;;;电能;\n\
               Mode;holding;100;;;;;;;0=Off/停机|1=On \"line\"/运行;;模式;\n\
               Smoke;discrete;3;;;;;;;;fire;感烟;\n\
               Low level;holding;40.5;;;;;;;;fault;水位低;\n";
    let profile = draft(csv, false).check("acme").unwrap_or_else(|problems| panic!("{problems:#?}"));
    let point = |key: &str| profile.points.iter().find(|point| point.key == key).unwrap_or_else(|| panic!("no {key}"));
    let oil = point("oil-pressure");
    assert_eq!((oil.encoding.table, oil.encoding.address, oil.encoding.valid), (Table::Input, 10, Some((0.0, 1000.0))));
    assert_eq!((&*oil.unit, oil.name.zh.as_str(), oil.name.en.as_str()), ("kPa", "机油压力", "Oil pressure"));
    let energy = &point("energy").encoding;
    assert_eq!((energy.kind, energy.order, energy.address), (Kind::F32, Order::Cdab, 0x20));
    let states = point("mode").encoding.states.as_ref().expect("states");
    assert_eq!((states[1].key.as_str(), states[1].name.zh.as_str()), ("on-line", "运行"));
    assert_eq!(point("low-level").encoding.bits, Some((5, 1)));
    let alarms: Vec<_> = profile.alarms.iter().map(|alarm| (alarm.key.as_str(), alarm.category)).collect();
    assert_eq!(alarms, [("smoke", Category::Fire), ("low-level", Category::Fault)]);
    assert_eq!((profile.unit, profile.model.as_str()), (Some(7), "A \"1\""));
}

#[test]
fn references_from_one_name_their_table() {
    let csv = "name,address\na,40001\nb,30011\nc,10003\nd,00004\ne,465536\nf,40002.7\n";
    let places: Vec<(&str, u16)> = draft(csv, true).rows.iter().map(|row| (row.table, row.address)).collect();
    let holding = |address| ("holding", address);
    assert_eq!(places, [holding(0), ("input", 10), ("discrete", 2), ("coil", 3), holding(65_535), holding(1)]);
    let rows = draft("name,table,address\na,input,1\n", true).rows;
    assert_eq!((rows[0].table, rows[0].address), ("input", 0));
}

#[test]
fn what_is_wrong_stands_at_its_cell_in_the_list() {
    let check = |csv: &str, one_based: bool, expected: &[&str]| assert_eq!(refused(csv, one_based), expected, "{csv}");
    check("", false, &["list.csv: the list is empty; its first line names the columns"]);
    check(
        "name,adress\n",
        false,
        &[
            "list.csv:1:1: a list of registers needs the column \"address\"; its first line names the columns",
            "list.csv:1:6: unknown column \"adress\"; did you mean \"address\"?",
        ],
    );
    check(
        "name,address\na,40001\n",
        false,
        &["list.csv:2:3: \"40001\": which table?; with --one-based, 40001 is read as holding 0"],
    );
    check(
        "name,address,table\na,1,holdin\n",
        false,
        &["list.csv:2:5: no table is called \"holdin\"; did you mean \"holding\"?"],
    );
    check("name,address,table,scale\na,1,input,x\nA,2,input,\n", false, &["list.csv:2:11: scale \"x\" is no number"]);
    check(
        "name,address,table\na,1,input\nA,2,input\n",
        false,
        &["list.csv:3: a point is called \"a\" already; first at list.csv:2; give each its own \"name\""],
    );
    // What the reader of profiles says of its text is told at the row.
    check(
        "name,address,table,type\na,65535,input,float\n",
        false,
        &["list.csv:2: type f32 at 65535 runs over the end of the table"],
    );
    check(
        "name,address,table,type\na,1,input,f23\n",
        false,
        &["list.csv:2: unknown word \"f23\"; did you mean \"f32\"?"],
    );
    check(
        "name,address,table,alarm\na,1,input,fault\n",
        false,
        &["list.csv:2: \"a\" is a number, not a condition; compare it: a > 0"],
    );
}

#[test]
fn any_text_survives_the_way_through_toml() {
    for text in ["a \"b\" \\ c", "油压 # = {", "tab\there", "'''"] {
        let read: toml::Table = format!("x = {}", quoted(text)).parse().expect(text);
        assert_eq!(read["x"].as_str(), Some(text));
    }
}
