//! The reference: one server, apps with a memory of their own, one request in an instance.

/// An app: its memory in MiB, its requests (arrival, length) in milliseconds.
#[derive(Clone, Debug)]
pub struct App {
    pub memory: u64,
    pub requests: Vec<(u64, u64)>,
}

/// What is kept, and what goes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Policy {
    None,
    Fixed(u64),
    Forever,
    /// Kept so long after the last request came.
    SinceArrival(u64),
    /// The least recently asked goes first.
    LruArrival,
    /// With one priority for all instances of an app, or one for each.
    GreedyDual {
        by_function: bool,
    },
    Frequency {
        by_function: bool,
    },
    Size {
        by_function: bool,
    },
    Landlord {
        by_function: bool,
    },
    /// Bins of 200 ms up to 2 s, threshold 1.2.
    Histogram {
        from_load: bool,
    },
}

impl Policy {
    fn is_by_function(self) -> bool {
        use Policy::{Frequency, GreedyDual, Landlord, Size};
        match self {
            GreedyDual { by_function } | Frequency { by_function } => by_function,
            Size { by_function } | Landlord { by_function } => by_function,
            _ => false,
        }
    }

    /// As a scenario writes it.
    pub fn written(self) -> String {
        match self {
            Policy::None => "\"none\"".into(),
            Policy::Fixed(ms) => format!("{{ fixed = \"{ms} ms\" }}"),
            Policy::Forever => "\"lru\"".into(),
            Policy::SinceArrival(ms) => format!("{{ ttl = {{ after = \"{ms} ms\", last-use = \"arrival\" }} }}"),
            Policy::LruArrival => "{ lru = { last-use = \"arrival\" } }".into(),
            Policy::GreedyDual { by_function: true } => "{ greedy-dual = { priority = \"function\" } }".into(),
            Policy::Frequency { by_function: true } => "{ freq = { cost = \"3 s\", priority = \"function\" } }".into(),
            Policy::Size { by_function: true } => "{ size = { priority = \"function\" } }".into(),
            Policy::Landlord { by_function: true } => "{ landlord = { priority = \"function\" } }".into(),
            Policy::GreedyDual { .. } => "\"greedy-dual\"".into(),
            Policy::Frequency { .. } => "{ freq = { cost = \"3 s\", priority = \"container\" } }".into(),
            Policy::Size { .. } => "\"size\"".into(),
            Policy::Landlord { .. } => "\"landlord\"".into(),
            Policy::Histogram { from_load } => format!(
                "{{ histogram = {{ bin = \"200 ms\", range = \"2 s\", threshold = 1.2, window = \"{}\" }} }}",
                if from_load { "load" } else { "finish" }
            ),
        }
    }
}

/// What came of an app.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counted {
    pub cold: u64,
    pub rejected: u64,
    /// Nanoseconds that its instances existed for.
    pub instance_time: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Is {
    /// Ready at a moment, for a request of that length, if one is bound.
    Starting {
        ready: u64,
        request: Option<u64>,
    },
    Busy {
        until: u64,
    },
    Idle {
        since: u64,
        expires: u64,
    },
}

#[derive(Clone)]
struct Instance {
    app: usize,
    born: u64,
    order: u64,
    uses: u64,
    /// When its last request came.
    asked: u64,
    priority: f64,
    is: Is,
    /// Which change of any instance this was: of one moment, what was known first happens first.
    set: u64,
    /// Until when one that was loaded early is kept.
    until: u64,
}

#[derive(Clone, Default)]
struct Known {
    gaps: Vec<u64>,
    finished: Option<u64>,
    load: Option<(u64, u64)>,
    used: u64,
    priority: f64,
}

pub struct Reference<'a> {
    apps: &'a [App],
    policy: Policy,
    start: u64,
    memory: u64,
    now: u64,
    clock: f64,
    order: u64,
    changes: u64,
    instances: Vec<Instance>,
    known: Vec<Known>,
    counted: Vec<Counted>,
}

const NEVER: u64 = u64::MAX;
/// Nanoseconds of a millisecond: what is given in the one is simulated in the other.
const MS: u64 = 1_000_000;

impl<'a> Reference<'a> {
    pub fn new(apps: &'a [App], policy: Policy, start: u64, memory: u64) -> Reference<'a> {
        let (known, counted) = (vec![Known::default(); apps.len()], vec![Counted::default(); apps.len()]);
        Reference {
            apps,
            policy,
            start: start * MS,
            memory,
            now: 0,
            clock: 0.0,
            order: 0,
            changes: 0,
            instances: vec![],
            known,
            counted,
        }
    }

    pub fn run(mut self, end: u64) -> Vec<Counted> {
        let mut arrivals: Vec<(u64, usize, u64)> = Vec::new();
        for (app, one) in self.apps.iter().enumerate() {
            arrivals.extend(one.requests.iter().map(|(at, length)| (at * MS, app, length * MS)));
        }
        arrivals.sort();
        let mut arrivals = arrivals.into_iter().peekable();
        loop {
            let inside = self.instances.iter().map(moment).min().unwrap_or(NEVER);
            let loads = self.known.iter().filter_map(|known| known.load).map(|load| load.0).min().unwrap_or(NEVER);
            let arrival = arrivals.peek().map_or(NEVER, |arrival| arrival.0);
            self.now = inside.min(loads).min(arrival);
            if self.now >= end {
                break;
            }
            if inside == self.now {
                self.change();
            } else if loads == self.now {
                self.load();
            } else if let Some((_, app, length)) = arrivals.next() {
                self.arrive(app, length);
            }
        }
        self.now = end;
        while let Some(last) = self.instances.len().checked_sub(1) {
            self.stop(last);
        }
        self.counted
    }

    fn arrive(&mut self, app: usize, length: u64) {
        let active = self.instances.iter().any(|i| i.app == app && is_engaged(i));
        let known = &mut self.known[app];
        known.load = None;
        if active {
            known.gaps.push(0);
        } else if let Some(finished) = known.finished {
            known.gaps.push(self.now - finished);
        }
        let idle = |i: &Instance| if let Is::Idle { since, .. } = i.is { Some((since, i.order)) } else { None };
        let warm = (0..self.instances.len()).filter(|i| self.instances[*i].app == app);
        if let Some(warm) =
            warm.clone().filter(|i| idle(&self.instances[*i]).is_some()).max_by_key(|i| idle(&self.instances[*i]))
        {
            self.instances[warm].asked = self.now;
            return self.enter(warm, length);
        }
        let unbound = |i: &usize| matches!(self.instances[*i].is, Is::Starting { request: None, .. });
        if let Some(starting) = warm.clone().find(unbound) {
            self.counted[app].cold += 1;
            self.instances[starting].asked = self.now;
            if let Is::Starting { request, .. } = &mut self.instances[starting].is {
                *request = Some(length);
            }
        } else if self.make_room(app) {
            self.counted[app].cold += 1;
            let new = self.create(app, Some(length));
            if self.start == 0 {
                self.enter(new, length);
            }
        } else {
            self.counted[app].rejected += 1;
        }
    }

    fn create(&mut self, app: usize, request: Option<u64>) -> usize {
        let is = Is::Starting { ready: self.now + self.start, request };
        let set = self.next_change();
        self.instances.push(Instance {
            app,
            born: self.now,
            order: 0,
            uses: 0,
            asked: self.now,
            priority: 0.0,
            is,
            set,
            until: NEVER,
        });
        self.instances.len() - 1
    }

    fn next_change(&mut self) -> u64 {
        self.changes += 1;
        self.changes
    }

    fn enter(&mut self, instance: usize, length: u64) {
        let app = self.instances[instance].app;
        self.instances[instance].set = self.next_change();
        self.instances[instance].is = Is::Busy { until: self.now + length };
        self.instances[instance].uses += 1;
        let mut uses: u64 = self.instances.iter().filter(|i| i.app == app).map(|i| i.uses).sum();
        if !self.policy.is_by_function() {
            uses = self.instances[instance].uses;
        }
        let (uses, size) = (uses as f64, self.apps[app].memory as f64);
        let cost = if self.start == 0 { 1.0 } else { self.start as f64 / 1e9 };
        self.known[app].used = self.now;
        let priority = self.clock
            + match self.policy {
                Policy::GreedyDual { .. } => uses * cost / size,
                Policy::Frequency { .. } => uses * 3.0,
                Policy::Size { .. } => uses / size,
                Policy::Landlord { .. } => cost / size,
                _ => 0.0,
            };
        self.known[app].priority = priority;
        self.instances[instance].priority = priority;
    }

    /// The next thing that happens to an instance.
    fn change(&mut self) {
        let Some(next) =
            (0..self.instances.len()).min_by_key(|i| (moment(&self.instances[*i]), self.instances[*i].set))
        else {
            return;
        };
        match self.instances[next].is {
            Is::Idle { .. } => self.stop(next),
            Is::Starting { request: Some(length), .. } => self.enter(next, length),
            Is::Starting { request: None, .. } => self.keep(next, self.instances[next].until),
            Is::Busy { .. } => {
                self.known[self.instances[next].app].finished = Some(self.now);
                self.rest(next);
            }
        }
    }

    fn rest(&mut self, instance: usize) {
        let app = self.instances[instance].app;
        match self.policy {
            Policy::None => self.stop(instance),
            Policy::Fixed(length) => self.keep(instance, self.now + length * MS),
            Policy::SinceArrival(length) => self.keep(instance, self.instances[instance].asked + length * MS),
            Policy::Histogram { from_load } => {
                let (prewarm, until) = windows(&self.known[app].gaps, from_load);
                if prewarm == 0 {
                    return self.keep(instance, self.now + until);
                }
                self.stop(instance);
                self.known[app].load = Some((self.now + prewarm, self.now + until));
            }
            _ => self.keep(instance, NEVER),
        }
    }

    fn keep(&mut self, instance: usize, expires: u64) {
        if expires <= self.now {
            return self.stop(instance);
        }
        self.order += 1;
        self.instances[instance].order = self.order;
        self.instances[instance].set = self.next_change();
        self.instances[instance].is = Is::Idle { since: self.now, expires };
    }

    /// An instance is loaded before it is needed, where there is room without evicting.
    fn load(&mut self) {
        let due = |known: &Known| known.load.is_some_and(|load| load.0 == self.now);
        let Some(app) = self.known.iter().position(due) else { return };
        let Some((_, until)) = self.known[app].load.take() else { return };
        let awake = self.instances.iter().any(|i| i.app == app && (is_engaged(i) || matches!(i.is, Is::Idle { .. })));
        if awake || self.free() < self.apps[app].memory {
            return;
        }
        let new = self.create(app, None);
        self.instances[new].until = until;
        if self.start == 0 {
            self.keep(new, until);
        }
    }

    fn free(&self) -> u64 {
        self.memory - self.instances.iter().map(|i| self.apps[i.app].memory).sum::<u64>()
    }

    fn make_room(&mut self, app: usize) -> bool {
        let wanted = self.apps[app].memory;
        let idle = |i: &&Instance| matches!(i.is, Is::Idle { .. });
        let held: u64 = self.instances.iter().filter(idle).map(|i| self.apps[i.app].memory).sum();
        if self.free() + held < wanted {
            return false;
        }
        while self.free() < wanted {
            self.evict();
        }
        true
    }

    fn evict(&mut self) {
        let victim = |reference: &Self| {
            let order = |i: &usize| {
                let one = &reference.instances[*i];
                let Is::Idle { since, .. } = one.is else { return None };
                let known = &reference.known[one.app];
                let app = match reference.policy {
                    Policy::None | Policy::Fixed(_) | Policy::Forever | Policy::Histogram { .. } => (0.0, 0, 0),
                    policy if policy.is_by_function() => (known.priority, known.used, one.app),
                    _ => (one.priority, one.asked, 0),
                };
                Some((app, since, one.order))
            };
            let idle = (0..reference.instances.len()).filter_map(|i| order(&i).map(|order| (order, i)));
            idle.min_by(|a, b| a.0.partial_cmp(&b.0).expect("numbers"))
        };
        let Some(((first, ..), index)) = victim(self) else { return };
        let (priority, ..) = first;
        self.clock = self.clock.max(priority);
        self.stop(index);
        while matches!(self.policy, Policy::Landlord { .. }) {
            match victim(self) {
                Some((((next, ..), ..), index)) if next <= priority => self.stop(index),
                _ => return,
            }
        }
    }

    fn stop(&mut self, instance: usize) {
        let gone = self.instances.remove(instance);
        self.counted[gone.app].instance_time += self.now - gone.born;
    }
}

/// When something happens to an instance by itself.
fn moment(instance: &Instance) -> u64 {
    match instance.is {
        Is::Starting { ready, .. } => ready,
        Is::Busy { until } => until,
        Is::Idle { expires, .. } => expires,
    }
}

fn is_engaged(instance: &Instance) -> bool {
    !matches!(instance.is, Is::Idle { .. } | Is::Starting { request: None, .. })
}

/// When the hybrid histogram loads an instance again, and until when it keeps it, both from the
/// end of the last request, from the list of all idle times.
fn windows(gaps: &[u64], from_load: bool) -> (u64, u64) {
    let inside: Vec<u64> = gaps.iter().filter(|gap| **gap < 2_000 * MS).map(|gap| gap / (200 * MS)).collect();
    let beyond = gaps.len() - inside.len();
    if beyond > 0 && 2 * beyond >= gaps.len() {
        let mean = gaps.iter().sum::<u64>() as f64 / gaps.len() as f64;
        return ((mean * 0.85).round() as u64, (mean * 1.15).round() as u64);
    }
    let counts: Vec<f64> = (0..10).map(|bin| inside.iter().filter(|b| **b == bin).count() as f64).collect();
    let mean = inside.len() as f64 / 10.0;
    let deviation = (counts.iter().map(|c| (c - mean) * (c - mean)).sum::<f64>() / 9.0).sqrt();
    if inside.is_empty() || deviation / mean < 1.2 {
        return (0, 2_000 * MS);
    }
    let mut sorted = inside.clone();
    sorted.sort_unstable();
    let at = |share: f64| sorted[((share * sorted.len() as f64).ceil() as usize).max(1) - 1];
    let (prewarm, kept) = (at(0.05) * 180 * MS, (at(0.99) + 1) * 220 * MS);
    (prewarm, if from_load { prewarm + kept } else { kept.max(prewarm) })
}
