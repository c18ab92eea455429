//! A measured keep-alive curve: after so long idle, a probe found so many instances gone.

use crate::document::{Diagnostics, Node, Value, fraction, list, span};
use crate::engine::Stream;
use crate::units::Span;

/// Points of idle time and probability of being cold by then; linear in between.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    points: Vec<(Span, f64)>,
}

impl Curve {
    /// Reads a list of pairs such as `["300 s", 0.08]`, both growing, the last probability 1.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Curve> {
        let points = list(node, diagnostics, point)?;
        let grows = points.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1);
        let ends = points.last().is_some_and(|last| last.1 == 1.0);
        if !grows || !ends {
            let message = "a keep-alive curve must grow in both columns and end at probability 1";
            diagnostics.error(node.at, message, "write points such as [\"300 s\", 0.08], …, [\"360 s\", 1.0]");
            return None;
        }
        Some(Curve { points })
    }

    /// Draws how long an instance that becomes idle now is kept.
    pub fn draw(&self, stream: &mut Stream) -> Span {
        self.quantile(stream.uniform())
    }

    /// The idle time by which a share of instances is gone.
    pub fn quantile(&self, share: f64) -> Span {
        let upper = self.points.partition_point(|point| point.1 < share).min(self.points.len() - 1);
        let (end, high) = self.points[upper];
        if upper == 0 {
            return if high > 0.0 { Span((end.0 as f64 * share / high) as u64) } else { end };
        }
        let (start, low) = self.points[upper - 1];
        let part = if high > low { (share - low) / (high - low) } else { 1.0 };
        Span(start.0 + ((end.0 - start.0) as f64 * part) as u64)
    }
}

fn point(node: &Node, diagnostics: &mut Diagnostics) -> Option<(Span, f64)> {
    match &node.value {
        Value::Array(pair) if pair.len() == 2 => {
            let (length, share) = (span(&pair[0], diagnostics), fraction(&pair[1], diagnostics));
            Some((length?, share?))
        }
        _ => {
            diagnostics.error(node.at, "expected a pair such as [\"300 s\", 0.08]", "");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of draws below a time is the curve's probability there, within 4 standard errors.
    #[test]
    fn draws_follow_the_curve() {
        let second = |n: u64| Span(n * 1_000_000_000);
        let curve = Curve { points: vec![(second(300), 0.08), (second(315), 0.43), (second(360), 1.0)] };
        let mut stream = Stream::named(1, 0, "test", "curve");
        let draws: Vec<Span> = (0..100_000).map(|_| curve.draw(&mut stream)).collect();
        for (limit, share) in [(300, 0.08), (315, 0.43), (337, 0.43 + 0.57 * 22.0 / 45.0), (361, 1.0)] {
            let below = draws.iter().filter(|draw| **draw < second(limit)).count() as f64 / 1e5;
            let error = (share * (1.0 - share) / 1e5f64).sqrt();
            assert!((below - share).abs() <= 4.0 * error + 1e-9, "{below} below {limit} s, not {share}");
        }
    }
}
