//! CPU credits through whole simulations, against values worked out by hand.

use crate::common::{run, values};

/// One request every so often to a machine that earns 3 credits an hour (5 % of its core), with
/// so many credits at the beginning.
fn machine(arrivals: &str, cpu: &str, size: &str, more: &str, duration: &str) -> String {
    format!(
        r#"
schema = 1
[run]
duration = "{duration}"
month = "duration"
replications = 1
[app.x]
arrivals.{arrivals}
cpu.constant = "{cpu}"
[model.nano]
extends = "textbook-vps"
[model.nano.size]
standard = {{ cpu = 1, memory = "app", credits = {{ per-hour = 3, most = 72, at-launch = 30 }} }}
unlimited = {{ cpu = 1, memory = "app", credits = {{ per-hour = 3, most = 72, at-launch = 30, unlimited = true }} }}
[[model.nano.charge]]
name = "surplus"
meter = "surplus-vcpu-hours"
price = "0.05"
[case.c]
hosting = "nano"
size = "{size}"
instances = 1
{more}
"#
    )
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{found}, not {expected}");
}

/// One request, at a time of day.
fn at(time: &str) -> String {
    format!("batch = {{ size = 1, at = \"{time}\" }}")
}

/// Six minutes of CPU are six credits. After an hour there are three: the request runs for
/// 3 / 0.95 minutes, and the rest at 5 % until six credits have been earned, an hour after it began.
#[test]
fn a_request_outlasts_the_credits() {
    let result = run(&machine(&at("01:00"), "6 min", "standard", "", "119 min"));
    near(values(&result, "c", "latency_max_s")[0], 3600.0);
}

/// With nine credits saved, or with six from the beginning, nothing is slowed down.
#[test]
fn saved_credits_pay_for_bursts() {
    let saved = run(&machine(&at("03:00"), "6 min", "standard", "", "4 h"));
    near(values(&saved, "c", "latency_max_s")[0], 360.0);
    let given = run(&machine(&at("01:00"), "6 min", "standard", "credits = 6", "119 min"));
    near(values(&given, "c", "latency_max_s")[0], 360.0);
}

/// Three requests of 20 % of an hour's CPU each hour want four times the baseline: the machine
/// does 5 % of a core's work, whatever comes.
#[test]
fn without_credits_there_is_the_baseline() {
    let result = run(&machine("constant = { rate = \"3 /h\" }", "4 min", "standard", "", "10 days"));
    let server_cores = 48.0;
    near(values(&result, "c", "fleet_cpu_used")[0] * server_cores, 0.05);
}

/// Borrowing instead: after three hours nine credits are saved; 24 min of CPU cost 24, of which 1.2
/// are earned meanwhile, so that 13.8 are borrowed until 3:24. Until 5:00 4.8 of them are paid back; what
/// is left is billed at the window's end, where everything stops.
#[test]
fn what_is_borrowed_and_not_paid_back_is_billed() {
    let result = run(&machine(&at("03:00"), "24 min", "unlimited", "credits = 0", "5 h"));
    near(values(&result, "c", "latency_max_s")[0], 1440.0);
    let hours = (24.0 - 24.0 * 0.05 - 9.0 - 96.0 * 0.05) / 60.0;
    let cents = (hours * 0.05 * 100.0f64).round() / 100.0;
    near(values(&result, "c", "invoice_surplus_usd")[0], cents);
}
