//! How full the fleet is, by case: what is reserved, and what of it does work.

use super::axis::{Scale, nice_end};
use super::drawing::{Drawing, Point, Text};
use super::frame::{self, HEAD, MARGIN};
use super::style::{BLUE, Colour, GREEN, INK, SMALL, WIDTH};
use crate::report::comparison::hosting;
use crate::report::{CaseResult, ResultDocument, format};

const NAMES_END: f64 = 390.0;
const LEFT: f64 = 500.0;
const RIGHT: f64 = WIDTH - 300.0;

/// A kind of resource: its word, colour, pale colour, and the keys of its figures.
struct Resource {
    word: &'static str,
    dark: Colour,
    pale: Colour,
    used: &'static str,
    reserved: &'static str,
}

/// What is used of what one rents.
const RENTED: Colour = (0x6b, 0x4c, 0x9a);

const RESOURCES: [Resource; 2] = [
    Resource { word: "CPU", dark: BLUE, pale: (0xc2, 0xdd, 0xec), used: "cpu_used", reserved: "cpu_reserved" },
    Resource {
        word: "memory",
        dark: GREEN,
        pale: (0xc2, 0xe8, 0xdc),
        used: "memory_used",
        reserved: "memory_reserved",
    },
];

/// The figure.
pub fn draw(title: &str, result: &ResultDocument) -> Drawing {
    let shown = &result.cases[..result.cases.len().min(frame::MOST_ROWS)];
    let row = frame::row_height(shown.len()).max(96.0);
    let (top, bottom) = (HEAD + 40.0, HEAD + 40.0 + row * shown.len() as f64);
    let subtitle = "Share of the powered servers' cores and memory: reserved for instances, and used by requests; rented: used of the instances' own cores";
    let mut drawing = frame::head(bottom + 100.0, title, subtitle);
    let [cpu, memory] = &RESOURCES;
    let key = [
        ("CPU used", cpu.dark, false),
        ("CPU reserved", cpu.pale, false),
        ("memory used", memory.dark, false),
        ("memory reserved", memory.pale, false),
        ("rented cores used", RENTED, false),
    ];
    frame::key(&mut drawing, (LEFT, HEAD), &key);
    let most =
        shown.iter().flat_map(|case| shares(case).into_iter().chain([rented(case)])).flatten().fold(0.0, f64::max);
    // All of the servers is the end of the scale, unless hardly anything would be seen on it.
    let end = if (0.25..=1.0).contains(&most) || most == 0.0 { 1.0 } else { nice_end(most, 5) };
    let scale = Scale::linear((0.0, end), (LEFT, RIGHT));
    frame::x_axis(&mut drawing, &scale, &scale.ticks(5), (top, bottom), format::percent);
    for (index, case) in shown.iter().enumerate() {
        let middle = top + row * (index as f64 + 0.5);
        drawing.of_case(index, |drawing| draw_case(drawing, case, &scale, middle, row));
        tell(&mut drawing, (index, case), &scale, middle, row);
    }
    frame::x_title(
        &mut drawing,
        (LEFT, RIGHT),
        bottom + 60.0,
        "share of all powered servers; rented: of the instances' own cores",
    );
    if let Some(text) = frame::left_out(result.cases.len()) {
        frame::foot(&mut drawing, &text);
    }
    drawing
}

/// The share of the rented instances' own cores that did requests' work.
fn rented(case: &CaseResult) -> Option<f64> {
    case.estimate(&["instances", "cpu_used"]).mean
}

/// Every share that a case has.
fn shares(case: &CaseResult) -> [Option<f64>; 4] {
    let mean = |key: &str| case.estimate(&["fleet", key]).mean;
    let [cpu, memory] = &RESOURCES;
    [mean(cpu.used), mean(cpu.reserved), mean(memory.used), mean(memory.reserved)]
}

fn draw_case(drawing: &mut Drawing, case: &CaseResult, scale: &Scale, middle: f64, row: f64) {
    frame::row_name(drawing, (NAMES_END, middle), &case.name, &hosting(case), NAMES_END - MARGIN, row);
    let [cpu_used, cpu_reserved, memory_used, memory_reserved] = shares(case);
    let step = (row * 0.27).min(28.0);
    bullet(drawing, &RESOURCES[0], (cpu_used, cpu_reserved), scale, (middle - step, step * 0.42));
    bullet(drawing, &RESOURCES[1], (memory_used, memory_reserved), scale, (middle, step * 0.42));
    if let Some(share) = rented(case) {
        let (y, half, end) = (middle + step, step * 0.24, scale.place(share));
        drawing.text(Text::new((LEFT - 12.0, y), SMALL, "rented").end());
        drawing.rectangle((LEFT, y - half), (end, y + half), RENTED);
        drawing.text(Text::new((end + 12.0, y), SMALL, format!("{} of what is rented", format::percent(share))));
    }
}

/// Tells what is used and reserved, of cores and of memory.
fn tell(drawing: &mut Drawing, (index, case): (usize, &CaseResult), scale: &Scale, middle: f64, row: f64) {
    let [cpu_used, cpu_reserved, memory_used, memory_reserved] = shares(case);
    let pairs = [("CPU", cpu_used, cpu_reserved, -1.0), ("memory", memory_used, memory_reserved, 1.0)];
    for (word, used, reserved, side) in pairs {
        let say = |share: Option<f64>| share.map_or("–".into(), format::percent);
        let text = format!("{}: {word} {} used, {} reserved", case.name, say(used), say(reserved));
        let end = scale.place(used.unwrap_or(0.0).max(reserved.unwrap_or(0.0)));
        let near = middle + side * row * 0.4;
        let (corner, other) = ((LEFT, near.min(middle)), (end, near.max(middle)));
        drawing.spot(Some(index), corner, other, format::printable(&text));
    }
}

/// A wide pale bar of what is reserved, a narrow dark one of what is used, and both in words.
fn bullet(
    drawing: &mut Drawing,
    resource: &Resource,
    (used, reserved): (Option<f64>, Option<f64>),
    scale: &Scale,
    (y, half): Point,
) {
    drawing.text(Text::new((LEFT - 12.0, y), SMALL, resource.word).end());
    let end = |share: Option<f64>| scale.place(share.unwrap_or(0.0));
    drawing.rectangle((LEFT, y - half), (end(reserved), y + half), resource.pale);
    drawing.outline((LEFT, y - half), (end(reserved), y + half), INK, 1.0);
    drawing.rectangle((LEFT, y - half * 0.45), (end(used), y + half * 0.45), resource.dark);
    let words = match (used, reserved) {
        (Some(used), Some(reserved)) => format!("{} of {}", format::percent(used), format::percent(reserved)),
        (Some(used), None) => format!("{} used", format::percent(used)),
        (None, Some(reserved)) => format!("{} reserved", format::percent(reserved)),
        (None, None) => "no server ran".into(),
    };
    frame::on_paper(drawing, Text::new((end(used).max(end(reserved)) + 12.0, y), SMALL, words));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    #[test]
    fn every_case_says_what_is_used_of_what_is_reserved() {
        let drawing = draw("How full?", &example());
        let texts: Vec<&str> = drawing.texts().map(|t| t.text.as_str()).collect();
        for expected in ["3.1 % of 12 %", "2 % of 30 %", "lambda", "100 %", "memory reserved"] {
            assert!(texts.contains(&expected), "{expected} is not in {texts:?}");
        }
    }
}
