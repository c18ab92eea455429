//! Sustained use: the longer a resource runs in a month, the less its next hour costs.

use crate::billing::reading::{exact_percent, whole};
use crate::document::{Diagnostics, Node, Table, Value, list, price};
use crate::units::Exact;
use num_traits::{One, Signed, Zero};

/// A band of the month and its factor of the price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Where the band ends, as a share of the month.
    pub up_to: Exact,
    /// What the price is multiplied by in it.
    pub factor: Exact,
}

/// What use is put together before the bands are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// Nothing: each resource's time is its own.
    Resource,
    /// Instances of one size: those that run one after another count as one that ran on.
    Size,
    /// All use of the charge: cores or memory of whatever machines they are in.
    Account,
}

/// The words for what is put together.
pub const POOLS: &[(&str, Pool)] = &[("resource", Pool::Resource), ("size", Pool::Size), ("account", Pool::Account)];

/// The quantity at full price that costs the same as pooled use that stands in slots of the month (in the meter's
/// units; with each slot's hours). Use is stacked: the lowest layer is what is used in all slots, and so runs for
/// the whole month; each layer above it runs for as long as so much is used at once.
pub fn stacked(used: &[Exact], slots: &[Exact], bands: &[Band]) -> Exact {
    let month: Exact = slots.iter().sum();
    let level = |(used, hours): (&Exact, &Exact)| if hours.is_positive() { used / hours } else { Exact::zero() };
    let mut levels: Vec<(Exact, &Exact)> = used.iter().zip(slots).map(|(u, h)| (level((u, h)), h)).collect();
    levels.sort_by(|a, b| a.0.cmp(&b.0));
    let (mut hours, mut below, mut sum) = (month.clone(), Exact::zero(), Exact::zero());
    for (level, length) in levels {
        if level > below {
            sum += (&level - &below) * weighted(&hours, &month, bands);
            below = level;
        }
        hours -= length;
    }
    sum
}

/// The quantity at full price that costs the same as `quantity`, where `month` of it is a whole
/// month. What goes beyond a whole month is counted from the first band again, as that of another
/// resource.
pub fn weighted(quantity: &Exact, month: &Exact, bands: &[Band]) -> Exact {
    if !month.is_positive() {
        return quantity.clone();
    }
    let share = quantity / month;
    let months = share.floor();
    (of_share(&Exact::one(), bands) * &months + of_share(&(share - months), bands)) * month
}

fn of_share(share: &Exact, bands: &[Band]) -> Exact {
    let mut from = Exact::zero();
    let mut sum = Exact::zero();
    for band in bands {
        let end = (&band.up_to).min(share);
        if end > &from {
            sum += (end - &from) * &band.factor;
            from = end.clone();
        }
    }
    sum
}

/// Reads the bands: in order, the last one up to 100 %.
pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Vec<Band>> {
    let bands = list(node, diagnostics, |node, d| {
        let mut table = Table::of(node, d)?;
        let up_to = table.required("up-to", d, exact_percent);
        let factor = table.required("factor", d, price);
        table.finish(d);
        Some(Band { up_to: up_to?, factor: factor? })
    })?;
    let ends = || std::iter::once(whole(0)).chain(bands.iter().map(|band| band.up_to.clone()));
    let grows = ends().zip(ends().skip(1)).all(|(before, end)| before < end);
    if !grows || bands.last().is_none_or(|band| !band.up_to.is_one()) {
        let help = "put them in order, each `up-to` larger than the one before, the last \"100 %\"";
        diagnostics.error(node.at, "these bands do not lead from the start of the month to its end", help);
        return None;
    }
    let Value::Array(_) = &node.value else { return None };
    Some(bands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::parse_decimal;

    #[test]
    fn what_runs_one_after_another_is_one_that_runs_on() {
        let band = |up_to: u64, factor: &str| Band {
            up_to: whole(up_to) / whole(100),
            factor: parse_decimal(factor).unwrap(),
        };
        let bands = [band(25, "1"), band(50, "0.8"), band(75, "0.6"), band(100, "0.4")];
        // 4, 8, 16 and 32 cores, a quarter of 720 h each: 4 run on for all of it, 4 more for three quarters, …
        let used = [4, 8, 16, 32].map(|cores| whole(cores * 180));
        let slots = [180; 4].map(whole);
        let expected = "9216"; // 4·720·0.7 + 4·540·0.8 + 8·360·0.9 + 16·180
        assert_eq!(stacked(&used, &slots, &bands), parse_decimal(expected).unwrap());
        let reversed: Vec<Exact> = used.iter().rev().cloned().collect();
        assert_eq!(stacked(&reversed, &slots, &bands), parse_decimal(expected).unwrap());
        assert_eq!(stacked(&[], &[], &bands), whole(0));
    }

    #[test]
    fn half_three_quarters_and_all_of_a_month_are_ten_twenty_and_thirty_percent_off() {
        let band = |up_to: u64, factor: &str| Band {
            up_to: whole(up_to) / whole(100),
            factor: parse_decimal(factor).unwrap(),
        };
        let bands = [band(25, "1"), band(50, "0.8"), band(75, "0.6"), band(100, "0.4")];
        for (hours, expected) in [(182, "182"), (365, "328.5"), (0, "0"), (730, "511"), (1460, "1022"), (1095, "839.5")]
        {
            assert_eq!(weighted(&whole(hours), &whole(730), &bands), parse_decimal(expected).unwrap(), "{hours} h");
        }
        // 547.5 h are three quarters of 730 h: 547.5 × 0.8 = 438.
        let three_quarters = parse_decimal("547.5").unwrap();
        assert_eq!(weighted(&three_quarters, &whole(730), &bands), whole(438));
    }
}
