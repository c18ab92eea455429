//! What one row adds to one charge.

use super::fill::Filler;
use super::model::Held;
use super::row::{Instances, Requests, Row, RowKind};
use crate::billing::charge::{Charge, Over};
use crate::billing::meter::{Meter, Reads};
use crate::billing::reading::whole;
use crate::billing::used::{Balanced, Usage};
use crate::document::Diagnostics;
use crate::units::Exact;

impl Filler<'_> {
    /// What a row adds to a charge; `None`: nothing.
    pub(super) fn part(&self, charge: &Charge, row: &Row, held: &Held, d: &mut Diagnostics) -> Option<Usage> {
        match &row.kind {
            RowKind::Quantity { meter, quantity, .. } => {
                (*meter == charge.meter).then(|| Usage::of_quantity(quantity.clone()))
            }
            RowKind::Requests(requests) => self.part_of_requests(charge, row, requests, held, d),
            RowKind::Instances(instances) => self.part_of_instances(charge, row, instances, held, d),
        }
    }

    fn part_of_requests(
        &self,
        charge: &Charge,
        row: &Row,
        requests: &Requests,
        held: &Held,
        d: &mut Diagnostics,
    ) -> Option<Usage> {
        let count = whole(requests.count);
        match charge.meter.reads() {
            _ if charge.flat => None,
            Reads::Requests => self.counted(charge, requests),
            Reads::CpuTime => {
                let time = requests.cpu_time.or(requests.time);
                let each = charge.each.time(self.needed(time, "cpu-time", charge, row, d)?);
                Some(Usage { time: count * whole(each), ..Usage::default() })
            }
            Reads::Time if charge.meter == Meter::ProvisionedGibSeconds => None,
            Reads::Time => {
                let (Over::Request | Over::Busy) = charge.over else { return None };
                let time = self.needed(requests.time, "time", charge, row, d)?;
                let start_up = if self.model.start_is_billed { requests.start_up } else { 0 };
                let cold = whole(charge.each.time(time.saturating_add(start_up))) * whole(requests.cold);
                let warm = whole(charge.each.time(time)) * whole(requests.count - requests.cold);
                self.held(charge, row, held, cold + warm, d)
            }
            Reads::Balancer => {
                let bytes = requests.request.unwrap_or(0).saturating_add(requests.response.unwrap_or(0));
                let balanced = Balanced { bytes: &count * whole(bytes), connections: count, ..Balanced::default() };
                Some(Usage { balanced, ..Usage::default() })
            }
            Reads::Disk | Reads::Months | Reads::Level | Reads::Surplus | Reads::Stored => None,
            Reads::Invoice | Reads::Statement => None,
        }
    }

    /// What is counted of each request; `None`: the row does not say it.
    fn counted(&self, charge: &Charge, requests: &Requests) -> Option<Usage> {
        let says = match &charge.meter {
            Meter::EgressGb | Meter::EgressGib => requests.response.is_some(),
            Meter::TrafficGb => requests.response.or(requests.request).is_some(),
            Meter::LogGb => requests.log.is_some(),
            Meter::Calls | Meter::CallGb => false,
            _ => true,
        };
        let count = whole(requests.count);
        says.then(|| Usage {
            requests: count.clone(),
            answered: count,
            request: requests.request.unwrap_or(0),
            response: requests.response.unwrap_or(0),
            payload: requests.payload.or(requests.response).unwrap_or(0),
            log: requests.log.unwrap_or(0),
            ..Usage::default()
        })
    }

    fn part_of_instances(
        &self,
        charge: &Charge,
        row: &Row,
        instances: &Instances,
        held: &Held,
        d: &mut Diagnostics,
    ) -> Option<Usage> {
        let time = whole(charge.each.time(self.life(instances)));
        let ready = row.provisioned == Some(true);
        match charge.meter.reads() {
            // A flat charge is paid whatever runs, but it says that what runs is not paid otherwise.
            _ if charge.flat => (self.model.family != "serverless").then(Usage::default),
            Reads::Time if charge.meter == Meter::ProvisionedGibSeconds && !self.means_provisioned(row) => None,
            Reads::Time => match charge.over {
                Over::Request => None,
                Over::Busy if ready && self.sells_idle() => None,
                Over::Idle if !ready => None,
                Over::Busy | Over::Idle | Over::Life | Over::Month => self.held(charge, row, held, time, d),
            },
            Reads::Disk if charge.meter == Meter::VolumeGbMonths => {
                Some(Usage { time, volume: row.held.disk?, ..Usage::default() })
            }
            Reads::Disk => Some(Usage { time, disk: held.disk?, ..Usage::default() }),
            Reads::Months => Some(Usage { time, ..Usage::default() }),
            Reads::Level => self.level(charge, row, held, d),
            Reads::Requests | Reads::CpuTime | Reads::Surplus | Reads::Stored => None,
            Reads::Balancer | Reads::Invoice | Reads::Statement => None,
        }
    }

    /// Whether instances that are kept ready are paid for while they are idle: a row of them is such time.
    fn sells_idle(&self) -> bool {
        let charges = self.model.list.charges.iter().enumerate();
        charges.filter(|(index, charge)| self.terms.in_force(*index, charge)).any(|(_, c)| c.over == Over::Idle)
    }

    /// So much time with what the meter multiplies it by.
    fn held(&self, charge: &Charge, row: &Row, held: &Held, time: Exact, d: &mut Diagnostics) -> Option<Usage> {
        let mut used = Usage { time, ..Usage::default() };
        if charge.meter.is_memory_time() {
            used.memory = self.needed(held.memory, "memory", charge, row, d)?;
        }
        if charge.meter == Meter::VcpuSeconds {
            used.cores = self.needed(held.cpu.clone(), "cpu", charge, row, d)? * whole(1_000_000);
        }
        if charge.meter == Meter::GhzSeconds {
            used.hertz = self.needed(held.ghz.clone(), "ghz", charge, row, d)? * whole(1_000_000_000);
        }
        Some(used)
    }

    fn needed<T>(&self, value: Option<T>, key: &str, charge: &Charge, row: &Row, d: &mut Diagnostics) -> Option<T> {
        if value.is_none() {
            let message = format!("the charge `{}` needs this row's `{key}`", charge.name);
            let in_size = matches!(key, "memory" | "cpu" | "ghz" | "rack-units" | "power");
            let help = if in_size { format!("write `{key}` here, or a `size` that has it") } else { String::new() };
            d.error(row.at, message, help);
        }
        value
    }

    /// A level, which another row may state as a plain quantity instead.
    fn level(&self, charge: &Charge, row: &Row, held: &Held, d: &mut Diagnostics) -> Option<Usage> {
        let stated = |row: &Row| matches!(&row.kind, RowKind::Quantity { meter, .. } if *meter == charge.meter);
        let stated = self.rows.iter().any(stated);
        let mut of = |value: &Option<Exact>, key: &str| {
            if value.is_none() && stated { None } else { self.needed(value.clone(), key, charge, row, d) }
        };
        match &charge.meter {
            Meter::RackUnits => Some(Usage { rack_units: of(&held.rack_units, "rack-units")?, ..Usage::default() }),
            Meter::Kilowatts => Some(Usage { watts: of(&held.power, "power")?, ..Usage::default() }),
            _ => None,
        }
    }

    /// Whether a row of instances counts provisioned ones: it says so, or no other charge of the
    /// model could count it.
    fn means_provisioned(&self, row: &Row) -> bool {
        let other = |(index, charge): (usize, &Charge)| {
            let time = charge.meter.is_time() && charge.meter != Meter::ProvisionedGibSeconds;
            time && !charge.flat && charge.over != Over::Request && self.terms.in_force(index, charge)
        };
        row.provisioned.unwrap_or_else(|| !self.model.list.charges.iter().enumerate().any(other))
    }
}
