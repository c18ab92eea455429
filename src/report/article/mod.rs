//! The article's claims, judged: as lines for a terminal, as Markdown, as JSON; the page is among the HTML reports.

use crate::document::harmless;
use crate::experiment::claim::{Along, AtBound, Judged, Verdict};
use crate::metrics::figure::of_any_app;
use crate::metrics::{Estimate, Unit};
use crate::report::format;
use crate::report::json::estimate_json;
use crate::scenario::claim::{Badge, SECTIONS};
use serde_json::{Value, json};

/// What the page and the tables are about.
pub const TITLE: &str = "From Servers to Serverless, computed: which of the article's claims hold?";

/// The verdict in words: where it turns, or over which values of its bound it stands.
pub fn verdict(judged: &Judged) -> String {
    let along = judged.along.as_ref();
    let everywhere = |word: &str| match along {
        Some(along) => {
            let (first, last) = along.ends();
            format!("{word}, with {} from {} to {}", along.is, brief(first), brief(last))
        }
        None => word.to_string(),
    };
    match &judged.verdict {
        Verdict::Holds => everywhere("holds"),
        Verdict::DoesNotHold => everywhere("does not hold"),
        Verdict::HoldsIf { path, holds, fails, below } => {
            let is = along.map_or(path.as_str(), |along| along.is.as_str());
            let (most, not) = if *below { ("most", "no longer") } else { ("least", "not yet") };
            let said = if judged.here { "holds if" } else { "does not hold here; it would if" };
            let is_or_were = if judged.here { "is" } else { "were" };
            format!("{said} {is} {is_or_were} at {most} {} ({not} at {})", brief(holds), brief(fails))
        }
    }
}

/// A value of an axis with three significant digits and its unit: "7.29 USD/h" of "7.29266 USD/h".
pub fn brief(value: &str) -> String {
    let (number, unit) = value.split_once(' ').map_or((value, ""), |(number, unit)| (number, unit));
    let Ok(amount) = number.parse::<f64>() else { return value.to_string() };
    let digits = number.trim_start_matches(['-', '0', '.']).chars().filter(char::is_ascii_digit).count();
    let short = if digits <= 3 || amount.abs() >= 1000.0 {
        format::without_zeros(number).to_string()
    } else {
        format::significant(amount, 3)
    };
    format!("{short} {unit}").trim_end().to_string()
}

/// The deciding number with its interval, in the unit of its figure: a quotient has none.
pub fn number(judged: &Judged) -> String {
    let show = |value: f64| if judged.claim.decides.is_quotient() { plain(value) } else { shown(judged, value) };
    interval(&judged.number, show)
}

/// A case's own figure.
pub fn shown(judged: &Judged, value: f64) -> String {
    amount(judged.claim.decides.figure(), value)
}

/// A value in the unit of the figure of that flat name.
pub fn amount(figure: &str, value: f64) -> String {
    match of_any_app(figure).map(|figure| figure.unit) {
        Some(Unit::Dollars) => format::money(value),
        Some(Unit::Seconds) => format::duration(value),
        Some(Unit::Share) => format::percent(value),
        Some(Unit::Hours) => format!("{} h", format::significant(value, 3)),
        _ => plain(value),
    }
}

/// The command that judges the claim again, and the one that makes its numbers alone.
pub fn command(judged: &Judged) -> String {
    let first = judged.claim.number.split(' ').next().unwrap_or_default();
    format!("hostsim article --claim {first}, or hostsim run scenarios/{}.toml", judged.stem)
}

fn plain(value: f64) -> String {
    if value.abs() >= 1000.0 { format::grouped(value, 0) } else { format::significant(value, 3) }
}

/// "3.57 ± 0.02"; without what is not known.
pub fn interval(estimate: &Estimate, show: impl Fn(f64) -> String) -> String {
    let Some(mean) = estimate.mean else { return "not defined".into() };
    match estimate.ci95.filter(|half| *half > 0.0) {
        Some(half) => format!("{} ± {}", show(mean), show(half)),
        None => show(mean),
    }
}

/// How many claims have which verdict, in one sentence.
pub fn summary(all: &[Judged]) -> String {
    let count = |of: fn(&Judged) -> bool| all.iter().filter(|judged| of(judged)).count();
    let hold = count(|judged| judged.verdict == Verdict::Holds);
    let turn = count(|judged| matches!(judged.verdict, Verdict::HoldsIf { .. }) && judged.here);
    let elsewhere = count(|judged| matches!(judged.verdict, Verdict::HoldsIf { .. }) && !judged.here);
    let assumed = count(|judged| judged.badge == Badge::Assumed);
    let (all, fails) = (all.len(), all.len() - hold - turn);
    let parts = [
        (hold, format!("{hold} {}", if hold == 1 { "holds" } else { "hold" })),
        (turn, format!("{turn} {} up to a bound", if turn == 1 { "holds" } else { "hold" })),
        (fails, format!("{fails} {}", if fails == 1 { "does not" } else { "do not" })),
        (elsewhere, format!("{elsewhere} of these would beyond a bound")),
        (
            assumed,
            format!("{assumed} {} on an input that somebody typed in", if assumed == 1 { "rests" } else { "rest" }),
        ),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
    format!("Of {all} {}: {}.", if all == 1 { "claim" } else { "claims" }, parts.join("; "))
}

/// The claims of a section of the article.
pub fn of_section(all: &[Judged], section: usize) -> impl Iterator<Item = &Judged> {
    all.iter().filter(move |judged| judged.claim.section == section)
}

/// A line for each claim, in the article's order, within so many columns.
pub fn to_table(all: &[Judged], columns: usize) -> String {
    let mut out = format!("{TITLE}\n{}\n", summary(all));
    for (section, (_, heading)) in SECTIONS.iter().enumerate() {
        let mut judged = of_section(all, section).peekable();
        if judged.peek().is_some() {
            out.push_str(&format!("\n{heading}\n"));
        }
        judged.for_each(|judged| out.push_str(&entry(judged, columns.max(40))));
    }
    out
}

fn entry(judged: &Judged, columns: usize) -> String {
    let claim = &judged.claim;
    let head = format!("{:>7}  {}", claim.number, claim.says);
    let number = format!("{}: {} (the article: {})", claim.number_is, number(judged), claim.article);
    let said = format!("{} [{}]", verdict(judged), judged.badge.word());
    let wrapped = |text: &str, first: &str| {
        let lines = format::wrap_words(text, columns - 11);
        let line = |(at, line): (usize, &String)| format!("{}{line}\n", if at == 0 { first } else { "           " });
        lines.iter().enumerate().map(line).collect::<String>()
    };
    let mut head = format::wrap_words(&head, columns).into_iter();
    let first = head.next().unwrap_or_default();
    let rest: String = head.map(|line| format!("         {line}\n")).collect();
    format!(
        "{:>width$}\n{rest}{}{}",
        first,
        wrapped(&said, "         → "),
        wrapped(&number, "           "),
        width = first.len()
    )
}

/// A Markdown table: the table of the documentation.
pub fn to_markdown(all: &[Judged]) -> String {
    let mut out =
        String::from("| claim | scenario | verdict | the number that decides | rests on |\n|---|---|---|---|---|\n");
    for judged in all {
        let claim = &judged.claim;
        let cells = [
            format!("{} {}", claim.number, claim.says),
            format!("`{}`", judged.stem),
            verdict(judged),
            format!("{}: {} (the article: {})", claim.number_is, number(judged), claim.article),
            judged.badge.word().to_string(),
        ];
        let escaped = cells.map(|cell| cell.replace('|', "\\|"));
        out.push_str(&format!("| {} |\n", escaped.join(" | ")));
    }
    out
}

/// One JSON document.
pub fn to_json(all: &[Judged]) -> String {
    let claims: Vec<Value> = all.iter().map(of_claim).collect();
    format!(
        "{:#}\n",
        json!({ "schema": 1, "version": env!("CARGO_PKG_VERSION"), "answer": summary(all), "claims": claims })
    )
}

fn of_claim(judged: &Judged) -> Value {
    let claim = &judged.claim;
    let turns = match &judged.verdict {
        Verdict::HoldsIf { path, holds, fails, below } => {
            json!({ "path": path, "holds": holds, "fails": fails, "holds_below": below })
        }
        _ => Value::Null,
    };
    let word = match judged.verdict {
        Verdict::Holds => "holds",
        Verdict::HoldsIf { .. } => "holds-if",
        Verdict::DoesNotHold => "does-not-hold",
    };
    json!({
        "number": claim.number,
        "section": SECTIONS[claim.section].0,
        "says": claim.says,
        "scenario": judged.stem,
        "badge": judged.badge.word(),
        "assumes": claim.assumes.iter().map(|assumed| json!({ "input": assumed.path, "known": assumed.known })).collect::<Vec<_>>(),
        "decides": { "figure": claim.decides.written, "is": claim.number_is, "found": estimate_json(&judged.number), "article": claim.article },
        "verdict": word,
        "holds_here": judged.here,
        "turns": turns,
        "bound": judged.along.as_ref().map(of_bound),
        "because": judged.because,
        "would_change_it": claim.changes,
        "command": format!("hostsim run scenarios/{}.toml", judged.stem),
        "digest": judged.digest,
    })
}

fn of_bound(along: &Along) -> Value {
    let point = |point: &AtBound| json!({ "value": point.value, "holds": point.holds, "left": point.sides.0, "right": point.sides.1 });
    json!({
        "path": along.path,
        "is": along.is,
        "figure": along.figure,
        "left": along.sides.0,
        "right": along.sides.1,
        "points": along.points.iter().map(point).collect::<Vec<_>>(),
    })
}

/// CSV: a row a claim.
pub fn to_csv(all: &[Judged]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let _ = writer.write_record(["number", "scenario", "badge", "verdict", "figure", "mean", "ci95"]);
    let text = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    for judged in all {
        let claim = &judged.claim;
        let said = verdict(judged);
        let row = [&claim.number, &judged.stem, judged.badge.word(), &said, &claim.decides.written];
        let numbers = [text(judged.number.mean), text(judged.number.ci95)];
        let _ = writer.write_record(harmless(row.into_iter().map(String::from).chain(numbers)));
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
