//! A schedule: so many instances between two times of day, every day.

use crate::document::{Diagnostics, Node, Table, count, list, quantity};
use crate::units::{Span, Time};

const DAY: u64 = 86_400_000_000_000;

/// One stretch of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// When it begins, from midnight.
    pub from: Span,
    /// When it ends, from midnight; before `from`, it ends the next day.
    pub to: Span,
    /// How many instances there are.
    pub instances: u32,
}

/// The day's shifts; outside them there is no instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// The shifts; where they overlap, the larger number counts.
    pub shifts: Vec<Shift>,
}

impl Schedule {
    /// Reads a list of `{ from = "02:00", to = "06:00", instances = 100 }`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Schedule> {
        let shifts = list(node, diagnostics, shift)?;
        if shifts.is_empty() {
            diagnostics.error(node.at, "a schedule needs at least one shift", "");
            return None;
        }
        Some(Schedule { shifts })
    }

    /// How many instances there should be at a moment.
    pub fn wanted(&self, now: Time) -> u32 {
        let at = now.0 % DAY;
        let holds = |shift: &&Shift| {
            let (from, to) = (shift.from.0, shift.to.0);
            if from <= to { (from..to).contains(&at) } else { at >= from || at < to }
        };
        self.shifts.iter().filter(holds).map(|shift| shift.instances).max().unwrap_or(0)
    }

    /// The first moment after `now` at which a shift begins or ends.
    pub fn next_change(&self, now: Time) -> Time {
        let at = now.0 % DAY;
        let ahead = |edge: u64| if edge > at { edge - at } else { edge + DAY - at };
        let edges = self.shifts.iter().flat_map(|shift| [shift.from.0 % DAY, shift.to.0 % DAY]);
        now + Span(edges.map(ahead).min().unwrap_or(DAY))
    }
}

fn shift(node: &Node, diagnostics: &mut Diagnostics) -> Option<Shift> {
    let mut table = Table::of(node, diagnostics)?;
    let from = table.required("from", diagnostics, time_of_day);
    let to = table.required("to", diagnostics, time_of_day);
    let instances = table.required("instances", diagnostics, count);
    table.finish(diagnostics);
    Some(Shift { from: from?, to: to?, instances: u32::try_from(instances?).unwrap_or(u32::MAX) })
}

/// Reads "15:00", or "24:00" for the day's end.
pub fn time_of_day(node: &Node, diagnostics: &mut Diagnostics) -> Option<Span> {
    quantity(node, diagnostics, "15:00", |text| {
        let parsed = text.split_once(':').and_then(|(hours, minutes)| {
            let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
            (minutes < 60 && hours <= 24 && hours * 60 + minutes <= 24 * 60)
                .then_some(Span((hours * 60 + minutes) * 60_000_000_000))
        });
        parsed.ok_or_else(|| format!("\"{text}\" is not a time of day: expected one such as \"15:00\""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_may_cross_midnight() {
        let hour = 3_600_000_000_000;
        let shift = |from, to, instances| Shift { from: Span(from * hour), to: Span(to * hour), instances };
        let schedule = Schedule { shifts: vec![shift(22, 4, 5), shift(2, 6, 100)] };
        let wanted = |h: u64| schedule.wanted(Time(h * hour));
        assert_eq!(
            [wanted(0), wanted(2), wanted(5), wanted(6), wanted(21), wanted(22), wanted(26)],
            [5, 100, 100, 0, 0, 5, 100]
        );
        assert_eq!(schedule.next_change(Time(0)), Time(2 * hour));
        assert_eq!(schedule.next_change(Time(6 * hour)), Time(22 * hour));
        assert_eq!(schedule.next_change(Time(23 * hour)), Time(26 * hour));
    }
}
