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

#[test]
fn words_are_quoted_for_a_shell() {
    for (word, expected) in [("a-b/c.toml", "a-b/c.toml"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'")] {
        assert_eq!(quoted(word), expected);
    }
}
