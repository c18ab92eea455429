//! Options that several commands share.

use super::failure::Failure;
use clap::{Args, ValueEnum};
use hostsim::catalogue::Catalogue;
use hostsim::document::Diagnostics;
use hostsim::files::{self, Claim, Unclaimed};
use hostsim::memory;
use hostsim::units::{Bytes, parse_bytes};
use std::path::PathBuf;

/// What is written to the standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people
    #[default]
    Table,
    /// JSON, for scripts
    Json,
    /// CSV (RFC 4180)
    Csv,
    /// Markdown
    Markdown,
}

/// `--format`.
#[derive(Args)]
pub struct FormatOption {
    /// What goes to the standard output: table, json, csv or markdown
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", hide_possible_values = true)]
    pub format: Format,
}

/// Where result files go.
#[derive(Args)]
pub struct FilesOptions {
    /// Where the files go [default: output/<the file's name>]
    #[arg(long, value_name = "DIR", conflicts_with = "no_files")]
    pub output: Option<PathBuf>,
    /// Write no files
    #[arg(long)]
    pub no_files: bool,
    /// Overwrite files of the same names that hostsim did not write
    #[arg(long, conflicts_with = "no_files")]
    pub force: bool,
}

/// A directory that a command writes to, which is its own until this is dropped.
pub struct Directory {
    /// The directory.
    pub path: PathBuf,
    _claim: Claim,
}

impl Directory {
    /// Claims a directory for a command that writes these files.
    ///
    /// # Errors
    /// Where another process works there, or a file is not ours: status 2; where nothing can be written: status 1.
    pub fn claim(path: PathBuf, command: &str, names: &[&str], force: bool) -> Result<Directory, Failure> {
        match files::claim(&path, command, names, force) {
            Ok(claim) => Ok(Directory { path, _claim: claim }),
            Err(Unclaimed::Refused(message)) => Err(Failure::Input(message)),
            Err(Unclaimed::Failed(error)) => Err(error.into()),
        }
    }
}

impl FilesOptions {
    /// The directory that files go to, claimed for a command that writes these; `None` where none are wanted.
    /// `stem` is the input's name.
    ///
    /// # Errors
    /// As [`Directory::claim`].
    pub fn claim(&self, stem: &str, command: &str, names: &[&str]) -> Result<Option<Directory>, Failure> {
        if self.no_files {
            return Ok(None);
        }
        let path = self.output.clone().unwrap_or_else(|| PathBuf::from("output").join(stem));
        Directory::claim(path, command, names, self.force).map(Some)
    }
}

/// `--models`.
#[derive(Args)]
pub struct CatalogueOption {
    /// Read models (and servers/) from this directory too, besides the built-in catalogue
    #[arg(long, value_name = "DIR")]
    pub models: Option<PathBuf>,
}

impl CatalogueOption {
    /// The catalogue. What is wrong with a file of the directory is noted.
    pub fn load(&self, diagnostics: &mut Diagnostics) -> Catalogue {
        Catalogue::load(self.models.as_deref(), diagnostics)
    }
}

/// An amount of memory: "4 GiB"; "4GB" too.
fn parse_memory(text: &str) -> Result<Bytes, String> {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    match parse_bytes(&format!("{} {unit}", number.trim()))? {
        Bytes(0) => Err("expected more than nothing, such as \"4 GiB\"".into()),
        memory => Ok(memory),
    }
}

/// How replications are computed.
#[derive(Args)]
pub struct ComputeOptions {
    /// Compute on so many threads; the result is the same [default: as many as there are]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Take at most so much memory for what is simulated [default: half of what there is]
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    pub memory: Option<Bytes>,
    /// Say nothing on the standard error but errors
    #[arg(long, short)]
    pub quiet: bool,
}

impl ComputeOptions {
    /// Computes something on that many threads.
    ///
    /// # Errors
    /// The threads cannot be started, or what was computed needed more memory than is allowed.
    pub fn compute<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
        let threads = self.threads.map_or(0, usize::from);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        // In a browser this one thread is all there is.
        let pool = if cfg!(target_family = "wasm") { pool.num_threads(1).use_current_thread() } else { pool };
        let pool = pool.build().map_err(|error| Failure::Running(format!("threads cannot be started: {error}")))?;
        if let Some(memory) = self.memory {
            memory::allow(memory);
        }
        memory::begin();
        let done = pool.install(work);
        memory::stopped().map_or(Ok(done), |words| Err(Failure::Running(words)))
    }
}
