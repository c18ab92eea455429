//! Reading a `[[charge]]`.

use super::*;
use crate::billing::reading::{amount as non_negative, exact_percent, positive_amount};
use crate::document::{Diagnostics, Node, Table, Value, boolean, list, named, text};
use num_bigint::BigInt;

const OVERS: &[(&str, Over)] = &[
    ("request", Over::Request),
    ("busy", Over::Busy),
    ("idle", Over::Idle),
    ("life", Over::Life),
    ("month", Over::Month),
];
const OFS: &[(&str, Of)] = &[("all", Of::All), ("on-demand", Of::OnDemand), ("provisioned", Of::Provisioned)];

#[derive(Clone, Copy, PartialEq)]
enum WrittenScope {
    Account,
    Resource,
    Request,
}

const SCOPES: &[(&str, WrittenScope)] =
    &[("account", WrittenScope::Account), ("resource", WrittenScope::Resource), ("request", WrittenScope::Request)];

/// The names that a charge's tables by size have as keys, and its `sizes`: the sizes of a model that
/// declares none.
pub fn implied_sizes(node: &Node, found: &mut Vec<String>) {
    let keys = |node: Option<&Node>| -> Vec<String> {
        node.and_then(Node::as_table).map(|table| table.keys().cloned().collect()).unwrap_or_default()
    };
    let items = |key: &str| match node.get(key).map(|list| &list.value) {
        Some(Value::Array(items)) => items.as_slice(),
        _ => &[],
    };
    let mut names: Vec<String> = ["price", "free", "cap-amount"].iter().flat_map(|key| keys(node.get(key))).collect();
    let listed = ["tiers", "volume-tiers", "spot"].into_iter().flat_map(items);
    names.extend(listed.flat_map(|item| keys(item.get("price"))));
    names.extend(items("sizes").iter().filter_map(Node::as_str).map(String::from));
    for name in names {
        if !found.contains(&name) {
            found.push(name);
        }
    }
}

/// Reads one charge of a model whose sizes are `sizes`; `serverless`: the model's family is.
pub fn read(node: &Node, sizes: &[String], serverless: bool, d: &mut Diagnostics) -> Option<Charge> {
    let before = d.count();
    let mut table = Table::of(node, d)?;
    let name = table.required("name", d, line_name);
    let meter = table.required("meter", d, line_name).map(|name| Meter::parse(&name));
    let payers = table.optional("sizes", d, |node, d| read_sizes(node, sizes, d));
    let pricing = read_pricing(&mut table, sizes, payers.as_deref(), d);
    let over = table.optional("over", d, |n, d| named(n, d, "time that is counted", OVERS));
    let scope = table.default("scope", WrittenScope::Account, d, |n, d| named(n, d, "scope", SCOPES));
    let accrual = table.node("accrual");
    let free = table.optional("free", d, |node, d| Free::read(node, accrual, sizes, d)).unwrap_or_default();
    let limit = |node: &Node, d: &mut Diagnostics| Amount::read(node, sizes, d);
    let charge = Charge {
        flat: over == Some(Over::Month) || (over.is_none() && payers.is_none() && meter == Some(Meter::Months)),
        over: over.or_else(|| Some(meter.as_ref()?.default_over(serverless))).unwrap_or(Over::Life),
        name: name.unwrap_or_default(),
        meter: meter.unwrap_or(Meter::Requests),
        each: table.default("each", Each::default(), d, Each::read),
        sum: table.default("sum", RoundTime::default(), d, RoundTime::read),
        unit: table.default("capacity-unit", CapacityUnit::default(), d, CapacityUnit::read),
        subtotal_of: table.optional("subtotal-of", d, |n, d| list(n, d, text)),
        custom: table.default("custom", false, d, boolean),
        of: table.default("of", Of::All, d, |n, d| named(n, d, "use", OFS)),
        with: table.optional("with", d, line_name),
        sizes: payers,
        scope: if scope == WrittenScope::Resource { Scope::Resource } else { Scope::Account },
        minimum: table.optional("minimum", d, non_negative),
        free,
        block: table.optional("block", d, positive_amount),
        pricing: pricing.unwrap_or(Pricing::Price(Amount::Same(Exact::from(BigInt::from(0))))),
        per: table.optional("per", d, read_per).unwrap_or_else(|| Per::Units(BigInt::from(1).into())),
        cap: table.optional("cap", d, non_negative),
        minimum_amount: table.optional("minimum-amount", d, limit),
        cap_amount: table.optional("cap-amount", d, limit),
        refund: table.default("refund", false, d, boolean),
        up_to_subtotal: table.default("up-to-subtotal", false, d, boolean),
        tax: table.optional("tax", d, exact_percent),
        source: table.optional("source", d, text),
        as_of: table.optional("as-of", d, text),
        confidence: table
            .optional("confidence", d, |node, d| read_confidences(node, sizes, d))
            .unwrap_or(Confidences::all(Confidence::Assumption)),
        at: node.key,
    };
    check_meter(&charge, table.node("meter"), d);
    let free_node = table.node("free");
    table.finish(d);
    let charge = by_size_is_not_flat(charge);
    let charge = free_of_each_request(charge, scope, free_node, d);
    check_combination(&charge, node, d);
    (d.count() == before).then_some(charge)
}

/// A number of units, or the word "month".
fn read_per(node: &Node, d: &mut Diagnostics) -> Option<Per> {
    if node.as_str() == Some("month") { Some(Per::Month) } else { positive_amount(node, d).map(Per::Units) }
}

fn line_name(node: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    let name = text(node, diagnostics)?;
    if name.trim().is_empty() {
        diagnostics.error(node.at, "expected a name, found an empty string", "");
        return None;
    }
    Some(name)
}

fn read_sizes(node: &Node, sizes: &[String], diagnostics: &mut Diagnostics) -> Option<Vec<usize>> {
    list(node, diagnostics, |node, d| amount::size_index(&text(node, d)?, node, sizes, d))
}

fn read_pricing(
    table: &mut Table<'_>,
    sizes: &[String],
    payers: Option<&[usize]>,
    d: &mut Diagnostics,
) -> Option<Pricing> {
    let price = table.node("price");
    let others = ["tiers", "volume-tiers", "spot"].map(|key| (key, table.node(key)));
    let bands = table.optional("sustained-use", d, sustained::read);
    let pool = table.optional("sustained-pool", d, |n, d| named(n, d, "pool", sustained::POOLS));
    let pool_node = table.node("sustained-pool").filter(|_| bands.is_none());
    if let Some(node) = pool_node {
        d.error(node.key, "`sustained-pool` needs `sustained-use` beside it", "");
    }
    let given = price.iter().map(|node| ("price", *node)).chain(others.iter().filter_map(|(k, n)| Some((*k, (*n)?))));
    let given: Vec<(&str, &Node)> = given.collect();
    let [(key, node)] = given[..] else {
        let help = "exactly one of `price`, `tiers`, `volume-tiers`, `spot`";
        match given.get(1) {
            None => d.error(table.origin(), "this charge has no price", help),
            Some((key, second)) => d.error(second.key, format!("`{key}` is a second price of this charge"), help),
        }
        return None;
    };
    match (key, bands) {
        ("price", None) => Amount::read_price(node, sizes, payers, d).map(Pricing::Price),
        ("price", Some(bands)) => {
            let pool = pool.unwrap_or(sustained::Pool::Resource);
            Amount::read_price(node, sizes, payers, d).map(|amount| Pricing::Sustained(amount, bands, pool))
        }
        (_, Some(_)) => {
            d.error(node.key, format!("`sustained-use` needs a `price`, not `{key}`"), "");
            None
        }
        ("tiers", None) => tiers::read(node, sizes, payers, d).map(Pricing::Graduated),
        ("volume-tiers", None) => tiers::read(node, sizes, payers, d).map(Pricing::Volume),
        (_, None) => spot::read(node, sizes, payers, d).map(Pricing::Spot),
    }
}

pub(super) fn read_confidences(node: &Node, sizes: &[String], d: &mut Diagnostics) -> Option<Confidences> {
    let Value::Table(entries) = &node.value else { return Confidence::read(node, d).map(Confidences::all) };
    let mut confidences = Confidences::all(Confidence::Assumption);
    for (name, entry) in entries {
        let value = Confidence::read(entry, d);
        if name == "rest" {
            confidences.rest = value?;
        } else {
            let index = amount::size_index(name, entry, sizes, d);
            confidences.by_size.push((index?, value?));
        }
    }
    Some(confidences)
}

fn by_size_is_not_flat(mut charge: Charge) -> Charge {
    charge.flat &= charge.over == Over::Month || !charge.is_by_size();
    charge
}

/// `scope = "request"`: the allowance is taken off each request's time or bytes.
fn free_of_each_request(mut charge: Charge, scope: WrittenScope, free: Option<&Node>, d: &mut Diagnostics) -> Charge {
    let (WrittenScope::Request, Free::Flat(value), Some(node)) = (scope, &charge.free, free) else { return charge };
    let meter = &charge.meter;
    let convertible = meter.is_plain_time() || meter.is_egress() || *meter == Meter::CpuMilliseconds;
    let base = (value * meter.base(&BigInt::from(1).into())).to_integer();
    match u64::try_from(base) {
        Ok(base) if convertible && meter.is_egress() => charge.each.free_payload = base,
        Ok(base) if convertible => charge.each.free_time = base,
        _ => {
            let message = format!("`{}` has no allowance of each request", meter.name());
            d.error(node.at, message, "write each = { free-time = \"…\" } or { free-payload = \"…\" }");
        }
    }
    charge.free = Free::Nothing;
    charge
}

/// The month as what is counted, or as what a price is for, needs a meter of time alone.
fn check_month(charge: &Charge, node: &Node, d: &mut Diagnostics) {
    let at = |key: &str| node.get(key).map_or(node.key, |node| node.at);
    let counts_month = charge.over == Over::Month;
    if counts_month && !charge.meter.is_plain_time() && charge.meter != Meter::Months {
        let message = format!("`{}` cannot be counted over the month", charge.meter.name());
        d.error(at("over"), message, "it is for `months`, `instance-hours` and `instance-seconds`");
    }
    if counts_month && (charge.is_by_size() || charge.sizes.is_some()) {
        d.error(at("over"), "what is counted over the month is the account's, and of no size", "give it one `price`");
    }
    if charge.per == Per::Month && !charge.meter.is_plain_time() {
        let message = format!("a price of `{}` cannot be for the month", charge.meter.name());
        d.error(at("per"), message, "it is for `instance-hours` and `instance-seconds`; or write a number of units");
    }
}

/// A meter that no simulation fills is meant to be so, or misspelt.
fn check_meter(charge: &Charge, node: Option<&Node>, d: &mut Diagnostics) {
    let Some(node) = node else { return };
    match &charge.meter {
        Meter::Custom(name) if !charge.custom => {
            let distance = |known: &'static str| (strsim::damerau_levenshtein(name, known), known);
            if let Some((_, near)) = Meter::names().map(distance).filter(|(distance, _)| *distance <= 2).min() {
                let help = format!("did you mean `{near}`? If only usage files fill it, write custom = true");
                d.error(node.at, format!("no simulation fills the meter `{name}`"), help);
            }
        }
        Meter::Custom(_) => {}
        known if charge.custom => {
            d.error(node.at, format!("`{}` is a meter that simulations fill", known.name()), "leave out `custom`");
        }
        _ => {}
    }
}

/// Bands of the month need a meter of time; what is pooled over sizes has one price.
fn check_sustained(charge: &Charge, node: &Node, d: &mut Diagnostics) {
    let Pricing::Sustained(price, _, pool) = &charge.pricing else { return };
    let at = |key: &str| node.get(key).map_or(node.key, |node| node.key);
    let pooled = *pool != sustained::Pool::Resource;
    let pooled_life = pooled && charge.meter.is_allocation_time() && charge.over == Over::Life;
    if !charge.meter.is_plain_time() && !pooled_life {
        let message = format!("`sustained-use` does not fit the meter `{}` here", charge.meter.name());
        let help = "it is for `instance-hours` and `instance-seconds`; pooled also for cores and memory over the life";
        d.error(at("sustained-use"), message, help);
    }
    if *pool == sustained::Pool::Account && price.is_by_size() {
        let help = "give it one `price`, or pool it by size";
        d.error(at("sustained-pool"), "use that is pooled over all sizes has no price by size", help);
    }
}

fn check_combination(charge: &Charge, node: &Node, d: &mut Diagnostics) {
    check_month(charge, node, d);
    let at = |key: &str| node.get(key).map_or(node.key, |node| node.key);
    check_sustained(charge, node, d);
    if charge.over == Over::Idle && (!charge.meter.is_time() || charge.is_per_resource()) {
        let help = "it is for meters of time, of the account";
        d.error(at("over"), format!("`{}` cannot be counted over idle time here", charge.meter.name()), help);
    }
    if (charge.meter == Meter::BalancerUnitHours) != (charge.unit != CapacityUnit::default()) {
        let help = "such as capacity-unit = { new-connections = 25, active-connections = 3000, data = \"1 GB\" }, \
                    with the meter `balancer-unit-hours`";
        d.error(at("meter"), "this meter and what a capacity unit is good for go together", help);
    }
    if charge.subtotal_of.is_some() && charge.meter != Meter::Subtotal {
        d.error(at("subtotal-of"), "`subtotal-of` needs the meter `subtotal`", "");
    }
    if charge.refund && !charge.is_credit() {
        d.error(at("refund"), "`refund` is for a credit: a negative `price`", "");
    }
    if charge.up_to_subtotal && !charge.is_credit() {
        d.error(at("up-to-subtotal"), "`up-to-subtotal` is for a credit: a negative `price`", "");
    }
    let first = match &charge.pricing {
        Pricing::Graduated(tiers) => tiers.first(),
        _ => None,
    };
    if !charge.free.is_nothing() && first.is_some_and(|tier| tier.price.is_zero()) {
        let help = "leave out `free`, or let the tiers begin with the first unit that is paid";
        d.error(at("free"), "overlapping free allowances: `free`, and a first tier at price 0", help);
    }
    let limits = charge.cap.as_ref().zip(charge.minimum.as_ref());
    if limits.is_some_and(|(cap, minimum)| cap < minimum) {
        d.error(at("cap"), "this cap is below the `minimum`", "");
    }
}
