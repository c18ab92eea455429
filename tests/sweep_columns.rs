//! `points.csv` as the contract says it: the columns, RFC 4180, and axes of every sort.

use crate::program::{SMALL, run};
use std::path::Path;

fn swept(sweep: &str, files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let own = "[case.\"odd, \\\"name\\\"\"]\nhosting = \"mine\"\nsize = \"t2.micro\"\ninstances = 1\n\
               [[case.functions.charge]]\nname = \"database\"\nmeter = \"months\"\nprice = \"15\"\n\
               [model.mine]\nextends = \"aws-ec2-2017\"\n";
    std::fs::write(directory.path().join("s.toml"), format!("{SMALL}{own}{sweep}")).unwrap();
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let done = run(directory.path(), &["sweep", "s.toml"]);
    assert_eq!(done.status, Some(0), "{}", done.err);
    directory
}

/// The header and the rows.
fn table(directory: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let text = std::fs::read_to_string(directory.join("output/s/points.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let row = |record: &csv::StringRecord| record.iter().map(String::from).collect::<Vec<_>>();
    let header = row(reader.headers().unwrap());
    let rows: Vec<Vec<String>> = reader.records().map(|record| row(&record.unwrap())).collect();
    // RFC 4180: every line ends so, and no other text here holds it.
    assert_eq!(text.matches("\r\n").count(), 1 + rows.len());
    assert!(text.ends_with("\r\n"));
    (header, rows)
}

/// Keep-alives as kinds, sizes, seeds, rates, overcommitment, a model's and a charge's keys, and a
/// title that has to be quoted: each is a column by its path, each cell what was written.
#[test]
fn axes_of_every_sort_are_columns() {
    let grid = r#"
[sweep.zip]
"case.functions.keep-alive" = ["none", { fixed = "10 min" }]
"run.seed" = [5, 6]
"app.api.arrivals.poisson.rate" = ["1 /s", "1.5 /s"]
"fleet.overcommit.cpu" = [1.0, 2]
"model.mine.size.\"t2.micro\".cpu" = [1, 0.5]
"case.functions.charge.database.price" = ["15", "0.50"]
"title" = ["plain", "with, \"quotes\"\nand a line"]
"#;
    let directory = swept(grid, &[]);
    let (header, rows) = table(directory.path());
    let axes = [
        "case.functions.keep-alive",
        "run.seed",
        "app.api.arrivals.poisson.rate",
        "fleet.overcommit.cpu",
        "model.mine.size.\"t2.micro\".cpu",
        "case.functions.charge.database.price",
        "title",
    ];
    assert_eq!(header[0], "point");
    assert_eq!(header[1..=7], axes);
    assert_eq!(header[8..11], ["case", "replication", "seed"]);
    assert!(header.contains(&"latency_p99_s".into()) && header.contains(&"invoice_database_usd".into()));
    assert_eq!(rows.len(), 2 * 3 * 2);
    let first = ["0", "none", "5", "1 /s", "1.0", "1", "15", "plain", "machine", "0", "5"];
    assert_eq!(rows[0][..11], first);
    let last = ["1", "{ fixed = \"10 min\" }", "6", "1.5 /s", "2", "0.5", "0.50", "with, \"quotes\"\nand a line"];
    assert_eq!(rows[11][..8], last);
    assert_eq!(rows[11][8..11], ["odd, \"name\"", "1", "6"]);
    // Points, then cases in the file's order, then replications.
    let order: Vec<(&str, &str, &str)> = rows.iter().map(|row| (&*row[0], &*row[8], &*row[9])).collect();
    let cases = ["machine", "functions", "odd, \"name\""];
    let expected = ["0", "1"].into_iter().flat_map(|point| cases.map(|case| [(point, case, "0"), (point, case, "1")]));
    assert_eq!(order, expected.flatten().collect::<Vec<_>>());
    // The axes did what they say.
    let column = |name: &str| header.iter().position(|known| known == name).unwrap();
    let of = |row: usize, name: &str| rows[row][column(name)].parse::<f64>().unwrap();
    assert_eq!(of(2, "requests_cold_share"), 1.0, "kept alive for no time");
    assert!(of(8, "requests_cold_share") < 0.1);
    assert_eq!((of(2, "invoice_database_usd"), of(8, "invoice_database_usd")), (15.0, 0.5));
    assert!(of(6, "requests_arrived") > 1.2 * of(0, "requests_arrived"));
}

/// A file of points: a header of paths, TOML where a cell is that, empty where the scenario's own
/// value stays; a wrong cell is underlined where it stands.
#[test]
fn points_come_from_a_file() {
    let csv = "\"case.functions.keep-alive\",app.api.memory,labour.wage,title\r\n\
               \"{ fixed = \"\"1 min\"\" }\",96 MiB,20 USD/h,\"a, \"\"b\"\"\"\r\nnone,,30 USD/h,\r\n";
    let file = "[labour]\nwage = \"1 USD/h\"\n[sweep.points]\nfile = \"points.csv\"\n";
    let directory = swept(file, &[("points.csv", csv)]);
    let (header, rows) = table(directory.path());
    assert_eq!(header[1..6], ["case.functions.keep-alive", "app.api.memory", "labour.wage", "title", "case"]);
    assert_eq!(rows[0][1..5], ["{ fixed = \"1 min\" }", "96 MiB", "20 USD/h", "a, \"b\""]);
    assert_eq!(rows[6][1..5], ["none", "", "30 USD/h", ""]);
    let wrong = "app.api.memory,labour.wage\n64 MiB,20 USD/h\n64 MiB, 2 s\n";
    std::fs::write(directory.path().join("points.csv"), wrong).unwrap();
    let refused = run(directory.path(), &["sweep", "s.toml", "--output", "other"]);
    assert_eq!(refused.status, Some(2));
    assert!(refused.err.contains("points.csv:3:9") && refused.err.contains("         ^^^\n"), "{}", refused.err);
}

/// The same points, in a list in the file and in a file beside it, are the same table.
#[test]
fn a_list_of_points_is_as_good_as_a_file() {
    let list = "[[sweep.points]]\n\"app.api.memory\" = \"96 MiB\"\n\"case.machine.instances\" = 2\n\
                [[sweep.points]]\n\"case.machine.instances\" = 3\n";
    let file = "[sweep.points]\nfile = \"p.csv\"\n";
    let csv = "app.api.memory,case.machine.instances\n96 MiB,2\n,3\n";
    assert_eq!(table(swept(list, &[]).path()), table(swept(file, &[("p.csv", csv)]).path()));
}

/// A sample of distributions of different sorts lies where they say, and is another with another
/// seed alone.
#[test]
fn a_sample_draws_from_its_distributions() {
    let sample = |seed: u32| {
        format!(
            "[sweep.sample]\npoints = 32\nmethod = \"sobol\"\nseed = {seed}\n\
             \"app.api.arrivals.poisson.rate\".log-uniform = {{ min = \"0.1 /s\", max = \"1 /s\" }}\n\
             \"labour.wage\".uniform = {{ min = \"0 USD/h\", max = \"80 USD/h\" }}\n\
             \"case.machine.instances\" = {{ from = 1, to = 4 }}\n\
             \"case.functions.keep-alive\" = [\"none\", {{ fixed = \"1 min\" }}]\n"
        )
    };
    let points = |seed: u32| {
        let (_, rows) = table(swept(&sample(seed), &[]).path());
        rows.into_iter().step_by(6).map(|row| row[1..5].to_vec()).collect::<Vec<_>>()
    };
    let (one, two) = (points(1), points(2));
    assert_eq!((one.len(), one == points(1), one == two), (32, true, false));
    let count = |holds: &dyn Fn(&Vec<String>) -> bool| one.iter().filter(|point| holds(point)).count();
    let number = |cell: &str| cell.split(' ').next().unwrap().parse::<f64>().unwrap();
    // A Sobol' sequence puts as many of 32 points into each half, and each quarter.
    assert_eq!(count(&|point| number(&point[0]) < 0.1f64.sqrt()), 16, "half below the geometric middle");
    assert_eq!(count(&|point| number(&point[1]) < 20.0), 8);
    assert_eq!((1..=4).map(|n| count(&|point| point[2] == n.to_string())).collect::<Vec<_>>(), [8, 8, 8, 8]);
    assert_eq!(count(&|point| point[3] == "none"), 16);
}

/// Replications share their random numbers across points: as many requests arrive at each, and
/// what differs between replications does not differ between points.
#[test]
fn points_share_their_random_numbers() {
    let grid = "[sweep.grid]\n\"app.api.memory\" = [\"64 MiB\", \"96 MiB\"]\n\
                \"case.machine.instances\" = [1, 2]\n\"labour.wage\" = [\"1 USD/h\", \"2 USD/h\"]\n";
    let (header, rows) = table(swept(&format!("[labour]\nwage = \"1 USD/h\"\n{grid}"), &[]).path());
    let column = |name: &str| header.iter().position(|known| known == name).unwrap();
    let (case, replication) = (column("case"), column("replication"));
    let arrived = |k: &str| {
        let own = rows.iter().filter(|row| row[replication] == k);
        own.map(|row| row[column("requests_arrived")].clone()).collect::<std::collections::BTreeSet<_>>()
    };
    let (one, two) = (arrived("0"), arrived("1"));
    assert!(one.len() == 1 && two.len() == 1 && one != two, "{one:?} {two:?}");
    // An axis that the case does not depend on leaves its every figure.
    let latencies = |point: &str| {
        let own = rows.iter().filter(|row| row[0] == point && row[case] == "functions");
        own.map(|row| row[column("latency_mean_s")].clone()).collect::<Vec<_>>()
    };
    assert!((1..8).all(|point| latencies(&point.to_string()) == latencies("0")));
}
