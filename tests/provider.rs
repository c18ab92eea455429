//! What a fleet costs whom: bought is not switched on, one machine has one footprint, power is a curve.

use crate::common::{read, root, run, values};

/// Twelve machines from 9 to 17 and three at other times, each a server of 1,200 USD over 48 months: 25 USD a month.
fn by_day(family: &str, fleet: &str) -> String {
    format!(
        "schema = 1\n[run]\nduration = \"2 days\"\nreplications = 1\n[fleet]\n{fleet}\n\
         server = {{ cores = 1, memory = \"16 GiB\", price = \"1200 USD\", life = \"48 months\", power = {{ idle = \"100 W\", peak = \"300 W\" }} }}\n\
         [provider]\nspace = \"10 USD/month\"\nnetwork = \"2 USD/month\"\nstaff = \"3 USD/month\"\nenergy = \"0.1 USD/kWh\"\npue = 1.0\n\
         [app.work]\nmemory = \"8 GiB\"\n\
         [model.whole]\nextends = \"textbook-vps\"\nfamily = \"{family}\"\nisolation = \"bare-metal\"\nsize.server = {{ cpu = \"server\", memory = \"server\" }}\n\
         [case.c]\nhosting = \"whole\"\nsize = \"server\"\nconcurrency = 1\n\
         scaling.schedule = [{{ from = \"09:00\", to = \"17:00\", instances = 12 }}, {{ from = \"17:00\", to = \"09:00\", instances = 3 }}]\n"
    )
}

fn one(result: &hostsim::report::ResultDocument, name: &str) -> f64 {
    values(result, "c", name)[0]
}

/// Six servers are on in the mean; twelve were bought, placed and connected. Energy alone is saved: 6 × 0.1 kW × 730 h
/// × 0.10.
#[test]
fn what_was_bought_is_paid_for_at_night() {
    let result = run(&by_day("vps", ""));
    let lines =
        ["servers", "space", "network", "staff", "energy"].map(|line| one(&result, &format!("provider_{line}_usd")));
    for (usd, expected) in lines.into_iter().zip([300.0, 120.0, 24.0, 36.0, 43.8]) {
        assert!((usd - expected).abs() < 1e-6, "{lines:?}");
    }
    assert_eq!((one(&result, "fleet_servers_mean"), one(&result, "owned_usd")), (6.0, 0.0));
}

/// One's own servers the same: their price is the developer's, the place in the rack the provider's.
#[test]
fn servers_of_ones_own_are_paid_for_at_night() {
    let result = run(&by_day("colocation", ""));
    assert!((one(&result, "owned_usd") - 300.0).abs() < 1e-6);
    assert_eq!(one(&result, "provider_servers_usd"), 0.0);
    assert!((one(&result, "provider_space_usd") - 120.0).abs() < 1e-6);
}

/// Fifteen owned are fifteen paid for; of ten owned two machines find no room.
#[test]
fn a_fleet_of_so_many_that_are_owned() {
    let result = run(&by_day("vps", "owned = 15"));
    assert!((one(&result, "provider_servers_usd") - 375.0).abs() < 1e-6);
    assert_eq!(one(&result, "fleet_refused"), 0.0);
    let result = run(&by_day("vps", "owned = 10"));
    assert!((one(&result, "provider_servers_usd") - 250.0).abs() < 1e-6);
    assert_eq!(one(&result, "fleet_servers_peak"), 10.0);
    assert!(one(&result, "fleet_refused") > 0.0);
    let errors = read(&by_day("vps", "owned = 10\ncount = 3"), &root()).unwrap_err();
    assert!(errors.contains("leave one of the two out"), "{errors}");
}

/// A core that is busy for 30 % of the time on a server with measured points: 118 W, not 107.5.
#[test]
fn energy_follows_the_measured_points() {
    let scenario = |at: &str| {
        format!(
            "schema = 1\n[run]\nduration = \"20 h\"\nreplications = 1\n\
             [fleet]\nserver = {{ cores = 1, memory = \"4 GiB\", power = {{ idle = \"58.4 W\", peak = \"222 W\"{at} }} }}\ncount = 1\n\
             [app.a]\narrivals.constant = {{ rate = \"1 /s\" }}\ncpu.constant = \"300 ms\"\n\
             [case.c]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\n"
        )
    };
    let kwh = |at: &str| one(&run(&scenario(at)), "fleet_energy_kwh");
    assert!((kwh("") - 20.0 * 0.10748).abs() < 1e-4, "{}", kwh(""));
    let points = ", at = [[0.1, \"98 W\"], [0.2, \"109 W\"], [0.3, \"118 W\"]]";
    assert!((kwh(points) - 20.0 * 0.118).abs() < 1e-4, "{}", kwh(points));
}

/// A rack unit with 240 W: a server of 240 W rents one, one of 450 W two, whatever its height.
#[test]
fn units_are_rented_for_the_power_too() {
    let scenario = |peak: &str, height: u32| {
        format!(
            "schema = 1\n[run]\nduration = \"1 day\"\nreplications = 1\n\
             [fleet]\nserver = {{ cores = 8, memory = \"16 GiB\", power = {{ idle = \"50 W\", peak = \"{peak}\" }}, rack-units = {height} }}\n\
             [app.a]\nmemory = \"1 GiB\"\n[case.c]\nhosting = \"joes-data-center-2017\"\nsize = \"1u\"\ninstances = 2\n"
        )
    };
    for (peak, height, rent) in [("240 W", 1, 100.0), ("241 W", 1, 200.0), ("450 W", 1, 200.0), ("450 W", 3, 300.0)] {
        assert_eq!(one(&run(&scenario(peak, height)), "invoice_usd"), rent, "{peak}, {height} units");
    }
    let result = run(&scenario("450 W", 1));
    assert!(
        result.cases[0].notes.iter().any(|note| note.contains("each rents 2 units")),
        "{:?}",
        result.cases[0].notes
    );
}
