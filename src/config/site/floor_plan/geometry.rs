//! Where a shape of a plan is, once everything around it has moved it.
//!
//! Takes: attributes of SVG shapes.
//! Gives: [`Affine`] movements and [`Bounds`].
//! Never: a number that is not finite.

/// The parts of a list of figures.
pub fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '\t', '\r', '\n']).filter(|part| !part.is_empty())
}

/// A movement of the plane: x' = a·x + c·y + e, y' = b·x + d·y + f.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine([f64; 6]);

impl Default for Affine {
    fn default() -> Affine {
        Affine([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    }
}

impl Affine {
    /// Reads the value of `transform`.
    pub fn parse(text: &str) -> Option<Affine> {
        let mut whole = Affine::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (name, after) = rest.split_once('(')?;
            let (inside, after) = after.split_once(')')?;
            let figures: Vec<f64> = numbers(inside).map(|part| part.parse().ok()).collect::<Option<_>>()?;
            whole = whole.after(&Affine::one(name.trim(), &figures)?);
            rest = after.trim_start_matches([' ', ',', '\t', '\r', '\n']);
        }
        whole.0.iter().all(|figure| figure.is_finite()).then_some(whole)
    }

    fn one(name: &str, figures: &[f64]) -> Option<Affine> {
        let turn = |degrees: f64| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            Affine([cos, sin, -sin, cos, 0.0, 0.0])
        };
        Some(match (name, figures) {
            ("matrix", [a, b, c, d, e, f]) => Affine([*a, *b, *c, *d, *e, *f]),
            ("translate", [x]) => Affine::shift(*x, 0.0),
            ("translate", [x, y]) => Affine::shift(*x, *y),
            ("scale", [both]) => Affine([*both, 0.0, 0.0, *both, 0.0, 0.0]),
            ("scale", [x, y]) => Affine([*x, 0.0, 0.0, *y, 0.0, 0.0]),
            ("rotate", [degrees]) => turn(*degrees),
            ("rotate", [degrees, x, y]) => Affine::shift(*x, *y).after(&turn(*degrees)).after(&Affine::shift(-x, -y)),
            ("skewX", [degrees]) => Affine([1.0, 0.0, degrees.to_radians().tan(), 1.0, 0.0, 0.0]),
            ("skewY", [degrees]) => Affine([1.0, degrees.to_radians().tan(), 0.0, 1.0, 0.0, 0.0]),
            _ => return None,
        })
    }

    fn shift(x: f64, y: f64) -> Affine {
        Affine([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// `inner` first, then this.
    #[must_use]
    pub fn after(&self, inner: &Affine) -> Affine {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, inner.0);
        Affine([a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f])
    }

    fn apply(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }
}

/// The smallest rectangle around something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Bounds {
    fn around(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Bounds> {
        points.into_iter().filter(|(x, y)| x.is_finite() && y.is_finite()).fold(None, |held: Option<Bounds>, (x, y)| {
            let one = Bounds { left: x, top: y, right: x, bottom: y };
            Some(held.map_or(one, |held| held.with(&one)))
        })
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn with(&self, other: &Bounds) -> Bounds {
        Bounds {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Its middle.
    pub fn middle(&self) -> (f64, f64) {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// Left, top, width, height.
    pub fn rectangle(&self) -> [f64; 4] {
        [self.left, self.top, self.right - self.left, self.bottom - self.top]
    }
}

/// Around one shape, moved; `get` gives its attributes. Text and what is used count where they are put.
pub fn bounds<'a>(name: &str, get: impl Fn(&str) -> Option<&'a str>, moved: &Affine) -> Option<Bounds> {
    let number = |name: &str| {
        let first = numbers(get(name).unwrap_or("0")).next().unwrap_or("0");
        first.strip_suffix("px").unwrap_or(first).parse::<f64>().unwrap_or(0.0)
    };
    let corners = |x: f64, y: f64, width: f64, height: f64| {
        vec![(x, y), (x + width, y), (x, y + height), (x + width, y + height)]
    };
    let round = |rx: f64, ry: f64| corners(number("cx") - rx, number("cy") - ry, 2.0 * rx, 2.0 * ry);
    let points = match name {
        "rect" => corners(number("x"), number("y"), number("width"), number("height")),
        "circle" => round(number("r"), number("r")),
        "ellipse" => round(number("rx"), number("ry")),
        "line" => vec![(number("x1"), number("y1")), (number("x2"), number("y2"))],
        "polyline" | "polygon" => {
            let figures: Vec<f64> = numbers(get("points")?).filter_map(|part| part.parse().ok()).collect();
            figures.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
        }
        "path" => path(get("d")?),
        "text" | "tspan" | "use" => vec![(number("x"), number("y"))],
        _ => return None,
    };
    Bounds::around(points.into_iter().map(|point| moved.apply(point)))
}

/// Every point that the data of a path names, absolute; of curves also what bends them.
fn path(data: &str) -> Vec<(f64, f64)> {
    let (mut at, mut start, mut points) = ((0.0, 0.0), (0.0, 0.0), Vec::new());
    for (letter, figures) in commands(data) {
        let from = |(x, y): (f64, f64), at: (f64, f64)| {
            if letter.is_ascii_lowercase() { (at.0 + x, at.1 + y) } else { (x, y) }
        };
        let size = match letter.to_ascii_uppercase() {
            'H' | 'V' => 1,
            'S' | 'Q' => 4,
            'C' => 6,
            'A' => 7,
            'Z' => {
                at = start;
                continue;
            }
            _ => 2,
        };
        for (turn, part) in figures.chunks_exact(size).enumerate() {
            let origin = at;
            match letter {
                'H' => at.0 = part[0],
                'h' => at.0 += part[0],
                'V' => at.1 = part[0],
                'v' => at.1 += part[0],
                _ => {
                    let pairs = if size == 7 { &part[5..] } else { part };
                    for pair in pairs.chunks_exact(2) {
                        at = from((pair[0], pair[1]), origin);
                        points.push(at);
                    }
                }
            }
            points.push(at);
            if turn == 0 && letter.eq_ignore_ascii_case(&'M') {
                start = at;
            }
        }
    }
    points
}

/// The commands of a path with their figures, which may touch one another: `10-5.5.5`.
fn commands(data: &str) -> Vec<(char, Vec<f64>)> {
    let mut commands: Vec<(char, Vec<f64>)> = Vec::new();
    let mut figure = String::new();
    let close = |figure: &mut String, commands: &mut Vec<(char, Vec<f64>)>| {
        if let (Ok(number), Some((_, figures))) = (figure.parse(), commands.last_mut()) {
            figures.push(number);
        }
        figure.clear();
    };
    for letter in data.chars() {
        // The two flags of an arc are one digit each and may touch what follows: `a5 5 0 01.5 2`.
        let flag =
            |(command, figures): &(char, Vec<f64>)| "Aa".contains(*command) && matches!(figures.len() % 7, 3 | 4);
        if figure.is_empty() && "01".contains(letter) && commands.last().is_some_and(flag) {
            figure.push(letter);
            close(&mut figure, &mut commands);
            continue;
        }
        let after_e = figure.ends_with(['e', 'E']);
        let begins = match letter {
            '+' | '-' => !after_e,
            '.' => figure.contains(['.', 'e', 'E']),
            _ => false,
        };
        if "MmZzLlHhVvCcSsQqTtAa".contains(letter) {
            close(&mut figure, &mut commands);
            commands.push((letter, Vec::new()));
        } else if letter.is_ascii_digit() || "+-.eE".contains(letter) {
            if begins {
                close(&mut figure, &mut commands);
            }
            figure.push(letter);
        } else {
            close(&mut figure, &mut commands);
        }
    }
    close(&mut figure, &mut commands);
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rectangle(name: &str, attributes: &[(&str, &'static str)], transform: &str) -> [f64; 4] {
        let moved = Affine::parse(transform).expect("a movement");
        let get = |wanted: &str| attributes.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        bounds(name, get, &moved).expect("it is somewhere").rectangle().map(|figure| (figure * 1e6).round() / 1e6)
    }

    #[test]
    fn shapes_are_where_they_are_drawn() {
        let circle = [("cx", "10"), ("cy", "20"), ("r", "5")];
        assert_eq!(rectangle("circle", &circle, ""), [5.0, 15.0, 10.0, 10.0]);
        assert_eq!(rectangle("circle", &circle, "translate(100,50) scale(2)"), [110.0, 80.0, 20.0, 20.0]);
        assert_eq!(rectangle("rect", &[("width", "4"), ("height", "2")], "rotate(90)"), [-2.0, 0.0, 2.0, 4.0]);
        assert_eq!(rectangle("rect", &[("width", "4"), ("height", "2")], "rotate(180 2 1)"), [0.0, 0.0, 4.0, 2.0]);
        assert_eq!(rectangle("use", &[("x", "7"), ("y", "8")], "matrix(1 0 0 1 1 1)"), [8.0, 9.0, 0.0, 0.0]);
        assert_eq!(rectangle("polygon", &[("points", "0,0 10,0 10,4")], ""), [0.0, 0.0, 10.0, 4.0]);
    }

    #[test]
    fn paths_are_followed_from_point_to_point() {
        let path = |data: &'static str| rectangle("path", &[("d", data)], "");
        assert_eq!(path("M4 190H92M130 190h102"), [4.0, 190.0, 228.0, 0.0]);
        assert_eq!(path("m10 10 l5-5.5.5 1z l-20 0"), [-10.0, 4.5, 25.5, 5.5]);
        assert_eq!(path("M0 0C1 9 2 9 3 0"), [0.0, 0.0, 3.0, 9.0]);
        assert_eq!(path("M0 0a5 5 0 0 1 10 0v4"), [0.0, 0.0, 10.0, 4.0]);
        assert_eq!(path("M0 0a5 5 0 0110 0 5 5 0 01-3 2"), [0.0, 0.0, 10.0, 2.0]);
    }

    #[test]
    fn what_is_no_movement_is_none() {
        for text in ["translate(1", "turn(5)", "rotate(1,2)", "translate(a)", "scale(1e400)", "x"] {
            assert_eq!(Affine::parse(text), None, "{text}");
        }
    }
}
