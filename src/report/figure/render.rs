//! From a drawing to SVG, and to whatever else plotters draws on.

use super::drawing::{Anchor, Drawing, Point, Shape, Text};
use super::letters;
use super::style::{Colour, PAPER};
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontStyle, FontTransform, RGBAColor, RGBColor, ShapeStyle, TextStyle};
use std::io;

/// The drawing as an SVG document.
pub fn to_svg(drawing: &Drawing) -> String {
    let mut out = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut out, size(drawing));
        // Writing to memory does not fail.
        let _ = replay(drawing, &mut backend, 1.0, (letters::svg_size, letters::SVG_LIFT));
        let _ = backend.present();
    }
    with_title(&out, &drawing.title)
}

/// The SVG with its title as its first child, which screen readers say and browsers show.
fn with_title(svg: &str, title: &str) -> String {
    let escaped = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    match svg.split_once("<svg ").and_then(|(before, after)| Some((before, after.split_once('>')?))) {
        Some((before, (head, body))) => format!("{before}<svg role=\"img\" {head}>\n<title>{escaped}</title>{body}"),
        None => svg.to_string(),
    }
}

/// Whole pixels.
pub(super) fn size(drawing: &Drawing) -> (u32, u32) {
    (drawing.width.round() as u32, drawing.height.round() as u32)
}

/// Draws every shape; `letter_size` turns an em into the size that the backend wants to be asked
/// for, and `lift` is how far it then lifts the letters.
pub(super) fn replay<B: DrawingBackend>(
    drawing: &Drawing,
    backend: &mut B,
    scale: f64,
    (letter_size, lift): (fn(f64) -> f64, f64),
) -> io::Result<()>
where
    B::ErrorType: 'static,
{
    let pixel = |(x, y): Point| ((x * scale).round() as i32, (y * scale).round() as i32);
    let corner = pixel((drawing.width, drawing.height));
    backend.draw_rect((0, 0), corner, &filled(PAPER, 1.0), true).map_err(io::Error::other)?;
    for shape in &drawing.shapes {
        let drawn = match shape {
            Shape::Area { points, fill, opacity } => {
                backend.fill_polygon(points.iter().copied().map(pixel), &filled(*fill, *opacity))
            }
            Shape::Line { points, colour, width, dash } => {
                let width = (width * scale).round().max(1.0) as u32;
                let style = ShapeStyle { color: colour_of(*colour, 1.0), filled: false, stroke_width: width };
                let mut strokes = strokes(points, dash).into_iter();
                strokes.try_for_each(|stroke| backend.draw_path(stroke.into_iter().map(pixel), &style))
            }
            Shape::Text(text) => {
                let (x, y) = text.at;
                let down = lift * text.size;
                let at = if text.upwards { (x + down, y) } else { (x, y + down) };
                backend.draw_text(&text.text, &text_style(text, letter_size(text.size) * scale), pixel(at))
            }
        };
        drawn.map_err(io::Error::other)?;
    }
    Ok(())
}

fn colour_of((r, g, b): Colour, opacity: f64) -> RGBAColor {
    RGBColor(r, g, b).mix(opacity)
}

fn filled(colour: Colour, opacity: f64) -> ShapeStyle {
    ShapeStyle { color: colour_of(colour, opacity), filled: true, stroke_width: 1 }
}

fn text_style(text: &Text, size: f64) -> TextStyle<'static> {
    let style = if text.bold { FontStyle::Bold } else { FontStyle::Normal };
    let font = FontDesc::new(letters::family(), size, style);
    let font = if text.upwards { font.transform(FontTransform::Rotate270) } else { font };
    let across = match text.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let color = colour_of(text.colour, 1.0).to_backend_color();
    TextStyle { font, color, pos: Pos::new(across, VPos::Center) }
}

/// A line cut into its dashes.
fn strokes(points: &[Point], dash: &[f64]) -> Vec<Vec<Point>> {
    if dash.is_empty() {
        return vec![points.to_vec()];
    }
    let (mut out, mut current) = (Vec::new(), vec![points[0]]);
    let (mut turn, mut left) = (0, dash[0]);
    for pair in points.windows(2) {
        let length = (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1);
        let mut gone = 0.0;
        while length - gone > left {
            gone += left;
            let part = gone / length;
            let at = (pair[0].0 + (pair[1].0 - pair[0].0) * part, pair[0].1 + (pair[1].1 - pair[0].1) * part);
            current.push(at);
            if turn % 2 == 0 {
                out.push(std::mem::take(&mut current));
            }
            current = vec![at];
            turn += 1;
            left = dash[turn % dash.len()];
        }
        left -= length - gone;
        current.push(pair[1]);
    }
    if turn % 2 == 0 && current.len() > 1 {
        out.push(current);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::style::BLUE;

    fn drawing() -> Drawing {
        let mut drawing = Drawing::new(200.0, 100.0, "Costs & <so on>");
        drawing.rectangle((10.0, 10.0), (50.0, 50.0), BLUE);
        drawing.text(Text::new((60.0, 30.0), 20.0, "$5 < $6 & more").bold());
        drawing
    }

    #[test]
    fn an_svg_holds_shapes_texts_and_an_escaped_title() {
        let svg = to_svg(&drawing());
        for expected in
            ["role=\"img\"", "<title>Costs &amp; &lt;so on&gt;</title>", "$5 &lt; $6 &amp; more", "#0072B2", "</svg>"]
        {
            assert!(svg.contains(expected), "{expected} is not in\n{svg}");
        }
    }

    #[test]
    fn dashes_go_round_corners_and_leave_gaps() {
        let strokes = strokes(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], &[6.0, 2.0]);
        assert_eq!(strokes.len(), 3);
        assert_eq!(strokes[0], [(0.0, 0.0), (6.0, 0.0)]);
        assert_eq!(strokes[1], [(8.0, 0.0), (10.0, 0.0), (10.0, 4.0)]);
        assert_eq!(strokes[2], [(10.0, 6.0), (10.0, 10.0)]);
    }
}
