//! Invoices in the format of the FinOps Open Cost and Usage Specification, FOCUS 1.2
//! (<https://focus.finops.org>): a row for each line.
//!
//! All 57 columns are written, in alphabetical order; an empty field is null. Custom columns begin
//! with `x_`, as the specification asks. What stands under `ListCost` is what the same use costs
//! without allowances and commitments. What a commitment costs is a purchase without an effective
//! cost of its own: that is on the use that it covered and on the rest of it, which was not used.
//! `BilledCost` adds up to the invoice, and so does `EffectiveCost`.

mod row;
mod rows;
mod words;

pub use row::{Discount, Kind, Row};
pub use rows::rows;

use crate::document::harmless;
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
    /// The names of its resources, by the lower half of the numbers that the lines' parts have.
    pub resources: &'a [(u64, String)],
}

/// Writes the header and the rows as CSV.
///
/// # Errors
/// What the writer says.
pub fn write<'a>(rows: impl IntoIterator<Item = Row<'a>>, to: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(harmless(COLUMNS.map(|column| row.field(column))))?;
    }
    Ok(writer.flush()?)
}
