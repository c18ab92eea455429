//! `points.csv`: the records of one or more stores, in the order of points, cases and
//! replications, whatever the order in which they were made.

use super::scale::plain_number;
use super::store::{Damage, Header, LogReader, Place, Record, RunRecord};
use crate::document::checksum::{Summed, with_checksum};
use crate::document::harmless;
use crate::files::write_atomically;
use crate::metrics::{Figures, Path as FigurePath, Unit, figure, flat_name};
use std::collections::HashMap;
use std::io::{Error, ErrorKind, Result, Write};
use std::path::Path;

/// A run, and where its record stands.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The point.
    pub point: u64,
    /// The case's place in the scenario.
    pub case: u32,
    /// The replication.
    pub replication: u32,
    /// The hash of what decides the point's results.
    pub key: u128,
    /// Whether it failed.
    pub failed: bool,
    store: u32,
    columns: u32,
    place: Place,
}

/// A store that has been looked through.
pub struct Store {
    /// Its header.
    pub header: Header,
    /// Points and runs of the shard, where it is complete.
    pub complete: Option<(u64, u64)>,
    /// What of it could not be read.
    pub damage: Damage,
    columns: HashMap<u32, Vec<FigurePath>>,
    reader: LogReader,
}

/// Stores, and all their runs.
pub struct Table {
    /// The stores.
    pub stores: Vec<Store>,
    /// The runs, in order.
    pub entries: Vec<Entry>,
}

impl Table {
    /// Looks through stores.
    ///
    /// # Errors
    /// Where one cannot be read, or is none.
    pub fn read<P: AsRef<Path>>(paths: &[P]) -> Result<Table> {
        let mut table = Table { stores: Vec::new(), entries: Vec::new() };
        for path in paths {
            let named = |error: Error| Error::new(error.kind(), format!("{}: {error}", path.as_ref().display()));
            table.add(path.as_ref()).map_err(named)?;
        }
        table.entries.sort_by_key(|entry| (entry.point, entry.case, entry.replication));
        Ok(table)
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        let not_one = || Error::new(ErrorKind::InvalidData, "this is not the store of a sweep");
        let mut reader = LogReader::open(path)?.ok_or_else(not_one)?;
        let Some((_, Record::Header(header))) = reader.next_record()? else { return Err(not_one()) };
        let store = self.stores.len() as u32;
        let (mut columns, mut complete) = (HashMap::new(), None);
        let begin = self.entries.len();
        while let Some((place, record)) = reader.next_record()? {
            match record {
                Record::Header(_) => return Err(not_one()),
                Record::Columns { number, paths } => {
                    columns.insert(number, paths);
                }
                Record::Complete { points, runs } => complete = Some((points, runs)),
                Record::Run(run) => self.entries.push(Entry::of(&run, store, place)),
            }
        }
        // A run whose columns were lost has values without names.
        let known = |entry: &Entry| entry.failed || columns.contains_key(&entry.columns);
        let runs = self.entries.split_off(begin);
        self.entries.extend(runs.into_iter().filter(known));
        self.stores.push(Store { header, complete, damage: reader.damage(), columns, reader });
        Ok(())
    }

    /// The paths of all figures, in the order of a result; lines and apps in the order in which
    /// the points have them.
    pub(super) fn figures(&self) -> Vec<FigurePath> {
        let mut figures = Figures::new();
        let mut met = std::collections::HashSet::new();
        for entry in self.entries.iter().filter(|entry| !entry.failed) {
            if met.insert((entry.store, entry.columns)) {
                let paths = self.columns(entry).iter().map(|path| (path.clone(), None));
                figures.push_paths(paths);
            }
        }
        figures.iter().map(|(path, _)| path.clone()).collect()
    }

    fn columns(&self, entry: &Entry) -> &[FigurePath] {
        self.stores[entry.store as usize].columns.get(&entry.columns).map_or(&[], Vec::as_slice)
    }

    /// Writes `points.csv`, `axes.csv` (each point's axes, as they were written and as numbers), `failures.csv` and
    /// `sweep.json` into a directory.
    ///
    /// # Errors
    /// Where a store cannot be read or a file not be written.
    pub fn write(&mut self, directory: &Path) -> Result<()> {
        std::fs::create_dir_all(directory)?;
        let sum_of_points = self.write_rows(directory)?;
        let Some(store) = self.stores.first() else { return Ok(()) };
        let header = &store.header;
        let about = serde_json::json!({
            "schema": 1,
            "title": header.title,
            "version": header.version,
            "identity": format!("{:032x}", header.identity),
            "design": header.design,
            "sample_points": header.sample_points,
            "axes": header.axes,
            "points": header.points,
            "runs": self.entries.len(),
            "failed": self.entries.iter().filter(|entry| entry.failed).count(),
            "points_sha256": sum_of_points,
        });
        write_atomically(&directory.join("sweep.json"), with_checksum(&about).as_bytes())
    }

    /// The sum is that of `points.csv`.
    fn write_rows(&mut self, directory: &Path) -> Result<String> {
        let figures = self.figures();
        let axes = self.axes();
        let mut points = Csv::create(directory.join("points.csv"))?;
        let mut failures = Csv::create(directory.join("failures.csv"))?;
        let mut numbers = Csv::create(directory.join("axes.csv"))?;
        let mut last = None;
        let head = |rest: Vec<String>| std::iter::once("point".into()).chain(axes.clone()).chain(rest);
        let own = ["case", "replication", "seed"].map(String::from);
        points.row(head(own.into_iter().chain(figures.iter().map(|path| flat_name(path))).collect()))?;
        failures.row(head(["case", "replication", "error"].map(String::from).to_vec()))?;
        let both = axes.iter().flat_map(|axis| [axis.clone(), format!("{axis}_number")]);
        numbers.row(std::iter::once("point".into()).chain(both))?;
        let flags: Vec<bool> = figures.iter().map(is_flag).collect();
        self.each_row(&figures, |run, values| {
            let shown = values.iter().zip(&flags).map(|(value, flag)| shown(*value, *flag));
            let start = || std::iter::once(run.point.to_string()).chain(run.cells.iter().cloned());
            if last.replace(run.point) != Some(run.point) {
                let both = run.cells.iter().flat_map(|cell| [cell.clone(), number(cell)]);
                numbers.row(std::iter::once(run.point.to_string()).chain(both))?;
            }
            let (case, replication) = (&run.case_name, run.replication.to_string());
            if let Some(error) = &run.error {
                failures.row(start().chain([case.clone(), replication.clone(), error.clone()]))?;
            }
            points.row(start().chain([case.clone(), replication, run.seed.to_string()]).chain(shown))
        })?;
        let sum = points.finish()?;
        numbers.finish()?;
        failures.finish()?;
        Ok(sum)
    }

    /// The axes' names.
    pub(super) fn axes(&self) -> Vec<String> {
        self.stores.first().map(|store| store.header.axes.clone()).unwrap_or_default()
    }

    /// Gives every run in order, with a value for each of these figures, NaN where it has none.
    pub(super) fn each_row(
        &mut self,
        figures: &[FigurePath],
        mut each: impl FnMut(&RunRecord, &[f64]) -> Result<()>,
    ) -> Result<()> {
        let places: HashMap<&FigurePath, usize> = figures.iter().enumerate().map(|(at, path)| (path, at)).collect();
        let maps: Vec<HashMap<u32, Vec<usize>>> =
            self.stores.iter().map(|store| maps(&store.columns, &places)).collect();
        let mut values = vec![f64::NAN; figures.len()];
        for entry in &self.entries {
            let Record::Run(run) = self.stores[entry.store as usize].reader.record_at(entry.place)? else { continue };
            values.fill(f64::NAN);
            let map = maps[entry.store as usize].get(&entry.columns);
            map.into_iter().flatten().zip(&run.values).for_each(|(at, value)| values[*at] = *value);
            each(&run, &values)?;
        }
        Ok(())
    }
}

/// Whether a figure is true or false.
pub(super) fn is_flag(path: &FigurePath) -> bool {
    figure::at(path).is_some_and(|figure| figure.unit == Unit::Flag)
}

impl Entry {
    fn of(run: &RunRecord, store: u32, place: Place) -> Entry {
        Entry {
            point: run.point,
            case: run.case,
            replication: run.replication,
            key: run.key,
            failed: run.error.is_some(),
            store,
            columns: run.columns,
            place,
        }
    }
}

/// For each record of columns of a store: the column of each of its values.
fn maps(columns: &HashMap<u32, Vec<FigurePath>>, places: &HashMap<&FigurePath, usize>) -> HashMap<u32, Vec<usize>> {
    let map = |paths: &Vec<FigurePath>| paths.iter().filter_map(|path| places.get(path).copied()).collect();
    columns.iter().map(|(number, paths)| (*number, map(paths))).collect()
}

/// A cell as a plain number; empty where it is none.
fn number(cell: &str) -> String {
    plain_number(cell).map_or_else(String::new, |number| number.to_string())
}

fn shown(value: f64, flag: bool) -> String {
    match (flag, value) {
        (_, value) if !value.is_finite() => String::new(),
        (true, value) => (value != 0.0).to_string(),
        (false, value) => value.to_string(),
    }
}

/// A CSV file that is there whole or not at all.
struct Csv {
    path: std::path::PathBuf,
    writer: csv::Writer<Summed<tempfile::NamedTempFile>>,
}

impl Csv {
    fn create(path: std::path::PathBuf) -> Result<Csv> {
        let directory = path.parent().unwrap_or(Path::new("."));
        let file = Summed::new(tempfile::NamedTempFile::new_in(directory)?);
        let writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).buffer_capacity(1 << 16).from_writer(file);
        Ok(Csv { path, writer })
    }

    fn row(&mut self, fields: impl Iterator<Item = String>) -> Result<()> {
        self.writer.write_record(harmless(fields)).map_err(Error::from)
    }

    /// Puts the file into its place; the sum of it.
    fn finish(self) -> Result<String> {
        let (mut file, sum) = self.writer.into_inner().map_err(|error| Error::other(error.to_string()))?.finish();
        file.flush()?;
        file.as_file().sync_all()?;
        let saved = file.persist(&self.path).map_err(|error| error.error)?;
        readable(&saved)?;
        super::store::sync_directory(&self.path);
        Ok(sum)
    }
}

/// Temporary files are their owner's alone; results are for whoever may read the directory.
pub(super) fn readable(file: &std::fs::File) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    let _ = file;
    Ok(())
}
