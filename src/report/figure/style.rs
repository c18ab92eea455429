//! How all figures look: colours, dashes, marks, sizes of letters.

use super::drawing::{Drawing, Point};

/// A colour: red, green, blue.
pub type Colour = (u8, u8, u8);

/// Text and axes.
pub const INK: Colour = (0x1f, 0x23, 0x28);
/// Text of less weight; 5:1 against white.
pub const SOFT: Colour = (0x5f, 0x66, 0x6e);
/// Lines of the grid.
pub const GRID: Colour = (0xdd, 0xe1, 0xe6);
/// The ground.
pub const PAPER: Colour = (0xff, 0xff, 0xff);

// Colours that the colour-blind tell apart: M. Okabe and K. Ito, "Color Universal Design" (2008).
/// Blue.
pub const BLUE: Colour = (0x00, 0x72, 0xb2);
/// Vermillion.
pub const VERMILLION: Colour = (0xd5, 0x5e, 0x00);
/// Bluish green.
pub const GREEN: Colour = (0x00, 0x9e, 0x73);
/// Reddish purple.
pub const PURPLE: Colour = (0xcc, 0x79, 0xa7);
/// Orange.
pub const ORANGE: Colour = (0xe6, 0x9f, 0x00);
/// Sky blue.
pub const SKY: Colour = (0x56, 0xb4, 0xe9);
/// Yellow: for areas only, too light for lines.
pub const YELLOW: Colour = (0xf0, 0xe4, 0x42);

/// Colours of lines, in the order of cases.
const LINES: [Colour; 7] = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, INK];
/// Dashes by turns, so that lines differ without colours too.
const DASHES: [&[f64]; 4] = [&[], &[16.0, 8.0], &[4.0, 6.0], &[18.0, 6.0, 4.0, 6.0]];
/// Marks by turns.
const MARKS: [Mark; 5] = [Mark::Circle, Mark::Square, Mark::Triangle, Mark::Diamond, Mark::Cross];

/// Width of every figure.
pub const WIDTH: f64 = 1600.0;
/// Size of the title's letters.
pub const TITLE: f64 = 34.0;
/// Size of labels and of the subtitle.
pub const LABEL: f64 = 23.0;
/// Size of the numbers on axes and of what is said in passing.
pub const SMALL: f64 = 20.0;
/// Letters are made no smaller than this so that a text fits.
pub const LEAST: f64 = 15.0;

/// A mark on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A filled circle.
    Circle,
    /// A filled square.
    Square,
    /// A filled triangle.
    Triangle,
    /// A filled square on its corner.
    Diamond,
    /// Two crossing strokes.
    Cross,
}

/// How the line of a case is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Its colour.
    pub colour: Colour,
    /// Its dashes.
    pub dash: &'static [f64],
    /// Its mark.
    pub mark: Mark,
}

/// The look of the `index`-th case: 7 colours, 4 dashes and 5 marks have no common divisor, so
/// that looks repeat after 140 cases.
pub fn look(index: usize) -> Look {
    let (colour, dash, mark) = (LINES[index % LINES.len()], DASHES[index % DASHES.len()], MARKS[index % MARKS.len()]);
    Look { colour, dash, mark }
}

/// A colour of a scale from little (0, nearly paper) over blue to much (1, nearly black): darker is
/// more, so that it is read without colours too.
pub fn shade(share: f64) -> Colour {
    const STOPS: [Colour; 3] = [(0xec, 0xf4, 0xfa), BLUE, (0x00, 0x25, 0x45)];
    let at = share.clamp(0.0, 1.0) * 2.0;
    let (from, to) = if at < 1.0 { (STOPS[0], STOPS[1]) } else { (STOPS[1], STOPS[2]) };
    blend(to, from, at - if at < 1.0 { 0.0 } else { 1.0 })
}

/// A colour, so strong (from 0 to 1), on another.
pub fn blend(colour: Colour, ground: Colour, strength: f64) -> Colour {
    let mix = |c: u8, g: u8| (f64::from(c) * strength + f64::from(g) * (1.0 - strength)).round() as u8;
    (mix(colour.0, ground.0), mix(colour.1, ground.1), mix(colour.2, ground.2))
}

/// Black or white, whichever is read better on a colour (by the luminance of WCAG 2.1).
pub fn ink_on(fill: Colour) -> Colour {
    let linear = |c: u8| libm::pow(f64::from(c) / 255.0, 2.2);
    let luminance = 0.2126 * linear(fill.0) + 0.7152 * linear(fill.1) + 0.0722 * linear(fill.2);
    if luminance < 0.25 { PAPER } else { INK }
}

impl Mark {
    /// Draws the mark about a point, `radius` in size.
    pub fn draw(self, drawing: &mut Drawing, (x, y): Point, radius: f64, colour: Colour) {
        let r = radius;
        let corners: Vec<Point> = match self {
            Mark::Circle => circle((x, y), r),
            Mark::Square => vec![(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)],
            Mark::Triangle => vec![(x, y - 1.2 * r), (x + 1.1 * r, y + 0.8 * r), (x - 1.1 * r, y + 0.8 * r)],
            Mark::Diamond => vec![(x, y - 1.3 * r), (x + 1.3 * r, y), (x, y + 1.3 * r), (x - 1.3 * r, y)],
            Mark::Cross => {
                drawing.line(vec![(x - r, y - r), (x + r, y + r)], colour, 3.5, &[]);
                drawing.line(vec![(x - r, y + r), (x + r, y - r)], colour, 3.5, &[]);
                return;
            }
        };
        drawing.area(corners, colour, 1.0);
    }
}

/// A circle as a polygon of 24 corners.
pub fn circle((x, y): Point, radius: f64) -> Vec<Point> {
    let corner = |i: u32| {
        let angle = f64::from(i) / 24.0 * std::f64::consts::TAU;
        (x + radius * libm::cos(angle), y + radius * libm::sin(angle))
    };
    (0..24).map(corner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_cases_look_different_without_colour_too() {
        let looks: Vec<_> = (0..12).map(|i| (look(i).dash, look(i).mark)).collect();
        for (i, look) in looks.iter().enumerate() {
            assert!(!looks[..i].contains(look), "{i}: {look:?}");
        }
    }

    #[test]
    fn a_darker_shade_is_more() {
        let light = |share: f64| f64::from(shade(share).0) + f64::from(shade(share).1) + f64::from(shade(share).2);
        assert!((0..20).all(|i| light(f64::from(i) / 20.0) > light(f64::from(i + 1) / 20.0)));
        assert_eq!((shade(0.5), shade(-1.0)), (BLUE, shade(0.0)));
    }

    #[test]
    fn letters_are_white_on_dark_and_dark_on_light() {
        assert_eq!((ink_on(BLUE), ink_on(YELLOW), ink_on(ORANGE)), (PAPER, INK, INK));
    }
}
