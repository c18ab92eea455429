//! `[[sweep.points]]`: a list of points, each a table of paths and values; or
//! `[sweep.points] file = "points.csv"`, whose header has the paths.

use super::{Block, Design};
use crate::document::{Diagnostics, Node, Origin, Table, Value, text};
use std::path::Path;

/// Reads the list, or the file.
pub(super) fn read(node: &Node, design: &mut Design, directory: &Path, d: &mut Diagnostics) {
    match &node.value {
        Value::Array(rows) => read_list(rows, node, design, d),
        _ => read_file(node, design, directory, d),
    }
}

fn read_list(rows: &[Node], node: &Node, design: &mut Design, d: &mut Diagnostics) {
    let mut names: Vec<&str> = Vec::new();
    let mut block = Block::default();
    for row in rows {
        if Table::of(row, d).is_none() {
            continue;
        }
        for (name, value) in row.as_table().into_iter().flatten() {
            if !names.contains(&name.as_str()) {
                let Some(axis) = design.add_axis(name, value, d) else { continue };
                names.push(name);
                block.axes.push(axis);
            }
        }
    }
    let row = |row: &Node| names.iter().map(|name| row.get(name).cloned()).collect();
    block.rows = rows.iter().map(row).collect();
    finish(block, node, design, d);
}

fn finish(block: Block, node: &Node, design: &mut Design, d: &mut Diagnostics) {
    if block.rows.is_empty() {
        d.error(node.at, "there are no points here", "at least one, below a header of paths where it is a file");
    } else if !block.axes.is_empty() {
        design.blocks.push(block);
    }
}

fn read_file(node: &Node, design: &mut Design, directory: &Path, d: &mut Diagnostics) {
    let Some(mut table) = Table::of(node, d) else { return };
    let name = table.required("file", d, text);
    let at = table.node("file").map_or(node.at, |file| file.at);
    table.finish(d);
    let Some(name) = name else { return };
    let path = directory.join(name);
    match crate::document::read_plain_text(&path, crate::document::LONGEST_TABLE) {
        Ok(text) => read_csv(&path, text, node, design, d),
        Err(error) => d.error(at, format!("`{}` cannot be read: {error}", path.display()), ""),
    }
}

fn read_csv(path: &Path, text: String, node: &Node, design: &mut Design, d: &mut Diagnostics) {
    let source = d.sources.add(path.display().to_string(), text.clone());
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let start = |position: Option<&csv::Position>| position.map_or(text.len(), |p| p.byte() as usize);
    let line = |position: Option<&csv::Position>| {
        let start = start(position).min(text.len());
        Origin::new(source, start..text[start..].find('\n').map_or(text.len(), |n| start + n))
    };
    let places = |position: Option<&csv::Position>| {
        cells(&text, start(position)).into_iter().map(|cell| Origin::new(source, cell))
    };
    let mut block = Block::default();
    match reader.headers() {
        Ok(header) => {
            let named = header.iter().zip(places(header.position()));
            let key = |at| Node::synthetic(Value::Boolean(true), at);
            block.axes = named.filter_map(|(name, at)| design.add_axis(name, &key(at), d)).collect();
        }
        Err(error) => return d.error(Origin::new(source, 0..0), format!("this is not CSV: {error}"), ""),
    }
    let before = d.count();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let fields = record.iter().zip(places(record.position()));
                block.rows.push(fields.map(|(field, at)| value_of(field, at)).collect());
            }
            Err(error) => {
                d.error(line(error.position()), format!("this is not CSV: {error}"), "as many fields in each line");
            }
        }
    }
    // Rows that are wrong have been told.
    if d.count() == before {
        finish(block, node, design, d);
    }
}

/// Where the cells of the record at `start` stand, without the space around them.
fn cells(text: &str, start: usize) -> Vec<std::ops::Range<usize>> {
    let start = text.len() - text.get(start..).unwrap_or("").trim_start_matches(['\r', '\n']).len();
    let (mut cells, mut from, mut quoted) = (Vec::new(), start, false);
    let mut end = text.len();
    for (at, character) in text[start..].char_indices() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                cells.push(from..start + at);
                from = start + at + 1;
            }
            '\n' if !quoted => {
                end = start + at;
                break;
            }
            _ => {}
        }
    }
    cells.push(from..end);
    let trimmed = |cell: std::ops::Range<usize>| {
        let inner = &text[cell.clone()];
        let (left, right) = (inner.trim_start().len(), inner.trim_end().len());
        if right == 0 { cell } else { cell.end - left..cell.start + right }
    };
    cells.into_iter().map(trimmed).collect()
}

/// What a field says: TOML where it is a table, a list, a number or true or false, and else a
/// string; nothing where it is empty.
fn value_of(field: &str, at: Origin) -> Option<Node> {
    if field.is_empty() {
        return None;
    }
    let parsed = toml::from_str::<toml::Table>(&format!("x = {field}")).ok().and_then(|mut table| table.remove("x"));
    Some(parsed.map_or_else(|| Node::synthetic(Value::String(field.into()), at), |value| node_of(value, field, at)))
}

fn node_of(value: toml::Value, text: &str, at: Origin) -> Node {
    let value = match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(value) => Value::Integer(Some(value)),
        toml::Value::Float(value) => {
            let own = value.to_string();
            Value::Float(value, if text.parse() == Ok(value) { text.to_string() } else { own })
        }
        toml::Value::Boolean(value) => Value::Boolean(value),
        toml::Value::Datetime(value) => Value::Datetime(value.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(|item| node_of(item, "", at)).collect()),
        toml::Value::Table(entries) => {
            Value::Table(entries.into_iter().map(|(key, value)| (key, node_of(value, "", at))).collect())
        }
    };
    Node::synthetic(value, at)
}

#[cfg(test)]
mod tests {
    use super::cells;

    #[test]
    fn cells_are_found_where_they_stand() {
        let text = "a, b \r\n\r\n\"x, \"\"y\"\"\",2\n,\n";
        let shown = |start| cells(text, start).into_iter().map(|cell| &text[cell]).collect::<Vec<_>>();
        assert_eq!(shown(0), ["a", "b"]);
        assert_eq!(shown(5), ["\"x, \"\"y\"\"\"", "2"]);
        assert_eq!(shown(text.len() - 2), ["", ""]);
        assert_eq!(shown(text.len() + 9), [""]);
    }
}
