//! What is drawn of a sweep, by its design.

mod axes;
mod coordinates;
mod effects;
mod multiples;

use super::Swept;
use crate::report::figure::drawing::Drawing;
use crate::report::figure::measure::Measure;
use crate::report::figure::{effects as dots, heat, multiples as panels, parallel, winners};
use axes::chosen;

/// Figures per kind at most: so many metrics are drawn.
const MOST_METRICS: usize = 3;

/// The figures that fit a sweep's design: the stem of the file, the heading, and the drawing.
pub fn figures(swept: &Swept) -> Vec<(String, String, Drawing)> {
    let mut figures = Vec::new();
    if let Some(figure) = effects::winners(swept) {
        figures.push(("cheapest".into(), "Which case is the cheapest where".into(), winners::draw(&figure)));
    }
    for metric in drawn_metrics(swept) {
        let words = words(&swept.data.metrics[metric]);
        let mut add = |kind: &str, heading: String, drawing: Option<Drawing>| {
            let stem = format!("{kind}-{}", swept.data.metrics[metric]);
            figures.extend(drawing.map(|drawing| (stem, heading, drawing)));
        };
        let axes = chosen(swept, metric);
        add("effects", format!("What {words} depends on"), effects::dots(swept, metric).map(|f| dots::draw(&f)));
        let main = effects::main_effects(swept, metric).map(|f| panels::draw(&f));
        add("main-effects", format!("Main effects on {words}"), main);
        let multiples = multiples::multiples(swept, metric, &axes).map(|f| panels::draw(&f));
        add("multiples", format!("{} by case", capital(words)), multiples);
        let heat = multiples::heat(swept, metric, &axes).map(|f| heat::draw(&f));
        add("heat-map", format!("{} over two axes", capital(words)), heat);
    }
    if let Some(figure) = coordinates::parallel(swept) {
        figures.push(("parallel".into(), "Every point".into(), parallel::draw(&figure)));
    }
    figures
}

/// The metrics that are drawn: those asked for; the invoice only where it is not the TCO's twin
/// among the usual ones.
pub fn drawn_metrics(swept: &Swept) -> Vec<usize> {
    let usual = swept.data.metrics.iter().map(String::as_str).eq(crate::sweep::sensitivity::METRICS);
    let skipped = |metric: &usize| usual && swept.data.metrics[*metric] == "invoice_usd";
    (0..swept.data.metrics.len()).filter(|metric| !skipped(metric)).take(MOST_METRICS).collect()
}

/// A metric in words.
pub fn words(metric: &str) -> &str {
    match metric {
        "tco_usd" => "total cost of ownership",
        "invoice_usd" => "the invoice",
        "labour_usd" => "labour",
        "latency_p99_s" => "p99 latency",
        "latency_mean_s" => "mean latency",
        other => other,
    }
}

/// A metric and its unit, for an axis.
fn axis_title(metric: &str) -> String {
    let unit = match Measure::of_metric(metric) {
        Measure::Money => ", US dollars per month",
        _ => "",
    };
    format!("{}{unit}", words(metric).trim_start_matches("the "))
}

fn capital(words: &str) -> String {
    let words = words.trim_start_matches("the ");
    if words.starts_with("p99") {
        return words.to_string();
    }
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
