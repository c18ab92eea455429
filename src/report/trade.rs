//! The article's trade, labour for money, as text and JSON.

use crate::experiment::trade::{AtSize, Traded};
use crate::report::format;
use crate::report::stack::{self, Stack};
use serde_json::{Value, json};

/// A line for each family: hours a month and what a million requests cost, at each size of the app.
pub fn to_text(sizes: &[AtSize]) -> String {
    let mut out = String::from(
        "Labour for money, measured (hostsim curve scenarios/labour-for-money.toml): one app at three sizes\n",
    );
    for size in sizes {
        out.push_str(&format!("\n{} requests a month\n", format::grouped(size.requests_per_month, 0)));
        for Traded { family, hours, range, price, .. } in &size.families {
            let [hours, low, high] = [*hours, range.0, range.1].map(|h| format::significant(h, 3));
            let price = format::money(*price);
            out.push_str(&format!(
                "  {family:<12} {hours:>6} h a month ({low} to {high})  {price:>9} a million requests\n"
            ));
        }
    }
    out
}

/// Both, who manages what and the trade, as one document.
pub fn document(stacks: &[Stack], sizes: &[AtSize]) -> Value {
    json!({ "schema": 1, "stacks": stack::to_json(stacks), "trade": to_json(sizes) })
}

/// As JSON.
pub fn to_json(sizes: &[AtSize]) -> Value {
    let of_family = |f: &Traded| {
        json!({
            "family": f.family, "hours_a_month": { "low": f.range.0, "middle": f.hours, "high": f.range.1 },
            "usd_per_million_requests_without_labour": f.price, "usd_a_month_without_labour": f.paid,
        })
    };
    let of_size = |size: &AtSize| {
        let families: Vec<Value> = size.families.iter().map(of_family).collect();
        json!({ "requests_per_month": size.requests_per_month, "families": families })
    };
    Value::Array(sizes.iter().map(of_size).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Catalogue, Era};
    use crate::document::Diagnostics;

    #[test]
    fn the_document_follows_its_schema() {
        let mut d = Diagnostics::default();
        let catalogue = Catalogue::load(None, &mut d);
        let stacks = [Era::Of("2017".into()), Era::Now].map(|era| stack::stack(&catalogue, &era, "an era", &mut d));
        let traded = Traded { family: "vps".into(), hours: 4.0, range: (2.0, 9.0), price: 0.3, paid: 12.0 };
        let sizes = [AtSize { requests_per_month: 1e6, families: vec![traded] }];
        let validator = jsonschema::validator_for(&crate::schema::of("models").unwrap()).unwrap();
        let document = document(&stacks, &sizes);
        assert!(validator.is_valid(&document), "{document:#}");
        for pointer in ["", "/stacks/0", "/stacks/1/columns/0", "/stacks/0/columns/0/slices/3", "/trade/0/families/0"] {
            let mut more = document.clone();
            more.pointer_mut(pointer).unwrap()["nobody-knows-this"] = true.into();
            assert!(!validator.is_valid(&more), "{pointer}");
        }
    }
}
