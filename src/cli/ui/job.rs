//! One command of the page, run by this very program.

use super::request::Request;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// The page's scenario, which is given on the standard input: its traces are found from the directory.
const SCENARIO: &str = "scenario.toml";
/// How long nothing is said before the page is tried whether it still listens.
const SILENCE: Duration = Duration::from_millis(300);

/// A child that does not outlive its job.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a command in a directory, and tells how it goes and what came out as events (`data: JSON`); ends it where nobody listens any
/// more, or `stop` is set.
///
/// # Errors
/// What cannot be started, or told.
pub fn run(
    request: &Request,
    directory: &Path,
    stop: &AtomicBool,
    mut tell: impl FnMut(&str) -> io::Result<()>,
) -> io::Result<()> {
    let room = tempfile::tempdir()?;
    for (name, bytes) in &request.files {
        let path = room.path().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
    }
    let mut child = start(request, directory, room.path())?;
    if let (Some(mut input), Some(scenario)) = (child.0.stdin.take(), request.files.get(SCENARIO)) {
        // A command that does not read it has gone on without.
        let _ = input.write_all(scenario);
    }
    let printed = child.0.stdout.take().map(|mut out| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            out.read_to_end(&mut text).map(|_| text)
        })
    });
    let said = heard(child.0.stderr.take());
    loop {
        match said.recv_timeout(SILENCE) {
            Ok(line) => tell(&format!("data: {}\n\n", json!({ "said": line })))?,
            Err(RecvTimeoutError::Timeout) => tell(": \n\n")?,
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
    }
    let status = child.0.wait()?.code().unwrap_or(1);
    let printed = printed.and_then(|thread| thread.join().ok()).transpose()?.unwrap_or_default();
    let mut files = BTreeMap::new();
    gather(room.path(), room.path(), &mut files)?;
    files.retain(|name, bytes| request.files.get(name) != Some(bytes));
    let files: BTreeMap<String, String> =
        files.into_iter().map(|(name, bytes)| (name, BASE64_STANDARD.encode(bytes))).collect();
    let stdout = String::from_utf8_lossy(&printed);
    tell(&format!("data: {}\n\n", json!({ "status": status, "stdout": stdout, "files": files })))
}

/// The lines of the standard error, as they come.
fn heard(stream: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (to, from) = channel();
    if let Some(stream) = stream {
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stream);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                if to.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
                line.clear();
            }
        });
    }
    from
}

fn start(request: &Request, directory: &Path, room: &Path) -> io::Result<Ended> {
    let mut command = Command::new(std::env::current_exe()?);
    let mut to_output = false;
    for word in &request.args {
        let inside = to_output || (request.files.contains_key(word) && word != SCENARIO);
        if word == SCENARIO && !to_output && request.files.contains_key(word) {
            command.arg("-");
        } else if inside {
            command.arg(room.join(word));
        } else {
            command.arg(word);
        }
        to_output = word == "--output";
    }
    command.env("COLUMNS", "100").env("HOSTSIM_PROGRESS", "lines").env("NO_COLOR", "1");
    command.current_dir(directory).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(Ended(command.spawn()?))
}

/// All files below a directory, by their paths from `root` with `/`.
fn gather(directory: &Path, root: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            gather(&path, root, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            let name = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            files.insert(name, std::fs::read(&path)?);
        }
    }
    Ok(())
}
