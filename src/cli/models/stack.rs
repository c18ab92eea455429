//! `hostsim models --stack`: the article's figure.

use crate::cli::Failure;
use crate::cli::options::Format;
use hostsim::catalogue::{Catalogue, Era};
use hostsim::document::Diagnostics;
use hostsim::experiment::trade::{AtSize, trade};
use hostsim::report::figure::{self, drawing::Drawing};
use hostsim::report::stack::{self, Stack};
use hostsim::report::trade as traded;
use std::sync::atomic::AtomicBool;

/// The files of the pictures.
pub const FILES: [&str; 6] =
    ["stack-2017.svg", "stack-2017.png", "stack-now.svg", "stack-now.png", "trade.svg", "trade.png"];

/// Both stacks, and what the trade comes to.
pub struct Shown {
    stacks: Vec<Stack>,
    trade: Vec<AtSize>,
}

/// Reads the catalogue, and measures the trade.
///
/// # Errors
/// Where that cannot be simulated.
pub fn shown(catalogue: &Catalogue, d: &mut Diagnostics) -> Result<Shown, Failure> {
    let eras = [(Era::Of("2017".into()), "August 2017"), (Era::Now, "today")];
    let stacks = eras.map(|(era, word)| stack::stack(catalogue, &era, word, d)).into();
    let trade = trade(catalogue, &AtomicBool::new(false)).map_err(|error| Failure::Running(error.to_string()))?;
    Ok(Shown { stacks, trade })
}

impl Shown {
    /// What is printed.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Json => {
                format!("{:#}\n", traded::document(&self.stacks, &self.trade))
            }
            Format::Csv => stack::to_csv(&self.stacks),
            Format::Markdown => stack::to_markdown(&self.stacks),
            Format::Table => format!("{}\n{}", stack::to_text(&self.stacks), traded::to_text(&self.trade)),
        }
    }

    /// The pictures with the headings that a page has for them.
    pub fn figures(&self) -> Vec<(Drawing, String)> {
        let headings = self.stacks.iter().map(|stack| format!("Who manages which slice of the stack: {}", stack.era));
        let headings = headings.chain(["Labour for money: hours against the price of a unit".to_string()]);
        self.drawings().into_iter().map(|(_, drawing)| drawing).zip(headings).collect()
    }

    /// The pictures, each with the stem of its file.
    pub fn drawings(&self) -> Vec<(&'static str, Drawing)> {
        let stems = ["stack-2017", "stack-now"];
        let stacks = self.stacks.iter().map(figure::stack::draw);
        stems.into_iter().zip(stacks).chain([("trade", figure::trade::draw(&self.trade))]).collect()
    }
}
