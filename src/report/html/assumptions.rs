//! What the numbers rest on, and how far it is to be trusted.

use super::page::{Block, Cell, Column, Row, Section, Table};
use crate::billing::charge::Commitment;
use crate::billing::{Charge, LabourTable, Slice};
use crate::fleet::Evidence;
use crate::scenario::{CommitmentChoice, DeploymentPlan, Scenario, SizeChoice};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A figure that somebody stated, and that the result rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumption {
    /// The hosting model, server kind or family that it is about.
    pub model: String,
    /// The figure.
    pub what: String,
    /// Where it was found.
    pub source: String,
    /// How far it is to be trusted: "verified", "second-hand", "derived", "assumption", "unverified".
    pub confidence: String,
}

/// Said of what has no source.
const NO_SOURCE: &str = "no source is stated";

/// The figures that the cases of a scenario rest on, each once: the prices in force, overheads of
/// isolation, hours of labour, and the servers.
pub fn assumptions(scenario: &Scenario) -> Vec<Assumption> {
    let mut found = Vec::new();
    let mut models: IndexMap<&str, Vec<&DeploymentPlan>> = IndexMap::new();
    for plan in scenario.cases.iter().flat_map(|case| &case.deployments) {
        models.entry(plan.model.name.as_str()).or_default().push(plan);
    }
    models.values().for_each(|plans| of_model(plans, &mut found));
    for case in &scenario.cases {
        let own = case.own.charges.iter();
        found.extend(own.map(|charge| of_charge("costs of the user's own", "", charge, &[])));
        let server = &case.fleet.server;
        for (key, evidence) in &server.evidence {
            found.push(stated(&server.name, &format!("{key} of a server"), evidence));
        }
    }
    models.values().for_each(|plans| of_labour(plans[0], &mut found));
    let mut once = Vec::with_capacity(found.len());
    for assumption in found {
        if !once.contains(&assumption) {
            once.push(assumption);
        }
    }
    once
}

fn of_model(plans: &[&DeploymentPlan], found: &mut Vec<Assumption>) {
    let model = &plans[0].model;
    for charge in &model.prices.charges {
        let asked = |plan: &&&DeploymentPlan| charge.with.as_ref().is_none_or(|word| plan.with.contains(word));
        let plans: Vec<&DeploymentPlan> = plans.iter().filter(asked).copied().collect();
        if !plans.is_empty() {
            found.push(of_charge(&model.name, &model.as_of, charge, &plans));
        }
    }
    let chosen = |commitment: &&Commitment| {
        plans.iter().any(|plan| match &plan.commitment {
            CommitmentChoice::None => false,
            CommitmentChoice::Cheapest => true,
            CommitmentChoice::Plan { plan, .. } => *plan == commitment.name,
        })
    };
    for commitment in model.prices.commitments.iter().filter(chosen) {
        found.push(Assumption {
            model: model.name.clone(),
            what: dated(&format!("price of the commitment {}", commitment.name), &model.as_of),
            source: commitment.source.clone().unwrap_or(NO_SOURCE.into()),
            confidence: plans.iter().map(|p| commitment.confidence.of(size(p))).max().map_or("", |c| c.name()).into(),
        });
    }
    for layer in &model.isolation.layers {
        let figures = [("memory", &layer.memory_evidence), ("share of processor time", &layer.cpu_tax_evidence)];
        let given = figures.into_iter().filter_map(|(what, evidence)| Some((what, evidence.as_ref()?)));
        found.extend(
            given.map(|(what, evidence)| stated(layer.name, &format!("{what} that the layer takes"), evidence)),
        );
    }
}

/// A price, with the least confidence of the sizes that the plans order.
fn of_charge(model: &str, as_of: &str, charge: &Charge, plans: &[&DeploymentPlan]) -> Assumption {
    let confidence = plans.iter().map(|plan| charge.confidence_of(size(plan))).max();
    Assumption {
        model: model.into(),
        what: dated(&format!("price of {}", charge.name), charge.as_of.as_deref().unwrap_or(as_of)),
        source: charge.source.clone().unwrap_or(NO_SOURCE.into()),
        confidence: confidence.unwrap_or(charge.confidence.rest).name().into(),
    }
}

/// The index of the size that a plan orders, where it names one.
fn size(plan: &DeploymentPlan) -> Option<usize> {
    let SizeChoice::Named(size) = &plan.size else { return None };
    plan.model.prices.sizes.iter().position(|name| *name == size.name)
}

fn dated(what: &str, as_of: &str) -> String {
    if as_of.is_empty() { what.into() } else { format!("{what}, as of {as_of}") }
}

fn stated(model: &str, what: &str, evidence: &Evidence) -> Assumption {
    let (source, confidence) = (evidence.source.clone(), evidence.confidence.to_string());
    Assumption { model: model.into(), what: what.into(), source, confidence }
}

/// The hours of the slices that a model leaves to its users: its own, or those of its family.
fn of_labour(plan: &DeploymentPlan, found: &mut Vec<Assumption>) {
    let (model, family) = (&plan.model, plan.model.family.name());
    let own: Vec<Slice> = model.labour.slices().map(|(slice, _)| slice).collect();
    // Porting and calls at night are the users' under every model, see `experiment::outcome`.
    let always = [Slice::Porting, Slice::NightCalls].into_iter().filter(|slice| !model.manages.contains(slice));
    for slice in model.manages.iter().copied().chain(always).filter(|_| !model.manages.is_empty()) {
        if own.contains(&slice) {
            found.push(Assumption {
                model: model.name.clone(),
                what: format!("hours of labour for {}", slice.name()),
                source: "the model states hours of its own".into(),
                confidence: "assumption".into(),
            });
        } else if let Some(evidence) = LabourTable::built_in().evidence(slice, family) {
            found.push(stated(&format!("family {family}"), &format!("hours of labour for {}", slice.name()), evidence));
        }
    }
}

/// The section about them, the least sure first.
pub fn section(assumptions: &[Assumption]) -> Section {
    let mut sorted: Vec<&Assumption> = assumptions.iter().collect();
    sorted.sort_by_key(|assumption| std::cmp::Reverse(doubt(&assumption.confidence)));
    let row = |a: &&Assumption| Row {
        cells: vec![
            Cell::word(&a.what),
            Cell::word(&a.model),
            Cell { value: Some(doubt(&a.confidence) as f64), ..Cell::word(&a.confidence).tone(tone(&a.confidence)) },
            Cell::word(&a.source),
        ],
        ..Row::default()
    };
    let table = Table {
        title: "Figures that the numbers rest on, the least sure first".into(),
        sortable: true,
        columns: ["Figure", "Of", "Confidence", "Source"].map(Column::of_words).to_vec(),
        rows: sorted.iter().map(row).collect(),
    };
    let unsure = assumptions.iter().filter(|a| doubt(&a.confidence) >= 3).count();
    let intro = match (assumptions.len(), unsure) {
        (0, _) => String::new(),
        (all, 0) => format!("All {all} figures were found in a source or computed from such."),
        (all, unsure) => format!("{unsure} of these {all} figures were assumed, or could not be verified."),
    };
    let blocks = match assumptions.is_empty() {
        true => vec![Block::Text("No figure of this report has a source.".into())],
        false => vec![Block::Table(table)],
    };
    Section { id: "assumptions".into(), title: "Assumptions".into(), intro, blocks }
}

/// The degrees of confidence, the surest first.
const DEGREES: [&str; 5] = ["verified", "second-hand", "derived", "assumption", "unverified"];

/// How doubtful a degree is; a word that is none is as doubtful as can be.
fn doubt(confidence: &str) -> usize {
    DEGREES.iter().position(|word| *word == confidence).unwrap_or(DEGREES.len())
}

/// A known word, which is a class of the page's style.
fn tone(confidence: &str) -> &str {
    if DEGREES.contains(&confidence) { confidence } else { "unverified" }
}
