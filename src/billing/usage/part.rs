//! What one row adds to one charge.

use super::fill::Filler;
use super::model::Held;
use super::row::{Instances, Requests, Row, RowKind};
use crate::billing::charge::{Charge, Over};
use crate::billing::meter::Meter;
use crate::billing::reading::whole;
use crate::document::Diagnostics;
use crate::units::Exact;
use num_traits::{One, Zero};

/// What a row adds to a charge.
pub(super) enum Part {
    /// Time in nanoseconds, and what is multiplied with it, in base units.
    Timed(Exact, Exact),
    /// A sum in base units.
    Sum(Exact),
    /// A quantity in the meter's units.
    Quantity(Exact),
}

impl Filler<'_> {
    /// What a row adds to a charge; `None`: nothing.
    pub(super) fn part(&self, charge: &Charge, row: &Row, held: &Held, d: &mut Diagnostics) -> Option<Part> {
        match &row.kind {
            RowKind::Quantity { meter, quantity, .. } => {
                (*meter == charge.meter).then(|| Part::Quantity(quantity.clone()))
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
    ) -> Option<Part> {
        let count = whole(requests.count);
        let sum = |each: u64| Some(Part::Sum(&count * whole(each)));
        match &charge.meter {
            _ if charge.flat => None,
            Meter::Requests => sum(charge.each.payload(requests.payload.or(requests.response).unwrap_or(0))),
            Meter::EgressGb | Meter::EgressGib => sum(charge.each.payload_bytes(requests.response?)),
            Meter::CpuMilliseconds => {
                let time = requests.cpu_time.or(requests.time);
                let each = charge.each.time(self.needed(time, "cpu-time", charge, row, d)?);
                Some(Part::Timed(count * whole(each), Exact::one()))
            }
            Meter::ProvisionedGibSeconds => None,
            meter if meter.is_time() && matches!(charge.over, Over::Request | Over::Busy) => {
                let time = self.needed(requests.time, "time", charge, row, d)?;
                let start_up = if self.model.start_is_billed { requests.start_up } else { 0 };
                let cold = whole(charge.each.time(time.saturating_add(start_up))) * whole(requests.cold);
                let warm = whole(charge.each.time(time)) * whole(requests.count - requests.cold);
                Some(Part::Timed(cold + warm, self.held(charge, row, held, d)?))
            }
            _ => None,
        }
    }

    fn part_of_instances(
        &self,
        charge: &Charge,
        row: &Row,
        instances: &Instances,
        held: &Held,
        d: &mut Diagnostics,
    ) -> Option<Part> {
        let time = whole(charge.each.time(self.life(instances)));
        match &charge.meter {
            // A flat charge is paid whatever runs, but it says that what runs is not paid otherwise.
            _ if charge.flat => (self.model.family != "serverless").then_some(Part::Sum(Exact::zero())),
            Meter::ProvisionedGibSeconds if !self.means_provisioned(row) => None,
            _ if charge.over == Over::Busy && row.provisioned == Some(true) && self.sells_idle() => None,
            _ if charge.over == Over::Idle && row.provisioned != Some(true) => None,
            meter if meter.is_time() && charge.over != Over::Request => {
                Some(Part::Timed(time, self.held(charge, row, held, d)?))
            }
            meter if meter.is_storage() => Some(Part::Timed(time, whole(held.disk?))),
            Meter::Months => Some(Part::Timed(time, Exact::one())),
            Meter::RackUnits => self.level(&held.rack_units, "rack-units", charge, row, d).map(Part::Sum),
            Meter::Kilowatts => self.level(&held.power, "power", charge, row, d).map(Part::Sum),
            _ => None,
        }
    }

    /// Whether instances that are kept ready are paid for while they are idle: a row of them is such time.
    fn sells_idle(&self) -> bool {
        let charges = self.model.list.charges.iter().enumerate();
        charges.filter(|(index, charge)| self.terms.in_force(*index, charge)).any(|(_, c)| c.over == Over::Idle)
    }

    /// What a use holds, in the meter's base units without the time.
    fn held(&self, charge: &Charge, row: &Row, held: &Held, d: &mut Diagnostics) -> Option<Exact> {
        let million = whole(1_000_000);
        match &charge.meter {
            meter if meter.is_memory_time() => {
                self.needed(held.memory, "memory", charge, row, d).map(|bytes| whole(charge.each.memory(bytes)))
            }
            Meter::VcpuSeconds => self.needed(held.cpu.clone(), "cpu", charge, row, d).map(|cpu| cpu * million),
            Meter::GhzSeconds => {
                self.needed(held.ghz.clone(), "ghz", charge, row, d).map(|ghz| ghz * whole(1_000_000_000))
            }
            _ => Some(Exact::one()),
        }
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
    fn level(
        &self,
        value: &Option<Exact>,
        key: &str,
        charge: &Charge,
        row: &Row,
        d: &mut Diagnostics,
    ) -> Option<Exact> {
        let stated = |row: &Row| matches!(&row.kind, RowKind::Quantity { meter, .. } if *meter == charge.meter);
        if value.is_none() && self.rows.iter().any(stated) {
            return None;
        }
        self.needed(value.clone(), key, charge, row, d)
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
