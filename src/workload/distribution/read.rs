//! What the kinds share in reading their parameters.

use crate::document::{Diagnostics, Field, Node, Table, non_negative, positive, positive_span, span};

/// The unit of a distribution's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Written as strings with units; nanoseconds inside.
    Time,
    /// Plain numbers.
    Number,
}

impl Unit {
    /// Reads a value of zero or more.
    pub fn value(self, node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
        match self {
            Unit::Time => span(node, diagnostics).map(|s| s.0 as f64),
            Unit::Number => non_negative(node, diagnostics),
        }
    }

    /// Reads a value above zero.
    pub fn positive(self, node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
        match self {
            Unit::Time => positive_span(node, diagnostics).map(|s| s.0 as f64),
            Unit::Number => positive(node, diagnostics),
        }
    }
}

/// What a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amount {
    /// A value of zero or more, in the distribution's unit.
    Value,
    /// A value above zero.
    PositiveValue,
    /// A plain number of zero or more.
    Number,
    /// A plain number above zero.
    PositiveNumber,
}

/// A parameter of a kind of distribution, declared once for the reader and the schemas. It must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    name: &'static str,
    amount: Amount,
    doc: &'static str,
}

/// The ways in which a kind can be written: the parameters of each. The first is the usual one.
pub type Ways = &'static [&'static [Parameter]];

impl Parameter {
    pub(super) const fn value(name: &'static str, doc: &'static str) -> Parameter {
        Parameter { name, amount: Amount::Value, doc }
    }

    pub(super) const fn positive_value(name: &'static str, doc: &'static str) -> Parameter {
        Parameter { name, amount: Amount::PositiveValue, doc }
    }

    pub(super) const fn number(name: &'static str, doc: &'static str) -> Parameter {
        Parameter { name, amount: Amount::Number, doc }
    }

    pub(super) const fn positive_number(name: &'static str, doc: &'static str) -> Parameter {
        Parameter { name, amount: Amount::PositiveNumber, doc }
    }

    /// As users see it, in a distribution of such values.
    pub fn field(&self, unit: Unit) -> Field {
        let schema = match (self.amount, unit) {
            (Amount::Value | Amount::PositiveValue, Unit::Time) => "duration",
            (Amount::Value, Unit::Number) | (Amount::Number, _) => "number-of-zero-or-more",
            (Amount::PositiveValue, Unit::Number) | (Amount::PositiveNumber, _) => "number-above-zero",
        };
        Field { name: self.name, schema, default: None, doc: self.doc }
    }

    fn take(&self, table: &mut Table<'_>, diagnostics: &mut Diagnostics, unit: Unit) -> Option<f64> {
        table.required(self.name, diagnostics, |node, d| match self.amount {
            Amount::Value => unit.value(node, d),
            Amount::PositiveValue => unit.positive(node, d),
            Amount::Number => non_negative(node, d),
            Amount::PositiveNumber => positive(node, d),
        })
    }
}

/// Reads all parameters of the way that a table is written in, and no other: which way, and their values. A table is
/// written in the first way that it has the first parameter of, else in the usual one.
pub(super) fn parameters<const N: usize>(
    node: &Node,
    diagnostics: &mut Diagnostics,
    unit: Unit,
    ways: Ways,
) -> Option<(usize, [f64; N])> {
    let mut table = Table::of(node, diagnostics)?;
    let is_written = |way: &&[Parameter]| way.first().is_some_and(|first| node.get(first.name).is_some());
    let chosen = ways.iter().position(is_written).unwrap_or(0);
    let read: Vec<Option<f64>> =
        ways[chosen].iter().map(|parameter| parameter.take(&mut table, diagnostics, unit)).collect();
    table.finish(diagnostics);
    let read: Vec<f64> = read.into_iter().collect::<Option<_>>()?;
    Some((chosen, read.try_into().ok()?))
}

/// Of several kinds.
pub(super) const MEAN: Parameter = Parameter::positive_value("mean", "The mean.");
pub(super) const CV: Parameter = Parameter::positive_number("cv", "The standard deviation over the mean.");
pub(super) const SHAPE: Parameter = Parameter::positive_number("shape", "The shape.");
pub(super) const SCALE: Parameter = Parameter::positive_value("scale", "The scale.");
