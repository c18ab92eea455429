//! Files that users write, read with a place for every word.
//!
//! A TOML text becomes a tree of [`Node`]s, each of which knows the file and the bytes it came
//! from. Readers walk that tree and put what is wrong into [`Diagnostics`], going on after each
//! error, so that all errors of a file are reported at once. Derived deserialisation would stop
//! at the first.

mod bounded;
pub mod checksum;
mod clean;
mod confidence;
mod declare;
mod diagnostics;
mod node;
mod read;
mod render;
mod slip;
mod suggest;
mod syntax;
mod table_cell;
mod unclosed;

pub use bounded::{LONGEST_TABLE, LONGEST_TOML, read_all, read_bounded, read_plain_text, read_text};
pub use clean::{visible, visible_lines};
pub use confidence::Confidence;
pub use declare::{Declared, Field, Key, Literal, Quantity, Shape};
pub use diagnostics::{Diagnostics, Origin, SourceId, Sources};
pub use node::{Node, Value};
pub use read::{
    Kind, Read, Slip, Table, as_f64, boolean, bytes, count, energy_price, fraction, kind, list, money, money_rate,
    named, non_negative, number, positive, positive_count, positive_span, power, price, quantity, rate, span, text,
};
pub use suggest::{suggest, suggest_model};
pub use table_cell::{harmless, harmless_cell};
