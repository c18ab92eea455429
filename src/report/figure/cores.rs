//! How fast a virtual CPU is, by model and size: alone, and with all the others busy.

use super::axis::{Scale, nice_end};
use super::drawing::{Drawing, Text};
use super::frame::{self, HEAD, MARGIN};
use super::style::{BLUE, Colour, INK, LABEL, SMALL, WIDTH, YELLOW};
use crate::report::format;

/// The lengths of a bar: word, colour, whether it is hatched.
const PARTS: [(&str, Colour, bool); 2] = [("all busy", BLUE, false), ("one busy thread", YELLOW, false)];
/// Where names end, where bars begin and where they may end.
const NAMES_END: f64 = 470.0;
const LEFT: f64 = 490.0;
const RIGHT: f64 = WIDTH - 150.0;
const ROW: f64 = 52.0;

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// The model and the sizes.
    pub name: String,
    /// The processor.
    pub processor: String,
    /// What one busy thread does.
    pub alone: f64,
    /// What each does when all are busy.
    pub all_busy: f64,
}

/// The figure.
pub fn draw(bars: &[Bar]) -> Drawing {
    let (top, bottom) = (HEAD + 40.0, HEAD + 40.0 + ROW * bars.len() as f64);
    let subtitle = "A virtual CPU's speed, that of the reference core being 1: a thread of a cloud server of 2017";
    let mut drawing = frame::head(bottom + 100.0, "How fast is a virtual CPU?", subtitle);
    frame::key(&mut drawing, (LEFT, HEAD), &PARTS);
    let most = bars.iter().map(|bar| bar.alone).fold(1.0, f64::max);
    let scale = Scale::linear((0.0, nice_end(most, 5)), (LEFT, RIGHT));
    frame::x_axis(&mut drawing, &scale, &scale.ticks(5), (top, bottom), |tick| tick.to_string());
    for (index, bar) in bars.iter().enumerate() {
        let middle = top + ROW * (index as f64 + 0.5);
        frame::row_name(&mut drawing, (NAMES_END, middle), &bar.name, &bar.processor, NAMES_END - MARGIN, ROW);
        let half = ROW * 0.3;
        for (value, (_, colour, _)) in [bar.alone, bar.all_busy].into_iter().zip([PARTS[1], PARTS[0]]) {
            let (corner, other) = ((LEFT, middle - half), (scale.place(value), middle + half));
            drawing.rectangle(corner, other, colour);
            drawing.outline(corner, other, INK, 1.0);
        }
        let numbers = if bar.all_busy < bar.alone {
            format!("{:.2}, all busy {:.2}", bar.alone, bar.all_busy)
        } else {
            format!("{:.2}", bar.alone)
        };
        let words = format!("{}: {numbers}", format::printable(&bar.name));
        drawing.spot(Some(index), (LEFT, middle - half), (scale.place(bar.alone), middle + half), words);
        frame::on_paper(
            &mut drawing,
            Text::new((scale.place(bar.alone) + 14.0, middle), SMALL.max(LABEL - 4.0), numbers),
        );
    }
    frame::x_title(&mut drawing, (LEFT, RIGHT), bottom + 60.0, "times the reference core");
    drawing
}
