//! Line protocol: one line a sample.
//!
//! Takes: samples.
//! Gives: `class,site=…,device=…,point=… value=…,quality=…i <nanoseconds>`.
//! Never: a value for an unknown sample (NaN has no line form, and a number in its place would be a lie), or a line that
//! a name could break in two.

use std::io::Write;

use super::Sample;
use crate::engine::base::SiteId;

/// The line of one sample, without its line end.
pub fn write_line(site: &SiteId, sample: &Sample) -> Vec<u8> {
    let mut line = Vec::with_capacity(128);
    let class = if sample.class.is_empty() { "unclassified" } else { &sample.class };
    name(&mut line, class, false);
    for (key, tag) in [("site", site.as_str()), ("device", sample.point.device()), ("point", sample.point.point())] {
        // The protocol has no empty tags.
        if !tag.is_empty() {
            line.push(b',');
            line.extend_from_slice(key.as_bytes());
            line.push(b'=');
            name(&mut line, tag, true);
        }
    }
    let fields = match sample.value.filter(|value| value.is_finite()) {
        // `{:?}` is the shortest text that reads back as the same number.
        Some(value) => format!(" value={value:?},quality={}i", sample.quality),
        None => format!(" quality={}i", sample.quality),
    };
    line.extend_from_slice(fields.as_bytes());
    // Writing to a vector cannot fail.
    let _ = write!(line, " {}", i128::from(sample.at.0) * 1_000);
    line
}

/// Writes a measurement or the value of a tag. What the protocol cannot carry at all becomes `_`: line ends and other
/// control characters, the backslash (at the end of a tag it would swallow the separator), and the `#` that begins a
/// comment.
fn name(line: &mut Vec<u8>, text: &str, is_tag: bool) {
    for (place, letter) in text.char_indices() {
        match letter {
            ',' | ' ' => line.push(b'\\'),
            '=' if is_tag => line.push(b'\\'),
            _ => {}
        }
        let written = if letter.is_control() || letter == '\\' || (letter == '#' && place == 0 && !is_tag) {
            '_'
        } else {
            letter
        };
        let mut bytes = [0; 4];
        line.extend_from_slice(written.encode_utf8(&mut bytes).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use influxdb_line_protocol::{FieldValue, parse_lines};
    use proptest::prelude::*;

    use super::*;
    use crate::engine::base::{DeviceId, PointId, Wall};

    fn sample(class: &str, value: Option<f64>) -> Sample {
        let point = PointId::of(&DeviceId::new("gen-1"), "oil-pressure");
        Sample { point, class: class.into(), at: Wall(1_772_323_200_250_000), value, quality: 0 }
    }

    #[test]
    fn a_sample_is_one_line() {
        let check = |sample: &Sample, expected: &str| {
            assert_eq!(String::from_utf8(write_line(&SiteId::new("riverside"), sample)).unwrap(), expected);
        };
        let tags = "site=riverside,device=gen-1,point=oil-pressure";
        let at = "1772323200250000000";
        check(&sample("generator", Some(350.5)), &format!("generator,{tags} value=350.5,quality=0i {at}"));
        check(&sample("generator", Some(3.0)), &format!("generator,{tags} value=3.0,quality=0i {at}"));
        check(&sample("fire pump,a", Some(-1e-7)), &format!("fire\\ pump\\,a,{tags} value=-1e-7,quality=0i {at}"));
        check(&sample("#x\n\\", Some(1e300)), &format!("_x__,{tags} value=1e300,quality=0i {at}"));
        check(&sample("", Some(f64::INFINITY)), &format!("unclassified,{tags} quality=0i {at}"));
        let unknown = Sample { value: None, quality: 2, ..sample("generator", None) };
        check(&unknown, &format!("generator,{tags} quality=2i {at}"));
    }

    proptest! {
        /// A parser that is not ours reads back what was written, whatever the names and numbers.
        #[test]
        fn what_is_written_is_read_back(
            class in "[^\\x00-\\x1f\\x7f-\\x9f\\\\#]{1,12}",
            point in "[^\\x00-\\x1f\\x7f-\\x9f\\\\/]{1,12}",
            bits: u64,
            quality: u8,
            at in -4_000_000_000_000_000i64..4_000_000_000_000_000,
        ) {
            let value = f64::from_bits(bits);
            let id = PointId::of(&DeviceId::new("gen-1"), &point);
            let sample = Sample { point: id, class: class.clone(), at: Wall(at), value: Some(value), quality };
            let text = String::from_utf8(write_line(&SiteId::new("s"), &sample)).unwrap();
            let parsed: Vec<_> = parse_lines(&text).collect::<Result<_, _>>().map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(parsed.len(), 1);
            let line = &parsed[0];
            prop_assert_eq!(line.series.measurement.to_string(), class);
            prop_assert_eq!(line.tag_value("point").map(ToString::to_string), Some(point));
            prop_assert_eq!(line.field_value("quality"), Some(&FieldValue::I64(quality.into())));
            let expected = value.is_finite().then_some(FieldValue::F64(value));
            prop_assert_eq!(line.field_value("value").cloned(), expected);
            prop_assert_eq!(line.timestamp, Some(at * 1_000));
        }

        /// No name can make two lines of one, or hide one.
        #[test]
        fn a_sample_is_always_exactly_one_line(class: String, point: String) {
            let id = PointId::of(&DeviceId::new("gen-1"), &point);
            let sample = Sample { point: id, class, at: Wall(1), value: Some(1.0), quality: 0 };
            let text = String::from_utf8(write_line(&SiteId::new("s"), &sample)).unwrap();
            prop_assert_eq!(parse_lines(&text).filter(Result::is_ok).count(), 1);
        }
    }
}
