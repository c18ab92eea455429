//! A table of texts within the width that there is: columns of words break at words, and where that is not enough,
//! the columns that do not fit stand below, each time with the first ones beside them. Groups of rows are ruled off.

use super::format::{printable, wrap, wrap_words};
use super::markdown::escape;

/// The width where nobody says how wide a terminal is.
pub const WIDTH: usize = 100;
/// The least width that is made use of: below it lines are longer than the terminal.
const LEAST: usize = 40;
/// Longer lines of words are hard to read.
const MOST: usize = 160;
/// A longer word than that is cut for other columns' sake.
const LONG: usize = 30;
/// Blanks between two columns.
const GAP: usize = 2;

/// How a table is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// How wide the terminal is; `None` where the output goes elsewhere.
    pub columns: Option<usize>,
    /// Whether to write in colour.
    pub colour: bool,
}

impl Screen {
    /// No terminal: a file, a pipe.
    pub const NONE: Screen = Screen { columns: None, colour: false };

    /// The width that lines may have.
    pub fn width(self) -> usize {
        self.columns.map_or(WIDTH, |columns| columns.clamp(LEAST, MOST))
    }

    /// A paragraph: on one line where the output goes to no terminal.
    pub fn paragraph(self, text: &str) -> String {
        let text = printable(text);
        if self.columns.is_none() { text } else { wrap_words(&text, self.width()).join("\n") }
    }

    /// Items of a list, whose later lines stand under the first word.
    pub fn list(self, items: &[String]) -> String {
        let item = |text: &String| {
            let lines = wrap_words(&printable(text), self.width() - 2);
            let line = |(index, line): (usize, &String)| format!("{}{line}\n", if index == 0 { "- " } else { "  " });
            lines.iter().enumerate().map(line).collect::<String>()
        };
        items.iter().map(item).collect()
    }
}

/// A table of texts.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    heads: Vec<(String, bool)>,
    rows: Vec<Vec<String>>,
    rules: Vec<usize>,
    kept: usize,
}

impl Grid {
    /// A table whose first `kept` columns stand beside each part of it.
    pub fn new(kept: usize) -> Grid {
        Grid { kept, ..Grid::default() }
    }

    /// Adds a column of words.
    pub fn words(mut self, head: impl Into<String>) -> Grid {
        self.heads.push((head.into(), false));
        self
    }

    /// Adds a column of numbers, which stand at the right.
    pub fn numbers(mut self, head: impl Into<String>) -> Grid {
        self.heads.push((head.into(), true));
        self
    }

    /// Adds a row: a cell for each column, of one line or several.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Rules off what follows.
    pub fn rule(&mut self) {
        self.rules.push(self.rows.len());
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The headings, each with whether its column is of numbers.
    pub fn heads(&self) -> &[(String, bool)] {
        &self.heads
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// As text.
    pub fn to_text(&self, screen: Screen) -> String {
        let parts = self.parts(screen.width());
        parts.iter().map(|part| self.part(part, screen)).collect::<Vec<_>>().join("\n")
    }

    /// As Markdown (GitHub's dialect); the lines of a cell follow each other.
    pub fn to_markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let flat = |text: &String| escape(&text.lines().filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", "));
        let head = line(self.heads.iter().map(|(head, _)| escape(&head.replace('\n', " "))).collect());
        let rule =
            line(self.heads.iter().map(|(_, numbers)| if *numbers { "---:".into() } else { "---".into() }).collect());
        let rows = self.rows.iter().map(|row| line(row.iter().map(flat).collect()));
        format!("{head}{rule}{}", rows.collect::<String>())
    }

    /// The texts of a column, line by line, the heading's first.
    fn lines(&self, column: usize) -> impl Iterator<Item = &str> {
        let cells = self.rows.iter().filter_map(move |row| row.get(column));
        cells.flat_map(|cell| cell.lines())
    }

    /// The widest line of a column, and the least width that breaks no word (nor any number).
    fn widths(&self, column: usize) -> (usize, usize) {
        let (head, numbers) = &self.heads[column];
        let chars = |text: &str| text.chars().count();
        // Texts break after these signs (see `wrap`).
        let word = |text: &str| {
            text.split_inclusive([' ', '\n', '-', '_', '/']).map(|w| chars(w.trim_end())).max().unwrap_or(0)
        };
        let cells = self.lines(column).map(chars).max().unwrap_or(0);
        let wide = cells.max(head.lines().map(chars).max().unwrap_or(0));
        let least = if *numbers {
            cells.max(word(head))
        } else {
            self.lines(column).map(word).max().unwrap_or(0).max(word(head)).min(LONG)
        };
        (wide, least.min(wide))
    }

    /// The columns of each part with their widths.
    fn parts(&self, width: usize) -> Vec<Vec<(usize, usize)>> {
        let all: Vec<usize> = (0..self.heads.len()).collect();
        let least = |columns: &[usize]| -> usize {
            columns.iter().map(|column| self.widths(*column).1 + GAP).sum::<usize>().saturating_sub(GAP)
        };
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for column in all.iter().skip(self.kept).copied() {
            let fits = |part: &Vec<usize>| least(&[part.as_slice(), &[column]].concat()) <= width;
            match parts.last_mut().filter(|part| fits(part)) {
                Some(part) => part.push(column),
                None => parts.push(all[..self.kept].iter().copied().chain([column]).collect()),
            }
        }
        if parts.is_empty() {
            parts.push(all);
        }
        parts.iter().map(|part| self.fitted(part, width)).collect()
    }

    /// Widths for some columns: as wide as they want to be, and where that is too much, the widest of words narrowed.
    fn fitted(&self, columns: &[usize], width: usize) -> Vec<(usize, usize)> {
        let mut fitted: Vec<(usize, usize, usize)> = columns
            .iter()
            .map(|column| {
                let (wide, least) = self.widths(*column);
                (*column, wide, least)
            })
            .collect();
        let room = width.saturating_sub(GAP * columns.len().saturating_sub(1));
        while fitted.iter().map(|(_, wide, _)| wide).sum::<usize>() > room {
            let widest = fitted.iter_mut().filter(|(_, wide, least)| wide > least).max_by_key(|(_, wide, _)| *wide);
            match widest {
                Some((_, wide, _)) => *wide -= 1,
                None => break,
            }
        }
        fitted.into_iter().map(|(column, wide, _)| (column, wide)).collect()
    }

    fn part(&self, columns: &[(usize, usize)], screen: Screen) -> String {
        let whole: usize = columns.iter().map(|(_, width)| width + GAP).sum::<usize>().saturating_sub(GAP);
        let rule = format!("{}\n", "─".repeat(whole.min(screen.width())));
        let heads: Vec<String> = self.heads.iter().map(|(head, _)| head.clone()).collect();
        let mut out = self.record(&heads, columns, screen, true) + &rule;
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 && self.rules.contains(&index) {
                out += &rule;
            }
            out += &self.record(row, columns, screen, false);
        }
        out
    }

    /// One row, in as many lines as its longest cell takes.
    fn record(&self, row: &[String], columns: &[(usize, usize)], screen: Screen, is_head: bool) -> String {
        let broken = |(column, width): &(usize, usize)| -> Vec<String> {
            let text = row.get(*column).map_or("", String::as_str);
            text.lines().flat_map(|line| wrap(&printable(line), *width, usize::MAX)).collect()
        };
        let cells: Vec<Vec<String>> = columns.iter().map(broken).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let mut out = String::new();
        for line in 0..height {
            let mut text = String::new();
            for (place, (cell, (column, width))) in cells.iter().zip(columns).enumerate() {
                let missing = if is_head { height - cell.len() } else { 0 };
                let own = line.checked_sub(missing).and_then(|line| cell.get(line)).map_or("", String::as_str);
                let pad = " ".repeat(width.saturating_sub(own.chars().count()));
                let shown = tint(own, screen.colour, is_head, *column >= self.kept);
                let gap = if place == 0 { String::new() } else { " ".repeat(GAP) };
                text +=
                    &if self.heads[*column].1 { format!("{gap}{pad}{shown}") } else { format!("{gap}{shown}{pad}") };
            }
            out += &format!("{}\n", text.trim_end());
        }
        out
    }
}

/// In colour: headings bold, what was missed red. Nothing that a user named is coloured.
fn tint(text: &str, colour: bool, is_head: bool, is_figure: bool) -> String {
    match text {
        "" => String::new(),
        text if !colour => text.to_string(),
        text if is_head => format!("\x1b[1m{text}\x1b[0m"),
        text if is_figure && text.ends_with("missed") => {
            format!("{}\x1b[31mmissed\x1b[0m", text.trim_end_matches("missed"))
        }
        text => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let mut grid = Grid::new(1).words("Case").numbers("TCO per month").words("What was ordered");
        for column in 0..6 {
            grid = grid.numbers(format!("Figure {column}"));
        }
        let order = "3 × m4.large on three years of a plan that is paid in advance";
        let row = |name: &str| [name, "$1,234\nmissed", order].map(String::from).into_iter();
        grid.row(row("lambda").chain((0..6).map(|k| format!("{k}23,456"))));
        grid.rule();
        grid.row(row("droplet").chain((0..6).map(|k| format!("{k}23"))));
        grid
    }

    #[test]
    fn fits_any_width_breaks_at_words_and_rules_off_groups_alone() {
        for columns in [40, 60, 80, 100, 160] {
            let text = grid().to_text(Screen { columns: Some(columns), colour: false });
            assert!(text.lines().all(|line| line.chars().count() <= columns), "{columns}:\n{text}");
            for word in ["lambda", "$1,234", "m4.large", "advance", "523,456", "missed"] {
                assert!(text.contains(word), "{columns}: {word} is not in\n{text}");
            }
            let parts = text.matches("Case").count();
            assert_eq!(text.lines().filter(|line| line.starts_with('─')).count(), 2 * parts, "{text}");
        }
        assert_eq!(grid().to_text(Screen { columns: Some(160), colour: false }).matches("Case").count(), 1);
    }

    #[test]
    fn colour_marks_headings_and_what_was_missed_and_no_name() {
        let mut named = Grid::new(1).words("Case").words("SLO");
        named.row(["missed", "missed"].map(String::from));
        let text = named.to_text(Screen { columns: Some(80), colour: true });
        assert!(text.contains("\x1b[1mCase\x1b[0m") && text.contains("missed  \x1b[31mmissed\x1b[0m"), "{text:?}");
        named.row(["\x1b[5mblink", "met"].map(String::from));
        assert!(!named.to_text(Screen::NONE).contains('\x1b'));
    }

    #[test]
    fn markdown_has_a_line_for_each_row_and_shows_signs_as_they_are() {
        let mut grid = Grid::new(1).words("Case").numbers("TCO");
        grid.row(["a|b".into(), "$5\nmissed".into()]);
        assert_eq!(grid.to_markdown(), "| Case | TCO |\n| --- | ---: |\n| a\\|b | $5, missed |\n");
    }
}
