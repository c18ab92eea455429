//! Controllers of nodes: the cluster autoscaler and Karpenter.

use super::input::Input;
use super::{Answer, unknown};
use hostsim::hosting::cluster::cluster_autoscaler::{
    Delays, Expansion, Pending, Resident, Resources, Template, Unneeded, binpack, is_candidate, is_removable,
    least_waste, utilization,
};
use hostsim::hosting::cluster::karpenter::{Budget, Nodes, allowed, balanced, batch_end, cheaper_than_removed};
use serde_json::json;

pub fn answer(op: &str, input: Input<'_>) -> Answer {
    match op {
        "ca.utilization" => use_of_node(input),
        "ca.least-waste" => waste(input),
        "ca.binpack" => pack(input),
        "ca.removable" => removable(input),
        "karp.budget" => budget(input),
        "karp.batch" => {
            let times: Vec<f64> = input.list("pods")?.into_iter().filter_map(|pod| pod.0.as_f64()).collect();
            Ok(json!(batch_end(&times, input.number_or("idle_s", 1.0)?, input.number_or("max_s", 10.0)?)))
        }
        "karp.balanced" => {
            let [savings, disruption] = [input.number("savings")?, input.number("disruption")?];
            let [cost, all] = [input.number("total_cost")?, input.number("total_disruption")?];
            let (score, approved) = balanced(savings, disruption, cost, all, input.number_or("k", 2.0)?);
            Ok(json!({ "score": score, "approved": approved }))
        }
        "karp.filter-same-type" => filter(input),
        _ => unknown(op),
    }
}

fn resources(input: Input<'_>, cpu: &str, memory: &str) -> Result<Resources, String> {
    Ok(Resources { cpu: input.number(cpu)?, memory: input.number(memory)? })
}

fn use_of_node(input: Input<'_>) -> Answer {
    let allocatable = resources(input.object("allocatable").ok_or("`allocatable` is missing")?, "cpu_m", "mem")?;
    let (daemons, mirrors) = (input.flag_or("ignore_daemonsets", false)?, input.flag_or("ignore_mirror", false)?);
    let read = |pod: Input<'_>| {
        let left_out = (daemons && pod.flag_or("daemonset", false)?) || (mirrors && pod.flag_or("mirror", false)?);
        Ok(Resident { requests: resources(pod, "cpu_m", "mem")?, left_out })
    };
    let pods: Result<Vec<Resident>, String> = input.list("pods")?.into_iter().map(read).collect();
    let used = utilization(allocatable, &pods?);
    let inclusive = input.maybe_text("era").is_none_or(|era| era == "now");
    Ok(json!({
        "utilization": used, "candidate": is_candidate(used, input.number_or("threshold", 0.5)?, inclusive)
    }))
}

fn waste(input: Input<'_>) -> Answer {
    let options = input.list("options")?;
    let read = |option: &Input<'_>| {
        let (node, pods) =
            (resources(*option, "node_cpu_m", "node_mem")?, resources(*option, "pods_cpu_m", "pods_mem")?);
        Ok(Expansion { nodes: option.count_or("nodes", 1)?, node, pods })
    };
    let expansions: Result<Vec<Expansion>, String> = options.iter().map(read).collect();
    let best = least_waste(&expansions?);
    Ok(json!(best.into_iter().map(|index| options[index].text("group")).collect::<Result<Vec<_>, _>>()?))
}

fn pack(input: Input<'_>) -> Answer {
    let node = input.object("node").ok_or("`node` is missing")?;
    let template = Template {
        allocatable: resources(node, "cpu_m", "mem")?,
        pods: node.count_or("pods", 110)?,
        most_nodes: input.count_or("max_nodes", 1000)?,
    };
    let read = |pod: Input<'_>| {
        let requests = resources(pod, "cpu_m", "mem")?;
        Ok(Pending { requests, count: pod.count_or("count", 1)?, host_port: pod.maybe_count("host_port")? })
    };
    let pending: Result<Vec<Pending>, String> = input.list("pods")?.into_iter().map(read).collect();
    let (nodes, pods) = binpack(&template, &pending?);
    Ok(json!({ "nodes": nodes, "pods": pods }))
}

fn removable(input: Input<'_>) -> Answer {
    let long_ago = 1e9;
    let node = Unneeded {
        unneeded_for: input.number("unneeded_for_s")?,
        ready: input.flag_or("ready", true)?,
        since_scale_up: input.number_or("since_scale_up_s", long_ago)?,
        since_failure: input.number_or("since_failure_s", long_ago)?,
        since_deletion: input.number_or("since_deletion_s", long_ago)?,
        group_size: input.count("group_size")?,
        group_min: input.count_or("group_min", 0)?,
    };
    Ok(json!(is_removable(&Delays::default(), &node)))
}

fn budget(input: Input<'_>) -> Answer {
    let mut budgets = input.list("budgets")?.into_iter().map(read_budget).collect::<Result<Vec<_>, String>>()?;
    if input.object("budgets").is_none() {
        budgets.push(Budget { nodes: Nodes::Percent(10.0), reasons: Vec::new(), active: true });
    }
    let disrupted =
        input.count_or("not_ready", 0)? + input.count_or("deleting", 0)? + input.count_or("disrupting", 0)?;
    Ok(json!(allowed(&budgets, input.count("nodes")?, disrupted, &input.text("reason")?)))
}

fn read_budget(input: Input<'_>) -> Result<Budget, String> {
    let text = input.maybe_text("nodes").map_or_else(|| input.count("nodes").map(|count| count.to_string()), Ok)?;
    let wrong = |_| format!("`{text}` is not a number of nodes, or a percentage");
    let nodes = match text.strip_suffix('%') {
        Some(percent) => Nodes::Percent(
            percent
                .parse()
                .map_err(|error: std::num::ParseFloatError| format!("`{text}` is not a percentage: {error}"))?,
        ),
        None => Nodes::Count(text.parse().map_err(|_: std::num::ParseIntError| wrong(()))?),
    };
    let reasons = input.list("reasons")?.iter().filter_map(|reason| reason.0.as_str().map(str::to_string)).collect();
    Ok(Budget { nodes, reasons, active: input.flag_or("active", true)? })
}

fn filter(input: Input<'_>) -> Answer {
    let names = |key| input.list(key).map(|items| items.iter().filter_map(|item| item.0.as_str()).collect::<Vec<_>>());
    let (removed, options) = (names("removed")?, names("replacement_options")?);
    let prices = input.object("prices").ok_or("`prices` is missing")?;
    Ok(json!(cheaper_than_removed(&removed, &options, |name| prices.maybe(name).ok().flatten())))
}
