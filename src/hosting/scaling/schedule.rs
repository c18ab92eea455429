//! A schedule: so many instances between two times of day, on all days or some.

use crate::document::{Diagnostics, Node, Table, Value, count, list, named, quantity};
use crate::units::{Span, Time};

const DAY: u64 = 86_400_000_000_000;
const MINUTE: i64 = 60_000_000_000;
/// Simulated time starts on a Monday.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const EVERY_DAY: [bool; 7] = [true; 7];

/// One stretch of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// When it begins, from midnight.
    pub from: Span,
    /// When it ends, from midnight; before `from`, it ends the next day.
    pub to: Span,
    /// How many instances there are.
    pub instances: u32,
    /// On which days it begins, from Monday on.
    pub days: [bool; 7],
    /// How many minutes its clock is ahead of the simulation's.
    pub ahead: i64,
}

impl Shift {
    /// The weekday and the time of day by its clock. (A week is added, so that clocks behind the
    /// simulation's begin on a Sunday and not before all time.)
    fn clock(&self, now: Time) -> (usize, u64) {
        let local = now.0 as i128 + i128::from(7 * DAY) + i128::from(self.ahead * MINUTE);
        let day = (local / i128::from(DAY)).rem_euclid(7) as usize;
        (day, local.rem_euclid(i128::from(DAY)) as u64)
    }

    fn holds(&self, now: Time) -> bool {
        let (day, at) = self.clock(now);
        let (from, to) = (self.from.0, self.to.0);
        if from <= to {
            return self.days[day] && (from..to).contains(&at);
        }
        // It ends on the day after that on which it began.
        (self.days[day] && at >= from) || (self.days[(day + 6) % 7] && at < to)
    }
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
        self.shifts.iter().filter(|shift| shift.holds(now)).map(|shift| shift.instances).max().unwrap_or(0)
    }

    /// The first moment after `now` at which a shift begins or ends.
    pub fn next_change(&self, now: Time) -> Time {
        let ahead = |at: u64, edge: u64| if edge > at { edge - at } else { edge + DAY - at };
        let edges = self.shifts.iter().flat_map(|shift| {
            // A day's end is midnight as well; days may differ there.
            let at = shift.clock(now).1;
            [shift.from.0 % DAY, shift.to.0 % DAY, 0].map(|edge| ahead(at, edge))
        });
        now + Span(edges.min().unwrap_or(DAY))
    }
}

fn shift(node: &Node, diagnostics: &mut Diagnostics) -> Option<Shift> {
    let mut table = Table::of(node, diagnostics)?;
    let from = table.required("from", diagnostics, time_of_day);
    let to = table.required("to", diagnostics, time_of_day);
    let instances = table.required("instances", diagnostics, count);
    let days = table.default("days", EVERY_DAY, diagnostics, weekdays);
    let ahead = table.default("zone", 0, diagnostics, zone);
    table.finish(diagnostics);
    Some(Shift { from: from?, to: to?, instances: u32::try_from(instances?).unwrap_or(u32::MAX), days, ahead })
}

/// Reads "weekdays", "weekend" or a list of days.
fn weekdays(node: &Node, diagnostics: &mut Diagnostics) -> Option<[bool; 7]> {
    if let Value::Array(_) = &node.value {
        let names: Vec<(&str, usize)> = DAYS.iter().copied().zip(0..).collect();
        let named = list(node, diagnostics, |node, d| named(node, d, "day", &names))?;
        if named.is_empty() {
            diagnostics.error(node.at, "a shift on no day never begins", "");
            return None;
        }
        return Some(std::array::from_fn(|day| named.contains(&day)));
    }
    let working = std::array::from_fn(|day| day < 5);
    let words = [("weekdays", working), ("weekend", working.map(|works| !works))];
    named(node, diagnostics, "days", &words)
}

/// Reads "UTC" or an offset such as "+02:00". Simulated time has no date, so that a zone's summer
/// time cannot be known: a zone is written as the offset that holds.
fn zone(node: &Node, diagnostics: &mut Diagnostics) -> Option<i64> {
    quantity(node, diagnostics, "+02:00", |text| {
        let offset = text.split_at_checked(1).and_then(|(sign, rest)| {
            let ahead = match sign {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = rest.split_once(':')?;
            let is_written = hours.len() == 2 && minutes.len() == 2;
            let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
            (is_written && (0..=14).contains(&hours) && (0..60).contains(&minutes))
                .then_some(ahead * (hours * 60 + minutes))
        });
        let wrong = || format!("\"{text}\" is not a zone: simulated time has no date, so write an offset, \"+02:00\"");
        if text == "UTC" { Ok(0) } else { offset.ok_or_else(wrong) }
    })
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
        let shift = |from, to, instances| Shift {
            from: Span(from * hour),
            to: Span(to * hour),
            instances,
            days: EVERY_DAY,
            ahead: 0,
        };
        let schedule = Schedule { shifts: vec![shift(22, 4, 5), shift(2, 6, 100)] };
        let wanted = |h: u64| schedule.wanted(Time(h * hour));
        assert_eq!(
            [wanted(0), wanted(2), wanted(5), wanted(6), wanted(21), wanted(22), wanted(26)],
            [5, 100, 100, 0, 0, 5, 100]
        );
        assert_eq!(schedule.next_change(Time(0)), Time(2 * hour));
        assert_eq!(schedule.next_change(Time(6 * hour)), Time(22 * hour));
        assert_eq!(schedule.next_change(Time(23 * hour)), Time(24 * hour));
    }

    /// Friday night's shift ends on Saturday; a clock two hours ahead begins two hours earlier, and
    /// on the Monday before it is Monday here.
    #[test]
    fn shifts_know_days_and_zones() {
        let hour = 3_600_000_000_000;
        let working = std::array::from_fn(|day| day < 5);
        let night = Shift { from: Span(22 * hour), to: Span(4 * hour), instances: 1, days: working, ahead: 0 };
        let wanted = |shift: &Shift, day: u64, h: u64| shift.holds(Time((day * 24 + h) * hour));
        assert!(wanted(&night, 4, 23) && wanted(&night, 5, 3) && !wanted(&night, 5, 4));
        assert!(!wanted(&night, 5, 23) && !wanted(&night, 6, 23) && !wanted(&night, 7, 3) && wanted(&night, 7, 22));
        let east = Shift { from: Span(9 * hour), to: Span(17 * hour), ahead: 120, ..night.clone() };
        assert!(!wanted(&east, 0, 6) && wanted(&east, 0, 7) && wanted(&east, 0, 14) && !wanted(&east, 0, 15));
        let early = Shift { from: Span(0), to: Span(hour), ahead: 120, ..night };
        assert!(wanted(&early, 6, 22) && !wanted(&early, 4, 22) && wanted(&early, 0, 22));
        let schedule = Schedule { shifts: vec![east] };
        assert_eq!(schedule.next_change(Time(hour)), Time(7 * hour));
        assert_eq!(schedule.wanted(schedule.next_change(Time(hour))), 1);
    }
}
