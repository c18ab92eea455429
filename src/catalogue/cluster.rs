//! `[cluster]` of a model: instances are packed on nodes of the size that was ordered.

use super::terms::count32;
use crate::document::{Diagnostics, Node, Table, positive_count, positive_span, suggest};
use crate::hosting::cluster::{Reservation, SchedulerKind};
use crate::units::Span;
use indexmap::IndexMap;

/// Kubernetes' default for a node (`kubelet --max-pods`).
const MOST_ON_A_NODE: u64 = 110;

/// The default of Kubernetes' cluster autoscaler (`--scale-down-unneeded-time`).
const EMPTY_NODES_STAY: Span = Span(600_000_000_000);

/// How a model's clusters work.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterTerms {
    /// Who chooses the node.
    pub scheduler: SchedulerKind,
    /// What every node keeps back.
    pub kept_back: Reservation,
    /// The most instances on a node, by size.
    most_by_size: IndexMap<String, u32>,
    /// The most instances on a node of any other size.
    most: u32,
    /// How long an empty node stays.
    pub empty_stays: Span,
}

impl ClusterTerms {
    /// Reads `[cluster]` of a model with these sizes; an empty table gives Kubernetes' defaults.
    pub fn read(node: &Node, sizes: &[String], diagnostics: &mut Diagnostics) -> Option<ClusterTerms> {
        let before = diagnostics.count();
        let mut table = Table::of(node, diagnostics)?;
        let scheduler = table.default("scheduler", SchedulerKind::default(), diagnostics, SchedulerKind::read);
        let kept_back = table.default("kept-back", Reservation::Nothing, diagnostics, Reservation::read);
        let empty_stays = table.default("empty-nodes-stay", EMPTY_NODES_STAY, diagnostics, positive_span);
        let (mut most, mut most_by_size) = (count32(MOST_ON_A_NODE), IndexMap::new());
        match table.node("containers-per-node") {
            Some(node) if node.as_table().is_some() => {
                for (name, each) in node.as_table().into_iter().flatten() {
                    let Some(count) = positive_count(each, diagnostics).map(count32) else { continue };
                    if name == "rest" {
                        most = count;
                    } else if sizes.contains(name) {
                        most_by_size.insert(name.clone(), count);
                    } else {
                        let help = suggest(name, sizes.iter().map(String::as_str));
                        diagnostics.error(each.key, format!("there is no size `{name}`"), help);
                    }
                }
            }
            Some(node) => most = positive_count(node, diagnostics).map_or(most, count32),
            None => {}
        }
        for described in ["source", "confidence"] {
            table.node(described);
        }
        table.finish(diagnostics);
        let terms = ClusterTerms { scheduler, kept_back, most_by_size, most, empty_stays };
        (diagnostics.count() == before).then_some(terms)
    }

    /// Of machines that stay and each have one copy of every app that stands on them.
    pub fn of_machines() -> ClusterTerms {
        ClusterTerms {
            scheduler: SchedulerKind::SPREAD,
            kept_back: Reservation::Nothing,
            most_by_size: IndexMap::new(),
            most: u32::MAX,
            empty_stays: EMPTY_NODES_STAY,
        }
    }

    /// The most instances on a node of a size.
    pub fn most(&self, size: &str) -> u32 {
        self.most_by_size.get(size).copied().unwrap_or(self.most)
    }
}
