//! Usage files: an invoice without a simulation.

mod commitment;
mod fill;
mod model;
mod part;
mod resource;
mod row;

pub use model::{HOSTING_KEYS, Models};

use super::calendar::Month;
use super::charge::Charge;
use super::focus;
use super::invoice::{BeyondLastTier, Invoice, Terms, invoice};
use super::meter::Meter;
use super::price_list::PriceList;
use super::reading::{exact_text, whole};
use super::words::known_word;
use crate::document::{Diagnostics, Node, Origin, SourceId, Table, Value, boolean, list, suggest, text};
use crate::units::{Exact, HOUR};
use model::Model;
use row::{Row, RowKind};

/// A priced usage file.
#[derive(Clone, Debug)]
pub struct Bill {
    /// The model's name in the catalogue; `None`: it stands in the file.
    pub hosting: Option<String>,
    /// Who the model's provider is, what the product, and the date of its terms.
    pub provider: String,
    /// The product.
    pub product: String,
    /// The model's family.
    pub family: String,
    /// The date of its terms.
    pub as_of: String,
    /// The month.
    pub month: Month,
    /// The names of its resources, by what its lines' parts call them.
    pub resources: Vec<(u64, String)>,
    /// The invoice.
    pub invoice: Invoice,
    /// The same use without allowances and commitments: what it would cost at list prices.
    pub at_list: Invoice,
}

impl Bill {
    /// Writes the bill as FOCUS 1.2. `name`: what the account is called.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_focus(&self, name: &str, to: impl std::io::Write) -> Result<(), csv::Error> {
        let (start, end) = self.month.bounds(&self.as_of);
        let or = |text: &'_ str, other: &'_ str| if text.is_empty() { other.to_string() } else { text.to_string() };
        let (provider, product) = (or(&self.provider, "unnamed"), or(&self.product, &self.family));
        let account = focus::Account {
            id: name,
            name,
            hosting: self.hosting.as_deref().unwrap_or("model"),
            provider: &provider,
            product: &product,
            family: &self.family,
            period: (&start, &end),
            resources: &self.resources,
        };
        focus::write(focus::rows(&account, &self.invoice, &self.at_list), to)
    }
}

/// Prices a usage file. `text` is its content, `name` what errors call it.
///
/// # Errors
/// All that is wrong with the file, each with its place.
pub fn bill(text: &str, name: &str, models: &dyn Models) -> Result<Bill, Box<Diagnostics>> {
    let mut diagnostics = Diagnostics::default();
    let source = diagnostics.sources.add(name, text);
    match read(source, models, &mut diagnostics) {
        Some(bill) if diagnostics.is_empty() => Ok(bill),
        _ => Err(Box::new(diagnostics)),
    }
}

/// Prices the usage file that is already among the diagnostics' sources; notes what is wrong.
pub fn read(source: SourceId, models: &dyn Models, d: &mut Diagnostics) -> Option<Bill> {
    let before = d.count();
    let node = Node::parse(source, d);
    // What follows from a text that is not TOML is no mistake of its own.
    if d.count() > before { None } else { read_tree(&node, models, d) }
}

/// Prices a usage file's tree; notes what is wrong.
pub fn read_tree(node: &Node, models: &dyn Models, d: &mut Diagnostics) -> Option<Bill> {
    let mut table = Table::of(node, d)?;
    read_schema(&mut table, d);
    let (hosting, inline) = (table.node("hosting"), table.node("model"));
    let model = model::read(hosting, inline, node, models, d);
    let mut written = Written::take(&mut table, d);
    table.finish(d);
    let rows = row::read_all(written.usage, &written.month, d);
    let mut model = model?;
    if let Some(own) = written.own_charges {
        model.list.add_charges(own, model.family == "serverless", d);
    }
    resolve_with(&model.list, &mut written.with, d);
    let (invoice, at_list) = price(&model, &written, &rows, written.usage.unwrap_or(node).key, d)?;
    let Model { name, provider, product, family, as_of, .. } = model;
    Some(Bill {
        hosting: name,
        provider,
        product,
        family,
        as_of,
        month: written.month,
        resources: resource::names(&rows),
        invoice,
        at_list,
    })
}

/// What stands in a usage file besides its model and rows.
struct Written<'n> {
    month: Month,
    with: Vec<(String, Origin)>,
    allowances: bool,
    own_charges: Option<&'n Node>,
    committed: Option<&'n Node>,
    usage: Option<&'n Node>,
}

impl<'n> Written<'n> {
    fn take(table: &mut Table<'n>, d: &mut Diagnostics) -> Written<'n> {
        let words = |node: &Node, d: &mut Diagnostics| list(node, d, |n, d| Some((text(n, d)?, n.at)));
        Written {
            month: table.optional("month", d, Month::read).unwrap_or_default(),
            with: table.optional("with", d, words).unwrap_or_default(),
            allowances: table.default("allowances", true, d, boolean),
            own_charges: table.node("charge"),
            committed: table.node("commitment"),
            usage: table.node("usage"),
        }
    }
}

/// The invoice with the commitments that cost least of those to be tried, and the one at list prices.
fn price(
    model: &Model,
    written: &Written<'_>,
    rows: &[Row],
    at: Origin,
    d: &mut Diagnostics,
) -> Option<(Invoice, Invoice)> {
    let (list, month) = (&model.list, &written.month);
    let with: Vec<String> = written.with.iter().map(|(word, _)| word.clone()).collect();
    let also = asked_by_rows(list, rows, &with, d);
    let month_hours = hours_of(month);
    let terms = Terms {
        month_hours,
        allowances: written.allowances,
        by_resource: true,
        with: &with,
        also: &also,
        committed: &[],
    };
    let metered = fill::fill(model, rows, month, &terms, written.committed.is_some(), d);
    let choices = commitment::read(written.committed, list, rows, month, d);
    let (metered, choices) = (metered?, choices.filter(|_| d.is_empty())?);
    let mut best: Option<Invoice> = None;
    for committed in &choices {
        match invoice(list, &metered, &Terms { committed, ..terms.clone() }) {
            Ok(one) if best.as_ref().is_none_or(|best| one.total < best.total) => best = Some(one),
            Ok(_) => {}
            Err(beyond) => refuse_beyond(list, &beyond, rows, at, d),
        }
    }
    let best = best?;
    let at_list = invoice(list, &metered, &Terms { allowances: false, ..terms }).unwrap_or_else(|_| best.clone());
    Some((best, at_list))
}

fn read_schema(table: &mut Table<'_>, d: &mut Diagnostics) {
    table.required("schema", d, |node, d| {
        if !matches!(node.value, Value::Integer(Some(1))) {
            d.error(node.at, "this is not a schema that can be read", "write schema = 1");
        }
        Some(())
    });
}

fn resolve_with(list: &PriceList, with: &mut [(String, Origin)], d: &mut Diagnostics) {
    let words = || list.charges.iter().filter_map(|charge| charge.with.as_deref());
    for (word, at) in with {
        match known_word(word, &list.charges) {
            Some(known) => *word = known,
            None => d.error(*at, format!("no charge of this model is `with` \"{word}\""), suggest(word, words())),
        }
    }
}

/// The charges that are not in force by `with`, but whose meter a quantity row fills and no charge
/// in force has: the row asks for them.
fn asked_by_rows(list: &PriceList, rows: &[Row], with: &[String], d: &mut Diagnostics) -> Vec<usize> {
    let in_force = |charge: &Charge| charge.with.as_ref().is_none_or(|word| with.contains(word));
    let mut also = Vec::new();
    for row in rows {
        let RowKind::Quantity { meter, meter_at, .. } = &row.kind else { continue };
        let mut of_meter = list.charges.iter().enumerate().filter(|(_, charge)| charge.meter == *meter);
        if of_meter.clone().any(|(_, charge)| in_force(charge)) {
            continue;
        }
        let Some((_, first)) = of_meter.clone().next() else {
            refuse_meter(list, meter, *meter_at, d);
            continue;
        };
        if of_meter.clone().any(|(_, charge)| charge.with != first.with) {
            let words = of_meter.filter_map(|(_, charge)| charge.with.as_deref());
            let help = format!("say which with `with = [\"…\"]`: {}", words.collect::<Vec<_>>().join(", "));
            d.error(*meter_at, format!("several optional charges are on `{}`", meter.name()), help);
            continue;
        }
        also.extend(of_meter.by_ref().map(|(index, _)| index));
    }
    also.sort_unstable();
    also.dedup();
    also
}

fn refuse_meter(list: &PriceList, meter: &Meter, at: Origin, d: &mut Diagnostics) {
    let mut meters: Vec<&str> = list.charges.iter().map(|charge| charge.meter.name()).collect();
    meters.sort_unstable();
    meters.dedup();
    let help = suggest(meter.name(), meters.into_iter());
    d.error(at, format!("no charge of this model is on the meter `{}`", meter.name()), help);
}

fn refuse_beyond(list: &PriceList, beyond: &BeyondLastTier, rows: &[Row], otherwise: Origin, d: &mut Diagnostics) {
    let charge = &list.charges[beyond.charge];
    let on_meter = |row: &&Row| matches!(&row.kind, RowKind::Quantity { meter, .. } if *meter == charge.meter);
    let row = rows.iter().find(on_meter).or(rows.first());
    let at = row.map_or(otherwise, |row| row.word);
    let message = format!(
        "`{}` comes to {} of `{}`, and its last tier ends at {}",
        charge.name,
        exact_text(&beyond.quantity),
        charge.meter.name(),
        exact_text(&beyond.limit)
    );
    d.error(at, message, "beyond that the price list says nothing");
}

/// A month's hours as an exact number.
pub(crate) fn hours_of(month: &Month) -> Exact {
    whole(month.length.0) / whole(HOUR.0)
}
