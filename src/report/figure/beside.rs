//! One figure of every case, beside each other: bars with their intervals.

use super::axis::{Scale, nice_end};
use super::drawing::{Drawing, Text};
use super::frame::{self, HEAD, MARGIN};
use super::style::{BLUE, INK, LABEL, WIDTH};
use crate::metrics::Estimate;
use crate::report::format;

/// Where names end, where bars begin and where they may end.
const NAMES_END: f64 = 390.0;
const LEFT: f64 = 410.0;
const RIGHT: f64 = WIDTH - 270.0;

/// The figure; `show` writes a value in the figure's unit. A value that is not defined has no bar, and says so.
pub fn draw(title: &str, subtitle: &str, bars: &[(String, Estimate)], show: impl Fn(f64) -> String) -> Drawing {
    let shown = &bars[..bars.len().min(frame::MOST_ROWS)];
    let row = frame::row_height(shown.len());
    let (top, bottom) = (HEAD, HEAD + row * shown.len() as f64);
    let mut drawing = frame::head(bottom + 90.0, title, subtitle);
    let extent = |estimate: &Estimate| estimate.mean.unwrap_or(0.0) + estimate.ci95.unwrap_or(0.0);
    let most = shown.iter().map(|(_, estimate)| extent(estimate)).fold(0.0, f64::max);
    let scale = Scale::linear((0.0, nice_end(most, 4)), (LEFT, RIGHT));
    frame::x_axis(&mut drawing, &scale, &scale.ticks(4), (top, bottom), &show);
    for (index, (name, estimate)) in shown.iter().enumerate() {
        let middle = top + row * (index as f64 + 0.5);
        let half = (row * 0.3).min(26.0);
        frame::row_name(&mut drawing, (NAMES_END, middle), name, "", NAMES_END - MARGIN, row);
        let mean = estimate.mean.unwrap_or(0.0).max(0.0);
        let mut end = scale.place(mean);
        if end - LEFT >= 0.5 {
            drawing.rectangle((LEFT, middle - half), (end, middle + half), BLUE);
            drawing.outline((LEFT, middle - half), (end, middle + half), INK, 1.0);
        }
        if let Some((low, high)) =
            estimate.interval().filter(|(low, high)| scale.place(*high) - scale.place(*low) >= 3.0)
        {
            frame::whisker(&mut drawing, (scale.place(low), scale.place(high)), middle, half * 0.5);
            end = end.max(scale.place(high));
        }
        let text = estimate.mean.map_or("not defined".to_string(), &show);
        let spoken = format!("{}: {text}", format::printable(name));
        frame::on_paper(&mut drawing, Text::new((end + 14.0, middle), LABEL, text).bold());
        drawing.spot(None, (LEFT, middle - row * 0.4), (end, middle + row * 0.4), spoken);
    }
    if let Some(text) = frame::left_out(bars.len()) {
        frame::foot(&mut drawing, &text);
    }
    drawing
}
