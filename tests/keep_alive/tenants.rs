//! Tenants whose apps differ: rows of a data set.

use crate::common::{read, root, run_scenario, values};

const HEAD: &str = "schema = 1\n[run]\nduration = \"2 h\"\nmonth = \"duration\"\nreplications = 2\n\
    [fleet]\nserver = { cores = 64, memory = \"10 GiB\" }\ncount = 1\n\
    [trace.azure]\nformat = \"azure-2019\"\ninvocations = \"data/azure-invocations.csv\"\n\
    durations = \"data/azure-durations.csv\"\nmemory = \"data/azure-memory.csv\"\n\
    [app.a]\ntenants = \"trace\"\narrivals.trace = { from = \"azure\" }\nwait.trace = { from = \"azure\" }\n\
    memory.trace = { from = \"azure\" }\n\
    [model.priced]\nextends = \"textbook-serverless\"\nrounding = { to = \"0.000001\", each = \"total\" }\n\
    charge = [{ name = \"compute\", meter = \"gib-seconds\", over = \"request\", price = \"1\" }]\n\
    [case.c]\nhosting = \"priced\"\n";

/// Six functions: requests × seconds × MiB of each app (the sixth is never asked, and its app is
/// missing in the file of memory) come to 6 × 1 × 100 + 120 × 0.5 × 100 + 300 × 2 × 400 +
/// 2 × 10 × 50 + 600 × 0.2 × 200 = 271,600 MiB·s.
#[test]
fn each_tenant_is_billed_for_its_own_memory() {
    let scenario = read(HEAD, &root().join("tests/good/scenario")).unwrap_or_else(|errors| panic!("{errors}"));
    let result = run_scenario(&scenario).unwrap();
    assert_eq!(values(&result, "c", "requests_served"), [1028.0; 2]);
    for invoice in values(&result, "c", "invoice_usd") {
        assert!((invoice - 271_600.0 / 1024.0).abs() < 1e-5, "{invoice}");
    }
}

/// Without keep-alive an instance is there while its request is: the memory reserved is those
/// MiB·s over 10 GiB and two hours, and all of it is used.
#[test]
fn each_tenant_reserves_its_own_memory() {
    let text = format!("{HEAD}keep-alive = \"none\"\n");
    let scenario = read(&text, &root().join("tests/good/scenario")).unwrap_or_else(|errors| panic!("{errors}"));
    let result = run_scenario(&scenario).unwrap();
    let share = 271_600.0 / (10.0 * 1024.0 * 7_200.0);
    for name in ["fleet_memory_reserved", "fleet_memory_used"] {
        for found in values(&result, "c", name) {
            assert!((found - share).abs() < 1e-9, "{name} {found}, not {share}");
        }
    }
}
