//! From rows to metered use: every meter that a row can fill.

use super::hours_of;
use super::model::{Held, Model};
use super::resource::{Resources, pool};
use super::row::{Instances, Row, RowKind};
use crate::billing::calendar::Month;
use crate::billing::charge::{Charge, Free, RoundTime};
use crate::billing::invoice::{Metered, Terms};
use crate::billing::meter::Reads;
use crate::billing::reading::whole;
use crate::billing::used::Usage;
use crate::document::{Diagnostics, suggest};
use crate::units::{Exact, HOUR};
use num_traits::{One, Zero};

/// Time of one resource that may have to be rounded as a sum.
struct Pending {
    metered: Metered,
    used: Usage,
}

pub(super) struct Filler<'f> {
    pub(super) model: &'f Model,
    pub(super) rows: &'f [Row],
    pub(super) month: &'f Month,
    month_hours: Exact,
    pub(super) terms: &'f Terms<'f>,
    hourly: bool,
    resources: Resources,
    metered: Vec<Metered>,
    pending: Vec<Pending>,
}

/// What all rows come to. `hourly`: also by the clock hour, for commitments.
pub fn fill(
    model: &Model,
    rows: &[Row],
    month: &Month,
    terms: &Terms<'_>,
    hourly: bool,
    d: &mut Diagnostics,
) -> Option<Vec<Metered>> {
    let before = d.count();
    let month_hours = hours_of(month);
    let (metered, pending) = (Vec::new(), Vec::new());
    let resources = Resources::of(rows);
    let ids = resources.ids.clone();
    let mut filler = Filler { model, rows, month, month_hours, terms, hourly, resources, metered, pending };
    for (row, id) in rows.iter().zip(&ids) {
        filler.row(row, *id, d);
    }
    filler.settle();
    (d.count() == before).then_some(filler.metered)
}

impl Filler<'_> {
    fn row(&mut self, row: &Row, id: u64, d: &mut Diagnostics) {
        let Some(size) = self.size(row, d) else { return };
        let declared = size.and_then(|index| self.model.held.get(index));
        let by_name = match &row.size {
            Some((name, _)) if !self.model.declares_sizes => Held::of_name(name),
            Some((name, _)) if size.is_none() => self.model.held_by_name(name).unwrap_or_default(),
            _ => Held::default(),
        };
        let held = row.held.or(declared).or(Some(&by_name));
        let provisioned = row.provisioned.unwrap_or(false);
        if provisioned && !self.model.list.sells_provisioned() {
            let help = "leave out `provisioned`";
            d.error(row.word, "this model has no instances that are kept ready", help);
            return;
        }
        let (mut counted, mut time_counted) = (false, false);
        for (index, charge) in self.model.list.charges.iter().enumerate() {
            if !self.terms.in_force(index, charge) || !charge.counts(size, provisioned) {
                continue;
            }
            let id = pool(charge, row, id);
            let errors = d.count();
            let part = self.part(charge, row, &held, d);
            if d.count() > errors {
                (counted, time_counted) = (true, true);
                continue;
            }
            if let Some(part) = part {
                counted = true;
                time_counted |= !charge.meter.is_egress();
                self.add(index, charge, row, (id, size), part, d);
            }
            self.entitle(index, charge, row, (id, size));
        }
        let timed = matches!(&row.kind, RowKind::Requests(requests) if requests.time.is_some());
        if !counted || (timed && !time_counted) {
            self.refuse(row, d);
        }
    }

    /// The row's size by index; outer `None` where it names one that does not exist.
    fn size(&self, row: &Row, d: &mut Diagnostics) -> Option<Option<usize>> {
        let list = &self.model.list;
        let Some((name, at)) = &row.size else {
            return Some(if list.sizes.len() == 1 { Some(0) } else { None });
        };
        let found = list.size(name);
        let may_be = found.is_none() && self.model.held_by_name(name).is_some();
        if found.is_none() && !may_be && (self.model.declares_sizes || !list.sizes.is_empty()) {
            let help = if list.sizes.is_empty() {
                "this model has a range of sizes: write the row's `cpu` and `memory`".into()
            } else {
                suggest(name, list.sizes.iter().map(String::as_str))
            };
            d.error(*at, format!("this model has no size `{name}`"), help);
            return None;
        }
        Some(found)
    }

    /// How long each of a row's instances ran.
    pub(super) fn life(&self, instances: &Instances) -> u64 {
        instances.time.unwrap_or(self.month.length.0)
    }

    fn add(
        &mut self,
        index: usize,
        charge: &Charge,
        row: &Row,
        (id, size): (u64, Option<usize>),
        part: Usage,
        d: &mut Diagnostics,
    ) {
        if size.is_none() && charge.is_by_size() {
            let help = suggest("", self.model.list.sizes.iter().map(String::as_str));
            d.error(row.at, format!("the charge `{}` is by size, and this row has no `size`", charge.name), help);
            return;
        }
        if charge.flat && part.stated.is_none() {
            return;
        }
        // A named resource is one, however many instances it has; without a name each is its own.
        let hourly = if self.hourly || charge.is_hourly() { self.profile(charge, row) } else { Vec::new() };
        for (resource, copies) in self.resources.instances(row, id) {
            let one = Metered { copies, hourly: hourly.clone(), ..Metered::new(index, resource, size, Exact::zero()) };
            self.pending.push(Pending { metered: one, used: part.clone() });
        }
    }

    /// Time of one instance in each clock hour of the month, for a row of instances.
    fn profile(&self, charge: &Charge, row: &Row) -> Vec<Exact> {
        let RowKind::Instances(instances) = &row.kind else { return Vec::new() };
        let (from, length) = (instances.start, charge.each.time(self.life(instances)));
        let to = from.saturating_add(length);
        let slots = self.month.length.0.div_ceil(HOUR.0);
        let overlap = |slot: u64| {
            let (begin, mut end) = (slot * HOUR.0, (slot + 1) * HOUR.0);
            if slot + 1 == slots {
                end = u64::MAX; // what is rounded up beyond the month's end belongs to its last hour
            }
            to.min(end).saturating_sub(from.max(begin))
        };
        (0..slots).map(|slot| whole(overlap(slot))).collect()
    }

    /// The share of its size's allowance that a row's instances bring.
    fn entitle(&mut self, index: usize, charge: &Charge, row: &Row, (id, size): (u64, Option<usize>)) {
        let Free::PerInstance { .. } = charge.free else { return };
        let (count, hours) = match &row.kind {
            RowKind::Instances(instances) => (instances.count, whole(self.life(instances)) / whole(HOUR.0)),
            _ => return,
        };
        let entitled = charge.free.entitlement(&hours, &self.month_hours);
        let (copies, times) = if row.resource.is_some() { (1, whole(count)) } else { (count, Exact::one()) };
        let metered = Metered::new(index, id, size, Exact::zero());
        self.metered.push(Metered { copies, entitled: entitled * times, ..metered });
    }

    /// Adds up what is rounded as a sum, and what one balancer does, and counts it all.
    fn settle(&mut self) {
        let mut sums: Vec<Pending> = Vec::new();
        for one in std::mem::take(&mut self.pending) {
            let charge = &self.model.list.charges[one.metered.charge];
            let balancer = charge.meter.reads() == Reads::Balancer && one.used.stated.is_none();
            let same = |other: &&mut Pending| {
                let (a, b) = (&other.metered, &one.metered);
                let alike = (a.resource, a.size, a.copies) == (b.resource, b.size, b.copies);
                a.charge == b.charge && (balancer || (alike && other.used.holds_the_same(&one.used)))
            };
            let added_up = balancer || charge.sum != RoundTime::default();
            match if added_up { sums.iter_mut().rev().find(same) } else { None } {
                Some(sum) => {
                    sum.used.time += one.used.time;
                    sum.used.balanced.add(&one.used.balanced);
                    let parts = sum.metered.hourly.iter_mut().zip(&one.metered.hourly);
                    parts.for_each(|(sum, part)| *sum += part);
                }
                None => sums.push(one),
            }
        }
        for Pending { metered, used } in sums {
            let quantity = self.model.list.charges[metered.charge].quantity(&used, &self.month_hours);
            self.metered.push(Metered { quantity, ..metered });
        }
    }

    fn refuse(&self, row: &Row, d: &mut Diagnostics) {
        let list = &self.model.list;
        if list.charges.is_empty() {
            return;
        }
        let meters = || {
            let mut names: Vec<&str> = list.charges.iter().map(|charge| charge.meter.name()).collect();
            names.sort_unstable();
            names.dedup();
            names.join(", ")
        };
        let family = &self.model.family;
        let message = match &row.kind {
            RowKind::Requests(_) => format!("no charge of this model ({family}) is for the time or number of requests"),
            RowKind::Instances(_) => format!("no charge of this model ({family}) is for the time of instances"),
            RowKind::Quantity { meter, .. } if list.charges.iter().all(|charge| charge.meter != *meter) => return,
            RowKind::Quantity { meter, .. } => format!("no charge on `{}` counts this row's use", meter.name()),
        };
        d.error(row.word, message, format!("its charges are on: {}", meters()));
    }
}
