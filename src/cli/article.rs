//! `hostsim article`.

use super::models::stack;
use super::options::{CatalogueOption, ComputeOptions, FilesOptions, Format, FormatOption};
use super::{Execute, Failure, failure, interrupt, progress, terminal};
use clap::Args;
use hostsim::catalogue::Catalogue;
use hostsim::document::Diagnostics;
use hostsim::experiment::claim::{self, Judged, Mutated};
use hostsim::experiment::{Progress, RunError};
use hostsim::files::write_atomically;
use hostsim::report::figure::drawing::Drawing;
use hostsim::report::{article, html};
use hostsim::scenario::{Source, shipped};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// The claims of the article "From Servers to Serverless", each computed and judged
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim article
  hostsim article --claim 19
  hostsim article --format json --no-files | jq '.claims[] | {number, verdict}'
  hostsim article --mutations

Runs the scenario of every claim, prints a verdict for each, and writes article.html, article.json and
article.md to output/article. The page needs no network. A verdict is computed: what was typed in, and
decides it, is named. With --mutations every claim's scenario is run once more with what it rests on
removed; a claim whose verdict survives that ends it with status 3.")]
pub struct Article {
    /// Only the claim of this number
    #[arg(long, value_name = "N")]
    claim: Option<String>,
    /// Remove from each claim what it rests on, and see whether it breaks
    #[arg(long)]
    mutations: bool,
    #[command(flatten)]
    format: FormatOption,
    #[command(flatten)]
    files: FilesOptions,
    #[command(flatten)]
    catalogue: CatalogueOption,
    #[command(flatten)]
    compute: ComputeOptions,
}

impl Execute for Article {
    fn execute(self) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        let catalogue = self.catalogue.load(&mut diagnostics);
        let sources = shipped::claims(&mut diagnostics);
        failure::sound(diagnostics)?;
        let sources = self.chosen(sources)?;
        if self.mutations {
            return self.mutate(&sources, &catalogue);
        }
        let directory = self.files.claim("article", "article", &["article.html", "article.json", "article.md"])?;
        let judged = self.each(&sources, |source, progress| claim::judge(source, &catalogue, progress))?;
        if let Some(directory) = &directory {
            let figures = self.stack(&catalogue)?;
            interrupt::after_writing(|| write_files(&directory.path, &judged, &figures))?;
        }
        terminal::print(&match self.format.format {
            Format::Table => article::to_table(&judged, terminal_columns()),
            Format::Json => article::to_json(&judged),
            Format::Csv => article::to_csv(&judged),
            Format::Markdown => article::to_markdown(&judged),
        })
    }
}

impl Article {
    fn chosen(&self, sources: Vec<Source>) -> Result<Vec<Source>, Failure> {
        let Some(asked) = &self.claim else { return Ok(sources) };
        let number = |source: &Source| {
            source
                .root
                .get("claim")
                .and_then(|claim| claim.get("number"))
                .and_then(|n| n.as_str())
                .unwrap_or("")
                .to_string()
        };
        let has = |source: &Source| {
            let number = number(source);
            number == *asked
                || number.split(|c: char| !c.is_ascii_digit()).any(|part| !part.is_empty() && part == asked)
        };
        let mut known: Vec<String> = sources.iter().map(number).collect();
        known.sort_by_key(|number| number.split(' ').next().and_then(|first| first.parse::<u32>().ok()));
        known.dedup();
        let found: Vec<Source> = sources.into_iter().filter(has).collect();
        if found.is_empty() {
            return Err(Failure::Input(format!("there is no claim {asked}: there are {}", known.join(", "))));
        }
        Ok(found)
    }

    /// The article's own figure, where the whole article is judged.
    fn stack(&self, catalogue: &Catalogue) -> Result<Vec<(Drawing, String)>, Failure> {
        if self.claim.is_some() {
            return Ok(Vec::new());
        }
        let mut diagnostics = Diagnostics::default();
        let shown = self.compute.compute(|| stack::shown(catalogue, &mut diagnostics))??;
        failure::sound(diagnostics)?;
        Ok(shown.figures())
    }

    /// Does something with every claim, one after the other, each on all threads.
    fn each<T: Send>(
        &self,
        sources: &[Source],
        work: impl Fn(&Source, &Progress<'_>) -> Result<T, RunError> + Sync,
    ) -> Result<Vec<T>, Failure> {
        let bar = progress::bar_of("claims", self.compute.quiet);
        bar.set_length(sources.len() as u64);
        let stop = AtomicBool::new(false);
        let of_run = Progress { done: &|_, _| {}, stop: &stop };
        let one = |source: &Source| {
            bar.set_message(source.stem.clone());
            let done = work(source, &of_run).map_err(|error| match error {
                RunError::Input(message) => Failure::Input(format!("scenarios/{}.toml: {message}", source.stem)),
                RunError::Interrupted => Failure::Running(error.to_string()),
            });
            bar.inc(1);
            done
        };
        let all = self.compute.compute(|| sources.iter().map(one).collect::<Result<Vec<T>, Failure>>())?;
        bar.finish_and_clear();
        all
    }

    fn mutate(&self, sources: &[Source], catalogue: &Catalogue) -> Result<(), Failure> {
        let all = self.each(sources, |source, progress| claim::mutate(source, catalogue, progress))?;
        let mut text = String::new();
        for (source, mutated) in sources.iter().zip(&all) {
            let said = match mutated {
                Mutated::Broken(how) => format!("broken: {how}"),
                Mutated::Survived => "SURVIVES: the claim does not rest on what it says".to_string(),
            };
            text.push_str(&format!("{}: {said}\n", source.stem));
        }
        terminal::print(&text)?;
        if all.contains(&Mutated::Survived) { Err(Failure::Expectations) } else { Ok(()) }
    }
}

fn terminal_columns() -> usize {
    std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

fn write_files(directory: &Path, judged: &[Judged], figures: &[(Drawing, String)]) -> std::io::Result<()> {
    write_atomically(&directory.join("article.json"), article::to_json(judged).as_bytes())?;
    write_atomically(&directory.join("article.md"), article::to_markdown(judged).as_bytes())?;
    html::write_report(&directory.join("article.html"), &html::article_report(judged, figures))
}
