//! Hosting: instances, how they start, who gets which request, how many there are, how long they
//! are kept. The world has the mechanics; a [`HostingModel`] decides.

pub(crate) mod account;
pub(crate) mod brief;
mod closing;
pub mod cluster;
pub mod course;
pub mod credits;
pub(crate) mod crowding;
pub mod deployment;
pub mod facts;
pub(crate) mod failing;
pub mod initial;
pub mod instance;
pub mod keep_alive;
pub(crate) mod lane;
pub(crate) mod metering;
mod on_demand;
mod pool;
pub mod quota;
pub mod request;
pub mod retries;
pub mod routing;
pub mod scaling;
mod service;
pub(crate) mod sharing;
pub(crate) mod slab;
mod starts;
pub mod timeout;
pub mod world;

pub use deployment::{Deployment, WhenFull};
pub use failing::{Failures, Recovery};
pub use on_demand::OnDemand;
pub use pool::Pool;
pub use world::{Event, Notice, Outcome, World};

/// A behaviour of hosting: what is done with each request and each instance of one deployment.
///
/// The two that the catalogue's models use are [`Pool`] and [`OnDemand`]; a library's user can
/// plug in another. Every request that arrives must be let in ([`World::enter`]), bound to a
/// starting instance ([`World::bind`]), put into its lane's queue ([`World::enqueue`]) or rejected
/// ([`World::reject`]).
pub trait HostingModel: Send {
    /// The simulation begins: order what stands ready.
    fn begin(&mut self, world: &mut World, deployment: u32);
    /// A request has arrived.
    fn arrived(&mut self, world: &mut World, request: u32);
    /// A place has become free in an instance; it may be idle now, or draining and empty.
    fn freed(&mut self, world: &mut World, instance: u32);
    /// An instance has become ready; requests bound to it are inside already.
    fn ready(&mut self, _world: &mut World, _instance: u32) {}
    /// A request left the queue, or a starting instance, without being served.
    fn abandoned(&mut self, _world: &mut World, _lane: u32) {}
    /// A timer set with [`World::set_timer`].
    fn timer(&mut self, _world: &mut World, _lane: u32, _token: u32) {}
    /// The deployment's oldest idle instance may have expired.
    fn expiry(&mut self, _world: &mut World) {}
    /// An instance with a keep-alive length of its own may have expired.
    fn instance_expiry(&mut self, _world: &mut World, _instance: u32) {}
    /// There may be room on the fleet again for a lane that had found none.
    fn room(&mut self, _world: &mut World, _lane: u32) {}
    /// An instance's server has failed: it is to be emptied ([`World::crash`]), and stopped or
    /// taken down.
    fn failed(&mut self, world: &mut World, instance: u32) {
        world.crash(instance);
        world.stop(instance);
    }
    /// All instances on a failed server have been dealt with: these lanes had some there, and
    /// these requests, in the order of their arrival, are in no queue and no instance.
    fn after_failure(&mut self, world: &mut World, _lanes: &[u32], requests: &[u32]) {
        for request in requests {
            self.arrived(world, *request);
        }
    }
    /// The server of an instance that was taken down is repaired.
    fn repaired(&mut self, _world: &mut World, _instance: u32) {}
}

/// The behaviours that there are.
pub enum Behaviour {
    /// Instances that are ordered.
    Pool(Pool),
    /// Instances that come with requests.
    OnDemand(OnDemand),
    /// One from outside the crate.
    Other(Box<dyn HostingModel>),
}

impl Behaviour {
    /// The behaviour that a deployment's scaling asks for.
    pub fn of(deployment: &Deployment) -> Behaviour {
        if deployment.scaling.is_on_demand() {
            Behaviour::OnDemand(OnDemand::default())
        } else {
            Behaviour::Pool(Pool::default())
        }
    }

    /// The behaviour as a hosting model.
    pub fn model(&mut self) -> &mut dyn HostingModel {
        match self {
            Behaviour::Pool(pool) => pool,
            Behaviour::OnDemand(on_demand) => on_demand,
            Behaviour::Other(other) => other.as_mut(),
        }
    }

    /// Tells of an arrival; without a virtual call for the crate's own behaviours.
    #[inline]
    pub(crate) fn arrived(&mut self, world: &mut World, request: u32) {
        match self {
            Behaviour::Pool(pool) => pool.arrived(world, request),
            Behaviour::OnDemand(on_demand) => on_demand.arrived(world, request),
            Behaviour::Other(other) => other.arrived(world, request),
        }
    }

    /// Tells of a free place; likewise.
    #[inline]
    pub(crate) fn freed(&mut self, world: &mut World, instance: u32) {
        match self {
            Behaviour::Pool(pool) => pool.freed(world, instance),
            Behaviour::OnDemand(on_demand) => on_demand.freed(world, instance),
            Behaviour::Other(other) => other.freed(world, instance),
        }
    }
}
