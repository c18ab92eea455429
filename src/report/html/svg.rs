//! A drawing as the shapes of an inline SVG: grouped by case, in colours that follow the page's.

use crate::report::figure::drawing::{Anchor, Drawing, Point, Shape, Text};
use crate::report::figure::letters;
use crate::report::figure::style::{Colour, GRID, INK, PAPER, SOFT};
use serde::Serialize;

/// Spots are at least so large in every direction, that a finger hits them.
const LEAST_SPOT: f64 = 30.0;

/// A figure as its template wants it.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Its number on the page, from 1.
    pub number: usize,
    /// Its heading.
    pub heading: String,
    /// What it shows.
    pub subtitle: String,
    /// Left, top, width and height.
    pub view: String,
    /// The shapes, those of one case together.
    pub groups: Vec<Group>,
    /// The places that tell a value.
    pub spots: Vec<Spot>,
}

/// Shapes that are switched on and off together.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// The case, by its index.
    pub case: Option<usize>,
    /// The shapes.
    pub shapes: Vec<Element>,
}

/// A place that tells a value.
#[derive(Clone, Debug, Serialize)]
pub struct Spot {
    /// The case, by its index.
    pub case: Option<usize>,
    /// Left, top, width and height.
    pub place: [String; 4],
    /// What it tells.
    pub text: String,
}

/// One element of the SVG.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Element {
    /// A filled polygon.
    Area {
        /// Its corners.
        points: String,
        /// Its colour.
        fill: String,
        /// Its opacity, where it is not 1.
        opacity: Option<f64>,
    },
    /// A line.
    Line {
        /// Its points.
        points: String,
        /// Its colour.
        stroke: String,
        /// Its width.
        width: f64,
        /// Its dashes; may be empty.
        dash: String,
        /// The width of the paper-coloured line below it, where it lies on several colours.
        halo: Option<f64>,
    },
    /// A text.
    Text {
        /// Its place.
        x: String,
        /// Its place.
        y: String,
        /// Its size.
        size: f64,
        /// "start", "middle" or "end".
        anchor: &'static str,
        /// Its colour.
        fill: String,
        /// Whether it is bold.
        bold: bool,
        /// Whether it runs upwards.
        upwards: bool,
        /// What it says.
        text: String,
    },
}

/// A coloured area (its extent), which is the same by day and by night.
struct Ground {
    corner: Point,
    other: Point,
    paper: bool,
}

/// The figure without its head, which the page says in headings.
pub fn figure(drawing: &Drawing, number: usize, heading: &str) -> Figure {
    let mut grounds = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    for (index, shape) in drawing.shapes.iter().enumerate() {
        if matches!(shape, Shape::Text(text) if text.text.is_empty() || text.at.1 < drawing.head) {
            continue;
        }
        let case = drawing.parts.iter().find(|(_, range)| range.contains(&index)).map(|(case, _)| *case);
        let element = element(shape, &mut grounds);
        match groups.last_mut().filter(|group| group.case == case) {
            Some(group) => group.shapes.push(element),
            None => groups.push(Group { case, shapes: vec![element] }),
        }
    }
    let (top, height) = (drawing.head, drawing.height - drawing.head);
    let view = format!("0 {} {} {}", number_text(top), number_text(drawing.width), number_text(height));
    let spots = drawing.spots.iter().map(spot).collect();
    Figure { number, heading: heading.to_string(), subtitle: drawing.subtitle.clone(), view, groups, spots }
}

fn spot(spot: &crate::report::figure::drawing::Spot) -> Spot {
    let grown = |low: f64, high: f64| {
        let missing = ((LEAST_SPOT - (high - low)) / 2.0).max(0.0);
        (low - missing, high - low + 2.0 * missing)
    };
    let ((x, wide), (y, high)) = (grown(spot.corner.0, spot.other.0), grown(spot.corner.1, spot.other.1));
    Spot { case: spot.case, place: [x, y, wide, high].map(number_text), text: spot.text.clone() }
}

fn element(shape: &Shape, grounds: &mut Vec<Ground>) -> Element {
    match shape {
        Shape::Area { points, fill, opacity } => {
            if *opacity > 0.5 {
                let (corner, other) = extent(points);
                grounds.push(Ground { corner, other, paper: *fill == PAPER });
            }
            let opacity = (*opacity < 1.0).then_some(*opacity);
            Element::Area { points: points_text(points), fill: themed(*fill), opacity }
        }
        Shape::Line { points, colour, width, dash } => {
            let (corner, other) = extent(points);
            let coloured = on_colour(grounds, corner, other);
            let stroke = if coloured { fixed(*colour) } else { themed(*colour) };
            let halo = (!coloured && *colour == INK && *width >= 2.0 && dash.is_empty()).then_some(width + 3.0);
            let dash = dash.iter().map(|d| number_text(*d)).collect::<Vec<_>>().join(" ");
            Element::Line { points: points_text(points), stroke, width: *width, dash, halo }
        }
        Shape::Text(text) => {
            let middle = middle(text);
            let fill = if on_colour(grounds, middle, middle) { fixed(text.colour) } else { themed(text.colour) };
            text_element(text, fill)
        }
    }
}

fn text_element(text: &Text, fill: String) -> Element {
    let anchor = match text.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    // Capitals and digits are 0.72 em high: half of that below the height puts their middle there.
    let down = 0.36 * text.size;
    let (x, y) = if text.upwards { (text.at.0 + down, text.at.1) } else { (text.at.0, text.at.1 + down) };
    let (x, y) = (number_text(x), number_text(y));
    let Text { size, bold, upwards, .. } = *text;
    Element::Text { x, y, size, anchor, fill, bold, upwards, text: text.text.clone() }
}

/// The middle of a text.
fn middle(text: &Text) -> Point {
    let half = letters::width(&text.text, text.size, text.bold) / 2.0;
    let along = match text.anchor {
        Anchor::Start => half,
        Anchor::Middle => 0.0,
        Anchor::End => -half,
    };
    if text.upwards { (text.at.0, text.at.1 - along) } else { (text.at.0 + along, text.at.1) }
}

/// Whether the uppermost area below this place has a colour of its own.
fn on_colour(grounds: &[Ground], corner: Point, other: Point) -> bool {
    let holds = |ground: &&Ground| {
        corner.0 >= ground.corner.0 - 0.5
            && corner.1 >= ground.corner.1 - 0.5
            && other.0 <= ground.other.0 + 0.5
            && other.1 <= ground.other.1 + 0.5
    };
    grounds.iter().rev().find(holds).is_some_and(|ground| !ground.paper)
}

fn extent(points: &[Point]) -> (Point, Point) {
    points.iter().fold(((f64::MAX, f64::MAX), (f64::MIN, f64::MIN)), |(low, high), p| {
        ((low.0.min(p.0), low.1.min(p.1)), (high.0.max(p.0), high.1.max(p.1)))
    })
}

/// The colour as the page has it by day and by night.
fn themed(colour: Colour) -> String {
    let variable = match colour {
        INK => "ink",
        SOFT => "soft",
        GRID => "grid",
        PAPER => "paper",
        _ => return fixed(colour),
    };
    format!("var(--{variable})")
}

/// The colour itself.
fn fixed((r, g, b): Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn points_text(points: &[Point]) -> String {
    let texts: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", number_text(*x), number_text(*y))).collect();
    texts.join(" ")
}

/// A coordinate to a tenth of a unit.
fn number_text(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // Adding nought makes nought of minus nought.
    format!("{}", rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::style::BLUE;

    #[test]
    fn letters_on_a_coloured_area_keep_their_colour_and_those_on_paper_follow_the_page() {
        let mut drawing = Drawing::new(100.0, 100.0, "t");
        drawing.rectangle((10.0, 10.0), (50.0, 50.0), BLUE);
        drawing.text(Text::new((30.0, 30.0), 10.0, "on").middle().colour(PAPER));
        drawing.text(Text::new((80.0, 30.0), 10.0, "off").middle());
        drawing.line(vec![(20.0, 30.0), (90.0, 30.0)], INK, 2.5, &[]);
        let groups = figure(&drawing, 1, "h").groups;
        let text = serde_json::to_string(&groups).unwrap();
        assert_eq!(groups.len(), 1);
        for expected in [r##""fill":"#ffffff""##, r#""fill":"var(--ink)""#, r#""halo":5.5"#, r##""fill":"#0072b2""##] {
            assert!(text.contains(expected), "{expected} is not in {text}");
        }
    }

    #[test]
    fn shapes_of_a_case_stand_together_and_small_spots_are_grown() {
        let mut drawing = Drawing::new(100.0, 100.0, "t");
        drawing.line(vec![(0.0, 0.0), (9.0, 0.0)], GRID, 1.0, &[]);
        drawing.of_case(3, |d| d.line(vec![(0.0, 5.04), (9.0, 5.0)], BLUE, 4.0, &[16.0, 8.0]));
        drawing.spot_at(Some(3), (50.0, 60.0), "a: $5");
        let figure = figure(&drawing, 1, "h");
        assert_eq!(figure.groups.iter().map(|g| g.case).collect::<Vec<_>>(), [None, Some(3)]);
        assert_eq!(figure.spots[0].place, ["35", "45", "30", "30"]);
        assert_eq!(number_text(-0.01), "0");
    }
}
