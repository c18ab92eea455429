//! A figure of merit against traffic, a line per case: the cost curve, latency against traffic,
//! utilisation against traffic.

use super::axis::{Scale, spread};
use super::drawing::{Drawing, Point};
use super::frame::{self, HEAD};
use super::latency::name_at;
pub use super::measure::Measure;
use super::style::{Look, Mark, PAPER, WIDTH, circle, look};
use super::traffic_marks::{self as marks, STRIP};
use crate::report::format;

const HEIGHT: f64 = 1000.0;
const LEFT: f64 = 170.0;
const RIGHT: f64 = WIDTH - 440.0;
const BOTTOM: f64 = HEIGHT - 150.0;
/// Lines at most: so many names have room at the right.
const MOST_LINES: usize = 24;

/// What is drawn against traffic.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficFigure {
    /// The question.
    pub title: String,
    /// What is shown, and what bands and marks mean.
    pub subtitle: String,
    /// What the vertical axis counts.
    pub y_title: String,
    /// How its numbers are written.
    pub measure: Measure,
    /// The cases' lines.
    pub lines: Vec<TrafficLine>,
    /// Where two lines cross.
    pub crossings: Vec<Crossing>,
    /// The best case by region, from little to much traffic; may be empty.
    pub best: Vec<Region>,
}

/// The line of one case.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficLine {
    /// The case.
    pub name: String,
    /// Requests per month, mean, half-width of its interval (0 where it is not known); rising in
    /// the first.
    pub points: Vec<(f64, f64, f64)>,
    /// Whether it changes by steps (a number of instances), not steadily.
    pub stepwise: bool,
    /// Why it ends before the greatest traffic, or has no points: "p99 above 500 ms".
    pub ends: Option<String>,
    /// Up to how many requests per month it goes on beyond its last point.
    pub end_at: Option<f64>,
}

impl TrafficLine {
    /// Its last place: where it ends, on the way on which it was.
    fn end(&self) -> Option<(f64, f64)> {
        let (x, y, _) = *self.points.last()?;
        let Some(to) = self.end_at.filter(|to| *to > x) else { return Some((x, y)) };
        let before = self.points.iter().rev().nth(1).filter(|before| !self.stepwise && before.1 > 0.0 && y > 0.0);
        let slope = before.map_or(0.0, |before| libm::log(y / before.1) / libm::log(x / before.0));
        Some((to, y * libm::pow(to / x, slope)))
    }
}

/// Where two lines cross, with the interval that covers the noise of the simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// Requests per month.
    pub at: f64,
    /// The least that it may be.
    pub low: f64,
    /// The greatest that it may be.
    pub high: f64,
    /// What both lines are there.
    pub value: f64,
    /// The two lines, by their indices.
    pub lines: [usize; 2],
}

/// A region of traffic and the line that is best in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// From so many requests per month.
    pub from: f64,
    /// To so many.
    pub to: f64,
    /// The index of the line.
    pub line: usize,
}

/// The figure.
pub fn draw(figure: &TrafficFigure) -> Drawing {
    let mut drawing = frame::head(HEIGHT, &figure.title, &figure.subtitle);
    let points = || figure.lines.iter().take(MOST_LINES).flat_map(|line| line.points.iter());
    let ends = figure.lines.iter().take(MOST_LINES).filter_map(TrafficLine::end);
    let traffic = nice_span(points().map(|p| p.0).chain(ends.map(|end| end.0)));
    let top = if figure.best.is_empty() { HEAD } else { STRIP.1 + 16.0 };
    let values = points().flat_map(|p| [p.1, p.1 + p.2, if p.1 > p.2 { p.1 - p.2 } else { p.1 }]);
    let (Some(traffic), Some(up)) = (traffic, figure.measure.scale(values, (BOTTOM, top))) else {
        frame::foot_in_two(&mut drawing, &endings(figure, "There is nothing to draw."));
        return drawing;
    };
    let across = Scale::logarithmic(traffic, (LEFT, RIGHT));
    axes(&mut drawing, figure, (&across, &up), top);
    marks::strip(&mut drawing, figure, (&across, (LEFT, RIGHT)));
    let shown = || figure.lines.iter().enumerate().take(MOST_LINES);
    shown().for_each(|(i, line)| drawing.of_case(i, |drawing| band(drawing, line, (&across, &up), look(i))));
    shown().for_each(|(i, line)| drawing.of_case(i, |drawing| course(drawing, line, (&across, &up), look(i))));
    marks::rings(&mut drawing, figure, (&across, &up));
    names(&mut drawing, figure, (&across, &up), top);
    tell(&mut drawing, figure, (&across, &up));
    let low = up.range().0;
    let edge = points().any(|p| p.1 < low * (1.0 - 1e-9));
    let edge = edge && up.break_at().is_none();
    let edge = if edge { format!("Below {}: on the lower edge. ", figure.measure.show(low)) } else { String::new() };
    frame::foot_in_two(&mut drawing, &endings(figure, &edge));
    drawing
}

/// From the least to the greatest traffic.
fn nice_span(traffic: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let (low, high) =
        traffic.filter(|x| *x > 0.0 && x.is_finite()).fold((f64::MAX, 0.0f64), |(l, h), x| (l.min(x), h.max(x)));
    (high > 0.0).then_some(if high > low { (low, high) } else { (low / 2.0, high * 2.0) })
}

fn axes(drawing: &mut Drawing, figure: &TrafficFigure, (across, up): (&Scale, &Scale), top: f64) {
    frame::y_axis(drawing, up, &figure.measure.ticks(up, 8), (LEFT, RIGHT), |value| figure.measure.show(value));
    frame::x_axis(drawing, across, &across.ticks(8), (top, BOTTOM), format::short_count);
    frame::x_title(drawing, (LEFT, RIGHT), BOTTOM + 64.0, "requests per month");
    frame::y_title(drawing, (top, BOTTOM), &figure.y_title);
}

/// Every point as a stretch: a step reaches half way (by ratio) to its neighbours.
pub(super) fn stretches(line: &TrafficLine) -> Vec<(f64, f64, f64)> {
    if !line.stepwise {
        return line.points.clone();
    }
    let middle = |a: f64, b: f64| (a * b).sqrt();
    let points = &line.points;
    let ends = |i: usize| {
        let before = if i == 0 { points[i].0 } else { middle(points[i - 1].0, points[i].0) };
        let after = points.get(i + 1).map_or(points[i].0, |next| middle(points[i].0, next.0));
        [(before, points[i].1, points[i].2), (after, points[i].1, points[i].2)]
    };
    (0..points.len()).flat_map(ends).collect()
}

fn band(drawing: &mut Drawing, line: &TrafficLine, (across, up): (&Scale, &Scale), look: Look) {
    let stretches = stretches(line);
    let side =
        |sign: f64| stretches.iter().map(move |(x, mean, half)| (across.place(*x), up.place(mean + sign * half)));
    let corners: Vec<Point> = side(1.0).chain(side(-1.0).rev()).collect();
    drawing.area(corners, look.colour, 0.18);
}

fn course(drawing: &mut Drawing, line: &TrafficLine, (across, up): (&Scale, &Scale), look: Look) {
    let points: Vec<Point> = stretches(line).iter().map(|(x, y, _)| (across.place(*x), up.place(*y))).collect();
    let end = line.end().filter(|_| line.end_at.is_some()).map(|(x, y)| (across.place(x), up.place(y)));
    let last = end.or_else(|| points.last().copied());
    drawing.line(points.into_iter().chain(end).collect(), look.colour, 4.0, look.dash);
    for (x, y, _) in &line.points {
        look.mark.draw(drawing, (across.place(*x), up.place(*y)), 6.0, look.colour);
    }
    if let Some(last) = last.filter(|_| line.ends.is_some()) {
        drawing.area(circle(last, 15.0), PAPER, 1.0);
        Mark::Cross.draw(drawing, last, 10.0, look.colour);
    }
}

fn names(drawing: &mut Drawing, figure: &TrafficFigure, (across, up): (&Scale, &Scale), top: f64) {
    let shown: Vec<(usize, Point)> = figure
        .lines
        .iter()
        .enumerate()
        .take(MOST_LINES)
        .filter_map(|(index, line)| {
            let (x, y) = line.end()?;
            Some((index, (across.place(x), up.place(y))))
        })
        .collect();
    let wanted: Vec<f64> = shown.iter().map(|(_, end)| end.1).collect();
    for ((index, end), y) in shown.iter().zip(spread(&wanted, 31.0, top, BOTTOM - 10.0)) {
        let look = look(*index);
        drawing.of_case(*index, |drawing| {
            if end.0 < RIGHT - 1.0 {
                drawing.line(vec![(end.0 + 16.0, end.1), (RIGHT, end.1)], look.colour, 1.5, &[3.0, 6.0]);
            }
            name_at(drawing, (RIGHT, end.1), y, (&figure.lines[*index].name, ""), look);
        });
    }
}

/// Tells every point, and where lines cross.
fn tell(drawing: &mut Drawing, figure: &TrafficFigure, (across, up): (&Scale, &Scale)) {
    let requests = |traffic: f64| format!("{} requests a month", format::short_count(traffic));
    for (index, line) in figure.lines.iter().enumerate().take(MOST_LINES) {
        for (x, mean, half) in &line.points {
            let half =
                if *half > mean.abs() * 1e-9 { format!(" ± {}", figure.measure.tell(*half)) } else { "".into() };
            let text = format!("{}: {}{half} at {}", line.name, figure.measure.tell(*mean), requests(*x));
            drawing.spot_at(Some(index), (across.place(*x), up.place(*mean)), format::printable(&text));
        }
    }
    let (low, high) = across.range();
    for c in figure.crossings.iter().filter(|c| (low..=high).contains(&c.at)) {
        let between = format!("{} to {}", format::short_count(c.low), format::short_count(c.high));
        let text =
            format!("the lines cross at {} (between {between}): {}", requests(c.at), figure.measure.tell(c.value));
        let [a, b] = c.lines.map(|line| figure.lines.get(line).map_or("", |line| line.name.as_str()));
        let text = format::printable(&text.replacen("the lines", &format!("{a} and {b}"), 1));
        drawing.spot_at(None, marks::place(figure, c, (across, up)), text);
    }
}

/// What the foot says of lines that end, or that are not there.
fn endings(figure: &TrafficFigure, otherwise: &str) -> String {
    let of = |empty: bool| {
        let lines = figure.lines.iter().filter(move |line| line.points.is_empty() == empty);
        let said = lines.filter_map(|line| Some(format!("{} ({})", line.name, line.ends.as_ref()?)));
        said.collect::<Vec<_>>().join(", ")
    };
    let (ended, missing) = (of(false), of(true));
    let mut text = otherwise.to_string();
    if !ended.is_empty() {
        text += &format!("×  no further: {ended}. ");
    }
    if !missing.is_empty() {
        text += &format!("Not drawn: {missing}. ");
    }
    if figure.lines.len() > MOST_LINES {
        text += &format!("{} cases more are in the table.", figure.lines.len() - MOST_LINES);
    }
    text.trim_end().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::drawing::Shape;

    fn line(name: &str, points: &[(f64, f64, f64)]) -> TrafficLine {
        TrafficLine { name: name.into(), points: points.to_vec(), stepwise: false, ends: None, end_at: None }
    }

    #[test]
    fn a_step_reaches_half_way_to_its_neighbours() {
        let mut steps = line("a", &[(1.0, 5.0, 0.0), (100.0, 10.0, 0.0)]);
        steps.stepwise = true;
        assert_eq!(stretches(&steps), [(1.0, 5.0, 0.0), (10.0, 5.0, 0.0), (10.0, 10.0, 0.0), (100.0, 10.0, 0.0)]);
    }

    #[test]
    fn a_line_goes_on_to_where_it_ends() {
        let mut steady = line("a", &[(1.0, 5.0, 0.0), (10.0, 50.0, 0.0)]);
        assert_eq!(steady.end(), Some((10.0, 50.0)));
        steady.end_at = Some(40.0);
        let (x, y) = steady.end().unwrap();
        assert!(x == 40.0 && (y - 200.0).abs() < 1e-9, "{y}");
        steady.stepwise = true;
        assert_eq!(steady.end(), Some((40.0, 50.0)));
    }

    #[test]
    fn a_power_law_is_a_straight_line() {
        let points: Vec<_> = (0..5).map(|i| (10f64.powi(i), 2.0 * 10f64.powi(i), 0.0)).collect();
        let figure = TrafficFigure {
            title: "t".into(),
            subtitle: String::new(),
            y_title: "y".into(),
            measure: Measure::Money,
            lines: vec![line("a", &points)],
            crossings: vec![],
            best: vec![],
        };
        let drawing = draw(&figure);
        let drawn = drawing
            .shapes
            .iter()
            .find_map(|shape| match shape {
                Shape::Line { points, width, .. } if *width == 4.0 => Some(points.clone()),
                _ => None,
            })
            .unwrap();
        let slope = |a: Point, b: Point| (b.1 - a.1) / (b.0 - a.0);
        assert!(drawn.windows(2).all(|w| (slope(w[0], w[1]) - slope(drawn[0], drawn[1])).abs() < 1e-9), "{drawn:?}");
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let mut never = line("slow", &[]);
        never.ends = Some("p99 above 500 ms".into());
        let figure = TrafficFigure {
            title: "t".into(),
            subtitle: String::new(),
            y_title: "y".into(),
            measure: Measure::Money,
            lines: vec![never],
            crossings: vec![],
            best: vec![],
        };
        let drawing = draw(&figure);
        assert!(drawing.texts().any(|t| t.text.contains("Not drawn: slow (p99 above 500 ms)")));
    }
}
