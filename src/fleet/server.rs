//! Kinds of servers: what one has, costs and uses.

use super::{Confidence, Demand, Evidence, Power};
use crate::document::{Diagnostics, Node, Table, bytes, count, money, positive, positive_count, positive_span, text};
use crate::units::{Bytes, Cores, Currency, Money, Span, YEAR, parse_decimal};
use std::collections::BTreeMap;

/// A kind of server.
#[derive(Clone, Debug)]
pub struct ServerKind {
    /// "server" where a scenario describes one of its own; the caller sets the name of one in the catalogue.
    pub name: String,
    /// What it is, in words.
    pub title: String,
    /// Cores as an operating system counts them (hardware threads).
    pub cores: Cores,
    /// Memory.
    pub memory: Bytes,
    /// The speed of one core, that of the reference core being 1.
    pub speed: f64,
    /// Whether a scenario states that speed of a server of its own: then it prevails over what sizes are sold with.
    pub own_speed: bool,
    /// The purchase price.
    pub price: Money,
    /// How long it is used: the price is spread evenly over this.
    pub life: Span,
    /// Power when idle and when busy.
    pub power: Power,
    /// Its height in a rack.
    pub rack_units: u32,
    /// Mean time between failures; `None`: it does not fail.
    pub mtbf: Option<Span>,
    /// How long a repair takes: a distribution, as written, read where failures are simulated.
    pub repair: Option<Node>,
    /// Where each figure comes from, by key; a default that was used is here as well.
    pub evidence: BTreeMap<String, Evidence>,
}

/// The most cores of a server that can be computed with.
const MOST_CORES: f64 = 1e6;
/// The most memory of a server that can be computed with.
const MOST_MEMORY: Bytes = Bytes(1 << 50);

/// The keys of a server that may have evidence.
const KEYS: [&str; 9] = ["cores", "memory", "speed", "price", "life", "power", "rack-units", "mtbf", "repair"];

/// Where the values that a scenario leaves out come from.
const DEFAULTS: [(&str, Confidence, &str); 4] = [
    ("price", Confidence::Assumption, "left out: 10,000 USD, the server of 2017"),
    ("life", Confidence::Assumption, "left out: 4 years"),
    ("power", Confidence::Assumption, "left out: 55 W idle and 450 W at most, two sockets of 2017 (SPECpower medians)"),
    ("rack-units", Confidence::Assumption, "left out: one"),
];

impl ServerKind {
    /// Reads a server that a scenario describes, or a file of the catalogue
    /// (`models/servers/NAME.toml`; the caller knows its name): a table of which only `cores` and
    /// `memory` must be there, such as `{ cores = 64, memory = "256 GiB" }`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<ServerKind> {
        let mut table = Table::of(node, diagnostics)?;
        table.optional("schema", diagnostics, schema);
        let cores = table.required("cores", diagnostics, cores);
        let memory = table.required("memory", diagnostics, memory);
        let mut kind = ServerKind::plain(cores.unwrap_or_default(), memory.unwrap_or_default());
        kind.read_rest(&mut table, diagnostics);
        kind.read_evidence(&mut table, diagnostics);
        table.finish(diagnostics);
        (cores.is_some() && memory.is_some()).then_some(kind)
    }

    /// A server of which no more is known than this, the rest being that of the server of 2017.
    pub fn plain(cores: Cores, memory: Bytes) -> ServerKind {
        let dollars = parse_decimal("10000").unwrap_or_default();
        ServerKind {
            name: "server".to_string(),
            title: format!("{cores} cores, {memory}"),
            cores,
            memory,
            speed: 1.0,
            own_speed: false,
            price: Money { amount: dollars, currency: Currency::USD },
            life: Span(4 * YEAR.0),
            power: Power { idle_watts: 55.0, peak_watts: 450.0, between: Vec::new() },
            rack_units: 1,
            mtbf: None,
            repair: None,
            evidence: BTreeMap::new(),
        }
    }

    fn read_rest(&mut self, table: &mut Table<'_>, diagnostics: &mut Diagnostics) {
        for (key, confidence, source) in DEFAULTS {
            if table.node(key).is_none() {
                self.evidence.insert(key.to_string(), Evidence::of(confidence, source));
            }
        }
        let power = self.power.clone();
        self.title = table.default("title", self.title.clone(), diagnostics, text);
        self.own_speed = table.node("speed").is_some();
        self.speed = table.default("speed", self.speed, diagnostics, positive);
        self.price = table.default("price", self.price.clone(), diagnostics, money);
        self.life = table.default("life", self.life, diagnostics, positive_span);
        self.power = table.default("power", power.clone(), diagnostics, |node, d| Power::read(node, d, &power));
        self.rack_units = table.default("rack-units", self.rack_units, diagnostics, rack_units);
        self.mtbf = table.optional("mtbf", diagnostics, positive_span);
        self.repair = table.node("repair").cloned();
    }

    /// `[sources]`: for each key of the server `{ source = "…", confidence = "verified" }`.
    fn read_evidence(&mut self, table: &mut Table<'_>, diagnostics: &mut Diagnostics) {
        let Some(node) = table.node("sources") else { return };
        let Some(mut sources) = Table::of(node, diagnostics) else { return };
        for key in KEYS {
            if let Some(evidence) = sources.optional(key, diagnostics, Evidence::read) {
                self.evidence.insert(key.to_string(), evidence);
            }
        }
        sources.finish(diagnostics);
    }

    /// The room for reservations on one server: all its memory, and its cores (reservations are
    /// divided by the overcommit, not the cores multiplied).
    pub fn capacity(&self) -> Demand {
        Demand::new(self.cores, self.memory)
    }

    /// The part of the purchase price that falls on so long a time, in the price's currency:
    /// price × time / life.
    pub fn price_over(&self, time: Span) -> f64 {
        crate::document::as_f64(&self.price.amount) * (time.0 as f64 / self.life.0 as f64)
    }
}

fn schema(node: &Node, diagnostics: &mut Diagnostics) -> Option<u64> {
    let version = count(node, diagnostics)?;
    if version != 1 {
        diagnostics.error(node.at, "this schema is not known", "this version reads `schema = 1`");
    }
    Some(version)
}

fn cores(node: &Node, diagnostics: &mut Diagnostics) -> Option<Cores> {
    let cores = positive(node, diagnostics)?;
    if cores > MOST_CORES || Cores::from_f64(cores).0 == 0 {
        diagnostics.error(node.at, format!("{cores} is not a number of cores of one server"), "");
        return None;
    }
    Some(Cores::from_f64(cores))
}

fn memory(node: &Node, diagnostics: &mut Diagnostics) -> Option<Bytes> {
    let memory = bytes(node, diagnostics)?;
    if memory.0 == 0 || memory > MOST_MEMORY {
        diagnostics.error(node.at, format!("{memory} is not the memory of one server"), "at most 1024 TiB");
        return None;
    }
    Some(memory)
}

fn rack_units(node: &Node, diagnostics: &mut Diagnostics) -> Option<u32> {
    let units = positive_count(node, diagnostics)?;
    let small = u32::try_from(units).ok().filter(|units| *units <= 1000);
    if small.is_none() {
        diagnostics.error(node.at, format!("a server is not {units} rack units high"), "");
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{HOUR, MONTH, parse_money};

    fn read(text: &str) -> (Option<ServerKind>, String) {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("server.toml", text);
        let node = Node::parse(source, &mut diagnostics);
        let kind = ServerKind::read(&node, &mut diagnostics);
        (kind, diagnostics.render(false))
    }

    #[test]
    fn cores_and_memory_are_enough() {
        let (kind, errors) = read("cores = 64\nmemory = \"256 GiB\"");
        let kind = kind.unwrap();
        assert_eq!((errors.as_str(), kind.cores, kind.memory), ("", Cores(64_000_000), Bytes(256 << 30)));
        assert_eq!((kind.speed, kind.rack_units, kind.price), (1.0, 1, parse_money("10000 USD").unwrap()));
        assert_eq!(kind.evidence["price"].confidence, Confidence::Assumption);
        assert!(!kind.evidence.contains_key("cores"));
    }

    #[test]
    fn mistakes_are_all_named() {
        let (kind, errors) = read(
            "schema = 2\ncores = 0\nmemory = \"1 gib\"\nprice = 10\nlife = \"0 s\"\nrack-units = 0\nspede = 1\n\
             power = { idle = \"100 W\", peak = \"50 W\" }\nsources.cost = 1",
        );
        assert!(kind.is_none());
        for expected in [
            "schema = 1",
            "above zero, found 0",
            "1 GiB",
            "with its unit",
            "time above zero",
            "one or more",
            "`speed`",
            "below the idle",
            "`cost`",
        ] {
            assert!(errors.contains(expected), "{expected} is not in\n{errors}");
        }
    }

    /// 10,000 over 4 years is 208.33 for 730 of 35,040 hours.
    #[test]
    fn a_price_is_spread_over_the_life() {
        let kind = ServerKind::plain(Cores::ONE, Bytes::GIB);
        assert!((kind.price_over(MONTH) - 10_000.0 / 48.0).abs() < 1e-9);
        assert!((kind.price_over(HOUR) - 10_000.0 / 35_040.0).abs() < 1e-9);
    }

    /// Every file of the catalogue reads without an error and says where each of its figures comes from.
    #[test]
    fn the_catalogue_has_a_source_for_every_figure() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models/servers");
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let (kind, errors) = read(&std::fs::read_to_string(&path).unwrap());
            assert_eq!(errors, "", "{}", path.display());
            for key in ["cores", "memory", "speed", "price", "life", "power", "rack-units"] {
                let evidence = kind.as_ref().unwrap().evidence.get(key);
                let stated = evidence.is_some_and(|evidence| !evidence.source.starts_with("left out"));
                assert!(stated, "{} does not say where {key} comes from", path.display());
            }
            names.push(path.file_stem().unwrap().to_string_lossy().to_string());
        }
        names.sort();
        assert_eq!(names, ["small-2017", "two-socket-2017", "two-socket-2025"]);
    }
}
