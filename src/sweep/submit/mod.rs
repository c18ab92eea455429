//! Handing a sweep to an engine of batches.

mod kubernetes;
mod slurm;

pub use kubernetes::{Place, kubernetes};
pub use slurm::slurm;

use std::path::PathBuf;

/// A sweep to be run in shards by an engine.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name: the scenario's.
    pub name: String,
    /// This program.
    pub program: PathBuf,
    /// The scenario's file.
    pub scenario: PathBuf,
    /// The directory of the whole sweep.
    pub output: PathBuf,
    /// Options that every shard is run with.
    pub options: Vec<String>,
    /// How many shards.
    pub shards: u32,
    /// Threads of a shard, and so processors that are asked for.
    pub threads: u32,
    /// Seconds of one processor that the whole will take, roughly.
    pub seconds: f64,
    /// The scenario's text.
    pub text: String,
}

/// A word as a shell reads it back.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

impl Job {
    /// The name, as engines allow it: lower-case letters, digits and dashes, at most 40.
    fn plain_name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let name: String = self.name.chars().map(plain).take(40).collect();
        let name = name.trim_matches('-');
        if name.is_empty() { "sweep".into() } else { name.to_string() }
    }

    fn options(&self) -> String {
        self.options.iter().map(|word| format!(" {}", quoted(word))).collect()
    }

    /// Writes a file into the output directory.
    fn write(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.output.join(name);
        crate::files::write_atomically(&path, text.as_bytes())
            .map(|()| path.clone())
            .map_err(|error| format!("{}: {error}", path.display()))
    }
}

#[cfg(test)]
mod tests;
