//! `curl -u user:password`, `--user`, also on a later line of the same command.

use std::ops::Range;

use super::Candidate;
use crate::engine::facts::FileFacts;
use crate::engine::validate::{Grade, Kind, certain};

/// Bytes of a command that are looked at.
const REACH: usize = 2048;

/// The candidate in the command whose name is at `hit`.
pub(super) fn read(text: &[u8], hit: &Range<usize>, facts: &FileFacts) -> Option<Candidate> {
    let command = &text[hit.end..command_end(text, hit.end)];
    // What stands behind the next name is read from there: else a line of a thousand commands would be
    // read a thousand times.
    let command = &command[..memchr::memmem::find(command, &text[hit.clone()]).unwrap_or(command.len())];
    for flag in [&b"-u"[..], b"--user", b"--proxy-user", b"-U"] {
        for at in memchr::memmem::find_iter(command, flag) {
            let before = at.checked_sub(1).map_or(b' ', |before| command[before]);
            if !matches!(before, b' ' | b'\n' | b'\t') {
                continue;
            }
            let mut start = at + flag.len();
            while start < command.len() && matches!(command[start], b' ' | b'=') {
                start += 1;
            }
            if start == at + flag.len() && flag.len() > 2 {
                continue;
            }
            let Some((user, value)) = pair(command, start) else { continue };
            let password = &command[value.clone()];
            let (value, grade) = match certain(password, facts) {
                Some(grade) if password != &command[user.clone()] => (value, grade),
                // `-u TOKEN:`
                _ if password.is_empty() => match certain(&command[user.clone()], facts) {
                    Some(grade) => (user, grade),
                    None => continue,
                },
                _ => continue,
            };
            let value = hit.end + value.start..hit.end + value.end;
            let grade = if facts.test || facts.prose { Grade::Weak } else { grade };
            return Some(Candidate::certain(hit.start..value.end, value, Kind::Password, grade));
        }
    }
    None
}

/// The end of the command that goes on at `from`: its line, and those that a backslash joins to it.
fn command_end(text: &[u8], from: usize) -> usize {
    let last = text.len().min(from + REACH);
    let mut at = from;
    while let Some(newline) = memchr::memchr(b'\n', &text[at..last]) {
        let end = at + newline;
        if !text[at..end].trim_ascii_end().ends_with(b"\\") {
            return end;
        }
        at = end + 1;
    }
    last
}

/// User and password of `user:password` at `at`, in quotes or without.
fn pair(command: &[u8], at: usize) -> Option<(Range<usize>, Range<usize>)> {
    let quote = command.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    let start = at + usize::from(quote.is_some());
    let length = command[start..]
        .iter()
        .take_while(|&&byte| match quote {
            Some(quote) => byte != quote && byte != b'\n',
            None => byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`'),
        })
        .count();
    let colon = memchr::memchr(b':', &command[start..start + length])?;
    Some((start..start + colon, start + colon + 1..start + length))
}
