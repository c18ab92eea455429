//! The kinds of servers.

use crate::cli::grid::{Cell, Grid};
use crate::cli::options::Format;
use hostsim::catalogue::Catalogue;
use hostsim::document::{Diagnostics, Node, Origin, SourceId, Value};
use hostsim::fleet::ServerKind;
use hostsim::units::decimal_text;

/// A row for each kind.
pub fn list(catalogue: &Catalogue, d: &mut Diagnostics) -> Grid {
    let mut grid = Grid::new(&[
        ("name", "Name"),
        ("cores", ">Cores"),
        ("memory_bytes", ">Memory"),
        ("speed", ">Speed"),
        ("price", ">Price"),
        ("life_s", ">Life"),
        ("idle_w", ">Idle W"),
        ("peak_w", ">Peak W"),
        ("title", "What it is"),
    ]);
    for name in catalogue.servers() {
        if let Some(kind) = read(name, catalogue, d) {
            grid.push(row(name, &kind));
        }
    }
    grid
}

fn row(name: &str, kind: &ServerKind) -> Vec<Cell> {
    vec![
        Cell::text(name),
        Cell::number(kind.cores.as_f64()),
        Cell::of(kind.memory.0, kind.memory.to_string()),
        Cell::number(kind.speed),
        Cell::text(price(kind)),
        Cell { shown: kind.life.to_string(), ..Cell::number(kind.life.seconds()) },
        Cell::number(kind.power.idle_watts),
        Cell::number(kind.power.peak_watts),
        Cell::text(&kind.title),
    ]
}

fn price(kind: &ServerKind) -> String {
    format!("{} {}", decimal_text(&kind.price.amount, 2), kind.price.currency)
}

/// One kind in full: each figure with its source and confidence.
pub fn page(name: &str, catalogue: &Catalogue, d: &mut Diagnostics, format: Format) -> String {
    let mut grid =
        Grid::new(&[("figure", "Figure"), ("value", "Value"), ("confidence", "Confidence"), ("source", "Source")]);
    let Some(kind) = read(name, catalogue, d) else { return String::new() };
    for (figure, value) in figures(&kind) {
        let evidence = kind.evidence.get(figure);
        let confidence = evidence.map_or(String::new(), |evidence| evidence.confidence.to_string());
        let source = evidence.map_or(String::new(), |evidence| evidence.source.clone());
        grid.push([figure.to_string(), value, confidence, source].map(Cell::text).into());
    }
    match format {
        Format::Table => format!("{name}\n{}\n\n{}", kind.title, grid.to_text()),
        format => grid.render(format, "figures"),
    }
}

fn figures(kind: &ServerKind) -> Vec<(&'static str, String)> {
    let power = format!("{} W idle, {} W at most", kind.power.idle_watts, kind.power.peak_watts);
    let mut figures = vec![
        ("cores", kind.cores.to_string()),
        ("memory", kind.memory.to_string()),
        ("speed", kind.speed.to_string()),
        ("price", price(kind)),
        ("life", kind.life.to_string()),
        ("power", power),
        ("rack-units", kind.rack_units.to_string()),
    ];
    figures.extend(kind.mtbf.map(|mtbf| ("mtbf", mtbf.to_string())));
    figures.extend(kind.repair.as_ref().map(|repair| ("repair", repair.to_toml())));
    figures
}

fn read(name: &str, catalogue: &Catalogue, d: &mut Diagnostics) -> Option<ServerKind> {
    let at = Origin::new(SourceId(0), 0..0);
    catalogue.read_server(&Node::synthetic(Value::String(name.to_string()), at), d)
}
