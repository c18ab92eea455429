//! Readers: from nodes to values, noting what is wrong and going on.
//!
//! Every reader takes a node and the diagnostics, and gives `None` after it has noted an error.

use super::{Diagnostics, Node, Origin, Value, slip, suggest};
use crate::units::{self, Bytes, Exact, Money, MoneyRate, Span};
use num_traits::ToPrimitive;

/// A reader of one value.
pub type Read<T> = fn(&Node, &mut Diagnostics) -> Option<T>;

/// One of the kinds that a key may hold: its name, and how its parameters are read.
pub struct Kind<'r, T> {
    /// The word that users write.
    pub name: &'static str,
    /// Reads what stands under that word; a bare word is read as an empty table.
    pub read: &'r dyn Fn(&Node, &mut Diagnostics) -> Option<T>,
}

/// A table being read: remembers which keys were asked for, so that the rest can be refused.
pub struct Table<'n> {
    node: &'n Node,
    asked: Vec<&'static str>,
    given: Vec<&'n str>,
    slips: &'static [Slip],
}

/// A key that people write where it does not stand, and what to write instead, in which `{}` is
/// the value that they wrote.
pub type Slip = (&'static str, &'static str);

impl<'n> Table<'n> {
    /// Starts reading a table; notes an error where the node is something else.
    pub fn of(node: &'n Node, diagnostics: &mut Diagnostics) -> Option<Table<'n>> {
        if node.as_table().is_none() {
            let help = "a table is written { key = value, … }, or [with.its.name] and a key in each line";
            diagnostics.error(node.at, format!("expected a table, found {}", node.value.describe()), help);
            return None;
        }
        Some(Table { node, asked: Vec::new(), given: Vec::new(), slips: &[] })
    }

    /// What to write instead of keys that people look for here.
    pub fn slips(&mut self, slips: &'static [Slip]) {
        self.slips = slips;
    }

    /// Where the table stands (its key, for errors about the table as a whole).
    pub fn origin(&self) -> Origin {
        self.node.key
    }

    /// The node under a key, unread.
    pub fn node(&mut self, key: &'static str) -> Option<&'n Node> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.node.get(key)
    }

    /// A key whose name is the user's has been read.
    pub fn accept(&mut self, key: &'n str) {
        self.given.push(key);
    }

    /// The value under a key that may be left out; `None` where it was, or where it is wrong.
    pub fn optional<T>(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
        read: impl Fn(&Node, &mut Diagnostics) -> Option<T>,
    ) -> Option<T> {
        self.node(key).and_then(|node| read(node, diagnostics))
    }

    /// The value under a key that has a default.
    pub fn default<T>(
        &mut self,
        key: &'static str,
        default: T,
        diagnostics: &mut Diagnostics,
        read: impl Fn(&Node, &mut Diagnostics) -> Option<T>,
    ) -> T {
        self.optional(key, diagnostics, read).unwrap_or(default)
    }

    /// The value under a key that must be there.
    pub fn required<T>(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
        read: impl Fn(&Node, &mut Diagnostics) -> Option<T>,
    ) -> Option<T> {
        match self.node(key) {
            Some(node) => read(node, diagnostics),
            None => {
                let help = if key == "schema" { "write `schema = 1`" } else { "" };
                diagnostics.error(self.node.key, format!("the key `{key}` is missing here"), help);
                None
            }
        }
    }

    /// Refuses every key that was not asked for, with the nearest one that was.
    pub fn finish(self, diagnostics: &mut Diagnostics) {
        let Some(entries) = self.node.as_table() else { return };
        for (key, node) in entries {
            if !self.asked.contains(&key.as_str()) && !self.given.contains(&key.as_str()) {
                let slip = self.slips.iter().find(|(slip, _)| slip == key);
                let help = slip.map(|(_, instead)| instead.replace("{}", &node.to_toml()));
                let help = help.unwrap_or_else(|| suggest(key, self.asked.iter().copied()));
                diagnostics.error(node.key, format!("unknown key `{key}`"), help);
            }
        }
    }
}

/// Reads a kind: a table with one key, the kind's name, or the bare word.
pub fn kind<T>(node: &Node, diagnostics: &mut Diagnostics, what: &str, kinds: &[Kind<'_, T>]) -> Option<T> {
    let names = || kinds.iter().map(|k| k.name);
    match &node.value {
        Value::String(word) => match kinds.iter().find(|k| k.name == word) {
            Some(kind) => {
                let read = (kind.read)(&Node::empty_table(node.at), diagnostics);
                diagnostics.advise(node.at, "the key", &example(kind, "…"));
                read
            }
            None => {
                let help = fixed_value(node, kinds).unwrap_or_else(|| suggest(word, names()));
                diagnostics.error(node.at, format!("`{word}` is not a kind of {what}"), help);
                None
            }
        },
        Value::Table(entries) if entries.len() == 1 => {
            let (word, inner) = entries.first()?;
            match kinds.iter().find(|k| k.name == word) {
                Some(kind) => {
                    let read = (kind.read)(inner, diagnostics);
                    if read.is_none() && inner.as_table().is_none() {
                        diagnostics.advise(inner.at, "expected a table", &example(kind, &inner.to_toml()));
                    }
                    read
                }
                None => {
                    let help = suggest(word, names());
                    diagnostics.error(inner.key, format!("`{word}` is not a kind of {what}"), help);
                    None
                }
            }
        }
        Value::Table(entries) => {
            let list = names().collect::<Vec<_>>().join(", ");
            let found = entries.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let found = if found.is_empty() { String::new() } else { format!(", found {found}") };
            let message = format!("expected exactly one kind of {what}{found}");
            diagnostics.error(node.key, message, format!("one of: {list}"));
            None
        }
        other => {
            let list = names().collect::<Vec<_>>().join(", ");
            let message = format!("expected a kind of {what}, found {}", other.describe());
            let first =
                kinds.first().map_or(String::new(), |kind| format!("; for example {}", example(kind, "\"20 ms\"")));
            let first = if what == "distribution" { first } else { String::new() };
            diagnostics.error(node.at, message, format!("one of: {list}{first}"));
            None
        }
    }
}

/// How a kind is written, with `value` for its first parameter: what a table without any is said
/// to lack, or the value alone where the kind takes no table.
fn example<T>(kind: &Kind<'_, T>, value: &str) -> String {
    let mut scratch = Diagnostics::default();
    let nowhere = Origin::new(scratch.sources.add("", ""), 0..0);
    (kind.read)(&Node::empty_table(nowhere), &mut scratch);
    let lacks = scratch.errors().filter_map(|(_, message, _)| message.strip_prefix("the key `")?.split('`').next());
    let mut keys: Vec<&str> = lacks.collect();
    // The value that somebody wrote alone is the one that the kind is named by.
    keys.sort_by_key(|key| !matches!(*key, "mean" | "rate"));
    let parameters = keys.iter().enumerate().map(|(i, key)| format!("{key} = {}", if i == 0 { value } else { "…" }));
    match keys.is_empty() {
        true => format!("write {{ {} = {value} }}", kind.name),
        false => format!("write {{ {} = {{ {} }} }}", kind.name, parameters.collect::<Vec<_>>().join(", ")),
    }
}

/// The commonest slip with kinds: a value where the kind of a fixed one is left unsaid. It is
/// offered where that kind would take the value.
fn fixed_value<T>(node: &Node, kinds: &[Kind<'_, T>]) -> Option<String> {
    let word = node.as_str().filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let kind = kinds.iter().find(|kind| matches!(kind.name, "constant" | "fixed"))?;
    let mut scratch = Diagnostics::default();
    match (kind.read)(node, &mut scratch) {
        Some(_) => Some(format!("write {{ {} = \"{word}\" }}", kind.name)),
        None => {
            let wrong = scratch.errors().map(|(_, message, _)| message.to_string()).next().unwrap_or_default();
            Some(format!("{wrong}; a value that is always the same is written {{ {} = \"20 ms\" }}", kind.name))
        }
    }
}

fn wrong<T>(node: &Node, diagnostics: &mut Diagnostics, expected: &str) -> Option<T> {
    diagnostics.error(
        node.at,
        format!("expected {expected}, found {}", node.value.describe()),
        slip::meant(node, expected),
    );
    None
}

/// Reads a string.
pub fn text(node: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        _ => wrong(node, diagnostics, "a string"),
    }
}

/// Reads true or false.
pub fn boolean(node: &Node, diagnostics: &mut Diagnostics) -> Option<bool> {
    match &node.value {
        Value::Boolean(value) => Some(*value),
        _ => wrong(node, diagnostics, "true or false"),
    }
}

/// Reads a whole number of zero or more.
pub fn count(node: &Node, diagnostics: &mut Diagnostics) -> Option<u64> {
    match &node.value {
        Value::Integer(Some(value)) if *value >= 0 => Some(*value as u64),
        Value::Integer(Some(value)) => {
            diagnostics.error(node.at, format!("expected a whole number of zero or more, found {value}"), "");
            None
        }
        Value::Integer(None) => {
            diagnostics.error(node.at, "this number is too large", format!("at most {}", i64::MAX));
            None
        }
        _ => wrong(node, diagnostics, "a whole number"),
    }
}

/// Reads a whole number of one or more.
pub fn positive_count(node: &Node, diagnostics: &mut Diagnostics) -> Option<u64> {
    match count(node, diagnostics)? {
        0 => {
            diagnostics.error(node.at, "expected a whole number of one or more, found 0", "");
            None
        }
        value => Some(value),
    }
}

/// Reads a finite number, integer or decimal.
pub fn number(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    match &node.value {
        Value::Integer(Some(value)) => Some(*value as f64),
        Value::Float(value, _) if value.is_finite() => Some(*value),
        Value::Float(..) => {
            diagnostics.error(node.at, "expected a finite number", "");
            None
        }
        _ => wrong(node, diagnostics, "a number"),
    }
}

/// Reads a number above zero.
pub fn positive(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    bounded(node, diagnostics, "a number above zero", |v| v > 0.0)
}

/// Reads a number of zero or more.
pub fn non_negative(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    bounded(node, diagnostics, "a number of zero or more", |v| v >= 0.0)
}

/// Reads a number from 0 to 1, or a percentage: `0.999` and `"99.9 %"` are the same.
pub fn fraction(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    let share = |v: f64| (0.0..=1.0).contains(&v);
    if let Value::String(_) = node.value {
        let value = quantity(node, diagnostics, "99.9 %", units::parse_percent)?;
        if !share(value) {
            diagnostics.error(node.at, format!("expected a share from 0 % to 100 %, found {} %", value * 100.0), "");
        }
        return Some(value).filter(|value| share(*value));
    }
    let value = bounded(node, diagnostics, "a number from 0 to 1", share);
    if value.is_none()
        && let Some(written) = number(node, &mut Diagnostics::default()).filter(|v| *v > 2.0 && *v <= 100.0)
    {
        diagnostics.advise(
            node.at,
            "expected a number from 0 to 1",
            &format!("a share; if it is one in a hundred, write \"{written} %\""),
        );
    }
    value
}

fn bounded(node: &Node, diagnostics: &mut Diagnostics, expected: &str, holds: fn(f64) -> bool) -> Option<f64> {
    let value = number(node, diagnostics)?;
    if holds(value) {
        return Some(value);
    }
    diagnostics.error(node.at, format!("expected {expected}, found {value}"), "");
    None
}

/// Reads a string with `parse`, which says what is wrong with it; anything but a string is met
/// with the advice to write one such as `example`.
pub fn quantity<T>(
    node: &Node,
    diagnostics: &mut Diagnostics,
    example: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    let Value::String(text) = &node.value else {
        let message = format!("expected a quantity with its unit, found {}", node.value.describe());
        diagnostics.error(node.at, message, format!("write a string such as \"{example}\""));
        return None;
    };
    match parse(text) {
        Ok(value) => Some(value),
        Err(message) => {
            diagnostics.error(node.at, message, "");
            None
        }
    }
}

/// Reads a length of time: "20 ms".
pub fn span(node: &Node, diagnostics: &mut Diagnostics) -> Option<Span> {
    quantity(node, diagnostics, "20 ms", units::parse_span)
}

/// Reads a length of time above zero.
pub fn positive_span(node: &Node, diagnostics: &mut Diagnostics) -> Option<Span> {
    let value = span(node, diagnostics)?;
    if value.0 == 0 {
        diagnostics.error(node.at, "expected a length of time above zero", "");
        return None;
    }
    Some(value)
}

/// Reads an amount of memory or data: "512 MiB".
pub fn bytes(node: &Node, diagnostics: &mut Diagnostics) -> Option<Bytes> {
    quantity(node, diagnostics, "512 MiB", units::parse_bytes)
}

/// Reads a rate, in events per second: "2 /s".
pub fn rate(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    quantity(node, diagnostics, "2 /s", units::parse_rate)
}

/// Reads a power in watts: "120 W".
pub fn power(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    quantity(node, diagnostics, "120 W", units::parse_power)
}

/// Reads an amount of money: "5 USD".
pub fn money(node: &Node, diagnostics: &mut Diagnostics) -> Option<Money> {
    quantity(node, diagnostics, "5 USD", units::parse_money)
}

/// Reads money over time: "55 USD/h".
pub fn money_rate(node: &Node, diagnostics: &mut Diagnostics) -> Option<MoneyRate> {
    quantity(node, diagnostics, "55 USD/h", units::parse_money_rate)
}

/// Reads a price of energy: "0.08 USD/kWh".
pub fn energy_price(node: &Node, diagnostics: &mut Diagnostics) -> Option<Money> {
    quantity(node, diagnostics, "0.08 USD/kWh", units::parse_energy_price)
}

/// Reads an exact number: an integer or a decimal string; a binary float is refused.
pub fn price(node: &Node, diagnostics: &mut Diagnostics) -> Option<Exact> {
    match &node.value {
        Value::Integer(Some(value)) => Some(Exact::from(num_bigint::BigInt::from(*value))),
        Value::Integer(None) => {
            diagnostics.error(
                node.at,
                "this integer is too large",
                "write it as a decimal string, of at most 30 digits",
            );
            None
        }
        Value::Float(value, text) if !value.is_finite() => {
            diagnostics.error(
                node.at,
                format!("expected a number, found {text}"),
                "write a decimal string such as \"0.20\"",
            );
            None
        }
        Value::Float(_, text) => {
            let help = format!("write \"{text}\", so that it is kept exactly");
            diagnostics.error(node.at, "an amount must be a decimal string, not a binary float", help);
            None
        }
        _ => quantity(node, diagnostics, "0.20", units::parse_decimal),
    }
}

/// Reads a list, each entry with `read`.
pub fn list<T>(
    node: &Node,
    diagnostics: &mut Diagnostics,
    read: impl Fn(&Node, &mut Diagnostics) -> Option<T>,
) -> Option<Vec<T>> {
    let Value::Array(items) = &node.value else { return wrong(node, diagnostics, "a list") };
    let read: Vec<Option<T>> = items.iter().map(|item| read(item, diagnostics)).collect();
    read.into_iter().collect()
}

/// Reads one of a few words.
pub fn named<T: Copy>(node: &Node, diagnostics: &mut Diagnostics, what: &str, names: &[(&str, T)]) -> Option<T> {
    let word = text(node, diagnostics)?;
    if let Some((_, value)) = names.iter().find(|(name, _)| *name == word) {
        return Some(*value);
    }
    let help = suggest(&word, names.iter().map(|(name, _)| *name));
    diagnostics.error(node.at, format!("`{word}` is not a {what}"), help);
    None
}

/// The value as a float, for exact numbers that end in a figure.
pub fn as_f64(value: &Exact) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str, read: impl Fn(&Node, &mut Diagnostics)) -> String {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("test.toml", text);
        let node = Node::parse(source, &mut diagnostics);
        read(&node, &mut diagnostics);
        diagnostics.render(false)
    }

    #[test]
    fn all_errors_of_a_file_are_reported_with_their_places() {
        let shown = errors("durashun = \"1 s\"\nseed = -1\nload = nan\n", |node, d| {
            let mut table = Table::of(node, d).unwrap();
            table.optional("duration", d, span);
            table.optional("seed", d, count);
            table.optional("load", d, number);
            table.finish(d);
        });
        for expected in ["test.toml:1:1", "did you mean `duration`?", "test.toml:2:8", "test.toml:3:8", "finite"] {
            assert!(shown.contains(expected), "{expected} is not in\n{shown}");
        }
    }

    #[test]
    fn a_kind_is_a_key_or_a_bare_word() {
        let read = |node: &Node, d: &mut Diagnostics| {
            let fixed = |n: &Node, d: &mut Diagnostics| span(n, d);
            let none = |_: &Node, _: &mut Diagnostics| Some(Span(0));
            let kinds = [Kind { name: "fixed", read: &fixed }, Kind { name: "none", read: &none }];
            kind(node.get("keep-alive").unwrap(), d, "keep-alive", &kinds);
        };
        assert_eq!(errors("keep-alive = \"none\"", read), "");
        assert_eq!(errors("keep-alive.fixed = \"1 s\"", read), "");
        assert!(errors("keep-alive.fixt = \"1 s\"", read).contains("did you mean `fixed`?"));
        assert!(errors("keep-alive = \"nome\"", read).contains("did you mean `none`?"));
    }

    #[test]
    fn two_syntax_errors_are_both_reported() {
        let shown = errors("a = \nb = 1\nc = \"x\n", |_, _| {});
        assert!(shown.contains("test.toml:1") && shown.contains("test.toml:3"), "{shown}");
    }
}
