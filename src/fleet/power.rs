//! The energy that servers use.

use crate::document::{Diagnostics, Node, Table, power};

/// The power of a server, linear in the use of its cores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// Watts of a server that is on and does nothing.
    pub idle_watts: f64,
    /// Watts of a server whose cores are all busy.
    pub peak_watts: f64,
}

/// Joules in a kilowatt-hour.
const JOULES_PER_KILOWATT_HOUR: f64 = 3_600_000.0;

impl Power {
    /// Reads `{ idle = "55 W", peak = "450 W" }`; what is left out is that of `default`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics, default: Power) -> Option<Power> {
        let mut table = Table::of(node, diagnostics)?;
        let idle_watts = table.default("idle", default.idle_watts, diagnostics, power);
        let peak_watts = table.default("peak", default.peak_watts.max(idle_watts), diagnostics, power);
        if peak_watts < idle_watts {
            let message = format!("the peak power of {peak_watts} W is below the idle power of {idle_watts} W");
            diagnostics.error(table.origin(), message, "");
        }
        table.finish(diagnostics);
        Some(Power { idle_watts, peak_watts })
    }

    /// Watts of one server at a utilisation of its cores (0 to 1):
    /// P = idle + (peak − idle) × utilisation (Fan, Weber and Barroso, ISCA 2007).
    pub fn watts(&self, utilisation: f64) -> f64 {
        self.idle_watts + (self.peak_watts - self.idle_watts) * utilisation
    }

    /// Kilowatt-hours of a fleet, at the servers' plugs: the same formula integrated over time.
    /// `powered_server_seconds` is the integral of the number of servers that are on,
    /// `busy_core_seconds` that of the cores at work on all of them, `cores` what one server has.
    pub fn kilowatt_hours(&self, powered_server_seconds: f64, busy_core_seconds: f64, cores: f64) -> f64 {
        let busy_server_seconds = if cores > 0.0 { busy_core_seconds / cores } else { 0.0 };
        let joules =
            self.idle_watts * powered_server_seconds + (self.peak_watts - self.idle_watts) * busy_server_seconds;
        joules / JOULES_PER_KILOWATT_HOUR
    }
}

/// What energy costs, in the currency of `price_per_kilowatt_hour`: the servers' own, times the
/// power usage effectiveness of the data centre (all its energy over that of its servers).
pub fn energy_cost(kilowatt_hours: f64, pue: f64, price_per_kilowatt_hour: f64) -> f64 {
    kilowatt_hours * pue * price_per_kilowatt_hour
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten servers for 730 h at 25 %: 120 + 330 × 0.25 = 202.5 W each, 1,478.25 kWh in all; at a
    /// PUE of 1.5 and 0.10 a kilowatt-hour, 221.7375.
    #[test]
    fn ten_servers_for_a_month() {
        let power = Power { idle_watts: 120.0, peak_watts: 450.0 };
        let seconds = 10.0 * 730.0 * 3600.0;
        let energy = power.kilowatt_hours(seconds, seconds * 64.0 * 0.25, 64.0);
        assert!((power.watts(0.25) - 202.5).abs() < 1e-9);
        assert!((energy - 1478.25).abs() < 1e-9, "{energy}");
        assert!((energy_cost(energy, 1.5, 0.10) - 221.7375).abs() < 1e-9);
        assert_eq!(power.kilowatt_hours(0.0, 0.0, 64.0), 0.0);
    }
}
