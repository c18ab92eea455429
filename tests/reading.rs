//! What one reads: the answer comes first wherever it is read, tables fit the width that there is, every document is
//! valid by its schema, latency is told apart, tenants are told apart, and differences are called where there are some.

use crate::common::{read, root, run as simulate, run_scenario};
use crate::program::{Done, SMALL, program, run};
use hostsim::report::compare::{Comparison, Document};
use hostsim::report::to_json;
use serde_json::Value;
use std::path::Path;

const CURVE: &str = "[curve]\ntraffic = { from = 0.1, to = 10.0, points = 3 }\nrequests = 300\n[map]\nx = { path = \"traffic\", \
     values = [0.5, 1.0, 2.0] }\ny = { path = \"labour.wage\", values = [\"10 USD/h\", \"90 USD/h\"] }\n[sweep.grid]\n\
     \"labour.wage\" = [\"10 USD/h\", \"90 USD/h\"]\n\"app.api.memory\" = [\"64 MiB\", \"128 MiB\"]\n[labour]\nwage = \"50 USD/h\"\n";

/// Two real price lists, so that there is something to pay.
fn priced() -> String {
    let cases = "[case.droplet]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = 1\n\
                 [case.lambda]\nhosting = \"aws-lambda-2017\"\nsize = \"128mb\"\n";
    let head = SMALL.split("[case.machine]").next().unwrap().replace("\"1 h\"", "\"5 min\"");
    format!("{head}{cases}{CURVE}")
}

fn directory(text: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("s.toml"), text).unwrap();
    directory
}

fn good(done: Done) -> String {
    assert_eq!(done.status, Some(0), "{}", done.err);
    done.out
}

fn valid(schema: &str, document: &Value) {
    let text = run(Path::new("."), &["schema", schema]).out;
    let validator = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{schema}: {errors:#?}");
}

const ADVISE: [&str; 6] = ["--word", "lambda-2017", "--word", "digitalocean-2017", "--era", "2017"];

/// The commands, each with its schema, its report and whether it takes Markdown.
const COMMANDS: [(&str, &str, &str, &[&str]); 4] = [
    ("run", "result", "report.html", &[]),
    ("curve", "curve", "curve.html", &[]),
    ("map", "map", "map.html", &[]),
    ("advise", "advice", "advice.html", &ADVISE),
];

#[test]
fn the_answer_comes_first_wherever_it_is_read_and_says_why() {
    let directory = directory(&priced());
    for (command, schema, page, more) in COMMANDS {
        let of = |rest: &[&str]| good(run(directory.path(), &[&[command, "s.toml"], more, rest].concat()));
        let json: Value = serde_json::from_str(&of(&["--format", "json", "--no-files"])).unwrap();
        valid(schema, &json);
        let answer = json["answer"].as_str().unwrap();
        assert!(answer.contains("droplet") || answer.contains("digitalocean"), "{command}: {answer}");
        for why in ["invoice", "labour", "more"] {
            assert!(answer.contains(why), "{command}: no {why} in: {answer}");
        }
        let table = of(&["--output", "out"]);
        assert_eq!(table.lines().next(), Some(answer), "{command}");
        let markdown = of(&["--format", "markdown", "--no-files"]);
        assert_eq!(markdown.lines().next().unwrap().replace('\\', ""), answer, "{command}");
        let html = std::fs::read_to_string(directory.path().join("out").join(page)).unwrap();
        let escaped = |c: &str| html.contains(c);
        assert!(escaped(&answer[..answer.find('(').unwrap_or(20).min(40)]), "{command}: the page has another answer");
    }
}

#[test]
fn a_sweep_has_its_answer_its_numbers_and_its_schema() {
    let directory = directory(&priced());
    let text = good(run(directory.path(), &["sweep", "s.toml"]));
    let read = |name: &str| std::fs::read_to_string(directory.path().join("output/s").join(name)).unwrap();
    let about: Value = serde_json::from_str(&read("sweep.json")).unwrap();
    // A header that is repeated on paper shows no buttons: its words stand beside them.
    assert!(read("sweep.html").contains("</button><span class=\"printed\">"));
    valid("sweep", &about);
    let answer = about["answer"].as_str().unwrap();
    assert_eq!(text.lines().next(), Some(answer));
    assert!(answer.contains("the cheapest at") && answer.contains("of labour") && answer.contains("more"), "{answer}");
    let axes = read("axes.csv");
    let rows: Vec<&str> = axes.lines().collect();
    assert_eq!(rows[0], "point,labour.wage,labour.wage_number,app.api.memory,app.api.memory_number");
    assert!(rows.contains(&"0,10 USD/h,10,64 MiB,67108864") && rows.len() == 5, "{axes}");
    let analysed = good(run(directory.path(), &["sensitivity", "output/s", "--format", "json", "--no-files"]));
    valid("sensitivity", &serde_json::from_str(&analysed).unwrap());
    let map = good(run(directory.path(), &["map", "s.toml", "--format", "csv", "--no-files"]));
    assert!(map.starts_with("traffic,traffic_number,labour.wage,labour.wage_number,case"), "{map}");
}

/// Without a terminal the answer is one line; everything else fits, and on a terminal all of it does.
#[test]
fn tables_fit_the_width_that_there_is() {
    let mut many = priced();
    for k in 0..6 {
        many += &format!(
            "[case.a-rather-long-name-of-a-case-{k}]\nhosting = \"aws-ec2-2017\"\nsize = \"t2.micro\"\ninstances = {}\n",
            k + 1
        );
    }
    let directory = directory(&many);
    for (command, _, _, more) in COMMANDS {
        for width in [60, 80, 100, 160] {
            let arguments = [&[command, "s.toml", "--no-files", "--replications", "1"][..], more].concat();
            let shown = program(directory.path(), &arguments).env("COLUMNS", width.to_string()).output().unwrap();
            let text = String::from_utf8(shown.stdout).unwrap();
            assert!(!text.contains('\x1b') && !text.is_empty());
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width, "{command}: {widest} columns on {width}:\n{text}");
        }
    }
}

/// A machine that is 80 % busy: M/M/1 has four fifths of the latency before service (fifo) or beside it (shared).
#[test]
fn latency_is_told_apart() {
    let text = |discipline: &str| {
        format!(
            "schema = 1\n[run]\nduration = \"20 h\"\nreplications = 3\n[app.api]\nmemory = \"64 MiB\"\n\
             arrivals.poisson = {{ rate = \"8 /s\" }}\ncpu.exponential = {{ mean = \"100 ms\" }}\n[case.c]\n\
             hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\ndiscipline = \"{discipline}\"\n"
        )
    };
    for (discipline, waiting, other) in
        [("fifo", "queueing", "crowding"), ("processor-sharing", "crowding", "queueing")]
    {
        let result = simulate(&text(discipline));
        let share = |group: &str, part: &str| result.cases[0].estimate(&[group, part]).mean.unwrap();
        assert!((share("latency_shares", waiting) - 0.8).abs() < 0.02, "{}", share("latency_shares", waiting));
        assert!((share("latency_shares", "service") - 0.2).abs() < 0.02);
        assert_eq!((share("latency_shares", other), share("latency_shares", "cold_start")), (0.0, 0.0));
        assert!(share("slowest_shares", waiting) > share("latency_shares", waiting), "the slowest wait for more of it");
        let app = result.cases[0].estimate(&["apps", "api", "slowest_shares", "service"]);
        assert_eq!(app, result.cases[0].estimate(&["slowest_shares", "service"]));
    }
}

/// A start of 3 s for each of the requests, whose service takes 1 s: three quarters of the latency.
#[test]
fn cold_starts_are_a_part_of_latency() {
    let text = "schema = 1\n[run]\nduration = \"5 h\"\nreplications = 2\n[app.api]\nmemory = \"64 MiB\"\n\
                arrivals.constant = { rate = \"1 /min\" }\ncpu.constant = \"1 s\"\n[case.c]\nhosting = \"textbook-serverless\"\n\
                size = \"1-core\"\nkeep-alive = \"none\"\nstart.constant = \"3 s\"\n";
    let result = simulate(text);
    let share = |part: &str| result.cases[0].estimate(&["latency_shares", part]).mean.unwrap();
    assert!((share("cold_start") - 0.75).abs() < 1e-9 && (share("service") - 0.25).abs() < 1e-9);
    assert_eq!((share("queueing"), share("crowding")), (0.0, 0.0));
}

/// Two hundred tenants of whom some come often and most come seldom: few requests are cold, and most tenants' are.
const TENANTS: &str = "schema = 1\n[run]\nduration = \"12 h\"\nreplications = 2\n[app.api]\ntenants = 200\n\
    memory = \"64 MiB\"\narrivals.poisson = { rate = \"1 /min\" }\nactivity.log-normal = { mean = 1.0, cv = 8.0 }\n\
    cpu.constant = \"100 ms\"\n[case.lambda]\nhosting = \"aws-lambda-2017\"\nsize = \"128mb\"\n";

#[test]
fn tenants_are_told_apart() {
    let result = simulate(TENANTS);
    let case = &result.cases[0];
    let of = |path: &[&str]| case.estimate(path).mean.unwrap();
    let cold = |place: &str| of(&["tenants", &format!("cold_share_{place}")]);
    assert_eq!(of(&["tenants", "count"]), 200.0);
    assert!(cold("lower_quartile") <= cold("median") && cold("median") <= cold("upper_quartile"));
    assert!(cold("upper_quartile") > 3.0 * of(&["requests", "cold_share"]), "the mean hides them: {}", cold("median"));
    // The rows add up to the whole.
    assert_eq!(case.tenants.len(), 200);
    let sum = |of: fn(&hostsim::experiment::TenantResult) -> f64| case.tenants.iter().map(of).sum::<f64>();
    assert!((sum(|tenant| tenant.arrived.mean.unwrap()) - of(&["requests", "arrived"])).abs() < 1e-6);
    assert!((sum(|tenant| tenant.invoice_usd.mean.unwrap()) - of(&["invoice_usd", "total"])).abs() < 1e-6);
    assert_eq!(
        case.estimate(&["apps", "api", "tenants", "cold_share_worst"]),
        case.estimate(&["tenants", "cold_share_worst"])
    );
}

#[test]
fn details_hold_all_that_figures_are_drawn_of() {
    let directory = directory(&TENANTS.replace("200", "5"));
    let json = good(run(directory.path(), &["run", "s.toml", "--format", "json", "--details", "--ledger"]));
    let json: Value = serde_json::from_str(&json).unwrap();
    valid("result", &json);
    let case = &json["cases"]["lambda"];
    assert_eq!(case["series"]["instances"].as_array().unwrap().len(), 240);
    let counted: u64 =
        case["latency_histogram"]["requests"].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).sum();
    assert!((counted as f64 - 2.0 * case["requests"]["served"]["mean"].as_f64().unwrap()).abs() < 1e-6);
    assert_eq!(case["each_tenant"].as_array().unwrap().len(), 5);
    assert_eq!(case["values"]["tco_usd"].as_array().unwrap().len(), 2);
    let rows = std::fs::read_to_string(directory.path().join("output/s/tenants.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 5);
    let plain = good(run(directory.path(), &["run", "s.toml", "--format", "json", "--no-files"]));
    assert!(!plain.contains("\"series\"") && !plain.contains("\"each_tenant\""));
    let page = std::fs::read_to_string(directory.path().join("output/s/report.html")).unwrap();
    for said in ["The provider&#x27;s ledger", "Over tenants", "Margin"] {
        assert!(page.contains(said), "{said} is not in the page");
    }
}

/// Requests of a histogram that took at most so long.
fn within(histogram: &Value, longest: f64) -> u64 {
    let (ends, counts) = (histogram["up_to_s"].as_array().unwrap(), histogram["requests"].as_array().unwrap());
    assert_eq!(ends.len(), counts.len());
    let short = ends.iter().zip(counts).filter(|(end, _)| end.as_f64().unwrap() <= longest);
    short.map(|(_, count)| count.as_u64().unwrap()).sum()
}

#[test]
fn each_app_has_its_histogram_and_they_add_up_to_the_case_s() {
    let slow = "[app.reports]\narrivals.poisson = { rate = \"6 /min\" }\ncpu.constant = \"300 ms\"\nmemory = \"64 MiB\"\n[case.machine]";
    let directory = directory(&SMALL.replace("[case.machine]", slow));
    std::fs::write(directory.path().join("one.toml"), SMALL).unwrap();
    let detailed = |file: &str| -> Value {
        let json = good(run(directory.path(), &["run", file, "--format", "json", "--details", "--no-files"]));
        serde_json::from_str(&json).unwrap()
    };
    let json = detailed("s.toml");
    valid("result", &json);
    for case in ["machine", "functions"] {
        let case = &json["cases"][case];
        let apps = ["api", "reports"].map(|app| &case["apps"][app]["latency_histogram"]);
        let ends = case["latency_histogram"]["up_to_s"].as_array().unwrap();
        for end in ends.iter().map(|end| end.as_f64().unwrap()) {
            let of_apps: u64 = apps.iter().map(|app| within(app, end)).sum();
            assert_eq!(of_apps, within(&case["latency_histogram"], end), "up to {end} s");
        }
        for (app, histogram) in ["api", "reports"].iter().zip(apps) {
            let served = case["apps"][app]["requests"]["served"]["mean"].as_f64().unwrap();
            assert_eq!(within(histogram, f64::INFINITY) as f64, 2.0 * served, "{app}");
        }
        assert_eq!(within(apps[1], 0.299), 0, "each report takes 300 ms at the least");
    }
    let one = &detailed("one.toml")["cases"]["machine"];
    assert_eq!(one["apps"]["api"]["latency_histogram"], one["latency_histogram"]);
    let plain = good(run(directory.path(), &["run", "s.toml", "--format", "json", "--no-files"]));
    assert!(!plain.contains("latency_histogram"));
}

#[test]
fn other_documents_are_valid_too() {
    let usage = "schema = 1\nhosting = \"aws-lambda-2017\"\nmonth = \"2017-08\"\n[[usage]]\nsize = \"512mb\"\nrequests = 3000000\ntime = \"1 s\"\n";
    let directory = directory(&priced());
    std::fs::write(directory.path().join("u.toml"), usage).unwrap();
    valid(
        "invoice",
        &serde_json::from_str(&good(run(directory.path(), &["bill", "u.toml", "--format", "json"]))).unwrap(),
    );
    for (seed, to) in [("1", "one"), ("2", "two")] {
        good(run(directory.path(), &["run", "s.toml", "--seed", seed, "--output", to]));
    }
    let compared = good(run(directory.path(), &["compare", "one", "two", "--format", "json"]));
    valid("compare", &serde_json::from_str(&compared).unwrap());
    let article = run(directory.path(), &["article", "--claim", "1", "--format", "json", "--no-files"]);
    if article.status == Some(0) {
        valid("article", &serde_json::from_str(&article.out).unwrap());
    }
}

/// One case; all missed; names with markup; forty cases; amounts of twelve figures; no width to speak of.
#[test]
fn odd_results_are_still_read() {
    let head = SMALL.split("[case.machine]").next().unwrap();
    let mut forty = head.replace("5 s", "1 us").replace("\"1 h\"", "\"1 min\"");
    for k in 0..40 {
        forty += &format!(
            "[case.\"<b>*{k}*</b> | `x` & a-long-name-in-words\"]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\n"
        );
        let own = "[case.\"NAME\".labour]\nsalaries = \"987654321012 USD/year\"\n";
        forty += &own.replace("NAME", &format!("<b>*{k}*</b> | `x` & a-long-name-in-words"));
    }
    let directory = directory(&forty);
    for width in ["20", "40", "80"] {
        let shown =
            program(directory.path(), &["run", "s.toml", "--output", "out", "--ledger"]).env("COLUMNS", width).output();
        let shown = shown.unwrap();
        assert_eq!(shown.status.code(), Some(0), "{}", String::from_utf8_lossy(&shown.stderr));
        let text = String::from_utf8(shown.stdout).unwrap();
        assert!(text.starts_with("No case") && text.contains("$82,304,526,751"), "{width}: {text}");
    }
    let page = std::fs::read_to_string(directory.path().join("out/report.html")).unwrap();
    assert!(!page.contains("<b>*") && page.contains("&lt;b&gt;*"));
    let table = std::fs::read_to_string(directory.path().join("out/table.md")).unwrap();
    assert!(table.contains("\\<b\\>") && !table.contains("| `x`"), "{table}");
}

/// What a person needs who expects a figure by half its name, with a unit: both at once, and before anything is run.
#[test]
fn a_claim_about_a_figure_is_put_right_before_simulating() {
    let written = [
        ("\"machine.p99\" = \"< 500 ms\"", &["latency_p99_s", "write 0.5"][..]),
        ("\"machine.cost\" = \"< 5\"", &["tco_usd", "invoice_usd"]),
        ("\"machine.availability\" = \"> 99.9 %\"", &["write 0.999"]),
    ];
    for (claim, words) in written {
        let directory = directory(&format!("{SMALL}[expect]\n{claim}\n"));
        for command in ["check", "run"] {
            let done = run(directory.path(), &[command, "s.toml"]);
            assert_eq!((done.status, done.out.as_str()), (Some(2), ""), "{claim}: {}", done.err);
            assert!(words.iter().all(|word| done.err.contains(word)), "{claim}: {}", done.err);
        }
    }
}

fn once(text: &str, seed: u64) -> Document {
    let mut scenario = read(text, &root()).unwrap();
    scenario.run.seed = seed;
    Document::parse(&to_json(&run_scenario(&scenario).unwrap())).unwrap()
}

/// Of 1,000 pairs of seeds of one scenario at most 5 % are said to differ in anything; with four standard errors of
/// such a count 50 + 4 × √47.5 = 77.
#[test]
#[ignore = "ci: two thousand small runs"]
fn ci_two_seeds_of_one_scenario_are_said_to_differ_in_at_most_five_of_a_hundred_pairs() {
    let head = SMALL.split("[case.machine]").next().unwrap().replace("\"1 h\"", "\"2 min\"").replace("= 2\n", "= 5\n");
    let text = format!(
        "{head}[case.droplet]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = 1\n\
         [case.lambda]\nhosting = \"aws-lambda-2017\"\nsize = \"128mb\"\n"
    );
    let differing = (0..1000u64).filter(|pair| {
        let found = Comparison::of(&once(&text, 2 * pair + 1), &once(&text, 2 * pair + 2));
        found.counts().0 > 0 || !found.flips.is_empty()
    });
    let count = differing.count();
    println!("{count} of 1,000 pairs are said to differ");
    assert!(count <= 77, "{count} of 1,000");
}
