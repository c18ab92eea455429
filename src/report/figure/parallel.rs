//! Parallel coordinates: an upright axis for each thing that a sweep varies, one for the result,
//! and a line per point, which looks as the cheapest case there does.

use super::drawing::{Drawing, Point, Text};
use super::frame::{self, HEAD, MARGIN};
use super::letters;
use super::style::{INK, LEAST, SMALL, SOFT, WIDTH, look};
use crate::report::format;

/// Lines at most.
pub const MOST_LINES: usize = 300;
/// Axes at most.
pub const MOST_AXES: usize = 9;
const HEIGHT: f64 = 1000.0;
const BOTTOM: f64 = HEIGHT - 90.0;
const LEFT: f64 = 130.0;
const RIGHT: f64 = WIDTH - 150.0;
/// How a point is drawn at which no case meets its objective.
const NONE: (super::style::Colour, &[f64]) = (SOFT, &[2.0, 8.0]);

/// The figure's data.
#[derive(Clone, Debug, PartialEq)]
pub struct ParallelFigure {
    /// The question.
    pub title: String,
    /// What is shown.
    pub subtitle: String,
    /// The cases.
    pub cases: Vec<String>,
    /// The axes, the result last.
    pub axes: Vec<ParallelAxis>,
    /// The points.
    pub lines: Vec<ParallelLine>,
    /// How many points there are in all.
    pub points: usize,
}

/// One axis.
#[derive(Clone, Debug, PartialEq)]
pub struct ParallelAxis {
    /// What it is.
    pub name: String,
    /// Values on it, and where: from 0 at the bottom to 1 at the top.
    pub values: Vec<(f64, String)>,
}

/// One point.
#[derive(Clone, Debug, PartialEq)]
pub struct ParallelLine {
    /// The case that is the cheapest at it.
    pub cheapest: Option<usize>,
    /// Where it lies on each axis, from 0 to 1; nothing where it is not defined.
    pub places: Vec<Option<f64>>,
    /// What it is, in words.
    pub text: String,
}

/// The figure.
pub fn draw(figure: &ParallelFigure) -> Drawing {
    let mut drawing = frame::head(HEIGHT, &figure.title, &figure.subtitle);
    let top = frame::case_key(&mut drawing, HEAD, &figure.cases[..figure.cases.len().min(12)]) + 40.0;
    let skipped = figure.axes.len().saturating_sub(MOST_AXES);
    // The last ones stay: the result is among them.
    let axes = &figure.axes[skipped..];
    let x = |axis: usize| LEFT + (RIGHT - LEFT) * axis as f64 / (axes.len().max(2) - 1) as f64;
    let y = |place: f64| BOTTOM - place * (BOTTOM - top);
    for line in figure.lines.iter().take(MOST_LINES) {
        let places = &line.places[skipped.min(line.places.len())..];
        match line.cheapest {
            Some(case) => drawing.of_case(case, |drawing| course(drawing, places, line.cheapest, x, y)),
            None => course(&mut drawing, places, None, x, y),
        }
        if let Some(Some(last)) = places.last() {
            drawing.spot_at(line.cheapest, (x(axes.len() - 1), y(*last)), format::printable(&line.text));
        }
    }
    let room = (RIGHT - LEFT) / (axes.len().max(2) - 1) as f64;
    for (index, axis) in axes.iter().enumerate() {
        let ends = (index == 0, index + 1 == axes.len());
        draw_axis(&mut drawing, axis, x(index), (top, BOTTOM), (room, ends));
    }
    frame::foot(&mut drawing, &foot(figure, skipped));
    drawing
}

fn foot(figure: &ParallelFigure, skipped: usize) -> String {
    let mut said = "A line is a point of the sweep, in the colour and with the mark of its cheapest case.".to_string();
    if figure.lines.iter().any(|line| line.cheapest.is_none()) {
        said += " Dotted grey: no case meets its objective.";
    }
    if figure.points > figure.lines.len().min(MOST_LINES) {
        said += &format!(" {} of {} points, evenly chosen.", figure.lines.len().min(MOST_LINES), figure.points);
    }
    if skipped > 0 {
        said += &format!(" {skipped} axes are left out.");
    }
    said
}

fn course(
    drawing: &mut Drawing,
    places: &[Option<f64>],
    cheapest: Option<usize>,
    x: impl Fn(usize) -> f64,
    y: impl Fn(f64) -> f64,
) {
    // Dashes would make hundreds of crossing lines a fog: the marks at the end tell the cases apart.
    let (colour, dash) = cheapest.map_or(NONE, |case| (look(case).colour, &[][..]));
    let mut stretch: Vec<Point> = Vec::new();
    for (axis, place) in places.iter().enumerate() {
        match place {
            Some(place) => stretch.push((x(axis), y(*place))),
            None => drawing.line(std::mem::take(&mut stretch), colour, 1.5, dash),
        }
    }
    let last = stretch.last().copied();
    drawing.line(stretch, colour, 1.5, dash);
    if let Some((case, last)) = cheapest.zip(last) {
        look(case).mark.draw(drawing, last, 4.5, colour);
    }
}

fn draw_axis(
    drawing: &mut Drawing,
    axis: &ParallelAxis,
    x: f64,
    (top, bottom): Point,
    (room, ends): (f64, (bool, bool)),
) {
    drawing.line(vec![(x, top), (x, bottom)], INK, 2.5, &[]);
    let (size, name) = letters::shrink(&format::printable(&axis.name), (SMALL, LEAST), true, room.min(400.0) - 16.0);
    let name = Text::new((x, top - 26.0), size, name).bold();
    drawing.text(match ends {
        (true, _) => Text { at: (MARGIN, name.at.1), ..name },
        (_, true) => Text { at: (WIDTH - MARGIN, name.at.1), ..name.end() },
        _ => name.middle(),
    });
    let mut free = f64::INFINITY;
    for (place, value) in &axis.values {
        let y = bottom - place * (bottom - top);
        if free - y < 26.0 {
            continue;
        }
        free = y;
        drawing.line(vec![(x - 6.0, y), (x + 6.0, y)], INK, 2.5, &[]);
        let (size, value) = letters::shrink(&format::printable(value), (SMALL, LEAST), false, room.min(400.0) * 0.7);
        frame::on_paper(drawing, Text::new((x + 14.0, y), size, value));
    }
}
