//! Slurm: an array job, one task a shard, and a merge job that depends on it.
//!
//! A task that is preempted, or loses its node, is queued again by Slurm; one that comes to its
//! time limit is told so a minute before, finishes what is in flight and queues itself again.
//! Either way it goes on with `--resume`. What is done is known from the shards' own stores, not
//! from Slurm: the merge job runs when every task has ended, however it did (`afterany`), and says
//! which shards are not complete, where `afterok` would leave it pending for ever.

use super::{Job, quoted};
use std::process::Command;

/// Minutes of a task's time limit beyond what it should take.
const SLACK_MINUTES: f64 = 15.0;
/// How many times as long as expected a task may take.
const SAFETY: f64 = 4.0;
/// The longest time limit that is asked for, in minutes: what is left is done after a requeue.
const LONGEST_MINUTES: f64 = 24.0 * 60.0;

/// Writes the two scripts and submits them (`only_write` leaves that out). Returns what to tell.
///
/// # Errors
/// Where a script cannot be written, or sbatch refuses.
pub fn slurm(job: &Job, options: &str, only_write: bool) -> Result<String, String> {
    let array = job.write("array.sh", &array_script(job))?;
    let merge = job.write("merge.sh", &merge_script(job))?;
    if only_write {
        return Ok(format!("written, not submitted: {} and {}", array.display(), merge.display()));
    }
    let number = sbatch(&format!("{options} {}", quoted(&array.display().to_string())))?;
    let dependency = format!("{options} --dependency=afterany:{number} {}", quoted(&merge.display().to_string()));
    let output = job.output.display();
    let merging = sbatch(&dependency).map_err(|error| {
        let merge = quoted(&job.output.display().to_string());
        format!("{error}\njob {number}, the array, was submitted; when it has ended: hostsim merge {merge}")
    })?;
    Ok(format!(
        "submitted: job {number}, an array of {} shards, and job {merging}, which merges them into {output} when all have ended\n\
         squeue --jobs {number},{merging} shows where they are; {output}/shard-*.log and merge.log what they say",
        job.shards,
    ))
}

/// Submits with options as a shell reads them; returns the job's number.
fn sbatch(arguments: &str) -> Result<String, String> {
    let output = Command::new("sh").arg("-c").arg(format!("exec sbatch --parsable {arguments}")).output();
    let output = output.map_err(|error| format!("sbatch cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("sbatch refused: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    Ok(said.trim().split(';').next().unwrap_or("").to_string())
}

/// Each task runs one shard. The program runs beside the shell, which Slurm's signals go to.
pub(super) fn array_script(job: &Job) -> String {
    let processors = f64::from(job.shards.max(1)) * f64::from(job.threads.max(1));
    let minutes = job.seconds / processors / 60.0 * SAFETY + SLACK_MINUTES;
    format!(
        r#"#!/bin/sh
#SBATCH --job-name=hostsim-{name}
#SBATCH --array=1-{shards}
#SBATCH --time={minutes:.0}
#SBATCH --cpus-per-task={threads}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@60
#SBATCH --output={log}
stopped=
# A minute before the time limit: finish what is in flight, and queue again.
trap 'stopped=requeue; kill -TERM "$child" 2>/dev/null' USR1
# Preempted or cancelled: Slurm decides whether to queue again.
trap 'stopped=term; kill -TERM "$child" 2>/dev/null' TERM
{program} sweep {scenario} --output {output} --shard slurm --shards {shards} --resume --quiet --threads "${{SLURM_CPUS_PER_TASK:-{threads}}}"{options} &
child=$!
wait "$child"
status=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; status=$?; done
if [ "$stopped" = requeue ] && [ "$status" -ne 0 ]; then
  scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}" && sleep 60
fi
exit "$status"
"#,
        name = job.plain_name(),
        shards = job.shards,
        threads = job.threads,
        minutes = minutes.ceil().min(LONGEST_MINUTES),
        log = quoted(&job.output.join("shard-%a.log").display().to_string()),
        program = quoted(&job.program.display().to_string()),
        scenario = quoted(&job.scenario.display().to_string()),
        output = quoted(&job.output.display().to_string()),
        options = job.options(),
    )
}

pub(super) fn merge_script(job: &Job) -> String {
    let output = quoted(&job.output.display().to_string());
    format!(
        r#"#!/bin/sh
#SBATCH --job-name=hostsim-{name}-merge
#SBATCH --time=60
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output={log}
exec {program} merge {output} --output {output}
"#,
        name = job.plain_name(),
        log = quoted(&job.output.join("merge.log").display().to_string()),
        program = quoted(&job.program.display().to_string()),
    )
}
