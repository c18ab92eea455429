//! Advice as JSON, CSV, text and figures.

use super::curve::order_of;
use super::figure::pareto::{Order, ParetoFigure, front};
use super::figure::tornado::{self, TornadoFigure};
use super::format;
use super::json::estimate_json;
use super::notes::of_unverified;
use crate::experiment::advise::{Advice, Offer, Swing};
use serde_json::{Value, json};

/// The JSON document.
pub fn to_json(advice: &Advice) -> String {
    let pareto = on_front(advice);
    let offer = |(index, offer): (usize, &Offer)| {
        json!({
            "hosting": offer.hosting,
            "family": offer.family,
            "order": order_of(&offer.point),
            "tco_usd": estimate_json(&offer.tco()),
            "invoice_usd": estimate_json(&offer.point.estimate(&["invoice_usd", "total"])),
            "labour_usd": estimate_json(&offer.point.estimate(&["labour_usd", "total"])),
            "latency_p99_s": estimate_json(&offer.p99()),
            "pareto": pareto.contains(&index),
        })
    };
    let best = |best: &Option<(String, f64)>| match best {
        Some((hosting, tco)) => json!({ "hosting": hosting, "tco_usd": tco }),
        None => Value::Null,
    };
    let swing = |swing: &Swing| {
        json!({
            "assumption": swing.name,
            "low": { "value": swing.low.0, "best": best(&swing.low.1) },
            "high": { "value": swing.high.0, "best": best(&swing.high.1) },
        })
    };
    let refused: serde_json::Map<String, Value> =
        advice.refused.iter().map(|(name, why)| (name.clone(), why.clone().into())).collect();
    let document = json!({
        "schema": 1,
        "offers": advice.offers.iter().enumerate().map(offer).collect::<Vec<_>>(),
        "refused": refused,
        "swings": advice.swings.iter().map(swing).collect::<Vec<_>>(),
        "unverified": advice.unverified,
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// One row per offer (RFC 4180).
pub fn to_csv(advice: &Advice) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record([
        "rank",
        "hosting",
        "family",
        "order",
        "tco_usd",
        "invoice_usd",
        "labour_usd",
        "latency_p99_s",
        "pareto",
    ]);
    let pareto = on_front(advice);
    for (index, offer) in advice.offers.iter().enumerate() {
        let mean = |path: &[&str]| offer.point.estimate(path).mean.map_or_else(String::new, |v| v.to_string());
        let _ = writer.write_record([
            (index + 1).to_string(),
            offer.hosting.clone(),
            offer.family.to_string(),
            order_of(&offer.point),
            mean(&["tco_usd"]),
            mean(&["invoice_usd", "total"]),
            mean(&["labour_usd", "total"]),
            mean(&["latency_s", "p99"]),
            pareto.contains(&index).to_string(),
        ]);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The offers as text, ranked; what each gives up; what would change the answer.
pub fn to_table(advice: &Advice, title: &str, markdown: bool) -> String {
    let mut table = comfy_table::Table::new();
    use comfy_table::presets::{ASCII_MARKDOWN, UTF8_HORIZONTAL_ONLY};
    table.load_style(if markdown { ASCII_MARKDOWN } else { UTF8_HORIZONTAL_ONLY });
    table.set_header(["", "hosting", "order", "TCO", "invoice", "labour", "p99", "more than the cheapest"]);
    let pareto = on_front(advice);
    let least = advice.offers.first().and_then(|offer| offer.tco().mean);
    for (index, offer) in advice.offers.iter().enumerate() {
        let money = |path: &[&str]| offer.point.estimate(path).mean.map_or_else(|| "–".into(), format::money);
        let more = offer.tco().mean.zip(least).map_or_else(String::new, |(tco, least)| gives_up(tco, least));
        let star = if pareto.contains(&index) { " *" } else { "" };
        table.add_row([
            format!("{}{star}", index + 1),
            offer.hosting.clone(),
            order_of(&offer.point),
            money(&["tco_usd"]),
            money(&["invoice_usd", "total"]),
            money(&["labour_usd", "total"]),
            offer.p99().mean.map_or_else(|| "–".into(), format::duration),
            more,
        ]);
    }
    let mut text = format!(
        "{title}\nthe cheapest order of each model that meets the objective; * none is both cheaper and faster\n\n{table}\n\n"
    );
    for swing in &advice.swings {
        text.push_str(&format!("- {}\n", sentence(advice, swing)));
    }
    for line in of_unverified(&advice.unverified) {
        text.push_str(&format!("- {line}\n"));
    }
    for (name, why) in &advice.refused {
        text.push_str(&format!("- {name} cannot: {why}.\n"));
    }
    text
}

fn gives_up(tco: f64, least: f64) -> String {
    if tco <= least {
        String::new()
    } else {
        format!("+{} ({})", format::money(tco - least), format::percent((tco - least) / least.max(1e-9)))
    }
}

fn sentence(advice: &Advice, swing: &Swing) -> String {
    let first = advice.offers.first().map_or("", |offer| offer.hosting.as_str());
    let end = |(value, best): &(String, Option<(String, f64)>)| match best {
        Some((hosting, tco)) if hosting == first => format!("at {value} still {hosting} ({})", format::money(*tco)),
        Some((hosting, tco)) => format!("at {value} {hosting} ({})", format::money(*tco)),
        None => format!("at {value} nothing meets the objective"),
    };
    format!("{}: {}; {}.", swing.name, end(&swing.low), end(&swing.high))
}

fn orders(advice: &Advice) -> Vec<Order> {
    let order = |offer: &Offer| Order {
        name: offer.hosting.clone(),
        cost: offer.tco().mean.unwrap_or(f64::NAN),
        p99: offer.p99().mean.unwrap_or(f64::NAN),
    };
    advice.offers.iter().map(order).collect()
}

fn on_front(advice: &Advice) -> Vec<usize> {
    front(&orders(advice))
}

/// Cost against p99, with the front.
pub fn pareto(advice: &Advice, title: &str) -> ParetoFigure {
    ParetoFigure {
        title: title.to_string(),
        subtitle: "TCO per month against the 99th percentile of latency; the line joins what none beats in both".into(),
        orders: orders(advice),
    }
}

/// The swings of the best offer's TCO.
pub fn tornado(advice: &Advice, title: &str) -> TornadoFigure {
    let first = advice.offers.first();
    let hosting = first.map_or("", |offer| offer.hosting.as_str());
    let base = first.and_then(|offer| offer.tco().mean).unwrap_or(f64::NAN);
    let end = |(value, best): &(String, Option<(String, f64)>)| {
        (value.clone(), best.as_ref().map_or(f64::NAN, |(_, tco)| *tco))
    };
    let other = |best: &Option<(String, f64)>| best.as_ref().is_some_and(|(name, _)| name != hosting);
    let swing = |swing: &Swing| tornado::Swing {
        name: swing.name.clone(),
        low: end(&swing.low),
        high: end(&swing.high),
        changes_answer: other(&swing.low.1) || other(&swing.high.1),
    };
    TornadoFigure {
        title: title.to_string(),
        subtitle: "the cheapest TCO as one assumption at a time changes".into(),
        x_title: "cheapest TCO per month".into(),
        base,
        swings: advice.swings.iter().map(swing).collect(),
    }
}
