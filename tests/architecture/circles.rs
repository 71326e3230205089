//! Rooms that lie side by side: of two only one may know the other, also through a third.
//!
//! Takes: every file below `src/`.
//! Gives: for each folder the circles among the rooms that lie in it, and what ties them.
//! Never: counts what a room takes from the one around it: that is what the room around it is for.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{File, Named};

/// Rooms that know each other on purpose: the folder they lie in, those of them that are in the circle, and why. `*` is any.
pub type Purpose = (&'static str, &'static [&'static str], &'static str);

/// Those of this house.
pub const ON_PURPOSE: &[Purpose] = &[
    (
        "engine",
        &["alarm", "gate", "input"],
        "acts are told in the words of alarms, and alarms are acted on through the one gate, which judges by their state",
    ),
    (
        "engine/alarm",
        &["*"],
        "facts, the state they make and the decision that makes them: one machine, a file for each kind",
    ),
    ("engine/poll", &["*"], "one bus in several files: each is a part of what a `Bus` does with its lanes"),
    (
        "edge/gbt26875",
        &["frame", "v2011"],
        "a frame is written as its edition has it, and an edition is how frames are written",
    ),
    ("edge/journal", &["*"], "the chain begins at a checkpoint, and a checkpoint signs the chain up to it"),
    ("edge/web", &["*"], "the one table of routes names every page, and every page links to addresses of the table"),
    (
        "edge/web/page",
        &["*"],
        "a page stands in the frame, and the frame shows the banner and the strips that pages are made of",
    ),
];

/// A module by its path: `["engine", "poll", "bus"]`.
type Module = Vec<String>;

/// Every circle that is not on purpose, and everything that is on purpose and no longer there.
pub fn circles(files: &[File], on_purpose: &[Purpose]) -> Vec<String> {
    let house = House::of(files);
    let mut said = Vec::new();
    let mut excused = BTreeSet::new();
    for (folder, circle) in house.circles() {
        let folder = folder.join("/");
        let excuse = on_purpose.iter().find(|(where_, rooms, _)| {
            *where_ == folder && circle.iter().all(|room| rooms.contains(&"*") || rooms.contains(&room.as_str()))
        });
        match excuse {
            Some((where_, ..)) => {
                excused.insert(*where_);
            }
            None => said.push(format!(
                "src/{folder}: {} know each other: {}; move what both need to where it belongs",
                circle.join(", "),
                house.ties(&folder, &circle).join("; ")
            )),
        }
    }
    // A list that only grows soon says nothing.
    let gone = on_purpose.iter().filter(|(folder, ..)| !excused.contains(folder));
    said.extend(gone.map(|(folder, ..)| format!("src/{folder}: there is no circle any more; take it off the list")));
    said
}

/// Who names whom.
struct House {
    /// By file: the module and each other module that it names, with the place.
    arrows: BTreeMap<Module, BTreeMap<Module, String>>,
}

impl House {
    fn of(files: &[File]) -> House {
        let product = || files.iter().filter(|file| !file.is_test());
        let modules: BTreeSet<Module> = product().map(module).collect();
        let mut handed_on: BTreeMap<(Module, String), Module> = BTreeMap::new();
        for file in product() {
            let around = module(file);
            for child in modules.iter().filter(|one| one.len() == around.len() + 1 && one.starts_with(&around)) {
                let name = &child[around.len()];
                for Named { line, segments } in file.paths(name) {
                    let is_handed_on = file.code.lines().nth(line - 1).is_some_and(|code| code.starts_with("pub"));
                    if let Some((last, way)) = segments.split_last().filter(|_| is_handed_on) {
                        handed_on.insert((around.clone(), last.clone()), [child.as_slice(), way].concat());
                    }
                }
            }
        }
        let mut arrows: BTreeMap<Module, BTreeMap<Module, String>> = BTreeMap::new();
        for file in product() {
            let own = module(file);
            for (line, path) in named(file, &own) {
                let (mut target, rest) = deepest(&modules, &path);
                if let Some(further) = rest.first().and_then(|name| handed_on.get(&(target.clone(), name.clone()))) {
                    target = deepest(&modules, further).0;
                }
                arrows.entry(own.clone()).or_default().entry(target).or_insert(format!("{}:{line}", file.path));
            }
        }
        House { arrows }
    }

    /// Between the rooms that lie in `folder`: who names whom, and where.
    fn plan(&self, folder: &[String]) -> BTreeMap<&str, BTreeMap<&str, &str>> {
        let mut plan: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        let inside = |one: &&Module| one.len() > folder.len() && one.starts_with(folder);
        for (own, targets) in self.arrows.iter().filter(|(own, _)| inside(own)) {
            for (target, place) in targets.iter().filter(|(target, _)| inside(target)) {
                let (from, to) = (own[folder.len()].as_str(), target[folder.len()].as_str());
                if from != to {
                    plan.entry(from).or_default().entry(to).or_insert(place);
                }
            }
        }
        plan
    }

    /// The circles of every folder: rooms of which each reaches each.
    fn circles(&self) -> Vec<(Module, Vec<String>)> {
        let folders: BTreeSet<Module> =
            self.arrows.keys().flat_map(|own| (1..own.len()).map(|depth| own[..depth].to_vec())).collect();
        let mut found = Vec::new();
        for folder in folders {
            let plan = self.plan(&folder);
            let reach: BTreeMap<&str, BTreeSet<&str>> = plan.keys().map(|room| (*room, reached(&plan, room))).collect();
            let mut told: BTreeSet<&str> = BTreeSet::new();
            for (room, from_it) in &reach {
                let back = |other: &&&str| reach.get(**other).is_some_and(|from_other| from_other.contains(room));
                let circle: Vec<&str> = from_it.iter().filter(back).copied().collect();
                if from_it.contains(room) && told.insert(room) {
                    told.extend(&circle);
                    found.push((folder.clone(), circle.into_iter().map(str::to_owned).collect()));
                }
            }
        }
        found
    }

    fn ties(&self, folder: &str, circle: &[String]) -> Vec<String> {
        let folder: Module = folder.split('/').map(str::to_owned).collect();
        let plan = self.plan(&folder);
        let within = |room: &str| circle.iter().any(|one| one == room);
        let pairs = plan.iter().flat_map(|(from, to)| to.iter().map(move |(to, place)| (*from, *to, *place)));
        pairs
            .filter(|(from, to, _)| within(from) && within(to))
            .map(|(_, to, place)| format!("{place} names {to}"))
            .collect()
    }
}

fn reached<'a>(plan: &BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>, room: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&str> = plan.get(room).into_iter().flat_map(BTreeMap::keys).copied().collect();
    while let Some(next) = waiting.pop() {
        // A room that names nobody is in no circle.
        let Some((next, further)) = plan.get_key_value(next) else { continue };
        if reached.insert(*next) {
            waiting.extend(further.keys().copied());
        }
    }
    reached
}

/// The module that a file is.
fn module(file: &File) -> Module {
    let inner = file.path.trim_start_matches("src/").trim_end_matches(".rs");
    inner.trim_end_matches("/mod").split('/').map(str::to_owned).collect()
}

/// Every path that a file names, from the root of the package.
fn named(file: &File, own: &[String]) -> Vec<(usize, Module)> {
    let from_root = file.paths("crate").into_iter().map(|named| (named.line, named.segments));
    let from_around = file.paths("super").into_iter().map(|named| {
        let climbed = named.segments.iter().take_while(|segment| *segment == "super").count();
        let around = &own[..own.len().saturating_sub(1 + climbed)];
        (named.line, [around, &named.segments[climbed..]].concat())
    });
    from_root.chain(from_around).collect()
}

/// The deepest module on a path, and what is left of the path behind it.
fn deepest<'a>(modules: &BTreeSet<Module>, path: &'a [String]) -> (Module, &'a [String]) {
    let depth = (0..=path.len()).rev().find(|depth| modules.contains(&path[..*depth])).unwrap_or(0);
    (path[..depth].to_vec(), &path[depth..])
}
