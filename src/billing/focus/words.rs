//! The specification's words for families, services and units.

use crate::billing::meter::Meter;

pub(super) fn subcategory(meter: &str, family: &str) -> &'static str {
    match (service(meter), family) {
        ("Networking", _) => "Other (Networking)",
        ("Storage", _) => "Other (Storage)",
        (_, "colocation" | "dedicated" | "vps") => "Virtual Machines",
        (_, "container") => "Containers",
        (_, "serverless") => "Serverless Compute",
        _ => "Other (Compute)",
    }
}

pub(super) fn service(meter: &str) -> &'static str {
    match Meter::parse(meter) {
        Meter::EgressGb | Meter::EgressGib | Meter::BandwidthP95Mbps => "Networking",
        Meter::StorageGbMonths | Meter::StorageGibMonths => "Storage",
        _ => "Compute",
    }
}

pub(super) fn resource_type(family: &str) -> &'static str {
    match family {
        "colocation" | "dedicated" => "Server",
        "vps" => "Virtual Machine",
        "container" => "Container",
        "serverless" => "Function",
        _ => "Application",
    }
}

/// A meter's unit as the specification writes units: singular measures, hyphens between them.
pub(super) fn unit(meter: &str) -> String {
    let known = match Meter::parse(meter) {
        Meter::Requests => "Requests",
        Meter::InstanceSeconds => "Seconds",
        Meter::InstanceHours => "Hours",
        Meter::GibSeconds | Meter::ProvisionedGibSeconds => "GiB-Seconds",
        Meter::GbSeconds => "GB-Seconds",
        Meter::GhzSeconds => "GHz-Seconds",
        Meter::VcpuSeconds => "vCPU-Seconds",
        Meter::CpuMilliseconds => "Milliseconds",
        Meter::EgressGb => "GB",
        Meter::EgressGib => "GiB",
        Meter::StorageGbMonths => "GB-Months",
        Meter::StorageGibMonths => "GiB-Months",
        Meter::RackUnits => "Rack Units",
        Meter::Kilowatts => "Kilowatts",
        Meter::Months => "Months",
        Meter::SurplusVcpuHours => "vCPU-Hours",
        Meter::BandwidthP95Mbps => "Mbps",
        Meter::TrafficGb | Meter::LogGb | Meter::CallGb => "GB",
        Meter::Calls => "Requests",
        Meter::StoredGbMonths | Meter::VolumeGbMonths => "GB-Months",
        Meter::BalancerUnitHours => "Unit-Hours",
        Meter::Subtotal => "USD",
        Meter::Custom(name) => return name,
    };
    known.to_string()
}
