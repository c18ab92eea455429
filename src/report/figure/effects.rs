//! How much of a result each axis explains: a row per axis and case, marks with their intervals.
//! Filled: by itself. Open: together with the others.

use super::axis::Scale;
use super::drawing::{Drawing, Text};
use super::frame::{self, HEAD, MARGIN};
use super::letters;
use super::style::{GRID, INK, LABEL, LEAST, Mark, PAPER, SMALL, SOFT, WIDTH, circle, look};
use crate::report::format;

const NAMES_END: f64 = 420.0;
const CASES_END: f64 = 640.0;
const LEFT: f64 = 670.0;
const RIGHT: f64 = WIDTH - 90.0;
const ROW: f64 = 34.0;
/// Rows at most.
const MOST_ROWS: usize = 60;

/// The figure's data.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectsFigure {
    /// The question.
    pub title: String,
    /// What is shown.
    pub subtitle: String,
    /// What the horizontal axis counts.
    pub x_title: String,
    /// What the two marks are; the second one may be empty.
    pub words: [String; 2],
    /// Whether values are shares; else they are plain numbers.
    pub shares: bool,
    /// The cases.
    pub cases: Vec<String>,
    /// The axes, the one that does most first.
    pub axes: Vec<AxisEffect>,
}

/// What one axis does.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisEffect {
    /// Its name.
    pub name: String,
    /// By case: the value of each mark, with its interval where one is known.
    pub cases: Vec<(usize, [Option<Found>; 2])>,
}

/// A value and the ends of its 95 % interval.
pub type Found = (f64, Option<(f64, f64)>);

/// The figure.
pub fn draw(figure: &EffectsFigure) -> Drawing {
    let mut room = MOST_ROWS;
    let fits = |axis: &&AxisEffect| {
        room = room.saturating_sub(axis.cases.len());
        room > 0
    };
    let shown: Vec<&AxisEffect> = figure.axes.iter().take_while(fits).collect();
    let heights: Vec<f64> = shown.iter().map(|axis| (axis.cases.len() as f64 * ROW + 22.0).max(64.0)).collect();
    let (top, bottom) = (HEAD + 40.0, HEAD + 40.0 + heights.iter().sum::<f64>());
    let mut drawing = frame::head(bottom + 124.0, &figure.title, &figure.subtitle);
    key(&mut drawing, figure);
    let scale = scale(&shown);
    let number = |value: f64| if figure.shares { format::percent(value) } else { format::significant(value, 2) };
    frame::x_axis(&mut drawing, &scale, &scale.ticks(6), (top, bottom), number);
    let nought = scale.place(0.0);
    drawing.line(vec![(nought, top), (nought, bottom)], INK, 1.5, &[]);
    let mut y = top;
    for (axis, high) in shown.iter().zip(&heights) {
        draw_axis(&mut drawing, figure, axis, (y, y + high), &scale);
        y += high;
        drawing.line(vec![(MARGIN, y), (RIGHT, y)], GRID, 1.5, &[]);
    }
    frame::x_title(&mut drawing, (LEFT, RIGHT), bottom + 60.0, &figure.x_title);
    let left = figure.axes.len() - shown.len();
    let more = if left > 0 { format!(" {left} axes more are in sensitivity.csv.") } else { String::new() };
    frame::foot(&mut drawing, &format!("Strokes: 95 % interval, where one is known.{more}"));
    drawing
}

/// From nought, or below it, to the greatest value.
fn scale(axes: &[&AxisEffect]) -> Scale {
    let values = axes.iter().flat_map(|axis| &axis.cases).flat_map(|(_, found)| found).flatten();
    let ends = values.flat_map(|(value, interval)| interval.map_or([*value; 3], |(low, high)| [low, *value, high]));
    let (low, high) = ends.filter(|v| v.is_finite()).fold((0.0f64, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    let high = if high > low { high } else { low + 1.0 };
    let room = (high - low) * 0.03;
    Scale::linear((low - if low < 0.0 { room } else { 0.0 }, high + room), (LEFT, RIGHT))
}

fn key(drawing: &mut Drawing, figure: &EffectsFigure) {
    let mut x = LEFT;
    for (open, word) in figure.words.iter().enumerate().filter(|(_, word)| !word.is_empty()) {
        mark(drawing, (x + 8.0, HEAD), Mark::Circle, INK, open == 1);
        drawing.text(Text::new((x + 26.0, HEAD), SMALL, word.as_str()));
        x += 26.0 + letters::width(word, SMALL, false) + 36.0;
    }
}

fn draw_axis(
    drawing: &mut Drawing,
    figure: &EffectsFigure,
    axis: &AxisEffect,
    (top, bottom): (f64, f64),
    scale: &Scale,
) {
    let middle = (top + bottom) / 2.0;
    let lines = letters::wrap(&format::printable(&axis.name), LABEL, false, NAMES_END - MARGIN, 2);
    for (index, line) in lines.iter().enumerate() {
        let y = middle + 28.0 * (index as f64 - (lines.len() - 1) as f64 / 2.0);
        drawing.text(Text::new((NAMES_END, y), LABEL, line.as_str()).end());
    }
    let first = middle - ROW * (axis.cases.len() as f64 - 1.0) / 2.0;
    for (index, (case, found)) in axis.cases.iter().enumerate() {
        let y = first + ROW * index as f64;
        let name = figure.cases.get(*case).map_or("", String::as_str);
        drawing.of_case(*case, |drawing| {
            let (size, name) =
                letters::shrink(&format::printable(name), (SMALL, LEAST), false, CASES_END - NAMES_END - 16.0);
            drawing.text(Text::new((CASES_END, y), size, name).end().colour(SOFT));
            // The open mark lies below, for what is by itself is part of what is in all.
            for open in [1, 0] {
                let apart = if found[1].is_none() { 0.0 } else { 5.0 * (2.0 * open as f64 - 1.0) };
                draw_found(drawing, found[open], (scale, y + apart), *case, open == 1);
            }
        });
        tell(drawing, figure, (axis, *case), found, (scale, y));
    }
}

fn draw_found(drawing: &mut Drawing, found: Option<Found>, (scale, y): (&Scale, f64), case: usize, open: bool) {
    let Some((value, interval)) = found.filter(|(value, _)| value.is_finite()) else { return };
    let look = look(case);
    if let Some((low, high)) = interval {
        drawing.line(vec![(scale.place(low), y), (scale.place(high), y)], look.colour, 2.5, &[]);
    }
    mark(drawing, (scale.place(value), y), look.mark, look.colour, open);
}

/// A filled mark, or a ring.
fn mark(drawing: &mut Drawing, at: (f64, f64), mark: Mark, colour: super::style::Colour, open: bool) {
    if open {
        drawing.area(circle(at, 9.0), colour, 1.0);
        drawing.area(circle(at, 6.0), PAPER, 1.0);
    } else {
        mark.draw(drawing, at, 7.5, colour);
    }
}

/// Tells both values of a row.
fn tell(
    drawing: &mut Drawing,
    figure: &EffectsFigure,
    (axis, case): (&AxisEffect, usize),
    found: &[Option<Found>; 2],
    (scale, y): (&Scale, f64),
) {
    let number = |value: f64| if figure.shares { format::percent(value) } else { format::significant(value, 3) };
    let said = |(word, found): (&String, &Option<Found>)| {
        let (value, interval) = found.filter(|(value, _)| value.is_finite())?;
        let interval = interval.map_or(String::new(), |(low, high)| format!(" ({} to {})", number(low), number(high)));
        Some(format!("{word} {}{interval}", number(value)))
    };
    let said: Vec<String> = figure.words.iter().zip(found).filter_map(said).collect();
    let most = found.iter().flatten().map(|(value, _)| *value).filter(|v| v.is_finite()).fold(0.0, f64::max);
    let name = figure.cases.get(case).map_or("", String::as_str);
    let text = format::printable(&format!("{name}, {}: {}", axis.name, said.join(", ")));
    drawing.spot(Some(case), (LEFT.min(scale.place(0.0)), y - 14.0), (scale.place(most), y + 14.0), text);
}
