//! The comparison table, within the width that there is: where its columns do not fit side by side, those of
//! cost, of service and of machines stand below each other.

use super::by_app;
use super::comparison::{Cell, Column, Group, columns, hosting, subtitle};
use super::grid::{Grid, Screen};
use super::{format, notes, tenants, waiting};
use crate::experiment::{CaseResult, ResultDocument};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// The width where nobody says how wide a terminal is.
const WIDTH: usize = 100;
/// The least and the greatest width that is used: longer lines of words are hard to read.
const WIDTHS: (usize, usize) = (60, 160);
/// The first column is never narrower, nor wider than needed.
const LEAST_NAME: usize = 14;
/// The width of the names of apps, and of the cases beside them.
const APP_NAME: usize = 20;
/// Lines that a name may take before it is cut.
const NAME_LINES: usize = 3;

/// Whether to write in colour: on a terminal, unless `NO_COLOR` is set to anything but nothing
/// (<https://no-color.org>).
pub fn colour_wanted(terminal: bool) -> bool {
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The answer, the title, the table (a line of means and a line of half-widths per case) and the notes.
pub fn to_table(result: &ResultDocument, colour: bool) -> String {
    to_table_within(result, colour, None)
}

/// [`to_table`] for a terminal that is so wide; without one the answer stays on its line.
pub fn to_table_within(result: &ResultDocument, colour: bool, terminal: Option<usize>) -> String {
    let width = terminal.map_or(WIDTH, |width| width.clamp(WIDTHS.0, WIDTHS.1));
    let answer = format::printable(&super::answer::of_run(result));
    let answer = if terminal.is_some() { format::wrap_words(&answer, width).join("\n") } else { answer };
    let title = format::wrap_words(&format::printable(&result.title), width).join("\n");
    let mut out = format!("{answer}\n\n{title}\n{}\n", format::wrap_words(&subtitle(result), width).join("\n"));
    for block in blocks(result, &columns(result), width) {
        out.push('\n');
        out.push_str(&ruled(&block, colour));
    }
    out.push_str(&by_app(result, colour));
    let screen = Screen { columns: Some(width), colour };
    out.push_str(&below(waiting::TITLE, waiting::grid(result), waiting::MOST_ROWS, screen));
    out.push_str(&below(tenants::TITLE, tenants::grid(result), usize::MAX, screen));
    if result.details {
        out.push_str(&below("Every tenant", tenants::each(result), tenants::MOST_LISTED, screen));
    }
    let notes = notes(result);
    if !notes.is_empty() {
        out.push('\n');
    }
    for note in notes {
        out.push_str(&hanging("- ", &note, width));
    }
    out
}

/// A further table under its heading, where it has rows and not too many of them.
fn below(title: &str, grid: Grid, most: usize, screen: Screen) -> String {
    match grid.rows().len() {
        0 => String::new(),
        rows if rows > most => format!("\n{title}: in the files.\n"),
        _ => format!("\n{}\n{}", screen.paragraph(title), grid.to_text(screen)),
    }
}

/// The table in one piece where it fits, else in as few as do.
fn blocks(result: &ResultDocument, columns: &[&Column], width: usize) -> Vec<Table> {
    let all = [Group::Cost, Group::Service, Group::Machines];
    let ways: [Vec<&[Group]>; 3] = [vec![&all], vec![&all[..2], &all[2..]], vec![&all[..1], &all[1..2], &all[2..]]];
    let of = |groups: &[Group]| -> Vec<&Column> {
        columns.iter().filter(|column| groups.contains(&column.group)).copied().collect()
    };
    let fits = |way: &&Vec<&[Group]>| way.iter().all(|groups| numbers(result, &of(groups)) + LEAST_NAME <= width);
    let way = ways.iter().find(fits).unwrap_or(&ways[2]);
    let block = |groups: &&[Group]| {
        let columns = of(groups);
        grid(result, &columns, width.saturating_sub(numbers(result, &columns)).max(LEAST_NAME))
    };
    way.iter().map(block).collect()
}

/// The width of the columns after the names.
fn numbers(result: &ResultDocument, columns: &[&Column]) -> usize {
    let width = |column: &&Column| {
        let heading = column.heading.iter().map(|h| h.chars().count());
        let of_cell = |cell: Cell| cell.mean.chars().count().max(cell.half.map_or(0, |h| h.chars().count()));
        let cells = result.cases.iter().map(|case| of_cell((column.cell)(case)));
        heading.chain(cells).max().unwrap_or(0) + 1
    };
    columns.iter().map(width).sum()
}

/// The apps compared, below the cases, where there are several.
fn by_app(result: &ResultDocument, colour: bool) -> String {
    let rows = by_app::rows(result);
    if rows.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let headings = by_app::COLUMNS.iter().map(|column| column.heading.join("\n"));
    table.add_row(["App", "Case"].map(String::from).into_iter().chain(headings));
    let name = |text: &str| format::wrap(&format::printable(text), APP_NAME, NAME_LINES).join("\n");
    for row in &rows {
        let app = if row.is_first { name(&row.app.name) } else { String::new() };
        table.add_row([app, name(&row.case.name)].into_iter().chain(by_app::COLUMNS.iter().map(|column| {
            let cell = (column.cell)(row);
            format!("{}\n{}", cell.mean, cell.half.unwrap_or_default()).trim_end().to_string()
        })));
    }
    align(&mut table, 2);
    format!("\n{}", ruled(&table, colour))
}

/// A table whose first columns are of words, and the others of numbers.
fn align(table: &mut Table, words: usize) {
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((u16::from(index > 0), 0));
        column.set_cell_alignment(if index < words { CellAlignment::Left } else { CellAlignment::Right });
    }
}

/// A table as text, with a rule below its headings of two lines.
fn ruled(table: &Table, colour: bool) -> String {
    let text = table.to_string();
    let lines = text.lines().enumerate().map(|(index, line)| {
        let rule = if index == 1 { format!("{}\n", "─".repeat(line.chars().count())) } else { String::new() };
        finish_line(line, index < 2, colour) + &rule
    });
    lines.collect()
}

fn grid(result: &ResultDocument, columns: &[&Column], name_width: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let headings = columns.iter().map(|c| c.heading.join("\n"));
    table.add_row(["Case\nhosting, size".to_string()].into_iter().chain(headings));
    for case in &result.cases {
        let cells = columns.iter().map(|column| (column.cell)(case));
        let texts = cells.map(|cell| format!("{}\n{}", cell.mean, cell.half.as_deref().unwrap_or_default()));
        table.add_row([name(case, name_width)].into_iter().chain(texts));
    }
    align(&mut table, 1);
    table
}

/// The first cell: the name in as many lines as it may take, and the hosting below it.
fn name(case: &CaseResult, width: usize) -> String {
    let mut lines = format::wrap(&format::printable(&case.name), width, NAME_LINES);
    lines.extend(format::wrap(&hosting(case), width.saturating_sub(2), NAME_LINES).iter().map(|l| format!("  {l}")));
    lines.join("\n")
}

/// A line without the blanks at its end; in colour, headings are bold and "missed" is red.
fn finish_line(line: &str, heading: bool, colour: bool) -> String {
    let line = line.trim_end();
    match line.strip_suffix(" missed") {
        _ if !colour => format!("{line}\n"),
        _ if heading => format!("\x1b[1m{line}\x1b[0m\n"),
        Some(rest) => format!("{rest} \x1b[31mmissed\x1b[0m\n"),
        None => format!("{line}\n"),
    }
}

/// A paragraph whose later lines stand under the first word.
fn hanging(mark: &str, text: &str, width: usize) -> String {
    let lines = format::wrap_words(&format::printable(text), width - mark.len());
    let indented = lines.iter().enumerate().map(|(i, line)| match i {
        0 => format!("{mark}{line}\n"),
        _ => format!("{:width$}{line}\n", "", width = mark.len()),
    });
    indented.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    #[test]
    fn fits_100_columns_and_shows_the_figures() {
        let mut result = example();
        result.cases[0].name = "a-very-long-name-of-a-case-that-nobody-would-choose-but-somebody-has".into();
        result.notes.push("word ".repeat(60));
        let text = to_table(&result, false);
        assert!(text.lines().skip(1).all(|line| line.chars().count() <= WIDTH), "{text}");
        for expected in ["$0.43", "±0.055", "$55.00", "240 ms", "0.4 %", "aws-lambda-2017", "met", "–"] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
        assert!(!text.contains('\x1b'));
    }

    #[test]
    fn fits_any_width_in_pieces_and_breaks_at_words() {
        let mut result = example();
        result.cases[0].slo_met = Some(false);
        for width in [60, 80, 100, 160] {
            let text = to_table_within(&result, false, Some(width));
            assert!(text.lines().all(|line| line.chars().count() <= width), "{width}:\n{text}");
            for expected in ["$0.43", "240 ms", "0.4 %", "missed", "aws-lambda-2017"] {
                assert!(text.contains(expected), "{expected} is not in\n{text}");
            }
        }
        let answer = super::super::answer::of_run(&result);
        assert_eq!(to_table(&result, false).lines().next(), Some(answer.as_str()));
    }

    #[test]
    fn colour_marks_what_was_missed_and_nothing_a_user_wrote() {
        let mut result = example();
        result.cases[0].slo_met = Some(false);
        result.cases[1].name = "\x1b[5mblink".into();
        let text = to_table(&result, true);
        assert!(text.contains("\x1b[31mmissed\x1b[0m") && text.contains("\x1b[1mCase"), "{text:?}");
        assert!(!text.contains("\x1b[5m"), "{text:?}");
    }
}
