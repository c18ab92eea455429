//! A directory of results belongs to one process at a time, and a file in it that hostsim did not write is
//! nobody's to overwrite. What was written there, and with which contents, stands in [`LIST`], which is also what
//! is locked.

use super::open_plain;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The file that lists what hostsim wrote to a directory: a hash, the command and the name in each line.
pub const LIST: &str = "written-by-hostsim.txt";
/// No list is longer than this.
const LONGEST_LIST: u64 = 64 << 20;
/// What a sweep locks.
const OF_SWEEPS: &str = ".lock";

/// The directories that this process works in.
static CLAIMED: Mutex<Vec<Held>> = Mutex::new(Vec::new());

struct Held {
    directory: PathBuf,
    list: File,
    /// The lock of sweeps, where the directory has one.
    _sweeps: Option<File>,
    command: String,
    force: bool,
    known: HashMap<String, (String, u64)>,
    written: Vec<String>,
    made: Vec<PathBuf>,
}

/// A directory that this process works in, until this is dropped.
#[derive(Debug)]
pub struct Claim(PathBuf);

/// Why a directory cannot be had.
#[derive(Debug)]
pub enum Unclaimed {
    /// It belongs to another process, or holds files of others.
    Refused(String),
    /// It cannot be written to.
    Failed(io::Error),
}

fn claimed() -> MutexGuard<'static, Vec<Held>> {
    CLAIMED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Claims a directory, which is made where it is missing, for a command that will write files of these names.
/// `force` lets it overwrite what others wrote.
///
/// # Errors
/// Where another process works there, a file of one of the names was not written by hostsim, or nothing can be written.
pub fn claim(directory: &Path, command: &str, names: &[&str], force: bool) -> Result<Claim, Unclaimed> {
    let failed =
        |error: io::Error| Unclaimed::Failed(io::Error::new(error.kind(), format!("{}: {error}", directory.display())));
    // Held from before anything is made until it is known: an interruption in between would leave it behind.
    let mut all = claimed();
    let missing = directory.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
    let made: Vec<PathBuf> = missing.map(Path::to_path_buf).collect();
    let prepared = fs::create_dir_all(directory).and_then(|()| held(directory, command, force));
    let mut held = match prepared {
        Ok(Ok(held)) => held,
        Ok(Err(message)) => return Err(Unclaimed::Refused(message)),
        Err(error) => {
            remove_made(&made);
            return Err(failed(error));
        }
    };
    held.made = made;
    let foreign: Vec<String> =
        names.iter().filter(|name| !held.may_write(name)).map(|name| format!("`{name}`")).collect();
    let place = held.directory.clone();
    all.push(held);
    drop(all);
    let claim = Claim(place);
    if foreign.is_empty() {
        return Ok(claim);
    }
    Err(Unclaimed::Refused(not_ours(&foreign.join(", "), directory)))
}

/// Removes the temporary files of the processes that the list names: they were ended while they wrote.
fn remove_left_over(directory: &Path, list: &str) {
    let number = |line: &str| line.strip_prefix("# process ")?.split(' ').next()?.parse::<u32>().ok();
    let ended: Vec<String> = list.lines().filter_map(number).map(|number| format!(".{number}-")).collect();
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten().filter(|_| !ended.is_empty()) {
        let file = entry.file_name();
        if ended.iter().any(|begin| file.to_string_lossy().starts_with(begin.as_str())) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn not_ours(names: &str, directory: &Path) -> String {
    format!(
        "{names} in {} was not written by this version of hostsim, or changed since: choose another --output, or \
         overwrite it with --force",
        directory.display()
    )
}

/// Opens and locks a directory's list; says who holds it.
fn held(directory: &Path, command: &str, force: bool) -> io::Result<Result<Held, String>> {
    let path = directory.join(LIST);
    for name in [LIST, OF_SWEEPS] {
        let there = directory.join(name);
        if there.exists() && !there.is_file() {
            return Ok(Err(format!("`{}` is no plain file: choose another --output", there.display())));
        }
    }
    let mut list = OpenOptions::new().create(true).truncate(false).read(true).append(true).open(&path)?;
    let sweeps = OpenOptions::new().read(true).write(true).open(directory.join(OF_SWEEPS)).ok();
    for file in [Some(&list), sweeps.as_ref()].into_iter().flatten() {
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(held_by(file, directory))),
            // Where nothing can be locked (in a browser) there is no other process.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    let mut text = String::new();
    (&list).take(LONGEST_LIST).read_to_string(&mut text)?;
    // None of them works here any more: the list is locked.
    remove_left_over(directory, &text);
    let known = known_in(&text);
    writeln!(list, "# process {} ({command})", super::process())?;
    let directory = match fs::canonicalize(directory) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => directory.to_path_buf(),
        canonical => canonical?,
    };
    let (command, written, made) = (command.to_string(), Vec::new(), Vec::new());
    Ok(Ok(Held { directory, list, _sweeps: sweeps, command, force, known, written, made }))
}

/// What a directory's file that is locked says of who works there, in words. Who holds it wrote its number last.
pub fn held_by(locked: &File, directory: &Path) -> String {
    let mut text = String::new();
    let _ = locked.take(LONGEST_LIST).read_to_string(&mut text);
    let holder = text.lines().rev().find_map(|line| line.strip_prefix("# process "));
    let holder = holder.map_or("another process".to_string(), |who| format!("process {who}"));
    format!("{holder} is working in `{}`: let it finish, or stop it", directory.display())
}

/// Locks a directory's list, where there is one, for a process that has a lock of its own there.
///
/// # Errors
/// In words, where another process works there.
pub fn lock_list(directory: &Path) -> Result<Option<File>, String> {
    let Ok(list) = open_plain(&directory.join(LIST)) else { return Ok(None) };
    match list.try_lock() {
        Err(TryLockError::WouldBlock) => Err(held_by(&list, directory)),
        _ => Ok(Some(list)),
    }
}

/// What a list says of each name: the command that wrote the file, and its hash.
fn known_in(list: &str) -> HashMap<String, (String, u64)> {
    let entry = |line: &str| {
        let mut parts = line.splitn(3, ' ');
        let (hash, command, name) = (parts.next()?, parts.next()?, parts.next()?);
        Some((name.to_string(), (command.to_string(), u64::from_str_radix(hash, 16).ok()?)))
    };
    list.lines().filter(|line| !line.starts_with('#')).filter_map(entry).collect()
}

impl Held {
    /// Whether a file of that name is not there, or as hostsim wrote it, or not to be spared.
    fn may_write(&self, name: &str) -> bool {
        let path = self.directory.join(name);
        self.force || !path.exists() || self.is_as_written(name)
    }

    fn is_as_written(&self, name: &str) -> bool {
        let known = self.known.get(name).map(|(_, hash)| *hash);
        known.is_some() && hash_of(&self.directory.join(name)).ok() == known
    }

    fn note(&mut self, name: &str, hash: u64) -> io::Result<()> {
        writeln!(self.list, "{hash:016x} {} {name}", self.command)?;
        self.known.insert(name.to_string(), (self.command.clone(), hash));
        self.written.push(name.to_string());
        Ok(())
    }

    /// Removes what an earlier run of the command left and this one did not write, and writes the list anew.
    fn finish(&mut self) {
        if !self.written.is_empty() {
            let left = self.known.iter().filter(|(name, (command, _))| {
                *command == self.command && !self.written.contains(name) && self.is_as_written(name)
            });
            let left: Vec<String> = left.map(|(name, _)| name.clone()).collect();
            for name in left {
                let _ = fs::remove_file(self.directory.join(&name));
                self.known.remove(&name);
            }
        }
        let mut lines: Vec<String> =
            self.known.iter().map(|(name, (command, hash))| format!("{hash:016x} {command} {name}\n")).collect();
        lines.sort();
        let _ = self.list.set_len(0).and_then(|()| self.list.seek(SeekFrom::Start(0)));
        let _ = self.list.write_all(lines.concat().as_bytes());
        if lines.is_empty() {
            let _ = fs::remove_file(self.directory.join(LIST));
            remove_made(&self.made);
        }
    }
}

/// Gives back every claimed directory where the process is about to be ended by force: those that nothing was
/// written to go, if it made them. Nothing can be claimed any more. Waits for a second at most.
pub fn give_all_back() {
    for _ in 0..100 {
        if let Ok(mut all) = CLAIMED.try_lock() {
            all.drain(..).for_each(|mut held| held.finish());
            return std::mem::forget(all);
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut all = claimed();
        if let Some(place) = all.iter().position(|held| held.directory == self.0) {
            all.swap_remove(place).finish();
        }
    }
}

/// What is interrupted or fails leaves no empty directory; one that is not empty any more stays.
fn remove_made(made: &[PathBuf]) {
    for path in made {
        let _ = fs::remove_dir(path);
    }
}

/// Before a file is put into its place: where the directory is claimed, that it may be, which is noted.
pub(super) fn before_placing(path: &Path, temporary: &Path) -> io::Result<()> {
    let mut all = claimed();
    if all.is_empty() {
        return Ok(());
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Ok(());
    };
    let parent = fs::canonicalize(parent)?;
    let Some(held) = all.iter_mut().find(|held| held.directory == parent) else { return Ok(()) };
    if !held.may_write(name) {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, not_ours(&format!("`{name}`"), &parent)));
    }
    held.note(name, hash_of(temporary)?)
}

/// FNV-1a over a file's bytes: it tells a file that somebody changed, not one that somebody forged.
fn hash_of(path: &Path) -> io::Result<u64> {
    let (mut file, mut hash) = (open_plain(path)?, 0xcbf2_9ce4_8422_2325_u64);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hash);
        }
        for byte in &buffer[..read] {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write_atomically;

    fn refused(claim: Result<Claim, Unclaimed>) -> String {
        match claim {
            Err(Unclaimed::Refused(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_directory_is_had_once_and_what_others_wrote_is_spared() {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path().join("results");
        let path = |name: &str| at.join(name);
        let first = claim(&at, "run", &["a.csv"], false).unwrap();
        assert!(refused(claim(&at, "curve", &["b.csv"], false)).contains(&format!("process {}", std::process::id())));
        write_atomically(&path("a.csv"), b"one").unwrap();
        write_atomically(&path("b.csv"), b"two").unwrap();
        drop(first);
        // Its own are replaced; what it does not write any more goes.
        let second = claim(&at, "run", &["a.csv"], false).unwrap();
        write_atomically(&path("a.csv"), b"three").unwrap();
        drop(second);
        assert_eq!(fs::read(path("a.csv")).unwrap(), b"three");
        assert!(!path("b.csv").exists());
        // A person's own stay.
        fs::write(path("a.csv"), "my notes").unwrap();
        assert!(refused(claim(&at, "run", &["a.csv"], false)).contains("--force"));
        let third = claim(&at, "run", &[], false).unwrap();
        assert!(write_atomically(&path("a.csv"), b"four").is_err());
        assert_eq!(fs::read(path("a.csv")).unwrap(), b"my notes");
        drop(third);
        let forced = claim(&at, "run", &["a.csv"], true).unwrap();
        write_atomically(&path("a.csv"), b"five").unwrap();
        drop(forced);
        assert_eq!(fs::read(path("a.csv")).unwrap(), b"five");
        assert_eq!(fs::read_dir(&at).unwrap().count(), 2);
    }

    #[test]
    fn a_claim_that_wrote_nothing_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        drop(claim(&directory.path().join("a/b"), "run", &[], false).unwrap());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_process_left_goes_with_the_next() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(LIST), "# process 4294967 (run)\n").unwrap();
        for name in [".4294967-a.csv", ".42-a.csv", "a.csv.4294967"] {
            fs::write(directory.path().join(name), "half").unwrap();
        }
        drop(claim(directory.path(), "run", &["a.csv"], false).unwrap());
        let left = |name: &str| directory.path().join(name).exists();
        assert_eq!((left(".4294967-a.csv"), left(".42-a.csv"), left("a.csv.4294967")), (false, true, true));
    }
}
