//! Files to be imported: named, globbed, in directories, on the standard input; compressed or not.

use super::read::ImportError;
use crate::files::Unpacked;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

/// How much of a file is looked at to tell what it is.
const HEAD: u64 = 1 << 17;

/// Where something is read from: a file, or `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as given.
    pub path: PathBuf,
}

/// An opened source: its first bytes, decompressed, and a reader of all of it.
pub(super) struct Opened {
    pub(super) head: Vec<u8>,
    pub(super) reader: Box<dyn BufRead>,
}

impl Source {
    pub(super) fn is_standard_input(&self) -> bool {
        self.path == Path::new("-")
    }

    /// Whether what it gives can be had once only: the standard input, and pipes.
    pub(super) fn is_stream(&self) -> bool {
        self.is_standard_input() || std::fs::metadata(&self.path).is_ok_and(|found| !found.is_file())
    }

    /// Opens it; gzip, xz and zstd are recognised by their first bytes, whatever the name.
    pub(super) fn open(&self) -> io::Result<Opened> {
        let raw: Box<dyn Read> =
            if self.is_standard_input() { Box::new(io::stdin().lock()) } else { Box::new(File::open(&self.path)?) };
        let mut reader = Unpacked::new(BufReader::with_capacity(1 << 18, raw))?;
        let mut head = Vec::new();
        let ended = reader.by_ref().take(HEAD).read_to_end(&mut head);
        if head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
        }
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "the text is in UTF-16: save it as UTF-8"));
        }
        // What could be read before an archive broke off is still read; the break itself comes again at its place.
        let rest: Box<dyn Read> = match ended {
            Ok(_) => Box::new(reader),
            Err(error) if head.is_empty() => return Err(error),
            Err(error) => Box::new(Broken(Some(error))),
        };
        let whole = Cursor::new(head.clone()).chain(rest);
        Ok(Opened { head, reader: Box::new(BufReader::with_capacity(1 << 18, whole)) })
    }
}

/// Gives an error once, and then the end.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// What an error of reading means, in words.
pub(super) fn explain(error: &io::Error) -> String {
    use io::ErrorKind as K;
    match error.kind() {
        K::NotFound => "no such file".into(),
        K::PermissionDenied => "the file may not be read (permission denied)".into(),
        K::IsADirectory => "this is a directory, not a file".into(),
        K::UnexpectedEof => "the compressed file ends early".into(),
        K::Unsupported | K::FileTooLarge => error.to_string(),
        _ => format!("the file is damaged or cannot be read ({error})"),
    }
}

/// The sources that the arguments mean: globs and directories are opened up, in the order of their names.
///
/// # Errors
/// Nothing there.
pub(super) fn sources(arguments: &[PathBuf]) -> Result<Vec<Source>, ImportError> {
    let mut found = Vec::new();
    for argument in arguments {
        let wrong = |message: String| ImportError { file: argument.clone(), line: None, message };
        if argument == Path::new("-") || argument.is_file() {
            found.push(argument.clone());
        } else if argument.is_dir() {
            let files = listed(argument, "*").map_err(|e| wrong(explain(&e)))?;
            if files.is_empty() {
                return Err(wrong("the directory holds no files".into()));
            }
            found.extend(files);
        } else {
            let pattern = argument.file_name().and_then(|n| n.to_str()).filter(|n| n.contains(['*', '?']));
            let Some(pattern) = pattern else {
                found.push(argument.clone());
                continue;
            };
            let directory = argument.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let files = listed(directory, pattern).map_err(|e| wrong(explain(&e)))?;
            if files.is_empty() {
                return Err(wrong("no file has such a name".into()));
            }
            found.extend(files);
        }
    }
    let mut once = std::collections::HashSet::new();
    found.retain(|path| once.insert(path.clone()));
    Ok(found.into_iter().map(|path| Source { path }).collect())
}

fn listed(directory: &Path, pattern: &str) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_file() && !name.starts_with('.') && matches(pattern.as_bytes(), name.as_bytes()) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a name is as a pattern with `*` and `?` says.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, n) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn globs() {
        for (pattern, name, is) in [
            ("*.gz", "access.log.10.gz", true),
            ("access.log*", "access.log", true),
            ("a?c*e", "abcde", true),
            ("*a*b", "xaxbxb", true),
            ("a*b", "acbx", false),
            ("?", "", false),
            ("**", "", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), is, "{pattern} {name}");
        }
    }
}
