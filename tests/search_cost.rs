//! What a search costs, counted in requests that are simulated: no more than so many runs of the order that it finds.

use crate::common::{read, root};
use hostsim::experiment::simulations::{Runs, Simulations, Tally};
use hostsim::experiment::{self, sizing};

const APP: &str = "schema = 1\n[run]\nduration = \"2 min\"\n[app.api]\narrivals.poisson = { rate = \"40 /s\" }\n\
                   cpu.exponential = { mean = \"80 ms\" }\nwait.constant = \"40 ms\"\nmemory = \"200 MiB\"\nslo = { p99 = \"800 ms\" }\n[case.c]\n";

/// What a search of two dimensions may cost at the most, and one of three, as docs/scenarios.md says.
const TWO: f64 = 10.0;
const THREE: f64 = 20.0;

/// What is searched, how, and at what cost at the most.
const SEARCHES: [(&str, f64); 9] = [
    ("hosting = \"heroku-now\"\nsize = \"cheapest\"\ninstances = \"right-size\"\n", TWO),
    ("hosting = \"digitalocean-now\"\nsize = \"cheapest\"\ninstances = \"right-size\"\n", TWO),
    ("hosting = \"aws-ec2-now\"\nsize = \"cheapest\"\ninstances = \"right-size\"\n", TWO),
    ("hosting = \"heroku-2017\"\nsize = \"cheapest\"\ninstances = \"right-size\"\nrouting = \"random\"\n", TWO),
    ("hosting = \"aws-lambda-now\"\nsize = \"cheapest\"\n", TWO),
    (
        "hosting = \"aws-ec2-now\"\nsize = \"m5.large\"\nscaling.target-utilisation = { target = RS, min = RS, max = RS }\n",
        TWO,
    ),
    (
        "hosting = \"aws-ec2-now\"\nsize = \"m5.large\"\nscaling.target-utilisation = { target = RS, min = 3, max = 20 }\n",
        TWO,
    ),
    (
        "hosting = \"digitalocean-now\"\nsize = \"cheapest\"\nscaling.target-utilisation = { target = RS, min = 1, max = 20 }\n",
        TWO,
    ),
    (
        "hosting = \"digitalocean-now\"\nsize = \"cheapest\"\nscaling.target-utilisation = { target = RS, min = RS, max = RS }\n",
        THREE,
    ),
];

#[test]
fn a_search_costs_at_most_ten_runs_of_what_it_finds() {
    let mut found = Vec::new();
    let mut dear = false;
    for (case, most) in SEARCHES {
        let case = case.replace("RS", "\"right-size\"");
        let scenario = read(&format!("{APP}{case}"), &root()).unwrap_or_else(|errors| panic!("{errors}"));
        let (simulations, tally) = (Simulations::default(), Tally::default());
        let runs = Runs { simulations: &simulations, tally: &tally };
        let order = sizing::find_in(runs, &scenario, &scenario.cases[0], 1.0, &Vec::new())
            .unwrap_or_else(|why| panic!("{case}: {why}"))
            .orders;
        let searched = tally.requests() as f64;
        // What was found, anew: in all replications.
        let (again, fixed) = (Simulations::default(), Tally::default());
        let runs = Runs { simulations: &again, tally: &fixed };
        for replication in 0..u64::from(scenario.run.replications) {
            let case = &scenario.cases[0];
            let trial = experiment::Trial { scenario: &scenario, case, orders: &order, traffic: 1.0, replication };
            runs.run(&trial).unwrap_or_else(|error| panic!("{error}"));
        }
        let ratio = searched / fixed.requests() as f64;
        dear |= ratio > most;
        found.push(format!("{ratio:.1} runs (at most {most}): {} of {}", order[0].words(), case.replace('\n', "; ")));
    }
    println!("{}", found.join("\n"));
    assert!(!dear, "{}", found.join("\n"));
}
