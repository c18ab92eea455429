//! Bills: AWS's Cost and Usage Report (2.0, and 1 by its names) and FOCUS. No requests.

use super::table::Table;
use super::{Kind, Reading};
use crate::import::field::moment_of;
use crate::import::found::Found;
use crate::import::item::{Item, Shape};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

pub(super) const CUR: Kind = Kind {
    name: "aws-cur2",
    also: &["aws-cur"],
    family: "cur",
    shape: Shape::Table,
    is_traffic: false,
    recognises: |head| {
        head.columns(&["line_item_line_item_type", "line_item_unblended_cost"])
            || head.columns(&["lineItem/LineItemType", "lineItem/UnblendedCost"])
    },
    begin: |_, _, found| {
        found.note("usage is of the lines Usage, DiscountedUsage and SavingsPlanCoveredUsage alone");
        found.note("the sum of all unblended costs is the invoice before rounding; hours are restated until the month is final");
        Box::<Cur>::default()
    },
};

pub(super) const FOCUS: Kind = Kind {
    name: "focus",
    also: &[],
    family: "focus",
    shape: Shape::Table,
    is_traffic: false,
    recognises: |head| head.columns(&["BilledCost", "EffectiveCost", "ChargeCategory"]),
    begin: |_, _, found| {
        found.note("BilledCost is what is invoiced, EffectiveCost spreads commitments: never add both");
        found.note("quantities of purchases, credits, corrections and unused commitments are not usage");
        Box::<Focus>::default()
    },
};

/// A decimal in units of 10^-15, exactly: `-0.0305708`, `1.8342500000E3`.
fn exact(text: &str) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.trim_start_matches('+')),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all: String = [whole, part].concat();
    if all.is_empty() || all.len() > 30 || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: i128 = all.parse().ok()?;
    let shift = 15 + exponent - part.len() as i32;
    let value = match u32::try_from(shift) {
        Ok(up) => value.checked_mul(10_i128.checked_pow(up)?)?,
        Err(_) => value / 10_i128.checked_pow(shift.unsigned_abs())?,
    };
    Some(if negative { -value } else { value })
}

fn value(sum: i128) -> Value {
    json!(sum as f64 / 1e15)
}

fn values(sums: &IndexMap<String, i128>) -> Value {
    Value::Object(sums.iter().map(|(name, sum)| (name.clone(), value(*sum))).collect::<Map<_, _>>())
}

#[derive(Default)]
struct Cur {
    table: Table,
    total: i128,
    by_type: IndexMap<String, i128>,
    usage: IndexMap<String, i128>,
    not_counted: Vec<Value>,
    currency: Option<String>,
}

impl Reading for Cur {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Row(row) = item else { return };
        if !self.table.take(row, number, found) {
            return;
        }
        let get = |new: &str, old: &str| self.table.any(row, &[new, old]);
        let Some(kind) = get("line_item_line_item_type", "lineItem/LineItemType") else {
            return found.drop(number, "no type of line");
        };
        let cost = match get("line_item_unblended_cost", "lineItem/UnblendedCost").map(exact) {
            Some(Some(cost)) => cost,
            None => 0,
            Some(None) => return found.drop(number, "the cost is no number"),
        };
        self.total += cost;
        *self.by_type.entry(kind.into()).or_default() += cost;
        let times = [
            get("line_item_usage_start_date", "lineItem/UsageStartDate"),
            get("line_item_usage_end_date", "lineItem/UsageEndDate"),
        ];
        times.into_iter().flatten().filter_map(moment_of).for_each(|t| found.see(t));
        self.currency =
            self.currency.take().or_else(|| get("line_item_currency_code", "lineItem/CurrencyCode").map(Into::into));
        if matches!(kind, "Usage" | "DiscountedUsage" | "SavingsPlanCoveredUsage") {
            let product = get("line_item_product_code", "lineItem/ProductCode").unwrap_or_default();
            let usage = get("line_item_usage_type", "lineItem/UsageType").unwrap_or_default();
            let amount = get("line_item_usage_amount", "lineItem/UsageAmount").and_then(exact).unwrap_or(0);
            *self.usage.entry(format!("{product} {usage}").trim().into()).or_default() += amount;
        } else if self.not_counted.len() < 1_000 {
            self.not_counted.push(json!({ "line": number, "why": kind }));
        }
    }

    fn next_file(&mut self) {
        self.table = Table::default();
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        let apart: i128 = ["Tax", "Credit", "Refund"].iter().filter_map(|kind| self.by_type.get(*kind)).sum();
        let more = &mut found.more;
        more.insert("currency".into(), json!(self.currency));
        more.insert("cost_total".into(), value(self.total));
        more.insert("cost_by_type".into(), values(&self.by_type));
        more.insert("cost_without_tax_and_credit".into(), value(self.total - apart));
        more.insert("usage".into(), values(&self.usage));
        more.insert("usage_not_counted".into(), std::mem::take(&mut self.not_counted).into());
        Ok(())
    }
}

#[derive(Default)]
struct Focus {
    table: Table,
    billed: i128,
    effective: i128,
    list: i128,
    contracted: i128,
    by_category: IndexMap<String, i128>,
    usage: IndexMap<String, i128>,
    currency: Option<String>,
}

impl Reading for Focus {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Row(row) = item else { return };
        if !self.table.take(row, number, found) {
            return;
        }
        let get = |name: &str| self.table.get(row, name);
        let Some(category) = get("ChargeCategory") else { return found.drop(number, "no charge category") };
        let cost = |name: &str| get(name).and_then(exact).unwrap_or(0);
        let billed = cost("BilledCost");
        self.billed += billed;
        self.effective += cost("EffectiveCost");
        self.list += cost("ListCost");
        self.contracted += cost("ContractedCost");
        *self.by_category.entry(category.into()).or_default() += billed;
        self.currency = self.currency.take().or_else(|| get("BillingCurrency").map(Into::into));
        ["ChargePeriodStart", "ChargePeriodEnd"].iter().filter_map(|c| moment_of(get(c)?)).for_each(|t| found.see(t));
        let counts = category == "Usage"
            && get("ChargeClass") != Some("Correction")
            && get("CommitmentDiscountStatus") != Some("Unused");
        if let (true, Some(quantity)) = (counts, get("ConsumedQuantity").and_then(exact)) {
            let name =
                format!("{} {}", get("ServiceName").unwrap_or_default(), get("ConsumedUnit").unwrap_or_default());
            *self.usage.entry(name.trim().into()).or_default() += quantity;
        }
    }

    fn next_file(&mut self) {
        self.table = Table::default();
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        let more = &mut found.more;
        more.insert("currency".into(), json!(self.currency));
        more.insert("billed_cost".into(), value(self.billed));
        more.insert("effective_cost".into(), value(self.effective));
        more.insert("list_cost".into(), value(self.list));
        more.insert("contracted_cost".into(), value(self.contracted));
        more.insert("billed_by_category".into(), values(&self.by_category));
        more.insert("usage".into(), values(&self.usage));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::exact;

    #[test]
    fn costs_are_exact() {
        assert_eq!(exact("-0.0305708"), Some(-30_570_800_000_000));
        assert_eq!(exact("1.8342500000E3"), Some(1_834_250_000_000_000_000));
        assert_eq!(exact("1e-3"), Some(1_000_000_000_000));
        assert_eq!(exact("1,234"), None);
        assert_eq!(exact(""), None);
    }
}
