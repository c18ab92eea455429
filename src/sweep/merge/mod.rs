//! `hostsim merge`: shards put together, where they fit and nothing is missing or doubled.

use super::store::{Lock, file_in};
use super::table::Table;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Why shards do not make a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// They do not fit or something is missing.
    Unfit(String),
    /// Reading or writing failed.
    Failed(String),
}

/// What came of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Points.
    pub points: u64,
    /// Runs.
    pub runs: u64,
    /// Runs that had failed.
    pub failed: u64,
}

/// The directories of shards under the ones given: each itself where it holds a store, else those
/// directly under it that do.
pub fn shard_directories(given: &[PathBuf]) -> Result<Vec<PathBuf>, MergeError> {
    let mut found = Vec::new();
    for directory in given {
        if file_in(directory).is_file() {
            found.push(directory.clone());
            continue;
        }
        let unreadable = |error: std::io::Error| MergeError::Unfit(format!("{}: {error}", directory.display()));
        let entries = std::fs::read_dir(directory).map_err(unreadable)?;
        let mut inner: Vec<PathBuf> =
            entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| file_in(path).is_file()).collect();
        inner.sort();
        if inner.is_empty() {
            return Err(MergeError::Unfit(format!("{}: there is no store of a sweep here", directory.display())));
        }
        found.append(&mut inner);
    }
    let mut known = std::collections::BTreeSet::new();
    for directory in &found {
        if !known.insert(directory.canonicalize().unwrap_or_else(|_| directory.clone())) {
            return Err(MergeError::Unfit(format!("{} is given twice", directory.display())));
        }
    }
    Ok(found)
}

/// Puts the shards in some directories together, and writes the tables to `output`.
///
/// # Errors
/// Where something is missing, doubled, of another sweep or version, in use, or unreadable.
pub fn merge(given: &[PathBuf], output: &Path) -> Result<Merged, MergeError> {
    let directories = shard_directories(given)?;
    let locks: Result<Vec<Lock>, String> = directories.iter().map(|directory| Lock::take(directory)).collect();
    let _locks = locks.map_err(MergeError::Unfit)?;
    let files: Vec<PathBuf> = directories.iter().map(|directory| file_in(directory)).collect();
    let failed = |error: std::io::Error| MergeError::Failed(error.to_string());
    let mut table = Table::read(&files).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => MergeError::Unfit(error.to_string()),
        _ => failed(error),
    })?;
    check(&table, &directories).map_err(MergeError::Unfit)?;
    table.write(output).map_err(failed)?;
    Ok(Merged {
        points: table.stores[0].header.points,
        runs: table.entries.len() as u64,
        failed: table.entries.iter().filter(|entry| entry.failed).count() as u64,
    })
}

fn check(table: &Table, directories: &[PathBuf]) -> Result<(), String> {
    let Some(first) = table.stores.first().map(|store| &store.header) else { return Err("nothing to merge".into()) };
    let mut numbers: BTreeMap<u32, &PathBuf> = BTreeMap::new();
    let mut points = 0;
    for (store, directory) in table.stores.iter().zip(directories) {
        let (header, at, of) = (&store.header, directory.display(), directories[0].display());
        if header.version != first.version {
            return Err(format!("{at} was made by version {}, and {of} by version {}", header.version, first.version));
        }
        if header.identity != first.identity {
            return Err(format!("{at} and {of} are of different sweeps: their scenarios, models or options differ"));
        }
        if header.shards != first.shards {
            return Err(format!("{at} is one of {} shards, and {of} one of {}", header.shards, first.shards));
        }
        if let Some(other) = numbers.insert(header.shard, directory) {
            return Err(format!("shard {} is doubled: {} and {at}", header.shard, other.display()));
        }
        let Some((held, _)) = store.complete else {
            return Err(format!("{at} is not complete: run shard {}/{} with --resume", header.shard, header.shards));
        };
        points += held;
    }
    let missing: Vec<String> =
        (1..=first.shards).filter(|number| !numbers.contains_key(number)).map(|number| number.to_string()).collect();
    if !missing.is_empty() {
        return Err(format!("shards are missing: {} of {}", missing.join(", "), first.shards));
    }
    if points != first.points {
        return Err(format!("the shards hold {points} points, and the sweep has {}", first.points));
    }
    check_runs(table)
}

/// Every run once, as many as the shards say, and each point from one key.
fn check_runs(table: &Table) -> Result<(), String> {
    let stated: u64 = table.stores.iter().filter_map(|store| store.complete).map(|(_, runs)| runs).sum();
    if stated != table.entries.len() as u64 {
        let damaged = table.stores.iter().filter(|store| store.damage.stretches > 0).map(|store| store.header.shard);
        let damaged: Vec<String> = damaged.map(|shard| shard.to_string()).collect();
        let cause = match damaged.is_empty() {
            true => String::new(),
            false => format!(": shard {} is damaged, and --resume does what it lost again", damaged.join(", ")),
        };
        return Err(format!("the shards hold {} runs, and say that they hold {stated}{cause}", table.entries.len()));
    }
    for pair in table.entries.windows(2) {
        let id = |at: usize| (pair[at].point, pair[at].case, pair[at].replication);
        if id(0) == id(1) {
            let (point, case, replication) = id(0);
            return Err(format!("point {point}, case {case}, replication {replication} is doubled"));
        }
        if pair[0].point == pair[1].point && pair[0].key != pair[1].key {
            return Err(format!("the runs of point {} are of different scenarios", pair[0].point));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
