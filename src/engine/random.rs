//! Named streams of random numbers, the same on every platform.
//!
//! One stream per (seed, replication, app, purpose), each a xoshiro256++ generator. Every
//! logarithm, exponential and root goes through `libm`, compiled from source, so that a seed
//! gives the same bits wherever it runs.

use rand::rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::sync::LazyLock;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream {
    bits: Xoshiro256PlusPlus,
    /// At hand, so that no draw asks whether they are made.
    tables: &'static Tables,
}

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
        Stream { bits: Xoshiro256PlusPlus::seed_from_u64(hash), tables: &TABLES }
    }

    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.bits.next_u64()
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

    /// Exponential with mean 1, by the ziggurat.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        let table = &self.tables.exponential;
        let mut beyond = 0.0;
        loop {
            let bits = self.bits();
            let layer = (bits & 0xff) as usize;
            let x = (bits >> 11) as f64 * UNIT * table.edge[layer];
            if x < table.edge[layer + 1] {
                return beyond + x;
            }
            if layer == 0 {
                // The tail is the whole distribution again, further out.
                beyond += EXPONENTIAL_TAIL;
            } else if table.under(layer, self.uniform(), libm::exp(-x)) {
                return beyond + x;
            }
        }
    }

    /// Standard normal, by the ziggurat.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        let table = &self.tables.normal;
        loop {
            let bits = self.bits();
            let layer = (bits & 0xff) as usize;
            // Uniform on [-1, 1), from bits that the choice of the layer did not use.
            let x = ((bits >> 11) as f64 * (2.0 * UNIT) - 1.0) * table.edge[layer];
            if x.abs() < table.edge[layer + 1] {
                return x;
            }
            if layer == 0 {
                return self.normal_tail().copysign(x);
            }
            if table.under(layer, self.uniform(), libm::exp(-0.5 * x * x)) {
                return x;
            }
        }
    }

    /// A normal above the base layer's edge (Marsaglia 1964).
    #[cold]
    fn normal_tail(&mut self) -> f64 {
        loop {
            let x = -libm::log(self.uniform()) / NORMAL_TAIL;
            let y = -libm::log(self.uniform());
            if y + y > x * x {
                return NORMAL_TAIL + x;
            }
        }
    }
}

/// 2^-53: from 53 bits to [0, 1).
const UNIT: f64 = 1.0 / (1u64 << 53) as f64;
/// Layers of equal area that cover a density.
const LAYERS: usize = 256;
/// Where the tail begins for 256 layers (Marsaglia and Tsang, The Ziggurat Method for Generating
/// Random Variables, Journal of Statistical Software 5(8), 2000).
const EXPONENTIAL_TAIL: f64 = 7.697_117_470_131_05;
/// The same for the normal's positive half.
const NORMAL_TAIL: f64 = 3.654_152_885_361_009;

/// The layers of a decreasing density with value 1 at 0, widest first.
#[derive(Debug)]
struct Ziggurat {
    /// The right edge of each layer; that of the base is its area over its height, and after the
    /// last layer comes 0.
    edge: [f64; LAYERS + 1],
    /// The density at each edge.
    height: [f64; LAYERS + 1],
}

impl Ziggurat {
    fn new(tail: f64, area: f64, density: fn(f64) -> f64, inverse: fn(f64) -> f64) -> Ziggurat {
        let mut edge = [0.0; LAYERS + 1];
        edge[0] = area / density(tail);
        edge[1] = tail;
        for layer in 2..LAYERS {
            edge[layer] = inverse(area / edge[layer - 1] + density(edge[layer - 1]));
        }
        let height = edge.map(density);
        Ziggurat { edge, height }
    }

    /// Whether a point at that uniform height of the layer lies under the density.
    #[inline]
    fn under(&self, layer: usize, uniform: f64, density: f64) -> bool {
        self.height[layer + 1] + (self.height[layer] - self.height[layer + 1]) * uniform < density
    }
}

#[derive(Debug)]
struct Tables {
    exponential: Ziggurat,
    normal: Ziggurat,
}

/// Made by `libm` at first use, so that they have the same bits on every platform.
static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let beyond = libm::sqrt(std::f64::consts::FRAC_PI_2) * libm::erfc(NORMAL_TAIL / std::f64::consts::SQRT_2);
    let normal_area = NORMAL_TAIL * libm::exp(-0.5 * NORMAL_TAIL * NORMAL_TAIL) + beyond;
    let exponential_area = (EXPONENTIAL_TAIL + 1.0) * libm::exp(-EXPONENTIAL_TAIL);
    Tables {
        exponential: Ziggurat::new(EXPONENTIAL_TAIL, exponential_area, |x| libm::exp(-x), |y| -libm::log(y)),
        normal: Ziggurat::new(
            NORMAL_TAIL,
            normal_area,
            |x| libm::exp(-0.5 * x * x),
            |y| libm::sqrt(-2.0 * libm::log(y)),
        ),
    }
});

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
    fn the_layers_close_and_the_draws_follow_their_distributions() {
        for table in [&TABLES.exponential, &TABLES.normal] {
            let last = LAYERS - 1;
            let top = table.height[last] + area(table) / table.edge[last];
            assert!((top - 1.0).abs() < 1e-9, "{top}");
        }
        // Kolmogorov-Smirnov against the distribution function: 1.95 / sqrt(n) is passed by chance once in 1,000.
        let ks = |draw: fn(&mut Stream) -> f64, cdf: fn(f64) -> f64| {
            let mut stream = Stream::named(5, 0, "test", "shape");
            let n = 200_000;
            let mut drawn: Vec<f64> = (0..n).map(|_| cdf(draw(&mut stream))).collect();
            drawn.sort_by(f64::total_cmp);
            let off = drawn.iter().enumerate().map(|(i, p)| (p - (i as f64 + 0.5) / n as f64).abs());
            assert!(off.fold(0.0, f64::max) < 1.95 / f64::from(n).sqrt());
        };
        ks(Stream::exponential, |x| -libm::expm1(-x));
        ks(Stream::normal, |x| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2));
        // The tails, which the statistic above hardly sees: beyond the base layer and in it.
        near(|s| f64::from(s.exponential() > 9.0), libm::exp(-9.0), libm::exp(-4.5));
        let beyond = libm::erfc(3.7 / std::f64::consts::SQRT_2);
        near(|s| f64::from(s.normal().abs() > 3.7), beyond, beyond.sqrt());
    }

    fn area(table: &Ziggurat) -> f64 {
        table.edge[0] * table.height[1]
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
        assert_eq!(drawn, [1_882_640_575_718_700_786, 4_610_633_049_848_429_666, 4_608_690_586_267_416_001]);
    }
}
