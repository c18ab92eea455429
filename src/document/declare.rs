//! Keys that are declared once: the readers, the schemas and the tables of the documentation take them from there.

use super::{Diagnostics, Node, Origin, Read, Table, Value};

/// What a key may hold: how it is read, and what the schemas call it.
#[derive(Clone, Copy)]
pub struct Quantity<T: 'static> {
    /// The name of its definition in the schemas.
    pub schema: &'static str,
    /// Reads one.
    pub read: Read<T>,
}

/// What is taken where a key is left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// A string.
    Text(&'static str),
    /// A decimal number.
    Number(f64),
}

/// A key of a table.
#[derive(Clone, Copy)]
pub struct Key<T: 'static> {
    /// What is written.
    pub field: Field,
    read: Read<T>,
}

/// What is known of a key, whatever it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// The definition of what it may hold.
    pub schema: &'static str,
    /// What is taken where it is left out; `None`: it must be there.
    pub default: Option<Literal>,
    /// What it means.
    pub doc: &'static str,
}

/// What stands under the word of a kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A table of these keys.
    Keys(&'static [Field]),
    /// What a definition of the schemas says.
    Defined(&'static str),
}

/// One of the kinds that a key may hold, as users see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Declared {
    /// The word that users write.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What stands under it.
    pub shape: Shape,
}

impl Literal {
    fn value(self) -> Value {
        match self {
            Literal::Text(text) => Value::String(text.into()),
            Literal::Number(number) => Value::Float(number, number.to_string()),
        }
    }
}

impl<T> Key<T> {
    /// A key that must be there.
    pub const fn required(name: &'static str, quantity: Quantity<T>, doc: &'static str) -> Key<T> {
        Key { field: Field { name, schema: quantity.schema, default: None, doc }, read: quantity.read }
    }

    /// A key that may be left out.
    pub const fn default(name: &'static str, quantity: Quantity<T>, default: Literal, doc: &'static str) -> Key<T> {
        Key { field: Field { name, schema: quantity.schema, default: Some(default), doc }, read: quantity.read }
    }

    /// What is taken where it is left out.
    fn left_out(&self, at: Origin, diagnostics: &mut Diagnostics) -> Option<T> {
        (self.read)(&Node::synthetic(self.field.default?.value(), at), diagnostics)
    }
}

impl Table<'_> {
    /// The value under a declared key. What is wrong with it is noted, and its default taken, where it has one.
    pub fn take<T>(&mut self, key: &Key<T>, diagnostics: &mut Diagnostics) -> Option<T> {
        let at = self.origin();
        match key.field.default {
            None => self.required(key.field.name, diagnostics, key.read),
            Some(_) => match self.optional(key.field.name, diagnostics, key.read) {
                Some(value) => Some(value),
                None => key.left_out(at, diagnostics),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{non_negative, span};
    use crate::units::Span;

    const RAMP: Key<Span> =
        Key::default("ramp", Quantity { schema: "duration", read: span }, Literal::Text("2 s"), "How long it rises.");
    const FACTOR: Key<f64> = Key::default(
        "factor",
        Quantity { schema: "number-of-zero-or-more", read: non_negative },
        Literal::Number(1.5),
        "How much.",
    );
    const AT: Key<Span> = Key::required("at", Quantity { schema: "duration", read: span }, "When.");

    fn read(text: &str) -> (Option<Span>, Option<f64>, Option<Span>, String) {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("test.toml", text);
        let node = Node::parse(source, &mut diagnostics);
        let mut table = Table::of(&node, &mut diagnostics).unwrap();
        let (ramp, factor) = (table.take(&RAMP, &mut diagnostics), table.take(&FACTOR, &mut diagnostics));
        let at = table.take(&AT, &mut diagnostics);
        table.finish(&mut diagnostics);
        (ramp, factor, at, diagnostics.render(false))
    }

    #[test]
    fn what_is_left_out_is_what_was_declared() {
        let (ramp, factor, at, errors) = read("at = \"3 s\"");
        assert_eq!((ramp.unwrap().seconds(), factor, at.unwrap().seconds()), (2.0, Some(1.5), 3.0));
        assert_eq!(errors, "");
        let (ramp, _, at, errors) = read("ramp = \"3\"\nrampe = 1");
        assert_eq!((ramp.unwrap().seconds(), at), (2.0, None));
        for expected in ["the key `at` is missing", "test.toml:1:8", "did you mean `ramp`?"] {
            assert!(errors.contains(expected), "{expected} is not in\n{errors}");
        }
    }
}
