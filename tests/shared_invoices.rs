//! What each of several apps costs that are on one invoice.

use crate::common::run;

fn scenario(apps: &str, cases: &str) -> String {
    let one = |name: &str| {
        format!(
            "[app.{name}]\narrivals.constant = {{ rate = \"1 /s\" }}\nwait.constant = \"100 ms\"\nmemory = \"50 MiB\"\n"
        )
    };
    let apps: String = apps.split(' ').map(one).collect();
    format!("schema = 1\n[run]\nduration = \"1 h\"\n{apps}{cases}")
}

/// $5 for each machine of two apps on one account: one has one, the other six.
#[test]
fn machines_are_paid_by_the_app_that_has_them() {
    let result = run(&scenario(
        "small large",
        "[case.machines]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\n\
         [case.machines.app.small]\ninstances = 1\n[case.machines.app.large]\ninstances = 6\n",
    ));
    let case = result.case("machines").unwrap();
    let of = |path: &[&str]| case.estimate(path).mean.unwrap();
    let [small, large] = ["small", "large"].map(|app| of(&["apps", app, "invoice_usd", "total"]));
    assert!((small - 5.0).abs() < 1e-9 && (large - 30.0).abs() < 1e-9, "{small}, {large}");
}

/// An allowance that both use up together is shared as what they cost without it; the shares are the
/// whole. The requests of both are 2 × 744 × 3,600 = 5.36 M, of which 1 M are free.
#[test]
fn an_allowance_is_shared_as_the_use_is() {
    let result = run(&scenario(
        "one other",
        "[case.functions]\nhosting = \"aws-lambda-2017\"\n\
         [case.functions.app.one]\nsize = \"128mb\"\n[case.functions.app.other]\nsize = \"256mb\"\n\
         [case.at-list]\nhosting = \"aws-lambda-2017\"\nallowances = false\n\
         [case.at-list.app.one]\nsize = \"128mb\"\n[case.at-list.app.other]\nsize = \"256mb\"\n",
    ));
    let of = |case: &str, path: &[&str]| result.case(case).unwrap().estimate(path).mean.unwrap();
    let shares = ["functions", "at-list"].map(|case| {
        let [one, other] = ["one", "other"].map(|app| of(case, &["apps", app, "invoice_usd", "total"]));
        let total = of(case, &["invoice_usd", "total"]);
        assert!((one + other - total).abs() < 1e-9 && one > 0.0, "{case}: {one} + {other} of {total}");
        one / total
    });
    assert!((shares[0] - shares[1]).abs() < 1e-9, "{shares:?}");
    // Each request 100 ms: $0.20 per million, and 0.0125 or 0.025 GB-s at $0.00001667.
    let [one, other] = [0.0125, 0.025].map(|gigabytes| 0.2e-6 + gigabytes * 0.00001667);
    assert!((shares[1] - one / (one + other)).abs() < 2e-3, "{} of {}", shares[1], one / (one + other));
}
