//! A deployment's idle instances in order of when they became idle: the oldest expires first, so
//! one timer per deployment serves all of them, and eviction finds the least recently used.

use crate::hosting::lane::Stack;
use crate::hosting::slab::NONE;
use crate::hosting::world::World;

/// The ends of the list; the links are in the instances.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdleList {
    oldest: u32,
    newest: u32,
    pub(crate) armed: bool,
}

impl Default for IdleList {
    fn default() -> Self {
        IdleList { oldest: NONE, newest: NONE, armed: false }
    }
}

impl IdleList {
    /// The instance that has been idle for longest, or `NONE`.
    pub(crate) fn oldest(&self) -> u32 {
        self.oldest
    }
}

impl World {
    /// Puts an instance that has just become idle at the list's young end.
    #[inline]
    pub(crate) fn join_idle(&mut self, instance: u32) {
        let deployment = self.instances[instance].deployment as usize;
        let newest = std::mem::replace(&mut self.idle[deployment].newest, instance);
        if newest == NONE {
            self.idle[deployment].oldest = instance;
        } else {
            self.instances[newest].idle_newer = instance;
        }
        let joining = &mut self.instances[instance];
        joining.idle_older = newest;
        joining.idle_newer = NONE;
    }

    /// Takes an idle instance out of the list, and out of its lane's stack.
    #[inline]
    pub(crate) fn leave_idle(&mut self, instance: u32) {
        let leaving = &mut self.instances[instance];
        let (older, newer) = (leaving.idle_older, leaving.idle_newer);
        let (deployment, lane) = (leaving.deployment as usize, leaving.lane as usize);
        leaving.idle_older = NONE;
        leaving.idle_newer = NONE;
        if older == NONE {
            self.idle[deployment].oldest = newer
        } else {
            self.instances[older].idle_newer = newer
        }
        if newer == NONE {
            self.idle[deployment].newest = older
        } else {
            self.instances[newer].idle_older = older
        }
        self.unstack(instance, Stack::Idle);
        if self.making_room.is_some() {
            self.may_not_evict(instance, self.lanes[lane].tops[Stack::Idle as usize] == NONE);
        }
    }

    /// Puts an idle instance on top of its lane's stack, where the next request finds it.
    #[inline]
    pub(crate) fn push_idle(&mut self, instance: u32) {
        self.instances[instance].idle_since = self.now;
        if self.making_room.is_some() {
            let lane = self.instances[instance].lane as usize;
            self.may_evict(instance, self.lanes[lane].tops[Stack::Idle as usize] == NONE);
        }
        self.stack(instance, Stack::Idle);
        self.join_idle(instance);
    }

    /// Puts an instance on top of one of its lane's stacks.
    #[inline]
    pub(crate) fn stack(&mut self, instance: u32, stack: Stack) {
        let lane = self.instances[instance].lane as usize;
        let below = std::mem::replace(&mut self.lanes[lane].tops[stack as usize], instance);
        if below != NONE {
            self.instances[below].above = instance;
        }
        let stacked = &mut self.instances[instance];
        stacked.below = below;
        stacked.above = NONE;
    }

    /// Takes an instance out of one of its lane's stacks, wherever it stands there.
    #[inline]
    pub(crate) fn unstack(&mut self, instance: u32, stack: Stack) {
        let leaving = &mut self.instances[instance];
        let (below, above, lane) = (leaving.below, leaving.above, leaving.lane as usize);
        leaving.below = NONE;
        leaving.above = NONE;
        if below != NONE {
            self.instances[below].above = above;
        }
        if above == NONE {
            self.lanes[lane].tops[stack as usize] = below;
        } else {
            self.instances[above].below = below;
        }
    }
}
