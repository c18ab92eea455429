//! Labour hours against the price of a unit along the families, for one app at several sizes.

use super::axis::Scale;
use super::drawing::{Drawing, Point, Text};
use super::frame::{self, HEAD, MARGIN};
use super::names::{Extent, Names, around};
use super::style::{SMALL, WIDTH, look};
use crate::experiment::trade::{AtSize, Traded};
use crate::report::format;

const LEFT: f64 = MARGIN + 130.0;
const RIGHT: f64 = WIDTH - 70.0;
const HEIGHT: f64 = 880.0;

/// The figure: a line for each size of the app, through its families.
pub fn draw(sizes: &[AtSize]) -> Drawing {
    let subtitle = "Hours of labour a month against what a million requests cost without labour; each line is the same app at one size";
    let mut drawing = frame::head(HEIGHT, "Labour for money, measured", subtitle);
    let (top, bottom) = (HEAD + 50.0, HEIGHT - 110.0);
    let all = || sizes.iter().flat_map(|size| &size.families);
    let x = scale(all().map(|family| family.price), (LEFT, RIGHT));
    let y = scale(all().map(|family| family.hours), (bottom, top));
    frame::x_axis(&mut drawing, &x, &x.ticks(8), (top, bottom), format::money);
    frame::y_axis(&mut drawing, &y, &y.ticks(6), (LEFT, RIGHT), |hours| format!("{} h", format::significant(hours, 2)));
    let place = |price: f64, hours: f64| (x.place(price), y.place(hours));
    for (index, size) in sizes.iter().enumerate() {
        let look = look(index);
        let points = size.families.iter().map(|family| place(family.price, family.hours)).collect();
        drawing.line(points, look.colour, 3.0, look.dash);
        let key = (LEFT + 20.0 + 440.0 * index as f64, HEAD + 14.0);
        drawing.line(vec![key, (key.0 + 50.0, key.1)], look.colour, 3.0, look.dash);
        look.mark.draw(&mut drawing, (key.0 + 25.0, key.1), 9.0, look.colour);
        let words = format!("{} requests a month", format::grouped(size.requests_per_month, 0));
        drawing.text(Text::new((key.0 + 64.0, key.1), SMALL, words));
    }
    // Marks and names stand before all lines.
    for (index, size) in sizes.iter().enumerate() {
        for family in &size.families {
            point(&mut drawing, index, size, family, place(family.price, family.hours));
        }
    }
    let points: Vec<(&str, Point)> =
        all().map(|family| (family.family.as_str(), place(family.price, family.hours))).collect();
    name(&mut drawing, &points, (LEFT, top, WIDTH - 20.0, bottom));
    frame::x_title(&mut drawing, (LEFT, RIGHT), HEIGHT - 44.0, "US dollars for a million requests, without labour");
    frame::y_title(&mut drawing, (top, bottom), "hours of labour a month");
    drawing
}

fn point(drawing: &mut Drawing, index: usize, size: &AtSize, family: &Traded, at: Point) {
    let spoken = format!(
        "{} at {} requests a month: {} h ({} to {}), {} a million requests",
        family.family,
        format::grouped(size.requests_per_month, 0),
        format::significant(family.hours, 3),
        format::significant(family.range.0, 2),
        format::significant(family.range.1, 2),
        format::money(family.price)
    );
    look(index).mark.draw(drawing, at, 9.0, look(index).colour);
    drawing.spot_at(Some(index), at, spoken);
}

/// The families' names beside their points; of points of one family that lie upon each other, one is named.
fn name(drawing: &mut Drawing, points: &[(&str, Point)], room: Extent) {
    let mut names = Names { room, taken: points.iter().map(|(_, at)| around(*at, 9.0, 9.0)).collect() };
    for (index, (family, at)) in points.iter().enumerate() {
        let upon = |(other, there): &(&str, Point)| other == family && near(*there, *at);
        if !points[..index].iter().any(upon) {
            names.put(drawing, Text::new(*at, SMALL - 2.0, *family), *at);
        }
    }
}

fn near(a: Point, b: Point) -> bool {
    (a.0 - b.0).abs() < 9.0 && (a.1 - b.1).abs() < 9.0
}

fn scale(values: impl Iterator<Item = f64>, ends: (f64, f64)) -> Scale {
    let (low, high) = values.filter(|v| *v > 0.0).fold((f64::INFINITY, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
    let (low, high) = if low.is_finite() { (low, high) } else { (1.0, 10.0) };
    Scale::logarithmic((low * 0.7, high * 2.5), ends)
}
