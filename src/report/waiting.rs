//! What the latency of requests is made of: of all of them, and of the slowest percent.

use super::comparison::{duration, percent};
use super::format::UNDEFINED;
use super::grid::Grid;
use crate::experiment::{CaseResult, ResultDocument};
use crate::metrics::{Estimate, PARTS};

/// What is said of the table.
pub const TITLE: &str = "What latency is made of: shares of that of all requests, and of the slowest percent";
/// So many rows at the most on a terminal.
pub const MOST_ROWS: usize = 16;
/// A share of other parts than service up to which there is nothing to tell.
const NOTHING: f64 = 5e-4;

/// The parts' headings, in the order of [`PARTS`].
const HEADS: [&str; 4] = ["Service", "Crowding", "Queueing", "Cold start"];

/// Whose latency: a case as a whole, or one of its apps.
struct Whose<'a> {
    case: &'a CaseResult,
    app: Option<&'a str>,
}

impl Whose<'_> {
    fn estimate(&self, path: [&str; 2]) -> Estimate {
        match self.app {
            Some(app) => self.case.estimate(&["apps", app, path[0], path[1]]),
            None => self.case.estimate(&path),
        }
    }

    /// "94 %" of all requests and, below, of the slowest.
    fn cell(&self, part: &str) -> String {
        let share = |group| percent(self.estimate([group, part])).mean;
        format!("{}\n{}", share("latency_shares"), share("slowest_shares"))
    }

    fn waits(&self) -> bool {
        let service = |group| self.estimate([group, PARTS[0]]).mean;
        ["latency_shares", "slowest_shares"].iter().any(|group| service(group).is_some_and(|s| s < 1.0 - NOTHING))
    }
}

/// A case as a whole, or its apps.
fn whose(case: &CaseResult, several: bool) -> Vec<Whose<'_>> {
    match several {
        true => case.apps.iter().map(|app| Whose { case, app: Some(&app.name) }).collect(),
        false => vec![Whose { case, app: None }],
    }
}

/// Two lines for each case and, where there are several, each of its apps; empty where no request had to wait for
/// anything.
pub fn grid(result: &ResultDocument) -> Grid {
    let several = result.cases.iter().any(|case| case.apps.len() > 1);
    let all: Vec<Vec<Whose<'_>>> = result.cases.iter().map(|case| whose(case, several)).collect();
    let mut grid = Grid::new(if several { 3 } else { 2 }).words("Case");
    if several {
        grid = grid.words("App");
    }
    grid = grid.words("Of").numbers("Latency");
    for head in HEADS {
        grid = grid.numbers(head);
    }
    if !all.iter().flatten().any(Whose::waits) {
        return grid;
    }
    for own in all {
        if several && !grid.is_empty() {
            grid.rule();
        }
        for (index, whose) in own.iter().enumerate() {
            let name = if index == 0 { whose.case.name.clone() } else { String::new() };
            let of = "all (mean)\nslowest 1 %".to_string();
            let (mean, p99) = (whose.estimate(["latency_s", "mean"]), whose.estimate(["latency_s", "p99"]));
            let beyond = p99.mean.map_or(UNDEFINED.to_string(), |_| format!("> {}", duration(p99).mean));
            let latency = format!("{}\n{beyond}", duration(mean).mean);
            let head = [Some(name), whose.app.map(String::from), Some(of), Some(latency)].into_iter().flatten();
            grid.row(head.chain(PARTS.map(|part| whose.cell(part))));
        }
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Figures;
    use crate::report::Screen;

    fn result(service: f64) -> ResultDocument {
        let mut figures = Figures::new();
        for _ in 0..2 {
            figures.push([
                (&["latency_s", "mean"][..], Some(0.1)),
                (&["latency_s", "p99"], Some(0.4)),
                (&["latency_shares", "service"], Some(service)),
                (&["latency_shares", "queueing"], Some(1.0 - service)),
                (&["slowest_shares", "service"], Some(service / 2.0)),
                (&["slowest_shares", "cold_start"], Some(1.0 - service / 2.0)),
            ]);
        }
        let case = CaseResult { name: "vps".into(), figures, ..CaseResult::default() };
        ResultDocument { cases: vec![case], ..ResultDocument::default() }
    }

    #[test]
    fn all_and_the_slowest_stand_below_each_other() {
        let text = grid(&result(0.8)).to_text(Screen::NONE);
        assert!(text.contains("all (mean)     100 ms     80 %") && text.contains("slowest 1 %  > 400 ms"), "{text}");
        assert!(text.contains("20 %") && text.contains("60 %"), "{text}");
    }

    #[test]
    fn where_nothing_waits_there_is_nothing_to_tell() {
        let mut alone = result(1.0);
        let mut figures = Figures::new();
        figures.push([(&["latency_shares", "service"][..], Some(1.0)), (&["slowest_shares", "service"], Some(1.0))]);
        alone.cases[0].figures = figures;
        assert!(grid(&alone).is_empty() && !grid(&result(0.9)).is_empty());
    }
}
