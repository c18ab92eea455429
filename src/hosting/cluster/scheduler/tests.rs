use super::*;
use crate::fleet::ServerId;
use crate::units::Time;

const ALLOCATABLE: Demand = Demand { cores: 4_000_000, memory: 16 << 30 };

fn node(tasks: &[(u32, u64, u64)]) -> Node {
    let mut node = Node {
        server: ServerId(0),
        free: ALLOCATABLE,
        instances: 0,
        by_deployment: Vec::new(),
        ready: Time(0),
        metered_from: Time(0),
        empty_since: Time(0),
    };
    for (deployment, thousandths, mib) in tasks {
        node.take(*deployment, Demand { cores: thousandths * 1_000, memory: mib << 20 });
    }
    node
}

fn task(thousandths: u64, mib: u64) -> Task {
    let demand = Demand { cores: thousandths * 1_000, memory: mib << 20 };
    Task { deployment: 0, demand, allocatable: ALLOCATABLE }
}

fn choose(name: &str, task: &Task, nodes: &[Node], times: usize) -> Vec<NodeId> {
    let kind = SchedulerKind::ALL.into_iter().find(|kind| kind.name == name).unwrap();
    let mut scheduler = kind.build(Stream::named(1, 0, "test", "scheduler"));
    let candidates: Vec<NodeId> = (0..nodes.len() as u32).collect();
    (0..times).map(|_| scheduler.choose(task, &candidates, &|number| nodes.get(number as usize)).unwrap()).collect()
}

/// Four nodes chosen to show the difference. The task wants 500 m and 1 GiB, as app 0's others do.
/// Kubernetes in 2017 scores them 7 + 8 + 0, 7 + 8 + 10, 3 + 9 + 10 and 1 + 9 + 0: the spread
/// leads it to node 1; now 81 + 93 + 0, 76 + 92 + 200, 40 + 96 + 200, 15 + 96 + 0. Swarm counts tasks.
#[test]
fn each_rule_has_its_own_choice() {
    let nodes = [
        node(&[(0, 500, 1024)]),
        node(&[(1, 250, 512), (1, 250, 512), (1, 250, 512)]),
        node(&[(1, 2000, 8192)]),
        node(&[(0, 1000, 4096), (1, 2000, 8192)]),
    ];
    let chosen = |name| choose(name, &task(500, 1024), &nodes, 1)[0];
    assert_eq!(chosen("first-fit"), 0);
    assert_eq!(chosen("kubernetes-2017"), 1);
    assert_eq!(chosen("kubernetes"), 1);
    assert_eq!(chosen("swarm"), 2);
    assert_eq!(chosen("most-allocated"), 3);
}

/// A node of 4,000 m and 16 GiB with 1,000 m and 4 GiB asked for, and a task of 500 m and 1 GiB.
/// In 2017: ⌊(6 + 6)/2⌋ = 6 and ⌊10 − 0.625⌋ = 9. Now: ⌊(62 + 68)/2⌋ = 65 and ⌊(1 − 0.03125) × 100⌋ = 96.
#[test]
fn scores_as_the_schedulers_compute_them() {
    let used = node(&[(1, 1000, 4096)]);
    assert_eq!(kubernetes_2017::resources(&task(500, 1024), &used), (6, 9));
    assert_eq!(kubernetes::resources(&task(500, 1024), &used), (65, 96));
    // Past one resource's capacity that score is 0, and so is the balance.
    assert_eq!(kubernetes::resources(&task(3500, 1024), &used), (34, 0));
}

#[test]
fn equals_are_taken_in_turn_or_by_chance() {
    let nodes = [node(&[]), node(&[]), node(&[])];
    assert_eq!(choose("kubernetes-2017", &task(500, 1024), &nodes, 6), [0, 1, 2, 0, 1, 2]);
    for name in ["kubernetes", "random"] {
        let chosen = choose(name, &task(500, 1024), &nodes, 3_000);
        for number in 0..3 {
            // A third each: the standard error of a share of 3,000 draws is 0.0086.
            let share = chosen.iter().filter(|each| **each == number).count() as f64 / 3_000.0;
            assert!((share - 1.0 / 3.0).abs() < 4.0 * 0.0086, "{name}: {share}");
        }
    }
}
