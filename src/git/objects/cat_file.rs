//! Blobs through one `git cat-file --batch` a thread.
//!
//! Not taken at its word: of a loose object whose header lies git gives more or fewer bytes than it says. Behind
//! each object a name is asked for that no object can guess, and the answer to that must follow at once.

use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::marks::Mark;
use crate::change::{Loaded, Oid, ReadError};
use crate::git::repository::command;
use crate::git::repository::repo::Repo;
use crate::sys::pipe;

/// How long an answer is waited for, from one byte to the next.
const PATIENCE: Duration = Duration::from_secs(30);
/// An answer that takes longer than this is a slow one.
const SLOW: Duration = Duration::from_secs(1);
/// Milliseconds of all slow answers together, of all threads, after which git is asked no more.
const MOST: u64 = 60_000;
/// Bytes that are read at a time.
const CHUNK: usize = 64 << 10;
/// The longest first line: an id, a type, a size.
const HEADER: usize = 256;

/// Milliseconds that slow answers took, shared by all threads that read one repository.
#[derive(Debug, Default)]
pub(in crate::git) struct Slowness(AtomicU64);

/// A `cat-file` process, started with the first read.
pub(in crate::git) struct CatFile<'r> {
    repo: &'r Repo,
    child: Option<Running>,
}

struct Running {
    child: Child,
    questions: ChildStdin,
    answers: Answers<ChildStdout>,
}

/// What comes out of the process, and what of it was not taken yet.
struct Answers<P> {
    pipe: P,
    chunk: Box<[u8]>,
    from: usize,
    to: usize,
}

impl<'r> CatFile<'r> {
    pub(in crate::git) const fn new(repo: &'r Repo) -> Self {
        Self { repo, child: None }
    }

    /// Reads the blob `id`, at most `limit` bytes of it.
    pub(in crate::git) fn read(&mut self, id: Oid, limit: u64) -> Result<Loaded, ReadError> {
        let corrupt = |reason: String| ReadError::Corrupt { id, reason };
        let slowness = &self.repo.slowness.0;
        if slowness.load(Ordering::Relaxed) > MOST {
            return Err(corrupt("git took too long for others to be asked for it".to_owned()));
        }
        if self.child.is_none() {
            self.child = Some(start(self.repo).map_err(|error| corrupt(error.to_string()))?);
        }
        let running = self.child.as_mut().ok_or(ReadError::Unsupported)?;
        let begin = Instant::now();
        let answer = ask(running, id, limit);
        if begin.elapsed() > SLOW {
            slowness.fetch_add(u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        match answer {
            Ok(Some(loaded)) => Ok(loaded),
            Ok(None) => Err(ReadError::Missing(id)),
            Err(error) => {
                self.child = None;
                Err(corrupt(error.to_string()))
            }
        }
    }
}

fn start(repo: &Repo) -> io::Result<Running> {
    let mut child = command::git(&repo.top)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let gone = || io::Error::other("git cat-file has no pipe");
    let questions = child.stdin.take().ok_or_else(gone)?;
    let answers = Answers::new(child.stdout.take().ok_or_else(gone)?);
    Ok(Running { child, questions, answers })
}

/// Asks for one object. `None` where the store does not have it.
fn ask(running: &mut Running, id: Oid, limit: u64) -> io::Result<Option<Loaded>> {
    let mark = Mark::new().map_err(io::Error::other)?;
    running.questions.write_all(&mark.questions(&[id]))?;
    running.questions.flush()?;
    running.answers.object(id, limit, &mark.missing())
}

impl<P: Pipe> Answers<P> {
    fn new(pipe: P) -> Self {
        Self { pipe, chunk: vec![0; CHUNK].into(), from: 0, to: 0 }
    }

    /// The answer to the question for `id`, behind which that of `mark` must stand.
    fn object(&mut self, id: Oid, limit: u64, mark: &[u8]) -> io::Result<Option<Loaded>> {
        let header = self.line()?;
        if header == format!("{id} missing").as_bytes() {
            return self.exactly(mark).map(|()| None);
        }
        let size = String::from_utf8_lossy(&header)
            .strip_prefix(&format!("{id} blob "))
            .and_then(|size| size.parse::<u64>().ok())
            .ok_or_else(|| io::Error::other(format!("git cat-file answered `{}`", header.escape_ascii())))?;
        let mut bytes = Vec::new();
        let mut left = size;
        while left > 0 {
            let piece = self.some(mark)?;
            let taken = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let kept = taken.min(usize::try_from(limit - bytes.len() as u64).unwrap_or(usize::MAX));
            bytes.extend_from_slice(&piece[..kept]);
            self.from += taken;
            left -= taken as u64;
        }
        self.exactly(b"\n")?;
        self.exactly(mark)?;
        Ok(Some(Loaded { bytes, size }))
    }

    /// What is there, at least a byte of it. Where the answer to the next question is there already, the object
    /// that is being read is cut short.
    fn some(&mut self, mark: &[u8]) -> io::Result<&[u8]> {
        if self.from == self.to && self.chunk[..self.to].ends_with(mark) {
            return Err(io::Error::other("it is shorter than its header says"));
        }
        self.fill()?;
        Ok(&self.chunk[self.from..self.to])
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            self.fill()?;
            let piece = &self.chunk[self.from..self.to];
            let end = memchr::memchr(b'\n', piece);
            line.extend_from_slice(&piece[..end.unwrap_or(piece.len())]);
            self.from += end.map_or(piece.len(), |end| end + 1);
            if line.len() > HEADER {
                return Err(io::Error::other("git cat-file gave a line without end"));
            }
            if end.is_some() {
                return Ok(line);
            }
        }
    }

    fn exactly(&mut self, wanted: &[u8]) -> io::Result<()> {
        for &byte in wanted {
            self.fill()?;
            if self.chunk[self.from] != byte {
                return Err(io::Error::other("it is longer than its header says"));
            }
            self.from += 1;
        }
        Ok(())
    }

    /// Reads where nothing is left.
    fn fill(&mut self) -> io::Result<()> {
        if self.from < self.to {
            return Ok(());
        }
        if !self.pipe.readable(PATIENCE)? {
            return Err(io::Error::other(format!("git cat-file said nothing for {} s", PATIENCE.as_secs())));
        }
        (self.from, self.to) = (0, 0);
        self.to = self.pipe.read(&mut self.chunk)?;
        if self.to == 0 { Err(io::Error::other("git cat-file ended early")) } else { Ok(()) }
    }
}

/// What answers are read from.
trait Pipe: Read {
    /// Whether there is something to read, or the end, within `most`.
    fn readable(&self, most: Duration) -> io::Result<bool>;
}

impl Pipe for ChildStdout {
    fn readable(&self, most: Duration) -> io::Result<bool> {
        pipe::readable(self, most)
    }
}

impl Pipe for &[u8] {
    fn readable(&self, _: Duration) -> io::Result<bool> {
        Ok(true)
    }
}

/// What is made of `answer`, whatever it is, for fuzzing.
pub(in crate::git) fn read_answer(answer: &[u8], id: Oid, limit: u64) -> Option<Loaded> {
    Answers::new(answer).object(id, limit, b"mark missing\n").ok().flatten()
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
