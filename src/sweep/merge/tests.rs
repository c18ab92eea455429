use super::*;
use crate::sweep::store::{Header, Log, Record, RunRecord};

/// One shard of two of a sweep of two points, with one run each.
fn header(shard: u32) -> Header {
    Header {
        version: "1".into(),
        identity: 7,
        title: "t".into(),
        axes: vec!["a.b".into()],
        design: "grid".into(),
        sample_points: 0,
        points: 2,
        shard,
        shards: 2,
    }
}

fn run(point: u64) -> RunRecord {
    RunRecord {
        point,
        key: u128::from(point),
        case: 0,
        replication: 0,
        seed: 1,
        case_name: "web".into(),
        cells: vec![point.to_string()],
        error: None,
        columns: 0,
        values: vec![1.5],
    }
}

/// What a shard says that it holds.
fn complete(points: u64, runs: u64) -> Record {
    Record::Complete { points, runs }
}

/// Writes a shard, and gives its directory.
fn shard(at: &Path, header: &Header, runs: Vec<RunRecord>, complete: Option<Record>) -> PathBuf {
    let directory = at.join(format!("shard-{}", header.shard));
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).unwrap();
    let mut log = Log::create(&file_in(&directory), header).unwrap();
    let paths = vec![vec!["tco_usd".to_string()]];
    runs.into_iter().for_each(|run| log.append_run(run, paths.clone()).unwrap());
    complete.into_iter().for_each(|record| log.append(&record).unwrap());
    directory
}

/// Merges a sound first shard with this second one.
fn merged(header_of_second: &Header, runs: Vec<RunRecord>, said: Option<Record>) -> Result<Merged, MergeError> {
    let at = tempfile::tempdir().unwrap();
    let first = shard(at.path(), &header(1), vec![run(0)], Some(complete(1, 1)));
    let second = shard(at.path(), header_of_second, runs, said);
    let result = merge(&[first, second], &at.path().join("whole"));
    assert_eq!(at.path().join("whole/points.csv").exists(), result.is_ok(), "a table, or none");
    result
}

#[test]
fn shards_that_fit_make_a_whole() {
    let whole = merged(&header(2), vec![run(1)], Some(complete(1, 1)));
    assert_eq!(whole, Ok(Merged { points: 2, runs: 2, failed: 0 }));
}

/// Each check by itself: all else fits.
#[test]
fn shards_that_do_not_fit_are_refused() {
    let refused = |header: Header, runs: Vec<RunRecord>, said: Option<Record>, expected: &str| {
        let Err(MergeError::Unfit(message)) = merged(&header, runs, said) else { panic!("{expected}: not refused") };
        assert!(message.contains(expected), "{expected} is not in {message}");
    };
    let (sound, one) = (|| vec![run(1)], || Some(complete(1, 1)));
    refused(Header { version: "2".into(), ..header(2) }, sound(), one(), "was made by version 2, and ");
    refused(Header { identity: 8, ..header(2) }, sound(), one(), "of different sweeps");
    refused(Header { shards: 3, ..header(2) }, sound(), one(), "is one of 3 shards, and ");
    refused(header(2), sound(), None, "is not complete: run shard 2/2 with --resume");
    refused(header(2), sound(), Some(complete(2, 1)), "the shards hold 3 points, and the sweep has 2");
    refused(header(2), vec![], one(), "the shards hold 1 runs, and say that they hold 2");
    refused(header(2), vec![run(0)], one(), "point 0, case 0, replication 0 is doubled");
    let other_key = RunRecord { replication: 1, key: 9, ..run(0) };
    refused(header(2), vec![other_key], one(), "the runs of point 0 are of different scenarios");
}

/// One bit wrong in a shard's store: no run is lost without a word. What is there twice is merged all the same, and right.
#[test]
fn a_damaged_shard_is_refused() {
    let at = tempfile::tempdir().unwrap();
    let first = shard(at.path(), &header(1), vec![run(0)], Some(complete(1, 1)));
    let second = shard(at.path(), &header(2), vec![run(1)], Some(complete(1, 1)));
    let whole = std::fs::read(file_in(&second)).unwrap();
    let table = |output: &str| std::fs::read(at.path().join(output).join("points.csv")).unwrap();
    merge(&[first.clone(), second.clone()], &at.path().join("right")).unwrap();
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        std::fs::write(file_in(&second), &bytes).unwrap();
        let result = merge(&[first.clone(), second.clone()], &at.path().join("whole"));
        match result {
            Ok(merged) => assert!(merged.runs == 2 && table("whole") == table("right"), "{place}: {merged:?}"),
            result => assert!(matches!(result, Err(MergeError::Unfit(_))), "{place}: {result:?}"),
        }
    }
}
