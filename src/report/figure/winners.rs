//! The cheapest case by axis: for each value of each axis, at which share of its points each case
//! is the cheapest, as a bar of parts.

use super::axis::Scale;
use super::drawing::{Drawing, Text};
use super::frame::{self, HEAD, MARGIN};
use super::letters;
use super::map::letters as letters_of;
use super::style::{GRID, INK, LABEL, LEAST, PAPER, SMALL, WIDTH, ink_on, look};
use crate::report::format;

const VALUES_END: f64 = 420.0;
const LEFT: f64 = 440.0;
const RIGHT: f64 = WIDTH - 100.0;
const ROW: f64 = 40.0;
/// Rows at most.
const MOST_ROWS: usize = 60;

/// The figure's data.
#[derive(Clone, Debug, PartialEq)]
pub struct WinnersFigure {
    /// The question.
    pub title: String,
    /// What is shown.
    pub subtitle: String,
    /// The cases.
    pub cases: Vec<String>,
    /// The axes, and for each of their values the shares of the cases, which add up to 1 where
    /// every point has a cheapest case.
    pub axes: Vec<(String, Vec<Shares>)>,
}

/// A value of an axis, and the share of each case.
pub type Shares = (String, Vec<f64>);

impl WinnersFigure {
    /// The letters of the cases that are the cheapest anywhere.
    fn letters(&self) -> Vec<String> {
        let shares = || self.axes.iter().flat_map(|(_, rows)| rows).map(|(_, shares)| shares);
        letters_of(self.cases.len(), |case| shares().any(|shares| shares.get(case).is_some_and(|share| *share > 0.0)))
    }
}

/// The figure.
pub fn draw(figure: &WinnersFigure) -> Drawing {
    let mut room = MOST_ROWS;
    let mut shown: Vec<(&str, &[Shares])> = Vec::new();
    for (axis, rows) in &figure.axes {
        let taken = rows.len().min(room);
        room -= taken;
        shown.extend((taken > 0).then_some((axis.as_str(), &rows[..taken])));
    }
    let rows: usize = shown.iter().map(|(_, rows)| rows.len()).sum();
    let mut drawing = frame::head(0.0, &figure.title, &figure.subtitle);
    let top = letters_key(&mut drawing, figure) + 30.0;
    let bottom = top + rows as f64 * ROW + shown.len() as f64 * 54.0;
    drawing.height = bottom + 120.0;
    let scale = Scale::linear((0.0, 1.0), (LEFT, RIGHT));
    frame::x_axis(&mut drawing, &scale, &scale.ticks(5), (top, bottom), format::percent);
    let mut y = top;
    for (axis, rows) in shown {
        let (size, name) = letters::shrink(&format::printable(axis), (LABEL, LEAST), true, WIDTH - 2.0 * MARGIN);
        frame::on_paper(&mut drawing, Text::new((MARGIN, y + 32.0), size, name).bold());
        y += 54.0;
        for (value, shares) in rows {
            draw_row(&mut drawing, figure, (axis, value), shares, y + ROW / 2.0);
            y += ROW;
        }
    }
    frame::x_title(&mut drawing, (LEFT, RIGHT), bottom + 60.0, "share of the points with this value");
    let all: usize = figure.axes.iter().map(|(_, rows)| rows.len()).sum();
    let more = if all > rows { format!(" {} values more are in sensitivity.csv.", all - rows) } else { String::new() };
    frame::foot(&mut drawing, &format!("Hatched: no case meets its objective.{more}"));
    drawing
}

/// The cases that are cheapest anywhere, with their letters and colours; answers where it ends.
fn letters_key(drawing: &mut Drawing, figure: &WinnersFigure) -> f64 {
    let letters = figure.letters();
    let (mut x, mut y) = (MARGIN, HEAD);
    for (case, name) in figure.cases.iter().enumerate().filter(|(case, _)| !letters[*case].is_empty()) {
        let name = letters::fit(&format::printable(name), SMALL, false, 420.0);
        let wide = 46.0 + letters::width(&name, SMALL, false) + 36.0;
        if x > MARGIN && x + wide > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + 38.0);
        }
        let colour = look(case).colour;
        drawing.of_case(case, |drawing| {
            drawing.rectangle((x, y - 14.0), (x + 34.0, y + 14.0), colour);
            drawing.outline((x, y - 14.0), (x + 34.0, y + 14.0), INK, 1.0);
            drawing.text(Text::new((x + 17.0, y), SMALL, letters[case].clone()).middle().colour(ink_on(colour)));
            drawing.text(Text::new((x + 46.0, y), SMALL, name));
        });
        x += wide;
    }
    y
}

fn draw_row(drawing: &mut Drawing, figure: &WinnersFigure, (axis, value): (&str, &str), shares: &[f64], y: f64) {
    let (size, name) = letters::shrink(&format::printable(value), (SMALL, LEAST), false, VALUES_END - MARGIN);
    drawing.text(Text::new((VALUES_END, y), size, name).end());
    let x = |share: f64| LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT);
    let mut sum = 0.0;
    let letters = figure.letters();
    for (case, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        let (corner, other) = ((x(sum), y - 15.0), (x(sum + share), y + 15.0));
        sum += share;
        let colour = look(case).colour;
        drawing.of_case(case, |drawing| {
            drawing.rectangle(corner, other, colour);
            drawing.outline(corner, other, PAPER, 1.5);
            if other.0 - corner.0 > 26.0 {
                let middle = ((corner.0 + other.0) / 2.0, y);
                drawing.text(
                    Text::new(middle, SMALL, letters.get(case).cloned().unwrap_or_default())
                        .middle()
                        .colour(ink_on(colour)),
                );
            }
        });
        let name = figure.cases.get(case).map_or("", String::as_str);
        let text = format!("{axis} {value}: {name} is the cheapest at {} of the points", format::percent(*share));
        drawing.spot(Some(case), corner, other, format::printable(&text));
    }
    if sum < 1.0 - 1e-9 {
        let (corner, other) = ((x(sum), y - 15.0), (x(1.0), y + 15.0));
        drawing.rectangle(corner, other, PAPER);
        drawing.hatch(corner, other, GRID, 12.0);
        let text =
            format!("{axis} {value}: no case meets its objective at {} of the points", format::percent(1.0 - sum));
        drawing.spot(None, corner, other, format::printable(&text));
    }
}
