//! Control-C and SIGTERM: the program ends with status 1, and leaves no half-written file.
//!
//! The standard library has no handlers of signals; C's own are called. What a handler may do is
//! little (signal-safety(7)): set a flag, or leave at once. While files are being written it sets
//! the flag, and the program ends when they are whole; else it leaves.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// The signal of control-C, on every platform that has one.
const SIGINT: i32 = 2;
/// What engines of batches send before they kill.
const SIGTERM: i32 = 15;

unsafe extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
    fn _exit(status: i32) -> !;
    fn write(file: i32, bytes: *const u8, length: usize) -> isize;
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static WRITING: AtomicBool = AtomicBool::new(false);
/// What is said at the end, or null.
static WORDS: AtomicPtr<String> = AtomicPtr::new(null_mut());

extern "C" fn on_interrupt(_number: i32) {
    let again = INTERRUPTED.swap(true, Ordering::SeqCst);
    if again || !WRITING.load(Ordering::SeqCst) {
        leave()
    }
}

/// Says what there is to say, and ends the program.
fn leave() -> ! {
    let words = WORDS.load(Ordering::SeqCst);
    // SAFETY: both functions may be called from a handler, and run nothing of this program; the
    // words, where there are any, are never freed.
    unsafe {
        if let Some(words) = words.as_ref() {
            write(2, words.as_ptr(), words.len());
        }
        _exit(1)
    }
}

/// From now on, words to the standard error where control-C ends the program at once.
pub fn say_at_the_end(words: String) {
    WORDS.store(Box::into_raw(Box::new(words)), Ordering::SeqCst);
}

/// From now on control-C ends the program with status 1.
pub fn listen() {
    // SAFETY: the handler touches atomics and calls `_exit` alone.
    unsafe {
        signal(SIGINT, on_interrupt);
        signal(SIGTERM, on_interrupt);
    }
}

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
