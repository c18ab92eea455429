//! What the page asks for: words as on the command line, and files.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Component, Path};

/// The most bytes of a request: a scenario and a log beside it, in base64.
pub const MOST: u64 = 256 << 20;

/// The commands that the page has. None of them starts another program.
const COMMANDS: [&str; 10] =
    ["run", "curve", "map", "advise", "check", "compare", "import", "init", "models", "schema"];
/// Those of them that write files, and where nobody says where, to the directory that they are run in.
const WRITING: [&str; 6] = ["run", "curve", "map", "advise", "import", "models"];

/// Words and files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    args: Vec<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
}

/// A request that may be done.
pub struct Request {
    /// The words.
    pub args: Vec<String>,
    /// Files by their names, which lead nowhere else.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// What is not to be done, in words.
    pub fn read(text: &[u8]) -> Result<Request, String> {
        let asked: Asked = serde_json::from_slice(text).map_err(|error| format!("not a request: {error}"))?;
        let command = asked.args.first().map_or("", String::as_str);
        if !COMMANDS.contains(&command) {
            return Err(format!("`{command}` is not among the page's commands: {}", COMMANDS.join(", ")));
        }
        if let Some(word) = asked.args.iter().find(|word| !stays(word)) {
            return Err(format!("`{word}` leads out of the directory"));
        }
        // One word is a path of the page's, which `--output` stands alone before.
        if let Some(word) = asked.args.iter().find(|word| word.starts_with("--output=") || *word == "--force") {
            return Err(format!("`{word}`: files go to the page, by `--output` and a name"));
        }
        let mut args = asked.args;
        let says_where = args.iter().any(|word| word == "--output" || word == "--no-files");
        if WRITING.contains(&args[0].as_str()) && !says_where {
            args.push("--no-files".into());
        }
        if args[0] == "init" && !says_where && !args.iter().any(|word| word == "--list") {
            return Err("`init` writes a file: say `--output` and its name".into());
        }
        let mut files = BTreeMap::new();
        for (name, content) in asked.files {
            if !stays(&name) || name.is_empty() {
                return Err(format!("`{name}` leads out of the directory"));
            }
            let bytes = BASE64_STANDARD.decode(content).map_err(|error| format!("`{name}` is not base64: {error}"))?;
            files.insert(name, bytes);
        }
        Ok(Request { args, files })
    }
}

/// Whether a word, taken for a path (also behind `=`), stays in the directory.
fn stays(word: &str) -> bool {
    word.split('=').all(|part| {
        let inner = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        !part.contains('\0') && Path::new(part).components().all(inner)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Request, String> {
        Request::read(text.as_bytes())
    }

    #[test]
    fn words_and_names_stay_inside() {
        for word in ["../x", "/etc/passwd", "--output=/tmp", "a/../../b"] {
            let text = format!(r#"{{"args": ["run", "{word}"]}}"#);
            assert!(read(&text).is_err_and(|message| message.contains("leads out")), "{word}");
            let text = format!(r#"{{"args": ["run"], "files": {{"{word}": ""}}}}"#);
            assert!(read(&text).is_err_and(|message| message.contains("leads out")), "{word}");
        }
        let text = r#"{"args": ["run", "a.toml", "--output", "out"], "files": {"a.toml": "eA=="}}"#;
        let good = read(text).unwrap();
        assert_eq!((good.args.len(), good.files["a.toml"].as_slice()), (4, &b"x"[..]));
    }

    #[test]
    fn nothing_is_written_where_the_program_was_started() {
        for command in WRITING {
            let good = read(&format!(r#"{{"args": ["{command}", "a.toml"]}}"#)).unwrap();
            assert_eq!(good.args.last().map(String::as_str), Some("--no-files"), "{command}");
        }
        for words in [
            r#""run", "a.toml", "--output=out""#,
            r#""run", "a.toml", "--output", "out", "--force""#,
            r#""init", "idle-app""#,
        ] {
            assert!(read(&format!(r#"{{"args": [{words}]}}"#)).is_err(), "{words}");
        }
    }

    #[test]
    fn only_the_page_s_commands_are_run() {
        for text in [
            r#"{"args": ["ui"]}"#,
            r#"{"args": ["sweep", "a.toml", "--submit", "slurm"]}"#,
            r#"{"args": []}"#,
            r#"{"args": ["--help"]}"#,
            "[]",
            "{",
            r#"{"args": ["run"], "x": 1}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
