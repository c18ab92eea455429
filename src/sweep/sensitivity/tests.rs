use super::*;
use crate::sweep::design::saltelli;
use std::f64::consts::PI;

/// Every index lies within its interval, and the intervals are narrow enough to say something.
fn check(function: impl Fn(&[f64]) -> f64, known: &[(f64, f64)], points: usize, width: f64) {
    let results: Vec<f64> = saltelli(points, known.len(), 7).iter().map(|row| function(row)).collect();
    let found = indices(&results, known.len(), 1).unwrap();
    for (axis, (index, (first, total))) in found.iter().zip(known).enumerate() {
        for ((value, (low, high)), known) in [(index.first, first), (index.total, total)] {
            assert!(low <= *known && *known <= high, "axis {axis}: {known} is not in {low} … {high} ({value})");
            assert!(high - low < width, "axis {axis}: {low} … {high}");
            // What is told is the estimate that the interval is about.
            assert!(low <= value && value <= high, "axis {axis}: {value} is not in {low} … {high}");
            assert!((value - known).abs() < width / 2.0, "axis {axis}: {value}, and {known} is known");
        }
    }
}

/// Ishigami and Homma (1990): sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on (−π, π)³, whose indices are
/// known in closed form: 0.3139, 0.4424, 0 and 0.5576, 0.4424, 0.2437.
#[test]
fn indices_of_ishigami() {
    let ishigami = |u: &[f64]| {
        let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        libm::sin(x[0]) + 7.0 * libm::sin(x[1]).powi(2) + 0.1 * x[2].powi(4) * libm::sin(x[0])
    };
    let (a, b) = (7.0f64, 0.1f64);
    let v1 = 0.5 * (1.0 + b * PI.powi(4) / 5.0).powi(2);
    let v2 = a * a / 8.0;
    let v13 = b * b * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
    let v = v1 + v2 + v13;
    assert!((v1 / v - 0.3139).abs() < 1e-4 && (v13 / v - 0.2437).abs() < 1e-4);
    check(ishigami, &[(v1 / v, (v1 + v13) / v), (v2 / v, v2 / v), (0.0, v13 / v)], 2048, 0.2);
}

/// Sobol's g-function with a = (0, 1, 4.5, 9): a product, so that its indices are products too.
#[test]
fn indices_of_the_g_function() {
    let a = [0.0, 1.0, 4.5, 9.0];
    let g = |u: &[f64]| u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product::<f64>();
    let part = a.map(|a: f64| 1.0 / (3.0 * (1.0 + a).powi(2)));
    let all: f64 = part.iter().map(|v| 1.0 + v).product();
    let known: Vec<(f64, f64)> = part.iter().map(|v| (v / (all - 1.0), v * all / (1.0 + v) / (all - 1.0))).collect();
    check(g, &known, 2048, 0.2);
}

#[test]
fn a_constant_has_no_indices() {
    assert_eq!(indices(&[5.0; 40], 2, 1), None);
}

fn written(design: &str, sample_points: u64, csv: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let runs = csv.lines().count() as u64 - 1;
    let points = csv.lines().last().unwrap().split(',').next().unwrap().parse::<u64>().unwrap() + 1;
    let about = serde_json::json!({ "title": "t", "design": design, "sample_points": sample_points,
        "axes": ["a.x", "a.y"], "points": points, "runs": runs });
    std::fs::write(directory.path().join("sweep.json"), about.to_string()).unwrap();
    std::fs::write(directory.path().join("points.csv"), csv).unwrap();
    directory
}

/// 2 × 2 points of 3 x + y (x in 0, 1; y in 0, 2), two replications 1 apart; a second case costs 2.
fn grid() -> tempfile::TempDir {
    let mut csv = "point,a.x,a.y,case,replication,seed,tco_usd,slo_met\r\n".to_string();
    for (point, (x, y)) in [(0, 0), (0, 2), (1, 0), (1, 2)].into_iter().enumerate() {
        for (case, k) in [("one", 0), ("one", 1), ("two", 0), ("two", 1)] {
            let tco = if case == "one" { 3 * x + y + k } else { 3 };
            let met = if case == "two" && x == 1 && y == 2 { "false" } else { "true" };
            csv.push_str(&format!("{point},{x} s,{y},{case},{k},1,{tco},{met}\r\n"));
        }
    }
    written("grid", 0, &csv)
}

fn found(report: &Report, analysis: &str, case: &str, axis: &str, level: &str) -> Option<f64> {
    let same = |f: &&Finding| f.analysis == analysis && f.case == case && f.axis == axis && f.level == level;
    report.findings.iter().find(same).unwrap_or_else(|| panic!("{analysis} {case} {axis} {level}")).value
}

#[test]
fn effects_of_a_grid_by_hand() {
    let directory = grid();
    let report = analyse(directory.path(), &["tco_usd".into()]).unwrap();
    let near = |value: Option<f64>, known: f64| assert!((value.unwrap() - known).abs() < 1e-12, "{value:?} {known}");
    near(found(&report, "main-effect", "one", "a.x", "0 s"), -1.5);
    near(found(&report, "main-effect", "one", "a.y", "2"), 1.0);
    // Sums of squares 9 and 4, of 13.
    near(found(&report, "variance-share", "one", "a.x", ""), 9.0 / 13.0);
    near(found(&report, "interaction", "one", "a.x × a.y", ""), 0.0);
    // The coefficients of a sum of independent parts are their standard deviations' shares.
    near(found(&report, "regression", "one", "a.x", ""), (9.0f64 / 13.0).sqrt());
    near(found(&report, "regression", "one", "a.y", ""), (4.0f64 / 13.0).sqrt());
    near(found(&report, "regression", "one", "R²", ""), 1.0);
    // TCO of the first case: 0.5, 2.5, 3.5, 5.5; of the second: 3, which fails its objective last.
    near(found(&report, "cheapest", "one", "a.x", "0 s"), 1.0);
    near(found(&report, "cheapest", "two", "a.x", "1 s"), 0.5);
    near(found(&report, "flips", "", "a.x", ""), 0.5);
    near(found(&report, "flips", "", "a.y", ""), 0.5);
    let effect = report.findings.iter().find(|f| f.analysis == "main-effect").unwrap();
    assert_eq!(effect.interval, Some((-1.5, -1.5)), "what replications have in common drops out");
    assert!(
        report.to_markdown().contains("variance-share") && report.to_csv().lines().count() == report.findings.len() + 1
    );
    serde_json::from_str::<serde_json::Value>(&report.to_json("answer")).unwrap();
}

#[test]
fn indices_are_read_from_a_table() {
    let mut csv = "point,a.x,a.y,case,replication,seed,tco_usd\r\n".to_string();
    for (point, row) in saltelli(256, 2, 3).iter().enumerate() {
        csv.push_str(&format!("{point},{},{},one,0,1,{}\r\n", row[0], row[1], 3.0 * row[0] + row[1]));
    }
    let directory = written("saltelli", 256, &csv);
    let report = analyse(directory.path(), &[]).unwrap();
    for (axis, known) in [("a.x", 0.9), ("a.y", 0.1)] {
        for analysis in ["sobol-first", "sobol-total"] {
            let value = found(&report, analysis, "one", axis, "").unwrap();
            assert!((value - known).abs() < 0.03, "{analysis} of {axis}: {value}");
        }
    }
}

#[test]
fn what_is_not_there_is_an_error() {
    let directory = grid();
    assert!(analyse(directory.path(), &["tco_us".into()]).unwrap_err().contains("did you mean `tco_usd`?"));
    assert!(analyse(&directory.path().join("none"), &[]).unwrap_err().contains("finished sweep"));
}

/// Whether objectives are met is a figure of 1 and 0: the second case fails at one point of four.
#[test]
fn an_objective_has_effects_too() {
    let report = analyse(grid().path(), &["slo_met".into()]).unwrap();
    let effects = report.findings.iter().filter(|f| f.metric == "slo_met" && f.case == "two");
    let effect = |level: &str| effects.clone().find(|f| f.analysis == "main-effect" && f.level == level).unwrap().value;
    assert_eq!((effect("0 s"), effect("1 s")), (Some(0.25), Some(-0.25)));
}

/// A table that is cut, or was changed, is refused, and never analysed as if it were whole.
#[test]
fn a_damaged_table_is_refused() {
    let directory = grid();
    let path = directory.path().join("points.csv");
    let whole = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let cut = |from: usize, to: usize| lines[..from].iter().chain(&lines[to..]).copied().collect::<String>();
    for (damaged, expected) in [
        (String::new(), "not the table of this sweep"),
        (cut(1, 17), "holds 0 points and 0 runs, and sweep.json says 4 points and 16 runs"),
        (cut(13, 17), "holds 3 points and 12 runs"),
        (cut(6, 7), "holds 4 points and 15 runs"),
        (cut(5, 9), "point 1 is missing"),
        (whole.replacen(",3,true", ",3x,true", 1), "\"3x\" is not a number"),
        (whole.replacen("\r\n0,", "\r\nzero,", 1), "not the number of a point"),
        (whole[..whole.len() - 12].to_string(), "found record with"),
    ] {
        std::fs::write(&path, &damaged).unwrap();
        let error = analyse(directory.path(), &["tco_usd".into()]).unwrap_err();
        assert!(error.contains(expected) && error.contains("points.csv"), "{expected} is not in {error}");
    }
    std::fs::write(&path, &whole).unwrap();
    assert!(analyse(directory.path(), &["tco_usd".into()]).is_ok());
    std::fs::write(directory.path().join("sweep.json"), "{").unwrap();
    assert!(analyse(directory.path(), &[]).unwrap_err().contains("sweep.json is damaged"));
    std::fs::remove_file(directory.path().join("sweep.json")).unwrap();
    std::fs::write(crate::sweep::store::file_in(directory.path()), "").unwrap();
    assert!(analyse(directory.path(), &[]).unwrap_err().contains("--resume` goes on"));
}
