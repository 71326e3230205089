//! The data of a frame as objects: what is said, ordered or asked.
//!
//! Takes: the data of a frame, or objects.
//! Gives: [`Adu`] and its bytes.
//! Never: objects from data whose length contradicts the number of objects, or that announce none. A decoder in use
//! elsewhere divides by that number and dies of a zero.

use super::bytes::{Taking, write_text};
use super::object::{
    Analogue, ComponentAt, ComponentState, ComponentText, Object, Records, Software, System, SystemOperation,
    SystemSoftware, SystemState, SystemText, SystemTime, UnitOperation, UnitRecords, UnitState,
};
use super::{DATA_MOST, Error};
use crate::edge::gbt26875::stamp::Stamp;

/// What the data of a frame say. The number is the type flag of the standard (table 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adu {
    /// 1: states of systems.
    SystemStates(Vec<SystemState>),
    /// 2: states of components.
    ComponentStates(Vec<ComponentState>),
    /// 3: measured values of components.
    Analogues(Vec<Analogue>),
    /// 4: what people did at systems.
    SystemOperations(Vec<SystemOperation>),
    /// 5: software of systems.
    SystemSoftware(Vec<SystemSoftware>),
    /// 6: configuration of systems, in words.
    SystemTexts(Vec<SystemText>),
    /// 7: configuration of components, in words.
    ComponentTexts(Vec<ComponentText>),
    /// 8: clocks of systems.
    SystemTimes(Vec<SystemTime>),
    /// 21: state of the transmission device.
    UnitState(UnitState),
    /// 24: what people did at the transmission device.
    UnitOperations(Vec<UnitOperation>),
    /// 25: software of the transmission device.
    UnitSoftware(Software),
    /// 26: configuration of the transmission device, in words; up to 255 bytes of GB 18030.
    UnitText(String),
    /// 28: clock of the transmission device.
    UnitTime(Stamp),
    /// 61: asks for states of systems.
    ReadSystemStates(Vec<System>),
    /// 62: asks for states of components.
    ReadComponentStates(Vec<ComponentAt>),
    /// 63: asks for measured values.
    ReadAnalogues(Vec<ComponentAt>),
    /// 64: asks for operations at a system.
    ReadSystemOperations(Records),
    /// 65: asks for software of systems.
    ReadSystemSoftware(Vec<System>),
    /// 66: asks for the configuration of systems.
    ReadSystemTexts(Vec<System>),
    /// 67: asks for the configuration of components.
    ReadComponentTexts(Vec<ComponentAt>),
    /// 68: asks for the clocks of systems.
    ReadSystemTimes(Vec<System>),
    /// 81: asks for the state of the transmission device (inspection, 巡检).
    ReadUnitState,
    /// 84: asks for operations at the transmission device.
    ReadUnitOperations(UnitRecords),
    /// 85: asks for its software.
    ReadUnitSoftware,
    /// 86: asks for its configuration.
    ReadUnitText,
    /// 88: asks for its clock.
    ReadUnitTime,
    /// 89: orders it to initialise itself.
    Initialise,
    /// 90: sets its clock.
    SetClock(Stamp),
    /// 91: duty check (查岗): somebody must answer within so many minutes.
    DutyCheck {
        /// Minutes.
        within: u8,
    },
    /// A type that the standard reserves or leaves to vendors. Kept as it came.
    Other {
        /// Type flag.
        kind: u8,
        /// Objects announced.
        objects: u8,
        /// The objects.
        bytes: Vec<u8>,
    },
}

impl Adu {
    /// Reads the data of a frame.
    ///
    /// # Errors
    /// No object, too many of them, or a length that contradicts their number.
    pub fn decode(data: &[u8]) -> Result<Adu, Error> {
        let [kind, objects, bytes @ ..] = data else {
            let kind = data.first().copied().unwrap_or(0);
            return Err(Error::Length { kind, objects: 0, bytes: data.len() });
        };
        if *objects == 0 {
            return Err(Error::NoObjects);
        }
        let body = Body { kind: *kind, objects: *objects, bytes };
        Ok(match *kind {
            1 => Adu::SystemStates(body.many(102)?),
            2 => Adu::ComponentStates(body.many(22)?),
            3 => Adu::Analogues(body.many(63)?),
            4 => Adu::SystemOperations(body.many(102)?),
            5 => Adu::SystemSoftware(body.many(usize::MAX)?),
            6 => Adu::SystemTexts(body.texts()?),
            7 => Adu::ComponentTexts(body.many(26)?),
            8 => Adu::SystemTimes(body.many(usize::MAX)?),
            21 => Adu::UnitState(body.one()?),
            24 => Adu::UnitOperations(body.many(127)?),
            25 => Adu::UnitSoftware(body.one()?),
            26 => Adu::UnitText(body.text()?),
            28 => Adu::UnitTime(body.one()?),
            61 => Adu::ReadSystemStates(body.many(102)?),
            62 => Adu::ReadComponentStates(body.many(22)?),
            63 => Adu::ReadAnalogues(body.many(63)?),
            64 => Adu::ReadSystemOperations(body.one()?),
            65 => Adu::ReadSystemSoftware(body.many(usize::MAX)?),
            66 => Adu::ReadSystemTexts(body.many(3)?),
            67 => Adu::ReadComponentTexts(body.many(26)?),
            68 => Adu::ReadSystemTimes(body.many(usize::MAX)?),
            81 => body.one().map(|_: u8| Adu::ReadUnitState)?,
            84 => Adu::ReadUnitOperations(body.one()?),
            85 => body.one().map(|_: u8| Adu::ReadUnitSoftware)?,
            86 => body.one().map(|_: u8| Adu::ReadUnitText)?,
            88 => body.one().map(|_: u8| Adu::ReadUnitTime)?,
            89 => body.one().map(|_: u8| Adu::Initialise)?,
            90 => Adu::SetClock(body.one()?),
            91 => Adu::DutyCheck { within: body.one()? },
            kind => Adu::Other { kind, objects: *objects, bytes: bytes.to_vec() },
        })
    }

    /// The data of a frame that says this.
    ///
    /// # Errors
    /// No object, or more than one frame holds.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let data = match self {
            Adu::SystemStates(objects) => put(1, objects, 102)?,
            Adu::ComponentStates(objects) => put(2, objects, 22)?,
            Adu::Analogues(objects) => put(3, objects, 63)?,
            Adu::SystemOperations(objects) => put(4, objects, 102)?,
            Adu::SystemSoftware(objects) => put(5, objects, 255)?,
            Adu::SystemTexts(objects) => put_texts(objects)?,
            Adu::ComponentTexts(objects) => put(7, objects, 26)?,
            Adu::SystemTimes(objects) => put(8, objects, 127)?,
            Adu::UnitState(object) => put(21, std::slice::from_ref(object), 1)?,
            Adu::UnitOperations(objects) => put(24, objects, 127)?,
            Adu::UnitSoftware(object) => put(25, std::slice::from_ref(object), 1)?,
            Adu::UnitText(text) => {
                let text = write_text(text, usize::from(u8::MAX));
                [&[26, 1, u8::try_from(text.len()).unwrap_or(u8::MAX)], &text[..]].concat()
            }
            Adu::UnitTime(object) => put(28, std::slice::from_ref(object), 1)?,
            Adu::ReadSystemStates(objects) => put(61, objects, 102)?,
            Adu::ReadComponentStates(objects) => put(62, objects, 22)?,
            Adu::ReadAnalogues(objects) => put(63, objects, 63)?,
            Adu::ReadSystemOperations(object) => put(64, std::slice::from_ref(object), 1)?,
            Adu::ReadSystemSoftware(objects) => put(65, objects, 255)?,
            Adu::ReadSystemTexts(objects) => put(66, objects, 3)?,
            Adu::ReadComponentTexts(objects) => put(67, objects, 26)?,
            Adu::ReadSystemTimes(objects) => put(68, objects, 255)?,
            Adu::ReadUnitState => vec![81, 1, 0],
            Adu::ReadUnitOperations(object) => put(84, std::slice::from_ref(object), 1)?,
            Adu::ReadUnitSoftware => vec![85, 1, 0],
            Adu::ReadUnitText => vec![86, 1, 0],
            Adu::ReadUnitTime => vec![88, 1, 0],
            Adu::Initialise => vec![89, 1, 0],
            Adu::SetClock(time) => put(90, std::slice::from_ref(time), 1)?,
            Adu::DutyCheck { within } => vec![91, 1, *within],
            Adu::Other { kind, objects, bytes } => [&[*kind, *objects], &bytes[..]].concat(),
        };
        if data.len() > DATA_MOST { Err(Error::TooLong(data.len())) } else { Ok(data) }
    }
}

/// The data of a frame, its type and number of objects taken off.
struct Body<'a> {
    kind: u8,
    objects: u8,
    bytes: &'a [u8],
}

impl Body<'_> {
    fn wrong(&self) -> Error {
        Error::Length { kind: self.kind, objects: self.objects, bytes: self.bytes.len() + 2 }
    }

    /// Objects of one length, at most `most`.
    fn many<T: Object>(&self, most: usize) -> Result<Vec<T>, Error> {
        let objects = usize::from(self.objects);
        if objects > most {
            return Err(Error::TooManyObjects(objects));
        }
        if objects * T::SIZE != self.bytes.len() {
            return Err(self.wrong());
        }
        Ok(self.bytes.chunks_exact(T::SIZE).map(|bytes| T::take(&mut Taking(bytes))).collect())
    }

    fn one<T: Object>(&self) -> Result<T, Error> {
        let objects: Vec<T> = self.many(1)?;
        objects.into_iter().next().ok_or(Error::NoObjects)
    }

    /// Type 6: each object says how long its own text is.
    fn texts(&self) -> Result<Vec<SystemText>, Error> {
        if self.objects > 3 {
            return Err(Error::TooManyObjects(usize::from(self.objects)));
        }
        let (mut from, mut texts) = (Taking(self.bytes), Vec::new());
        for _ in 0..self.objects {
            let [kind, address, length, ..] = *from.0 else { return Err(self.wrong()) };
            let length = usize::from(length);
            from.bytes(3);
            if from.0.len() < length {
                return Err(self.wrong());
            }
            texts.push(SystemText { system: System { kind, address }, text: from.text(length) });
        }
        if from.0.is_empty() { Ok(texts) } else { Err(self.wrong()) }
    }

    /// Type 26.
    fn text(&self) -> Result<String, Error> {
        match (self.objects, self.bytes) {
            (2.., _) => Err(Error::TooManyObjects(usize::from(self.objects))),
            (_, [length, text @ ..]) if text.len() == usize::from(*length) => Ok(Taking(text).text(text.len())),
            _ => Err(self.wrong()),
        }
    }
}

fn announce(kind: u8, objects: usize, most: usize) -> Result<Vec<u8>, Error> {
    match u8::try_from(objects) {
        Ok(0) => Err(Error::NoObjects),
        Ok(count) if objects <= most => Ok(vec![kind, count]),
        _ => Err(Error::TooManyObjects(objects)),
    }
}

fn put<T: Object>(kind: u8, objects: &[T], most: usize) -> Result<Vec<u8>, Error> {
    let mut data = announce(kind, objects.len(), most)?;
    for object in objects {
        object.put(&mut data);
    }
    Ok(data)
}

fn put_texts(objects: &[SystemText]) -> Result<Vec<u8>, Error> {
    let mut data = announce(6, objects.len(), 3)?;
    for SystemText { system, text } in objects {
        let text = write_text(text, usize::from(u8::MAX));
        data.extend([system.kind, system.address, u8::try_from(text.len()).unwrap_or(u8::MAX)]);
        data.extend(text);
    }
    Ok(data)
}
