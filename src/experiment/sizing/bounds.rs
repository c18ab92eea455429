//! What is known of an order before it is simulated.

use super::search::Search;
use super::tco;
use crate::catalogue::Size;
use crate::experiment::demand::refuse_endless;
use crate::experiment::deploy::{Order, credits, cut, speed, thread};
use crate::experiment::replicate::Trial;
use crate::experiment::tapes::Requests;
use crate::hosting::scaling::Scaling;
use crate::scenario::{Bound, InstancesChoice, Slo, Statistic};
use crate::units::{Cores, NANOS_PER_SECOND};
use crate::workload::{AppWorkload, Arrival, Arrivals};

/// The most instances that a search goes up to.
pub const MOST_INSTANCES: u32 = 1 << 16;
/// A part of the offered load is left for the noise between replications.
const SURE_LOAD: f64 = 0.9;

impl Search<'_> {
    /// The least that a size could cost: idle, with the fewest instances that its load allows; of one whose number
    /// follows its use, with as many as it has at the least, and with a part of one for the rest of its load.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn least_cost(&self, size: &Size, load: f64) -> Result<f64, String> {
        if !self.scales() {
            return self.idle_cost(&self.plain(size, self.least_instances(size, load)));
        }
        let Some(rule) = self.rule() else { return Ok(0.0) };
        let least = if rule.open_limits.0 { self.fewest_sold(size) } else { rule.min };
        let idle = |count: u32| self.idle_cost(&self.limited(size, rule.target.or(Some(0.5)), (count, count)));
        let (one, next) = (idle(least)?, idle(least.saturating_add(1))?);
        Ok(one + (next - one) * (self.instances_of(size, load) - f64::from(least)).max(0.0))
    }

    /// What a size may come to: beyond its CPU credits work is paid for, or slow, so that as many instances are
    /// counted as do it without.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn likely_cost(&self, size: &Size, load: f64) -> Result<f64, String> {
        let (Some(rule), Some(InstancesChoice::RightSize)) = (credits(self.plan(), size), self.plan().instances) else {
            return Ok(0.0);
        };
        let speed = self.speed_of(size);
        let count = (load / (rule.baseline() * speed)).ceil().clamp(1.0, f64::from(MOST_INSTANCES));
        self.idle_cost(&self.plain(size, (count as u32).max(self.fewest_sold(size)).min(self.most_sold(size))))
    }

    /// What an order costs that nobody uses: no use makes it cheaper.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn idle_cost(&self, order: &Order) -> Result<f64, String> {
        let mut idle = self.scenario.clone();
        idle.apps[0].workload = AppWorkload { arrivals: Arrivals::None, ..idle.apps[0].workload.clone() };
        let orders = std::slice::from_ref(order);
        let trial = Trial { scenario: &idle, case: self.case, orders, traffic: 1.0, replication: 0 };
        Ok(tco(&trial.run()?))
    }

    /// The most instances of a size, up to some number, that cost less idle than the best that is known.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn most_worth(&self, size: &Size, most: u32) -> Result<u32, String> {
        if self.known.is_infinite() {
            return Ok(most);
        }
        let cheaper = |count: u32| Ok::<_, String>(self.idle_cost(&self.plain(size, count))? < self.known);
        let (mut low, mut high) = (0, 1);
        while high <= most && cheaper(high)? {
            (low, high) = (high, high * 2);
        }
        high = high.min(most + 1);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if cheaper(middle)? { low = middle } else { high = middle }
        }
        Ok(low)
    }

    /// Whether the number of instances follows their use.
    pub fn scales(&self) -> bool {
        let plan = self.plan();
        matches!(plan.terms.scaling, Some(Scaling::TargetUtilisation(_) | Scaling::Controlled(_))) && !plan.fixed_number
    }

    /// The fewest instances (of each tenant) that could keep up with an offered load in cores.
    pub fn least_instances(&self, size: &Size, load: f64) -> u32 {
        match self.plan().instances {
            Some(InstancesChoice::Count(count)) => return count,
            None => return 0,
            Some(InstancesChoice::RightSize) => {}
        }
        let fewest = self.instances_of(size, load).ceil();
        // A whole number a hair above another is that of a load that fits exactly.
        let fewest = if fewest.is_finite() { fewest.clamp(1.0, f64::from(MOST_INSTANCES)) as u32 } else { 1 };
        fewest.max(self.fewest_sold(size))
    }

    /// The instances (of each tenant), and parts of one, that are busy with an offered load in cores.
    fn instances_of(&self, size: &Size, load: f64) -> f64 {
        let fleet = &self.case.fleet;
        let Ok(slice) = cut(self.plan(), size, &self.scenario.apps[0], fleet) else { return 1.0 };
        load / (self.sustained(size, slice.cores) * self.speed_of(size))
    }

    /// What a core of a size does where all are at work.
    fn speed_of(&self, size: &Size) -> f64 {
        let fleet = &self.case.fleet;
        speed(fleet, size) * thread(fleet, size) * self.plan().model.isolation.cpu_share()
    }

    /// The fewest instances that can be ordered of a size: nodes that containers share are counted apart.
    pub fn fewest_sold(&self, size: &Size) -> u32 {
        let shared = self.plan().cluster.container.is_some();
        if shared { 1 } else { size.least.unwrap_or(1) }
    }

    /// The most instances that can be ordered of a size.
    pub fn most_sold(&self, size: &Size) -> u32 {
        size.most.unwrap_or(MOST_INSTANCES).min(MOST_INSTANCES)
    }

    /// The most cores that an instance can keep up over the run: with CPU credits, what it earns and
    /// what it has at the beginning.
    fn sustained(&self, size: &Size, cores: Cores) -> f64 {
        let run = &self.scenario.run;
        let minutes = (run.warm_up + run.duration).seconds() / 60.0;
        match credits(self.plan(), size) {
            Some(rule) if !rule.unlimited => cores.as_f64().min(rule.baseline() + rule.at_beginning / minutes),
            _ => cores.as_f64(),
        }
    }

    /// The requests of the first replication.
    fn requests(&self) -> Requests<'_> {
        let (scenario, case) = (self.scenario, self.case);
        Trial { scenario, case, orders: &[], traffic: self.traffic, replication: 0 }.requests()
    }

    /// Looks at all requests of the first replication up to the window's end; false where they depend on
    /// answers, or cannot be had.
    pub fn each_arrival(&self, mut look: impl FnMut(&Arrival)) -> bool {
        if self.scenario.apps[0].workload.arrivals.is_closed() {
            return false;
        }
        let requests = self.requests();
        let tapes = &self.runs.simulations.tapes;
        if refuse_endless(self.scenario, self.traffic).is_err() {
            return false;
        }
        let Ok(mut feed) = tapes.feed(&requests) else { return false };
        let (end, mut window) = (self.scenario.window().end(), Vec::new());
        while let Ok(true) = feed.next_window(&mut window) {
            window.iter().take_while(|arrival| arrival.time < end).for_each(&mut look);
            if window.last().is_some_and(|last| last.time >= end) {
                break;
            }
        }
        tapes.keep(&requests, feed.take_tape());
        true
    }

    /// The cores that must do the app's work for the objective to be met, counted from the arrivals
    /// of the first replication, for each tenant: of the requests that must be served in time, less
    /// what may still wait at the end. Where tenants differ, or users wait for answers, nothing is
    /// known beforehand: 0.
    pub fn offered_load(&self) -> f64 {
        let app = &self.scenario.apps[0];
        let mut work = 0u128;
        if app.workload.activity.is_some() || !self.each_arrival(|arrival| work += u128::from(arrival.cpu)) {
            return 0.0;
        }
        let until = self.scenario.window().end().seconds().max(1e-9);
        let cores = work as f64 / NANOS_PER_SECOND as f64 / until;
        SURE_LOAD * demanded(&app.slo, until) * cores / f64::from(app.workload.tenants.max(1))
    }
}

/// The share of the work that must be done within a time for an objective to be met: of a quantile
/// its share, less what may still wait at the end. A mean is of those that were served, however
/// few; availability does not say when.
fn demanded(slo: &Slo, until: f64) -> f64 {
    let share = |bound: &Bound| match bound.statistic {
        Statistic::Mean => 0.0,
        Statistic::Quantile(share) => share * until / (until + bound.most.seconds()),
        Statistic::Max => until / (until + bound.most.seconds()),
    };
    slo.bounds().map(share).fold(0.0, f64::max)
}
