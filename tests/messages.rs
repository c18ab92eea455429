//! What hostsim says to mistakes that people make: each message must have the words that the person
//! needs, and all of them stand together in a snapshot that is read when it changes.

use hostsim::catalogue::Catalogue;
use hostsim::document::Diagnostics;
use hostsim::scenario::{Scenario, load_file};

/// A scenario without a mistake; a row replaces one of its lines, or adds one to a table.
const GOOD: &str = "schema = 1
[run]
duration = \"1 h\"
[app.web]
arrivals.poisson = { rate = \"3 /s\" }
cpu.exponential = { mean = \"12 ms\" }
memory = \"90 MiB\"
slo = { p99 = \"2 s\" }
[labour]
wage = \"40 USD/h\"
[case.machine]
hosting = \"digitalocean-2017\"
size = \"512mb\"
instances = 1
";

/// The line that is replaced, what stands there instead, and what must be said.
type Row = (&'static str, &'static str, &'static [&'static str]);

const ROWS: &[Row] = &[
    ("hosting", "hosting = \"aws\"", &["aws-lambda-2017", "aws-ec2-2017", "--models DIR"]),
    ("hosting", "hosting = \"lambda\"", &["aws-lambda-2017", "aws-lambda-now"]),
    ("hosting", "hosting = \"heroku\"", &["heroku-2017"]),
    ("hosting", "hosting = \"our-cloud\"", &["--models DIR", "[model.NAME]"]),
    ("cpu", "cpu = \"500m\"", &["CPU time of one request", "cpu.constant = \"20 ms\""]),
    ("cpu", "cpu = \"0.5\"", &["CPU time of one request"]),
    ("cpu", "cpu = 0.02", &["found a decimal number", "cpu.exponential = { mean = \"20 ms\" }"]),
    ("cpu", "cpu = \"12 ms\"", &["write { constant = \"12 ms\" }"]),
    ("cpu", "cpu.exponential = \"12 ms\"", &["{ mean = \"12 ms\" }"]),
    ("cpu", "cpu.log-normal = \"12 ms\"", &["{ mean = \"12 ms\", cv = … }"]),
    ("arrivals", "arrivals.poisson = \"3 /s\"", &["{ rate = \"3 /s\" }"]),
    ("cpu", "cpu.exponential = { mean = \"0,5 ms\" }", &["\"0.5 ms\"", "decimal point"]),
    ("arrivals", "arrivals.poisson = { rate = \"12.000,5 /s\" }", &["\"12000.5 /s\""]),
    ("arrivals", "arrivals.poisson = { rate = \"2,000 /s\" }", &["\"2000 /s\"", "no separators"]),
    ("memory", "memory = \"1G\"", &["\"1 GB\" or \"1 GiB\""]),
    ("memory", "memory = \"90Mi\"", &["\"90 MiB\""]),
    ("duration", "duration = \"2 y\"", &["\"2 years\""]),
    ("duration", "duration = \"1 hr\"", &["\"1 h\""]),
    ("arrivals", "arrivals.poisson = { rate = \"3 req/sec\" }", &["\"3 /s\""]),
    ("arrivals", "arrivals.poisson = { rate = \"180 rpm\" }", &["\"180 /min\""]),
    ("cpu", "cpu.exponential = { mean = \"12 µs\" }", &["\"12 us\""]),
    ("slo", "slo = { p100 = \"2 s\" }", &["no percentile `p100`", "`max`"]),
    ("slo", "slo = { p500 = \"2 s\" }", &["no percentile `p500`", "p50.0"]),
    ("slo", "slo = { latency = { p99 = \"2 s\" } }", &["slo = { p99 = \"500 ms\" }"]),
    ("slo", "slo = { p99.9 = \"2 s\", p999 = \"3 s\" }", &["`p99.9` is bounded twice"]),
    ("slo", "slo.queueing = { p80 = \"20\" }", &["has no unit"]),
    ("instances", "instances = 2\ninitial = { idle = 1, busy = 3 }", &["4 instances are there", "2 are ordered"]),
    ("slo", "slo = { availability = 99.5 }", &["\"99.5 %\""]),
    ("slo", "slo = { availability = \"105 %\" }", &["0 % to 100 %"]),
    ("arrivals", "rate = \"3 /s\"", &["arrivals.poisson = { rate = \"3 /s\" }"]),
    ("slo", "p99 = \"2 s\"", &["slo = { p99 = \"2 s\" }"]),
    ("instances", "instances = 1\ncommitment = \"1-year\"", &["has no commitments", "leave `commitment` out"]),
    ("instances", "instances = 1\n[case.machine]\nhosting = \"aws-lambda-2017\"", &["stands twice, first in line 11"]),
    (
        "arrivals",
        "arrivals.trace = { file = \"D:\\traffic\\users.csv\" }",
        &["'D:\\traffic\\users.csv' in single quotes"],
    ),
    ("arrivals", "arrivals.trace = { file = \"c:\\new.csv\" }", &["control character", "single quotes"]),
    ("wage", "wage = \"52000 USD/year\"", &["hours-per-year = 1760"]),
    ("wage", "wage = \"4000 EUR/month\"", &["hours-per-year = 1760"]),
    ("wage", "wage = \"$40/hour\"", &["\"40 USD/h\""]),
    ("arrivals", "arrivals.trace = { from = \"azure\" }", &["there is no [trace.azure]"]),
    ("instances", "instances = \"2\"", &["write 2, without quotes"]),
    ("schema", "schema = \"1\"", &["write 1, without quotes"]),
    ("instances", "instances = 1\nwith = \"backups\"", &["write [\"backups\"]"]),
    ("wage", "wage = \"40 USD/h\"\n[currency]\nCHF = 0.9", &["\"0.9 USD\""]),
    (
        "slo",
        "slo = { p99 = \"2 s\" }\nregions = [\n  \"a\",\n",
        &["the list that begins here is not closed", "write ]"],
    ),
    (
        "duration",
        "duration = \"1\n  h\"",
        &["the text that begins here is not closed", "in the line in which it begins"],
    ),
    ("size", "size = “512mb”", &["straight quotes"]),
    ("schema", "schema: 1", &["YAML"]),
];

fn said(line: &str, instead: &str) -> String {
    let lines = GOOD.lines().map(|good| {
        let is_it = good.split([' ', '.', '=']).next() == Some(line);
        if is_it { instead } else { good }
    });
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    Scenario::from_text(&text).err().unwrap_or_default()
}

#[test]
fn mistakes_are_answered_with_the_words_that_a_person_needs() {
    assert_eq!(said("none", ""), "");
    let mut all = String::new();
    for (line, instead, needed) in ROWS {
        let said = said(line, instead);
        assert_eq!(said.matches("error: ").count(), 1, "{instead}: one mistake, one error:\n{said}");
        for word in *needed {
            assert!(said.contains(word), "{instead}: {word:?} is not in\n{said}");
        }
        all += &format!("# {instead}\n{said}");
    }
    insta::assert_snapshot!("mistakes", all);
}

#[test]
fn a_percentage_is_a_share() {
    for share in ["\"99.9%\"", "\"99.9 %\"", "0.999"] {
        assert_eq!(said("slo", &format!("slo = {{ availability = {share} }}")), "", "{share}");
    }
}

/// What is said of a file that holds these bytes under that name, beside others.
fn of_files(files: &[(&str, &[u8])], read: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(directory.path().join(name), bytes).unwrap();
    }
    let mut diagnostics = Diagnostics::default();
    let catalogue = Catalogue::load(None, &mut diagnostics);
    load_file(&directory.path().join(read), &catalogue, &mut diagnostics);
    diagnostics.render(false).replace(&format!("{}/", directory.path().display()), "")
}

#[test]
fn files_that_are_not_there_or_not_text_take_a_line() {
    assert_eq!(of_files(&[], "none.toml"), "error: none.toml: no such file\n\n");
    let near = of_files(&[("shop.toml", b"")], "shp.toml");
    assert_eq!(near, "error: shp.toml: no such file\n  = help: did you mean `shop.toml`?\n\n");
    let wide: Vec<u8> = "\u{feff}schema = 1".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let said = of_files(&[("wide.toml", &wide)], "wide.toml");
    assert!(said.starts_with("error: wide.toml: this is UTF-16 text\n  = help: save the file as UTF-8"), "{said}");
    let marked = format!("\u{feff}{GOOD}");
    assert_eq!(of_files(&[("marked.toml", marked.as_bytes())], "marked.toml"), "");
    assert_eq!(of_files(&[("dos.toml", GOOD.replace('\n', "\r\n").as_bytes())], "dos.toml"), "");
}

/// A scenario whose app takes its traffic from `traffic`, which has that text.
fn of_trace(keys: &str, traffic: &str) -> String {
    let arrivals = format!("arrivals.trace = {{ file = \"traffic\"{keys} }}");
    let text = GOOD.replace("arrivals.poisson = { rate = \"3 /s\" }", &arrivals);
    of_files(&[("shop.toml", text.as_bytes()), ("traffic", traffic.as_bytes())], "shop.toml")
}

#[test]
fn a_trace_that_is_none_is_told_with_what_it_is() {
    let log = "10.0.0.1 - ann [01/Feb/2024:10:00:00 +0100] \"POST /buy HTTP/2\" 200 12\n".repeat(3);
    let said = of_trace("", &log);
    assert!(said.contains("this looks like an access log") && said.contains("hostsim import"), "{said}");
    let two = of_trace("", "name,mean,sum\na,1.5,10\nb,2.5,20\n");
    assert!(two.contains("2 columns could be meant (mean, sum)"), "{two}");
    assert!(two.contains("`column`"), "{two}");
    let header = of_trace(", column = \"hits\"", "when,calls\n2024-01-01 00:00:00,5\n");
    assert!(header.contains("traffic:1: expected a column named `hits`, found when, calls"), "{header}");
}

#[test]
fn a_data_set_that_cannot_be_read_is_one_error() {
    let own = "tenants = \"trace\"\narrivals.trace = { from = \"day\" }\nwait.trace = { from = \"day\" }";
    let text = GOOD.replace("arrivals.poisson = { rate = \"3 /s\" }", own);
    let text = text.replace("memory = \"90 MiB\"", "memory.trace = { from = \"day\" }");
    let said = |keys: &str| {
        let text = format!("{text}[trace.day]\nformat = \"azure-2019\"\n{keys}");
        let durations = b"HashOwner,HashFunction,Average,Count\no,f,219.0,98\n";
        of_files(&[("shop.toml", text.as_bytes()), ("durations.csv", durations)], "shop.toml")
    };
    let alone = said("durations = \"durations.csv\"\n");
    assert!(alone.contains("`invocations` is missing") && alone.matches("error: ").count() == 1, "{alone}");
    let wrong = said("invocations = \"durations.csv\"\n");
    assert!(wrong.contains("durations.csv:1: expected a column named `HashApp`"), "{wrong}");
    assert_eq!(wrong.matches("error: ").count(), 1, "{wrong}");
}

#[test]
fn very_many_errors_and_very_long_words_are_cut() {
    let many: String = (0..20_000).map(|i| format!("key-{i} = 1\n")).collect();
    let said = Scenario::from_text(&format!("schema = 1\n{many}")).err().unwrap();
    assert!(said.len() < 20_000 && said.contains("more, not shown"), "{} bytes", said.len());
    let long = "x".repeat(1 << 20);
    for text in [format!("{long} = 1\n"), format!("title = {long}\n"), format!("[case.a]\nhosting = \"{long}\"\n")] {
        let said = Scenario::from_text(&text).err().unwrap();
        assert!(said.len() < 5_000, "{} bytes", said.len());
    }
}

#[test]
fn nothing_that_is_echoed_steers_a_terminal() {
    let said = Scenario::from_text("schema = 1\n\"a\\u001b[31mb\" = 1\n[case.\"x\\u0007\"]\nhosting = \"\\u009b2J\"\n");
    let said = said.err().unwrap();
    assert!(said.chars().all(|c| c == '\n' || !c.is_control()), "{said:?}");
}
