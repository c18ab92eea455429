//! What a case begins with, and what becomes of it over time: against Markov chains that the tests solve themselves,
//! step by small step. The mean over so many replications may miss by four standard errors.

use crate::common::run;
use hostsim::report::{CaseResult, ResultDocument};

const REPLICATIONS: usize = 300;

fn simulated(seconds: u32, app: &str, case: &str) -> ResultDocument {
    run(&format!(
        "schema = 1\n[run]\nduration = \"{seconds} s\"\nreplications = {REPLICATIONS}\nseed = 11\n[app.a]\n{app}\n\
         [case.c]\n{case}\n"
    ))
}

/// The distribution over states of a birth-and-death chain, `steps` times a second.
struct Chain {
    shares: Vec<f64>,
    birth: f64,
    death: Box<dyn Fn(usize) -> f64>,
}

const STEPS: usize = 2_000;

impl Chain {
    fn new(states: usize, first: usize, birth: f64, death: impl Fn(usize) -> f64 + 'static) -> Chain {
        let mut shares = vec![0.0; states];
        shares[first] = 1.0;
        Chain { shares, birth, death: Box::new(death) }
    }

    /// Goes on for a second; the mean over it of a figure of the state.
    fn second(&mut self, figure: impl Fn(usize) -> f64) -> f64 {
        let (length, last) = (1.0 / STEPS as f64, self.shares.len() - 1);
        let mut mean = 0.0;
        for _ in 0..STEPS {
            let before = self.shares.clone();
            mean += before.iter().enumerate().map(|(n, share)| share * figure(n)).sum::<f64>() / STEPS as f64;
            for (n, share) in before.iter().enumerate() {
                let up = if n < last { share * self.birth * length } else { 0.0 };
                let down = if n > 0 { share * (self.death)(n) * length } else { 0.0 };
                self.shares[n] -= up + down;
                if n < last {
                    self.shares[n + 1] += up;
                }
                if n > 0 {
                    self.shares[n - 1] += down;
                }
            }
        }
        mean
    }

    fn deviation(&self) -> f64 {
        let moment = |power: i32| self.shares.iter().enumerate().map(|(n, p)| p * (n as f64).powi(power)).sum::<f64>();
        (moment(2) - moment(1).powi(2)).max(0.0).sqrt()
    }
}

/// The mean of a second's stretches, weighed.
fn second(values: &[f64], seconds: usize, which: usize) -> f64 {
    let each = values.len() / seconds;
    values[which * each..(which + 1) * each].iter().sum::<f64>() / each as f64
}

fn case(result: &ResultDocument) -> &CaseResult {
    &result.cases[0]
}

/// 200 that are there and nobody after them: 200 e^(−t) are left.
#[test]
fn those_who_are_there_leave() {
    let result = simulated(
        6,
        "wait.exponential = { mean = \"1 s\" }",
        "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 200\nconcurrency = 1\ninitial = { busy = 200 }",
    );
    let present = &case(&result).timeline.present;
    for which in 0..6u32 {
        let (from, to) = (f64::from(which), f64::from(which + 1));
        let expected = 200.0 * (f64::exp(-from) - f64::exp(-to));
        let error = (200.0 * f64::exp(-from) * (1.0 - f64::exp(-to)) / REPLICATIONS as f64).sqrt();
        let found = second(present, 6, which as usize);
        assert!((found - expected).abs() <= 4.0 * error, "second {which}: {found}, not {expected} ± {error}");
    }
    // They are no arrivals, and nobody pays for them.
    let of = |name| case(&result).figures.values_of_flat(name).unwrap()[0];
    assert_eq!((of("requests_arrived"), of("requests_served"), of("latency_mean_s")), (Some(0.0), Some(0.0), None));
}

/// Two machines with 75 % of what they can do, both busy to begin with: the number in the system, second by second,
/// and what those who come then find: as long as it takes where n are there before them.
#[test]
fn a_queue_fills_up() {
    let machines =
        "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 2\ndiscipline = \"fifo\"\ninitial = { busy = 2 }";
    let app = "arrivals.poisson = { rate = \"1.5 /s\" }\ncpu.exponential = { mean = \"1 s\" }";
    let result = simulated(12, app, machines);
    let timeline = &case(&result).timeline;
    let mut chain = Chain::new(80, 2, 1.5, |n| n.min(2) as f64);
    let mut latencies = (0.0, 0.0, 0.0);
    for which in 0..12 {
        let expected = chain.second(|n| n as f64);
        let error = chain.deviation() / (REPLICATIONS as f64).sqrt();
        let found = second(&timeline.present, 12, which);
        assert!((found - expected).abs() <= 4.0 * error, "second {which}: {found}, not {expected} ± {error}");
        // Who finds n there waits until n − 1 of them have left two machines, and is served.
        let expected = chain.shares.iter().enumerate().map(|(n, p)| p * (1.0 + n.saturating_sub(1) as f64 / 2.0));
        let stretches = which * 20..(which + 1) * 20;
        let (came, spent) = stretches.fold((0.0, 0.0), |(came, spent), at| {
            let here = timeline.arrived[at];
            (came + here, spent + here * timeline.latency_s[at].unwrap_or(0.0))
        });
        latencies = (latencies.0 + came, latencies.1 + spent, latencies.2 + came * expected.sum::<f64>());
    }
    // Those of one second hang together: all are judged at once, late ones with what they met.
    let (found, expected) = (latencies.1 / latencies.0, latencies.2 / latencies.0);
    assert!((found / expected - 1.0).abs() < 0.06, "{found}, not {expected}");
    let early = timeline.latency_s[0].unwrap_or(0.0);
    let late = timeline.latency_s[220..].iter().flatten().sum::<f64>() / 20.0;
    assert!(late > 1.2 * early, "{early} and {late}");
}

/// Three places, all taken to begin with: who is turned away in each second, as Erlang's chain has it on its way to
/// Erlang's formula.
#[test]
fn a_full_house_empties() {
    let function =
        "hosting = \"textbook-serverless\"\nkeep-alive = \"forever\"\nconcurrency-limit = 3\ninitial = { busy = 3 }";
    let app = "arrivals.poisson = { rate = \"2 /s\" }\nwait.exponential = { mean = \"1 s\" }";
    let result = simulated(6, app, function);
    let timeline = &case(&result).timeline;
    let mut chain = Chain::new(4, 3, 2.0, |n| n as f64);
    for which in 0..6 {
        let expected = chain.second(|n| f64::from(u8::from(n == 3)));
        let stretches = which * 40..(which + 1) * 40;
        let (came, turned) = stretches.fold((0.0, 0.0), |(came, turned), at| {
            let here = timeline.arrived[at] * REPLICATIONS as f64;
            (came + here, turned + here * timeline.rejected_share[at].unwrap_or(0.0))
        });
        // Arrivals of one second see the same house: twice the binomial error.
        let error = 2.0 * (expected * (1.0 - expected) / came).sqrt();
        let found = turned / came;
        assert!((found - expected).abs() <= 4.0 * error, "second {which}: {found}, not {expected} ± {error}");
    }
}

/// Five instances idle and three busy for an hour: the first five who come are warm, all others cold.
#[test]
fn idle_instances_are_used_up() {
    let app = "arrivals.poisson = { rate = \"2 /s\" }\nwait.constant = \"1 h\"";
    for (keep, idle) in [("\"forever\"", 5.0), ("fixed = \"10 min\"", 5.0), ("\"none\"", 0.0)] {
        let keep = if keep.starts_with('"') { format!("keep-alive = {keep}") } else { format!("keep-alive.{keep}") };
        let case = format!("hosting = \"textbook-serverless\"\n{keep}\ninitial = {{ idle = 5, busy = 3 }}");
        let result = simulated(20, app, &case);
        let of = |name| result.cases[0].figures.values_of_flat(name).unwrap().to_vec();
        for (cold, arrived) in of("requests_cold").into_iter().zip(of("requests_arrived")) {
            assert_eq!(cold, arrived.map(|n| (n - idle).max(0.0)));
        }
        let shares = &result.cases[0].timeline.cold_share;
        assert!(idle == 0.0 || shares[0].is_none_or(|share| share < 0.05), "{:?}", shares[0]);
        assert!(shares[239].is_none_or(|share| share == 1.0), "{:?}", shares[239]);
    }
}

/// The series add up to the figures of the whole, those followed beyond the end among them.
#[test]
fn series_add_up() {
    let app = "arrivals.poisson = { rate = \"2 /s\" }\nwait.exponential = { mean = \"1 s\" }";
    let case = "hosting = \"textbook-serverless\"\nkeep-alive.fixed = \"1 s\"\nconcurrency-limit = 3\n\
                queue = 1\nstart.constant = \"500 ms\"";
    let result = simulated(10, app, case);
    let (timeline, of) = (&result.cases[0].timeline, |name| {
        let values = result.cases[0].figures.values_of_flat(name).unwrap();
        values.iter().flatten().sum::<f64>() / values.len() as f64
    });
    let sum = |shares: &[Option<f64>]| -> f64 {
        shares.iter().zip(&timeline.arrived).map(|(share, came)| share.unwrap_or(0.0) * came).sum()
    };
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
    near(timeline.arrived.iter().sum(), of("requests_arrived"));
    near(sum(&timeline.cold_share), of("requests_cold"));
    near(sum(&timeline.rejected_share), of("requests_rejected"));
    near(sum(&timeline.served_share), of("requests_served"));
    assert!(of("requests_cold") > 1.0 && of("requests_rejected") > 1.0);
}
