//! A claim along its bound: both sides of what it compares, at every value that was looked at, and where it turns.

use super::axis::{Scale, nice_end};
use super::drawing::{Drawing, Point, Text};
use super::frame::{self, HEAD, MARGIN};
use super::measure::Measure;
use super::style::{GRID, INK, SMALL, SOFT, WIDTH, look};
use crate::experiment::claim::{Along, AtBound};
use crate::report::article::brief;

const LEFT: f64 = MARGIN + 150.0;
const RIGHT: f64 = WIDTH - 70.0;
const HEIGHT: f64 = 760.0;
/// Values farther apart than so many times are drawn on a logarithmic scale.
const WIDE: f64 = 30.0;

/// The figure; `show` writes a value in the figure's unit.
pub fn draw(title: &str, along: &Along, show: impl Fn(f64) -> String) -> Drawing {
    let subtitle = format!("{}, by {}; it holds where the ground is shaded", along.figure, along.is);
    let mut drawing = frame::head(HEIGHT, title, &subtitle);
    let names = [along.sides.0.clone(), along.sides.1.clone()];
    let (top, bottom) = (frame::case_key(&mut drawing, HEAD + 6.0, &names) + 24.0, HEIGHT - 110.0);
    let Some(y) = scale(along, (bottom, top)) else {
        drawing.text(Text::new((LEFT, (top + bottom) / 2.0), SMALL, "no value of it is defined").colour(SOFT));
        return drawing;
    };
    let slot = (RIGHT - LEFT) / along.points.len().max(1) as f64;
    let place = |index: usize| LEFT + slot * (index as f64 + 0.5);
    for stretch in along.points.chunk_by(|a, b| a.holds == b.holds).scan(0, |from, points| {
        let first = *from;
        *from += points.len();
        Some((points[0].holds, place(first) - slot / 2.0, place(*from - 1) + slot / 2.0))
    }) {
        if let (true, left, right) = stretch {
            drawing.area(vec![(left, top), (right, top), (right, bottom), (left, bottom)], look(2).colour, 0.16);
        }
    }
    frame::y_axis(&mut drawing, &y, &Measure::of_metric(&along.figure).ticks(&y, 5), (LEFT, RIGHT), &show);
    turns(&mut drawing, &along.points, |index| place(index) + slot / 2.0, (top, bottom));
    for side in 0..2 {
        line(&mut drawing, along, side, &y, &place, &show);
    }
    drawing.line(vec![(LEFT, bottom), (RIGHT, bottom)], GRID, 1.5, &[]);
    let values: Vec<String> = along.points.iter().map(|point| brief(&point.value)).collect();
    frame::x_values(&mut drawing, &values, place, bottom + 24.0);
    frame::x_title(&mut drawing, (LEFT, RIGHT), HEIGHT - 40.0, &along.is);
    drawing
}

fn side_of(point: &AtBound, side: usize) -> Option<f64> {
    if side == 0 { point.sides.0 } else { point.sides.1 }.filter(|value| value.is_finite())
}

fn scale(along: &Along, ends: Point) -> Option<Scale> {
    let values: Vec<f64> =
        along.points.iter().flat_map(|point| [side_of(point, 0), side_of(point, 1)]).flatten().collect();
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    if values.is_empty() {
        return None;
    }
    if least > 0.0 && most > WIDE * least {
        return Measure::of_metric(&along.figure).scale(values.into_iter(), ends);
    }
    Some(Scale::linear((least.min(0.0), nice_end(most.max(1e-9) * 1.02, 5)), ends))
}

/// A line across the figure between the values where the verdict turns.
fn turns(drawing: &mut Drawing, points: &[AtBound], between: impl Fn(usize) -> f64, (top, bottom): Point) {
    for (index, pair) in points.windows(2).enumerate() {
        if pair[0].holds != pair[1].holds {
            drawing.line(vec![(between(index), top), (between(index), bottom)], INK, 2.0, &[8.0, 6.0]);
        }
    }
}

fn line(
    drawing: &mut Drawing,
    along: &Along,
    side: usize,
    y: &Scale,
    place: &impl Fn(usize) -> f64,
    show: &impl Fn(f64) -> String,
) {
    let look = look(side);
    let name = if side == 0 { &along.sides.0 } else { &along.sides.1 };
    let all: Vec<(Point, f64, &AtBound)> = along
        .points
        .iter()
        .enumerate()
        .filter_map(|(index, point)| {
            let value = side_of(point, side)?;
            Some(((place(index), y.place(value)), value, point))
        })
        .collect();
    drawing.line(all.iter().map(|(at, ..)| *at).collect(), look.colour, 3.5, look.dash);
    for (at, value, point) in all {
        look.mark.draw(drawing, at, 8.0, look.colour);
        let word = if point.holds { "holds" } else { "does not hold" };
        drawing.spot_at(None, at, format!("{name}, {} {}: {}; it {word}", along.is, brief(&point.value), show(value)));
    }
}
