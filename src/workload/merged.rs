//! Streams of single tenants, merged by (time, tenant).

use crate::units::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// The arrivals of one tenant.
pub(super) trait Process {
    /// The next arrival before `end`; `None` for good where there is none.
    fn next(&mut self, end: Time) -> Option<Time>;
}

/// The arrivals of all tenants of an app.
pub(super) struct Merged<P> {
    heap: BinaryHeap<Reverse<(Time, u32)>>,
    processes: Vec<P>,
}

impl<P: Process> Merged<P> {
    /// Of processes in the order of the tenants.
    pub(super) fn new(mut processes: Vec<P>, end: Time) -> Merged<P> {
        let first = processes.iter_mut().enumerate();
        let heap = first.filter_map(|(i, process)| process.next(end).map(|time| Reverse((time, i as u32))));
        Merged { heap: heap.collect(), processes }
    }

    /// The next arrival and its tenant.
    pub(super) fn next(&mut self, end: Time) -> Option<(Time, u32)> {
        let mut top = self.heap.peek_mut()?;
        let (time, tenant) = top.0;
        match self.processes[tenant as usize].next(end) {
            Some(next) => top.0.0 = next,
            None => {
                PeekMut::pop(top);
            }
        }
        Some((time, tenant))
    }
}
