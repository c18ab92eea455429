//! Free allowances.

use super::amount::Amount;
use crate::billing::reading::{amount, whole};
use crate::document::{Diagnostics, Node, Value, positive_span};
use crate::units::{Exact, HOUR};
use num_traits::{One, Signed, Zero};

/// What is not billed of a month's quantity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Free {
    /// Nothing.
    #[default]
    Nothing,
    /// So much a month, for the account or for each resource.
    Flat(Exact),
    /// Each instance brings what its size includes.
    PerInstance {
        /// By the size's index; `None`: this size brings none.
        included: Vec<Option<Exact>>,
        /// How it grows with the instance's life.
        accrual: Accrual,
    },
}

/// How an instance's allowance grows with its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accrual {
    /// It is whole from the start.
    AtOnce,
    /// It grows evenly, and is whole after so many hours.
    Hours(Exact),
    /// It grows evenly over the month.
    Month,
}

impl Free {
    /// Whether nothing is free.
    pub fn is_nothing(&self) -> bool {
        match self {
            Free::Nothing => true,
            Free::Flat(value) => value.is_zero(),
            Free::PerInstance { included, .. } => included.iter().flatten().all(Zero::is_zero),
        }
    }

    /// Which share of its size's allowance an instance brings that lived so many hours of a month.
    pub fn entitlement(&self, hours: &Exact, month_hours: &Exact) -> Exact {
        let whole_after = match self {
            Free::PerInstance { accrual: Accrual::Hours(hours), .. } => hours,
            Free::PerInstance { accrual: Accrual::Month, .. } => month_hours,
            Free::PerInstance { accrual: Accrual::AtOnce, .. } => return Exact::one(),
            Free::Nothing | Free::Flat(_) => return Exact::zero(),
        };
        if whole_after.is_positive() { (hours / whole_after).min(Exact::one()) } else { Exact::one() }
    }

    /// What an instance of a size brings in full.
    pub fn included(&self, size: Option<usize>) -> Exact {
        match self {
            Free::PerInstance { included, .. } => {
                size.and_then(|size| included.get(size)?.clone()).unwrap_or_else(Exact::zero)
            }
            Free::Nothing | Free::Flat(_) => Exact::zero(),
        }
    }

    /// Reads `free`, with the `accrual` that may stand beside it.
    pub fn read(node: &Node, accrual: Option<&Node>, sizes: &[String], d: &mut Diagnostics) -> Option<Free> {
        if !matches!(node.value, Value::Table(_)) {
            if let Some(accrual) = accrual {
                d.error(accrual.key, "`accrual` needs a `free` by size", "such as free = { \"1gb\" = 1000 }");
            }
            return amount(node, d).map(Free::Flat);
        }
        let accrual = accrual.map_or(Some(Accrual::AtOnce), |node| Accrual::read(node, d));
        let Amount::BySize(included) = Amount::read(node, sizes, d)? else { return None };
        if included.iter().flatten().any(Signed::is_negative) {
            d.error(node.at, "an allowance is zero or more", "");
            return None;
        }
        Some(Free::PerInstance { included, accrual: accrual? })
    }
}

impl Accrual {
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Accrual> {
        if node.as_str() == Some("month") {
            return Some(Accrual::Month);
        }
        let span = positive_span(node, diagnostics)?;
        Some(Accrual::Hours(whole(span.0) / whole(HOUR.0)))
    }
}
