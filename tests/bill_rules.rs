//! The rules of the price lists one by one, at their borders and where several meet; the arithmetic
//! stands beside each.

use crate::usage::{figures, line, refused, total};
use hostsim::billing::reading::exact_text;

/// A usage file whose model has these charges; `rows` may begin with keys of the file.
fn file(family: &str, charges: &[&str], rows: &str) -> String {
    let charges: String = charges.iter().map(|charge| format!("[[model.charge]]\n{charge}\n")).collect();
    format!("{rows}\n[model]\nfamily = \"{family}\"\ncurrency = \"USD\"\n{charges}")
}

fn vps(charge: &str, rows: &str) -> String {
    total(&file("vps", &[&format!("name = \"x\"\nmeter = \"instance-hours\"\n{charge}")], rows))
}

fn units(charge: &str, quantity: &str) -> String {
    let charge = format!("name = \"x\"\nmeter = \"units\"\n{charge}");
    total(&file("vps", &[&charge], &format!("[[usage]]\nmeter = \"units\"\nquantity = \"{quantity}\"")))
}

fn functions(charge: &str, rows: &str) -> [String; 4] {
    figures(&file("serverless", &[&format!("name = \"x\"\n{charge}")], rows), "x")
}

// ------------------------------------------------------------------------------- 1: rounding up

#[test]
fn each_request_or_the_sum_of_them() {
    // 3 × 250 ms: each 300 ms: 0.9 s; the sum, 0.75 s, to the second: 1 s; both: 0.9 → 1 s. Of 1 GiB.
    let rows = "[[usage]]\nresource = \"f\"\nmemory = \"1 GiB\"\nrequests = 3\ntime = \"250 ms\"";
    let seconds = |rounding: &str| functions(&format!("meter = \"gib-seconds\"\nprice = 1\n{rounding}"), rows);
    assert_eq!(seconds("")[0], "0.75");
    assert_eq!(seconds("each = { time = \"100 ms\" }")[0], "0.9");
    assert_eq!(seconds("sum = { time = \"1 s\" }")[0], "1");
    assert_eq!(seconds("each = { time = \"100 ms\" }\nsum = { time = \"1 s\" }")[0], "1");
    // A whole number of steps stays as it is, and nothing is nothing, but a minimum is a minimum.
    let of = |time: &str, rounding: &str| {
        let rows = format!("[[usage]]\nmemory = \"1 GiB\"\nrequests = 10\ntime = \"{time}\"");
        functions(&format!("meter = \"gib-seconds\"\nprice = 1\neach = {{ {rounding} }}"), &rows)[0].clone()
    };
    assert_eq!([of("300 ms", "time = \"100 ms\""), of("0 s", "time = \"100 ms\"")], ["3", "0"]);
    assert_eq!(of("0 s", "minimum-time = \"100 ms\", time = \"1 ms\""), "1");
    // The minimum first, then up to the step: 61 s → 2 min.
    let minutes = "minimum-time = \"60 s\", time = \"1 min\"";
    assert_eq!([of("59 s", minutes), of("60 s", minutes), of("61 s", minutes)], ["600", "600", "1200"]);
}

#[test]
fn memory_in_steps_binary_and_decimal() {
    // 130 MiB = 136,314,880 B: of 64 MiB three steps, 192 MiB = 0.1875 GiB; of 1 MB 137 of them.
    let rows = "[[usage]]\nmemory = \"130 MiB\"\nrequests = 1_000\ntime = \"1 s\"";
    let of = |meter: &str, step: &str| {
        let each = if step.is_empty() { String::new() } else { format!("each = {{ memory = \"{step}\" }}\n") };
        functions(&format!("meter = \"{meter}\"\n{each}price = 1"), rows)[0].clone()
    };
    assert_eq!(of("gib-seconds", "64 MiB"), "187.5");
    assert_eq!(of("gib-seconds", "128 MiB"), "250");
    assert_eq!(of("gb-seconds", "1 MB"), "137");
    assert_eq!(of("gb-seconds", ""), "136.31488");
    // 130 MiB are 130/1024 GiB, to the last digit.
    assert_eq!(of("gib-seconds", ""), "126.953125");
}

#[test]
fn a_payload_of_just_one_chunk_and_of_a_byte_more() {
    let of = |payload: &str| {
        let rows = format!("[[usage]]\nrequests = 1_000\npayload = \"{payload}\"");
        functions("meter = \"requests\"\neach = { payload = \"512 KiB\" }\nprice = 1", &rows)[0].clone()
    };
    assert_eq!(["0 B", "524288 B", "524289 B", "1 MiB"].map(of), ["1000", "1000", "2000", "2000"]);
    // Of each response 100 kB are free, and the rest is counted in steps of 64 kB: 150 kB → 64 kB.
    let each = "meter = \"egress-gb\"\neach = { free-payload = \"100 kB\", payload = \"64 kB\" }\nprice = 1";
    let rows = "[[usage]]\nrequests = 1_000_000\nresponse = \"150 kB\"";
    assert_eq!(functions(each, rows)[0], "64");
}

// ------------------------------------------------------------------------------- 2: units

#[test]
fn every_meter_of_a_row_at_once() {
    // An hour of 1.5 vCPUs, 2 GiB, 2.4 GHz, 50 GB of disk, 2 U and 600 W, twice, in a month of 720 h.
    let charge = |meter: &str| format!("name = \"{meter}\"\nmeter = \"{meter}\"\nprice = 1\nover = \"life\"");
    let plain = |meter: &str| format!("name = \"{meter}\"\nmeter = \"{meter}\"\nprice = 1");
    let timed = ["vcpu-seconds", "gib-seconds", "gb-seconds", "ghz-seconds", "instance-seconds", "months"].map(charge);
    let others = ["storage-gb-months", "rack-units", "kilowatts"].map(plain);
    let charges: Vec<&str> = timed.iter().chain(&others).map(String::as_str).collect();
    let rows = "month = \"30 days\"\n[[usage]]\ncount = 2\ntime = \"1 h\"\ncpu = 1.5\nmemory = \"2 GiB\"\nghz = \"2.4\"\n\
                disk = \"50 GB\"\nrack-units = 2\npower = \"600 W\"";
    let usage = file("dedicated", &charges, rows);
    for (meter, quantity) in [
        ("vcpu-seconds", "10800"),         // 2 × 3,600 × 1.5
        ("gib-seconds", "14400"),          // 2 × 3,600 × 2
        ("gb-seconds", "15461.882266"),    // × 2.147483648 instead of 2: 15,461.8822656
        ("ghz-seconds", "17280"),          // 2 × 3,600 × 2.4
        ("instance-seconds", "7200"),      // 2 × 3,600
        ("months", "0.002778"),            // 2/720
        ("storage-gb-months", "0.138889"), // 2 × 50/720
        ("rack-units", "4"),               // levels, whatever the time
        ("kilowatts", "1.2"),
    ] {
        assert_eq!(figures(&usage, meter)[0], quantity, "{meter}");
    }
}

#[test]
fn the_price_of_a_thousand_or_of_a_third() {
    // 1,500 at 2 a thousand; 7 at 1 for every three: 2.3333.
    assert_eq!(units("per = 1_000\nprice = 2", "1500"), "3.00");
    assert_eq!(units("per = 3\nprice = 1", "7"), "2.33");
    // The unit price is exact as far as it has digits: 1/3.
    let usage = file(
        "vps",
        &["name = \"x\"\nmeter = \"units\"\nper = 3\nprice = 1"],
        "[[usage]]\nmeter = \"units\"\nquantity = 3",
    );
    assert_eq!(line(&usage, "x").unit_price.map(|price| exact_text(&price)), Some("0.333333333333".into()));
}

// ------------------------------------------------------------------------------- 3: what is free

#[test]
fn free_is_taken_before_blocks_and_never_below_zero() {
    for (quantity, expected) in [
        ("0", "0.00"),
        ("999_999.999", "0.00"),
        ("1_000_000", "0.00"),     // nothing left: no block is started
        ("1_000_000.001", "3.00"), // a thousandth starts one
        ("2_000_000", "3.00"),
        ("2_000_000.001", "6.00"),
    ] {
        let charge = "free = 1_000_000\nblock = 1_000_000\nper = 1_000_000\nprice = 3";
        assert_eq!(units(charge, quantity), expected, "{quantity}");
    }
}

#[test]
fn free_by_account_by_resource_and_by_request() {
    // 100 requests of 70 ms (a) and 100 of 30 ms (b): 10 s together.
    let rows = "[[usage]]\nresource = \"a\"\nrequests = 100\ntime = \"70 ms\"\n[[usage]]\nresource = \"b\"\nrequests = 100\ntime = \"30 ms\"";
    let of =
        |free: &str| functions(&format!("meter = \"instance-seconds\"\nover = \"request\"\nprice = 1\n{free}"), rows);
    // 10 − 4.
    assert_eq!(of("free = 4"), ["10", "4", "6", "6"]);
    // a: 7 − 4; b: 3 − 3, never below zero.
    assert_eq!(of("free = 4\nscope = \"resource\""), ["10", "7", "3", "3"]);
    // 0.04 of each: 100 × 0.03 and 100 × 0.
    assert_eq!(of("free = \"0.04\"\nscope = \"request\"")[3], "3");
}

#[test]
fn included_transfer_grows_with_the_life_of_a_machine() {
    let of = |accrual: &str, time: &str| {
        let egress = format!(
            "name = \"transfer\"\nmeter = \"egress-gb\"\nprice = \"0.01\"\n{accrual}\n[model.charge.free]\nsmall = 1000"
        );
        let machine = "name = \"machines\"\nmeter = \"instance-hours\"\nprice = { small = \"0\" }";
        let rows = format!(
            "month = \"730 h\"\n[[usage]]\nsize = \"small\"\ncount = 2\ntime = \"{time}\"\n[[usage]]\nmeter = \"egress-gb\"\nquantity = 1_500"
        );
        total(&file("vps", &[machine, &egress], &rows))
    };
    // Two bring 2,000 at once; half of it after 336 of 672 h: 500 over; after 365 of 730 h likewise.
    assert_eq!(of("", "1 h"), "0.00");
    assert_eq!([of("accrual = \"672 h\"", "336 h"), of("accrual = \"month\"", "365 h")], ["5.00", "5.00"]);
    // Whole after 672 h, and no more than whole.
    assert_eq!(of("accrual = \"672 h\"", "730 h"), "0.00");
}

#[test]
fn included_transfer_of_machines_with_and_without_a_name() {
    let of = |scope: &str, rows: &str| {
        let egress = format!(
            "name = \"transfer\"\nmeter = \"egress-gb\"\nprice = \"0.01\"\n{scope}\n[model.charge.free]\nsmall = 1000"
        );
        let machine = "name = \"machines\"\nmeter = \"instance-hours\"\nprice = { small = \"0\" }";
        total(&file("vps", &[machine, &egress], rows))
    };
    let own = "scope = \"resource\"";
    let machine = |name: &str| format!("[[usage]]\n{name}size = \"small\"\n");
    let sent = |name: &str, gb: u32| format!("[[usage]]\n{name}meter = \"egress-gb\"\nquantity = {gb}\n");
    let (a, b) = ("resource = \"a\"\n", "resource = \"b\"\n");
    // a sends 1,500, b nothing: each has its 1,000; pooled, nothing is over.
    let two = [machine(a), machine(b), sent(a, 1500)].concat();
    assert_eq!([of(own, &two), of("", &two)], ["5.00", "0.00"]);
    // Without names the two share: 2,300 − 2,000. So do two rows of one name.
    assert_eq!(of(own, &[machine(""), machine(""), sent("", 2300)].concat()), "3.00");
    assert_eq!(of(own, &[machine("count = 2\n"), sent("", 2300)].concat()), "3.00");
    assert_eq!(of(own, &[machine("resource = \"a\"\ncount = 2\n"), sent(a, 2300)].concat()), "3.00");
    // What a named machine does not use is no help to one without a name.
    assert_eq!(of(own, &[machine(a), machine(""), sent("", 1500)].concat()), "5.00");
}

// ------------------------------------------------------------------------------- 4: tiers and blocks

#[test]
fn tiers_end_inclusive_and_a_closed_one_ends_the_list() {
    let graduated = "tiers = [{ up-to = 10, price = 1 }, { up-to = 100, price = \"0.5\" }]";
    // 10 × 1; 10 × 1 + 90 × 0.5.
    assert_eq!(["10", "100"].map(|quantity| units(graduated, quantity)), ["10.00", "55.00"]);
    let volume = "volume-tiers = [{ up-to = 10, price = 1 }, { up-to = 100, price = \"0.5\" }]";
    // A hundredth more than ten costs half: 10.01 × 0.5 = 5.005 → 5.01.
    assert_eq!(["10", "10.01", "100"].map(|quantity| units(volume, quantity)), ["10.00", "5.01", "50.00"]);
    for tiers in [graduated, volume] {
        let charge = format!("name = \"x\"\nmeter = \"units\"\n{tiers}");
        let beyond = file("vps", &[&charge], "[[usage]]\nmeter = \"units\"\nquantity = \"100.000001\"");
        let error = refused(&beyond);
        assert!(error.contains("comes to 100.000001 of `units`, and its last tier ends at 100"), "{error}");
    }
    // What is free is not in the tiers: 110 − 10.
    assert_eq!(units(&format!("free = 10\n{graduated}"), "110"), "55.00");
    // A cap keeps a closed list closed to what is paid alone: 90 × …: 10 + 80 × 0.5.
    assert_eq!(units(&format!("cap = 90\n{graduated}"), "95"), "50.00");
}

// ------------------------------------------------------------------------------- 5: months

#[test]
fn months_of_28_to_31_days() {
    let of = |month: &str| {
        let flat = "name = \"fee\"\nmeter = \"instance-hours\"\nover = \"month\"\nprice = \"0.10\"";
        let dyno = "name = \"dyno\"\nmeter = \"instance-hours\"\nper = \"month\"\nprice = 25";
        let share = "name = \"server\"\nmeter = \"months\"\nover = \"life\"\nprice = 50";
        let usage = file("paas", &[flat, dyno, share], &format!("month = \"{month}\"\n[[usage]]\ntime = \"336 h\""));
        ["fee", "dyno", "server"].map(|name| figures(&usage, name)[3].clone())
    };
    // The fee is 0.10 × the month's hours; 336 h are a half, 336/696, 336/720, 336/744 and 336/730 of it.
    assert_eq!(of("2017-02"), ["67.2", "12.5", "25"]);
    assert_eq!(of("2016-02"), ["69.6", "12.07", "24.14"]);
    assert_eq!(of("2017-04"), ["72", "11.67", "23.33"]);
    assert_eq!(of("2017-08"), ["74.4", "11.29", "22.58"]);
    assert_eq!(of("730 h"), ["73", "11.51", "23.01"]);
    // 1900 was no leap year, 2000 was.
    assert_eq!([of("1900-02")[0].as_str(), of("2000-02")[0].as_str()], ["67.2", "69.6"]);
}

#[test]
fn caps_are_each_instances_own_whatever_it_is_called() {
    let charge = "each = { time = \"1 h\" }\ncap = 672\nprice = \"0.01\"";
    let row = |keys: &str, hours: u32| format!("[[usage]]\n{keys}time = \"{hours} h\"\n");
    // Two of 700 h: 2 × 672 × 0.01, with a name or without.
    assert_eq!(vps(charge, &row("count = 2\n", 700)), "13.44");
    assert_eq!(vps(charge, &row("resource = \"web\"\ncount = 2\n", 700)), "13.44");
    // Deleted after 400 h and made again under its name: 672 of 800; under another: 800.
    let again = |name: &str| format!("{}{}", row("resource = \"web\"\n", 400), row(name, 400));
    assert_eq!([again("resource = \"web\"\n"), again("")].map(|rows| vps(charge, &rows)), ["6.72", "8.00"]);
    // Three for 400 h, then two of them again: 2 × 672 + 400.
    let three =
        format!("{}{}", row("resource = \"web\"\ncount = 3\n", 400), row("resource = \"web\"\ncount = 2\n", 400));
    assert_eq!(vps(charge, &three), "17.44");
    // A cap in money likewise: 3 × 5, not 5; 400 h cost 4.00.
    let money = "scope = \"resource\"\ncap-amount = 5\nprice = \"0.01\"";
    assert_eq!(vps(money, &row("resource = \"web\"\ncount = 3\n", 700)), "15.00");
    assert_eq!(vps(money, &three), "14.00");
    // Half an hour more is a started hour, of each.
    assert_eq!(vps(charge, "[[usage]]\nresource = \"web\"\ncount = 2\ntime = \"90 min\"\n"), "0.04");
}
