//! A scenario with all that it asks for: its cases, its models, its curve, its map and its sweep.

use crate::catalogue::{Catalogue, Model};
use crate::document::{Diagnostics, Node};
use crate::experiment::curve::base_rate;
use crate::experiment::{map, validate};
use crate::scenario::axis::Axis;
use crate::scenario::{Scenario, Source};
use crate::sweep::design::Design;
use crate::sweep::resolve::Resolver;
use rayon::prelude::*;

/// Up to so many points of a sweep are all read; of a larger one every value of each axis, with
/// the first values of the others.
const ALL_POINTS: u64 = 4_096;
/// The errors of so many wrong points are told: those of the others are most likely the same.
const EXPLAINED: usize = 20;

/// Notes what is wrong with a scenario.
pub(super) fn check(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    let before = d.count();
    let scenario = Scenario::read(&source.root, &source.directory, catalogue, d);
    let design = source.root.get("sweep").and_then(|_| Design::read(&source.root, &source.directory, d));
    let Some(scenario) = scenario.filter(|_| d.count() == before) else { return };
    validate(&scenario, d);
    unused_models(source, &scenario, catalogue, d);
    traffic(source, &scenario, d);
    if let Some(plan) = &scenario.map {
        // What is wrong is noted.
        let _ = map::check(source, catalogue, plan, d);
    }
    mutation(source, &scenario, catalogue, d);
    if let Some(design) = design {
        points(source, catalogue, &design, d);
    }
}

/// The models that a scenario states and no case has, which nothing else reads.
fn unused_models(source: &Source, scenario: &Scenario, catalogue: &Catalogue, d: &mut Diagnostics) {
    let Some(models) = source.root.get("model") else { return };
    let mut own = catalogue.clone();
    own.add_inline(models);
    let used = |name: &str| scenario.cases.iter().flat_map(|c| &c.deployments).any(|plan| plan.model.name == name);
    for (name, node) in models.as_table().into_iter().flatten().filter(|(name, _)| !used(name)) {
        if let Some(whole) = own.resolve(name, node.at, d) {
            Model::read(name, &whole, d);
        }
    }
}

/// A curve multiplies traffic.
fn traffic(source: &Source, scenario: &Scenario, d: &mut Diagnostics) {
    let Some(curve) = source.root.get("curve") else { return };
    if base_rate(scenario) <= 0.0 {
        let help = "give an app `arrivals`, or leave [curve] out";
        d.error(curve.key, "no app of this scenario has arrivals: there is no traffic to vary", help);
    }
}

/// A claim's mutation and the ends of its bound must be scenarios too.
fn mutation(source: &Source, scenario: &Scenario, catalogue: &Catalogue, d: &mut Diagnostics) {
    let Some(claim) = &scenario.claim else { return };
    let mutation: Vec<(&Axis, &Node)> = claim.mutation.iter().map(|(axis, value)| (axis, value)).collect();
    with(source, catalogue, &mutation, d);
    let Some((axis, bound)) = claim.bound.as_ref().and_then(|bound| Some((bound.axis.as_ref()?, bound))) else {
        return;
    };
    for (value, _) in bound.values.iter().take(1).chain(bound.values.last()) {
        with(source, catalogue, &[(axis, value)], d);
    }
}

/// Reads the scenario with other values at some paths.
fn with(source: &Source, catalogue: &Catalogue, changes: &[(&Axis, &Node)], d: &mut Diagnostics) {
    let mut root = source.root.clone();
    for (axis, value) in changes {
        let put = axis.unknown_charge(&root, catalogue).map_or_else(|| axis.put(&mut root, value), Err);
        if let Err((message, help)) = put {
            return d.error(axis.key, message, help);
        }
    }
    let mut found = d.beside();
    Scenario::read(&root, &source.directory, catalogue, &mut found);
    found.errors().for_each(|(at, message, help)| d.error(at, message, help));
}

/// Reads the points of a sweep.
fn points(source: &Source, catalogue: &Catalogue, design: &Design, d: &mut Diagnostics) {
    let resolver = Resolver::new(source, catalogue, design, &[]);
    let indices = if design.points() <= ALL_POINTS { (0..design.points()).collect() } else { design.along_axes() };
    let is_wrong = |index: &u64| resolver.read(*index, &mut Diagnostics::default()).is_none();
    let wrong: Vec<u64> = indices.into_par_iter().with_min_len(16).filter(is_wrong).collect();
    wrong.into_iter().take(EXPLAINED).for_each(|index| resolver.explain(index, d));
}
