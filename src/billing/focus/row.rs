//! A row, and what stands in each of its columns.

use super::{Account, words};
use crate::billing::confidence::Confidence;
use crate::billing::invoice::{CommittedUse, LineKind};
use crate::billing::meter::Meter;
use crate::billing::reading::exact_text;
use crate::units::{Currency, Exact};
use num_traits::{Signed, Zero};

/// A decimal that no reader takes for an integer.
fn decimal(value: &Exact) -> String {
    let text = exact_text(value);
    if text.contains('.') { text } else { format!("{text}.00") }
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was used, and is paid as such.
    Usage,
    /// What was used, and a commitment covered.
    Committed,
    /// What of a commitment was not used.
    Unused,
    /// What a commitment costs.
    Purchase,
    /// What lifts an invoice to its least amount, or rounds it.
    Adjustment,
    /// A credit.
    Credit,
    /// A tax.
    Tax,
}

impl Kind {
    /// Of a line that no commitment covers.
    pub fn of(kind: LineKind) -> Kind {
        match kind {
            LineKind::Usage => Kind::Usage,
            LineKind::Commitment => Kind::Purchase,
            LineKind::Minimum => Kind::Adjustment,
            LineKind::Credit => Kind::Credit,
            LineKind::Tax => Kind::Tax,
        }
    }

    /// The specification's word.
    fn category(self) -> &'static str {
        match self {
            Kind::Usage | Kind::Committed | Kind::Unused => "Usage",
            Kind::Purchase => "Purchase",
            Kind::Adjustment => "Adjustment",
            Kind::Credit => "Credit",
            Kind::Tax => "Tax",
        }
    }

    /// Whether something was used or bought, which has a price.
    fn is_priced(self) -> bool {
        matches!(self, Kind::Usage | Kind::Committed | Kind::Unused | Kind::Purchase)
    }
}

/// What a commitment gives or costs.
#[derive(Clone, Debug)]
pub struct Discount<'a> {
    /// The commitment.
    pub of: &'a CommittedUse,
    /// How much of it.
    pub quantity: Exact,
    /// In what unit: hours, or the currency's code.
    pub unit: String,
}

/// A row of an invoice's file.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// Whose it is.
    pub account: &'a Account<'a>,
    /// The currency of its amounts.
    pub currency: Currency,
    /// What it is about.
    pub kind: Kind,
    /// The line's name.
    pub name: String,
    /// The meter's name.
    pub meter: &'a str,
    /// The resource that it is of, where that has a name.
    pub resource: Option<&'a str>,
    /// The word by which the line was asked for.
    pub asked: Option<&'a str>,
    /// Whether it gives back what was billed before.
    pub refund: bool,
    /// Whether it was paid once, for more than the month.
    pub once: bool,
    /// What is paid.
    pub billed: Exact,
    /// What is paid, with what was paid before for it.
    pub effective: Exact,
    /// What it costs without allowances and commitments.
    pub list: Exact,
    /// How much has a price.
    pub priced: Option<Exact>,
    /// How much was used.
    pub consumed: Option<Exact>,
    /// The price of one unit, where all have the same.
    pub unit_price: Option<Exact>,
    /// Whether the price changes with the clock.
    pub dynamic: bool,
    /// The commitment that it is of.
    pub discount: Option<Discount<'a>>,
    /// How sure the price is.
    pub confidence: Confidence,
    /// What of the line commitments covered.
    pub covered: Exact,
    /// What of the line was free.
    pub free: Exact,
}

impl Row<'_> {
    /// What stands in a column; empty: null.
    pub fn field(&self, column: &str) -> String {
        let account = self.account;
        let if_priced = |text: String| if self.kind.is_priced() { text } else { String::new() };
        let number = |value: &Option<Exact>| value.as_ref().map_or(String::new(), decimal);
        let service = words::service(self.meter, self.asked, account.family);
        let part = |name: &str, between: &str| match service.part {
            "" => name.to_string(),
            part => format!("{name}{between}{part}"),
        };
        let unit_of = |value: &Option<Exact>| value.as_ref().map_or(String::new(), |_| words::unit(self.meter));
        match column {
            "BilledCost" => decimal(&self.billed),
            "EffectiveCost" | "PricingCurrencyEffectiveCost" => decimal(&self.effective),
            "ListCost" | "ContractedCost" => decimal(&self.list),
            "BillingAccountId" | "SubAccountId" => account.id.into(),
            "BillingAccountName" | "SubAccountName" => account.name.into(),
            "ResourceName" => self.resource.map_or_else(|| part(account.name, " "), String::from),
            "ChargeClass" if self.refund => "Correction".into(),
            "BillingAccountType" => "Billing Account".into(),
            "SubAccountType" => "Tenant".into(),
            "BillingCurrency" | "PricingCurrency" => self.currency.code().into(),
            "BillingPeriodStart" | "ChargePeriodStart" => account.period.0.into(),
            "BillingPeriodEnd" | "ChargePeriodEnd" => account.period.1.into(),
            "ChargeCategory" => self.kind.category().into(),
            "ChargeDescription" => format!("{}: {}", account.product, self.name),
            "ChargeFrequency" => self.frequency().into(),
            "InvoiceId" => format!("{}-{}", account.id, account.period.0.get(..7).unwrap_or_default()),
            "InvoiceIssuerName" | "ProviderName" | "PublisherName" => account.provider.into(),
            "PricingQuantity" => if_priced(number(&self.priced)),
            "PricingUnit" => if_priced(unit_of(&self.priced)),
            "ConsumedQuantity" => number(&self.consumed),
            "ConsumedUnit" => unit_of(&self.consumed),
            "ListUnitPrice"
            | "ContractedUnitPrice"
            | "PricingCurrencyListUnitPrice"
            | "PricingCurrencyContractedUnitPrice" => if_priced(number(&self.list_unit_price())),
            "PricingCategory" => if_priced(self.pricing_category().into()),
            "ResourceId" => {
                let id = part(&format!("{}/{}", account.id, account.hosting), "/");
                self.resource.map_or_else(|| id.clone(), |name| format!("{id}/{name}"))
            }
            "ResourceType" => service.resource.into(),
            "ServiceCategory" => service.category.into(),
            "ServiceName" => part(account.product, " "),
            "ServiceSubcategory" => service.subcategory.into(),
            "SkuId" | "SkuPriceId" => if_priced(format!("{}/{}", account.hosting, self.name)),
            "SkuMeter" => if_priced(self.meter.into()),
            "Tags" => serde_json::json!({ "family": account.family, "hosting": account.hosting }).to_string(),
            "x_Confidence" => self.confidence.name().into(),
            "x_CoveredQuantity" => decimal(&self.covered),
            "x_FreeQuantity" => decimal(&self.free),
            other => self.discount.as_ref().map_or(String::new(), |discount| self.of_discount(discount, other)),
        }
    }

    fn of_discount(&self, discount: &Discount<'_>, column: &str) -> String {
        match column {
            "CommitmentDiscountId" | "CommitmentDiscountName" => discount.of.plan.clone(),
            "CommitmentDiscountCategory" => if discount.of.spend { "Spend" } else { "Usage" }.into(),
            "CommitmentDiscountType" if discount.of.reserved => "Reserved".into(),
            "CommitmentDiscountType" => if discount.of.spend { "Savings Plan" } else { "Committed Use" }.into(),
            "CommitmentDiscountQuantity" => decimal(&discount.quantity),
            "CommitmentDiscountUnit" => discount.unit.clone(),
            "CommitmentDiscountStatus" if self.kind == Kind::Committed => "Used".into(),
            "CommitmentDiscountStatus" if self.kind == Kind::Unused => "Unused".into(),
            _ => String::new(),
        }
    }

    /// What a unit costs at list prices: as the price list has it, or, where tiers, caps or least amounts make it
    /// another, what makes the list cost of the quantity.
    fn list_unit_price(&self) -> Option<Exact> {
        let quantity = self.priced.as_ref().filter(|quantity| !quantity.is_zero())?;
        let cent = Exact::new(1.into(), 100.into());
        let agrees = |price: &&Exact| (*price * quantity - &self.list).abs() < cent;
        let price = self.unit_price.as_ref().filter(agrees).cloned();
        Some(price.unwrap_or_else(|| &self.list / quantity))
    }

    fn frequency(&self) -> &'static str {
        let owned_like = matches!(self.account.family, "colocation" | "dedicated");
        let flat = self.meter == Meter::Months.name();
        match self.kind {
            Kind::Usage if owned_like || flat => "Recurring",
            Kind::Usage | Kind::Committed | Kind::Unused => "Usage-Based",
            Kind::Purchase if self.once => "One-Time",
            Kind::Purchase => "Recurring",
            Kind::Adjustment | Kind::Credit | Kind::Tax => "One-Time",
        }
    }

    fn pricing_category(&self) -> &'static str {
        match self.kind {
            Kind::Committed | Kind::Unused => "Committed",
            _ if self.dynamic => "Dynamic",
            _ => "Standard",
        }
    }
}
