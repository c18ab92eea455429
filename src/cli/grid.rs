//! Rows and columns, in every format.

use super::options::Format;
use super::terminal;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use hostsim::document::harmless;
use hostsim::report::{Screen, grid};
use serde_json::{Map, Value};

/// A column: its key in JSON and CSV, and its heading.
#[derive(Clone, Debug)]
pub struct Column {
    /// The key.
    pub key: String,
    /// The heading.
    pub heading: String,
    /// Whether it holds numbers, which stand on the right.
    pub right: bool,
}

/// A cell: as people read it, and as scripts do.
#[derive(Clone, Debug)]
pub struct Cell {
    /// For people.
    pub shown: String,
    /// For scripts.
    pub value: Value,
}

/// Rows and columns.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Cell {
        let shown = text.into();
        Cell { value: Value::from(shown.clone()), shown }
    }

    /// A number, shown as it is; whole ones without a point.
    pub fn number(value: f64) -> Cell {
        let whole = value.fract() == 0.0 && value.abs() < 1e15;
        Cell { value: if whole { Value::from(value as i64) } else { Value::from(value) }, shown: value.to_string() }
    }

    /// A value for scripts, and how it is shown.
    pub fn of(value: impl Into<Value>, shown: impl Into<String>) -> Cell {
        Cell { value: value.into(), shown: shown.into() }
    }
}

impl Grid {
    /// No rows yet. A heading that begins with `>` is that of a column of numbers.
    pub fn new(columns: &[(&str, &str)]) -> Grid {
        let column = |(key, heading): &(&str, &str)| Column {
            key: key.to_string(),
            heading: heading.trim_start_matches('>').to_string(),
            right: heading.starts_with('>'),
        };
        Grid { columns: columns.iter().map(column).collect(), rows: Vec::new() }
    }

    /// Adds a row: a cell for each column.
    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The grid in a format; in JSON as a list of objects under `name`.
    pub fn render(&self, format: Format, name: &str) -> String {
        match format {
            Format::Table => self.to_text(),
            Format::Json => format!("{:#}\n", serde_json::json!({ "schema": 1, name: self.to_json() })),
            Format::Csv => self.to_csv(),
            Format::Markdown => self.to_markdown(),
        }
    }

    /// For people: as wide as it has to be, and where that is wider than the terminal, broken at words.
    pub fn to_text(&self) -> String {
        self.to_text_within(terminal::screen())
    }

    /// As [`Grid::to_text`], with each line behind two blanks.
    pub fn to_text_indented(&self) -> String {
        let screen = terminal::screen();
        let text =
            self.to_text_within(Screen { columns: screen.columns.map(|columns| columns.saturating_sub(2)), ..screen });
        text.lines().map(|line| format!("  {line}\n")).collect()
    }

    fn to_text_within(&self, screen: Screen) -> String {
        let text = self.whole();
        let wide = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        if screen.columns.is_none_or(|columns| wide <= columns) { text } else { self.broken().to_text(screen) }
    }

    /// The same columns and rows, to be fitted into a width.
    fn broken(&self) -> grid::Grid {
        let mut broken = grid::Grid::new(1);
        for column in &self.columns {
            let head = column.heading.clone();
            broken = if column.right { broken.numbers(head) } else { broken.words(head) };
        }
        self.rows.iter().for_each(|row| broken.row(row.iter().map(|cell| cell.shown.clone())));
        broken
    }

    fn whole(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.add_row(self.columns.iter().map(|column| column.heading.clone()));
        self.rows.iter().for_each(|row| {
            table.add_row(row.iter().map(|cell| cell.shown.clone()));
        });
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((if index > 0 { 2 } else { 0 }, 0));
            let right = self.columns.get(index).is_some_and(|column| column.right);
            column.set_cell_alignment(if right { CellAlignment::Right } else { CellAlignment::Left });
        }
        table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// A list of objects.
    pub fn to_json(&self) -> Value {
        let object = |row: &Vec<Cell>| -> Value {
            let entries = self.columns.iter().zip(row).map(|(column, cell)| (column.key.clone(), cell.value.clone()));
            Value::Object(entries.collect::<Map<String, Value>>())
        };
        self.rows.iter().map(object).collect()
    }

    fn to_csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        // Writing to memory fails only where rows differ in length, and these do not.
        let _ = writer.write_record(harmless(self.columns.iter().map(|column| &column.key)));
        for row in &self.rows {
            let _ = writer.write_record(harmless(row.iter().map(|cell| plain(&cell.value))));
        }
        writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// A Markdown table.
    pub fn to_markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let escape = hostsim::report::escape_markdown;
        let head = line(self.columns.iter().map(|column| escape(&column.heading)).collect());
        let rule = |column: &Column| if column.right { "---:" } else { "---" }.to_string();
        let rule = line(self.columns.iter().map(rule).collect());
        let rows: String =
            self.rows.iter().map(|row| line(row.iter().map(|cell| escape(&cell.shown)).collect())).collect();
        format!("{head}{rule}{rows}")
    }
}

/// A value as CSV writes it: texts without quotes, nothing for null.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let mut grid = Grid::new(&[("name", "Name"), ("size", ">Size")]);
        grid.push(vec![Cell::text("a,b|c"), Cell::of(12, "12 GiB")]);
        grid.push(vec![Cell::text("d"), Cell::of(Value::Null, "–")]);
        grid
    }

    #[test]
    fn every_format_holds_every_row() {
        assert_eq!(grid().to_text(), "Name     Size\na,b|c  12 GiB\nd           –\n");
        assert_eq!(grid().render(Format::Csv, "x"), "name,size\r\n\"a,b|c\",12\r\nd,\r\n");
        assert_eq!(grid().to_markdown(), "| Name | Size |\n| --- | ---: |\n| a,b\\|c | 12 GiB |\n| d | – |\n");
        let json: Value = serde_json::from_str(&grid().render(Format::Json, "rows")).unwrap();
        assert_eq!(json["rows"][0]["size"], 12);
        assert_eq!(json["rows"][1]["size"], Value::Null);
    }
}
