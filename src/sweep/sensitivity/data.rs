//! The results of a sweep, read from its files.

use super::METRICS;
use crate::document::checksum::{self, Checked, Summed};
use crate::document::{harmless, suggest};
use crate::sweep::scale::magnitude;
use crate::sweep::store::file_in;
use indexmap::IndexSet;
use std::path::Path;

/// The figures of each replication; nothing where undefined.
pub type Runs = Vec<Option<f64>>;

/// What helps where a table is not whole: it is written again from the store.
const AGAIN: &str = "`hostsim sweep … --resume` (or `merge`) writes it again";

/// How much a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size {
    points: u64,
    runs: u64,
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} points and {} runs", self.points, self.runs)
    }
}

/// What a sweep found.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// The scenario's title.
    pub title: String,
    /// The kind of design.
    pub design: String,
    /// Base points of a sample.
    pub sample_points: usize,
    /// The axes' names.
    pub axes: Vec<String>,
    /// The cases' names.
    pub cases: Vec<String>,
    /// The metrics' names.
    pub metrics: Vec<String>,
    /// The cells of each point, by axis.
    pub points: Vec<Vec<String>>,
    /// By metric, case and point: the runs.
    values: Vec<Vec<Vec<Runs>>>,
    /// By case and point: whether every run met the objectives (where any are stated) and none was overloaded.
    pub met: Vec<Vec<bool>>,
    /// By case and point: the runs' labour in dollars with all hours low, as they are, and high, where the sweep has it.
    pub(super) labour: Vec<Vec<Vec<[Option<f64>; 3]>>>,
    /// By case and point: the share of the requests that each run served.
    pub(super) served: Vec<Vec<Runs>>,
}

/// The columns of labour, from the fewest hours to the most.
const LABOUR: [&str; 3] = ["labour_low_usd", "labour_usd", "labour_high_usd"];

/// Where a table's columns stand, by what they hold; `None` where it has none.
struct Columns {
    metrics: Vec<Option<usize>>,
    /// Whether the objective is met, and whether the case is settled.
    met: [Option<usize>; 2],
    served: Option<usize>,
    /// Labour at the low, middle and high ends of its ranges.
    labour: [Option<usize>; 3],
}

impl Data {
    /// Reads a directory's `points.csv` and `sweep.json`; all of `wanted` must be figures of it.
    /// The TCO is always read.
    ///
    /// # Errors
    /// What cannot be read, or is not there.
    pub fn read(directory: &Path, wanted: &[String]) -> Result<Data, String> {
        let (mut data, expected, stated) = Data::about(directory)?;
        let path = directory.join("points.csv");
        let failed = |error: csv::Error| format!("{}: {error}", path.display());
        let file = crate::files::open_plain(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut reader = csv::Reader::from_reader(Summed::new(file));
        let header = reader.headers().map_err(failed)?.clone();
        let place = |name: &str| header.iter().position(|known| known == name);
        let own = data.axes.len() + 4;
        let axes = data.axes.iter().map(String::as_str);
        let first: Vec<&str> = std::iter::once("point").chain(axes).chain(["case", "replication", "seed"]).collect();
        // As it was written: a name that would act in a spreadsheet was made harmless.
        let first = harmless(first.into_iter().map(String::from));
        if header.len() < own || !header.iter().take(own).eq(first) {
            return Err(format!("{} is not the table of this sweep: {AGAIN}", path.display()));
        }
        data.metrics = if wanted.is_empty() { METRICS.map(String::from).to_vec() } else { wanted.to_vec() };
        for name in &data.metrics {
            if place(name).is_none_or(|at| at < own) && !wanted.is_empty() {
                let help = suggest(name, header.iter().skip(own));
                return Err(format!("`{name}` is no figure of this sweep: {help}"));
            }
        }
        if !data.metrics.iter().any(|name| name == "tco_usd") {
            data.metrics.push("tco_usd".into());
        }
        let columns = Columns {
            metrics: data.metrics.iter().map(|name| place(name)).collect(),
            met: [place("slo_met"), place("settled")],
            served: place("availability"),
            labour: LABOUR.map(place),
        };
        let mut cases = IndexSet::new();
        data.values = vec![Vec::new(); data.metrics.len()];
        let mut runs = 0;
        for record in reader.records() {
            data.add(&record.map_err(failed)?, &columns, &mut cases)
                .map_err(|message| format!("{}: {message}", path.display()))?;
            runs += 1;
        }
        data.cases = cases.into_iter().collect();
        let held = Size { points: data.points.len() as u64, runs };
        if held != expected {
            return Err(format!(
                "{} is damaged: it holds {held}, and sweep.json says {expected}: {AGAIN}",
                path.display()
            ));
        }
        let (_, sum) = reader.into_inner().finish();
        if stated.is_some_and(|stated| stated != sum) {
            return Err(format!("{} was damaged, or changed since it was written: {AGAIN}", path.display()));
        }
        Ok(data)
    }

    /// What `sweep.json` says, and the sum of `points.csv` that it states.
    fn about(directory: &Path) -> Result<(Data, Size, Option<String>), String> {
        let path = directory.join("sweep.json");
        let text = crate::document::read_plain_text(&path, crate::document::LONGEST_TABLE)
            .map_err(|error| format!("{}: {error}; {}", path.display(), unfinished(directory)))?;
        let about: serde_json::Value =
            serde_json::from_str(&text).map_err(|e| format!("{} is damaged: {e}: {AGAIN}", path.display()))?;
        if checksum::check(&text, &about) == Checked::Changed {
            return Err(format!("{} was damaged, or changed since it was written: {AGAIN}", path.display()));
        }
        let number = |key: &str| about[key].as_u64().unwrap_or(0);
        let size = Size { points: number("points"), runs: number("runs") };
        let word = |key: &str| about[key].as_str().unwrap_or("").to_string();
        let axes = about["axes"].as_array().into_iter().flatten();
        let data = Data {
            title: word("title"),
            design: word("design"),
            sample_points: number("sample_points") as usize,
            axes: axes.filter_map(|axis| axis.as_str().map(String::from)).collect(),
            ..Data::default()
        };
        Ok((data, size, about["points_sha256"].as_str().map(String::from)))
    }

    fn add(
        &mut self,
        record: &csv::StringRecord,
        columns: &Columns,
        cases: &mut IndexSet<String>,
    ) -> Result<(), String> {
        let axes = self.axes.len();
        let field = |at: usize| record.get(at).unwrap_or("");
        let point: usize = field(0).parse().map_err(|_| format!("\"{}\" is not the number of a point", field(0)))?;
        if point > self.points.len() {
            return Err(format!("point {} is missing from the table", self.points.len()));
        }
        if point == self.points.len() {
            self.points.push((0..axes).map(|axis| field(1 + axis).to_string()).collect());
        }
        let (case, _) = cases.insert_full(field(1 + axes).to_string());
        for (by_case, column) in self.values.iter_mut().zip(&columns.metrics) {
            let runs = slot(slot(by_case, case), point);
            runs.push(column.map_or(Ok(None), |at| figure(field(at)))?);
        }
        let [low, middle, high] = columns.labour.map(|column| column.map_or(Ok(None), |at| figure(field(at))));
        slot(slot(&mut self.labour, case), point).push([low?, middle?, high?]);
        slot(slot(&mut self.served, case), point).push(columns.served.map_or(Ok(None), |at| figure(field(at)))?);
        let all_met = slot_or(slot(&mut self.met, case), point, true);
        // What is overloaded meets nothing for good, whether or not an objective is stated.
        *all_met &= columns.met.into_iter().flatten().all(|at| field(at) != "false");
        Ok(())
    }

    /// A metric's runs of a case at a point.
    pub fn runs(&self, metric: usize, case: usize, point: usize) -> &[Option<f64>] {
        self.values[metric].get(case).and_then(|points| points.get(point)).map_or(&[], Vec::as_slice)
    }

    /// What a sweep of one metric found, from its parts.
    pub(super) fn of_one_metric(self, metric: &str, values: Vec<Vec<Runs>>) -> Data {
        Data { metrics: vec![metric.to_string()], values: vec![values], ..self }
    }

    /// What each case serves at a point: the mean of its runs, of those that can be ordered and meet their
    /// objectives there. `None` where nothing came, or nothing is known.
    pub fn served_at(&self, point: usize) -> Vec<Option<f64>> {
        let share = |case: usize| {
            let runs = self.served.get(case)?.get(point)?;
            let met = self.met[case].get(point).copied().unwrap_or(false);
            let sum = runs.iter().copied().sum::<Option<f64>>().filter(|_| met && !runs.is_empty())?;
            Some(sum / runs.len() as f64)
        };
        (0..self.cases.len()).map(share).collect()
    }

    /// A metric's mean of a case at a point; nothing where a run has none.
    pub fn mean(&self, metric: usize, case: usize, point: usize) -> Option<f64> {
        let runs = self.runs(metric, case, point);
        let sum = runs.iter().copied().sum::<Option<f64>>()?;
        (!runs.is_empty()).then(|| sum / runs.len() as f64)
    }

    /// All points' means; nothing where a point has none.
    pub fn means(&self, metric: usize, case: usize) -> Option<Vec<f64>> {
        (0..self.points.len()).map(|point| self.mean(metric, case, point)).collect()
    }

    /// The points without the values of axes at which the metric is undefined everywhere (a memory
    /// for which no size is large enough): those points, where the metric is defined at each.
    pub fn defined_part(&self, metric: usize, case: usize) -> Option<Data> {
        let mut left: Vec<usize> = (0..self.points.len()).collect();
        let defined = |point: &usize| self.mean(metric, case, *point).is_some();
        loop {
            let alive = |axis: usize, cell: &str| left.iter().any(|p| self.points[*p][axis] == cell && defined(p));
            let kept: Vec<usize> = left
                .iter()
                .copied()
                .filter(|point| (0..self.axes.len()).all(|axis| alive(axis, &self.points[*point][axis])))
                .collect();
            if kept.len() == left.len() {
                break;
            }
            left = kept;
        }
        if left.is_empty() || !left.iter().all(defined) {
            return None;
        }
        let mut part = Data { points: Vec::new(), values: Vec::new(), met: Vec::new(), ..self.clone() };
        part.points = left.iter().map(|point| self.points[*point].clone()).collect();
        part.values = vec![Vec::new(); self.metrics.len()];
        let runs = left.iter().map(|point| self.runs(metric, case, *point).to_vec()).collect();
        *slot(&mut part.values[metric], case) = runs;
        Some(part)
    }

    /// The different values of an axis, in the order of the points.
    pub fn levels(&self, axis: usize) -> IndexSet<&str> {
        self.points.iter().map(|cells| cells[axis].as_str()).collect()
    }

    /// The numbers of an axis, point by point; nothing where one is none.
    pub fn numbers(&self, axis: usize) -> Option<Vec<f64>> {
        self.points.iter().map(|cells| magnitude(&cells[axis])).collect()
    }
}

/// A figure's cell: nothing where it is undefined, 1 and 0 for true and false.
fn figure(cell: &str) -> Result<Option<f64>, String> {
    match cell {
        "" => Ok(None),
        "true" => Ok(Some(1.0)),
        "false" => Ok(Some(0.0)),
        _ => cell.parse().map(Some).map_err(|_| format!("\"{cell}\" is not a number: {AGAIN}")),
    }
}

/// What a directory without `sweep.json` may be.
fn unfinished(directory: &Path) -> &'static str {
    let shard = |entry: std::fs::DirEntry| file_in(&entry.path()).is_file();
    if file_in(directory).is_file() {
        "this sweep, or shard, is not finished: `hostsim sweep … --resume` goes on, and `hostsim merge` joins shards"
    } else if std::fs::read_dir(directory).is_ok_and(|entries| entries.flatten().any(shard)) {
        "here are shards: `hostsim merge` joins them"
    } else {
        "is this the directory of a finished sweep?"
    }
}

fn slot<T: Clone + Default>(items: &mut Vec<T>, at: usize) -> &mut T {
    slot_or(items, at, T::default())
}

fn slot_or<T: Clone>(items: &mut Vec<T>, at: usize, fresh: T) -> &mut T {
    if items.len() <= at {
        items.resize(at + 1, fresh);
    }
    &mut items[at]
}
