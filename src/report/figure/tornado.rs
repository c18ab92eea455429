//! Which assumption would change the answer first: one bar per assumption, as long as the result
//! swings when that assumption alone goes from its low to its high value.

use super::axis::Scale;
use super::drawing::{Drawing, Text};
use super::frame::{self, HEAD, MARGIN};
use super::letters;
use super::style::{BLUE, INK, LABEL, ORANGE, SMALL, WIDTH};
use crate::report::format;

const NAMES_END: f64 = 420.0;
const LEFT: f64 = 560.0;
const RIGHT: f64 = WIDTH - 200.0;

/// The figure's data.
#[derive(Clone, Debug, PartialEq)]
pub struct TornadoFigure {
    /// The question.
    pub title: String,
    /// What is shown.
    pub subtitle: String,
    /// What the horizontal axis counts, in dollars.
    pub x_title: String,
    /// The result with every assumption as the scenario has it.
    pub base: f64,
    /// The assumptions, in any order.
    pub swings: Vec<Swing>,
}

/// What one assumption does.
#[derive(Clone, Debug, PartialEq)]
pub struct Swing {
    /// The assumption.
    pub name: String,
    /// Its low value as people write it, and the result with it.
    pub low: (String, f64),
    /// Its high value, and the result with it.
    pub high: (String, f64),
    /// Whether the cheapest case changes within the swing.
    pub changes_answer: bool,
}

/// The figure, the greatest swing first.
pub fn draw(figure: &TornadoFigure) -> Drawing {
    let mut swings: Vec<&Swing> =
        figure.swings.iter().filter(|s| s.low.1.is_finite() && s.high.1.is_finite()).collect();
    swings.sort_by(|a, b| (b.high.1 - b.low.1).abs().total_cmp(&(a.high.1 - a.low.1).abs()));
    let shown = &swings[..swings.len().min(frame::MOST_ROWS)];
    let row = frame::row_height(shown.len());
    let (top, bottom) = (HEAD + 40.0, HEAD + 40.0 + row * shown.len() as f64);
    let mut drawing = frame::head(bottom + 130.0, &figure.title, &figure.subtitle);
    frame::key(&mut drawing, (LEFT, HEAD), &[("low value", BLUE, false), ("high value", ORANGE, true)]);
    let scale = scale(figure.base, shown);
    frame::x_axis(&mut drawing, &scale, &scale.ticks(5), (top, bottom), format::short_money);
    for (index, swing) in shown.iter().enumerate() {
        let middle = top + row * (index as f64 + 0.5);
        draw_swing(&mut drawing, swing, figure.base, &scale, (middle, row));
        let (low, high) = (swing.low.1.min(swing.high.1), swing.low.1.max(swing.high.1));
        let (corner, other) = ((scale.place(low), middle - row * 0.4), (scale.place(high), middle + row * 0.4));
        drawing.spot(None, corner, other, in_words(swing));
    }
    let base = scale.place(figure.base);
    drawing.line(vec![(base, top - 6.0), (base, bottom)], INK, 2.5, &[]);
    frame::x_title(&mut drawing, (LEFT, RIGHT), bottom + 60.0, &figure.x_title);
    let changes = if shown.iter().any(|swing| swing.changes_answer) { " ◆: the cheapest case changes." } else { "" };
    let base = format::money(figure.base);
    frame::foot(&mut drawing, &format!("The upright line: {base} as the scenario stands.{changes}"));
    drawing
}

/// "wage: $2,000 at $0, $30,000 at $100; the cheapest case changes".
fn in_words(swing: &Swing) -> String {
    let end = |(value, result): &(String, f64)| format!("{} at {value}", format::money(*result));
    let changes = if swing.changes_answer { "; the cheapest case changes" } else { "" };
    format::printable(&format!("{}: {}, {}{changes}", swing.name, end(&swing.low), end(&swing.high)))
}

/// About all results, with room at both ends for the values.
fn scale(base: f64, swings: &[&Swing]) -> Scale {
    let results = || swings.iter().flat_map(|s| [s.low.1, s.high.1]).chain([base]);
    let (low, high) = (results().fold(f64::MAX, f64::min), results().fold(f64::MIN, f64::max));
    let room = ((high - low) * 0.02).max(base.abs() * 1e-6).max(1e-9);
    Scale::linear((low - room, high + room), (LEFT, RIGHT))
}

fn draw_swing(drawing: &mut Drawing, swing: &Swing, base: f64, scale: &Scale, (middle, row): (f64, f64)) {
    let name = letters::wrap(&format::printable(&swing.name), LABEL, false, NAMES_END - MARGIN, 2);
    let mark = if swing.changes_answer { "◆ " } else { "" };
    for (index, line) in name.iter().enumerate() {
        let y = middle + 28.0 * (index as f64 - (name.len() - 1) as f64 / 2.0);
        let mark = if index == 0 { mark } else { "" };
        drawing.text(
            Text::new((NAMES_END, y), LABEL, letters::fit(&format!("{mark}{line}"), LABEL, false, NAMES_END - MARGIN))
                .end(),
        );
    }
    let half = (row * 0.28).min(22.0);
    for ((_, result), colour, hatched) in [(&swing.low, BLUE, false), (&swing.high, ORANGE, true)] {
        let (a, b) = (scale.place(base), scale.place(*result));
        let (corner, other) = ((a.min(b), middle - half), (a.max(b), middle + half));
        drawing.rectangle(corner, other, colour);
        if hatched {
            drawing.hatch(corner, other, INK, 14.0);
        }
        drawing.outline(corner, other, INK, 1.0);
    }
    values(drawing, swing, scale, middle);
}

/// The assumption's values outside the bar: at the left end what leads there, at the right too.
fn values(drawing: &mut Drawing, swing: &Swing, scale: &Scale, y: f64) {
    let (less, more) = if swing.low.1 <= swing.high.1 { (&swing.low, &swing.high) } else { (&swing.high, &swing.low) };
    let text = |at: f64, value: &str| Text::new((at, y), SMALL, letters::fit(value, SMALL, false, 120.0));
    frame::on_paper(drawing, text(scale.place(less.1) - 12.0, &less.0).end());
    frame::on_paper(drawing, text(scale.place(more.1) + 12.0, &more.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_swing_stands_first() {
        let swing = |name: &str, low: f64, high: f64| Swing {
            name: name.into(),
            low: ("1".into(), low),
            high: ("2".into(), high),
            changes_answer: name == "wage",
        };
        let figure = TornadoFigure {
            title: "t".into(),
            subtitle: String::new(),
            x_title: "x".into(),
            base: 10.0,
            swings: vec![swing("price", 9.0, 11.0), swing("wage", 2.0, 30.0), swing("cold start", 12.0, 7.0)],
        };
        let drawing = draw(&figure);
        let y = |text: &str| drawing.texts().find(|t| t.text == text).map(|t| t.at.1).unwrap();
        assert!(y("◆ wage") < y("cold start") && y("cold start") < y("price"));
    }
}
