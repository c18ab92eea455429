use super::*;
use crate::engine::Stream;
use crate::units::{HOUR, NANOS_PER_SECOND, Span};
use crate::workload::tests::{all, app, generate, poisson, seconds};
use crate::workload::{AppWorkload, Arrival, Demand, Distribution, Generator};
use std::collections::BTreeMap;
use std::path::Path;

const SECOND: f64 = NANOS_PER_SECOND as f64;
const WEEK: f64 = 604_800.0;

fn parsed(text: &str) -> Result<Arrivals, String> {
    let mut diagnostics = Diagnostics::default();
    let source = diagnostics.sources.add("app.toml", text);
    let node = Node::parse(source, &mut diagnostics);
    let context = Context { directory: Path::new("/nowhere"), traces: &BTreeMap::new(), written: &node };
    let found = Arrivals::read(node.get("arrivals").unwrap(), &mut diagnostics, &context);
    if diagnostics.is_empty() { Ok(found.unwrap()) } else { Err(diagnostics.render(false)) }
}

fn kind(text: &str) -> Arrivals {
    parsed(&format!("arrivals.{text}")).unwrap()
}

/// Arrivals of one app, without demands.
fn arrivals(text: &str, tenants: u32, length: f64) -> Vec<Arrival> {
    generate(&[AppWorkload { cpu: Demand::None, ..app("a", tenants, kind(text)) }], 1.0, seconds(0.0, length))
}

/// A Poisson count lies within 4 standard errors of its mean.
fn poisson_count(count: usize, mean: f64, what: &str) {
    assert!((count as f64 - mean).abs() <= 4.0 * mean.sqrt(), "{what}: {count} for {mean}");
}

fn within(arrivals: &[Arrival], from: f64, to: f64) -> usize {
    arrivals.iter().filter(|a| (from * SECOND..to * SECOND).contains(&(a.time.0 as f64))).count()
}

#[test]
fn poisson_gaps_are_exponential_and_independent() {
    let drawn = arrivals("poisson = { rate = \"50 /s\" }", 1, 4_000.0);
    poisson_count(drawn.len(), 200_000.0, "poisson");
    let gaps: Vec<f64> = drawn.windows(2).map(|p| (p[1].time.0 - p[0].time.0) as f64 / SECOND * 50.0).collect();
    let n = gaps.len() as f64;
    let moment = |power| gaps.iter().map(|g: &f64| g.powi(power)).sum::<f64>() / n;
    // E X^k = k!, and the standard error of its estimate is sqrt(((2k)! - k!^2) / n).
    assert!((moment(1) - 1.0).abs() < 4.0 / n.sqrt());
    assert!((moment(2) - 2.0).abs() < 4.0 * (20.0 / n).sqrt());
    assert!((moment(3) - 6.0).abs() < 4.0 * (684.0 / n).sqrt());
    let product = gaps.windows(2).map(|p| (p[0] - 1.0) * (p[1] - 1.0)).sum::<f64>() / n;
    assert!(product.abs() < 4.0 / n.sqrt(), "neighbours are correlated: {product}");
}

#[test]
fn constant_has_equal_gaps_from_a_phase_of_its_own() {
    let drawn = arrivals("constant = { rate = \"3 /s\" }", 1, 100_000.0);
    assert_eq!(drawn.len(), 300_000, "rate times length, to the request");
    let first = drawn[0].time.0;
    assert!(first < NANOS_PER_SECOND / 3, "within the first gap");
    for (k, arrival) in drawn.iter().enumerate() {
        let exact = first + k as u64 * NANOS_PER_SECOND / 3;
        assert!(arrival.time.0.abs_diff(exact) <= 1, "arrival {k}");
    }
}

/// 2,000 tenants with one request an hour each, over an hour and a half: each has one or two, and the
/// number in the first half hour is binomial (2,000, ½); tolerances are 4 standard errors of 22.4.
#[test]
fn constant_tenants_are_not_in_phase() {
    let drawn = arrivals("constant = { rate = \"1 /h\" }", 2_000, 5_400.0);
    let early = within(&drawn, 0.0, 1_800.0) as f64;
    let late = within(&drawn, 3_600.0, 5_400.0) as f64;
    assert!((early - 1_000.0).abs() < 4.0 * 22.4, "{early}");
    assert_eq!(early, late, "those come again an hour later");
    assert_eq!(within(&drawn, 0.0, 3_600.0), 2_000);
    let mut moments: Vec<u64> = drawn.iter().map(|arrival| arrival.time.0).collect();
    moments.dedup();
    assert_eq!(moments.len(), drawn.len(), "no two at once");
}

/// The variance of counts of an interrupted process tells its weather (Fischer and Meier-Hellstern
/// 1993): limit of the index of dispersion 1 + 2 p q (l2 - l1)^2 / ((s1 + s2) mean rate).
#[test]
fn bursty_has_the_rate_and_the_dispersion_of_its_weather() {
    let text = "bursty = { calm = \"1 /s\", storm = \"20 /s\", mean-calm = \"40 s\", mean-storm = \"10 s\" }";
    let length = 400_000.0;
    let drawn = arrivals(text, 1, length);
    let (p, q, s1, s2) = (0.8, 0.2, 1.0 / 40.0, 1.0 / 10.0);
    let mean: f64 = p * 1.0 + q * 20.0;
    let dispersion = 1.0 + 2.0 * p * q * 19.0f64.powi(2) / ((s1 + s2) * mean);
    let error = (mean * length * dispersion).sqrt();
    assert!((drawn.len() as f64 - mean * length).abs() < 4.0 * error, "{}", drawn.len());
    // In bins of 2,000 s, long beside the weather's 8 s: 200 bins, a variance's error is sqrt(2 / 200) of it.
    let bins: Vec<f64> = (0..200).map(|i| within(&drawn, f64::from(i) * 2e3, f64::from(i + 1) * 2e3) as f64).collect();
    let centre = bins.iter().sum::<f64>() / 200.0;
    let variance = bins.iter().map(|b| (b - centre).powi(2)).sum::<f64>() / 199.0;
    assert!((variance / centre / dispersion - 1.0).abs() < 4.0 * (2.0f64 / 200.0).sqrt() + 8.0 / 2e3, "{variance}");
}

#[test]
fn bursty_begins_in_its_stationary_state() {
    let text = "bursty = { calm = \"0 /s\", storm = \"1 /s\", mean-calm = \"3000 h\", mean-storm = \"1000 h\" }";
    // The weather hardly changes within a minute: a tenant has arrivals in it where it begins in storm.
    let drawn = arrivals(text, 20_000, 60.0);
    let stormy = drawn.iter().map(|a| a.tenant).collect::<std::collections::BTreeSet<_>>().len() as f64;
    let expected = 20_000.0 * 0.25;
    assert!((stormy - expected).abs() < 4.0 * (expected * 0.75f64).sqrt(), "{stormy}");
}

#[test]
fn diurnal_follows_its_integral_hour_by_hour() {
    let text = "diurnal = { trough = \"0 /s\", peak = \"2 /s\", peak-at = \"15:00\", weekend = 0.5 }";
    let drawn = arrivals(text, 1, WEEK);
    let Arrivals::Diurnal(kind) = kind(text) else { panic!() };
    for hour in 0..168 {
        let (from, to) = (f64::from(hour) * 3600.0, f64::from(hour + 1) * 3600.0);
        // Simpson's rule on the rate itself.
        let rate = |t: f64| kind.rate(Time((t * SECOND) as u64));
        let mean = (rate(from) + 4.0 * rate(0.5 * (from + to)) + rate(to - 1e-6)) * 600.0;
        poisson_count(within(&drawn, from, to), mean, &format!("hour {hour}"));
    }
    poisson_count(drawn.len(), 86_400.0 * 6.0, "week");
    assert_eq!(kind.rate(Time(15 * HOUR.0)), 2.0);
    assert!(kind.rate(Time(3 * HOUR.0)) < 1e-9);
}

/// The change of time is exact: the expected arrivals up to the moment found are those asked for.
#[test]
fn intensities_are_inverted_exactly() {
    let mut stream = Stream::named(1, 0, "test", "inversion");
    let texts = [
        "diurnal = { trough = \"1 /h\", peak = \"40 /h\", peak-at = \"09:30\", weekend = 0.3 }",
        "diurnal = { trough = \"0 /s\", peak = \"90 /s\", peak-at = \"00:00\" }",
        "spike = { base = \"1 /min\", peak = \"9 /min\", at = \"30 h\", ramp = \"5 h\", length = \"3 h\" }",
        "spike = { base = \"0 /s\", peak = \"9 /s\", at = \"02:00\", ramp = \"1 h\", length = \"0 s\" }",
        "on-off = { on = \"5 /h\", from = \"20:00\", to = \"08:00\" }",
        "on-off = { on = \"5 /h\", from = \"08:00\", to = \"20:00\" }",
    ];
    for text in texts {
        let kind = kind(text);
        let intensity: &dyn Intensity = match &kind {
            Arrivals::Diurnal(kind) => kind,
            Arrivals::Spike(kind) => kind,
            Arrivals::OnOff(kind) => kind,
            _ => panic!(),
        };
        for _ in 0..300 {
            let from = Time(stream.below(60 * HOUR.0));
            let mass = 30.0 * stream.exponential();
            let Some(delay) = intensity.delay(from, mass, Time(500 * HOUR.0)) else { continue };
            // Midpoints of 100,000 steps.
            let step = delay / 1e5;
            let rate = |i: u32| intensity.rate(Time(from.0 + ((f64::from(i) + 0.5) * step) as u64));
            let expected = (0..100_000).map(rate).sum::<f64>() * step / SECOND;
            assert!((expected - mass).abs() < 1e-3 * mass + 1e-3, "{text}: {mass} at {from:?} gives {expected}");
        }
    }
}

#[test]
fn spike_and_on_off_have_arrivals_where_they_should() {
    let text = "spike = { base = \"1 /s\", peak = \"100 /s\", at = \"1 h\", ramp = \"100 s\", length = \"200 s\" }";
    let drawn = arrivals(text, 1, 7_200.0);
    poisson_count(within(&drawn, 0.0, 3600.0), 3600.0, "before");
    poisson_count(within(&drawn, 3600.0, 3650.0), 50.0 * (1.0 + 50.5) / 2.0, "first half of the rise");
    poisson_count(within(&drawn, 3600.0, 3700.0), 5050.0, "rise");
    poisson_count(within(&drawn, 3700.0, 3900.0), 20_000.0, "held");
    poisson_count(within(&drawn, 3900.0, 4000.0), 5050.0, "fall");
    poisson_count(within(&drawn, 4000.0, 7200.0), 3200.0, "after");
    for (from, to, on) in [("08:00", "20:00", [0, 12, 0]), ("20:00", "08:00", [8, 0, 4])] {
        let drawn =
            arrivals(&format!("on-off = {{ on = \"1 /s\", from = \"{from}\", to = \"{to}\" }}"), 1, 2.0 * 86_400.0);
        for day in [0.0, 86_400.0] {
            for ((begin, end), hours) in [(0.0, 8.0), (8.0, 20.0), (20.0, 24.0)].into_iter().zip(on) {
                let count = within(&drawn, day + begin * 3600.0, day + end * 3600.0);
                poisson_count(count, f64::from(hours) * 3600.0, &format!("{from}-{to}, {begin} h"));
            }
        }
    }
}

#[test]
fn batches_are_exact() {
    let drawn = arrivals("batch = { size = 2_000, at = \"02:00\" }", 3, 3.0 * 86_400.0);
    assert_eq!(drawn.len(), 3 * 3 * 2_000);
    assert!(drawn.iter().all(|a| a.time.0 % DAY.0 == 2 * HOUR.0));
    let tenants: Vec<u32> = drawn.chunks(2_000).map(|chunk| chunk[0].tenant).collect();
    assert_eq!(tenants, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
    // Half the traffic of an odd batch: on average half, by draws.
    let app = app("a", 1, kind("batch = { size = 1, at = \"00:00\" }"));
    let half = generate(&[app], 0.5, seconds(0.0, 10_000.0 * 86_400.0)).len() as f64;
    assert!((half - 5_000.0).abs() < 4.0 * 50.0, "{half}");
}

#[test]
fn a_rate_of_zero_is_valid_and_silent() {
    for text in [
        "poisson = { rate = \"0 /s\" }",
        "constant = { rate = \"0 /s\" }",
        "bursty = { calm = \"0 /s\", storm = \"0 /s\", mean-calm = \"1 s\", mean-storm = \"1 s\" }",
        "diurnal = { trough = \"0 /s\", peak = \"0 /s\", peak-at = \"15:00\" }",
        "diurnal = { trough = \"0 /s\", peak = \"0 /s\", peak-at = \"15:00\", weekend = 0 }",
        "spike = { base = \"0 /s\", peak = \"0 /s\", at = \"1 h\", ramp = \"1 min\", length = \"1 h\" }",
        "on-off = { on = \"0 /s\", from = \"08:00\", to = \"20:00\" }",
        "batch = { size = 0, at = \"02:00\" }",
        "closed = { users = 0, think.constant = \"1 s\" }",
    ] {
        assert_eq!(arrivals(text, 2, 3.0 * 86_400.0), [], "{text}");
    }
}

/// A user of a closed app who is served at once sends one request per thinking time.
#[test]
fn closed_users_think_between_requests() {
    let app = app("a", 2, kind("closed = { users = 25, think.exponential = { mean = \"10 s\" } }"));
    let mut generator = Generator::new(std::slice::from_ref(&app), 7, 0, 1.0, seconds(0.0, 4_000.0)).unwrap();
    let mut queue: std::collections::BTreeSet<(Time, u32, u64)> = Default::default();
    let mut window = Vec::new();
    while generator.next_window(&mut window).unwrap() {
        queue.extend(window.iter().map(|a| (a.time, a.tenant, a.cpu)));
    }
    assert_eq!(queue.len(), 50);
    let mut served = [0, 0];
    while let Some((now, tenant, _)) = queue.pop_first() {
        served[tenant as usize] += 1;
        queue.extend(generator.closed_next(0, tenant, now).map(|a| (a.time, a.tenant, a.cpu)));
    }
    // 25 users × 4,000 s / 10 s each: a superposition of Poisson processes.
    poisson_count(served[0], 10_000.0, "first tenant");
    poisson_count(served[1], 10_000.0, "second tenant");
    assert_eq!(generator.closed_next(9, 0, Time(0)), None);
    // Traffic multiplies the users.
    let more = all(Generator::new(&[app], 7, 0, 3.0, seconds(0.0, 4_000.0)).unwrap());
    assert_eq!(more.len(), 150);
}

#[test]
fn tenants_share_as_their_activity_says() {
    let activity = Distribution::log_normal(1.0, 1.0);
    let mut factors = Stream::named(7, 0, "a", "activity");
    let factors: Vec<f64> = (0..8).map(|_| activity.sample(&mut factors)).collect();
    for text in [
        "poisson = { rate = \"10 /s\" }",
        "spike = { base = \"10 /s\", peak = \"10 /s\", at = \"0 s\", length = \"1 s\" }",
        "bursty = { calm = \"10 /s\", storm = \"10 /s\", mean-calm = \"1 s\", mean-storm = \"1 s\" }",
    ] {
        let app = AppWorkload { activity: Some(activity.clone()), ..app("a", 8, kind(text)) };
        let drawn = generate(&[app], 1.0, seconds(0.0, 2_000.0));
        for (tenant, factor) in factors.iter().enumerate() {
            let count = drawn.iter().filter(|a| a.tenant as usize == tenant).count();
            poisson_count(count, 20_000.0 * factor, text);
        }
    }
    let app = AppWorkload { activity: Some(activity), ..app("a", 8, kind("constant = { rate = \"10 /s\" }")) };
    let drawn = generate(&[app], 1.0, seconds(0.0, 2_000.0));
    for (tenant, factor) in factors.iter().enumerate() {
        let count = drawn.iter().filter(|a| a.tenant as usize == tenant).count() as f64;
        assert!((count - 20_000.0 * factor).abs() <= 1.0, "{count}");
    }
}

#[test]
fn huge_rates_do_not_lose_time_to_rounding() {
    // A mean gap of 0.1 ns.
    let drawn = generate(&[app("a", 1, poisson(1e10))], 1.0, Time(1_000)..Time(31_000));
    poisson_count(drawn.len(), 300_000.0, "10^10 /s");
}

#[test]
fn mistakes_are_named() {
    for (text, expected) in [
        ("arrivals.poison = { rate = \"1 /s\" }", "did you mean `poisson`?"),
        ("arrivals.poisson = { rate = \"-1 /s\" }", "negative"),
        ("arrivals.poisson = { rate = nan }", "expected a quantity with its unit"),
        ("arrivals.poisson = { rate = \"1 /s\", peak = 1 }", "unknown key `peak`"),
        ("arrivals = \"poisson\"", "`rate` is missing"),
        ("arrivals.diurnal = { trough = \"9 /s\", peak = \"1 /s\", peak-at = \"15:00\" }", "`peak` is below `trough`"),
        ("arrivals.diurnal = { trough = \"1 /s\", peak = \"9 /s\", peak-at = \"25:00\" }", "time of day"),
        ("arrivals.diurnal = { trough = \"1 /s\", peak = \"9 /s\", peak-at = 15 }", "write a string such as \"15:00\""),
        ("arrivals.on-off = { on = \"1 /s\", from = \"08:00\", to = \"08:00\" }", "same time of day"),
        ("arrivals.batch = { size = 1_000_000_000_000, at = \"02:00\" }", "at most 10^9"),
        ("arrivals.batch = { size = 1, at = \"2:00\" }", "expected a time of day such as \"15:00\""),
        ("arrivals.closed = { users = 1_000_000_000, think.constant = \"1 s\" }", "at most 10^7 users"),
        (
            "arrivals.bursty = { calm = \"1 /s\", storm = \"1 /s\", mean-calm = \"0 s\", mean-storm = \"1 s\" }",
            "above zero",
        ),
        ("arrivals.trace = { file = \"none.csv\" }", "none.csv: no such file"),
        ("arrivals.trace = { from = \"azur\" }", "there is no [trace.azur]"),
        ("arrivals.trace = { file = \"x\", scale = 0 }", "above zero"),
    ] {
        let shown = parsed(text).unwrap_err();
        assert!(shown.contains(expected), "{text}:\n{shown}");
    }
    // All of one file at once.
    let shown = parsed("arrivals.bursty = { calm = \"1\", storm = \"-1 /s\", mean-calm = 3 }").unwrap_err();
    for expected in ["no unit", "negative", "write a string", "`mean-storm` is missing"] {
        assert!(shown.contains(expected), "{expected}:\n{shown}");
    }
}

#[test]
fn times_of_day() {
    assert_eq!(parse_time_of_day("15:00"), Ok(Span(15 * HOUR.0)));
    assert_eq!(parse_time_of_day("00:00:30"), Ok(Span(30 * NANOS_PER_SECOND)));
    assert_eq!(parse_time_of_day("24:00"), Ok(DAY));
    for wrong in ["", "15", "15:60", "24:01", "-1:00", "ab:cd", "15:00:00:00", "1 h"] {
        assert!(parse_time_of_day(wrong).is_err(), "{wrong}");
    }
}
