//! A heap of events: time, app, and what it is.

type Event = (u64, u32, u32);

/// A four-ary heap (which beats the standard library's binary one here), first time first.
#[derive(Default)]
pub struct Heap(Vec<Event>);

impl Heap {
    #[inline]
    pub fn first(&self) -> Option<Event> {
        self.0.first().copied()
    }

    #[inline]
    pub fn push(&mut self, time: u64, app: u32, what: u32) {
        let mut hole = self.0.len();
        self.0.push((time, app, what));
        while hole > 0 {
            let parent = (hole - 1) / 4;
            if self.0[parent].0 <= time {
                break;
            }
            self.0[hole] = self.0[parent];
            hole = parent;
        }
        self.0[hole] = (time, app, what);
    }

    #[inline]
    pub fn remove_first(&mut self) {
        if let Some((time, app, what)) = self.0.pop()
            && !self.0.is_empty()
        {
            self.replace_first(time, app, what);
        }
    }

    /// Puts another event in the place of the first, and lets it sink.
    #[inline]
    pub fn replace_first(&mut self, time: u64, app: u32, what: u32) {
        let len = self.0.len();
        let mut hole = 0;
        loop {
            let first = 4 * hole + 1;
            if first >= len {
                break;
            }
            let mut least = first;
            for child in first + 1..(first + 4).min(len) {
                if self.0[child].0 < self.0[least].0 {
                    least = child;
                }
            }
            if time <= self.0[least].0 {
                break;
            }
            self.0[hole] = self.0[least];
            hole = least;
        }
        self.0[hole] = (time, app, what);
    }
}
