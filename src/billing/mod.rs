//! What was used, turned into invoices, exactly.
//!
//! Facts become integer sums, a [`Meter`] turns them into exact quantities, a [`Charge`] prices a
//! quantity, and [`invoice`] adds the lines up and rounds where the provider does. The same code
//! prices a simulated case and a usage file ([`usage::bill`]).

pub mod account;
pub mod calendar;
pub mod charge;
pub mod confidence;
pub mod focus;
mod invoice;
pub mod labour;
pub mod meter;
pub mod percentile;
mod price_list;
pub mod provider;
pub mod reading;
pub mod render;
pub mod usage;
mod used;
mod words;

pub use charge::{Charge, Each, Free, Of, Over, Scope, read as read_charge};
pub use confidence::Confidence;
pub use invoice::{BeyondLastTier, Committed, CommittedUse, Invoice, Line, LineKind, Metered, Terms, invoice};
pub use labour::{
    Labour, LabourOverrides, LabourTable, LabourUse, Managed, Position, Positions, Slice, SliceLabour, Spread,
};
pub use meter::Meter;
pub use price_list::{PriceList, RoundEach, Rounding, Tax};
pub use provider::{FleetUse, Ledger, ProviderCosts, owned_usd};
pub use used::{Balanced, Counting, Usage};
pub use words::known_word;
