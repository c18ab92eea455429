//! Kubernetes' cluster autoscaler: which nodes are added, and which may go.
//! (kubernetes/autoscaler, cluster-autoscaler)

/// CPU in thousandths of a core, and memory in any unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Resources {
    /// CPU.
    pub cpu: f64,
    /// Memory.
    pub memory: f64,
}

/// A pod on a node.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Resident {
    /// What it requests.
    pub requests: Resources,
    /// Whether it belongs to the node rather than to an app, so that it is left out.
    pub left_out: bool,
}

/// The larger of the shares of CPU and memory that pods request; what is left out is so on both
/// sides.
pub fn utilization(allocatable: Resources, pods: &[Resident]) -> f64 {
    let sum = |left_out: bool, of: fn(&Resources) -> f64| {
        pods.iter().filter(|pod| pod.left_out == left_out).map(|pod| of(&pod.requests)).sum::<f64>()
    };
    let share = |of: fn(&Resources) -> f64| sum(false, of) / (of(&allocatable) - sum(true, of));
    share(|resources| resources.cpu).max(share(|resources| resources.memory))
}

/// Whether a node of that use is a candidate to go: at or below the threshold since January 2026,
/// below it before.
pub fn is_candidate(utilization: f64, threshold: f64, inclusive: bool) -> bool {
    utilization < threshold || (inclusive && utilization == threshold)
}

/// One way to make room: so many nodes of a group, for pods that request so much in all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expansion {
    /// How many nodes.
    pub nodes: u32,
    /// The capacity of one.
    pub node: Resources,
    /// What the pods request.
    pub pods: Resources,
}

/// The ways that waste least (`least-waste`): the shares of CPU and memory left over, summed. Ties
/// are all given; the autoscaler draws one of them.
pub fn least_waste(options: &[Expansion]) -> Vec<usize> {
    let left = |have: f64, used: f64| (have - used) / have;
    let waste = |option: &Expansion| {
        let nodes = f64::from(option.nodes);
        left(option.node.cpu * nodes, option.pods.cpu) + left(option.node.memory * nodes, option.pods.memory)
    };
    let least = options.iter().map(waste).fold(f64::INFINITY, f64::min);
    (0..options.len()).filter(|option| waste(&options[*option]) == least).collect()
}

/// A set of equal pods that wait for a node.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pending {
    /// What each requests.
    pub requests: Resources,
    /// How many there are.
    pub count: u32,
    /// A port of the node that only one of them can have.
    pub host_port: Option<u32>,
}

/// A group's template of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Template {
    /// What it has for pods.
    pub allocatable: Resources,
    /// The most pods.
    pub pods: u32,
    /// The most nodes that may be added.
    pub most_nodes: u32,
}

#[derive(Default)]
struct Filled {
    used: Resources,
    pods: u32,
    ports: Vec<u32>,
}

impl Filled {
    fn takes(&self, template: &Template, pod: &Pending) -> bool {
        // The sums of many small requests may miss a node's size by a rounding of binary fractions.
        let fits = |used: f64, more: f64, have: f64| used + more <= have * (1.0 + 1e-12);
        fits(self.used.cpu, pod.requests.cpu, template.allocatable.cpu)
            && fits(self.used.memory, pod.requests.memory, template.allocatable.memory)
            && self.pods < template.pods
            && pod.host_port.is_none_or(|port| !self.ports.contains(&port))
    }

    fn take(&mut self, pod: &Pending) {
        self.used.cpu += pod.requests.cpu;
        self.used.memory += pod.requests.memory;
        self.pods += 1;
        self.ports.extend(pod.host_port);
    }
}

/// How many nodes of a template pods need, and how many of the pods they take: first fit, the
/// largest pods first.
pub fn binpack(template: &Template, pending: &[Pending]) -> (u32, u32) {
    let size =
        |pod: &Pending| pod.requests.cpu / template.allocatable.cpu + pod.requests.memory / template.allocatable.memory;
    let mut order: Vec<&Pending> = pending.iter().collect();
    order.sort_by(|one, other| size(other).total_cmp(&size(one)));
    let mut nodes: Vec<Filled> = Vec::new();
    let mut placed = 0;
    for pod in order {
        let mut first = 0;
        for _ in 0..pod.count {
            // Equal pods that found a node full find it full again.
            while first < nodes.len() && !nodes[first].takes(template, pod) {
                first += 1;
            }
            if first == nodes.len() {
                if nodes.len() >= template.most_nodes as usize || !Filled::default().takes(template, pod) {
                    break;
                }
                nodes.push(Filled::default());
            }
            nodes[first].take(pod);
            placed += 1;
        }
    }
    // A node that was ordered for nothing is not counted.
    (nodes.iter().filter(|node| node.pods > 0).count() as u32, placed)
}

/// What decides whether a node that is not needed may go, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unneeded {
    /// For how long it has not been needed.
    pub unneeded_for: f64,
    /// Whether it is ready.
    pub ready: bool,
    /// Since the last node was added.
    pub since_scale_up: f64,
    /// Since the last removal failed.
    pub since_failure: f64,
    /// Since the last node was removed.
    pub since_deletion: f64,
    /// Nodes in its group.
    pub group_size: u32,
    /// The fewest there.
    pub group_min: u32,
}

/// The delays, in seconds, by the flags' names.
#[derive(Clone, Debug, PartialEq)]
pub struct Delays {
    /// `scale-down-unneeded-time`.
    pub unneeded: f64,
    /// `scale-down-unready-time`.
    pub unready: f64,
    /// `scale-down-delay-after-add`.
    pub after_add: f64,
    /// `scale-down-delay-after-failure`.
    pub after_failure: f64,
    /// `scale-down-delay-after-delete`.
    pub after_delete: f64,
}

impl Default for Delays {
    fn default() -> Delays {
        Delays { unneeded: 600.0, unready: 1200.0, after_add: 600.0, after_failure: 180.0, after_delete: 0.0 }
    }
}

/// Whether a node that is not needed may go now.
pub fn is_removable(delays: &Delays, node: &Unneeded) -> bool {
    let unneeded = if node.ready { delays.unneeded } else { delays.unready };
    node.since_scale_up >= delays.after_add
        && node.since_failure >= delays.after_failure
        && node.since_deletion >= delays.after_delete
        && node.unneeded_for > unneeded
        && node.group_size > node.group_min
}
