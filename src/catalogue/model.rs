//! A hosting model: a composition of isolation, start phases, discipline, scaling, keep-alive,
//! sizes, charges and labour.

use super::basis::Basis;
use super::cluster::ClusterTerms;
use super::core::{CoreRule, dressed};
use super::range::SizeRange;
use super::recovery;
use super::size::Size;
use super::start::read_phases;
use super::terms::Terms;
use crate::billing::{LabourOverrides, LabourTable, PriceList, Slice};
use crate::document::{Diagnostics, Node, Table, Value, count, list, named, positive_span, span, suggest, text};
use crate::fleet::Isolation;
use crate::hosting::Recovery;
use crate::hosting::deployment::StartPhase;
use crate::units::{Bytes, Span};
use indexmap::IndexMap;

/// The families of the article, from the most labour to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// The developer's own servers in rented space.
    Colocation,
    /// Whole rented servers.
    Dedicated,
    /// Virtual machines.
    Vps,
    /// Containers.
    Container,
    /// Platform as a service.
    Paas,
    /// Instances on demand.
    Serverless,
}

/// The families by the words that files use.
pub const FAMILIES: [(&str, Family); 6] = [
    ("colocation", Family::Colocation),
    ("dedicated", Family::Dedicated),
    ("vps", Family::Vps),
    ("container", Family::Container),
    ("paas", Family::Paas),
    ("serverless", Family::Serverless),
];

impl Family {
    /// The family's word.
    pub fn name(self) -> &'static str {
        FAMILIES.iter().find(|(_, family)| *family == self).map_or("", |(name, _)| name)
    }
}

/// Linux's own period for a group's share of the processor (`cpu.max`, `cpu.cfs_period_us`).
const CPU_PERIOD: Span = Span(100_000_000);

/// A hosting model, read and checked.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name in the catalogue.
    pub name: String,
    /// Its family.
    pub family: Family,
    /// Who offers it.
    pub provider: String,
    /// What it is called.
    pub product: String,
    /// The date of its terms.
    pub as_of: String,
    /// How instances are kept apart.
    pub isolation: Isolation,
    /// The terms that a case may set anew.
    pub terms: Terms,
    /// What a server's failure means for its instances.
    pub recovery: Recovery,
    /// How often an instance's share of its threads is given anew.
    pub cpu_period: Span,
    /// By which clock it is looked at whether that is used up: of no length, at every moment.
    pub cpu_tick: Span,
    /// How long a request may be inside an instance.
    pub time_limit: Option<Span>,
    /// The slices of the stack that the developer works on.
    pub manages: Vec<Slice>,
    /// Hours that differ from the slices' defaults.
    pub labour: LabourOverrides,
    /// The phases from order to ready.
    pub start: Vec<StartPhase>,
    /// Where instances are packed on nodes of the size that was ordered: how.
    pub cluster: Option<ClusterTerms>,
    /// What can be ordered.
    pub sizes: IndexMap<String, Size>,
    /// Where the customer picks cores and memory.
    pub size_range: Option<SizeRange>,
    /// What a virtual CPU of the sizes does.
    pub cores: Vec<CoreRule>,
    /// Where what is said of the service comes from.
    pub basis: Vec<Basis>,
    /// Words of optional charges that are in an order unless it leaves them off: what is needed to be reached.
    pub with_default: Vec<String>,
    /// What it costs.
    pub prices: PriceList,
}

impl Model {
    /// Reads a model's table, with all that it extends merged in.
    pub fn read(name: &str, node: &Node, diagnostics: &mut Diagnostics) -> Option<Model> {
        let before = diagnostics.count();
        let mut table = Table::of(node, diagnostics)?;
        table.optional("schema", diagnostics, schema_1);
        let family = table.required("family", diagnostics, |node, d| named(node, d, "family", &FAMILIES));
        let provider = table.default("provider", String::new(), diagnostics, text);
        let product = table.default("product", name.to_string(), diagnostics, text);
        let as_of = table.default("as-of", String::new(), diagnostics, text);
        let isolation = match table.node("isolation") {
            Some(node) => Isolation::read(node, diagnostics),
            None => Some(default_isolation(family)),
        };
        let terms = Terms::read(&mut table, diagnostics);
        let cpu_period = table.default("cpu-period", CPU_PERIOD, diagnostics, span);
        let cpu_tick = table.default("cpu-tick", Span(0), diagnostics, span);
        let time_limit = table.optional("time-limit", diagnostics, positive_span);
        let recovery = match (table.node("recovery"), family) {
            (Some(node), Some(family)) => recovery::read(node, family, diagnostics),
            (_, family) => Some(recovery::of_family(family.unwrap_or(Family::Vps))),
        };
        let manages = table.optional("manages", diagnostics, |node, d| list(node, d, Slice::read)).unwrap_or_default();
        let labour = table.optional("labour", diagnostics, LabourOverrides::read).unwrap_or_default();
        if let (Some(family), Some(node)) = (family, table.node("manages")) {
            hours_are_known(family, &manages, &labour, node, diagnostics);
        }
        let sizes = table.optional("size", diagnostics, read_sizes).unwrap_or_default();
        let size_range = table.optional("size-range", diagnostics, SizeRange::read);
        let names: Vec<String> = sizes.keys().cloned().collect();
        let rule = |node: &Node, d: &mut Diagnostics| CoreRule::read(node, &names, d);
        let cores = table.optional("core", diagnostics, |node, d| list(node, d, rule)).unwrap_or_default();
        let sizes = sizes.into_iter().map(|(name, size)| (name, dressed(&cores, size))).collect();
        let cluster_node = table.node("cluster");
        let cluster = cluster_node.and_then(|node| ClusterTerms::read(node, &names, diagnostics));
        if let (Some(node), Some(isolation)) = (cluster_node, &isolation)
            && isolation.layers.len() < 2
        {
            let help = "the outermost first: isolation = [\"vm\", \"container\"]";
            diagnostics.error(node.key, "a cluster's isolation names the node's and the container's", help);
        }
        let phases = |node: &Node, d: &mut Diagnostics| read_phases(node, &names, cluster_node.is_some(), d);
        let start = table.optional("start", diagnostics, phases).unwrap_or_default();
        let basis = table.optional("basis", diagnostics, Basis::read_all).unwrap_or_default();
        let default_node = table.node("with-default");
        let with_default = default_node.and_then(|node| list(node, diagnostics, text)).unwrap_or_default();
        let prices = PriceList::read(&mut table, &names, diagnostics);
        table.finish(diagnostics);
        if let (Some(node), Some(prices)) = (default_node, &prices) {
            let words = || prices.charges.iter().filter_map(|charge| charge.with.as_deref());
            for word in with_default.iter().filter(|word| !words().any(|known| known == word.as_str())) {
                diagnostics.error(node.at, format!("no charge has `with = \"{word}\"`"), suggest(word, words()));
            }
        }
        if diagnostics.count() > before {
            return None;
        }
        Some(Model {
            name: name.to_string(),
            family: family?,
            provider,
            product,
            as_of,
            isolation: isolation?,
            terms,
            recovery: recovery?,
            cpu_period,
            cpu_tick,
            time_limit,
            manages,
            labour,
            start,
            cluster,
            sizes,
            size_range,
            cores,
            basis,
            with_default,
            prices: prices?,
        })
    }

    /// The size of that name, or an error with the nearest one.
    pub fn size(&self, name: &str, node: &Node, diagnostics: &mut Diagnostics) -> Option<Size> {
        let of_range = || self.size_range.as_ref().and_then(|range| range.named(name));
        let found = self.sizes.get(name).cloned().or_else(of_range);
        if found.is_none() {
            let help = suggest(name, self.sizes.keys().map(String::as_str));
            diagnostics.error(node.at, format!("`{}` has no size `{name}`", self.name), help);
        }
        found.map(|size| dressed(&self.cores, size))
    }

    /// The size that a customer picks from the range, or an error.
    pub fn picked(&self, node: &Node, diagnostics: &mut Diagnostics) -> Option<Size> {
        let Some(range) = &self.size_range else {
            let help = suggest("", self.sizes.keys().map(String::as_str));
            diagnostics.error(node.at, format!("`{}` has sizes by name only", self.name), help);
            return None;
        };
        range.pick(node, diagnostics).map(|size| dressed(&self.cores, size))
    }

    /// The sizes that there are to choose from, for an app of so much memory: those with names, or
    /// some of the range.
    pub fn choices(&self, memory: Bytes) -> Vec<Size> {
        let range = self.size_range.as_ref().filter(|_| self.sizes.is_empty());
        let of_range =
            |range: &SizeRange| range.choices(memory).into_iter().map(|size| dressed(&self.cores, size)).collect();
        range.map_or_else(|| self.sizes.values().cloned().collect(), of_range)
    }

    /// Whether instances come with requests.
    pub fn is_on_demand(&self) -> bool {
        self.terms.scaling.as_ref().is_some_and(|scaling| scaling.comes_with_requests())
    }
}

/// Reads `schema = 1`.
pub fn schema_1(node: &Node, diagnostics: &mut Diagnostics) -> Option<()> {
    if count(node, diagnostics)? != 1 {
        diagnostics.error(node.at, "this schema is not known", "this version reads `schema = 1`");
    }
    Some(())
}

/// A slice that a model leaves to its users takes hours: those of its family, or the model's own. Where neither says how
/// many, it would silently take none.
fn hours_are_known(family: Family, manages: &[Slice], own: &LabourOverrides, node: &Node, d: &mut Diagnostics) {
    let table = LabourTable::built_in();
    let unknown = |slice: &&Slice| table.evidence(**slice, family.name()).is_none() && !own.says(**slice);
    let mut told: Vec<Slice> = Vec::new();
    for slice in manages.iter().filter(unknown) {
        if told.contains(slice) {
            continue;
        }
        told.push(*slice);
        let word = |item: &&Node| item.as_str() == Some(slice.name());
        let items = match &node.value {
            Value::Array(items) => items.as_slice(),
            _ => &[],
        };
        let at = items.iter().find(word).map_or(node.at, |item| item.at);
        let known = table.families(*slice).collect::<Vec<_>>().join(", ");
        d.error(
            at,
            format!("no hours are known for `{}` in the family {}", slice.name(), family.name()),
            format!(
                "leave it out, or state hours: labour.{} = {{ per-month = 1 }} (there are rows for {known})",
                slice.name()
            ),
        );
    }
}

fn read_sizes(node: &Node, diagnostics: &mut Diagnostics) -> Option<IndexMap<String, Size>> {
    Table::of(node, diagnostics)?;
    let mut sizes = IndexMap::new();
    for (name, node) in node.as_table()? {
        if let Some(size) = Size::read(name, node, diagnostics) {
            sizes.insert(name.clone(), size);
        }
    }
    Some(sizes)
}

fn default_isolation(family: Option<Family>) -> Isolation {
    match family {
        Some(Family::Colocation | Family::Dedicated) => Isolation::bare_metal(),
        Some(Family::Container | Family::Paas) => Isolation::container(),
        Some(Family::Serverless) => Isolation::micro_vm(),
        Some(Family::Vps) | None => Isolation::vm(),
    }
}
