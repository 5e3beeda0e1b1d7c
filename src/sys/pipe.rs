//! What a program is asked and answers through pipes: never waited for without end, never kept without bound.

use std::io::{self, Read};
use std::process::{Child, Output};
use std::time::Duration;

/// How long a program may be silent, and how much it may say.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// From one byte to the next.
    pub silence: Duration,
    /// Bytes of its standard output.
    pub most: usize,
}

/// Bytes of standard error that are kept.
const TOLD: usize = 64 << 10;
/// Bytes that are read at a time.
const CHUNK: usize = 64 << 10;

/// Waits until `pipe` can be read or has ended. False where neither happens within `most`.
#[cfg(unix)]
pub fn readable(pipe: &impl std::os::fd::AsFd, most: Duration) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags};
    ready(&mut [PollFd::new(pipe, PollFlags::IN)], most)
}

/// Waits until `pipe` can be read: without bound on this system.
#[cfg(not(unix))]
pub fn readable<P>(_pipe: &P, _most: Duration) -> io::Result<bool> {
    Ok(true)
}

/// Waits until something happens to one of `fds`; false after `most`.
#[cfg(unix)]
fn ready(fds: &mut [rustix::event::PollFd<'_>], most: Duration) -> io::Result<bool> {
    use rustix::event::{Timespec, poll};
    let until = std::time::Instant::now() + most;
    loop {
        let left = until.saturating_duration_since(std::time::Instant::now());
        match poll(fds, Some(&Timespec::try_from(left).map_err(io::Error::other)?)) {
            Ok(0) => return Ok(false),
            Ok(_) => return Ok(true),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Gives `input` to `child`, whose pipes are all three taken here where they are there, and waits for its end and
/// all that it says. A child that is silent for too long, or says too much, is ended: the error is then
/// [`io::ErrorKind::TimedOut`] or [`io::ErrorKind::FileTooLarge`].
pub fn converse(mut child: Child, input: &[u8], bounds: Bounds) -> io::Result<Output> {
    let said = talk(&mut child, input, bounds);
    if said.is_err() {
        let _ = child.kill();
    }
    let status = child.wait()?;
    let (stdout, stderr) = said?;
    Ok(Output { status, stdout, stderr })
}

/// What one of a child's pipes has said so far.
struct Said<R> {
    pipe: Option<R>,
    bytes: Vec<u8>,
}

impl<R: Read> Said<R> {
    const fn new(pipe: Option<R>) -> Self {
        Self { pipe, bytes: Vec::new() }
    }

    /// Reads once, and keeps no more than `most` bytes in all. False where there were more.
    fn read(&mut self, chunk: &mut [u8], most: usize) -> io::Result<bool> {
        let Some(pipe) = &mut self.pipe else { return Ok(true) };
        match pipe.read(chunk) {
            Ok(0) => self.pipe = None,
            Ok(read) => {
                let kept = read.min(most.saturating_sub(self.bytes.len()));
                self.bytes.extend_from_slice(&chunk[..kept]);
                return Ok(kept == read);
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            Err(error) => return Err(error),
        }
        Ok(true)
    }
}

#[cfg(unix)]
fn talk(child: &mut Child, input: &[u8], bounds: Bounds) -> io::Result<(Vec<u8>, Vec<u8>)> {
    use std::io::Write;

    use rustix::event::{PollFd, PollFlags};

    let mut stdin = child.stdin.take().filter(|_| !input.is_empty());
    if let Some(pipe) = &stdin {
        rustix::io::ioctl_fionbio(pipe, true)?;
    }
    let (mut out, mut told) = (Said::new(child.stdout.take()), Said::new(child.stderr.take()));
    let mut chunk = vec![0; CHUNK];
    let mut rest = input;
    while out.pipe.is_some() || told.pipe.is_some() {
        let mut fds: Vec<PollFd<'_>> = Vec::with_capacity(3);
        fds.extend(out.pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        fds.extend(told.pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        fds.extend(stdin.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::OUT)));
        if !ready(&mut fds, bounds.silence)? {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let mut happened = fds.iter().map(|fd| !fd.revents().is_empty());
        let mut next = |there: bool| there && happened.next() == Some(true);
        let now = (next(out.pipe.is_some()), next(told.pipe.is_some()), next(stdin.is_some()));
        if now.0 && !out.read(&mut chunk, bounds.most)? {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if now.1 {
            told.read(&mut chunk, TOLD)?;
        }
        if let Some(pipe) = stdin.as_mut().filter(|_| now.2) {
            match pipe.write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
                // Where it ends before it has read all, its status says why.
                Err(_) => rest = &[],
            }
            if rest.is_empty() {
                stdin = None;
            }
        }
    }
    Ok((out.bytes, told.bytes))
}

/// Without a bound of time on this system.
#[cfg(not(unix))]
fn talk(child: &mut Child, input: &[u8], bounds: Bounds) -> io::Result<(Vec<u8>, Vec<u8>)> {
    use std::io::Write;

    let stdin = child.stdin.take();
    let (mut out, mut told) = (Said::new(child.stdout.take()), Said::new(child.stderr.take()));
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.map(|mut pipe| pipe.write_all(input)));
        let told = scope.spawn(move || {
            let mut chunk = vec![0; CHUNK];
            while told.pipe.is_some() {
                told.read(&mut chunk, TOLD)?;
            }
            io::Result::Ok(told.bytes)
        });
        let mut chunk = vec![0; CHUNK];
        while out.pipe.is_some() {
            if !out.read(&mut chunk, bounds.most)? {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok((out.bytes, told.join().unwrap_or_else(|_| Ok(Vec::new()))?))
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Instant;

    use super::*;

    fn run(script: &str, input: &[u8], silence: u64, most: usize) -> io::Result<Output> {
        #[allow(clippy::disallowed_methods, reason = "a program to talk to")]
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        converse(command.spawn()?, input, Bounds { silence: Duration::from_millis(silence), most })
    }

    #[test]
    fn what_goes_in_comes_out() {
        let input: Vec<u8> = (0..300_000_u32).flat_map(u32::to_be_bytes).collect();
        let output = run("cat; echo told >&2; exit 3", &input, 60_000, usize::MAX).unwrap();
        assert_eq!((output.stdout, &output.stderr[..], output.status.code()), (input, &b"told\n"[..], Some(3)));
        let output = run("exec <&-; echo done", &vec![b'x'; 1 << 20], 60_000, usize::MAX).unwrap();
        assert_eq!(output.stdout, b"done\n");
    }

    #[test]
    fn silence_and_flood_end_the_program() {
        let begin = Instant::now();
        let silent = run("echo a; exec sleep 60", b"", 100, usize::MAX).unwrap_err();
        assert_eq!(silent.kind(), io::ErrorKind::TimedOut);
        let flood = run("exec cat /dev/zero", b"", 60_000, 1 << 20).unwrap_err();
        assert_eq!(flood.kind(), io::ErrorKind::FileTooLarge);
        let slow = run("for i in 1 2 3 4; do echo $i; sleep 0.1; done", b"", 2_000, usize::MAX).unwrap();
        assert_eq!(slow.stdout, b"1\n2\n3\n4\n", "what goes on speaking is not silent");
        assert!(begin.elapsed() < Duration::from_secs(50));
    }
}
