//! `[walls]` and every `[[wall]]`: the displays that hang on a wall.
//!
//! Takes: the tables, with their places.
//! Gives: checked [`Walls`].
//! Never: a token; only the name of the file that holds one. Never two walls of one id.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::Places;
use super::keys::WALL;
use crate::config::document::{Fields, Node};
use crate::config::problem::Problems;
use crate::engine::base::{Language, Text};

/// Metres from which a wall may be read.
const DISTANCES_M: std::ops::RangeInclusive<f64> = 0.5..=30.0;
/// Inches that the diagonal of a display may have.
const DIAGONALS_IN: std::ops::RangeInclusive<f64> = 5.0..=220.0;

/// The walls, and where they are served.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Walls {
    /// A listener of their own, which serves nothing else; without one they are served where everything is.
    pub listen: Option<SocketAddr>,
    /// In the order of the file.
    pub list: Vec<Wall>,
}

/// One display on a wall.
#[derive(Clone, Debug, PartialEq)]
pub struct Wall {
    /// Its id: `[a-z0-9_.-]+`, the last part of its address.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// The language it shows.
    pub language: Language,
    /// Light or dark.
    pub theme: WallTheme,
    /// Whose colours.
    pub palette: Palette,
    /// From where it is read, in metres, 0.5 to 30. With `diagonal_in` it gives the size of letters.
    pub distance_m: f64,
    /// Diagonal of its display in inches, 5 to 220.
    pub diagonal_in: f64,
    /// Whether it is a fault of the gateway when it is not there.
    pub registered: bool,
    /// File whose first line is its token; without one the gateway makes a token in its state folder.
    pub token_file: Option<PathBuf>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WallTheme {
    /// Dark.
    Night,
    /// Light.
    Day,
    /// Light from 7 to 19 o'clock of the site's time, else dark.
    Auto,
}

/// Whose meaning colours have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Palette {
    /// GB 4717 and GB 25506.
    Gb,
    /// NFPA 72.
    Nfpa,
}

impl WallTheme {
    /// The word of the file and of the page.
    pub fn as_str(self) -> &'static str {
        match self {
            WallTheme::Night => "night",
            WallTheme::Day => "day",
            WallTheme::Auto => "auto",
        }
    }
}

impl Palette {
    /// The word of the file and of the page.
    pub fn as_str(self) -> &'static str {
        match self {
            Palette::Gb => "gb",
            Palette::Nfpa => "nfpa",
        }
    }
}

#[derive(Default, Deserialize)]
pub(super) struct RawWalls {
    listen: Option<String>,
}

/// Checks both tables.
pub(super) fn settle(raw: RawWalls, places: &Places<'_>, problems: &Problems) -> Walls {
    let list = read(places, problems);
    let listen = raw.listen.and_then(|text| {
        let listen = text.parse().ok();
        if listen.is_none() {
            let hint = "write for example \"0.0.0.0:8081\"";
            problems.error(places.spot("walls.listen"), format!("\"{text}\" is not address:port"), hint);
        } else if list.is_empty() {
            problems.error(places.spot("walls.listen"), "a listener for walls, and no [[wall]]", "add a [[wall]]");
        }
        listen
    });
    Walls { listen, list }
}

fn read(places: &Places<'_>, problems: &Problems) -> Vec<Wall> {
    let mut list: Vec<Wall> = Vec::new();
    for node in places.root.list("wall") {
        let Some(fields) = node.fields(&WALL) else { continue };
        let Some(wall) = wall(&fields, places, problems) else { continue };
        if list.iter().any(|other| other.id == wall.id) {
            let spot = fields.get("id").map_or_else(|| fields.spot(), |id| id.spot());
            problems.error(spot, format!("there is a wall \"{}\" already", wall.id), "each wall has an id of its own");
        } else {
            list.push(wall);
        }
    }
    list
}

fn wall(fields: &Fields<'_>, places: &Places<'_>, problems: &Problems) -> Option<Wall> {
    let id = fields.get("id").and_then(Node::segment);
    let name = fields.get("name").and_then(Node::both_languages);
    let languages = [("zh", Language::Zh), ("en", Language::En)];
    let language = fields.get("language").map_or(Some(Language::Zh), |node| node.word(&languages));
    let themes = [WallTheme::Night, WallTheme::Day, WallTheme::Auto].map(|theme| (theme.as_str(), theme));
    let theme = fields.get("theme").map_or(Some(WallTheme::Night), |node| node.word(&themes));
    let palettes = [Palette::Gb, Palette::Nfpa].map(|palette| (palette.as_str(), palette));
    let palette = fields.get("palette").map_or(Some(Palette::Gb), |node| node.word(&palettes));
    let distance_m = measure(fields.get("distance-m"), DISTANCES_M, 5.0);
    let diagonal_in = measure(fields.get("diagonal-in"), DIAGONALS_IN, 55.0);
    let registered = fields.get("registered").map_or(Some(true), Node::boolean);
    let token = fields.get("token-file").and_then(|node| Some((node.spot(), node.text()?)));
    let token_file = token.map(|(spot, text)| places.secret_at(spot, places.folder.join(text), text, problems));
    Some(Wall {
        id: id?.to_owned(),
        name: name?,
        language: language?,
        theme: theme?,
        palette: palette?,
        distance_m: distance_m?,
        diagonal_in: diagonal_in?,
        registered: registered?,
        token_file,
    })
}

/// A number within bounds.
fn measure(node: Option<Node<'_>>, bounds: std::ops::RangeInclusive<f64>, default: f64) -> Option<f64> {
    let Some(node) = node else { return Some(default) };
    let number = node.number()?;
    if !bounds.contains(&number) {
        let hint = format!("allowed: {} to {}", bounds.start(), bounds.end());
        node.error(format!("{number} is out of range"), hint);
        return None;
    }
    Some(number)
}
