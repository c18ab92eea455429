//! Sweeps: a scenario at many points, durable, resumable and in shards.

pub mod axis;
pub mod design;
pub mod scale;
