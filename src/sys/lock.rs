//! Advisory locks between processes.

use std::fs::File;
#[cfg(unix)]
use std::time::{Duration, Instant};

/// How long a lock is waited for: no one waits longer for a hook's sake.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(200);

/// Whether this process now holds `file` alone among those that ask in the same way. It is given back
/// when the file is closed.
#[cfg(unix)]
pub fn lock(file: &File) -> bool {
    use std::os::fd::AsRawFd;
    let begin = Instant::now();
    loop {
        #[allow(unsafe_code, reason = "the standard library has locks from Rust 1.89 on only")]
        // SAFETY: flock takes a descriptor, which `file` keeps open, and a number.
        let held = unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) } == 0;
        if held || begin.elapsed() > PATIENCE {
            return held;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether this process now holds `file` alone: never told on this system.
#[cfg(not(unix))]
pub fn lock(_file: &File) -> bool {
    false
}
