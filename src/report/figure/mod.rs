//! Figures, each as SVG and PNG. One file per figure; `style` says how all of them look.

pub mod along;
pub mod axis;
pub mod beside;
#[cfg(not(target_family = "wasm"))]
mod bitmap;
pub mod cores;
pub mod cost;
pub mod drawing;
pub mod effects;
pub mod fleet_use;
mod frame;
pub mod heat;
pub mod latency;
pub mod letters;
pub mod map;
pub mod measure;
pub mod multiples;
mod names;
mod panels;
pub mod parallel;
pub mod pareto;
mod render;
pub mod stack;
pub mod style;
pub mod time_axis;
pub mod timeline;
pub mod tornado;
pub mod trade;
pub mod traffic;
mod traffic_marks;
pub mod winners;

#[cfg(not(target_family = "wasm"))]
pub use bitmap::write_png;
pub use render::to_svg;

use crate::experiment::ResultDocument;
use crate::files::write_atomically;
use drawing::Drawing;
use std::io;
use std::path::{Path, PathBuf};

/// The figures of a run: the stem of the file, and the drawing.
pub fn figures(result: &ResultDocument) -> Vec<(&'static str, Drawing)> {
    let title = &result.title;
    vec![
        ("cost", cost::draw(title, &cost::bars(result))),
        ("latency", latency::draw(title, &latency::curves(result))),
        ("timeline", timeline::draw(title, result)),
        ("service", timeline::draw_service(title, result)),
        ("fleet-use", fleet_use::draw(title, result)),
    ]
}

/// Writes all figures of a run into a directory, each as SVG and PNG; answers what was written.
///
/// # Errors
/// What the file system says.
pub fn write_figures(directory: &Path, result: &ResultDocument) -> io::Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for (stem, drawing) in figures(result) {
        written.extend(write_figure(directory, stem, &drawing)?);
    }
    Ok(written)
}

/// Writes one figure as `STEM.svg` and `STEM.png` (in a browser as SVG alone: it draws that itself).
///
/// # Errors
/// What the file system says.
pub fn write_figure(directory: &Path, stem: &str, drawing: &Drawing) -> io::Result<Vec<PathBuf>> {
    let svg = directory.join(format!("{stem}.svg"));
    write_atomically(&svg, to_svg(drawing).as_bytes())?;
    #[cfg(not(target_family = "wasm"))]
    {
        let png = directory.join(format!("{stem}.png"));
        write_png(drawing, &png)?;
        Ok(vec![svg, png])
    }
    #[cfg(target_family = "wasm")]
    Ok(vec![svg])
}

#[cfg(test)]
mod snapshots;
#[cfg(test)]
pub(super) mod tests;
