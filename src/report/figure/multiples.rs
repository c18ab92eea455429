//! Small multiples: a panel for each value of an axis (or for each axis), in each a line per case,
//! all on one scale.

use super::axis::Scale;
use super::drawing::{Drawing, Point, Text};
use super::frame::{self, HEAD};
use super::letters;
use super::measure::Measure;
use super::panels::{MOST_PANELS, Panels, Place};
use super::style::{GRID, INK, LEAST, Look, SMALL, look};
use crate::metrics::Estimate;
use crate::report::{format, words};

/// Lines of a panel at most.
pub const MOST_LINES: usize = 12;

/// The figure's data.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiplesFigure {
    /// The question.
    pub title: String,
    /// What is shown.
    pub subtitle: String,
    /// What the horizontal axes are; empty where every panel has its own.
    pub x_title: String,
    /// What the vertical axes count.
    pub y_title: String,
    /// How their numbers are written.
    pub measure: Measure,
    /// Whether values lie about nought, which is then marked: the scale is linear.
    pub about_nought: bool,
    /// The cases.
    pub cases: Vec<String>,
    /// The panels.
    pub panels: Vec<Panel>,
}

/// One panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// What it is for.
    pub heading: String,
    /// The values along its horizontal axis.
    pub x: Vec<String>,
    /// For each case and each of these values: the result; nothing where it is not defined.
    pub lines: Vec<Vec<Option<Estimate>>>,
}

/// The figure.
pub fn draw(figure: &MultiplesFigure) -> Drawing {
    let shown = &figure.panels[..figure.panels.len().min(MOST_PANELS)];
    let cases = &figure.cases[..figure.cases.len().min(MOST_LINES)];
    let mut drawing = frame::head(0.0, &figure.title, &figure.subtitle);
    let top = frame::case_key(&mut drawing, HEAD, cases);
    let panels = Panels::new(shown.len(), top);
    let titled = if figure.x_title.is_empty() { 0.0 } else { 40.0 };
    drawing.height = panels.bottom() + titled + 52.0;
    let Some(up) = scale(figure, shown, cases.len()) else {
        frame::foot(&mut drawing, "There is nothing to draw.");
        return drawing;
    };
    for (index, panel) in shown.iter().enumerate() {
        draw_panel(&mut drawing, figure, panel, panels.place(index), up);
    }
    frame::x_title(&mut drawing, panels.ends(), panels.bottom() + 18.0, &figure.x_title);
    frame::y_title(&mut drawing, (panels.place(0).top, panels.bottom()), &figure.y_title);
    frame::foot(&mut drawing, &foot(figure));
    drawing
}

/// What the figure leaves out.
fn foot(figure: &MultiplesFigure) -> String {
    let mut said = vec!["Upright strokes: 95 % interval, where it is wider than the mark.".to_string()];
    let more = |count: usize, most: usize, what: &str| {
        (count > most).then(|| format!("{} {what} more are in points.csv.", count - most))
    };
    said.extend(more(figure.panels.len(), MOST_PANELS, "panels"));
    said.extend(more(figure.cases.len(), MOST_LINES, "cases"));
    said.join(" ")
}

/// From the bottom of a panel (0) to its top (1).
fn scale(figure: &MultiplesFigure, panels: &[Panel], cases: usize) -> Option<Scale> {
    let lines = panels.iter().flat_map(|panel| panel.lines.iter().take(cases));
    let ends = lines.flatten().flatten().filter_map(|estimate| {
        let mean = estimate.mean?;
        let half = estimate.ci95.unwrap_or(0.0);
        Some([mean, mean + half, if mean > half || figure.about_nought { mean - half } else { mean }])
    });
    let ends: Vec<f64> = ends.flatten().collect();
    if figure.about_nought {
        let (low, high) = ends.iter().fold((0.0f64, 0.0f64), |(l, h), v| (l.min(*v), h.max(*v)));
        let room = (high - low) * 0.04;
        return (!ends.is_empty()).then(|| Scale::linear((low - room, high + room), (0.0, 1.0)));
    }
    figure.measure.scale(ends.into_iter(), (0.0, 1.0))
}

fn draw_panel(drawing: &mut Drawing, figure: &MultiplesFigure, panel: &Panel, place: Place, up: Scale) {
    let y = |value: f64| place.bottom - up.place(value) * (place.bottom - place.top);
    let ticks = figure.measure.ticks(&up, 5);
    for tick in &ticks {
        drawing.line(vec![(place.left, y(*tick)), (place.right, y(*tick))], GRID, 1.5, &[]);
        if place.first {
            let text = Text::new((place.left - 12.0, y(*tick)), SMALL, figure.measure.show(*tick)).end();
            drawing.text(text.colour(super::style::SOFT));
        }
    }
    let floor = if figure.about_nought { y(0.0) } else { place.bottom };
    drawing.line(vec![(place.left, floor), (place.right, floor)], INK, 1.5, &[]);
    let heading = format::printable(&panel.heading);
    let (size, heading) = letters::shrink(&heading, (SMALL, LEAST), true, place.right - place.left);
    drawing.text(Text::new((place.left, place.top - 26.0), size, heading).bold());
    let slot = (place.right - place.left) / panel.x.len().max(1) as f64;
    let x = |index: usize| place.left + slot * (index as f64 + 0.5);
    frame::x_values(drawing, &panel.x, x, place.bottom + 20.0);
    for (case, line) in panel.lines.iter().enumerate().take(MOST_LINES) {
        drawing.of_case(case, |drawing| course(drawing, line, x, y, look(case)));
        for (index, estimate) in line.iter().enumerate() {
            let Some(mean) = estimate.and_then(|e| e.mean) else { continue };
            let text = in_words(figure, panel, (case, index), estimate.as_ref());
            drawing.spot_at(Some(case), (x(index), y(mean)), text);
        }
    }
}

/// A line, interrupted where a value is missing, with its marks and intervals.
fn course(
    drawing: &mut Drawing,
    line: &[Option<Estimate>],
    x: impl Fn(usize) -> f64,
    y: impl Fn(f64) -> f64,
    look: Look,
) {
    let mut stretch: Vec<Point> = Vec::new();
    for (index, estimate) in line.iter().enumerate() {
        let Some((estimate, mean)) = estimate.as_ref().and_then(|e| Some((e, e.mean?))) else {
            drawing.line(std::mem::take(&mut stretch), look.colour, 3.0, look.dash);
            continue;
        };
        stretch.push((x(index), y(mean)));
        if let Some((low, high)) = estimate.interval().filter(|(low, high)| y(*low) - y(*high) > 14.0) {
            drawing.line(vec![(x(index), y(low)), (x(index), y(high))], look.colour, 2.5, &[]);
        }
    }
    drawing.line(stretch, look.colour, 3.0, look.dash);
    for (index, estimate) in line.iter().enumerate() {
        if let Some(mean) = estimate.and_then(|e| e.mean) {
            look.mark.draw(drawing, (x(index), y(mean)), 6.0, look.colour);
        }
    }
}

/// "lambda: $47.84 ± 0.02; labour.wage 55 USD/h, memory 128 MiB".
fn in_words(
    figure: &MultiplesFigure,
    panel: &Panel,
    (case, index): (usize, usize),
    estimate: Option<&Estimate>,
) -> String {
    let tell = |value: f64| figure.measure.tell(value);
    let mean = estimate.and_then(|e| e.mean).map_or(String::new(), tell);
    let half = estimate.and_then(|e| e.ci95.filter(|half| *half > e.mean.unwrap_or(0.0).abs() * 1e-9));
    let half = half.map_or(String::new(), |half| format!(" ± {}", tell(half)));
    let at = words::at(&figure.x_title, panel.x.get(index).map_or("", String::as_str));
    let name = figure.cases.get(case).map_or("", String::as_str);
    format::printable(&format!("{name}: {mean}{half}; {}, {}", at.trim(), panel.heading))
}
