//! The cheapest case over two axes: a coloured field per pair of values, paler where the second
//! cheapest is nearly as cheap, with the case's letter in it, so that it is read without colours.

use super::drawing::{Drawing, Text};
use super::frame::{self, HEAD, MARGIN};
use super::letters;
use super::style::{GRID, INK, LABEL, LEAST, PAPER, SMALL, SOFT, WIDTH, blend, ink_on, look};
use crate::report::{format, words};

const HEIGHT: f64 = 1000.0;
const LEFT: f64 = 230.0;
const RIGHT: f64 = WIDTH - 440.0;
const BOTTOM: f64 = HEIGHT - 150.0;
/// From this margin over the second cheapest on, a field has its full colour.
const CLEAR: f64 = 0.5;

/// The map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapFigure {
    /// The question.
    pub title: String,
    /// What is shown.
    pub subtitle: String,
    /// What the horizontal axis is, and its values as people write them.
    pub x: (String, Vec<String>),
    /// What the vertical axis is, and its values, from the bottom up.
    pub y: (String, Vec<String>),
    /// The names of the cases.
    pub cases: Vec<String>,
    /// For every value of y and then of x: the cheapest case, and by which share of its cost the
    /// second cheapest is dearer (infinite where there is no other, not a number where a share of it says
    /// nothing); `None` where no case is feasible.
    pub cells: Vec<Vec<Option<(usize, f64)>>>,
    /// For every value of y and then of x: the cases whose difference to the cheapest the noise
    /// covers.
    pub ties: Vec<Vec<Vec<usize>>>,
    /// For every value of y and then of x: what the cheapest case serves, where that is less than another.
    pub served: Vec<Vec<Option<f64>>>,
}

impl MapFigure {
    /// Whether a case is the cheapest somewhere, or may be.
    fn is_shown(&self, case: usize) -> bool {
        let wins = self.cells.iter().flatten().flatten().any(|(winner, _)| *winner == case);
        wins || self.ties.iter().flatten().flatten().any(|tied| *tied == case)
    }

    fn serves(&self, column: usize, row: usize) -> String {
        let share = self.served.get(row).and_then(|row| row.get(column).copied().flatten());
        share.map_or_else(String::new, |share| format!(" (which serves {} alone)", format::percent(share)))
    }

    fn tied(&self, column: usize, row: usize) -> &[usize] {
        self.ties.get(row).and_then(|row| row.get(column)).map_or(&[], Vec::as_slice)
    }
}

/// The figure.
pub fn draw(map: &MapFigure) -> Drawing {
    let mut drawing = frame::head(HEIGHT, &map.title, &map.subtitle);
    let (columns, rows) = (map.x.1.len().max(1), map.y.1.len().max(1));
    let (wide, high) = ((RIGHT - LEFT) / columns as f64, (BOTTOM - HEAD) / rows as f64);
    let letters = letters(map.cases.len(), |case| map.is_shown(case));
    for (row, cells) in map.cells.iter().enumerate().take(rows) {
        for (column, cell) in cells.iter().enumerate().take(columns) {
            let corner = (LEFT + wide * column as f64, BOTTOM - high * (row + 1) as f64);
            let tied = map.tied(column, row);
            match cell {
                Some((case, _)) => {
                    let own = std::iter::once(case).chain(tied).filter_map(|case| letters.get(*case));
                    let star = if map.serves(column, row).is_empty() { "" } else { "*" };
                    let own = own.cloned().collect::<Vec<_>>().join("/") + star;
                    drawing.of_case(*case, |drawing| field(drawing, corner, (wide, high), *cell, &own));
                }
                None => field(&mut drawing, corner, (wide, high), None, ""),
            }
            let text = in_words(map, (column, row), *cell);
            drawing.spot(cell.map(|(case, _)| case), corner, (corner.0 + wide, corner.1 + high), text);
        }
    }
    values(&mut drawing, map, (wide, high));
    names(&mut drawing, map, &letters);
    frame::foot(&mut drawing, &foot(map));
    drawing
}

/// What the fields mean, as far as there are such.
fn foot(map: &MapFigure) -> String {
    let mut foot = "Paler: the second cheapest is nearly as cheap (full colour from 50 % dearer).".to_string();
    if map.ties.iter().flatten().any(|tied| !tied.is_empty()) {
        foot.push_str(" Two letters: they cost the same, or the noise covers which is cheaper.");
    }
    if map.served.iter().flatten().any(Option::is_some) {
        foot.push_str(" A star: it serves less than another.");
    }
    if map.cells.iter().flatten().any(Option::is_none) {
        foot.push_str(" Hatched: no case meets the objective.");
    }
    foot
}

/// "lambda, 12 % below the second cheapest: traffic 1 M, wage $50".
fn in_words(map: &MapFigure, (column, row): (usize, usize), cell: Option<(usize, f64)>) -> String {
    let value =
        |axis: &(String, Vec<String>), index: usize| words::at(&axis.0, axis.1.get(index).map_or("", String::as_str));
    let said = match cell.map(|(case, margin)| (map.cases.get(case).map_or("", String::as_str), margin)) {
        None => "no case meets the objective".to_string(),
        Some((case, _)) if !map.tied(column, row).is_empty() => {
            let others: Vec<&str> = map.tied(column, row).iter().map(|tied| map.cases[*tied].as_str()).collect();
            format!("{case} or {}: equal, or the noise covers which is cheaper", others.join(" or "))
        }
        Some((case, margin)) if margin.is_finite() => {
            format!("{case}{}; the second cheapest is {} dearer", map.serves(column, row), format::percent(margin))
        }
        Some((case, margin)) if margin.is_nan() => format!("{case}{} is the cheapest", map.serves(column, row)),
        Some((case, _)) => format!("{case}, the only one that meets the objective"),
    };
    format::printable(&format!("{said}: {}, {}", value(&map.x, column), value(&map.y, row)))
}

/// How much of its full colour a field has; all of it where the margin is a share of nothing.
fn full(margin: f64) -> f64 {
    if margin.is_nan() { 1.0 } else { (margin / CLEAR).clamp(0.0, 1.0) }
}

/// The letters of the cases that are shown, without a gap: A to Z, then numbers; nothing of those that are not.
pub fn letters(cases: usize, is_shown: impl Fn(usize) -> bool) -> Vec<String> {
    let mut next = 0;
    let letter = |case: usize| {
        if !is_shown(case) {
            return String::new();
        }
        next += 1;
        letter(next - 1)
    };
    (0..cases).map(letter).collect()
}

fn letter(place: usize) -> String {
    let of_alphabet = u8::try_from(place).ok().filter(|place| *place < 26);
    of_alphabet.map_or_else(|| (place + 1).to_string(), |place| char::from(b'A' + place).to_string())
}

fn field(
    drawing: &mut Drawing,
    corner: (f64, f64),
    (wide, high): (f64, f64),
    cell: Option<(usize, f64)>,
    letters: &str,
) {
    let other = (corner.0 + wide, corner.1 + high);
    let Some((case, margin)) = cell else {
        drawing.rectangle(corner, other, PAPER);
        drawing.hatch(corner, other, GRID, 12.0);
        return;
    };
    let colour = blend(look(case).colour, PAPER, 0.3 + 0.7 * full(margin));
    drawing.rectangle(corner, other, colour);
    drawing.outline(corner, other, PAPER, 1.0);
    if wide >= 26.0 && high >= 26.0 {
        let middle = ((corner.0 + other.0) / 2.0, (corner.1 + other.1) / 2.0);
        let (size, letters) = letters::shrink(letters, (SMALL, LEAST), false, wide - 4.0);
        drawing.text(Text::new(middle, size, letters).middle().colour(ink_on(colour)));
    }
}

/// The values along both axes, every so many where all would not have room.
fn values(drawing: &mut Drawing, map: &MapFigure, (wide, high): (f64, f64)) {
    let widest = map.x.1.iter().map(|v| letters::width(v, SMALL, false)).fold(0.0, f64::max) + 14.0;
    let every = (widest / wide).ceil().max(1.0) as usize;
    for (index, value) in map.x.1.iter().enumerate().step_by(every) {
        let x = LEFT + wide * (index as f64 + 0.5);
        drawing.text(Text::new((x, BOTTOM + 24.0), SMALL, value.as_str()).middle().colour(SOFT));
    }
    let every = (26.0 / high).ceil().max(1.0) as usize;
    for (index, value) in map.y.1.iter().enumerate().step_by(every) {
        let y = BOTTOM - high * (index as f64 + 0.5);
        let value = letters::fit(value, SMALL, false, LEFT - MARGIN - 40.0);
        drawing.text(Text::new((LEFT - 12.0, y), SMALL, value).end().colour(SOFT));
    }
    frame::x_title(drawing, (LEFT, RIGHT), BOTTOM + 66.0, &map.x.0);
    frame::y_title(drawing, (HEAD, BOTTOM), &map.y.0);
}

/// The cases that are cheapest somewhere, or may be, with their letters and colours.
fn names(drawing: &mut Drawing, map: &MapFigure, letters: &[String]) {
    let mut y = HEAD + 20.0;
    for (case, name) in map.cases.iter().enumerate().filter(|(case, _)| map.is_shown(*case)) {
        if y > BOTTOM {
            break;
        }
        let (x, colour) = (RIGHT + 30.0, look(case).colour);
        drawing.rectangle((x, y - 16.0), (x + 40.0, y + 16.0), colour);
        drawing.outline((x, y - 16.0), (x + 40.0, y + 16.0), INK, 1.0);
        drawing.text(Text::new((x + 20.0, y), SMALL, letters[case].clone()).middle().colour(ink_on(colour)));
        let name = letters::fit(&format::printable(name), LABEL, false, WIDTH - MARGIN / 2.0 - x - 52.0);
        drawing.text(Text::new((x + 52.0, y), LABEL, name));
        y += 42.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_letter_and_losers_are_not_named() {
        let map = MapFigure {
            title: "t".into(),
            subtitle: String::new(),
            x: ("traffic".into(), vec!["1".into(), "10".into()]),
            y: ("wage".into(), vec!["$0".into(), "$50".into()]),
            cases: vec!["a".into(), "never".into(), "c".into()],
            cells: vec![vec![Some((0, 1.0)), Some((2, 0.1))], vec![None, Some((2, f64::INFINITY))]],
            ties: vec![vec![vec![], vec![0]], vec![vec![], vec![]]],
            served: vec![vec![Some(0.9), None], vec![None, None]],
        };
        let drawing = draw(&map);
        let count = |text: &str| drawing.texts().filter(|t| t.text == text).count();
        assert_eq!((count("A"), count("A*"), count("B"), count("C"), count("B/A")), (1, 1, 2, 0, 1));
        assert!(drawing.spots.iter().any(|spot| spot.text.starts_with("c or a: equal, or the noise")));
        assert_eq!((count("a"), count("never"), count("c")), (1, 0, 1));
        assert_eq!((letter(25), letter(26)), ("Z".to_string(), "27".to_string()));
    }

    #[test]
    fn a_narrow_margin_is_paler() {
        let light = |c: super::super::style::Colour| u32::from(c.0) + u32::from(c.1) + u32::from(c.2);
        assert!(light(blend(INK, PAPER, 0.3)) > light(blend(INK, PAPER, 1.0)));
        assert_eq!(blend(INK, PAPER, 1.0), INK);
    }
}
