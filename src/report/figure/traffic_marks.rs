//! Marks of a figure against traffic: the strip of the best case, and rings where lines cross.

use super::axis::{Scale, spread};
use super::drawing::{Drawing, Point, Text};
use super::frame::{self, HEAD};
use super::letters;
use super::style::{INK, LEAST, PAPER, SMALL, circle, ink_on, look};
use super::traffic::{Crossing, TrafficFigure, TrafficLine, stretches};
use crate::report::format;

/// The strip of the best case by region of traffic, when there is one: its top and bottom.
pub const STRIP: (f64, f64) = (HEAD + 24.0, HEAD + 60.0);

/// The best case by region, with the traffic at which it changes above the boundaries.
pub fn strip(drawing: &mut Drawing, figure: &TrafficFigure, (across, ends): (&Scale, Point)) {
    for region in &figure.best {
        let (left, right) = (across.place(region.from), across.place(region.to));
        let Some(line) = figure.lines.get(region.line).filter(|_| right - left >= 1.0) else { continue };
        field(drawing, (left, right), &line.name, region.line);
    }
    let changes: Vec<f64> = figure.best.windows(2).map(|pair| pair[0].to).collect();
    let places: Vec<f64> = changes.iter().map(|x| across.place(*x)).collect();
    let apart = spread(&places, 84.0, ends.0 + 40.0, ends.1 - 40.0);
    for ((change, place), x) in changes.iter().zip(&places).zip(apart) {
        drawing.line(vec![(*place, STRIP.0), (*place, STRIP.0 - 8.0)], INK, 1.5, &[]);
        drawing.text(Text::new((x, STRIP.0 - 20.0), SMALL, format::short_count(*change)).middle());
    }
}

/// One region: the case's name where it has room, and else its mark.
fn field(drawing: &mut Drawing, (left, right): Point, name: &str, line: usize) {
    let (look, middle) = (look(line), ((left + right) / 2.0, (STRIP.0 + STRIP.1) / 2.0));
    drawing.rectangle((left, STRIP.0), (right, STRIP.1), look.colour);
    drawing.outline((left, STRIP.0), (right, STRIP.1), PAPER, 2.0);
    let ink = ink_on(look.colour);
    let (size, name) = letters::shrink(&format::printable(name), (SMALL, LEAST), true, right - left - 8.0);
    let cut = name.ends_with('…') && letters::width(&name, size, true) < 90.0;
    if !cut {
        drawing.text(Text::new(middle, size, name).middle().bold().colour(ink));
    } else if right - left > 20.0 {
        look.mark.draw(drawing, middle, 8.0, ink);
    }
}

/// Rings where lines cross, the larger ones where the best case changes, each with a whisker over
/// its interval.
pub fn rings(drawing: &mut Drawing, figure: &TrafficFigure, (across, up): (&Scale, &Scale)) {
    let (low, high) = across.range();
    let mut within: Vec<&Crossing> = figure.crossings.iter().filter(|c| (low..=high).contains(&c.at)).collect();
    within.sort_by_key(|crossing| decides(figure, crossing));
    for crossing in within {
        let at = place(figure, crossing, (across, up));
        let (left, right) = (across.place(crossing.low), across.place(crossing.high));
        if right - left > 26.0 {
            frame::whisker(drawing, (left, right), at.1, 7.0);
        }
        let radius = if decides(figure, crossing) { 12.0 } else { 7.0 };
        drawing.area(circle(at, radius), INK, 1.0);
        drawing.area(circle(at, radius - 3.0), PAPER, 1.0);
    }
}

/// Whether the best case changes at a crossing.
fn decides(figure: &TrafficFigure, crossing: &Crossing) -> bool {
    figure.best.windows(2).any(|pair| (pair[0].to / crossing.at - 1.0).abs() < 1e-6)
}

/// Where a crossing is drawn: on that of its lines as they are drawn which is nearer to its value,
/// because a line between two points is not known.
pub fn place(figure: &TrafficFigure, crossing: &Crossing, (across, up): (&Scale, &Scale)) -> Point {
    let (x, wanted) = (across.place(crossing.at), up.place(crossing.value));
    let lines = crossing.lines.iter().filter_map(|line| figure.lines.get(*line));
    let drawn = lines.filter_map(|line| height(line, x, (across, up)));
    let nearest = drawn.min_by(|a, b| (a - wanted).abs().total_cmp(&(b - wanted).abs()));
    (x, nearest.unwrap_or(wanted))
}

/// How high a line is drawn at a place; nothing where it does not reach so far.
fn height(line: &TrafficLine, x: f64, (across, up): (&Scale, &Scale)) -> Option<f64> {
    let points: Vec<Point> = stretches(line).iter().map(|(x, y, _)| (across.place(*x), up.place(*y))).collect();
    let (from, to) = points.windows(2).map(|w| (w[0], w[1])).find(|(from, to)| from.0 <= x && x <= to.0)?;
    let part = if to.0 > from.0 { (x - from.0) / (to.0 - from.0) } else { 0.0 };
    Some(from.1 + (to.1 - from.1) * part)
}
