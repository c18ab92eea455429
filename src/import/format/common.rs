//! The common log format and what grew of it: nginx's and Apache's combined, with a virtual host before it, with
//! forwarded addresses, with times after it.

use super::{Head, Kind, Reading};
use crate::import::field::{MICROSECOND, SECOND, by_status, censored, health_check, request_line, span_of, timed};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};
use crate::import::read::ImportOptions;
use crate::workload::trace::moment::parse_dated;

pub(super) const KIND: Kind = Kind {
    name: "nginx-combined",
    also: &["nginx-timed", "apache-combined", "apache-common", "apache-vhost-combined", "forwarded-combined"],
    family: "common log",
    shape: Shape::Lines,
    is_traffic: true,
    recognises: |head| {
        let (good, all) = head
            .lines()
            .take(50)
            .fold((0, 0), |(good, all), line| (good + usize::from(Line::split(line).is_some()), all + 1));
        good > 0 && good * 2 >= all
    },
    begin,
};

/// A line cut at its brackets and quotes.
struct Line<'a> {
    before: &'a [u8],
    stamp: &'a [u8],
    request: &'a [u8],
    status: u16,
    bytes: &'a [u8],
    after: &'a [u8],
}

impl<'a> Line<'a> {
    fn split(line: &'a [u8]) -> Option<Line<'a>> {
        let mut from = 0;
        // The user may hold brackets and blanks: the time is where a date stands in brackets.
        let (open, close) = loop {
            let open = from + memchr::memchr(b'[', &line[from..])?;
            let dated = line.get(open + 1..open + 28).is_some_and(|s| s[2] == b'/' && s[6] == b'/' && s[11] == b':');
            if dated {
                break (open, open + memchr::memchr(b']', &line[open..])?);
            }
            from = open + 1;
        };
        let rest = line[close + 1..].trim_ascii_start().strip_prefix(b"\"")?;
        let (request, rest) = until_quote(rest)?;
        let rest = rest.strip_prefix(b" ")?;
        let status = rest.get(..3).filter(|s| s.iter().all(u8::is_ascii_digit))?;
        let status = status.iter().fold(0, |n, b| n * 10 + u16::from(b - b'0'));
        let rest = rest[3..].strip_prefix(b" ")?;
        let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
        let bytes = &rest[..end];
        let proper = bytes == b"-" || !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
        let line =
            Line { before: &line[..open], stamp: &line[open + 1..close], request, status, bytes, after: &rest[end..] };
        proper.then_some(line)
    }

    /// What follows the bytes, word by word; those in quotes without them.
    fn words(&self) -> Words<'a> {
        Words(self.after)
    }
}

/// Up to the quote that ends a request: the first that a status follows, for requests may hold bare quotes where
/// nothing was escaped.
fn until_quote(text: &[u8]) -> Option<(&[u8], &[u8])> {
    memchr::memchr_iter(b'"', text).find_map(|at| {
        let rest = &text[at + 1..];
        let ends =
            matches!(rest, [b' ', a, b, c, ..] if a.is_ascii_digit() && b.is_ascii_digit() && c.is_ascii_digit());
        ends.then_some((&text[..at], rest))
    })
}

struct Words<'a>(&'a [u8]);

/// A word, and whether it stood in quotes.
type Word<'a> = (&'a [u8], bool);

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let rest = self.0.trim_ascii_start();
        if let Some(quoted) = rest.strip_prefix(b"\"") {
            let mut from = 0;
            loop {
                let Some(at) = memchr::memchr(b'"', &quoted[from..]).map(|at| from + at) else {
                    self.0 = &[];
                    return None;
                };
                let escapes = quoted[..at].iter().rev().take_while(|b| **b == b'\\').count();
                if escapes % 2 == 0 {
                    self.0 = &quoted[at + 1..];
                    return Some((&quoted[..at], true));
                }
                from = at + 1;
            }
        }
        if rest.is_empty() {
            return None;
        }
        let mut end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
        // `urt="0.1, 0.2"`: the blanks stand in quotes.
        if let Some(quote) = memchr::memchr(b'"', &rest[..end]) {
            end = memchr::memchr(b'"', &rest[quote + 1..]).map_or(rest.len(), |at| quote + at + 2);
        }
        self.0 = &rest[end..];
        Some((&rest[..end], false))
    }
}

/// Where the service time stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Nowhere,
    /// `rt=0.043`, in seconds.
    Keyed,
    /// The first bare number with a point, in seconds.
    Seconds,
    /// The last bare number, in microseconds; of `2/2312000` the second.
    Microseconds,
    /// `43ms` at the end: Traefik.
    Unit,
}

struct Common {
    service: Service,
    /// How many words stand after the bytes, at most, in the first lines.
    words: usize,
    last_stamp: Vec<u8>,
    last_moment: i64,
    zone: Option<jiff::tz::TimeZone>,
}

/// The clues that a file's first lines give.
#[derive(Default)]
struct Clues {
    lines: usize,
    vhost: usize,
    forwarded: usize,
    apache: usize,
    nginx: usize,
    keyed: usize,
    seconds: usize,
    microseconds: usize,
    unit: usize,
    two: usize,
    quoted: usize,
    words: usize,
}

impl Clues {
    fn take(&mut self, text: &[u8], line: &Line<'_>) {
        let mut host = line.before.split(|b| *b == b' ').filter(|word| !word.is_empty());
        let first = host.next().unwrap_or_default();
        let more = host.count();
        self.lines += 1;
        self.forwarded +=
            usize::from(memchr::memchr(b',', line.before).is_some() || first == b"unknown" || first == b"-");
        self.vhost += usize::from(more >= 3 && !first.ends_with(b",") && first.iter().any(u8::is_ascii_alphabetic));
        let finds = |what: &[u8]| memchr::memmem::find(text, what).is_some();
        self.apache += usize::from(line.bytes == b"-" || finds(b"\\\"") || finds(b"internal dummy connection"));
        self.nginx += usize::from(finds(b"\\x22") || line.status == 499 || finds(b"\\x5C"));
        let (mut bare, mut quoted, mut words) = (0, 0, 0);
        for (word, in_quotes) in line.words() {
            words += 1;
            quoted += usize::from(in_quotes);
            if in_quotes {
                continue;
            }
            let number = std::str::from_utf8(word).ok().is_some_and(|w| span_of(w, SECOND).is_some());
            let pair = word.split(|b| *b == b'/').all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit));
            bare += usize::from(number || pair);
            self.keyed += usize::from(keyed(word).is_some());
            self.seconds += usize::from(number && word.contains(&b'.'));
            self.microseconds += usize::from(pair);
            self.unit += usize::from(word.ends_with(b"ms") && word.first().is_some_and(u8::is_ascii_digit));
        }
        self.two += usize::from(bare >= 2);
        self.quoted += usize::from(quoted >= 2);
        self.words = self.words.max(words);
    }

    fn service(&self) -> Service {
        match () {
            () if self.keyed > 0 => Service::Keyed,
            () if self.unit > 0 && self.quoted > 0 => Service::Unit,
            () if self.seconds > 0 => Service::Seconds,
            () if self.two * 2 > self.lines => Service::Nowhere,
            () if self.microseconds > 0 => Service::Microseconds,
            () => Service::Nowhere,
        }
    }

    fn name(&self, service: Service) -> &'static str {
        match service {
            Service::Unit => "traefik-clf",
            Service::Keyed | Service::Seconds => "nginx-timed",
            _ if self.vhost * 2 > self.lines => "apache-vhost-combined",
            _ if self.forwarded > 0 => "forwarded-combined",
            Service::Microseconds => "apache-combined",
            Service::Nowhere if self.quoted == 0 => "apache-common",
            Service::Nowhere if self.apache > self.nginx => "apache-combined",
            Service::Nowhere => "nginx-combined",
        }
    }
}

/// The name of a key for a service time, and the value in seconds: `rt=0.043`.
fn keyed(word: &[u8]) -> Option<i64> {
    let word = std::str::from_utf8(word).ok()?;
    let (key, value) = word.split_once(['=', ':'])?;
    let is = matches!(key, "rt" | "request_time" | "rqt" | "reqtime" | "req_time" | "request-time" | "time");
    is.then(|| span_of(value.trim_matches('"'), SECOND)).flatten()
}

fn begin(head: &Head<'_>, options: &ImportOptions, found: &mut Found) -> Box<dyn Reading> {
    let mut clues = Clues::default();
    head.lines().filter_map(|text| Some((text, Line::split(text)?))).for_each(|(text, line)| clues.take(text, &line));
    let mut service = clues.service();
    found.format = clues.name(service);
    if let Some(name) = &options.format
        && let Some(name) = KIND.also.iter().chain([&KIND.name]).find(|n| *n == name)
    {
        found.format = name;
        if !name.starts_with("nginx") && service == Service::Seconds {
            service = Service::Microseconds;
        }
    }
    let ends = found.format.starts_with("nginx");
    found.stamp = Some(if ends { Stamp::End } else { Stamp::Start });
    found.bytes_in_format = true;
    found.service_field = match service {
        Service::Nowhere => None,
        Service::Keyed | Service::Seconds => {
            Some("request_time (s): first byte read to last byte sent; slow clients count")
        }
        Service::Microseconds => Some("%D, the last number (microseconds)"),
        Service::Unit => Some("duration at the end of the line (ms)"),
    };
    say(found, &clues, service);
    let zone = options.zone.clone();
    Box::new(Common { service, words: clues.words, last_stamp: Vec::new(), last_moment: 0, zone })
}

fn say(found: &mut Found, clues: &Clues, service: Service) {
    if service == Service::Nowhere {
        found.note("no service time in this format");
        if clues.two > 0 {
            found.note("two numbers after the agent are taken for bytes in and out, not for a time");
        }
    }
    if found.stamp == Some(Stamp::Start) {
        found.note("Apache's time is of the request's arrival; lines stand in the order of their ends");
    } else {
        found.note("nginx writes a line, and its time, when the request has ended");
        if service == Service::Nowhere && clues.nginx == 0 {
            found.note("nginx's and Apache's combined format are alike: were this Apache's, times would be arrivals");
        }
    }
}

impl Common {
    fn moment(&mut self, text: &[u8]) -> Option<i64> {
        if text == self.last_stamp {
            return Some(self.last_moment);
        }
        let dated = parse_dated(text)?;
        let mut moment = dated.nanoseconds;
        if let (None, Some(zone)) = (dated.offset, &self.zone) {
            moment = crate::import::found::in_zone(moment, zone);
        }
        self.last_stamp.clear();
        self.last_stamp.extend_from_slice(text);
        self.last_moment = moment;
        Some(moment)
    }

    fn service_of(&self, line: &Line<'_>) -> Option<i64> {
        let mut bare = line.words().filter(|(_, quoted)| !quoted).map(|(word, _)| word);
        match self.service {
            Service::Nowhere => None,
            Service::Keyed => bare.find_map(keyed),
            Service::Seconds => {
                bare.find(|w| w.contains(&b'.')).and_then(|w| span_of(std::str::from_utf8(w).ok()?, SECOND))
            }
            Service::Unit => bare.last().and_then(|w| timed(std::str::from_utf8(w).ok()?, SECOND)),
            Service::Microseconds => {
                let last = bare.filter(|w| w.first().is_some_and(u8::is_ascii_digit)).last()?;
                let number = last.rsplit(|b| *b == b'/').next()?;
                span_of(std::str::from_utf8(number).ok()?, MICROSECOND)
            }
        }
    }
}

impl Reading for Common {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Line(text) = item else { return };
        let Some(line) = Line::split(text) else { return found.drop(number, "cut off or malformed") };
        let Some(stamp) = self.moment(line.stamp) else {
            return found.drop(number, "cut off or malformed: no such time");
        };
        if found.cut && line.words().count() < self.words.min(2) {
            return found.drop(number, "cut off");
        }
        let Some((method, target)) = request_line(line.request) else {
            let what = if matches!(line.request, b"" | b"-") { "empty" } else { "not HTTP" };
            return found.drop(number, format!("no HTTP request line ({what}, status {})", line.status));
        };
        if method == b"PRI" || method == b"OPTIONS" && target == b"*" {
            let dummy = memchr::memmem::find(line.after, b"internal dummy connection").is_some();
            let why = if dummy || method == b"OPTIONS" { "internal dummy connection" } else { "no HTTP request (PRI)" };
            return found.drop(number, why);
        }
        // Nearly all agents are browsers': only the others are searched for probes.
        let agent = line.words().filter(|(_, quoted)| *quoted).nth(1).map_or(&b""[..], |(word, _)| word);
        let probe = if agent.starts_with(b"Mozilla/5.0 (") { None } else { health_check(agent) };
        let bytes = line
            .bytes
            .iter()
            .take(19)
            .fold(0, |n, b| if b.is_ascii_digit() { n * 10 + u64::from(b - b'0') } else { 0 });
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service: self.service_of(&line),
                bytes: Some(bytes),
                method,
                target,
                status: line.status,
                optional: probe.or_else(|| by_status(line.status)),
                censored: censored(line.status),
            },
            number,
        );
    }
}
