//! A behaviour of one's own: each request joins the less loaded of two instances drawn at random
//! (M. Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, IEEE TPDS 12, 2001).

use hostsim::engine::Stream;
use hostsim::experiment::{Order, Trial};
use hostsim::hosting::{HostingModel, World};
use hostsim::scenario::Scenario;

const SCENARIO: &str = r#"
schema = 1
run = { duration = "30 min", warm-up = "10 min" }
app.web = { arrivals.poisson = { rate = "90 /s" }, cpu.exponential = { mean = "1 s" } }
case.random = { hosting = "textbook-vps", size = "1-core", instances = 100, routing = "random" }
case.least-loaded = { hosting = "textbook-vps", size = "1-core", instances = 100 }
"#;

/// The less loaded of two.
struct TwoChoices {
    draws: Stream,
    instances: Vec<u32>,
}

impl HostingModel for TwoChoices {
    fn begin(&mut self, world: &mut World, deployment: u32) {
        let wanted = world.deployment(deployment).instances;
        for lane in world.lanes_of(deployment) {
            self.instances.extend((0..wanted).filter_map(|_| world.order_ready(lane)));
        }
    }

    fn arrived(&mut self, world: &mut World, request: u32) {
        let two = [(); 2].map(|()| self.instances[self.draws.below(self.instances.len() as u64) as usize]);
        let [one, other] = two.map(|instance| world.instance(instance).inside);
        world.enter(request, if one <= other { two[0] } else { two[1] });
    }

    fn freed(&mut self, _: &mut World, _: u32) {}
}

/// Mean latencies in seconds: at random, the least loaded, and the less loaded of two.
pub fn latencies() -> Result<[f64; 3], String> {
    let scenario = Scenario::from_text(SCENARIO)?;
    let latency = |case: usize, own: bool| {
        let case = &scenario.cases[case];
        let orders = Order::of_case(case).ok_or("something is left to be right-sized")?;
        let trial = Trial { scenario: &scenario, case, orders: &orders, traffic: 1.0, replication: 0 };
        let draws = Stream::named(scenario.run.seed, trial.replication, "web", "two choices");
        let replication = trial.run_with(|_| own.then(|| TwoChoices { draws: draws.clone(), instances: vec![] }))?;
        replication.figure("latency_mean_s").ok_or_else(|| "no request was served".to_string())
    };
    Ok([latency(0, false)?, latency(1, false)?, latency(0, true)?])
}

/// Prints the comparison.
pub fn main() -> Result<(), String> {
    let [random, least, two] = latencies()?;
    println!("mean latency: at random {random:.2} s, least loaded {least:.2} s, the less loaded of two {two:.2} s");
    Ok(())
}
