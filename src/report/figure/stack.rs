//! Who manages which slice of the stack: rows from the app's code down to the building, columns from owned servers to
//! serverless. Letters and hatching say it without colours.

use super::drawing::{Drawing, Text};
use super::frame::{self, HEAD, MARGIN};
use super::letters;
use super::style::{BLUE, INK, LABEL, LEAST, PAPER, SMALL, SOFT, WIDTH, YELLOW, blend, ink_on};
use crate::report::stack::{Stack, Who, rows};

/// Where the rows' names end, and where columns may end.
const LEFT: f64 = 260.0;
const RIGHT: f64 = WIDTH - MARGIN;
const ROW: f64 = 62.0;
/// Lines of examples below a column, at most.
const EXAMPLES: usize = 9;
/// The names of the slices, as the article speaks of them.
const NAMES: [(&str, &str); 8] = [
    ("application", "application code"),
    ("runtime", "language runtime"),
    ("web-server", "web server"),
    ("operating-system", "operating system"),
    ("virtualisation", "virtualisation"),
    ("hardware", "hardware"),
    ("data-centre", "data centre"),
    ("capacity-planning", "capacity planning"),
];

/// The figure of one era.
pub fn draw(stack: &Stack) -> Drawing {
    let rows = rows();
    let top = HEAD + 50.0;
    let bottom = top + ROW * rows.len() as f64 + 20.0;
    let title = format!("Who manages which slice of the stack: {}", stack.era);
    let subtitle = "From the first line of the app's code to the building, by family of hosting; hours a month for one app on one instance";
    let mut drawing = frame::head(bottom + 34.0 + 22.0 * EXAMPLES as f64 + 60.0, &title, subtitle);
    let width = (RIGHT - LEFT) / stack.columns.len().max(1) as f64;
    for (at, slice) in rows.iter().enumerate() {
        let name = NAMES.iter().find(|(word, _)| *word == slice.name()).map_or(slice.name(), |(_, name)| name);
        let middle = row_top(top, at, rows.len()) + ROW / 2.0;
        drawing.text(Text::new((LEFT - 16.0, middle), LABEL - 2.0, name).end());
    }
    for (index, column) in stack.columns.iter().enumerate() {
        let (left, right) = (LEFT + width * index as f64 + 3.0, LEFT + width * (index as f64 + 1.0) - 3.0);
        let centre = (left + right) / 2.0;
        let (size, family) = letters::shrink(column.family, (SMALL, LEAST - 2.0), true, width - 6.0);
        drawing.text(Text::new((centre, top - 22.0), size, family).middle().bold());
        for (at, (slice, cell)) in rows.iter().zip(&column.cells).enumerate() {
            let y = row_top(top, at, rows.len());
            let (corner, other) = ((left, y + 2.0), (right, y + ROW - 2.0));
            square(&mut drawing, corner, other, cell.who);
            let text =
                if cell.who == Who::Developer { format!("D {} h", cell.counted()) } else { cell.who.letter().into() };
            let colour = ink_on(fill(cell.who));
            let (size, text) = letters::shrink(&text, (SMALL, LEAST - 2.0), true, width - 10.0);
            match cell.who {
                Who::Provider => {
                    frame::on_paper(&mut drawing, Text::new((centre, y + ROW / 2.0), size, text).middle().bold())
                }
                _ => drawing.text(Text::new((centre, y + ROW / 2.0), size, text).middle().bold().colour(colour)),
            }
            drawing.spot(None, corner, other, format!("{}, {}: {}", slice.name(), column.family, cell.says()));
        }
        examples(&mut drawing, &column.products, (centre, bottom + 26.0), width - 8.0);
    }
    key(&mut drawing);
    drawing
}

/// The top of a row: planning, the last, stands apart from the stack.
fn row_top(top: f64, at: usize, rows: usize) -> f64 {
    top + ROW * at as f64 + if at + 1 == rows { 14.0 } else { 0.0 }
}

fn fill(who: Who) -> super::style::Colour {
    match who {
        Who::Developer => BLUE,
        Who::Provider => blend(YELLOW, PAPER, 0.45),
        Who::Nobody => PAPER,
    }
}

fn square(drawing: &mut Drawing, corner: (f64, f64), other: (f64, f64), who: Who) {
    drawing.rectangle(corner, other, fill(who));
    if who == Who::Provider {
        drawing.hatch(corner, other, blend(INK, PAPER, 0.22), 12.0);
    }
    drawing.outline(corner, other, INK, 1.0);
}

fn examples(drawing: &mut Drawing, products: &[String], (x, mut y): (f64, f64), width: f64) {
    let mut lines: Vec<String> = Vec::new();
    for product in products {
        lines.extend(letters::wrap(product, LEAST, false, width, 3));
    }
    if lines.len() > EXAMPLES {
        lines.truncate(EXAMPLES - 1);
        lines.push("…".into());
    }
    for line in lines {
        drawing.text(Text::new((x, y), LEAST, line).middle().colour(SOFT));
        y += 20.0;
    }
}

fn key(drawing: &mut Drawing) {
    let y = drawing.height - 34.0;
    let mut x = LEFT;
    for (who, words) in [
        (Who::Developer, "D: the developer, paid in hours"),
        (Who::Provider, "P: the provider, paid in its price"),
        (Who::Nobody, "–: there is none"),
    ] {
        square(drawing, (x, y - 14.0), (x + 40.0, y + 14.0), who);
        drawing.text(Text::new((x + 52.0, y), SMALL, words));
        x += 430.0;
    }
}
