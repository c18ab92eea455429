//! The hours that each slice of the stack takes, where a model says nothing else.

use crate::cli::grid::{Cell, Grid};
use hostsim::billing::{LabourTable, Slice, Spread};
use hostsim::catalogue::FAMILIES;

/// A row for each slice and family that takes any hours.
pub fn table() -> Grid {
    let mut grid = Grid::new(&[
        ("slice", "Slice"),
        ("family", "Family"),
        ("set_up_h", ">Set-up h"),
        ("set_up_per_instance_h", ">per instance"),
        ("per_month_h", ">Monthly h"),
        ("per_deployment_h", ">per deployment"),
        ("per_account_h", ">per account"),
        ("per_instance_h", ">per instance"),
        ("per_call_h", ">per call"),
        ("ranges", "Low to high"),
        ("confidence", "Confidence"),
        ("source", "Source"),
    ]);
    let table = LabourTable::built_in();
    for (name, slice) in Slice::ALL {
        for (family, _) in FAMILIES {
            let Some(evidence) = table.evidence(slice, family) else { continue };
            let hours = table.hours(slice, family);
            let each = [
                hours.set_up,
                hours.set_up_per_instance,
                hours.per_month,
                hours.per_deployment,
                hours.per_account,
                hours.per_instance,
                hours.per_call,
            ];
            let mut row = vec![Cell::text(name), Cell::text(family)];
            row.extend(each.map(|hours| Cell::number(hours.middle)));
            row.push(Cell::text(ranges(&each)));
            row.extend([Cell::text(evidence.confidence.to_string()), Cell::text(&evidence.source)]);
            grid.push(row);
        }
    }
    grid
}

/// The ends of the ranges, in the order of the columns.
fn ranges(each: &[Spread]) -> String {
    let named = each.iter().filter(|hours| hours.is_range());
    named.map(|hours| format!("{}–{}", hours.low, hours.high)).collect::<Vec<_>>().join(", ")
}
