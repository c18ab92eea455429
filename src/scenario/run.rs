//! `[run]`: how long, how often, with which seed, and what the invoice is for.

use crate::document::{Diagnostics, Node, Table, count, positive_count, positive_span, span};
use crate::units::{MONTH, Span};

/// The plan of a run.
#[derive(Clone, Debug)]
pub struct RunPlan {
    /// Simulated and measured.
    pub duration: Span,
    /// Simulated before that.
    pub warm_up: Span,
    /// Where that length comes from.
    pub warm_up_rule: WarmUp,
    /// How long what came in the window is followed beyond its end; `None`: as the rule says.
    pub drain: Option<Span>,
    /// What the invoice is for.
    pub month: Month,
    /// The seed of all random numbers.
    pub seed: u64,
    /// How many replications.
    pub replications: u32,
}

/// Where the length of the warm-up comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WarmUp {
    /// It is stated, or none is wanted.
    Given,
    /// It is to be found from the levels of the cases ("auto").
    ToFind,
    /// It was found.
    Found,
    /// It could not be found, for this reason.
    NotFound(String),
}

/// What the invoice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Month {
    /// So long; what was simulated is scaled to it.
    Length(Span),
    /// Just what was simulated.
    Duration,
}

/// The most replications that can be asked for.
pub const MOST_REPLICATIONS: u64 = 1_000_000;

impl Default for RunPlan {
    fn default() -> RunPlan {
        RunPlan {
            duration: Span(86_400_000_000_000),
            warm_up: Span(0),
            warm_up_rule: WarmUp::Given,
            drain: None,
            month: Month::Length(MONTH),
            seed: 1,
            replications: 5,
        }
    }
}

impl RunPlan {
    /// Reads `[run]`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<RunPlan> {
        let defaults = RunPlan::default();
        let mut table = Table::of(node, diagnostics)?;
        let duration = table.default("duration", defaults.duration, diagnostics, positive_span);
        let (warm_up, warm_up_rule) =
            table.default("warm-up", (defaults.warm_up, WarmUp::Given), diagnostics, read_warm_up);
        let plan = RunPlan {
            duration,
            warm_up,
            warm_up_rule,
            drain: table.optional("drain", diagnostics, span),
            month: table.default("month", defaults.month, diagnostics, month),
            seed: table.default("seed", defaults.seed, diagnostics, count),
            replications: table.default("replications", defaults.replications, diagnostics, replications),
        };
        if plan.duration.0.saturating_add(plan.warm_up.0) > Span::MAX.0 {
            diagnostics.error(node.key, "duration and warm-up together are too long to be simulated", "");
        }
        table.finish(diagnostics);
        Some(plan)
    }

    /// The length of the invoice's period.
    pub fn month_length(&self) -> Span {
        match self.month {
            Month::Length(length) => length,
            Month::Duration => self.duration,
        }
    }
}

/// A length of time, or "auto".
fn read_warm_up(node: &Node, diagnostics: &mut Diagnostics) -> Option<(Span, WarmUp)> {
    match node.as_str() {
        Some("auto") => Some((Span(0), WarmUp::ToFind)),
        _ => span(node, diagnostics).map(|length| (length, WarmUp::Given)),
    }
}

fn month(node: &Node, diagnostics: &mut Diagnostics) -> Option<Month> {
    match node.as_str() {
        Some("duration") => Some(Month::Duration),
        _ => positive_span(node, diagnostics).map(Month::Length),
    }
}

fn replications(node: &Node, diagnostics: &mut Diagnostics) -> Option<u32> {
    let value = positive_count(node, diagnostics)?;
    if value > MOST_REPLICATIONS {
        diagnostics.error(
            node.at,
            format!("{value} replications are too many"),
            format!("at most {MOST_REPLICATIONS}"),
        );
        return None;
    }
    Some(value as u32)
}
