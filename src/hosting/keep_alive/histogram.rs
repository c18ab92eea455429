//! The hybrid histogram (Shahrad et al., Serverless in the Wild, USENIX ATC 2020), as two public
//! simulators of it have it: how long an app is idle is learnt from how long it was idle before.
//! The defaults are those of dslab-faas; where FaasCache's simulator differs, a key says so.

use super::gaps::{Gaps, Window};
use crate::document::{Diagnostics, Node, Table, fraction, named, positive, positive_span};
use crate::units::Span;

/// What counts as an idle time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdleTime {
    /// From the end of one request to the arrival of the next; 0 while another one is there.
    SinceFinish,
    /// From one arrival to the next.
    SinceArrival,
}

/// When a histogram is taken to represent its app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Representative {
    /// The coefficient of variation of the bins' counts is at least the threshold.
    BinCounts,
    /// The variance of the idle times over their mean, in bins, is at most the threshold.
    IdleTimes,
}

/// From when the time to the tail is counted, where the instance was unloaded meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowFrom {
    /// From the moment at which it is loaded again.
    Load,
    /// From the end of the last request.
    Finish,
}

/// The parameters of the policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Histogram {
    /// Idle times shorter than this are counted by length, the others as out of bounds.
    pub range: Span,
    /// The width of a bin.
    pub bin: Span,
    /// The share of idle times that end before the instance is loaded again.
    pub head: f64,
    /// The share of idle times that the instance is kept for.
    pub tail: f64,
    /// By how much earlier it is loaded, and longer kept, as shares of those times.
    pub margin: f64,
    /// From which share of idle times out of bounds on they are forecast instead.
    pub out_of_bounds: f64,
    /// By how much earlier than forecast it is loaded, and for as long after it kept.
    pub forecast_margin: f64,
    /// What counts as an idle time.
    pub idle_time: IdleTime,
    /// When the histogram counts.
    pub representative: Representative,
    /// The threshold of that rule.
    pub threshold: f64,
    /// How long an instance is kept where the histogram does not count; the range, if not given.
    pub fallback: Option<Span>,
    /// From when the time to the tail is counted.
    pub window: WindowFrom,
}

impl Default for Histogram {
    /// Bins of a minute over four hours, from the 5th to the 99th percentile, with 10 % to spare.
    fn default() -> Histogram {
        const MINUTE: u64 = 60_000_000_000;
        Histogram {
            range: Span(240 * MINUTE),
            bin: Span(MINUTE),
            head: 0.05,
            tail: 0.99,
            margin: 0.1,
            out_of_bounds: 0.5,
            forecast_margin: 0.15,
            idle_time: IdleTime::SinceFinish,
            representative: Representative::BinCounts,
            threshold: 2.0,
            fallback: None,
            window: WindowFrom::Load,
        }
    }
}

/// The most bins of one app's histogram: each app has its own.
const MOST_BINS: u64 = 100_000;

impl Histogram {
    /// Reads the parameters; each may be left out.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Histogram> {
        let default = Histogram::default();
        let before = diagnostics.count();
        let mut table = Table::of(node, diagnostics)?;
        let idle_times = [("since-finish", IdleTime::SinceFinish), ("since-arrival", IdleTime::SinceArrival)];
        let rules = [("bin-counts", Representative::BinCounts), ("idle-times", Representative::IdleTimes)];
        let windows = [("load", WindowFrom::Load), ("finish", WindowFrom::Finish)];
        let read = Histogram {
            range: table.default("range", default.range, diagnostics, positive_span),
            bin: table.default("bin", default.bin, diagnostics, positive_span),
            head: table.default("head", default.head, diagnostics, fraction),
            tail: table.default("tail", default.tail, diagnostics, fraction),
            margin: table.default("margin", default.margin, diagnostics, fraction),
            out_of_bounds: table.default("out-of-bounds", default.out_of_bounds, diagnostics, fraction),
            forecast_margin: table.default("forecast-margin", default.forecast_margin, diagnostics, fraction),
            idle_time: table.default("idle-time", default.idle_time, diagnostics, |n, d| {
                named(n, d, "beginning of idle times", &idle_times)
            }),
            representative: table.default("representative", default.representative, diagnostics, |n, d| {
                named(n, d, "rule for a representative histogram", &rules)
            }),
            threshold: table.default("threshold", default.threshold, diagnostics, positive),
            fallback: table.optional("fallback", diagnostics, positive_span),
            window: table.default("window", default.window, diagnostics, |n, d| {
                named(n, d, "beginning of the window", &windows)
            }),
        };
        read.check(node, diagnostics);
        table.finish(diagnostics);
        (diagnostics.count() == before).then_some(read)
    }

    fn check(&self, node: &Node, diagnostics: &mut Diagnostics) {
        let at = |key: &str| node.get(key).map_or(node.at, |node| node.at);
        let bins = self.range.0 / self.bin.0;
        if bins == 0 || bins > MOST_BINS {
            let message = format!("a range of {} has {bins} bins of {}", self.range, self.bin);
            diagnostics.error(at("bin"), message, format!("expected from 1 to {MOST_BINS} bins"));
        }
        if self.head > self.tail {
            diagnostics.error(at("head"), "the head is beyond the tail", "expected `head` to be at most `tail`");
        }
    }

    /// How many bins a histogram has.
    pub(super) fn bins(&self) -> usize {
        (self.range.0 / self.bin.0) as usize
    }

    /// What is to be done with an instance whose last request has just ended.
    pub fn decide(&self, gaps: Option<&Gaps>) -> Window {
        let unknown = Window { prewarm: Span(0), until: self.fallback.unwrap_or(self.range) };
        let Some(gaps) = gaps else { return unknown };
        if gaps.share_beyond() >= self.out_of_bounds && gaps.beyond > 0 {
            return self.forecast(gaps.mean());
        }
        if !self.is_representative(gaps) {
            return unknown;
        }
        let (head, tail) = (gaps.percentile(self.head), gaps.percentile(self.tail));
        let bins = |count: usize, factor: f64| Span((count as f64 * self.bin.0 as f64 * factor).round() as u64);
        let prewarm = bins(head, 1.0 - self.margin);
        self.window(prewarm, bins(tail + 1, 1.0 + self.margin))
    }

    fn window(&self, prewarm: Span, kept: Span) -> Window {
        match self.window {
            WindowFrom::Load => Window { prewarm, until: Span(prewarm.0.saturating_add(kept.0)) },
            WindowFrom::Finish => Window { prewarm, until: kept.max(prewarm) },
        }
    }

    /// The paper fits a time series to idle times that are out of bounds. A day has a handful of
    /// them at most; their mean is the forecast that such a fit comes to (an ARIMA of order 0).
    fn forecast(&self, idle: f64) -> Window {
        let of = |share: f64| Span((idle * share).round() as u64);
        Window { prewarm: of(1.0 - self.forecast_margin), until: of(1.0 + self.forecast_margin) }
    }

    fn is_representative(&self, gaps: &Gaps) -> bool {
        match self.representative {
            Representative::BinCounts => gaps.variation_of_counts() >= self.threshold,
            Representative::IdleTimes => gaps.dispersion().is_some_and(|dispersion| dispersion <= self.threshold),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000_000_000;

    fn gaps(rule: &Histogram, idle: impl IntoIterator<Item = u64>) -> Gaps {
        let mut gaps = Gaps::new(rule);
        idle.into_iter().for_each(|time| gaps.record(rule, Span(time)));
        gaps
    }

    fn minutes(window: Window) -> (f64, f64) {
        (window.prewarm.0 as f64 / MINUTE as f64, window.until.0 as f64 / MINUTE as f64)
    }

    /// A hundred idle times from 30.0 to 30.99 minutes: loaded again after 27.0 minutes, and kept
    /// for 34.1 minutes from then on, or until 34.1 minutes after the last request. The counts of
    /// 240 bins of which one has all vary by the square root of 240.
    #[test]
    fn idle_times_of_one_bin() {
        let rule = Histogram::default();
        let all = gaps(&rule, (0..100).map(|i| 30 * MINUTE + i * MINUTE / 100));
        assert!((all.variation_of_counts() - 240f64.sqrt()).abs() < 1e-12);
        assert_eq!(minutes(rule.decide(Some(&all))), (27.0, 61.1));
        let paper = Histogram { window: WindowFrom::Finish, ..rule };
        assert_eq!(minutes(paper.decide(Some(&all))), (27.0, 34.1));
    }

    /// Idle times spread over all bins say nothing: nothing is unloaded early, and the instance is
    /// kept for the range (or for two hours, as FaasCache's simulator has it).
    #[test]
    fn idle_times_of_all_bins() {
        let rule = Histogram::default();
        let all = gaps(&rule, (0..240).map(|i| i * MINUTE));
        assert!(all.variation_of_counts().abs() < 1e-12);
        assert_eq!(minutes(rule.decide(Some(&all))), (0.0, 240.0));
        assert_eq!(minutes(rule.decide(None)), (0.0, 240.0));
        let other = Histogram { fallback: Some(Span(120 * MINUTE)), ..rule };
        assert_eq!(minutes(other.decide(Some(&all))), (0.0, 120.0));
    }

    /// Idle times in the first bin: the instance is kept, for 1.1 bins.
    #[test]
    fn an_app_that_is_hardly_idle_stays() {
        let rule = Histogram::default();
        assert_eq!(minutes(rule.decide(Some(&gaps(&rule, [5, 7, 9])))), (0.0, 1.1));
    }

    /// The decision follows the share out of bounds first: half is enough. Five and seven hours
    /// are forecast as six: loaded after 5.1 hours, kept until 6.9.
    #[test]
    fn idle_times_beyond_the_range_are_forecast() {
        let rule = Histogram::default();
        let hours = |n: u64| n * 60 * MINUTE;
        assert_eq!(minutes(rule.decide(Some(&gaps(&rule, [hours(10)])))), (510.0, 690.0));
        assert_eq!(minutes(rule.decide(Some(&gaps(&rule, [hours(5), hours(7)])))), (306.0, 414.0));
        let mostly = gaps(&rule, [hours(1), hours(1), hours(5)]);
        assert_eq!(minutes(rule.decide(Some(&mostly))), (54.0, 54.0 + 67.1));
    }

    /// 90 idle times of 10 and 10 of 100 minutes: the head is bin 10, the tail bin 100, and their
    /// spread (mean 19 bins, variance 729) is no obstacle unless the idle times are what is judged.
    #[test]
    fn the_two_rules_for_a_representative_histogram_differ() {
        let rule = Histogram::default();
        let all = gaps(&rule, (0..100).map(|i| if i < 90 { 10 * MINUTE } else { 100 * MINUTE }));
        assert_eq!(minutes(rule.decide(Some(&all))), (9.0, 9.0 + 111.1));
        assert!((all.dispersion().unwrap() - 729.0 / 19.0).abs() < 1e-9);
        let other = Histogram { representative: Representative::IdleTimes, ..rule };
        assert_eq!(minutes(other.decide(Some(&all))), (0.0, 240.0));
        let even = gaps(&other, (0..100).map(|i| (30 + i % 2) * MINUTE));
        assert_eq!(minutes(other.decide(Some(&even))), (27.0, 27.0 + 35.2));
    }
}
