//! What a request needs of one kind of time.

use super::arrivals::DurationIs;
use super::distribution::{Distribution, span_of};
use super::trace::TenantTrace;
use super::{AppWorkload, Arrivals};
use crate::engine::Stream;
use std::sync::Arc;

/// Where the time of a request comes from.
#[derive(Clone, Debug, Default)]
pub enum Demand {
    /// There is none.
    #[default]
    None,
    /// One distribution for all.
    Drawn(Distribution),
    /// The distribution of the tenant's row in a trace.
    Tenants(Arc<TenantTrace>),
}

impl Demand {
    /// Draws the time of a request of a tenant, in nanoseconds.
    #[inline]
    pub(crate) fn draw(&self, tenant: u32, stream: &mut Stream) -> u64 {
        match self {
            Demand::None => 0,
            Demand::Drawn(distribution) => distribution.sample_span(stream).0,
            Demand::Tenants(trace) => {
                let times = trace.tenants.get(tenant as usize).and_then(|t| t.duration.as_ref());
                times.map_or(0, |times| span_of(times.sample(stream)).0)
            }
        }
    }

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        matches!(self, Demand::None)
    }

    /// The same times a factor: CPU time that was measured on a core so much faster than the reference core.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Demand {
        match self {
            Demand::None => Demand::None,
            Demand::Drawn(distribution) => Demand::Drawn(distribution.scaled(factor)),
            Demand::Tenants(trace) => {
                let mut trace = TenantTrace::clone(&trace);
                for tenant in &mut trace.tenants {
                    tenant.duration = tenant.duration.as_ref().map(|times| times.scaled(factor));
                }
                Demand::Tenants(Arc::new(trace))
            }
        }
    }
}

/// Draws the demands of one app, each from a stream of its own.
pub(super) struct Demands {
    cpu: Draw,
    wait: Draw,
}

struct Draw {
    from: Demand,
    stream: Stream,
    /// Whether the duration that the trace gives is used instead.
    traced: bool,
}

impl Demands {
    pub(super) fn new(app: &AppWorkload, seed: u64, replication: u64) -> Demands {
        let fills = |part| matches!(&app.arrivals, Arrivals::Trace(from) if from.fills(part));
        let draw = |from: &Demand, purpose: &str, part| Draw {
            from: from.clone(),
            stream: Stream::named(seed, replication, &app.name, purpose),
            traced: fills(part),
        };
        Demands { cpu: draw(&app.cpu, "cpu", DurationIs::Cpu), wait: draw(&app.wait, "wait", DurationIs::Wait) }
    }

    /// CPU time and blocked time of the app's next request, in nanoseconds. `duration` is what
    /// the trace says, where it says anything.
    #[inline]
    pub(super) fn draw(&mut self, tenant: u32, duration: u64) -> (u64, u64) {
        (self.cpu.draw(tenant, duration), self.wait.draw(tenant, duration))
    }
}

impl Draw {
    #[inline]
    fn draw(&mut self, tenant: u32, duration: u64) -> u64 {
        match &self.from {
            Demand::None if self.traced => duration,
            from => from.draw(tenant, &mut self.stream),
        }
    }
}
