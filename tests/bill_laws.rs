//! Laws that every bill obeys, on random use; and the rules that are exceptions to them, by name.

use crate::usage::{line, priced, total};
use hostsim::billing::reading::{round_up, whole};
use hostsim::billing::{Metered, PriceList, Terms, Usage, invoice};
use hostsim::document::{Diagnostics, Node, Table};
use hostsim::units::Exact;
use proptest::prelude::*;

/// The exact total of a model with one charge, which is rounded so finely that rounding does not show.
fn cost(charge: &str, rows: &str) -> Exact {
    let model = "[model]\nfamily = \"serverless\"\ncurrency = \"USD\"\nrounding = { to = \"0.000000000001\", each = \"total\" }\n";
    priced(&format!("{rows}\n{model}[[model.charge]]\nname = \"x\"\n{charge}\n")).invoice.total
}

fn units(charge: &str, quantity: u64) -> Exact {
    cost(&format!("meter = \"units\"\n{charge}"), &format!("[[usage]]\nmeter = \"units\"\nquantity = {quantity}"))
}

/// `count` requests of `millis` each, of 1 GiB.
fn requests(charge: &str, calls: &[(u64, u64)]) -> Exact {
    let row = |(count, millis): &(u64, u64)| {
        format!("[[usage]]\nmemory = \"1 GiB\"\nrequests = {count}\ntime = \"{millis} ms\"\n")
    };
    cost(&format!("meter = \"gib-seconds\"\n{charge}"), &calls.iter().map(row).collect::<String>())
}

const PRICE: &str = "price = \"0.000016\"";
const GRADUATED: &str = "tiers = [{ up-to = 100, price = \"3\" }, { up-to = 1000, price = \"2\" }, { price = \"1\" }]";
const VOLUME: &str = "volume-tiers = [{ up-to = 100, price = \"3\" }, { price = \"1\" }]";

/// Every rule on a sum under which more use never costs less.
const MONOTONE: &[&str] = &[
    PRICE,
    GRADUATED,
    "free = 50\nprice = 2",
    "block = 30\nprice = 2",
    "minimum = 70\nprice = 2",
    "cap = 500\nprice = 2",
    "minimum = 60\nfree = 50\nblock = 7\ntiers = [{ up-to = 100, price = \"3\" }, { price = \"0.1\" }]\ncap = 900",
    "cap-amount = 900\nminimum-amount = 20\nprice = 2",
];

/// Rules on the time of machines.
const MACHINES: &[&str] = &[
    "price = \"0.01\"",
    "each = { time = \"7 h\", minimum-time = \"10 h\" }\nprice = \"0.01\"",
    "cap = 672\nprice = \"0.01\"",
    "scope = \"resource\"\ncap-amount = 5\nprice = \"0.01\"",
    "scope = \"resource\"\nfree = 100\nblock = 24\nprice = \"0.01\"",
    "price = \"0.01\"\nsustained-use = [{ up-to = \"25 %\", factor = \"1\" }, { up-to = \"50 %\", factor = \"0.8\" }, { up-to = \"75 %\", factor = \"0.6\" }, { up-to = \"100 %\", factor = \"0.4\" }]",
    "per = \"month\"\nprice = 25",
    "sum = { time = \"5 h\", minimum-time = \"20 h\" }\nprice = \"0.01\"",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn more_use_never_costs_less(quantity in 0u64..3000, more in 0u64..500) {
        for charge in MONOTONE {
            prop_assert!(units(charge, quantity) <= units(charge, quantity + more), "{}", charge);
        }
    }

    #[test]
    fn what_is_linear_can_be_billed_in_parts(a in 0u64..1_000_000, b in 0u64..1_000_000, millis in 1u64..5000) {
        prop_assert_eq!(units(PRICE, a) + units(PRICE, b), units(PRICE, a + b));
        // Rounding of each request does not depend on what it is billed with.
        let each = "each = { time = \"100 ms\", minimum-time = \"1 s\" }\nprice = \"0.000016\"";
        prop_assert_eq!(requests(each, &[(a, millis)]) + requests(each, &[(b, 70)]), requests(each, &[(a, millis), (b, 70)]));
    }

    #[test]
    fn rounding_each_never_bills_less_than_was_used(count in 1u64..1000, millis in 0u64..5000) {
        let rounded = requests("each = { time = \"100 ms\" }\nprice = 1", &[(count, millis)]);
        prop_assert!(rounded >= requests("price = 1", &[(count, millis)]));
        let up = round_up(&whole(millis), &whole(100)) * whole(count) / whole(1000);
        prop_assert_eq!(rounded, up);
    }

    #[test]
    fn functions_share_an_allowance_as_one_would(parts in prop::collection::vec(0u64..2_000_000, 1..6)) {
        let charge = "free = 400_000\nprice = \"0.00001667\"";
        let apart: Vec<(u64, u64)> = parts.iter().map(|count| (*count, 1000)).collect();
        prop_assert_eq!(requests(charge, &apart), requests(charge, &[(parts.iter().sum(), 1000)]));
    }

    /// Of functions of different memory and time, too, and whatever rule comes after the allowance.
    #[test]
    fn an_allowance_over_functions_is_that_of_their_sum(parts in prop::collection::vec((1u64..500_000, 1u64..4000), 1..6)) {
        let of_rule = |rule: &str| {
            let charge = format!("free = 400_000\n{rule}");
            let seconds: Exact = parts.iter().map(|(count, millis)| whole(count * millis) / whole(1000)).sum();
            let text = hostsim::units::decimal_text(&seconds, 3);
            let row = format!("[[usage]]\nmeter = \"gib-seconds\"\nquantity = \"{text}\"");
            (requests(&charge, &parts), cost(&format!("meter = \"gib-seconds\"\n{charge}"), &row))
        };
        for rule in [PRICE, GRADUATED, VOLUME, "block = 1000\nprice = 1"] {
            let (apart, together) = of_rule(rule);
            prop_assert_eq!(apart, together, "{}", rule);
        }
    }

    /// Every started hour, capped or not, with a machine's own sustained use or not: one more hour of one more
    /// machine never makes the bill smaller.
    #[test]
    fn more_machines_for_longer_never_cost_less(hours in 0u64..700, more in 0u64..100, count in 0u64..5, others in 0u64..3) {
        for charge in MACHINES {
            let of = |count: u64, hours: u64| {
                let row = format!("month = \"800 h\"\n[[usage]]\nresource = \"web\"\ncount = {count}\ntime = \"{hours} h\"");
                cost(&format!("meter = \"instance-hours\"\n{charge}"), &row)
            };
            prop_assert!(of(count, hours) <= of(count + others, hours + more), "{}", charge);
        }
    }

    /// A named machine that runs in two parts is one that runs as long at once, under every rule on its month.
    #[test]
    fn a_named_machine_in_parts_is_the_same_machine(first in 0u64..400, second in 0u64..400, count in 1u64..4) {
        for charge in MACHINES.iter().filter(|charge| !charge.contains("each")) {
            let of = |times: &[u64]| {
                let row = |hours: &u64| format!("[[usage]]\nresource = \"web\"\ncount = {count}\ntime = \"{hours} h\"\n");
                let rows = format!("month = \"800 h\"\n{}", times.iter().map(row).collect::<String>());
                cost(&format!("meter = \"instance-hours\"\n{charge}"), &rows)
            };
            prop_assert_eq!(of(&[first, second]), of(&[first + second]), "{}", charge);
        }
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(mut parts in prop::collection::vec(0u64..2_000, 2..6)) {
        let charge = "free = 700\nblock = 3\ntiers = [{ up-to = 900, price = \"3\" }, { price = \"1\" }]";
        let calls = |parts: &[u64]| parts.iter().map(|count| (*count, 1000)).collect::<Vec<_>>();
        let forward = requests(charge, &calls(&parts));
        parts.reverse();
        prop_assert_eq!(forward, requests(charge, &calls(&parts)));
    }

    #[test]
    fn a_commitment_costs_at_most_its_price_more(hours in 1u64..730, count in 1u64..4, reserved in 1u64..4) {
        let usage = |commitment: &str| format!(
            "hosting = \"ec2-2017\"\nmonth = \"730 h\"\n{commitment}[[usage]]\nsize = \"m4.large\"\ncount = {count}\ntime = \"{hours} h\"\n"
        );
        let plan = format!("commitment = {{ plan = \"1-year-no-upfront\", instances = {reserved} }}\n");
        let (with, without) = (priced(&usage(&plan)).invoice.total, priced(&usage("")).invoice.total);
        // 0.062 × 730 = 45.26 for each; what it covers is what it saves: min(count, reserved) × hours × 0.10.
        let fee = Exact::new(4526.into(), 100.into()) * whole(reserved);
        let saved = whole(count.min(reserved) * hours) / whole(10);
        prop_assert_eq!(with, without + fee - saved);
    }

    #[test]
    fn named_and_unnamed_copies_cost_the_same_where_no_rule_tells_resources_apart(count in 1u64..50, minutes in 1u64..6000) {
        let usage = |name: &str| total(&format!(
            "hosting = \"ec2-2017\"\n[[usage]]\n{name}size = \"m4.large\"\ncount = {count}\ntime = \"{minutes} min\"\n"
        ));
        prop_assert_eq!(usage(""), usage("resource = \"a\"\n"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// A usage file with words of another put into it is priced or refused; it does not end the program.
    #[test]
    fn a_damaged_file_is_refused_in_words(at in 0usize..2000, length in 0usize..40, from in 0usize..2000, other in 0usize..2000) {
        let mut paths: Vec<_> = std::fs::read_dir("tests/bad/usage").unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        let text = |index: usize| std::fs::read_to_string(&paths[index % paths.len()]).unwrap();
        let (mut damaged, donor) = (text(other).into_bytes(), text(other / 7).into_bytes());
        let (at, from) = (at % damaged.len().max(1), from % donor.len().max(1));
        let word: Vec<u8> = donor.iter().copied().skip(from).take(length).collect();
        damaged.splice(at..(at + length / 2).min(damaged.len()), word);
        let damaged = String::from_utf8_lossy(&damaged).into_owned();
        if let Err(errors) = hostsim::billing::usage::bill(&damaged, "damaged.toml", &crate::usage::Directory) {
            prop_assert!(errors.render(false).contains("damaged.toml:") || errors.render(false).contains("tests/models"), "{}", errors.render(false));
        }
    }
}

#[test]
fn a_whole_volume_tier_is_the_exception_to_more_costs_more() {
    assert!(units(VOLUME, 101) < units(VOLUME, 100));
}

/// Billing in parts: each rule that makes a difference, and which way.
#[test]
fn the_exceptions_to_billing_in_parts() {
    let (first, second) = (80, 130);
    let parts = |charge: &str| units(charge, first) + units(charge, second);
    let whole = |charge: &str| units(charge, first + second);
    // Dearer in parts: tiers begin anew; blocks, minimums and least amounts are started twice.
    let dearer = [GRADUATED, "block = 110\nprice = 1", "minimum = 100\nprice = 1", "minimum-amount = 100\nprice = 1"];
    for charge in dearer {
        assert!(parts(charge) > whole(charge), "{charge}");
    }
    // Cheaper in parts: an allowance is there twice.
    assert!(parts("free = 50\nprice = 1") < whole("free = 50\nprice = 1"));
    // Dearer in parts: a cap is reached later.
    for charge in ["cap = 100\nprice = 1", "cap-amount = 100\nprice = 1"] {
        assert!(parts(charge) > whole(charge), "{charge}");
    }
    // Either: the tier of the whole.
    assert!(parts(VOLUME) > whole(VOLUME));
    // A flat fee is paid on each invoice.
    let flat = "meter = \"months\"\nprice = 5";
    assert_eq!(cost(flat, ""), hostsim::billing::reading::whole(5));
}

#[test]
fn started_hours_are_the_exception_of_a_run_cut_in_two() {
    let run = |rows: &str| total(&format!("hosting = \"ec2-2017\"\n{rows}"));
    let row = |minutes: u32| format!("[[usage]]\nsize = \"m4.large\"\ntime = \"{minutes} min\"\n");
    assert_eq!(run(&row(120)), "0.20");
    assert_eq!(run(&format!("{}{}", row(90), row(30))), "0.30");
}

#[test]
fn sustained_use_is_the_exception_of_a_month_cut_in_two() {
    let run = |month: &str| {
        let usage = format!(
            "hosting = \"gce-2017\"\nmonth = \"{month}\"\n[[usage]]\nsize = \"n1-standard-1\"\ntime = \"365 h\"\n"
        );
        line(&usage, "instances").amount
    };
    // As all of a short month it is 30 % off, as half of a long one 10 %.
    assert!(run("365 h") < run("730 h"));
}

fn lambda_prices() -> PriceList {
    let mut diagnostics = Diagnostics::default();
    let source = diagnostics.sources.add("model", std::fs::read_to_string("tests/models/lambda-2017.toml").unwrap());
    let node = Node::parse(source, &mut diagnostics);
    let mut table = Table::of(&node, &mut diagnostics).unwrap();
    let sizes = ["128mb", "512mb", "1536mb"].map(String::from);
    PriceList::read(&mut table, &sizes, &mut diagnostics).unwrap()
}

#[test]
fn integer_sums_and_a_usage_file_of_the_same_use_make_the_same_invoice() {
    let (list, month) = (lambda_prices(), whole(744));
    // As a simulation meters it: each request rounded, a million of each summed.
    let each = &list.charges[1].each;
    let times = [3_141_592_653u64, 99_999_999, 100_000_000, 100_000_001];
    let sum: u64 = times.iter().map(|time| each.time(*time)).sum();
    let requests = Metered::new(0, 1, Some(1), whole(4_000_000));
    let used = Usage { time: whole(sum) * whole(1_000_000), memory: 512 << 20, ..Usage::default() };
    let compute = Metered::new(1, 1, Some(1), list.charges[1].quantity(&used, &month));
    let simulated = invoice(&list, &[requests, compute], &Terms::of_month(month)).unwrap();
    let row = |time: &u64| format!("[[usage]]\nsize = \"512mb\"\nrequests = 1_000_000\ntime = \"{time} ns\"\n");
    let rows: String = times.iter().map(row).collect();
    let mut written = priced(&format!("hosting = \"lambda-2017\"\nmonth = \"2017-08\"\n{rows}")).invoice;
    // Only a usage file tells which row a part came from.
    written.lines.iter_mut().for_each(|line| line.parts.clear());
    assert_eq!(simulated, written);
    assert!(written.total > whole(10));
}
