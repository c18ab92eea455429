//! Logarithmic axes of times, with ticks at times that people use: 10 s, 1 min, 10 min, 1 h, 1 day,
//! and not 1,000 s.

use super::axis::Scale;
use crate::report::format;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

/// How many marks there are: powers of ten below a minute, and what they are for minutes, hours and
/// days.
struct Density {
    powers: &'static [f64],
    seconds: &'static [f64],
    minutes: &'static [f64],
    hours: &'static [f64],
}

/// From many to few.
const DENSITIES: [Density; 3] = [
    Density {
        powers: &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0],
        seconds: &[10.0, 15.0, 20.0, 30.0, 40.0],
        minutes: &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 40.0],
        hours: &[1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0],
    },
    Density {
        powers: &[1.0, 2.0, 5.0],
        seconds: &[10.0, 20.0],
        minutes: &[1.0, 2.0, 5.0, 10.0, 20.0],
        hours: &[1.0, 2.0, 6.0, 12.0],
    },
    Density { powers: &[1.0], seconds: &[10.0], minutes: &[1.0, 10.0], hours: &[1.0, 6.0] },
];

impl Density {
    /// All marks from a picosecond to a million years, in seconds.
    fn marks(&self) -> Vec<f64> {
        let below_ten = (1..=12).rev().flat_map(|p| self.powers.iter().map(move |f| f / 10f64.powi(p)));
        let days = (0..9).flat_map(|p| self.powers.iter().map(move |f| f * 10f64.powi(p) * DAY));
        below_ten
            .chain(self.powers.iter().copied())
            .chain(self.seconds.iter().copied())
            .chain(self.minutes.iter().map(|minutes| minutes * MINUTE))
            .chain(self.hours.iter().map(|hours| hours * HOUR))
            .chain(days)
            .collect()
    }
}

/// Ticks of a logarithmic scale of seconds: as many as fit, but not many more than wanted.
pub fn ticks(scale: &Scale, wanted: usize) -> Vec<f64> {
    let (low, high) = scale.range();
    let within = |mark: &f64| *mark >= low * (1.0 - 1e-9) && *mark <= high * (1.0 + 1e-9);
    let most = wanted + 2;
    let tried = DENSITIES.map(|density| density.marks().into_iter().filter(within).collect::<Vec<f64>>());
    let fitting = tried.iter().find(|ticks| ticks.len() <= most).or(tried.last()).cloned().unwrap_or_default();
    let every = fitting.len().div_ceil(most).max(1);
    fitting.into_iter().step_by(every).collect()
}

/// The range of a logarithmic axis about times: outwards to the next marks. `None` where no time is
/// above zero.
pub fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let (low, high) =
        values.filter(|v| *v > 0.0 && v.is_finite()).fold((f64::MAX, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    if high == 0.0 {
        return None;
    }
    let marks = DENSITIES[1].marks();
    let below = marks.iter().rev().find(|mark| **mark <= low * (1.0 + 1e-9)).copied().unwrap_or(low);
    let above = marks.iter().find(|mark| **mark >= high * (1.0 - 1e-9)).copied().unwrap_or(high);
    Some(if above > below { (below, above) } else { (below / 2.0, above * 2.0) })
}

/// A tick in words: "90 s" as "1.5 min", "60 min" as "1 h", "24 h" as "1 day".
pub fn show(seconds: f64) -> String {
    let in_units = |unit: f64, name: &str| format!("{} {name}", format::significant(seconds / unit, 3));
    match seconds * (1.0 + 1e-9) {
        s if s < MINUTE => format::duration(seconds),
        s if s < HOUR => in_units(MINUTE, "min"),
        s if s < DAY => in_units(HOUR, "h"),
        s if s < 1.5 * DAY => "1 day".into(),
        s if s < 10_000.0 * DAY => in_units(DAY, "days"),
        _ => format!("{} days", format::grouped(seconds / DAY, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(low: f64, high: f64) -> Vec<String> {
        ticks(&Scale::logarithmic((low, high), (0.0, 1.0)), 8).into_iter().map(show).collect()
    }

    #[test]
    fn ticks_are_times_that_people_use() {
        assert_eq!(shown(0.2, 0.5), ["200 ms", "300 ms", "400 ms", "500 ms"]);
        assert_eq!(shown(0.05, 5.0), ["50 ms", "100 ms", "200 ms", "500 ms", "1 s", "2 s", "5 s"]);
        assert_eq!(shown(0.01, 86_400.0), ["10 ms", "100 ms", "1 s", "10 s", "1 min", "10 min", "1 h", "6 h", "1 day"]);
        assert_eq!(shown(600.0, 7_200.0), ["10 min", "15 min", "20 min", "30 min", "40 min", "1 h", "1.5 h", "2 h"]);
        assert_eq!(shown(0.5, 1_000.0).last().map(String::as_str), Some("10 min"));
    }

    #[test]
    fn an_axis_ends_at_a_mark() {
        assert_eq!(range([0.03, 700.0, 0.0, f64::INFINITY].into_iter()), Some((0.02, 1_200.0)));
        assert_eq!(range([5_000.0, 90_000.0].into_iter()), Some((3_600.0, 172_800.0)));
        assert_eq!((range([0.1].into_iter()), range([0.0].into_iter())), (Some((0.05, 0.2)), None));
    }

    #[test]
    fn marks_rise_at_every_density() {
        for density in &DENSITIES {
            assert!(density.marks().windows(2).all(|pair| pair[1] > pair[0] * 1.05), "{:?}", density.marks());
        }
    }
}
