//! What a simulation meters is billed as a usage file of the same quantities is, cent for cent: models
//! of every family, with rounding, tiers, caps, provisioned instances and commitments.
//!
//! One request every ten seconds for ten days, each of two seconds and 200 KiB; the invoice is for a
//! month of thirty days, so that 86,399 requests become 259,197, and ten days of an instance thirty.

use crate::common::run;
use crate::usage::catalogue_total;

struct Twin {
    hosting: &'static str,
    /// The case's keys.
    case: &'static str,
    /// The usage file's keys and rows.
    rows: &'static str,
}

const fn twin(hosting: &'static str, case: &'static str, rows: &'static str) -> Twin {
    Twin { hosting, case, rows }
}

/// What the requests of the month are, in a row of requests (each of its own time, or not at all).
const REQUESTS: &str = "requests = 259_197\nresponse = \"200 KiB\"\n";

const FUNCTIONS: [Twin; 12] = [
    twin("aws-lambda-2017", "size = \"512mb\"\n", "[[usage]]\nsize = \"512mb\"\ntime = \"2 s\"\n@"),
    twin(
        "aws-lambda-2017",
        "size = \"512mb\"\nwith = [\"api-gateway\"]\nallowances = false\n",
        "with = [\"api-gateway\"]\nallowances = false\n[[usage]]\nsize = \"512mb\"\ntime = \"2 s\"\n@",
    ),
    twin("aws-lambda-2021", "size = \"1000mb\"\n", "[[usage]]\nsize = \"1000mb\"\ntime = \"2 s\"\n@"),
    twin(
        "aws-lambda-now",
        "size = \"1024mb\"\nallowances = false\nwith = [\"http-api\"]\n",
        "allowances = false\nwith = [\"http-api\"]\n[[usage]]\nsize = \"1024mb\"\ntime = \"2 s\"\n@",
    ),
    twin(
        "aws-lambda-arm-now",
        "size = \"1024mb\"\nprovisioned = 2\n",
        "[[usage]]\nsize = \"1024mb\"\ncount = 2\nprovisioned = true\n[[usage]]\nsize = \"1024mb\"\nprovisioned = true\ntime = \"2 s\"\n@",
    ),
    twin("azure-functions-2017", "size = \"128mb\"\n", "[[usage]]\nmemory = \"64 MiB\"\ntime = \"2 s\"\n@"),
    twin("azure-functions-flex-now", "size = \"2048mb\"\n", "[[usage]]\nsize = \"2048mb\"\ntime = \"2 s\"\n@"),
    twin("google-cloud-functions-2017", "size = \"2048mb\"\n", "[[usage]]\nsize = \"2048mb\"\ntime = \"2 s\"\n@"),
    twin("google-cloud-functions-now", "size = \"4096mb\"\n", "[[usage]]\nsize = \"4096mb\"\ntime = \"2 s\"\n@"),
    twin(
        "cloud-run-now",
        "size = { cpu = 1, memory = \"512 MiB\" }\n",
        "[[usage]]\nsize = { cpu = 1, memory = \"512 MiB\" }\ntime = \"2 s\"\n@",
    ),
    twin(
        "cloudflare-workers-now",
        "size = \"128mb\"\n",
        "[[usage]]\nsize = \"128mb\"\ncpu-time = \"0 s\"\ntime = \"2 s\"\n@",
    ),
    twin("textbook-serverless", "size = \"1-core\"\n", ""),
];

const MACHINES: [Twin; 24] = [
    twin(
        "aws-ec2-2017",
        "size = \"m4.large\"\ninstances = 3\n",
        "[[usage]]\nsize = \"m4.large\"\ncount = 3\n[[usage]]\n@",
    ),
    twin(
        "aws-ec2-2017",
        "size = \"m4.large\"\ninstances = 3\nwith = [\"load-balancer\", \"block-storage\"]\n",
        "with = [\"load-balancer\", \"block-storage\"]\n[[usage]]\nsize = \"m4.large\"\ncount = 3\n[[usage]]\n@",
    ),
    twin(
        "aws-ec2-2017",
        "size = \"m4.large\"\ninstances = 3\ncommitment = { plan = \"1-year-no-upfront\", instances = 2 }\n",
        "commitment = { plan = \"1-year-no-upfront\", instances = 2 }\n[[usage]]\nsize = \"m4.large\"\ncount = 3\n[[usage]]\n@",
    ),
    twin(
        "aws-ec2-2017",
        "size = \"m4.large\"\ninstances = 2\ncommitment = \"3-year-all-upfront\"\n",
        "commitment = \"3-year-all-upfront\"\n[[usage]]\nsize = \"m4.large\"\ncount = 2\n[[usage]]\n@",
    ),
    twin(
        "aws-ec2-now",
        "size = \"t3.micro\"\ninstances = 2\nwith = [\"public-address\"]\n",
        "with = [\"public-address\"]\n[[usage]]\nsize = \"t3.micro\"\ncount = 2\n[[usage]]\n@",
    ),
    twin(
        "gce-2017",
        "size = \"n1-standard-2\"\ninstances = 3\n",
        "[[usage]]\nsize = \"n1-standard-2\"\ncount = 3\n[[usage]]\n@",
    ),
    twin(
        "gce-now",
        "size = \"c2-standard-4\"\ninstances = 2\ncommitment = { plan = \"3-year-use\", instances = 1 }\n",
        "commitment = { plan = \"3-year-use\", instances = 1 }\n[[usage]]\nsize = \"c2-standard-4\"\ncount = 2\n[[usage]]\n@",
    ),
    // 720 h: past the cap of 672; and 53 GB of the included transfer.
    twin("digitalocean-2017", "size = \"1gb\"\ninstances = 2\n", "[[usage]]\nsize = \"1gb\"\ncount = 2\n[[usage]]\n@"),
    twin(
        "digitalocean-now",
        "size = \"s-1vcpu-1gb\"\ninstances = 3\n",
        "[[usage]]\nsize = \"s-1vcpu-1gb\"\ncount = 3\n[[usage]]\n@",
    ),
    twin("linode-2017", "size = \"2gb\"\ninstances = 2\n", "[[usage]]\nsize = \"2gb\"\ncount = 2\n[[usage]]\n@"),
    twin("linode-now", "size = \"2gb\"\ninstances = 2\n", "[[usage]]\nsize = \"2gb\"\ncount = 2\n[[usage]]\n@"),
    twin("vultr-2017", "size = \"1gb\"\ninstances = 2\n", "[[usage]]\nsize = \"1gb\"\ncount = 2\n"),
    twin("hetzner-now", "size = \"cx23\"\ninstances = 2\n", "[[usage]]\nsize = \"cx23\"\ncount = 2\n[[usage]]\n@"),
    twin("scaleway-2017", "size = \"c2s\"\ninstances = 2\n", "[[usage]]\nsize = \"c2s\"\ncount = 2\n"),
    twin("rackspace-onmetal-2017", "size = \"io-v1\"\ninstances = 1\n", "[[usage]]\nsize = \"io-v1\"\n[[usage]]\n@"),
    // Two units each: the fleet's servers may draw 450 W.
    twin(
        "joes-data-center-2017",
        "size = \"1u\"\ninstances = 3\n",
        "[[usage]]\nsize = \"1u\"\ncount = 3\nrack-units = 2\n",
    ),
    twin(
        "aws-fargate-now",
        "size = { cpu = 0.5, memory = \"1 GiB\" }\ninstances = 3\n",
        "[[usage]]\nsize = { cpu = 0.5, memory = \"1 GiB\" }\ncount = 3\n[[usage]]\n@",
    ),
    twin(
        "fly-now",
        "size = \"shared-cpu-1x-512mb\"\ninstances = 2\n",
        "[[usage]]\nsize = \"shared-cpu-1x-512mb\"\ncount = 2\n[[usage]]\n@",
    ),
    twin(
        "eks-now",
        "size = \"t3.medium\"\ninstances = 2\n",
        "[[usage]]\nsize = \"t3.medium\"\ncount = 2\n[[usage]]\n@",
    ),
    twin(
        "gke-now",
        "size = \"e2-standard-2\"\ninstances = 2\nallowances = false\n",
        "allowances = false\n[[usage]]\nsize = \"e2-standard-2\"\ncount = 2\n[[usage]]\n@",
    ),
    twin("heroku-2017", "size = \"standard-2x\"\ninstances = 2\n", "[[usage]]\nsize = \"standard-2x\"\ncount = 2\n"),
    twin("heroku-now", "size = \"eco\"\ninstances = 1\nsleep = \"30 days\"\n", "[[usage]]\nsize = \"eco\"\n"),
    twin("meteor-galaxy-now", "size = \"double\"\ninstances = 2\n", "[[usage]]\nsize = \"double\"\ncount = 2\n"),
    twin("azure-functions-premium-now", "size = \"ep1\"\ninstances = 2\n", "[[usage]]\nsize = \"ep1\"\ncount = 2\n"),
];

/// What is in every order of a model unless it is left off; a usage file has what it names.
fn without(twin: &Twin) -> String {
    let words: &[&str] = match twin.hosting {
        "aws-ec2-now" | "gce-now" | "eks-now" | "gke-now" => &["public-address", "block-storage"],
        "hetzner-now" => &["public-address"],
        _ => return String::new(),
    };
    let left: Vec<String> =
        words.iter().filter(|word| !twin.case.contains(**word)).map(|word| format!("{word:?}")).collect();
    format!("without = [{}]\n", left.join(", "))
}

/// The invoice of the simulation and that of the usage file.
fn both(twin: &Twin) -> [String; 2] {
    let result = run(&format!(
        "schema = 1\n[run]\nduration = \"10 days\"\nmonth = \"30 days\"\nreplications = 1\n[currency]\nEUR = \"1 USD\"\n\
         [app.a]\narrivals.constant = {{ rate = \"0.1 /s\" }}\nwait.constant = \"2 s\"\nmemory = \"64 MiB\"\nresponse = \"200 KiB\"\n\
         [case.x]\nhosting = \"{}\"\nstart.constant = \"0 s\"\n{}{}",
        twin.hosting,
        without(twin),
        twin.case
    ));
    let simulated = result.cases[0].figures.estimate(&["invoice_usd", "total"]).mean.unwrap();
    let rows = twin.rows.replace('@', REQUESTS);
    [format!("{simulated:.2}"), catalogue_total(twin.hosting, "30 days", &rows)]
}

fn compare(twins: &[Twin]) {
    let differing = |twin: &Twin| {
        let [simulated, billed] = both(twin);
        (simulated != billed).then(|| format!("{} {}: {simulated} simulated, {billed} billed", twin.hosting, twin.case))
    };
    let differing: Vec<String> = twins.iter().filter_map(differing).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn functions() {
    compare(&FUNCTIONS);
}

#[test]
fn machines_containers_and_platforms() {
    compare(&MACHINES);
}

/// A reserved instance costs the same whether the window ends with an hour or within one: the hour
/// begun is not to look as if less ran in the others.
#[test]
fn a_commitment_covers_what_runs_in_an_hour_that_is_begun() {
    let invoice = |duration: &str| {
        let result = run(&format!(
            "schema = 1\n[run]\nduration = \"{duration}\"\nreplications = 1\n[app.a]\nmemory = \"64 MiB\"\n\
             [case.x]\nhosting = \"aws-ec2-2017\"\nsize = \"m4.xlarge\"\ninstances = 2\ncommitment = \"3-year-all-upfront\"\n"
        ));
        result.cases[0].figures.estimate(&["invoice_usd", "total"]).mean.unwrap()
    };
    let whole = invoice("2 h");
    assert!(whole > 0.0 && whole < 0.5 * 2.0 * 146.0, "{whole}");
    for begun in ["4000 s", "10 min", "90 min", "25 h"] {
        assert_eq!(invoice(begun), whole, "{begun}");
    }
}

/// Random twins: another number and length of requests, another number of machines; a day, so that as many requests come
/// each day of the month.
fn random_twins_agree(times: u64) {
    use rand::rand_core::{Rng, SeedableRng};
    let seed = std::env::var("HOSTSIM_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut stream = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut below = move |most: u64| stream.next_u64() % most;
    let all: Vec<&Twin> = FUNCTIONS.iter().chain(&MACHINES).collect();
    let (mut agreed, mut differing) = (0, Vec::new());
    for _ in 0..times {
        let twin = all[below(all.len() as u64) as usize];
        let (gap, wait, kib, machines) = (5 + below(40), 1 + below(4_000), 1 + below(900), 1 + below(5));
        let committed = ["commitment", "heroku-now", "provisioned"].iter().any(|word| twin.case.contains(word));
        let number = |text: &str, key: &str| {
            // A row that does not say how many is of one.
            let as_it_is = committed || twin.hosting == "heroku-now" || !twin.rows.contains("count = ");
            (1..10).fold(text.to_string(), |text, n| match as_it_is {
                true => text,
                false => text.replace(&format!("{key} = {n}\n"), &format!("{key} = {machines}!\n")),
            })
        };
        let case = number(twin.case, "instances").replace('!', "");
        // Where the rows say nothing of requests, their answers weigh nothing.
        let weight = if twin.rows.contains('@') { format!("response = \"{kib} KiB\"\n") } else { String::new() };
        let result = run(&format!(
            "schema = 1\n[run]\nduration = \"1 day\"\nmonth = \"30 days\"\nreplications = 1\n[currency]\nEUR = \"1 USD\"\n\
             [app.a]\narrivals.constant = {{ rate = \"{} /h\" }}\nwait.constant = \"{wait} ms\"\nmemory = \"64 MiB\"\n{weight}\
             [case.x]\nhosting = \"{}\"\nstart.constant = \"0 s\"\n{}{case}",
            3_600 / gap,
            twin.hosting,
            without(twin),
        ));
        let figure = |path: &[&str]| result.cases[0].figures.estimate(path).mean.unwrap();
        // What is inside at the end is billed in part; what none served has no bill of requests.
        if figure(&["requests", "in_flight"]) > 0.0
            || figure(&["requests", "served"]) < figure(&["requests", "arrived"])
        {
            continue;
        }
        let requests = 30.0 * figure(&["requests", "arrived"]);
        let rows =
            number(twin.rows, "count").replace('!', "").replace("time = \"2 s\"", &format!("time = \"{wait} ms\""));
        let rows = rows.replace('@', &format!("requests = {requests}\n{weight}"));
        let (simulated, billed) =
            (format!("{:.2}", figure(&["invoice_usd", "total"])), catalogue_total(twin.hosting, "30 days", &rows));
        agreed += 1;
        if simulated != billed {
            differing.push(format!("{} {case}{rows}: {simulated} simulated, {billed} billed", twin.hosting));
        }
    }
    assert!(agreed * 2 >= times, "{agreed} of {times} were compared");
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn random_simulations_are_billed_as_their_usage_files() {
    random_twins_agree(20);
}

#[test]
#[ignore = "ci: many small simulations"]
fn ci_fuzz_simulations_and_their_usage_files() {
    random_twins_agree(150);
}
