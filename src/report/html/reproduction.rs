//! How to get the same numbers again.

use super::page::{Block, Section};

/// What it takes to get the same numbers again.
#[derive(Clone, Debug, Default)]
pub struct Reproduction {
    /// The scenario as it was read.
    pub scenario_text: String,
    /// The command line.
    pub command: String,
    /// The program's version.
    pub version: String,
}

/// The section; `facts` are pairs of a word and a value: seed, digest.
pub fn reproduction_section(reproduction: &Reproduction, facts: &[(&str, String)]) -> Section {
    let version = ("Version".to_string(), format!("hostsim {}", reproduction.version));
    let facts = facts.iter().map(|(word, value)| (word.to_string(), value.clone())).chain([version]).collect();
    Section {
        id: "reproduction".into(),
        title: "How to reproduce it".into(),
        intro: "The same scenario, seed and version of the program give the same numbers, which the digest of all \
                simulated facts confirms."
            .into(),
        blocks: vec![
            Block::Facts(facts),
            Block::Verbatim("Command".into(), reproduction.command.clone()),
            Block::Verbatim("Scenario".into(), reproduction.scenario_text.clone()),
        ],
    }
}
