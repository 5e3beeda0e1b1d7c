//! One run of a program: its output kept within a limit, its time within another, nothing left of it.

use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::sys::confine::Confinement;

/// What a run may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// When it must be over.
    pub(super) until: Instant,
    /// Bytes that it may print, on either output.
    pub(super) output: usize,
    /// Bytes of memory.
    pub(super) memory: Option<u64>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// By itself, with this code.
    Exited(i32),
    /// By this signal.
    Killed(i32),
    /// Its time was up.
    TimedOut,
    /// It printed more than it may.
    TooMuch,
    /// Somebody called it off.
    Cancelled,
}

/// What a run gave.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) ended: Ended,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// Who follows a run.
pub(super) trait Watch {
    /// Whether it is called off.
    fn is_cancelled(&self) -> bool;
    /// The last whole line that it printed.
    fn line(&self, line: &[u8]);
}

/// How long a program may take to end once it is asked to.
const GRACE: Duration = Duration::from_secs(2);
/// The same where a person waits for it.
const SHORT_GRACE: Duration = Duration::from_millis(500);
/// Between two looks at whether it is called off.
const LOOK: Duration = Duration::from_millis(50);

/// Runs `command` with `input` on its standard input.
#[cfg(unix)]
pub(super) fn run(
    mut command: Command,
    input: Option<Vec<u8>>,
    limits: Limits,
    confinement: Option<Confinement>,
    watch: &dyn Watch,
) -> io::Result<Answer> {
    use std::process::Stdio;

    use crate::sys::process::Session;

    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut session = Session::start(command, limits.memory, confinement)?;
    let gone = || io::Error::other("a pipe is missing");
    let mut out = Pipe::new(session.child().stdout.take().ok_or_else(gone)?)?;
    let mut err = Pipe::new(session.child().stderr.take().ok_or_else(gone)?)?;
    if let (Some(bytes), Some(mut stdin)) = (input, session.child().stdin.take()) {
        // It ends with the program, which either reads all of it or closes the pipe.
        std::thread::spawn(move || io::Write::write_all(&mut stdin, &bytes));
    }
    let mut ended = None;
    let mut asked: Option<Instant> = None;
    while !session.has_ended() {
        let now = Instant::now();
        if asked.is_none() {
            let grace = if watch.is_cancelled() {
                ended = Some(Ended::Cancelled);
                Some(SHORT_GRACE)
            } else if now >= limits.until {
                ended = Some(Ended::TimedOut);
                Some(GRACE)
            } else if out.bytes.len() > limits.output || err.bytes.len() > limits.output {
                ended = Some(Ended::TooMuch);
                Some(Duration::ZERO)
            } else {
                None
            };
            if let Some(grace) = grace {
                session.terminate();
                asked = Some(now + grace);
            }
        }
        if asked.is_some_and(|until| now >= until) {
            break;
        }
        let due = asked.unwrap_or(limits.until).saturating_duration_since(now);
        // One that is closed would be ready without end; a program that ends closes its own just before.
        let mut open: Vec<&mut Pipe> = [&mut out, &mut err].into_iter().filter(|pipe| !pipe.closed).collect();
        let fds: Vec<_> = open.iter().map(|pipe| pipe.fd()).collect();
        let ready = session.wait(&fds, due.min(LOOK))?;
        for (pipe, ready) in open.iter_mut().zip(ready) {
            if ready {
                pipe.closed = pipe.read(limits.output)? == Read::Closed;
            }
            pipe.tell(watch);
        }
    }
    let status = session.end()?;
    for pipe in [&mut out, &mut err] {
        while pipe.bytes.len() <= limits.output && pipe.read(limits.output)? == Read::More {}
    }
    if ended.is_none() && (out.bytes.len() > limits.output || err.bytes.len() > limits.output) {
        ended = Some(Ended::TooMuch);
    }
    let own = || match (status.code(), std::os::unix::process::ExitStatusExt::signal(&status)) {
        (Some(code), _) => Ended::Exited(code),
        (None, signal) => Ended::Killed(signal.unwrap_or_default()),
    };
    Ok(Answer { ended: ended.unwrap_or_else(own), stdout: out.bytes, stderr: err.bytes })
}

/// Not done on this system yet.
#[cfg(not(unix))]
pub(super) fn run(
    _: Command,
    _: Option<Vec<u8>>,
    _: Limits,
    _: Option<Confinement>,
    _: &dyn Watch,
) -> io::Result<Answer> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "external stages do not run on this system yet"))
}

#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    More,
    Nothing,
    Closed,
}

/// One output of a program.
#[cfg(unix)]
struct Pipe {
    file: std::fs::File,
    bytes: Vec<u8>,
    /// Where the line began that was told last.
    told: usize,
    /// No one writes to it any more.
    closed: bool,
}

#[cfg(unix)]
impl Pipe {
    fn new(pipe: impl Into<std::os::fd::OwnedFd>) -> io::Result<Self> {
        let pipe = pipe.into();
        crate::sys::process::without_waiting(&pipe)?;
        Ok(Self { file: pipe.into(), bytes: Vec::new(), told: 0, closed: false })
    }

    fn fd(&self) -> std::os::fd::BorrowedFd<'_> {
        std::os::fd::AsFd::as_fd(&self.file)
    }

    /// Reads a piece. What lies over `most` is not kept.
    fn read(&mut self, most: usize) -> io::Result<Read> {
        let mut piece = [0; 16 << 10];
        match io::Read::read(&mut self.file, &mut piece) {
            Ok(0) => Ok(Read::Closed),
            Ok(length) => {
                let room = (most + 1).saturating_sub(self.bytes.len());
                self.bytes.extend_from_slice(&piece[..length.min(room)]);
                Ok(Read::More)
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                Ok(Read::Nothing)
            }
            Err(error) => Err(error),
        }
    }

    /// Tells the last whole line, once.
    fn tell(&mut self, watch: &dyn Watch) {
        let Some(end) = memchr::memrchr(b'\n', &self.bytes[self.told..]).map(|at| self.told + at) else { return };
        let start = memchr::memrchr(b'\n', &self.bytes[..end]).map_or(0, |at| at + 1);
        self.told = end + 1;
        watch.line(&self.bytes[start..end]);
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Silent(Mutex<Vec<u8>>);

    impl Watch for Silent {
        fn is_cancelled(&self) -> bool {
            false
        }

        fn line(&self, line: &[u8]) {
            *self.0.lock().unwrap() = line.to_vec();
        }
    }

    fn shell(script: &str, millis: u64, output: usize) -> (Answer, Duration) {
        let begin = Instant::now();
        #[allow(clippy::disallowed_methods, reason = "a program to run")]
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let limits = Limits { until: begin + Duration::from_millis(millis), output, memory: None };
        let answer = run(command, Some(b"given".to_vec()), limits, None, &Silent::default()).unwrap();
        (answer, begin.elapsed())
    }

    #[test]
    fn both_outputs_and_the_code_are_kept() {
        let (answer, _) = shell("cat; echo err >&2; exit 7", 10_000, 1 << 20);
        assert_eq!(answer.ended, Ended::Exited(7));
        assert_eq!((&answer.stdout[..], &answer.stderr[..]), (&b"given"[..], &b"err\n"[..]));
    }

    #[test]
    fn who_heeds_no_request_is_ended() {
        let (answer, took) = shell("trap '' TERM; while :; do sleep 0.1; done", 200, 1 << 20);
        assert_eq!(answer.ended, Ended::TimedOut);
        assert!(took < Duration::from_secs(8), "{took:?}");
    }

    #[test]
    fn endless_output_is_cut() {
        let (answer, took) = shell("yes", 60_000, 1 << 20);
        assert_eq!(answer.ended, Ended::TooMuch);
        assert!(answer.stdout.len() <= (1 << 20) + 1 && took < Duration::from_secs(20), "{took:?}");
    }

    #[test]
    fn there_is_no_terminal_to_ask_at() {
        let (answer, _) = shell("exec 3</dev/tty && echo open", 10_000, 1 << 20);
        assert!(answer.stdout.is_empty() && answer.ended != Ended::Exited(0), "{:?}", answer.ended);
    }

    #[test]
    fn whoever_stays_in_the_background_holds_nothing_up() {
        let (answer, took) = shell("sleep 60 & echo done", 30_000, 1 << 20);
        assert_eq!((answer.ended, &answer.stdout[..]), (Ended::Exited(0), &b"done\n"[..]));
        assert!(took < Duration::from_secs(20), "{took:?}");
    }

    #[test]
    fn a_closed_output_is_waited_out() {
        let (answer, _) = shell("exec >&- 2>&-; sleep 0.3; exit 3", 30_000, 1 << 20);
        assert_eq!(answer.ended, Ended::Exited(3));
    }
}
