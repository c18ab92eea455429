//! Which terms are looked at: those of today, those of 2017, or all.

use super::{Catalogue, Model, ModelOrigin};

/// Which terms are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Era {
    /// Today's.
    #[default]
    Now,
    /// Of a date, such as 2017 or 2017-08.
    Of(String),
    /// All.
    All,
}

impl Era {
    /// Reads `now`, `all`, or a date's beginning.
    ///
    /// # Errors
    /// Says what was expected.
    pub fn parse(text: &str) -> Result<Era, String> {
        let is_date = text.len() >= 4 && text.starts_with("20") && text.chars().all(|c| c.is_ascii_digit() || c == '-');
        match text {
            "now" => Ok(Era::Now),
            "all" => Ok(Era::All),
            date if is_date => Ok(Era::Of(date.to_string())),
            _ => Err("expected now, all, 2017, or another date such as 2017-08".into()),
        }
    }

    /// Whether a model's terms are of it. The catalogue's own name says whether it is today's; a model of the
    /// user's own, and the ideal machines, are of any.
    pub fn admits(&self, model: &Model, origin: ModelOrigin) -> bool {
        let ours = origin == ModelOrigin::BuiltIn && !model.name.starts_with("textbook-");
        match self {
            Era::All => true,
            Era::Now => !ours || model.name.ends_with("-now"),
            Era::Of(date) => {
                let named = model.name.ends_with(&format!("-{date}"));
                named || model.as_of.starts_with(date.as_str()) || (!ours && model.as_of.is_empty())
            }
        }
    }

    /// As [`Era::admits`], of a model of a catalogue.
    pub fn admits_in(&self, catalogue: &Catalogue, model: &Model) -> bool {
        let origin = catalogue.models().find(|(name, _)| *name == model.name).map(|(_, origin)| origin);
        self.admits(model, origin.unwrap_or(ModelOrigin::Inline))
    }
}
