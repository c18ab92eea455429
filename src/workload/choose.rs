//! Choosing a tenant: by fixed weights (alias table), or without replacement (tree of sums).

use crate::engine::Stream;

/// Chooses one of a number of tenants.
#[derive(Clone, Debug)]
pub(super) enum Chooser {
    /// There is one.
    Only,
    /// Each as likely as the others.
    Even(u64),
    /// By weights: Walker's alias table, built by Vose's method (IEEE Transactions on Software
    /// Engineering 17(9), 1991). A column keeps its own tenant with probability `keep` / 2^32.
    Weighted(Vec<Column>),
}

/// One column of an alias table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    keep: u32,
    alias: u32,
}

impl Chooser {
    /// By factors of zero or more, at least one of them above zero; `None` where all are alike.
    pub(super) fn new(tenants: u32, weights: Option<&[f64]>) -> Chooser {
        match weights {
            _ if tenants == 1 => Chooser::Only,
            None => Chooser::Even(u64::from(tenants)),
            Some(weights) => Chooser::Weighted(alias_table(weights)),
        }
    }

    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream) -> u32 {
        match self {
            Chooser::Only => 0,
            Chooser::Even(tenants) => stream.below(*tenants) as u32,
            Chooser::Weighted(columns) => {
                // The whole part chooses the column, what is left whether it keeps its own.
                let wide = u128::from(stream.bits()) * columns.len() as u128;
                let column = (wide >> 64) as u32;
                let Column { keep, alias } = columns[column as usize];
                if ((wide as u64) >> 32) as u32 >= keep { alias } else { column }
            }
        }
    }
}

fn alias_table(weights: &[f64]) -> Vec<Column> {
    let scale = weights.len() as f64 / weights.iter().sum::<f64>();
    let mut share: Vec<f64> = weights.iter().map(|w| w * scale).collect();
    let mut columns: Vec<Column> = (0..weights.len() as u32).map(|i| Column { keep: u32::MAX, alias: i }).collect();
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for (i, share) in share.iter().enumerate() {
        if *share < 1.0 { small.push(i) } else { large.push(i) }
    }
    while let (Some(poor), Some(rich)) = (small.pop(), large.last().copied()) {
        columns[poor] = Column { keep: (share[poor] * 4_294_967_296.0) as u32, alias: rich as u32 };
        share[rich] -= 1.0 - share[poor];
        if share[rich] < 1.0 {
            large.pop();
            small.push(rich);
        }
    }
    columns
}

/// Counts per tenant, from which one is drawn in O(log n), with or without taking it away (a
/// tree of partial sums; Fenwick, Software: Practice and Experience 24(3), 1994).
#[derive(Clone, Debug, Default)]
pub(super) struct Urn {
    tenants: Vec<u32>,
    sums: Vec<u64>,
    total: u64,
}

impl Urn {
    /// Fills the urn anew, with so many of each tenant.
    pub(super) fn fill(&mut self, counts: impl Iterator<Item = (u32, u64)>) {
        self.tenants.clear();
        self.sums.clear();
        for (tenant, count) in counts.filter(|(_, count)| *count > 0) {
            self.tenants.push(tenant);
            self.sums.push(count);
        }
        self.total = self.sums.iter().sum();
        for i in 0..self.sums.len() {
            let above = i | (i + 1);
            if above < self.sums.len() {
                self.sums[above] += self.sums[i];
            }
        }
    }

    /// How many are left.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Draws one and puts it back; the urn is not empty.
    pub(super) fn look(&self, stream: &mut Stream) -> u32 {
        if self.tenants.len() == 1 {
            return self.tenants[0];
        }
        self.tenants[self.find(stream.below(self.total))]
    }

    /// Draws one and takes it away; the urn is not empty.
    pub(super) fn take(&mut self, stream: &mut Stream) -> u32 {
        let place = if self.tenants.len() == 1 { 0 } else { self.find(stream.below(self.total)) };
        self.total -= 1;
        let mut i = place;
        while i < self.sums.len() {
            self.sums[i] -= 1;
            i |= i + 1;
        }
        self.tenants[place]
    }

    /// The place whose share of 0 .. total holds `rank`.
    fn find(&self, mut rank: u64) -> usize {
        let mut place = 0;
        let mut step = self.sums.len().next_power_of_two();
        while step > 0 {
            let end = place + step;
            if end <= self.sums.len() && self.sums[end - 1] <= rank {
                rank -= self.sums[end - 1];
                place = end;
            }
            step /= 2;
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_table_keeps_the_shares() {
        let weights = [0.5, 3.0, 0.0, 1.5, 5.0];
        let chooser = Chooser::new(5, Some(&weights));
        let mut stream = Stream::named(3, 0, "test", "tenant");
        let n = 200_000;
        let mut counts = [0u32; 5];
        for _ in 0..n {
            counts[chooser.draw(&mut stream) as usize] += 1;
        }
        assert_eq!(counts[2], 0);
        for (count, weight) in counts.iter().zip(weights) {
            let p = weight / 10.0;
            let error = (f64::from(n) * p * (1.0 - p)).sqrt();
            assert!((f64::from(*count) - f64::from(n) * p).abs() <= 4.0 * error, "{counts:?}");
        }
    }

    #[test]
    fn an_urn_gives_out_what_was_put_in() {
        let mut urn = Urn::default();
        urn.fill([(4, 3), (1, 0), (9, 5), (2, 1)].into_iter());
        let mut stream = Stream::named(3, 0, "test", "urn");
        let mut seen = [0; 10];
        while urn.total() > 0 {
            let looked = urn.look(&mut stream);
            assert!([4, 9, 2].contains(&looked));
            seen[urn.take(&mut stream) as usize] += 1;
        }
        assert_eq!((seen[4], seen[9], seen[2], seen.iter().sum::<u32>()), (3, 5, 1, 9));
    }
}
