//! Worked bills by the catalogue's own models, of functions, platforms and managed containers; the arithmetic stands beside each.

use crate::usage::{by_catalogue, catalogue_total as bill};
use hostsim::units::decimal_text;

/// A row with these keys.
pub fn row(keys: &str) -> String {
    format!("[[usage]]\n{}\n", keys.replace("; ", "\n"))
}

/// A row for each of these.
pub fn rows(keys: &[&str]) -> String {
    keys.iter().map(|keys| row(keys)).collect()
}

/// A month of 744 hours.
pub const AUGUST: &str = "2017-08";

#[test]
fn lambda_of_2017() {
    let of = |keys: &str| bill("aws-lambda-2017", AUGUST, &row(keys));
    // 1.5 M − 0.4 M GiB-s × 0.00001667 = 18.34; 2 M × 0.20/M = 0.40.
    assert_eq!(of("size = \"512mb\"; requests = 3_000_000; time = \"1 s\""), "18.74");
    // 0.75 M − 0.4 M = 0.35 M × 0.00001667 = 5.83; 29 × 0.20 = 5.80.
    assert_eq!(of("size = \"128mb\"; requests = 30_000_000; time = \"200 ms\""), "11.63");
    // 1,010 → 1,100 ms × 1.5 GiB × 1 M = 1.65 M − 0.4 M = 1.25 M × 0.00001667 = 20.8375.
    assert_eq!(of("size = \"1536mb\"; requests = 1_000_000; time = \"1010 ms\""), "20.84");
    // The gateway: 5 × 3.50 = 17.50; 4 × 0.20 = 0.80; 5 M × 20 KiB = 102.4 GB − 1 = 101.4 × 0.09 = 9.126.
    let usage = format!(
        "with = [\"api-gateway\"]\n{}",
        row("size = \"128mb\"; requests = 5_000_000; time = \"90 ms\"; response = \"20 KiB\"")
    );
    assert_eq!(bill("aws-lambda-2017", AUGUST, &usage), "27.43");
}

#[test]
fn lambda_since() {
    // Arm: 10 M × 0.12 s × 1 GiB = 1.2 M − 0.4 M = 0.8 M × 0.0000133334 = 10.66672; 9 × 0.20 = 1.80.
    let calls = row("size = \"1024mb\"; requests = 10_000_000; time = \"120 ms\"");
    assert_eq!(bill("aws-lambda-arm-now", "730 h", &calls), "12.47");
    // x86: 0.8 M × 0.0000166667 = 13.33336; the HTTP interface 10 × 1.00.
    assert_eq!(bill("aws-lambda-now", "730 h", &format!("with = [\"http-api\"]\n{calls}")), "25.13");
    // Starts of 100 ms: 60,000 s × 0.125 = 7,500 × 0.0000166667 = 0.125 → 0.13; in 2021 50,000 s: 0.104 → 0.10.
    let cold = "allowances = false\n[[usage]]\nsize = \"128mb\"\nrequests = 1_000_000\ntime = \"50 ms\"\ncold = 100_000\nstart-up = \"100 ms\"\n";
    assert_eq!([bill("aws-lambda-now", "730 h", cold), bill("aws-lambda-2021", "730 h", cold)], ["0.33", "0.30"]);
    // Kept ready 10 × 100 h × 1 GiB = 3.6 M × 0.0000041667 = 15.00012; executing 100,000 × 0.0000097222 = 0.97222.
    let kept = rows(&[
        "size = \"1024mb\"; count = 10; time = \"100 h\"; provisioned = true",
        "size = \"1024mb\"; requests = 1_000_000; time = \"100 ms\"; provisioned = true",
    ]);
    assert_eq!(bill("aws-lambda-now", "730 h", &kept), "15.97");
}

#[test]
fn azure_functions() {
    // 2 × 0.20 = 0.40; 1.5 M − 0.4 M = 1.1 M × 0.000016 = 17.60. Observed memory: 400 MiB count as 512.
    let page = row("size = \"512mb\"; requests = 3_000_000; time = \"1 s\"");
    let observed = row("memory = \"400 MiB\"; requests = 3_000_000; time = \"1 s\"");
    for usage in [&page, &observed] {
        assert_eq!(bill("azure-functions-2017", AUGUST, usage), "18.00");
        assert_eq!(bill("azure-functions-now", "730 h", usage), "18.00");
    }
    // Flex: 2 × 360,000 s × 2 GiB = 1.44 M − 0.1 M = 1.34 M × 0.000026 = 34.84; (1 M − 0.25 M) × 0.40/M = 0.30.
    let flex = rows(&["size = \"2048mb\"; count = 2; time = \"100 h\"", "meter = \"requests\"; quantity = 1_000_000"]);
    assert_eq!(bill("azure-functions-flex-now", "730 h", &flex), "35.14");
    // Premium: 730 × 0.173 = 126.29; 730 × 3.5 × 0.0123 = 31.4265.
    assert_eq!(bill("azure-functions-premium-now", "730 h", &row("size = \"ep1\"")), "157.72");
}

#[test]
fn google_functions_and_containers() {
    // 260 → 300 ms: 8 × 0.40 = 3.20; 2.6 M × 0.0000025 = 6.50; 4.2 M − 0.2 M = 4 M × 0.00001 = 40.
    // 10 M × 10 KiB = 95.367 GiB − 5 = 90.367 × 0.12 = 10.8441.
    let calls = row("size = \"1024mb\"; requests = 10_000_000; time = \"260 ms\"; response = \"10 KiB\"");
    assert_eq!(bill("google-cloud-functions-2017", "2017-07", &calls), "60.54");
    assert_eq!(bill("google-cloud-functions-now", "730 h", &calls), "60.54");
    // Busy 3 × 100 h: 0.9 M × 0.000024 = 21.60; 0.18 M × 0.0000025 = 0.45; 3 × 0.40 = 1.20.
    let busy = rows(&[
        "size = { cpu = 1, memory = \"512 MiB\" }; count = 3; time = \"100 h\"",
        "meter = \"requests\"; quantity = 5_000_000",
    ]);
    assert_eq!(bill("cloud-run-now", "730 h", &busy), "23.25");
    // Alive as long: 0.84 M × 0.000018 = 15.12; 0.09 M × 0.000002 = 0.18.
    assert_eq!(bill("cloud-run-instances-now", "730 h", &busy), "15.30");
}

#[test]
fn workers() {
    // 5 + 5 × 0.30 + 75 × 0.02.
    let calls =
        |time: &str| row(&format!("size = \"128mb\"; requests = 15_000_000; time = \"{time}\"; cpu-time = \"7 ms\""));
    assert_eq!(["7 ms", "2 s"].map(|time| bill("cloudflare-workers-now", "730 h", &calls(time))), ["8.00", "8.00"]);
}

#[test]
fn heroku() {
    let of = |month: &str, keys: &str| bill("heroku-2017", month, &row(keys));
    // 01:15:30 = 1.2583 of 744 dyno-hours × 25 = 0.0423; all of February is a month; 14 days of it half.
    let short = by_catalogue(
        "hosting = \"heroku-2017\"\nmonth = \"2017-08\"\n[[usage]]\nsize = \"standard-1x\"\ntime = \"4530 s\"\n",
    )
    .unwrap();
    assert_eq!(decimal_text(&short.invoice.lines[0].quantity, 4), "1.2583");
    assert_eq!(of(AUGUST, "size = \"standard-1x\"; time = \"4530 s\""), "0.04");
    assert_eq!([of("2017-02", "size = \"standard-1x\""), of(AUGUST, "size = \"standard-1x\"")], ["25.00", "25.00"]);
    assert_eq!(of("2017-02", "size = \"performance-l\"; count = 2; time = \"14 days\""), "500.00");
    // The free pool: 1,000 hours, and not one more.
    assert_eq!(of(AUGUST, "size = \"free\"; count = 2; time = \"500 h\""), "0.00");
    let more = by_catalogue("hosting = \"heroku-2017\"\n[[usage]]\nsize = \"free\"\ncount = 2\ntime = \"501 h\"\n")
        .unwrap_err();
    assert!(more.contains("comes to 1002 of `instance-hours`, and its last tier ends at 1000"), "{more}");
    // Eco: 5, however many share it. Standard-2x for 14 days of February: 25.
    assert_eq!(bill("heroku-now", "2026-02", &row("size = \"eco\"; count = 3; time = \"200 h\"")), "5.00");
    assert_eq!(bill("heroku-now", "2026-02", &row("size = \"standard-2x\"; time = \"14 days\"")), "25.00");
}

#[test]
fn galaxy() {
    // 0.5 GB × 4 h × 0.08. By the month of 730 h: 58 × 720/730 = 57.205; Professional 0.11 × 4 × 0.5, 79 × 720/730.
    assert_eq!(bill("meteor-galaxy-2017", AUGUST, &row("size = \"compact\"; time = \"4 h\"")), "0.16");
    assert_eq!(bill("meteor-galaxy-professional-2017", AUGUST, &row("size = \"compact\"; time = \"4 h\"")), "0.22");
    assert_eq!(bill("meteor-galaxy-now", "30 days", &row("size = \"standard\"")), "57.21");
    assert_eq!(bill("meteor-galaxy-professional-now", "30 days", &row("size = \"standard\"")), "77.92");
}

#[test]
fn fargate_and_fly() {
    // 15,000 vCPU-s × 0.04048/3600 = 0.16867; 30,000 GiB-s × 0.004445/3600 = 0.03704.
    let short = row("size = { cpu = 0.25, memory = \"512 MiB\" }; count = 1_000; time = \"30 s\"");
    assert_eq!(bill("aws-fargate-now", "730 h", &short), "0.21");
    // Ten hours of 1 vCPU and 2 GiB: 0.506 + 0.254 → 0.51 + 0.25; on Arm 0.3238 + 0.0712 → 0.32 + 0.07.
    let long = row("size = { cpu = 1, memory = \"2 GiB\" }; time = \"10 h\"");
    assert_eq!(
        [bill("aws-fargate-2017", "2017-11", &long), bill("aws-fargate-arm-now", "730 h", &long)],
        ["0.76", "0.39"]
    );
    // 30 days 2.02; 100 GB × 0.02.
    let fly = rows(&["size = \"shared-cpu-1x-256mb\"", "meter = \"egress-gb\"; quantity = 100"]);
    assert_eq!(bill("fly-now", "30 days", &fly), "4.02");
}

#[test]
fn managed_clusters() {
    // August: 744 × 0.10 = 74.40; 3 × 744 × 0.0416 = 92.8512.
    assert_eq!(bill("eks-now", "2026-08", &row("size = \"t3.medium\"; count = 3")), "167.25");
    // The credit pays the fee of any month; without it 74.40. A node: a core 744 × 0.7 × 0.031611 = 16.463,
    // and 3.75 GiB × 744 × 0.7 × 0.004237 = 8.275, each a line.
    let node = row("size = \"n1-standard-1\"");
    assert_eq!(bill("gke-now", "2026-08", &node), "24.73");
    assert_eq!(bill("gke-now", "2026-08", &format!("allowances = false\n{node}")), "99.13");
    // 2017: five nodes 5 × 730 × 0.7 × 0.0475 = 121.3625 and no fee; six 145.635 and 109.50.
    let nodes = |count: u32| bill("gke-2017", "730 h", &row(&format!("size = \"n1-standard-1\"; count = {count}")));
    assert_eq!([nodes(5), nodes(6)], ["121.36", "255.14"]);
}

#[test]
fn lambda_of_any_memory() {
    // 1,000 MiB: 1 M × 1 s × 1000/1024 = 976,562.5 − 400,000 = 576,562.5 × 0.0000166667 = 9.6094.
    let calls = |size: &str| row(&format!("size = \"{size}\"; requests = 1_000_000; time = \"1 s\""));
    assert_eq!(bill("aws-lambda-now", "730 h", &calls("1000mb")), "9.61");
    for size in ["127mb", "10241mb", "1000gb", "b1000mb"] {
        let errors = by_catalogue(&format!("hosting = \"aws-lambda-now\"\n{}", calls(size))).unwrap_err();
        assert!(errors.contains(&format!("this model has no size `{size}`")), "{errors}");
    }
    // In 2017 in steps of 64 MB.
    assert!(by_catalogue(&format!("hosting = \"aws-lambda-2017\"\n{}", calls("1000mb"))).is_err());
}
