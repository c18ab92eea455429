//! Which models are listed.

use super::entry::Entry;
use clap::Args;
use clap::builder::PossibleValuesParser;
use hostsim::catalogue::{Era, FAMILIES};

/// Which models are listed.
#[derive(Args)]
pub struct Filter {
    /// Only this family
    #[arg(long, value_name = "FAMILY", value_parser = PossibleValuesParser::new(FAMILIES.map(|(name, _)| name)))]
    family: Option<String>,
    /// Only providers whose name has this in it
    #[arg(long, value_name = "WORD")]
    provider: Option<String>,
    /// Only these terms: now (the default, the newest of each product), 2017 or another date, or all
    #[arg(long, value_name = "ERA", default_value = "now", value_parser = Era::parse)]
    era: Era,
}

impl Filter {
    /// Whether a model is to be listed.
    pub fn lets_through(&self, entry: &Entry) -> bool {
        let model = &entry.model;
        let family = self.family.as_ref().is_none_or(|family| family == model.family.name());
        let provider = self.provider.as_ref().is_none_or(|word| contains(&model.provider, word));
        family && provider && self.era.admits(model, entry.origin)
    }
}

/// Whether a model has every one of some words, in its name or in what is said of it.
pub fn has_words(entry: &Entry, words: &[String]) -> bool {
    let model = &entry.model;
    let said = format!("{} {} {} {}", model.name, model.provider, model.product, model.family.name());
    words.iter().all(|word| contains(&said, word))
}

fn contains(text: &str, word: &str) -> bool {
    text.to_lowercase().contains(&word.to_lowercase())
}
