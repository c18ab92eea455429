//! A price (or another figure) that is the same for all sizes, or stands by size.

use crate::document::{Diagnostics, Node, Value, price, suggest};
use crate::units::Exact;
use num_traits::{Signed, Zero};

/// A figure for all sizes, or one for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// The same for all.
    Same(Exact),
    /// By the size's index; `None` where a size has none.
    BySize(Vec<Option<Exact>>),
}

impl Amount {
    /// The figure of a size; one by size has none where the size is unknown.
    pub fn of(&self, size: Option<usize>) -> Option<&Exact> {
        match self {
            Amount::Same(value) => Some(value),
            Amount::BySize(values) => values.get(size?)?.as_ref(),
        }
    }

    /// Whether it depends on the size.
    pub fn is_by_size(&self) -> bool {
        matches!(self, Amount::BySize(_))
    }

    /// Whether every figure is zero.
    pub fn is_zero(&self) -> bool {
        match self {
            Amount::Same(value) => value.is_zero(),
            Amount::BySize(values) => values.iter().flatten().all(Zero::is_zero),
        }
    }

    /// Whether some figure is negative.
    pub fn is_credit(&self) -> bool {
        match self {
            Amount::Same(value) => value.is_negative(),
            Amount::BySize(values) => values.iter().flatten().any(Signed::is_negative),
        }
    }

    /// Whether some figure is above zero.
    pub fn is_paid(&self) -> bool {
        match self {
            Amount::Same(value) => value.is_positive(),
            Amount::BySize(values) => values.iter().flatten().any(Signed::is_positive),
        }
    }

    /// Reads one figure, or a table of them by the names of `sizes`.
    pub fn read(node: &Node, sizes: &[String], diagnostics: &mut Diagnostics) -> Option<Amount> {
        let Value::Table(entries) = &node.value else { return price(node, diagnostics).map(Amount::Same) };
        let mut values = vec![None; sizes.len()];
        let mut whole = true;
        for (name, entry) in entries {
            let index = size_index(name, entry, sizes, diagnostics);
            let value = price(entry, diagnostics);
            match index {
                Some(index) => values[index] = value,
                None => whole = false,
            }
        }
        whole.then_some(Amount::BySize(values))
    }

    /// Reads a price: where it is by size, each of `payers` must have one.
    pub fn read_price(
        node: &Node,
        sizes: &[String],
        payers: Option<&[usize]>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Amount> {
        let before = diagnostics.count();
        let amount = Amount::read(node, sizes, diagnostics)?;
        if let (Amount::BySize(values), true) = (&amount, diagnostics.count() == before) {
            let pays = |index: &usize| payers.is_none_or(|payers| payers.contains(index));
            let missing = |index: &usize| values[*index].is_none();
            let names = (0..sizes.len()).filter(pays).filter(missing).map(|i| format!("`{}`", sizes[i]));
            let names = names.collect::<Vec<_>>().join(", ");
            if !names.is_empty() {
                let help = "give every size a price, or say with `sizes = [\"…\"]` which sizes pay this charge";
                diagnostics.error(node.at, format!("there is no price here for the size {names}"), help);
                return None;
            }
        }
        Some(amount)
    }
}

/// The index of a size's name, which stands as a key at `entry`.
pub fn size_index(name: &str, entry: &Node, sizes: &[String], diagnostics: &mut Diagnostics) -> Option<usize> {
    let index = sizes.iter().position(|size| size == name);
    if index.is_none() {
        let help = suggest(name, sizes.iter().map(String::as_str));
        diagnostics.error(entry.key, format!("`{name}` is not a size of this model"), help);
    }
    index
}
