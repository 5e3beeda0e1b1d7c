//! Ctrl-C and its like, noticed instead of obeyed at once: so that what was started can be ended first.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// While it lives, signals that ask this process to end are noticed only.
#[derive(Debug)]
pub struct Interrupt {
    #[cfg(unix)]
    before: Vec<(libc::c_int, libc::sigaction)>,
}

#[cfg(unix)]
extern "C" fn noticed(_: libc::c_int) {
    ASKED.store(true, Ordering::Relaxed);
}

impl Interrupt {
    /// Begins to listen. What is ignored stays ignored (`nohup`).
    #[cfg(unix)]
    pub fn listen() -> Self {
        let mut before = Vec::new();
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
            #[allow(unsafe_code, reason = "signals are a matter of the C library")]
            // SAFETY: the handler only stores to an atomic, and both structures live through the calls.
            unsafe {
                let mut old: libc::sigaction = std::mem::zeroed();
                if libc::sigaction(signal, std::ptr::null(), &raw mut old) != 0 || old.sa_sigaction == libc::SIG_IGN {
                    continue;
                }
                let mut new: libc::sigaction = std::mem::zeroed();
                new.sa_sigaction = noticed as extern "C" fn(libc::c_int) as libc::sighandler_t;
                libc::sigemptyset(&raw mut new.sa_mask);
                new.sa_flags = libc::SA_RESTART;
                if libc::sigaction(signal, &raw const new, std::ptr::null_mut()) == 0 {
                    before.push((signal, old));
                }
            }
        }
        Self { before }
    }

    /// Begins to listen: not done on this system, where the signal ends the process.
    #[cfg(not(unix))]
    pub fn listen() -> Self {
        Self {}
    }

    /// Whether somebody has asked this process to end.
    pub fn asked() -> bool {
        ASKED.load(Ordering::Relaxed)
    }
}

#[cfg(unix)]
impl Drop for Interrupt {
    fn drop(&mut self) {
        for (signal, old) in &self.before {
            #[allow(unsafe_code, reason = "signals are a matter of the C library")]
            // SAFETY: `old` is what the system gave for this signal.
            unsafe {
                libc::sigaction(*signal, &raw const *old, std::ptr::null_mut());
            }
        }
    }
}
