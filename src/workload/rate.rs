//! How many requests an app can be expected to send: for durations, lower bounds and estimates of
//! time. Nothing that is simulated depends on it.

use super::arrivals::DAY;
use super::{AppWorkload, Arrivals, Demand, Generator};
use crate::units::{NANOS_PER_SECOND, Time};

/// Of a trace, so many arrivals are counted.
const MOST_COUNTED: usize = 1_000_000;
const DAY_SECONDS: f64 = 86_400.0;

impl AppWorkload {
    /// Requests per second over a long time, all tenants together. A spike counts as its base;
    /// users of a closed app as if they were served at once.
    pub fn mean_rate(&self) -> f64 {
        let tenants = f64::from(self.tenants) * self.factor();
        match &self.arrivals {
            Arrivals::None => 0.0,
            Arrivals::Poisson(poisson) => poisson.rate * tenants,
            Arrivals::Constant(constant) => constant.rate * tenants,
            Arrivals::Bursty(bursty) => {
                let (calm, storm) = (bursty.mean_calm.seconds(), bursty.mean_storm.seconds());
                (bursty.calm * calm + bursty.storm * storm) / (calm + storm) * tenants
            }
            Arrivals::Diurnal(diurnal) => {
                0.5 * (diurnal.trough + diurnal.peak) * (5.0 + 2.0 * diurnal.weekend) / 7.0 * tenants
            }
            Arrivals::Spike(spike) => spike.base * tenants,
            Arrivals::OnOff(on_off) => {
                let length = (on_off.to.0 + DAY.0 - on_off.from.0) % DAY.0;
                let length = if length == 0 { DAY.0 } else { length };
                on_off.on * (length as f64 / NANOS_PER_SECOND as f64) / DAY_SECONDS * tenants
            }
            Arrivals::Batch(batch) => batch.size as f64 / DAY_SECONDS * tenants,
            Arrivals::Closed(closed) => {
                let think = closed.think.mean() / NANOS_PER_SECOND as f64;
                let service = self.cpu.mean_seconds() + self.wait.mean_seconds();
                closed.users as f64 / (think + service).max(1e-9) * f64::from(self.tenants) * self.traffic
            }
            Arrivals::Trace(_) => self.counted_rate(),
        }
    }

    /// What a tenant's arrivals are multiplied by, in the mean.
    pub(super) fn factor(&self) -> f64 {
        self.activity.as_ref().map_or(1.0, |activity| activity.mean()) * self.traffic
    }

    /// The rate of a trace's first arrivals, counted.
    fn counted_rate(&self) -> f64 {
        let week = Time(7 * DAY.0);
        let apps = std::slice::from_ref(self);
        let Ok(mut generator) = Generator::new(apps, 1, 0, 1.0, Time(0)..week) else { return 0.0 };
        let (mut count, mut last, mut window) = (0usize, Time(0), Vec::new());
        while count < MOST_COUNTED && generator.next_window(&mut window).unwrap_or(false) {
            count += window.len();
            last = window.last().map_or(last, |arrival| arrival.time);
        }
        let span = if count < MOST_COUNTED { week } else { last };
        count as f64 / span.seconds().max(1e-9)
    }
}

impl Demand {
    /// The mean of a request's time of this kind, in seconds.
    pub fn mean_seconds(&self) -> f64 {
        let seconds = |nanoseconds: f64| nanoseconds / NANOS_PER_SECOND as f64;
        match self {
            Demand::None => 0.0,
            Demand::Drawn(distribution) => seconds(distribution.mean()),
            Demand::Tenants(trace) => {
                let means: Vec<f64> = trace.tenants.iter().filter_map(|t| Some(t.duration.as_ref()?.mean())).collect();
                seconds(means.iter().sum::<f64>() / means.len().max(1) as f64)
            }
        }
    }
}
