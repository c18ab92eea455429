//! The formats, one file each.
//!
//! To add one: a file here with what it recognises and reads, its `mod` line, and its line in [`KINDS`].

mod alb;
mod api_gateway;
mod bill;
mod caddy;
mod cloud_run;
mod cloudflare;
mod cloudwatch;
mod common;
mod counts;
mod docker;
mod envoy;
mod google;
mod haproxy;
mod heroku;
mod k6;
mod lambda;
mod locust;
mod nginx_json;
mod pods;
mod prometheus;
mod table;
mod traefik;
mod vercel;
mod w3c;

use super::found::Found;
use super::item::{Entries, Item, Shape, parse, stands_in_entries};
use super::read::ImportOptions;
use serde_json::Value;

/// A format being read.
pub(super) trait Reading {
    /// Takes a line, an entry or a row.
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found);

    /// Another file begins: what belongs to one file alone is forgotten.
    fn next_file(&mut self) {}

    /// All has been read.
    fn end(&mut self, _found: &mut Found) -> Result<(), String> {
        Ok(())
    }
}

/// A kind of file.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Other names that `--as` takes.
    pub(super) also: &'static [&'static str],
    /// Files of one family can be read together.
    pub(super) family: &'static str,
    pub(super) shape: Shape,
    /// Whether it has requests, so that a file without any is none of these.
    pub(super) is_traffic: bool,
    pub(super) recognises: fn(&Head<'_>) -> bool,
    pub(super) begin: fn(&Head<'_>, &ImportOptions, &mut Found) -> Box<dyn Reading>,
}

/// All formats, the most particular first.
pub(super) static KINDS: &[Kind] = &[
    alb::KIND,
    w3c::CLOUDFRONT,
    w3c::CLOUDFRONT_JSON,
    w3c::IIS,
    heroku::KIND,
    haproxy::KIND,
    envoy::KIND,
    lambda::REPORT,
    lambda::EVENTS,
    lambda::INSIGHTS,
    k6::JSON,
    k6::CSV,
    locust::HISTORY,
    locust::FAILURES,
    bill::CUR,
    bill::FOCUS,
    google::MONITORING,
    cloudwatch::STATISTICS,
    cloudwatch::DATA,
    prometheus::KIND,
    pods::KIND,
    docker::KIND,
    caddy::KIND,
    traefik::KIND,
    cloudflare::KIND,
    vercel::KIND,
    cloud_run::KIND,
    api_gateway::KIND,
    envoy::JSON,
    nginx_json::KIND,
    common::KIND,
    counts::KIND,
];

/// The names of all formats.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> =
        KINDS.iter().flat_map(|kind| std::iter::once(kind.name).chain(kind.also.iter().copied())).collect();
    names.dedup();
    names
}

/// The first part of a file.
pub(super) struct Head<'a> {
    pub(super) text: &'a [u8],
    values: Vec<Value>,
}

/// How many entries of JSON are looked at.
const LOOKED_AT: usize = 50;

impl<'a> Head<'a> {
    pub(super) fn new(text: &'a [u8]) -> Head<'a> {
        let brace = memchr::memchr(b'{', &text[..text.len().min(400)]).is_some();
        let values = if brace { values(text) } else { Vec::new() };
        Head { text, values }
    }

    /// Its first lines that are not blank.
    pub(super) fn lines(&self) -> impl Iterator<Item = &'a [u8]> {
        let lines = self.text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
        lines.filter(|line| !line.is_empty()).take(400)
    }

    /// Whether an entry of JSON is such.
    pub(super) fn any(&self, is: impl Fn(&Value) -> bool) -> bool {
        self.values.iter().any(is)
    }

    /// Whether an entry of JSON has all these keys.
    pub(super) fn has(&self, keys: &[&str]) -> bool {
        self.any(|value| keys.iter().all(|key| value.get(key).is_some()))
    }

    /// Whether the first row of a table has all these columns.
    pub(super) fn columns(&self, names: &[&str]) -> bool {
        let line = self.lines().next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let cells: Vec<&str> = line.split(self.delimiter() as char).map(|c| c.trim().trim_matches('"')).collect();
        names.iter().all(|name| cells.iter().any(|cell| cell.eq_ignore_ascii_case(name)))
    }

    /// The delimiter that the first line uses.
    pub(super) fn delimiter(&self) -> u8 {
        let first = self.lines().next().unwrap_or_default();
        let times = |d: &u8| first.iter().filter(|b| *b == d).count();
        [b',', b';', b'\t'].into_iter().max_by_key(|d| (times(d), *d == b',')).unwrap_or(b',')
    }

    /// Whether a document that is too long to be held whole in the head has such words.
    pub(super) fn mentions(&self, words: &[&str]) -> bool {
        words.iter().all(|word| memchr::memmem::find(self.text, word.as_bytes()).is_some())
    }
}

fn values(text: &[u8]) -> Vec<Value> {
    let mut values = Vec::new();
    if stands_in_entries(text) {
        let mut entries = Entries::new();
        let mut reader = text;
        while let (Ok(Some(entry)), true) = (entries.next(&mut reader), values.len() < LOOKED_AT) {
            values.extend(parse(entry).map(|(value, _)| value));
        }
        return values;
    }
    let lines = text.split(|b| *b == b'\n').filter_map(|line| {
        let brace = memchr::memchr(b'{', &line[..line.len().min(200)])?;
        parse(&line[brace..])
    });
    values.extend(lines.map(|(value, _)| value).take(LOOKED_AT));
    values
}
