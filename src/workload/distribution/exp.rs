//! A quick exponential function, the same on every platform.

use std::sync::LazyLock;

/// Steps of the table per factor of 2.
const STEPS: usize = 64;

/// 2^(i/64), by `libm`.
static POWERS: LazyLock<[f64; STEPS]> = LazyLock::new(|| std::array::from_fn(|i| libm::exp2(i as f64 / STEPS as f64)));

/// ln 2 / 64 in two parts (those of FreeBSD's `e_exp.c`): the first ends in 21 zero bits, so that
/// its product with a step's number is exact.
const STEP_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000) / STEPS as f64;
/// What the first part leaves.
const STEP_LOW: f64 = 1.908_214_929_270_587_7e-10 / STEPS as f64;
/// Adding this rounds to a whole number, which then stands in the lower bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// e^x within about 1 unit in the last place: 2^(k/64) from a table times a polynomial in what is
/// left (Tang, Table-driven implementation of the exponential function, ACM Transactions on
/// Mathematical Software 15(2), 1989). Additions and products alone, so it has the same bits
/// everywhere; quicker than `libm`'s, and a request draws at least one.
#[inline]
pub(super) fn exp(x: f64) -> f64 {
    if !(x > -700.0 && x < 700.0) {
        return libm::exp(x);
    }
    let shifted = x * (STEPS as f64 / std::f64::consts::LN_2) + ROUND;
    let step = shifted - ROUND;
    let number = shifted.to_bits() as i64;
    let r = (x - step * STEP_HIGH) - step * STEP_LOW;
    let square = r * r;
    // |r| < 0.0055: the sixth power's term is below 4e-17.
    let growth = r + square * (0.5 + r * (1.0 / 6.0)) + square * square * (1.0 / 24.0 + r * (1.0 / 120.0));
    let power = POWERS[number as usize % STEPS];
    let scaled = power + power * growth;
    // Times 2^(k / 64), whole: added to the exponent, which stays in range.
    f64::from_bits(scaled.to_bits().wrapping_add(((number >> 6) << 52) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_slow_one() {
        for i in -70_000..=70_000 {
            let x = f64::from(i) * 0.010_007;
            let (quick, slow) = (exp(x), libm::exp(x));
            assert!((quick - slow).abs() <= 3e-16 * slow, "{x}: {quick} {slow}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!((exp(-800.0), exp(800.0)), (0.0, f64::INFINITY));
        assert!(exp(f64::NAN).is_nan());
    }

    /// Pinned, so that no platform or compiler can differ unseen.
    #[test]
    fn the_bits_are_the_same_everywhere() {
        let digest = (0..1000).fold(0u64, |hash, i| hash.rotate_left(5) ^ exp(f64::from(i) * 0.137 - 60.0).to_bits());
        assert_eq!(digest, 15_057_998_596_809_187_753);
    }
}
