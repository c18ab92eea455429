//! What the store holds.

use super::bytes::{Bytes, Reading};
use crate::metrics::Path;

/// What a sweep is, in the first record of each of its stores: two stores belong together where
/// all of this is the same but the shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The version of the program.
    pub version: String,
    /// The hash of all that decides results: scenario, models, files, options, version.
    pub identity: u128,
    /// The scenario's title.
    pub title: String,
    /// The axes' names.
    pub axes: Vec<String>,
    /// The kind of design: "grid", "saltelli", …
    pub design: String,
    /// Base points of a sample.
    pub sample_points: u64,
    /// Points of the whole sweep.
    pub points: u64,
    /// Which shard this is, from 1.
    pub shard: u32,
    /// Of how many.
    pub shards: u32,
}

/// One run: a point × case × replication.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// The point, from 0.
    pub point: u64,
    /// The hash of the point's resolved scenario, models and version.
    pub key: u128,
    /// The case, by its place in the scenario.
    pub case: u32,
    /// The replication, from 0.
    pub replication: u32,
    /// The seed.
    pub seed: u64,
    /// The case's name.
    pub case_name: String,
    /// The axes' values, as cells.
    pub cells: Vec<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// Which record of columns names the values.
    pub columns: u32,
    /// The figures; NaN where undefined.
    pub values: Vec<f64>,
}

/// A record.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// The first one.
    Header(Header),
    /// The paths of figures.
    Columns {
        /// The number by which runs name them.
        number: u32,
        /// The paths.
        paths: Vec<Path>,
    },
    /// A run.
    Run(RunRecord),
    /// All runs of the shard are there: so many, of so many points.
    Complete {
        /// Points of the shard.
        points: u64,
        /// Runs of the shard.
        runs: u64,
    },
}

impl Record {
    /// The record as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Bytes::default();
        match self {
            Record::Header(header) => header.encode(&mut out),
            Record::Columns { number, paths } => {
                out.byte(1);
                out.u32(*number);
                out.u32(paths.len() as u32);
                paths.iter().for_each(|path| out.texts(path));
            }
            Record::Run(run) => run.encode(&mut out),
            Record::Complete { points, runs } => {
                out.byte(3);
                out.u64(*points);
                out.u64(*runs);
            }
        }
        out.0
    }

    /// Whether a record may begin with this byte.
    pub fn is_kind(first: u8) -> bool {
        first <= 3
    }

    /// The record of some bytes; `None` where they are none.
    pub fn decode(bytes: &[u8]) -> Option<Record> {
        let mut from = Reading(bytes);
        match from.byte()? {
            0 => Header::decode(&mut from).map(Record::Header),
            1 => {
                let (number, count) = (from.u32()?, from.u32()?);
                let paths = (0..count).map(|_| from.texts()).collect::<Option<_>>()?;
                Some(Record::Columns { number, paths })
            }
            2 => RunRecord::decode(&mut from).map(Record::Run),
            3 => Some(Record::Complete { points: from.u64()?, runs: from.u64()? }),
            _ => None,
        }
    }
}

impl Header {
    fn encode(&self, out: &mut Bytes) {
        out.byte(0);
        out.text(&self.version);
        out.u128(self.identity);
        out.text(&self.title);
        out.texts(&self.axes);
        out.text(&self.design);
        out.u64(self.sample_points);
        out.u64(self.points);
        out.u32(self.shard);
        out.u32(self.shards);
    }

    fn decode(from: &mut Reading<'_>) -> Option<Header> {
        Some(Header {
            version: from.text()?,
            identity: from.u128()?,
            title: from.text()?,
            axes: from.texts()?,
            design: from.text()?,
            sample_points: from.u64()?,
            points: from.u64()?,
            shard: from.u32()?,
            shards: from.u32()?,
        })
    }
}

impl RunRecord {
    fn encode(&self, out: &mut Bytes) {
        out.byte(2);
        out.u64(self.point);
        out.u128(self.key);
        out.u32(self.case);
        out.u32(self.replication);
        out.u64(self.seed);
        out.text(&self.case_name);
        out.texts(&self.cells);
        out.byte(u8::from(self.error.is_some()));
        out.text(self.error.as_deref().unwrap_or(""));
        out.u32(self.columns);
        out.u32(self.values.len() as u32);
        self.values.iter().for_each(|value| out.u64(value.to_bits()));
    }

    fn decode(from: &mut Reading<'_>) -> Option<RunRecord> {
        let (point, key, case, replication, seed) = (from.u64()?, from.u128()?, from.u32()?, from.u32()?, from.u64()?);
        let (case_name, cells, failed, error) = (from.text()?, from.texts()?, from.byte()?, from.text()?);
        let (columns, count) = (from.u32()?, from.u32()?);
        let values = (0..count).map(|_| from.u64().map(f64::from_bits)).collect::<Option<_>>()?;
        let error = (failed != 0).then_some(error);
        Some(RunRecord { point, key, case, replication, seed, case_name, cells, error, columns, values })
    }
}
