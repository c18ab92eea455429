//! What several resources share on an invoice: reservations of a family, a promise of money over sizes and services,
//! discounts for what runs on, included transfer. The arithmetic stands beside each.

use crate::common::run;
use crate::usage::{by_catalogue, figures, refused, total};

fn file(head: &str, model: &str) -> String {
    format!("{head}\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n{model}")
}

const BANDS: &str = "sustained-use = [{ up-to = \"25 %\", factor = \"1\" }, { up-to = \"50 %\", factor = \"0.8\" }, \
                     { up-to = \"75 %\", factor = \"0.6\" }, { up-to = \"100 %\", factor = \"0.4\" }]\n";

#[test]
fn cores_of_machines_that_follow_each_other_are_one_pool() {
    let charge = |pool: &str| {
        format!(
            "[model.size]\na = {{ cpu = 4 }}\nb = {{ cpu = 8 }}\n[[model.charge]]\nname = \"cores\"\nmeter = \"vcpu-seconds\"\n\
             per = 3600\nprice = \"0.10\"\nsustained-pool = \"{pool}\"\n{BANDS}"
        )
    };
    let of = |rows: &str| total(&file(&format!("month = \"30 days\"\n{rows}"), &charge("account")));
    let row = |size: &str, start: u32, hours: u32| {
        format!("[[usage]]\nsize = \"{size}\"\nstart = \"{start} h\"\ntime = \"{hours} h\"\n")
    };
    // Four cores for 360 h and then eight: four run all month (720 × 0.7), four more for half of it (360 × 0.9).
    assert_eq!(of(&format!("{}{}", row("a", 0, 360), row("b", 360, 360))), "331.20");
    // At once: twelve for half a month.
    assert_eq!(of(&format!("{}{}", row("a", 0, 360), row("b", 0, 360))), "388.80");
    // In which order they run makes no difference.
    assert_eq!(of(&format!("{}{}", row("b", 0, 360), row("a", 360, 360))), "331.20");
    let wrong = file("", &charge("account").replace("price = \"0.10\"", "price = { a = \"0.10\", b = \"0.20\" }"));
    assert!(refused(&wrong).contains("no price by size"), "{}", refused(&wrong));
}

#[test]
fn instances_of_one_size_that_follow_each_other_are_one() {
    let model = format!(
        "[[model.charge]]\nname = \"x\"\nmeter = \"instance-hours\"\nprice = {{ a = \"0.10\", b = \"0.20\" }}\n\
         sustained-pool = \"size\"\n{BANDS}"
    );
    let rows = "[[usage]]\nsize = \"a\"\ntime = \"360 h\"\n[[usage]]\nsize = \"a\"\nstart = \"360 h\"\ntime = \"360 h\"\n\
                [[usage]]\nsize = \"b\"\ntime = \"360 h\"\n";
    // 720 × 0.7 × 0.10 + 360 × 0.9 × 0.20.
    assert_eq!(total(&file(&format!("month = \"30 days\"\n{rows}"), &model)), "115.20");
}

/// Machines of two cores for 0.10, four for 0.20, eight for 0.40, sixteen of another family; an hour reserved at 60 %.
fn family(units: &str, head: &str, rows: &str) -> String {
    let model = format!(
        "[[model.charge]]\nname = \"x\"\nmeter = \"instance-hours\"\n\
         price = {{ \"m4.large\" = \"0.10\", \"m4.xlarge\" = \"0.20\", \"m4.2xlarge\" = \"0.40\", \"c4.large\" = \"0.10\" }}\n\
         [model.commitment.plan]\nterm = \"1 year\"\n{units}\nhourly = {{ \"m4.large\" = \"0.06\", \"m4.2xlarge\" = \"0.24\", \"c4.large\" = \"0.06\" }}\n"
    );
    total(&file(&format!("month = \"100 h\"\n{head}\n{rows}"), &model))
}

#[test]
fn a_reservation_covers_its_family_by_units_the_smallest_first() {
    let rows = "[[usage]]\nsize = \"m4.large\"\ncount = 2\n[[usage]]\nsize = \"m4.xlarge\"\ncount = 2\n[[usage]]\nsize = \"c4.large\"\n";
    let two = "commitment = { plan = \"plan\", instances = { \"m4.2xlarge\" = 1 } }";
    // 16 units: two large (8), one xlarge (8); the other xlarge and the other family are paid: 24 + 20 + 10.
    assert_eq!(family("units = \"normalised\"", two, rows), "54.00");
    // Without units it covers its own size alone, and none of it runs: 24 + 20 + 40 + 10.
    assert_eq!(family("", two, rows), "94.00");
    // A large one is half of an xlarge: 6 + 10, and 10 of the other family.
    let one = "commitment = { plan = \"plan\", instances = { \"m4.large\" = 1 } }";
    let xlarge = "[[usage]]\nsize = \"m4.xlarge\"\n[[usage]]\nsize = \"c4.large\"\n";
    assert_eq!(family("units = \"normalised\"", one, xlarge), "26.00");
    // Units of one's own: here an xlarge is worth four large ones, so that a quarter of it is covered: 6 + 15 + 10.
    let own = "units = { m4 = { \"m4.large\" = 1, \"m4.xlarge\" = 4 } }";
    assert_eq!(family(own, one, xlarge), "31.00");
}

#[test]
fn money_goes_to_the_greatest_discount_first_over_sizes_and_services() {
    let model = "[[model.charge]]\nname = \"machines\"\nmeter = \"instance-hours\"\nprice = { big = \"1.00\", small = \"0.50\" }\n\
                 [[model.charge]]\nname = \"calls\"\nmeter = \"calls-made\"\nprice = \"1\"\n\
                 [model.commitment.spend]\nterm = \"1 year\"\ncharge = [\"machines\", \"calls\"]\n\
                 discount = { machines = { big = \"20 %\", small = \"20 %\" }, calls = \"40 %\" }\n";
    let of = |spend: &str| {
        let head = format!(
            "month = \"100 h\"\ncommitment = {{ plan = \"spend\", spend = \"{spend}\" }}\n\
             [[usage]]\nsize = \"big\"\n[[usage]]\nsize = \"small\"\n[[usage]]\nmeter = \"calls-made\"\nquantity = 100\n"
        );
        total(&file(&head, model))
    };
    // An hour: big 1.00 (0.80), small 0.50 (0.40), calls 1.00 (0.60). Calls first, though the plan names them last.
    assert_eq!(of("0.60"), "210.00"); // 60 + 150
    assert_eq!(of("0.30"), "230.00"); // 30 + 50 + 150
    // Then, of equal discounts, the lower price: the small one.
    assert_eq!(of("1.00"), "200.00"); // 100 + 100
    assert_eq!(of("1.20"), "195.00"); // 120 + 75
    assert_eq!(of("2.00"), "200.00"); // 20 of it are lost
}

#[test]
fn a_least_time_in_the_month_holds_for_whatever_is_counted_by_time() {
    let of = |meter: &str, row: &str| {
        let model = format!(
            "[model.size.a]\ncpu = 2\nmemory = \"4 GiB\"\ndisk = \"1000 GB\"\n[[model.charge]]\nname = \"x\"\nmeter = \"{meter}\"\nprice = 1\n\
             sum = {{ minimum-time = \"1 h\" }}\n"
        );
        figures(&file(&format!("month = \"100 h\"\n[[usage]]\nsize = \"a\"\n{row}"), &model), "x")[0].clone()
    };
    for (meter, of_an_hour) in [
        ("storage-gb-months", "10"),
        ("instance-seconds", "3600"),
        ("vcpu-seconds", "7200"),
        ("gib-seconds", "14400"),
        ("instance-hours", "1"),
    ] {
        assert_eq!(of(meter, "time = \"6 min\""), of_an_hour, "{meter}");
    }
    // Two of them have a least time each.
    assert_eq!(of("instance-hours", "count = 2\ntime = \"6 min\""), "2");
}

/// Of a simulation, too, the least time of the month is each machine's: two machines, a day, at least 1,000 hours.
#[test]
fn a_least_time_in_the_month_is_each_simulated_machines() {
    let result = run(
        "schema = 1\n[run]\nduration = \"1 day\"\nreplications = 1\n[app.a]\narrivals.constant = { rate = \"1 /h\" }\n\
         [case.x]\nhosting = \"own\"\ninstances = 2\n[model.own]\nfamily = \"vps\"\ncurrency = \"USD\"\nscaling = \"fixed\"\n\
         [model.own.size.a]\ncpu = 1\nmemory = \"1 GiB\"\ndisk = \"10 GB\"\n\
         [[model.own.charge]]\nname = \"time\"\nmeter = \"instance-hours\"\nprice = \"1\"\nsum = { minimum-time = \"1000 h\" }\n\
         [[model.own.charge]]\nname = \"disk\"\nmeter = \"storage-gb-months\"\nprice = \"1\"\nsum = { minimum-time = \"1460 h\" }\n",
    );
    let line = |name: &str| result.case("x").unwrap().estimate(&["invoice_usd", "lines", name]).mean.unwrap();
    assert_eq!((line("time"), line("disk")), (2000.0, 40.0));
}

/// A container kept ready: 30 s of each minute it answers, 30 s it is idle. In a day the busy half costs 43,200 s at
/// the busy price, the idle one as much at the idle one.
#[test]
fn idle_time_is_what_is_left_of_a_life() {
    let result = run(
        "schema = 1\n[run]\nduration = \"1 day\"\nmonth = \"duration\"\nreplications = 1\n[app.a]\narrivals.constant = { rate = \"60 /h\" }\n\
         wait.constant = \"30 s\"\nmemory = \"1 GiB\"\n[case.x]\nhosting = \"own\"\nprovisioned = 1\n\
         [model.own]\nfamily = \"serverless\"\ncurrency = \"USD\"\nscaling = \"per-request\"\nkeep-alive.fixed = \"1 min\"\n\
         [model.own.size.a]\ncpu = 1\nmemory = \"1 GiB\"\n\
         [[model.own.charge]]\nname = \"busy\"\nmeter = \"gib-seconds\"\nover = \"busy\"\nprice = \"1\"\n\
         [[model.own.charge]]\nname = \"idle\"\nmeter = \"gib-seconds\"\nover = \"idle\"\nof = \"provisioned\"\nprice = \"1\"\n",
    );
    let line = |name: &str| result.case("x").unwrap().estimate(&["invoice_usd", "lines", name]).mean.unwrap();
    assert_eq!(line("busy") + line("idle"), 86_400.0);
    assert!((line("idle") - 43_200.0).abs() <= 30.0, "{}", line("idle"));
}

#[test]
fn what_is_kept_ready_is_refused_where_it_is_not_sold() {
    for (hosting, size, sold) in [
        ("aws-lambda-2017", "\"512mb\"", false),
        ("aws-lambda-now", "\"512mb\"", true),
        ("azure-functions-2017", "\"512mb\"", false),
        ("azure-functions-now", "\"512mb\"", false),
        ("azure-functions-flex-now", "\"512mb\"", true),
        ("azure-functions-premium-now", "\"ep1\"", true),
        ("google-cloud-functions-now", "\"512mb\"", false),
        ("cloudflare-workers-now", "\"128mb\"", false),
        ("cloud-run-now", "{ cpu = 1, memory = \"512 MiB\" }", true),
        ("textbook-serverless", "\"1-core\"", true),
    ] {
        let scenario =
            format!("schema = 1\n[app.a]\n[case.x]\nhosting = \"{hosting}\"\nsize = {size}\nprovisioned = 1\n");
        let said = crate::common::read(&scenario, std::path::Path::new(".")).err().unwrap_or_default();
        assert_eq!(!said.contains("does not sell"), sold, "{hosting}: {said}");
        let bill = format!("hosting = \"{hosting}\"\n[[usage]]\nsize = {size}\nprovisioned = true\n");
        let refused = by_catalogue(&bill).err().is_some_and(|said| said.contains("kept ready"));
        assert_eq!(refused, !sold, "{hosting}");
    }
}
