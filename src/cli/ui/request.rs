//! What the page asks for: words as on the command line, and files.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Component, Path};

/// The most bytes of a request: a scenario and a log beside it, in base64.
pub const MOST: u64 = 256 << 20;

/// The commands that the page has. None of them writes anywhere but to its output.
const COMMANDS: [&str; 11] =
    ["run", "curve", "map", "advise", "sweep", "check", "compare", "import", "init", "models", "schema"];

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
        let mut files = BTreeMap::new();
        for (name, content) in asked.files {
            if !stays(&name) || name.is_empty() {
                return Err(format!("`{name}` leads out of the directory"));
            }
            let bytes = BASE64_STANDARD.decode(content).map_err(|error| format!("`{name}` is not base64: {error}"))?;
            files.insert(name, bytes);
        }
        Ok(Request { args: asked.args, files })
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
        let good = read(r#"{"args": ["run", "a.toml", "--traffic", "0.5"], "files": {"a.toml": "eA=="}}"#).unwrap();
        assert_eq!((good.args.len(), good.files["a.toml"].as_slice()), (4, &b"x"[..]));
    }

    #[test]
    fn only_the_page_s_commands_are_run() {
        for text in [
            r#"{"args": ["ui"]}"#,
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
