//! Words that would act: one nasty text in every place that takes a name, and every document that comes out
//! read by a real parser of its kind.

use crate::program::run;
use std::path::Path;

/// Steers a terminal, closes tags, begins a formula, breaks rows.
const NASTY: [&str; 4] = [
    r#"=cmd|'/C calc'!A0"#,
    r#"</title></script><script>document.title='PWNED'</script>\u001b[31m"#,
    r#"+1+1|\u001b]0;PWNED\u0007\u0000 **b** [x](javascript:y)"#,
    r#"@SUM(1) second\r\u009b31m\u202e -- ' \" ]]> <svg onload=alert(1)>"#,
];

/// A scenario with the text as its title and as the name of all that has one.
fn scenario(nasty: &str) -> String {
    format!(
        r#"schema = 1
title = "{nasty}"
[run]
duration = "10 min"
replications = 2
[app."{nasty}"]
arrivals.poisson = {{ rate = "2 /s" }}
cpu.exponential = {{ mean = "20 ms" }}
memory = "50 MiB"
slo = {{ p99 = "1 s" }}
[app.other]
arrivals.poisson = {{ rate = "1 /s" }}
cpu.exponential = {{ mean = "20 ms" }}
memory = "50 MiB"
slo = {{ p99 = "1 s" }}
[case."{nasty}"]
hosting = "{nasty}"
size = "{nasty}"
instances = 2
with = ["{nasty}"]
[case.plain]
hosting = "digitalocean-2017"
size = "512mb"
instances = 2
[model."{nasty}"]
extends = "digitalocean-2017"
provider = "{nasty}"
product = "{nasty}"
[model."{nasty}".size."{nasty}"]
cpu = 1
memory = "1 GiB"
[[model."{nasty}".charge]]
name = "droplets"
price = "0.01"
[[model."{nasty}".charge]]
name = "{nasty}"
meter = "months"
price = "1"
with = "{nasty}"
source = "{nasty}"
[curve]
traffic = {{ from = 0.5, to = 2.0, points = 3 }}
requests = 500
[map]
x = {{ path = "labour.wage", values = ["20 USD/h", "40 USD/h"] }}
y = {{ path = "title", values = ["{nasty}", "plain"] }}
[labour]
wage = "55 USD/h"
[sweep.grid]
"title" = ["{nasty}", "plain"]
"#
    )
}

/// A directory of models: one that is offered, and one that a claim of the article rests on, with the text wherever a
/// model has one.
fn models(directory: &Path, nasty: &str) {
    std::fs::create_dir_all(directory).unwrap();
    let text = |own: &str| {
        format!(
            "schema = 1\n{own}\nprovider = \"{nasty}\"\nproduct = \"{nasty}\"\n[[charge]]\nname = \"{nasty}\"\nmeter = \"months\"\n\
             price = \"1\"\nsource = \"{nasty}\"\n"
        )
    };
    std::fs::write(directory.join("offered.toml"), text("extends = \"digitalocean-2017\"")).unwrap();
    let known = std::fs::read_to_string(crate::common::root().join("models/textbook/textbook-vps.toml")).unwrap();
    // What it has itself gives way.
    const OWN: [&str; 3] = ["schema", "provider", "product"];
    let own: String = known
        .lines()
        .filter(|line| !OWN.iter().any(|key| line.starts_with(key)))
        .map(|line| format!("{line}\n"))
        .collect();
    let (keys, tables) = own.split_at(own.find("\n[").map_or(own.len(), |at| at + 1));
    std::fs::write(directory.join("textbook-vps.toml"), text(keys) + tables).unwrap();
}

/// Every page and drawing below a directory read by Python's parsers of HTML and XML, where Python is there: a page has
/// its own scripts alone, nothing that is run by a tag, and no address that is.
fn read_by_others(directory: &Path) -> String {
    const SCRIPT: &str = r#"
import sys, pathlib, html.parser, xml.etree.ElementTree as tree
class Page(html.parser.HTMLParser):
    scripts = 0
    def handle_starttag(self, tag, attributes):
        self.scripts += tag == "script"
        for name, value in attributes:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                print(path, tag, name, value)
        if tag in ("iframe", "object", "embed", "form", "base"):
            print(path, tag)
for path in pathlib.Path(sys.argv[1]).rglob("*"):
    if path.suffix == ".html":
        page = Page(); page.feed(path.read_text(encoding="utf-8")); page.close()
        if page.scripts > 1: print(path, page.scripts, "scripts")
    if path.suffix == ".svg":
        for element in tree.parse(path).iter():
            if element.tag.split("}")[-1] in ("script", "foreignObject") or any(name.startswith("on") for name in element.keys()):
                print(path, element.tag)
"#;
    let done = std::process::Command::new("python3").args(["-c", SCRIPT]).arg(directory).output();
    let Ok(done) = done else {
        println!("skipped: python3 is not there to read pages and drawings");
        return String::new();
    };
    String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned()
}

fn acts(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || matches!(c, '\u{202a}'..='\u{202e}')
}

/// What keeps a text from being well-formed XML: tags that do not match, values without quotes, a bare sign.
fn not_well_formed(text: &str) -> Option<String> {
    let (mut open, mut rest): (Vec<&str>, &str) = (Vec::new(), text.trim());
    while let Some(start) = rest.find('<') {
        if rest[..start].contains('>') || rest[..start].split('&').skip(1).any(|entity| !entity.contains(';')) {
            return Some(format!("a bare sign in {:?}", &rest[..start]));
        }
        // An end of a tag does not stand within quotes.
        let mut quote = None;
        let end = rest[start..].char_indices().find(|(_, c)| match (quote, *c) {
            (None, '"' | '\'') => {
                quote = Some(*c);
                false
            }
            (Some(q), c) if q == c => {
                quote = None;
                false
            }
            (None, '>') => true,
            _ => false,
        });
        let Some((length, _)) = end else { return Some("a tag without an end".into()) };
        let tag = &rest[start + 1..start + length];
        let name =
            tag.trim_start_matches('/').split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        match tag.chars().next() {
            Some('?' | '!') => {}
            Some('/') if open.pop() != Some(name) => return Some(format!("</{name}> closes nothing")),
            Some('/') => {}
            Some(c) if c.is_ascii_alphabetic() && !tag.contains('<') => {
                if !tag.ends_with('/') {
                    open.push(name);
                }
            }
            _ => return Some(format!("<{tag}> is no tag")),
        }
        rest = &rest[start + length + 1..];
    }
    (!open.is_empty()).then(|| format!("{open:?} are open"))
}

/// Reads a file as what its ending says; says what is wrong with it.
fn wrong(path: &Path) -> Option<String> {
    let bytes = std::fs::read(path).unwrap();
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if ending == "png" || ending == "log" || ending == "lock" {
        return None;
    }
    let Ok(text) = String::from_utf8(bytes) else { return Some("no text".into()) };
    if let Some(c) = text.chars().find(|c| acts(*c)) {
        return Some(format!("holds {c:?}"));
    }
    match ending {
        "json" => serde_json::from_str::<serde_json::Value>(&text).err().map(|error| error.to_string()),
        "svg" => not_well_formed(&text),
        "csv" => {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            let rows: Result<Vec<_>, _> = reader.records().collect();
            let rows = match rows {
                Ok(rows) => rows,
                Err(error) => return Some(error.to_string()),
            };
            let active =
                |cell: &&str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
            rows.iter().flat_map(|row| row.iter()).find(active).map(|cell| format!("a formula: {cell}"))
        }
        "html" => {
            let scripts = text.to_lowercase().matches("<script>document.title").count();
            let live = text.contains("<svg onload") || scripts > 0 || text.contains("</title></script>");
            live.then(|| "markup of the text's own".to_string())
        }
        "md" => {
            use pulldown_cmark::{Event, Options, Parser, Tag};
            let acting = |event: &Event<'_>| match event {
                Event::Html(_) | Event::InlineHtml(_) => true,
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    dest_url.contains("javascript") || dest_url.contains("PWNED")
                }
                _ => false,
            };
            let found = Parser::new_ext(&text, Options::all()).find(acting);
            found.map(|event| format!("{event:?} stands in it"))
        }
        _ => None,
    }
}

#[test]
fn no_text_acts_in_any_document() {
    for (number, nasty) in NASTY.iter().enumerate() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("it.toml"), scenario(nasty)).unwrap();
        models(&directory.path().join("models"), nasty);
        for arguments in [
            &["run", "it.toml"][..],
            &["curve", "it.toml"],
            &["map", "it.toml"],
            &["sweep", "it.toml"],
            &["advise", "it.toml", "--models", "models", "--word", "offered", "--era", "all"],
            &["article", "--claim", "3", "--models", "models"],
        ] {
            let command = arguments[0];
            // No text of a model comes into it.
            if command == "article" && number > 0 {
                continue;
            }
            let output = format!("out-{command}");
            let done = run(directory.path(), &[arguments, &["--output", &output]].concat());
            assert_eq!(done.status, Some(0), "{number} {command}: {}", done.err);
            assert!(!done.out.chars().chain(done.err.chars()).any(acts), "{number} {command}");
            assert!(done.out.contains("offered") || command != "advise", "{}", done.out);
            for entry in std::fs::read_dir(directory.path().join(&output)).unwrap() {
                let path = entry.unwrap().path();
                assert_eq!(wrong(&path), None, "{number} {}", path.display());
            }
        }
        assert_eq!(read_by_others(directory.path()), "");
        for format in ["table", "json", "csv", "markdown"] {
            let done = run(directory.path(), &["run", "it.toml", "--no-files", "--format", format]);
            assert!(done.status == Some(0) && !done.out.chars().any(acts), "{number} {format}");
        }
    }
}

/// A bill, its documents, and a trace whose cells steer a terminal.
#[test]
fn no_text_acts_in_a_bill_nor_from_a_trace() {
    let directory = tempfile::tempdir().unwrap();
    for nasty in NASTY {
        let text = format!(
            "schema = 1\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\nprovider = \"{nasty}\"\nproduct = \"{nasty}\"\n\
             [[model.charge]]\nname = \"{nasty}\"\nmeter = \"months\"\nprice = \"1\"\n[[usage]]\nresource = \"{nasty}\"\ncount = 1\n"
        );
        std::fs::write(directory.path().join("usage.toml"), text).unwrap();
        for format in ["table", "json", "csv", "markdown", "focus"] {
            let done =
                run(directory.path(), &["bill", "usage.toml", "--format", format, "--output", "bill", "--force"]);
            assert_eq!(done.status, Some(0), "{}", done.err);
            assert!(!done.out.chars().any(acts), "{format}: {:?}", done.out);
            assert!(
                format != "markdown" || !done.out.contains("<script>d") || done.out.contains("\\<script"),
                "{}",
                done.out
            );
        }
        for entry in std::fs::read_dir(directory.path().join("bill")).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(wrong(&path), None, "{}", path.display());
        }
    }
    std::fs::write(directory.path().join("t.csv"), "a\x1b[2J,b\x1b]0;x\x07\n\x1b[31m1,2\n").unwrap();
    let done = run(directory.path(), &["trace", "t.csv"]);
    assert!(!done.out.chars().chain(done.err.chars()).any(acts), "{:?}{:?}", done.out, done.err);
}

#[test]
fn a_scenario_of_any_name_writes_below_its_output() {
    let directory = crate::program::with_small();
    for name in ["...toml", "con.toml", "it is.toml"] {
        std::fs::copy(directory.path().join("small.toml"), directory.path().join(name)).unwrap();
        assert_eq!(run(directory.path(), &["run", name]).status, Some(0), "{name}");
    }
    let mut found: Vec<String> = std::fs::read_dir(directory.path().join("output"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    assert_eq!(found, ["con-", "it is", "unnamed"]);
}

#[test]
fn a_persons_own_file_is_spared_before_anything_is_simulated() {
    let directory = crate::program::with_small();
    let at = directory.path();
    std::fs::create_dir_all(at.join("mine")).unwrap();
    std::fs::write(at.join("mine/report.html"), "my own").unwrap();
    let done = run(at, &["run", "small.toml", "--output", "mine"]);
    assert!(done.status == Some(2) && done.err.contains("--force") && done.out.is_empty(), "{}", done.err);
    assert_eq!(std::fs::read_to_string(at.join("mine/report.html")).unwrap(), "my own");
    assert_eq!(std::fs::read_dir(at.join("mine")).unwrap().count(), 1);
    assert_eq!(run(at, &["run", "small.toml", "--output", "mine", "--force"]).status, Some(0));
    assert_eq!(run(at, &["run", "small.toml", "--output", "mine"]).status, Some(0));
    std::fs::write(at.join("file"), "").unwrap();
    for command in ["run", "curve", "map", "advise"] {
        let done = run(at, &[command, "small.toml", "--output", "file/in"]);
        assert!(done.status == Some(1) && done.out.is_empty(), "{command}: {}", done.err);
    }
}
