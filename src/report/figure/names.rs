//! Names beside the points of a figure, each where there is room for it.

use super::drawing::{Anchor, Drawing, Point, Text};
use super::letters;

/// Left, upper, right and lower edge.
pub type Extent = (f64, f64, f64, f64);

/// So wide a name may be before it is cut.
const WIDEST: f64 = 420.0;

/// Where a name may stand, from its point: to which side it begins or ends there.
const SIDES: [(f64, f64, Anchor); 8] = [
    (14.0, -28.0, Anchor::Start),
    (22.0, 0.0, Anchor::Start),
    (-22.0, 0.0, Anchor::End),
    (-14.0, 28.0, Anchor::End),
    (14.0, 28.0, Anchor::Start),
    (-14.0, -28.0, Anchor::End),
    (40.0, -30.0, Anchor::End),
    (40.0, 30.0, Anchor::End),
];

/// What surrounds a point.
pub fn around((x, y): Point, wide: f64, high: f64) -> Extent {
    (x - wide, y - high, x + wide, y + high)
}

/// The room for names, and what of it is taken.
pub struct Names {
    /// All of it.
    pub room: Extent,
    /// What no name may cover.
    pub taken: Vec<Extent>,
}

impl Names {
    /// Puts a name beside its point, in a text's size, weight and colour, where nothing is covered by it; whether
    /// there was room.
    pub fn put(&mut self, drawing: &mut Drawing, name: Text, (x, y): Point) -> bool {
        let text = letters::fit(&name.text, name.size, name.bold, WIDEST);
        let (wide, high) = (letters::width(&text, name.size, name.bold), name.size * 0.6);
        for (dx, dy, anchor) in SIDES {
            let left = if anchor == Anchor::Start { x + dx } else { x + dx - wide };
            let extent = (left, y + dy - high, left + wide, y + dy + high);
            if self.is_free(extent) {
                self.taken.push(extent);
                drawing.text(Text { anchor, at: (x + dx, y + dy), text, ..name });
                return true;
            }
        }
        false
    }

    fn is_free(&self, extent: Extent) -> bool {
        let (left, upper, right, lower) = self.room;
        let inside = extent.0 >= left && extent.2 <= right && extent.1 >= upper && extent.3 <= lower;
        inside && self.taken.iter().all(|o| extent.2 <= o.0 || o.2 <= extent.0 || extent.3 <= o.1 || o.3 <= extent.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cover_nothing_and_what_has_no_room_is_left_out() {
        let mut drawing = Drawing::new(400.0, 200.0, "names");
        let mut names = Names { room: (0.0, 0.0, 400.0, 200.0), taken: Vec::new() };
        let put: Vec<bool> =
            (0..12).map(|_| names.put(&mut drawing, Text::new((0.0, 0.0), 20.0, "a name"), (200.0, 100.0))).collect();
        assert!(put[0] && put[1] && !put[11], "{put:?}");
        for (index, one) in names.taken.iter().enumerate() {
            let apart = |o: &Extent| one.2 <= o.0 || o.2 <= one.0 || one.3 <= o.1 || o.3 <= one.1;
            assert!(names.taken[index + 1..].iter().all(apart), "{:?}", names.taken);
        }
    }
}
