//! Control-C and SIGTERM: the program ends with status 1, and leaves no half-written file.
//!
//! A thread of its own hears the signals. While files are being written it sets a flag, and the program ends when they
//! are whole; else it ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static WRITING: AtomicBool = AtomicBool::new(false);
/// What is said at the end where nothing else is.
const BEGINS_ANEW: &str =
    "error: interrupted; files that were written are whole, the others are not there; the same command begins anew\n";
/// What is said at the end instead.
static WORDS: Mutex<String> = Mutex::new(String::new());

#[cfg(unix)]
fn on_interrupt() {
    let again = INTERRUPTED.swap(true, Ordering::SeqCst);
    if again || !WRITING.load(Ordering::SeqCst) {
        leave()
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
    std::thread::spawn(move || signals.forever().for_each(|_| on_interrupt()));
}

/// On systems without such signals, their own way stands.
#[cfg(not(unix))]
pub fn listen() {}

/// Does some work that looks at a flag, and ends of itself soon after that is set (a second
/// control-C does not wait for it).
pub fn while_heeding<T>(work: impl FnOnce(&'static AtomicBool) -> T) -> T {
    WRITING.store(true, Ordering::SeqCst);
    let done = work(&INTERRUPTED);
    WRITING.store(false, Ordering::SeqCst);
    done
}

/// Does some writing that control-C waits for (a second one does not).
pub fn after_writing<T>(write: impl FnOnce() -> T) -> T {
    WRITING.store(true, Ordering::SeqCst);
    let written = write();
    WRITING.store(false, Ordering::SeqCst);
    if INTERRUPTED.load(Ordering::SeqCst) {
        leave();
    }
    written
}
