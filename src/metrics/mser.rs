//! The warm-up by MSER-5: how much of a series is to be left off, so that what is left tells its mean best.
//!
//! White, K. P. (1997), "An effective truncation heuristic for bias reduction in simulation output",
//! *Simulation* 69(6), 323–334; with batches of five: White, Cobb and Spratt (2000), "A comparison of five
//! steady-state truncation heuristics for simulation", *Proc. Winter Simulation Conference*, 755–760.

/// Values of a batch: the 5 of MSER-5.
pub const BATCH: usize = 5;
/// So many batches at the end are not cut into: a few that happen to be alike have no variance.
const KEPT: usize = 5;

/// Of how many values the beginning is to be left off.
///
/// With `z` the means of `n` batches of five, it is 5 d for the `d` that makes
/// Σ_{j>d} (z_j − z̄_d)² / (n − d)² least, where z̄_d is the mean of those after `d`: the squared standard
/// error of that mean. `None` where the least lies in the second half of the series, which then is too
/// short (or has no level to come to).
pub fn truncation(series: &[f64]) -> Option<usize> {
    let batches: Vec<f64> = series.chunks_exact(BATCH).map(|batch| batch.iter().sum::<f64>() / BATCH as f64).collect();
    let count = batches.len();
    if count < 2 * KEPT {
        return None;
    }
    // From the end on, sums about the last value, so that a constant level has no variance at all.
    let (about, mut sum, mut squares) = (batches[count - 1], 0.0, 0.0);
    let mut best = (f64::INFINITY, 0);
    for (cut, value) in batches.iter().enumerate().rev() {
        sum += value - about;
        squares += (value - about) * (value - about);
        let left = (count - cut) as f64;
        let error = (squares - sum * sum / left).max(0.0) / (left * left);
        if count - cut >= KEPT && error <= best.0 {
            best = (error, cut);
        }
    }
    (2 * best.1 <= count).then_some(best.1 * BATCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Stream;

    fn series(seed: u64, length: usize, course: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut stream = Stream::named(seed, 0, "mser", "test");
        (0..length).map(|k| course(k as f64) + stream.normal()).collect()
    }

    /// The formula, computed as it stands.
    fn plainly(series: &[f64]) -> usize {
        let z: Vec<f64> = series.chunks_exact(5).map(|b| b.iter().sum::<f64>() / 5.0).collect();
        let error = |d: usize| {
            let rest = &z[d..];
            let mean = rest.iter().sum::<f64>() / rest.len() as f64;
            rest.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (rest.len() * rest.len()) as f64
        };
        (0..=z.len() - 5).min_by(|a, b| error(*a).total_cmp(&error(*b))).unwrap() * 5
    }

    #[test]
    fn is_the_least_of_the_formula() {
        for seed in 0..200 {
            let series = series(seed, 240, |k| 20.0 * (-k / 20.0f64).exp());
            let expected = plainly(&series);
            assert_eq!(truncation(&series), (expected <= 120).then_some(expected), "{seed}");
        }
    }

    /// An exponential approach from 20 standard deviations away falls below one after 60 values, below a
    /// third after 82.
    #[test]
    fn a_transient_is_cut_off_and_little_more() {
        let cuts: Vec<usize> = (0..200)
            .map(|seed| truncation(&series(seed, 240, |k| 20.0 * (-k / 20.0f64).exp())).unwrap_or(240))
            .collect();
        // By the formula in another language: 88 % within, half of them from 65 to 80.
        let good = cuts.iter().filter(|cut| (40..=120).contains(*cut)).count();
        assert!(good >= 160, "{good}: {cuts:?}");
    }

    #[test]
    fn a_constant_needs_none_and_what_only_grows_has_none() {
        assert_eq!(truncation(&[3.0; 240]), Some(0));
        assert_eq!(truncation(&[0.0; 240]), Some(0));
        assert_eq!(truncation(&series(1, 240, |k| k)), None);
        assert_eq!(truncation(&[1.0; 49]), None, "fewer than ten batches");
        assert_eq!(truncation(&[]), None);
        let step: Vec<f64> = (0..240).map(|k| if k < 33 { 0.0 } else { 7.0 }).collect();
        assert_eq!(truncation(&step), Some(35), "the batch with the step in it goes too");
    }
}
