//! Exact scores of free capacity: what the policies maximise or minimise, in integers.

use crate::fleet::Demand;

/// The free share of cores plus the free share of memory, A_c/C_c + A_m/C_m, times C_c × C_m so
/// that it is a whole number: A_c × C_m + A_m × C_c. Capacities are at most 2^62 each, so 128 bits hold it.
#[inline]
pub fn free_shares(free: Demand, capacity: Demand) -> u128 {
    u128::from(free.cores) * u128::from(capacity.memory) + u128::from(free.memory) * u128::from(capacity.cores)
}

/// A whole number of 256 bits, most significant half first, so that it compares as it should.
pub type Wide = (u128, u128);

/// The weights of free cores and free memory in a dot product with a demand.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    cores: Wide,
    memory: Wide,
    nearly: (f64, f64),
}

impl Weights {
    /// The weights of Σ (A_r/C_r)(d_r/C_r), times C_c² × C_m² so that they are whole numbers:
    /// d_c × C_m² and d_m × C_c². Each is below 2^186.
    pub fn of(demand: Demand, capacity: Demand) -> Weights {
        let weight = |demand: u64, other: u64| times(u128::from(other) * u128::from(other), demand);
        let share = |demand: u64, capacity: u64| demand as f64 / capacity.max(1) as f64 / capacity.max(1) as f64;
        let nearly = (share(demand.cores, capacity.cores), share(demand.memory, capacity.memory));
        let cores = weight(demand.cores, capacity.memory);
        Weights { cores, memory: weight(demand.memory, capacity.cores), nearly }
    }

    /// The dot product in floating point: a sum of two products that are not negative, so its
    /// relative error is below ten roundings, or 2^-49. Good for passing over what is clearly less.
    #[inline]
    pub fn nearly(&self, free: Demand) -> f64 {
        // Capacities are at most 2^62, and a signed integer converts faster.
        self.nearly.0 * free.cores as i64 as f64 + self.nearly.1 * free.memory as i64 as f64
    }

    /// The dot product of a free capacity with the demand, exactly: below 2^249.
    #[inline]
    pub fn score(&self, free: Demand) -> Wide {
        add(scale(self.cores, free.cores), scale(self.memory, free.memory))
    }
}

/// A product of 192 bits.
#[inline]
fn times(a: u128, b: u64) -> Wide {
    let low = (a & u128::from(u64::MAX)) * u128::from(b);
    let high = (a >> 64) * u128::from(b) + (low >> 64);
    (high >> 64, (high << 64) | (low & u128::from(u64::MAX)))
}

/// A wide number times a narrow one; the caller sees to it that 256 bits hold it.
#[inline]
fn scale(a: Wide, b: u64) -> Wide {
    let (carried, low) = times(a.1, b);
    (a.0 * u128::from(b) + carried, low)
}

#[inline]
fn add(a: Wide, b: Wide) -> Wide {
    let (low, carry) = a.1.overflowing_add(b.1);
    (a.0 + b.0 + u128::from(carry), low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    fn big((high, low): Wide) -> BigUint {
        (BigUint::from(high) << 128u32) + BigUint::from(low)
    }

    proptest! {
        /// The score is the sum of products, to the last bit, for all sizes that a server may have.
        #[test]
        fn dot_products_are_exact(c in 1u64..1 << 62, m in 1u64..1 << 62, d in any::<(u64, u64)>(), a in any::<(u64, u64)>()) {
            let demand = Demand { cores: d.0 % (c + 1), memory: d.1 % (m + 1) };
            let free = Demand { cores: a.0 % (c + 1), memory: a.1 % (m + 1) };
            let score = Weights::of(demand, Demand { cores: c, memory: m }).score(free);
            let n = BigUint::from;
            let expected = n(free.cores) * n(demand.cores) * n(m) * n(m) + n(free.memory) * n(demand.memory) * n(c) * n(c);
            prop_assert_eq!(big(score), expected.clone());
            let scale = (c as f64 * m as f64).powi(2);
            let exact = num_traits::ToPrimitive::to_f64(&expected).unwrap();
            let nearly = Weights::of(demand, Demand { cores: c, memory: m }).nearly(free) * scale;
            prop_assert!((nearly - exact).abs() <= exact * 1e-14, "{nearly} is not nearly {exact}");
        }
    }
}
