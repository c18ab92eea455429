//! Files that may be compressed: gzip, xz and zstd are told by their first bytes, whatever their name.

use std::io::{self, BufRead, Read, Write};

/// The most memory that decompressing an xz file may take: the format's strongest preset needs 65 MiB.
#[cfg(not(target_family = "wasm"))]
const XZ_MEMORY: u64 = 256 << 20;

/// What a file's content is read through.
pub enum Unpacked<R: BufRead> {
    /// It was not compressed.
    Plain(R),
    /// From gzip.
    Gzip(Box<flate2::bufread::MultiGzDecoder<R>>),
    /// From xz.
    #[cfg(not(target_family = "wasm"))]
    Xz(Box<liblzma::bufread::XzDecoder<R>>),
    /// From zstd.
    #[cfg(not(target_family = "wasm"))]
    Zstd(Box<zstd::stream::read::Decoder<'static, R>>),
}

impl<R: BufRead> Unpacked<R> {
    /// Looks at the first bytes.
    ///
    /// # Errors
    /// What reading says; in a browser, a file in xz or zstd, which are left out there.
    pub fn new(mut file: R) -> io::Result<Unpacked<R>> {
        let magic = file.fill_buf()?;
        if magic.starts_with(&[0x1f, 0x8b]) {
            Ok(Unpacked::Gzip(Box::new(flate2::bufread::MultiGzDecoder::new(file))))
        } else if magic.starts_with(b"\xfd7zXZ\0") {
            Unpacked::xz(file)
        } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Unpacked::zstd(file)
        } else {
            Ok(Unpacked::Plain(file))
        }
    }

    #[cfg(not(target_family = "wasm"))]
    fn xz(file: R) -> io::Result<Unpacked<R>> {
        let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, liblzma::stream::CONCATENATED)?;
        Ok(Unpacked::Xz(Box::new(liblzma::bufread::XzDecoder::new_stream(file, stream))))
    }

    #[cfg(not(target_family = "wasm"))]
    fn zstd(file: R) -> io::Result<Unpacked<R>> {
        Ok(Unpacked::Zstd(Box::new(zstd::stream::read::Decoder::with_buffer(file)?)))
    }

    #[cfg(target_family = "wasm")]
    fn xz(_: R) -> io::Result<Unpacked<R>> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "files in xz are not read here: unpack it, or use gzip"))
    }

    #[cfg(target_family = "wasm")]
    fn zstd(_: R) -> io::Result<Unpacked<R>> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "files in zstd are not read here: unpack it, or use gzip"))
    }
}

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Unpacked::Plain(file) => file.read(buffer),
            Unpacked::Gzip(file) => file.read(buffer),
            #[cfg(not(target_family = "wasm"))]
            Unpacked::Xz(file) => file.read(buffer),
            #[cfg(not(target_family = "wasm"))]
            Unpacked::Zstd(file) => file.read(buffer),
        }
    }
}

/// How the name of a file ends that [`pack`] writes.
pub const ENDING: &str = if cfg!(target_family = "wasm") { "gz" } else { "zst" };

/// Writes something compressed: as zstd, in a browser as gzip.
///
/// # Errors
/// What the writers say.
#[cfg(not(target_family = "wasm"))]
pub fn pack(to: impl Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut encoder = zstd::Encoder::new(to, 9)?;
    write(&mut encoder)?;
    encoder.finish()?.flush()
}

/// Writes something compressed: as zstd, in a browser as gzip.
///
/// # Errors
/// What the writers say.
#[cfg(target_family = "wasm")]
pub fn pack(to: impl Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut encoder = flate2::write::GzEncoder::new(to, flate2::Compression::default());
    write(&mut encoder)?;
    encoder.finish()?.flush()
}
