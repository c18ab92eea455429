//! What replications say about a figure: a mean and how far it may be off.

use super::student_quantile;

/// A difference of less than this share of two amounts is none: it is what sums of floats leave.
const EQUAL: f64 = 1e-9;
/// Amounts below this are compared as if they were so great.
const LEAST: f64 = 1e-3;
/// From so many times on nobody reads a per cent.
const MOST_SHARE: f64 = 1_000.0;

/// Whether two amounts are the same, but for what sums of floats leave.
pub fn is_equal(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= EQUAL * a.abs().max(b.abs()).max(LEAST)
}

/// A difference as a share of what it is a difference from; `None` where that is nothing, or next to
/// nothing beside the difference, or less than nothing (a credit): a per cent of it says nothing.
pub fn share_of(more: f64, of: f64) -> Option<f64> {
    let share = more / of;
    (of > 0.0 && share.is_finite() && share.abs() < MOST_SHARE).then_some(share)
}

/// The mean over replications and the half-width of its 95 % confidence interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The mean; `None` where the figure is undefined in any replication.
    pub mean: Option<f64>,
    /// The half-width: t × s/√n with Student's 97.5 % point for n − 1 degrees of freedom; `None`
    /// with fewer than two replications.
    pub ci95: Option<f64>,
}

impl Estimate {
    /// The estimate from one value per replication. A figure that is undefined (or not finite) in
    /// any replication has no mean: a mean of the others would be of different replications than
    /// the figures beside it.
    pub fn of(values: &[Option<f64>]) -> Estimate {
        let defined: Vec<f64> = values.iter().flatten().copied().filter(|v| v.is_finite()).collect();
        if defined.is_empty() || defined.len() < values.len() {
            return Estimate::default();
        }
        let n = defined.len() as f64;
        // About the first value, so that equal replications give exactly their value and no width.
        let first = defined[0];
        let mean = first + defined.iter().map(|v| v - first).sum::<f64>() / n;
        Estimate { mean: Some(mean), ci95: half_width(&defined, mean) }
    }

    /// The estimate of the mean of `a − b`, replication by replication. With common random
    /// numbers it is far narrower than the difference of two estimates. Replications that only
    /// one of the two has are left out.
    pub fn paired_difference(a: &[Option<f64>], b: &[Option<f64>]) -> Estimate {
        let differences: Vec<Option<f64>> = a.iter().zip(b).map(|(a, b)| Some((*a)? - (*b)?)).collect();
        Estimate::of(&differences)
    }

    /// The least and greatest value of the interval; `None` where there is none.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let (mean, half) = (self.mean?, self.ci95?);
        Some((mean - half, mean + half))
    }

    /// Whether the interval holds `value` strictly inside, so that the noise covers on which side
    /// of it the truth lies.
    pub fn straddles(&self, value: f64) -> bool {
        self.interval().is_some_and(|(low, high)| low < value && value < high)
    }

    /// Whether this, a paired difference of amounts of about the size of `of`, is none that can be told: the
    /// amounts are the same, or the noise covers which of them is the greater.
    pub fn is_no_difference(&self, of: f64) -> bool {
        self.mean.is_some_and(|mean| is_equal(of + mean, of)) || self.straddles(0.0)
    }

    /// The half-width as a share of the mean's magnitude, as `--precision` asks for it: 0 where
    /// both are 0, `None` where either is unknown.
    pub fn relative_half_width(&self) -> Option<f64> {
        let (mean, half) = (self.mean?, self.ci95?);
        if half == 0.0 { Some(0.0) } else { Some(half / mean.abs()) }
    }
}

fn half_width(values: &[f64], mean: f64) -> Option<f64> {
    let n = values.len();
    if n < 2 {
        return None;
    }
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    if squares == 0.0 {
        return Some(0.0);
    }
    let standard_error = (squares / (n - 1) as f64 / n as f64).sqrt();
    Some(student_quantile(0.975, n as u64 - 1) * standard_error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Stream;

    fn of(values: &[f64]) -> Estimate {
        Estimate::of(&values.iter().copied().map(Some).collect::<Vec<_>>())
    }

    #[test]
    fn by_hand() {
        // Mean 3, s = √2.5, s/√5 = √0.5, t(4) = 2.776445105.
        let found = of(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(found.mean, Some(3.0));
        assert!((found.ci95.unwrap() - 2.776_445_105_197_8 * 0.5f64.sqrt()).abs() < 1e-9);
        assert!(found.straddles(4.9) && !found.straddles(5.0));
    }

    #[test]
    fn one_replication_has_no_interval_and_an_undefined_one_no_mean() {
        assert_eq!(of(&[0.1]), Estimate { mean: Some(0.1), ci95: None });
        assert_eq!(Estimate::of(&[Some(1.0), None]), Estimate::default());
        assert_eq!(Estimate::of(&[Some(1.0), Some(f64::INFINITY)]), Estimate::default());
        assert_eq!(Estimate::of(&[]), Estimate::default());
    }

    #[test]
    fn equal_replications_give_exactly_their_value() {
        assert_eq!(of(&[0.1; 7]), Estimate { mean: Some(0.1), ci95: Some(0.0) });
    }

    #[test]
    fn a_paired_difference_forgets_what_is_common() {
        let a = [Some(10.0), Some(20.0), Some(30.0)];
        let b = [Some(9.0), Some(19.0), Some(29.0)];
        assert_eq!(Estimate::paired_difference(&a, &b), Estimate { mean: Some(1.0), ci95: Some(0.0) });
    }

    #[test]
    fn ties_are_ties_and_nothing_has_no_per_cent() {
        assert!(is_equal(0.0, 0.0) && is_equal(0.1 + 0.2, 0.3) && is_equal(1e-13, 0.0));
        assert!(!is_equal(0.01, 0.0) && !is_equal(5.0, 5.000_01));
        assert_eq!(share_of(1.0, 4.0), Some(0.25));
        for (more, of) in [(3.07, 0.0), (3.07, 1e-9), (3.07, -5.0), (0.0, 0.0), (f64::NAN, 1.0)] {
            assert_eq!(share_of(more, of), None, "{more} of {of}");
        }
        assert!(of(&[0.0, 0.0]).is_no_difference(5.0) && of(&[1e-12, 1e-12]).is_no_difference(5.0));
        assert!(of(&[-1.0, 1.1]).is_no_difference(5.0) && !of(&[1.0, 1.1]).is_no_difference(5.0));
        assert!(!Estimate::default().is_no_difference(5.0));
    }

    /// The interval of 5 normal replications holds the truth 95 times in 100: 20,000 trials, so
    /// that one standard error of the share is 0.00154; the tolerance is 4 of them.
    #[test]
    fn the_interval_covers_as_often_as_it_says() {
        let mut stream = Stream::named(1, 0, "coverage", "test");
        let trials = 20_000;
        let covered = (0..trials).filter(|_| {
            let values: Vec<Option<f64>> = (0..5).map(|_| Some(7.0 + 2.0 * stream.normal())).collect();
            Estimate::of(&values).straddles(7.0)
        });
        let share = covered.count() as f64 / f64::from(trials);
        assert!((share - 0.95).abs() < 4.0 * 0.00154, "{share}");
    }
}
