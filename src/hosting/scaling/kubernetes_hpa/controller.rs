//! The horizontal pod autoscaler in a simulation: it sees the CPU of an earlier stretch.

use super::metric::{Pod, Target, by_pods};
use super::{Era, KubernetesHpa, Memory};
use crate::hosting::scaling::controller::{Controller, Look, Rhythm, Sample, Seen, Unit};
use crate::units::{Span, Time};

impl KubernetesHpa {
    /// Today metrics are rates over some 15 s, seen 15 to 30 s after their end; in 2017 Heapster
    /// had one sample a minute.
    pub(crate) fn rhythm(&self) -> Rhythm {
        let (sample, delay) = match self.era {
            Era::Now => (Span(15_000_000_000), 1),
            Era::In2017 => (Span(60_000_000_000), 0),
        };
        Rhythm { sample, delay, look: self.sync_period }
    }

    pub(crate) fn controller(&self, now: Time, current: u32, unit: Unit) -> Watch {
        Watch { rule: self.clone(), memory: Memory::begin(now, current), sample: None, unit }
    }

    /// What is known of an instance's CPU at a moment, by a sample.
    fn pod(&self, seen: &Seen, now: Time, sample: &Sample, used: i64, requested: i64) -> Pod {
        let Some(ready) = seen.ready else { return Pod::Unready(requested) };
        if self.era == Era::In2017 {
            return if ready < sample.at { Pod::Counted(used, requested) } else { Pod::Missing(requested) };
        }
        let is_young = now - seen.ordered < self.cpu_initialization_period;
        if is_young && sample.at < ready + sample.length() {
            Pod::Unready(requested)
        } else if ready < sample.at {
            Pod::Counted(used, requested)
        } else {
            Pod::Missing(requested)
        }
    }
}

/// The autoscaler at work.
#[derive(Debug)]
pub(crate) struct Watch {
    rule: KubernetesHpa,
    memory: Memory,
    sample: Option<Sample>,
    unit: Unit,
}

impl Controller for Watch {
    fn measure(&mut self, sample: &Sample) {
        self.sample = Some(*sample);
    }

    fn decide(&mut self, look: &Look<'_>) -> u32 {
        let (rule, sample) = (&self.rule, self.sample);
        let requested = ((self.unit.cores * 1000.0).round() as i64).max(1);
        let propose = || {
            let sample = sample?;
            let used = (sample.utilisation(self.unit.cores)? * requested as f64) as i64;
            let pod = |seen: &Seen| rule.pod(seen, look.now, &sample, used, requested);
            let pods: Vec<Pod> = look.instances.iter().map(pod).collect();
            let target = Target::Utilisation(i64::from(rule.average_utilization));
            by_pods(look.current, target, &pods, rule.tolerance).map(|proposal| proposal.0)
        };
        self.memory.look(rule, look.now, look.current, propose)
    }
}
