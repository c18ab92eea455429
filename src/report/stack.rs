//! The article's figure: who manages which slice of the stack, by family, drawn from what the models of the catalogue say.

use crate::billing::{Labour, LabourTable, LabourUse, Managed, Slice};
use crate::catalogue::{Catalogue, Era, FAMILIES, Family, Model, ModelOrigin};
use crate::document::Diagnostics;
use crate::report::format;
use crate::units::{Currency, MONTH};
use serde_json::{Value, json};

/// Who manages a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The developer: it costs hours.
    Developer,
    /// The provider: it is in the price.
    Provider,
    /// Nobody: there is no such slice (no hypervisor on a machine of one's own).
    Nobody,
}

impl Who {
    /// The letter in the cell, by which it is told without colours.
    pub fn letter(self) -> &'static str {
        match self {
            Who::Developer => "D",
            Who::Provider => "P",
            Who::Nobody => "–",
        }
    }

    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Who::Developer => "developer",
            Who::Provider => "provider",
            Who::Nobody => "nobody",
        }
    }
}

/// One cell: a slice under a kind of hosting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Who manages it.
    pub who: Who,
    /// Hours a month of one app on one instance: fewest, counted, most; of products that differ, the widest.
    pub hours: [f64; 3],
    /// What is counted for the product that takes the most.
    pub counted_at_most: f64,
}

/// One column: the products of a family that leave the same slices to their users.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The family.
    pub family: &'static str,
    /// The products, as examples.
    pub products: Vec<String>,
    /// A cell for each of [`rows`].
    pub cells: Vec<Cell>,
}

/// The stack at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// "2017", "now".
    pub era: String,
    /// The columns, from the most that is left to the developer to the least.
    pub columns: Vec<Column>,
}

/// The rows: the slices of the stack from the app's code to the building, and then planning, which stands beside it.
pub fn rows() -> Vec<Slice> {
    let of_stack = Slice::ALL.into_iter().map(|(_, slice)| slice).filter(|slice| slice.is_of_the_stack());
    of_stack.chain([Slice::CapacityPlanning]).collect()
}

/// The stack of an era, from the catalogue's own models. Mistakes in a model are noted.
pub fn stack(catalogue: &Catalogue, era: &Era, word: &str, d: &mut Diagnostics) -> Stack {
    let mut columns: Vec<Column> = Vec::new();
    for (name, origin) in catalogue.models().map(|(name, origin)| (name.to_string(), origin)).collect::<Vec<_>>() {
        let Some(at) = catalogue.written(&name).map(|node| node.at) else { continue };
        let model = catalogue.resolve(&name, at, d).and_then(|tree| Model::read(&name, &tree, d));
        let Some(model) = model.filter(|model| shown(model, era, origin)) else { continue };
        let cells: Vec<Cell> = rows().into_iter().map(|slice| cell(&model, slice)).collect();
        let same = |column: &&mut Column| {
            let who = |cells: &[Cell]| cells.iter().map(|cell| cell.who).collect::<Vec<_>>();
            column.family == model.family.name() && who(&column.cells) == who(&cells)
        };
        match columns.iter_mut().find(same) {
            Some(column) => column.join(example(&model), &cells),
            None => columns.push(Column { family: model.family.name(), products: vec![example(&model)], cells }),
        }
    }
    let family = |column: &Column| FAMILIES.iter().position(|(name, _)| *name == column.family);
    let own = |column: &Column| column.cells.iter().filter(|cell| cell.who == Who::Developer).count();
    columns.sort_by_key(|column| (family(column), std::cmp::Reverse(own(column))));
    Stack { era: word.into(), columns }
}

/// A product as people call it: with its provider, where that is not in its name; an engine without the machine it is on.
fn example(model: &Model) -> String {
    let (product, provider) = (model.product.as_str(), model.provider.as_str());
    if let Some((engine, _)) = product.split_once(" on ") {
        return engine.to_string();
    }
    let known = |word: &str| product.to_lowercase().contains(&word.to_lowercase());
    let product = product.split(", ").next().unwrap_or(product);
    match provider.is_empty() || provider.starts_with("Amazon") || provider.split(' ').any(known) {
        true => product.to_string(),
        false => format!("{provider} {product}"),
    }
}

fn shown(model: &Model, era: &Era, origin: ModelOrigin) -> bool {
    !model.manages.is_empty() && !model.name.starts_with("textbook-") && era.admits(model, origin)
}

fn cell(model: &Model, slice: Slice) -> Cell {
    let bare = model.isolation.layers.iter().all(|layer| layer.name == "bare-metal" || layer.name == "process");
    let own_machine = matches!(model.family, Family::Colocation | Family::Dedicated);
    let who = match slice {
        slice if model.manages.contains(&slice) => Who::Developer,
        Slice::Virtualisation if own_machine && bare => Who::Nobody,
        _ => Who::Provider,
    };
    let slices = [slice];
    let managed = Managed { family: model.family.name(), slices: &slices, overrides: &model.labour };
    let used = LabourUse { instances: 1.0, tenants: 1.0, accounts: 1.0, month: MONTH, night_calls: None };
    let of_slice = Labour::default().of_slices(LabourTable::built_in(), managed, used, &|_: Currency| 1.0);
    let hours = of_slice.first().map_or([0.0; 3], |found| [found.bounds[0], found.hours, found.bounds[1]]);
    let hours = if who == Who::Developer { hours } else { [0.0; 3] };
    Cell { who, hours, counted_at_most: hours[1] }
}

impl Cell {
    /// "1", or "0.5–30" of products that differ.
    pub fn counted(&self) -> String {
        let [least, most] = [self.hours[1], self.counted_at_most].map(|hours| format::significant(hours, 2));
        if least == most { least } else { format!("{least}–{most}") }
    }

    /// "1 h a month (0.5 to 2), paid in labour"; "in the provider's price"; "there is none".
    pub fn says(&self) -> String {
        let [low, _, high] = self.hours.map(|hours| format::significant(hours, 2));
        match self.who {
            Who::Developer => format!("the developer: {} h a month ({low} to {high}), paid in labour", self.counted()),
            Who::Provider => "the provider: paid in its price".into(),
            Who::Nobody => "there is none".into(),
        }
    }
}

impl Column {
    /// The products, so many at most.
    pub fn examples(&self, most: usize) -> String {
        let shown = self.products.iter().take(most).cloned().collect::<Vec<_>>().join("; ");
        let more = self.products.len().saturating_sub(most);
        if more > 0 { format!("{shown} and {more} more") } else { shown }
    }

    /// One product more, which leaves the same slices to its users.
    fn join(&mut self, example: String, cells: &[Cell]) {
        if !self.products.contains(&example) {
            self.products.push(example);
        }
        for (own, other) in self.cells.iter_mut().zip(cells) {
            let [a, b] = [own.hours, other.hours];
            own.counted_at_most = own.counted_at_most.max(other.counted_at_most);
            own.hours = [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2])];
        }
    }

    /// The hours of all its cells, of products that differ the least and the most: "3.9–33".
    pub fn hours(&self) -> String {
        let sum = |of: fn(&Cell) -> f64| format::significant(self.cells.iter().map(of).sum(), 2);
        let (least, most) = (sum(|cell| cell.hours[1]), sum(|cell| cell.counted_at_most));
        if least == most { least } else { format!("{least}–{most}") }
    }
}

/// Both as text: a letter in each cell with the hours a month that it takes, and the examples below.
pub fn to_text(stacks: &[Stack]) -> String {
    let mut out = String::from("Who manages which slice of the stack\n");
    out.push_str(
        "D: the developer, with hours a month for one app on one instance; P: the provider; –: there is none\n",
    );
    for stack in stacks {
        out.push_str(&format!("\n{}\n\n", stack.era));
        let head = std::iter::once("slice".to_string());
        let letters = (0..stack.columns.len()).map(letter);
        let mut lines: Vec<Vec<String>> = vec![head.chain(letters.map(|l| format!("({l})"))).collect()];
        lines.push(std::iter::once(String::new()).chain(stack.columns.iter().map(|c| c.family.to_string())).collect());
        for (at, slice) in rows().into_iter().enumerate() {
            let cell = |column: &Column| {
                let cell = column.cells[at];
                if cell.who == Who::Developer { format!("D {}", cell.counted()) } else { cell.who.letter().to_string() }
            };
            lines.push(std::iter::once(slice.name().to_string()).chain(stack.columns.iter().map(cell)).collect());
        }
        let sum = |column: &Column| format!("  {}", column.hours());
        lines.push(std::iter::once("hours".to_string()).chain(stack.columns.iter().map(sum)).collect());
        out.push_str(&aligned(&lines));
        out.push('\n');
        for (at, column) in stack.columns.iter().enumerate() {
            out.push_str(&format!("({}) {}: {}\n", letter(at), column.family, column.products.join("; ")));
        }
    }
    out
}

fn letter(at: usize) -> char {
    char::from(b'a' + (at % 26) as u8)
}

fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| lines.iter().filter_map(|line| line.get(at)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |line: &Vec<String>| {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_string() + "\n"
    };
    lines.iter().map(line).collect()
}

/// A row for each cell.
pub fn to_csv(stacks: &[Stack]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ =
        writer.write_record(["era", "family", "products", "slice", "managed_by", "hours_low", "hours", "hours_high"]);
    for (stack, column) in stacks.iter().flat_map(|stack| stack.columns.iter().map(move |column| (stack, column))) {
        for (slice, cell) in rows().into_iter().zip(&column.cells) {
            let products = column.products.join("; ");
            let words =
                [stack.era.as_str(), column.family, products.as_str(), slice.name(), cell.who.word()].map(String::from);
            let _ = writer.write_record(words.into_iter().chain(cell.hours.map(|hours| hours.to_string())));
        }
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// A Markdown table for each era.
pub fn to_markdown(stacks: &[Stack]) -> String {
    let mut out = String::new();
    for stack in stacks {
        let families = stack.columns.iter().map(|c| format!("{}: {}", c.family, c.examples(3)));
        let head: Vec<String> = std::iter::once(stack.era.clone()).chain(families).collect();
        out.push_str(&format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len())));
        for (at, slice) in rows().into_iter().enumerate() {
            let cells = stack.columns.iter().map(|column| column.cells[at].who.word().to_string());
            let row: Vec<String> = std::iter::once(slice.name().to_string()).chain(cells).collect();
            out.push_str(&format!("| {} |\n", row.join(" | ")));
        }
        out.push('\n');
    }
    out
}

/// Both as JSON.
pub fn to_json(stacks: &[Stack]) -> Value {
    let cell = |(slice, cell): (Slice, &Cell)| {
        let [low, middle, high] = cell.hours;
        json!({
            "slice": slice.name(),
            "managed_by": cell.who.word(),
            "hours_a_month": { "low": low, "middle": middle, "high": high },
            "paid_in": match cell.who { Who::Developer => "labour", Who::Provider => "price", Who::Nobody => "nothing" },
        })
    };
    let column = |column: &Column| {
        let cells: Vec<Value> = rows().into_iter().zip(&column.cells).map(cell).collect();
        json!({ "family": column.family, "products": column.products, "slices": cells })
    };
    let stacks = stacks
        .iter()
        .map(|stack| json!({ "era": stack.era, "columns": stack.columns.iter().map(column).collect::<Vec<_>>() }));
    Value::Array(stacks.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(era: &str) -> Stack {
        let mut d = Diagnostics::default();
        let catalogue = Catalogue::load(None, &mut d);
        let stack = stack(&catalogue, &Era::parse(era).unwrap(), era, &mut d);
        assert_eq!(d.render(false), "");
        stack
    }

    /// What the article describes: from family to family the developer manages less, the app's code is always the
    /// developer's, the building never is.
    #[test]
    fn the_figure_is_the_articles() {
        for era in ["2017", "now"] {
            let stack = of(era);
            let at = |slice: Slice| rows().iter().position(|row| *row == slice).unwrap();
            let least = |family: &str| {
                let own = |column: &Column| column.cells.iter().filter(|cell| cell.who == Who::Developer).count();
                stack.columns.iter().filter(|column| column.family == family).map(own).min().unwrap()
            };
            let counts = FAMILIES.map(|(name, _)| least(name));
            assert!(counts.windows(2).all(|pair| pair[0] >= pair[1]) && counts[0] > counts[5], "{era}: {counts:?}");
            for column in &stack.columns {
                assert_eq!(column.cells[at(Slice::Application)].who, Who::Developer, "{column:?}");
                assert_eq!(column.cells[at(Slice::DataCentre)].who, Who::Provider, "{column:?}");
                assert!(column.cells[0].hours[0] < column.cells[0].hours[2], "{column:?}");
            }
            let bare = stack.columns.iter().find(|column| column.family == "dedicated").unwrap();
            assert_eq!(bare.cells[at(Slice::Virtualisation)].who, Who::Nobody);
            assert_eq!(bare.cells[at(Slice::OperatingSystem)].who, Who::Developer);
            let machine = stack.columns.iter().find(|column| column.family == "vps").unwrap();
            assert_eq!(machine.cells[at(Slice::Virtualisation)].who, Who::Provider);
        }
        let (text, json) = (to_text(&[of("2017")]), to_json(&[of("2017")]));
        // The article's examples of August 2017 are under their columns.
        for example in ["AWS Lambda", "Heroku", "Linode", "Docker Engine", "LXD", "Mesos", "OnMetal", "Joe's", "Galaxy"]
        {
            assert!(text.contains(example) && json.to_string().contains(example), "{example}: {text}");
        }
    }
}
