//! The tree of a TOML text, with the origin of every key and value.

use super::clean::{visible, visible_lines};
use super::{Diagnostics, Origin, SourceId, syntax, unclosed};
use indexmap::IndexMap;
use toml::de::{DeTable, DeValue};

/// A value and where it was written.
#[derive(Clone, Debug)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Where the value stands.
    pub at: Origin,
    /// Where its key stands (the value's own place, where it has none).
    pub key: Origin,
}

/// What was written.
#[derive(Clone, Debug)]
pub enum Value {
    /// Keys and values, in the order of the file.
    Table(IndexMap<String, Node>),
    /// A list.
    Array(Vec<Node>),
    /// A string.
    String(String),
    /// An integer; `None` where it does not fit 64 bits.
    Integer(Option<i64>),
    /// A floating-point number (perhaps infinite or NaN), and its text as written.
    Float(f64, String),
    /// True or false.
    Boolean(bool),
    /// A date or time, as written.
    Datetime(String),
}

impl Value {
    /// What kind of value this is, in words.
    pub fn describe(&self) -> &'static str {
        match self {
            Value::Table(_) => "a table",
            Value::Array(_) => "a list",
            Value::String(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(..) => "a decimal number",
            Value::Boolean(_) => "true or false",
            Value::Datetime(_) => "a date",
        }
    }
}

impl Node {
    /// Parses a whole TOML text. Every syntax error goes into `diagnostics`; what could be read
    /// is returned all the same.
    pub fn parse(source: SourceId, diagnostics: &mut Diagnostics) -> Node {
        let text = diagnostics.sources.text(source).to_string();
        let (mut table, mut errors) = DeTable::parse_recoverable(&text);
        let rest;
        if !errors.is_empty() && !syntax::is_yaml(&text) {
            // What somebody forgot to close is one mistake; the others are those of the text without it.
            let found = unclosed::find(&text);
            for unclosed in &found {
                diagnostics.error(Origin::new(source, unclosed.at.clone()), unclosed.message, unclosed.help);
            }
            rest = unclosed::without(&text, &found);
            (table, errors) = DeTable::parse_recoverable(&rest);
        }
        let told: Vec<_> = errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
        syntax::note(&text, source, &told, diagnostics);
        let at = Origin::new(source, table.span());
        Node { value: table_value(source, table.get_ref()), at, key: at }
    }

    /// A value that no file holds (from the command line or a sweep), standing where `at` does.
    pub fn synthetic(value: Value, at: Origin) -> Node {
        Node { value, at, key: at }
    }

    /// An empty table standing where `at` does.
    pub fn empty_table(at: Origin) -> Node {
        Node::synthetic(Value::Table(IndexMap::new()), at)
    }

    /// The table's entries, where this is a table.
    pub fn as_table(&self) -> Option<&IndexMap<String, Node>> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The text, where this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The child of that name, where this is a table that has one.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_table()?.get(key)
    }

    /// Puts a value at a path of keys, making the tables on the way. Returns false where
    /// something on the way is not a table.
    pub fn set_path(&mut self, path: &[String], value: Node) -> bool {
        let Some((last, way)) = path.split_last() else { return false };
        let mut node = self;
        for key in way {
            let Value::Table(entries) = &mut node.value else { return false };
            let at = value.at;
            node = entries.entry(key.clone()).or_insert_with(|| Node::empty_table(at));
        }
        let Value::Table(entries) = &mut node.value else { return false };
        entries.insert(last.clone(), value);
        true
    }

    /// This tree as compact TOML, as a sweep's table writes it.
    pub fn to_toml(&self) -> String {
        match &self.value {
            Value::Table(entries) => {
                let entry = |(key, node): (&String, &Node)| format!("{} = {}", toml_key(key), node.to_toml());
                format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
            Value::Array(items) => format!("[{}]", items.iter().map(Node::to_toml).collect::<Vec<_>>().join(", ")),
            Value::String(text) => toml::Value::String(text.clone()).to_string(),
            Value::Integer(value) => value.map_or_else(|| "0".into(), |v| v.to_string()),
            Value::Float(_, text) => text.clone(),
            Value::Boolean(value) => value.to_string(),
            Value::Datetime(text) => text.clone(),
        }
    }
}

/// A key as TOML writes it: bare where it may be, else quoted.
fn toml_key(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { key.to_string() } else { toml::Value::String(key.to_string()).to_string() }
}

fn table_value(source: SourceId, table: &DeTable<'_>) -> Value {
    let entry = |(key, value): (&toml::Spanned<std::borrow::Cow<'_, str>>, &toml::Spanned<DeValue<'_>>)| {
        let node = Node {
            value: value_of(source, value.get_ref()),
            at: Origin::new(source, value.span()),
            key: Origin::new(source, key.span()),
        };
        (visible(key.get_ref()).into_owned(), node)
    };
    let mut entries: Vec<(String, Node)> = table.iter().map(entry).collect();
    entries.sort_by_key(|(_, node)| node.key.start);
    Value::Table(entries.into_iter().collect())
}

fn value_of(source: SourceId, value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(visible_lines(text).into_owned()),
        DeValue::Integer(integer) => Value::Integer(i64::from_str_radix(integer.as_str(), integer.radix()).ok()),
        DeValue::Float(float) => {
            let text = float.as_str().to_string();
            Value::Float(text.parse().unwrap_or(f64::NAN), text)
        }
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Datetime(value) => Value::Datetime(value.to_string()),
        DeValue::Array(items) => {
            let item = |item: &toml::Spanned<DeValue<'_>>| {
                let at = Origin::new(source, item.span());
                Node { value: value_of(source, item.get_ref()), at, key: at }
            };
            Value::Array(items.iter().map(item).collect())
        }
        DeValue::Table(table) => table_value(source, table),
    }
}
