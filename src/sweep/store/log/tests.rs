use super::*;

fn header() -> Header {
    Header {
        version: "1".into(),
        identity: 7,
        title: "t".into(),
        axes: vec!["a.b".into()],
        design: "grid".into(),
        sample_points: 0,
        points: 3,
        shard: 1,
        shards: 1,
    }
}

fn run(point: u64) -> RunRecord {
    RunRecord {
        point,
        key: u128::MAX - 1,
        case: 0,
        replication: 2,
        seed: 9,
        case_name: "web".into(),
        cells: vec!["{ fixed = \"1 s\" }".into()],
        error: (point == 1).then(|| "infeasible".into()),
        columns: 0,
        values: vec![0.1 + 0.2, f64::MIN_POSITIVE, -0.0],
    }
}

fn filled(directory: &Path) -> (std::path::PathBuf, Vec<Record>) {
    let path = super::super::file_in(directory);
    let mut log = Log::create(&path, &header()).unwrap();
    let paths = vec![vec!["latency_s".to_string(), "mean".to_string()]];
    (0..3).for_each(|point| log.append_run(run(point), paths.clone()).unwrap());
    let columns = Record::Columns { number: 0, paths };
    let records = [Record::Header(header()), columns.clone(), columns];
    (path, records.into_iter().chain((0..3).map(|point| Record::Run(run(point)))).collect())
}

fn read(path: &Path) -> Vec<Record> {
    let mut records = Vec::new();
    Log::open(path, |record| records.push(record)).unwrap();
    records
}

#[test]
fn what_is_appended_is_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let (path, records) = filled(directory.path());
    assert_eq!(read(&path), records);
    let mut reader = LogReader::open(&path).unwrap().unwrap();
    let mut places = Vec::new();
    while let Some((place, _)) = reader.next_record().unwrap() {
        places.push(place);
    }
    for (place, record) in places.iter().zip(&records).rev() {
        assert_eq!(reader.record_at(*place).unwrap(), *record);
    }
}

/// Cut at every length: what was whole stays, and what is appended then stands after it.
#[test]
fn a_torn_end_is_dropped_and_the_store_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let (path, records) = filled(directory.path());
    let whole = std::fs::read(&path).unwrap();
    for length in 8..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let kept = read(&path);
        assert!(kept.len() < records.len() && kept == records[..kept.len()], "{length}");
        let (mut log, torn, _) = Log::open(&path, |_| {}).unwrap();
        assert_eq!(torn, 0);
        log.append(&Record::Complete { points: 3, runs: 3 }).unwrap();
        assert_eq!(read(&path).last(), Some(&Record::Complete { points: 3, runs: 3 }));
    }
}

/// One bit wrong anywhere: the record in which it is, and no other, is lost; none that was not written is read.
#[test]
fn a_wrong_bit_costs_its_own_record() {
    let directory = tempfile::tempdir().unwrap();
    let (path, records) = filled(directory.path());
    let whole = std::fs::read(&path).unwrap();
    let mut ends = Vec::new();
    let mut reader = LogReader::open(&path).unwrap().unwrap();
    while reader.next_record().unwrap().is_some() {
        ends.push(reader.place() as usize);
    }
    for at in 8..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&path, &bytes).unwrap();
        let hit = ends.iter().position(|end| at < *end).unwrap();
        let expected: Vec<Record> =
            records.iter().enumerate().filter(|(number, _)| *number != hit).map(|(_, record)| record.clone()).collect();
        assert_eq!(read(&path), expected, "{at}");
    }
}

/// Stretches of noise of every length in a long store: all records beside them are found, and how much was passed
/// over is counted.
#[test]
fn what_stands_behind_damage_is_found_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = super::super::file_in(directory.path());
    let mut log = Log::create(&path, &header()).unwrap();
    let paths = vec![vec!["tco_usd".to_string()]];
    (0..500).for_each(|point| log.append_run(run(point), paths.clone()).unwrap());
    let whole = std::fs::read(&path).unwrap();
    let mut noise = crate::engine::Stream::named(1, 0, "test", "noise");
    for length in [1, 8, 100, 3000, 20_000] {
        let mut bytes = whole.clone();
        let begin = 5000 + noise.below(10_000) as usize;
        bytes[begin..begin + length].iter_mut().for_each(|byte| *byte = !*byte ^ noise.bits() as u8 & 0x7f);
        std::fs::write(&path, &bytes).unwrap();
        let mut found = 0;
        let (_, torn, damage) =
            Log::open(&path, |record| found += usize::from(matches!(record, Record::Run(_)))).unwrap();
        let touched = length / 100 + 2;
        assert!(found >= 500 - touched && found < 500, "{length}: {found}");
        assert!(torn == 0 && damage.stretches == 1 && damage.bytes >= length as u64, "{length}: {damage:?}");
    }
}

/// A lost record of columns takes its runs with it, and its number is not used again.
#[test]
fn lost_columns_do_not_lend_their_number() {
    let directory = tempfile::tempdir().unwrap();
    let (path, _) = filled(directory.path());
    let mut bytes = std::fs::read(&path).unwrap();
    let mut reader = LogReader::open(&path).unwrap().unwrap();
    reader.next_record().unwrap();
    bytes[reader.place() as usize + 10] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let (mut log, _, _) = Log::open(&path, |_| {}).unwrap();
    log.append_run(run(7), vec![vec!["other".to_string()]]).unwrap();
    assert!(matches!(read(&path).last(), Some(Record::Run(run)) if run.columns == 1));
}

/// The record that all runs of a case need is there twice: one that is damaged costs no run.
#[test]
fn columns_are_there_twice() {
    let directory = tempfile::tempdir().unwrap();
    let path = super::super::file_in(directory.path());
    let mut log = Log::create(&path, &header()).unwrap();
    (0..20).for_each(|point| log.append_run(run(point), vec![vec!["tco_usd".to_string()]]).unwrap());
    drop(log);
    let whole = std::fs::read(&path).unwrap();
    for copy in 0..2 {
        let mut bytes = whole.clone();
        let mut reader = LogReader::open(&path).unwrap().unwrap();
        (0..=copy).for_each(|_| assert!(reader.next_record().unwrap().is_some()));
        bytes[reader.place() as usize + 14] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let runs = read(&path).iter().filter(|record| matches!(record, Record::Run(_))).count();
        assert_eq!(runs, 20, "copy {copy}");
        std::fs::write(&path, &whole).unwrap();
    }
}
