//! The hours that each slice takes: the defaults by family, and what a model says instead.

use super::{LabourUse, Slice};
use crate::document::{Diagnostics, Node, Origin, SourceId, Table, Value, non_negative, span};
use crate::fleet::Evidence;
use crate::units::{HOUR, MONTH, Span};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The hours that one slice takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hours {
    /// Once, for each app and tenant.
    pub set_up: f64,
    /// Once, for each instance; nothing where instances are clones of an image.
    pub set_up_per_instance: f64,
    /// A month (730 h), for each app and tenant.
    pub per_month: f64,
    /// A month (730 h), for each account, however many of its apps are hosted on the model.
    pub per_account: f64,
    /// A month (730 h), for each instance.
    pub per_instance: f64,
}

impl Hours {
    /// The hours that fall on a month of this length, for all tenants together.
    pub(super) fn within(&self, used: &LabourUse, horizon: Span) -> f64 {
        let months = used.month.0 as f64 / MONTH.0 as f64;
        let part_of_horizon = if horizon.0 == 0 { 0.0 } else { used.month.0 as f64 / horizon.0 as f64 };
        let set_up = self.set_up * used.tenants + self.set_up_per_instance * used.instances;
        let running =
            self.per_month * used.tenants + self.per_account * used.accounts + self.per_instance * used.instances;
        set_up * part_of_horizon + running * months
    }
}

/// The hours that a table names; the rest are somebody else's to say.
#[derive(Clone, Copy, Debug, Default)]
struct Named {
    set_up: Option<f64>,
    set_up_per_instance: Option<f64>,
    per_month: Option<f64>,
    per_account: Option<f64>,
    per_instance: Option<f64>,
}

impl Named {
    fn read_keys(table: &mut Table<'_>, diagnostics: &mut Diagnostics) -> Named {
        Named {
            set_up: table.optional("set-up", diagnostics, hours),
            set_up_per_instance: table.optional("set-up-per-instance", diagnostics, hours),
            per_month: table.optional("per-month", diagnostics, hours),
            per_account: table.optional("per-account", diagnostics, hours),
            per_instance: table.optional("per-instance", diagnostics, hours),
        }
    }

    fn or(&self, default: Hours) -> Hours {
        Hours {
            set_up: self.set_up.unwrap_or(default.set_up),
            set_up_per_instance: self.set_up_per_instance.unwrap_or(default.set_up_per_instance),
            per_month: self.per_month.unwrap_or(default.per_month),
            per_account: self.per_account.unwrap_or(default.per_account),
            per_instance: self.per_instance.unwrap_or(default.per_instance),
        }
    }
}

/// Reads hours: a plain number, or a length of time such as "4 h" or "30 min".
fn hours(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    match node.value {
        Value::String(_) => span(node, diagnostics).map(|span| span.0 as f64 / HOUR.0 as f64),
        _ => non_negative(node, diagnostics),
    }
}

/// What a model says of its slices, in place of the defaults: `[labour.SLICE]` with any of
/// `set-up`, `set-up-per-instance`, `per-month`, `per-account`, `per-instance` (what is left out keeps its default).
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
                slices.insert(slice, (Named::read_keys(&mut inner, diagnostics), node.key));
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
}

impl LabourTable {
    /// The table of `models/labour.toml`, which is part of the program.
    pub fn built_in() -> &'static LabourTable {
        static TABLE: OnceLock<LabourTable> = OnceLock::new();
        TABLE.get_or_init(|| {
            let mut diagnostics = Diagnostics::default();
            let text = include_str!("../../../models/labour.toml");
            let source: SourceId = diagnostics.sources.add("models/labour.toml", text);
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
        let mut rows = BTreeMap::new();
        for (name, slice) in Slice::ALL {
            let Some(mut families) = table.node(name).and_then(|node| Table::of(node, diagnostics)) else { continue };
            for family in FAMILIES {
                if let Some(row) = families.optional(family, diagnostics, read_row) {
                    rows.insert((slice, family), row);
                }
            }
            families.finish(diagnostics);
        }
        table.finish(diagnostics);
        Some(LabourTable { rows })
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

fn read_row(node: &Node, diagnostics: &mut Diagnostics) -> Option<(Hours, Evidence)> {
    let mut table = Table::of(node, diagnostics)?;
    let hours = Named::read_keys(&mut table, diagnostics).or(Hours::default());
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
        let source = diagnostics.sources.add("labour.toml", include_str!("../../../models/labour.toml"));
        let node = Node::parse(source, &mut diagnostics);
        let table = LabourTable::read(&node, &mut diagnostics).unwrap();
        assert_eq!(diagnostics.render(false), "");
        assert!(table.rows.len() > 30 && table.rows.values().all(|(_, evidence)| !evidence.source.is_empty()));
        assert!(table.evidence(Slice::Porting, "serverless").is_some());
        assert!(table.evidence(Slice::Porting, "vps").is_none());
    }
}
