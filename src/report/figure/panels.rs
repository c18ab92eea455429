//! Panels side by side, which share a scale.

use super::frame::MARGIN;
use super::style::WIDTH;

/// So many panels at most.
pub const MOST_PANELS: usize = 12;
/// Where the first panel of a row begins: left of it stand the values of the vertical axis.
const LEFT: f64 = 190.0;
const GAP: f64 = 40.0;
/// The strip above a panel for its heading, and the one below for its values.
const ABOVE: f64 = 52.0;
const BELOW: f64 = 44.0;

/// Where panels stand.
#[derive(Clone, Copy, Debug)]
pub struct Panels {
    top: f64,
    columns: usize,
    count: usize,
    wide: f64,
    high: f64,
}

/// Left, top, right and bottom of one panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Its left edge.
    pub left: f64,
    /// Its top, below the heading.
    pub top: f64,
    /// Its right edge.
    pub right: f64,
    /// Its bottom, above the values.
    pub bottom: f64,
    /// Whether it is the first one of its row.
    pub first: bool,
}

impl Panels {
    /// So many panels from a height on.
    pub fn new(count: usize, top: f64) -> Panels {
        let count = count.clamp(1, MOST_PANELS);
        let columns = match count {
            1..=3 => count,
            4 => 2,
            5 | 6 | 9 => 3,
            _ => 4,
        };
        let wide = (WIDTH - LEFT - MARGIN - GAP * (columns - 1) as f64) / columns as f64;
        let high = match count.div_ceil(columns) {
            1 => 540.0,
            2 => 330.0,
            _ => 270.0,
        };
        Panels { top, columns, count, wide, high }
    }

    /// Where one of them stands.
    pub fn place(&self, index: usize) -> Place {
        let (row, column) = (index / self.columns, index % self.columns);
        let left = LEFT + (self.wide + GAP) * column as f64;
        let top = self.top + ABOVE + (self.high + ABOVE + BELOW) * row as f64;
        Place { left, top, right: left + self.wide, bottom: top + self.high, first: column == 0 }
    }

    /// Where the last row ends, with its values.
    pub fn bottom(&self) -> f64 {
        self.place(self.count - 1).bottom + BELOW
    }

    /// From the first panel's left edge to the last one's right edge.
    pub fn ends(&self) -> (f64, f64) {
        (LEFT, WIDTH - MARGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_fill_the_width_and_do_not_touch() {
        for count in 1..=MOST_PANELS {
            let panels = Panels::new(count, 150.0);
            let places: Vec<Place> = (0..count).map(|index| panels.place(index)).collect();
            for (index, a) in places.iter().enumerate() {
                assert!(a.right <= WIDTH - MARGIN + 1e-9 && a.bottom + BELOW <= panels.bottom() + 1e-9);
                for b in &places[..index] {
                    let apart = b.right + GAP <= a.left + 1e-9 || b.bottom + BELOW <= a.top - ABOVE + 1e-9;
                    assert!(apart, "{count}: {a:?} {b:?}");
                }
            }
        }
    }
}
