//! The words by which optional charges are asked for.

use super::charge::Charge;

/// What users call the same thing, beside the word of the catalogue.
const SYNONYMS: &[(&str, &str)] = &[
    ("balancer", "load-balancer"),
    ("address", "public-address"),
    ("disk", "block-storage"),
    ("zones", "inter-zone"),
    ("inter-zone-traffic", "inter-zone"),
    ("gateway", "api-gateway"),
    ("storage", "object-storage"),
];

/// The word that some charge has: as it is written, or the catalogue's for it (or the other way round); `None`: no
/// charge has it.
pub fn known_word(word: &str, charges: &[Charge]) -> Option<String> {
    let has = |word: &str| charges.iter().any(|charge| charge.with.as_deref() == Some(word));
    if has(word) {
        return Some(word.to_string());
    }
    let other = |(a, b): &(&'static str, &'static str)| match word {
        _ if *a == word => Some(*b),
        _ if *b == word => Some(*a),
        _ => None,
    };
    SYNONYMS.iter().filter_map(other).find(|other| has(other)).map(String::from)
}
