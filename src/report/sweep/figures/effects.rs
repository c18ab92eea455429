//! What each axis does: from the findings of the analysis.

use super::{axis_title, words};
use crate::metrics::Estimate;
use crate::report::figure::effects::{AxisEffect, EffectsFigure, Found};
use crate::report::figure::measure::Measure;
use crate::report::figure::multiples::{MultiplesFigure, Panel};
use crate::report::figure::winners::WinnersFigure;
use crate::report::sweep::{Swept, short_value};
use crate::report::words as words_of;
use crate::sweep::sensitivity::Finding;
use indexmap::IndexMap;

/// An analysis as a figure: the findings of the filled and of the open mark, what these are, and
/// what the axis counts.
struct Kind {
    analyses: [&'static str; 2],
    marks: [&'static str; 2],
    subtitle: &'static str,
    x_title: &'static str,
}

/// The analyses, the most telling first.
const KINDS: [Kind; 3] = [
    Kind {
        analyses: ["sobol-first", "sobol-total"],
        marks: ["by itself (first order)", "together with the others (total)"],
        subtitle: "Sobol' indices: the share of the variance that each axis explains",
        x_title: "share of the variance",
    },
    Kind {
        analyses: ["variance-share", ""],
        marks: ["an axis, or two together beyond what each does", ""],
        subtitle: "Analysis of variance: the share of the variance between points that each axis explains",
        x_title: "share of the variance",
    },
    Kind {
        analyses: ["regression", ""],
        marks: ["standardised coefficient", ""],
        subtitle: "Linear regression: by how many of its standard deviations the result moves with one of the axis's",
        x_title: "standardised coefficient",
    },
];
/// A case, and what its filled and its open mark stand for.
type Marks = (usize, [Option<Found>; 2]);

/// Interactions that explain less than this are not drawn.
const LEAST_INTERACTION: f64 = 0.005;

/// What a metric depends on, by the first analysis that there is.
pub fn dots(swept: &Swept, metric: usize) -> Option<EffectsFigure> {
    let name = &swept.data.metrics[metric];
    let findings = || swept.report.findings.iter().filter(|f| f.metric == *name);
    let kind = KINDS.iter().find(|kind| findings().any(|f| f.analysis == kind.analyses[0]))?;
    let mut axes: IndexMap<&str, Vec<Marks>> = IndexMap::new();
    for finding in findings() {
        let Some(mark) = mark_of(finding, kind) else { continue };
        let (Some(case), Some(value)) = (case_of(swept, finding), finding.value) else { continue };
        let rows = axes.entry(finding.axis.as_str()).or_default();
        let row = match rows.iter().position(|(known, _)| *known == case) {
            Some(row) => row,
            None => {
                rows.push((case, [None, None]));
                rows.len() - 1
            }
        };
        rows[row].1[mark] = Some((value, finding.interval));
    }
    let mut axes: Vec<AxisEffect> =
        axes.into_iter().map(|(name, cases)| AxisEffect { name: in_words(name), cases }).collect();
    axes.sort_by(|a, b| greatest(b).total_cmp(&greatest(a)));
    (!axes.is_empty()).then(|| EffectsFigure {
        title: swept.data.title.clone(),
        subtitle: kind.subtitle.replacen(": ", &format!(" of {}: ", words(name)), 1),
        x_title: kind.x_title.into(),
        words: kind.marks.map(String::from),
        shares: kind.x_title.starts_with("share"),
        cases: swept.data.cases.clone(),
        axes,
    })
}

/// An axis in words, or two of which an interaction is.
fn in_words(axis: &str) -> String {
    axis.split(" × ").map(words_of::of_path).collect::<Vec<_>>().join(" × ")
}

/// Which mark a finding is.
fn mark_of(finding: &Finding, kind: &Kind) -> Option<usize> {
    if finding.axis == "R²" {
        return None;
    }
    let telling = finding.value.is_some_and(|value| value >= LEAST_INTERACTION);
    if finding.analysis == "interaction" && kind.analyses[0] == "variance-share" && telling {
        return Some(0);
    }
    kind.analyses.iter().position(|analysis| *analysis == finding.analysis)
}

fn case_of(swept: &Swept, finding: &Finding) -> Option<usize> {
    swept.data.cases.iter().position(|case| *case == finding.case)
}

fn greatest(axis: &AxisEffect) -> f64 {
    let values = axis.cases.iter().flat_map(|(_, found)| found).flatten().map(|(value, _)| value.abs());
    values.filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// The main effects of a grid: a panel for each axis, and how far the mean at each of its values
/// lies from the mean of all points.
pub fn main_effects(swept: &Swept, metric: usize) -> Option<MultiplesFigure> {
    let name = &swept.data.metrics[metric];
    let findings = || swept.report.findings.iter().filter(|f| f.metric == *name && f.analysis == "main-effect");
    let mut axes: IndexMap<&str, IndexMap<&str, Vec<Option<Estimate>>>> = IndexMap::new();
    for finding in findings() {
        let Some(case) = case_of(swept, finding) else { continue };
        let level = axes.entry(finding.axis.as_str()).or_default().entry(finding.level.as_str()).or_default();
        level.resize(swept.data.cases.len(), None);
        let ci95 = finding.interval.map(|(low, high)| (high - low) / 2.0);
        level[case] = Some(Estimate { mean: finding.value, ci95 });
    }
    let panel = |(axis, levels): (&str, IndexMap<&str, Vec<Option<Estimate>>>)| Panel {
        heading: in_words(axis),
        x: levels.keys().map(|level| short_value(level)).collect(),
        lines: (0..swept.data.cases.len()).map(|case| levels.values().map(|cases| cases[case]).collect()).collect(),
    };
    let panels: Vec<Panel> = axes.into_iter().map(panel).collect();
    (!panels.is_empty()).then(|| MultiplesFigure {
        title: swept.data.title.clone(),
        subtitle: format!("Main effects: {} at each value of an axis, less the mean of all points", words(name)),
        x_title: String::new(),
        y_title: format!("effect on {}", axis_title(name)),
        measure: Measure::of_metric(name),
        about_nought: true,
        cases: swept.data.cases.clone(),
        panels,
    })
}

/// The cheapest case by axis; nothing where there is one case.
pub fn winners(swept: &Swept) -> Option<WinnersFigure> {
    let data = &swept.data;
    let mut axes: IndexMap<&str, IndexMap<&str, Vec<f64>>> = IndexMap::new();
    for finding in swept.report.findings.iter().filter(|f| f.analysis == "cheapest") {
        let Some(case) = case_of(swept, finding) else { continue };
        let level = axes.entry(finding.axis.as_str()).or_default().entry(finding.level.as_str()).or_default();
        level.resize(data.cases.len(), 0.0);
        level[case] = finding.value.unwrap_or(0.0);
    }
    let shown = |levels: IndexMap<&str, Vec<f64>>| -> Vec<(String, Vec<f64>)> {
        levels.into_iter().map(|(level, shares)| (short_value(level), shares)).collect()
    };
    (!axes.is_empty()).then(|| WinnersFigure {
        title: data.title.clone(),
        subtitle: "The case of the least total cost among those that meet their objectives, by value of each axis"
            .into(),
        cases: data.cases.clone(),
        axes: axes.into_iter().map(|(axis, levels)| (in_words(axis), shown(levels))).collect(),
    })
}
