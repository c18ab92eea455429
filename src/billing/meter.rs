//! Meters: what is counted, and how integer sums become exact quantities.

use crate::billing::charge::Over;
use crate::units::Exact;
use num_bigint::BigInt;

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
    /// A meter that only a usage file fills.
    Other(String),
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
];

const NANOSECONDS_PER_HOUR: u64 = 3_600_000_000_000;
const GIGABYTE: u64 = 1_000_000_000;
const GIBIBYTE: u64 = 1 << 30;

impl Meter {
    /// The meter of that name; a name that no simulator meter has is one that only a usage file fills.
    pub fn parse(name: &str) -> Meter {
        let known = NAMES.iter().find(|(known, _)| *known == name).map(|(_, meter)| meter.clone());
        known.unwrap_or_else(|| Meter::Other(name.to_string()))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Meter::Other(name) => name,
            known => NAMES.iter().find(|(_, meter)| meter == known).map_or("", |(name, _)| name),
        }
    }

    /// Whether it is time, alone or multiplied by what an instance holds; such a meter is counted
    /// over requests, busy time or life.
    pub fn is_time(&self) -> bool {
        use Meter::*;
        matches!(self, InstanceSeconds | InstanceHours | ProvisionedGibSeconds) || self.is_allocation_time()
    }

    /// Whether it is time × memory, cores or clock rate of whatever holds them.
    pub fn is_allocation_time(&self) -> bool {
        matches!(self, Meter::GibSeconds | Meter::GbSeconds | Meter::GhzSeconds | Meter::VcpuSeconds)
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

    /// Whether it is disk over the month.
    pub fn is_storage(&self) -> bool {
        matches!(self, Meter::StorageGbMonths | Meter::StorageGibMonths)
    }

    /// Whether it is a level (a peak or a percentile), which no length of time scales.
    pub fn is_level(&self) -> bool {
        matches!(self, Meter::RackUnits | Meter::Kilowatts | Meter::BandwidthP95Mbps)
    }

    /// What is counted where a charge does not say `over`.
    pub fn default_over(&self, serverless: bool) -> Over {
        match self {
            Meter::Requests | Meter::CpuMilliseconds | Meter::EgressGb | Meter::EgressGib => Over::Request,
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
            Meter::Requests | Meter::RackUnits | Meter::BandwidthP95Mbps | Meter::Other(_) => whole(&[]),
            Meter::InstanceSeconds => whole(&[1_000_000_000]),
            Meter::InstanceHours => whole(&[NANOSECONDS_PER_HOUR]),
            Meter::GibSeconds | Meter::ProvisionedGibSeconds => whole(&[1_000_000_000, GIBIBYTE]),
            Meter::GbSeconds => whole(&[1_000_000_000, GIGABYTE]),
            Meter::GhzSeconds => whole(&[1_000_000_000, 1_000_000_000]),
            Meter::VcpuSeconds => whole(&[1_000_000_000, 1_000_000]),
            Meter::SurplusVcpuHours => whole(&[NANOSECONDS_PER_HOUR]),
            Meter::CpuMilliseconds => whole(&[1_000_000]),
            Meter::EgressGb => whole(&[GIGABYTE]),
            Meter::EgressGib => whole(&[GIBIBYTE]),
            Meter::StorageGbMonths => month() * whole(&[GIGABYTE]),
            Meter::StorageGibMonths => month() * whole(&[GIBIBYTE]),
            Meter::Months => month(),
            Meter::Kilowatts => whole(&[1000]),
        }
    }

    /// The exact quantity of a sum in base units (see [`Meter::base`]).
    pub fn quantity(&self, sum: u128, month_hours: &Exact) -> Exact {
        self.quantity_of(&Exact::from(BigInt::from(sum)), month_hours)
    }

    /// The same, of a sum that scaling to the month made a fraction.
    pub fn quantity_of(&self, sum: &Exact, month_hours: &Exact) -> Exact {
        sum / self.base(month_hours)
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
        let text = |meter: Meter, sum: u128| decimal_text(&meter.quantity(sum, &month), 12);
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
