//! A model of the catalogue: read, and as it was written.

use hostsim::billing::Confidence;
use hostsim::catalogue::{Catalogue, Model, ModelOrigin};
use hostsim::document::{Diagnostics, Node, Origin, SourceId};

/// A model of the catalogue.
pub struct Entry {
    /// As it was read.
    pub model: Model,
    /// As it was written, with all that it extends merged in.
    pub node: Node,
    /// Where it comes from.
    pub origin: ModelOrigin,
}

impl Entry {
    /// The model of that name; `None` where there is none, or where its file has mistakes, which
    /// are noted.
    pub fn read(name: &str, catalogue: &Catalogue, d: &mut Diagnostics) -> Option<Entry> {
        let (_, origin) = catalogue.models().find(|(known, _)| *known == name)?;
        let at = catalogue.written(name).map_or(Origin::new(SourceId(0), 0..0), |node| node.at);
        let node = catalogue.resolve(name, at, d)?;
        let model = Model::read(name, &node, d)?;
        Some(Entry { model, node, origin })
    }

    /// How sure its least sure price is; nothing where it has none.
    pub fn confidence(&self) -> Option<Confidence> {
        let of_charges = self.model.prices.charges.iter().map(|charge| &charge.confidence);
        let of_plans = self.model.prices.commitments.iter().map(|plan| &plan.confidence);
        let all = of_charges.chain(of_plans);
        let sized = |confidences: &hostsim::billing::confidence::Confidences| {
            confidences.by_size.iter().map(|(_, confidence)| *confidence).chain([confidences.rest]).max()
        };
        all.filter_map(sized).max()
    }

    /// Where it comes from, in words.
    pub fn origin_text(&self) -> &'static str {
        match self.origin {
            ModelOrigin::BuiltIn => "built in",
            ModelOrigin::Directory => "from --models",
            ModelOrigin::Inline => "inline",
        }
    }
}
