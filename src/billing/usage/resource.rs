//! Which rows are of one resource, and which instances of it each row has.

use super::row::{Instances, Row, RowKind};
use crate::billing::charge::{Charge, Free};
use std::collections::HashMap;

/// The resource of what has no name and no row of its own; named ones are counted from 0.
const UNNAMED: u64 = u64::MAX;

/// The resources of a usage file.
pub(super) struct Resources {
    /// The resource of each row: the index of the first row of its name, or its own.
    pub(super) ids: Vec<u64>,
    /// How many instances the rows of each resource have: each number once, in order.
    counts: HashMap<u64, Vec<u64>>,
}

impl Resources {
    pub(super) fn of(rows: &[Row]) -> Resources {
        let ids = ids(rows);
        Resources { counts: counts(rows, &ids), ids }
    }

    /// The resources that a row stands for, and how many are alike: each of its instances is one. Rows with
    /// one name are of the same instances: the first of each row is one, the second of each row another.
    pub(super) fn instances(&self, row: &Row, id: u64) -> Vec<(u64, u64)> {
        let RowKind::Instances(Instances { count, .. }) = row.kind else { return vec![(id, 1)] };
        if row.resource.is_none() {
            return vec![(id, count)];
        }
        let ends = self.counts.get(&id).map_or(&[][..], |counts| counts);
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let parts = starts.zip(ends).take_while(|(_, end)| **end <= count).enumerate();
        parts.map(|(part, (start, end))| (id | (part as u64) << 32, end - start)).collect()
    }
}

/// The names of the rows' resources, by their numbers.
pub(super) fn names(rows: &[Row]) -> Vec<(u64, String)> {
    let mut named: Vec<(u64, String)> = Vec::new();
    for (row, id) in rows.iter().zip(ids(rows)) {
        if let Some(name) = row.resource.as_ref().filter(|name| named.iter().all(|(_, known)| known != *name)) {
            named.push((id, name.clone()));
        }
    }
    named
}

fn ids(rows: &[Row]) -> Vec<u64> {
    let mut named: HashMap<&str, u64> = HashMap::new();
    let mut ids = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let own = index as u64;
        ids.push(row.resource.as_deref().map_or(own, |name| *named.entry(name).or_insert(own)));
    }
    ids
}

/// The resource that a row belongs to under a charge: what has no name shares what the instances without a
/// name bring, since nothing says whose it is.
pub(super) fn pool(charge: &Charge, row: &Row, id: u64) -> u64 {
    let brought = matches!(charge.free, Free::PerInstance { .. });
    if brought && row.resource.is_none() { UNNAMED } else { id }
}

fn counts(rows: &[Row], ids: &[u64]) -> HashMap<u64, Vec<u64>> {
    let mut counts: HashMap<u64, Vec<u64>> = HashMap::new();
    for (row, id) in rows.iter().zip(ids) {
        if let RowKind::Instances(instances) = &row.kind {
            counts.entry(*id).or_default().push(instances.count);
        }
    }
    for numbers in counts.values_mut() {
        numbers.retain(|count| *count > 0);
        numbers.sort_unstable();
        numbers.dedup();
    }
    counts
}
