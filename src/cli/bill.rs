//! `hostsim bill`.

use super::grid::{Cell, Grid};
use super::options::{CatalogueOption, Directory};
use super::{Execute, Failure, interrupt, terminal};
use clap::{Args, ValueEnum};
use hostsim::billing::reading::exact_text;
use hostsim::billing::usage::Bill as Priced;
use hostsim::billing::{Confidence, Line, render, usage};
use hostsim::check::ByName;
use hostsim::document::Diagnostics;
use hostsim::files::write_atomically;
use hostsim::scenario::read_source;
use hostsim::units::decimal_text;
use num_traits::Zero;
use std::path::{Path, PathBuf};

/// Price a usage file: an invoice without a simulation
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim bill usage.toml
  hostsim bill usage.toml --format focus > focus.csv
  hostsim bill usage.toml --output bills/          writes invoice.json, invoice.csv, focus.csv
  cat usage.toml | hostsim bill - --format json | jq -r .total

A usage file names a model and says what was used in a month:
  schema = 1
  hosting = \"aws-lambda-2017\"
  month = \"2017-08\"
  [[usage]]
  size = \"512mb\"
  requests = 3_000_000
  time = \"1 s\"")]
pub struct Bill {
    /// The usage file; - reads the standard input
    #[arg(value_name = "USAGE")]
    usage: PathBuf,
    /// What goes to the standard output: table, json, csv, markdown or focus (FOCUS 1.2)
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", hide_possible_values = true)]
    format: Format,
    /// Write the invoice to this directory too, as JSON, CSV and FOCUS 1.2
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Overwrite files of the same names that hostsim did not write
    #[arg(long, requires = "output")]
    force: bool,
    #[command(flatten)]
    catalogue: CatalogueOption,
}

/// What is written to the standard output.
#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Table,
    Json,
    Csv,
    Markdown,
    Focus,
}

impl Execute for Bill {
    fn execute(self) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        let catalogue = self.catalogue.load(&mut diagnostics);
        let source = read_source(&self.usage, &mut diagnostics).filter(|_| diagnostics.is_empty());
        let priced = source.as_ref().and_then(|source| {
            let file = source.root.at.source;
            Some((&source.stem, usage::read(file, &ByName(&catalogue), &mut diagnostics)?))
        });
        let Some((name, bill)) = priced.filter(|_| diagnostics.is_empty()) else {
            return Err(Failure::Files(Box::new(diagnostics)));
        };
        let claimed = |path: &PathBuf| {
            Directory::claim(path.clone(), "bill", &["invoice.json", "invoice.csv", "focus.csv"], self.force)
        };
        let directory = self.output.as_ref().map(claimed).transpose()?;
        terminal::print(&rendered(&bill, name, self.format)?)?;
        match &directory {
            Some(directory) => interrupt::after_writing(|| write_files(&directory.path, &bill, name)),
            None => Ok(()),
        }
    }
}

fn rendered(bill: &Priced, name: &str, format: Format) -> Result<String, Failure> {
    Ok(match format {
        Format::Table => format!("{}\n{}{}", heading(bill), grid(bill).to_text(), notes(bill, "")),
        Format::Json => format!("{:#}\n", render::json(&bill.invoice)),
        Format::Csv => render::csv(&bill.invoice).map_err(written)?,
        Format::Markdown => format!("{}\n\n{}{}", heading(bill), grid(bill).to_markdown(), notes(bill, "\n- ")),
        Format::Focus => focus(bill, name)?,
    })
}

fn write_files(directory: &Path, bill: &Priced, name: &str) -> Result<(), Failure> {
    for (file, format) in [("invoice.json", Format::Json), ("invoice.csv", Format::Csv), ("focus.csv", Format::Focus)] {
        write_atomically(&directory.join(file), rendered(bill, name, format)?.as_bytes())?;
    }
    Ok(())
}

fn focus(bill: &Priced, name: &str) -> Result<String, Failure> {
    let mut out = Vec::new();
    bill.write_focus(name, &mut out).map_err(written)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn written(error: csv::Error) -> Failure {
    Failure::Running(format!("the invoice cannot be written: {error}"))
}

/// What is billed, by whom, and for which month.
fn heading(bill: &Priced) -> String {
    let hours = bill.month.length.seconds() / 3600.0;
    let month = match bill.month.calendar {
        Some((year, month)) => format!("{year}-{month:02} ({hours} h)"),
        None => format!("{hours} h"),
    };
    let product =
        [bill.product.as_str(), bill.provider.as_str(), bill.hosting.as_deref().unwrap_or("a model of its own")];
    let said: Vec<&str> = product.into_iter().filter(|text| !text.is_empty()).collect();
    format!("{}; {month}", said.join(", "))
}

/// A sentence for each price that is not sure.
fn notes(bill: &Priced, mark: &str) -> String {
    let unsure = |line: &&Line| matches!(line.confidence, Confidence::Unverified | Confidence::Assumption);
    let of_catalogue = bill.invoice.lines.iter().filter(|line| bill.hosting.is_some() && !line.amount.is_zero());
    of_catalogue.filter(unsure).map(|line| format!("{mark}{}: its price is {}.\n", line.name, said(line))).collect()
}

fn said(line: &Line) -> &'static str {
    if line.confidence == Confidence::Assumption { "an assumption" } else { line.confidence.name() }
}

/// The invoice's lines and its total; those on which nothing was used and nothing is paid are left out.
fn grid(bill: &Priced) -> Grid {
    let mut grid = Grid::new(&[
        ("name", "Line"),
        ("meter", "Meter"),
        ("quantity", ">Quantity"),
        ("free", ">Free"),
        ("billable", ">Billable"),
        ("unit-price", ">Unit price"),
        ("amount", ">Amount"),
    ]);
    let invoice = &bill.invoice;
    for line in invoice.lines.iter().filter(|line| !(line.quantity.is_zero() && line.amount.is_zero())) {
        let numbers = [&line.quantity, &line.free, &line.billable].map(|number| decimal_text(number, 4));
        let [quantity, free, billable] = numbers;
        let price = line.unit_price.as_ref().map_or(String::new(), exact_text);
        let amount = render::cents(invoice, &line.amount);
        let row = [line.name.clone(), line.meter.clone(), quantity, free, billable, price, amount];
        grid.push(row.map(Cell::text).into());
    }
    let total = format!("{} {}", render::cents(invoice, &invoice.total), invoice.currency);
    grid.push(["total", "", "", "", "", "", &total].map(Cell::text).into());
    grid
}
