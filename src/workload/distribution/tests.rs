use super::*;

/// Draws from a fixed stream.
fn draws(distribution: &Distribution, n: usize) -> Vec<f64> {
    let mut stream = Stream::named(11, 0, "test", "distribution");
    (0..n).map(|_| distribution.sample(&mut stream)).collect()
}

fn parsed(text: &str, unit: Unit) -> Result<Distribution, String> {
    let mut diagnostics = Diagnostics::default();
    let source = diagnostics.sources.add("app.toml", text);
    let node = Node::parse(source, &mut diagnostics);
    let found = Distribution::read(node.get("cpu").unwrap(), &mut diagnostics, unit, Path::new("/nowhere"));
    if diagnostics.is_empty() { Ok(found.unwrap()) } else { Err(diagnostics.render(false)) }
}

fn number(text: &str) -> Distribution {
    parsed(&format!("cpu.{text}"), Unit::Number).unwrap()
}

const KINDS: [&str; 13] = [
    "exponential = { mean = 3 }",
    "uniform = { min = 1, max = 4 }",
    "log-normal = { mean = 3, cv = 0.8 }",
    "log-normal = { median = 2, p95 = 5 }",
    "gamma = { mean = 3, cv = 0.4 }",
    "gamma = { mean = 3, cv = 1.6 }",
    "gamma = { shape = 1.0, scale = 2.0 }",
    "weibull = { mean = 3, cv = 0.5 }",
    "weibull = { shape = 0.8, scale = 2.0 }",
    "hyper-exponential = { mean = 3, cv = 2.5 }",
    "pareto = { shape = 1.5, min = 1, max = 50 }",
    "pareto = { shape = 1.0, min = 1, max = 50 }",
    "empirical = [[1, 0.25], [2, 0.5], [6, 1.0]]",
];

/// Mean and variance, each within 4 standard errors (estimated from the draws themselves), of
/// what the parameters say.
#[test]
fn moments_are_those_of_the_parameters() {
    for kind in KINDS {
        let distribution = number(kind);
        let n = 400_000;
        let drawn = draws(&distribution, n);
        let mean = drawn.iter().sum::<f64>() / n as f64;
        let central = |power: i32| drawn.iter().map(|x| (x - mean).powi(power)).sum::<f64>() / n as f64;
        let (variance, fourth) = (central(2), central(4));
        let error = (variance / n as f64).sqrt();
        assert!((mean - distribution.mean()).abs() < 4.0 * error, "{kind}: {mean} for {}", distribution.mean());
        if let Some(cv) = distribution.cv() {
            let expected = (cv * distribution.mean()).powi(2);
            let error = ((fourth - variance * variance) / n as f64).sqrt();
            assert!((variance - expected).abs() < 4.0 * error, "{kind}: variance {variance} for {expected}");
        }
    }
}

/// Kolmogorov-Smirnov against the distribution function; 1.95 / sqrt(n) is passed by chance once in 1,000.
#[test]
fn draws_follow_the_distribution_function() {
    for kind in KINDS {
        let distribution = number(kind);
        if kind.starts_with("empirical") || distribution.cdf(1.0).is_none() {
            continue;
        }
        let n = 100_000;
        let mut drawn = draws(&distribution, n);
        drawn.sort_by(f64::total_cmp);
        let off = drawn.iter().enumerate().map(|(i, x)| (distribution.cdf(*x).unwrap() - i as f64 / n as f64).abs());
        let worst = off.fold(0.0, f64::max);
        assert!(worst < 1.95 / (n as f64).sqrt(), "{kind}: {worst}");
    }
}

/// Kolmogorov-Smirnov of two samples: `rand_distr`'s own of the same parameters. 1.95 × sqrt(2/n) is passed by chance
/// once in 1,000. (Its samplers take other bits of a stream, so that with them every result would be another.)
#[test]
fn draws_are_alike_those_of_rand_distr() {
    use rand::SeedableRng;
    use rand_distr::{Distribution as _, Exp, Gamma, LogNormal, Uniform, Weibull};
    let mut generator = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(5);
    let n = 40_000;
    let mut compare = |ours: &str, theirs: &dyn Fn(&mut rand_xoshiro::Xoshiro256PlusPlus) -> f64| {
        let mut all: Vec<(f64, f64)> = draws(&number(ours), n).into_iter().map(|x| (x, 1.0)).collect();
        all.extend((0..n).map(|_| (theirs(&mut generator), -1.0)));
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut apart, mut worst) = (0.0f64, 0.0f64);
        for (_, side) in all {
            apart += side / n as f64;
            worst = worst.max(apart.abs());
        }
        assert!(worst < 1.95 * (2.0 / n as f64).sqrt(), "{ours}: {worst}");
    };
    let (exponential, uniform) = (Exp::new(1.0 / 3.0).unwrap(), Uniform::new(1.0, 4.0).unwrap());
    compare("exponential = { mean = 3 }", &|g| exponential.sample(g));
    compare("uniform = { min = 1, max = 4 }", &|g| uniform.sample(g));
    let log_normal = LogNormal::from_mean_cv(3.0, 0.8).unwrap();
    compare("log-normal = { mean = 3, cv = 0.8 }", &|g| log_normal.sample(g));
    for (shape, scale) in [(0.4, 2.0), (1.0, 2.0), (6.25, 0.5)] {
        let gamma = Gamma::new(shape, scale).unwrap();
        compare(&format!("gamma = {{ shape = {shape:?}, scale = {scale:?} }}"), &|g| gamma.sample(g));
    }
    let weibull = Weibull::new(2.0, 0.8).unwrap();
    compare("weibull = { shape = 0.8, scale = 2.0 }", &|g| weibull.sample(g));
}

#[test]
fn quantiles_invert_the_distribution_function() {
    for kind in KINDS {
        let distribution = number(kind);
        for p in [0.3, 0.5, 0.75, 0.95, 0.999] {
            let Some(x) = distribution.quantile(p) else { continue };
            assert!((distribution.cdf(x).unwrap() - p).abs() < 1e-9, "{kind} at {p}");
        }
    }
    let median_and_p95 = number("log-normal = { median = 2, p95 = 5 }");
    assert!((median_and_p95.cdf(2.0).unwrap() - 0.5).abs() < 1e-12);
    assert!((median_and_p95.cdf(5.0).unwrap() - 0.95).abs() < 1e-12);
}

/// Shares of an atom, of straight lines and of a list.
#[test]
fn the_empirical_kinds() {
    let points = number("empirical = [[1, 0.25], [2, 0.5], [6, 1.0]]");
    assert_eq!(points.mean(), 0.25 + 1.5 * 0.25 + 4.0 * 0.5);
    assert_eq!((points.quantile(0.1), points.quantile(0.75)), (Some(1.0), Some(4.0)));
    assert_eq!((points.cdf(0.9), points.cdf(1.0), points.cdf(4.0)), (Some(0.0), Some(0.25), Some(0.75)));
    let list = number("empirical = [4, 1, 1, 2]");
    assert_eq!((list.mean(), list.quantile(0.5), list.cdf(1.5)), (2.0, Some(1.0), Some(0.5)));
    let n = 100_000;
    let ones = draws(&list, n).iter().filter(|x| **x == 1.0).count();
    assert!((ones as f64 - n as f64 / 2.0).abs() < 4.0 * (n as f64 / 4.0).sqrt());
}

#[test]
fn times_have_units_and_are_whole_nanoseconds() {
    let Ok(Distribution::Exponential(d)) = parsed("cpu.exponential = { mean = \"20 ms\" }", Unit::Time) else {
        panic!("not an exponential");
    };
    assert_eq!(d.mean, 20e6);
    let mut stream = Stream::named(1, 0, "a", "b");
    assert_eq!(Distribution::constant(1.5).sample_span(&mut stream), Span(2));
    assert_eq!(Distribution::constant(-1.0).sample_span(&mut stream), Span(0));
    assert_eq!(Distribution::constant(1e300).sample_span(&mut stream), Span::MAX);
}

#[test]
fn mistakes_are_named() {
    for (text, expected) in [
        ("cpu.exponential = { mean = 20 }", "expected a quantity with its unit"),
        ("cpu.exponential = { mean = \"-1 s\" }", "negative"),
        ("cpu.exponential = {}", "`mean` is missing"),
        ("cpu.exponentail = { mean = \"1 s\" }", "did you mean `exponential`?"),
        ("cpu.uniform = { min = \"2 s\", max = \"1 s\" }", "`min` is above `max`"),
        ("cpu.log-normal = { mean = \"1 s\", cv = nan }", "finite"),
        ("cpu.log-normal = { mean = \"1 s\", p95 = \"2 s\" }", "unknown key `p95`"),
        ("cpu.log-normal = { median = \"2 s\", p95 = \"1 s\" }", "below the median"),
        ("cpu.log-normal = { mean = \"0 s\", cv = 1 }", "above zero"),
        ("cpu.gamma = { mean = \"1 s\", cv = 0 }", "above zero"),
        ("cpu.weibull = { mean = \"1 s\", cv = 1e9 }", "must lie between"),
        ("cpu.hyper-exponential = { mean = \"1 s\", cv = 0.5 }", "1 or more"),
        ("cpu.pareto = { shape = 1.0, min = \"0 s\", max = \"1 s\" }", "above zero"),
        ("cpu.empirical = []", "empty"),
        ("cpu.empirical = [[\"1 s\", 0.5], [\"2 s\", 0.9]]", "the last share must be 1.0"),
        ("cpu.empirical = [[\"1 s\", 0.5, 2]]", "two entries"),
        ("cpu.empirical = \"absent.csv\"", "absent.csv: no such file"),
    ] {
        let shown = parsed(text, Unit::Time).unwrap_err();
        assert!(shown.contains(expected), "{text}:\n{shown}");
    }
}

#[test]
fn a_file_of_measurements() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("times.csv"), "id,seconds\na,0.5\nb,1.5\n").unwrap();
    let mut diagnostics = Diagnostics::default();
    let read = |value: &str, d: &mut Diagnostics| {
        let source = d.sources.add("a.toml", format!("x = {value}"));
        let node = Node::parse(source, d);
        Distribution::read(node.get("x").unwrap(), d, Unit::Time, folder.path())
    };
    let plain = read("{ empirical = \"times.csv\" }", &mut diagnostics).unwrap();
    let named = read("{ empirical = { file = \"times.csv\", column = \"seconds\", unit = \"ms\" } }", &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(false));
    assert_eq!((plain.mean(), named.unwrap().mean()), (1e9, 1e6));
    read("{ empirical = { file = \"times.csv\", column = \"id\" } }", &mut diagnostics);
    assert!(diagnostics.render(false).contains("times.csv:2: expected a number of zero or more, found \"a\""));
}
