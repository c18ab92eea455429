//! Accounts: from what a simulation metered to invoices.
//!
//! Tenant k of all apps is one account. What it used of one model, in all its apps, is one
//! invoice, so that allowances and tiers are shared. Sums are scaled to the month as an exact
//! fraction; levels and flat fees are not.

use super::charge::{Free, Over, RoundTime};
use super::meter::Reads;
use super::reading::whole;
use super::{Balanced, Charge, Committed, Invoice, Metered, PriceList, Terms, Usage, invoice};
use crate::units::{Exact, HOUR, Span};
use num_bigint::BigInt;
use num_traits::Zero;

/// What one lane (an app's tenant) used, in integers, with what each instance holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LaneUse {
    /// The size, by its index in the price list.
    pub size: Option<usize>,
    /// Requests that are billed.
    pub requests: u64,
    /// Requests that were served, and so answered.
    pub served: u64,
    /// Bytes of each response.
    pub response: u64,
    /// Per charge of the price list: the sum of its rounded times in nanoseconds.
    pub times: Vec<u128>,
    /// Per charge: the same by instance position; empty where there are no lives.
    pub by_position: Vec<Vec<u128>>,
    /// Memory that an instance is billed for, in bytes.
    pub memory: u64,
    /// Cores, in millionths.
    pub cores: u64,
    /// Clock share in hertz.
    pub hertz: Exact,
    /// Disk in bytes.
    pub disk: u64,
    /// Bytes that each request brings.
    pub request: u64,
    /// Bytes that each request writes to the logs.
    pub log: u64,
    /// Data that is kept, in bytes.
    pub stored: u64,
    /// Calls that each request makes to others.
    pub calls: Exact,
    /// Bytes of each such call.
    pub call_bytes: u64,
    /// Connections that each request opens.
    pub connections: Exact,
    /// How long each stays open, in nanoseconds.
    pub open: u64,
    /// Rules that a balancer tries for each request.
    pub rules: u64,
    /// Disk that was ordered beside what the size includes, in bytes.
    pub volume: u64,
    /// Rack units of the servers rented, at the most at once.
    pub rack_units: u64,
    /// Watts of the servers rented, at the most at once.
    pub watts: u64,
    /// The 95th percentile of the bandwidth, in Mbit/s.
    pub bandwidth_p95: Exact,
    /// CPU time that was borrowed and is to be paid for, in core-nanoseconds.
    pub surplus: u128,
    /// Nanoseconds that there was an instance at each position.
    pub alive: Vec<u64>,
    /// Instance time by clock hour of the window, in nanoseconds.
    pub hourly: Vec<u64>,
}

/// How a simulated window becomes a month.
#[derive(Clone, Debug)]
pub struct Scale {
    /// The month.
    pub month: Span,
    /// What was simulated.
    pub simulated: Span,
}

impl Scale {
    /// Months per window, exactly.
    pub fn factor(&self) -> Exact {
        Exact::new(BigInt::from(self.month.0), BigInt::from(self.simulated.0))
    }

    /// The month's length in hours.
    pub fn month_hours(&self) -> Exact {
        Exact::new(BigInt::from(self.month.0), BigInt::from(HOUR.0))
    }
}

/// What an account chose of a model.
#[derive(Clone, Debug)]
pub struct Choice<'c> {
    /// Optional charges asked for.
    pub with: &'c [String],
    /// Whether free allowances are there.
    pub allowances: bool,
    /// Its commitments.
    pub committed: Vec<Committed>,
}

/// The invoice of one account for what its lanes used of one price list.
///
/// # Errors
/// Says which charge's last tier was exceeded.
pub fn account_invoice(
    list: &PriceList,
    lanes: &[LaneUse],
    choice: &Choice<'_>,
    scale: &Scale,
) -> Result<Invoice, String> {
    let month_hours = scale.month_hours();
    let terms = Terms {
        month_hours: month_hours.clone(),
        allowances: choice.allowances,
        by_resource: false,
        with: choice.with,
        also: &[],
        committed: &choice.committed,
    };
    let mut metered = Vec::new();
    for (index, charge) in list.charges.iter().enumerate() {
        if terms.in_force(index, charge) {
            meter(index, charge, lanes, scale, &month_hours, &mut metered);
        }
    }
    invoice(list, &metered, &terms).map_err(|beyond| {
        let name = list.charges.get(beyond.charge).map_or("", |charge| charge.name.as_str());
        format!("use of `{name}` goes beyond the end of its last tier")
    })
}

/// Adds what the lanes used of one charge: a balancer is one for all of them.
fn meter(
    index: usize,
    charge: &Charge,
    lanes: &[LaneUse],
    scale: &Scale,
    month_hours: &Exact,
    metered: &mut Vec<Metered>,
) {
    let counted = |used: &&LaneUse| charge.counts(used.size, false) || charge.counts(used.size, true);
    if charge.meter.reads() == Reads::Balancer {
        let mut all = Usage::default();
        lanes.iter().filter(counted).for_each(|used| all.balanced.add(&balanced(charge, used, &scale.factor())));
        metered.push(Metered::new(index, 0, None, charge.quantity(&all, month_hours)));
        return;
    }
    for (lane, used) in lanes.iter().enumerate().filter(|(_, used)| counted(used)) {
        meter_lane(index, charge, lane as u64, used, scale, month_hours, metered);
    }
}

/// Adds what a lane used of one charge: by instance where the charge tells them apart, else in one sum.
fn meter_lane(
    index: usize,
    charge: &Charge,
    lane: u64,
    used: &LaneUse,
    scale: &Scale,
    month_hours: &Exact,
    metered: &mut Vec<Metered>,
) {
    let resource = lane << 32;
    let factor = scale.factor();
    match charge.meter.reads() {
        _ if charge.flat => {}
        Reads::Statement | Reads::Invoice | Reads::Balancer => {}
        Reads::Time | Reads::Disk | Reads::Months => {
            meter_times(index, charge, lane, used, scale, month_hours, metered)
        }
        Reads::Requests | Reads::CpuTime | Reads::Level | Reads::Surplus | Reads::Stored => {
            let quantity = charge.quantity(&usage(used, used.times[index], &factor), month_hours);
            let entitled = entitled(charge, used, scale, month_hours);
            metered.push(Metered { entitled, ..Metered::new(index, resource, used.size, quantity) });
        }
    }
}

/// Adds time, alone or multiplied by what an instance holds.
fn meter_times(
    index: usize,
    charge: &Charge,
    lane: u64,
    used: &LaneUse,
    scale: &Scale,
    month_hours: &Exact,
    metered: &mut Vec<Metered>,
) {
    let factor = scale.factor();
    let rounded_in_sum = charge.sum != RoundTime::default() && charge.over == Over::Life;
    let apart = (charge.is_per_resource() || rounded_in_sum) && !used.by_position.is_empty();
    let sums: Vec<u128> =
        if apart { used.by_position.iter().map(|sums| sums[index]).collect() } else { vec![used.times[index]] };
    for (position, sum) in sums.into_iter().enumerate() {
        let quantity = charge.quantity(&usage(used, sum, &factor), month_hours);
        let mut row = Metered::new(index, lane << 32 | position as u64, used.size, quantity);
        if !apart {
            row.hourly = hourly(charge, used, scale);
        }
        metered.push(row);
    }
}

/// What a lane used in a month. `time`: the sum of what the charge counts, each rounded.
fn usage(used: &LaneUse, time: u128, factor: &Exact) -> Usage {
    let scaled = |sum: u128| if sum == 0 { Exact::zero() } else { Exact::from(BigInt::from(sum)) * factor };
    Usage {
        requests: scaled(u128::from(used.requests)),
        answered: scaled(u128::from(used.served)),
        request: used.request,
        response: used.response,
        payload: used.response,
        log: used.log,
        calls: used.calls.clone(),
        call_bytes: used.call_bytes,
        time: scaled(time),
        memory: used.memory,
        cores: whole(used.cores),
        hertz: used.hertz.clone(),
        disk: used.disk,
        volume: used.volume,
        stored: used.stored,
        rack_units: whole(used.rack_units),
        watts: whole(used.watts),
        bandwidth_p95: used.bandwidth_p95.clone(),
        surplus: scaled(used.surplus),
        balanced: Balanced::default(),
        stated: None,
    }
}

/// What a lane's requests had the balancer do in a month.
fn balanced(charge: &Charge, used: &LaneUse, factor: &Exact) -> Balanced {
    let requests = whole(used.requests) * factor;
    let connections = &requests * &used.connections;
    Balanced {
        open: &connections * whole(used.open),
        connections,
        bytes: &requests * whole(used.request) + whole(used.served) * factor * whole(used.response),
        evaluations: requests * whole(used.rules.saturating_sub(charge.unit.free_rules)),
    }
}

/// The profile of the month's use by clock hour: the window's hours, repeated until the month is
/// full, so that what runs at once in an hour keeps doing so. Only its proportions count. Where the
/// window ends within an hour, that one goes on as it began: it is not to look as if fewer ran.
fn hourly(charge: &Charge, used: &LaneUse, scale: &Scale) -> Vec<Exact> {
    if used.hourly.is_empty() || !(charge.meter.is_plain_time() || charge.meter.is_allocation_time()) {
        return Vec::new();
    }
    let hours = scale.month.0.div_ceil(HOUR.0) as usize;
    let pattern = scale.simulated.0.div_ceil(HOUR.0).max(1) as usize;
    let begun = match scale.simulated.0 % HOUR.0 {
        0 => HOUR.0,
        part => part,
    };
    let at = |hour: usize| {
        let (hour, time) =
            (hour % pattern, |hour| Exact::from(BigInt::from(used.hourly.get(hour).copied().unwrap_or(0))));
        let length = if hour + 1 == pattern { begun } else { HOUR.0 };
        time(hour) * Exact::new(BigInt::from(HOUR.0), BigInt::from(length))
    };
    (0..hours).map(at).collect()
}

/// Which share of its size's allowance each instance brings, all together.
fn entitled(charge: &Charge, used: &LaneUse, scale: &Scale, month_hours: &Exact) -> Exact {
    if !matches!(charge.free, Free::PerInstance { .. }) {
        return Exact::zero();
    }
    let nanoseconds_per_hour = Exact::from(BigInt::from(HOUR.0));
    let hours = |alive: &u64| Exact::from(BigInt::from(*alive)) * scale.factor() / &nanoseconds_per_hour;
    used.alive.iter().map(|alive| charge.free.entitlement(&hours(alive), month_hours)).sum()
}
