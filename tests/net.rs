//! The net: small scenarios that touch every behaviour, and all that comes out of them. A change of behaviour fails
//! here; if it is meant, the snapshots are renewed (`INSTA_UPDATE=always`), read, and explained in the changelog.
//!
//! They rest on models of their own, so that a price that changes in the catalogue changes nothing here.

use crate::common::{read, root, run_scenario};
use hostsim::billing::{Invoice, Line};
use hostsim::experiment::invoices::AccountInvoice;
use hostsim::metrics::Figures;
use hostsim::report::ResultDocument;
use hostsim::units::decimal_text;
use std::fmt::Write as _;

/// All that a run says: the digest, every figure of each replication, every line of each invoice, each word of warning.
fn told(result: &ResultDocument) -> String {
    let mut text = format!("{}: digest {}\n", result.title, result.digest);
    for case in &result.cases {
        let size = case.size.as_deref().unwrap_or("-");
        let _ = writeln!(
            text,
            "\n[{}] {} ({}), {size}, objectives {:?}",
            case.name, case.hosting, case.family, case.slo_met
        );
        for app in &case.apps {
            let size = app.size.as_deref().unwrap_or("-");
            let _ = writeln!(text, "app {}: {}, {size}, objectives {:?}", app.name, app.hosting, app.slo_met);
        }
        text.push_str(&figures(&case.figures));
        for account in &case.invoices {
            text.push_str(&invoices(account));
        }
        let unsettled = case.unsettled.iter().map(ToString::to_string);
        for word in unsettled.chain(case.straddles.iter().cloned()) {
            let _ = writeln!(text, "! {word}");
        }
        if let Some(followed) = case.followed_s {
            let _ = writeln!(text, "! followed for {followed} s");
        }
    }
    text
}

/// A figure a line, to nine significant digits: a value for each replication.
fn figures(figures: &Figures) -> String {
    let value = |value: &Option<f64>| value.map_or("-".into(), nine_digits);
    let line = |(path, values): (&Vec<String>, &[Option<f64>])| {
        format!("{} = {}\n", path.join("."), values.iter().map(value).collect::<Vec<_>>().join(", "))
    };
    figures.iter().map(line).collect()
}

fn nine_digits(value: f64) -> String {
    let rounded: f64 = format!("{value:.8e}").parse().unwrap();
    rounded.to_string()
}

fn invoices(account: &AccountInvoice) -> String {
    let head = format!(
        "invoice of {} for {} (tenants {:?}; shares {:?})\n",
        if account.hosting.is_empty() { "one's own costs" } else { &account.hosting },
        account.apps.join(", "),
        account.members,
        account.shares.iter().map(|(deployment, share)| (*deployment, nine_digits(*share))).collect::<Vec<_>>()
    );
    head + &invoice("", &account.invoice) + &invoice("at list prices: ", &account.at_list)
}

fn invoice(kind: &str, invoice: &Invoice) -> String {
    let line = |line: &Line| {
        let exact = |number| decimal_text(number, 9);
        format!(
            "  {} [{:?}]: {} {}, {} free, {} covered, {} paid = {}\n",
            line.name,
            line.kind,
            exact(&line.quantity),
            line.meter,
            exact(&line.free),
            exact(&line.covered),
            exact(&line.billable),
            exact(&line.amount)
        )
    };
    let used = invoice.commitments.iter().map(|used| format!("  {} used {}\n", used.plan, decimal_text(&used.used, 9)));
    let lines: String = invoice.lines.iter().map(line).chain(used).collect();
    format!("{lines}  {kind}{} {}\n", decimal_text(&invoice.total, 9), invoice.currency)
}

/// Runs `tests/net/NAME.toml` and compares all that it says with what it said.
fn holds(name: &str) {
    let directory = root().join("tests/net");
    let text = std::fs::read_to_string(directory.join(format!("{name}.toml"))).unwrap();
    let scenario = read(&text, &directory).unwrap_or_else(|errors| panic!("{errors}"));
    let result = run_scenario(&scenario).unwrap_or_else(|error| panic!("{error}"));
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name, told(&result));
    });
}

macro_rules! net {
    ($($test:ident: $name:literal,)*) => {
        /// Every file of `tests/net` is run by a test.
        #[test]
        fn every_scenario_is_run() {
            let mut found: Vec<String> = std::fs::read_dir(root().join("tests/net"))
                .unwrap()
                .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".toml").map(String::from))
                .collect();
            found.sort();
            let mut known = vec![$($name.to_string()),*];
            known.sort();
            assert_eq!(found, known);
        }
        $(
            #[test]
            fn $test() {
                holds($name);
            }
        )*
    };
}

net! {
    accounts: "accounts",
    billed_starts: "billed-starts",
    clusters: "cluster",
    commitments: "commitments",
    controllers: "controllers",
    credits: "credits",
    failures: "failures",
    growth: "growth",
    keep_alive: "keep-alive",
    lines_and_limits: "lines-and-limits",
    mixed_families: "mixed-families",
    overcommit: "overcommit",
    target_tracking: "target-tracking",
    traces: "traces",
}
