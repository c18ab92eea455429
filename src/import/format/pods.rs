//! `kubectl get pods -o json`: lifetimes and requests of pods. No traffic.

use super::{Kind, Reading};
use crate::import::field::{moment, text};
use crate::import::found::Found;
use crate::import::item::{Item, Shape};
use serde_json::{Value, json};

pub(super) const KIND: Kind = Kind {
    name: "kubectl-pods-json",
    also: &[],
    family: "pods",
    shape: Shape::Json,
    is_traffic: false,
    recognises: |head| {
        head.any(|v| {
            matches!(v["kind"].as_str(), Some("Pod" | "PodList")) || v["kind"] == "List" && v["items"].is_array()
        }) || head.mentions(&["\"creationTimestamp\"", "\"containers\"", "\"status\""])
    },
    begin: |_, _, found| {
        found.note("a snapshot: pods that are gone are missing, so that numbers over time are too low");
        found.note("a pod's start-up is known while it is ready: Ready's last change is then its readiness, unless it was restarted");
        Box::<Pods>::default()
    },
};

#[derive(Default)]
struct Pods {
    lifetimes: Vec<Value>,
    pods: u64,
}

/// A quantity of Kubernetes: `250m`, `0.1`, `1e-1`, `512Mi`, `64M`, plain.
fn quantity(value: &Value) -> Option<f64> {
    let text = text(value)?;
    if let Ok(number) = text.parse::<f64>() {
        return Some(number).filter(|n| n.is_finite());
    }
    const UNITS: [(&str, f64); 15] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("Ei", 1_152_921_504_606_846_976.0),
        ("n", 1e-9),
        ("u", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("E", 1e18),
    ];
    UNITS.iter().find_map(|(unit, size)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * size))
}

/// What a pod asks for: the sum of its containers, or the most of an init container where that is more.
fn requested(spec: &Value, what: &str) -> Option<f64> {
    let of = |list: &str| {
        let containers = spec[list].as_array().into_iter().flatten();
        containers.filter_map(|c| quantity(&c["resources"]["requests"][what])).collect::<Vec<f64>>()
    };
    let (all, first) = (of("containers"), of("initContainers"));
    let sum = (!all.is_empty()).then(|| all.iter().sum::<f64>());
    let most = first.into_iter().reduce(f64::max);
    match (sum, most) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

/// When a pod ended: when its grace does, or when the last container had finished.
fn ended(pod: &Value) -> Option<i64> {
    let status = &pod["status"];
    let over = matches!(status["phase"].as_str(), Some("Succeeded" | "Failed"));
    let finished = || {
        let containers = status["containerStatuses"].as_array()?;
        containers.iter().filter_map(|c| moment(&c["state"]["terminated"]["finishedAt"])).max()
    };
    let changed = || moment(&condition(pod, "Ready")?["lastTransitionTime"]);
    let finish = if over { finished().or_else(changed) } else { None };
    finish.or_else(|| moment(&pod["metadata"]["deletionTimestamp"]))
}

fn condition<'a>(pod: &'a Value, kind: &str) -> Option<&'a Value> {
    pod["status"]["conditions"].as_array()?.iter().find(|c| c["type"] == kind)
}

impl Pods {
    fn pod(&mut self, pod: &Value, number: u64, found: &mut Found) {
        let created = moment(&pod["metadata"]["creationTimestamp"]);
        let Some(created) = created else { return found.drop(number, "no creationTimestamp") };
        let ready =
            condition(pod, "Ready").filter(|c| c["status"] == "True").and_then(|c| moment(&c["lastTransitionTime"]));
        let end = ended(pod);
        [Some(created), ready, end].into_iter().flatten().for_each(|t| found.see(t));
        self.pods += 1;
        if self.lifetimes.len() >= 100_000 {
            return;
        }
        let time = |t: Option<i64>| t.map(crate::import::document::moment);
        let mut life = json!({
            "pod": pod["metadata"]["name"],
            "created": time(Some(created)),
            "ready": time(ready),
            "end": time(end),
            "cpu_m": requested(&pod["spec"], "cpu").map(|c| (c * 1000.0).round() as i64),
            "memory_bytes": requested(&pod["spec"], "memory").map(|m| m.round() as i64),
        });
        if let Some(ready) = ready {
            let seconds = (ready - created) as f64 / 1e9;
            life["start_up_s"] = if seconds.fract() == 0.0 { json!(seconds as i64) } else { json!(seconds) };
        }
        self.lifetimes.push(life);
    }
}

impl Reading for Pods {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        match value["items"].as_array() {
            Some(items) => (1..).zip(items).for_each(|(place, pod)| self.pod(pod, place, found)),
            None => self.pod(&value, number, found),
        }
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        found.more.insert("pods".into(), self.pods.into());
        found.more.insert("lifetimes".into(), std::mem::take(&mut self.lifetimes).into());
        Ok(())
    }
}
