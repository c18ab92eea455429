//! What was so before the standard library began: it opens `/dev/null` in the place of a standard output that
//! is closed (`>&-`), in which a result would vanish without a word.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether the standard output was closed when the program began.
pub fn output_was_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

#[cfg(target_os = "linux")]
mod look {
    use super::{CLOSED, Ordering};

    /// The command that asks for a file's own flags.
    const F_GETFD: i32 = 1;

    unsafe extern "C" {
        fn fcntl(file: i32, command: i32, ...) -> i32;
    }

    extern "C" fn at_the_beginning() {
        // SAFETY: it asks for the flags of a file by its number, and changes nothing.
        CLOSED.store(unsafe { fcntl(1, F_GETFD) } == -1, Ordering::Relaxed);
    }

    // SAFETY: what is listed in this section is called once, before `main`; it stores one flag.
    #[used]
    #[unsafe(link_section = ".init_array")]
    static BEGIN: extern "C" fn() = at_the_beginning;
}
