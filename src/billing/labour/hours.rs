//! The hours that each slice takes: the defaults by family, and what a model says instead.

use super::{Labour, LabourUse, Position, Slice, Spread};
use crate::document::{Diagnostics, Node, Origin, SourceId, Table, non_negative};
use crate::fleet::Evidence;
use crate::units::MONTH;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The table of hours by family and slice, as it is written: `models/labour.toml`.
pub const TEXT: &str = include_str!("../../../models/labour.toml");

/// The hours that one slice takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hours {
    /// Once, for each app and tenant.
    pub set_up: Spread,
    /// Once, for each instance; nothing where instances are clones of an image.
    pub set_up_per_instance: Spread,
    /// A month (730 h), for each app and tenant.
    pub per_month: Spread,
    /// For each deployment of each app and tenant.
    pub per_deployment: Spread,
    /// A month (730 h), for each account, however many of its apps are hosted on the model.
    pub per_account: Spread,
    /// A month (730 h), for each instance.
    pub per_instance: Spread,
    /// For each call at night, where failures are simulated.
    pub per_call: Spread,
}

impl Hours {
    /// The hours that fall on a month of this length, for all tenants together, at a place in their ranges.
    pub(super) fn within(&self, used: &LabourUse, labour: &Labour, position: Position) -> f64 {
        let at = |spread: &Spread| spread.at(position);
        let months = used.month.0 as f64 / MONTH.0 as f64;
        let set_up = at(&self.set_up) * used.tenants + at(&self.set_up_per_instance) * used.instances;
        let running = (at(&self.per_month) + at(&self.per_deployment) * labour.deployments) * used.tenants
            + at(&self.per_account) * used.accounts
            + at(&self.per_instance) * used.instances;
        let calls = at(&self.per_call) * used.night_calls.unwrap_or(0.0);
        set_up * labour.part_of_horizon(used.month) + running * months + calls
    }
}

/// The hours that a table names; the rest are somebody else's to say.
#[derive(Clone, Copy, Debug, Default)]
struct Named {
    set_up: Option<Spread>,
    set_up_per_instance: Option<Spread>,
    per_month: Option<Spread>,
    per_deployment: Option<Spread>,
    per_account: Option<Spread>,
    per_instance: Option<Spread>,
    per_call: Option<Spread>,
}

impl Named {
    fn read_keys(slice: Slice, table: &mut Table<'_>, d: &mut Diagnostics) -> Named {
        // Building an app may take less on one family than on another: hours are saved there.
        let of_app = if slice == Slice::Building { Spread::read_signed } else { Spread::read };
        Named {
            set_up: table.optional("set-up", d, of_app),
            set_up_per_instance: table.optional("set-up-per-instance", d, Spread::read),
            per_month: table.optional("per-month", d, Spread::read),
            per_deployment: table.optional("per-deployment", d, Spread::read),
            per_account: table.optional("per-account", d, Spread::read),
            per_instance: table.optional("per-instance", d, Spread::read),
            per_call: table.optional("per-call", d, Spread::read),
        }
    }

    fn or(&self, default: Hours) -> Hours {
        Hours {
            set_up: self.set_up.unwrap_or(default.set_up),
            set_up_per_instance: self.set_up_per_instance.unwrap_or(default.set_up_per_instance),
            per_month: self.per_month.unwrap_or(default.per_month),
            per_deployment: self.per_deployment.unwrap_or(default.per_deployment),
            per_account: self.per_account.unwrap_or(default.per_account),
            per_instance: self.per_instance.unwrap_or(default.per_instance),
            per_call: self.per_call.unwrap_or(default.per_call),
        }
    }
}

/// What a model says of its slices, in place of the defaults: `[labour.SLICE]` with any of
/// `set-up`, `set-up-per-instance`, `per-month`, `per-deployment`, `per-account`, `per-instance`, `per-call` (what is
/// left out keeps its default).
#[derive(Clone, Debug, Default)]
pub struct LabourOverrides {
    slices: BTreeMap<Slice, (Named, Origin)>,
}

impl LabourOverrides {
    /// Reads the table `labour` of a model.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<LabourOverrides> {
        let mut table = Table::of(node, diagnostics)?;
        let mut slices = BTreeMap::new();
        for (name, slice) in Slice::ALL {
            let Some(node) = table.node(name) else { continue };
            if let Some(mut inner) = Table::of(node, diagnostics) {
                slices.insert(slice, (Named::read_keys(slice, &mut inner, diagnostics), node.key));
                inner.finish(diagnostics);
            }
        }
        table.finish(diagnostics);
        Some(LabourOverrides { slices })
    }

    /// The slices that it speaks of, with where: one that the model does not manage is a slip.
    pub fn slices(&self) -> impl Iterator<Item = (Slice, Origin)> + '_ {
        self.slices.iter().map(|(slice, (_, at))| (*slice, *at))
    }

    /// Whether it says hours of a slice.
    pub fn says(&self, slice: Slice) -> bool {
        self.slices.contains_key(&slice)
    }

    /// The hours of a slice, given its default.
    pub(super) fn of(&self, slice: Slice, default: Hours) -> Hours {
        self.slices.get(&slice).map_or(default, |(named, _)| named.or(default))
    }
}

/// The words for families, as rows of the table of hours use them.
const FAMILIES: [&str; 6] = ["colocation", "dedicated", "vps", "container", "paas", "serverless"];

/// Default hours by slice and family, with the evidence for each.
#[derive(Clone, Debug, Default)]
pub struct LabourTable {
    rows: BTreeMap<(Slice, &'static str), (Hours, Evidence)>,
    deployments: f64,
}

impl LabourTable {
    /// The table of `models/labour.toml`, which is part of the program.
    pub fn built_in() -> &'static LabourTable {
        static TABLE: OnceLock<LabourTable> = OnceLock::new();
        TABLE.get_or_init(|| {
            let mut diagnostics = Diagnostics::default();
            let source: SourceId = diagnostics.sources.add("models/labour.toml", TEXT);
            let node = Node::parse(source, &mut diagnostics);
            let table = LabourTable::read(&node, &mut diagnostics).unwrap_or_default();
            debug_assert!(diagnostics.is_empty(), "{}", diagnostics.render(false));
            table
        })
    }

    /// Reads a file of rows `[SLICE.FAMILY]`, each with hours, `source` and `confidence`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<LabourTable> {
        let mut table = Table::of(node, diagnostics)?;
        table.required("schema", diagnostics, crate::document::count);
        let deployments = table.required("deployments-per-month", diagnostics, non_negative).unwrap_or_default();
        let mut rows = BTreeMap::new();
        for (name, slice) in Slice::ALL {
            let Some(mut families) = table.node(name).and_then(|node| Table::of(node, diagnostics)) else { continue };
            for family in FAMILIES {
                if let Some(row) = families.optional(family, diagnostics, |node, d| read_row(slice, node, d)) {
                    rows.insert((slice, family), row);
                }
            }
            families.finish(diagnostics);
        }
        table.finish(diagnostics);
        Some(LabourTable { rows, deployments })
    }

    /// How often a month each app is deployed, whatever its hosting.
    pub fn deployments(&self) -> f64 {
        self.deployments
    }

    /// The families (their words) in which a slice has hours.
    pub fn families(&self, slice: Slice) -> impl Iterator<Item = &'static str> + '_ {
        self.rows.keys().filter(move |(of, _)| *of == slice).map(|(_, family)| *family)
    }

    /// The default hours of a slice in a family (its word); none where there is no row.
    pub fn hours(&self, slice: Slice, family: &str) -> Hours {
        self.row(slice, family).map_or(Hours::default(), |(hours, _)| *hours)
    }

    /// Where the default hours of a slice in a family come from.
    pub fn evidence(&self, slice: Slice, family: &str) -> Option<&Evidence> {
        self.row(slice, family).map(|(_, evidence)| evidence)
    }

    fn row(&self, slice: Slice, family: &str) -> Option<&(Hours, Evidence)> {
        let family = FAMILIES.into_iter().find(|name| *name == family)?;
        self.rows.get(&(slice, family))
    }
}

fn read_row(slice: Slice, node: &Node, diagnostics: &mut Diagnostics) -> Option<(Hours, Evidence)> {
    let mut table = Table::of(node, diagnostics)?;
    let hours = Named::read_keys(slice, &mut table, diagnostics).or(Hours::default());
    let evidence = Evidence::read_keys(&mut table, diagnostics);
    table.finish(diagnostics);
    Some((hours, evidence?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_has_evidence() {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("labour.toml", TEXT);
        let node = Node::parse(source, &mut diagnostics);
        let table = LabourTable::read(&node, &mut diagnostics).unwrap();
        assert_eq!(diagnostics.render(false), "");
        assert!(table.rows.len() > 30 && table.rows.values().all(|(_, evidence)| !evidence.source.is_empty()));
        for family in FAMILIES {
            assert!(table.evidence(Slice::Porting, family).is_some(), "an app can be moved to {family}");
            assert!(table.evidence(Slice::Building, family).is_some(), "an app can be built for {family}");
        }
        assert!(table.evidence(Slice::Hardware, "vps").is_none());
    }

    /// Every family's app is deployed as often; what a deployment takes is in one row of each.
    #[test]
    fn deployments_are_counted_in_one_place() {
        let table = LabourTable::built_in();
        assert_eq!(table.deployments(), 4.0);
        for ((slice, family), (hours, _)) in &table.rows {
            let counted = hours.per_deployment.middle > 0.0;
            assert_eq!(counted, *slice == Slice::Application, "{family}");
            if counted {
                assert_eq!(
                    hours.per_month.middle, 0.55,
                    "{family}: what is left to do without deployments is the same"
                );
            }
        }
    }
}
