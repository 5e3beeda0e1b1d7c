//! Programs of others: started in a session of their own, and ended with all that they started.
//!
//! A session of its own has no terminal to ask at, and what is typed at ours does not reach it: who
//! starts one here must end it. On Linux orphans are adopted, so that also those are found that left
//! their session; elsewhere only the process group is ended.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use super::confine::Confinement;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{self as unix, Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions, WaitIdStatus};

/// Between two looks at a process where the system has no descriptor for one.
const LOOK: Duration = Duration::from_millis(10);

/// A running program.
#[derive(Debug)]
pub struct Session {
    child: Child,
    pid: Pid,
    /// Readable once the program has ended.
    ended: Option<OwnedFd>,
    reaped: bool,
}

impl Session {
    /// Starts `command` in a session of its own, within `bounds`, with at most `memory` bytes of data where
    /// that is said. It gets no open file of this process but its own three, and is killed when the calling
    /// thread ends, so that thread must wait for it.
    pub fn start(mut command: Command, memory: Option<u64>, bounds: Option<Confinement>) -> io::Result<Self> {
        let own = move || {
            unix::setsid()?;
            #[cfg(any(target_os = "linux", target_os = "android"))]
            unix::set_parent_process_death_signal(Some(Signal::KILL))?;
            unix::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
            if let Some(most) = memory {
                unix::setrlimit(Resource::Data, Rlimit { current: Some(most), maximum: Some(most) })?;
            }
            keep_files();
            bounds.as_ref().map_or(Ok(()), Confinement::enter)
        };
        #[allow(unsafe_code, reason = "the standard library knows no other way to a session")]
        // SAFETY: between fork and exec only system calls are made; nothing is allocated or locked.
        unsafe {
            command.pre_exec(own);
        }
        let child = command.spawn()?;
        let pid = Pid::from_child(&child);
        Ok(Self { child, pid, ended: descriptor(pid), reaped: false })
    }

    /// The program, for its pipes.
    pub const fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits until one of `pipes` can be read, the program has ended, or `most` has passed. Which of the
    /// pipes can be read.
    pub fn wait(&self, pipes: &[BorrowedFd<'_>], most: Duration) -> io::Result<Vec<bool>> {
        let mut fds: Vec<PollFd<'_>> =
            pipes.iter().map(|pipe| PollFd::from_borrowed_fd(*pipe, PollFlags::IN)).collect();
        let most = match &self.ended {
            Some(ended) => {
                fds.push(PollFd::new(ended, PollFlags::IN));
                most
            }
            None => most.min(LOOK),
        };
        let most = Timespec::try_from(most).map_err(io::Error::other)?;
        match poll(&mut fds, Some(&most)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(fds[..pipes.len()].iter().map(|fd| !fd.revents().is_empty()).collect())
    }

    /// Whether the program itself has ended; what it started may still run.
    pub fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(unix::waitid(WaitId::Pid(self.pid), options), Ok(None))
    }

    /// Asks the whole group to end.
    pub fn terminate(&self) {
        let _ = unix::kill_process_group(self.pid, Signal::TERM);
    }

    /// Ends the whole group and gives the program's own status.
    pub fn end(mut self) -> io::Result<ExitStatus> {
        // Before it is reaped: until then the number belongs to this group and no other.
        let _ = unix::kill_process_group(self.pid, Signal::KILL);
        self.reaped = true;
        self.child.wait()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !self.reaped {
            let _ = unix::kill_process_group(self.pid, Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Marks all open files but the first three as not for the program: some were handed to this process
/// without that mark. Linux knows the call since 5.11; where it fails the standard library's marks hold.
fn keep_files() {
    #[cfg(target_os = "linux")]
    #[allow(unsafe_code, reason = "one call for all of them")]
    // SAFETY: a call with three numbers, which closes nothing now.
    unsafe {
        libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, libc::CLOSE_RANGE_CLOEXEC);
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn descriptor(pid: Pid) -> Option<OwnedFd> {
    unix::pidfd_open(pid, unix::PidfdFlags::empty()).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn descriptor(_: Pid) -> Option<OwnedFd> {
    None
}

/// While it lives, orphans of this process's descendants become its own children, as far as the system
/// can do that.
#[derive(Debug)]
pub struct Adoption(());

impl Adoption {
    /// Begins to adopt.
    pub fn begin() -> Self {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let _ = unix::set_child_subreaper(Some(unix::getpid()));
        Self(())
    }

    /// Ends every process that was adopted, and all that they started. How many there were.
    ///
    /// Whatever runs in this process's own session is left alone: git, mostly.
    pub fn end_orphans(&self) -> usize {
        let begin = Instant::now();
        let mut ended = 0;
        // Each round brings the children of those that the one before has ended.
        while begin.elapsed() < Duration::from_secs(2) && !is_childless() {
            let orphans = orphans();
            if orphans.is_empty() {
                break;
            }
            for pid in orphans {
                let _ = unix::kill_process(pid, Signal::KILL);
                let _ = unix::waitpid(Some(pid), unix::WaitOptions::empty());
                ended += 1;
            }
        }
        ended
    }
}

impl Drop for Adoption {
    fn drop(&mut self) {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let _ = unix::set_child_subreaper(None);
    }
}

/// Whether this process has no child at all, ended or not: asked first, since it costs one call.
fn is_childless() -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let answer: rustix::io::Result<Option<WaitIdStatus>> = unix::waitid(WaitId::All, options);
    matches!(answer, Err(rustix::io::Errno::CHILD))
}

/// Children of this process in other sessions than its own.
///
/// Sessions are compared as `/proc` tells them: in a container a process's session may have begun outside,
/// which the system tells as 0, and a call that promises a process number has no way to say that.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn orphans() -> Vec<Pid> {
    let own = unix::getpid().as_raw_nonzero().get();
    let Some(here) = kin("self") else { return Vec::new() };
    let Ok(listed) = std::fs::read_dir("/proc") else { return Vec::new() };
    let mut found = Vec::new();
    for entry in listed.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())) else { continue };
        let Some(pid) = name.parse().ok().and_then(Pid::from_raw) else { continue };
        if kin(name).is_some_and(|kin| kin.parent == own && kin.session != here.session) {
            found.push(pid);
        }
    }
    found
}

/// What a process belongs to, by the numbers that this process's namespace knows; 0 is what lies outside of it.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[derive(Debug, PartialEq, Eq)]
struct Kin {
    parent: i32,
    session: i32,
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn kin(process: &str) -> Option<Kin> {
    #[allow(clippy::disallowed_methods, reason = "the system's own list of processes")]
    let stat = std::fs::read(format!("/proc/{process}/stat")).ok()?;
    kin_in(&stat)
}

/// `PID (NAME) STATE PARENT GROUP SESSION …`, after proc(5). A name may hold anything, brackets too.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn kin_in(stat: &[u8]) -> Option<Kin> {
    let behind = std::str::from_utf8(&stat[memchr::memrchr(b')', stat)? + 1..]).ok()?;
    let mut words = behind.split_ascii_whitespace().skip(1);
    let parent = words.next()?.parse().ok()?;
    let session = words.nth(1)?.parse().ok()?;
    Some(Kin { parent, session })
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn orphans() -> Vec<Pid> {
    Vec::new()
}

/// Lets reads from `pipe` return at once where there is nothing to read.
pub fn without_waiting(pipe: &impl AsFd) -> io::Result<()> {
    rustix::io::ioctl_fionbio(pipe, true).map_err(io::Error::from)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_tells_its_parent_and_session_whatever_its_name() {
        assert_eq!(kin_in(b"71 (a) 3 (b)) S 5 71 70 0 -1 4194560"), Some(Kin { parent: 5, session: 70 }));
        assert_eq!(kin_in(b"71 (\xff) S 0 0 0 0 -1"), Some(Kin { parent: 0, session: 0 }), "begun outside");
        for broken in [&b""[..], b"71", b"71 (a)", b"71 (a) S 5 71", b"71 (a) S x 71 70", b"71 (a) S 5 71 \xff"] {
            assert_eq!(kin_in(broken), None);
        }
        let own = kin("self").expect("one's own");
        assert_eq!(own.parent, i32::try_from(std::os::unix::process::parent_id()).expect("a number"));
    }
}
