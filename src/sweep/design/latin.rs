//! Latin hypercubes (McKay, Beckman and Conover, Technometrics 21(2), 1979): in each dimension,
//! each of n equal slices holds exactly one of the n points.

use crate::engine::random::Stream;

/// `points` rows of `dimensions` coordinates in [0, 1).
pub fn latin_hypercube(points: usize, dimensions: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut rows = vec![Vec::with_capacity(dimensions); points];
    for dimension in 0..dimensions {
        // A stream for each dimension: another axis moves none of the others.
        let mut stream = Stream::named(seed, dimension as u64, "sweep", "latin hypercube");
        let mut slices: Vec<usize> = (0..points).collect();
        for last in (1..points).rev() {
            slices.swap(last, stream.below(last as u64 + 1) as usize);
        }
        for (row, slice) in rows.iter_mut().zip(slices) {
            // The stream's numbers lie in (0, 1].
            row.push((slice as f64 + (1.0 - stream.uniform())) / points as f64);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slice_of_every_dimension_holds_one_point() {
        for (points, dimensions) in [(1, 1), (7, 3), (100, 12), (1_000, 2)] {
            let rows = latin_hypercube(points, dimensions, 5);
            for dimension in 0..dimensions {
                let mut held: Vec<usize> =
                    rows.iter().map(|row| (row[dimension] * points as f64).floor() as usize).collect();
                held.sort_unstable();
                assert_eq!(held, (0..points).collect::<Vec<_>>());
            }
        }
    }

    /// A stratum says nothing of the other dimensions': the correlation of two dimensions over 200
    /// hypercubes of 20 points is 0 within 4 standard errors (1/√19 each, of a random permutation).
    #[test]
    fn dimensions_are_paired_at_random() {
        let correlation = |seed: u64, (a, b): (usize, usize)| {
            let rows = latin_hypercube(20, 3, seed);
            let product = rows.iter().map(|row| (row[a] - 0.5) * (row[b] - 0.5)).sum::<f64>();
            product * 12.0 / 20.0
        };
        for pair in [(0, 1), (0, 2), (1, 2)] {
            let mean = (0..200).map(|seed| correlation(seed, pair)).sum::<f64>() / 200.0;
            assert!(mean.abs() < 4.0 / (19.0f64 * 200.0).sqrt(), "{pair:?}: {mean}");
        }
    }

    /// Each of the 6 orders of 3 slices comes as often as any other: 1,000 times of 6,000 within 4
    /// standard errors.
    #[test]
    fn every_order_of_the_slices_is_as_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..6_000 {
            let order: Vec<u8> = latin_hypercube(3, 1, seed).iter().map(|row| (row[0] * 3.0) as u8).collect();
            *counts.entry(order).or_insert(0.0) += 1.0;
        }
        let error = (6_000.0f64 * (1.0 / 6.0) * (5.0 / 6.0)).sqrt();
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count: &f64| (count - 1_000.0).abs() < 4.0 * error), "{counts:?}");
    }

    /// The mean of x² by 100 hypercubes of 50 points scatters about 1/3 with far less than the
    /// standard error of independent draws (0.298/√50 = 0.042), and without bias: 4 of its own.
    #[test]
    fn it_estimates_better_than_independent_draws() {
        let means: Vec<f64> = (0..100)
            .map(|seed| latin_hypercube(50, 2, seed).iter().map(|row| row[1] * row[1]).sum::<f64>() / 50.0)
            .collect();
        let mean = means.iter().sum::<f64>() / 100.0;
        let deviation = (means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 99.0).sqrt();
        assert!(deviation < 0.042 / 10.0, "{deviation}");
        assert!((mean - 1.0 / 3.0).abs() < 4.0 * deviation / 10.0, "{mean}");
    }
}
