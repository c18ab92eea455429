//! What figures share: the head, the names of rows, axes.

use super::axis::Scale;
use super::drawing::{Anchor, Drawing, Point, Text};
use super::letters;
use super::style::{Colour, GRID, INK, LABEL, LEAST, SMALL, SOFT, TITLE, WIDTH, look};
use crate::report::format::printable;

/// The margin at the left and right edge.
pub const MARGIN: f64 = 48.0;
/// Below the head.
pub const HEAD: f64 = 150.0;
/// Figures with a row per case show so many at most, and say how many they leave out.
pub const MOST_ROWS: usize = 40;

/// A drawing with its title and, below it, what it shows and in which unit.
pub fn head(height: f64, title: &str, subtitle: &str) -> Drawing {
    let (title, subtitle) = (printable(title), printable(subtitle));
    let mut drawing = Drawing::new(WIDTH, height, format!("{title}: {subtitle}"));
    (drawing.head, drawing.subtitle) = (HEAD - 28.0, subtitle.clone());
    let wide = WIDTH - 2.0 * MARGIN;
    let (size, title) = letters::shrink(&title, (TITLE, LABEL), true, wide);
    drawing.text(Text::new((MARGIN, 54.0), size, title).bold());
    let (size, subtitle) = letters::shrink(&subtitle, (LABEL, LEAST), false, wide);
    drawing.text(Text::new((MARGIN, 100.0), size, subtitle).colour(SOFT));
    drawing
}

/// A sentence at the foot.
pub fn foot(drawing: &mut Drawing, text: &str) {
    let (size, text) = letters::shrink(&printable(text), (SMALL, LEAST), false, WIDTH - 2.0 * MARGIN);
    drawing.text(Text::new((MARGIN, drawing.height - 18.0), size, text).colour(SOFT));
}

/// A longer text at the foot, in at most two lines.
pub fn foot_in_two(drawing: &mut Drawing, text: &str) {
    let lines = letters::wrap(&printable(text), LEAST, false, WIDTH - 2.0 * MARGIN, 2);
    let first = drawing.height - 18.0 - 24.0 * (lines.len().max(1) - 1) as f64;
    for (index, line) in lines.into_iter().enumerate() {
        drawing.text(Text::new((MARGIN, first + 24.0 * index as f64), LEAST, line).colour(SOFT));
    }
}

/// The name of a row, right-aligned in at most two lines, with a smaller line below it, all about
/// the middle of the row.
pub fn row_name(drawing: &mut Drawing, (x, middle): Point, name: &str, below: &str, wide: f64, room: f64) {
    let lines = if room >= 84.0 { 2 } else { 1 };
    let name = letters::wrap(&printable(name), LABEL, false, wide, lines);
    let (small, below) = letters::shrink(&printable(below), (SMALL, LEAST), false, wide);
    let height = name.len() as f64 * 28.0 + if below.is_empty() { 0.0 } else { 24.0 };
    let mut y = middle - height / 2.0 + 14.0;
    for line in name {
        drawing.text(Text::new((x, y), LABEL, line).end());
        y += 28.0;
    }
    drawing.text(Text::new((x, y - 2.0), small, below).end().colour(SOFT));
}

/// A vertical grid line and its number below the axis, for every tick.
pub fn x_axis(drawing: &mut Drawing, scale: &Scale, ticks: &[f64], (top, bottom): Point, show: impl Fn(f64) -> String) {
    for tick in ticks {
        let x = scale.place(*tick);
        drawing.line(vec![(x, top), (x, bottom)], GRID, 1.5, &[]);
        drawing.text(Text::new((x, bottom + 22.0), SMALL, show(*tick)).middle().colour(SOFT));
    }
}

/// A horizontal grid line and its number left of the axis, for every tick.
pub fn y_axis(drawing: &mut Drawing, scale: &Scale, ticks: &[f64], (left, right): Point, show: impl Fn(f64) -> String) {
    for tick in ticks {
        let y = scale.place(*tick);
        drawing.line(vec![(left, y), (right, y)], GRID, 1.5, &[]);
        drawing.text(Text::new((left - 12.0, y), SMALL, show(*tick)).end().colour(SOFT));
    }
    axis_break(drawing, scale, left);
}

/// Two slanted strokes across an axis where it is broken.
pub fn axis_break(drawing: &mut Drawing, scale: &Scale, left: f64) {
    let Some(y) = scale.break_at() else { return };
    for lift in [-5.0, 5.0] {
        drawing.line(vec![(left - 14.0, y + lift + 5.0), (left + 14.0, y + lift - 5.0)], INK, 2.0, &[]);
    }
}

/// What the horizontal axis counts, centred below its numbers.
pub fn x_title(drawing: &mut Drawing, (left, right): Point, y: f64, text: &str) {
    drawing.text(Text::new(((left + right) / 2.0, y), LABEL, text).middle());
}

/// What the vertical axis counts, running upwards at the left edge.
pub fn y_title(drawing: &mut Drawing, (top, bottom): Point, text: &str) {
    let (size, text) = letters::shrink(text, (LABEL, LEAST), false, bottom - top);
    drawing.text(Text::new((MARGIN - 8.0, (top + bottom) / 2.0), size, text).middle().upwards());
}

/// A text on a halo of paper, so that lines behind it do not disturb it.
pub fn on_paper(drawing: &mut Drawing, text: Text) {
    let wide = letters::width(&text.text, text.size, text.bold);
    let left = match text.anchor {
        Anchor::Start => text.at.0,
        Anchor::Middle => text.at.0 - wide / 2.0,
        Anchor::End => text.at.0 - wide,
    };
    let half = text.size * 0.62;
    let (corner, other) = ((left - 4.0, text.at.1 - half), (left + wide + 4.0, text.at.1 + half));
    drawing.rectangle(corner, other, super::style::PAPER);
    drawing.text(text);
}

/// A whisker from `low` to `high` along the x axis.
pub fn whisker(drawing: &mut Drawing, (low, high): Point, y: f64, size: f64) {
    drawing.line(vec![(low, y), (high, y)], INK, 2.5, &[]);
    for x in [low, high] {
        drawing.line(vec![(x, y - size), (x, y + size)], INK, 2.5, &[]);
    }
}

/// A key: colour fields with their words in one line from `at` on. Hatched ones are marked so.
pub fn key(drawing: &mut Drawing, at: Point, entries: &[(&str, Colour, bool)]) {
    let (mut x, y) = at;
    for (word, colour, hatched) in entries {
        let (corner, other) = ((x, y - 11.0), (x + 30.0, y + 11.0));
        drawing.rectangle(corner, other, *colour);
        if *hatched {
            drawing.hatch(corner, other, INK, 9.0);
        }
        drawing.outline(corner, other, INK, 1.0);
        drawing.text(Text::new((x + 40.0, y), SMALL, *word));
        x += 40.0 + letters::width(word, SMALL, false) + 36.0;
    }
}

/// A key of cases with their lines and marks, in as many rows from `top` down as it takes; answers
/// where it ends.
pub fn case_key(drawing: &mut Drawing, top: f64, cases: &[String]) -> f64 {
    let (mut x, mut y) = (MARGIN, top);
    for (case, name) in cases.iter().enumerate() {
        let name = letters::fit(&printable(name), SMALL, false, 700.0);
        let wide = 62.0 + letters::width(&name, SMALL, false) + 36.0;
        if x > MARGIN && x + wide > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + 34.0);
        }
        drawing.of_case(case, |drawing| {
            let look = look(case);
            drawing.line(vec![(x, y), (x + 50.0, y)], look.colour, 4.0, look.dash);
            look.mark.draw(drawing, (x + 25.0, y), 7.0, look.colour);
            drawing.text(Text::new((x + 62.0, y), SMALL, name));
        });
        x += wide;
    }
    y + if cases.is_empty() { 0.0 } else { 20.0 }
}

/// The values of an axis that has no scale, below their places: every so many where all would not
/// have room, in smaller letters where that helps, cut where it does not.
pub fn x_values(drawing: &mut Drawing, values: &[String], place: impl Fn(usize) -> f64, y: f64) {
    let slot = if values.len() > 1 { place(1) - place(0) } else { 400.0 };
    let widest = values.iter().map(|v| letters::width(v, LEAST, false)).fold(0.0, f64::max).min(150.0) + 12.0;
    let every = (widest / slot).ceil().max(1.0) as usize;
    for (index, value) in values.iter().enumerate().step_by(every) {
        let (size, value) = letters::shrink(&printable(value), (SMALL, LEAST), false, slot * every as f64 - 8.0);
        drawing.text(Text::new((place(index), y), size, value).middle().colour(SOFT));
    }
}

/// How high every row is, where `n` of them share a figure: generous for few.
pub fn row_height(n: usize) -> f64 {
    (760.0 / n.max(1) as f64).clamp(66.0, 104.0)
}

/// "and 3 cases more", where rows are left out.
pub fn left_out(cases: usize) -> Option<String> {
    (cases > MOST_ROWS).then(|| format!("… and {} cases more, which the table shows.", cases - MOST_ROWS))
}
