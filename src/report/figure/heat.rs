//! Heat maps: a result over two axes, a panel for each case, darker where it is more.

use super::axis::Scale;
use super::drawing::{Drawing, Point, Text};
use super::frame::{self, HEAD, MARGIN};
use super::letters;
use super::measure::Measure;
use super::panels::{MOST_PANELS, Panels, Place};
use super::style::{GRID, INK, LEAST, Mark, PAPER, SMALL, SOFT, ink_on, shade};
use crate::report::{format, words};

/// The figure's data.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatFigure {
    /// The question.
    pub title: String,
    /// What is shown.
    pub subtitle: String,
    /// How its numbers are written.
    pub measure: Measure,
    /// What the horizontal axis is, and its values.
    pub x: (String, Vec<String>),
    /// What the vertical axis is, and its values, from the bottom up.
    pub y: (String, Vec<String>),
    /// The cases, and for every value of y and then of x: the result; nothing where there is none.
    pub panels: Vec<(String, Vec<Vec<Option<f64>>>)>,
    /// For every case, value of y and value of x: whether an objective is missed there; may be empty.
    pub missed: Vec<Vec<Vec<bool>>>,
}

impl HeatFigure {
    fn misses(&self, case: usize, (column, row): (usize, usize)) -> bool {
        let rows = self.missed.get(case);
        rows.and_then(|rows| rows.get(row)).and_then(|row| row.get(column)).copied().unwrap_or(false)
    }
}

/// The figure.
pub fn draw(figure: &HeatFigure) -> Drawing {
    let shown = &figure.panels[..figure.panels.len().min(MOST_PANELS)];
    let mut drawing = frame::head(0.0, &figure.title, &figure.subtitle);
    let panels = Panels::new(shown.len(), HEAD + 24.0);
    drawing.height = panels.bottom() + 96.0;
    let values = shown.iter().flat_map(|(_, cells)| cells.iter().flatten().flatten().copied());
    let Some(scale) = figure.measure.scale(values, (0.0, 1.0)) else {
        frame::foot(&mut drawing, "There is nothing to draw.");
        return drawing;
    };
    key(&mut drawing, figure.measure, &scale);
    for (case, (name, cells)) in shown.iter().enumerate() {
        drawing.of_case(case, |drawing| {
            draw_panel(drawing, figure, (name, cells), panels.place(case), &scale);
            marks(drawing, figure, (case, cells), panels.place(case), &scale);
        });
        tell(&mut drawing, figure, case, panels.place(case));
    }
    frame::x_title(&mut drawing, panels.ends(), panels.bottom() + 18.0, &figure.x.0);
    frame::y_title(&mut drawing, (panels.place(0).top, panels.bottom()), &figure.y.0);
    let left = figure.panels.len() - shown.len();
    let mut said = Vec::new();
    if shown.iter().any(|(_, cells)| cells.iter().flatten().any(Option::is_none)) {
        said.push("Hatched: no result (the case cannot be ordered there, or the sample has no point).".to_string());
    }
    if figure.missed.iter().take(shown.len()).flatten().flatten().any(|missed| *missed) {
        said.push("×: misses its objective.".to_string());
    }
    said.extend((left > 0).then(|| format!("{left} cases more are in points.csv.")));
    frame::foot(&mut drawing, &said.join(" "));
    drawing
}

/// The scale of shades, in one line.
fn key(drawing: &mut Drawing, measure: Measure, scale: &Scale) {
    const STEPS: usize = 40;
    let (left, right, y) = (MARGIN, MARGIN + 480.0, HEAD - 8.0);
    for step in 0..STEPS {
        let x = |step: usize| left + (right - left) * step as f64 / STEPS as f64;
        drawing.rectangle((x(step), y - 12.0), (x(step + 1), y + 12.0), shade((step as f64 + 0.5) / STEPS as f64));
    }
    drawing.outline((left, y - 12.0), (right, y + 12.0), INK, 1.0);
    let (low, high) = scale.range();
    let steps = if scale.is_logarithmic() { "; equal steps of shade are equal ratios" } else { "; shades are even" };
    let text = format!("from {} (pale) to {} (dark){steps}", measure.show(low), measure.show(high));
    drawing.text(Text::new((right + 18.0, y), SMALL, text));
}

fn draw_panel(
    drawing: &mut Drawing,
    figure: &HeatFigure,
    (name, cells): (&str, &[Vec<Option<f64>>]),
    place: Place,
    scale: &Scale,
) {
    let (size, name) = letters::shrink(&format::printable(name), (SMALL, LEAST), true, place.right - place.left);
    drawing.text(Text::new((place.left, place.top - 22.0), size, name).bold());
    let room = field_size(figure, place);
    for (row, values) in cells.iter().enumerate() {
        for (column, value) in values.iter().enumerate() {
            field(drawing, figure.measure, corner(place, room, (column, row)), room, *value, scale);
        }
    }
    frame::x_values(drawing, &figure.x.1, |index| place.left + room.0 * (index as f64 + 0.5), place.bottom + 20.0);
    if place.first {
        let every = (22.0 / room.1).ceil().max(1.0) as usize;
        for (row, value) in figure.y.1.iter().enumerate().step_by(every) {
            let (size, value) = letters::shrink(&format::printable(value), (SMALL, LEAST), false, place.left - 84.0);
            let at = (place.left - 12.0, place.bottom - room.1 * (row as f64 + 0.5));
            drawing.text(Text::new(at, size, value).end().colour(SOFT));
        }
    }
}

/// Crosses where the objective is missed.
fn marks(
    drawing: &mut Drawing,
    figure: &HeatFigure,
    (case, cells): (usize, &[Vec<Option<f64>>]),
    place: Place,
    scale: &Scale,
) {
    let room = field_size(figure, place);
    let size = (room.0.min(room.1) * 0.16).min(8.0);
    for (row, values) in cells.iter().enumerate() {
        for (column, value) in values.iter().enumerate().filter(|(column, _)| figure.misses(case, (*column, row))) {
            let corner = corner(place, room, (column, row));
            let ink = value.map_or(INK, |value| ink_on(shade(scale.place(value))));
            Mark::Cross.draw(drawing, (corner.0 + room.0 - 2.0 * size, corner.1 + 2.0 * size), size, ink);
        }
    }
}

fn field_size(figure: &HeatFigure, place: Place) -> Point {
    let (columns, rows) = (figure.x.1.len().max(1) as f64, figure.y.1.len().max(1) as f64);
    ((place.right - place.left) / columns, (place.bottom - place.top) / rows)
}

fn corner(place: Place, (wide, high): Point, (column, row): (usize, usize)) -> Point {
    (place.left + wide * column as f64, place.bottom - high * (row + 1) as f64)
}

fn field(
    drawing: &mut Drawing,
    measure: Measure,
    corner: Point,
    (wide, high): Point,
    value: Option<f64>,
    scale: &Scale,
) {
    let other = (corner.0 + wide, corner.1 + high);
    let Some(value) = value else {
        drawing.rectangle(corner, other, PAPER);
        drawing.hatch(corner, other, GRID, 12.0);
        return;
    };
    let colour = shade(scale.place(value));
    drawing.rectangle(corner, other, colour);
    drawing.outline(corner, other, PAPER, 1.0);
    let text = measure.show(value);
    if high >= 24.0 && letters::width(&text, LEAST, false) + 8.0 <= wide {
        let middle = ((corner.0 + other.0) / 2.0, (corner.1 + other.1) / 2.0);
        let (size, text) = letters::shrink(&text, (SMALL, LEAST), false, wide - 8.0);
        drawing.text(Text::new(middle, size, text).middle().colour(ink_on(colour)));
    }
}

/// Tells every field.
fn tell(drawing: &mut Drawing, figure: &HeatFigure, case: usize, place: Place) {
    let (name, cells) = &figure.panels[case];
    let room = field_size(figure, place);
    let value_of =
        |axis: &(String, Vec<String>), index: usize| words::at(&axis.0, axis.1.get(index).map_or("", String::as_str));
    for (row, values) in cells.iter().enumerate() {
        for (column, value) in values.iter().enumerate() {
            let missed = if figure.misses(case, (column, row)) { " (misses its objective)" } else { "" };
            let said = value.map_or("no result".to_string(), |value| format!("{}{missed}", figure.measure.tell(value)));
            let at = format!("{}, {}", value_of(&figure.x, column), value_of(&figure.y, row));
            let corner = corner(place, room, (column, row));
            let other = (corner.0 + room.0, corner.1 + room.1);
            drawing.spot(Some(case), corner, other, format::printable(&format!("{name}: {said}; {at}")));
        }
    }
}
