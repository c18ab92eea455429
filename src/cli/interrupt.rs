//! Control-C and SIGTERM: the program ends with status 1, and leaves no half-written file.
//!
//! The standard library has no handlers of signals; C's own are called. What a handler may do is
//! little (signal-safety(7)): set a flag, or leave at once. While files are being written it sets
//! the flag, and the program ends when they are whole; else it leaves.

use std::sync::atomic::{AtomicBool, Ordering};

/// The signal of control-C, on every platform that has one.
const SIGINT: i32 = 2;
/// What engines of batches send before they kill.
const SIGTERM: i32 = 15;

unsafe extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
    fn _exit(status: i32) -> !;
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static WRITING: AtomicBool = AtomicBool::new(false);

extern "C" fn on_interrupt(_number: i32) {
    let again = INTERRUPTED.swap(true, Ordering::SeqCst);
    if again || !WRITING.load(Ordering::SeqCst) {
        // SAFETY: `_exit` may be called from a handler; it runs nothing of this program.
        unsafe { _exit(1) }
    }
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
        std::process::exit(1);
    }
    written
}
