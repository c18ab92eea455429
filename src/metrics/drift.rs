//! Whether a level still drifts when its window ends.

use super::student_quantile;

/// A change between the last two quarters by less than this share of the level is none that matters.
const MATTERS: f64 = 0.1;
/// One in a thousand windows without a drift is taken for one with it.
const FALSE_ALARMS: f64 = 1e-3;
/// Stretches of a quarter are put together to so many where there are too few replications.
const BLOCKS: usize = 6;

/// Whether a level (by replication: its means over equal stretches of the window) still drifts: the
/// mean of the last quarter differs from that of the quarter before by more than a tenth of the greater,
/// and more than the noise explains, by Student's t of the replications' differences (of blocks of
/// stretches, where there are fewer than three replications).
///
/// A level that grows from nothing in proportion to time differs by 2/7 of the last quarter: with five
/// replications that is found wherever their differences scatter by less than 8 % of the level, with
/// three by less than 2 %. A level that has come within 7 % of its end in the third quarter is settled.
pub fn drifts(replications: &[&[f64]]) -> bool {
    drift(replications).is_some()
}

/// By which share of itself a level grows in its last quarter, where it drifts upwards: see [`drifts`].
pub fn growth(replications: &[&[f64]]) -> Option<f64> {
    let by = drift(replications).filter(|by| *by > 0.0)?;
    let lasts: Vec<f64> = replications.iter().filter_map(|series| Some(mean(last_quarters(series)?.1))).collect();
    Some(by / mean(&lasts))
}

/// By how much the last quarter's mean differs from that of the quarter before, where that is a drift.
fn drift(replications: &[&[f64]]) -> Option<f64> {
    let quarters: Vec<(&[f64], &[f64])> = replications.iter().filter_map(|series| last_quarters(series)).collect();
    if quarters.is_empty() {
        return None;
    }
    let over = |of: fn(&Quarters<'_>) -> f64| quarters.iter().map(of).sum::<f64>() / quarters.len() as f64;
    let (third, last) = (over(|q| mean(q.0)), over(|q| mean(q.1)));
    let by = last - third;
    if by.abs() <= MATTERS * third.abs().max(last.abs()) {
        return None;
    }
    if quarters.len() >= 3 {
        let differences: Vec<f64> = quarters.iter().map(|(third, last)| mean(last) - mean(third)).collect();
        let squares = variance(&differences) / differences.len() as f64;
        return exceeds(by, squares, differences.len() - 1).then_some(by);
    }
    let blocks = |of: fn(&Quarters<'_>) -> Vec<f64>| quarters.iter().flat_map(of).collect::<Vec<f64>>();
    let (before, after) = (blocks(|q| in_blocks(q.0)), blocks(|q| in_blocks(q.1)));
    let squares = variance(&before) / before.len() as f64 + variance(&after) / after.len() as f64;
    exceeds(by, squares, before.len() + after.len() - 2).then_some(by)
}

/// The third and the last quarter of a series.
type Quarters<'s> = (&'s [f64], &'s [f64]);

fn last_quarters(series: &[f64]) -> Option<(&[f64], &[f64])> {
    let quarter = series.len() / 4;
    let from = series.len() - 2 * quarter;
    (quarter >= BLOCKS).then(|| series[from..].split_at(quarter))
}

fn in_blocks(stretches: &[f64]) -> Vec<f64> {
    stretches.chunks(stretches.len().div_ceil(BLOCKS)).map(mean).collect()
}

fn exceeds(difference: f64, squared_error: f64, freedom: usize) -> bool {
    difference.abs() > student_quantile(1.0 - FALSE_ALARMS / 2.0, freedom as u64) * squared_error.sqrt()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (values.len().max(2) - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Stream;

    /// Levels of 240 stretches around a course, with noise that lasts for some stretches.
    fn levels(replications: u64, seed: u64, noise: f64, course: fn(f64) -> f64) -> Vec<Vec<f64>> {
        let one = |replication| {
            let mut stream = Stream::named(seed, replication, "drift", "test");
            let mut lasting = 0.0;
            (0..240)
                .map(|k| {
                    lasting = 0.8 * lasting + noise * stream.normal();
                    course(f64::from(k) / 240.0) + lasting
                })
                .collect()
        };
        (0..replications).map(one).collect()
    }

    fn found(replications: u64, seed: u64, noise: f64, course: fn(f64) -> f64) -> bool {
        let levels = levels(replications, seed, noise, course);
        drifts(&levels.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn what_grows_or_falls_drifts_and_what_has_come_to_rest_does_not() {
        for replications in [1, 2, 3, 5] {
            assert!(found(replications, 1, 0.1, |t| 100.0 * t), "{replications}");
            assert!(found(replications, 1, 0.1, |t| 100.0 * (1.1 - t)), "{replications}");
            assert!(!found(replications, 1, 0.1, |_| 100.0), "{replications}");
            let rising = levels(replications, 1, 0.1, |t| 100.0 * t);
            let falling = levels(replications, 1, 0.1, |t| 100.0 * (1.1 - t));
            let slices = |levels: &[Vec<f64>]| growth(&levels.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let share = slices(&rising).unwrap();
            assert!((share - 2.0 / 7.0).abs() < 0.01 && slices(&falling).is_none(), "{replications}");
            assert!(!found(replications, 1, 0.1, |t| 100.0 * (1.0 - (-20.0 * t).exp())), "{replications}");
        }
        assert!(!drifts(&[]) && !drifts(&[&[1.0, 2.0]]));
    }

    /// 1,000 windows of a level that does not drift, whose quarters differ by far more than a tenth: the
    /// alarms are one in a thousand, at most 5 with a chance of 0.9994.
    #[test]
    fn noise_is_no_drift() {
        let alarms = (0..1_000).filter(|seed| found(5, *seed, 10.0, |_| 5.0)).count();
        assert!(alarms <= 5, "{alarms}");
    }
}
