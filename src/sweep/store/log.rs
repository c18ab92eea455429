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

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Where a record stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub u64);

/// A file of records being read from its beginning.
pub struct LogReader {
    file: BufReader<File>,
    length: u64,
    place: u64,
}

impl LogReader {
    /// Opens a file; `None` where it does not begin as a store does.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(path: &Path) -> Result<Option<LogReader>> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut reader = LogReader { file: BufReader::with_capacity(1 << 16, file), length, place: 0 };
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

    /// The next record, and where it stands; `None` at the end, or where the rest is torn.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn next_record(&mut self) -> Result<Option<(Place, Record)>> {
        let here = self.place;
        if here + FRAME > self.length {
            return Ok(None);
        }
        let mut frame = [0; FRAME as usize];
        self.file.read_exact(&mut frame)?;
        let [length, sum] =
            [0, 4].map(|at| u32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], frame[at + 3]]));
        if length > LONGEST || here + FRAME + u64::from(length) > self.length {
            return Ok(None);
        }
        let mut bytes = vec![0; length as usize];
        self.file.read_exact(&mut bytes)?;
        let record = if checksum(&bytes) == sum { Record::decode(&bytes) } else { None };
        let Some(record) = record else { return Ok(None) };
        self.place = here + FRAME + u64::from(length);
        Ok(Some((Place(here), record)))
    }

    /// The record at a place that this reader gave before.
    ///
    /// # Errors
    /// Where it cannot be read any more.
    pub fn record_at(&mut self, place: Place) -> Result<Record> {
        let ahead = place.0 as i128 - self.file.stream_position()? as i128;
        // A jump within the buffer keeps it.
        self.file.seek_relative(ahead as i64)?;
        self.place = place.0;
        let gone = || Error::new(ErrorKind::InvalidData, "the store has changed while it was read");
        self.next_record()?.map(|(_, record)| record).ok_or_else(gone)
    }
}

/// A file of records being appended to.
#[derive(Debug)]
pub struct Log {
    file: File,
    length: u64,
    columns: HashMap<Vec<FigurePath>, u32>,
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
        let mut log = Log { file, length: 8, columns: HashMap::new(), dirty: false };
        log.append(&Record::Header(header.clone()))?;
        log.sync()?;
        std::fs::rename(&fresh, path)?;
        sync_directory(path);
        Ok(log)
    }

    /// Opens a store to append to it, giving every record to `each`. What is torn at its end is
    /// cut off. Returns how many bytes that were.
    ///
    /// # Errors
    /// Where it cannot be read or written, or is no store.
    pub fn open(path: &Path, mut each: impl FnMut(Record)) -> Result<(Log, u64)> {
        let not_one = || Error::new(ErrorKind::InvalidData, "this is not the store of a sweep");
        let mut reader = LogReader::open(path)?.ok_or_else(not_one)?;
        let mut columns = HashMap::new();
        while let Some((_, record)) = reader.next_record()? {
            if let Record::Columns(paths) = &record {
                let number = columns.len() as u32;
                columns.insert(paths.clone(), number);
            }
            each(record);
        }
        let (place, torn) = (reader.place(), reader.length - reader.place());
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        file.set_len(place)?;
        file.seek(SeekFrom::Start(place))?;
        let mut log = Log { file, length: place, columns, dirty: true };
        log.sync()?;
        Ok((log, torn))
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
                self.append(&Record::Columns(paths.clone()))?;
                let number = self.columns.len() as u32;
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
