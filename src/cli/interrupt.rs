//! Control-C and SIGTERM: the program ends with status 1, and leaves no half-written file.
//!
//! A thread of its own hears the signals. While files are being written it sets a flag, and the program ends when they
//! are whole; else it ends the program at once.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
#[cfg(unix)]
use std::time::{Duration, Instant};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// What the program does: one of the three below.
static DOES: AtomicU8 = AtomicU8::new(COMPUTES);
/// It may be ended at any moment.
const COMPUTES: u8 = 0;
/// It writes files, and ends when they are whole.
const WRITES: u8 = 1;
/// It looks at the flag.
const HEEDS: u8 = 2;
/// What is said at the end where nothing else is.
const BEGINS_ANEW: &str =
    "error: interrupted; files that were written are whole, the others are not there; the same command begins anew\n";
/// What is said at the end instead.
static WORDS: Mutex<String> = Mutex::new(String::new());

/// What heeds the flag ends within this time, or is ended: a single simulation may take hours. What it keeps can stand
/// that at any moment.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(800);

/// The first signal has come: ends the program, at once where nothing is being written; at the second signal in any
/// case.
#[cfg(unix)]
fn on_interrupt(signals: &mut signal_hook::iterator::Signals) {
    INTERRUPTED.store(true, Ordering::SeqCst);
    if DOES.load(Ordering::SeqCst) == COMPUTES {
        leave()
    }
    let begun = Instant::now();
    loop {
        let is_late = DOES.load(Ordering::SeqCst) == HEEDS && begun.elapsed() > PATIENCE;
        if is_late || signals.pending().next().is_some() {
            leave()
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Says what there is to say, and ends the program.
fn leave() -> ! {
    let words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    eprint!("{}", if words.is_empty() { BEGINS_ANEW } else { &words });
    hostsim::files::give_all_back();
    std::process::exit(1)
}

/// From now on, words to the standard error where control-C ends the program at once.
pub fn say_at_the_end(words: String) {
    *WORDS.lock().unwrap_or_else(PoisonError::into_inner) = words;
}

/// From now on control-C ends the program with status 1. Where there are no such signals to be had, the system's own
/// way stands.
#[cfg(unix)]
pub fn listen() {
    use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
    // A file that may not grow (`ulimit -f`) is an error of writing, in words, and not the end of the program.
    let _ = signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default());
    // SIGTERM is what engines of batches send before they kill.
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        let _ = signals.wait().count();
        on_interrupt(&mut signals);
    });
}

/// On systems without such signals, their own way stands.
#[cfg(not(unix))]
pub fn listen() {}

/// Does some work that looks at a flag, and ends of itself soon after that is set; neither a second control-C nor the
/// first one's patience waits for more.
pub fn while_heeding<T>(work: impl FnOnce(&'static AtomicBool) -> T) -> T {
    DOES.store(HEEDS, Ordering::SeqCst);
    let done = work(&INTERRUPTED);
    DOES.store(COMPUTES, Ordering::SeqCst);
    done
}

/// Does some writing that control-C waits for (a second one does not).
pub fn after_writing<T>(write: impl FnOnce() -> T) -> T {
    DOES.store(WRITES, Ordering::SeqCst);
    let written = write();
    DOES.store(COMPUTES, Ordering::SeqCst);
    if INTERRUPTED.load(Ordering::SeqCst) {
        leave();
    }
    written
}
