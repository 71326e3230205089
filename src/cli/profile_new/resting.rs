//! Registers by which every point of a new profile says something good.
//!
//! Takes: a profile.
//! Gives: registers at rest, or with every alarm bit set.
//! Never: a claim that the device says so: it is where a person begins to write the first case.

use crate::cli::probe::record::Registers;
use crate::engine::profile::{Encoding, Expression, Kind, Profile};
use crate::sim::Setting;
use crate::sim::encode::{cells, raw};

/// The registers; with `active`, the bits that alarms read are set.
pub(super) fn registers(profile: &Profile, active: bool) -> Registers {
    let mut registers = Registers::new();
    for (slot, point) in (0u32..).zip(&profile.points) {
        let alarm = profile.alarms.iter().any(|alarm| alarm.when == Expression::Bit(slot));
        let fits = settings(&point.encoding, active && alarm);
        let Some(pattern) = fits.into_iter().find_map(|setting| raw(&point.encoding, &setting).ok()) else { continue };
        for cell in cells(&point.encoding, &pattern) {
            let word = registers.entry((point.encoding.table, cell.address)).or_default();
            *word = (*word & !cell.mask) | cell.bits;
        }
    }
    registers
}

/// What a point may say at rest, the likeliest first.
fn settings(encoding: &Encoding, set: bool) -> Vec<Setting> {
    match (&encoding.states, encoding.kind) {
        (Some(states), _) => states.iter().map(|state| Setting::State(state.key.clone())).collect(),
        (None, Kind::Bit) => vec![Setting::Bit(set)],
        (None, Kind::Text(_)) => vec![Setting::State("0".to_owned())],
        (None, _) => {
            let (least, most) = encoding.valid.unwrap_or((0.0, 1.0));
            [0.0, (least + most) / 2.0, least, most].into_iter().map(Setting::Number).collect()
        }
    }
}
