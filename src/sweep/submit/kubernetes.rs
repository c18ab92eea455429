//! Kubernetes: the manifests of an indexed Job, one index a shard, of a Job that merges, and of
//! the ConfigMap with the scenario. They are JSON, which `kubectl apply -f` reads as it reads YAML.

use super::{Job, quoted};
use serde_json::{Value, json};

/// Where the scenario is seen in a container.
const SCENARIO: &str = "/scenario";
/// Where the volume is seen.
const OUTPUT: &str = "/output";

/// Where the jobs run: words `image=NAME` (the program's image) and `claim=NAME` (the volume that
/// all shards write to).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The image.
    pub image: String,
    /// The claim.
    pub claim: String,
}

impl Place {
    /// Reads the words; what is not said is `hostsim:VERSION` and `hostsim`.
    ///
    /// # Errors
    /// Where a word is none of these.
    pub fn read(options: &str) -> Result<Place, String> {
        let mut place = Place { image: format!("hostsim:{}", env!("CARGO_PKG_VERSION")), claim: "hostsim".into() };
        for word in options.split_whitespace() {
            match word.split_once('=') {
                Some(("image", name)) if !name.is_empty() => place.image = name.into(),
                Some(("claim", name)) if !name.is_empty() => place.claim = name.into(),
                _ => return Err(format!("\"{word}\" is no option for Kubernetes: expected image=NAME or claim=NAME")),
            }
        }
        Ok(place)
    }
}

/// Writes `job.json` and `merge.json`. Returns what to tell.
///
/// # Errors
/// Where a file cannot be written.
pub fn kubernetes(job: &Job, Place { image, claim }: &Place) -> Result<String, String> {
    let name = format!("hostsim-{}", job.plain_name());
    let written = job.write("job.json", &format!("{:#}\n", shards(job, &name, image, claim)))?;
    let merging = job.write("merge.json", &format!("{:#}\n", merge(job, &name, image, claim)))?;
    Ok(format!(
        "written; run and merge with:\n  kubectl apply -f {}\n  kubectl wait --for=condition=complete --timeout=-1s job/{name}\n  kubectl apply -f {}",
        quoted(&written.display().to_string()),
        quoted(&merging.display().to_string())
    ))
}

/// The ConfigMap and the Job of the shards.
pub(super) fn shards(job: &Job, name: &str, image: &str, claim: &str) -> Value {
    let scenario = format!("{SCENARIO}/{}.toml", job.plain_name());
    let mut command: Vec<String> = ["hostsim", "sweep", &scenario, "--output"].map(String::from).to_vec();
    command.push(format!("{OUTPUT}/{}", job.plain_name()));
    command.extend(["--shard", "kubernetes", "--shards"].map(String::from));
    command.push(job.shards.to_string());
    command.extend(["--resume", "--quiet", "--threads"].map(String::from));
    command.push(job.threads.to_string());
    command.extend(job.options.iter().cloned());
    let config = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": name },
        "data": { format!("{}.toml", job.plain_name()): job.text },
    });
    let mut shards = manifest(name, image, claim, command, Some(name));
    let container = &mut shards["spec"]["template"]["spec"]["containers"][0];
    container["resources"] = json!({ "requests": { "cpu": job.threads.to_string() } });
    let spec = &mut shards["spec"];
    spec["completionMode"] = json!("Indexed");
    spec["completions"] = json!(job.shards);
    spec["parallelism"] = json!(job.shards);
    // A shard that loses its node goes on elsewhere; one that keeps failing does not stop others.
    spec["backoffLimitPerIndex"] = json!(6);
    spec["podReplacementPolicy"] = json!("Failed");
    // Status 2: the input is wrong.
    spec["podFailurePolicy"] = json!({ "rules": [not_counted(), fail_job(&[2])] });
    json!({ "apiVersion": "v1", "kind": "List", "items": [config, shards] })
}

/// The Job that merges.
pub(super) fn merge(job: &Job, name: &str, image: &str, claim: &str) -> Value {
    let directory = format!("{OUTPUT}/{}", job.plain_name());
    let command = ["hostsim", "merge", &directory, "--output", &directory].map(String::from).to_vec();
    let mut merge = manifest(&format!("{name}-merge"), image, claim, command, None);
    // That runs have failed, or are missing, is so at every try.
    merge["spec"]["podFailurePolicy"] = json!({ "rules": [not_counted(), fail_job(&[1, 2])] });
    merge
}

/// To be preempted or drained is no failure: it is not counted, however often.
fn not_counted() -> Value {
    json!({ "action": "Ignore", "onPodConditions": [{ "type": "DisruptionTarget", "status": "True" }] })
}

/// Statuses of the program that another try cannot help.
fn fail_job(statuses: &[u8]) -> Value {
    json!({
        "action": "FailJob",
        "onExitCodes": { "containerName": "hostsim", "operator": "In", "values": statuses },
    })
}

/// A Job of one container, which sees the volume, and the ConfigMap where there is one.
fn manifest(name: &str, image: &str, claim: &str, command: Vec<String>, config: Option<&str>) -> Value {
    let mut mounts = vec![json!({ "name": "output", "mountPath": OUTPUT })];
    let mut volumes = vec![json!({ "name": "output", "persistentVolumeClaim": { "claimName": claim } })];
    if let Some(config) = config {
        mounts.push(json!({ "name": "scenario", "mountPath": SCENARIO, "readOnly": true }));
        volumes.push(json!({ "name": "scenario", "configMap": { "name": config } }));
    }
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": { "name": name, "labels": { "app.kubernetes.io/name": "hostsim" } },
        "spec": {
            "template": {
                "metadata": { "labels": { "app.kubernetes.io/name": "hostsim" } },
                "spec": {
                    "restartPolicy": "Never",
                    // Time to finish the runs in flight after SIGTERM.
                    "terminationGracePeriodSeconds": 60,
                    "containers": [{
                        "name": "hostsim",
                        "image": image,
                        "command": command,
                        "volumeMounts": mounts,
                    }],
                    "volumes": volumes,
                },
            },
        },
    })
}
