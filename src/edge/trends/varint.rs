//! Whole numbers in as few bytes as they need.
//!
//! Takes: numbers, or bytes that may be damaged.
//! Gives: bytes, or numbers and [`Damaged`].
//! Never: panics, or allocates by a length that the bytes merely claim.

/// The bytes are no record of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// Small for numbers near zero, whatever their sign.
pub(super) fn zigzag(number: i64) -> u64 {
    (number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned()
}

/// The inverse of [`zigzag`].
pub(super) fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Seven bits a byte, the lowest first.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Reads what [`put`] wrote.
pub(super) struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// One byte.
    pub(super) fn byte(&mut self) -> Result<u8, Damaged> {
        let (&byte, rest) = self.0.split_first().ok_or(Damaged)?;
        self.0 = rest;
        Ok(byte)
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: u64) -> Result<&'a [u8], Damaged> {
        let count = usize::try_from(count).map_err(|_| Damaged)?;
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    /// One number.
    pub(super) fn number(&mut self) -> Result<u64, Damaged> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Damaged);
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    /// Numbers of a chunk of the first layout: one after the other, or with runs of zeros counted.
    pub(super) fn numbers(&mut self, count: usize) -> Result<Vec<u64>, Damaged> {
        let runs = match self.byte()? {
            0 => false,
            1 => true,
            _ => return Err(Damaged),
        };
        // What a run claims is not reserved before it is known to fit.
        let mut numbers = Vec::with_capacity(count.min(self.0.len()));
        while numbers.len() < count {
            let number = self.number()?;
            numbers.push(number);
            if runs && number == 0 {
                let more = usize::try_from(self.number()?).map_err(|_| Damaged)?;
                if more > count - numbers.len() {
                    return Err(Damaged);
                }
                numbers.resize(numbers.len() + more, 0);
            }
        }
        Ok(numbers)
    }
}
