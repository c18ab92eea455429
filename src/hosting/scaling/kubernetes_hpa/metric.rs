//! From metrics to a proposed number of replicas: step 2 of the horizontal pod autoscaler's look.
//! (kubernetes, pkg/controller/podautoscaler/replica_calculator.go and metrics/utilization.go)

/// What the autoscaler knows of one pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pod {
    /// Its metric counts: what it uses and what it requested, in thousandths of a core (for a
    /// metric of pods: its value, and the target).
    Counted(i64, i64),
    /// It is not ready, or not for long enough; what it requested.
    Unready(i64),
    /// There is no sample of it; what it requested.
    Missing(i64),
}

/// How far use may be from the target without consequence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Above the target.
    pub up: f64,
    /// Below it.
    pub down: f64,
    /// Whether the comparison is that of before version 1.33, which differs where the ratio is
    /// exactly 1.1.
    pub by_difference: bool,
}

impl Default for Tolerance {
    fn default() -> Tolerance {
        Tolerance { up: 0.1, down: 0.1, by_difference: false }
    }
}

impl Tolerance {
    fn holds(&self, ratio: f64) -> bool {
        if self.by_difference {
            return (1.0 - ratio).abs() <= self.up;
        }
        1.0 - self.down <= ratio && ratio <= 1.0 + self.up
    }
}

/// A target for the average over pods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// Use as a whole percentage of what was requested.
    Utilisation(i64),
    /// A value per pod.
    AverageValue(i64),
}

impl Target {
    /// The average over pods in the target's unit, cut to a whole number; the target.
    fn average(self, pods: &[(i64, i64)]) -> (i64, i64) {
        let used: i64 = pods.iter().map(|pod| pod.0).sum();
        match self {
            Target::Utilisation(target) => {
                let requested: i64 = pods.iter().map(|pod| pod.1).sum();
                (if requested == 0 { 0 } else { used * 100 / requested }, target)
            }
            Target::AverageValue(target) => (if pods.is_empty() { 0 } else { used / pods.len() as i64 }, target),
        }
    }

    fn ratio(self, pods: &[(i64, i64)]) -> f64 {
        let (average, target) = self.average(pods);
        average as f64 / target as f64
    }

    /// What a pod without a sample is taken to use where the others use too little.
    fn when_missing(self, requested: i64) -> i64 {
        match self {
            Target::Utilisation(target) => requested * target.max(100) / 100,
            Target::AverageValue(target) => target,
        }
    }
}

/// The replicas proposed by a metric of pods, and the average that was measured; nothing where no
/// pod has a sample.
pub fn by_pods(current: u32, target: Target, pods: &[Pod], tolerance: Tolerance) -> Option<(u32, i64)> {
    let counted: Vec<(i64, i64)> = pods
        .iter()
        .filter_map(|pod| if let Pod::Counted(used, of) = pod { Some((*used, *of)) } else { None })
        .collect();
    if counted.is_empty() {
        return None;
    }
    let (ratio, average) = (target.ratio(&counted), target.average(&counted).0);
    let unready_count = pods.iter().any(|pod| matches!(pod, Pod::Unready(_))) && ratio > 1.0;
    let is_missing = pods.iter().any(|pod| matches!(pod, Pod::Missing(_)));
    if !unready_count && !is_missing {
        let proposed = if tolerance.holds(ratio) { current } else { (ratio * counted.len() as f64).ceil() as u32 };
        return Some((proposed, average));
    }
    let filled = fill(pods, target, ratio);
    Some((cautious(current, ratio, target.ratio(&filled), filled.len(), tolerance), average))
}

/// The pods with those that say nothing filled in, so as to dampen the change that is on its way.
fn fill(pods: &[Pod], target: Target, ratio: f64) -> Vec<(i64, i64)> {
    let of = |pod: &Pod| match *pod {
        Pod::Counted(used, of) => Some((used, of)),
        Pod::Unready(of) if ratio > 1.0 => Some((0, of)),
        Pod::Missing(of) if ratio > 1.0 => Some((0, of)),
        Pod::Missing(of) if ratio < 1.0 => Some((target.when_missing(of), of)),
        _ => None,
    };
    pods.iter().filter_map(of).collect()
}

/// The change that remains after filling in, if it still goes the same way.
fn cautious(current: u32, before: f64, ratio: f64, pods: usize, tolerance: Tolerance) -> u32 {
    let turned = (before < 1.0 && ratio > 1.0) || (before > 1.0 && ratio < 1.0);
    if turned || tolerance.holds(ratio) {
        return current;
    }
    let proposed = (ratio * pods as f64).ceil() as u32;
    let contrary = (ratio < 1.0 && proposed > current) || (ratio > 1.0 && proposed < current);
    if contrary { current } else { proposed }
}

/// The replicas proposed by one value for all pods together (an object's or external `Value`).
pub fn by_value(current: u32, ready: u32, metric: f64, target: f64, tolerance: Tolerance) -> u32 {
    let ratio = metric / target;
    match current {
        0 => ratio.ceil() as u32,
        _ if tolerance.holds(ratio) => current,
        _ => (ratio * f64::from(ready)).ceil() as u32,
    }
}

/// The replicas proposed by a sum that is to be a value per replica (`AverageValue`).
pub fn by_average_value(current: u32, metric: f64, per_pod: f64, tolerance: Tolerance) -> u32 {
    let ratio = metric / (per_pod * f64::from(current));
    if tolerance.holds(ratio) { current } else { (metric / per_pod).ceil() as u32 }
}

/// The largest proposal; where a metric has failed, only if it removes nothing.
pub fn combine(current: u32, proposals: &[Option<u32>]) -> u32 {
    let failed = proposals.iter().any(Option::is_none);
    match proposals.iter().flatten().max() {
        Some(largest) if !failed || *largest >= current => *largest,
        _ => current,
    }
}
