//! What happened over time: a row per case, a column for each level or share.

use super::axis::{Scale, nice_end};
use super::drawing::{Drawing, Point, Text};
use super::frame::{self, HEAD, MARGIN};
use super::style::{BLUE, Colour, GRID, INK, LABEL, PURPLE, SMALL, SOFT, VERMILLION};
use crate::report::{CaseResult, ResultDocument, Timeline, format};

const NAMES_END: f64 = 360.0;
const DAY: f64 = 86_400.0;

/// A column: what is drawn of each case's timeline.
struct Column {
    heading: &'static str,
    /// What a value is of, where one points: "2 instances".
    word: &'static str,
    colour: Colour,
    values: fn(&Timeline) -> Vec<Option<f64>>,
    shown: fn(f64) -> String,
    /// The scale reaches at least to this.
    least: f64,
}

const LEVELS: [Column; 2] = [
    Column {
        heading: "Instances",
        word: "instances",
        colour: BLUE,
        values: |timeline| known(&timeline.instances),
        shown: format::level,
        least: 0.0,
    },
    Column {
        heading: "Servers",
        word: "servers",
        colour: VERMILLION,
        values: |timeline| known(&timeline.servers),
        shown: format::level,
        least: 0.0,
    },
];

const SERVICE: [Column; 3] = [
    Column {
        heading: "Latency, mean",
        word: "mean latency",
        colour: BLUE,
        values: |timeline| timeline.latency_s.clone(),
        shown: format::duration,
        least: 0.0,
    },
    Column {
        heading: "Cold share",
        word: "cold",
        colour: VERMILLION,
        values: |timeline| timeline.cold_share.clone(),
        shown: format::percent,
        least: 0.01,
    },
    Column {
        heading: "Not served",
        word: "not served",
        colour: PURPLE,
        // Whoever was rejected, gave up, was stopped or lost: what collapses may reject nobody.
        values: |timeline| timeline.served_share.iter().map(|share| share.map(|share| 1.0 - share)).collect(),
        shown: format::percent,
        least: 0.01,
    },
];

fn known(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

/// The left and right end of each column.
fn ends(count: usize) -> Vec<Point> {
    let (left, right, gap) = (450.0, 1552.0, 90.0);
    let wide = (right - left + gap) / count as f64 - gap;
    (0..count).map(|index| (left + (wide + gap) * index as f64, left + (wide + gap) * index as f64 + wide)).collect()
}

/// Instances and servers: the means of equal stretches, averaged over replications.
pub fn draw(title: &str, result: &ResultDocument) -> Drawing {
    let subtitle =
        "Instances and powered servers over time, mean over replications; every row has its own scale from 0";
    draw_columns(title, subtitle, &LEVELS, result)
}

/// The service: latency, cold requests and those that were not served, by the stretch in which they came.
pub fn draw_service(title: &str, result: &ResultDocument) -> Drawing {
    let subtitle = "Service by when requests came, all replications together; every row has its own scale from 0";
    draw_columns(title, subtitle, &SERVICE, result)
}

fn draw_columns(title: &str, subtitle: &str, columns: &[Column], result: &ResultDocument) -> Drawing {
    let shown = &result.cases[..result.cases.len().min(frame::MOST_ROWS)];
    let row = (760.0 / shown.len().max(1) as f64).clamp(70.0, 180.0);
    let (top, bottom) = (HEAD + 40.0, HEAD + 40.0 + row * shown.len() as f64);
    let mut drawing = frame::head(bottom + 100.0, title, subtitle);
    let ends = ends(columns.len());
    for (column, (left, _)) in columns.iter().zip(&ends) {
        drawing.text(Text::new((*left, HEAD + 8.0), LABEL, column.heading).bold());
    }
    let (start, length) = span(shown);
    for column in &ends {
        time_axis(&mut drawing, *column, (start, length), (top, bottom));
    }
    for (index, case) in shown.iter().enumerate() {
        let lower = top + row * (index as f64 + 1.0);
        let room = (lower - row + 20.0, lower - 10.0);
        let middle = (room.0 + room.1) / 2.0;
        drawing.of_case(index, |drawing| {
            let tall = (room.1 - room.0 + 20.0).max(84.0);
            frame::row_name(drawing, (NAMES_END, middle), &case.name, "", NAMES_END - MARGIN, tall);
            for (column, (left, right)) in columns.iter().zip(&ends) {
                let across = Scale::linear((start, start + length), (*left, *right));
                course(drawing, column, &case.timeline, &across, room);
                drawing.line(vec![(*left, room.1), (*right, room.1)], INK, 1.5, &[]);
            }
        });
        tell(&mut drawing, (index, case), (columns, &ends), room, (start, length));
    }
    if let Some(text) = frame::left_out(result.cases.len()) {
        frame::foot(&mut drawing, &text);
    }
    drawing
}

/// Start and length of the time shown, in seconds.
fn span(cases: &[CaseResult]) -> (f64, f64) {
    let first = cases.iter().map(|c| c.timeline.start_s).fold(f64::MAX, f64::min);
    let last = cases.iter().map(|c| c.timeline.start_s + c.timeline.length_s).fold(0.0, f64::max);
    if last > first { (first, last - first) } else { (0.0, 1.0) }
}

/// The stretches that are told where one points.
const TOLD: usize = 14;

/// Tells the mean of every fourteenth of the time, in all columns.
fn tell(
    drawing: &mut Drawing,
    (index, case): (usize, &CaseResult),
    (columns, ends): (&[Column], &[Point]),
    (top, bottom): Point,
    time: Point,
) {
    for (column, (left, right)) in columns.iter().zip(ends) {
        let values = (column.values)(&case.timeline);
        let across = Scale::linear((time.0, time.0 + time.1), (*left, *right));
        let own = case.timeline.length_s / values.len().max(1) as f64;
        let step = values.len().div_ceil(TOLD).max(1);
        for (stretch, chunk) in values.chunks(step).enumerate() {
            let from = case.timeline.start_s + own * (stretch * step) as f64;
            let to = from + own * chunk.len() as f64;
            let there: Vec<f64> = chunk.iter().flatten().copied().collect();
            if there.is_empty() {
                continue;
            }
            let mean = (column.shown)(there.iter().sum::<f64>() / there.len() as f64);
            let text = format!("{}: {mean} {} from {} to {}", case.name, column.word, clock(from), clock(to));
            let (corner, other) = ((across.place(from), top), (across.place(to), bottom));
            drawing.spot(Some(index), corner, other, format::printable(&text));
        }
    }
}

/// A moment of simulated time in full: "Mon 06:00"; from the second week on with the week.
fn clock(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as i64;
    let (day, rest) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    let name = moment(day.rem_euclid(7) as f64 * DAY, DAY);
    let week = if day >= 7 { format!("week {} ", day / 7 + 1) } else { String::new() };
    format!("{week}{name} {:02}:{:02}", rest / 60, rest % 60)
}

/// A level as steps over a pale area, with the top of its scale at the left. Nothing is drawn where none came.
fn course(drawing: &mut Drawing, column: &Column, timeline: &Timeline, across: &Scale, (top, bottom): Point) {
    let values = (column.values)(timeline);
    let most = values.iter().flatten().copied().fold(0.0, f64::max).max(column.least);
    let up = Scale::linear((0.0, nice_end(most, 2)), (bottom, top));
    let left = across.place(across.range().0);
    for tick in [0.0, up.range().1] {
        let shown = if tick == 0.0 { "0".to_string() } else { (column.shown)(tick) };
        drawing.text(Text::new((left - 10.0, up.place(tick)), SMALL, shown).end().colour(SOFT));
    }
    let stretch = timeline.length_s / values.len().max(1) as f64;
    let mut line: Vec<Point> = Vec::new();
    for (index, value) in values.iter().map(Some).chain([None]).enumerate() {
        if let Some(Some(value)) = value {
            let (from, y) = (timeline.start_s + stretch * index as f64, up.place(*value));
            line.extend([(across.place(from), y), (across.place(from + stretch), y)]);
            continue;
        }
        if let (Some(first), Some(last)) = (line.first().copied(), line.last().copied()) {
            let mut area = std::mem::take(&mut line);
            let course = area.clone();
            area.extend([(last.0, bottom), (first.0, bottom)]);
            drawing.area(area, column.colour, 0.2);
            drawing.line(course, column.colour, 2.5, &[]);
        }
    }
}

fn time_axis(drawing: &mut Drawing, (left, right): Point, (start, length): Point, (top, bottom): Point) {
    let step = time_step(length, ((right - left) / ROOM_OF_A_MOMENT).min(8.0));
    let across = Scale::linear((start, start + length), (left, right));
    let first = (start / step - 1e-9).ceil() as i64;
    let last = ((start + length) / step + 1e-9).floor() as i64;
    for tick in (first..=last).map(|i| i as f64 * step) {
        let x = across.place(tick);
        drawing.line(vec![(x, top), (x, bottom)], GRID, 1.5, &[]);
        drawing.text(Text::new((x, bottom + 20.0), SMALL, moment(tick, step)).middle().colour(SOFT));
    }
    let unit = if step < 60.0 { "simulated time in seconds" } else { "simulated time" };
    frame::x_title(drawing, (left, right), bottom + 58.0, unit);
}

/// What a tick's moment takes of the axis, in width.
const ROOM_OF_A_MOMENT: f64 = 62.0;

/// The least round step that makes at most so many ticks.
fn time_step(length: f64, most: f64) -> f64 {
    let steps = [
        1e-3,
        1e-2,
        0.1,
        1.0,
        2.0,
        5.0,
        10.0,
        30.0,
        60.0,
        120.0,
        300.0,
        600.0,
        1800.0,
        3600.0,
        7200.0,
        10_800.0,
        21_600.0,
        43_200.0,
        DAY,
        2.0 * DAY,
        7.0 * DAY,
        14.0 * DAY,
        28.0 * DAY,
        91.0 * DAY,
        182.0 * DAY,
        364.0 * DAY,
        3640.0 * DAY,
    ];
    steps.into_iter().find(|step| length / step <= most).unwrap_or(length)
}

/// A moment as it stands on the axis: time begins on a Monday at 00:00.
fn moment(seconds: f64, step: f64) -> String {
    const WEEK: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let day = (seconds / DAY + 1e-9).floor();
    let minutes = ((seconds - day * DAY) / 60.0).round() as i64;
    let name = WEEK[(day as i64).rem_euclid(7) as usize];
    match step {
        s if s >= 2.0 * DAY => format!("day {day}"),
        s if s >= DAY => name.into(),
        s if s < 60.0 => format::significant(seconds, 6),
        _ if minutes == 0 => name.into(),
        _ => format!("{:02}:{:02}", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    #[test]
    fn moments_are_named_from_monday() {
        assert_eq!(moment(0.0, 3600.0), "Mon");
        assert_eq!(moment(DAY * 1.25, 10_800.0), "06:00");
        assert_eq!(moment(DAY * 6.0, DAY), "Sun");
        assert_eq!(moment(DAY * 14.0, 7.0 * DAY), "day 14");
        assert_eq!(moment(0.5, 0.1), "0.5");
        assert_eq!((time_step(7.0 * DAY, 8.0), time_step(DAY, 8.0), time_step(100.0, 8.0)), (DAY, 10_800.0, 30.0));
    }

    #[test]
    fn every_case_has_a_row_with_its_scale() {
        let drawing = draw("When?", &example());
        let texts: Vec<&str> = drawing.texts().map(|t| t.text.as_str()).collect();
        for expected in ["lambda", "droplet", "Instances", "Servers", "2", "12:00", "simulated time"] {
            assert!(texts.contains(&expected), "{expected} is not in {texts:?}");
        }
    }
}
