//! Servers that are off when nothing waits (M/M/k with set-up times), under both bindings, and callers who come again
//! or give up: against Markov chains that the tests solve themselves.

use crate::common::{self, check, mean_and_error, values};
use hostsim::report::ResultDocument;

fn simulated(seconds: u32, app: &str, cases: &[(&str, &str)]) -> ResultDocument {
    common::simulated(seconds, 5, &format!("[app.a]\n{app}"), cases)
}

/// A Markov chain over small states: the rates out of each, and its steady state by iteration.
fn steady(states: &[(u32, u32, u32)], out: impl Fn((u32, u32, u32)) -> Vec<((u32, u32, u32), f64)>) -> Vec<f64> {
    let place = |state: &(u32, u32, u32)| states.iter().position(|other| other == state);
    let rates: Vec<Vec<(usize, f64)>> = states
        .iter()
        .map(|s| out(*s).into_iter().filter_map(|(to, rate)| Some((place(&to)?, rate))).collect())
        .collect();
    let fastest = rates.iter().map(|out| out.iter().map(|(_, rate)| rate).sum::<f64>()).fold(0.0, f64::max) * 1.01;
    let mut shares = vec![1.0 / states.len() as f64; states.len()];
    for _ in 0..200_000 {
        let mut next = vec![0.0; states.len()];
        for (from, out) in rates.iter().enumerate() {
            let mut stays = 1.0;
            for (to, rate) in out {
                next[*to] += shares[from] * rate / fastest;
                stays -= rate / fastest;
            }
            next[from] += shares[from] * stays;
        }
        let change: f64 = next.iter().zip(&shares).map(|(a, b)| (a - b).abs()).sum();
        shares = next;
        if change < 1e-12 {
            break;
        }
    }
    shares
}

/// At most so many in the system: the tail beyond is nothing at the loads tried.
const MOST: u32 = 45;

/// Late binding: `busy` of k serve, and of the rest as many start as there are requests for (Gandhi, Harchol-Balter
/// and Adan's M/M/k/setup). The mean number in the system over the rate is the mean time in it.
fn late(k: u32, rate: f64, start: f64) -> f64 {
    let states: Vec<_> = (0..=k).flat_map(|busy| (busy..=MOST).map(move |n| (busy, n, 0))).collect();
    let shares = steady(&states, |(busy, n, _)| {
        let starting = (n - busy).min(k - busy);
        let mut out = vec![((busy, n + 1, 0), rate), ((busy + 1, n, 0), f64::from(starting) / start)];
        if busy > 0 {
            // Who is done takes the next in line, or goes; with it a start that nobody waits for any more.
            let to = if n > busy { (busy, n - 1, 0) } else { (busy - 1, n - 1, 0) };
            out.push((to, f64::from(busy)));
        }
        out
    });
    states.iter().zip(&shares).map(|((_, n, _), share)| f64::from(*n) * share).sum::<f64>() / rate
}

/// Early binding: a request waits for the start that was ordered for it, and in the line only where all k are busy
/// or starting.
fn early(k: u32, rate: f64, start: f64) -> f64 {
    let mut states = Vec::new();
    for busy in 0..=k {
        for starting in 0..=k - busy {
            let most = if busy + starting == k { MOST } else { 0 };
            states.extend((0..=most).map(|queued| (busy, starting, queued)));
        }
    }
    let shares = steady(&states, |(busy, starting, queued)| {
        let arrival = if busy + starting < k { (busy, starting + 1, 0) } else { (busy, starting, queued + 1) };
        let mut out = vec![(arrival, rate)];
        if starting > 0 {
            out.push(((busy + 1, starting - 1, queued), f64::from(starting) / start));
        }
        if busy > 0 {
            let to = if queued > 0 { (busy, starting, queued - 1) } else { (busy - 1, starting, 0) };
            out.push((to, f64::from(busy)));
        }
        out
    });
    let number = |(busy, starting, queued): &(u32, u32, u32)| f64::from(busy + starting + queued);
    states.iter().zip(&shares).map(|(state, share)| number(state) * share).sum::<f64>() / rate
}

/// With one server both bindings come to 1/(μ − λ) + 1/α, and the chains know it; with three they differ, and the
/// simulation has each.
#[test]
fn servers_that_are_off_when_nothing_waits() {
    for of in [late, early] {
        assert!((of(1, 0.5, 3.0) - (1.0 / 0.5 + 3.0)).abs() < 1e-3, "{}", of(1, 0.5, 3.0));
    }
    let app = "arrivals.poisson = { rate = \"1.2 /s\" }\nwait.exponential = { mean = \"1 s\" }";
    let setup = "hosting = \"textbook-serverless\"\nkeep-alive = \"none\"\nstart.exponential = { mean = \"3 s\" }\n\
                 queue = 1_000_000\nconcurrency-limit = 3";
    let (bound, free) = (format!("{setup}\nbinding = \"early\""), format!("{setup}\nbinding = \"late\""));
    let result = simulated(20_000, app, &[("early", bound.as_str()), ("late", free.as_str())]);
    let (expected, soonest) = (early(3, 1.2, 3.0), late(3, 1.2, 3.0));
    assert!(expected > 1.1 * soonest, "{expected} and {soonest}");
    check(&result, "early", "latency_mean_s", expected, 0.02);
    check(&result, "late", "latency_mean_s", soonest, 0.02);
}

/// Who leaves after waiting for two seconds (reneging) gets the same service as who would not join a line of more
/// than two seconds (balking): the same are served, after the same wait. Of an M/M/1 so many leave (the dam of Baccelli
/// and Hebuterne); and of a line with one place (M/M/1/2) so many are turned away.
#[test]
fn leaving_a_line_and_not_joining_it() {
    let (rate, patience) = (0.8, 2.0);
    let app = format!(
        "arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}\n\
         timeout = {{ after = \"{patience} s\", work = \"unless-waiting\" }}"
    );
    let one = "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\ndiscipline = \"fifo\"";
    let short = format!("{one}\nqueue = 1");
    let result = simulated(40_000, &app, &[("line", one)]);
    // The work found has the density of M/M/1 up to the patience, and beyond it that of a service already begun.
    let gap = 1.0 - rate;
    let within = rate * (1.0 - f64::exp(-gap * patience)) / gap;
    let beyond = rate * f64::exp(-gap * patience);
    let idle = 1.0 / (1.0 + within + beyond);
    check(&result, "line", "instances_busy", 1.0 - idle, 0.01);
    // Those whose wait is over the patience are dropped in the line; those who wait less than it and are not done
    // in time leave too, while their work goes on: late are all but those with less than the patience in all.
    let served = (1.0 - idle) / 1.0 / rate;
    let (gone, _) = mean_and_error(&values(&result, "line", "requests_timed_out"));
    let (arrived, _) = mean_and_error(&values(&result, "line", "requests_arrived"));
    assert!(gone / arrived > 1.0 - served, "more leave than are dropped in the line");
    assert!((1.0 - served - beyond * idle).abs() < 1e-9, "work in is work out");
    let balking = app.replace("timeout", "#");
    let result = simulated(40_000, &balking, &[("short", short.as_str())]);
    check(&result, "short", "requests_rejected_share", rate.powi(2) / (1.0 + rate + rate.powi(2)), 0.02);
}

/// Who is turned away comes again once, so much later that it is news: the places see λ(1 + B) of Poisson arrivals,
/// where B = Erlang's formula of just those. Attempts are 1 + B, and B² are turned away for good.
#[test]
fn who_comes_again_much_later() {
    let erlang = |load: f64| (1..=4).fold(1.0, |b, n| load * b / (f64::from(n) + load * b));
    let again = (0..200).fold(0.2, |b, _| erlang(4.0 * (1.0 + b)));
    let app = "arrivals.poisson = { rate = \"4 /s\" }\nwait.exponential = { mean = \"1 s\" }\n\
               retries = { most = 1, after = \"500 s\", jitter = 0.9 }";
    let case = "hosting = \"textbook-serverless\"\nkeep-alive = \"forever\"\nconcurrency-limit = 4";
    let result = simulated(20_000, app, &[("places", case)]);
    let mean = |figure| mean_and_error(&values(&result, "places", figure)).0;
    let attempts = mean("requests_attempts") / mean("requests_arrived");
    assert!((attempts - 1.0 - again).abs() < 0.01, "{attempts}, not {}", 1.0 + again);
    check(&result, "places", "requests_rejected_share", again * again, 0.03);
}

/// Callers who have all the same patience τ, at M/M/1 with ρ = 1.2. Where those who wait leave (and what is served goes on), the
/// work before a newcomer has the density λ P e^(−(μ−λ)w) below τ and λ P e^(−(μ−λ)τ) e^(−μ(w−τ)) beyond; where all work stops
/// with its caller, it ends at τ. In time is who finds w < τ and needs no more than τ − w.
#[test]
fn callers_of_one_patience() {
    let (lambda, mu, tau) = (12.0f64, 10.0f64, 0.3f64);
    let r = mu - lambda;
    let below = lambda * (1.0 - (-r * tau).exp()) / r;
    let beyond = lambda * (-r * tau).exp() / mu;
    let in_time = |idle: f64| {
        let alone = idle * (1.0 - (-mu * tau).exp());
        alone + idle * (below - (-mu * tau).exp() * ((lambda * tau).exp() - 1.0))
    };
    let waiting = |work: &str| {
        format!(
            "arrivals.poisson = {{ rate = \"12 /s\" }}\nwait.exponential = {{ mean = \"100 ms\" }}\n\
             memory = \"100 MiB\"\ntimeout = {{ after = \"300 ms\", work = \"{work}\" }}\n"
        )
    };
    let one = "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\nconcurrency = 1";
    for (work, idle) in [("unless-waiting", 1.0 / (1.0 + below + beyond)), ("stops", 1.0 / (1.0 + below))] {
        let result = simulated(4000, &waiting(work), &[("c", one)]);
        check(&result, "c", "instances_busy", 1.0 - idle, 0.01);
        check(&result, "c", "availability", in_time(idle), 0.02);
    }
}

/// A platform that stops what runs for 0.7 s, of requests of 1 s in the mean: e^(−0.7) are stopped, and each instance is busy, and
/// billed, for 1 − e^(−0.7) s.
#[test]
fn a_platform_stops_what_runs_for_too_long() {
    let app = "arrivals.poisson = { rate = \"5 /s\" }\nwait.exponential = { mean = \"1 s\" }\nmemory = \"100 MiB\"\n\
               [model.f]\nextends = \"textbook-serverless\"\ntime-limit = \"700 ms\"\n\
               charge = [{ name = \"time\", meter = \"instance-seconds\", over = \"request\", price = \"1\", per = 3600 }]\n";
    let result = simulated(4000, app, &[("c", "hosting = \"f\"\nsize = \"1-core\"")]);
    let kept = 1.0 - (-0.7f64).exp();
    check(&result, "c", "availability", kept, 0.01);
    check(&result, "c", "instances_busy", 5.0 * kept, 0.01);
    check(&result, "c", "invoice_time_usd", 730.0 * 5.0 * kept, 0.01);
}
