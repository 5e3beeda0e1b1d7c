//! The one door for text that leaves: whatever this program prints, and every report that it writes, goes through a
//! [`Door`]. What could command a terminal or mislead a reader is spelled out there, and what looks like a secret is
//! masked, whoever wrote it: a rule, a reason, a path, a stage's name, an error that quotes a value. Nothing else in
//! this program names standard output or standard error; `tests/it/door.rs` holds it to that.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::OnceLock;

use gatehook::engine::{Engine, FileFacts, Input};
use gatehook::paths::RepoPath;
use gatehook::rules::{Gate, Pack, RuleSet};
use gatehook::text::{Dress, dressed};

/// Bytes that are held before they are let out: a value is seen as a whole up to that.
const HELD: usize = 1 << 20;

/// What goes through the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// What others wrote may stand in it.
    Anyones,
    /// Only what is compiled in: examples of tokens stay as they are.
    Own,
}

/// A way out, to a terminal, a pipe or a file. What is held when it is dropped without [`Write::flush`] is let out.
pub(crate) struct Door<W: Write> {
    to: W,
    dress: Dress,
    content: Content,
    held: Vec<u8>,
}

impl<W: Write> Door<W> {
    pub(crate) const fn new(to: W, dress: Dress, content: Content) -> Self {
        Self { to, dress, content, held: Vec::new() }
    }

    /// Lets the first `upto` held bytes out.
    fn let_out(&mut self, upto: usize) -> io::Result<()> {
        let mut text: Vec<u8> = self.held.drain(..upto).collect();
        if self.content == Content::Anyones {
            mask(&mut text);
        }
        self.to.write_all(&dressed(&text, self.dress))
    }
}

impl<W: Write> Write for Door<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= HELD {
            // Between two words, so that no value is cut.
            let between = |byte: &u8| matches!(byte, b'\n' | b'"' | b' ' | b'<');
            let upto = self.held.iter().rposition(between).map_or(self.held.len(), |at| at + 1);
            self.let_out(upto)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.let_out(self.held.len())?;
        self.to.flush()
    }
}

impl<W: Write> Drop for Door<W> {
    fn drop(&mut self) {
        // Whoever wants to know flushes.
        let _ = self.flush();
    }
}

/// To standard output.
pub(crate) fn stdout(dress: Dress, content: Content) -> Door<impl Write> {
    Door::new(io::stdout().lock(), dress, content)
}

/// To standard error.
pub(crate) fn stderr(dress: Dress, content: Content) -> Door<impl Write> {
    Door::new(io::stderr().lock(), dress, content)
}

/// Says a line on standard error. It may be closed: no verdict depends on it.
pub(crate) fn tell(line: &str) {
    let mut door = stderr(Dress::Plain, Content::Anyones);
    let _ = writeln!(door, "{line}").and_then(|()| door.flush());
}

/// A text that is shown by other means than a door.
pub(crate) fn clean(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    mask(&mut bytes);
    String::from_utf8_lossy(&dressed(&bytes, Dress::Plain)).into_owned()
}

/// Puts stars in place of what a rule with a form of its own takes for a secret, one a byte.
///
/// Most lines of a report hold words only. Those are left aside, for each keyword among them would have a rule's
/// pattern compiled, which costs more than the whole look at a small commit.
fn mask(text: &mut [u8]) {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    let lines: Vec<Range<usize>> = lines(text).filter(|line| may_hold_value(&text[line.clone()])).collect();
    if lines.is_empty() {
        return;
    }
    let engine = ENGINE.get_or_init(|| {
        let mut rules = RuleSet::default().limited_to(&[Pack::Secrets], Gate::Push);
        rules.retain(|rule| !rule.takes_any_value());
        Engine::new(rules)
    });
    let looked: Vec<u8> = lines.iter().flat_map(|line| &text[line.clone()]).copied().collect();
    let whole: Vec<_> = std::iter::once(0..looked.len()).collect();
    let facts = FileFacts::of(&RepoPath::from("output"), b"");
    let found = engine.search(&Input { text: &looked, added: &whole, facts, path: b"output" }).matches;
    for one in found {
        let rule = &engine.rules()[one.rule];
        let Some(secret) = one.secret.as_ref().filter(|_| !rule.generic) else { continue };
        let keep = if one.encoding.is_empty() { rule.public_prefix(secret.expose()) } else { 0 };
        hide(text, &lines, one.at.start + keep..one.at.end);
    }
}

/// Puts stars at `span` of what `lines` of `text` are when they stand one after the other.
fn hide(text: &mut [u8], lines: &[Range<usize>], span: Range<usize>) {
    let mut before = 0;
    for line in lines {
        let from = span.start.max(before).saturating_sub(before);
        let to = span.end.saturating_sub(before).min(line.len());
        before += line.len();
        if from < to {
            let hidden = text.get_mut(line.start + from..line.start + to).unwrap_or_default();
            hidden.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\\')).for_each(|byte| *byte = b'*');
        }
    }
}

/// The lines of `text`, each with its end.
fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    text.split_inclusive(|&byte| byte == b'\n').map(move |line| {
        let start = end;
        end += line.len();
        start..end
    })
}

/// Bytes in a row without a blank that a value has, at least.
const SHORTEST: usize = 12;

/// Whether a value of a form of its own may stand in `line`: a long word that is not of small letters and the
/// signs of paths and names alone, a URL with user information, or the marks of a key's block.
fn may_hold_value(line: &[u8]) -> bool {
    let is_plain = |byte: &u8| {
        byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'/' | b'.' | b',' | b':' | b'`' | b'(' | b')' | b'|')
    };
    let mut words = line.split(u8::is_ascii_whitespace);
    words.any(|word| word.len() >= SHORTEST && !word.iter().all(is_plain))
        || memchr::memmem::find(line, b"-----").is_some()
}
