//! Named streams of random numbers, the same on every platform.
//!
//! One stream per (seed, replication, app, purpose), each a xoshiro256++ generator. Every
//! logarithm, exponential and root goes through `libm`, compiled from source, so that a seed
//! gives the same bits wherever it runs.

use rand::rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream of that name. `scope` is the app's name (or the case's, for what belongs to a
    /// case), `purpose` what the numbers are for ("arrivals", "cpu", "start").
    pub fn named(seed: u64, replication: u64, scope: &str, purpose: &str) -> Stream {
        let mut hash = mix(seed ^ 0x9e37_79b9_7f4a_7c15);
        hash = mix(hash ^ replication);
        for part in [scope, purpose] {
            for byte in part.bytes() {
                hash = mix(hash ^ u64::from(byte));
            }
            // A separator, so that ("ab", "c") and ("a", "bc") differ.
            hash = mix(hash ^ 0x1_00);
        }
        Stream(Xoshiro256PlusPlus::seed_from_u64(hash))
    }

    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform on (0, 1]: its logarithm is finite.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform on 0 .. `bound` (which is above 0), without bias (Lemire 2019).
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut wide = u128::from(self.bits()) * u128::from(bound);
        if (wide as u64) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (wide as u64) < threshold {
                wide = u128::from(self.bits()) * u128::from(bound);
            }
        }
        (wide >> 64) as u64
    }

    /// Exponential with mean 1, by inversion.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    /// Standard normal, by Marsaglia's polar method (one of its pair, so that a draw never
    /// depends on the one before).
    #[inline]
    pub fn normal(&mut self) -> f64 {
        loop {
            let u = 2.0 * self.uniform() - 1.0;
            let v = 2.0 * self.uniform() - 1.0;
            let s = u * u + v * v;
            if s < 1.0 && s > 0.0 {
                return u * libm::sqrt(-2.0 * libm::log(s) / s);
            }
        }
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean of `n` draws lies within 4 standard errors of `mean`.
    fn near(draw: impl Fn(&mut Stream) -> f64, mean: f64, deviation: f64) {
        let mut stream = Stream::named(1, 0, "test", "moments");
        let n = 400_000;
        let sum: f64 = (0..n).map(|_| draw(&mut stream)).sum();
        let off = (sum / f64::from(n) - mean).abs();
        assert!(off < 4.0 * deviation / f64::from(n).sqrt(), "off by {off}");
    }

    #[test]
    fn moments() {
        near(Stream::uniform, 0.5, (1.0f64 / 12.0).sqrt());
        near(Stream::exponential, 1.0, 1.0);
        near(Stream::normal, 0.0, 1.0);
        near(|s| s.normal().powi(2), 1.0, 2f64.sqrt());
        near(|s| s.below(7) as f64, 3.0, 2.0);
    }

    #[test]
    fn names_tell_streams_apart_and_repeat() {
        let first = |seed, replication, scope, purpose| Stream::named(seed, replication, scope, purpose).bits();
        assert_eq!(first(1, 2, "api", "cpu"), first(1, 2, "api", "cpu"));
        let others = [first(2, 2, "api", "cpu"), first(1, 3, "api", "cpu"), first(1, 2, "apic", "pu")];
        assert!(!others.contains(&first(1, 2, "api", "cpu")));
    }

    /// Pinned, so that a change of generator, of seeding or of `libm` cannot pass unseen.
    #[test]
    fn the_bits_are_the_same_everywhere() {
        let mut stream = Stream::named(7, 0, "api", "arrivals");
        let drawn = [stream.bits(), stream.exponential().to_bits(), stream.normal().to_bits()];
        assert_eq!(drawn, [1_882_640_575_718_700_786, 4_598_613_561_647_658_238, 13_819_064_360_053_074_558]);
    }
}
