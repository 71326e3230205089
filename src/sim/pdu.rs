//! What a Modbus server answers to one request (Modbus Application Protocol 1.1b3, chapters 6 and 7).
//!
//! Takes: function code and data, as they came, and the device's registers.
//! Gives: the answer or the exception the protocol asks for.
//! Never: a panic or a guess on a request that is cut, too long or self-contradictory.

use crate::engine::profile::Table;
use crate::sim::image::Image;

const ILLEGAL_FUNCTION: u8 = 1;
const ILLEGAL_ADDRESS: u8 = 2;
const ILLEGAL_VALUE: u8 = 3;

/// Answers `request` from `image`, which a write changes.
pub fn answer(image: &mut Image, request: &[u8]) -> Vec<u8> {
    let Some((&function, data)) = request.split_first() else { return vec![0x80, ILLEGAL_FUNCTION] };
    let outcome = match function {
        1 => read(image, Table::Coil, data),
        2 => read(image, Table::Discrete, data),
        3 => read(image, Table::Holding, data),
        4 => read(image, Table::Input, data),
        5 => write_coil(image, data),
        6 => write_register(image, data),
        15 => write_coils(image, data),
        16 => write_registers(image, data),
        22 => mask_register(image, data),
        _ => Err(ILLEGAL_FUNCTION),
    };
    match outcome {
        Ok(mut body) => {
            body.insert(0, function);
            body
        }
        Err(code) => vec![function | 0x80, code],
    }
}

/// The exception that refuses `request` with `code`.
pub fn exception(request: &[u8], code: u8) -> Vec<u8> {
    vec![request.first().copied().unwrap_or(0) | 0x80, code]
}

/// The data as exactly two words.
fn pair(data: &[u8]) -> Result<(u16, u16), u8> {
    match data {
        &[a, b, c, d] => Ok((u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))),
        _ => Err(ILLEGAL_VALUE),
    }
}

fn read(image: &Image, table: Table, data: &[u8]) -> Result<Vec<u8>, u8> {
    if !image.has(table) {
        return Err(ILLEGAL_FUNCTION);
    }
    let (start, count) = pair(data)?;
    if count == 0 || count > table.limit() {
        return Err(ILLEGAL_VALUE);
    }
    let cells = image.read(table, start, count).ok_or(ILLEGAL_ADDRESS)?;
    let mut body = Vec::with_capacity(1 + cells.len() * 2);
    // At most 250 bytes: 125 registers or 2000 bits, checked above.
    if table.is_bits() {
        body.push(u8::try_from(cells.len().div_ceil(8)).map_err(|_| ILLEGAL_VALUE)?);
        body.extend(
            cells.chunks(8).map(|eight| {
                eight.iter().enumerate().fold(0, |byte, (bit, cell)| byte | (u8::from(*cell != 0) << bit))
            }),
        );
    } else {
        body.push(u8::try_from(cells.len() * 2).map_err(|_| ILLEGAL_VALUE)?);
        body.extend(cells.iter().flat_map(|cell| cell.to_be_bytes()));
    }
    Ok(body)
}

fn put(image: &mut Image, table: Table, start: u16, cells: &[u16], echo: &[u8]) -> Result<Vec<u8>, u8> {
    if !image.has(table) {
        return Err(ILLEGAL_FUNCTION);
    }
    if image.write(table, start, cells) { Ok(echo.to_vec()) } else { Err(ILLEGAL_ADDRESS) }
}

fn write_coil(image: &mut Image, data: &[u8]) -> Result<Vec<u8>, u8> {
    let (address, value) = pair(data)?;
    let cell = match value {
        0x0000 => 0,
        0xFF00 => 1,
        _ => return Err(ILLEGAL_VALUE),
    };
    put(image, Table::Coil, address, &[cell], data)
}

fn write_register(image: &mut Image, data: &[u8]) -> Result<Vec<u8>, u8> {
    let (address, value) = pair(data)?;
    put(image, Table::Holding, address, &[value], data)
}

/// Start, count and payload of a write of many, when they agree with each other.
fn many(data: &[u8], most: u16, bytes: impl Fn(usize) -> usize) -> Result<(u16, u16, &[u8]), u8> {
    let (head, rest) = data.split_at_checked(4).ok_or(ILLEGAL_VALUE)?;
    let (start, count) = pair(head)?;
    let (&length, payload) = rest.split_first().ok_or(ILLEGAL_VALUE)?;
    let fits = (1..=most).contains(&count)
        && payload.len() == usize::from(length)
        && payload.len() == bytes(usize::from(count));
    if fits { Ok((start, count, payload)) } else { Err(ILLEGAL_VALUE) }
}

fn write_coils(image: &mut Image, data: &[u8]) -> Result<Vec<u8>, u8> {
    let (start, count, payload) = many(data, 0x7B0, |count| count.div_ceil(8))?;
    let cells: Vec<u16> = (0..usize::from(count)).map(|bit| u16::from(payload[bit / 8] >> (bit % 8) & 1)).collect();
    put(image, Table::Coil, start, &cells, &data[..4])
}

fn write_registers(image: &mut Image, data: &[u8]) -> Result<Vec<u8>, u8> {
    let (start, _, payload) = many(data, 0x7B, |count| count * 2)?;
    let cells: Vec<u16> = payload.chunks_exact(2).map(|word| u16::from_be_bytes([word[0], word[1]])).collect();
    put(image, Table::Holding, start, &cells, &data[..4])
}

/// Function 22: register = (register AND `and`) OR (`or` AND NOT `and`).
fn mask_register(image: &mut Image, data: &[u8]) -> Result<Vec<u8>, u8> {
    let &[a, b, c, d, e, f] = data else { return Err(ILLEGAL_VALUE) };
    let [address, and, or] = [[a, b], [c, d], [e, f]].map(u16::from_be_bytes);
    if !image.has(Table::Holding) {
        return Err(ILLEGAL_FUNCTION);
    }
    let Some(&[old]) = image.read(Table::Holding, address, 1) else { return Err(ILLEGAL_ADDRESS) };
    put(image, Table::Holding, address, &[(old & and) | (or & !and)], data)
}

/// The cells that a write covers: table, first address, how many. Nothing for reads and for what is no request.
pub fn covered(request: &[u8]) -> Option<(Table, u16, u16)> {
    let (&function, data) = request.split_first()?;
    let (start, count) = pair(data.get(..4)?).ok()?;
    match function {
        5 => Some((Table::Coil, start, 1)),
        6 | 22 => Some((Table::Holding, start, 1)),
        15 => Some((Table::Coil, start, count)),
        16 => Some((Table::Holding, start, count)),
        _ => None,
    }
}

/// Whether an answer is an exception.
pub fn is_exception(pdu: &[u8]) -> bool {
    pdu.first().is_some_and(|function| function & 0x80 != 0)
}
