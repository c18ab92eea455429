//! What was found, as the one document that `hostsim import --format json` prints.

use super::found::{Drops, Found};
use serde_json::{Map, Value, json};

const MICROSECOND: i64 = 1_000;

impl Found {
    /// The document.
    pub fn document(&self) -> Value {
        let mut all = Map::new();
        let mut set = |key: &str, value: Value| {
            all.insert(key.into(), value);
        };
        set("format", self.format.into());
        set("files", self.files.len().into());
        set("requests", self.requests.map_or(Value::Null, number));
        if let Some(stamp) = self.stamp {
            set("stamp_is", stamp.words().into());
        }
        set("first", self.first.map_or(Value::Null, |t| moment(t).into()));
        set("last", self.last.map_or(Value::Null, |t| moment(t).into()));
        if self.requests.is_some() && self.intervals.is_none() {
            set("in_time_order", self.in_order.into());
        }
        if let Some((first, last)) = self.starts {
            set("first_start", moment(first + MICROSECOND / 2).into());
            set("last_start", moment(last + MICROSECOND / 2).into());
        }
        let bytes = self.bytes.or(self.bytes_in_format.then_some(0));
        set("response_bytes", bytes.map_or(Value::Null, Value::from));
        if self.requests.is_some() && self.intervals.is_none() {
            set("service_field", self.service_field.map_or(Value::Null, Value::from));
            set("service_known", self.service_known.into());
        }
        set("mean_service_s", self.mean_service().map_or(Value::Null, |m| number((m * 1e6).round() / 1e6)));
        if let Some(intervals) = &self.intervals {
            set("interval_s", self.interval.map_or(Value::Null, number));
            let rows = intervals.iter().map(|(at, count)| json!([moment(*at), count.map_or(Value::Null, number)]));
            set("intervals", rows.collect());
        }
        if !self.routes.is_empty() {
            let routes = self.routes.sorted().into_iter().map(|(name, count)| (name, number(count)));
            set("routes", Value::Object(routes.collect()));
        }
        self.more.iter().for_each(|(key, value)| set(key, value.clone()));
        set("dropped", self.list(&self.dropped));
        set("dropped_by_reason", self.reasons(&self.dropped));
        set("optional_drops", self.list(&self.optional));
        set("warn", self.warnings.clone().into());
        set("notes", self.notes.clone().into());
        Value::Object(all)
    }

    fn list(&self, drops: &Drops) -> Value {
        let one = |d: &super::Dropped| {
            let mut entry = json!({ "file": self.files.get(d.file), "line": d.number, "why": d.why });
            if d.entry {
                entry["entry"] = d.number.into();
            }
            entry
        };
        drops.listed.iter().map(one).collect()
    }

    fn reasons(&self, drops: &Drops) -> Value {
        let one = |(why, (count, first)): (&std::borrow::Cow<'static, str>, &(u64, super::Dropped))| json!({ "why": why, "count": count, "file": self.files.get(first.file), "first_line": first.number });
        drops.reasons.iter().map(one).collect()
    }
}

/// A number, whole where it is whole.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        (value as i64).into()
    } else {
        serde_json::Number::from_f64((value * 1e6).round() / 1e6).map_or(Value::Null, Value::Number)
    }
}

/// A moment in UTC to the microsecond, without zeros at the end: `2026-03-02T06:25:02.5Z`.
pub fn moment(nanoseconds: i64) -> String {
    let micros = nanoseconds.div_euclid(MICROSECOND);
    let Ok(time) = jiff::Timestamp::from_microsecond(micros) else { return "?".into() };
    let text = time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let fraction = format!("{:06}", micros.rem_euclid(1_000_000));
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{text}Z") } else { format!("{text}.{fraction}Z") }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_have_no_zeros_at_their_end() {
        assert_eq!(moment(1_772_432_702_500_000_000), "2026-03-02T06:25:02.5Z");
        assert_eq!(moment(1_772_432_703_000_000_123), "2026-03-02T06:25:03Z");
        assert_eq!(moment(-500_000_000), "1969-12-31T23:59:59.5Z");
    }
}
