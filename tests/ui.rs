//! `hostsim ui` over its door: what a page gets, and what others do not.

use crate::program::{SMALL, program};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A program that serves, ended with the test.
struct Served {
    child: Child,
    port: u16,
    key: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(directory: &Path, arguments: &[&str]) -> Served {
    let mut command = program(directory, &[&["ui", "--no-open"], arguments].concat());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut link = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut link).unwrap();
    let rest = link.trim().strip_prefix("http://127.0.0.1:").unwrap();
    let (port, key) = rest.split_once("/?key=").unwrap();
    Served { child, port: port.parse().unwrap(), key: key.to_string() }
}

/// Sends a text as it stands; gives all that comes until the connection is quiet or closed.
fn sent(served: &Served, text: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(served: &Served, path: &str, headers: &str) -> String {
    let port = served.port;
    sent(served, &format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}\r\n"))
}

fn post(served: &Served, key: &str, body: &str) -> String {
    let (port, length) = (served.port, body.len());
    let head =
        format!("POST /engine HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\nX-Hostsim-Key: {key}\r\n");
    sent(served, &format!("{head}Content-Length: {length}\r\n\r\n{body}"))
}

fn asked(args: &[&str], scenario: &str) -> String {
    use base64::Engine as _;
    let base = base64::prelude::BASE64_STANDARD.encode(scenario);
    json!({ "args": args, "files": { "scenario.toml": base } }).to_string()
}

/// The events of an answer.
fn events(answer: &str) -> Vec<Value> {
    answer
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

#[test]
fn a_page_gets_what_the_command_line_gives() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("small.toml"), SMALL).unwrap();
    let served = serve(directory.path(), &["small.toml"]);
    let page = get(&served, "/", "");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<title>hostsim"), "{page}");
    let first = get(&served, "/start", &format!("X-Hostsim-Key: {}\r\n", served.key));
    assert!(first.contains("A small one"), "{first}");
    let answer = post(&served, &served.key, &asked(&["run", "scenario.toml", "--output", "results"], SMALL));
    let all = events(&answer);
    assert!(all.iter().any(|event| event["said"].as_str().is_some_and(|said| said.contains("progress"))), "{answer}");
    let end = all.last().unwrap();
    assert_eq!(end["status"], 0, "{answer}");
    let here = crate::program::run(directory.path(), &["run", "small.toml", "--no-files"]);
    let sentence = here.out.split(" month").next().unwrap().replace('\n', " ");
    assert!(end["stdout"].as_str().unwrap().replace('\n', " ").contains(&sentence), "{sentence}\n{end}");
    let files: Vec<&String> = end["files"].as_object().unwrap().keys().collect();
    assert!(files.iter().any(|name| *name == "results/report.html"), "{files:?}");
    // Nothing was written beside the scenario, nor where nobody says where files go.
    let bare = post(&served, &served.key, &asked(&["run", "scenario.toml"], SMALL));
    assert_eq!(events(&bare).last().unwrap()["status"], 0, "{bare}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    let wrong = post(&served, &served.key, &asked(&["check", "scenario.toml"], &SMALL.replace("cpu", "cup")));
    let said: String = events(&wrong).iter().filter_map(|event| event["said"].as_str().map(String::from)).collect();
    assert!(said.contains("cup") && events(&wrong).last().unwrap()["status"] == 2, "{wrong}");
}

#[test]
fn others_get_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let served = serve(directory.path(), &[]);
    let (port, run) = (served.port, asked(&["run", "scenario.toml"], SMALL));
    let status = |answer: &str| answer.split(' ').nth(1).unwrap_or_default().to_string();
    // A name that was made to lead here, and a page of others.
    let rebound = sent(&served, &format!("GET / HTTP/1.1\r\nHost: evil.example:{port}\r\nConnection: close\r\n\r\n"));
    assert_eq!(status(&rebound), "403", "{rebound}");
    let foreign = get(&served, "/start", &format!("Origin: https://evil.example\r\nX-Hostsim-Key: {}\r\n", served.key));
    assert_eq!(status(&foreign), "403", "{foreign}");
    // Without the secret, or with that of another.
    assert_eq!(status(&get(&served, "/start", "")), "403");
    assert_eq!(status(&post(&served, "", &run)), "403");
    assert_eq!(status(&post(&served, &"0".repeat(32), &run)), "403");
    // Paths outside, in addresses and in words.
    for path in ["/../Cargo.toml", "/..%2fCargo.toml", "//etc/passwd", "/build"] {
        assert_eq!(status(&get(&served, path, "")), "404", "{path}");
    }
    for words in [
        &["run", "../x.toml"][..],
        &["run", "/etc/passwd"],
        &["run", "x", "--output=/tmp/x"],
        &["run", "x", "--output=y"],
        &["sweep", "x"],
        &["ui"],
        &[],
    ] {
        let answer = post(&served, &served.key, &asked(words, SMALL));
        assert_eq!(status(&answer), "400", "{words:?}: {answer}");
    }
    // A body that is said to be huge, and one of no length, are not read.
    let head = format!(
        "POST /engine HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Hostsim-Key: {}\r\nConnection: close\r\n",
        served.key
    );
    assert_eq!(status(&sent(&served, &format!("{head}Content-Length: 999999999999\r\n\r\n"))), "413");
    assert_eq!(status(&sent(&served, &format!("{head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))), "413");
}

/// The children that a process has.
#[cfg(target_os = "linux")]
fn children(of: u32) -> usize {
    let parent = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path.join("stat")).ok()?;
        text.rsplit(") ").next()?.split(' ').nth(1)?.parse::<u32>().ok()
    };
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| parent(entry.ok()?.path()))
        .filter(|found| *found == of)
        .count()
}

#[test]
#[cfg(target_os = "linux")]
fn a_client_that_goes_away_takes_its_run_along() {
    let directory = tempfile::tempdir().unwrap();
    let served = serve(directory.path(), &[]);
    let long = SMALL.replace("1 h", "4000 h").replace("replications = 2", "replications = 100");
    let body = asked(&["run", "scenario.toml", "--no-files"], &long);
    let mut stream = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    let head = format!("POST /engine HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nX-Hostsim-Key: {}\r\n", served.port, served.key);
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
    let until = |wanted: usize| {
        let began = Instant::now();
        while children(served.child.id()) != wanted {
            assert!(began.elapsed() < Duration::from_secs(20), "{} children", children(served.child.id()));
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    until(1);
    drop(stream);
    until(0);
}
