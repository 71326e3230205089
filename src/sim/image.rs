//! The registers of one simulated device.
//!
//! Takes: where the points of a device lie (its profile, its expanded points).
//! Gives: four tables of cells, each only where the device has addresses.
//! Never: answers for an address that the device does not have.

use crate::engine::profile::{ArraySpec, Encoding, PointSpec, Profile, Table};
use crate::sim::encode::Cell;
use crate::sim::reaction::Trigger;

/// Cells of four tables. A coil or discrete input is a cell that holds 0 or 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    banks: [Vec<Block>; 4],
}

#[derive(Clone, Debug, PartialEq)]
struct Block {
    start: u32,
    cells: Vec<u16>,
}

impl Block {
    fn end(&self) -> u32 {
        self.start + u32::try_from(self.cells.len()).unwrap_or(u32::MAX)
    }
}

fn slot(table: Table) -> usize {
    match table {
        Table::Coil => 0,
        Table::Discrete => 1,
        Table::Input => 2,
        Table::Holding => 3,
    }
}

impl Image {
    /// The addresses a device of this profile has, all reading 0: its points, every element of its arrays, what its
    /// commands write, and the gaps between them that one request may bridge. Real devices answer such gaps; beyond them
    /// they refuse.
    pub fn of<'a>(
        profile: &Profile,
        points: impl Iterator<Item = &'a Encoding>,
        written: impl Iterator<Item = Trigger>,
    ) -> Image {
        let mut spans: [Vec<(u32, u32)>; 4] = Default::default();
        for encoding in points {
            let start = u32::from(encoding.address);
            spans[slot(encoding.table)].push((start, start + u32::from(encoding.width())));
        }
        if let Some(memory) = &profile.memory {
            let places = [(memory.first, memory.words())].into_iter().chain(memory.counter.map(|counter| (counter, 1)));
            let places = places.map(|(first, words)| (u32::from(first), u32::from(first) + u32::from(words)));
            spans[slot(memory.table)].extend(places);
        }
        for array in &profile.arrays {
            array_spans(array, &mut spans);
        }
        for Trigger { table, address, cells } in written {
            let start = u32::from(address);
            spans[slot(table)].push((start, start + u32::try_from(cells.len()).unwrap_or(0)));
        }
        let mut image = Image::default();
        for table in [Table::Coil, Table::Discrete, Table::Input, Table::Holding] {
            let gap = u32::from(if table.is_bits() { profile.link.max_bits } else { profile.link.max_registers });
            image.banks[slot(table)] = blocks(std::mem::take(&mut spans[slot(table)]), gap);
        }
        image
    }

    /// Whether the device has this table at all.
    pub fn has(&self, table: Table) -> bool {
        !self.banks[slot(table)].is_empty()
    }

    /// `count` cells from `start`, or nothing where the device lacks one of them.
    pub fn read(&self, table: Table, start: u16, count: u16) -> Option<&[u16]> {
        let (from, to) = (u32::from(start), u32::from(start) + u32::from(count));
        let block = self.block(table, from).filter(|block| to <= block.end())?;
        block.cells.get((from - block.start) as usize..(to - block.start) as usize)
    }

    /// Writes cells from `start` on; false, and nothing written, where the device lacks one of them.
    pub fn write(&mut self, table: Table, start: u16, values: &[u16]) -> bool {
        let from = u32::from(start);
        let bank = &mut self.banks[slot(table)];
        let at = bank.partition_point(|block| block.end() <= from);
        let Some(block) = bank.get_mut(at).filter(|block| block.start <= from) else { return false };
        let offset = (from - block.start) as usize;
        match block.cells.get_mut(offset..offset + values.len()) {
            Some(cells) => cells.copy_from_slice(values),
            None => return false,
        }
        true
    }

    /// Changes the bits of one cell that belong to a point; false where the device lacks it.
    pub fn put(&mut self, table: Table, cell: Cell) -> bool {
        let Some(&[old]) = self.read(table, cell.address, 1) else { return false };
        self.write(table, cell.address, &[(old & !cell.mask) | (cell.bits & cell.mask)])
    }

    fn block(&self, table: Table, address: u32) -> Option<&Block> {
        let bank = &self.banks[slot(table)];
        bank.get(bank.partition_point(|block| block.end() <= address)).filter(|block| block.start <= address)
    }
}

/// Where the elements of an array lie, whether the site lists them or not.
fn array_spans(array: &ArraySpec, spans: &mut [Vec<(u32, u32)>; 4]) {
    let affine = array.address;
    for loop_number in array.loops.0..=array.loops.1 {
        for index in array.indices.0..=array.indices.1 {
            let base = i64::from(affine.constant)
                + i64::from(affine.per_loop) * i64::from(loop_number)
                + i64::from(affine.per_index) * i64::from(index);
            for PointSpec { encoding, .. } in &array.fields {
                let start = base + i64::from(encoding.address);
                if let Ok(start) = u16::try_from(start) {
                    let start = u32::from(start);
                    spans[slot(encoding.table)].push((start, start + u32::from(encoding.width())));
                }
            }
        }
    }
}

fn blocks(mut spans: Vec<(u32, u32)>, gap: u32) -> Vec<Block> {
    spans.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (start, end) in spans {
        let end = end.min(0x1_0000);
        match merged.last_mut() {
            Some(last) if start <= last.1 + gap => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged.into_iter().map(|(start, end)| Block { start, cells: vec![0; (end - start) as usize] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_that_a_request_may_bridge_answer_and_the_rest_does_not() {
        let mut image = Image::default();
        image.banks[3] = blocks(vec![(1408, 1409), (1024, 1025), (1070, 1072), (65535, 65537)], 125);
        let reads = |image: &Image, start, count| image.read(Table::Holding, start, count).map(<[u16]>::len);
        assert_eq!(reads(&image, 1024, 48), Some(48));
        assert_eq!(reads(&image, 1024, 49), None);
        assert_eq!(reads(&image, 1023, 2), None);
        assert_eq!(reads(&image, 1407, 1), None);
        assert_eq!(reads(&image, 65535, 1), Some(1));
        assert_eq!(reads(&image, 65535, 2), None);
        assert!(image.put(Table::Holding, Cell { address: 1071, mask: 0x0F00, bits: 0xFFFF }));
        assert_eq!(image.read(Table::Holding, 1070, 2), Some(&[0, 0x0F00][..]));
        assert!(!image.write(Table::Holding, 1071, &[1, 2]));
        assert!(!image.put(Table::Coil, Cell { address: 0, mask: 1, bits: 1 }));
    }
}
