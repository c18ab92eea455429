//! What surrounds an app: balancers by their most demanding dimension, calls, logs, kept data, disks, support; each
//! figure by hand.

use crate::common::{read, run};
use crate::usage::{by_catalogue, figures, refused, total};
use hostsim::units::decimal_text;
use std::path::Path;

/// An hour of 100 requests a second on one machine of its own model, with charges on whatever surrounds it.
fn lines(app: &str, case: &str, charges: &str) -> impl Fn(&str) -> f64 {
    let result = run(&format!(
        "schema = 1\n[run]\nduration = \"1 h\"\nreplications = 1\n[app.a]\narrivals.constant = {{ rate = \"100 /s\" }}\n\
         wait.constant = \"1 ms\"\nmemory = \"1 MiB\"\n{app}\n[case.x]\nhosting = \"own\"\ninstances = 1\n{case}\n\
         [model.own]\nfamily = \"vps\"\ncurrency = \"USD\"\nscaling = \"fixed\"\nrounding = {{ to = \"0.0001\" }}\n\
         [model.own.size.a]\ncpu = 1\nmemory = \"1 GiB\"\ndisk = \"10 GB\"\n{charges}"
    ));
    move |name| result.case("x").unwrap().estimate(&["invoice_usd", "lines", name]).mean.unwrap()
}

fn charge(name: &str, meter: &str, more: &str) -> String {
    format!("[[model.own.charge]]\nname = \"{name}\"\nmeter = \"{meter}\"\nprice = 1\n{more}\n")
}

const UNIT: &str = "capacity-unit = { new-connections = 25, active-connections = 3000, data = \"1 GB\", rule-evaluations = 1000, free-rules = 10 }";

#[test]
fn a_balancer_is_paid_by_its_most_demanding_dimension() {
    let units = |app: &str| lines(app, "", &charge("units", "balancer-unit-hours", UNIT))("units") / 730.0;
    let near = |got: f64, want: f64| assert!((got - want).abs() < 1e-4 * want, "{got}, not {want}");
    // 100 new ones a second are four units; 2 kB each are 0.72 GB an hour; open for a minute they are 6,000: two units.
    near(units("response = \"2 kB\""), 4.0);
    // A tenth of a connection for each: 0.4 by connections, and 0.72 by bytes.
    near(units("response = \"2 kB\"\nconnections = { per-request = 0.1 }"), 0.72);
    // Bytes count both ways: 100 × 22 kB × 3,600.
    near(units("response = \"20 kB\"\nrequest = \"2 kB\""), 7.92);
    // Open for ten minutes: 60,000 at once.
    near(units("connections = { open = \"10 min\" }"), 20.0);
    // 60 rules, ten of them free: 5,000 a second.
    near(units("connections = { rules = 60 }"), 5.0);
}

#[test]
fn what_requests_take_with_them_is_metered() {
    let app = "request = \"1 kB\"\nresponse = \"2 kB\"\nlog = \"500 B\"\nstored = \"40 GB\"\ncalls = { number = 2.5, bytes = \"4 kB\" }";
    let meters =
        ["traffic-gb", "log-gb", "calls", "call-gb", "stored-gb-months", "volume-gb-months", "storage-gb-months"];
    let charges: String = meters.iter().map(|meter| charge(meter, meter, "")).collect();
    let line = lines(app, "disk = \"50 GB\"", &charges);
    // 262.8 M requests a month.
    // One of 360,000 may still be inside at the window's end, or have come just before its beginning.
    for (meter, want) in [("traffic-gb", 788.4), ("log-gb", 131.4), ("calls", 657e6), ("call-gb", 2628.0)] {
        assert!((line(meter) / want - 1.0).abs() < 1e-5, "{meter}: {}", line(meter));
    }
    assert_eq!(line("stored-gb-months"), 40.0);
    // A disk that is ordered: in place of the size's, or beside it where the size's is in the price.
    assert_eq!((line("volume-gb-months"), line("storage-gb-months")), (50.0, 50.0));
}

#[test]
fn a_usage_file_fills_the_same_meters() {
    let file = |rows: &str, charge: &str| {
        format!(
            "month = \"1000 h\"\n{rows}\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"x\"\nprice = 1\n{charge}\n"
        )
    };
    let row = "[[usage]]\nrequests = 1_000_000\nrequest = \"1 kB\"\nresponse = \"3 kB\"\nlog = \"500 B\"\n";
    let of = |charge: &str| figures(&file(row, charge), "x")[0].clone();
    assert_eq!([of("meter = \"traffic-gb\""), of("meter = \"log-gb\"")], ["4", "0.5"]);
    // Two rows before one balancer: 2 M connections / 90,000, 8 GB / 1 GB.
    let units = figures(&file(&row.repeat(2), &format!("meter = \"balancer-unit-hours\"\n{UNIT}")), "x");
    assert_eq!(units[0], "22.222222");
}

const SUPPORT: &str = "[[model.charge]]\nname = \"support\"\nmeter = \"subtotal\"\ntiers = [{ up-to = 10_000, price = \"0.10\" }, { up-to = 80_000, price = \"0.07\" }, { price = \"0.05\" }]\nminimum-amount = 100\n";

fn supported(use_of: &str, more: &str) -> String {
    format!(
        "[[usage]]\nmeter = \"dollars\"\nquantity = \"{use_of}\"\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n{more}\n{SUPPORT}\
         [[model.charge]]\nname = \"use\"\nmeter = \"dollars\"\nprice = 1\n"
    )
}

#[test]
fn support_is_a_share_of_the_subtotal_and_at_least_so_much() {
    // 10 % of 10,000 and 7 % of 1,000; 10 % of 500 is below 100; of nothing 100.
    assert_eq!(total(&supported("11000", "")), "12070.00");
    assert_eq!([total(&supported("500", "")), total(&supported("0", ""))], ["600.00", "100.00"]);
    // Before tax, and of what it names alone.
    assert_eq!(total(&supported("2000", "tax = \"10 %\"")), "2420.00");
    let named = supported("2000", "").replace("meter = \"subtotal\"", "meter = \"subtotal\"\nsubtotal-of = [\"use\"]");
    assert_eq!(total(&named), "2200.00");
    assert!(refused(&named.replace("[\"use\"]", "[\"uses\"]")).contains("did you mean `use`?"));
}

#[test]
fn each_line_may_have_its_own_tax() {
    let of = |keys: &str| {
        total(&format!(
            "[model]\nfamily = \"vps\"\ncurrency = \"EUR\"\n{keys}\n[[model.charge]]\nname = \"a\"\nmeter = \"months\"\nprice = 100\n\
             [[model.charge]]\nname = \"b\"\nmeter = \"months\"\nprice = 50\ntax = \"7 %\"\n\
             [[model.charge]]\nname = \"c\"\nmeter = \"months\"\nprice = 10\ntax = \"0 %\"\n"
        ))
    };
    assert_eq!(of("tax = \"19 %\""), "182.50"); // 160 + 19 + 3.50
    assert_eq!(of(""), "163.50");
}

#[test]
fn a_misspelt_meter_is_refused_unless_it_is_meant() {
    let of = |meter: &str, more: &str| {
        format!(
            "[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"x\"\nmeter = \"{meter}\"\nprice = 1\n{more}"
        )
    };
    for (wrong, right) in [
        ("gib-second", "gib-seconds"),
        ("instance-hour", "instance-hours"),
        ("egres-gb", "egress-gb"),
        ("request", "requests"),
    ] {
        let said = refused(&of(wrong, ""));
        assert!(said.contains(&format!("did you mean `{right}`?")) && said.contains("custom = true"), "{said}");
        assert_eq!(total(&of(wrong, "custom = true")), "0.00");
    }
    assert_eq!(total(&of("durable-objects", "")), "0.00");
    assert!(refused(&of("requests", "custom = true")).contains("simulations fill"));
    // A simulation says which charges it cannot fill.
    let scenario = "schema = 1\n[run]\nduration = \"1 h\"\nreplications = 1\n[app.a]\n[case.x]\nhosting = \"own\"\ninstances = 1\n\
                    [model.own]\nextends = \"textbook-vps\"\nsize = { only = { cpu = 1, memory = \"1 GiB\" } }\n\
                    [[model.own.charge]]\nname = \"objects\"\nmeter = \"durable-objects\"\nprice = 1\n";
    let scenario = scenario.replace("instances = 1", "size = \"only\"\ninstances = 1");
    let result = run(&scenario);
    let notes = &result.case("x").unwrap().notes;
    assert!(notes.iter().any(|note| note.contains("`objects` costs nothing here")), "{notes:?}");
}

/// One word each, on the models of the three large providers, and a synonym; refused where it is not sold.
#[test]
fn one_word_asks_for_what_surrounds_an_app() {
    let words = "\"nat\", \"logs\", \"disk\", \"address\", \"balancer\", \"inter-zone\", \"database\", \"cache\", \"queue\", \"object-storage\", \"support\"";
    let bill = by_catalogue(&format!(
        "hosting = \"aws-ec2-now\"\nmonth = \"730 h\"\nwith = [{words}]\n[[usage]]\nsize = \"t3.small\"\n"
    ));
    let invoice = bill.unwrap().invoice;
    let amount = |name: &str| {
        let line = invoice.lines.iter().find(|line| line.name == name).unwrap_or_else(|| panic!("no {name}"));
        decimal_text(&line.amount, 2)
    };
    // 730 h at 0.0208, 0.045, 0.0225, 0.005, 0.032 and 0.016; 8 GB at 0.08; support at least 100.
    assert_eq!(
        [
            "instances",
            "nat gateway",
            "load balancer",
            "public addresses",
            "database",
            "cache",
            "block storage",
            "support"
        ]
        .map(amount),
        ["15.18", "32.85", "16.43", "3.65", "23.36", "11.68", "0.64", "100"]
    );
    let scenario =
        "schema = 1\n[app.a]\n[case.x]\nhosting = \"hetzner-now\"\nsize = \"cx23\"\ninstances = 1\nwith = [\"nat\"]\n";
    assert!(read(scenario, Path::new(".")).unwrap_err().contains("no optional charge `nat`"));
    let extended = by_catalogue("hosting = \"eks-now\"\nmonth = \"730 h\"\nwith = [\"extended-support\"]\n").unwrap();
    assert_eq!(decimal_text(&extended.invoice.total, 2), "438");
}
