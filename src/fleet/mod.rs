//! Where instances run: servers, their placement, isolation and power.
//!
//! One fleet serves all instances of a case. All capacities are integers (millionths of a core,
//! bytes), so that what is reserved is exact at all times and no comparison of two servers
//! depends on rounding.

mod demand;
mod evidence;
mod isolation;
pub mod placement;
mod pool;
mod power;
mod server;

pub use demand::{Demand, ServerId};
pub use evidence::{Confidence, Evidence};
pub use isolation::{Isolation, Layer};
pub use placement::{Placement, Policy};
pub use pool::{Fleet, MOST_SERVERS, Server};
pub use power::{Power, energy_cost};
pub use server::ServerKind;
