//! Commitments, sustained use, spot prices, percentiles and what closes an invoice; the arithmetic
//! stands beside each.

use crate::usage::{figures, line, total};

fn file(head: &str, model: &str) -> String {
    format!("{head}\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n{model}")
}

/// Machines at 0.10 an hour, to be reserved at 0.06 an hour, or with 262.80 upfront for 0.02 an hour, or for
/// 438 upfront (a month of 730 h has a twelfth of a year: 21.90, 36.50).
fn reserved(head: &str) -> String {
    file(
        &format!("month = \"730 h\"\n{head}"),
        "[[model.charge]]\nname = \"machines\"\nmeter = \"instance-hours\"\neach = { time = \"1 s\" }\nprice = { m = \"0.10\", n = \"0.05\" }\n\
         [model.commitment.none]\nterm = \"1 year\"\nhourly = { m = \"0.06\", n = \"0.03\" }\n\
         [model.commitment.partial]\nterm = \"1 year\"\nupfront = { m = \"262.80\" }\nhourly = { m = \"0.02\" }\n\
         [model.commitment.full]\nterm = \"1 year\"\nupfront = { m = \"438\" }\n",
    )
}

#[test]
fn no_partial_and_full_upfront() {
    let of = |plan: &str, hours: u32| {
        total(&reserved(&format!("commitment = \"{plan}\"\n[[usage]]\nsize = \"m\"\ntime = \"{hours} h\"")))
    };
    // 730 × 0.06; 262.80/12 + 730 × 0.02; 438/12. Used for an hour they cost the same.
    assert_eq!(["none", "partial", "full"].map(|plan| of(plan, 730)), ["43.80", "36.50", "36.50"]);
    assert_eq!(["none", "partial", "full"].map(|plan| of(plan, 1)), ["43.80", "36.50", "36.50"]);
    let lines = reserved("commitment = \"partial\"\n[[usage]]\nsize = \"m\"");
    assert_eq!(
        [figures(&lines, "partial")[3].as_str(), figures(&lines, "partial upfront")[3].as_str()],
        ["14.6", "21.9"]
    );
}

#[test]
fn more_and_fewer_instances_than_are_reserved() {
    let of = |count: u32, reserved_ones: u32| {
        total(&reserved(&format!(
            "commitment = {{ plan = \"none\", instances = {reserved_ones} }}\n[[usage]]\nsize = \"m\"\ncount = {count}\n"
        )))
    };
    // Two reserved of three: 87.60 + 73.00. Three reserved of two: 131.40, and what is not used is lost.
    assert_eq!([of(3, 2), of(2, 3)], ["160.60", "131.40"]);
}

#[test]
fn an_hour_of_benefit_is_shared_by_those_that_run_in_it() {
    let of =
        |rows: &str| total(&reserved(&format!("commitment = {{ plan = \"none\", instances = {{ m = 1 }} }}\n{rows}")));
    let row = |start: u32, minutes: u32| {
        format!("[[usage]]\nsize = \"m\"\nstart = \"{start} min\"\ntime = \"{minutes} min\"\n")
    };
    // Two of 30 min in one clock hour: both covered. Of 40 min each: 20 min left = 0.0333.
    assert_eq!(of(&format!("{}{}", row(0, 30), row(0, 30))), "43.80");
    assert_eq!(of(&format!("{}{}", row(0, 40), row(10, 40))), "43.83");
    // In two clock hours: covered. What one hour leaves over does not help another: 60 and then 90 min at once in
    // the first hour: 30 min of the second machine are in the second hour, alone. 60 + 60 − 60 = 1 h left: 0.10.
    assert_eq!(of(&format!("{}{}", row(0, 40), row(60, 40))), "43.80");
    assert_eq!(of(&format!("{}{}", row(0, 60), row(0, 90))), "43.90");
    // From 0:50 to 1:20 and all of the first hour: 10 min are too many.
    assert_eq!(of(&format!("{}{}", row(0, 60), row(50, 30))), "43.82");
    // The other size has no benefit from it.
    let other = "[[usage]]\nsize = \"n\"\ntime = \"2 h\"\n";
    assert_eq!(of(&format!("{}{other}", row(0, 60))), "43.90");
}

#[test]
fn two_plans_cover_one_after_the_other() {
    // Three machines all month; one on `full`, one on `none`: 36.50 + 43.80 + 73.00.
    let usage = reserved(
        "commitment = [{ plan = \"full\", instances = 1 }, { plan = \"none\", instances = 1 }]\n[[usage]]\nsize = \"m\"\ncount = 3\n",
    );
    assert_eq!(total(&usage), "153.30");
    assert_eq!(hostsim::billing::reading::exact_text(&line(&usage, "machines").covered), "1460");
}

#[test]
fn sustained_use_of_several_instances_of_partial_months() {
    let bands = "sustained-use = [{ up-to = \"25 %\", factor = \"1\" }, { up-to = \"50 %\", factor = \"0.8\" }, { up-to = \"75 %\", factor = \"0.6\" }, { up-to = \"100 %\", factor = \"0.4\" }]";
    let of = |rows: &str| {
        total(&file(
            &format!("month = \"30 days\"\n{rows}"),
            &format!("[[model.charge]]\nname = \"x\"\nmeter = \"instance-hours\"\nprice = \"0.10\"\n{bands}\n"),
        ))
    };
    // Of 720 h: 180 × 0.1 = 18; + 180 × 0.08 = 32.40; + 180 × 0.06 = 43.20; + 180 × 0.04 = 50.40.
    let row = |keys: &str, hours: u32| format!("[[usage]]\n{keys}time = \"{hours} h\"\n");
    assert_eq!([180, 360, 540, 720].map(|hours| of(&row("", hours))), ["18.00", "32.40", "43.20", "50.40"]);
    // Three of half a month: 3 × 32.40, named or not; a named one that is made again goes on: 360 + 360 = 720.
    assert_eq!([of(&row("count = 3\n", 360)), of(&row("resource = \"a\"\ncount = 3\n", 360))], ["97.20", "97.20"]);
    let again = row("resource = \"a\"\n", 360).repeat(2);
    assert_eq!(of(&again), "50.40");
    // 270 h: 18 + 90 × 0.08 = 25.20; with one of 540 h: 68.40.
    assert_eq!(of(&format!("{}{}", row("", 270), row("", 540))), "68.40");
}

#[test]
fn a_spot_price_for_each_hour_of_the_series() {
    let series = "[[model.charge]]\nname = \"x\"\nmeter = \"instance-hours\"\nspot = [{ from = \"0 h\", price = \"0.10\" }, { from = \"1 h\", price = \"0.40\" }, { from = \"2 h\", price = 0 }]\n";
    let of = |row: &str| total(&file(&format!("month = \"730 h\"\n[[usage]]\n{row}"), series));
    // 30 min at 0.10, an hour at 0.40, the rest free.
    assert_eq!(of("start = \"30 min\"\ntime = \"10 h\""), "0.45");
    assert_eq!(
        [of("time = \"90 min\""), of("count = 3\ntime = \"90 min\""), of("start = \"2 h\"\ntime = \"700 h\"")],
        ["0.30", "0.90", "0.00"]
    );
}

#[test]
fn the_95th_percentile_of_one_twenty_and_a_months_samples() {
    // Of n samples the greatest n/20, rounded down, are dropped: none, 1, 432 (30 days), 446 (31 days).
    let of = |count: u32| {
        let samples: Vec<String> = (1..=count).rev().map(|value| value.to_string()).collect();
        let usage = file(
            &format!("[[usage]]\nmeter = \"bandwidth-p95-mbps\"\nout = [{}]", samples.join(", ")),
            "[[model.charge]]\nname = \"x\"\nmeter = \"bandwidth-p95-mbps\"\nminimum = 10\ntiers = [{ up-to = 10, price = 2 }, { price = 3 }]\n",
        );
        figures(&usage, "x")
    };
    // Below the commit of 10: 20.00. Above it: 20 + 3 for each.
    assert_eq!(of(1), ["1", "0", "10", "20"]);
    assert_eq!(of(19)[0], "19");
    assert_eq!(of(20), ["19", "0", "19", "47"]);
    assert_eq!(of(8640), ["8208", "0", "8208", "24614"]);
    assert_eq!(of(8928), ["8482", "0", "8482", "25436"]);
}

#[test]
fn what_closes_an_invoice_in_which_order() {
    let of = |keys: &str, charges: &[(&str, &str)]| {
        let charge = |(name, price): &(&str, &str)| {
            format!("[[model.charge]]\nname = \"{name}\"\nmeter = \"months\"\nprice = \"{price}\"\n")
        };
        total(&file("", &format!("{keys}\n{}", charges.iter().map(charge).collect::<String>())))
    };
    // The lines, 3 × 0.005 → 0.03, or their sum, 0.015 → 0.02; 20 % of that: 0.006 → 0.01, 0.004 → 0.
    let thirds = [("a", "0.005"), ("b", "0.005"), ("c", "0.005")];
    assert_eq!(of("tax = \"20 %\"", &thirds), "0.04");
    assert_eq!(of("tax = \"20 %\"\nrounding = { each = \"total\" }", &thirds), "0.02");
    // A credit before the minimum, the minimum before the tax: 10 − 7 = 3 → 5; 10 %: 0.50.
    assert_eq!(of("tax = \"10 %\"\nminimum-charge = 5", &[("a", "10"), ("credit", "-7")]), "5.50");
    // Halves go away from zero, below it too: −0.005 → −0.01.
    assert_eq!(of("", &[("credit", "-0.005")]), "-0.01");
    // Three digits, whole units and steps of 0.05.
    assert_eq!(of("rounding = { to = \"0.001\" }", &[("a", "1.0005")]), "1.001");
    assert_eq!(of("rounding = { to = 1 }", &[("a", "2.5")]), "3.00");
    assert_eq!(of("rounding = { to = \"0.05\" }", &[("a", "1.075")]), "1.10");
}
