//! Maps of files that others cut short: the system then sends `SIGBUS`, which would end the process. Here pages of
//! zeros take the place of what is gone, and the map is marked as torn.

#[cfg(unix)]
pub(super) use unix::Guard;

/// A map under watch. No file that is mapped can be cut short on this system.
#[cfg(not(unix))]
#[derive(Debug)]
pub(super) struct Guard(());

#[cfg(not(unix))]
impl Guard {
    pub(super) fn new(_start: *const u8, _length: usize) -> Option<Self> {
        Some(Self(()))
    }

    pub(super) fn is_torn(&self) -> bool {
        false
    }
}

#[cfg(unix)]
mod unix {
    use std::sync::Once;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    /// Maps at a time: packs of a repository that was never repacked, mostly.
    const MOST: usize = 4096;

    /// A map: where it begins, how long it is, and whether its file was cut short.
    struct MappedRange {
        start: AtomicUsize,
        length: AtomicUsize,
        torn: AtomicBool,
    }

    /// 0 as the beginning stands for a free place.
    static PLACES: [MappedRange; MOST] = [const {
        MappedRange { start: AtomicUsize::new(0), length: AtomicUsize::new(0), torn: AtomicBool::new(false) }
    }; MOST];
    /// How many places were ever used: as far as the handler looks.
    static USED: AtomicUsize = AtomicUsize::new(0);
    static LISTEN: Once = Once::new();
    /// What held before: the standard library's own handler, which tells of a stack that overflows.
    static BEFORE: AtomicUsize = AtomicUsize::new(libc::SIG_DFL);
    static PAGE: AtomicUsize = AtomicUsize::new(4096);

    /// A map under watch, as long as it lives. To be dropped before the map.
    #[derive(Debug)]
    pub(in crate::sys) struct Guard(usize);

    impl Guard {
        /// Watches the map of `length` bytes at `start`. `None` where too many are watched.
        pub(in crate::sys) fn new(start: *const u8, length: usize) -> Option<Self> {
            LISTEN.call_once(listen);
            for (number, place) in PLACES.iter().enumerate() {
                // Held by the number 1 until its length is set: no map begins there.
                if place.start.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                    place.torn.store(false, Ordering::Relaxed);
                    place.length.store(length, Ordering::Relaxed);
                    place.start.store(start as usize, Ordering::Release);
                    USED.fetch_max(number + 1, Ordering::AcqRel);
                    return Some(Self(number));
                }
            }
            None
        }

        /// Whether some of it was read that was no longer there.
        pub(in crate::sys) fn is_torn(&self) -> bool {
            PLACES[self.0].torn.load(Ordering::Acquire)
        }
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            PLACES[self.0].start.store(0, Ordering::Release);
        }
    }

    fn listen() {
        #[allow(unsafe_code, reason = "signals are a matter of the C library")]
        // SAFETY: the structures live through the calls, and the handler calls only what may be called in one.
        unsafe {
            PAGE.store(usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).unwrap_or(4096), Ordering::Relaxed);
            let mut old: libc::sigaction = std::mem::zeroed();
            let mut new: libc::sigaction = std::mem::zeroed();
            let handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) = fault;
            new.sa_sigaction = handler as libc::sighandler_t;
            libc::sigemptyset(&raw mut new.sa_mask);
            new.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            if libc::sigaction(libc::SIGBUS, &raw const new, &raw mut old) == 0 && old.sa_flags & libc::SA_SIGINFO != 0
            {
                BEFORE.store(old.sa_sigaction, Ordering::Release);
            }
        }
    }

    /// Puts zeros where a watched map has lost its file; any other fault goes to whoever listened before.
    extern "C" fn fault(signal: libc::c_int, about: *mut libc::siginfo_t, context: *mut libc::c_void) {
        #[allow(unsafe_code, reason = "the place of a fault is in a structure of the C library")]
        // SAFETY: the system gives a valid structure to a handler that asked for one.
        let at = unsafe { (*about).si_addr() } as usize;
        for place in &PLACES[..USED.load(Ordering::Acquire)] {
            let (start, length) = (place.start.load(Ordering::Acquire), place.length.load(Ordering::Relaxed));
            if start <= 1 || at < start || at - start >= length {
                continue;
            }
            let from = at & !(PAGE.load(Ordering::Relaxed) - 1);
            let end = start + length;
            #[allow(unsafe_code, reason = "pages are a matter of the C library")]
            // SAFETY: from the page of the fault to the end all belongs to this one read-only map, which lives as
            // long as its place is held; the call takes numbers and is safe in a handler.
            let put = unsafe {
                libc::mmap(
                    from as *mut libc::c_void,
                    end - from,
                    libc::PROT_READ,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
                    -1,
                    0,
                )
            };
            if put == libc::MAP_FAILED {
                break;
            }
            place.torn.store(true, Ordering::Release);
            return;
        }
        let before = BEFORE.load(Ordering::Acquire);
        #[allow(unsafe_code, reason = "signals are a matter of the C library")]
        // SAFETY: what is kept is a handler of this very form, or the number of the system's own. After that of the
        // system is set, the instruction that failed is tried again and ends the process.
        unsafe {
            if before == libc::SIG_DFL || before == libc::SIG_IGN {
                libc::signal(signal, libc::SIG_DFL);
            } else {
                let before: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) =
                    std::mem::transmute(before);
                before(signal, about, context);
            }
        }
    }
}
