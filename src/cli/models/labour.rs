//! The hours that each slice of the stack takes, where a model says nothing else.

use crate::cli::grid::{Cell, Grid};
use hostsim::billing::{LabourTable, Slice};
use hostsim::catalogue::FAMILIES;

/// A row for each slice and family that takes any hours.
pub fn table() -> Grid {
    let mut grid = Grid::new(&[
        ("slice", "Slice"),
        ("family", "Family"),
        ("set_up_h", ">Set-up h"),
        ("set_up_per_instance_h", ">per instance"),
        ("per_month_h", ">Monthly h"),
        ("per_account_h", ">per account"),
        ("per_instance_h", ">per instance"),
        ("confidence", "Confidence"),
        ("source", "Source"),
    ]);
    let table = LabourTable::built_in();
    for (name, slice) in Slice::ALL {
        for (family, _) in FAMILIES {
            let Some(evidence) = table.evidence(slice, family) else { continue };
            let hours = table.hours(slice, family);
            let numbers =
                [hours.set_up, hours.set_up_per_instance, hours.per_month, hours.per_account, hours.per_instance];
            let mut row = vec![Cell::text(name), Cell::text(family)];
            row.extend(numbers.map(Cell::number));
            row.extend([Cell::text(evidence.confidence.to_string()), Cell::text(&evidence.source)]);
            grid.push(row);
        }
    }
    grid
}
