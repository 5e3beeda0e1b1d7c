//! A child process with all that it starts, so that both can be ended together.

use std::io;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus};
use std::time::{Duration, Instant};

/// A running program, in a process group of its own where the system has such. Ended when dropped.
#[derive(Debug)]
pub struct Group {
    child: Child,
    ended: bool,
}

impl Group {
    /// Starts `command`.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Ok(Self { child: command.spawn()?, ended: false })
    }

    /// Its standard output, where that is a pipe.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Its standard error, where that is a pipe.
    pub fn take_stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Waits for it to end, `time` at most; then ends it with all that it started and gives `None`.
    pub fn wait(&mut self, time: Duration) -> io::Result<Option<ExitStatus>> {
        let until = Instant::now() + time;
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = self.child.try_wait()? {
                // What it left running holds its pipes.
                self.end();
                return Ok(Some(status));
            }
            if Instant::now() >= until {
                self.end();
                self.child.wait()?;
                return Ok(None);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    /// Kills the group.
    fn end(&mut self) {
        self.ended = true;
        #[cfg(unix)]
        {
            let Ok(id) = libc::pid_t::try_from(self.child.id()) else { return };
            #[allow(unsafe_code, reason = "a signal to a group that this process made")]
            // SAFETY: the call takes two numbers. The group keeps its number as long as one of its members
            // lives; where none does, the call fails.
            unsafe {
                libc::kill(-id, libc::SIGKILL);
            }
        }
        #[cfg(not(unix))]
        let _ = self.child.kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            self.end();
            let _ = self.child.wait();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Stdio;

    #[test]
    fn what_a_program_started_ends_with_it() {
        #[allow(clippy::disallowed_methods, reason = "a program to end")]
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 60 & echo; wait"]).stdout(Stdio::piped());
        let begin = Instant::now();
        let mut group = Group::spawn(&mut command).unwrap();
        let mut out = group.take_stdout().unwrap();
        assert!(group.wait(Duration::from_millis(100)).unwrap().is_none());
        // The pipe has no writer left.
        io::copy(&mut out, &mut io::sink()).unwrap();
        assert!(begin.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_program_that_ends_gives_its_status() {
        #[allow(clippy::disallowed_methods, reason = "a program that ends")]
        let mut command = Command::new("sh");
        let mut group = Group::spawn(command.args(["-c", "exit 7"])).unwrap();
        assert_eq!(group.wait(Duration::from_secs(30)).unwrap().and_then(|status| status.code()), Some(7));
    }
}
