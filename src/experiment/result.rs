//! All that a run has learned.

use super::invoices::AccountInvoice;
use super::tenants::TenantResult;
use crate::metrics::{Estimate, Figures, Histogram};
use indexmap::IndexMap;

/// The result of a run: the head, and the cases in the order of the scenario.
#[derive(Clone, Debug, Default)]
pub struct ResultDocument {
    /// The scenario's title.
    pub title: String,
    /// The seed of the random streams.
    pub seed: u64,
    /// Replications of every case.
    pub replications: u64,
    /// Simulated and measured time of one replication, in seconds.
    pub duration_s: f64,
    /// The digest of all simulated facts.
    pub digest: String,
    /// The cases.
    pub cases: Vec<CaseResult>,
    /// The prices that are not sure: "MODEL: CHARGE".
    pub unverified: Vec<String>,
    /// Sentences about the run as a whole: what was not modelled, currencies converted.
    pub notes: Vec<String>,
    /// Whether JSON keeps what figures are made of too: each replication's values, series, histograms, tenants.
    pub details: bool,
}

/// The result of one case.
#[derive(Clone, Debug, Default)]
pub struct CaseResult {
    /// Its name in the scenario.
    pub name: String,
    /// The hosting model (several, joined, where its apps differ).
    pub hosting: String,
    /// The model's family.
    pub family: String,
    /// The size, where the case has one.
    pub size: Option<String>,
    /// All figures, those of its apps under `["apps", NAME]`.
    pub figures: Figures,
    /// Whether every objective is met; `None` where no app states one.
    pub slo_met: Option<bool>,
    /// Why no order of it meets the objective, where it was to be sized and none does.
    pub unsizable: Option<String>,
    /// Why its numbers are none for good: an overload, a level that still drifts. Nothing where it is
    /// settled.
    pub unsettled: Vec<String>,
    /// The time in seconds beyond which nothing is known, as requests were followed no longer; `None`
    /// where all have ended.
    pub followed_s: Option<f64>,
    /// The objectives whose verdict the noise covers: "p99 of api".
    pub straddles: Vec<String>,
    /// Its apps.
    pub apps: Vec<AppResult>,
    /// Latencies of the served requests, in nanoseconds, of all replications together.
    pub latency: Histogram,
    /// Instances and servers over time.
    pub timeline: Timeline,
    /// Every tenant of the apps that have several.
    pub tenants: Vec<TenantResult>,
    /// The accounts' invoices in the first replication, as their providers write them.
    pub invoices: Vec<AccountInvoice>,
    /// Sentences about this case: unverified prices used, optional charges left off, a wage of 0.
    pub notes: Vec<String>,
}

/// What is said of one app of a case, besides its figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppResult {
    /// Its name in the scenario.
    pub name: String,
    /// The hosting model.
    pub hosting: String,
    /// The size, where it has one.
    pub size: Option<String>,
    /// Whether its objectives are met; `None` where it has none.
    pub slo_met: Option<bool>,
    /// Latencies of its served requests, in nanoseconds, of all replications together; `None` where no details are kept.
    pub latency: Option<Histogram>,
}

/// Levels over the measured time, as the means of equal stretches and over replications.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// When the measuring began, in seconds after Monday 00:00.
    pub start_s: f64,
    /// How long it took, in seconds.
    pub length_s: f64,
    /// Instances.
    pub instances: Vec<f64>,
    /// Powered servers.
    pub servers: Vec<f64>,
    /// Requests in the system.
    pub present: Vec<f64>,
    /// Cores at work on them.
    pub busy_cores: Vec<f64>,
    /// Requests that came, a replication.
    pub arrived: Vec<f64>,
    /// Of those, the share for which an instance was started; `None` where none came.
    pub cold_share: Vec<Option<f64>>,
    /// Of those, the share that found no place.
    pub rejected_share: Vec<Option<f64>>,
    /// Of those, the share that was served.
    pub served_share: Vec<Option<f64>>,
    /// The mean latency of those of them that were served, in seconds; `None` where none was.
    pub latency_s: Vec<Option<f64>>,
}

impl ResultDocument {
    /// The case of that name.
    pub fn case(&self, name: &str) -> Option<&CaseResult> {
        self.cases.iter().find(|case| case.name == name)
    }

    /// The flat names of all cases' figures, each once, in the order of the first case that has it.
    pub fn flat_names(&self) -> Vec<String> {
        let all = self.cases.iter().flat_map(|case| case.figures.flat_names());
        all.map(|name| (name, ())).collect::<IndexMap<_, _>>().into_keys().collect()
    }
}

impl CaseResult {
    /// Whether its numbers stay what they are, however long it is simulated.
    pub fn is_settled(&self) -> bool {
        self.unsettled.is_empty()
    }

    /// The estimate of the figure at a path; undefined where there is no such figure.
    pub fn estimate(&self, path: &[&str]) -> Estimate {
        self.figures.estimate(path)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    type Row = (&'static [&'static str], [Option<f64>; 2]);

    fn case(name: &str, hosting: &str, family: &str, size: &str, rows: &[Row]) -> CaseResult {
        let mut figures = Figures::new();
        for replication in 0..2 {
            figures.push(rows.iter().map(|(path, values)| (*path, values[replication])));
        }
        let app = AppResult {
            name: "api".into(),
            hosting: hosting.into(),
            size: Some(size.into()),
            slo_met: Some(true),
            latency: None,
        };
        let (name, hosting, family) = (name.into(), hosting.into(), family.into());
        let mut latency = Histogram::new();
        (1..=1000u64).for_each(|i| latency.record(20_000_000 + i * i * 100));
        let timeline = Timeline {
            start_s: 0.0,
            length_s: 86_400.0,
            instances: vec![1.0, 2.0],
            servers: vec![1.0, 1.0],
            present: vec![0.1, 0.2],
            busy_cores: vec![0.5, 1.0],
            arrived: vec![10.0, 0.0],
            cold_share: vec![Some(0.2), None],
            rejected_share: vec![Some(0.0), None],
            served_share: vec![Some(1.0), None],
            latency_s: vec![Some(0.25), None],
        };
        let (slo_met, apps, size) = (Some(true), vec![app], Some(size.into()));
        CaseResult { name, hosting, family, size, figures, slo_met, apps, latency, timeline, ..CaseResult::default() }
    }

    /// A small result with two cases and two replications, one figure of which is undefined.
    pub fn example() -> ResultDocument {
        let rows = |scale: f64, cold: Option<f64>| -> Vec<Row> {
            let near = |mean: f64| [Some(mean * 0.99), Some(mean * 1.01)];
            vec![
                (&["requests", "arrived"], near(1e6)),
                (&["requests", "served"], near(1e6)),
                (&["requests", "cold_share"], [cold, cold]),
                (&["latency_s", "mean"], near(0.08 / scale)),
                (&["latency_s", "p50"], near(0.062 / scale)),
                (&["latency_s", "p99"], near(0.24 / scale)),
                (&["queueing_s", "mean"], near(0.001)),
                (&["instances", "mean"], near(1.5)),
                (&["fleet", "servers_mean"], [Some(1.0); 2]),
                (&["fleet", "cpu_used"], near(0.031)),
                (&["fleet", "cpu_reserved"], near(0.12)),
                (&["fleet", "memory_used"], near(0.02)),
                (&["fleet", "memory_reserved"], near(0.3)),
                (&["invoice_usd", "total"], near(0.43 * scale)),
                (&["invoice_usd", "lines", "requests"], near(0.1 * scale)),
                (&["invoice_usd", "lines", "compute"], near(0.33 * scale)),
                (&["owned_usd"], [Some(0.0); 2]),
                (&["labour_usd", "total"], [Some(55.0 * scale); 2]),
                (&["labour_usd", "hours"], [Some(scale); 2]),
                (&["labour_usd", "slices", "runtime"], [Some(55.0 * scale); 2]),
                (&["tco_usd"], near(55.43 * scale)),
                (&["usd_per_million_requests"], near(55.43 * scale)),
                (&["availability"], [Some(1.0); 2]),
                (&["provider_usd", "revenue"], near(0.43 * scale)),
                (&["apps", "api", "requests", "arrived"], near(1e6)),
                (&["apps", "api", "latency_s", "p99"], near(0.24)),
            ]
        };
        ResultDocument {
            title: "Which is cheaper?".into(),
            seed: 7,
            replications: 2,
            duration_s: 604_800.0,
            digest: "00ff".into(),
            cases: vec![
                case("lambda", "aws-lambda-2017", "serverless", "128mb", &rows(1.0, Some(0.004))),
                case("droplet", "digitalocean-2017", "vps", "512mb", &rows(11.0, None)),
            ],
            unverified: Vec::new(),
            notes: vec!["Egress beyond the free allowance was not modelled.".into()],
            details: false,
        }
    }

    #[test]
    fn flat_names_are_listed_once() {
        let names = example().flat_names();
        assert_eq!(names.iter().filter(|n| *n == "tco_usd").count(), 1);
        assert_eq!(names.first().unwrap(), "requests_arrived");
        assert_eq!(names.last().unwrap(), "apps_api_latency_p99_s");
    }
}
