//! Karpenter (v1): how long it waits for more pods, and what of its nodes it may disrupt.
//! (kubernetes-sigs/karpenter)

/// So many nodes, or a share of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Nodes {
    /// A number.
    Count(u32),
    /// Per cent, rounded up.
    Percent(f64),
}

/// A disruption budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// How many nodes at once.
    pub nodes: Nodes,
    /// For which reasons; empty: for all.
    pub reasons: Vec<String>,
    /// Whether its schedule holds now.
    pub active: bool,
}

/// No limit.
pub const UNLIMITED: u32 = i32::MAX as u32;

/// How many nodes may be disrupted for a reason: the least of the active budgets that name it, or
/// none, less those that are disrupted already.
pub fn allowed(budgets: &[Budget], nodes: u32, disrupted: u32, reason: &str) -> u32 {
    let names = |budget: &&Budget| budget.reasons.is_empty() || budget.reasons.iter().any(|named| named == reason);
    let of = |budget: &Budget| match budget.nodes {
        Nodes::Count(count) => count,
        Nodes::Percent(percent) => (percent * f64::from(nodes) / 100.0).ceil() as u32,
    };
    let least = budgets.iter().filter(|budget| budget.active).filter(names).map(of).min().unwrap_or(UNLIMITED);
    least.saturating_sub(disrupted)
}

/// When a batch of pods is closed, in seconds: after so long without a new one, or so long in all
/// since its first. Nothing where no pod came.
pub fn batch_end(pods: &[f64], idle: f64, most: f64) -> Option<f64> {
    let first = pods.iter().copied().reduce(f64::min)?;
    let mut later: Vec<f64> = pods.to_vec();
    later.sort_by(f64::total_cmp);
    let end = later.into_iter().fold(first + idle, |end, pod| if pod < end { pod + idle } else { end });
    Some(end.min(first + most))
}

/// `Balanced`: how much an action saves, against what it disrupts, both as shares of the pool's;
/// and whether it is worth it, where it is at least one `k`-th.
pub fn balanced(savings: f64, disruption: f64, cost: f64, all_disruption: f64, k: f64) -> (f64, bool) {
    if savings <= 0.0 || cost <= 0.0 {
        return (0.0, false);
    }
    let disrupted = if all_disruption > 0.0 { disruption / all_disruption } else { 0.0 };
    let score = savings / cost / disrupted;
    (score, score >= 1.0 / k)
}

/// The types of a replacement that are worth it: cheaper than the cheapest type that is both
/// removed and offered, as one could else just keep that.
pub fn cheaper_than_removed<'t>(
    removed: &[&str],
    options: &[&'t str],
    price: impl Fn(&str) -> Option<f64>,
) -> Vec<&'t str> {
    let shared = options.iter().filter(|option| removed.contains(option)).filter_map(|option| price(option));
    match shared.reduce(f64::min) {
        None => options.to_vec(),
        Some(least) => {
            options.iter().filter(|option| price(option).is_some_and(|price| price < least)).copied().collect()
        }
    }
}
