use super::*;
use crate::units::{NANOS_PER_SECOND, Span, Time};
use crate::workload::arrivals::{Align, DurationIs, FromTrace, Inside, TraceSource};
use crate::workload::tests::{all, app, generate, seconds};
use crate::workload::{AppWorkload, Arrival, Arrivals, Demand, Generator, WorkloadError};
use std::io::Write;
use std::sync::Arc;
use tempfile::TempDir;

fn file(name: &str, content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

fn counts(interval: Option<u64>) -> TraceOptions {
    TraceOptions { interval: interval.map(|s| Span(s * NANOS_PER_SECOND)), ..TraceOptions::default() }
}

fn requests() -> TraceOptions {
    TraceOptions { format: Format::Requests, ..TraceOptions::default() }
}

fn opened(content: &str, options: TraceOptions) -> Result<(TempDir, Trace), TraceError> {
    let (folder, path) = file("trace.csv", content.as_bytes());
    Trace::open(&path, options).map(|trace| (folder, trace))
}

fn from(trace: Trace) -> FromTrace {
    let source = TraceSource::File(Arc::new(trace));
    FromTrace {
        source,
        scale: 1.0,
        repeat: false,
        inside: Inside::Uniform,
        duration_is: DurationIs::Wait,
        align: Align::Dated,
        shift: Span(0),
    }
}

fn replay(from: FromTrace, tenants: u32, length: f64) -> Vec<Arrival> {
    let app = AppWorkload { cpu: Demand::None, wait: Demand::None, ..app("a", tenants, Arrivals::Trace(from)) };
    generate(&[app], 1.0, seconds(0.0, length))
}

fn per_interval(arrivals: &[Arrival], interval: u64, n: usize) -> Vec<usize> {
    let mut found = vec![0; n];
    arrivals.iter().for_each(|a| found[(a.time.0 / (interval * NANOS_PER_SECOND)) as usize] += 1);
    found
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn xz(content: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Every way of writing the same counts holds the same, and every request is simulated in its interval.
#[test]
fn all_spellings_of_counts_are_accounted_for() {
    let expected = [3, 0, 500, 1, 0, 7];
    let spellings = [
        ("3\n0\n500\n1\n0\n7\n", counts(Some(60))),
        ("3 0 500 1 0 7", counts(Some(60))),
        ("3,0,500,1,0,7\n", counts(Some(60))),
        ("requests\n3\n0\n500\n1.0\n0\n7", counts(Some(60))),
        (
            "minute_utc,requests\r\n1998-04-30 21:30:00,3\r\n1998-04-30 21:31:00,0\r\n1998-04-30 21:32:00,500\r\n\
             1998-04-30 21:33:00,1\r\n1998-04-30 21:35:00,7\r\n",
            counts(None),
        ),
        ("time;n\n900000000;3\n900000060;0\n900000120;500\n900000180;1\n900000300;7\n", counts(None)),
        (
            "\u{feff}a,b,\"when, exactly\"\n9,3,2000-01-01T00:00:00Z\n9,500,2000-01-01T00:02:00Z\n\n9,1,2000-01-01T00:03:00Z\n9,7,2000-01-01T00:05:00Z\n",
            TraceOptions { column: Column::Named("b".into()), ..counts(Some(60)) },
        ),
    ];
    for (content, options) in &spellings {
        let (_folder, trace) = opened(content, options.clone()).unwrap();
        assert_eq!((trace.summary.total, trace.summary.span), (511, 360 * NANOS_PER_SECOND), "{content}");
        assert_eq!(per_interval(&replay(from(trace), 1, 360.0), 60, 6), expected, "{content}");
    }
}

#[test]
fn compressed_files_are_known_by_their_content() {
    let plain: String = (0..30_000).map(|i| format!("{} ", i % 7)).collect();
    let total = (0..30_000u64).map(|i| i % 7).sum::<u64>();
    for (name, content) in
        [("a.gz", gzip(plain.as_bytes())), ("b.txt", xz(plain.as_bytes())), ("c.xz", plain.clone().into())]
    {
        let (_folder, path) = file(name, &content);
        let trace = Trace::open(&path, counts(Some(1))).unwrap();
        assert_eq!((trace.summary.rows, trace.summary.total), (30_000, total), "{name}");
    }
    for content in [gzip(plain.as_bytes()), xz(plain.as_bytes())] {
        let (_folder, path) = file("cut", &content[..content.len() / 2]);
        let error = Trace::open(&path, counts(Some(1))).unwrap_err().to_string();
        assert!(error.contains("truncated") || error.contains("damaged"), "{error}");
        let mut damaged = content.clone();
        damaged[content.len() / 2] ^= 0xff;
        let (_folder, path) = file("damaged", &damaged);
        assert!(Trace::open(&path, counts(Some(1))).is_err());
    }
}

#[test]
fn mistakes_name_the_file_the_line_and_what_was_expected() {
    let day = "t,n\n2000-01-01 00:00:00,1\n";
    for (content, options, expected) in [
        ("", counts(Some(1)), "the file is empty"),
        (" \n\n", counts(Some(1)), "the file is empty"),
        ("1\n2.5\n", counts(Some(1)), "trace.csv:2: expected a whole number of requests, found 2.5"),
        ("1 2 -3", counts(Some(1)), "trace.csv:1: expected a number of requests, found a negative one: -3 (number 3"),
        ("1\nx\n", counts(Some(1)), "trace.csv:2: expected a whole number of requests, found \"x\""),
        ("1\nnan\n", counts(Some(1)), "found \"nan\""),
        ("1\n1e300\n", counts(Some(1)), "more than 10^12"),
        ("1\n2\n", counts(None), "say `interval"),
        (&format!("{day}2000-01-01 00:00:00,1\n"), counts(None), "trace.csv:3: the same time as the row before"),
        (&format!("{day}1999-01-01 00:00:00,1\n"), counts(None), "trace.csv:3: this time is before"),
        (&format!("{day}noon,1\n"), counts(None), "trace.csv:3: expected a time such as"),
        (&format!("{day}2000-01-01 00:01:00\n"), counts(None), "trace.csv:3: expected at least 2 fields, found 1"),
        ("t,a,b\n2000-01-01,1,2\n", counts(None), "2 columns could be meant (a, b): say which with `column`"),
        (
            "t,a\n2000-01-01,1\n",
            TraceOptions { column: Column::Named("c".into()), ..counts(None) },
            "named `c`, found t, a",
        ),
        (
            "t,a\n2000-01-01,1\n",
            TraceOptions { column: Column::Number(4), ..counts(None) },
            "number 5, found 2 columns",
        ),
        ("t,n\n1700-01-01,1\n2249-12-31,1\n", counts(None), "before that of the row before"),
        ("t,n\n", counts(None), "0 columns could be meant"),
        ("\u{7f}ELF\u{0}\u{1}\n", counts(None), "this is not text"),
        ("arrival\n", requests(), "the file holds no requests"),
        ("when\n1\n", requests(), "expected a column named `arrival`, found when"),
        ("end\n1\n", requests(), "expected a column named `duration`, found end"),
        ("1\n2\n", requests(), "expected a column named `arrival`, found no header"),
        (
            "arrival,duration\n1,-2\n",
            requests(),
            "trace.csv:2: expected a duration in seconds, zero or more, found \"-2\"",
        ),
        ("arrival,duration\n1,2\ninf,1\n", requests(), "trace.csv:3: expected a time"),
        ("app,func\n1,2\n", TraceOptions { format: Format::Azure2021, ..requests() }, "named `end_timestamp`"),
    ] {
        let error = opened(content, options).unwrap_err().to_string();
        assert!(error.contains(expected), "{content:?}: {error}");
    }
    let absent = Trace::open(Path::new("/absent/file.csv"), requests()).unwrap_err().to_string();
    assert!(absent.contains("/absent/file.csv: no such file"), "{absent}");
    assert!(Trace::open(Path::new("/"), requests()).unwrap_err().to_string().contains("a directory"));
    let endless = "t,n\n2000-01-01,1\n".to_string() + &"9".repeat(3 << 20);
    assert!(opened(&endless, counts(None)).unwrap_err().to_string().contains("longer than 1 MiB"));
}

/// What fails in the middle of a run is an error, not a panic.
#[test]
fn a_file_that_changes_is_an_error() {
    let (_folder, trace) = opened("5\n5\n5\n", counts(Some(1))).unwrap();
    let app = app("a", 1, Arrivals::Trace(from(trace.clone())));
    std::fs::write(&trace.path, "5\n5\n-1\n").unwrap();
    let mut generator = Generator::new(&[app], 1, 0, 1.0, seconds(0.0, 9.0)).unwrap();
    let mut window = Vec::new();
    let error = loop {
        match generator.next_window(&mut window) {
            Ok(more) => assert!(more),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, WorkloadError::Trace(e) if e.line == Some(3)));
}

/// Places within an interval are uniform: Kolmogorov-Smirnov, passed by chance once in 1,000.
#[test]
fn arrivals_of_an_interval_are_uniform_in_it() {
    let (_folder, trace) = opened("20000", counts(Some(100))).unwrap();
    let drawn = replay(from(trace), 3, 100.0);
    assert_eq!(drawn.len(), 60_000);
    let place = |(i, a): (usize, &Arrival)| (a.time.0 as f64 / 100e9 - (i as f64 + 0.5) / 60_000.0).abs();
    assert!(drawn.iter().enumerate().map(place).fold(0.0, f64::max) < 1.95 / 60_000f64.sqrt());
    for tenant in 0..3 {
        let its: Vec<f64> = drawn.iter().filter(|a| a.tenant == tenant).map(|a| a.time.0 as f64 / 100e9).collect();
        assert_eq!(its.len(), 20_000);
        let mean = its.iter().sum::<f64>() / 20_000.0;
        assert!((mean - 0.5).abs() < 4.0 / (12.0 * 20_000f64).sqrt(), "{mean}");
    }
}

#[test]
fn scale_thins_and_multiplies_by_draws() {
    let content = "1000\n".repeat(100);
    for scale in [0.0001, 0.1, 0.9, 2.0, 2.5] {
        let (_folder, trace) = opened(&content, counts(Some(60))).unwrap();
        let drawn = replay(FromTrace { scale, ..from(trace) }, 1, 6_000.0).len() as f64;
        let part = scale - scale.floor();
        let error = (1e5 * part * (1.0 - part)).sqrt();
        assert!((drawn - 1e5 * scale).abs() <= 4.0 * error + 1e-6, "{scale}: {drawn}");
    }
    let rows: String = (0..10_000).map(|i| format!("{i}\n")).collect();
    let (_folder, trace) = opened(&format!("arrival\n{rows}"), requests()).unwrap();
    let drawn = replay(FromTrace { scale: 1.5, ..from(trace) }, 2, 10_000.0);
    assert!((drawn.len() as f64 - 30_000.0).abs() < 4.0 * (20_000f64 / 4.0).sqrt());
}

#[test]
fn poisson_inside_draws_the_numbers_too() {
    let content = "50\n0\n".repeat(400);
    let (_folder, trace) = opened(&content, counts(Some(10))).unwrap();
    let drawn = replay(FromTrace { inside: Inside::Poisson, ..from(trace) }, 2, 8_000.0);
    let found = per_interval(&drawn, 10, 800);
    assert!(found.iter().skip(1).step_by(2).all(|n| *n == 0));
    let full: Vec<f64> = found.iter().step_by(2).map(|n| *n as f64).collect();
    let mean = full.iter().sum::<f64>() / 400.0;
    let variance = full.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / 399.0;
    assert!((mean - 100.0).abs() < 4.0 * 0.5, "{mean}");
    assert!((variance / 100.0 - 1.0).abs() < 4.0 * (2.0f64 / 400.0).sqrt(), "{variance}");
}

#[test]
fn repeat_starts_again() {
    let (_folder, trace) = opened("2\n0\n1\n", counts(Some(10))).unwrap();
    let drawn = replay(FromTrace { repeat: true, ..from(trace) }, 1, 75.0);
    assert_eq!(per_interval(&drawn, 10, 8)[..7], [2, 0, 1, 2, 0, 1, 2]);
    let (_folder, trace) = opened("0\n0\n", counts(Some(10))).unwrap();
    assert_eq!(replay(FromTrace { repeat: true, ..from(trace) }, 1, 1e6), []);
    // Three requests, 2 s from first to last: the next pass begins a mean gap later.
    let (_folder, trace) = opened("arrival\n0\n1\n2\n", requests()).unwrap();
    let drawn = replay(FromTrace { repeat: true, ..from(trace) }, 1, 5.0);
    let times: Vec<u64> = drawn.iter().map(|a| a.time.0 / 1_000_000).collect();
    assert_eq!(times, [0, 1000, 2000, 3000, 4000]);
}

/// Rows in the order of their ends come out in the order of their arrivals, with their durations.
#[test]
fn requests_are_put_in_order() {
    let content = "app,func,end_timestamp,duration\na,f,10,1\na,f,11,10.5\nb,g,12.5,0.25\nb,g,13,0\n";
    let (_folder, path) = file("trace.csv", content.as_bytes());
    assert_eq!(guess_format(&path), Ok(Format::Azure2021));
    let options = TraceOptions { format: Format::Azure2021, ..TraceOptions::default() };
    let trace = Trace::open(&path, options).unwrap();
    assert_eq!(trace.summary.disorder, 8_500_000_000);
    let found = |duration_is| {
        let drawn = replay(FromTrace { duration_is, ..from(trace.clone()) }, 1, 100.0);
        drawn.iter().map(|a| (a.time.0 / 1_000_000, a.cpu / 1_000_000, a.wait / 1_000_000)).collect::<Vec<_>>()
    };
    assert_eq!(found(DurationIs::Wait), [(500, 0, 10_500), (9_000, 0, 1_000), (12_250, 0, 250), (13_000, 0, 0)]);
    assert_eq!(found(DurationIs::Cpu)[0], (500, 10_500, 0));
    assert_eq!(found(DurationIs::Ignored)[0], (500, 0, 0));
    // Dates begin the trace at its first arrival.
    let dated = "end,duration\n2000-01-01 00:00:10,4\n2000-01-01 00:00:11,6\n";
    let (_folder, trace) = opened(dated, requests()).unwrap();
    let times: Vec<u64> = replay(from(trace), 1, 100.0).iter().map(|a| a.time.0).collect();
    assert_eq!(times, [0, NANOS_PER_SECOND]);
}

#[test]
fn a_trace_is_described() {
    let (_folder, path) = file("t.csv", b"10\n30\n");
    let found = describe(&path, counts(Some(10))).unwrap();
    assert_eq!((found.rows, found.total, found.span), (2, 40, Span(20 * NANOS_PER_SECOND)));
    assert_eq!((found.mean_rate, found.peak_rate, found.dispersion), (2.0, 3.0, Some(5.0)));
    let (_folder, path) = file("t.csv", b"arrival\n1\n2\n119\n185\n");
    assert_eq!(guess_format(&path), Ok(Format::Requests));
    let found = describe(&path, requests()).unwrap();
    // Whole minutes with 2, 1 and 0 requests; the fourth is cut by the trace's end.
    assert_eq!((found.total, found.peak_rate, found.dispersion), (4, 2.0 / 60.0, found.dispersion));
    assert!((found.dispersion.unwrap() - 2.0 / 3.0).abs() < 1e-12);
    assert!((found.mean_rate - 1.0 / 60.0).abs() < 1e-12);
    // Left-out intervals are empty ones.
    let (_folder, path) = file("t.csv", b"t,n\n2000-01-01 00:00:00,6\n2000-01-01 00:01:00,6\n2000-01-01 00:03:00,0\n");
    assert_eq!(describe(&path, counts(None)).unwrap().dispersion, Some(3.0));
}

fn described(content: &str, options: TraceOptions) -> Description {
    let (_folder, path) = file("t.csv", content.as_bytes());
    describe(&path, options).unwrap()
}

/// One cell that is no number must not make another column be taken, whatever is in it.
#[test]
fn a_cell_that_is_no_number_is_an_error_at_the_cell() {
    for cell in ["", "n/a", "NaN", "\"1,234\"", "-"] {
        let dated = format!("t,hits\n2024-01-01 00:00:00,7\n2024-01-01 00:01:00,{cell}\n2024-01-01 00:02:00,9\n");
        let error = opened(&dated, counts(None)).unwrap_err().to_string();
        assert!(error.contains("trace.csv:3:") && error.contains("in column `hits`"), "{cell}: {error}");
        let numbered = format!("minute,hits\n0,{cell}\n1,50\n2,70\n");
        let error = opened(&numbered, counts(Some(60))).unwrap_err().to_string();
        assert!(error.contains("2 columns could be meant (minute, hits)"), "{cell}: {error}");
    }
    let three = "hash,Average,Count\nf3a,10,2\n";
    let error = opened(three, counts(Some(60))).unwrap_err().to_string();
    assert!(error.contains("2 columns could be meant (Average, Count)"), "{error}");
}

/// Whatever clock a file keeps, the same moments are read.
#[test]
fn clocks_in_every_spelling() {
    for rows in [
        ["2024-01-01T00:00:00+02:00", "2024-01-01T00:01:00+02:00"],
        ["31/Dec/2023:22:00:00 +0000", "31/Dec/2023:22:01:00 +0000"],
        ["1704060000", "1704060060"],
        ["1704060000000", "1704060060000"],
        ["1704060000000000", "1704060060000000"],
        ["1704060000000000000", "1704060060000000000"],
    ] {
        let content = format!("timestamp,count\n{},10\n{},20\n", rows[0], rows[1]);
        let (_folder, trace) = opened(&content, counts(None)).unwrap();
        assert_eq!(
            (trace.summary.zero, trace.summary.interval),
            (1_704_060_000_000_000_000, 60_000_000_000),
            "{rows:?}"
        );
    }
    let twice = "time,requests\n2025-10-26 02:00,10\n2025-10-26 02:30,11\n2025-10-26 02:00,12\n2025-10-26 02:30,13\n";
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").ok();
    let (_folder, trace) = opened(twice, TraceOptions { zone, ..counts(None) }).unwrap();
    assert_eq!((trace.summary.span, trace.summary.missing), (7_200_000_000_000, 0));
    assert!(opened(twice, counts(None)).unwrap_err().to_string().contains("zone"));
}

#[test]
fn gaps_are_counted_and_filled_as_told() {
    let content = "t,n\n2024-01-01 00:00,10\n2024-01-01 00:01,20\n2024-01-01 00:05,60\n2024-01-01 00:06,40\n";
    let (_folder, trace) = opened(content, counts(None)).unwrap();
    assert_eq!((trace.summary.missing, trace.summary.total), (3, 130));
    assert!(trace.notes()[0].contains("3 intervals are missing"));
    let (_folder, trace) = opened(content, TraceOptions { gaps: Gaps::Interpolate, ..counts(None) }).unwrap();
    assert_eq!(trace.summary.total, 130 + 30 + 40 + 50);
    assert_eq!(per_interval(&replay(from(trace), 1, 420.0), 60, 7), [10, 20, 30, 40, 50, 60, 40]);
    let error = opened(content, TraceOptions { gaps: Gaps::Error, ..counts(None) }).unwrap_err().to_string();
    assert!(error.contains("3 intervals are missing"), "{error}");
    // Two rows a second apart in a series of five minutes are of one interval.
    let jitter = "t,n\n2024-01-01 00:00:00,1\n2024-01-01 00:05:00,2\n2024-01-01 00:05:01,4\n2024-01-01 00:10:00,8\n";
    let (_folder, trace) = opened(jitter, counts(None)).unwrap();
    assert_eq!(per_interval(&replay(from(trace), 1, 900.0), 300, 3), [1, 6, 8]);
}

/// Fractional counts keep their sum: what is left is carried on.
#[test]
fn fractions_are_carried() {
    let rows: String = (0..60).map(|m| format!("2024-01-01 00:{m:02},12.4\n")).collect();
    let (_folder, trace) = opened(&format!("t,n\n{rows}"), counts(None)).unwrap();
    assert!((743..=744).contains(&trace.summary.total), "{}", trace.summary.total);
}

/// An unfinished last interval is in no rate: a Poisson process with it has a dispersion of 1.
#[test]
fn an_unfinished_interval_is_left_out() {
    let counts_of = |last: &str| {
        let rows: String = (0..50).map(|m| format!("2024-01-01 00:{m:02}:00,{}\n", 2_950 + (m * 37) % 101)).collect();
        described(&format!("t,n\n{rows}2024-01-01 00:50:00,{last}\n"), counts(None))
    };
    let (cut, whole) = (counts_of("168"), counts_of("3001"));
    assert!((cut.mean_rate / whole.mean_rate - 1.0).abs() < 0.001, "{} {}", cut.mean_rate, whole.mean_rate);
    assert!(cut.dispersion.unwrap() < 1.0 && cut.peak_rate >= cut.mean_rate);
    assert!(cut.notes.iter().any(|note| note.contains("last interval looks unfinished")), "{:?}", cut.notes);
    // Less than one interval: the peak is the mean.
    let short =
        described("end,duration\n2025-11-24T05:25:03.118901Z,0.018\n2025-11-24T05:25:33.222222Z,30\n", requests());
    assert_eq!(short.peak_rate, short.mean_rate);
}

/// Whole seconds are the stamps' resolution, not a burst at each second's first nanosecond.
#[test]
fn requests_are_spread_over_whole_seconds() {
    let rows: String = (0..5_000).map(|i| format!("2024-01-01 00:{:02}:{:02}\n", i / 1_200, i / 20 % 60)).collect();
    let (_folder, trace) = opened(&format!("arrival\n{rows}"), requests()).unwrap();
    assert_eq!(trace.summary.resolution, NANOS_PER_SECOND);
    let drawn = replay(from(trace.clone()), 1, 1_000.0);
    assert_eq!(drawn.len(), 5_000);
    assert!(drawn.is_sorted_by_key(|a| a.time));
    assert!(per_interval(&drawn, 1, 250).iter().all(|n| *n == 20), "each stays in its second");
    // Kolmogorov-Smirnov against the uniform within the second, passed by chance once in 1,000.
    let mut places: Vec<f64> = drawn.iter().map(|a| (a.time.0 % NANOS_PER_SECOND) as f64 / 1e9).collect();
    places.sort_by(f64::total_cmp);
    let far = places.iter().enumerate().map(|(i, p)| (p - (i as f64 + 0.5) / 5_000.0).abs()).fold(0.0, f64::max);
    assert!(far < 1.95 / 5_000f64.sqrt(), "{far}");
    assert!(trace.notes()[0].contains("spread"));
    // Times by hand, whole and each once, stay as they are.
    let (_folder, trace) = opened("arrival\n0\n3\n3\n7\n", requests()).unwrap();
    assert_eq!(trace.summary.resolution, 0);
}

/// The name of a column tells its unit, an option overrides it; a trace without durations fills nothing.
#[test]
fn durations_have_units() {
    let rows = "2025-11-24 06:25:03.118,12.34\n2025-11-24 06:25:02.001,395.99\n";
    for (head, unit, first) in [("end,duration_ms", None, 395_990_000), ("end,duration", Some(1_000), 395_990)] {
        let (_folder, trace) = opened(&format!("{head}\n{rows}"), TraceOptions { unit, ..requests() }).unwrap();
        assert_eq!(replay(from(trace), 1, 10.0)[0].wait, first, "{head}");
    }
    let (_folder, trace) = opened("time_ms,function\n529,f\n584,g\n", requests()).unwrap();
    assert_eq!(replay(from(trace.clone()), 1, 10.0)[0].time, Time(529_000_000));
    assert!(!from(trace).fills(DurationIs::Wait));
    let long = described("arrival,duration\n0,3000\n1,2000\n", requests());
    assert!(long.notes.iter().any(|note| note.contains("longer than all of it")), "{:?}", long.notes);
}

/// Traces with dates keep their distance: one by day and one by night are not laid over each other.
#[test]
fn dated_traces_keep_their_distance() {
    let row = |hour: u32| format!("1998-06-10 {hour:02}:00:00,60\n");
    let halves = [0..12, 12..24].map(|hours| format!("t,n\n{}", hours.map(row).collect::<String>()));
    let (_a, day) = opened(&halves[0], counts(None)).unwrap();
    let (_b, night) = opened(&halves[1], counts(None)).unwrap();
    let mut both = [from(night), from(day)];
    crate::workload::arrivals::align(both.iter_mut());
    assert_eq!(both.each_ref().map(|f| f.shift), [Span(12 * 3_600 * NANOS_PER_SECOND), Span(0)]);
    let [night, _] = both.clone();
    let first = replay(night, 1, 86_400.0)[0].time;
    assert!((12 * 3_600..13 * 3_600).contains(&(first.0 / NANOS_PER_SECOND)), "{first:?}");
    let mut apart = both.map(|f| FromTrace { align: Align::FirstRow, shift: Span(0), ..f });
    crate::workload::arrivals::align(apart.iter_mut());
    assert_eq!(apart.map(|f| f.shift), [Span(0), Span(0)]);
}

fn azure(folder: &Path) -> AzureFiles {
    let minutes = (1..=1440).map(|m| m.to_string()).collect::<Vec<_>>().join(",");
    let row = |name: &str, count: fn(u32) -> u32| {
        let cells = (0..1440).map(|m| count(m).to_string()).collect::<Vec<_>>().join(",");
        format!("owner,app-{name},{name},http,{cells}\n")
    };
    let head = format!("HashOwner,HashApp,HashFunction,Trigger,{minutes}\n");
    let rows = row("f", |m| u32::from(m == 5) * 40) + &row("g", |m| m % 2) + &row("h", |_| 3);
    std::fs::write(folder.join("i.csv"), head + &rows).unwrap();
    let head = "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,percentile_Average_1,\
                percentile_Average_25,percentile_Average_50,percentile_Average_75,percentile_Average_99,percentile_Average_100\n";
    let rows = "o,app-f,f,1,1,1,1,10,10,20,30,40,50,60\no,app-g,g,1,1,1,1,7,7,7,7,7,7,7\n";
    std::fs::write(folder.join("d.csv"), format!("{head}{rows}")).unwrap();
    let memory = "HashOwner,HashApp,SampleCount,AverageAllocatedMb\no,app-f,9,150\n";
    std::fs::write(folder.join("m.csv"), memory).unwrap();
    let file = |name: &str| folder.join(name);
    AzureFiles { invocations: file("i.csv"), durations: Some(file("d.csv")), memory: Some(file("m.csv")), sample: None }
}

#[test]
fn azure_2019_has_a_row_per_tenant() {
    let folder = tempfile::tempdir().unwrap();
    let trace = Arc::new(TenantTrace::open(&azure(folder.path()), "azure").unwrap());
    let names: Vec<&str> = trace.tenants.iter().map(|t| t.name.as_str()).collect();
    assert_eq!((names, trace.total), (vec!["f", "g"], 40 + 720));
    assert_eq!(trace.tenants[0].memory.map(|b| b.gib()), Some(150.0 / 1024.0));
    // The file does not have the app of g: it takes the median of those it has.
    assert_eq!(trace.memory().map(|rows| rows.iter().map(|b| b.0 >> 20).collect()), Some(vec![150, 150]));
    let arrivals = Arrivals::Trace(FromTrace {
        source: TraceSource::Tenants(trace.clone()),
        scale: 1.0,
        repeat: false,
        inside: Inside::Uniform,
        duration_is: DurationIs::Ignored,
        align: Align::Dated,
        shift: Span(0),
    });
    let app = AppWorkload { cpu: Demand::Tenants(trace.clone()), wait: Demand::None, ..app("a", 2, arrivals) };
    let drawn = all(Generator::new(&[app], 1, 0, 1.0, Time(0)..Time(u64::MAX >> 2)).unwrap());
    let its = |tenant| drawn.iter().filter(move |a| a.tenant == tenant);
    assert_eq!((its(0).count(), its(1).count()), (40, 720));
    assert!(its(0).all(|a| a.time.0 / TenantTrace::MINUTE == 5 && (10_000_000..=60_000_000).contains(&a.cpu)));
    assert!(its(1).all(|a| a.time.0 / TenantTrace::MINUTE % 2 == 1 && a.cpu == 7_000_000));
    let sampled = TenantTrace::open(&AzureFiles { sample: Some(1), ..azure(folder.path()) }, "azure").unwrap();
    assert_eq!(sampled.tenants.len(), 1);
    let wrong = AzureFiles { durations: Some(folder.path().join("m.csv")), ..azure(folder.path()) };
    assert!(TenantTrace::open(&wrong, "azure").unwrap_err().to_string().contains("named `HashFunction`"));
}

/// Extreme values are errors or large numbers, never an overflow.
#[test]
fn extremes_are_survived() {
    let (_folder, trace) = opened("arrival,duration\n9000000000,0\n-9000000000,4000000000\n", requests()).unwrap();
    assert_eq!(replay(FromTrace { repeat: true, ..from(trace) }, 1, 10.0).len(), 1);
    let (_folder, trace) = opened("arrival\n5\n", requests()).unwrap();
    // At 5 s, and then every 6 s.
    assert_eq!(replay(FromTrace { repeat: true, ..from(trace) }, 1, 100.0).len(), 16);
    let (_folder, trace) = opened("1000000000000\n1000000000000\n", counts(Some(1))).unwrap();
    let from = FromTrace { scale: 1e300, ..from(trace) };
    let app = AppWorkload { cpu: Demand::None, wait: Demand::None, ..app("a", 3, Arrivals::Trace(from)) };
    let mut generator = Generator::new(&[app], 1, 0, 1.0, Time(0)..Time(NANOS_PER_SECOND)).unwrap();
    assert!(generator.next_window(&mut Vec::new()).unwrap());
}

/// Real traces, where they are at hand: what the file holds is what is simulated.
#[test]
fn real_traces_are_simulated_to_the_last_request() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("HOSTSIM_TRACES").map_or_else(beside, PathBuf::from);
    for (name, options, total) in [
        ("nasa_http/workload.txt.gz", counts(Some(1)), Some(3_461_610)),
        ("worldcup98/requests_per_minute_1998-04-30_to_06-09.csv", counts(None), Some(155_214_649)),
        ("nab_aws/realAWSCloudwatch/elb_request_count_8c0756.csv", counts(None), None),
        ("azure2021/Azure2021_first200.csv", TraceOptions { format: Format::Azure2021, ..counts(None) }, Some(199)),
    ] {
        let path = folder.join(name);
        if !path.exists() {
            println!("skipped: {} is not here", path.display());
            continue;
        }
        println!("{name}: {:?}", describe(&path, options.clone()).unwrap());
        let trace = Trace::open(&path, options).unwrap();
        assert_eq!(total.unwrap_or(trace.summary.total), trace.summary.total, "{name}");
        let app = AppWorkload { cpu: Demand::None, ..app("a", 1, Arrivals::Trace(from(trace.clone()))) };
        let mut generator = Generator::new(&[app], 1, 0, 1.0, Time(0)..Time(trace.summary.span)).unwrap();
        let (mut window, mut count) = (Vec::new(), 0);
        if trace.summary.total > 10_000_000 {
            println!("described only: {} requests take too long here", trace.summary.total);
            continue;
        }
        while generator.next_window(&mut window).unwrap() {
            count += window.len() as u64;
        }
        assert_eq!(count, trace.summary.total, "{name}");
    }
}
