//! Which known distribution comes nearest to quantiles that were measured.

/// A sentence that names the nearest, by the mean squared difference of the logarithms of the quantiles.
pub(super) fn best_fit(shares: &[f64], quantiles: &[f64]) -> Option<String> {
    let points: Vec<(f64, f64)> = shares
        .iter()
        .zip(quantiles)
        .filter(|(p, q)| **p > 0.0 && **p < 1.0 && **q > 0.0)
        .map(|(p, q)| (*p, libm::log(*q)))
        .collect();
    if points.len() < 5 || points.iter().all(|(_, log)| *log == points[0].1) {
        return None;
    }
    let fits = [log_normal(&points), weibull(&points), exponential(&points)];
    let best = fits.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let off = 100.0 * (libm::exp(libm::sqrt(best.1)) - 1.0);
    Some(format!(
        "Nearest of log-normal, Weibull and exponential: {}, its quantiles off by {off:.0} % (root mean square of logarithms).",
        best.0
    ))
}

/// A straight line through points by least squares: intercept, slope, mean square of what is left.
fn straight(points: &[(f64, f64)]) -> (f64, f64, f64) {
    let n = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let covariance: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    let variance: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    let slope = covariance / variance;
    let rest = points.iter().map(|p| (p.1 - y - slope * (p.0 - x)).powi(2)).sum::<f64>() / n;
    (y - slope * x, slope, rest)
}

/// The logarithm of its quantiles is a straight line of the normal distribution's.
fn log_normal(points: &[(f64, f64)]) -> (String, f64) {
    let normal: Vec<(f64, f64)> = points.iter().map(|(p, log)| (normal_quantile(*p), *log)).collect();
    let (median, sigma, rest) = straight(&normal);
    let cv = libm::sqrt(libm::expm1(sigma * sigma));
    (format!("log-normal (median {:.3} ms, cv {cv:.2})", libm::exp(median) * 1e3), rest)
}

/// The logarithm of its quantiles is a straight line of ln(-ln(1 - p)).
fn weibull(points: &[(f64, f64)]) -> (String, f64) {
    let lines: Vec<(f64, f64)> = points.iter().map(|(p, log)| (libm::log(-libm::log1p(-p)), *log)).collect();
    let (scale, slope, rest) = straight(&lines);
    (format!("Weibull (scale {:.3} ms, shape {:.2})", libm::exp(scale) * 1e3, 1.0 / slope), rest)
}

/// The Weibull distribution of shape 1.
fn exponential(points: &[(f64, f64)]) -> (String, f64) {
    let logs: Vec<f64> = points.iter().map(|(p, log)| log - libm::log(-libm::log1p(-p))).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let rest = logs.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / logs.len() as f64;
    (format!("exponential (mean {:.3} ms)", libm::exp(mean) * 1e3), rest)
}

/// The normal distribution's quantile, by bisection of its distribution function.
fn normal_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if 0.5 * libm::erfc(-middle / std::f64::consts::SQRT_2) < share { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARES: [f64; 7] = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999];

    #[test]
    fn a_distribution_finds_itself() {
        let log_normal: Vec<f64> = SHARES.iter().map(|p| 0.05 * libm::exp(0.8 * normal_quantile(*p))).collect();
        let said = best_fit(&SHARES, &log_normal).unwrap();
        assert!(said.contains("log-normal (median 50.000 ms, cv 0.95)") && said.contains("off by 0 %"), "{said}");
        let weibull: Vec<f64> = SHARES.iter().map(|p| 0.02 * (-libm::log1p(-p)).powf(1.0 / 0.6)).collect();
        let said = best_fit(&SHARES, &weibull).unwrap();
        assert!(said.contains("Weibull (scale 20.000 ms, shape 0.60)"), "{said}");
        assert_eq!(best_fit(&SHARES, &[1.0; 7]), None);
    }
}
