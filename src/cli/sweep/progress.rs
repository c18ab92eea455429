//! How far a sweep has come, while it runs.

use crate::cli::progress;
use hostsim::sweep::Status;
use indicatif::ProgressBar;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Does some work while a bar shows how far it has come.
pub fn watched<T>(status: &Status, quiet: bool, work: impl FnOnce() -> T) -> T {
    let bar = progress::bar_of("runs", quiet);
    let finished = AtomicBool::new(false);
    let began = Instant::now();
    std::thread::scope(|scope| {
        let watching = std::thread::Builder::new().spawn_scoped(scope, || {
            while !finished.load(Ordering::Relaxed) && !bar.is_hidden() {
                show(&bar, status, began);
                std::thread::park_timeout(Duration::from_millis(200));
            }
        });
        let done = work();
        finished.store(true, Ordering::Relaxed);
        if let Ok(watching) = watching {
            watching.thread().unpark();
        }
        bar.finish_and_clear();
        done
    })
}

fn show(bar: &ProgressBar, status: &Status, began: Instant) {
    let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
    let (of, done, before) = (count(&status.of), count(&status.done), count(&status.before));
    if of > 0 && bar.length() == Some(0) {
        // What earlier goes did says nothing of how fast this one is.
        bar.set_position(before);
        bar.reset_eta();
    }
    bar.set_length(of);
    bar.set_position(done);
    let rate = done.saturating_sub(before) as f64 / began.elapsed().as_secs_f64().max(1e-3);
    bar.set_message(format!("({rate:.0} a second, {} failed)", count(&status.failed)));
}
