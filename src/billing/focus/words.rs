//! The specification's words for families, services and units.

use crate::billing::meter::Meter;

/// What a row is a service of. Of one name there is one category and one subcategory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) category: &'static str,
    pub(super) subcategory: &'static str,
    /// What stands behind the product in the service's name; empty: the product itself.
    pub(super) part: &'static str,
    /// What a resource of it is.
    pub(super) resource: &'static str,
}

/// Services that have a word of their own: word, category, subcategory, part of the product, kind of resource.
#[rustfmt::skip]
const BY_WORD: &[(&str, &str, &str, &str, &str)] = &[
    ("load-balancer", "Networking", "Application Networking", "load balancing", "Load Balancer"),
    ("public-address", "Networking", "Network Infrastructure", "addresses", "IP Address"),
    ("nat", "Networking", "Network Routing", "NAT", "NAT Gateway"),
    ("inter-zone", "Networking", "Network Connectivity", "transfer between zones", "Network"),
    ("api-gateway", "Integration", "API Management", "API gateway", "API"),
    ("http-api", "Integration", "API Management", "API gateway", "API"),
    ("block-storage", "Storage", "Block Storage", "volumes", "Volume"),
    ("disk", "Storage", "Block Storage", "volumes", "Volume"),
    ("scratch-disk", "Storage", "Other (Storage)", "storage", "Volume"),
    ("object-storage", "Storage", "Object Storage", "objects", "Bucket"),
    ("database", "Databases", "Relational Databases", "database", "Database"),
    ("database-ha", "Databases", "Relational Databases", "database", "Database"),
    ("cache", "Databases", "Caching", "cache", "Cache"),
    ("queue", "Integration", "Messaging", "queue", "Queue"),
    ("logs", "Management and Governance", "Observability", "logs", "Log Group"),
    ("support", "Management and Governance", "Support", "support", "Support Plan"),
];

/// The service of a line: by the word that asks for it, else by its meter; what is neither is the product itself.
pub(super) fn service(meter: &str, asked: Option<&str>, family: &str) -> Service {
    let by_word = |word: &str| BY_WORD.iter().find(|(known, ..)| *known == word);
    if let Some((_, category, subcategory, part, resource)) = asked.and_then(by_word) {
        return Service { category, subcategory, part, resource };
    }
    let other = |category, subcategory, part, resource| Service { category, subcategory, part, resource };
    match Meter::parse(meter) {
        Meter::EgressGb | Meter::EgressGib | Meter::BandwidthP95Mbps | Meter::TrafficGb => {
            other("Networking", "Other (Networking)", "data transfer", "Network")
        }
        Meter::StorageGbMonths | Meter::StorageGibMonths => other("Storage", "Other (Storage)", "storage", "Volume"),
        Meter::VolumeGbMonths => other("Storage", "Block Storage", "volumes", "Volume"),
        _ => other("Compute", of_family(family), "", resource_type(family)),
    }
}

fn of_family(family: &str) -> &'static str {
    match family {
        "colocation" | "dedicated" | "vps" => "Virtual Machines",
        "container" => "Containers",
        "serverless" => "Serverless Compute",
        _ => "Other (Compute)",
    }
}

fn resource_type(family: &str) -> &'static str {
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
        Meter::Subtotal => "Currency",
        Meter::Custom(name) => return in_words(&name),
    };
    known.to_string()
}

/// Measures and lengths of time as the specification writes them.
const MEASURES: &[(&str, &str)] =
    &[("gb", "GB"), ("gib", "GiB"), ("tb", "TB"), ("mb", "MB"), ("vcpu", "vCPU"), ("mbps", "Mbps"), ("usd", "USD")];
const TIMES: &[&str] = &["seconds", "minutes", "hours", "days", "months"];

/// "scratch-gb-seconds" is counted in "GB-Seconds", "durable-objects" in "Durable Objects".
fn in_words(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    let measure = |word: &str| MEASURES.iter().find(|(known, _)| *known == word).map(|(_, text)| (*text).to_string());
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    match words[..] {
        [.., first, time] if TIMES.contains(&time) => {
            format!("{}-{}", measure(first).unwrap_or_else(|| capital(first)), capital(time))
        }
        [.., last] if measure(last).is_some() => measure(last).unwrap_or_default(),
        _ => words.into_iter().map(capital).collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::unit;

    #[test]
    fn units_of_custom_meters_are_written_as_the_specification_does() {
        let found = ["scratch-gb-seconds", "durable-objects", "backup-tb", "seat-months", "usd-used"].map(unit);
        assert_eq!(found, ["GB-Seconds", "Durable Objects", "TB", "Seat-Months", "Usd Used"]);
    }
}
