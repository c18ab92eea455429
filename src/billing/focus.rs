//! Invoices in the format of the FinOps Open Cost and Usage Specification, FOCUS 1.2
//! (<https://focus.finops.org>): a row for each line.
//!
//! All 57 columns are written, in alphabetical order; an empty field is null. Custom columns begin
//! with `x_`, as the specification asks. What stands under `ListCost` is what the same use costs
//! without allowances and commitments.

use super::invoice::{Invoice, Line, LineKind};
use super::meter::Meter;
use super::reading::exact_text;
use crate::units::{Currency, Exact};
use num_traits::Zero;
use std::io::Write;

/// The columns of FOCUS 1.2, and three of our own.
pub const COLUMNS: [&str; 60] = [
    "AvailabilityZone",
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingAccountType",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "CapacityReservationId",
    "CapacityReservationStatus",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountStatus",
    "CommitmentDiscountType",
    "CommitmentDiscountUnit",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "InvoiceId",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingCurrency",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "Tags",
    "x_Confidence",
    "x_CoveredQuantity",
    "x_FreeQuantity",
];

/// What the rows of one account's invoice have in common.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    /// The account's identifier: a tenant's, or the usage file's name.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The model's name in the catalogue.
    pub hosting: &'a str,
    /// The model's provider.
    pub provider: &'a str,
    /// The model's product.
    pub product: &'a str,
    /// The model's family.
    pub family: &'a str,
    /// The first moment of the month and the first after it, `YYYY-MM-DDTHH:mm:ssZ`.
    pub period: (&'a str, &'a str),
}

/// A row: the account, the line, and what it costs at list prices.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// Whose it is.
    pub account: &'a Account<'a>,
    /// The currency of its amounts.
    pub currency: Currency,
    /// What it bills.
    pub line: &'a Line,
    /// What that costs without allowances and commitments.
    pub list_cost: Exact,
}

/// The rows of an invoice. `at_list`: the same use without allowances and commitments.
pub fn rows<'a>(account: &'a Account<'a>, invoice: &'a Invoice, at_list: &Invoice) -> Vec<Row<'a>> {
    let listed = |line: &Line| {
        let of_charge = |other: &&Line| line.charge.is_some() && other.charge == line.charge;
        at_list.lines.iter().find(of_charge).map_or_else(|| line.amount.clone(), |other| other.amount.clone())
    };
    let row = |line: &'a Line| Row { account, currency: invoice.currency, line, list_cost: listed(line) };
    invoice.lines.iter().filter(|line| !(line.quantity.is_zero() && line.amount.is_zero())).map(row).collect()
}

/// Writes the header and the rows as CSV.
///
/// # Errors
/// What the writer says.
pub fn write<'a>(rows: impl IntoIterator<Item = Row<'a>>, to: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(COLUMNS.map(|column| row.field(column)))?;
    }
    Ok(writer.flush()?)
}

impl Row<'_> {
    /// What stands in a column.
    pub fn field(&self, column: &str) -> String {
        let (account, line) = (self.account, self.line);
        let used = matches!(line.kind, LineKind::Usage | LineKind::Commitment);
        let if_used = |text: String| if used { text } else { String::new() };
        match column {
            "BilledCost" | "EffectiveCost" => exact_text(&line.amount),
            "ListCost" | "ContractedCost" => exact_text(&self.list_cost),
            "BillingAccountId" | "SubAccountId" => account.id.into(),
            "BillingAccountName" | "SubAccountName" => account.name.into(),
            "BillingAccountType" => "Billing Account".into(),
            "SubAccountType" => "Tenant".into(),
            "BillingCurrency" | "PricingCurrency" => self.currency.code().into(),
            "BillingPeriodStart" | "ChargePeriodStart" => account.period.0.into(),
            "BillingPeriodEnd" | "ChargePeriodEnd" => account.period.1.into(),
            "ChargeCategory" => self.category().into(),
            "ChargeDescription" => format!("{}: {}", account.product, line.name),
            "ChargeFrequency" => self.frequency().into(),
            "InvoiceId" => format!("{}-{}", account.id, account.period.0.get(..7).unwrap_or_default()),
            "InvoiceIssuerName" | "ProviderName" | "PublisherName" => account.provider.into(),
            "PricingQuantity" => if_used(exact_text(&line.quantity)),
            "ConsumedQuantity" if line.kind == LineKind::Usage => exact_text(&line.quantity),
            "PricingUnit" => if_used(unit(&line.meter)),
            "ConsumedUnit" if line.kind == LineKind::Usage => unit(&line.meter),
            "ListUnitPrice" | "ContractedUnitPrice" if used => {
                line.unit_price.as_ref().map_or(String::new(), exact_text)
            }
            "PricingCategory" if used => self.pricing_category().into(),
            "ResourceId" => format!("{}/{}", account.id, account.hosting),
            "ResourceName" => account.name.into(),
            "ResourceType" => resource_type(account.family).into(),
            "ServiceCategory" => service(&line.meter).into(),
            "ServiceName" => account.product.into(),
            "ServiceSubcategory" => self.subcategory().into(),
            "SkuId" | "SkuPriceId" if used => format!("{}/{}", account.hosting, line.name),
            "SkuMeter" if used => line.meter.clone(),
            "CommitmentDiscountId" | "CommitmentDiscountName" if line.kind == LineKind::Commitment => line.name.clone(),
            "CommitmentDiscountCategory" if line.kind == LineKind::Commitment => "Usage".into(),
            "CommitmentDiscountType" if line.kind == LineKind::Commitment => "Reserved".into(),
            "Tags" => serde_json::json!({ "family": account.family, "hosting": account.hosting }).to_string(),
            "x_Confidence" => line.confidence.name().into(),
            "x_CoveredQuantity" => exact_text(&line.covered),
            "x_FreeQuantity" => exact_text(&line.free),
            _ => String::new(),
        }
    }

    fn category(&self) -> &'static str {
        match self.line.kind {
            LineKind::Usage => "Usage",
            LineKind::Commitment => "Purchase",
            LineKind::Minimum => "Adjustment",
            LineKind::Credit => "Credit",
            LineKind::Tax => "Tax",
        }
    }

    fn frequency(&self) -> &'static str {
        let owned_like = matches!(self.account.family, "colocation" | "dedicated");
        let flat = self.line.meter == Meter::Months.name();
        match self.line.kind {
            LineKind::Usage if owned_like || flat => "Recurring",
            LineKind::Usage => "Usage-Based",
            LineKind::Commitment => "Recurring",
            _ => "One-Time",
        }
    }

    fn pricing_category(&self) -> &'static str {
        if self.line.kind == LineKind::Commitment { "Committed" } else { "Standard" }
    }

    fn subcategory(&self) -> &'static str {
        match (service(&self.line.meter), self.account.family) {
            ("Networking", _) => "Other (Networking)",
            ("Storage", _) => "Other (Storage)",
            (_, "colocation" | "dedicated" | "vps") => "Virtual Machines",
            (_, "container") => "Containers",
            (_, "serverless") => "Serverless Compute",
            _ => "Other (Compute)",
        }
    }
}

fn service(meter: &str) -> &'static str {
    match Meter::parse(meter) {
        Meter::EgressGb | Meter::EgressGib | Meter::BandwidthP95Mbps => "Networking",
        Meter::StorageGbMonths | Meter::StorageGibMonths => "Storage",
        _ => "Compute",
    }
}

fn resource_type(family: &str) -> &'static str {
    match family {
        "colocation" | "dedicated" => "Server",
        "vps" => "Virtual Machine",
        "container" => "Container",
        "serverless" => "Function",
        _ => "Application",
    }
}

/// A meter's unit as the specification writes units: singular measures, hyphens between them.
fn unit(meter: &str) -> String {
    let known = match Meter::parse(meter) {
        Meter::Requests => "Requests",
        Meter::InstanceSeconds => "Seconds",
        Meter::InstanceHours => "Hours",
        Meter::GibSeconds | Meter::ProvisionedGibSeconds => "GiB-Seconds",
        Meter::GbSeconds => "GB-Seconds",
        Meter::GhzSeconds => "GHz-Seconds",
        Meter::VcpuSeconds => "vCPU-Seconds",
        Meter::CpuMilliseconds => "Milliseconds",
        Meter::EgressGb => "GB",
        Meter::EgressGib => "GiB",
        Meter::StorageGbMonths => "GB-Months",
        Meter::StorageGibMonths => "GiB-Months",
        Meter::RackUnits => "Rack Units",
        Meter::Kilowatts => "Kilowatts",
        Meter::Months => "Months",
        Meter::SurplusVcpuHours => "vCPU-Hours",
        Meter::BandwidthP95Mbps => "Mbps",
        Meter::Other(name) => return name,
    };
    known.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns that every row must fill, by the specification (ChargeClass may be null).
    const MANDATORY: [&str; 18] = [
        "BilledCost",
        "BillingAccountId",
        "BillingAccountName",
        "BillingCurrency",
        "BillingPeriodEnd",
        "BillingPeriodStart",
        "ChargeCategory",
        "ChargeDescription",
        "ChargePeriodEnd",
        "ChargePeriodStart",
        "ContractedCost",
        "EffectiveCost",
        "InvoiceIssuerName",
        "ListCost",
        "ProviderName",
        "PublisherName",
        "ServiceCategory",
        "ServiceName",
    ];

    #[test]
    fn every_mandatory_column_is_there_and_filled() {
        let period = ("2017-08-01T00:00:00Z", "2017-09-01T00:00:00Z");
        let account = Account {
            id: "tenant-1",
            name: "api",
            hosting: "aws-lambda-2017",
            provider: "Amazon Web Services",
            product: "AWS Lambda",
            family: "serverless",
            period,
        };
        let line = crate::billing::invoice::plain_line("compute", "gib-seconds");
        let row = Row { account: &account, currency: Currency::USD, line: &line, list_cost: Exact::zero() };
        for column in MANDATORY {
            assert!(COLUMNS.contains(&column) && !row.field(column).is_empty(), "{column}");
        }
        assert!(COLUMNS.is_sorted_by_key(|column| column.starts_with("x_")));
        assert_eq!(row.field("ServiceSubcategory"), "Serverless Compute");
        let mut written = Vec::new();
        write([row], &mut written).unwrap();
        let text = String::from_utf8(written).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap().len(), 60);
        assert_eq!(reader.records().map(Result::unwrap).count(), 1);
    }
}
