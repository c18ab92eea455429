//! The values of an axis as figures show them: each by itself, or in parts of a long range.

use crate::report::format::significant;
use crate::report::words;
use crate::sweep::scale::magnitude;
use crate::sweep::sensitivity::Data;

/// So many groups at most.
pub const MOST_GROUPS: usize = 12;
/// So many parts are made of the range of an axis with more values.
const PARTS: usize = 6;

/// An axis, grouped.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouping {
    /// The axis.
    pub axis: usize,
    /// Its name.
    pub name: String,
    /// Its groups in order.
    pub labels: Vec<String>,
    /// The group of each point.
    pub of: Vec<usize>,
}

impl Grouping {
    /// Groups an axis.
    pub fn of(data: &Data, axis: usize) -> Grouping {
        let name = words::of_path(&data.axes[axis]);
        let levels: Vec<&str> = data.levels(axis).into_iter().collect();
        let (labels, of) = match data.numbers(axis) {
            Some(numbers) if levels.len() > MOST_GROUPS => parts(data, axis, &numbers),
            numbers => each(data, axis, levels, numbers.is_some()),
        };
        let numeric = data.numbers(axis).is_some() && levels_in_one_unit(&labels);
        let (name, labels) = if numeric { in_its_unit(name, labels) } else { (name, labels) };
        Grouping { axis, name, labels, of }
    }

    /// The points of each group.
    pub fn points(&self) -> Vec<Vec<usize>> {
        let mut points = vec![Vec::new(); self.labels.len()];
        self.of.iter().enumerate().for_each(|(point, group)| points[*group].push(point));
        points
    }
}

/// Whether each label is a number with a unit, or a range of such.
fn levels_in_one_unit(labels: &[String]) -> bool {
    let unit = |label: &String| label.split_once(' ').map(|(_, unit)| unit.to_string());
    let units: Option<Vec<String>> = labels.iter().map(unit).collect();
    units.is_some_and(|units| units.windows(2).all(|two| two[0] == two[1]))
}

/// The unit goes to the axis' name: "labour wage, USD/h".
fn in_its_unit(name: String, labels: Vec<String>) -> (String, Vec<String>) {
    let unit =
        labels.first().and_then(|label| label.split_once(' ')).map_or(String::new(), |(_, unit)| unit.to_string());
    let bare = |label: &String| label.split_once(' ').map_or_else(|| label.clone(), |(number, _)| number.to_string());
    (format!("{name}, {unit}"), labels.iter().map(bare).collect())
}

/// A group for each value, numbers from the least on; further words than fit are one group.
fn each(data: &Data, axis: usize, mut levels: Vec<&str>, numeric: bool) -> (Vec<String>, Vec<usize>) {
    let number = |cell: &str| magnitude(cell).unwrap_or(0.0);
    if numeric {
        levels.sort_by(|a, b| number(a).total_cmp(&number(b)));
    }
    let kept = if levels.len() > MOST_GROUPS { MOST_GROUPS - 1 } else { levels.len() };
    let mut labels: Vec<String> = levels[..kept].iter().map(|level| short_value(level)).collect();
    if labels.iter().enumerate().any(|(index, label)| labels[..index].contains(label)) {
        labels = levels[..kept].iter().map(|level| (*level).to_string()).collect();
    }
    if kept < levels.len() {
        labels.push(format!("{} others", levels.len() - kept));
    }
    let place = |cell: &str| levels.iter().position(|level| *level == cell).unwrap_or(0).min(kept);
    (labels, data.points.iter().map(|cells| place(&cells[axis])).collect())
}

/// Parts of the range with equally many points.
fn parts(data: &Data, axis: usize, numbers: &[f64]) -> (Vec<String>, Vec<usize>) {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
    let (mut labels, mut of) = (Vec::new(), vec![0; numbers.len()]);
    for points in order.chunks(order.len().div_ceil(PARTS).max(1)) {
        points.iter().for_each(|point| of[*point] = labels.len());
        let cell = |point: usize| data.points[point][axis].as_str();
        labels.push(short_value(&format!("{} … {}", cell(points[0]), cell(points[points.len() - 1]))));
    }
    (labels, of)
}

/// A value with its number to three significant digits: "1.47 /s"; a range "a … b" to two: "12–90 USD/h";
/// a kind with one parameter in words: "fixed 10 min".
pub fn short_value(text: &str) -> String {
    if let Some((from, to)) = text.split_once(" … ") {
        let (from, to) = (shortened(from, 2), shortened(to, 2));
        // The unit once.
        let unit = |text: &str| text.find(' ').map_or(String::new(), |at| text[at..].to_string());
        let from = if unit(&from) == unit(&to) { from.split(' ').next().unwrap_or("").to_string() } else { from };
        return format!("{from}–{to}");
    }
    match one_parameter(text) {
        Some((kind, value)) => format!("{kind} {}", shortened(value, 3)),
        None => shortened(text, 3),
    }
}

/// The key and value of `{ key = "value" }`, where that is all there is.
fn one_parameter(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.strip_prefix("{ ")?.strip_suffix(" }")?.split_once(" = ")?;
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    (!value.contains(['{', '[', '"', ','])).then_some((key, value))
}

fn shortened(text: &str, digits: usize) -> String {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
    match text[..end].parse::<f64>() {
        Ok(number) if text[..end].contains('.') => format!("{}{}", significant(number, digits), &text[end..]),
        _ => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_short_and_ranges_name_their_unit_once() {
        assert_eq!(short_value("1.46779926762 /s"), "1.47 /s");
        assert_eq!(short_value("12.345678 USD/h … 90.1 USD/h"), "12–90 USD/h");
        assert_eq!(short_value("512 MiB … 2 GiB"), "512 MiB–2 GiB");
        assert_eq!(short_value("{ fixed = \"10 min\" }"), "fixed 10 min");
        assert_eq!(short_value("{ poisson = { rate = \"2 /s\" } }"), "{ poisson = { rate = \"2 /s\" } }");
        assert_eq!(short_value("{ min = 1, max = 3 }"), "{ min = 1, max = 3 }");
        assert_eq!(short_value("1000"), "1000");
    }

    #[test]
    fn long_axes_are_cut_into_parts_and_short_ones_sorted() {
        let cells = |value: usize| vec![format!("{value}"), ["30 s", "1 min", "2 s"][value % 3].to_string()];
        let mut data = Data::default();
        data.axes = vec!["long".into(), "short".into()];
        data.points = (0..60).map(|i| cells(i * 7 % 60)).collect();
        let long = Grouping::of(&data, 0);
        assert_eq!(long.labels, ["0–9", "10–19", "20–29", "30–39", "40–49", "50–59"]);
        assert!(long.points().iter().all(|points| points.len() == 10));
        let short = Grouping::of(&data, 1);
        assert_eq!(short.labels, ["2 s", "30 s", "1 min"]);
        assert_eq!(short.of[0], 1);
    }
}
