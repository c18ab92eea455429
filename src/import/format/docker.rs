//! `docker stats --format json`: what containers use at one moment that it does not name. No traffic.

use super::{Kind, Reading};
use crate::import::field::text;
use crate::import::found::Found;
use crate::import::item::{Item, Shape};
use serde_json::{Value, json};

pub(super) const KIND: Kind = Kind {
    name: "docker-stats-json",
    also: &[],
    family: "docker",
    shape: Shape::Json,
    is_traffic: false,
    recognises: |head| head.has(&["CPUPerc", "MemUsage"]),
    begin: |_, _, found| {
        found.note("no time in it: when and how often it was taken must be told");
        found.note("network counts since the container's start, rounded to three or four digits");
        Box::<Docker>::default()
    },
};

#[derive(Default)]
struct Docker {
    containers: Vec<Value>,
}

/// A size: `512.5MiB` (1024), `1.45kB` (1000), `0B`.
fn size(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(digits);
    let unit = match unit.to_ascii_lowercase().as_str() {
        "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        "tib" => 1_099_511_627_776.0,
        _ => return None,
    };
    let number: f64 = number.trim().parse().ok()?;
    Some((number * unit).round() as i64)
}

fn sizes(value: &Value) -> Option<(i64, i64)> {
    let text = text(value)?;
    let (a, b) = text.split_once('/')?;
    Some((size(a)?, size(b)?))
}

impl Reading for Docker {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        let cpu = text(&value["CPUPerc"]).and_then(|t| t.trim_end_matches('%').parse::<f64>().ok());
        let (Some(cpu), Some((memory, _))) = (cpu, sizes(&value["MemUsage"])) else {
            return found.drop(number, "'--': the container ended between listing and sampling");
        };
        let network = sizes(&value["NetIO"]);
        if self.containers.len() < 100_000 {
            self.containers.push(json!({
                "name": value["Name"],
                "cpu_cores": (cpu * 1e4).round() / 1e6,
                "memory_bytes": memory,
                "net_in_bytes": network.map(|n| n.0),
                "net_out_bytes": network.map(|n| n.1),
            }));
        }
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        found.more.insert("containers".into(), std::mem::take(&mut self.containers).into());
        Ok(())
    }
}
