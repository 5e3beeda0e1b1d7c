//! Credentials of HTTP: `Basic` and `Bearer` with what follows.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::Candidate;
use crate::engine::facts::FileFacts;
use crate::engine::validate::{Grade, Kind, certain, is_random, is_stand_in};

/// The candidate behind the scheme at `hit` (`basic `, `bearer `, `token `).
pub(super) fn read(text: &[u8], hit: &Range<usize>, facts: &FileFacts) -> Option<Candidate> {
    if hit.start > 0 && (text[hit.start - 1].is_ascii_alphanumeric() || text[hit.start - 1] == b'_') {
        return None;
    }
    let last = text.len().min(hit.end + 2048);
    let mut start = hit.end;
    while start < last && text[start] == b' ' && start < hit.end + 4 {
        start += 1;
    }
    let length = text[start..last]
        .iter()
        .take_while(|&&byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'.' | b'~')
        })
        .count();
    if length < 8 {
        return None;
    }
    let value = &text[start..start + length];
    let is_basic = text[hit.start].eq_ignore_ascii_case(&b'b') && text[hit.start + 1].eq_ignore_ascii_case(&b'a');
    let grade = if is_basic { basic(value, facts)? } else { bearer(value)? };
    let grade = if facts.test || facts.prose { Grade::Weak } else { grade };
    Some(Candidate::certain(hit.start..start + length, start..start + length, Kind::Token, grade))
}

/// RFC 7617: base64 of `user:password`.
fn basic(value: &[u8], facts: &FileFacts) -> Option<Grade> {
    let decoded = STANDARD.decode(value).or_else(|_| STANDARD_NO_PAD.decode(value)).ok()?;
    if !decoded.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return None;
    }
    let colon = decoded.iter().position(|&byte| byte == b':')?;
    let (user, password) = (&decoded[..colon], &decoded[colon + 1..]);
    if user == password {
        return None;
    }
    // A token in the place of the user leaves the password empty or fixed.
    certain(password, facts).or_else(|| if user.len() >= 16 { certain(user, facts) } else { None })
}

/// RFC 6750: a token.
fn bearer(value: &[u8]) -> Option<Grade> {
    (value.len() >= 16 && !is_stand_in(value) && is_random(value)).then_some(Grade::Strong)
}
