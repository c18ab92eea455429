//! The energy that servers use.

use crate::document::{Diagnostics, Node, Table, Value, fraction, power};

/// The power of a server by the use of its cores: straight lines between points.
#[derive(Clone, Debug, PartialEq)]
pub struct Power {
    /// Watts of a server that is on and does nothing.
    pub idle_watts: f64,
    /// Watts of a server whose cores are all busy.
    pub peak_watts: f64,
    /// Shares of load between 0 and 1, ascending, each with its watts: measured points, as SPECpower_ssj2008 publishes
    /// them for every tenth. None: one straight line from idle to peak.
    pub between: Vec<(f64, f64)>,
}

/// Joules in a kilowatt-hour.
const JOULES_PER_KILOWATT_HOUR: f64 = 3_600_000.0;

impl Power {
    /// Reads `{ idle = "55 W", peak = "450 W", at = [[0.1, "98 W"], [0.2, "109 W"]] }`; what is left out is that of
    /// `default`. Points at 0 and 1 are the idle and the peak.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics, default: &Power) -> Option<Power> {
        let mut table = Table::of(node, diagnostics)?;
        let mut points = table.optional("at", diagnostics, points).unwrap_or_default();
        let ends = (points.first().copied(), points.last().copied());
        let of_end = |end: Option<(f64, f64)>, share: f64| end.filter(|(at, _)| *at == share).map(|(_, watts)| watts);
        let (first, last) = (of_end(ends.0, 0.0), of_end(ends.1, 1.0));
        points.retain(|(share, _)| *share > 0.0 && *share < 1.0);
        let idle_watts = table.default("idle", first.unwrap_or(default.idle_watts), diagnostics, power);
        let most = points.last().map_or(idle_watts, |(_, watts)| *watts).max(idle_watts);
        let peak_watts = table.default("peak", last.unwrap_or(default.peak_watts.max(most)), diagnostics, power);
        let read = Power { idle_watts, peak_watts, between: points };
        let twice = first.is_some_and(|watts| watts != idle_watts) || last.is_some_and(|watts| watts != peak_watts);
        if let Some(wrong) = read.falls() {
            diagnostics.error(table.origin(), wrong, "a busier server does not draw less");
        } else if twice {
            let help = "write `idle` and `peak`, or points at 0 and 1";
            diagnostics.error(table.origin(), "the ends of the curve are given twice, and differ", help);
        }
        table.finish(diagnostics);
        Some(read)
    }

    /// Where the curve goes down, in words.
    fn falls(&self) -> Option<String> {
        if self.peak_watts < self.idle_watts {
            return Some(format!(
                "the peak power of {} W is below the idle power of {} W",
                self.peak_watts, self.idle_watts
            ));
        }
        let points: Vec<(f64, f64)> = self.points().collect();
        let fall = points.windows(2).find(|pair| pair[1].1 < pair[0].1)?;
        let [(low, more), (high, less)] = [fall[0], fall[1]];
        Some(format!("{less} W at a load of {high} is below {more} W at {low}"))
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let ends = ((0.0, self.idle_watts), (1.0, self.peak_watts));
        std::iter::once(ends.0).chain(self.between.iter().copied()).chain(std::iter::once(ends.1))
    }

    /// Watts of one server at a utilisation of its cores (0 to 1). With two ends alone P = idle + (peak − idle) ×
    /// utilisation (Fan, Weber and Barroso, ISCA 2007), which is 9 to 24 % too low at the loads of real fleets
    /// (10 to 30 %) for servers that were measured; points between mend that.
    pub fn watts(&self, utilisation: f64) -> f64 {
        let mut low = (0.0, self.idle_watts);
        for high in self.points().skip(1) {
            if utilisation <= high.0 {
                return low.1 + (high.1 - low.1) * (utilisation - low.0) / (high.0 - low.0);
            }
            low = high;
        }
        self.peak_watts
    }

    /// Kilowatt-hours of a fleet, at the servers' plugs. Each stretch of time has its integral of the number of servers
    /// that are on, and that of the cores at work on all of them; `cores` is what one server has. Within a stretch the
    /// servers are taken as equally busy, which matters where the power is not a straight line.
    pub fn kilowatt_hours(&self, stretches: impl Iterator<Item = (f64, f64)>, cores: f64) -> f64 {
        let joules = |(server_seconds, busy_core_seconds): (f64, f64)| {
            if self.between.is_empty() {
                let busy_server_seconds = if cores > 0.0 { busy_core_seconds / cores } else { 0.0 };
                return self.idle_watts * server_seconds + (self.peak_watts - self.idle_watts) * busy_server_seconds;
            }
            let of_all = server_seconds * cores;
            let utilisation = if of_all > 0.0 { busy_core_seconds / of_all } else { 0.0 };
            self.watts(utilisation) * server_seconds
        };
        stretches.map(joules).sum::<f64>() / JOULES_PER_KILOWATT_HOUR
    }
}

/// `[[0.1, "98 W"], …]`: shares of load, ascending, with their watts.
fn points(node: &Node, diagnostics: &mut Diagnostics) -> Option<Vec<(f64, f64)>> {
    let help = "a list of pairs, such as [[0.1, \"98 W\"], [0.5, \"140 W\"]]";
    let Value::Array(items) = &node.value else {
        diagnostics.error(node.at, "expected points of load and power", help);
        return None;
    };
    let mut points: Vec<(f64, f64)> = Vec::new();
    for item in items {
        let Value::Array(pair) = &item.value else {
            diagnostics.error(item.at, "expected a share of load and its power", help);
            return None;
        };
        let [share, watts] = pair.as_slice() else {
            diagnostics.error(item.at, "expected a share of load and its power", help);
            return None;
        };
        let point = (fraction(share, diagnostics)?, power(watts, diagnostics)?);
        if points.last().is_some_and(|(last, _)| *last >= point.0) {
            diagnostics.error(share.at, "the shares of load are not in ascending order", help);
            return None;
        }
        points.push(point);
    }
    Some(points)
}

/// What energy costs, in the currency of `price_per_kilowatt_hour`: the servers' own, times the
/// power usage effectiveness of the data centre (all its energy over that of its servers).
pub fn energy_cost(kilowatt_hours: f64, pue: f64, price_per_kilowatt_hour: f64) -> f64 {
    kilowatt_hours * pue * price_per_kilowatt_hour
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Power>, String) {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("server.toml", text);
        let node = Node::parse(source, &mut diagnostics);
        let default = Power { idle_watts: 55.0, peak_watts: 450.0, between: Vec::new() };
        let power = Power::read(&node, &mut diagnostics, &default);
        (power, diagnostics.render(false))
    }

    /// Ten servers for 730 h at 25 %: 120 + 330 × 0.25 = 202.5 W each, 1,478.25 kWh in all; at a
    /// PUE of 1.5 and 0.10 a kilowatt-hour, 221.7375.
    #[test]
    fn ten_servers_for_a_month() {
        let power = Power { idle_watts: 120.0, peak_watts: 450.0, between: Vec::new() };
        let seconds = 10.0 * 730.0 * 3600.0;
        let energy = power.kilowatt_hours([(seconds, seconds * 64.0 * 0.25)].into_iter(), 64.0);
        assert!((power.watts(0.25) - 202.5).abs() < 1e-9);
        assert!((energy - 1478.25).abs() < 1e-9, "{energy}");
        assert!((energy_cost(energy, 1.5, 0.10) - 221.7375).abs() < 1e-9);
        assert_eq!(power.kilowatt_hours([(0.0, 0.0)].into_iter(), 64.0), 0.0);
    }

    /// A published server: 58.4 W idle, 98, 109 and 118 W at the first three tenths, 222 W at the peak. The straight line
    /// has 74.8 W at a tenth, 24 % too little. Half an hour at 0.05 and half at 0.3: (78.2 + 118) / 2 Wh.
    #[test]
    fn measured_points_lie_above_the_straight_line() {
        let (power, errors) =
            read("at = [[0, \"58.4 W\"], [0.1, \"98 W\"], [0.2, \"109 W\"], [0.3, \"118 W\"], [1, \"222 W\"]]");
        let power = power.unwrap();
        assert_eq!((errors.as_str(), power.idle_watts, power.peak_watts, power.between.len()), ("", 58.4, 222.0, 3));
        for (load, watts) in
            [(0.0, 58.4), (0.05, 78.2), (0.1, 98.0), (0.15, 103.5), (0.3, 118.0), (0.65, 170.0), (1.0, 222.0)]
        {
            assert!((power.watts(load) - watts).abs() < 1e-9, "{load}: {}", power.watts(load));
        }
        let energy =
            power.kilowatt_hours([(1800.0, 1800.0 * 0.05 * 8.0), (1800.0, 1800.0 * 0.3 * 8.0)].into_iter(), 8.0);
        assert!((energy - 0.0981).abs() < 1e-12, "{energy}");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("at = \"98 W\"", "points of load and power"),
            ("at = [[0.1]]", "a share of load and its power"),
            ("at = [[0.2, \"98 W\"], [0.1, \"99 W\"]]", "ascending"),
            ("at = [[0.2, \"98 W\"], [0.5, \"90 W\"]]", "90 W at a load of 0.5 is below 98 W at 0.2"),
            ("at = [[0.2, \"40 W\"]]", "40 W at a load of 0.2 is below 55 W at 0"),
            ("at = [[1.2, \"40 W\"]]", "from 0 to 1"),
            ("idle = \"60 W\"\nat = [[0, \"58 W\"]]", "given twice"),
            ("idle = \"60 W\"\npeak = \"50 W\"", "below the idle"),
        ] {
            let errors = read(text).1;
            assert!(errors.contains(expected), "{expected} is not in\n{errors}");
        }
    }
}
