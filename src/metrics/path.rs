//! Where figures stand, and their flat names.

/// Where a figure stands in the JSON of a case: `["latency_s", "p99"]`.
pub type Path = Vec<String>;

/// The units that end a flat name.
const UNITS: &[&str] = &["_s", "_usd", "_kwh"];

/// The flat name of a path: its keys joined by `_`, the unit last, `total`, `lines` and `slices`
/// dropped: `latency_p99_s`, `invoice_usd`, `invoice_requests_usd`, `apps_api_latency_p99_s`.
///
/// Names that users gave (of apps, lines and slices) stay as they are, with their dashes and even
/// where they look like a unit or are called `total`. Hours of labour are not dollars:
/// `["labour_usd", "hours"]` is `labour_hours`.
pub fn flat_name(path: &[String]) -> String {
    let (prefix, path) = match path {
        [apps, name, rest @ ..] if apps == "apps" => (format!("apps_{name}_"), rest),
        path => (String::new(), path),
    };
    let mut keys: Vec<&str> = Vec::new();
    let mut unit = "";
    for (index, key) in path.iter().enumerate() {
        let given = index > 0 && matches!(path[index - 1].as_str(), "lines" | "slices");
        let bare = UNITS.iter().find_map(|u| Some((key.strip_suffix(u)?, *u)));
        match (given, bare, key.as_str()) {
            (true, _, key) => keys.push(key),
            (_, _, "total" | "lines" | "slices") => {}
            (_, Some((bare, found)), _) => {
                keys.push(bare);
                unit = found;
            }
            (_, _, hours @ ("hours" | "hours_low" | "hours_high")) => {
                keys.push(hours);
                unit = "";
            }
            (_, _, key) => keys.push(key),
        }
    }
    format!("{prefix}{}{unit}", keys.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(path: &[&str]) -> String {
        flat_name(&path.iter().map(|key| key.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn flat_names_are_those_of_the_contract() {
        let names: &[(&[&str], &str)] = &[
            (&["latency_s", "mean"], "latency_mean_s"),
            (&["latency_s", "p99"], "latency_p99_s"),
            (&["queueing_s", "p99"], "queueing_p99_s"),
            (&["invoice_usd", "total"], "invoice_usd"),
            (&["invoice_usd", "lines", "requests"], "invoice_requests_usd"),
            (&["instances", "mean"], "instances_mean"),
            (&["requests", "cold_share"], "requests_cold_share"),
            (&["fleet", "servers_peak"], "fleet_servers_peak"),
            (&["fleet", "energy_kwh"], "fleet_energy_kwh"),
            (&["owned_usd"], "owned_usd"),
            (&["labour_usd", "total"], "labour_usd"),
            (&["labour_usd", "hours"], "labour_hours"),
            (&["labour_usd", "hours_low"], "labour_hours_low"),
            (&["labour_usd", "high"], "labour_high_usd"),
            (&["labour_usd", "set_up_hour"], "labour_set_up_hour_usd"),
            (&["labour_usd", "slices", "runtime"], "labour_runtime_usd"),
            (&["tco_usd"], "tco_usd"),
            (&["usd_per_million_requests"], "usd_per_million_requests"),
            (&["availability"], "availability"),
            (&["provider_usd", "revenue"], "provider_revenue_usd"),
            (&["provider_usd", "lines", "servers"], "provider_servers_usd"),
            (&["apps", "api", "latency_s", "p99"], "apps_api_latency_p99_s"),
            (&["apps", "api", "invoice_usd", "lines", "requests"], "apps_api_invoice_requests_usd"),
        ];
        for (path, expected) in names {
            assert_eq!(flat(path), *expected);
        }
    }

    #[test]
    fn names_that_users_gave_stay_as_they_are() {
        assert_eq!(flat(&["invoice_usd", "lines", "total"]), "invoice_total_usd");
        assert_eq!(flat(&["invoice_usd", "lines", "busy_s"]), "invoice_busy_s_usd");
        assert_eq!(flat(&["labour_usd", "slices", "operating-system"]), "labour_operating-system_usd");
        assert_eq!(flat(&["apps", "web_s", "instances", "mean"]), "apps_web_s_instances_mean");
        assert_eq!(flat(&["apps", "total", "invoice_usd", "total"]), "apps_total_invoice_usd");
    }
}
