//! A door on the loopback address: files of the page for anybody there, the engine for who has the secret of the link.

use super::http::{Head, begin};
use super::job;
use super::request::{MOST, Request};
use include_dir::{Dir, include_dir};
use serde_json::json;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

static PAGE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web");

/// The most connections at once: a page asks for a dozen files, and runs a command or two.
const CONNECTIONS: usize = 32;
/// How often a caller and the end are looked for.
const LOOK: Duration = Duration::from_millis(20);

/// The open door.
pub struct Door {
    listener: TcpListener,
    room: Arc<Room>,
}

/// What all connections share.
struct Room {
    port: u16,
    key: String,
    scenario: Option<String>,
    directory: PathBuf,
    connections: AtomicUsize,
    stop: AtomicBool,
}

/// An answer that is told whole: its status, kind and text.
type Plain = (u16, &'static str, Vec<u8>);

impl Door {
    /// Opens it at a port; 0 takes one that is free. The page begins with a scenario, and commands run in a directory.
    ///
    /// # Errors
    /// Where the port is taken, or no secret can be had.
    pub fn open(port: u16, scenario: Option<String>, directory: PathBuf) -> io::Result<Door> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let mut secret = [0_u8; 16];
        getrandom::fill(&mut secret).map_err(io::Error::other)?;
        let key = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let (connections, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let room = Room { port, key, scenario, directory, connections, stop };
        Ok(Door { listener, room: Arc::new(room) })
    }

    /// The page's address, with its secret.
    pub fn link(&self) -> String {
        format!("http://127.0.0.1:{}/?key={}", self.room.port, self.room.key)
    }

    /// Answers until `stop` is set; whatever runs then is ended.
    pub fn serve(&self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            match self.listener.accept() {
                Ok((stream, _)) if self.room.connections.load(Ordering::Relaxed) < CONNECTIONS => {
                    self.room.connections.fetch_add(1, Ordering::Relaxed);
                    let room = self.room.clone();
                    std::thread::spawn(move || {
                        // Who has gone away needs no answer.
                        let _ = room.answer(stream);
                        room.connections.fetch_sub(1, Ordering::Relaxed);
                    });
                }
                Ok((mut stream, _)) => {
                    let _ = tell(&mut stream, plain(429, "too much is asked at once: wait, or cancel something"));
                }
                Err(_) => std::thread::sleep(LOOK),
            }
        }
        self.room.stop.store(true, Ordering::Relaxed);
        // A command that runs looks every 0.3 s.
        for _ in 0..10 {
            if self.room.connections.load(Ordering::Relaxed) == 0 {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Room {
    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nonblocking(false)?;
        let Some(head) = Head::read(&mut stream) else { return tell(&mut stream, plain(400, "no request of HTTP")) };
        let answer = match (head.method.as_str(), head.path.as_str()) {
            _ if self.refused(&head).is_some() => plain(403, self.refused(&head).unwrap_or_default()),
            ("GET", "/start") if self.has_key(&head) => {
                (200, "application/json", json!({ "scenario": self.scenario }).to_string().into_bytes())
            }
            ("POST", "/engine") if self.has_key(&head) => match head.length().filter(|length| *length <= MOST) {
                Some(length) => return self.engine(&head, length, &mut stream),
                None => plain(413, "more than 256 MiB, or no length"),
            },
            (_, "/start" | "/engine") => plain(403, "open the link that `hostsim ui` printed: it holds a secret"),
            ("GET", path) => file(path),
            _ => plain(405, "only GET, and POST to the engine"),
        };
        tell(&mut stream, answer)
    }

    /// Why a request is not from our page: a name that was made to lead here, or a page of others.
    fn refused(&self, head: &Head) -> Option<&'static str> {
        let ours = |host: &str| ["127.0.0.1", "localhost"].iter().any(|name| host == format!("{name}:{}", self.port));
        if !head.header("host").is_some_and(ours) {
            return Some("this host is not ours");
        }
        let foreign = |origin: &str| !origin.strip_prefix("http://").is_some_and(ours);
        // Files of the page hold nothing secret, and the room of reports, which has no origin, asks for one.
        let guarded = matches!(head.path.as_str(), "/start" | "/engine");
        (guarded && head.header("origin").is_some_and(foreign)).then_some("this origin is not ours")
    }

    /// Whether the secret of the link was sent. All letters are compared, so that the time tells nothing.
    fn has_key(&self, head: &Head) -> bool {
        let given = head.header("x-hostsim-key").unwrap_or_default();
        let pairs = given.bytes().zip(self.key.bytes());
        pairs.fold(given.len() ^ self.key.len(), |differ, (a, b)| differ | usize::from(a ^ b)) == 0
    }

    /// Does what is asked, and tells how it goes in chunks that are sent at once.
    fn engine(&self, head: &Head, length: u64, stream: &mut TcpStream) -> io::Result<()> {
        let asked = match Request::read(&head.body(stream, length)?) {
            Ok(asked) => asked,
            Err(message) => return tell(stream, plain(400, &message)),
        };
        begin(stream, 200, &[("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")])?;
        let chunk = |event: &str| stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes());
        job::run(&asked, &self.directory, &self.stop, chunk)?;
        stream.write_all(b"0\r\n\r\n")
    }
}

fn tell(stream: &mut TcpStream, (status, kind, bytes): Plain) -> io::Result<()> {
    let length = bytes.len().to_string();
    begin(stream, status, &[("Content-Type", kind), ("Content-Length", &length)])?;
    stream.write_all(&bytes)
}

/// A file of the page.
fn file(path: &str) -> Plain {
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => return plain(404, "no such file"),
    };
    PAGE.get_file(name).map_or_else(|| plain(404, "no such file"), |file| (200, kind, file.contents().to_vec()))
}

fn plain(status: u16, text: &str) -> Plain {
    (status, "text/plain; charset=utf-8", text.as_bytes().to_vec())
}
