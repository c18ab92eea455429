//! Designs: which points a sweep visits. Each kind is one file, and gives a block: rows of values
//! for some axes. Several designs in one scenario are multiplied.

mod grid;
mod latin;
mod points;
mod range;
mod sample;
mod sobol;
mod zip;

pub use latin::latin_hypercube;
pub use sample::{Method, Sample, saltelli};
pub use sobol::{MOST_DIMENSIONS, Sobol};

use super::axis::Axis;
use crate::document::{Diagnostics, Node, Table, suggest};
use std::path::Path;

/// Rows of values for some axes, which are numbered among all axes of the sweep.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// The axes.
    pub axes: Vec<usize>,
    /// The rows: a value for each axis; none where a row leaves the key as the scenario has it.
    pub rows: Vec<Vec<Option<Node>>>,
}

/// Everything that `[sweep]` asks for.
#[derive(Clone, Debug, Default)]
pub struct Design {
    /// The axes, in the order of the file.
    pub axes: Vec<Axis>,
    /// The blocks, whose product the points are; the last varies fastest.
    pub blocks: Vec<Block>,
    /// How a sample was drawn, where there is one.
    pub sample: Option<Sample>,
    /// Whether all axes are those of a grid.
    pub is_grid: bool,
}

/// A kind of design: its word, and what reads it into a design.
type Kind = (&'static str, fn(&Node, &mut Design, &Path, &mut Diagnostics));

const KINDS: [Kind; 4] = [("grid", grid::read), ("zip", zip::read), ("points", points::read), ("sample", sample::read)];

impl Design {
    /// Reads the table `[sweep]` of a scenario; `directory` is where files are looked for. Every
    /// error is noted; `None` where there is any.
    pub fn read(root: &Node, directory: &Path, d: &mut Diagnostics) -> Option<Design> {
        let before = d.count();
        let Some(node) = root.get("sweep") else {
            d.error(root.key, "this scenario has no sweep", "[sweep.grid], with the axes and their values");
            return None;
        };
        Table::of(node, d)?;
        let mut design = Design::default();
        for (word, inner) in node.as_table()? {
            match KINDS.iter().find(|(kind, _)| kind == word) {
                Some((_, read)) => read(inner, &mut design, directory, d),
                None => {
                    let help = suggest(word, KINDS.iter().map(|(kind, _)| *kind));
                    d.error(inner.key, format!("`{word}` is not a kind of sweep"), help);
                }
            }
        }
        design.is_grid = node.as_table()?.keys().all(|word| word == "grid");
        if d.count() == before && design.axes.is_empty() {
            d.error(node.key, "this sweep has no axes", "\"app.api.memory\" = [\"64 MiB\", \"128 MiB\"]");
        }
        (d.count() == before).then_some(design)
    }

    /// How many points there are.
    pub fn points(&self) -> u64 {
        self.blocks.iter().fold(1, |points: u64, block| points.saturating_mul(block.rows.len() as u64))
    }

    /// The values of a point, by axis.
    pub fn point(&self, index: u64) -> Vec<Option<&Node>> {
        let mut values = vec![None; self.axes.len()];
        let mut rest = index;
        for block in self.blocks.iter().rev() {
            let rows = block.rows.len() as u64;
            let row = &block.rows[(rest % rows) as usize];
            rest /= rows;
            for (axis, value) in block.axes.iter().zip(row) {
                values[*axis] = value.as_ref();
            }
        }
        values
    }

    /// The points in which at most one block is not at its first row: every value of each axis is in
    /// one of them.
    pub fn along_axes(&self) -> Vec<u64> {
        let mut indices = vec![0];
        let mut stride: u64 = 1;
        for block in self.blocks.iter().rev() {
            indices.extend((1..block.rows.len() as u64).map(|row| row.saturating_mul(stride)));
            stride = stride.saturating_mul(block.rows.len() as u64);
        }
        indices
    }

    /// Adds an axis; notes an error where its path is none, or another axis has it.
    fn add_axis(&mut self, name: &str, node: &Node, d: &mut Diagnostics) -> Option<usize> {
        let axis = Axis::read(name, node.key, d)?;
        if self.axes.iter().any(|known| known.path == axis.path) {
            d.error(node.key, format!("`{name}` is swept twice"), "");
            return None;
        }
        let inside = |a: &Axis, b: &Axis| a.path.starts_with(&b.path) || b.path.starts_with(&a.path);
        if let Some(other) = self.axes.iter().find(|known| inside(known, &axis)) {
            d.error(node.key, format!("`{name}` and `{}` stand one inside the other", other.name), "sweep one of them");
            return None;
        }
        self.axes.push(axis);
        Some(self.axes.len() - 1)
    }
}

/// A cell of a table: a string as it is, anything else as compact TOML, nothing where the point
/// leaves the key as it was.
pub fn cell(value: Option<&Node>) -> String {
    value.map_or_else(String::new, |node| node.as_str().map_or_else(|| node.to_toml(), String::from))
}

#[cfg(test)]
mod tests;
