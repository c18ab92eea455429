//! What a simulation holds in memory, and when that is too much.

use super::Simulation;
use crate::fleet::Fleet;
use crate::hosting::Event;
use crate::hosting::crowding::Crowding;
use crate::hosting::instance::Instance;
use crate::hosting::lane::Lane;
use crate::hosting::request::Request;
use crate::memory::{TooMuch, of_list};
use crate::workload::Arrival;

/// More than this never happens between two looks: the arrivals of a window, and what each brings about.
const BETWEEN: usize = 1 << 15;
/// Besides its value, a slot has a generation and the next free one; an event a time and a rank.
const SLOT: usize = 8;

impl Simulation {
    /// Notes what is held now.
    pub(super) fn account(&mut self) -> Result<(), TooMuch> {
        let world = &self.world;
        let slots = |slots: usize, capacity: usize, size: usize| {
            of_list::<u8>(slots * size, capacity * size, BETWEEN.min(slots + 1) * size)
        };
        let requests = world.requests.slots();
        let held = slots(requests, world.requests.capacity(), size_of::<Request>() + SLOT)
            + slots(world.instances.slots(), world.instances.capacity(), size_of::<Instance>() + SLOT)
            + slots(self.pending.slots(), self.pending.capacity(), size_of::<Option<Arrival>>() + SLOT)
            + slots(world.agenda.len(), world.agenda.capacity(), size_of::<Event>() + 2 * SLOT)
            + (world.lanes.len() * size_of::<Lane>()) as u64
            + (world.fleet.servers().len() * Fleet::BYTES_A_SERVER) as u64
            + world.crowding.as_ref().map_or(0, Crowding::bytes);
        let (instances, servers) = (world.instances.slots(), world.fleet.servers().len());
        self.account.hold(held, || {
            format!(
                "{requests} requests, {instances} instances and {servers} servers are there at once, in this simulation and \
                 others beside it; offer less work, bound the `queue`, or take a smaller fleet"
            )
        })
    }
}
