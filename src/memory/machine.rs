//! How much memory this process can have: what the machine has, its cgroup allows, or a limit of its
//! address space (`ulimit -v`) leaves, whichever is least.

use std::path::{Path, PathBuf};

/// The memory that there is, in bytes; `None` where nothing says it.
pub fn available() -> Option<u64> {
    if cfg!(target_family = "wasm") {
        return Some(BROWSER);
    }
    [machine(), cgroup(), address_space()].into_iter().flatten().min()
}

/// What a page can have: its addresses have 32 bits, and browsers end it before all of them are used.
const BROWSER: u64 = 2 << 30;

fn read(path: impl AsRef<Path>) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// `MemTotal` of Linux, in KiB.
fn machine() -> Option<u64> {
    total(&read("/proc/meminfo")?)
}

fn total(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// The least limit of the process's cgroup and of those around it, of version 2 or 1.
fn cgroup() -> Option<u64> {
    let groups = read("/proc/self/cgroup")?;
    let of_line = |line: &str| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        match controllers {
            "" => least_above("/sys/fs/cgroup", path, "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                least_above("/sys/fs/cgroup/memory", path, "memory.limit_in_bytes")
            }
            _ => None,
        }
    };
    groups.lines().filter_map(of_line).min()
}

/// The least number that stands in a file of that name, from a group up to the root.
fn least_above(root: &str, path: &str, name: &str) -> Option<u64> {
    let directory: PathBuf = Path::new(root).join(path.trim_start_matches('/'));
    let within = directory.ancestors().take_while(|above| above.starts_with(root));
    within.filter_map(|group| read(group.join(name))?.trim().parse().ok()).min()
}

fn address_space() -> Option<u64> {
    soft_limit(&read("/proc/self/limits")?)
}

fn soft_limit(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_says_is_read() {
        assert_eq!(total("MemTotal:       24689764 kB\nMemFree: 1 kB\n"), Some(24_689_764 * 1024));
        let limits = |soft: &str| format!("Max processes 1 2 processes\nMax address space  {soft}  unlimited  bytes\n");
        assert_eq!(soft_limit(&limits("2048000000")), Some(2_048_000_000));
        assert_eq!(soft_limit(&limits("unlimited")), None);
        assert!(available().is_none_or(|bytes| bytes > 1 << 20));
    }
}
