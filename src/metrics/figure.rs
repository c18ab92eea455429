//! The figures of a result, each declared once: where it stands, its unit, of what it is said, what it means. The order
//! is that of the JSON. Flat names, CSV columns, the schema, the table of the documentation, `[expect]`, axes of figures
//! and the columns of sweeps derive from this; `experiment` fills each by its name here.

use super::path::{Path, flat_name};
use crate::units::percentile;

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number, of requests, instances, servers.
    Number,
    /// A part of one.
    Share,
    /// Seconds.
    Seconds,
    /// US dollars; of one month, where it is not said otherwise.
    Dollars,
    /// Hours of work.
    Hours,
    /// Energy.
    KilowattHours,
    /// 1 or 0: yes or no.
    Flag,
}

/// Of what a figure is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Of a case.
    Case,
    /// Of a case, and of each of its apps under `["apps", NAME]`.
    CaseAndApp,
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Where it stands in the JSON; one for each name comes under the names' path.
    pub path: &'static [&'static str],
    /// Its unit.
    pub unit: Unit,
    /// Of what it is said.
    pub scope: Scope,
    /// What there is one of, each under its name; empty where it is one figure.
    pub by: &'static str,
    /// Where it is there, if that is not everywhere.
    pub only: &'static str,
    /// What it means.
    pub doc: &'static str,
}

impl Figure {
    const fn of_case(path: &'static [&'static str], unit: Unit, doc: &'static str) -> Figure {
        Figure { path, unit, scope: Scope::Case, by: "", only: "", doc }
    }

    const fn of_app_too(self) -> Figure {
        Figure { scope: Scope::CaseAndApp, ..self }
    }

    const fn by(self, by: &'static str) -> Figure {
        Figure { by, ..self }
    }

    const fn only(self, only: &'static str) -> Figure {
        Figure { only, ..self }
    }

    /// Its group: the first key of its path.
    pub fn group(&self) -> &'static str {
        self.path.first().copied().unwrap_or_default()
    }

    /// Its path in the figures of a case.
    pub fn path(&self) -> Path {
        self.path.iter().map(|key| (*key).to_string()).collect()
    }

    /// Its path where it is said of an app.
    pub fn path_of_app(&self, app: &str) -> Path {
        ["apps", app].iter().chain(self.path).map(|key| (*key).to_string()).collect()
    }

    /// Its flat name: [`flat_name`] of its path. Of one by names, with `NAME` for a name.
    pub fn flat_name(&self) -> String {
        let mut path = self.path();
        if !self.by.is_empty() {
            path.push("NAME".into());
        }
        flat_name(&path)
    }

    /// Whether a flat name is its own, or that of one of its names.
    fn is_called(&self, flat: &str) -> bool {
        let known = self.flat_name();
        match known.split_once("NAME") {
            Some((before, after)) if self.by == "percentile" => {
                let key = flat.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
                key.is_some_and(|key| percentile::of_key(key).is_some())
            }
            Some((before, after)) => {
                flat.len() > before.len() + after.len() && flat.starts_with(before) && flat.ends_with(after)
            }
            None => known == flat,
        }
    }
}

macro_rules! figures {
    ($($name:ident = $figure:expr;)*) => {
        $(
            #[doc = concat!("The figure `", stringify!($name), "`; what it means is in its `doc`.")]
            pub const $name: Figure = $figure;
        )*
        /// All figures, in the order of the JSON.
        pub const FIGURES: &[Figure] = &[$($name),*];
    };
}

use Unit::{Dollars, Flag, Hours, KilowattHours, Number, Seconds, Share};

const fn requests(path: &'static [&'static str], doc: &'static str) -> Figure {
    Figure::of_case(path, Number, doc).of_app_too()
}

const fn latency(path: &'static [&'static str], doc: &'static str) -> Figure {
    Figure::of_case(path, Seconds, doc).of_app_too()
}

const fn fleet(path: &'static [&'static str], unit: Unit, doc: &'static str) -> Figure {
    Figure::of_case(path, unit, doc)
}

const fn money(path: &'static [&'static str], doc: &'static str) -> Figure {
    Figure::of_case(path, Dollars, doc)
}

const fn shares(path: &'static [&'static str], doc: &'static str) -> Figure {
    Figure::of_case(path, Share, doc).of_app_too()
}

const fn tenants(path: &'static [&'static str], unit: Unit, doc: &'static str) -> Figure {
    Figure::of_case(path, unit, doc).only(TENANTS_ONLY)
}

/// Where there are several tenants.
const TENANTS_ONLY: &str = "an app has several tenants";

/// Where there is a cluster.
const CLUSTERS: &str = "the case has a cluster";

figures! {
    ARRIVED = requests(&["requests", "arrived"], "Requests that came in the measured window.");
    SERVED = requests(&["requests", "served"], "They had their answer.");
    REJECTED = requests(&["requests", "rejected"], "They found a queue, a limit or the fleet full.");
    TIMED_OUT = requests(&["requests", "timed_out"], "Their callers left before the answer.");
    LOST = requests(&["requests", "lost"], "Their instance failed.");
    STOPPED = requests(&["requests", "stopped"], "They ran for longer than the platform allows.");
    IN_FLIGHT = requests(&["requests", "in_flight"], "Unfinished at the end.");
    ATTEMPTS = requests(&["requests", "attempts"], "How often they were sent, first attempts and those that were tried again.");
    COLD = requests(&["requests", "cold"], "They waited for an instance to start.");
    COLD_SHARE = Figure { unit: Share, ..requests(&["requests", "cold_share"], "The cold of those that arrived.") };
    WAITED = requests(&["requests", "waited"], "They did not come inside at once: they stood in a line or waited for a start, whatever became of them, unless they were turned away.");
    WAITED_SHARE = Figure { unit: Share, ..requests(&["requests", "waited_share"], "Of those that arrived, who waited.") };
    REJECTED_SHARE = Figure { unit: Share, ..requests(&["requests", "rejected_share"], "The rejected of those that arrived.") };

    LATENCY_MEAN = latency(&["latency_s", "mean"], "From arrival to answer, of served requests.");
    LATENCY_P50 = latency(&["latency_s", "p50"], "Half of them take no longer.");
    LATENCY_P90 = latency(&["latency_s", "p90"], "90 % take no longer.");
    LATENCY_P95 = latency(&["latency_s", "p95"], "95 % take no longer.");
    LATENCY_P99 = latency(&["latency_s", "p99"], "99 % take no longer.");
    LATENCY_P999 = latency(&["latency_s", "p999"], "99.9 % take no longer.");
    LATENCY_MAX = latency(&["latency_s", "max"], "The longest.");
    QUEUEING_MEAN = latency(&["queueing_s", "mean"], "From arrival to being inside an instance, start-up included.");
    QUEUEING_P99 = latency(&["queueing_s", "p99"], "99 % wait no longer.");

    LATENCY_SERVICE = shares(&["latency_shares", "service"], "What a request takes alone on its instance; a share of the latency of served requests.");
    LATENCY_CROWDING = shares(&["latency_shares", "crowding"], "How much longer it was inside, as it shared a processor or a server; a share of the latency of served requests.");
    LATENCY_QUEUEING = shares(&["latency_shares", "queueing"], "Waiting to be inside, starts aside; a share of the latency of served requests.");
    LATENCY_COLD_START = shares(&["latency_shares", "cold_start"], "Waiting while an instance was starting for it; a share of the latency of served requests.");
    SLOWEST_SERVICE = shares(&["slowest_shares", "service"], "What a request takes alone on its instance; a share of that of the slowest percent.");
    SLOWEST_CROWDING = shares(&["slowest_shares", "crowding"], "How much longer it was inside, as it shared a processor or a server; a share of that of the slowest percent.");
    SLOWEST_QUEUEING = shares(&["slowest_shares", "queueing"], "Waiting to be inside, starts aside; a share of that of the slowest percent.");
    SLOWEST_COLD_START = shares(&["slowest_shares", "cold_start"], "Waiting while an instance was starting for it; a share of that of the slowest percent.");

    INSTANCES_MEAN = requests(&["instances", "mean"], "Their number, over time.");
    INSTANCES_PEAK = requests(&["instances", "peak"], "The most at once.");
    INSTANCES_BUSY = requests(&["instances", "busy"], "Those with at least one request inside, over time.");
    INSTANCES_IDLE = requests(&["instances", "idle"], "Those that are ready with none inside, over time.");
    INSTANCES_STARTING = requests(&["instances", "starting"], "Those that start, over time.");
    INSTANCES_STARTED = requests(&["instances", "started"], "How many were started in the window.");
    INSTANCES_CPU_USED = shares(&["instances", "cpu_used"], "Of their own core-time, what did requests' work.");

    SERVERS_MEAN = fleet(&["fleet", "servers_mean"], Number, "Powered servers, over time.");
    SERVERS_PEAK = fleet(&["fleet", "servers_peak"], Number, "The most powered at once.");
    CPU_USED = fleet(&["fleet", "cpu_used"], Share, "Of all powered servers' core-time, what did requests' work.");
    CPU_RESERVED = fleet(&["fleet", "cpu_reserved"], Share, "Of their core-time, what was reserved for instances.");
    MEMORY_USED = fleet(&["fleet", "memory_used"], Share, "Of their memory, what instances really use.");
    MEMORY_RESERVED = fleet(&["fleet", "memory_reserved"], Share, "Of their memory, what was reserved for instances.");
    ENERGY = fleet(&["fleet", "energy_kwh"], KilowattHours, "Electric energy of the simulated window.");
    REFUSED = fleet(&["fleet", "refused"], Number, "Placements that found no room.");
    NODES_MEAN = fleet(&["fleet", "nodes_mean"], Number, "Nodes of clusters, over time.").only(CLUSTERS);
    NODES_PEAK = fleet(&["fleet", "nodes_peak"], Number, "The most nodes at once.").only(CLUSTERS);
    FAILURES = fleet(&["fleet", "failures"], Number, "Failures of servers in the measured window.").only("servers fail");

    INVOICE = money(&["invoice_usd", "total"], "The invoices, all tenants together.").of_app_too();
    INVOICE_LINES = money(&["invoice_usd", "lines"], "One line of them.").by("charge");
    OWNED = money(&["owned_usd"], "The month's share of the developer's own servers.");
    LABOUR = money(&["labour_usd", "total"], "The developer's labour.");
    LABOUR_HOURS = Figure { unit: Hours, ..money(&["labour_usd", "hours"], "The hours of it.") };
    LABOUR_LOW = money(&["labour_usd", "low"], "The labour with all hours as few as they may be.");
    LABOUR_HIGH = money(&["labour_usd", "high"], "The labour with all hours as many as they may be.");
    LABOUR_HOURS_LOW = Figure { unit: Hours, ..money(&["labour_usd", "hours_low"], "The hours, as few as they may be.") };
    LABOUR_HOURS_HIGH = Figure { unit: Hours, ..money(&["labour_usd", "hours_high"], "The hours, as many as they may be.") };
    LABOUR_SET_UP_HOUR = money(&["labour_usd", "set_up_hour"], "What one hour more, done once for each app and tenant, adds to a month.");
    LABOUR_SLICES = money(&["labour_usd", "slices"], "That of one slice of the stack.").by("slice");
    TCO = money(&["tco_usd"], "Invoice, labour and owned servers.");
    PER_MILLION = money(&["usd_per_million_requests"], "The TCO per million served.");
    AVAILABILITY = Figure::of_case(&["availability"], Share, "Served of those that arrived and are not in flight.");
    SLO_MET = Figure::of_case(&["slo_met"], Flag, "Whether all objectives are met; null where no app states one.").of_app_too().only("an app states an objective");
    SETTLED = Figure::of_case(
        &["settled"],
        Flag,
        "Whether the numbers stay what they are: false where more work is offered than can be done, or a level still drifts at the window's end.",
    );
    WARM_UP = Figure::of_case(&["warm_up_s"], Seconds, "The warm-up that was found, the same for all cases.").only("`warm-up = \"auto\"`");
    REVENUE = money(&["provider_usd", "revenue"], "What the invoices bring the provider.");
    COST = money(&["provider_usd", "cost"], "What the servers cost it.");
    MARGIN = money(&["provider_usd", "margin"], "Revenue less cost.");
    PROVIDER_LINES = money(&["provider_usd", "lines"], "One of the costs.").by("cost");

    TENANTS = tenants(&["tenants", "count"], Number, "How many tenants there are.").of_app_too();
    TENANTS_COLD_SHARE_LOWER_QUARTILE = tenants(&["tenants", "cold_share_lower_quartile"], Share, "A quarter of the tenants have no more: the share of its requests that were cold.").of_app_too();
    TENANTS_COLD_SHARE_MEDIAN = tenants(&["tenants", "cold_share_median"], Share, "Half of the tenants have no more: the share of its requests that were cold.").of_app_too();
    TENANTS_COLD_SHARE_UPPER_QUARTILE = tenants(&["tenants", "cold_share_upper_quartile"], Share, "Three quarters of the tenants have no more: the share of its requests that were cold.").of_app_too();
    TENANTS_COLD_SHARE_WORST = tenants(&["tenants", "cold_share_worst"], Share, "The most that any tenant has: the share of its requests that were cold.").of_app_too();
    TENANTS_LATENCY_MEAN_LOWER_QUARTILE = tenants(&["tenants", "latency_mean_lower_quartile_s"], Seconds, "A quarter of the tenants have no more: its mean latency.").of_app_too();
    TENANTS_LATENCY_MEAN_MEDIAN = tenants(&["tenants", "latency_mean_median_s"], Seconds, "Half of the tenants have no more: its mean latency.").of_app_too();
    TENANTS_LATENCY_MEAN_UPPER_QUARTILE = tenants(&["tenants", "latency_mean_upper_quartile_s"], Seconds, "Three quarters of the tenants have no more: its mean latency.").of_app_too();
    TENANTS_LATENCY_MEAN_WORST = tenants(&["tenants", "latency_mean_worst_s"], Seconds, "The most that any tenant has: its mean latency.").of_app_too();
    TENANTS_INVOICE_LOWER_QUARTILE = tenants(&["tenants", "invoice_lower_quartile_usd"], Dollars, "A quarter of the tenants have no more: its invoices of all its apps.");
    TENANTS_INVOICE_MEDIAN = tenants(&["tenants", "invoice_median_usd"], Dollars, "Half of the tenants have no more: its invoices of all its apps.");
    TENANTS_INVOICE_UPPER_QUARTILE = tenants(&["tenants", "invoice_upper_quartile_usd"], Dollars, "Three quarters of the tenants have no more: its invoices of all its apps.");
    TENANTS_INVOICE_WORST = tenants(&["tenants", "invoice_worst_usd"], Dollars, "The most that any tenant has: its invoices of all its apps.");
}

/// A percentile of latency that an objective names: `latency_p80_s`, `latency_p2_5_s`.
pub const LATENCY_PERCENTILE: Figure =
    latency(&["latency_s"], "A percentile of the time to the answer.").by("percentile").only("an objective names it");
/// A percentile of waiting that an objective names.
pub const QUEUEING_PERCENTILE: Figure =
    latency(&["queueing_s"], "A percentile of the time until inside.").by("percentile").only("an objective names it");
/// The figures that are there for each percentile that some objective names, besides those of [`FIGURES`].
pub const PERCENTILES: &[Figure] = &[LATENCY_PERCENTILE, QUEUEING_PERCENTILE];

/// What the groups hold.
pub const GROUPS: &[(&str, &str)] = &[
    ("requests", "Counts of the measured window over all tenants; the shares are of arrived."),
    ("latency_s", "From arrival to answer, of served requests, in seconds."),
    ("queueing_s", "From arrival to being inside an instance, start-up included, in seconds."),
    ("latency_shares", "Of what the latency of served requests is made; the shares add up to 1."),
    ("slowest_shares", "The same of the slowest percent."),
    ("instances", "Time averages, the most at once, and how many were started."),
    ("fleet", "The physical machines."),
    ("invoice_usd", "The invoices of one month, all tenants together."),
    ("labour_usd", "The developer's labour of one month."),
    ("provider_usd", "The provider's ledger of one month."),
    ("tenants", "Figures over tenants, each of which counts the same, however much it asks."),
];

/// The figure at a path of a case, or below `["apps", NAME]` of an app.
pub fn at(path: &[String]) -> Option<&'static Figure> {
    let (of_app, path) = match path {
        [apps, _, rest @ ..] if apps == "apps" => (true, rest),
        path => (false, path),
    };
    let stands = |figure: &&Figure| match figure.by {
        "" => figure.path.len() == path.len() && figure.path.iter().zip(path).all(|(known, key)| known == key),
        _ => path.len() == figure.path.len() + 1 && figure.path.iter().zip(path).all(|(known, key)| known == key),
    };
    let known = FIGURES.iter().filter(|figure| !of_app || figure.scope == Scope::CaseAndApp).find(stands);
    let is_percentile =
        |figure: &&Figure| matches!(path, [group, key] if group == figure.group() && percentile::of_key(key).is_some());
    known.or_else(|| PERCENTILES.iter().find(is_percentile))
}

/// The figure that a flat name is of: of a case, or of one of these apps.
pub fn called(flat: &str, apps: &[&str]) -> Option<&'static Figure> {
    let of_app = |app: &&str| flat.strip_prefix("apps_")?.strip_prefix(*app)?.strip_prefix('_');
    let of_apps = FIGURES.iter().chain(PERCENTILES).filter(|figure| figure.scope == Scope::CaseAndApp);
    let named: Vec<&str> = apps.iter().filter_map(of_app).collect();
    let of_an_app = of_apps.clone().find(|figure| named.iter().any(|flat| figure.is_called(flat)));
    of_an_app.or_else(|| FIGURES.iter().chain(PERCENTILES).find(|figure| figure.is_called(flat)))
}

/// The figure that a flat name is of, whatever apps there are.
pub fn of_any_app(flat: &str) -> Option<&'static Figure> {
    let ends = |figure: &&Figure| flat.ends_with(&format!("_{}", figure.flat_name()));
    let of_app = || FIGURES.iter().filter(|figure| figure.scope == Scope::CaseAndApp).find(ends);
    if flat.starts_with("apps_") { of_app() } else { called(flat, &[]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_figure_has_a_name_of_its_own_and_a_group_that_is_explained() {
        let names: BTreeSet<String> = FIGURES.iter().map(Figure::flat_name).collect();
        assert_eq!(names.len(), FIGURES.len());
        for figure in FIGURES {
            assert!(!figure.doc.is_empty(), "{}", figure.flat_name());
            let explained = GROUPS.iter().any(|(group, _)| *group == figure.group());
            assert_eq!(explained, figure.path.len() > 1, "{}", figure.flat_name());
        }
    }

    #[test]
    fn a_flat_name_finds_its_figure() {
        for figure in FIGURES {
            let name = figure.flat_name().replace("NAME", "data base");
            assert_eq!(called(&name, &[]), Some(figure), "{name}");
            let of_app = called(&format!("apps_api_{name}"), &["web", "api"]);
            assert_eq!(of_app, Some(figure).filter(|figure| figure.scope == Scope::CaseAndApp), "{name}");
        }
        for unknown in [
            "latency_p500_s",
            "queueing_peak_s",
            "fleet_failure",
            "invoice_eur",
            "apps_api_tco_usd",
            "apps_nobody_latency_p99_s",
        ] {
            assert_eq!(called(unknown, &["api"]), None, "{unknown}");
        }
    }
}
