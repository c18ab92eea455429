//! What an axis measures, and how its numbers are written.

use super::axis::{Scale, nice_end, nice_log_range};
use super::drawing::Point;
use super::time_axis;
use crate::metrics::Unit;
use crate::metrics::figure::of_any_app;
use crate::report::format;

/// Powers of ten of a logarithmic axis at most; what lies below is drawn on its lower end.
const MOST_DECADES: i32 = 7;

/// What an axis measures: money, times and numbers on a logarithmic scale, shares on a linear one
/// unless they are of very different magnitudes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// US dollars.
    Money,
    /// Seconds.
    Time,
    /// Shares, of which 1 is all.
    Share,
    /// Numbers, such as instances.
    Number,
}

impl Measure {
    /// A value for an axis or a label.
    pub fn show(self, value: f64) -> String {
        match self {
            Measure::Money => format::short_money(value),
            Measure::Time => time_axis::show(value),
            Measure::Share => format::percent(value),
            Measure::Number => format::short_count(value),
        }
    }

    /// A value with all digits that it deserves.
    pub fn tell(self, value: f64) -> String {
        match self {
            Measure::Money => format::money(value),
            Measure::Time => format::duration(value),
            _ => self.show(value),
        }
    }

    /// A scale for these values; nothing where there is nothing to draw.
    pub fn scale(self, values: impl Iterator<Item = f64>, place: Point) -> Option<Scale> {
        let values: Vec<f64> = values.collect();
        let most = values.iter().copied().fold(0.0, f64::max);
        let positive = values.iter().copied().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
        // A share is seen best on a scale from nought, unless hardly any of it would be seen there.
        if self == Measure::Share && (most <= 0.0 || positive * 100.0 >= most) {
            return Some(Scale::linear((0.0, nice_end(most.min(1e9), 5)), place));
        }
        let least = most / 10f64.powi(MOST_DECADES);
        let values_below: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        let drawn = values.into_iter().filter(|v| *v >= least);
        let range = if self == Measure::Time { time_axis::range(drawn) } else { nice_log_range(drawn) };
        let nothing = values_below.iter().any(|value| *value >= 0.0 && *value < least);
        let scale = range.map(|range| Scale::logarithmic(range, place));
        if nothing { scale.map(Scale::broken) } else { scale }
    }

    /// The ticks of a scale of it, about so many.
    pub fn ticks(self, scale: &Scale, wanted: usize) -> Vec<f64> {
        let times = self == Measure::Time && scale.is_logarithmic();
        if times { time_axis::ticks(scale, wanted) } else { scale.ticks(wanted) }
    }

    /// What the figure with a flat name measures.
    pub fn of_metric(flat_name: &str) -> Measure {
        match of_any_app(flat_name).map(|figure| figure.unit) {
            Some(Unit::Dollars) => Measure::Money,
            Some(Unit::Seconds) => Measure::Time,
            Some(Unit::Share) => Measure::Share,
            Some(Unit::Number | Unit::Hours | Unit::KilowattHours | Unit::Flag) | None => Measure::Number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_name_says_what_it_measures() {
        let of = Measure::of_metric;
        assert_eq!((of("tco_usd"), of("usd_per_million_requests")), (Measure::Money, Measure::Money));
        assert_eq!((of("latency_p99_s"), of("requests_cold_share")), (Measure::Time, Measure::Share));
        assert_eq!((of("fleet_cpu_used"), of("instances_peak")), (Measure::Share, Measure::Number));
        assert_eq!((of("apps_x_latency_p99_s"), of("invoice_compute_usd")), (Measure::Time, Measure::Money));
    }
}
