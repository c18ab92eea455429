//! How much memory simulations may take, and an account of what they hold: a queue that grows without
//! end stops a run in words, before the system ends the process without any.

mod machine;

use crate::units::Bytes;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The part of what there is that is allowed where nothing else is said: one in so many.
const PART: u64 = 2;
/// What is allowed where nothing says how much there is.
const UNKNOWN: u64 = 4 << 30;

/// What is allowed; 0 until that is asked for the first time.
static ALLOWED: AtomicU64 = AtomicU64::new(0);
/// What all simulations of the process hold.
static HELD: AtomicU64 = AtomicU64::new(0);
/// Why the last one was stopped that held too much.
static STOPPED: Mutex<Option<String>> = Mutex::new(None);

/// Allows so much from now on.
pub fn allow(memory: Bytes) {
    ALLOWED.store(memory.0.max(1), Ordering::Relaxed);
}

/// What is allowed: what was said, or half of what the machine, its cgroup or the limit of the address
/// space gives.
pub fn allowed() -> Bytes {
    let known = ALLOWED.load(Ordering::Relaxed);
    if known > 0 {
        return Bytes(known);
    }
    let found = machine::available().map_or(UNKNOWN, |there| there / PART);
    ALLOWED.store(found.max(1), Ordering::Relaxed);
    Bytes(found)
}

/// Forgets why something was stopped.
pub fn begin() {
    *STOPPED.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// Why something was stopped, or not begun, for want of memory since the last [`begin`].
pub fn stopped() -> Option<String> {
    STOPPED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// More memory than is allowed, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooMuch(String);

impl std::fmt::Display for TooMuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TooMuch {}

impl TooMuch {
    fn of(words: String) -> TooMuch {
        let mut stopped = STOPPED.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.get_or_insert_with(|| words.clone());
        TooMuch(words)
    }
}

/// Refuses what would need more than is allowed; `what` says what that is.
///
/// # Errors
/// With the estimate, what it is of, and what to do.
pub fn estimate(bytes: f64, what: &str) -> Result<(), TooMuch> {
    let allowed = allowed();
    if bytes <= allowed.0 as f64 {
        return Ok(());
    }
    let needed = Bytes(bytes.min(u64::MAX as f64) as u64);
    Err(TooMuch::of(format!(
        "this would take about {needed} of memory, and {allowed} are allowed: {what} (or allow more with --memory)"
    )))
}

/// What one simulation holds, of what all hold together.
#[derive(Debug, Default)]
pub struct Account(u64);

impl Account {
    /// Notes that so much is held now; `what` says what of, where that is too much.
    ///
    /// # Errors
    /// Where all together hold more than is allowed, and this has grown.
    pub fn hold(&mut self, bytes: u64, what: impl FnOnce() -> String) -> Result<(), TooMuch> {
        let before = std::mem::replace(&mut self.0, bytes);
        if bytes <= before {
            HELD.fetch_sub(before - bytes, Ordering::Relaxed);
            return Ok(());
        }
        let held = HELD.fetch_add(bytes - before, Ordering::Relaxed) + (bytes - before);
        if held <= allowed().0 {
            return Ok(());
        }
        Err(TooMuch::of(format!(
            "stopped: {} of memory are needed by now, and {} are allowed: {} (or allow more with --memory)",
            Bytes(held),
            allowed(),
            what()
        )))
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        HELD.fetch_sub(self.0, Ordering::Relaxed);
    }
}

/// The bytes that a list takes, with those that it takes while it moves to a larger place where that may be near:
/// before `coming` more entries are there.
pub fn of_list<T>(length: usize, capacity: usize, coming: usize) -> u64 {
    let factor = if length + coming > capacity { 3 } else { 1 };
    (capacity * factor * size_of::<T>()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_may_move_is_counted_in_both_places() {
        assert_eq!(of_list::<u64>(10, 100, 50), 800);
        assert_eq!(of_list::<u64>(60, 100, 50), 2_400);
    }

    #[test]
    fn what_is_dropped_is_held_no_longer() {
        let mut account = Account::default();
        account.hold(1_000, String::new).expect("so little is allowed");
        let before = HELD.load(Ordering::Relaxed);
        drop(account);
        assert!(HELD.load(Ordering::Relaxed) <= before - 1_000 || before < 1_000);
    }
}
