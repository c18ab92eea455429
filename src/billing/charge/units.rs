//! Units of reserved instances: what a reservation of one size is worth for the other sizes of its family.

use super::amount::size_index;
use crate::billing::reading::{positive_amount, whole};
use crate::document::{Diagnostics, Node, Value};
use crate::units::Exact;

/// A size's family, and how many units an instance of it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Units {
    /// Sizes of one family cover each other.
    pub family: String,
    /// Units of an instance.
    pub count: Exact,
}

/// Amazon's normalisation factors below `xlarge`, in quarters (user guide, "How Reserved Instances are applied").
const QUARTERS: &[(&str, u64)] =
    &[("nano", 1), ("micro", 2), ("small", 4), ("medium", 8), ("large", 16), ("xlarge", 32)];

/// Reads `units`: the word "normalised" (the family stands before the size's dot, the factor after it), or a table
/// of families, each a table of sizes.
pub fn read(node: &Node, sizes: &[String], d: &mut Diagnostics) -> Option<Vec<Option<Units>>> {
    match &node.value {
        Value::String(word) if word == "normalised" => Some(sizes.iter().map(|size| normalised(size)).collect()),
        Value::Table(families) => {
            let mut units = vec![None; sizes.len()];
            for (family, entries) in families {
                let Some(table) = entries.as_table() else {
                    d.error(
                        entries.at,
                        "expected sizes and their units",
                        "such as { \"m4.large\" = 4, \"m4.xlarge\" = 8 }",
                    );
                    return None;
                };
                for (name, entry) in table {
                    let index = size_index(name, entry, sizes, d);
                    let count = positive_amount(entry, d);
                    units[index?] = Some(Units { family: family.clone(), count: count? });
                }
            }
            Some(units)
        }
        _ => {
            let help = "\"normalised\", or families of sizes: { m4 = { \"m4.large\" = 4, \"m4.xlarge\" = 8 } }";
            d.error(node.at, "expected how sizes of a family are worth each other", help);
            None
        }
    }
}

/// "m4.2xlarge" is 16 units of m4; what has another form (bare metal) covers its own size alone.
fn normalised(size: &str) -> Option<Units> {
    let (family, kind) = size.split_once('.')?;
    let quarters = match QUARTERS.iter().find(|(name, _)| *name == kind) {
        Some((_, quarters)) => *quarters,
        None => 32 * kind.strip_suffix("xlarge")?.parse::<u32>().ok().map(u64::from)?,
    };
    Some(Units { family: family.to_string(), count: whole(quarters) / whole(4) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::parse_decimal;

    #[test]
    fn factors_are_those_of_the_users_guide() {
        let of = |size: &str| normalised(size).map(|units| units.count);
        for (size, units) in
            [("t2.nano", "0.25"), ("t2.micro", "0.5"), ("m4.large", "4"), ("m4.xlarge", "8"), ("m4.16xlarge", "128")]
        {
            assert_eq!(of(size), Some(parse_decimal(units).unwrap()), "{size}");
        }
        assert_eq!((of("m5.metal"), of("512mb")), (None, None));
    }
}
