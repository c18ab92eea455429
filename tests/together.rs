//! Apps that stand together on one machine, through whole simulations.

use crate::common::{read, root, run, values};
use hostsim::report::ResultDocument;

fn app(name: &str, load: &str) -> String {
    format!("[app.{name}]\nmemory = \"100 MiB\"\n{load}\n")
}

/// Apps `a` and `b` under a load, on one core together.
fn scenario(load: &str, case: &str) -> String {
    format!(
        "schema = 1\n[run]\nduration = \"3 h\"\nmonth = \"duration\"\nreplications = 1\n{}{}\n\
         [case.c]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\ntogether = [[\"a\", \"b\"]]\n{case}\n",
        app("a", load),
        app("b", load)
    )
}

fn value(result: &ResultDocument, name: &str) -> f64 {
    values(result, "c", name)[0]
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found}, not {expected} ± {tolerance}");
}

const ONE_JOB: &str = "arrivals.batch = { size = 1, at = \"02:00\" }\ncpu.constant = \"1 s\"";
const NEVER_RESTS: &str = "arrivals.closed = { users = 1, think.constant = \"0 s\" }\ncpu.constant = \"1 s\"";

/// Free for all: each has half while both want it, and the last one all. By weights of 2 : 1 the first is done after 1.5 s, and
/// what never rests takes 1.5 s and 3 s. A cap of 0.3 is a cap although the rest is free.
#[test]
fn the_processor_is_shared() {
    let of = |load, case| {
        let result = run(&scenario(load, case));
        ["a", "b"].map(|app| value(&result, &format!("apps_{app}_latency_max_s")))
    };
    let check = |found: [f64; 2], expected: [f64; 2], tolerance| {
        (0..2).for_each(|app| near(found[app], expected[app], tolerance));
    };
    check(of(ONE_JOB, ""), [2.0, 2.0], 1e-6);
    check(of(ONE_JOB, "app.a.cpu-weight = 2"), [1.5, 2.0], 1e-5);
    check(of(ONE_JOB, "app.a.cpu-limit = 0.3"), [1.0 / 0.3, 1.0 / 0.7], 1e-5);
    let weighed = run(&scenario(NEVER_RESTS, "app.a.cpu-weight = 2"));
    near(value(&weighed, "apps_a_latency_mean_s"), 1.5, 1e-3);
    near(value(&weighed, "apps_b_latency_mean_s"), 3.0, 2e-3);
    near(value(&weighed, "instances_cpu_used"), 1.0, 1e-5);
}

const PAID: &str = "[model.paid]\nextends = \"textbook-vps\"\nsize.m = { cpu = 1, memory = \"1 GiB\" }\n\
                    charge = [{ name = \"machines\", meter = \"instance-hours\", over = \"life\", price = \"1\" }]\n";

/// One machine is on the bill, looked after once, whatever stands on it; each app has its part of it by weight.
#[test]
fn one_machine_is_paid_and_looked_after() {
    let text = |case: &str| {
        scenario(ONE_JOB, case).replace("textbook-vps", "paid").replace("1-core", "m")
            + PAID
            + "\n[labour]\nwage = \"1 USD/h\"\n"
    };
    let together = run(&text("app.a.cpu-weight = 2"));
    let apart = run(&text("").replace("together = [[\"a\", \"b\"]]", ""));
    near(value(&together, "invoice_machines_usd"), 3.0, 1e-9);
    near(value(&apart, "invoice_machines_usd"), 6.0, 1e-9);
    near(value(&together, "apps_a_invoice_usd"), 2.0, 0.011);
    near(value(&together, "apps_b_invoice_usd"), 1.0, 0.011);
    assert!(value(&together, "labour_usd") < value(&apart, "labour_usd"));
    let alone = run(&text("").replace("together = [[\"a\", \"b\"]]", "").replace(&app("b", ONE_JOB), ""));
    assert!(value(&together, "labour_usd") > value(&alone, "labour_usd"), "the second app has hours of its own");
    near(value(&run(&text("").replace("instances = 1", "instances = 3")), "invoice_machines_usd"), 9.0, 1e-9);
    // Two groups are two machines.
    let two = text("").replace("[[\"a\", \"b\"]]", "[[\"a\"], [\"b\"]]");
    near(value(&run(&two), "invoice_machines_usd"), 6.0, 1e-9);
}

/// What is wrong is said at its place.
#[test]
fn groups_that_cannot_be() {
    let text = |case: &str| scenario(ONE_JOB, case);
    let group = |group: &str| text("").replace("[[\"a\", \"b\"]]", group);
    let paid = |memory: &str| {
        scenario(ONE_JOB, "").replace("textbook-vps", "paid").replace("1-core", "m") + &PAID.replace("1 GiB", memory)
    };
    for (text, words) in [
        (group("[[\"a\", \"c\"]]"), "the scenario has no app `c`"),
        (group("[[\"a\", \"a\"]]"), "the app `a` is named twice"),
        (group("[[\"a\"], [\"a\", \"b\"]]"), "the app `a` stands on two machines"),
        (group("[[]]"), "no app stands on this machine"),
        (group("[\"a\"]"), "expected"),
        (group("[[\"a\"]]") + "app.b.cpu-weight = 2\n", "the app `b` shares its machine with no other"),
        (text("app.a.cpu-weight = 0"), "0"),
        (text("app.a.cpu-limit = \"all\""), "`all` is no limit"),
        (text("app.a.size = \"2-core\""), "apps on one machine order different ones"),
        (text("").replace("size = \"1-core\"", "size = \"cheapest\""), "ordered by its size and number"),
        (text("app.a.hosting = \"textbook-serverless\"").replace("instances = 1", ""), "are hosted on"),
        (paid("150 MiB"), "the apps need 200 MiB together, and the size `m` has 150 MiB"),
        (
            text("").replace("textbook-vps", "aws-ec2-2017").replace("1-core", "t2.micro"),
            "the CPU credits of `t2.micro` cannot be shared",
        ),
        (
            text("").replace("textbook-vps", "docker-on-ec2-2017").replace("1-core", "m3.medium"),
            "packs its apps on nodes by itself",
        ),
    ] {
        let errors = read(&text, &root()).unwrap_err();
        assert!(errors.contains(words), "{words}: {errors}");
    }
}
