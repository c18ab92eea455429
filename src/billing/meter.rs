//! Meters: what is counted, and how integer sums become exact quantities.

use crate::billing::charge::Over;
use crate::billing::reading::whole;
use crate::billing::used::{Counting, Usage};
use crate::units::Exact;
use num_bigint::BigInt;
use num_traits::Zero;

/// What a charge counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Meter {
    /// Requests, or the chunks that they are cut into.
    Requests,
    /// Time of instances (or of requests) in seconds.
    InstanceSeconds,
    /// The same in hours.
    InstanceHours,
    /// Memory in units of 2^30 bytes × seconds.
    GibSeconds,
    /// Memory in units of 10^9 bytes × seconds.
    GbSeconds,
    /// Clock rate in GHz × seconds.
    GhzSeconds,
    /// Cores × seconds.
    VcpuSeconds,
    /// CPU time of requests in milliseconds.
    CpuMilliseconds,
    /// Bytes sent, in units of 10^9.
    EgressGb,
    /// Bytes sent, in units of 2^30.
    EgressGib,
    /// Disk in units of 10^9 bytes × share of the month.
    StorageGbMonths,
    /// Disk in units of 2^30 bytes × share of the month.
    StorageGibMonths,
    /// Memory of provisioned instances in units of 2^30 bytes × seconds.
    ProvisionedGibSeconds,
    /// Rack units rented: a level.
    RackUnits,
    /// Electric power reserved: a level.
    Kilowatts,
    /// Months: one per invoice, or the share of the month that an instance lived.
    Months,
    /// CPU time beyond what an instance earns, in hours of a virtual CPU.
    SurplusVcpuHours,
    /// 95th percentile of five-minute bandwidth samples: a level.
    BandwidthP95Mbps,
    /// Disk that was ordered beside what a size includes, in units of 10^9 bytes × share of the month.
    VolumeGbMonths,
    /// Bytes of requests and answers, in units of 10^9.
    TrafficGb,
    /// Bytes written to logs, in units of 10^9.
    LogGb,
    /// Calls to others.
    Calls,
    /// Bytes of such calls, there and back, in units of 10^9.
    CallGb,
    /// Data kept all month, in units of 10^9 bytes.
    StoredGbMonths,
    /// A balancer's capacity units × hours, by its most demanding dimension.
    BalancerUnitHours,
    /// Money: what the other lines come to.
    Subtotal,
    /// A meter that only a usage file fills.
    Custom(String),
}

/// What a meter looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Each request.
    Requests,
    /// The CPU time of each request.
    CpuTime,
    /// Time of whatever the charge counts: requests, busy or idle time, lives.
    Time,
    /// Disk × the time of lives.
    Disk,
    /// The share of the month that an instance lived, or the month itself.
    Months,
    /// What was needed at most.
    Level,
    /// What instances borrowed.
    Surplus,
    /// What is kept all month.
    Stored,
    /// What the balancer before all apps of an account had to do.
    Balancer,
    /// The other lines of the invoice.
    Invoice,
    /// What a usage file states.
    Statement,
}

const NAMES: &[(&str, Meter)] = &[
    ("requests", Meter::Requests),
    ("instance-seconds", Meter::InstanceSeconds),
    ("instance-hours", Meter::InstanceHours),
    ("gib-seconds", Meter::GibSeconds),
    ("gb-seconds", Meter::GbSeconds),
    ("ghz-seconds", Meter::GhzSeconds),
    ("vcpu-seconds", Meter::VcpuSeconds),
    ("cpu-milliseconds", Meter::CpuMilliseconds),
    ("egress-gb", Meter::EgressGb),
    ("egress-gib", Meter::EgressGib),
    ("storage-gb-months", Meter::StorageGbMonths),
    ("storage-gib-months", Meter::StorageGibMonths),
    ("provisioned-gib-seconds", Meter::ProvisionedGibSeconds),
    ("rack-units", Meter::RackUnits),
    ("kilowatts", Meter::Kilowatts),
    ("months", Meter::Months),
    ("surplus-vcpu-hours", Meter::SurplusVcpuHours),
    ("bandwidth-p95-mbps", Meter::BandwidthP95Mbps),
    ("volume-gb-months", Meter::VolumeGbMonths),
    ("traffic-gb", Meter::TrafficGb),
    ("log-gb", Meter::LogGb),
    ("calls", Meter::Calls),
    ("call-gb", Meter::CallGb),
    ("stored-gb-months", Meter::StoredGbMonths),
    ("balancer-unit-hours", Meter::BalancerUnitHours),
    ("subtotal", Meter::Subtotal),
];

const NANOSECONDS_PER_HOUR: u64 = 3_600_000_000_000;
const GIGABYTE: u64 = 1_000_000_000;
const GIBIBYTE: u64 = 1 << 30;

impl Meter {
    /// The meter of that name; a name that no simulator meter has is one that only a usage file fills.
    pub fn parse(name: &str) -> Meter {
        let known = NAMES.iter().find(|(known, _)| *known == name).map(|(_, meter)| meter.clone());
        known.unwrap_or_else(|| Meter::Custom(name.to_string()))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Meter::Custom(name) => name,
            known => NAMES.iter().find(|(_, meter)| meter == known).map_or("", |(name, _)| name),
        }
    }

    /// The names of all meters that a simulation fills.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// What it looks at.
    pub fn reads(&self) -> Reads {
        use Meter::*;
        match self {
            Requests | EgressGb | EgressGib | TrafficGb | LogGb | Calls | CallGb => Reads::Requests,
            CpuMilliseconds => Reads::CpuTime,
            InstanceSeconds
            | InstanceHours
            | GibSeconds
            | GbSeconds
            | GhzSeconds
            | VcpuSeconds
            | ProvisionedGibSeconds => Reads::Time,
            StorageGbMonths | StorageGibMonths | VolumeGbMonths => Reads::Disk,
            Months => Reads::Months,
            RackUnits | Kilowatts | BandwidthP95Mbps => Reads::Level,
            SurplusVcpuHours => Reads::Surplus,
            StoredGbMonths => Reads::Stored,
            BalancerUnitHours => Reads::Balancer,
            Subtotal => Reads::Invoice,
            Custom(_) => Reads::Statement,
        }
    }

    /// Whether it is time, alone or multiplied by what an instance holds; such a meter is counted
    /// over requests, busy time or life.
    pub fn is_time(&self) -> bool {
        self.reads() == Reads::Time
    }

    /// Whether it is time × memory, cores or clock rate of whatever holds them.
    pub fn is_allocation_time(&self) -> bool {
        self.is_time() && !self.is_plain_time() && *self != Meter::ProvisionedGibSeconds
    }

    /// Whether it is time × memory.
    pub fn is_memory_time(&self) -> bool {
        matches!(self, Meter::GibSeconds | Meter::GbSeconds | Meter::ProvisionedGibSeconds)
    }

    /// Whether it is time alone.
    pub fn is_plain_time(&self) -> bool {
        matches!(self, Meter::InstanceSeconds | Meter::InstanceHours)
    }

    /// Whether it is data sent.
    pub fn is_egress(&self) -> bool {
        matches!(self, Meter::EgressGb | Meter::EgressGib)
    }

    /// What is counted where a charge does not say `over`.
    pub fn default_over(&self, serverless: bool) -> Over {
        match self {
            other if matches!(other.reads(), Reads::Requests | Reads::CpuTime) => Over::Request,
            time if time.is_allocation_time() && serverless => Over::Request,
            _ => Over::Life,
        }
    }

    /// How many base units make one unit of the meter, in a month of so many hours.
    ///
    /// The base units are the integers that a simulation sums: requests; nanoseconds; byte·ns;
    /// hertz·ns; millionths of a core·ns (of surplus, whole cores·ns); bytes; for rack units and Mbit/s themselves; watts.
    pub fn base(&self, month_hours: &Exact) -> Exact {
        let whole = |factors: &[u64]| Exact::from(factors.iter().fold(BigInt::from(1), |product, f| product * f));
        let month = || month_hours * whole(&[NANOSECONDS_PER_HOUR]);
        match self {
            Meter::Requests | Meter::RackUnits | Meter::BandwidthP95Mbps => whole(&[]),
            Meter::Calls | Meter::BalancerUnitHours | Meter::Subtotal | Meter::Custom(_) => whole(&[]),
            Meter::InstanceSeconds => whole(&[1_000_000_000]),
            Meter::InstanceHours => whole(&[NANOSECONDS_PER_HOUR]),
            Meter::GibSeconds | Meter::ProvisionedGibSeconds => whole(&[1_000_000_000, GIBIBYTE]),
            Meter::GbSeconds => whole(&[1_000_000_000, GIGABYTE]),
            Meter::GhzSeconds => whole(&[1_000_000_000, 1_000_000_000]),
            Meter::VcpuSeconds => whole(&[1_000_000_000, 1_000_000]),
            Meter::SurplusVcpuHours => whole(&[NANOSECONDS_PER_HOUR]),
            Meter::CpuMilliseconds => whole(&[1_000_000]),
            Meter::EgressGb | Meter::TrafficGb | Meter::LogGb | Meter::CallGb | Meter::StoredGbMonths => {
                whole(&[GIGABYTE])
            }
            Meter::EgressGib => whole(&[GIBIBYTE]),
            Meter::StorageGbMonths | Meter::VolumeGbMonths => month() * whole(&[GIGABYTE]),
            Meter::StorageGibMonths => month() * whole(&[GIBIBYTE]),
            Meter::Months => month(),
            Meter::Kilowatts => whole(&[1000]),
        }
    }

    /// What was used, in the meter's units, exactly.
    pub fn quantity(&self, used: &Usage, counting: &Counting<'_>) -> Exact {
        if let Some(stated) = &used.stated {
            return stated.clone();
        }
        let each = counting.each;
        let sum = match self {
            Meter::Requests => &used.requests * whole(each.payload(used.payload)),
            Meter::EgressGb | Meter::EgressGib => &used.answered * whole(each.payload_bytes(used.response)),
            Meter::TrafficGb => &used.requests * whole(used.request) + &used.answered * whole(used.response),
            Meter::LogGb => &used.requests * whole(used.log),
            Meter::Calls => &used.requests * &used.calls,
            Meter::CallGb => &used.requests * &used.calls * whole(used.call_bytes),
            Meter::InstanceSeconds | Meter::InstanceHours | Meter::CpuMilliseconds | Meter::Months => {
                counting.time(used)
            }
            Meter::GibSeconds | Meter::GbSeconds | Meter::ProvisionedGibSeconds => {
                counting.time(used) * whole(each.memory(used.memory))
            }
            Meter::VcpuSeconds => counting.time(used) * &used.cores,
            Meter::GhzSeconds => counting.time(used) * &used.hertz,
            Meter::StorageGbMonths | Meter::StorageGibMonths => counting.time(used) * whole(used.disk),
            Meter::VolumeGbMonths => counting.time(used) * whole(used.volume),
            Meter::StoredGbMonths => whole(used.stored),
            Meter::RackUnits => used.rack_units.clone(),
            Meter::Kilowatts => used.watts.clone(),
            Meter::BandwidthP95Mbps => used.bandwidth_p95.clone(),
            Meter::SurplusVcpuHours => used.surplus.clone(),
            Meter::BalancerUnitHours => counting.unit.hours(&used.balanced),
            // The invoice counts itself; a usage file states what only it can know.
            Meter::Subtotal | Meter::Custom(_) => Exact::zero(),
        };
        if sum.is_zero() { sum } else { sum / self.base(counting.month_hours) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{decimal_text, parse_decimal};

    #[test]
    fn names_go_both_ways() {
        for (name, meter) in NAMES {
            assert_eq!(&Meter::parse(name), meter);
            assert_eq!(meter.name(), *name);
        }
        assert_eq!(Meter::parse("durable-objects").name(), "durable-objects");
    }

    #[test]
    fn sums_become_exact_quantities() {
        let month = parse_decimal("730").unwrap();
        let text = |meter: Meter, sum: u128| decimal_text(&(Exact::from(BigInt::from(sum)) / meter.base(&month)), 12);
        // 3 M requests × 1 s × 512 MiB = 1.5 M GiB-s.
        assert_eq!(text(Meter::GibSeconds, 3_000_000 * 1_000_000_000 * (512 << 20)), "1500000");
        // 1 h 15 min 30 s = 4530/3600 h.
        assert_eq!(text(Meter::InstanceHours, 4530 * 1_000_000_000), "1.258333333333");
        // Half a core for two seconds.
        assert_eq!(text(Meter::VcpuSeconds, 500_000 * 2_000_000_000), "1");
        assert_eq!(text(Meter::EgressGb, 2_500_000_000), "2.5");
        assert_eq!(text(Meter::EgressGib, 1 << 29), "0.5");
        // 365 h of a month of 730 h.
        assert_eq!(text(Meter::Months, 365 * u128::from(NANOSECONDS_PER_HOUR)), "0.5");
        assert_eq!(text(Meter::StorageGbMonths, 100_000_000_000 * 730 * u128::from(NANOSECONDS_PER_HOUR)), "100");
    }
}
