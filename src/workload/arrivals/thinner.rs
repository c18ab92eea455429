//! Scaling a trace by independent draws.

use crate::engine::Stream;

/// Draws how many requests are simulated for one in the file: copies for the whole part of a
/// factor, independent draws for the rest (by the geometric number of requests passed over).
pub(super) struct Thinner {
    whole: u64,
    /// -ln(1 - p) of the part p; 0 for none.
    hazard: f64,
    skip: u64,
}

impl Thinner {
    fn new(factor: f64, stream: &mut Stream) -> Thinner {
        let whole = libm::floor(factor);
        let hazard = -libm::log1p(-(factor - whole));
        let mut thinner = Thinner { whole: whole as u64, hazard, skip: 0 };
        thinner.skip = thinner.draw(stream);
        thinner
    }

    fn draw(&self, stream: &mut Stream) -> u64 {
        if self.hazard == 0.0 { u64::MAX } else { (stream.exponential() / self.hazard) as u64 }
    }

    /// How many are simulated for the next `count` of the file.
    pub(super) fn copies(&mut self, count: u64, stream: &mut Stream) -> u64 {
        let mut copies = count.saturating_mul(self.whole);
        let mut left = count;
        while self.hazard > 0.0 {
            if self.skip >= left {
                self.skip -= left;
                break;
            }
            left -= self.skip + 1;
            copies += 1;
            self.skip = self.draw(stream);
        }
        copies.min(MOST_COPIES)
    }
}

/// The most copies of an interval for one tenant: sums over ten million tenants fit 64 bits.
const MOST_COPIES: u64 = 1 << 40;

/// A thinner for each tenant.
pub(super) fn thinners(factors: &[f64], tenants: u32, stream: &mut Stream) -> Vec<Thinner> {
    (0..tenants as usize).map(|tenant| Thinner::new(factor_of(factors, tenant), stream)).collect()
}

/// A tenant's factor, where one stands for all or each has its own.
pub(super) fn factor_of(factors: &[f64], tenant: usize) -> f64 {
    if factors.len() == 1 { factors[0] } else { factors[tenant] }
}
