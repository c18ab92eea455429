//! How fast requests are answered: latency against the share of requests answered within it.
//!
//! The horizontal axis counts nines (50 %, 90 %, 99 %, …), so that the tail, which objectives are
//! about, is as large as the rest; curves end at the right, where their names stand.

use super::axis::{Scale, spread};
use super::drawing::{Drawing, Point, Text};
use super::frame::{self, HEAD, MARGIN};
use super::letters;
use super::style::{GRID, LABEL, Look, SMALL, SOFT, WIDTH, look};
use super::time_axis;
use crate::metrics::Histogram;
use crate::report::{ResultDocument, format};

const HEIGHT: f64 = 1000.0;
const LEFT: f64 = 170.0;
const RIGHT: f64 = WIDTH - 440.0;
const BOTTOM: f64 = HEIGHT - 130.0;
/// Curves at most: so many names have room at the right.
const MOST_CURVES: usize = 24;

/// Curves begin at this share: the very fastest requests would take most of the height.
const FASTEST: f64 = 0.01;

/// A curve: the case, and (share of requests, latency in seconds within which they were answered).
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The case.
    pub name: String,
    /// Rising in both.
    pub points: Vec<(f64, f64)>,
}

/// The curves of a result; those of cases that served nothing are empty.
pub fn curves(result: &ResultDocument) -> Vec<Curve> {
    let curve = |case: &crate::report::CaseResult| Curve { name: case.name.clone(), points: points(&case.latency) };
    result.cases.iter().map(curve).collect()
}

/// The distribution from [`FASTEST`] on, at the middle of every bucket's ranks; the greatest value last.
fn points(latency: &Histogram) -> Vec<(f64, f64)> {
    let count = latency.count() as f64;
    let start = latency.quantile(FASTEST).map(|value| (FASTEST, value / 1e9));
    let buckets = latency.cumulative().map(|(value, below)| ((below as f64 - 0.5) / count, value as f64 / 1e9));
    start.into_iter().chain(buckets.filter(|(share, _)| *share > FASTEST)).collect()
}

/// Where a share stands on the axis of nines: 0 %: 0, 90 %: 1, 99 %: 2.
fn nines(share: f64) -> f64 {
    -libm::log10((1.0 - share).max(1e-12))
}

/// The figure.
pub fn draw(title: &str, curves: &[Curve]) -> Drawing {
    let subtitle =
        "Latency of served requests, all replications together: how long the fastest x % of them took at most";
    let mut drawing = frame::head(HEIGHT, title, subtitle);
    let shown: Vec<(usize, &Curve)> =
        curves.iter().enumerate().filter(|(_, c)| !c.points.is_empty()).take(MOST_CURVES).collect();
    let all = || shown.iter().flat_map(|(_, c)| c.points.iter());
    let least = all().map(|p| p.1).fold(0.0, f64::max) / 1e8;
    let Some(range) = time_axis::range(all().map(|p| p.1).filter(|v| *v >= least)) else {
        frame::foot(&mut drawing, "No request was served.");
        return drawing;
    };
    let most = all().map(|p| nines(p.0)).fold(2.0, f64::max).min(6.0);
    let across = Scale::linear((0.0, most), (LEFT, RIGHT));
    let up = Scale::logarithmic(range, (BOTTOM, HEAD));
    axes(&mut drawing, &across, &up);
    for (index, curve) in &shown {
        let points = thin(curve.points.iter().map(|(s, v)| (across.place(nines(*s)), up.place(*v))));
        let look = look(*index);
        drawing.of_case(*index, |drawing| {
            drawing.line(points, look.colour, 4.0, look.dash);
            for (share, latency) in marked(&curve.points, *index) {
                look.mark.draw(drawing, (across.place(nines(share)), up.place(latency)), 7.0, look.colour);
            }
        });
        for (share, latency) in told(&curve.points) {
            let text = format!("{}: {} within {}", curve.name, format::percent(share), format::duration(latency));
            drawing.spot_at(Some(*index), (across.place(nines(share)), up.place(latency)), format::printable(&text));
        }
    }
    names(&mut drawing, &shown, &up);
    notes(&mut drawing, curves, shown.len());
    drawing
}

/// The shares that are told where one points, with the latency there.
fn told(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    const SHARES: [f64; 10] = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.999_9];
    read_at(points, SHARES.into_iter())
}

/// Where the marks of a case stand: half a power of ten apart, elsewhere for each case, so that
/// lines which lie on each other are told apart.
fn marked(points: &[(f64, f64)], index: usize) -> Vec<(f64, f64)> {
    let first = 0.25 + 0.07 * (index % 7) as f64;
    let shares = (0..12).map(|i| 1.0 - libm::exp10(-(first + 0.5 * f64::from(i))));
    read_at(points, shares.filter(|share| points.last().is_some_and(|last| *share < last.0)))
}

/// The latencies of some shares, read between two points of the curve.
fn read_at(points: &[(f64, f64)], shares: impl Iterator<Item = f64>) -> Vec<(f64, f64)> {
    let at = |share: f64| {
        let after = points.iter().position(|point| point.0 >= share)?;
        let ((low, from), (high, to)) = (*points.get(after.checked_sub(1)?)?, points[after]);
        let part = if high > low { (share - low) / (high - low) } else { 0.0 };
        Some((share, from + (to - from) * part))
    };
    shares.filter_map(at).collect()
}

fn axes(drawing: &mut Drawing, across: &Scale, up: &Scale) {
    frame::y_axis(drawing, up, &time_axis::ticks(up, 8), (LEFT, RIGHT), time_axis::show);
    let shares = [0.0, 0.5, 0.9, 0.99, 0.999, 0.999_9, 0.999_99, 0.999_999];
    for share in shares.into_iter().filter(|s| nines(*s) <= across.range().1 + 1e-9) {
        let x = across.place(nines(share));
        drawing.line(vec![(x, HEAD), (x, BOTTOM)], GRID, 1.5, &[]);
        // In the way of "50 %" where the axis has many nines.
        if share > 0.0 || across.place(nines(0.5)) - x > 70.0 {
            drawing.text(Text::new((x, BOTTOM + 24.0), SMALL, format::percent(share)).middle().colour(SOFT));
        }
    }
    frame::x_title(drawing, (LEFT, RIGHT), BOTTOM + 66.0, "share of served requests");
    frame::y_title(drawing, (HEAD, BOTTOM), "answered within");
}

/// Without the points that lie within a pixel of the one before.
fn thin(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    let mut skipped = None;
    for point in points {
        match kept.last() {
            Some(last) if (point.0 - last.0).abs() < 1.5 && (point.1 - last.1).abs() < 1.5 => skipped = Some(point),
            _ => {
                kept.push(point);
                skipped = None;
            }
        }
    }
    kept.extend(skipped);
    kept
}

/// The names at the curves' right ends, moved apart where they would touch, each with a line to
/// its curve.
fn names(drawing: &mut Drawing, shown: &[(usize, &Curve)], up: &Scale) {
    let ends: Vec<f64> = shown.iter().map(|(_, c)| up.place(c.points[c.points.len() - 1].1)).collect();
    let places = spread(&ends, 31.0, HEAD + 10.0, BOTTOM - 10.0);
    for (((index, curve), end), y) in shown.iter().zip(&ends).zip(&places) {
        let look = look(*index);
        let last = curve.points[curve.points.len() - 1];
        let slowest = format::duration(last.1);
        drawing.of_case(*index, |drawing| name_at(drawing, (RIGHT, *end), *y, (&curve.name, &slowest), look));
    }
}

/// A name (cut where it is too long) and a value at the right of a curve's end, joined to it by a thin line and a mark.
pub(super) fn name_at(drawing: &mut Drawing, end: Point, y: f64, (name, value): (&str, &str), look: Look) {
    let x = end.0 + 46.0;
    drawing.line(vec![(end.0 + 3.0, end.1), (end.0 + 20.0, y), (x - 16.0, y)], look.colour, 1.5, &[]);
    look.mark.draw(drawing, (x - 8.0, y), 8.0, look.colour);
    let value = if value.is_empty() { String::new() } else { format!(", {value}") };
    let room = WIDTH - MARGIN / 2.0 - x - 8.0 - letters::width(&value, LABEL, false);
    let name = letters::fit(&format::printable(name), LABEL, false, room);
    drawing.text(Text::new((x + 8.0, y), LABEL, format!("{name}{value}")));
}

fn notes(drawing: &mut Drawing, curves: &[Curve], shown: usize) {
    let empty: Vec<&str> = curves.iter().filter(|c| c.points.is_empty()).map(|c| c.name.as_str()).collect();
    let left = curves.len() - empty.len() - shown;
    let mut text = String::from("Beside each name: the slowest request.");
    if !empty.is_empty() {
        text += &format!(" Served nothing: {}.", empty.join(", "));
    }
    if left > 0 {
        text += &format!(" {left} cases more are in the table.");
    }
    frame::foot(drawing, &text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    #[test]
    fn curves_rise_to_the_slowest_request() {
        let curves = curves(&example());
        let points = &curves[0].points;
        assert!(points.windows(2).all(|w| w[0].0 <= w[1].0 && w[0].1 <= w[1].1));
        assert!((points[points.len() - 1].1 - 0.12).abs() < 1e-9);
        assert!((points[points.len() - 1].0 - 0.9995).abs() < 1e-9);
        let half = points.iter().find(|p| p.0 >= 0.5).unwrap().1;
        assert!((half / 0.045 - 1.0).abs() < 0.01, "{half}");
    }

    #[test]
    fn names_and_units_are_in_the_figure() {
        let drawing = draw("Fast?", &curves(&example()));
        let texts: Vec<&str> = drawing.texts().map(|t| t.text.as_str()).collect();
        for expected in ["99 %", "99.9 %", "100 ms", "lambda, 120 ms", "share of served requests"] {
            assert!(texts.contains(&expected), "{expected} is not in {texts:?}");
        }
        let nothing = draw("x", &[Curve { name: "a".into(), points: vec![] }]);
        assert!(nothing.texts().any(|t| t.text == "No request was served."));
    }

    #[test]
    fn nines_count_from_nothing() {
        assert_eq!(nines(0.0), 0.0);
        assert!((nines(0.999) - 3.0).abs() < 1e-9 && nines(1.0).is_finite());
    }
}
