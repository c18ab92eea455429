//! A figure as a list of shapes, before it becomes SVG or PNG.
//!
//! Figures are pure functions from data to a [`Drawing`], which tests can look into; one renderer
//! turns it into either format. Coordinates are in units of the SVG, from the upper left corner.

use super::style::{Colour, INK};
use std::ops::Range;

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// What it says in one line, for those who cannot see it.
    pub title: String,
    /// The height of the strip at the top with title and subtitle, which a page that has headings
    /// of its own leaves out; 0 where there is none.
    pub head: f64,
    /// What it shows, in which unit.
    pub subtitle: String,
    /// The shapes, from the back to the front.
    pub shapes: Vec<Shape>,
    /// Which shapes belong to which case (by its index), for pages where cases are switched off.
    pub parts: Vec<(usize, Range<usize>)>,
    /// The values that a page tells where one points.
    pub spots: Vec<Spot>,
}

/// A place in a figure that stands for a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// The case that it belongs to, by its index.
    pub case: Option<usize>,
    /// The upper left corner of the place.
    pub corner: Point,
    /// The lower right corner, which may be the same.
    pub other: Point,
    /// The value in words.
    pub text: String,
}

/// A point.
pub type Point = (f64, f64);

/// One shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A filled area.
    Area {
        /// Its corners.
        points: Vec<Point>,
        /// Its colour.
        fill: Colour,
        /// From 0, invisible, to 1.
        opacity: f64,
    },
    /// A line through points.
    Line {
        /// The points.
        points: Vec<Point>,
        /// Its colour.
        colour: Colour,
        /// Its width.
        width: f64,
        /// Lengths of strokes and gaps by turns; empty: unbroken.
        dash: &'static [f64],
    },
    /// A text.
    Text(Text),
}

/// A text whose middle stands at the height of a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The point.
    pub at: Point,
    /// What it says.
    pub text: String,
    /// Size of the em.
    pub size: f64,
    /// Where the text lies from the point.
    pub anchor: Anchor,
    /// Its colour.
    pub colour: Colour,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it runs upwards.
    pub upwards: bool,
}

/// Where a text lies from its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Text {
    /// A text in ink that begins at a point.
    pub fn new(at: Point, size: f64, text: impl Into<String>) -> Text {
        let (text, anchor) = (text.into(), Anchor::Start);
        Text { at, text, size, anchor, colour: INK, bold: false, upwards: false }
    }

    /// The same, centred on its point.
    pub fn middle(self) -> Text {
        Text { anchor: Anchor::Middle, ..self }
    }

    /// The same, ending at its point.
    pub fn end(self) -> Text {
        Text { anchor: Anchor::End, ..self }
    }

    /// The same in bold.
    pub fn bold(self) -> Text {
        Text { bold: true, ..self }
    }

    /// The same in another colour.
    pub fn colour(self, colour: Colour) -> Text {
        Text { colour, ..self }
    }

    /// The same, running upwards.
    pub fn upwards(self) -> Text {
        Text { upwards: true, ..self }
    }
}

impl Drawing {
    /// An empty drawing.
    pub fn new(width: f64, height: f64, title: impl Into<String>) -> Drawing {
        let (title, subtitle) = (title.into(), String::new());
        Drawing { width, height, title, head: 0.0, subtitle, shapes: vec![], parts: vec![], spots: vec![] }
    }

    /// Draws what belongs to a case.
    pub fn of_case(&mut self, case: usize, draw: impl FnOnce(&mut Drawing)) {
        let first = self.shapes.len();
        draw(self);
        if self.shapes.len() > first {
            self.parts.push((case, first..self.shapes.len()));
        }
    }

    /// Says the value that a place between two corners stands for.
    pub fn spot(&mut self, case: Option<usize>, corner: Point, other: Point, text: impl Into<String>) {
        self.spots.push(Spot { case, corner, other, text: text.into() });
    }

    /// Says the value that a point stands for.
    pub fn spot_at(&mut self, case: Option<usize>, at: Point, text: impl Into<String>) {
        self.spot(case, at, at, text);
    }

    /// Adds a text.
    pub fn text(&mut self, text: Text) {
        self.shapes.push(Shape::Text(text));
    }

    /// Adds a line; nothing where it has fewer than two points.
    pub fn line(&mut self, points: Vec<Point>, colour: Colour, width: f64, dash: &'static [f64]) {
        if points.len() > 1 {
            self.shapes.push(Shape::Line { points, colour, width, dash });
        }
    }

    /// Adds a filled area; nothing where it has fewer than three corners.
    pub fn area(&mut self, points: Vec<Point>, fill: Colour, opacity: f64) {
        if points.len() > 2 {
            self.shapes.push(Shape::Area { points, fill, opacity });
        }
    }

    /// Adds a filled rectangle between two corners.
    pub fn rectangle(&mut self, (x0, y0): Point, (x1, y1): Point, fill: Colour) {
        self.area(vec![(x0, y0), (x1, y0), (x1, y1), (x0, y1)], fill, 1.0);
    }

    /// Adds the outline of a rectangle.
    pub fn outline(&mut self, (x0, y0): Point, (x1, y1): Point, colour: Colour, width: f64) {
        self.line(vec![(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], colour, width, &[]);
    }

    /// Adds slanting lines over a rectangle, by which areas differ without colours too.
    pub fn hatch(&mut self, (x0, y0): Point, (x1, y1): Point, colour: Colour, step: f64) {
        let height = y1 - y0;
        let mut foot = x0 - height + step;
        while foot < x1 {
            let (left, right) = (foot.max(x0), (foot + height).min(x1));
            if right > left {
                self.line(vec![(left, y1 - (left - foot)), (right, y1 - (right - foot))], colour, 1.5, &[]);
            }
            foot += step;
        }
    }

    /// All texts, in order.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.shapes.iter().filter_map(|shape| match shape {
            Shape::Text(text) => Some(text),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hatch_stays_within_its_rectangle() {
        let mut drawing = Drawing::new(100.0, 100.0, "");
        drawing.hatch((10.0, 20.0), (17.0, 50.0), INK, 5.0);
        assert!(drawing.shapes.len() >= 6);
        for shape in &drawing.shapes {
            let Shape::Line { points, .. } = shape else { panic!("{shape:?}") };
            assert!(points.iter().all(|(x, y)| (10.0..=17.0).contains(x) && (20.0..=50.0).contains(y)), "{points:?}");
        }
    }
}
