//! What a reader of a result must know: what was assumed, left off, or not modelled.

use super::deploy::Order;
use super::replicate::Replication;
use super::sizing::{Attempt, is_open};
use crate::billing::meter::Reads;
use crate::billing::{Charge, Confidence};
use crate::hosting::WhenFull;
use crate::metrics::{QUANTILES, too_few_beyond};
use crate::scenario::{App, Case, CommitmentChoice, DeploymentPlan, Scenario, SizeChoice, Statistic};
use crate::units::format;
use crate::units::{Currency, Span, decimal_text};
use crate::workload::Arrivals;
use crate::workload::arrivals::{FromTrace, TraceSource};

/// So many attempts are told of.
const MOST_SHOWN: usize = 16;

/// Sentences about the run as a whole.
pub fn of_scenario(scenario: &Scenario) -> Vec<String> {
    let mut notes = Vec::new();
    if !scenario.wage_given {
        notes.push("No wage is stated: labour is counted in hours and valued at 0 USD/h.".to_string());
    }
    if let Some(traffic) = scenario.apps.iter().map(|app| app.workload.traffic).find(|traffic| *traffic != 1.0) {
        notes.push(format!("Every app's arrivals are multiplied by {} (--traffic).", traffic));
    }
    let month = scenario.run.month_length();
    if month > Span(31 * 86_400_000_000_000) {
        let message = "The invoice is for {}, as one period: monthly fees, allowances and caps count once.";
        notes.push(message.replace("{}", &month.to_string()));
    }
    for (currency, rate) in scenario.currencies.rates() {
        notes.push(format!("1 {currency} is converted to {} USD.", decimal_text(rate, 6)));
    }
    notes.extend(shipped_rates(scenario));
    notes.extend(scenario.apps.iter().flat_map(|app| of_trace(scenario, app)));
    notes
}

/// What was assumed of an app's trace, and how much of it is simulated.
fn of_trace(scenario: &Scenario, app: &App) -> Vec<String> {
    let Arrivals::Trace(FromTrace { source: TraceSource::File(trace), repeat, shift, .. }) = &app.workload.arrivals
    else {
        return Vec::new();
    };
    let file = trace.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut notes: Vec<String> = trace.notes().into_iter().map(|note| format!("{file}: {note}.")).collect();
    let (simulated, span) = (scenario.run.warm_up.0.saturating_add(scenario.run.duration.0), trace.summary.span);
    let end = shift.0.saturating_add(span);
    let last_gap = if trace.is_requests() { span / 20 } else { 0 };
    if end.saturating_add(last_gap) < simulated && !repeat {
        let message = format!(
            "{file} covers {} of the {} simulated, from {} on: outside nothing arrives, and rates and costs are diluted \
             (`repeat = true` starts again; or simulate as long as the trace).",
            Span(span),
            Span(simulated),
            shift
        );
        notes.push(message);
    } else if end > simulated.saturating_add(last_gap) {
        let used = Span(simulated.saturating_sub(shift.0));
        notes.push(format!("Of {file} the first {used} of {} are simulated.", Span(span)));
    }
    notes
}

/// The rates that were used and that the scenario does not state.
pub(super) fn shipped_rates(scenario: &Scenario) -> Vec<String> {
    let priced = |case: &Case| {
        let models: Vec<Currency> = case.deployments.iter().map(|plan| plan.model.prices.currency).collect();
        models.into_iter().chain([case.fleet.server.price.currency, case.labour.wage.currency]).collect::<Vec<_>>()
    };
    let mut notes = Vec::new();
    for currency in scenario.cases.iter().flat_map(priced) {
        let Some(rate) = scenario.currencies.shipped(currency) else { continue };
        let note = format!(
            "1 {currency} is converted to {} USD, the rate of {} that comes with the catalogue ({}, {}); \
             [currency] {currency} = \"… USD\" states another.",
            decimal_text(&rate.dollars, 6),
            rate.as_of,
            rate.source,
            rate.confidence
        );
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}

/// The prices that these cases rest on and that are not sure, each once: "MODEL: CHARGE".
pub fn unverified<'c>(cases: impl IntoIterator<Item = &'c Case>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for plan in cases.into_iter().flat_map(|case| &case.deployments) {
        let named = weak(plan, &sizes(plan)).into_iter().map(|price| format!("{}: {price}", plan.model.name));
        found.extend(named.filter(|text| !found.contains(text)).collect::<Vec<String>>());
    }
    found
}

/// The sizes that a plan may order, by their place in the price list.
fn sizes(plan: &DeploymentPlan) -> Vec<Option<usize>> {
    let names = &plan.model.prices.sizes;
    match &plan.size {
        SizeChoice::Named(size) => vec![names.iter().position(|name| *name == size.name)],
        _ if names.is_empty() => vec![None],
        _ => (0..names.len()).map(Some).collect(),
    }
}

/// The prices in force that are not sure for one of the sizes.
fn weak<'p>(plan: &'p DeploymentPlan, sizes: &[Option<usize>]) -> Vec<&'p str> {
    let is_weak = |confidence: Confidence| matches!(confidence, Confidence::Unverified | Confidence::Assumption);
    let weak = |charge: &&crate::billing::Charge| {
        let asked = charge.with.as_ref().is_none_or(|word| plan.with.contains(word));
        let pays = |size: &&Option<usize>| charge.sizes.as_ref().is_none_or(|p| size.is_some_and(|s| p.contains(&s)));
        asked && sizes.iter().filter(pays).any(|size| is_weak(charge.confidence_of(*size)))
    };
    let chosen = |commitment: &&crate::billing::charge::Commitment| match &plan.commitment {
        CommitmentChoice::None => false,
        CommitmentChoice::Cheapest => true,
        CommitmentChoice::Plan { plan, .. } => *plan == commitment.name,
    };
    let doubted = |commitment: &&crate::billing::charge::Commitment| {
        sizes.iter().any(|size| is_weak(commitment.confidence.of(*size)))
    };
    let prices = &plan.model.prices;
    let plans = prices.commitments.iter().filter(chosen).filter(doubted).map(|c| c.name.as_str());
    prices.charges.iter().filter(weak).map(|charge| charge.name.as_str()).chain(plans).collect()
}

/// Sentences about a case.
pub fn of_case(
    scenario: &Scenario,
    case: &Case,
    orders: &[Order],
    tried: &[Attempt],
    replications: &[Replication],
) -> Vec<String> {
    let unsettled = super::load::unsettled(scenario, &replications.iter().collect::<Vec<_>>());
    let mut notes: Vec<String> = unsettled.iter().map(ToString::to_string).collect();
    notes.extend(unserved(replications));
    notes.extend(on_few(scenario, replications));
    notes.extend(sized(case, orders, tried));
    let mut seen = Vec::new();
    for (plan, order) in case.deployments.iter().zip(orders) {
        if seen.contains(&plan.model.name) {
            continue;
        }
        seen.push(plan.model.name.clone());
        let size = plan.model.prices.sizes.iter().position(|name| *name == order.size.name);
        let weak = weak(plan, &[size]);
        if !weak.is_empty() {
            notes.push(format!("{}: the price of {} is unverified.", plan.model.name, weak.join(", ")));
        }
        let mut left_off: Vec<&str> = plan.model.prices.charges.iter().filter_map(|c| c.with.as_deref()).collect();
        left_off.retain(|word| !plan.with.iter().any(|asked| asked == word));
        left_off.dedup();
        if !plan.by_default.is_empty() {
            let words = plan.by_default.join(", ");
            notes.push(format!(
                "{}: in the order, as it is needed to be reached: {words} (`without` leaves it off).",
                plan.model.name
            ));
        }
        if !left_off.is_empty() {
            notes.push(format!("{}: optional charges left off: {}.", plan.model.name, left_off.join(", ")));
        }
        notes.extend(unfilled(plan));
        notes.extend(credits(plan, order));
        notes.extend(units_for_power(case, plan, order));
        if !plan.allowances {
            notes.push(format!("{}: free allowances are taken as used up.", plan.model.name));
        }
    }
    notes.extend(failures(case, replications));
    notes.extend(refusals(case, replications));
    let errors = replications.iter().flat_map(|r| &r.billed.errors);
    for error in errors {
        if !notes.contains(error) {
            notes.push(error.clone());
        }
    }
    notes
}

/// Charges in force that a simulation cannot fill.
fn unfilled(plan: &DeploymentPlan) -> Vec<String> {
    let asked = |charge: &&Charge| charge.with.as_ref().is_none_or(|word| plan.with.contains(word));
    let custom = |charge: &&Charge| charge.meter.reads() == Reads::Statement;
    let say = |charge: &Charge| {
        let (name, meter) = (&charge.name, charge.meter.name());
        format!("{}: `{name}` costs nothing here: only a usage file fills its meter `{meter}`.", plan.model.name)
    };
    plan.model.prices.charges.iter().filter(asked).filter(custom).map(say).collect()
}

fn mean(replications: &[Replication], flat: &str) -> f64 {
    let values = replications.iter().filter_map(|replication| replication.figure(flat));
    values.sum::<f64>() / replications.len().max(1) as f64
}

/// What was not served, as latencies are of what was.
fn unserved(replications: &[Replication]) -> Vec<String> {
    let of = |name: &str| mean(replications, name);
    let (arrived, served) = (of("requests_arrived"), of("requests_served"));
    if arrived == 0.0 || served >= arrived {
        return Vec::new();
    }
    let count = |value: f64| format::grouped(value, if value < 10.0 && value.fract() > 0.0 { 1 } else { 0 });
    let why = [
        ("requests_rejected", "rejected"),
        ("requests_timed_out", "timed out"),
        ("requests_lost", "lost"),
        ("requests_in_flight", "still there at the end"),
    ];
    let parts = why.iter().filter(|(flat, _)| of(flat) > 0.0).map(|(flat, word)| format!("{} {word}", count(of(flat))));
    let parts: Vec<String> = parts.collect();
    let share = format::percent(served / arrived);
    let mut said = format!("served {share} of {} requests ({})", count(arrived), parts.join(", "));
    said += if served > 0.0 { ": latencies are of those served." } else { "." };
    let mut notes = vec![said];
    if let Some(followed) = replications.iter().filter_map(|r| r.followed_s).reduce(f64::min) {
        let followed = format::duration(followed);
        notes.push(format!("what is still there was followed for {followed} or more, and is late in every quantile."));
    }
    notes
}

/// The quantiles that are shown, or that an objective is about, and rest on too few requests for their
/// intervals to hold.
fn on_few(scenario: &Scenario, replications: &[Replication]) -> Option<String> {
    let few = |share: f64, of: &str| {
        let count = |name: &str| mean(replications, &format!("{of}requests_{name}"));
        too_few_beyond(share, count("served") + count("in_flight"), replications.len())
    };
    let mut found: Vec<(String, f64)> = Vec::new();
    for (name, share) in QUANTILES.iter().filter(|(name, _)| ["p50", "p99"].contains(name)) {
        let flat = format!("latency_{name}_s");
        let known = replications.iter().all(|r| r.figure(&flat).is_some_and(f64::is_finite));
        found.extend(few(*share, "").filter(|_| known).map(|beyond| ((*name).to_string(), beyond)));
    }
    for (index, app) in scenario.apps.iter().enumerate() {
        let shown = |name: &str| ["p50", "p99"].contains(&name) && scenario.apps.len() == 1;
        for bound in app.slo.latency.iter().filter(|bound| !shown(&bound.name)) {
            let Statistic::Quantile(share) = bound.statistic else { continue };
            let of = if scenario.apps.len() > 1 { format!(" of {}", app.name) } else { String::new() };
            let part =
                |r: &Replication| r.objectives[index].iter().any(|p| p.name == bound.name && p.found.is_finite());
            let beyond = few(share, &format!("apps_{}_", app.name)).filter(|_| replications.iter().all(part));
            found.extend(beyond.map(|beyond| (format!("{}{of}", bound.name), beyond)));
        }
    }
    let parts = found.iter().map(|(name, beyond)| format!("{name} on {}", format::significant(*beyond, 2)));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| {
        format!(
            "quantiles that rest on few requests a replication: {}; their intervals hold the truth less often than 95 \
             times in 100 (simulate longer).",
            parts.join(", ")
        )
    })
}

/// How often servers failed, and what that meant.
fn failures(case: &Case, replications: &[Replication]) -> Vec<String> {
    let Some(rule) = &case.fleet.failures else { return Vec::new() };
    let (count, mtbf) = (mean(replications, "fleet_failures"), rule.mtbf);
    let mut notes =
        vec![format!("servers failed {count:.1} times in the mean of the replications (mtbf {mtbf} each).")];
    for plan in &case.deployments {
        let fate = if plan.model.recovery.retries { "begin again" } else { "are lost" };
        let instance = match (plan.model.recovery.waits_for_repair, plan.model.is_on_demand()) {
            (true, false) => "an instance is down until its server is repaired",
            (_, true) => "an instance is replaced by the next request's",
            (false, false) => "an instance is made anew on another server",
        };
        let note = format!("{}: when a server fails {instance}, and requests inside {fate}.", plan.model.name);
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}

/// How many orders found no room, and what that meant.
fn refusals(case: &Case, replications: &[Replication]) -> Option<String> {
    let count = mean(replications, "fleet_refused");
    let meant = match case.fleet.when_full {
        WhenFull::Queue => "they and their requests waited for room",
        WhenFull::Reject | WhenFull::Evict => "requests without an instance were rejected",
    };
    (count > 0.0).then(|| format!("{count:.1} orders for instances found no room on the fleet: {meant}."))
}

/// A server that draws more than its height in the rack brings rents more units than it fills.
fn units_for_power(case: &Case, plan: &DeploymentPlan, order: &Order) -> Option<String> {
    let (server, per_unit) = (&case.fleet.server, order.size.watts_per_rack_unit?);
    let units = order.size.rented_units(server.rack_units, server.power.peak_watts);
    (plan.model.isolation.whole_server() && units > server.rack_units).then(|| {
        format!(
            "{}: a rack unit brings {per_unit} W, and the server `{}` may draw {} W: each rents {units} units.",
            plan.model.name, server.name, server.power.peak_watts
        )
    })
}

/// What is assumed of a size's CPU credits.
fn credits(plan: &DeploymentPlan, order: &Order) -> Option<String> {
    let name = &plan.model.name;
    order.size.credits?;
    match (plan.cluster.container, plan.credits) {
        (Some(_), _) => Some(format!("{name}: CPU credits of nodes that containers share are not simulated.")),
        (None, None) => Some(format!("{name}: instances begin without CPU credits (`credits` says how many).")),
        (None, Some(_)) => None,
    }
}

/// What was found where the case left it open, and how much was tried.
fn sized(case: &Case, orders: &[Order], tried: &[Attempt]) -> Vec<String> {
    if !is_open(case) {
        return Vec::new();
    }
    let mut apps: Vec<&str> = tried.iter().map(|attempt| attempt.app.as_str()).collect();
    apps.dedup();
    // Where each of several apps was sized, one says for which an order is.
    let named = |(index, order): (usize, &Order)| match apps.get(index) {
        Some(app) if orders.len() > 1 && apps.len() == orders.len() => format!("{} for {app}", order.words()),
        _ => order.words(),
    };
    let found: Vec<String> = orders.iter().enumerate().map(named).collect();
    let mut notes = vec![format!("sized to {}.", found.join("; "))];
    if !tried.is_empty() {
        notes.push(format!("tried for that: {}.", attempts(tried)));
    }
    notes
}

/// The orders that were tried in a few words, those of several apps apart.
pub fn attempts(tried: &[Attempt]) -> String {
    let several = tried.iter().any(|attempt| attempt.app != tried[0].app);
    let one = |attempt: &Attempt| {
        let verdict = match (attempt.met, attempt.sure) {
            (true, true) => "meets",
            (true, false) => "meets, within the noise",
            (false, true) => "misses",
            (false, false) => "misses, within the noise",
        };
        let app = if several { format!("{}: ", attempt.app) } else { String::new() };
        let part = if attempt.found.is_empty() { String::new() } else { format!(", {}", attempt.found) };
        format!("{app}{} {verdict} ({}{part})", attempt.order, format::money(attempt.tco_usd))
    };
    let mut texts: Vec<String> = tried.iter().take(MOST_SHOWN).map(one).collect();
    if tried.len() > MOST_SHOWN {
        texts.push(format!("and {} more", tried.len() - MOST_SHOWN));
    }
    texts.join("; ")
}
