//! What was found in the files: sums, and what was left out.

use super::routes::Routes;
use super::traffic::Traffic;
use indexmap::IndexMap;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The most lines left out that are listed one by one; all are counted.
const LISTED: usize = 1_000;

/// What the stamps of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// When the request came.
    Start,
    /// When it had been answered.
    End,
    /// The beginning of an interval.
    IntervalStart,
    /// The end of an interval.
    IntervalEnd,
    /// When something was seen for the first and the last time.
    Seen,
}

impl Stamp {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Stamp::Start => "start",
            Stamp::End => "end",
            Stamp::IntervalStart => "start of the interval",
            Stamp::IntervalEnd => "end of the interval",
            Stamp::Seen => "first and last time seen",
        }
    }
}

/// One request of a log.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The stamp, in nanoseconds since 1970; `None` where the line has no time.
    pub stamp: Option<i64>,
    /// When it came, where the line says so beside its stamp.
    pub start: Option<i64>,
    /// How long it took, in nanoseconds, where that is known.
    pub service: Option<i64>,
    /// Bytes of the answer.
    pub bytes: Option<u64>,
    /// The method.
    pub method: &'a [u8],
    /// The target as the request line has it.
    pub target: &'a [u8],
    /// The status, 0 where there is none.
    pub status: u16,
    /// Why a switch may leave it out, where it may.
    pub optional: Option<&'static str>,
    /// Whether its time is not how long serving it takes: given up, or a connection's.
    pub censored: bool,
}

/// A line, row or entry that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The file, by its place.
    pub file: usize,
    /// Its number, from 1.
    pub number: u64,
    /// Whether that number counts entries of an array and not lines.
    pub entry: bool,
    /// Why.
    pub why: Cow<'static, str>,
}

/// Lines left out, by reason.
#[derive(Clone, Debug, Default)]
pub struct Drops {
    /// One by one, as far as they are listed.
    pub listed: Vec<Dropped>,
    /// How many for each reason, and the first.
    pub reasons: IndexMap<Cow<'static, str>, (u64, Dropped)>,
}

impl Drops {
    fn add(&mut self, dropped: Dropped) {
        if let Some((count, _)) = self.reasons.get_mut(&dropped.why) {
            *count += 1;
        } else if self.reasons.len() < LISTED {
            self.reasons.insert(dropped.why.clone(), (1, dropped.clone()));
        }
        if self.listed.len() < LISTED {
            self.listed.push(dropped);
        }
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        self.reasons.values().map(|(count, _)| count).sum()
    }
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The format's name.
    pub format: &'static str,
    /// The files read.
    pub files: Vec<String>,
    /// What the stamps are.
    pub stamp: Option<Stamp>,
    /// Requests; `None` where this is no traffic.
    pub requests: Option<f64>,
    /// The smallest and the largest stamp.
    pub first: Option<i64>,
    /// The largest stamp.
    pub last: Option<i64>,
    /// Whether the lines kept stand in the order of their stamps.
    pub in_order: bool,
    previous: i64,
    /// The smallest and largest arrival, where stamps are ends and the service is known.
    pub starts: Option<(i64, i64)>,
    /// Bytes of all answers, where the file has them.
    pub bytes: Option<u64>,
    /// What the service time is, and its unit.
    pub service_field: Option<&'static str>,
    /// Requests whose service time is known.
    pub service_known: u64,
    service_sum: i128,
    /// The mean service time in seconds, where only that is known.
    pub mean_service: Option<f64>,
    /// Requests whose time is censored.
    pub censored: u64,
    /// Requests by the first digit of their status.
    pub statuses: [u64; 10],
    /// How often each route.
    pub routes: Routes,
    /// What was left out.
    pub dropped: Drops,
    /// What a switch may leave out.
    pub optional: Drops,
    /// What is missing or doubtful.
    pub warnings: Vec<String>,
    /// What was understood or assumed.
    pub notes: Vec<String>,
    /// Length of an interval in seconds, where rows are intervals of one length.
    pub interval: Option<f64>,
    /// Requests of each interval by its stamp; `None` where that is unknown.
    pub intervals: Option<Vec<(i64, Option<f64>)>>,
    /// What only this format has.
    pub more: Map<String, Value>,
    /// Arrivals, for a scenario.
    pub traffic: Traffic,
    pub(super) file: usize,
    pub(super) entries: bool,
    /// Whether the line being read has no end: the file may have been cut there.
    pub(super) cut: bool,
    pub(super) bytes_in_format: bool,
    pub(super) without: Vec<&'static str>,
}

impl Found {
    pub(super) fn new(format: &'static str) -> Found {
        Found {
            format,
            files: Vec::new(),
            stamp: None,
            requests: None,
            first: None,
            last: None,
            in_order: true,
            previous: i64::MIN,
            starts: None,
            bytes: None,
            service_field: None,
            service_known: 0,
            service_sum: 0,
            mean_service: None,
            censored: 0,
            statuses: [0; 10],
            routes: Routes::default(),
            dropped: Drops::default(),
            optional: Drops::default(),
            warnings: Vec::new(),
            notes: Vec::new(),
            interval: None,
            intervals: None,
            more: Map::new(),
            traffic: Traffic::default(),
            file: 0,
            entries: false,
            cut: false,
            bytes_in_format: false,
            without: Vec::new(),
        }
    }

    /// Takes a request.
    pub(super) fn take(&mut self, request: &Request<'_>, number: u64) {
        if let Some(why) = request.optional {
            if self.without.contains(&why) {
                return self.drop(number, why);
            }
            let (file, entry) = (self.file, self.entries);
            self.optional.add(Dropped { file, number, entry, why: why.into() });
        }
        self.requests = Some(self.requests.unwrap_or(0.0) + 1.0);
        self.statuses[usize::from(request.status / 100).min(9)] += 1;
        if let Some(bytes) = request.bytes {
            self.bytes = Some(self.bytes.unwrap_or(0).saturating_add(bytes));
        }
        if !request.target.is_empty() || !request.method.is_empty() {
            self.routes.count(request.method, request.target, 1.0);
        }
        if let Some(service) = request.service {
            self.service_known += 1;
            self.service_sum += i128::from(service);
            self.censored += u64::from(request.censored);
        }
        if let Some(stamp) = request.stamp {
            self.in_order &= stamp >= self.previous;
            self.previous = stamp;
            self.see(stamp);
            let arrival = self.arrival(request, stamp);
            self.traffic.take(arrival, request.service.filter(|_| !request.censored), stamp);
        }
    }

    fn arrival(&mut self, request: &Request<'_>, stamp: i64) -> i64 {
        if self.stamp != Some(Stamp::End) {
            return stamp;
        }
        let start = request.start.or(request.service.map(|service| stamp.saturating_sub(service)));
        if let Some(start) = start {
            let (first, last) = self.starts.unwrap_or((start, start));
            self.starts = Some((first.min(start), last.max(start)));
        }
        start.unwrap_or(stamp)
    }

    /// Widens what the stamps span.
    pub(super) fn see(&mut self, stamp: i64) {
        self.first = Some(self.first.map_or(stamp, |first| first.min(stamp)));
        self.last = Some(self.last.map_or(stamp, |last| last.max(stamp)));
    }

    /// Adds a service time of the request before, which a later line tells.
    pub(super) fn add_service(&mut self, service: i64) {
        self.service_known += 1;
        self.service_sum += i128::from(service);
    }

    /// Leaves a line out.
    pub(super) fn drop(&mut self, number: u64, why: impl Into<Cow<'static, str>>) {
        let (file, entry) = (self.file, self.entries);
        self.dropped.add(Dropped { file, number, entry, why: why.into() });
    }

    /// Notes something once.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.notes.contains(&text) && self.notes.len() < LISTED {
            self.notes.push(text);
        }
    }

    /// Warns of something once.
    pub(super) fn warn(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.warnings.contains(&text) && self.warnings.len() < LISTED {
            self.warnings.push(text);
        }
    }

    /// Sets the intervals: requests, the first and the last stamp follow from them.
    pub(super) fn set_intervals(&mut self, stamp: Stamp, intervals: Vec<Interval>, length: Option<i64>) {
        self.stamp = Some(stamp);
        self.interval = length.map(|l| l as f64 / 1e9);
        self.requests = Some(intervals.iter().filter_map(|(_, count)| *count).sum());
        intervals.iter().for_each(|(at, _)| self.see(*at));
        self.in_order = intervals.is_sorted_by_key(|(at, _)| *at);
        self.intervals = Some(intervals);
    }

    /// The mean service time in seconds.
    pub fn mean_service(&self) -> Option<f64> {
        self.mean_service
            .or((self.service_known > 0).then(|| self.service_sum as f64 / self.service_known as f64 / 1e9))
    }
}

/// The most intervals that metrics have, those filled in among them: a year of minutes, and some.
const MOST_INTERVALS: i64 = 600_000;

/// When an interval begins, in nanoseconds since 1970, and its value, where there is one.
pub(super) type Interval = (i64, Option<f64>);

/// Values at even distances: the smallest gap, and all intervals, those absent with `absent`. Intervals that the
/// gap does not divide stay as they are.
///
/// # Errors
/// Where more than [`MOST_INTERVALS`] would be there: one wrong date would fill memory and disk.
pub(super) fn evenly(
    values: &BTreeMap<i64, Option<f64>>,
    absent: Option<f64>,
) -> Result<(Option<i64>, Vec<Interval>), String> {
    let times: Vec<i64> = values.keys().copied().collect();
    let Some(length) = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).min() else {
        return Ok((None, values.iter().map(|(at, value)| (*at, *value)).collect()));
    };
    let mut rows: Vec<Interval> = Vec::with_capacity(times.len());
    for (at, value) in values {
        if let Some((last, _)) = rows.last().copied() {
            let missing = at.saturating_sub(last) / length - 1;
            if missing > 0 && rows.len() as i64 + missing > MOST_INTERVALS {
                return Err(format!(
                    "from {} to {} nothing stands: with that, these are more than {MOST_INTERVALS} intervals of {} s; \
                     is a date wrong? Else import one part after the other",
                    super::moment(last),
                    super::moment(*at),
                    length as f64 / 1e9
                ));
            }
            rows.extend((1..=missing).map(|i| (last + i * length, absent)));
        }
        rows.push((*at, *value));
    }
    Ok((Some(length), rows))
}

/// A moment that was read as UTC, and is of a zone. Of the two that a wall clock shows when it is set back, the first.
pub(super) fn in_zone(nanoseconds: i64, zone: &jiff::tz::TimeZone) -> i64 {
    let Ok(time) = jiff::Timestamp::from_nanosecond(nanoseconds.into()) else { return nanoseconds };
    let wall = jiff::tz::TimeZone::UTC.to_datetime(time);
    let there = zone.to_ambiguous_timestamp(wall).compatible();
    there.ok().and_then(|t| i64::try_from(t.as_nanosecond()).ok()).unwrap_or(nanoseconds)
}
