//! Advice as JSON, CSV, text and figures.

use super::curve::order_of;
use super::figure::pareto::{Order, ParetoFigure};
use super::figure::tornado::{self, TornadoFigure};
use super::format;
use super::grid::{Grid, Screen};
use super::html::answer::of_advice;
use super::json::estimate_json;
use super::markdown::escape;
use super::notes::of_unverified;
use super::rests::MARK;
use super::sacrifice;
use crate::document::harmless;
use crate::experiment::advise::{Advice, End, Offer, Swing};
use crate::experiment::served;
use crate::metrics::share_of;
use crate::scenario::Scenario;
use indexmap::IndexMap;
use serde_json::{Value, json};

/// The JSON document.
pub fn to_json(advice: &Advice) -> String {
    let pareto = on_front(advice);
    let offer = |(index, offer): (usize, &Offer)| {
        json!({
            "hosting": offer.hosting,
            "family": offer.family,
            "order": order_of(&offer.point),
            "replications": offer.point.replications.len(),
            "tco_usd": estimate_json(&offer.tco()),
            "more_than_the_cheapest_usd": estimate_json(&offer.more),
            "distinguishable": !offer.is_as_cheap(),
            "invoice_usd": estimate_json(&offer.point.estimate(&["invoice_usd", "total"])),
            "labour_usd": estimate_json(&offer.point.estimate(&["labour_usd", "total"])),
            "owned_usd": estimate_json(&offer.point.estimate(&["owned_usd"])),
            "availability": served::share(&offer.point),
            "latency_p99_s": estimate_json(&offer.p99()),
            "latency_p99_rests_on": offer.point.p99_rests_on(),
            "pareto": pareto.contains(&index),
        })
    };
    let best = |best: &Option<(String, f64)>| match best {
        Some((hosting, tco)) => json!({ "hosting": hosting, "tco_usd": tco }),
        None => Value::Null,
    };
    let end = |(value, found): &(String, Option<(String, f64)>), more: &End| {
        let second = more.second.as_ref().map_or(Value::Null, |(hosting, usd)| {
            json!({ "hosting": hosting, "more_usd": estimate_json(usd), "distinguishable": !more.is_tied() })
        });
        json!({ "value": value, "best": best(found), "change_usd": estimate_json(&more.change), "second": second })
    };
    let swing = |swing: &Swing| {
        let flip = swing
            .flip
            .as_ref()
            .map_or(Value::Null, |flip| json!({ "factor": flip.factor.min(1e9), "at": flip.at, "hosting": flip.to }));
        json!({
            "assumption": swing.name,
            "low": end(&swing.low, &swing.ends[0]),
            "high": end(&swing.high, &swing.ends[1]),
            "changes_at": flip,
        })
    };
    let refused: serde_json::Map<String, Value> =
        advice.refused.iter().map(|(name, why)| (name.clone(), why.clone().into())).collect();
    let document = json!({
        "schema": 1,
        "answer": of_advice(advice),
        "offers": advice.offers.iter().enumerate().map(offer).collect::<Vec<_>>(),
        "refused": refused,
        "swings": advice.swings.iter().map(swing).collect::<Vec<_>>(),
        "unverified": advice.unverified,
        "by_default": advice.by_default,
    });
    let mut document = document;
    if let Some(warm_up) = warm_up(advice) {
        document["warm_up_s"] = json!(warm_up);
    }
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// One row per offer (RFC 4180).
pub fn to_csv(advice: &Advice) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(harmless([
        "rank",
        "hosting",
        "family",
        "order",
        "tco_usd",
        "invoice_usd",
        "labour_usd",
        "owned_usd",
        "latency_p99_s",
        "availability",
        "pareto",
        "more_than_the_cheapest_usd",
        "more_than_the_cheapest_usd_ci95",
    ]));
    let pareto = on_front(advice);
    for (index, offer) in advice.offers.iter().enumerate() {
        let mean = |path: &[&str]| offer.point.estimate(path).mean.map_or_else(String::new, |v| v.to_string());
        let _ = writer.write_record(harmless([
            (index + 1).to_string(),
            offer.hosting.clone(),
            offer.family.to_string(),
            order_of(&offer.point),
            mean(&["tco_usd"]),
            mean(&["invoice_usd", "total"]),
            mean(&["labour_usd", "total"]),
            mean(&["owned_usd"]),
            mean(&["latency_s", "p99"]),
            served::share(&offer.point).map_or_else(String::new, |share| share.to_string()),
            pareto.contains(&index).to_string(),
            offer.more.mean.map_or_else(String::new, |v| v.to_string()),
            offer.more.ci95.map_or_else(String::new, |v| v.to_string()),
        ]));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The answer; the offers, ranked; what each gives up; what would change the answer.
pub fn to_table(advice: &Advice, title: &str, screen: Screen) -> String {
    let mut text = format!("{}\n\n{}\n", screen.paragraph(&of_advice(advice)), screen.paragraph(title));
    text += &format!("{}\n\n", screen.paragraph(SUBTITLE));
    let grid = grid(advice);
    if !grid.is_empty() {
        text += &format!("{}\n", grid.to_text(screen));
    }
    text + &screen.list(&sentences(advice).into_iter().chain(of_unverified(&advice.unverified)).collect::<Vec<_>>())
}

/// As Markdown.
pub fn to_markdown(advice: &Advice, title: &str) -> String {
    let lines = sentences(advice).into_iter().chain(of_unverified(&advice.unverified));
    let lines: String = lines.map(|line| format!("- {}\n", escape(&line))).collect();
    let (answer, title) = (escape(&of_advice(advice)), escape(title));
    format!("{answer}\n\n# {title}\n\n{}\n\n{}\n{lines}", escape(SUBTITLE), grid(advice).to_markdown())
}

/// What the table holds.
const SUBTITLE: &str = "the cheapest order of each model that meets the objective; * none is both cheaper and faster";

fn grid(advice: &Advice) -> Grid {
    let (owns, serves_less) = (advice.offers.iter().any(owns), advice.offers.iter().any(serves_less));
    let mut grid = Grid::new(2).words("").words("Hosting").words("Order");
    let heads = ["TCO", "Invoice", "Labour"].into_iter().chain(owns.then_some("Own servers"));
    for head in heads.chain(["p99"]).chain(serves_less.then_some("Served")) {
        grid = grid.numbers(head);
    }
    grid = grid.numbers("More than the cheapest");
    let pareto = on_front(advice);
    for (index, offer) in advice.offers.iter().enumerate() {
        let money = |path: &[&str]| offer.point.estimate(path).mean.map_or_else(|| "–".into(), format::money);
        let more = if index == 0 { String::new() } else { dearer(offer, advice.offers[0].tco().mean) };
        let star = if pareto.contains(&index) { " *" } else { "" };
        let few = if offer.point.p99_rests_on().is_some() { MARK } else { "" };
        let p99 = offer.p99().mean.map_or_else(|| "–".into(), |p99| format!("{few}{}", format::duration(p99)));
        let served = served::share(&offer.point).map_or_else(|| "–".into(), format::percent);
        let first = [format!("{}{star}", index + 1), offer.hosting.clone(), order_of(&offer.point)];
        let costs = [money(&["tco_usd"]), money(&["invoice_usd", "total"]), money(&["labour_usd", "total"])];
        let own = owns.then(|| money(&["owned_usd"]));
        let row = first.into_iter().chain(costs).chain(own).chain([p99]).chain(serves_less.then_some(served));
        grid.row(row.chain([more]));
    }
    grid
}

/// The warm-up in seconds, where it was found.
fn warm_up(advice: &Advice) -> Option<f64> {
    advice.offers.first()?.point.estimate(&["warm_up_s"]).mean
}

/// Whether servers of the developer's own are part of an offer.
pub(super) fn owns(offer: &Offer) -> bool {
    offer.point.estimate(&["owned_usd"]).mean.is_some_and(|owned| owned != 0.0)
}

/// Whether an offer leaves requests unserved.
pub(super) fn serves_less(offer: &Offer) -> bool {
    served::share(&offer.point).is_none_or(|share| share < 1.0)
}

/// "; it serves 99.2 % of its requests, and others more": said of an offer that another serves more than.
pub(super) fn served_alone(advice: &Advice, index: usize) -> String {
    let shares: Vec<Option<f64>> = advice.offers.iter().map(|offer| served::share(&offer.point)).collect();
    let less = served::less(&shares, index);
    less.map_or_else(String::new, |share| {
        format!("; it serves {} of its requests, and others more", format::percent(share))
    })
}

/// What advice says beyond its table: what the front's orders give up, what would change the
/// answer, and which models cannot.
pub fn sentences(advice: &Advice) -> Vec<String> {
    let less = served_alone(advice, 0);
    let said = advice.offers.first().filter(|_| !less.is_empty());
    let mut lines: Vec<String> =
        said.map(|first| format!("The cheapest is {}{less}.", first.hosting)).into_iter().collect();
    let trades: Vec<String> = on_front(advice).windows(2).map(|pair| trade(advice, pair[0], pair[1])).collect();
    lines.extend(trades);
    if let Some((flip, swing)) = advice.swings.iter().find_map(|swing| Some((swing.flip.as_ref()?, swing))) {
        lines.push(format!("The answer changes first with {}: at {} it is {}.", swing.name, flip.at, flip.to));
    }
    lines.extend(advice.swings.iter().map(|swing| sentence(advice, swing)));
    lines.extend(refusals(advice));
    if !advice.by_default.is_empty() {
        let words = advice.by_default.join("; ");
        lines.push(format!("In the orders, as it is needed to be reached (`without` leaves it off): {words}."));
    }
    lines.extend(advice.rates.iter().cloned());
    if advice.offers.iter().any(|offer| offer.point.p99_rests_on().is_some()) {
        lines.push(format!("{MARK}: this p99 rests on too few requests for its interval to hold."));
    }
    lines.extend(warm_up(advice).map(|span| format!("The warm-up was found by MSER-5: {}.", format::duration(span))));
    lines
}

/// The models that cannot, those of one reason together.
fn refusals(advice: &Advice) -> Vec<String> {
    let mut names: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for (name, why) in &advice.refused {
        names.entry(why).or_default().push(name);
    }
    names.into_iter().map(|(why, names)| format!("{} cannot: {why}.", names.join(", "))).collect()
}

/// By how much an offer is dearer than the cheapest; or that the noise covers it.
fn dearer(offer: &Offer, least: Option<f64>) -> String {
    let (Some(more), Some(least)) = (offer.more.mean, least) else { return String::new() };
    if offer.is_as_cheap() {
        return "not\ndistinguishable".into();
    }
    let half = offer.more.ci95.and_then(|half| format::half_width(half, more, format::money_decimals(more)));
    let half = half.map_or_else(String::new, |half| format!(" ± {half}"));
    let share = share_of(more, least);
    let share = share.map_or_else(String::new, |share| format!("\n+{}", format::percent(share)));
    format!("+{}{half}{share}", format::money(more))
}

/// From one order of the front to the next: what it costs more, and what it is faster.
fn trade(advice: &Advice, from: usize, to: usize) -> String {
    let (from, to) = (&advice.offers[from], &advice.offers[to]);
    let mean = |estimate: crate::metrics::Estimate| estimate.mean.unwrap_or(f64::NAN);
    format!(
        "From {} to {}: {} more a month buys a p99 of {} instead of {}.",
        from.hosting,
        to.hosting,
        format::money(mean(to.tco()) - mean(from.tco())),
        format::duration(mean(to.p99())),
        format::duration(mean(from.p99()))
    )
}

fn sentence(advice: &Advice, swing: &Swing) -> String {
    let first = advice.offers.first().map_or("", |offer| offer.hosting.as_str());
    let end = |(value, best): &(String, Option<(String, f64)>), more: &End| {
        let Some((hosting, tco)) = best else { return format!("at {value} nothing meets the objective") };
        let still = if hosting == first { "still " } else { "" };
        let tied = more.second.as_ref().filter(|_| more.is_tied());
        let tied = tied.map_or_else(String::new, |(second, _)| format!(", not distinguishable from {second}"));
        format!("at {value} {still}{hosting} ({}{tied})", format::money(*tco))
    };
    let other = |best: &Option<(String, f64)>| best.as_ref().is_some_and(|(hosting, _)| hosting != first);
    let stays = match other(&swing.low.1) || other(&swing.high.1) {
        true => "the two cost the same as the scenario stands",
        false => "the answer stays",
    };
    let flip = swing
        .flip
        .as_ref()
        .map_or_else(|| stays.to_string(), |flip| format!("the answer changes at {} to {}", flip.at, flip.to));
    format!("{}: {}; {}; {flip}.", swing.name, end(&swing.low, &swing.ends[0]), end(&swing.high, &swing.ends[1]))
}

pub(super) fn orders(advice: &Advice) -> Vec<Order> {
    let order = |offer: &Offer| Order {
        name: offer.hosting.clone(),
        cost: offer.tco().mean.unwrap_or(f64::NAN),
        p99: offer.p99().mean.unwrap_or(f64::NAN),
    };
    advice.offers.iter().map(order).collect()
}

/// The offers that none beats in both, as far as the noise lets one tell.
fn on_front(advice: &Advice) -> Vec<usize> {
    sacrifice::front(advice)
}

/// Cost against p99, with the front.
pub fn pareto(advice: &Advice, scenario: &Scenario) -> ParetoFigure {
    let bounds = scenario.apps.iter().flat_map(|app| &app.slo.latency).filter(|bound| bound.name == "p99");
    let objective = bounds.map(|bound| bound.most.seconds()).reduce(f64::min);
    ParetoFigure {
        title: scenario.title.clone(),
        subtitle: "Total cost of ownership against the 99th percentile of latency, one point per order".into(),
        objective,
        orders: orders(advice),
        front: on_front(advice),
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
        subtitle: "The least total cost of ownership as one assumption at a time changes".into(),
        x_title: "least TCO, US dollars per month".into(),
        base,
        swings: advice.swings.iter().map(swing).collect(),
    }
}
