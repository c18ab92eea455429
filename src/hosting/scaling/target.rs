//! Target tracking: the number of instances follows their use.

use crate::document::{Diagnostics, Node, Table, count, fraction, positive_count, positive_span, span};
use crate::units::Span;

/// The rule's parameters. The defaults are those of EC2 Auto Scaling's target tracking with
/// detailed metrics: a minute's average, 300 s of cool-down; and the 10 % tolerance of Kubernetes'
/// horizontal autoscaler.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetUtilisation {
    /// The use to keep to, above 0 and at most 1; `None` is to be right-sized.
    pub target: Option<f64>,
    /// The fewest instances.
    pub min: u32,
    /// The most instances.
    pub max: u32,
    /// Whether `min` and `max` are to be right-sized.
    pub open_limits: (bool, bool),
    /// How often the use, averaged since the last look, is compared with the target.
    pub period: Span,
    /// How long after a change nothing is taken away.
    pub cool_down: Span,
}

/// A relative deviation from the target that is let be.
const TOLERANCE: f64 = 0.1;

impl TargetUtilisation {
    /// Reads the rule; `target`, `min` and `max` may be "right-size".
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<TargetUtilisation> {
        let mut table = Table::of(node, diagnostics)?;
        let target = table.node("target").map(|node| match node.as_str() {
            Some("right-size") => Some(None),
            _ => target_of(node, diagnostics).map(Some),
        });
        let open = |key| node.get(key).is_some_and(|node| node.as_str() == Some("right-size"));
        let open_limits = (open("min"), open("max"));
        let limit =
            |node: &Node, d: &mut Diagnostics, read: fn(&Node, &mut Diagnostics) -> Option<u64>| match node.as_str() {
                Some("right-size") => Some(None),
                _ => read(node, d).map(Some),
            };
        let min = table.default("min", Some(1), diagnostics, |n, d| limit(n, d, positive_count)).unwrap_or(1);
        let most = u64::from(u32::MAX);
        let max = table.default("max", Some(most), diagnostics, |n, d| limit(n, d, count)).unwrap_or(most);
        let period = table.default("period", Span(60_000_000_000), diagnostics, positive_span);
        let cool_down = table.default("cool-down", Span(300_000_000_000), diagnostics, span);
        if max < min {
            diagnostics.error(table.origin(), format!("`max` ({max}) is below `min` ({min})"), "");
        }
        table.finish(diagnostics);
        Some(TargetUtilisation {
            target: target.unwrap_or(Some(Some(0.6)))?,
            min: u32::try_from(min).unwrap_or(u32::MAX),
            max: u32::try_from(max).unwrap_or(u32::MAX),
            open_limits,
            period,
            cool_down,
        })
    }

    /// How many instances there should be, where `ready` of them had this use on average.
    pub fn wanted(&self, ready: u32, utilisation: f64) -> u32 {
        let ratio = utilisation / self.target.unwrap_or(0.6);
        let near = (ratio - 1.0).abs() <= TOLERANCE;
        let wanted = if near { f64::from(ready) } else { (f64::from(ready) * ratio).ceil() };
        (wanted as u32).clamp(self.min, self.max.max(self.min))
    }
}

fn target_of(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    let target = fraction(node, diagnostics)?;
    if target == 0.0 {
        diagnostics.error(
            node.at,
            "a target of 0 would need infinitely many instances",
            "expected a number above 0, at most 1, or \"right-size\"",
        );
        return None;
    }
    Some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_ratio_outside_the_tolerance() {
        let second = 1_000_000_000;
        let rule = |target| TargetUtilisation {
            target: Some(target),
            min: 1,
            max: 20,
            open_limits: (false, false),
            period: Span(60 * second),
            cool_down: Span(300 * second),
        };
        // 4 at 90 % with target 50 %: ceil(7.2) = 8; 3 at 60 %: ceil(3.6) = 4; ratio 1.09: none.
        assert_eq!(rule(0.5).wanted(4, 0.9), 8);
        assert_eq!(rule(0.5).wanted(3, 0.6), 4);
        assert_eq!(rule(0.5).wanted(10, 0.545), 10);
        assert_eq!(rule(0.5).wanted(10, 0.25), 5);
        assert_eq!(rule(0.5).wanted(10, 0.0), 1);
        assert_eq!(rule(0.1).wanted(10, 1.0), 20);
    }
}
