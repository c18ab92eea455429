//! A sweep on a real Slurm: two nodes on this machine, one of which is killed in the middle.

use crate::program::{SMALL, program, run};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// 24 points × 2 cases × 4 replications of 216,000 requests: some 20 s of processor time.
const SWEEP: &str = "[sweep.grid]\n\"run.seed\" = { from = 1, to = 24, points = 24 }\n";
const PATIENCE: Duration = Duration::from_secs(180);

/// An array of 8 shards on two nodes. One node is killed with all that runs on it while its shard
/// is half done; Slurm queues that shard again, it goes on where it was, and the merge job's table
/// is the local one to the byte.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "ci: needs Slurm, munge and root"]
fn ci_slurm_loses_a_node_and_the_table_is_whole() {
    let missing: Vec<&str> =
        ["munged", "slurmctld", "slurmd", "sbatch", "squeue"].into_iter().filter(|p| !is_there(p)).collect();
    if !missing.is_empty() || !is_root() {
        let why = if is_root() { format!("there is no {}", missing.join(", no ")) } else { "only root may".into() };
        return eprintln!("skipped: Slurm cannot be started here: {why}");
    }
    let mut cluster = Cluster::start();
    let at = cluster.directory.path().to_path_buf();
    let scenario = SMALL.replace("\"1 /s\"", "\"20 /s\"").replace("\"1 h\"", "\"3 h\"");
    let scenario = scenario.replace("replications = 2", "replications = 4");
    std::fs::write(at.join("s.toml"), format!("{scenario}{SWEEP}")).unwrap();
    let local = run(&at, &["sweep", "s.toml", "--output", "local"]);
    assert_eq!(local.status, Some(0), "{}", local.err);

    let submit =
        ["sweep", "s.toml", "--submit", "slurm", "--shards", "8", "--output", "there", "--submit-options", "--nice=0"];
    let submitted = program(&at, &submit).env("SLURM_CONF", cluster.configuration()).output().unwrap();
    let told = String::from_utf8_lossy(&submitted.stdout).into_owned();
    assert!(submitted.status.success(), "{}", String::from_utf8_lossy(&submitted.stderr));
    assert!(told.contains("24 points, 192 runs") && told.contains("an array of 8 shards"), "{told}");

    let shard = cluster.kill_a_node_in_the_middle(&at.join("there"));
    let began = Instant::now();
    while !cluster.says("squeue", &["--noheader"]).is_empty() {
        assert!(began.elapsed() < PATIENCE, "jobs are left:\n{}", cluster.says("squeue", &[]));
        std::thread::sleep(Duration::from_millis(500));
    }
    let read = |path: &str| std::fs::read_to_string(at.join(path)).unwrap_or_default();
    let merged = read("there/merge.log");
    assert!(merged.contains("24 points, 192 runs, 0 failed"), "{merged}");
    assert!(read("there/points.csv") == read("local/points.csv"), "the same to the byte");
    // The killed shard went on: its second go did a part of its runs, and not all.
    let log = read(&format!("there/shard-{shard}.log"));
    let number = |word: &str| -> u64 {
        let line = log.lines().find(|line| line.contains(&format!("shard {shard}/8 of the sweep"))).unwrap();
        let before = line.split(word).next().unwrap();
        before.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert!(0 < number(" simulations") && number(" simulations") < number(" runs"), "{log}");
    assert!(cluster.says("sinfo", &["--noheader", "--Node", "--format=%N %T"]).contains("n2 down"));
    eprintln!(
        "merged after a node was lost; shard {shard} did {} of its {} runs again",
        number(" simulations"),
        number(" runs")
    );
}

fn is_there(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]).any(|directory| directory.join(name).is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|done| done.stdout == b"0\n")
}

/// Daemons on loopback, with everything of theirs in one directory. They are children of this
/// process, and end with it.
struct Cluster {
    directory: tempfile::TempDir,
    daemons: Vec<(String, Child)>,
}

impl Cluster {
    fn start() -> Cluster {
        let mut cluster = Cluster { directory: tempfile::tempdir().unwrap(), daemons: Vec::new() };
        let at = cluster.directory.path().to_path_buf();
        std::fs::create_dir(at.join("state")).unwrap();
        std::fs::write(at.join("slurm.conf"), configuration(&at)).unwrap();
        cluster.start_munge(&at);
        cluster.daemon("controller", "slurmctld", &["-D", "-c"]);
        cluster.daemon("n1", "slurmd", &["-D", "-N", "n1"]);
        cluster.daemon("n2", "slurmd", &["-D", "-N", "n2"]);
        cluster
            .wait("two idle nodes", |c| c.says("sinfo", &["--noheader", "--states=idle", "--format=%D"]).trim() == "2");
        cluster
    }

    /// A munge of its own: its key and socket are nobody else's.
    fn start_munge(&mut self, at: &Path) {
        use std::os::unix::fs::PermissionsExt;
        let key: Vec<u8> = (0..1024u32).map(|byte| (byte.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        std::fs::write(at.join("munge.key"), key).unwrap();
        std::fs::set_permissions(at.join("munge.key"), std::fs::Permissions::from_mode(0o400)).unwrap();
        std::fs::set_permissions(at, std::fs::Permissions::from_mode(0o755)).unwrap();
        let place = |option: &str, name: &str| format!("--{option}={}", at.join(name).display());
        let options = [
            place("key-file", "munge.key"),
            place("socket", "munge.socket"),
            place("pid-file", "munge.pid"),
            place("log-file", "munge.log"),
            place("seed-file", "munge.seed"),
        ];
        let options: Vec<&str> =
            ["--foreground", "--force"].into_iter().chain(options.iter().map(String::as_str)).collect();
        self.daemon("munge", "munged", &options);
        self.wait("munge's socket", |cluster| cluster.directory.path().join("munge.socket").exists());
    }

    fn configuration(&self) -> PathBuf {
        self.directory.path().join("slurm.conf")
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("SLURM_CONF", self.configuration()).env("PATH", format!("{path}:/usr/sbin"));
        command.stdin(Stdio::null());
        command
    }

    fn daemon(&mut self, called: &str, name: &str, arguments: &[&str]) {
        let log = std::fs::File::create(self.directory.path().join(format!("{called}.out"))).unwrap();
        let mut command = self.command(name);
        command.args(arguments).stdout(log.try_clone().unwrap()).stderr(log);
        self.daemons.push((called.into(), command.spawn().unwrap()));
    }

    fn says(&self, name: &str, arguments: &[&str]) -> String {
        String::from_utf8_lossy(&self.command(name).args(arguments).output().unwrap().stdout).into_owned()
    }

    fn wait(&self, what: &str, there: impl Fn(&Cluster) -> bool) {
        let began = Instant::now();
        while !there(self) {
            assert!(began.elapsed() < PATIENCE, "waited in vain for {what}; {}", self.logs());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn logs(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.directory.path().join(name)).unwrap_or_default();
        ["munge.out", "controller.out", "n1.out", "n2.out"].map(|name| format!("{name}:\n{}", read(name))).join("\n")
    }

    /// Waits until a shard on the second node has written some runs, kills the node's daemon and
    /// all that it runs, and returns the shard's number.
    fn kill_a_node_in_the_middle(&mut self, output: &Path) -> u32 {
        let shard = |process: &Process| {
            let number = process.variable("SLURM_ARRAY_TASK_ID")?.parse().ok()?;
            let log = output.join(format!("shard-{number}-of-8/runs.log"));
            let some = std::fs::metadata(log).is_ok_and(|found| found.len() > 12_000);
            (process.variable("SLURMD_NODENAME").as_deref() == Some("n2") && some).then_some(number)
        };
        let began = Instant::now();
        loop {
            let processes = self.processes();
            if let Some(number) = processes.iter().find_map(shard) {
                let (_, daemon) = self.daemons.iter_mut().find(|(name, _)| name == "n2").unwrap();
                daemon.kill().unwrap();
                daemon.wait().unwrap();
                // The node's processes: those of its tasks, and the step daemons that they are children of.
                let on_node = |p: &&Process| p.variable("SLURMD_NODENAME").as_deref() == Some("n2");
                let tasks: Vec<&Process> = processes.iter().filter(on_node).collect();
                let parents: Vec<u32> = tasks.iter().map(|task| task.parent).collect();
                let steps = processes.iter().filter(|p| p.name == "slurmstepd");
                kill(
                    tasks
                        .iter()
                        .map(|t| t.id)
                        .chain(steps.map(|s| s.id).filter(|id| self.is_step_of(*id, &parents, &processes))),
                );
                return number;
            }
            assert!(began.elapsed() < PATIENCE, "no shard ran on n2; {}", self.logs());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether a step daemon is the parent, or the parent's parent, of one of the tasks.
    fn is_step_of(&self, step: u32, parents: &[u32], processes: &[Process]) -> bool {
        let above = |id: u32| processes.iter().find(|p| p.id == id).map(|p| p.parent);
        parents.iter().any(|parent| *parent == step || above(*parent) == Some(step))
    }

    /// The processes of this cluster: those that have its configuration in their environment.
    fn processes(&self) -> Vec<Process> {
        let own = format!("SLURM_CONF={}", self.configuration().display());
        let entries = std::fs::read_dir("/proc").unwrap();
        let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        ids.filter_map(Process::read).filter(|process| process.environment.contains(&own)).collect()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for (_, daemon) in &mut self.daemons {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        kill(self.processes().iter().map(|process| process.id));
    }
}

struct Process {
    id: u32,
    parent: u32,
    name: String,
    environment: Vec<String>,
}

impl Process {
    fn read(id: u32) -> Option<Process> {
        let file = |name: &str| std::fs::read(format!("/proc/{id}/{name}")).ok();
        let text = String::from_utf8_lossy(&file("environ")?).into_owned();
        let stat = String::from_utf8_lossy(&file("stat")?).into_owned();
        let (before, after) = stat.rsplit_once(')')?;
        Some(Process {
            id,
            parent: after.split_whitespace().nth(1)?.parse().ok()?,
            name: before.split_once('(')?.1.to_string(),
            environment: text.split('\0').map(String::from).collect(),
        })
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.environment.iter().find_map(|text| text.strip_prefix(name)?.strip_prefix('=').map(String::from))
    }
}

fn kill(ids: impl Iterator<Item = u32>) {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    if !ids.is_empty() {
        let _ = Command::new("kill").arg("-KILL").args(ids).stderr(Stdio::null()).status();
    }
}

/// Two nodes of one processor each. A node that does not answer for 10 s is down.
fn configuration(at: &Path) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let host = host.trim().split('.').next().unwrap_or("localhost").to_string();
    let at = at.display();
    let [controller, first, second] = free_ports();
    format!(
        "ClusterName=hostsim\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={controller}\nSlurmUser=root\nSlurmdUser=root\n\
         AuthType=auth/munge\nAuthInfo=socket={at}/munge.socket,cred_expire=10\nProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n\
         JobAcctGatherType=jobacct_gather/none\nAccountingStorageType=accounting_storage/none\nJobCompType=jobcomp/none\n\
         SelectType=select/cons_tres\nSelectTypeParameters=CR_Core\nMpiDefault=none\nSwitchType=switch/none\nReturnToService=2\n\
         SchedulerParameters=batch_sched_delay=0,sched_min_interval=1,sched_interval=1,kill_invalid_depend\n\
         SlurmdTimeout=10\nKillWait=5\nStateSaveLocation={at}/state\nSlurmdSpoolDir={at}/spool-%n\n\
         SlurmctldPidFile={at}/controller.pid\nSlurmdPidFile={at}/%n.pid\n\
         NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={first} CPUs=1\n\
         NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={second} CPUs=1\n\
         PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP\n"
    )
}

fn free_ports() -> [u16; 3] {
    let listeners = [(); 3].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.each_ref().map(|listener| listener.local_addr().unwrap().port())
}
