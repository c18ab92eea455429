//! The article's claims, judged: as lines for a terminal, as Markdown, as JSON; the page is among the HTML reports.

use crate::document::harmless;
use crate::experiment::claim::{Judged, Verdict};
use crate::metrics::Estimate;
use crate::report::format;
use crate::report::json::estimate_json;
use crate::scenario::claim::SECTIONS;
use serde_json::{Value, json};

/// What the page and the tables are about.
pub const TITLE: &str = "From Servers to Serverless, computed: which of the article's claims hold?";

/// The verdict in words.
pub fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Holds => "holds".into(),
        Verdict::DoesNotHold => "does not hold".into(),
        Verdict::HoldsIf { path, holds, fails, below: true } => {
            format!("holds if {path} is at most {holds} (no longer at {fails})")
        }
        Verdict::HoldsIf { path, holds, fails, below: false } => {
            format!("holds if {path} is at least {holds} (not yet at {fails})")
        }
    }
}

/// The deciding number with its interval, in the unit of its figure: a quotient has none.
pub fn number(judged: &Judged) -> String {
    let show = |value: f64| if judged.claim.decides.is_quotient() { plain(value) } else { shown(judged, value) };
    interval(&judged.number, show)
}

/// A case's own figure.
pub fn shown(judged: &Judged, value: f64) -> String {
    let name = judged.claim.decides.figure();
    match name {
        _ if name.ends_with("_usd") || name.contains("_usd_") || name.starts_with("usd_") => format::money(value),
        _ if name.ends_with("_s") => format::duration(value),
        _ if name.ends_with("_share") || name.ends_with("_used") || name == "availability" => format::percent(value),
        _ => plain(value),
    }
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
    let count = |of: fn(&Verdict) -> bool| all.iter().filter(|judged| of(&judged.verdict)).count();
    let (hold, turn) = (count(|v| *v == Verdict::Holds), count(|v| matches!(v, Verdict::HoldsIf { .. })));
    let assumed = all.iter().filter(|judged| !judged.claim.assumes.is_empty()).count();
    format!(
        "Of {} claims {hold} hold, {turn} hold up to a bound and {} do not; {assumed} rest on an input that somebody typed in.",
        all.len(),
        all.len() - hold - turn
    )
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
        judged.for_each(|judged| out.push_str(&entry(judged, columns.max(60))));
    }
    out
}

fn entry(judged: &Judged, columns: usize) -> String {
    let claim = &judged.claim;
    let head = format!("{:>7}  {}", claim.number, claim.says);
    let number = format!("{}: {} (the article: {})", claim.number_is, number(judged), claim.article);
    let said = format!("{} [{}]", verdict(&judged.verdict), claim.badge.word());
    let wrapped = |text: &str, first: &str| {
        let lines = format::wrap(text, columns - 11, usize::MAX);
        let line = |(at, line): (usize, &String)| format!("{}{line}\n", if at == 0 { first } else { "           " });
        lines.iter().enumerate().map(line).collect::<String>()
    };
    let mut head = format::wrap(&head, columns, usize::MAX).into_iter();
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
            verdict(&judged.verdict),
            format!("{}: {} (the article: {})", claim.number_is, number(judged), claim.article),
            claim.badge.word().to_string(),
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
        "badge": claim.badge.word(),
        "assumes": claim.assumes,
        "decides": { "figure": claim.decides.written, "is": claim.number_is, "found": estimate_json(&judged.number), "article": claim.article },
        "verdict": word,
        "turns": turns,
        "because": judged.because,
        "would_change_it": claim.changes,
        "command": format!("hostsim run scenarios/{}.toml", judged.stem),
        "digest": judged.digest,
    })
}

/// CSV: a row a claim.
pub fn to_csv(all: &[Judged]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let _ = writer.write_record(["number", "scenario", "badge", "verdict", "figure", "mean", "ci95"]);
    let text = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    for judged in all {
        let claim = &judged.claim;
        let said = verdict(&judged.verdict);
        let row = [&claim.number, &judged.stem, claim.badge.word(), &said, &claim.decides.written];
        let numbers = [text(judged.number.mean), text(judged.number.ci95)];
        let _ = writer.write_record(harmless(row.into_iter().map(String::from).chain(numbers)));
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
