//! Reading fields of a JSON object.

use hostsim::units::{Span, Time};
use serde_json::Value;

/// One object of input.
#[derive(Clone, Copy)]
pub struct Input<'i>(pub &'i Value);

/// The present moment, late enough for ages to lie before it.
pub const NOW: Time = Time(1 << 60);

/// More than this no controller is asked for here.
const MOST: f64 = 10_000_000.0;

impl<'i> Input<'i> {
    fn field(self, key: &str) -> Option<&'i Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    fn missing(key: &str) -> String {
        format!("`{key}` is missing")
    }

    /// A number that may be left out.
    pub fn maybe(self, key: &str) -> Result<Option<f64>, String> {
        self.field(key).map(|value| value.as_f64().ok_or(format!("`{key}` is not a number"))).transpose()
    }

    /// A number.
    pub fn number(self, key: &str) -> Result<f64, String> {
        self.maybe(key)?.ok_or_else(|| Self::missing(key))
    }

    /// A number with a default.
    pub fn number_or(self, key: &str, default: f64) -> Result<f64, String> {
        Ok(self.maybe(key)?.unwrap_or(default))
    }

    /// A number above zero.
    pub fn positive(self, key: &str) -> Result<f64, String> {
        let number = self.number(key)?;
        if number > 0.0 { Ok(number) } else { Err(format!("`{key}` is not above zero")) }
    }

    /// A count that may be left out.
    pub fn maybe_count(self, key: &str) -> Result<Option<u32>, String> {
        self.maybe(key)?.map(|number| whole(number, key)).transpose()
    }

    /// A count.
    pub fn count(self, key: &str) -> Result<u32, String> {
        whole(self.number(key)?, key)
    }

    /// A count with a default.
    pub fn count_or(self, key: &str, default: u32) -> Result<u32, String> {
        Ok(self.maybe_count(key)?.unwrap_or(default))
    }

    /// Seconds.
    pub fn span_or(self, key: &str, default: f64) -> Result<Span, String> {
        Ok(Span::from_seconds(self.number_or(key, default)?.clamp(0.0, 1e9)))
    }

    /// True or false, with a default.
    pub fn flag_or(self, key: &str, default: bool) -> Result<bool, String> {
        self.field(key).map_or(Ok(default), |value| value.as_bool().ok_or(format!("`{key}` is not true or false")))
    }

    /// A text.
    pub fn text(self, key: &str) -> Result<String, String> {
        self.maybe_text(key).ok_or_else(|| Self::missing(key))
    }

    /// A text that may be left out.
    pub fn maybe_text(self, key: &str) -> Option<String> {
        self.field(key)?.as_str().map(str::to_string)
    }

    /// An object that may be left out.
    pub fn object(self, key: &str) -> Option<Input<'i>> {
        self.field(key).map(Input)
    }

    /// A list; empty where it is left out.
    pub fn list(self, key: &str) -> Result<Vec<Input<'i>>, String> {
        match self.field(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items.iter().map(Input).collect()),
            Some(_) => Err(format!("`{key}` is not a list")),
        }
    }

    /// A list of numbers, each of which may be null.
    pub fn numbers(self, key: &str) -> Result<Vec<Option<f64>>, String> {
        Ok(self.list(key)?.iter().map(|item| item.0.as_f64()).collect())
    }

    /// An item of a list as a number.
    pub fn at(self, index: usize) -> Option<f64> {
        self.0.get(index)?.as_f64()
    }

    /// A list of `[age in seconds, number]`, as moments before now.
    pub fn ages(self, key: &str) -> Result<Vec<(Time, u32)>, String> {
        let entry = |item: Input<'i>| {
            let (age, number) = item.at(0).zip(item.at(1)).ok_or(format!("`{key}` holds [age, number]"))?;
            Ok((Time(NOW.0 - Span::from_seconds(age.clamp(0.0, 1e9)).0), whole(number, key)?))
        };
        self.list(key)?.into_iter().map(entry).collect()
    }
}

fn whole(number: f64, key: &str) -> Result<u32, String> {
    if number.fract() != 0.0 || !(0.0..=MOST).contains(&number) {
        return Err(format!("`{key}` is not a whole number up to {MOST}"));
    }
    Ok(number as u32)
}
