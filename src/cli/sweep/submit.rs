//! `--submit`: the jobs of a batch engine.

use super::{Sweep, resume};
use crate::cli::load::stem;
use crate::cli::{Failure, terminal};
use clap::ValueEnum;
use hostsim::scenario::Source;
use hostsim::sweep::{Sweep as Planned, estimate, submit};
use std::path::Path;

/// An engine of batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// An array job and a merge job that depends on it, submitted with sbatch
    Slurm,
    /// Manifests of an indexed Job and of a merge Job, written to files
    Kubernetes,
}

impl Sweep {
    /// Writes an engine's jobs, and submits them where it is Slurm's.
    pub(super) fn submit(
        &self,
        engine: Engine,
        source: &Source,
        planned: &Planned<'_>,
        whole: &Path,
    ) -> Result<(), Failure> {
        let place = submit::Place::read(&self.submit_options);
        let place = if engine == Engine::Kubernetes { Some(place.map_err(Failure::Input)?) } else { None };
        let job = submit::Job {
            name: stem(source),
            program: std::env::current_exe()?,
            scenario: self.scenario.canonicalize()?,
            output: whole.to_path_buf(),
            options: self.passed_on()?,
            shards: self.shards.unwrap_or(1),
            threads: self.compute.threads.map_or(1, u32::from),
            seconds: estimate::seconds(&planned.resolver, &planned.plan),
            text: source.text.clone(),
        };
        std::fs::create_dir_all(whole)?;
        let job = submit::Job { output: whole.canonicalize()?, ..job };
        planned.fits_shards(&job.output, job.shards).map_err(|error| resume::failure(error, &job.output))?;
        let said = match place {
            None => submit::slurm(&job, &self.submit_options, self.dry_run),
            Some(place) => submit::kubernetes(&job, &place),
        };
        terminal::print(&format!("{}\n{}\n", self.forecast(planned), said.map_err(Failure::Running)?))
    }

    /// The options that every shard is run with.
    pub(super) fn passed_on(&self) -> Result<Vec<String>, Failure> {
        let mut options = Vec::new();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                options.extend([format!("--{name}"), value]);
            }
        };
        add("seed", self.seed.map(|value| value.to_string()));
        add("replications", self.replications.map(|value| value.to_string()));
        add("precision", self.precision.map(|share| format!("{}%", (share * 1e12).round() / 1e10)));
        if let Some(models) = &self.catalogue.models {
            add("models", Some(models.canonicalize()?.display().to_string()));
        }
        if self.yes {
            options.push("--yes".into());
        }
        Ok(options)
    }
}
