//! Blobs through one `git cat-file --batch` a thread.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::command;
use super::repo::Repo;
use crate::change::{Loaded, Oid, ReadError};

/// A `cat-file` process, started with the first read.
pub(super) struct CatFile<'r> {
    repo: &'r Repo,
    child: Option<Running>,
}

struct Running {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl<'r> CatFile<'r> {
    pub(super) const fn new(repo: &'r Repo) -> Self {
        Self { repo, child: None }
    }

    /// Reads the blob `id`, at most `limit` bytes of it.
    pub(super) fn read(&mut self, id: Oid, limit: u64) -> Result<Loaded, ReadError> {
        let corrupt = |reason: String| ReadError::Corrupt { id, reason };
        if self.child.is_none() {
            self.child = Some(start(self.repo).map_err(|error| corrupt(error.to_string()))?);
        }
        let running = self.child.as_mut().ok_or(ReadError::Unsupported)?;
        let answer = ask(running, id, limit);
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

fn start(repo: &Repo) -> std::io::Result<Running> {
    let mut child = command::git(&repo.top)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let gone = || std::io::Error::other("git cat-file has no pipe");
    let questions = child.stdin.take().ok_or_else(gone)?;
    let answers = BufReader::new(child.stdout.take().ok_or_else(gone)?);
    Ok(Running { child, questions, answers })
}

/// Asks for one object. `None` where the store does not have it.
fn ask(running: &mut Running, id: Oid, limit: u64) -> std::io::Result<Option<Loaded>> {
    writeln!(running.questions, "{id}")?;
    running.questions.flush()?;
    let mut header = Vec::new();
    running.answers.read_until(b'\n', &mut header)?;
    let header = String::from_utf8_lossy(&header).trim().to_owned();
    if header.ends_with(" missing") {
        return Ok(None);
    }
    let size: u64 = header
        .rsplit(' ')
        .next()
        .and_then(|size| size.parse().ok())
        .ok_or_else(|| std::io::Error::other(format!("git cat-file answered `{header}`")))?;
    let mut bytes = Vec::new();
    running.answers.by_ref().take(size.min(limit)).read_to_end(&mut bytes)?;
    std::io::copy(&mut running.answers.by_ref().take(size - size.min(limit) + 1), &mut std::io::sink())?;
    if (bytes.len() as u64) < size.min(limit) {
        return Err(std::io::Error::other("git cat-file ended early"));
    }
    Ok(Some(Loaded { bytes, size }))
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
