//! A model's cheapest price, in a few words.

use hostsim::billing::Meter;
use hostsim::billing::charge::{Amount, Charge, Over, Per};
use hostsim::billing::reading::{exact_text, whole};
use hostsim::catalogue::Model;
use hostsim::units::Exact;
use num_traits::Signed;

/// What is thought of first when a product's price is asked for: an instance's time, the space
/// that a server takes, then what requests use.
const FIRST: [Meter; 10] = [
    Meter::InstanceHours,
    Meter::InstanceSeconds,
    Meter::RackUnits,
    Meter::VcpuSeconds,
    Meter::GibSeconds,
    Meter::GbSeconds,
    Meter::CpuMilliseconds,
    Meter::Months,
    Meter::Requests,
    Meter::Kilowatts,
];

/// The lowest price above zero of the meter that matters most: "0.0059 USD per instance-hour
/// (t2.nano)". Optional charges do not count.
pub fn cheapest(model: &Model) -> Option<String> {
    let of_meter = |meter: &Meter| {
        let of_all = |charge: &&Charge| charge.meter == *meter && charge.over != Over::Month && charge.with.is_none();
        let charges = model.prices.charges.iter().filter(of_all);
        charges.filter_map(lowest).min_by(|a, b| (&a.price / &a.units).cmp(&(&b.price / &b.units)))
    };
    let found = FIRST.iter().find_map(of_meter)?;
    let size = found.size.and_then(|index| model.prices.sizes.get(index));
    let size = size.map_or(String::new(), |name| format!(" ({name})"));
    Some(format!("{} {} per {}{size}", exact_text(&found.price), model.prices.currency, unit(&found.meter, &found.per)))
}

struct Lowest {
    price: Exact,
    per: Per,
    units: Exact,
    size: Option<usize>,
    meter: Meter,
}

fn lowest(charge: &Charge) -> Option<Lowest> {
    let prices = charge.amounts().into_iter().flat_map(by_size).filter(|(price, _)| price.is_positive());
    let (price, size) = prices.min()?;
    let units = charge.units_priced(&whole(730));
    Some(Lowest { price, per: charge.per.clone(), units, size, meter: charge.meter.clone() })
}

fn by_size(amount: &Amount) -> Vec<(Exact, Option<usize>)> {
    match amount {
        Amount::Same(price) => vec![(price.clone(), None)],
        Amount::BySize(prices) => {
            let priced = |(index, price): (usize, &Option<Exact>)| Some((price.clone()?, Some(index)));
            prices.iter().enumerate().filter_map(priced).collect()
        }
    }
}

/// What a price is for: "instance-hour", "month", "1000000 requests".
fn unit(meter: &Meter, per: &Per) -> String {
    let Per::Units(units) = per else { return "instance-month".into() };
    let number = exact_text(units);
    match (meter, number.as_str()) {
        (Meter::InstanceSeconds, "3600") => "instance-hour".into(),
        (Meter::InstanceSeconds | Meter::InstanceHours, "2628000" | "730") => "instance-month of 730 h".into(),
        (Meter::GibSeconds, "3600") => "gib-hour".into(),
        (meter, "1") => meter.name().strip_suffix('s').unwrap_or(meter.name()).to_string(),
        (meter, number) => format!("{number} {}", meter.name()),
    }
}
