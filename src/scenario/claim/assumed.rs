//! `[claim.assumes]`: the inputs that were typed in and decide a claim, each by where it stands, with what is known of it.

use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, Origin, Table, suggest, text};
use crate::scenario::axis::Axis;

/// The file of the catalogue that holds the hours of labour.
pub const LABOUR: &str = "models/labour.toml";
/// Before the name of a model of the catalogue.
const MODELS: &str = "models/";

/// An input that was typed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// Where it stands: a path of the scenario's keys, a model of the catalogue (`models/aws-ec2-2017`), or [`LABOUR`].
    pub path: String,
    /// What is known of it.
    pub known: String,
    /// Where the path is written.
    pub at: Origin,
}

impl Assumed {
    /// Reads the table.
    pub fn read_all(node: &Node, d: &mut Diagnostics) -> Option<Vec<Assumed>> {
        Table::of(node, d)?;
        let one = |(path, known): (&String, &Node)| {
            let (path, at) = (path.clone(), known.key);
            Some(Assumed { path, known: text(known, d)?, at })
        };
        node.as_table().into_iter().flatten().map(one).collect()
    }

    /// Whether it stands in the scenario itself, and not in the catalogue.
    pub fn is_of_scenario(&self) -> bool {
        !self.path.starts_with(MODELS)
    }

    /// Notes an input that is not there.
    pub fn is_there(&self, root: &Node, catalogue: &Catalogue, d: &mut Diagnostics) {
        if self.path == LABOUR {
            return;
        }
        if let Some(name) = self.path.strip_prefix(MODELS) {
            let names = || catalogue.models().map(|(name, _)| name);
            if !names().any(|known| known == name) {
                d.error(self.at, format!("there is no model `{name}`"), suggest(name, names()));
            }
            return;
        }
        let found = Axis::read(&self.path, self.at, d).map(|axis| axis.find(root).is_some());
        if found == Some(false) {
            let help = "name a key that is written there, a model of the catalogue as \"models/NAME\", or \"models/labour.toml\"";
            d.error(self.at, format!("this scenario has no `{}`", self.path), help);
        }
    }
}
