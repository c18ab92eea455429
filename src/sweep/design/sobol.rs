//! Sobol' sequences, with the direction numbers of Joe and Kuo (SIAM Journal on Scientific
//! Computing 30(5), 2008; "new-joe-kuo-6", published for any use with acknowledgement).

use crate::engine::random::Stream;

/// The most dimensions.
pub const MOST_DIMENSIONS: usize = 40;

/// For each dimension after the first: its primitive polynomial, as the bits of its coefficients,
/// and its initial direction numbers.
const DIRECTIONS: [(u32, &[u32]); MOST_DIMENSIONS - 1] = [
    (3, &[1]),
    (7, &[1, 3]),
    (11, &[1, 3, 1]),
    (13, &[1, 1, 1]),
    (19, &[1, 1, 3, 3]),
    (25, &[1, 3, 5, 13]),
    (37, &[1, 1, 5, 5, 17]),
    (41, &[1, 1, 5, 5, 5]),
    (47, &[1, 1, 7, 11, 19]),
    (55, &[1, 1, 5, 1, 1]),
    (59, &[1, 1, 1, 3, 11]),
    (61, &[1, 3, 5, 5, 31]),
    (67, &[1, 3, 3, 9, 7, 49]),
    (91, &[1, 1, 1, 15, 21, 21]),
    (97, &[1, 3, 1, 13, 27, 49]),
    (103, &[1, 1, 1, 15, 7, 5]),
    (109, &[1, 3, 1, 15, 13, 25]),
    (115, &[1, 1, 5, 5, 19, 61]),
    (131, &[1, 3, 7, 11, 23, 15, 103]),
    (137, &[1, 3, 7, 13, 13, 15, 69]),
    (143, &[1, 1, 3, 13, 7, 35, 63]),
    (145, &[1, 3, 5, 9, 1, 25, 53]),
    (157, &[1, 3, 1, 13, 9, 35, 107]),
    (167, &[1, 3, 1, 5, 27, 61, 31]),
    (171, &[1, 1, 5, 11, 19, 41, 61]),
    (185, &[1, 3, 5, 3, 3, 13, 69]),
    (191, &[1, 1, 7, 13, 1, 19, 1]),
    (193, &[1, 3, 7, 5, 13, 19, 59]),
    (203, &[1, 1, 3, 9, 25, 29, 41]),
    (211, &[1, 3, 5, 13, 23, 1, 55]),
    (213, &[1, 3, 7, 3, 13, 59, 17]),
    (229, &[1, 3, 1, 3, 5, 53, 69]),
    (239, &[1, 1, 5, 5, 23, 33, 13]),
    (241, &[1, 1, 7, 7, 1, 61, 123]),
    (247, &[1, 1, 7, 9, 13, 61, 49]),
    (253, &[1, 3, 3, 5, 3, 55, 33]),
    (285, &[1, 3, 1, 15, 31, 13, 49, 245]),
    (299, &[1, 3, 5, 15, 31, 59, 63, 97]),
    (301, &[1, 3, 1, 11, 11, 11, 77, 249]),
];

/// Bits of a coordinate.
const BITS: usize = 32;

/// A Sobol' sequence: any 2^m points from its beginning (or after a multiple of 2^m) put exactly
/// one into each of 2^m equal slices of every dimension.
#[derive(Clone, Debug)]
pub struct Sobol {
    directions: Vec<[u32; BITS]>,
    state: Vec<u32>,
    shift: Vec<u32>,
    index: u64,
}

impl Sobol {
    /// The sequence itself, which begins at the origin. At most [`MOST_DIMENSIONS`] dimensions.
    pub fn new(dimensions: usize) -> Sobol {
        let dimensions = dimensions.min(MOST_DIMENSIONS);
        let directions = (0..dimensions).map(directions).collect();
        Sobol { directions, state: vec![0; dimensions], shift: vec![0; dimensions], index: 0 }
    }

    /// The sequence with a random shift of its digits, which leaves its slices and makes every
    /// point uniform, so that means over it are without bias.
    pub fn shifted(dimensions: usize, seed: u64) -> Sobol {
        let mut sobol = Sobol::new(dimensions);
        for (dimension, shift) in sobol.shift.iter_mut().enumerate() {
            *shift = (Stream::named(seed, dimension as u64, "sweep", "sobol").bits() >> 32) as u32;
        }
        sobol
    }
}

impl Iterator for Sobol {
    type Item = Vec<f64>;

    /// The next point, each coordinate in [0, 1); none after 2^32.
    fn next(&mut self) -> Option<Vec<f64>> {
        if self.index >> BITS != 0 {
            return None;
        }
        let unit = 1.0 / (1u64 << BITS) as f64;
        let point = self.state.iter().zip(&self.shift).map(|(state, shift)| f64::from(state ^ shift) * unit).collect();
        // Gray code (Antonov and Saleev 1979): one direction number turns a point into the next.
        let bit = self.index.trailing_ones() as usize;
        if bit < BITS {
            self.state.iter_mut().zip(&self.directions).for_each(|(state, numbers)| *state ^= numbers[bit]);
        }
        self.index += 1;
        Some(point)
    }
}

/// The direction numbers of a dimension, shifted to the top of 32 bits.
fn directions(dimension: usize) -> [u32; BITS] {
    let mut numbers = [0u32; BITS];
    let Some((polynomial, initial)) = dimension.checked_sub(1).map(|row| DIRECTIONS[row]) else {
        // The first dimension is van der Corput's sequence.
        (0..BITS).for_each(|bit| numbers[bit] = 1 << (BITS - 1 - bit));
        return numbers;
    };
    let degree = initial.len();
    for bit in 0..BITS {
        numbers[bit] = if bit < degree {
            initial[bit] << (BITS - 1 - bit)
        } else {
            let mut number = numbers[bit - degree] ^ (numbers[bit - degree] >> degree);
            for term in 1..degree {
                if polynomial >> (degree - term) & 1 == 1 {
                    number ^= numbers[bit - term];
                }
            }
            number
        };
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slice_of_every_dimension_holds_one_point() {
        for seed in [0, 1, 77] {
            let points: Vec<Vec<f64>> = Sobol::shifted(MOST_DIMENSIONS, seed).take(1024).collect();
            for dimension in 0..MOST_DIMENSIONS {
                for size in [2usize, 64, 1024] {
                    for run in points.chunks(size) {
                        let mut held: Vec<usize> =
                            run.iter().map(|point| (point[dimension] * size as f64) as usize).collect();
                        held.sort_unstable();
                        assert_eq!(held, (0..size).collect::<Vec<_>>(), "dimension {dimension}");
                    }
                }
            }
        }
    }

    /// The first two dimensions are a (0, m, 2)-net: every rectangle of area 2^-m whose sides are
    /// powers of a half holds one of 2^m points.
    #[test]
    fn every_elementary_rectangle_of_two_dimensions_holds_one_point() {
        let points: Vec<Vec<f64>> = Sobol::shifted(2, 3).take(256).collect();
        for wide in 0..=8 {
            let (columns, rows) = (1usize << wide, 256usize >> wide);
            let place = |p: &Vec<f64>| (p[0] * columns as f64) as usize * rows + (p[1] * rows as f64) as usize;
            let mut held: Vec<usize> = points.iter().map(place).collect();
            held.sort_unstable();
            assert_eq!(held, (0..256).collect::<Vec<_>>(), "{columns} by {rows}");
        }
    }

    /// Points 37 and 50 of the published sequence, in 64ths, dimensions 1, 2, 3, 10, 21 and 40.
    #[test]
    fn the_points_are_those_of_joe_and_kuo() {
        let points: Vec<Vec<f64>> = Sobol::new(MOST_DIMENSIONS).take(64).collect();
        let at = |point: usize| [0, 1, 2, 9, 20, 39].map(|dimension: usize| points[point][dimension] * 64.0);
        assert_eq!(at(37), [59.0, 41.0, 37.0, 11.0, 61.0, 5.0]);
        assert_eq!(at(50), [53.0, 31.0, 35.0, 57.0, 43.0, 55.0]);
    }

    /// Point 43,690 of the published sequence, in 65,536ths (by another program that reads Joe and
    /// Kuo's numbers): its Gray code is sixteen ones, so that every dimension's polynomial and all
    /// of its direction numbers are in it.
    #[test]
    fn every_dimension_is_that_of_joe_and_kuo() {
        let known = [
            65535, 1, 45311, 17139, 49925, 33041, 36013, 44071, 56067, 63319, 40553, 3581, 24861, 13115, 37441, 35679,
            39581, 1309, 42831, 35765, 45341, 58807, 55245, 57765, 48645, 38191, 1037, 19407, 39953, 34387, 2801,
            42321, 37441, 25155, 4355, 48387, 12289, 31867, 30419, 21039,
        ];
        let point = Sobol::new(MOST_DIMENSIONS).nth(43_690).unwrap();
        assert_eq!(point.iter().map(|x| (x * 65_536.0) as u32).collect::<Vec<_>>(), known);
    }

    #[test]
    fn saltelli_rows_mix_two_samples() {
        let rows = super::super::sample::saltelli(8, 3, 1);
        assert_eq!(rows.len(), 8 * 5);
        for block in rows.chunks(5) {
            for axis in 0..3 {
                for other in 0..3 {
                    let from = if other == axis { &block[1] } else { &block[0] };
                    assert_eq!(block[2 + axis][other], from[other]);
                }
            }
        }
    }
}
