//! Reports of sweeps from their files.

use super::*;
use crate::report::figure::tests::assert_tidy;
use std::fmt::Write;

/// A directory as a finished sweep leaves it. `cost` of a case at a point with axes x and y; no
/// value: the run failed.
pub fn written(
    design: &str,
    cases: &[&str],
    points: &[[&str; 2]],
    cost: impl Fn(usize, usize, usize) -> Option<f64>,
) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut csv =
        "point,load.rate,labour.wage,case,replication,seed,latency_p99_s,invoice_usd,tco_usd,slo_met\r\n".to_string();
    for (point, [x, y]) in points.iter().enumerate() {
        for (case, name) in cases.iter().enumerate() {
            for replication in 0..3 {
                let value =
                    cost(point, case, replication).map_or(",,,".into(), |c| format!("{},{c},{c},true", 0.1 + c / 1e3));
                let _ = write!(csv, "{point},{x},{y},{name},{replication},1,{value}\r\n");
            }
        }
    }
    std::fs::write(directory.path().join("points.csv"), csv).unwrap();
    let about = serde_json::json!({
        "title": "Is <script>alert(1)</script> cheaper?", "version": "0.1.0", "identity": "00ff", "design": design,
        "sample_points": 0, "axes": ["load.rate", "labour.wage"], "points": points.len(), "runs": points.len() * cases.len() * 3,
        "failed": 3,
    });
    std::fs::write(directory.path().join("sweep.json"), about.to_string()).unwrap();
    directory
}

const RATES: [&str; 3] = ["1 /s", "4 /s", "16 /s"];
const WAGES: [&str; 2] = ["0 USD/h", "50 USD/h"];

/// Three rates by two wages: a server of $5 and four hours, functions by the request; functions
/// cannot be ordered at the last point.
pub fn grid() -> tempfile::TempDir {
    let points: Vec<[&str; 2]> = RATES.iter().flat_map(|x| WAGES.map(|y| [*x, y])).collect();
    written("grid", &["server", "functions"], &points, |point, case, replication| {
        let (rate, wage) = ([1.0, 4.0, 16.0][point / 2], [0.0, 50.0][point % 2]);
        let noise = 1.0 + 0.01 * (replication as f64 - 1.0);
        (case == 0 || point < 5).then_some(if case == 0 { 5.0 + 4.0 * wage } else { (2.0 * rate + wage) * noise })
    })
}

fn texts(swept: &Swept, stem: &str) -> Vec<String> {
    let found = figures(swept).into_iter().find(|(known, ..)| known == stem).unwrap_or_else(|| panic!("no {stem}"));
    assert_tidy(&found.2);
    found.2.spots.iter().map(|spot| spot.text.clone()).collect()
}

#[test]
fn a_grid_has_the_figures_that_fit_it() {
    let directory = grid();
    let swept = Swept::read(directory.path(), &[]).unwrap();
    let stems: Vec<String> = figures(&swept).into_iter().map(|(stem, ..)| stem).collect();
    for kind in ["effects", "main-effects", "multiples", "heat-map"] {
        for metric in ["tco_usd", "latency_p99_s"] {
            assert!(stems.contains(&format!("{kind}-{metric}")), "{kind} of {metric} is not in {stems:?}");
        }
    }
    assert!(stems.contains(&"cheapest".to_string()) && stems.contains(&"parallel".to_string()), "{stems:?}");
    let told = texts(&swept, "multiples-tco_usd");
    assert!(told.contains(&"server: $205; load rate 4 /s, labour wage 50 USD/h".to_string()), "{told:?}");
    assert!(
        told.iter().any(|t| t.starts_with("functions: $8.00 ± 0.") || t.starts_with("functions: $8.00 ± $0.")),
        "{told:?}"
    );
    let told = texts(&swept, "heat-map-tco_usd");
    assert!(told.contains(&"functions: no result; load rate 16 /s, labour wage 50 USD/h".to_string()), "{told:?}");
    let told = texts(&swept, "cheapest");
    assert!(
        told.contains(&"labour wage 0 USD/h: server is the cheapest at 66.7 % of the points".to_string()),
        "{told:?}"
    );
    assert!(texts(&swept, "parallel")[0].starts_with("point 0: functions, $2.00; load.rate 1 /s"));
}

/// A sample has no levels: ranges stand for them, and regression for effects.
#[test]
fn a_sample_is_shown_by_ranges() {
    let cells: Vec<[String; 2]> =
        (0..90).map(|i| [format!("{}.5 /s", 1 + i), format!("{} USD/h", i * 37 % 90)]).collect();
    let points: Vec<[&str; 2]> = cells.iter().map(|[x, y]| [x.as_str(), y.as_str()]).collect();
    let directory = written("latin-hypercube", &["server", "functions"], &points, |point, case, _| {
        Some(if case == 0 { 50.0 + (point * 37 % 90) as f64 } else { 2.0 * point as f64 + 1.0 })
    });
    let swept = Swept::read(directory.path(), &[]).unwrap();
    let stems: Vec<String> = figures(&swept).into_iter().map(|(stem, ..)| stem).collect();
    assert!(!stems.iter().any(|stem| stem.starts_with("main-effects")), "{stems:?}");
    assert!(texts(&swept, "effects-tco_usd").iter().any(|t| t.contains("standardised coefficient 1")));
    assert!(
        texts(&swept, "multiples-tco_usd")
            .iter()
            .any(|t| t.contains("load rate 1.5–16 /s") || t.contains("load rate 2–16 /s"))
    );
    assert_eq!(texts(&swept, "parallel").len(), 90);
}

#[test]
fn points_in_step_have_no_map_of_two_axes() {
    let cells: Vec<[String; 2]> = (1..=5).map(|i| [format!("{i} /s"), format!("{i} USD/h")]).collect();
    let points: Vec<[&str; 2]> = cells.iter().map(|[x, y]| [x.as_str(), y.as_str()]).collect();
    let directory = written("mixed", &["one"], &points, |point, _, _| Some(point as f64 + 1.0));
    let swept = Swept::read(directory.path(), &[]).unwrap();
    let stems: Vec<String> = figures(&swept).into_iter().map(|(stem, ..)| stem).collect();
    assert!(stems.iter().all(|stem| !stem.starts_with("heat-map") && stem != "cheapest"), "{stems:?}");
    assert_eq!(texts(&swept, "multiples-tco_usd").len(), 5);
}

#[test]
fn a_case_over_all_points_by_hand() {
    let directory = grid();
    let swept = Swept::read(directory.path(), &["tco_usd".into()]).unwrap();
    let found = summaries(&swept.data);
    assert_eq!((found[0].cheapest, found[0].undefined, found[0].ranges[0]), (3, 0, Some([5.0, 205.0, 205.0])));
    let range = found[1].ranges[0].unwrap().map(|v| (v * 1e6).round() / 1e6);
    assert_eq!((found[1].cheapest, found[1].undefined, range), (3, 1, [2.0, 32.0, 58.0]));
    assert_eq!(within_the_noise(&swept.data), 0);
}

#[test]
fn the_origin_comes_back_as_it_was_written() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(Origin::read(directory.path()), None);
    let origin = Origin { scenario: "a = 1\n".into(), command: "hostsim sweep a.toml".into(), ..Origin::default() };
    origin.write(directory.path()).unwrap();
    assert_eq!(Origin::read(directory.path()), Some(origin));
}
