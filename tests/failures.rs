//! Failures of servers against closed forms, and what they mean in each family.

use crate::common::{mean_and_error, run, values};
use hostsim::report::ResultDocument;

/// The replications' mean is what theory says, within 4 standard errors, and those are small.
fn agrees(result: &ResultDocument, name: &str, expected: f64, precision: f64) {
    let (mean, error) = mean_and_error(&values(result, "c", name));
    assert!((mean - expected).abs() <= 4.0 * error, "{name} is {mean} ± {error}, not {expected}");
    assert!(error <= precision * expected, "{name} is known to {error} only");
}

fn scenario(server: &str, rate: &str, duration: &str, rest: &str) -> ResultDocument {
    run(&format!(
        "schema = 1\n[run]\nduration = \"{duration}\"\nreplications = 20\n\
         [fleet]\nserver = {{ cores = 64, memory = \"64 GiB\", {server} }}\n\
         [app.a]\narrivals.poisson = {{ rate = \"{rate}\" }}\nmemory = \"100 MiB\"\n{rest}"
    ))
}

const REPAIRED: &str = "cpu.constant = \"1 ms\"\n[model.m]\nextends = \"textbook-vps\"\nrecovery = \"repair\"\n\
    [case.c]\nhosting = \"m\"\nsize = \"1-core\"\ninstances = 1\n";

/// One server that is repaired: it is up for MTBF / (MTBF + MTTR) of the time. Nobody waits: who
/// comes during an outage is rejected, so that Poisson arrivals see the time's share.
#[test]
fn availability_of_a_server_that_is_repaired() {
    let server = "mtbf = \"10 h\", repair.log-normal = { mean = \"1 h\", cv = 1.5 }";
    let result = scenario(server, "12 /h", "400 days", &format!("{REPAIRED}concurrency = 1000\nqueue = 0\n"));
    agrees(&result, "availability", 10.0 / 11.0, 0.002);
    agrees(&result, "fleet_failures", 400.0 * 24.0 / 11.0, 0.01);
    agrees(&result, "instances_mean", 1.0, 1e-9);
}

/// The same with a queue without a bound: nobody is turned away, and who comes during a repair of
/// length R waits for the rest of it: E[R²] / 2 in every MTBF + MTTR, here 2 h² / 2 in 11 h.
#[test]
fn those_who_come_during_a_repair_wait_for_its_end() {
    let server = "mtbf = \"10 h\", repair.exponential = { mean = \"1 h\" }";
    let result = scenario(server, "12 /h", "400 days", REPAIRED);
    agrees(&result, "queueing_mean_s", 3600.0 / 11.0, 0.03);
    let rejected = values(&result, "c", "requests_rejected");
    assert!(rejected.iter().all(|count| *count == 0.0));
}

/// A virtual machine made anew elsewhere: failures come at the servers' rate while it is up, and
/// each takes the time to notice (1 min) and to boot (2 min). The failed server is repaired in a
/// second, so that there is always room.
#[test]
fn availability_of_a_machine_that_is_made_anew_elsewhere() {
    let rest = "cpu.constant = \"1 ms\"\n[model.m]\nextends = \"textbook-vps\"\n\
        recovery.elsewhere.detection.constant = \"1 min\"\nstart = [{ phase = \"boot\", time.constant = \"2 min\" }]\n\
        [case.c]\nhosting = \"m\"\nsize = \"1-core\"\ninstances = 1\nqueue = 0\nfleet.count = 2\nconcurrency = 1000\n";
    let result = scenario("mtbf = \"1 h\", repair.constant = \"1 s\"", "2 /min", "40 days", rest);
    agrees(&result, "availability", 3600.0 / 3780.0, 0.002);
}

/// A request that is tried again begins anew: at a rate λ of failures a work of length s takes
/// (exp(λ s) − 1) / λ on the mean; a tenth of an hour's failures for ten minutes' work.
#[test]
fn a_request_that_is_tried_again_begins_anew() {
    let rest = "wait.constant = \"10 min\"\n[case.c]\nhosting = \"textbook-serverless\"\n";
    let result = scenario("mtbf = \"1 h\", repair.constant = \"5 min\"", "1 /h", "200 days", rest);
    let expected = ((600.0f64 / 3600.0).exp() - 1.0) * 3600.0;
    agrees(&result, "latency_mean_s", expected, 0.01);
    assert!(values(&result, "c", "requests_lost").iter().all(|lost| *lost == 0.0));
}

/// On one's own server the requests inside are lost: of those that take a minute each, one comes a
/// minute, and a failure finds the arrivals of the last minute inside.
#[test]
fn requests_inside_are_lost() {
    let rest =
        REPAIRED.replace("cpu.constant = \"1 ms\"", "wait.constant = \"1 min\"") + "queue = 0\nconcurrency = 1000\n";
    let result = scenario("mtbf = \"10 h\", repair.constant = \"1 h\"", "60 /h", "100 days", &rest);
    // After a repair the server is empty: a failure within the minute after it finds fewer, which
    // makes it (1 − exp(−λ s)) / (λ s) of them, λ s = 1/600.
    let inside = (1.0 - (-1.0f64 / 600.0).exp()) * 600.0;
    agrees(&result, "requests_lost", inside * 100.0 * 24.0 / 11.0, 0.05);
}

/// Someone is called for each failure at night or at a weekend: 113 hours of 168. A month has 730
/// hours, a server fails 730 / 11 times in it, and each call takes 4 hours.
#[test]
fn night_calls_follow_the_failures() {
    let rest = REPAIRED.replace(
        "recovery = \"repair\"",
        "recovery = \"repair\"\nmanages = [\"night-calls\"]\nlabour.night-calls.per-call = 4",
    );
    let server = "mtbf = \"10 h\", repair.exponential = { mean = \"1 h\" }";
    let result = scenario(server, "1 /h", "280 days", &rest);
    agrees(&result, "labour_hours", 4.0 * 730.0 / 11.0 * 113.0 / 168.0, 0.02);
}

/// One server that all machines are on: while it is repaired nothing can be made anew. Requests
/// are rejected from the moment at which that is noticed, and served again after the repair.
#[test]
fn machines_come_back_when_their_only_server_does() {
    let rest = "cpu.constant = \"1 ms\"\n[model.m]\nextends = \"textbook-vps\"\n\
        recovery.elsewhere.detection.constant = \"0 s\"\n\
        [case.c]\nhosting = \"m\"\nsize = \"1-core\"\ninstances = 3\nfleet.count = 1\n";
    let server = "mtbf = \"10 h\", repair.exponential = { mean = \"1 h\" }";
    let result = scenario(server, "12 /h", "400 days", rest);
    agrees(&result, "availability", 10.0 / 11.0, 0.002);
    agrees(&result, "instances_mean", 30.0 / 11.0, 0.002);
    let waiting = run(&format!(
        "schema = 1\n[run]\nduration = \"40 days\"\nreplications = 2\n[fleet]\ncount = 1\nwhen-full = \"queue\"\n\
         server = {{ cores = 64, memory = \"64 GiB\", {server} }}\n\
         [app.a]\narrivals.poisson = {{ rate = \"12 /h\" }}\n{}",
        rest.replace("fleet.count = 1\n", "")
    ));
    assert!(values(&waiting, "c", "requests_rejected").iter().all(|rejected| *rejected == 0.0));
}

/// A pool for which there is no room has its requests rejected, or waiting where the fleet's rule
/// says so; never in a queue for ever.
#[test]
fn a_pool_without_room_rejects() {
    let text = |rule: &str| {
        format!(
            "schema = 1\n[run]\nduration = \"1 h\"\nreplications = 2\n\
             [fleet]\nserver = {{ cores = 1, memory = \"1 GiB\" }}\ncount = 1\nwhen-full = \"{rule}\"\n\
             [app.first]\narrivals.constant = {{ rate = \"1 /min\" }}\ncpu.constant = \"1 s\"\n\
             [app.second]\narrivals.constant = {{ rate = \"1 /min\" }}\ncpu.constant = \"1 s\"\n\
             [case.c]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\n"
        )
    };
    let of = |rule: &str, name: &str| values(&run(&text(rule)), "c", name)[0];
    assert_eq!(of("reject", "apps_first_requests_served"), 60.0);
    assert_eq!(of("reject", "apps_second_requests_rejected"), 60.0);
    assert_eq!(of("reject", "fleet_refused"), 1.0);
    assert_eq!(of("queue", "apps_second_requests_rejected"), 0.0);
    assert_eq!(of("queue", "apps_second_requests_in_flight"), 60.0);
}

/// What does not fail is as it was: a server that fails once in a hundred years changes nothing.
#[test]
fn a_server_that_does_not_fail_changes_nothing() {
    let text = |server: &str| scenario(server, "12 /h", "10 days", REPAIRED);
    let (with, without) = (text("mtbf = \"100 years\""), text("speed = 1"));
    assert_eq!(with.digest, without.digest);
    assert!(values(&with, "c", "fleet_failures").iter().all(|count| *count == 0.0));
}
