//! An invoice as JSON and CSV, and its amounts as people read them.

use super::invoice::{Invoice, Line};
use super::reading::exact_text;
use crate::document::harmless;
use crate::units::Exact;
use num_traits::Zero;
use serde_json::{Map, Value, json};

/// Digits after the point that an amount has at the least, whatever it is rounded to.
const CENTS: u32 = 2;

/// An amount with at least the invoice's places after the point, and at least two: "18.00".
pub fn amount_text(invoice: &Invoice, amount: &Exact) -> String {
    let text = exact_text(amount);
    let least = invoice.places.max(CENTS) as usize;
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    let point = if places == 0 { "." } else { "" };
    format!("{text}{point}{}", "0".repeat(least.saturating_sub(places)))
}

/// An amount for people: a line that is not rounded is shown to two places more than the total.
pub fn cents(invoice: &Invoice, amount: &Exact) -> String {
    let shown = crate::units::decimal_text(amount, invoice.places + 2);
    let parsed = crate::units::parse_decimal(&shown).unwrap_or_else(|_| amount.clone());
    amount_text(invoice, &parsed)
}

/// The invoice as JSON: numbers as decimal strings, exact (a fraction without a finite decimal
/// text to twelve places).
pub fn json(invoice: &Invoice) -> Value {
    let lines: Vec<Value> = invoice.lines.iter().map(|line| json_line(invoice, line)).collect();
    json!({
        "schema": 1,
        "currency": invoice.currency.code(),
        "lines": lines,
        "total": amount_text(invoice, &invoice.total),
    })
}

fn json_line(invoice: &Invoice, line: &Line) -> Value {
    let mut entries = Map::new();
    let mut put = |key: &str, value: Value| entries.insert(key.to_string(), value);
    put("name", line.name.clone().into());
    put("meter", line.meter.clone().into());
    put("quantity", exact_text(&line.quantity).into());
    put("free", exact_text(&line.free).into());
    if !line.covered.is_zero() {
        put("covered", exact_text(&line.covered).into());
    }
    put("billable", exact_text(&line.billable).into());
    put("unit-price", line.unit_price.as_ref().map(exact_text).into());
    put("amount", amount_text(invoice, &line.amount).into());
    put("confidence", line.confidence.name().into());
    Value::Object(entries)
}

/// The invoice as CSV (RFC 4180): a row for each line and one for the total.
///
/// # Errors
/// Never in practice: it writes to memory.
pub fn csv(invoice: &Invoice) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["name", "meter", "quantity", "free", "covered", "billable", "unit_price", "amount"])?;
    for line in &invoice.lines {
        writer.write_record(harmless([
            line.name.clone(),
            line.meter.clone(),
            exact_text(&line.quantity),
            exact_text(&line.free),
            exact_text(&line.covered),
            exact_text(&line.billable),
            line.unit_price.as_ref().map_or(String::new(), exact_text),
            amount_text(invoice, &line.amount),
        ]))?;
    }
    writer.write_record(["total", "", "", "", "", "", "", &amount_text(invoice, &invoice.total)])?;
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
