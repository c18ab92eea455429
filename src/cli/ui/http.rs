//! As much of HTTP/1.1 as one page needs: a request a connection, of a bounded length and within a bounded time.

use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The most bytes of a request's head.
const HEAD: usize = 16 << 10;
/// The most headers.
const HEADERS: usize = 64;
/// How long a piece of a request may be waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request's head, and where its body comes from.
pub struct Head {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, without what follows `?`.
    pub path: String,
    headers: Vec<(String, String)>,
    /// What of the body came with the head.
    begun: Vec<u8>,
}

impl Head {
    /// Reads a head. `None`: what came is no request.
    pub fn read(stream: &mut TcpStream) -> Option<Head> {
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let mut bytes = Vec::new();
        let mut piece = [0; 2048];
        loop {
            let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
            bytes.extend_from_slice(&piece[..read]);
            let mut headers = [httparse::EMPTY_HEADER; HEADERS];
            let mut request = httparse::Request::new(&mut headers);
            if let httparse::Status::Complete(length) = request.parse(&bytes).ok()? {
                let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
                let headers = request.headers.iter().map(|one| (one.name.to_ascii_lowercase(), text(one.value)));
                return Some(Head {
                    method: request.method?.to_string(),
                    path: request.path?.split(['?', '#']).next()?.to_string(),
                    headers: headers.collect(),
                    begun: bytes[length..].to_vec(),
                });
            }
            if bytes.len() > HEAD {
                return None;
            }
        }
    }

    /// A header's value; `name` in small letters. One that stands twice has none.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| value.as_str())
    }

    /// The length that the body is said to have.
    pub fn length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    /// Reads the body.
    ///
    /// # Errors
    /// Where it does not come in time, or not whole.
    pub fn body(&self, stream: &TcpStream, length: u64) -> io::Result<Vec<u8>> {
        let mut body = self.begun.clone();
        let left = length.saturating_sub(body.len() as u64);
        BufReader::new(stream).take(left).read_to_end(&mut body)?;
        if body.len() as u64 == length { Ok(body) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// An answer's first lines; its body follows, to the end of the connection or in chunks.
pub fn begin(to: &mut impl Write, status: u16, headers: &[(&str, &str)]) -> io::Result<()> {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        _ => "Too Many Requests",
    };
    write!(to, "HTTP/1.1 {status} {reason}\r\nConnection: close\r\nCache-Control: no-store\r\n")?;
    write!(to, "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n")?;
    write!(to, "Content-Security-Policy: frame-ancestors 'self'\r\n")?;
    headers.iter().try_for_each(|(name, value)| write!(to, "{name}: {value}\r\n"))?;
    to.write_all(b"\r\n")
}
