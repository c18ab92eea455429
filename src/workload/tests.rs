//! Properties of the generator, whatever the kinds of arrivals.

use super::arrivals::{Batch, Bursty, Closed, Constant, DAY, Diurnal, OnOff, Poisson, Spike};
use super::*;
use crate::units::{HOUR, NANOS_PER_SECOND, Span};
use proptest::prelude::*;
use std::ops::Range;
use std::time::Instant;

const SECOND: f64 = NANOS_PER_SECOND as f64;

/// An app with log-normal CPU time and exponential blocked time.
pub(super) fn app(name: &str, tenants: u32, arrivals: Arrivals) -> AppWorkload {
    AppWorkload {
        name: name.into(),
        tenants,
        arrivals,
        cpu: Demand::Drawn(Distribution::log_normal(0.02 * SECOND, 1.0)),
        wait: Demand::Drawn(Distribution::exponential(0.06 * SECOND)),
        activity: None,
        traffic: 1.0,
        response: Bytes(0),
    }
}

pub(super) fn seconds(from: f64, to: f64) -> Range<Time> {
    Time((from * SECOND) as u64)..Time((to * SECOND) as u64)
}

/// All that a generator gives, checked to be sorted and within bounds.
pub(super) fn all(mut generator: Generator) -> Vec<Arrival> {
    let (mut out, mut window) = (Vec::new(), Vec::new());
    while generator.next_window(&mut window).unwrap() {
        assert!(!window.is_empty());
        out.extend_from_slice(&window);
    }
    assert!(out.windows(2).all(|pair| window::key(&pair[0]) <= window::key(&pair[1])));
    out
}

pub(super) fn generate(apps: &[AppWorkload], traffic: f64, during: Range<Time>) -> Vec<Arrival> {
    all(Generator::new(apps, 7, 0, traffic, during).unwrap())
}

pub(super) fn poisson(rate: f64) -> Arrivals {
    Arrivals::Poisson(Poisson { rate })
}

/// The least of several runs, as others may use the machine.
fn least(runs: u32, mut run: impl FnMut() -> (u64, f64)) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let begun = Instant::now();
        let (count, sum) = run();
        best = best.min(begun.elapsed().as_nanos() as f64 / count as f64);
        std::hint::black_box(sum);
    }
    best
}

/// Nanoseconds per request; run with `--release -- --ignored --nocapture speed`.
#[test]
#[ignore = "a measurement"]
fn speed() {
    let mut stream = crate::engine::Stream::named(1, 0, "speed", "numbers");
    let mut other = crate::engine::Stream::named(1, 0, "speed", "others");
    let log_normal = Distribution::log_normal(0.02 * SECOND, 1.0);
    let mut of = |what: &str, mut draw: Box<dyn FnMut(&mut crate::engine::Stream) -> f64>| {
        let each = least(20, || (1_000_000, (0..1_000_000).map(|_| draw(&mut stream)).sum()));
        println!("{what}: {each:.1} ns");
    };
    of("exponential", Box::new(crate::engine::Stream::exponential));
    of("normal", Box::new(crate::engine::Stream::normal));
    let cpu = log_normal.clone();
    of("log-normal", Box::new(move |s| cpu.sample(s)));
    let pair =
        least(20, || (1_000_000, (0..1_000_000).map(|_| stream.exponential() + log_normal.sample(&mut other)).sum()));
    println!("exponential and log-normal, of two streams: {pair:.1} ns");
    let diurnal = || Arrivals::Diurnal(Diurnal { trough: 5.0, peak: 15.0, peak_at: Span(15 * HOUR.0), weekend: 0.5 });
    let bursty = || {
        let (calm, storm) = (Span(600 * NANOS_PER_SECOND), Span(60 * NANOS_PER_SECOND));
        Arrivals::Bursty(Bursty { calm: 5.0, storm: 60.0, mean_calm: calm, mean_storm: storm })
    };
    time("100 apps", 100, 1, || poisson(10.0), 2_000.0);
    time("10,000 apps", 10_000, 1, || poisson(0.1), 2_000.0);
    time("1 app", 1, 1, || poisson(1_000.0), 2_000.0);
    time("1 app of 10,000 tenants", 1, 10_000, || poisson(0.1), 2_000.0);
    time("100 diurnal apps", 100, 1, diurnal, 2_000.0);
    time("100 bursty apps", 100, 1, bursty, 2_000.0);
    time("1 bursty app of 1,000 tenants", 1, 1_000, bursty, 1_000.0);
    time("100 constant apps", 100, 1, || Arrivals::Constant(Constant { rate: 10.0 }), 2_000.0);
    time("1 batch of ten million", 1, 1, || Arrivals::Batch(Batch { size: 10_000_000, at: Span(0) }), 10.0);
}

fn time(what: &str, apps: usize, tenants: u32, arrivals: impl Fn() -> Arrivals, length: f64) {
    let mut apps: Vec<AppWorkload> = (0..apps).map(|i| app(&format!("app {i}"), tenants, arrivals())).collect();
    apps.iter_mut().for_each(|app| app.wait = Demand::None);
    let (mut windows, mut most) = (0u64, 0);
    let each = least(5, || {
        let mut generator = Generator::new(&apps, 1, 0, 1.0, seconds(0.0, length)).unwrap();
        let (mut window, mut count) = (Vec::new(), 0);
        (windows, most) = (0, 0);
        while generator.next_window(&mut window).unwrap() {
            count += window.len() as u64;
            windows += 1;
            most = most.max(window.len());
        }
        (count, 0.0)
    });
    println!("{what}: {each:.1} ns per arrival ({windows} windows, at most {most})");
}

fn random_arrivals() -> impl Strategy<Value = Arrivals> {
    let rate = 0.01f64..30.0;
    prop_oneof![
        rate.clone().prop_map(poisson),
        rate.clone().prop_map(|rate| Arrivals::Constant(Constant { rate })),
        rate.clone().prop_map(|calm| {
            let (mean_calm, mean_storm) = (Span(9 * NANOS_PER_SECOND), Span(NANOS_PER_SECOND));
            Arrivals::Bursty(Bursty { calm, storm: 10.0 * calm, mean_calm, mean_storm })
        }),
        rate.clone().prop_map(|trough| {
            Arrivals::Diurnal(Diurnal { trough, peak: 2.0 * trough, peak_at: Span(0), weekend: 0.5 })
        }),
        rate.clone().prop_map(|base| {
            let (at, ramp, length) = (Span(3_000_000_000), Span(1_000_000_000), Span(500_000_000));
            Arrivals::Spike(Spike { base, peak: 100.0 * base, at, ramp, length })
        }),
        rate.prop_map(|on| Arrivals::OnOff(OnOff { on, from: Span(5 * NANOS_PER_SECOND), to: DAY })),
        (0u64..3_000, 0u64..20).prop_map(|(size, at)| Arrivals::Batch(Batch { size, at: Span(at * NANOS_PER_SECOND) })),
        (0u64..50).prop_map(|users| Arrivals::Closed(Closed { users, think: Distribution::exponential(3.0 * SECOND) })),
    ]
}

fn random_apps() -> impl Strategy<Value = Vec<AppWorkload>> {
    let one = (random_arrivals(), 1u32..4, any::<bool>());
    prop::collection::vec(one, 1..5).prop_map(|apps| {
        let named = |(i, (arrivals, tenants, active)): (usize, (Arrivals, u32, bool))| AppWorkload {
            activity: active.then(|| Distribution::exponential(1.0)),
            ..app(&format!("app {i}"), tenants, arrivals)
        };
        apps.into_iter().enumerate().map(named).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Sorted, within the time asked for, and the same whatever the windows.
    #[test]
    fn arrivals_do_not_depend_on_windows(apps in random_apps(), window in 1usize..300, start in 0.0f64..9.0) {
        let make = || Generator::new(&apps, 3, 1, 1.5, seconds(start, 20.0)).unwrap();
        let whole = all(make());
        prop_assert_eq!(&whole, &all(make().with_window(window)));
        let (from, to) = (seconds(start, 20.0).start, seconds(start, 20.0).end);
        prop_assert!(whole.iter().all(|a| a.time >= from && a.time < to));
    }

    /// An app's requests are the same whichever other apps there are.
    #[test]
    fn apps_do_not_disturb_each_other(apps in random_apps()) {
        let together = generate(&apps, 1.0, seconds(0.0, 10.0));
        for (place, one) in apps.iter().enumerate() {
            let alone = generate(std::slice::from_ref(one), 1.0, seconds(0.0, 10.0));
            let its = together.iter().filter(|a| a.app == place as u32).map(|a| Arrival { app: 0, ..*a });
            prop_assert_eq!(its.collect::<Vec<_>>(), alone);
        }
    }
}

/// At any traffic the k-th arrival has the same tenant, CPU time, blocked time and unit gap.
#[test]
fn traffic_scales_the_gaps_and_leaves_the_draws() {
    let one = app("a", 5, poisson(10.0));
    let slow = generate(std::slice::from_ref(&one), 0.5, seconds(0.0, 400.0));
    let fast = generate(&[one], 4.0, seconds(0.0, 50.0));
    assert!(slow.len() > 9_000 && slow.len().abs_diff(fast.len()) <= 1);
    for (slow, fast) in slow.iter().zip(&fast) {
        assert_eq!((slow.tenant, slow.cpu, slow.wait), (fast.tenant, fast.cpu, fast.wait));
        assert!((slow.time.0 as f64 / 8.0 - fast.time.0 as f64).abs() < 2.0, "{slow:?} {fast:?}");
    }
}

#[test]
fn seeds_and_replications_differ() {
    let one = [app("a", 1, poisson(10.0))];
    let make = |seed, replication| all(Generator::new(&one, seed, replication, 1.0, seconds(0.0, 10.0)).unwrap());
    assert_eq!(make(1, 0), make(1, 0));
    assert_ne!(make(1, 0), make(1, 1));
    assert_ne!(make(1, 0), make(2, 0));
}

/// Pinned: the arrivals of a seed are the same on every platform and in every version.
#[test]
fn the_arrivals_of_a_seed_are_pinned() {
    let diurnal = Arrivals::Diurnal(Diurnal { trough: 1.0, peak: 9.0, peak_at: Span(15 * HOUR.0), weekend: 0.5 });
    let apps = [app("api", 3, poisson(10.0)), app("site", 1, diurnal)];
    let digest = generate(&apps, 1.0, seconds(0.0, 3_600.0)).iter().fold(0u64, |hash, a| {
        let parts = [a.time.0, u64::from(a.app), u64::from(a.tenant), a.cpu, a.wait];
        parts.iter().fold(hash, |hash, part| (hash.rotate_left(5) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    });
    assert_eq!(digest, 16_693_877_317_893_943_908);
}

/// A batch of a million is given out in windows of bounded size.
#[test]
fn windows_stay_bounded() {
    let apps = [app("a", 1, Arrivals::Batch(Batch { size: 1_000_000, at: Span(0) })), app("b", 1, poisson(100.0))];
    let mut generator = Generator::new(&apps, 1, 0, 1.0, seconds(0.0, 60.0)).unwrap();
    let (mut window, mut count) = (Vec::new(), 0);
    while generator.next_window(&mut window).unwrap() {
        assert!(window.len() <= 10_000, "{}", window.len());
        count += window.iter().filter(|a| a.app == 0).count();
    }
    assert_eq!(count, 1_000_000);
}

/// A million thinking users are given out as quickly as anything else: nothing is moved per window.
#[test]
fn many_users_begin_quickly() {
    let closed = Closed { users: 1_000_000, think: Distribution::exponential(100.0 * SECOND) };
    let app = AppWorkload { cpu: Demand::None, wait: Demand::None, ..app("a", 1, Arrivals::Closed(closed)) };
    let begun = Instant::now();
    assert_eq!(generate(&[app], 1.0, seconds(0.0, 1e5)).len(), 1_000_000);
    assert!(begun.elapsed().as_secs() < 20);
}

#[test]
fn an_arrival_is_small() {
    assert_eq!(size_of::<Arrival>(), 32);
}

#[test]
fn apps_are_read_with_all_their_mistakes() {
    let read = |text: &str| {
        let mut diagnostics = crate::document::Diagnostics::default();
        let source = diagnostics.sources.add("app.toml", text);
        let node = crate::document::Node::parse(source, &mut diagnostics);
        let mut table = crate::document::Table::of(&node, &mut diagnostics).unwrap();
        let traces = std::collections::BTreeMap::new();
        let context = Context { directory: std::path::Path::new("."), traces: &traces, written: &node };
        let app = AppWorkload::read("api", &mut table, &mut diagnostics, &context);
        table.finish(&mut diagnostics);
        (app, diagnostics.render(false))
    };
    let (app, errors) = read(
        "tenants = 20\narrivals.poisson = { rate = \"2 /s\" }\ncpu.exponential = { mean = \"20 ms\" }\n\
         wait.log-normal = { mean = \"60 ms\", cv = 0.8 }\nactivity.log-normal = { mean = 1.0, cv = 2.0 }\nresponse = \"20 KiB\"",
    );
    assert_eq!(errors, "");
    let app = app.unwrap();
    assert_eq!((app.tenants, app.response), (20, Bytes(20 << 10)));
    assert!(matches!(app.arrivals, Arrivals::Poisson(_)) && matches!(app.cpu, Demand::Drawn(_)));
    let (app, errors) = read("");
    assert_eq!(errors, "");
    assert!(matches!(app.unwrap(), AppWorkload { tenants: 1, arrivals: Arrivals::None, cpu: Demand::None, .. }));
    let (app, errors) =
        read("tenants = 1_000_000_000_000\ncpu.exponential = { mean = 1 }\nwait.trace = { from = \"y\" }\nx = 1");
    assert!(app.is_none());
    for expected in
        ["at most 10^7 tenants", "identical tenants add up", "with its unit", "no [trace.y]", "unknown key `x`"]
    {
        assert!(errors.contains(expected), "{expected}:\n{errors}");
    }
    assert!(read("tenants = \"trace\"").1.contains("no trace with a row for each tenant"));
}
