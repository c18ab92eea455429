//! The share of requests that cases serve, and whether one serves less than another: what it costs is
//! then no answer to the same question, and is never told without that.

use super::point::Point;

/// A share that is smaller by more than this is less.
const LESS: f64 = 1e-3;

/// The share of a point's requests that were served, of those that have ended; 0 where requests came and
/// none has, `None` where none came.
pub fn share(point: &Point) -> Option<f64> {
    let mean = |path: &[&str]| point.estimate(path).mean;
    let arrived = mean(&["requests", "arrived"])?;
    mean(&["availability"]).or((arrived > 0.0).then_some(0.0))
}

/// What a case serves, where that is less than another of those compared serves. (`None` among the shares
/// is a case that is not among them.)
pub fn less(shares: &[Option<f64>], case: usize) -> Option<f64> {
    let most = shares.iter().flatten().copied().fold(0.0, f64::max);
    let own = shares.get(case).copied().flatten()?;
    (own < most - LESS).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousandth_less_is_not_less() {
        let shares = [Some(1.0), Some(0.9995), Some(0.098), None, Some(0.0)];
        let found: Vec<Option<f64>> = (0..6).map(|case| less(&shares, case)).collect();
        assert_eq!(found, [None, None, Some(0.098), None, Some(0.0), None]);
        assert_eq!(less(&[Some(0.5), Some(0.5)], 0), None, "all serve as little");
        assert_eq!(less(&[], 0), None);
    }
}
