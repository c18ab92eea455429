//! Keep-alive policies against a small simulation of another kind: lists that are searched, no
//! agenda, no index, nothing of the product's code but the scenario that both are given.

mod reference;
mod tenants;

use crate::common::{self, read, root, run, run_scenario, values};
use hostsim::report::ResultDocument;
use proptest::prelude::*;
use proptest::sample::select;
use reference::{App, Counted, Policy, Reference};
use std::fmt::Write;

/// Moments are multiples of 10 ms and the app's number; durations end in 5 ms: an arrival never
/// meets the end of a request or of a wait, and what two apps do never falls on one moment.
fn app(number: u64) -> impl Strategy<Value = App> {
    let request = (1..400u64, 0..30u64);
    let memory = select(&[64u64, 100, 256, 300][..]);
    (memory, prop::collection::vec(request, 1..60)).prop_map(move |(memory, gaps)| {
        let mut at = number;
        let requests = gaps.into_iter().map(|(gap, length)| {
            at += gap * 10;
            (at, length * 10 + 5)
        });
        App { memory, requests: requests.collect() }
    })
}

fn policy() -> impl Strategy<Value = (Policy, u64)> {
    let kinds = [
        Policy::None,
        Policy::Fixed(500),
        Policy::Fixed(2_000),
        Policy::Forever,
        Policy::SinceArrival(500),
        Policy::SinceArrival(2_000),
        Policy::LruArrival,
        Policy::GreedyDual { by_function: false },
        Policy::GreedyDual { by_function: true },
        Policy::Frequency { by_function: false },
        Policy::Frequency { by_function: true },
        Policy::Size { by_function: false },
        Policy::Size { by_function: true },
        Policy::Landlord { by_function: false },
        Policy::Landlord { by_function: true },
        Policy::Histogram { from_load: true },
        Policy::Histogram { from_load: false },
    ];
    // With a start that takes its time, and with none.
    (select(kinds.to_vec()), select(&[0u64, 200][..]))
}

fn scenario(apps: &[App], policy: Policy, start: u64, memory: u64, directory: &std::path::Path) -> String {
    let mut text = format!(
        "schema = 1\n[run]\nduration = \"60 s\"\nreplications = 1\n\
         [fleet]\nserver = {{ cores = 64, memory = \"{memory} MiB\" }}\ncount = 1\nwhen-full = \"evict\"\n"
    );
    for (number, app) in apps.iter().enumerate() {
        let mut rows = "arrival,duration\n".to_string();
        for (at, length) in &app.requests {
            let _ = writeln!(rows, "{}.{:03},0.{length:03}", at / 1000, at % 1000);
        }
        let file = directory.join(format!("{number}.csv"));
        std::fs::write(&file, rows).expect("a file for the trace");
        let memory = app.memory;
        let _ = write!(
            text,
            "[app.a{number}]\nmemory = \"{memory} MiB\"\narrivals.trace = {{ file = {file:?}, format = \"requests\" }}\n"
        );
    }
    let start = if start == 0 { String::new() } else { format!("start.constant = \"{start} ms\"\n") };
    format!("{text}[case.c]\nhosting = \"textbook-serverless\"\nkeep-alive = {}\n{start}", policy.written())
}

fn found(result: &ResultDocument, apps: usize) -> Vec<Counted> {
    let of = |app: usize, name: &str| values(result, "c", &format!("apps_a{app}_{name}"))[0];
    (0..apps)
        .map(|app| Counted {
            cold: of(app, "requests_cold") as u64,
            rejected: of(app, "requests_rejected") as u64,
            instance_time: (of(app, "instances_mean") * 60e9).round() as u64,
        })
        .collect()
}

proptest! {
    #![proptest_config(common::config(300))]

    #[test]
    fn the_product_and_the_reference_agree(
        apps in (app(0), app(1), app(2), app(3)),
        (policy, start) in policy(),
        memory in select(&[310u64, 400, 700, 5_000][..]),
    ) {
        let apps = [apps.0, apps.1, apps.2, apps.3];
        let directory = tempfile::tempdir().expect("a directory");
        let text = scenario(&apps, policy, start, memory, directory.path());
        let expected = Reference::new(&apps, policy, start, memory).run(60_000_000_000);
        let scenario = read(&text, &root()).map_err(TestCaseError::fail)?;
        let result = run_scenario(&scenario).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(found(&result, apps.len()), expected, "{:?}, start {}", policy, start);
    }
}

/// An app that is asked once every 20 minutes: under the histogram an instance is loaded for each
/// request after 18 minutes of the 20, after the first three (one to begin with, whose gap is not
/// known; then nothing is unloaded before the second, and the third is the first that is foreseen).
/// A fixed time of 10 minutes has it cold every time and in memory half of the time; one of 20
/// and a second never cold, in memory all the time.
#[test]
fn the_histogram_foresees_what_is_regular() {
    let text = |keep: &str| {
        format!(
            "schema = 1\n[run]\nduration = \"10 days\"\nreplications = 2\n[app.a]\nmemory = \"100 MiB\"\n\
             arrivals.constant = {{ rate = \"3 /h\" }}\nwait.constant = \"1 s\"\n\
             [case.c]\nhosting = \"textbook-serverless\"\nkeep-alive = {keep}\n"
        )
    };
    let of = |keep: &str| {
        let result = run(&text(keep));
        (values(&result, "c", "requests_cold")[0], values(&result, "c", "instances_mean")[0])
    };
    let (cold, instances) = of("\"histogram\"");
    assert_eq!(cold, 1.0);
    // Idle from minute 19 × 0.9 = 17.1 after a request's end to the next, 19.98 after it: of 20.
    assert!((instances - (1.0 + 60.0 * (1199.0 / 60.0 - 17.1)) / 1200.0).abs() < 0.002, "{instances}");
    let (cold, instances) = of("{ fixed = \"10 min\" }");
    assert_eq!(cold, 720.0);
    assert!((instances - 601.0 / 1200.0).abs() < 0.002, "{instances}");
    let (cold, instances) = of("{ fixed = \"1201 s\" }");
    assert_eq!(cold, 1.0);
    assert!((instances - 1.0).abs() < 0.002, "{instances}");
}

/// A busy function with an instance that was needed once, and two others that come now and then, in room for three:
/// by the function's priority the surplus one is as dear as the busy one, and the others go in turns for ten minutes.
#[test]
fn a_surplus_instance_goes_first() {
    let directory = tempfile::tempdir().expect("a directory");
    let every = |first: u64, gap: u64| (0..60_000 / gap).map(move |i| (first + i * gap, 500)).collect::<Vec<_>>();
    let mut busy = every(2_000, 1_000);
    busy.retain(|(at, _)| *at < 59_000);
    busy.splice(0..0, [(0, 500), (100, 500)]);
    let seldom = |first| every(first, 10_000).into_iter().filter(|(at, _)| *at < 59_000).collect();
    let apps = [
        App { memory: 100, requests: busy },
        App { memory: 100, requests: seldom(3_501) },
        App { memory: 100, requests: seldom(8_502) },
    ];
    let cold = |policy| {
        let result = run(&scenario(&apps, policy, 200, 300, directory.path()));
        found(&result, 3).iter().map(|app| app.cold).sum::<u64>()
    };
    assert_eq!(cold(Policy::Forever), 4);
    assert_eq!(cold(Policy::GreedyDual { by_function: false }), 4);
    assert!(cold(Policy::GreedyDual { by_function: true }) > 10);
}

/// An idle instance is not evicted where that makes no room: the large app finds none, because of
/// those that are busy, and the small one's stays.
#[test]
fn nothing_is_evicted_in_vain() {
    let directory = tempfile::tempdir().expect("a directory");
    let apps = [
        App { memory: 100, requests: vec![(0, 15), (500, 15)] },
        App { memory: 200, requests: vec![(101, 900)] },
        App { memory: 150, requests: vec![(202, 15)] },
    ];
    let text = scenario(&apps, Policy::Forever, 0, 300, directory.path());
    let result = run(&text);
    let counted = found(&result, 3);
    let short: Vec<(u64, u64)> = counted.iter().map(|app| (app.cold, app.rejected)).collect();
    assert_eq!(short, [(1, 0), (1, 0), (0, 1)]);
}
