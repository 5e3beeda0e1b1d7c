//! Whether a file of settings (`.env`) holds more than what everyone may read: `NODE_ENV=production` is no secret,
//! `DB_PASSWORD=…` is one whatever stands there.

use std::ops::Range;

use super::name::classify;
use crate::engine::validate::{is_placeholder, is_random};

/// Characters of a value that need no closer look, at most.
const LONGEST: usize = 200;

/// Whether a line of `text` that lies in `added` holds a setting that is not for everyone. What is no line of
/// settings counts as one: no one knows what it is.
pub(in crate::engine) fn holds_private(text: &[u8], added: &[Range<usize>]) -> bool {
    added.iter().any(|range| {
        let lines = text.get(range.clone()).unwrap_or_default();
        lines.split(|&byte| byte == b'\n').any(|line| !is_public(line.trim_ascii()))
    })
}

fn is_public(line: &[u8]) -> bool {
    if line.is_empty() || line.starts_with(b"#") {
        return true;
    }
    let line = line.strip_prefix(b"export ").unwrap_or(line).trim_ascii_start();
    let Some(equals) = memchr::memchr(b'=', line) else { return false };
    let name = line[..equals].trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte));
    let Some(value) = value(line[equals + 1..].trim_ascii()).filter(|_| is_name) else { return false };
    if value.is_empty() || is_placeholder(value) {
        return true;
    }
    classify(name).is_none() && value.len() <= LONGEST && !has_login(value) && !parts(value).any(is_random)
}

/// The value without quotes and the comment behind it; `None` where a quote stays open.
fn value(text: &[u8]) -> Option<&[u8]> {
    match text.first() {
        Some(&quote @ (b'"' | b'\'' | b'`')) => memchr::memchr(quote, &text[1..]).map(|end| text[1..=end].trim_ascii()),
        _ => Some(memchr::memmem::find(text, b" #").map_or(text, |end| text[..end].trim_ascii())),
    }
}

/// `scheme://user:password@host`, or the same written as `Password=…;`.
fn has_login(value: &[u8]) -> bool {
    let in_address = memchr::memmem::find(value, b"://").is_some_and(|at| {
        let rest = &value[at + 3..];
        // A password may hold `?` and `#` although an address may not.
        let host = &rest[..memchr::memchr(b'/', rest).unwrap_or(rest.len())];
        memchr::memchr(b'@', host).is_some_and(|end| memchr::memchr(b':', &host[..end]).is_some())
    });
    // Settings in a setting: `Server=…;Password=…`, `host=… password=…`.
    in_address
        || value
            .split(|byte| b";& ?".contains(byte))
            .filter_map(|part| Some(&part[..memchr::memchr(b'=', part)?]))
            .any(|name| classify(name.trim_ascii()).is_some())
}

/// What a value is made of where it is an address, a path or a list.
fn parts(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| b"/?&=:,;@ ".contains(byte)).filter(|part| part.len() >= 12)
}

#[cfg(test)]
mod tests {
    use super::holds_private;

    fn holds(text: &str) -> bool {
        holds_private(text.as_bytes(), std::slice::from_ref(&(0..text.len())))
    }

    #[test]
    fn settings_for_everyone_are_told_from_others() {
        for text in [
            "",
            "# a comment\n\n",
            "x=1\nNODE_ENV=production\n",
            "export PORT=3000 # the usual\r\nDEBUG=false\r\n",
            "API_URL=https://api.acme-corp.io/v1\nAPP_NAME=\"My shop\"\nDB_HOST=localhost\n",
            "DB_PASSWORD=\nTOKEN=<your-token-here>\nKEY=${KEY}\n",
            "TOKEN_TTL=3600\nPASSWORD_MIN_LENGTH=12\nPUBLIC_URL=.\nTZ=Europe/Berlin\n",
            "COMPOSE_PROJECT_NAME=my-long-project-name\nLOG_FORMAT=json\n",
        ] {
            assert!(!holds(text), "{text}");
        }
        for text in [
            "no settings at all\n",
            "DB_PASSWORD=hunter2\n",
            "A=1\nAPI_KEY='abc'\n",
            "DATABASE_URL=postgres://app:pw@db/app\n",
            "DB=Server=db;Password=hunter2\n",
            "KEY=\"-----BEGIN\nMII\n-----END\"\n",
            "ACME=q9Xv2LmT7rKp4WzB8nYd\n",
            "HOOK=https://hooks.acme.io/q9Xv2LmT7rKp4WzB8nYd\n",
        ] {
            assert!(holds(text), "{text}");
        }
    }

    #[test]
    fn only_what_was_added_counts() {
        let text = b"DB_PASSWORD=hunter2\nx=1\n";
        let holds = |range| holds_private(text, std::slice::from_ref(&range));
        assert!(!holds(20..24) && holds(0..20));
    }
}
