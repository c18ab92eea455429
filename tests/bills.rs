//! Worked bills, to the cent; the arithmetic stands beside each.

use crate::usage::{figures, line, priced, total};
use hostsim::billing::render;

/// A model of one charge, and rows.
fn one_charge(charge: &str, rows: &str) -> String {
    format!(
        "{rows}\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"x\"\nmeter = \"units\"\n{charge}\n"
    )
}

fn units(charge: &str, quantity: &str) -> String {
    total(&one_charge(charge, &format!("[[usage]]\nmeter = \"units\"\nquantity = \"{quantity}\"\n")))
}

// ------------------------------------------------------------------------------- serverless

const LAMBDA: &str = "hosting = \"lambda-2017\"\nmonth = \"2017-08\"\n";

#[test]
fn lambda_2017_the_pages_first_example() {
    // (3 M − 1 M) × 0.20/M = 0.40; 3 M × 1 s × 0.5 GiB = 1.5 M, − 400,000 = 1.1 M × 0.00001667 = 18.337 → 18.34.
    let usage = format!("{LAMBDA}[[usage]]\nsize = \"512mb\"\nrequests = 3_000_000\ntime = \"1 s\"\n");
    assert_eq!(total(&usage), "18.74");
    assert_eq!(figures(&usage, "compute"), ["1500000", "400000", "1100000", "18.34"]);
    assert_eq!(figures(&usage, "requests"), ["3000000", "1000000", "2000000", "0.4"]);
}

#[test]
fn lambda_2017_the_pages_second_example() {
    // 29 M × 0.20/M = 5.80; 30 M × 0.2 s × 0.125 = 750,000 − 400,000 = 350,000 × 0.00001667 = 5.8345 → 5.83.
    let usage = format!("{LAMBDA}[[usage]]\nsize = \"128mb\"\nrequests = 30_000_000\ntime = \"200 ms\"\n");
    assert_eq!(total(&usage), "11.63");
}

#[test]
fn lambda_functions_share_one_allowance() {
    // The two above as one account: 33 M − 1 M = 32 M × 0.20/M = 6.40; 2.25 M − 0.4 M = 1.85 M × 0.00001667 = 30.8395 → 30.84.
    let rows = "[[usage]]\nsize = \"512mb\"\nrequests = 3_000_000\ntime = \"1 s\"\n\
                [[usage]]\nsize = \"128mb\"\nrequests = 30_000_000\ntime = \"200 ms\"\n";
    assert_eq!(total(&format!("{LAMBDA}{rows}")), "37.24");
    // Used up elsewhere: 33 × 0.20 = 6.60; 2.25 M × 0.00001667 = 37.5075 → 37.51.
    assert_eq!(total(&format!("{LAMBDA}allowances = false\n{rows}")), "44.11");
}

#[test]
fn lambda_28_ms_are_billed_as_100_ms_then_as_28() {
    let row = "allowances = false\n[[usage]]\nsize = \"128mb\"\nrequests = 1_000_000\ntime = \"28 ms\"\n";
    // 1 M × 0.1 s × 0.125 = 12,500 × 0.00001667 = 0.208375 → 0.21; + 0.20.
    assert_eq!(total(&format!("{LAMBDA}{row}")), "0.41");
    // 1 M × 0.028 s × 0.125 = 3,500 × 0.0000166667 = 0.05833 → 0.06; + 0.20.
    assert_eq!(total(&format!("hosting = \"lambda-now\"\n{row}")), "0.26");
}

#[test]
fn lambda_2017_idle_is_free_and_below_the_allowance_too() {
    assert_eq!(total(LAMBDA), "0.00");
    let usage = format!("{LAMBDA}[[usage]]\nsize = \"128mb\"\nrequests = 1_000_000\ntime = \"3.2 s\"\n");
    // 1 M × 3.2 s × 0.125 = 400,000: exactly what is free.
    assert_eq!(total(&usage), "0.00");
    assert_eq!(figures(&usage, "compute"), ["400000", "400000", "0", "0"]);
}

#[test]
fn lambda_with_its_gateway() {
    // 3.5 × 3 = 10.50; 2 M × 0.20/M = 0.40; 3 M × 0.1 s × 0.125 = 37,500, all free.
    let row = "[[usage]]\nsize = \"128mb\"\nrequests = 3_000_000\ntime = \"90 ms\"\n";
    assert_eq!(total(&format!("{LAMBDA}with = [\"api-gateway\"]\n{row}")), "10.90");
    assert_eq!(total(&format!("{LAMBDA}{row}")), "0.40");
}

#[test]
fn a_row_on_the_meter_of_an_optional_charge_asks_for_it() {
    // 150 GB − 1 = 149 × 0.09 = 13.41.
    assert_eq!(total(&format!("{LAMBDA}[[usage]]\nmeter = \"egress-gb\"\nquantity = \"150\"\n")), "13.41");
}

#[test]
fn lambda_now_has_three_tiers() {
    // 20,000.4 M × 1 s × 1 GiB − 0.4 M = 20,000 M: 6,000 M × 0.0000166667 = 100,000.20; 9,000 M × 0.000015 = 135,000;
    // 5,000 M × 0.0000133334 = 66,667; requests 19,999.4 M × 0.20/M = 3,999.88.
    let usage = "hosting = \"lambda-now\"\n[[usage]]\nsize = \"1024mb\"\nrequests = 20_000_400_000\ntime = \"1 s\"\n";
    assert_eq!(total(usage), "305667.08");
}

#[test]
fn lambda_provisioned_concurrency() {
    // Kept: 10 × 100 h × 3,600 s × 1 GiB = 3.6 M × 0.0000041667 = 15.00012 → 15.00. Executing: 1 M × 0.1 s = 100,000 × 0.0000097222
    // = 0.97222 → 0.97, without the on-demand allowance. Requests: 1 M are free.
    let usage = "hosting = \"lambda-now\"\n[[usage]]\nsize = \"1024mb\"\ncount = 10\ntime = \"100 h\"\nprovisioned = true\n\
                 [[usage]]\nsize = \"1024mb\"\nrequests = 1_000_000\ntime = \"100 ms\"\nprovisioned = true\n";
    assert_eq!(total(usage), "15.97");
    assert_eq!(figures(usage, "compute")[0], "0");
    // 61 min are 13 × 5 min = 3,900 s: 10 × 3,900 × 0.0000041667 = 0.16250 → 0.16.
    let short = "hosting = \"lambda-now\"\n[[usage]]\nsize = \"1024mb\"\ncount = 10\ntime = \"61 min\"\n";
    assert_eq!(total(short), "0.16");
}

#[test]
fn a_start_is_billed_where_the_model_says_so() {
    let rows = "allowances = false\n[[usage]]\nsize = \"128mb\"\nrequests = 1_000_000\ntime = \"50 ms\"\ncold = 100_000\nstart-up = \"100 ms\"\n";
    // 900,000 × 0.05 + 100,000 × 0.15 = 60,000 s × 0.125 = 7,500 × 0.0000166667 = 0.12500025 → 0.13; + 0.20.
    assert_eq!(total(&format!("hosting = \"lambda-now\"\n{rows}")), "0.33");
    // In 2017 it was not: 1 M × 0.1 s × 0.125 × 0.00001667 = 0.21; + 0.20.
    assert_eq!(total(&format!("{LAMBDA}{rows}")), "0.41");
}

#[test]
fn azure_the_pages_example() {
    // 2 M × 0.20/M = 0.40; 1.5 M − 0.4 M = 1.1 M × 0.000016 = 17.60.
    let usage = "hosting = \"azure-2017\"\n[[usage]]\nmemory = \"512 MiB\"\nrequests = 3_000_000\ntime = \"1 s\"\n";
    assert_eq!(total(usage), "18.00");
}

#[test]
fn azure_rounds_memory_to_128_mb_and_time_to_at_least_100_ms() {
    // 200 MiB → 256 MiB, 40 ms → 100 ms: 5 M × 0.1 × 0.25 = 125,000 × 0.000016 = 2.00; 5 × 0.20 = 1.00.
    let short = "hosting = \"azure-2017\"\nallowances = false\n[[usage]]\nmemory = \"200 MiB\"\nrequests = 5_000_000\ntime = \"40 ms\"\n";
    assert_eq!(total(short), "3.00");
    // Above the minimum by the millisecond: 150.4 → 151 ms: 10 M × 0.151 × 0.125 = 188,750 × 0.000016 = 3.02; + 2.00.
    let long = "hosting = \"azure-2017\"\nallowances = false\n[[usage]]\nmemory = \"128 MiB\"\nrequests = 10_000_000\ntime = \"150.4 ms\"\n";
    assert_eq!(total(long), "5.02");
}

#[test]
fn cloud_functions_bill_memory_and_clock() {
    // 260 → 300 ms. (10 − 2) × 0.40 = 3.20; 3 M GiB-s − 0.4 M = 2.6 M × 0.0000025 = 6.50; 4.2 M GHz-s − 0.2 M = 4 M × 0.00001 = 40.
    let usage = "hosting = \"gcf-2017\"\n[[usage]]\nsize = \"1024mb\"\nrequests = 10_000_000\ntime = \"260 ms\"\n";
    assert_eq!(total(usage), "49.70");
    // With 10 KiB of response each: 10 M × 10,240 B = 102.4 GB − 5 = 97.4 × 0.12 = 11.688 → 11.69.
    assert_eq!(total(&format!("{usage}response = \"10 KiB\"\n")), "61.39");
}

#[test]
fn cloud_run_bills_busy_instances() {
    // 3 × 100 h = 1.08 M s: − 180,000 = 900,000 × 0.000024 = 21.60; × 0.5 GiB = 540,000 − 360,000 = 180,000 × 0.0000025 = 0.45;
    // (5 − 2) M × 0.40/M = 1.20.
    let usage = "hosting = \"cloud-run\"\n[[usage]]\ncpu = 1\nmemory = \"512 MiB\"\ncount = 3\ntime = \"100 h\"\n\
                 [[usage]]\nmeter = \"requests\"\nquantity = 5_000_000\n";
    assert_eq!(total(usage), "23.25");
}

#[test]
fn workers_bill_cpu_and_a_subscription() {
    // 5 + (15 − 10) × 0.30 = 1.50 + (105 − 30) × 0.02 = 1.50.
    let usage = "hosting = \"workers\"\n[[usage]]\nrequests = 15_000_000\ntime = \"7 ms\"\n";
    assert_eq!(total(usage), "8.00");
    // Wall time is not billed.
    let waits = "hosting = \"workers\"\n[[usage]]\nrequests = 15_000_000\ntime = \"2 s\"\ncpu-time = \"7 ms\"\n";
    assert_eq!(total(waits), "8.00");
    assert_eq!(total("hosting = \"workers\"\n"), "5.00");
}

// ------------------------------------------------------------------- virtual machines, containers

#[test]
fn droplets_are_capped_at_672_hours() {
    let hours = |count: u32, time: &str| {
        total(&format!(
            "hosting = \"digitalocean-2017\"\n[[usage]]\nsize = \"1gb\"\ncount = {count}\ntime = \"{time}\"\n"
        ))
    };
    // 336 × 0.01488 = 4.99968; 700 → 672 × 0.01488 = 9.99936; each of two has its own cap.
    assert_eq!([hours(1, "336 h"), hours(1, "700 h"), hours(2, "700 h")], ["5.00", "10.00", "20.00"]);
    // A started hour: 0.01488 → 0.01.
    assert_eq!(hours(1, "1 s"), "0.01");
    // Two that run one after the other are not one: 700 h as two of 350 h: 700 × 0.01488 = 10.416.
    assert_eq!(hours(2, "350 h"), "10.42");
}

#[test]
fn a_droplets_own_transfer() {
    // 672 × 0.00744 = 4.99968 → 5.00; 1,500 − 1,000 = 500 × 0.02 = 10.
    let usage = "hosting = \"digitalocean-2017\"\nmonth = \"2017-08\"\n[[usage]]\nresource = \"web\"\nsize = \"512mb\"\n\
                 [[usage]]\nresource = \"web\"\nsize = \"512mb\"\nmeter = \"egress-gb\"\nquantity = 1_500\n";
    assert_eq!(total(usage), "15.00");
    // A second, quiet droplet does not help: + 5.00.
    assert_eq!(total(&format!("{usage}[[usage]]\nresource = \"idle\"\nsize = \"512mb\"\n")), "20.00");
}

#[test]
fn linodes_are_capped_by_price_and_pool_their_transfer() {
    // 744 × 0.0075 = 5.58 → the cap, 5; 600 × 0.0075 = 4.50.
    let hours = |time: &str| {
        format!("hosting = \"linode-2017\"\nmonth = \"2017-08\"\n[[usage]]\nsize = \"1gb\"\ntime = \"{time}\"\n")
    };
    assert_eq!([total(&hours("744 h")), total(&hours("600 h"))], ["5.00", "4.50"]);
    // Two of them: 2,000 GB pooled; 300 over × 0.02 = 6; + 10.
    let pooled = "hosting = \"linode-2017\"\nmonth = \"2017-08\"\n[[usage]]\nsize = \"1gb\"\ncount = 2\n\
                  [[usage]]\nmeter = \"egress-gb\"\nquantity = 2_300\n";
    assert_eq!(total(&pooled.replace("quantity", "size = \"1gb\"\nquantity")), "16.00");
    assert_eq!(total(pooled), "16.00");
    // Half a month brings half the allowance: 600 − 500 = 100 × 0.02 = 2; 372 × 0.0075 = 2.79.
    let half = format!("{}[[usage]]\nmeter = \"egress-gb\"\nquantity = 600\n", hours("372 h"));
    assert_eq!(total(&half), "4.79");
}

#[test]
fn compute_engine_2017_bills_ten_minutes_then_by_the_minute() {
    let minutes = |time: &str| {
        figures(
            &format!("hosting = \"gce-2017\"\n[[usage]]\nsize = \"n1-standard-1\"\ncount = 100\ntime = \"{time}\"\n"),
            "instances",
        )
    };
    // 100 × 10 min = 16.6667 h × 0.0475 = 0.79167; 100 × 12 min = 20 h × 0.0475 = 0.95.
    assert_eq!(minutes("2 min"), ["16.666667", "0", "16.666667", "0.79"]);
    assert_eq!(minutes("11.25 min"), ["20", "0", "20", "0.95"]);
}

#[test]
fn sustained_use_takes_10_20_and_30_percent_off() {
    let run = |row: &str| {
        total(&format!("hosting = \"gce-2017\"\nmonth = \"730 h\"\n[[usage]]\nsize = \"n1-standard-1\"\n{row}\n"))
    };
    // 365 h × 0.9 × 0.0475 = 15.60375; 547.5 h × 0.8 × 0.0475 = 20.805; 730 h × 0.7 × 0.0475 = 24.2725; 182 h: nothing off: 8.645.
    assert_eq!(
        ["365 h", "547.5 h", "730 h", "182 h"].map(|time| run(&format!("time = \"{time}\""))),
        ["15.60", "20.81", "24.27", "8.65"]
    );
    // Two at once, each half a month: 31.2075. One after the other as one resource: a whole month.
    assert_eq!(run("count = 2\ntime = \"365 h\""), "31.21");
    let one =
        "resource = \"a\"\ntime = \"365 h\"\n[[usage]]\nsize = \"n1-standard-1\"\nresource = \"a\"\ntime = \"365 h\"";
    assert_eq!(run(one), "24.27");
}

#[test]
fn sustained_use_follows_the_calendar() {
    // August has 744 h: the whole of it × 0.7 × 0.0475 = 24.738; 672 h of February are all of it: 22.344.
    let whole = |month: &str| {
        total(&format!("hosting = \"gce-2017\"\nmonth = \"{month}\"\n[[usage]]\nsize = \"n1-standard-1\"\n"))
    };
    assert_eq!([whole("2017-08"), whole("2017-02")], ["24.74", "22.34"]);
}

#[test]
fn committed_use_of_compute_engine() {
    // 730 × 0.0475 × 0.63 = 21.84525; a second instance is not covered, and has its own sustained use: 24.2725.
    let usage = |count: u32| {
        format!(
            "hosting = \"gce-2017\"\ncommitment = {{ plan = \"1-year\", instances = 1 }}\n[[usage]]\nsize = \"n1-standard-1\"\ncount = {count}\n"
        )
    };
    assert_eq!(total(&usage(1)), "21.85");
    assert_eq!(line(&usage(2), "1-year").amount, line(&usage(1), "1-year").amount);
    // 21.85 + 24.27.
    assert_eq!(total(&usage(2)), "46.12");
    // So with two rows of one each.
    let two = format!("{}[[usage]]\nsize = \"n1-standard-1\"\n", usage(1));
    assert_eq!(total(&two), "46.12");
}

#[test]
fn ec2_2017_bills_started_hours() {
    let run = |rows: &str| total(&format!("hosting = \"ec2-2017\"\nmonth = \"30 days\"\n[[usage]]\n{rows}\n"));
    // 2 × 61 min → 2 × 2 h × 0.10.
    assert_eq!(run("size = \"m4.large\"\ncount = 2\ntime = \"61 min\""), "0.40");
    // 3,000 starts of 200 min → 4 h each: 12,000 × 0.067.
    assert_eq!(run("size = \"m3.medium\"\ncount = 3_000\ntime = \"200 min\""), "804.00");
    // Exactly an hour is one hour.
    assert_eq!(run("size = \"m4.large\"\ntime = \"60 min\""), "0.10");
    // The $5-class machine all month: 720 × 0.0059 = 4.248.
    assert_eq!(run("size = \"t2.nano\""), "4.25");
}

#[test]
fn ec2_now_bills_seconds_and_at_least_a_minute() {
    let run = |time: &str| {
        total(&format!("hosting = \"ec2-now\"\n[[usage]]\nsize = \"m5.large\"\ncount = 1_000\ntime = \"{time}\"\n"))
    };
    // 1,000 × 60 s = 16.667 h × 0.096 = 1.60; 61.2 s → 62 s: 17.2222 h × 0.096 = 1.65333.
    assert_eq!([run("45 s"), run("60 s"), run("61.2 s")], ["1.60", "1.60", "1.65"]);
}

const RESERVED: &str = "hosting = \"ec2-2017\"\nmonth = \"730 h\"\n";

#[test]
fn a_reserved_instance_covers_one_hour_in_each_hour() {
    let one = "commitment = { plan = \"1-year-no-upfront\", instances = 1 }\n";
    // Two at once for 300 h: 300 h covered, 300 × 0.10 = 30.00; the plan 730 × 0.062 = 45.26 whatever is used.
    let at_once = format!("{RESERVED}{one}[[usage]]\nsize = \"m4.large\"\ncount = 2\ntime = \"300 h\"\n");
    assert_eq!(total(&at_once), "75.26");
    assert_eq!(line(&at_once, "instances").covered, line(&at_once, "instances").billable);
    // One after the other, all is covered.
    let rows = "[[usage]]\nsize = \"m4.large\"\ntime = \"300 h\"\n[[usage]]\nsize = \"m4.large\"\ntime = \"300 h\"\nstart = \"300 h\"\n";
    assert_eq!(total(&format!("{RESERVED}{one}{rows}")), "45.26");
    // Another size is not: 300 × 0.067 = 20.10.
    let other = "[[usage]]\nsize = \"m4.large\"\ntime = \"1 h\"\n[[usage]]\nsize = \"m3.medium\"\ntime = \"300 h\"\n";
    assert_eq!(total(&format!("{RESERVED}{one}{other}")), "65.36");
}

#[test]
fn concurrent_instances_share_the_3600_seconds() {
    let run = |count: u32| {
        total(&format!(
            "hosting = \"ec2-now\"\nmonth = \"730 h\"\ncommitment = {{ plan = \"1-year\", instances = 1 }}\n[[usage]]\nsize = \"m5.large\"\ncount = {count}\ntime = \"15 min\"\n"
        ))
    };
    // The plan: 730 × 0.06 = 43.80. Four quarters of an hour are one hour; of five 900 s × 0.096/3600 = 0.024 are left.
    assert_eq!([run(4), run(5)], ["43.80", "43.82"]);
}

#[test]
fn a_month_has_its_share_of_what_was_paid_upfront() {
    // 268 × 730/8,760 = 22.3333; 730 × 0.0306 = 22.338.
    let row = "[[usage]]\nsize = \"m4.large\"\n";
    assert_eq!(total(&format!("{RESERVED}commitment = \"1-year-partial-upfront\"\n{row}")), "44.67");
    // 999 × 730/26,280 = 27.75, the cheapest for a whole month (on demand 73.00) …
    assert_eq!(total(&format!("{RESERVED}commitment = \"cheapest\"\n{row}")), "27.75");
    // … but not for 200 h: 20.00 on demand.
    assert_eq!(total(&format!("{RESERVED}commitment = \"cheapest\"\n{row}time = \"200 h\"\n")), "20.00");
}

#[test]
fn committed_spend_buys_at_a_discount() {
    // 10.4 M GiB-s − 0.4 M = 10 M, evenly. 0.10/h × 730 = 73 buys 73 / (0.0000166667 × 0.83) = 5,277,097.8 GiB-s;
    // the other 4,722,902.2 × 0.0000166667 = 78.7152; requests 9.4 M × 0.20/M = 1.88.
    let usage = "hosting = \"lambda-now\"\nmonth = \"730 h\"\ncommitment = { plan = \"savings-1-year\", spend = \"0.10\" }\n\
                 [[usage]]\nsize = \"1024mb\"\nrequests = 10_400_000\ntime = \"1 s\"\n";
    assert_eq!(total(usage), "153.60");
    // More than is used is lost: 1/h × 730.
    assert_eq!(total(&usage.replace("0.10", "1")), "731.88");
}

#[test]
fn fargate_bills_at_least_a_minute() {
    // 30 s → 60 s: 1,000 × 60 × 0.25 = 15,000 vCPU-s × 0.04048/3600 = 0.16867; × 0.5 GiB = 30,000 × 0.004445/3600 = 0.03704.
    let run = |time: &str| {
        total(&format!(
            "hosting = \"fargate\"\n[[usage]]\ncpu = 0.25\nmemory = \"512 MiB\"\ncount = 1_000\ntime = \"{time}\"\n"
        ))
    };
    assert_eq!(run("30 s"), "0.21");
    let picked = "hosting = \"fargate\"\n[[usage]]\nsize = { cpu = 0.25, memory = \"512 MiB\" }\ncount = 1_000\ntime = \"30 s\"\n";
    assert_eq!(total(picked), "0.21");
    // 90.5 s → 91 s: 22,750 × 0.04048/3600 = 0.25581; 45,500 × 0.004445/3600 = 0.05618.
    assert_eq!(run("90.5 s"), "0.32");
}

#[test]
fn heroku_bills_seconds_of_a_month() {
    let usage = |month: &str, time: &str| {
        format!(
            "hosting = \"heroku-2017\"\nmonth = \"{month}\"\n[[usage]]\nsize = \"standard-1x\"\ntime = \"{time}\"\n"
        )
    };
    // 01:15:30 is 4,530/3,600 = 1.2583 dyno-hours, of 744: 25 × 1.2583/744 = 0.0423.
    assert_eq!(figures(&usage("2017-08", "4530 s"), "dyno-hours")[0], "1.258333");
    assert_eq!(total(&usage("2017-08", "4530 s")), "0.04");
    // 14 days of February are half of it, of August 14/31: 12.50, 11.29.
    assert_eq!([total(&usage("2017-02", "14 days")), total(&usage("2017-08", "14 days"))], ["12.50", "11.29"]);
}

#[test]
fn galaxy_bills_gb_hours() {
    // 0.5 × 4 × 0.08 = 0.16.
    let usage = "[[usage]]\nsize = \"compact\"\ntime = \"4 h\"\n[model]\nfamily = \"paas\"\ncurrency = \"USD\"\nsize.compact = { memory = \"512 MiB\" }\n\
                 [[model.charge]]\nname = \"containers\"\nmeter = \"gib-seconds\"\neach = { time = \"1 s\" }\nper = 3600\nprice = \"0.08\"\n";
    assert_eq!(total(usage), "0.16");
}

// ------------------------------------------------------------------------------------- rules

#[test]
fn graduated_tiers_of_a_gateway() {
    // 1,500 M calls: 333 × 3.50 = 1,165.50; 667 × 2.80 = 1,867.60; 500 × 2.38 = 1,190.
    let tiers = "per = 1_000_000\ntiers = [{ up-to = 333_000_000, price = \"3.50\" }, { up-to = 1_000_000_000, price = \"2.80\" }, { up-to = 20_000_000_000, price = \"2.38\" }, { price = \"1.51\" }]";
    assert_eq!(units(tiers, "1_500_000_000"), "4223.10");
    assert_eq!(units(tiers, "333_000_000"), "1165.50");
}

#[test]
fn egress_of_2017() {
    // 60 TB = 61,440 GB: 1 × 0; 10,239 × 0.09 = 921.51; 40,960 × 0.085 = 3,481.60; 10,240 × 0.07 = 716.80.
    assert_eq!(total("hosting = \"ec2-2017\"\n[[usage]]\nmeter = \"egress-gb\"\nquantity = 61_440\n"), "5119.91");
}

#[test]
fn volume_tiers_price_the_whole() {
    let tiers = "volume-tiers = [{ up-to = 1000, price = \"5\" }, { price = \"4\" }]";
    assert_eq!([units(tiers, "1000"), units(tiers, "1001"), units(tiers, "0")], ["5000.00", "4004.00", "0.00"]);
}

#[test]
fn started_blocks_after_what_is_free() {
    // 2.5 M − 1 M = 1.5 M → 2 blocks; 1 M − 1 M = 0 → none; 1,000,001 → 1.
    let charge = "free = 1_000_000\nblock = 1_000_000\nper = 1_000_000\nprice = \"0.40\"";
    assert_eq!(["2_500_000", "1_000_000", "1_000_001"].map(|q| units(charge, q)), ["0.80", "0.00", "0.40"]);
}

#[test]
fn blocks_then_tiers() {
    // 12 → 20: 10 × 3 + 10 × 2 = 50.
    assert_eq!(units("block = 10\ntiers = [{ up-to = 10, price = 3 }, { price = 2 }]", "12"), "50.00");
}

#[test]
fn the_cap_comes_last() {
    // 700 → 720 in blocks of 24 → 670 are paid; at graduated prices 600 × 2 + 70 × 1 = 1,270; by volume all at 1: 670.
    let hours = |price: &str| {
        let rows = "[[usage]]\ntime = \"700 h\"";
        total(&one_charge(&format!("block = 24\ncap = 670\n{price}"), rows).replace("\"units\"", "\"instance-hours\""))
    };
    assert_eq!(hours("price = 1"), "670.00");
    assert_eq!(hours("tiers = [{ up-to = 600, price = 2 }, { price = 1 }]"), "1270.00");
    assert_eq!(hours("volume-tiers = [{ up-to = 700, price = 2 }, { price = 1 }]"), "670.00");
    // Free before: 700 − 100 = 600, below the cap.
    assert_eq!(units("free = 100\ncap = 672\nprice = 1", "700"), "600.00");
}

#[test]
fn a_cap_on_time_is_each_machines_own() {
    let rows = "[[usage]]\nresource = \"a\"\ntime = \"400 h\"\n[[usage]]\nresource = \"a\"\ntime = \"400 h\"\n[[usage]]\ncount = 2\ntime = \"700 h\"\n";
    // 800 → 672 of the one that was made twice, 2 × 672 of the others.
    let usage = one_charge("cap = 672\nprice = 1", rows).replace("\"units\"", "\"instance-hours\"");
    assert_eq!(total(&usage), "2016.00");
    assert_eq!(total(&format!("{usage}scope = \"resource\"\n")), "2016.00");
}

#[test]
fn minimum_comes_before_free_and_blocks() {
    // max(30, 100) − 20 = 80 → 90 × 1.
    assert_eq!(units("minimum = 100\nfree = 20\nblock = 30\nprice = 1", "30"), "90.00");
    // It is paid where nothing is used.
    assert_eq!(total(&one_charge("minimum = 100\nprice = 1", "")), "100.00");
}

#[test]
fn racks_are_rented_whole_and_at_least_two() {
    let charge = "block = 42\nminimum = 84\nper = 42\nprice = \"1200\"";
    // 84 → 2 racks; 85 → 3.
    assert_eq!(["10", "84", "85"].map(|u| units(charge, u)), ["2400.00", "2400.00", "3600.00"]);
}

#[test]
fn bandwidth_by_the_95th_percentile_with_commit_and_overage() {
    let usage = |rows: &str| {
        total(&format!(
            "{rows}\n[model]\nfamily = \"colocation\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"bandwidth\"\nmeter = \"bandwidth-p95-mbps\"\n\
             minimum = 100\ntiers = [{{ up-to = 100, price = \"1.50\" }}, {{ price = \"2.50\" }}]\n"
        ))
    };
    // The commit: 100 × 1.50. Above it: 50 × 2.50 = 125.
    let plain = |mbps: u32| usage(&format!("[[usage]]\nmeter = \"bandwidth-p95-mbps\"\nquantity = {mbps}"));
    assert_eq!([plain(0), plain(80), plain(150)], ["150.00", "150.00", "275.00"]);
    // 40 samples: the top two are dropped. Out: 38 × 60 and two of 900 → 60; in: 37 × 50 and three of 150 → 150.
    let list = |value: &str, count: usize, peak: &str, peaks: usize| {
        format!(
            "[{}]",
            std::iter::repeat_n(value, count).chain(std::iter::repeat_n(peak, peaks)).collect::<Vec<_>>().join(", ")
        )
    };
    let samples = format!("in = {}\nout = {}", list("50", 37, "150", 3), list("60", 38, "900", 2));
    assert_eq!(usage(&format!("[[usage]]\nmeter = \"bandwidth-p95-mbps\"\n{samples}")), "275.00");
}

#[test]
fn rounding_by_line_or_in_total() {
    let usage = |rounding: &str| {
        let charge =
            |name: &str| format!("[[model.charge]]\nname = \"{name}\"\nmeter = \"{name}\"\nprice = \"0.005\"\n");
        total(&format!(
            "usage = [{{ meter = \"a\", quantity = 1 }}, {{ meter = \"b\", quantity = 1 }}]\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n{rounding}\n{}{}",
            charge("a"),
            charge("b")
        ))
    };
    // Halves go up: 0.01 + 0.01, or 0.010.
    assert_eq!(usage(""), "0.02");
    assert_eq!(usage("rounding = { each = \"total\" }"), "0.01");
    assert_eq!(usage("rounding = { to = \"1\" }"), "0.00");
}

#[test]
fn tax_minimum_charge_and_credits() {
    let usage = |keys: &str, credit: &str, quantity: &str| {
        total(&format!(
            "usage = [{{ meter = \"a\", quantity = \"{quantity}\" }}]\n[model]\nfamily = \"vps\"\ncurrency = \"EUR\"\n{keys}\n\
             [[model.charge]]\nname = \"a\"\nmeter = \"a\"\nprice = \"1\"\n[[model.charge]]\nname = \"credit\"\nmeter = \"months\"\n{credit}\n"
        ))
    };
    // 19 % of 10.03, the rounded subtotal, = 1.9057 → 1.91.
    assert_eq!(usage("tax = \"19 %\"", "price = 0", "10.026"), "11.94");
    // At least 5, and the tax on that: 5 + 0.95.
    assert_eq!(usage("tax = \"19 %\"\nminimum-charge = 5", "price = 0", "2"), "5.95");
    // A credit of 3, and one that pays at most what there is.
    assert_eq!(usage("", "price = \"-3\"", "10"), "7.00");
    assert_eq!(usage("", "price = \"-3\"", "1"), "-2.00");
    assert_eq!(usage("", "price = \"-3\"\nup-to-subtotal = true", "1"), "0.00");
}

#[test]
fn spot_prices_by_the_hour() {
    let usage = |row: &str| {
        total(&format!(
            "month = \"730 h\"\n[[usage]]\nsize = \"a\"\n{row}\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"spot\"\nmeter = \"instance-hours\"\n\
             each = {{ time = \"1 h\" }}\nspot = [{{ from = \"0 h\", price = \"0.10\" }}, {{ from = \"12 h\", price = \"0.03\" }}, {{ from = \"24 h\", price = {{ a = \"0.20\" }} }}]\n"
        ))
    };
    // Hours 10 to 14: 2 × 0.10 + 2 × 0.03 = 0.26; two of them twice that; from hour 23: 0.03 + 0.20.
    assert_eq!(usage("time = \"4 h\"\nstart = \"10 h\""), "0.26");
    assert_eq!(usage("count = 2\ntime = \"4 h\"\nstart = \"10 h\""), "0.52");
    assert_eq!(usage("time = \"100 min\"\nstart = \"23 h\""), "0.23");
}

#[test]
fn payload_is_counted_in_started_chunks() {
    // 600 KiB are two chunks of 512: 2 M × 1.00/M.
    let usage = "[[usage]]\nrequests = 1_000_000\npayload = \"600 KiB\"\n[model]\nfamily = \"serverless\"\ncurrency = \"USD\"\n\
                 [[model.charge]]\nname = \"http-api\"\nmeter = \"requests\"\neach = { payload = \"512 KiB\" }\nper = 1_000_000\nprice = \"1.00\"\n";
    assert_eq!(total(usage), "2.00");
}

#[test]
fn an_allowance_of_each_request() {
    // 15 − 10 ms: 1 M × 5 ms = 5 M ms × 0.02/M = 0.10.
    let usage = |free: &str, time: &str| {
        total(&format!(
            "[[usage]]\nrequests = 1_000_000\ntime = \"{time}\"\n[model]\nfamily = \"serverless\"\ncurrency = \"USD\"\n\
             [[model.charge]]\nname = \"cpu\"\nmeter = \"cpu-milliseconds\"\nper = 1_000_000\nprice = \"0.02\"\n{free}\n"
        ))
    };
    for free in ["free = 10\nscope = \"request\"", "each = { free-time = \"10 ms\" }"] {
        assert_eq!([usage(free, "15 ms"), usage(free, "8 ms")], ["0.10", "0.00"]);
    }
}

#[test]
fn allowances_and_tiers_of_each_resource() {
    let rows = "[[usage]]\nmeter = \"units\"\nquantity = 15\nresource = \"a\"\n[[usage]]\nmeter = \"units\"\nquantity = 25\nresource = \"b\"\n";
    // Together 40 − 10 = 30: 20 × 1 + 10 × 0.5 = 25. Each: 5 × 1, and 15 × 1: 20.
    let charge = "free = 10\ntiers = [{ up-to = 20, price = 1 }, { price = \"0.5\" }]\n";
    assert_eq!(total(&one_charge(charge, rows)), "25.00");
    assert_eq!(total(&one_charge(&format!("{charge}scope = \"resource\"\n"), rows)), "20.00");
}

#[test]
fn the_sum_of_a_resources_time_can_be_rounded() {
    // 90 + 40 min of one resource are 130 min → 3 h; of two, 2 h + 1 h; each start by itself as well 3 h. 20 + 20 min: 1 h, or 2 h.
    let usage = |rounding: &str, name: &str| {
        let row = |time: &str| format!("[[usage]]\n{name}\ntime = \"{time}\"\n");
        let rows = format!("{}{}", row("20 min"), row("20 min"));
        total(&format!(
            "{rows}[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"x\"\nmeter = \"instance-hours\"\nprice = 1\n{rounding}\n"
        ))
    };
    assert_eq!(usage("sum = { time = \"1 h\" }", "resource = \"a\""), "1.00");
    assert_eq!(usage("sum = { time = \"1 h\" }", "count = 1"), "2.00");
    assert_eq!(usage("each = { time = \"1 h\" }", "resource = \"a\""), "2.00");
    assert_eq!(usage("sum = { minimum-time = \"2 h\" }", "resource = \"a\""), "2.00");
}

#[test]
fn storage_is_prorated() {
    // 100 GB for half of August: 50 GB-months × 0.10; in GiB 46.566.
    let usage = |meter: &str| {
        total(&format!(
            "month = \"2017-08\"\n[[usage]]\ndisk = \"100 GB\"\ntime = \"372 h\"\ncount = 1\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"disk\"\nmeter = \"{meter}\"\nprice = \"0.10\"\n"
        ))
    };
    assert_eq!([usage("storage-gb-months"), usage("storage-gib-months")], ["5.00", "4.66"]);
}

#[test]
fn a_started_month_is_a_month() {
    // Two dedicated servers for 100 h of August: pro rata 2 × 50 × 100/744 = 13.44; started months 2 × 50. Flat: once.
    let usage = |keys: &str| {
        total(&format!(
            "month = \"2017-08\"\n[[usage]]\ncount = 2\ntime = \"100 h\"\n[model]\nfamily = \"dedicated\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"servers\"\nmeter = \"months\"\nprice = 50\n{keys}\n"
        ))
    };
    assert_eq!(usage("over = \"life\""), "13.44");
    assert_eq!(usage("over = \"life\"\nblock = 1\nscope = \"resource\""), "100.00");
    assert_eq!(usage(""), "50.00");
}

#[test]
fn rack_units_and_kilowatts_are_levels() {
    // Two servers of 2 U and 450 W: 4 U × 10 + 0.9 kW × 125 = 152.50, however long they stood there.
    let usage = "[[usage]]\nsize = \"server\"\ncount = 2\ntime = \"10 days\"\n[model]\nfamily = \"colocation\"\ncurrency = \"USD\"\n\
                 size.server = { cpu = 48, memory = \"192 GiB\", rack-units = 2, power = \"450 W\" }\n\
                 [[model.charge]]\nname = \"space\"\nmeter = \"rack-units\"\nprice = 10\n\
                 [[model.charge]]\nname = \"power\"\nmeter = \"kilowatts\"\nprice = 125\n";
    assert_eq!(total(usage), "152.50");
}

#[test]
fn a_charge_for_some_sizes() {
    // 750 h of the small size are free, of 1,460: 710 × 0.0116 = 8.236 → 8.24; the other pays from the start: 73.00.
    let usage = "month = \"730 h\"\n[[usage]]\nsize = \"t2.micro\"\ncount = 2\n[[usage]]\nsize = \"m4.large\"\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n\
                 size.\"t2.micro\" = {}\nsize.\"m4.large\" = {}\n\
                 [[model.charge]]\nname = \"micro\"\nmeter = \"instance-hours\"\nsizes = [\"t2.micro\"]\nprice = \"0.0116\"\nfree = 750\n\
                 [[model.charge]]\nname = \"others\"\nmeter = \"instance-hours\"\nsizes = [\"m4.large\"]\nprice = { \"m4.large\" = \"0.10\" }\n";
    assert_eq!(total(usage), "81.24");
}

#[test]
fn sizes_share_an_allowance_in_proportion() {
    // 300 h at 1 and 100 h at 3, 100 h free: three quarters of what is left is the cheap one: 225 × 1 + 75 × 3 = 450.
    let usage = "[[usage]]\nsize = \"a\"\ntime = \"300 h\"\n[[usage]]\nsize = \"b\"\ntime = \"100 h\"\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n\
                 [[model.charge]]\nname = \"x\"\nmeter = \"instance-hours\"\nprice = { a = 1, b = 3 }\nfree = 100\n";
    assert_eq!(total(usage), "450.00");
}

#[test]
fn a_charge_of_the_customers_own() {
    let usage = format!("{LAMBDA}[[charge]]\nname = \"database\"\nmeter = \"months\"\nprice = \"15\"\n");
    assert_eq!(total(&usage), "15.00");
}

#[test]
fn a_server_of_parts_each_with_its_cap() {
    // Scaleway's C1 of 2017, hours: 0.002 each for server, volume and address; August: 1.00 + 1.00 + 0.99.
    let usage = |time: &str| {
        let part = |name: &str, cap: &str| {
            format!(
                "[[model.charge]]\nname = \"{name}\"\nmeter = \"instance-hours\"\neach = {{ time = \"1 h\" }}\nprice = \"0.002\"\nscope = \"resource\"\n{cap}\n"
            )
        };
        let parts =
            [part("server", "cap = 500"), part("volume", "cap = 500"), part("address", "cap-amount = \"0.99\"")];
        total(&format!(
            "month = \"2017-08\"\n[[usage]]\n{time}\n[model]\nfamily = \"dedicated\"\ncurrency = \"EUR\"\n{}",
            parts.concat()
        ))
    };
    assert_eq!(usage("count = 1"), "2.99");
    // 100 h: 3 × 0.20; three servers for 20 days: 480 h × 0.002 = 0.96 each: 3 × 2.88.
    assert_eq!([usage("time = \"100 h\""), usage("count = 3\ntime = \"20 days\"")], ["0.60", "8.64"]);
}

#[test]
fn a_model_of_charges_alone() {
    // The first example again, without declared sizes: the memory is the row's, or the size's name.
    let usage = |row: &str| {
        format!(
            "month = \"2017-08\"\n[[usage]]\n{row}\nrequests = 3_000_000\ntime = \"1 s\"\n[model]\nfamily = \"serverless\"\ncurrency = \"USD\"\n\
             [[model.charge]]\nname = \"requests\"\nmeter = \"requests\"\nprice = \"0.20\"\nper = 1_000_000\nfree = 1_000_000\n\
             [[model.charge]]\nname = \"compute\"\nmeter = \"gib-seconds\"\nover = \"request\"\nprice = \"0.00001667\"\nfree = \"400000\"\n"
        )
    };
    assert_eq!(total(&usage("memory = \"512 MiB\"")), "18.74");
    assert_eq!(total(&usage("size = \"512mb\"")), "18.74");
}

#[test]
fn the_json_is_the_contracts() {
    let usage = format!("{LAMBDA}[[usage]]\nsize = \"512mb\"\nrequests = 3_000_000\ntime = \"1 s\"\n");
    let json = render::json(&priced(&usage).invoice);
    assert_eq!(json["schema"], 1);
    assert_eq!((&json["currency"], &json["total"]), (&"USD".into(), &"18.74".into()));
    let compute = &json["lines"][1];
    for (key, value) in [
        ("name", "compute"),
        ("meter", "gib-seconds"),
        ("quantity", "1500000"),
        ("free", "400000"),
        ("billable", "1100000"),
        ("unit-price", "0.00001667"),
        ("amount", "18.34"),
    ] {
        assert_eq!(compute[key], value, "{key}");
    }
}

#[test]
fn the_csv_has_every_line_and_the_total() {
    let usage = format!("{LAMBDA}[[usage]]\nsize = \"512mb\"\nrequests = 3_000_000\ntime = \"1 s\"\n");
    let bill = priced(&usage);
    let csv = render::csv(&bill.invoice).unwrap();
    for text in ["requests", "compute", "0.00001667", "18.34"] {
        assert!(csv.contains(text), "{text} is not in\n{csv}");
    }
    assert!(csv.starts_with("name,meter,quantity,") && csv.ends_with("total,,,,,,,18.74\r\n"), "{csv}");
}
