//! Monthly cost by case: invoice, owned hardware and labour, stacked.

use super::axis::{Scale, nice_end};
use super::drawing::{Drawing, Text};
use super::frame::{self, HEAD, MARGIN};
use super::letters;
use super::style::{BLUE, Colour, INK, LABEL, ORANGE, SMALL, WIDTH, YELLOW, ink_on};
use crate::metrics::Estimate;
use crate::report::comparison::hosting;
use crate::report::{ResultDocument, format};

/// The parts of a bar: word, colour, whether it is hatched.
const PARTS: [(&str, Colour, bool); 3] =
    [("invoice", BLUE, false), ("owned servers", ORANGE, true), ("labour", YELLOW, false)];
/// Where names end, where bars begin and where they may end.
const NAMES_END: f64 = 390.0;
const LEFT: f64 = 410.0;
const RIGHT: f64 = WIDTH - 270.0;

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// The case.
    pub name: String,
    /// Its hosting and size.
    pub hosting: String,
    /// Invoice, owned servers and labour in dollars a month.
    pub parts: [f64; 3],
    /// The TCO.
    pub total: Estimate,
}

/// The bars of a result.
pub fn bars(result: &ResultDocument) -> Vec<Bar> {
    let paths: [&[&str]; 3] = [&["invoice_usd", "total"], &["owned_usd"], &["labour_usd", "total"]];
    let bar = |case: &crate::report::CaseResult| Bar {
        name: case.name.clone(),
        hosting: hosting(case),
        parts: paths.map(|path| case.estimate(path).mean.unwrap_or(0.0)),
        total: case.estimate(&["tco_usd"]),
    };
    result.cases.iter().map(bar).collect()
}

/// The figure.
pub fn draw(title: &str, bars: &[Bar]) -> Drawing {
    let shown = &bars[..bars.len().min(frame::MOST_ROWS)];
    let row = frame::row_height(shown.len());
    let (top, bottom) = (HEAD + 40.0, HEAD + 40.0 + row * shown.len() as f64);
    let subtitle = "Cost per month in US dollars; the whiskers are the 95 % confidence interval of the total";
    let mut drawing = frame::head(bottom + 100.0, title, subtitle);
    frame::key(&mut drawing, (LEFT, HEAD), &used_parts(shown));
    let most = shown.iter().map(extent).fold(0.0, f64::max);
    let scale = Scale::linear((0.0, nice_end(most, 5)), (LEFT, RIGHT));
    frame::x_axis(&mut drawing, &scale, &scale.ticks(5), (top, bottom), format::short_money);
    for (index, bar) in shown.iter().enumerate() {
        let middle = top + row * (index as f64 + 0.5);
        drawing.of_case(index, |drawing| draw_bar(drawing, bar, &scale, middle, row));
        let end = scale.place(extent(bar));
        drawing.spot(Some(index), (LEFT, middle - row * 0.4), (end, middle + row * 0.4), in_words(bar));
    }
    frame::x_title(&mut drawing, (LEFT, RIGHT), bottom + 60.0, "US dollars per month");
    if let Some(text) = frame::left_out(bars.len()) {
        frame::foot(&mut drawing, &text);
    }
    drawing
}

/// "lambda: $55.43 ±0.05 = invoice $0.43 + labour $55.00".
fn in_words(bar: &Bar) -> String {
    let parts = bar.parts.iter().zip(PARTS).filter(|(part, _)| **part != 0.0);
    let parts: Vec<String> = parts.map(|(part, (word, ..))| format!("{word} {}", format::money(*part))).collect();
    let parts = if parts.is_empty() { String::new() } else { format!(" = {}", parts.join(" + ")) };
    format!("{}: {} a month{parts}", format::printable(&bar.name), total(&bar.total))
}

/// The parts that any bar has.
fn used_parts(bars: &[Bar]) -> Vec<(&'static str, Colour, bool)> {
    (0..3).filter(|i| *i == 0 || bars.iter().any(|bar| bar.parts[*i] > 0.0)).map(|i| PARTS[i]).collect()
}

/// How far a bar and its whisker reach.
fn extent(bar: &Bar) -> f64 {
    let stacked: f64 = bar.parts.iter().map(|part| part.max(0.0)).sum();
    stacked.max(bar.total.mean.unwrap_or(0.0) + bar.total.ci95.unwrap_or(0.0))
}

fn draw_bar(drawing: &mut Drawing, bar: &Bar, scale: &Scale, middle: f64, row: f64) {
    frame::row_name(drawing, (NAMES_END, middle), &bar.name, &bar.hosting, NAMES_END - MARGIN, row);
    let half = (row * 0.3).min(26.0);
    let mut sum = 0.0;
    for (part, (_, colour, hatched)) in bar.parts.iter().zip(PARTS) {
        let (from, to) = (scale.place(sum), scale.place(sum + part.max(0.0)));
        sum += part.max(0.0);
        if to - from >= 0.5 {
            segment(drawing, ((from, middle - half), (to, middle + half)), colour, hatched, *part);
        }
    }
    let mut end = scale.place(sum);
    if let Some((low, high)) = bar.total.interval().filter(|(low, high)| scale.place(*high) - scale.place(*low) >= 3.0)
    {
        frame::whisker(drawing, (scale.place(low), scale.place(high)), middle, half * 0.5);
        end = end.max(scale.place(high));
    }
    frame::on_paper(drawing, Text::new((end + 14.0, middle), LABEL, total(&bar.total)).bold());
}

/// A part of a bar, with its amount inside where there is room.
fn segment(
    drawing: &mut Drawing,
    (corner, other): ((f64, f64), (f64, f64)),
    colour: Colour,
    hatched: bool,
    amount: f64,
) {
    drawing.rectangle(corner, other, colour);
    if hatched {
        drawing.hatch(corner, other, INK, 14.0);
    }
    drawing.outline(corner, other, INK, 1.0);
    let text = format::money(amount);
    if letters::width(&text, SMALL, false) + 20.0 < other.0 - corner.0 {
        let text = Text::new(((corner.0 + other.0) / 2.0, (corner.1 + other.1) / 2.0), SMALL, text).middle();
        match hatched {
            true => frame::on_paper(drawing, text),
            false => drawing.text(text.colour(ink_on(colour))),
        }
    }
}

/// The total as it stands behind the bar: "$60.43 ±0.56".
fn total(estimate: &Estimate) -> String {
    let Some(mean) = estimate.mean else { return "undefined".into() };
    let decimals = format::money_decimals(mean);
    let half = estimate.ci95.and_then(|half| format::half_width(half, mean, decimals));
    let half = half.map(|half| format!(" ±{half}")).unwrap_or_default();
    format!("{}{half}", format::money_with(mean, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;
    use crate::report::figure::drawing::Shape;

    #[test]
    fn bars_are_as_long_as_their_amounts_and_labelled() {
        let bars = bars(&example());
        assert_eq!(bars[0].parts, [0.43, 0.0, 55.0]);
        let drawing = draw("Which?", &bars);
        let texts: Vec<&str> = drawing.texts().map(|t| t.text.as_str()).collect();
        for expected in
            ["Which?", "lambda", "digitalocean-2017 512mb", "US dollars per month", "$605", "invoice", "labour"]
        {
            assert!(texts.contains(&expected), "{expected} is not in {texts:?}");
        }
        assert!(!texts.contains(&"owned servers"));
        let widths: Vec<f64> = drawing
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Area { points, fill, .. } if *fill == YELLOW => Some(points[1].0 - points[0].0),
                _ => None,
            })
            .filter(|w| *w != 30.0)
            .collect();
        assert!((widths[1] / widths[0] - 11.0).abs() < 1e-6, "{widths:?}");
    }

    #[test]
    fn no_cases_make_an_empty_figure() {
        assert!(draw("x", &[]).height > 0.0);
    }
}
