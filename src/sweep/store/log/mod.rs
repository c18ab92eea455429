//! The file of records: each is its length, its CRC-32 and its bytes.

use super::record::{Header, Record, RunRecord};
use crate::metrics::Path as FigurePath;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::Path;

/// What stands before the records.
const MAGIC: &[u8; 8] = b"hostsim\x01";
/// Bytes before each record's own.
const FRAME: u64 = 8;
/// The longest record that is believed.
const LONGEST: u32 = 1 << 28;
/// The longest that is believed where damage left no frame that leads to it: a run has some hundred figures of 8 bytes.
const USUAL: u32 = 1 << 20;
/// How much is looked through at once for the next whole record.
const SEARCHED: u64 = 1 << 16;

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Where a record stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub u64);

/// A file of records being read from its beginning. What is damaged on the way is passed over: the next whole record
/// is found again by its frame and its checksum.
pub struct LogReader {
    file: BufReader<File>,
    length: u64,
    place: u64,
    damage: Damage,
}

/// What could not be read between whole records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Stretches of bytes that are no record: each was one record, or several beside each other.
    pub stretches: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl LogReader {
    /// Opens a file; `None` where it does not begin as a store does.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(path: &Path) -> Result<Option<LogReader>> {
        let file = crate::files::open_plain(path)?;
        let length = file.metadata()?.len();
        let file = BufReader::with_capacity(1 << 16, file);
        let mut reader = LogReader { file, length, place: 0, damage: Damage::default() };
        let mut magic = [0; 8];
        if length < 8 {
            return Ok(None);
        }
        reader.file.read_exact(&mut magic)?;
        reader.place = 8;
        Ok((magic == *MAGIC).then_some(reader))
    }

    /// Where the next record would stand: after the last whole one.
    pub fn place(&self) -> u64 {
        self.place
    }

    /// What was passed over so far.
    pub fn damage(&self) -> Damage {
        self.damage
    }

    /// The next whole record, and where it stands; `None` at the end, or where the rest is torn.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn next_record(&mut self) -> Result<Option<(Place, Record)>> {
        let here = self.place;
        if let Some(record) = self.whole_at(here, LONGEST)? {
            return Ok(Some((Place(here), record)));
        }
        let Some(next) = self.resume_after(here)? else {
            return Ok(None);
        };
        self.damage.stretches += 1;
        self.damage.bytes += next - here;
        let record = self.whole_at(next, LONGEST)?;
        Ok(record.map(|record| (Place(next), record)))
    }

    /// The record whose frame stands at a place, if it is whole; the reader then stands behind it.
    fn whole_at(&mut self, here: u64, longest: u32) -> Result<Option<Record>> {
        if here + FRAME > self.length {
            return Ok(None);
        }
        self.go_to(here)?;
        let mut frame = [0; FRAME as usize];
        self.file.read_exact(&mut frame)?;
        let [length, sum] =
            [0, 4].map(|at| u32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], frame[at + 3]]));
        if length == 0 || length > longest || here + FRAME + u64::from(length) > self.length {
            return Ok(None);
        }
        let mut bytes = vec![0; length as usize];
        self.file.read_exact(&mut bytes)?;
        let record = if checksum(&bytes) == sum { Record::decode(&bytes) } else { None };
        if record.is_some() {
            self.place = here + FRAME + u64::from(length);
        }
        Ok(record)
    }

    /// Where the next whole record begins behind a place at which there is none. Only as long a record as is usual is
    /// believed there, so that the search stays linear in the file.
    fn resume_after(&mut self, here: u64) -> Result<Option<u64>> {
        let mut window = Vec::new();
        let mut begin = here + 1;
        while begin + FRAME < self.length {
            self.go_to(begin)?;
            window.clear();
            (&mut self.file).take(SEARCHED).read_to_end(&mut window)?;
            let seen = window.len().saturating_sub(FRAME as usize);
            for offset in 0..seen {
                let bytes = &window[offset..];
                let length = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                if (1..=USUAL).contains(&length) && Record::is_kind(bytes[FRAME as usize]) {
                    let candidate = begin + offset as u64;
                    let before = self.place;
                    if self.whole_at(candidate, USUAL)?.is_some() {
                        self.place = before;
                        return Ok(Some(candidate));
                    }
                }
            }
            begin += seen.max(1) as u64;
        }
        Ok(None)
    }

    /// A jump within the buffer keeps it.
    fn go_to(&mut self, place: u64) -> Result<()> {
        let ahead = place as i128 - self.file.stream_position()? as i128;
        if ahead == 0 { Ok(()) } else { self.file.seek_relative(ahead as i64) }
    }

    /// The record at a place that this reader gave before.
    ///
    /// # Errors
    /// Where it cannot be read any more.
    pub fn record_at(&mut self, place: Place) -> Result<Record> {
        let gone = || Error::new(ErrorKind::InvalidData, "the store has changed while it was read");
        self.whole_at(place.0, LONGEST)?.ok_or_else(gone)
    }
}

/// A file of records being appended to.
#[derive(Debug)]
pub struct Log {
    file: File,
    length: u64,
    columns: HashMap<Vec<FigurePath>, u32>,
    /// The first number that no run in the file names.
    unused: u32,
    dirty: bool,
}

impl Log {
    /// Begins a store: its file holds the header alone when this returns, or is not there.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn create(path: &Path, header: &Header) -> Result<Log> {
        let fresh = path.with_extension("new");
        let mut file = OpenOptions::new().create(true).truncate(true).read(true).write(true).open(&fresh)?;
        file.write_all(MAGIC)?;
        let mut log = Log { file, length: 8, columns: HashMap::new(), unused: 0, dirty: false };
        log.append(&Record::Header(header.clone()))?;
        log.sync()?;
        std::fs::rename(&fresh, path)?;
        sync_directory(path);
        Ok(log)
    }

    /// Opens a store to append to it, giving every whole record to `each`. What is torn at its end is
    /// cut off, what is damaged before stays and is passed over. Returns how many bytes were cut, and the damage.
    ///
    /// # Errors
    /// Where it cannot be read or written, or is no store.
    pub fn open(path: &Path, mut each: impl FnMut(Record)) -> Result<(Log, u64, Damage)> {
        let not_one = || Error::new(ErrorKind::InvalidData, "this is not the store of a sweep");
        let mut reader = LogReader::open(path)?.ok_or_else(not_one)?;
        let (mut columns, mut unused) = (HashMap::new(), 0);
        while let Some((_, record)) = reader.next_record()? {
            if let Record::Columns { number, paths } = &record {
                columns.insert(paths.clone(), *number);
            }
            if let Record::Run(run) = &record {
                unused = unused.max(run.columns.saturating_add(1));
            }
            each(record);
        }
        let (place, torn) = (reader.place(), reader.length - reader.place());
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        file.set_len(place)?;
        file.seek(SeekFrom::Start(place))?;
        let mut log = Log { file, length: place, columns, unused, dirty: true };
        log.sync()?;
        Ok((log, torn, reader.damage()))
    }

    /// Appends a record. Where that fails (a full disk), what was written of it is cut off.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn append(&mut self, record: &Record) -> Result<()> {
        let bytes = record.encode();
        let mut framed = Vec::with_capacity(bytes.len() + FRAME as usize);
        framed.extend((bytes.len() as u32).to_le_bytes());
        framed.extend(checksum(&bytes).to_le_bytes());
        framed.extend(bytes);
        if let Err(error) = self.file.write_all(&framed) {
            // Where this fails too, the next opening drops what is torn.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::Start(self.length));
            return Err(error);
        }
        self.length += framed.len() as u64;
        self.dirty = true;
        Ok(())
    }

    /// Appends a run with the paths of its figures, which are written where they are new.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn append_run(&mut self, mut run: RunRecord, paths: Vec<FigurePath>) -> Result<()> {
        run.columns = match self.columns.get(&paths) {
            Some(number) => *number,
            None => {
                // Past every number that is in use: a record of columns may have been lost.
                let number = self.columns.values().max().map_or(0, |last| last + 1).max(self.unused);
                // Twice: no run can be read without, and what is damaged is to cost itself alone.
                for _ in 0..2 {
                    self.append(&Record::Columns { number, paths: paths.clone() })?;
                }
                self.columns.insert(paths, number);
                number
            }
        };
        self.append(&Record::Run(run))
    }

    /// Waits until all that was appended is on the disk.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn sync(&mut self) -> Result<()> {
        if std::mem::take(&mut self.dirty) {
            self.file.sync_data()?;
        }
        Ok(())
    }

    /// Another handle of the file, to wait for the disk while others append; `None` where nothing
    /// is waiting.
    ///
    /// # Errors
    /// Where the system has no handle left.
    pub fn unsynced(&mut self) -> Result<Option<File>> {
        if std::mem::take(&mut self.dirty) { self.file.try_clone().map(Some) } else { Ok(None) }
    }
}

/// Waits until a new name in a directory is on the disk, on systems that can.
pub(crate) fn sync_directory(path: &Path) {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Not every system opens directories; the data themselves are safe.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
}

#[cfg(test)]
mod tests;
