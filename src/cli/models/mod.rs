//! `hostsim models`.

mod cores;
mod entry;
mod filter;
mod labour;
mod list;
mod page;
mod price;
mod serverless_test;
mod servers;
mod service;
mod sizes;
pub mod stack;

use super::failure::sound;
use super::options::{CatalogueOption, FilesOptions, FormatOption};
use super::{Execute, Failure, interrupt, terminal};
use clap::Args;
use entry::Entry;
use filter::Filter;
use hostsim::catalogue::Catalogue;
use hostsim::document::{Diagnostics, suggest};
use hostsim::report::figure;

/// List the hosting models that can be simulated, or show one with the source of every price
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim models                            all of them, by family
  hostsim models --family vps --era 2017    the VPSs of 2017
  hostsim models aws lambda                 those that have both words
  hostsim models aws-lambda-2017            one in full: prices, sources, confidence, sizes, limits
  hostsim models two-socket-2017            a kind of server
  hostsim models --servers                  the kinds of servers
  hostsim models --labour                   the hours that each slice of the stack takes
  hostsim models --cores                    what a virtual CPU is, by model and size, as table and picture
  hostsim models --stack                    who manages which slice of the stack, 2017 and today, as table and pictures
  hostsim models --service                  who waits where and for how long, with the source of each term
  hostsim models --serverless-test          which of them are serverless, by simulation

A model is serverless by a simple test: one need not say how many instances to reserve, and an
idle app's monthly bill is negligible. The confidence of a model is that of its least sure price:
verified, second-hand, derived, assumption, unverified.")]
pub struct Models {
    /// The name of a model or server, or words that are looked for
    #[arg(value_name = "NAME|WORD", conflicts_with_all = ["servers", "labour"])]
    words: Vec<String>,
    #[command(flatten)]
    filter: Filter,
    /// List the kinds of servers
    #[arg(long, conflicts_with_all = ["labour", "serverless_test"])]
    servers: bool,
    /// List the hours that each slice of the stack takes, by family
    #[arg(long, conflicts_with = "serverless_test")]
    labour: bool,
    /// Show how fast a virtual CPU is, by model and size; writes cores.svg and cores.png
    #[arg(long, conflicts_with_all = ["servers", "labour", "serverless_test"])]
    cores: bool,
    /// Show who manages which slice of the stack, and the trade of labour for money; writes stack-2017,
    /// stack-now and trade (SVG and PNG)
    #[arg(long, conflicts_with_all = ["servers", "labour", "cores", "serverless_test", "words"])]
    stack: bool,
    /// Test by simulation which models are serverless
    #[arg(long)]
    serverless_test: bool,
    /// List who waits where and for how long, by model: routing, binding, periods and limits with their sources
    #[arg(long, conflicts_with_all = ["servers", "labour", "cores", "serverless_test"])]
    service: bool,
    #[command(flatten)]
    files: FilesOptions,
    #[command(flatten)]
    format: FormatOption,
    #[command(flatten)]
    catalogue: CatalogueOption,
}

impl Execute for Models {
    fn execute(self) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        let catalogue = self.catalogue.load(&mut diagnostics);
        let shown = self.shown(&catalogue, &mut diagnostics)?;
        sound(diagnostics)?;
        terminal::print(&shown)
    }
}

impl Models {
    fn shown(&self, catalogue: &Catalogue, d: &mut Diagnostics) -> Result<String, Failure> {
        let format = self.format.format;
        if self.labour {
            return Ok(labour::table().render(format, "labour"));
        }
        if self.stack {
            let directory = self.files.claim("stack", "models", &stack::FILES)?;
            let shown = stack::shown(catalogue, d)?;
            if let Some(directory) = &directory {
                let write = |(stem, drawing)| figure::write_figure(&directory.path, stem, &drawing).map(|_| ());
                interrupt::after_writing(|| shown.drawings().into_iter().try_for_each(write))?;
            }
            return Ok(shown.render(format));
        }
        if self.servers {
            return Ok(servers::list(catalogue, d).render(format, "servers"));
        }
        if let [name] = self.words.as_slice()
            && !self.serverless_test
            && !self.cores
            && !self.service
        {
            if let Some(entry) = Entry::read(name, catalogue, d) {
                return Ok(page::render(&entry, format));
            }
            if catalogue.servers().any(|known| known == name) {
                return Ok(servers::page(name, catalogue, d, format));
            }
        }
        let entries = self.entries(catalogue, d)?;
        if self.cores {
            self.draw_cores(&entries, catalogue)?;
            return Ok(cores::table(&entries, catalogue).render(format, "cores"));
        }
        if self.service {
            return Ok(service::table(&entries).render(format, "service"));
        }
        if self.serverless_test {
            return Ok(serverless_test::table(&entries, catalogue)?.render(format, "models"));
        }
        Ok(list::render(&entries, format))
    }

    /// Writes the picture of the cores.
    fn draw_cores(&self, entries: &[Entry], catalogue: &Catalogue) -> Result<(), Failure> {
        let Some(directory) = self.files.claim("cores", "models", &["cores.svg", "cores.png"])? else { return Ok(()) };
        let drawing = figure::cores::draw(&cores::bars(entries, catalogue));
        Ok(interrupt::after_writing(|| figure::write_figure(&directory.path, "cores", &drawing).map(|_| ()))?)
    }

    /// The models that the filters and words let through.
    fn entries(&self, catalogue: &Catalogue, d: &mut Diagnostics) -> Result<Vec<Entry>, Failure> {
        let names: Vec<&str> = catalogue.models().map(|(name, _)| name).collect();
        let mut entries: Vec<Entry> = names.iter().filter_map(|name| Entry::read(name, catalogue, d)).collect();
        entries.retain(|entry| self.filter.lets_through(entry) && filter::has_words(entry, &self.words));
        entries.sort_by(|a, b| (a.model.family, &a.model.name).cmp(&(b.model.family, &b.model.name)));
        if entries.is_empty() && d.is_empty() {
            let near = self.words.first().map(|word| suggest(word, names.into_iter())).unwrap_or_default();
            return Err(Failure::Input(format!("no model fits\n{near}")));
        }
        Ok(entries)
    }
}
