//! What a program may reach: files under some directories, and the network or not.
//!
//! Landlock on Linux, which needs no privileges. What it restricts holds for the program and for all that it
//! starts, and cannot be lifted again; processes outside cannot be looked into.
//! <https://docs.kernel.org/userspace-api/landlock.html>

use std::io;
use std::path::PathBuf;

/// What a program may reach.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// Files and directories that it may read and start programs from. Those that are not there do not matter.
    pub read: Vec<PathBuf>,
    /// Files and directories that it may change as well.
    pub write: Vec<PathBuf>,
    /// Whether it may open TCP connections and listen.
    pub network: bool,
}

/// Why this system cannot hold programs to their bounds, or not to all of them.
#[cfg(target_os = "linux")]
pub fn lack() -> Option<String> {
    match version() {
        0 => Some("this kernel has no Landlock, so stages can read what you can, and reach the network".to_owned()),
        version @ 1..=3 => Some(format!(
            "Landlock of this kernel (version {version}) does not close the network, so stages can reach it"
        )),
        _ => None,
    }
}

/// Why this system cannot hold programs to their bounds.
#[cfg(not(target_os = "linux"))]
pub fn lack() -> Option<String> {
    Some("only Linux has Landlock, so stages can read what you can, and reach the network".to_owned())
}

/// Version of the kernel's Landlock, 0 where it has none or has it switched off.
#[cfg(target_os = "linux")]
fn version() -> i64 {
    const ASK_VERSION: libc::c_uint = 1;
    #[allow(unsafe_code, reason = "the crate does not say it without restricting this thread")]
    // SAFETY: with this flag the call takes no memory, and changes nothing.
    let answer =
        unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0_usize, ASK_VERSION) };
    answer.max(0)
}

/// Bounds as the system takes them, to be laid on a program that is about to start.
#[derive(Debug)]
pub struct Confinement {
    #[cfg(target_os = "linux")]
    rules: Option<std::os::fd::OwnedFd>,
}

impl Confinement {
    /// Makes ready what holds a program to `bounds`, as far as the system can.
    ///
    /// # Errors
    ///
    /// Where the system can, and it fails all the same: then nothing should be started.
    #[cfg(target_os = "linux")]
    pub fn new(bounds: &Bounds) -> io::Result<Self> {
        use landlock::{
            ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, Scope,
            path_beneath_rules,
        };
        if version() == 0 {
            return Ok(Self { rules: None });
        }
        let abi = ABI::V6;
        let made = || {
            let mut rules = Ruleset::default()
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(AccessFs::from_all(abi))?
                .scope(Scope::from_all(abi))?;
            if !bounds.network {
                rules = rules.handle_access(AccessNet::from_all(abi))?;
            }
            rules
                .create()?
                .add_rules(path_beneath_rules(&bounds.read, AccessFs::from_read(abi)))?
                .add_rules(path_beneath_rules(&bounds.write, AccessFs::from_all(abi)))
        };
        let rules = made().map_err(|error: landlock::RulesetError| io::Error::other(error))?;
        Ok(Self { rules: rules.into() })
    }

    /// Makes nothing ready on this system.
    #[cfg(not(target_os = "linux"))]
    pub fn new(_: &Bounds) -> io::Result<Self> {
        Ok(Self {})
    }

    /// Lays the bounds on the calling process for good. Only makes system calls.
    #[cfg(target_os = "linux")]
    pub(super) fn enter(&self) -> io::Result<()> {
        use std::os::fd::AsRawFd;
        let Some(rules) = &self.rules else { return Ok(()) };
        rustix::thread::set_no_new_privs(true)?;
        #[allow(unsafe_code, reason = "between fork and exec nothing of the crate may be called: it allocates")]
        // SAFETY: a call with two numbers, of which one is an open descriptor.
        let answer = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules.as_raw_fd(), 0_u32) };
        if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Lays nothing on the calling process.
    #[cfg(not(target_os = "linux"))]
    #[allow(clippy::unnecessary_wraps, reason = "it fails where it does something")]
    pub(super) const fn enter(&self) -> io::Result<()> {
        Ok(())
    }
}
