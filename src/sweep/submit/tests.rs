use super::*;

fn job() -> Job {
    Job {
        name: "Keep alive!".into(),
        program: "/opt/my tools/hostsim".into(),
        scenario: "/data/it's.toml".into(),
        output: "/data/out".into(),
        options: vec!["--seed".into(), "7".into()],
        shards: 8,
        threads: 2,
        seconds: 36_000.0,
        text: "schema = 1\n".into(),
    }
}

#[test]
fn the_array_job_says_what_slurm_must_know() {
    let script = slurm::array_script(&job());
    for expected in [
        "#SBATCH --array=1-8\n",
        "#SBATCH --requeue\n",
        "#SBATCH --signal=B:USR1@60\n",
        "#SBATCH --time=165\n",
        "#SBATCH --cpus-per-task=2\n",
        "#SBATCH --job-name=hostsim-keep-alive\n",
        "'/opt/my tools/hostsim' sweep '/data/it'\\''s.toml' --output /data/out --shard slurm --shards 8 --resume --quiet --threads \"${SLURM_CPUS_PER_TASK:-2}\" --seed 7 &\n",
    ] {
        assert!(script.contains(expected), "{expected} is not in\n{script}");
    }
}

/// `sh -n` reads the scripts and finds no error of syntax.
#[cfg(unix)]
#[test]
fn the_scripts_are_shell() {
    use std::io::Write;
    for script in [slurm::array_script(&job()), slurm::merge_script(&job())] {
        let mut shell = std::process::Command::new("sh").arg("-n").stdin(std::process::Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success(), "{script}");
    }
}

#[test]
fn the_manifest_is_an_indexed_job() {
    let list = kubernetes::shards(&job(), "hostsim-keep-alive", "hostsim:1", "results");
    let (config, spec) = (&list["items"][0], &list["items"][1]["spec"]);
    assert_eq!(config["data"]["keep-alive.toml"], "schema = 1\n");
    assert_eq!((&spec["completionMode"], &spec["completions"]), (&"Indexed".into(), &8.into()));
    let container = &spec["template"]["spec"]["containers"][0];
    assert_eq!(container["command"][2], "/scenario/keep-alive.toml");
    assert_eq!(container["command"][6], "kubernetes");
    assert_eq!(container["resources"]["requests"]["cpu"], "2");
    // Preemption is no failure of a shard, and wrong input fails all of them at once.
    let rules = spec["podFailurePolicy"]["rules"].as_array().unwrap();
    assert_eq!((&rules[0]["action"], &rules[1]["action"]), (&"Ignore".into(), &"FailJob".into()));
    assert_eq!(container["volumeMounts"].as_array().unwrap().len(), 2);
    let merge = kubernetes::merge(&job(), "hostsim-keep-alive", "hostsim:1", "results");
    assert_eq!(merge["spec"]["template"]["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"], "results");
}

/// Which statuses end a job at once: a shard that was interrupted (1) is tried again, wrong input
/// (2) is not; failed or missing runs (1, 2) are no reason to merge again.
#[test]
fn no_manifest_tries_in_vain() {
    let ends = |spec: &serde_json::Value| spec["podFailurePolicy"]["rules"][1]["onExitCodes"]["values"].clone();
    let shards = kubernetes::shards(&job(), "a", "hostsim:1", "results");
    let merge = kubernetes::merge(&job(), "a", "hostsim:1", "results");
    assert_eq!(ends(&shards["items"][1]["spec"]), serde_json::json!([2]));
    assert_eq!(ends(&merge["spec"]), serde_json::json!([1, 2]));
    for spec in [&shards["items"][1]["spec"], &merge["spec"]] {
        assert_eq!(spec["podFailurePolicy"]["rules"][0]["action"], "Ignore");
        assert_eq!(spec["template"]["spec"]["restartPolicy"], "Never", "what a podFailurePolicy asks for");
    }
}

#[test]
fn words_are_quoted_for_a_shell() {
    for (word, expected) in [("a-b/c.toml", "a-b/c.toml"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'")] {
        assert_eq!(quoted(word), expected);
    }
}
