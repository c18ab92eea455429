//! A charge: the price rule on one meter. One kind of rule, one file.

pub mod amount;
mod capacity;
pub mod commitment;
pub mod each;
pub mod free;
mod read;
pub mod spot;
pub mod sustained;
pub mod tiers;
pub mod units;

pub use amount::Amount;
pub use capacity::CapacityUnit;
pub use commitment::{Commitment, CommitmentTerms};
pub use each::{Each, RoundTime};
pub use free::{Accrual, Free};
pub use read::{implied_sizes, read};
pub use sustained::Band;
pub use tiers::Tier;

use crate::billing::confidence::{Confidence, Confidences};
use crate::billing::meter::Meter;
use crate::billing::reading::whole;
use crate::billing::used::{Counting, Usage};
use crate::document::Origin;
use crate::units::Exact;
use num_traits::One;

/// What time is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Over {
    /// Of each request.
    Request,
    /// Of an instance while at least one request is inside.
    Busy,
    /// An instance's whole life.
    Life,
    /// Of an instance while no request is inside.
    Idle,
    /// The month itself: its length, once for the account.
    Month,
}

/// Which use is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// All of it.
    All,
    /// What provisioned instances did not serve.
    OnDemand,
    /// What provisioned instances served, or are.
    Provisioned,
}

impl Of {
    /// Whether use by a provisioned instance (or by another) is counted.
    pub fn counts(self, provisioned: bool) -> bool {
        match self {
            Of::All => true,
            Of::OnDemand => !provisioned,
            Of::Provisioned => provisioned,
        }
    }
}

/// What the month's rules are applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The account's sum.
    Account,
    /// Each resource alone.
    Resource,
}

/// What a price is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Per {
    /// So many units of the meter.
    Units(Exact),
    /// As many as the month has: hours or seconds.
    Month,
}

/// How a quantity is priced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pricing {
    /// So much a unit.
    Price(Amount),
    /// Each part at its tier's price.
    Graduated(Vec<Tier>),
    /// The whole at the price of the tier that it ends in.
    Volume(Vec<Tier>),
    /// So much a unit, less the longer it is used.
    Sustained(Amount, Vec<Band>, sustained::Pool),
    /// By the clock hour.
    Spot(Vec<spot::Period>),
}

/// The price rule on one meter.
#[derive(Clone, Debug)]
pub struct Charge {
    /// The invoice's line.
    pub name: String,
    /// What is counted.
    pub meter: Meter,
    /// What time is counted, where the meter is one of time.
    pub over: Over,
    /// Whether this is flat: the month, counted once on every invoice (see [`Charge::flat_quantity`]).
    pub flat: bool,
    /// How each use is rounded.
    pub each: Each,
    /// How a resource's time of the month is rounded.
    pub sum: RoundTime,
    /// What a balancer's capacity unit is good for.
    pub unit: CapacityUnit,
    /// The charges that a subtotal is of, by name; `None`: all that use is charged by.
    pub subtotal_of: Option<Vec<String>>,
    /// Whether its meter is one that only a usage file fills, and is meant to be.
    pub custom: bool,
    /// Which use is counted.
    pub of: Of,
    /// The word by which a case asks for this charge; `None`: it is always in force.
    pub with: Option<String>,
    /// The sizes that pay it, by index; `None`: all.
    pub sizes: Option<Vec<usize>>,
    /// What the month's rules are applied to.
    pub scope: Scope,
    /// The least quantity of the month.
    pub minimum: Option<Exact>,
    /// What is not billed.
    pub free: Free,
    /// The quantity is rounded up to a multiple of this, after what is free.
    pub block: Option<Exact>,
    /// How it is priced.
    pub pricing: Pricing,
    /// What the prices are for.
    pub per: Per,
    /// The most units that are paid: of each resource, where the meter is time alone, else as `scope` says.
    pub cap: Option<Exact>,
    /// The least that is paid, in money.
    pub minimum_amount: Option<Amount>,
    /// The most that is paid, in money.
    pub cap_amount: Option<Amount>,
    /// A credit that gives back what was billed before.
    pub refund: bool,
    /// A credit that pays no more than the other lines come to.
    pub up_to_subtotal: bool,
    /// Its own rate of tax, where that is not the price list's.
    pub tax: Option<Exact>,
    /// Where the price was found.
    pub source: Option<String>,
    /// When it held, where that differs from the model's date.
    pub as_of: Option<String>,
    /// How sure it is.
    pub confidence: Confidences,
    /// Where it stands in its file.
    pub at: Origin,
}

impl Charge {
    /// Whether use by a size, by a provisioned instance or another, is counted here.
    pub fn counts(&self, size: Option<usize>, provisioned: bool) -> bool {
        let sized = self.sizes.as_ref().is_none_or(|sizes| size.is_some_and(|size| sizes.contains(&size)));
        sized && self.of.counts(provisioned)
    }

    /// Whether some figure of it depends on the size.
    pub fn is_by_size(&self) -> bool {
        self.amounts().iter().any(|amount| amount.is_by_size())
    }

    /// How many units its price is for, in a month of so many hours.
    pub fn units_priced(&self, month_hours: &Exact) -> Exact {
        match &self.per {
            Per::Units(units) => units.clone(),
            Per::Month => self.months_time(month_hours),
        }
    }

    /// What a flat charge counts: 1 month, or the month's hours or seconds.
    pub fn flat_quantity(&self, month_hours: &Exact) -> Exact {
        if self.meter == Meter::Months { Exact::one() } else { self.months_time(month_hours) }
    }

    /// The month's length in the meter's unit of time.
    fn months_time(&self, month_hours: &Exact) -> Exact {
        if self.meter == Meter::InstanceSeconds { month_hours * whole(3600) } else { month_hours.clone() }
    }

    /// Whether its price changes with the clock.
    pub fn is_spot(&self) -> bool {
        matches!(self.pricing, Pricing::Spot(_))
    }

    /// Whether its price depends on the clock hour of use, so that `Metered::hourly` is needed.
    pub fn is_hourly(&self) -> bool {
        matches!(
            &self.pricing,
            Pricing::Spot(_) | Pricing::Sustained(_, _, sustained::Pool::Size | sustained::Pool::Account)
        )
    }

    /// Whether it is a credit: some price is negative and none is above zero.
    pub fn is_credit(&self) -> bool {
        let amounts = self.amounts();
        amounts.iter().any(|amount| amount.is_credit()) && !amounts.iter().any(|amount| amount.is_paid())
    }

    /// All prices of it.
    pub fn amounts(&self) -> Vec<&Amount> {
        match &self.pricing {
            Pricing::Price(amount) | Pricing::Sustained(amount, ..) => vec![amount],
            Pricing::Graduated(tiers) | Pricing::Volume(tiers) => tiers.iter().map(|tier| &tier.price).collect(),
            Pricing::Spot(periods) => periods.iter().map(|period| &period.price).collect(),
        }
    }

    /// Whether the simulator or a row must say who used what, and not the sum alone.
    pub fn is_per_resource(&self) -> bool {
        let per_instance = matches!(self.free, Free::PerInstance { .. });
        let capped = self.cap.is_some() && self.meter.is_plain_time();
        let by_resource = matches!(self.pricing, Pricing::Sustained(_, _, sustained::Pool::Resource));
        self.scope == Scope::Resource || per_instance || capped || by_resource
    }

    /// What was used, in the meter's units.
    pub fn quantity(&self, used: &Usage, month_hours: &Exact) -> Exact {
        let counting = Counting { each: &self.each, sum: &self.sum, unit: &self.unit, month_hours };
        self.meter.quantity(used, &counting)
    }

    /// How sure the price of a size is.
    pub fn confidence_of(&self, size: Option<usize>) -> Confidence {
        self.confidence.of(size)
    }
}
