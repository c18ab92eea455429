//! Bandwidth as carriers bill it: the 95th percentile of five-minute samples.

use crate::units::Exact;

/// The 95th percentile of samples: the highest once the top twentieth of them (rounded down) is
/// dropped. `None` where there are none.
pub fn percentile_95(mut samples: Vec<Exact>) -> Option<Exact> {
    samples.sort_unstable();
    let dropped = samples.len() / 20;
    samples.into_iter().rev().nth(dropped)
}

/// The larger of both directions' 95th percentiles.
pub fn percentile_95_of_both(inward: Vec<Exact>, outward: Vec<Exact>) -> Option<Exact> {
    percentile_95(inward).max(percentile_95(outward))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::reading::whole;

    #[test]
    fn the_top_twentieth_is_dropped() {
        let up_to = |count: u64| (1..=count).map(whole).collect::<Vec<_>>();
        let of = |count: u64| percentile_95(up_to(count));
        // A month of 30 days has 8,640 samples, of which the top 432 are free.
        assert_eq!([of(8640), of(100), of(20), of(19), of(1)], [8208, 95, 19, 19, 1].map(|v| Some(whole(v))));
        assert_eq!(of(0), None);
        assert_eq!(percentile_95_of_both(up_to(20), up_to(40)), Some(whole(38)));
        assert_eq!(percentile_95_of_both(up_to(20), Vec::new()), Some(whole(19)));
    }
}
