//! Turns one device of a site into points and rules.
//!
//! Takes: a checked profile, the device's entry and the rows of its point list.
//! Gives: the points and rules it adds to the site, with absolute addresses and slots.
//! Never: reads files; a row it cannot place comes back as an [`ExpandError`] with the row's number.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::conditions::{Holder, joined};
use super::expand_error::ExpandError;
use super::{Command, Device, Equipment, Overrides, Place, Point, Site, Status};
use crate::engine::base::{PointId, Text};
use crate::engine::class::Class;
use crate::engine::profile::{
    AlarmSpec, ArraySpec, CommandSpec, Feedback, PointSpec, Profile, Proviso, Pulse, Selector, StatusSpec,
};

/// One row of a panel's point list (点表).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPoint {
    /// Row number in its file, for errors.
    pub row: usize,
    /// Which array of the profile.
    pub array: String,
    /// Loop number.
    pub loop_number: u16,
    /// Address on the loop.
    pub index: u16,
    /// Secondary code, six digits (FA-15).
    pub code: Option<String>,
    /// Two-digit device type.
    pub kind: Option<String>,
    /// Where it is.
    pub place: Place,
}

/// Appends `device`, whose ranges of points, rules and commands it sets, and everything it has to `site`.
///
/// # Errors
/// Rows that cannot be placed, conditions that could never be judged; nothing is appended then.
pub fn expand(site: &mut Site, device: Device, listed: &[ListedPoint]) -> Result<(), Vec<ExpandError>> {
    expand_as(site, device, listed, &Overrides::default())
}

/// The same with what the site says otherwise of the device.
///
/// # Errors
/// Rows that cannot be placed, conditions that could never be judged; nothing is appended then.
pub fn expand_as(
    site: &mut Site,
    mut device: Device,
    listed: &[ListedPoint],
    said: &Overrides,
) -> Result<(), Vec<ExpandError>> {
    let profile: Arc<Profile> = Arc::clone(&device.profile);
    let number = length(&site.devices);
    let (first_point, first_rule) = (length(&site.points), length(&site.rules));
    let first_command = length(&site.commands);
    let (first_status, first_equipment) = (length(&site.statuses), length(&site.equipment));
    let mut errors = Vec::new();
    errors.extend(add_device(site, &device, number, said).err());
    for row in listed {
        match placed(&profile, row) {
            Ok((array, base)) => {
                let base = Base { address: base, list: length(&site.points), single: first_point };
                errors.extend(add_element(site, &device, number, array, row, base).err());
            }
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        site.points.truncate(first_point as usize);
        site.rules.truncate(first_rule as usize);
        site.commands.truncate(first_command as usize);
        site.statuses.truncate(first_status as usize);
        site.equipment.truncate(first_equipment as usize);
        return Err(errors);
    }
    device.points = first_point..length(&site.points);
    device.rules = first_rule..length(&site.rules);
    device.commands = first_command..length(&site.commands);
    device.statuses = first_status..length(&site.statuses);
    if let Some(bus) = site.buses.get_mut(device.bus as usize) {
        bus.devices.push(number);
    }
    site.devices.push(device);
    Ok(())
}

fn placed<'a>(profile: &'a Profile, row: &ListedPoint) -> Result<(&'a ArraySpec, u16), ExpandError> {
    let array = profile
        .arrays
        .iter()
        .find(|array| array.key == row.array)
        .ok_or_else(|| ExpandError::NoArray { row: row.row, array: row.array.clone() })?;
    let within = |what, number: u16, range: (u16, u16)| {
        if (range.0..=range.1).contains(&number) {
            Ok(())
        } else {
            Err(ExpandError::OutOfRange { row: row.row, what, number, range })
        }
    };
    within("loop", row.loop_number, array.loops)?;
    within("address", row.index, array.indices)?;
    let affine = array.address;
    let base = affine.constant + affine.per_loop * i32::from(row.loop_number) + affine.per_index * i32::from(row.index);
    // The profile's own check has proven that every element of the declared ranges lies within 0..=65535.
    Ok((array, u16::try_from(base).unwrap_or(u16::MAX)))
}

/// The device itself: its single points, rules and commands.
fn add_device(site: &mut Site, device: &Device, number: u32, said: &Overrides) -> Result<(), ExpandError> {
    let profile = &device.profile;
    let place = Arc::new(device.place.clone());
    let base = Base::of(length(&site.points));
    let (first_rule, first_command) = (length(&site.rules), length(&site.commands));
    let classes = Arc::clone(&site.classes);
    let written_for = classes.find(&profile.class);
    let class = said.class.as_deref().map_or(written_for, |id| classes.find(id));
    let point_id = |key: &str, on: Option<u32>| {
        PointId::of(&device.id, on.map_or(key, |slot| profile.points[slot as usize].key.as_str()))
    };
    for spec in &profile.points {
        let id = PointId::of(&device.id, &spec.key);
        site.points.push(point(spec, number, id, Arc::clone(&spec.name), Arc::clone(&place), base));
    }
    let holder = Holder {
        device: number,
        name: &device.name,
        place: &device.place,
        code: None,
        kind: None,
        class: class.map(|(_, class)| class),
        written_for: written_for.map(|(_, class)| class),
        said,
        first_slot: base.list,
    };
    let (rules, follows) = holder.rules(&profile.alarms, (&profile.statuses, &profile.without), &|key, spec| {
        point_id(key, spec.and_then(|spec| spec.on))
    })?;
    site.rules.extend(rules);
    for spec in &profile.commands {
        let name = joined(&device.name, &spec.name);
        let (id, place) = (point_id(&spec.verb, spec.on), device.place.clone());
        site.commands.push(command(spec, id, &holder, name, place, base)?);
    }
    let own = Equipment {
        rules: (first_rule..length(&site.rules)).collect(),
        commands: (first_command..length(&site.commands)).collect(),
        settings: said.settings.clone(),
        follows,
        ..equipment(device.id.as_str(), number, class, &device.name, &device.place)
    };
    add_equipment(site, own, &profile.statuses, &holder)
}

fn add_element(
    site: &mut Site,
    device: &Device,
    number: u32,
    array: &ArraySpec,
    row: &ListedPoint,
    base: Base,
) -> Result<(), ExpandError> {
    let element =
        array.naming.replace("{loop}", &row.loop_number.to_string()).replace("{index}", &row.index.to_string());
    let classes = Arc::clone(&site.classes);
    let listed_as = row.kind.as_ref().and_then(|kind| classes.types.get(kind));
    let name = if row.place.text != Text::default() {
        row.place.text.clone()
    } else {
        listed_as.map_or_else(|| Text::same(&element), |kind| joined(&kind.name, &Text::same(&element)))
    };
    let mut place = row.place.clone();
    place.building = place.building.or_else(|| device.place.building.clone());
    let shared = Arc::new(place.clone());
    let (first_rule, first_command) = (length(&site.rules), length(&site.commands));
    let written_for = array.class.as_deref().and_then(|class| classes.find(class));
    let by_type = listed_as.and_then(|kind| Some((kind.class, classes.list.get(kind.class as usize)?)));
    let class = by_type.or(written_for);
    for field in &array.fields {
        let id = PointId::of(&device.id, &format!("{element}.{}", field.key));
        site.points.push(point(field, number, id, Arc::new(joined(&name, &field.name)), Arc::clone(&shared), base));
    }
    let said = Overrides::default();
    let holder = Holder {
        device: number,
        name: &name,
        place: &place,
        code: row.code.as_ref(),
        kind: row.kind.as_ref(),
        class: class.map(|(_, class)| class),
        written_for: written_for.map(|(_, class)| class),
        said: &said,
        first_slot: base.list,
    };
    let id = PointId::of(&device.id, &element);
    let point_id = |key: &str, spec: Option<&AlarmSpec>| match spec {
        Some(_) => id.clone(),
        None => PointId::of(&device.id, &format!("{element}.{key}")),
    };
    let (rules, follows) = holder.rules(&array.alarms, (&array.statuses, &array.without), &point_id)?;
    site.rules.extend(rules);
    for spec in &array.commands {
        let name = joined(&name, &spec.name);
        site.commands.push(command(spec, id.clone(), &holder, name, place.clone(), base)?);
    }
    let held = Equipment {
        code: row.code.clone(),
        kind: row.kind.clone(),
        follows,
        rules: (first_rule..length(&site.rules)).collect(),
        commands: (first_command..length(&site.commands)).collect(),
        ..equipment(id.as_str(), number, class, &name, &place)
    };
    add_equipment(site, held, &array.statuses, &holder)
}

fn equipment(id: &str, device: u32, class: Option<(u32, &Class)>, name: &Text, place: &Place) -> Equipment {
    Equipment {
        id: id.to_owned(),
        device,
        class: class.map(|(at, _)| at),
        name: name.clone(),
        place: place.clone(),
        code: None,
        kind: None,
        statuses: BTreeMap::new(),
        rules: Vec::new(),
        commands: Vec::new(),
        follows: Vec::new(),
        settings: BTreeMap::new(),
    }
}

/// Appends equipment with the statuses that the profile shows of it.
fn add_equipment(
    site: &mut Site,
    mut held: Equipment,
    shown: &[StatusSpec],
    holder: &Holder<'_>,
) -> Result<(), ExpandError> {
    let number = length(&site.equipment);
    let words = |key: &str| {
        let classes = holder.class.into_iter().chain(holder.written_for);
        classes.flat_map(|class| &class.statuses).find(|status| status.key == key).map(|status| &status.name)
    };
    for spec in shown {
        let name = words(&spec.key).cloned().unwrap_or_else(|| Text::same(&spec.key));
        held.statuses.insert(spec.key.clone(), length(&site.statuses));
        site.statuses.push(Status {
            id: held.point(&spec.key),
            device: held.device,
            equipment: number,
            key: spec.key.clone(),
            name: joined(&held.name, &name),
            when: holder.condition(&spec.when)?,
        });
    }
    site.equipment.push(held);
    Ok(())
}

fn command(
    spec: &CommandSpec,
    id: PointId,
    holder: &Holder<'_>,
    name: Text,
    place: Place,
    base: Base,
) -> Result<Command, ExpandError> {
    let proven =
        |feedback: &Feedback| holder.condition(&feedback.when).map(|when| Feedback { when, within: feedback.within });
    let spec = CommandSpec {
        on: spec.on.map(|slot| base.list + slot),
        write: spec.write.moved(base.address),
        feedback: spec.feedback.as_ref().map(proven).transpose()?,
        pulse: spec.pulse.as_ref().map(|pulse| Pulse { after: pulse.after, end: pulse.end.moved(base.address) }),
        ..spec.clone()
    };
    Ok(Command { point: id, device: holder.device, name, place, spec })
}

/// Where a list of points begins: on the wire, and in the site.
#[derive(Clone, Copy)]
struct Base {
    /// Address of the element's first register.
    address: u16,
    /// Index of the list's first point.
    list: u32,
    /// Index of the device's first single point.
    single: u32,
}

impl Base {
    /// The device's single points.
    fn of(first: u32) -> Base {
        Base { address: 0, list: first, single: first }
    }

    fn proviso(self, proviso: &Proviso) -> Arc<Proviso> {
        let first = |of: Selector| if of.single { self.single } else { self.list };
        Arc::new(proviso.with_selectors(|of| Selector { slot: first(of) + of.slot, single: true }))
    }
}

impl Point {
    /// Whether it says how fast a counter grows. Its registers are the counter's.
    pub fn is_rate(&self) -> bool {
        self.proviso.as_ref().is_some_and(|proviso| proviso.rate.is_some())
    }
}

fn point(spec: &PointSpec, device: u32, id: PointId, name: Arc<Text>, place: Arc<Place>, base: Base) -> Point {
    let mut encoding = Arc::clone(&spec.encoding);
    if base.address != 0 {
        let own = Arc::make_mut(&mut encoding);
        own.address = own.address.saturating_add(base.address);
    }
    Point {
        id,
        device,
        name,
        place,
        encoding,
        pace: spec.pace,
        unit: Arc::clone(&spec.unit),
        deadband: spec.deadband,
        proviso: spec.proviso.as_ref().map(|proviso| base.proviso(proviso)),
    }
}

fn length<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
