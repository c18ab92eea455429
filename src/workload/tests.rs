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

/// Nanoseconds per request; run with `--release -- --ignored --nocapture speed`.
#[test]
#[ignore = "a measurement"]
fn speed() {
    let mut stream = crate::engine::Stream::named(1, 0, "speed", "numbers");
    let log_normal = Distribution::log_normal(0.02 * SECOND, 1.0);
    let begun = Instant::now();
    let mut sum = 0.0;
    for _ in 0..20_000_000 {
        sum += stream.exponential() + log_normal.sample(&mut stream);
    }
    println!("exponential + log-normal: {:.1} ns ({sum:e})", begun.elapsed().as_nanos() as f64 / 2e7);
    let begun = Instant::now();
    for _ in 0..20_000_000 {
        sum += stream.exponential();
    }
    println!("exponential: {:.1} ns ({sum:e})", begun.elapsed().as_nanos() as f64 / 2e7);
    let begun = Instant::now();
    for _ in 0..20_000_000 {
        sum += stream.normal();
    }
    println!("normal: {:.1} ns ({sum:e})", begun.elapsed().as_nanos() as f64 / 2e7);
    let diurnal = || Arrivals::Diurnal(Diurnal { trough: 5.0, peak: 15.0, peak_at: Span(15 * HOUR.0), weekend: 0.5 });
    let bursty = || {
        let (calm, storm) = (Span(600 * NANOS_PER_SECOND), Span(60 * NANOS_PER_SECOND));
        Arrivals::Bursty(Bursty { calm: 5.0, storm: 60.0, mean_calm: calm, mean_storm: storm })
    };
    time("100 apps", 100, 1, || poisson(10.0), 10_000.0);
    time("10,000 apps", 10_000, 1, || poisson(0.1), 10_000.0);
    time("1 app", 1, 1, || poisson(1_000.0), 10_000.0);
    time("1 app of 10,000 tenants", 1, 10_000, || poisson(0.1), 10_000.0);
    time("100 diurnal apps", 100, 1, diurnal, 10_000.0);
    time("100 bursty apps", 100, 1, bursty, 10_000.0);
    time("1 bursty app of 1,000 tenants", 1, 1_000, bursty, 1_000.0);
    time("100 constant apps", 100, 1, || Arrivals::Constant(Constant { rate: 10.0 }), 10_000.0);
    time("1 batch of ten million", 1, 1, || Arrivals::Batch(Batch { size: 10_000_000, at: Span(0) }), 10.0);
}

fn time(what: &str, apps: usize, tenants: u32, arrivals: impl Fn() -> Arrivals, length: f64) {
    let mut apps: Vec<AppWorkload> = (0..apps).map(|i| app(&format!("app {i}"), tenants, arrivals())).collect();
    apps.iter_mut().for_each(|app| app.wait = Demand::None);
    let mut generator = Generator::new(&apps, 1, 0, 1.0, seconds(0.0, length)).unwrap();
    let mut window = Vec::new();
    let (mut count, mut windows, mut most) = (0u64, 0u64, 0);
    let begun = Instant::now();
    while generator.next_window(&mut window).unwrap() {
        count += window.len() as u64;
        windows += 1;
        most = most.max(window.len());
    }
    let each = begun.elapsed().as_nanos() as f64 / count as f64;
    println!("{what}: {each:.1} ns per arrival ({count} arrivals, {windows} windows, at most {most})");
}
