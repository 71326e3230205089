//! One device as its bus has it, as JSON.
//!
//! Takes: a [`Study`].
//! Gives: its request plan as it is now, each request with its points, its age and the registers it brought.
//! Never: a register that was not in a verified reply.

use serde_json::{Value, json};

use crate::engine::poll::{Reply, Studied, Study};
use crate::engine::profile::Table;
use crate::engine::site::Device;

/// The public form. Points are told by their place in `GET points?device=`, as runs of first place and number.
pub fn study_document(device: &Device, study: &Study) -> Value {
    let milliseconds = |took: Option<std::time::Duration>| took.map(|took| took.as_secs_f64() * 1000.0);
    let request = |request: &Studied| {
        json!({
            "table": request.table.as_str(), "function": function(request.table),
            "start": request.start, "count": request.count,
            "pace": request.pace.as_str(), "every_s": request.period.as_secs_f64(),
            "points": runs(&request.points, device.points.start),
            "age_s": request.age.map(|age| age.as_secs_f64()),
            "round_trip_ms": milliseconds(request.round_trip),
            "standing": request.standing.as_str(),
            "raw": request.last.as_ref().map(raw),
        })
    };
    json!({
        "given_up": study.dead, "believed": study.believed, "stranger": study.stranger,
        "unanswered": study.unanswered, "turnaround_ms": milliseconds(study.turnaround), "split": study.split,
        "requests": study.requests.iter().map(request).collect::<Vec<_>>(),
    })
}

fn function(table: Table) -> u8 {
    match table {
        Table::Coil => 1,
        Table::Discrete => 2,
        Table::Holding => 3,
        Table::Input => 4,
    }
}

/// Indices as runs: first place, counted from `from`, and how many follow each other.
fn runs(points: &[u32], from: u32) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for point in points.iter().map(|point| point.saturating_sub(from)) {
        match runs.last_mut() {
            Some((first, many)) if *first + *many == point => *many += 1,
            _ => runs.push((point, 1)),
        }
    }
    runs
}

/// Words as four hexadecimal digits each, bits as one digit each.
fn raw(reply: &Reply) -> String {
    match reply {
        Reply::Words(words) => words.iter().map(|word| format!("{word:04X}")).collect(),
        Reply::Bits(bits) => bits.iter().map(|bit| if *bit { '1' } else { '0' }).collect(),
        Reply::Written | Reply::Objects(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_told_in_runs_and_registers_in_hexadecimal() {
        assert_eq!(runs(&[10, 11, 12, 20, 9, 10], 9), [(1, 3), (11, 1), (0, 2)]);
        assert_eq!(raw(&Reply::Words(vec![0x12, 0xABCD])), "0012ABCD");
        assert_eq!(raw(&Reply::Bits(vec![true, false])), "10");
    }
}
