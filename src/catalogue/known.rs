//! Models of the catalogue that have been read: a sweep names the same ones at every point.

use super::{Catalogue, Model};
use crate::document::{Diagnostics, Origin};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What has been read, by name; shared by the copies of a catalogue.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(Arc<Mutex<HashMap<String, Arc<Model>>>>);

impl Catalogue {
    /// Reads a model. Those that no scenario's own `[model.NAME]` has a part in are read once.
    /// `at` is where the name stands, for errors.
    pub fn model(&self, name: &str, at: Origin, d: &mut Diagnostics) -> Option<Arc<Model>> {
        let lock = || self.known.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = self.is_own(name);
        if own && let Some(model) = lock().get(name) {
            return Some(model.clone());
        }
        let before = d.count();
        let tree = self.resolve(name, at, d)?;
        let model = Arc::new(Model::read(name, &tree, d)?);
        // What has errors is read again, so that everyone who names it is told.
        if own && d.count() == before {
            lock().insert(name.to_string(), model.clone());
        }
        Some(model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Node;

    #[test]
    fn a_scenario_s_own_model_is_never_taken_for_the_catalogue_s() {
        let mut d = Diagnostics::default();
        let catalogue = Catalogue::load(None, &mut d);
        let at = Origin::new(crate::document::SourceId(0), 0..0);
        let read = |catalogue: &Catalogue, d: &mut Diagnostics| catalogue.model("textbook-vps", at, d).unwrap();
        let first = read(&catalogue, &mut d);
        assert!(Arc::ptr_eq(&first, &read(&catalogue, &mut d)), "read once");
        let source = d.sources.add("own.toml", "[textbook-vps]\nextends = \"aws-ec2-2017\"\n");
        let mut own = catalogue.clone();
        own.add_inline(&Node::parse(source, &mut d));
        assert_eq!(read(&own, &mut d).product, catalogue.model("aws-ec2-2017", at, &mut d).unwrap().product);
        assert!(Arc::ptr_eq(&first, &read(&catalogue, &mut d)));
        assert!(d.is_empty());
    }
}
