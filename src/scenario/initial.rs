//! `initial = { idle = 5, busy = 3 }`: what a case begins with.

use super::{App, InstancesChoice};
use crate::catalogue::{Terms, count32};
use crate::document::{Diagnostics, Node, Origin, Table, count};
use crate::hosting::scaling::Scaling;
use crate::workload::Arrivals;
use crate::workload::arrivals::DurationIs;

/// What each tenant begins with, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitialChoice {
    /// Instances without a request.
    pub idle: Option<u32>,
    /// Instances with one.
    pub busy: u32,
    /// Where it is written.
    pub at: Origin,
}

impl InitialChoice {
    /// Reads it.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<InitialChoice> {
        let mut table = Table::of(node, d)?;
        let idle = table.optional("idle", d, count).map(count32);
        let busy = table.default("busy", 0, d, count);
        table.finish(d);
        if idle.is_none() && busy == 0 {
            d.error(
                node.at,
                "nothing is there to begin with",
                "such as initial = { idle = 5, busy = 3 }, or leave it out",
            );
            return None;
        }
        Some(InitialChoice { idle, busy: count32(busy), at: node.key })
    }

    /// How many instances it names.
    pub fn instances(&self) -> u64 {
        u64::from(self.idle.unwrap_or(0)) + u64::from(self.busy)
    }

    /// Checks it against how many instances there may be.
    pub fn check(
        &self,
        app: &App,
        terms: &Terms,
        instances: Option<InstancesChoice>,
        limit: Option<u32>,
        d: &mut Diagnostics,
    ) {
        let traced = |part| matches!(&app.workload.arrivals, Arrivals::Trace(from) if from.fills(part));
        if self.busy > 0 && (traced(DurationIs::Cpu) || traced(DurationIs::Wait)) {
            let help = "begin with idle instances alone, or give the app's requests a distribution of `cpu` or `wait`";
            d.error(self.at, "nobody knows how long the requests would run that are there to begin with", help);
        }
        match (&terms.scaling, instances) {
            (Some(scaling), _) if scaling.is_on_demand() => {
                if let Some(limit) = limit.filter(|limit| *limit < self.busy) {
                    let message =
                        format!("{} instances are busy to begin with, and {limit} may be in use at once", self.busy);
                    d.error(self.at, message, "begin with fewer, or raise the limit");
                }
            }
            (_, Some(InstancesChoice::RightSize)) => {
                let help = "order a number of instances, or leave `initial` out";
                d.error(self.at, "an order that is still to be found has nothing to begin with", help);
            }
            (_, Some(InstancesChoice::Count(ordered))) => self.check_ordered(ordered, d),
            (Some(Scaling::Schedule(schedule)), None) => self.check_ordered(schedule.wanted(crate::units::Time(0)), d),
            (_, None) if self.idle.is_none() => {
                let help = "write both: initial = { idle = 5, busy = 3 } begins with 8 instances";
                d.error(self.at, "how many instances there are to begin with is not said", help);
            }
            _ => {}
        }
    }

    /// Where their number is ordered, all of them are there.
    fn check_ordered(&self, ordered: u32, d: &mut Diagnostics) {
        let fits = match self.idle {
            Some(_) => self.instances() == u64::from(ordered),
            None => self.busy <= ordered,
        };
        if !fits {
            let named = self.instances();
            let message = format!("{named} instances are there to begin with, and {ordered} are ordered");
            d.error(self.at, message, "leave `idle` out for all that are not busy, or order as many");
        }
    }
}
