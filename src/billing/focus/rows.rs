//! From an invoice's lines to rows.

use super::row::{Discount, Kind, Row};
use super::{Account, words};
use crate::billing::invoice::{CommittedUse, Invoice, Line, LineKind};
use crate::billing::meter::Meter;
use crate::billing::reading::{round_to, whole};
use crate::units::{Currency, Exact};
use num_traits::{One, Signed, Zero};

/// An invoice, and the same use without allowances and commitments.
struct Source<'a> {
    account: &'a Account<'a>,
    invoice: &'a Invoice,
    at_list: &'a Invoice,
}

/// The rows of an invoice. `at_list`: the same use without allowances and commitments.
pub fn rows<'a>(account: &'a Account<'a>, invoice: &'a Invoice, at_list: &'a Invoice) -> Vec<Row<'a>> {
    let source = Source { account, invoice, at_list };
    let filled = invoice.lines.iter().filter(|line| !(line.quantity.is_zero() && line.amount.is_zero()));
    let mut rows: Vec<Row<'a>> = filled.flat_map(|line| source.by_resource(line)).collect();
    rows.extend(source.rounding());
    rows
}

impl<'a> Source<'a> {
    /// The rows of a line, each parted by the resources that have a name.
    fn by_resource(&self, line: &'a Line) -> Vec<Row<'a>> {
        let rows = self.of_line(line);
        let mut shares: Vec<(Option<&'a str>, Exact)> = Vec::new();
        for (resource, share) in &line.parts {
            // The instances of a resource have numbers that end with its own.
            let of_number = |(number, _): &&(u64, String)| *number == resource & u64::from(u32::MAX);
            let name = self.account.resources.iter().find(of_number).map(|(_, name)| name.as_str());
            match shares.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum += share,
                None => shares.push((name, share.clone())),
            }
        }
        if shares.iter().all(|(name, _)| name.is_none()) {
            return rows;
        }
        rows.into_iter().flat_map(|row| split(row, &shares)).collect()
    }

    fn of_line(&self, line: &'a Line) -> Vec<Row<'a>> {
        match (line.kind, line.commitment) {
            (LineKind::Commitment, Some(place)) => self.of_purchase(line, &self.invoice.commitments[place]),
            _ if line.covered.is_positive() => self.of_covered(line),
            _ => vec![self.of_use(line)],
        }
    }

    /// What was used of a charge, or what is added to the invoice.
    fn of_use(&self, line: &'a Line) -> Row<'a> {
        let listed = self.listed(line);
        let used = line.kind == LineKind::Usage;
        Row {
            list: listed.amount.clone(),
            priced: used.then(|| listed.billable.clone()),
            consumed: used.then(|| line.quantity.clone()),
            ..self.row(Kind::of(line.kind), line)
        }
    }

    /// A charge that commitments cover in part: what they do not, then what each of them does.
    fn of_covered(&self, line: &'a Line) -> Vec<Row<'a>> {
        let (listed, share) = (self.listed(line), &line.covered / &line.quantity);
        let rest = Exact::one() - &share;
        let mut rows = Vec::new();
        if rest.is_positive() || !line.amount.is_zero() {
            rows.push(Row {
                list: &listed.amount * &rest,
                priced: Some((&listed.billable - &line.covered).max(Exact::zero())),
                consumed: Some(&line.quantity - &line.covered),
                ..self.row(Kind::Usage, line)
            });
        }
        let of_charge = |of: &'a CommittedUse| {
            let (_, quantity) = of.covered.iter().find(|(charge, _)| Some(*charge) == line.charge)?;
            let effective = self.cost(of) * &of.used * self.weight(of, line, quantity);
            Some(Row {
                billed: Exact::zero(),
                list: &listed.amount * quantity / &line.quantity,
                priced: Some(quantity.clone()),
                consumed: Some(quantity.clone()),
                discount: Some(self.discount(of, line, quantity, &effective)),
                free: Exact::zero(),
                effective,
                ..self.row(Kind::Committed, line)
            })
        };
        rows.extend(self.invoice.commitments.iter().filter_map(of_charge));
        rows
    }

    /// What a commitment costs, and what of it was not used.
    fn of_purchase(&self, line: &'a Line, of: &'a CommittedUse) -> Vec<Row<'a>> {
        let unused = Exact::one() - &of.used;
        let unit = if of.spend { self.currency().code().to_string() } else { "Hours".to_string() };
        let discount = |share: &Exact| {
            let quantity = if of.spend { &line.amount * share } else { &line.quantity * share };
            Some(Discount { of, quantity, unit: unit.clone() })
        };
        // What was paid at first is one row, with all of it; the months have their shares where it is used.
        let whole_of_it = line.once.as_ref().unwrap_or(&line.amount);
        let terms = if line.amount.is_zero() { Exact::one() } else { whole_of_it / &line.amount };
        let purchase = Row {
            billed: whole_of_it.clone(),
            list: whole_of_it.clone(),
            once: line.once.is_some(),
            priced: Some(&line.quantity * &terms),
            effective: Exact::zero(),
            discount: discount(&terms),
            ..self.row(Kind::Purchase, line)
        };
        let rest = Row {
            billed: Exact::zero(),
            list: Exact::zero(),
            effective: &line.amount * &unused,
            priced: Some(&line.quantity * &unused),
            discount: discount(&unused),
            ..self.row(Kind::Unused, line)
        };
        if unused.is_positive() { vec![purchase, rest] } else { vec![purchase] }
    }

    /// What the total was rounded by, where the lines are not.
    fn rounding(&self) -> Option<Row<'a>> {
        let sum: Exact = self.invoice.lines.iter().map(|line| &line.amount).sum();
        let rounding = &self.invoice.total - sum;
        let row = |line: &'a Line| Row {
            name: "rounding".into(),
            billed: rounding.clone(),
            effective: rounding.clone(),
            list: Exact::zero(),
            unit_price: None,
            free: Exact::zero(),
            covered: Exact::zero(),
            ..self.row(Kind::Adjustment, line)
        };
        self.invoice.lines.first().filter(|_| !rounding.is_zero()).map(row)
    }

    /// A row that says what the line does, and no quantities.
    fn row(&self, kind: Kind, line: &'a Line) -> Row<'a> {
        Row {
            account: self.account,
            currency: self.currency(),
            kind,
            name: line.name.clone(),
            resource: None,
            asked: line.asked.as_deref(),
            refund: line.refund,
            once: false,
            meter: &line.meter,
            billed: line.amount.clone(),
            effective: line.amount.clone(),
            list: line.amount.clone(),
            priced: None,
            consumed: None,
            unit_price: line.unit_price.clone(),
            dynamic: line.dynamic,
            discount: None,
            confidence: line.confidence,
            covered: line.covered.clone(),
            free: line.free.clone(),
        }
    }

    fn currency(&self) -> Currency {
        self.invoice.currency
    }

    /// The line at list prices.
    fn listed(&self, line: &'a Line) -> &'a Line {
        let of_charge = |other: &&Line| line.charge.is_some() && other.charge == line.charge;
        self.at_list.lines.iter().find(of_charge).unwrap_or(line)
    }

    /// What a commitment costs in all.
    fn cost(&self, of: &CommittedUse) -> Exact {
        let lines = self.invoice.lines.iter();
        let of_it = |line: &&Line| line.commitment.is_some_and(|place| &self.invoice.commitments[place] == of);
        lines.filter(of_it).map(|line| &line.amount).sum()
    }

    /// The share of a commitment's use that a charge had: by what it would have cost at list prices.
    fn weight(&self, of: &CommittedUse, line: &'a Line, quantity: &Exact) -> Exact {
        let worth = |line: &'a Line, quantity: &Exact| &self.listed(line).amount * quantity / &line.quantity;
        let of_charge = |(charge, quantity): &(usize, Exact)| {
            let line = self.invoice.lines.iter().find(|line| line.charge == Some(*charge))?;
            Some(worth(line, quantity))
        };
        let all: Exact = of.covered.iter().filter_map(of_charge).sum();
        if all.is_positive() { worth(line, quantity) / all } else { Exact::one() / whole(of.covered.len() as u64) }
    }

    /// What a commitment gave to a charge: money, or hours of instances.
    fn discount(&self, of: &'a CommittedUse, line: &Line, quantity: &Exact, effective: &Exact) -> Discount<'a> {
        if of.spend {
            return Discount { of, quantity: effective.clone(), unit: self.currency().code().to_string() };
        }
        let seconds = line.meter == Meter::InstanceSeconds.name();
        let hours = if seconds { quantity / whole(3600) } else { quantity.clone() };
        Discount { of, quantity: hours, unit: words::unit(Meter::InstanceHours.name()) }
    }
}

/// Parts a row: the last part has what rounding leaves, so that the parts add up.
fn split<'a>(row: Row<'a>, shares: &[(Option<&'a str>, Exact)]) -> Vec<Row<'a>> {
    let step = Exact::new(1.into(), 1_000_000.into());
    let parts = |whole: &Exact| -> Vec<Exact> {
        let mut parts: Vec<Exact> = shares.iter().map(|(_, share)| round_to(&(whole * share), &step)).collect();
        let others: Exact = parts.iter().take(shares.len() - 1).sum();
        parts.iter_mut().last().into_iter().for_each(|last| *last = whole - &others);
        parts
    };
    let (billed, effective, list) = (parts(&row.billed), parts(&row.effective), parts(&row.list));
    let one = |(place, (name, share)): (usize, &(Option<&'a str>, Exact))| Row {
        resource: *name,
        billed: billed[place].clone(),
        effective: effective[place].clone(),
        list: list[place].clone(),
        priced: row.priced.as_ref().map(|quantity| quantity * share),
        consumed: row.consumed.as_ref().map(|quantity| quantity * share),
        covered: &row.covered * share,
        free: &row.free * share,
        discount: row.discount.as_ref().map(|given| Discount { quantity: &given.quantity * share, ..given.clone() }),
        ..row.clone()
    };
    shares.iter().enumerate().map(one).collect()
}
