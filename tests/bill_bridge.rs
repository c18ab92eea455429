//! The bridge from what happens to what is billed: each rule is tried where a plausible slip would show.

use crate::common::run;
use crate::usage::{figures, total};

fn vps(charge: &str, rows: &str) -> String {
    format!(
        "month = \"100 h\"\n{rows}\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"x\"\nprice = 1\n{charge}\n"
    )
}

#[test]
fn the_minimum_is_taken_before_the_free_time() {
    // 5 s count as 60, of which 10 are free; 70 s less 10.
    let charge = "meter = \"instance-seconds\"\neach = { minimum-time = \"60 s\", free-time = \"10 s\" }";
    let of = |time: &str| total(&vps(charge, &format!("[[usage]]\ntime = \"{time}\"")));
    assert_eq!([of("5 s"), of("70 s")], ["50.00", "60.00"]);
}

#[test]
fn an_allowance_is_taken_off_the_minimum() {
    let charge = "meter = \"things\"\nminimum = 100\nfree = 30";
    let of =
        |quantity: u32| figures(&vps(charge, &format!("[[usage]]\nmeter = \"things\"\nquantity = {quantity}")), "x");
    assert_eq!([of(50)[2].as_str(), of(150)[2].as_str(), of(0)[2].as_str()], ["70", "120", "70"]);
}

/// A minute's simulation, billed as it is, of a container that starts for ten seconds.
fn billed(start: &str, charge: &str) -> f64 {
    let result = run(&format!(
        "schema = 1\n[run]\nduration = \"100 s\"\nmonth = \"duration\"\nreplications = 1\n[app.a]\narrivals.constant = {{ rate = \"0.01 /s\" }}\n\
         wait.constant = \"7 s\"\nmemory = \"1 GiB\"\n[case.x]\nhosting = \"own\"\n[model.own]\nfamily = \"serverless\"\ncurrency = \"USD\"\n\
         scaling = \"per-request\"\nkeep-alive.fixed = \"1 h\"\n[model.own.size.a]\ncpu = 1\nmemory = \"1 GiB\"\n\
         [[model.own.start]]\nphase = \"runtime\"\ntime.constant = \"10 s\"\nbilled = {start}\n\
         [[model.own.charge]]\nname = \"x\"\nmeter = \"gib-seconds\"\nprice = 1\n{charge}\n"
    ));
    result.case("x").unwrap().estimate(&["invoice_usd", "total"]).mean.unwrap()
}

#[test]
fn a_start_is_billed_where_the_model_says_so() {
    assert_eq!(billed("false", "over = \"request\""), 7.0);
    assert_eq!(billed("true", "over = \"request\""), 17.0);
}

/// A request comes a minute after the beginning to an instance that starts for it in five seconds; the window ends five
/// seconds later. What it has used until then is billed: the start with it, and no CPU time that it has not had.
#[test]
fn what_is_in_flight_is_billed_up_to_the_cut() {
    let billed = |demand: &str, start: &str, charge: &str| {
        let result = run(&format!(
            "schema = 1\n[run]\nduration = \"70 s\"\ndrain = \"0 s\"\nmonth = \"duration\"\nreplications = 1\n[app.a]\n\
             arrivals.batch = {{ size = 1, at = \"00:01\" }}\n{demand} = \"60 s\"\nmemory = \"1 GiB\"\n[case.x]\nhosting = \"own\"\n\
             [model.own]\nfamily = \"serverless\"\ncurrency = \"USD\"\nscaling = \"per-request\"\nkeep-alive.fixed = \"1 h\"\n\
             size.a = {{ cpu = 1, memory = \"1 GiB\" }}\nstart = [{{ phase = \"runtime\", time.constant = \"5 s\", billed = {start} }}]\n\
             charge = [{{ name = \"x\", price = 1, {charge} }}]\n"
        ));
        result.case("x").unwrap().estimate(&["invoice_usd", "total"]).mean.unwrap()
    };
    let time = "meter = \"gib-seconds\", over = \"request\"";
    assert_eq!(billed("wait.constant", "false", time), 5.0);
    assert_eq!(billed("wait.constant", "true", time), 10.0);
    for start in ["false", "true"] {
        assert_eq!(billed("cpu.constant", start, "meter = \"cpu-milliseconds\", per = 1000"), 5.0);
    }
}

/// A cost of one's own by the life counts the instances of all apps and tenants, each once.
#[test]
fn every_instance_is_counted_once() {
    let result = run(
        "schema = 1\n[run]\nduration = \"1 h\"\nmonth = \"duration\"\nreplications = 1\n[app.a]\ntenants = 3\n[app.b]\n\
         [case.x]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 2\n\
         [[case.x.charge]]\nname = \"mine\"\nmeter = \"instance-hours\"\nprice = 1\n",
    );
    // Three tenants of one app and one of the other, two instances each.
    assert_eq!(result.case("x").unwrap().estimate(&["invoice_usd", "lines", "mine"]).mean.unwrap(), 8.0);
}

/// A machine that runs on when the window of 90 s ends is billed 90 s, and not two started minutes.
#[test]
fn what_is_cut_off_is_not_rounded_up() {
    let result = run("schema = 1\n[run]\nduration = \"90 s\"\nmonth = \"duration\"\nreplications = 1\n[app.a]\n\
         [case.x]\nhosting = \"own\"\ninstances = 1\n[model.own]\nfamily = \"vps\"\ncurrency = \"USD\"\nscaling = \"fixed\"\n\
         [model.own.size.a]\ncpu = 1\nmemory = \"1 GiB\"\n[[model.own.charge]]\nname = \"x\"\nmeter = \"instance-seconds\"\nprice = 1\n\
         each = { time = \"1 min\" }\n");
    assert_eq!(result.case("x").unwrap().estimate(&["invoice_usd", "total"]).mean.unwrap(), 90.0);
}
