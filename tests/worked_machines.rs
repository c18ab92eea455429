//! Worked bills by the catalogue's own models, of machines by the hour, the month and the rack unit; the
//! arithmetic stands beside each.

use crate::usage::catalogue_total as bill;
use crate::worked_bills::{AUGUST, row, rows};

#[test]
fn ec2() {
    // 2 × 2 h × 0.10. All of August 744 × 0.10 = 74.40, and a balancer 744 × 0.025 = 18.60.
    let of = |usage: &str| bill("aws-ec2-2017", AUGUST, usage);
    assert_eq!(of(&row("size = \"m4.large\"; count = 2; time = \"61 min\"")), "0.40");
    assert_eq!(of(&format!("with = [\"load-balancer\"]\n{}", row("size = \"m4.large\""))), "93.00");
    // 1,000 × 60 s × 0.0416/3600 = 0.69333. All of April 720 × 0.096 = 69.12, its address 720 × 0.005 = 3.60.
    assert_eq!(bill("aws-ec2-now", "730 h", &row("size = \"t3.medium\"; count = 1_000; time = \"45 s\"")), "0.69");
    assert_eq!(
        bill("aws-ec2-now", "2026-04", &format!("with = [\"public-address\"]\n{}", row("size = \"m5.large\""))),
        "72.72"
    );
}

#[test]
fn ec2_reserved() {
    let of =
        |plan: &str| bill("aws-ec2-2017", "730 h", &format!("commitment = \"{plan}\"\n{}", row("size = \"m4.large\"")));
    // 730 × 0.062; 508.08/12; 730 × 0.043; 998.64/36.
    assert_eq!([of("1-year-no-upfront"), of("1-year-all-upfront")], ["45.26", "42.34"]);
    assert_eq!([of("3-year-no-upfront"), of("3-year-all-upfront")], ["31.39", "27.74"]);
}

#[test]
fn droplets() {
    let of = |time: &str| bill("digitalocean-2017", AUGUST, &row(&format!("size = \"1gb\"; time = \"{time}\"")));
    // 336 × 0.01488 = 4.99968; 700 × 0.01488 = 10.416, at most 10.
    assert_eq!([of("336 h"), of("700 h")], ["5.00", "10.00"]);
    // Two of one name, each with its own cap and its own 2,000 GB: 20 + (4,500 − 4,000) × 0.02.
    let two = rows(&[
        "resource = \"web\"; size = \"1gb\"; count = 2",
        "resource = \"web\"; size = \"1gb\"; meter = \"egress-gb\"; quantity = 4_500",
    ]);
    assert_eq!(bill("digitalocean-2017", AUGUST, &two), "30.00");
    // Now: 1,000 × 60 s = 16.667 h × 0.00893 = 0.14883; at most 6 a month.
    assert_eq!(
        bill("digitalocean-now", "730 h", &row("size = \"s-1vcpu-1gb\"; count = 1_000; time = \"45 s\"")),
        "0.15"
    );
    assert_eq!(bill("digitalocean-now", "730 h", &row("size = \"s-1vcpu-1gb\"; count = 3")), "18.00");
}

#[test]
fn linodes_and_vultr() {
    // All of February: 672 × 0.0075 = 5.04, at most 5; 2 × 1,000 GB pooled: 300 × 0.02 = 6.
    let two = rows(&["size = \"1gb\"; count = 2", "meter = \"egress-gb\"; quantity = 2_300"]);
    assert_eq!(bill("linode-2017", "2017-02", &two), "16.00");
    // 100.5 → 101 × 0.018 = 1.818.
    assert_eq!(bill("linode-now", "730 h", &row("size = \"2gb\"; time = \"100.5 h\"")), "1.82");
    // 100/672 × 5 = 0.744.
    assert_eq!(bill("vultr-2017", "2017-09", &row("size = \"1gb\"; time = \"100 h\"")), "0.74");
}

#[test]
fn compute_engine() {
    let of = |keys: &str| bill("gce-2017", AUGUST, &row(keys));
    // 100 × 10 min × 0.0475/60 = 0.79167; 100 × 12 min = 20 h: 0.95; 744 × 0.7 × 0.0475 = 24.738.
    assert_eq!(of("size = \"n1-standard-1\"; count = 100; time = \"2 min\""), "0.79");
    assert_eq!(of("size = \"n1-standard-1\"; count = 100; time = \"11.25 min\""), "0.95");
    assert_eq!(of("size = \"n1-standard-1\""), "24.74");
    // 12 TiB of egress: 1,024 × 0.12 + 9,216 × 0.11 + 2,048 × 0.08 = 122.88 + 1,013.76 + 163.84.
    assert_eq!(of("meter = \"egress-gib\"; quantity = 12_288"), "1300.48");
    // Now: 100 × 0.06701142; committed for a year: 730 × 0.2088 × 0.63 = 96.02712.
    assert_eq!(bill("gce-now", "730 h", &row("size = \"e2-standard-2\"; time = \"100 h\"")), "6.70");
    assert_eq!(
        bill("gce-now", "730 h", &format!("commitment = \"1-year-use\"\n{}", row("size = \"c2-standard-4\""))),
        "96.03"
    );
}

#[test]
fn hetzner() {
    // 700 × 0.0088 = 6.16, at most 5.49; 100 h 0.88; 25 TB: 5 × 1.00. Before the rise at most 3.99.
    assert_eq!(bill("hetzner-now", "730 h", &row("size = \"cx23\"; time = \"700 h\"")), "5.49");
    assert_eq!(bill("hetzner-now", "730 h", &row("size = \"cx23\"; time = \"100 h\"")), "0.88");
    assert_eq!(
        bill("hetzner-now", "730 h", &rows(&["size = \"cx23\"", "meter = \"egress-gb\"; quantity = 25_000"])),
        "10.49"
    );
    assert_eq!(bill("hetzner-2026-04", "2026-04", &row("size = \"cx23\"")), "3.99");
    assert_eq!(bill("hetzner-dedicated-now", "730 h", &row("size = \"ax42\"; time = \"100 h\"")), "15.59");
}

#[test]
fn scaleway() {
    // August: 500 × 0.002 + 500 × 0.002 + 495 × 0.002; C2S 500 × 0.020 instead; C2L for 100 h: 4.40 + 0.20 + 0.20.
    let of = |keys: &str| bill("scaleway-2017", AUGUST, &row(keys));
    assert_eq!(
        [of("size = \"c1\""), of("size = \"c2s\""), of("size = \"c2l\"; time = \"100 h\"")],
        ["2.99", "11.99", "4.80"]
    );
    // 10.5 → 11 h × 0.263 = 2.893; a started month; 90 min → 2 h × 2.35.
    assert_eq!(bill("scaleway-now", "730 h", &row("size = \"em-b112x-ssd\"; time = \"10.5 h\"")), "2.89");
    assert_eq!(bill("scaleway-now", "730 h", &row("size = \"em-a116x-ssd\"; time = \"3 days\"")), "27.99");
    assert_eq!(bill("scaleway-instances-now", "730 h", &row("size = \"pop2-64c-256g\"; time = \"90 min\"")), "4.70");
}

#[test]
fn metal_and_racks() {
    // 10.5 → 11 min × 0.7534/60 = 0.13812.
    assert_eq!(bill("rackspace-onmetal-2017", AUGUST, &row("size = \"compute-v1\"; time = \"10.5 min\"")), "0.14");
    // Three units at 50. 3 × 450 W → 2 kW × 125; 100 Mbit/s × 1.50.
    assert_eq!(bill("joes-data-center-2017", AUGUST, &row("count = 3")), "150.00");
    let power = rows(&["count = 3", "meter = \"bandwidth-p95-mbps\"; quantity = 100"]);
    assert_eq!(bill("rackspace-managed-colocation-2017", AUGUST, &power), "400.00");
}

#[test]
fn containers_on_machines_cost_what_the_machines_do() {
    let droplet = row("size = \"1gb\"; time = \"700 h\"");
    assert_eq!(bill("docker-on-digitalocean-2017", AUGUST, &droplet), "10.00");
    assert_eq!(bill("lxd-on-digitalocean-2017", AUGUST, &droplet), "10.00");
    assert_eq!(bill("lxd-on-scaleway-2017", AUGUST, &row("size = \"c1\"")), "2.99");
    // 90 min → 2 × 0.0116 = 0.0232; the balancer 18.60.
    let beanstalk = format!("with = [\"load-balancer\"]\n{}", row("size = \"t2.micro\"; time = \"90 min\""));
    assert_eq!(bill("aws-elastic-beanstalk-2017", AUGUST, &beanstalk), "18.62");
}
