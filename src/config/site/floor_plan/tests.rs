//! What of a foreign drawing is kept, what is not, and where its marks are. Broken plans are in `tests/rejected`.

use super::*;
use marks::Label;

fn sketch(svg: &str) -> (Option<Sketch>, Vec<String>) {
    let problems = Problems::default();
    let sketch = File { name: "a.svg", problems: &problems }.read(svg.as_bytes(), 3);
    (sketch, problems.sorted().iter().map(Problem::to_string).collect())
}

fn written(inside: &str) -> String {
    let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 720 480'>{inside}</svg>");
    let (sketch, _) = sketch(&svg);
    let svg = sketch.expect("it is a drawing").drawing.svg;
    let head = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 480\">";
    svg.strip_prefix(head).and_then(|rest| rest.strip_suffix("</svg>")).expect("it is whole").to_owned()
}

#[test]
fn what_is_on_the_list_stays() {
    for inside in [
        "<g fill=\"none\" stroke=\"var(--edge)\"><path d=\"M4 4H716V476H4Z\"/></g>",
        "<text lang=\"zh\" text-anchor=\"middle\" x=\"1\" y=\"2\">东梯 &lt;1&amp;2&gt;<tspan dy=\"4\">12</tspan></text>",
        "<circle cx=\"1\" cy=\"2\" fill=\"currentColor\" r=\"3\"/>",
    ] {
        assert_eq!(written(inside), inside);
    }
}

#[test]
fn what_acts_fetches_or_refers_outside_is_gone() {
    for (foreign, kept) in [
        ("<script>alert(1)</script><path d='M0 0'/>", "<path d=\"M0 0\"/>"),
        ("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>", ""),
        ("<rect onclick='alert(1)' onload='x' width='4'/>", "<rect width=\"4\"/>"),
        ("<rect style='fill:url(https://x.org/a);stroke:red;x:9' width='4'/>", "<rect stroke=\"red\" width=\"4\"/>"),
        ("<image href='https://x.org/a.png'/><a href='javascript:x'><path d='M0 0'/></a>", ""),
        ("<style>@import url(//x.org)</style>", ""),
        ("<use href='https://x.org/a.svg#b' x='1'/>", "<g x=\"1\"/>"),
        ("<g id='alarms' class='banner'><path d='M0 0'/></g>", "<g><path d=\"M0 0\"/></g>"),
        ("<set attributeName='href' to='javascript:x'/><animate/><text>a<set/></text>", "<text>a</text>"),
        ("<h:p xmlns:h='http://www.w3.org/1999/xhtml'>x</h:p>", ""),
        ("<path d='M0 0' h:onload='x' xmlns:h='urn:h'/>", "<path d=\"M0 0\"/>"),
        ("<!-- <script> --><?xml-stylesheet href='x'?>", ""),
    ] {
        assert_eq!(written(foreign), kept, "{foreign}");
    }
}

#[test]
fn patterns_and_shapes_of_the_same_file_may_be_used_under_ids_of_ours() {
    let inside = "<defs><pattern id='h' width='4' height='4'><rect fill='url(#h)' width='2'/></pattern>\
                  <g id='bed'><path d='M0 0'/></g></defs><rect fill='url(#h)'/>\
                  <use xmlns:l='http://www.w3.org/1999/xlink' l:href='#bed' x='9'/>";
    let expected = "<defs><pattern id=\"plan3-1\" height=\"4\" width=\"4\"><rect width=\"2\"/></pattern>\
                    <g id=\"plan3-2\"><path d=\"M0 0\"/></g></defs><rect fill=\"url(#plan3-1)\"/>\
                    <use href=\"#plan3-2\" x=\"9\"/>";
    assert_eq!(written(inside), expected);
}

#[test]
fn what_unfolds_without_end_is_refused() {
    let ten = |id: usize| {
        let uses = format!("<use href='#a{}'/>", id + 1).repeat(10);
        format!("<g id='a{id}'>{uses}</g>")
    };
    let laughs: String = (0..9).map(ten).collect::<String>() + "<g id='a9'><path d='M0 0'/></g>";
    for inside in [laughs.as_str(), "<g id='a'><use href='#a'/></g>", "<use id='a' href='#b'/><use id='b' href='#a'/>"]
    {
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'>{inside}</svg>");
        let (sketch, said) = sketch(&svg);
        // A use of a use is left out, so that only groups can unfold.
        let fine = sketch.is_none_or(|sketch| !sketch.drawing.svg.contains("<use"));
        assert!(fine, "{said:?}");
    }
}

#[test]
fn a_mark_is_in_the_middle_of_its_shape_wherever_that_was_moved() {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='50'><g transform='translate(10 5)'>\
               <circle data-point='panel-1/l4-d5' cx='20' cy='10' r='3'/>\
               <g data-code='12110103' transform='scale(2)'><rect x='1' y='2' width='4' height='2'/></g>\
               <path id='path12' d='M0 0h10'/></g>\
               <rect data-zone='1-12' x='5' width='10' height='4'/><rect data-zone='1-12' x='20' y='6' width='5' height='4'/>\
               <defs><circle id='unseen' r='1'/></defs></svg>";
    let (sketch, said) = sketch(svg);
    assert_eq!(said, Vec::<String>::new());
    let sketch = sketch.expect("it is a drawing");
    assert_eq!(sketch.drawing.view_box, [0.0, 0.0, 100.0, 50.0]);
    let marks: Vec<(Label, f64, f64)> = sketch.marks.iter().map(|mark| (mark.label.clone(), mark.x, mark.y)).collect();
    let label = |kind: fn(String) -> Label, text: &str| kind(text.to_owned());
    assert_eq!(
        marks,
        [
            (label(Label::Point, "panel-1/l4-d5"), 30.0, 15.0),
            (label(Label::Code, "12110103"), 16.0, 11.0),
            (label(Label::Id, "path12"), 15.0, 5.0),
        ]
    );
    assert_eq!(sketch.drawing.zones.len(), 1);
    assert_eq!(sketch.drawing.zones[0].bounds, [5.0, 0.0, 20.0, 10.0]);
    assert_eq!(sketch.drawing.svg.matches("data-zone=\"1-12\"").count(), 2);
    assert!(!sketch.drawing.svg.contains("data-point") && !sketch.drawing.svg.contains("id="));
}

#[test]
fn colours_are_the_pages_or_the_drawings_own() {
    for (inside, own) in [
        ("<path stroke='var(--edge)' fill='none'/>", false),
        ("<path stroke='currentColor'/><rect fill='#fff'/>", true),
        ("<path style='stroke:#000'/>", true),
        ("<path d='M0 0'/>", true),
    ] {
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'>{inside}</svg>");
        assert_eq!(sketch(&svg).0.expect("it is a drawing").drawing.own_colours, own, "{inside}");
    }
}

#[test]
fn what_is_no_drawing_is_refused_with_the_place_and_what_to_do() {
    let deep =
        format!("<svg xmlns='{}' viewBox='0 0 1 1'>{}{}</svg>", allowed::SVG, "<g>".repeat(40), "</g>".repeat(40));
    let deeper = format!("{}{}", "<g>".repeat(200_000), "</g>".repeat(200_000));
    let wide = format!("<svg {}/>", (0..600).map(|n| format!("a{n}='' ")).collect::<String>());
    let many = format!("<svg xmlns='{}'>{}</svg>", allowed::SVG, "<g/>".repeat(60_000));
    for (text, line) in [
        ("<svg viewBox='0 0 1 1'/>", "a.svg:1:1: is no SVG; it begins with <svg xmlns="),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg:1:1: a plan needs a viewBox; viewBox="),
        ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 0 9'/>", "a.svg:1:1: a plan needs a viewBox; "),
        ("<svg\n xmlns='http://www.w3.org/2000/svg'><g></svg>", "a.svg:2:"),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", "a.svg:1:1: it has a DTD; delete <!DOCTYPE …>"),
        ("PK\u{3}\u{4}", "a.svg:1:1: is no SVG: "),
        (&deep, "a.svg:1:"),
        (&deeper, "a.svg"),
        (&wide, "a.svg: an element has more than 500 attributes"),
        (&many, "a.svg:1:"),
        (&" ".repeat(3 << 20), "a.svg: 3145728 bytes are too much for a plan"),
    ] {
        let (sketch, said) = sketch(text);
        assert!(sketch.is_none() && said.len() == 1 && said[0].starts_with(line), "{line}: {said:?}");
    }
}
