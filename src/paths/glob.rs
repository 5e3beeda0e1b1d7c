//! Globs over repository paths, matched without compiling anything.
//!
//! `*` stays within a part, `**` crosses parts, `?` is one byte, `[a-z]` and `[!a-z]` are classes,
//! `{a,b}` alternatives. A glob without `/` holds for the file name in any directory, one that ends
//! with `/` for all below it, one that begins with `/` from the root only.

/// Whether `glob` matches `path`.
pub fn matches(glob: &str, path: &[u8]) -> bool {
    let glob = glob.as_bytes();
    if !ends_alike(glob, path) {
        return false;
    }
    if let Some(rooted) = glob.strip_prefix(b"/") {
        return matches_from(rooted, path);
    }
    if !glob.strip_suffix(b"/").unwrap_or(glob).contains(&b'/') && glob.last() != Some(&b'/') {
        let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        return step(glob, name, 0);
    }
    if !glob.strip_suffix(b"/").unwrap_or(glob).contains(&b'/') {
        // `target/` holds for a directory of that name anywhere.
        return starts(path).any(|at| matches_from(glob, &path[at..]));
    }
    matches_from(glob, path)
}

/// A cheap look at the last bytes: nearly all globs end in a literal, nearly all paths end otherwise.
fn ends_alike(glob: &[u8], path: &[u8]) -> bool {
    let literal = |byte: &u8| !matches!(byte, b'*' | b'?' | b'[' | b']' | b'{' | b'}' | b',' | b'/');
    for (wanted, found) in glob.iter().rev().zip(path.iter().rev()) {
        if !literal(wanted) {
            return true;
        }
        if wanted != found {
            return false;
        }
    }
    true
}

fn starts(path: &[u8]) -> impl Iterator<Item = usize> + '_ {
    std::iter::once(0).chain(memchr::memchr_iter(b'/', path).map(|at| at + 1))
}

fn matches_from(glob: &[u8], path: &[u8]) -> bool {
    match glob.strip_suffix(b"/") {
        Some(dir) => memchr::memchr_iter(b'/', path).any(|at| step(dir, &path[..at], 0)),
        None => step(glob, path, 0),
    }
}

/// Deepest nesting of stars and alternatives that is followed; beyond it nothing matches.
const DEPTH: usize = 24;

fn step(glob: &[u8], path: &[u8], depth: usize) -> bool {
    if depth > DEPTH {
        return false;
    }
    let Some((&first, rest)) = glob.split_first() else {
        return path.is_empty();
    };
    match first {
        b'*' if rest.first() == Some(&b'*') => {
            let rest = &rest[1..];
            let below = rest.strip_prefix(b"/").unwrap_or(rest);
            if below.len() < rest.len() {
                return starts(path).any(|at| step(below, &path[at..], depth + 1));
            }
            (0..=path.len()).any(|at| step(rest, &path[at..], depth + 1))
        }
        b'*' => {
            let part = memchr::memchr(b'/', path).unwrap_or(path.len());
            (0..=part).any(|at| step(rest, &path[at..], depth + 1))
        }
        b'?' => path.first().is_some_and(|&byte| byte != b'/') && step(rest, &path[1..], depth),
        b'[' => match class(rest) {
            Some((holds, after)) => {
                path.first().is_some_and(|&byte| byte != b'/' && holds(byte)) && step(after, &path[1..], depth)
            }
            None => path.first() == Some(&b'[') && step(rest, &path[1..], depth),
        },
        b'{' => match alternatives(rest) {
            Some((choices, after)) => choices.split(|&byte| byte == b',').any(|choice| {
                let whole = [choice, after].concat();
                step(&whole, path, depth + 1)
            }),
            None => path.first() == Some(&b'{') && step(rest, &path[1..], depth),
        },
        _ => path.first() == Some(&first) && step(rest, &path[1..], depth),
    }
}

fn class(rest: &[u8]) -> Option<(impl Fn(u8) -> bool + '_, &[u8])> {
    let (negated, rest) = match rest.first()? {
        b'!' | b'^' => (true, &rest[1..]),
        _ => (false, rest),
    };
    let end = 1 + memchr::memchr(b']', rest.get(1..)?)?;
    let members = &rest[..end];
    let holds = move |byte: u8| {
        let mut at = 0;
        let mut inside = false;
        while at < members.len() {
            if members.get(at + 1) == Some(&b'-') && at + 2 < members.len() {
                inside |= (members[at]..=members[at + 2]).contains(&byte);
                at += 3;
            } else {
                inside |= members[at] == byte;
                at += 1;
            }
        }
        inside != negated
    };
    Some((holds, &rest[end + 1..]))
}

fn alternatives(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'}', rest)?;
    Some((&rest[..end], &rest[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn globs_hold_where_a_reader_expects() {
        let cases: &[(&str, &str, bool)] = &[
            ("*.py", "a/b/c.py", true),
            ("*.py", "c.pyc", false),
            ("Dockerfile*", "svc/Dockerfile.dev", true),
            ("tests/**", "tests/a/b.py", true),
            ("tests/**", "x/tests/a.py", false),
            ("**/tests/**", "x/tests/a.py", true),
            ("**/tests/**", "tests/a.py", true),
            ("/id_rsa", "id_rsa", true),
            ("/id_rsa", "a/id_rsa", false),
            ("id_{rsa,dsa}", "home/.ssh/id_dsa", true),
            ("target/", "a/target/x/y", true),
            ("target/", "a/target", false),
            (".github/workflows/*.y?ml", ".github/workflows/ci.yaml", true),
            (".github/workflows/*.yml", ".github/workflows/a/ci.yml", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("*.{yml,yaml}", "k8s/x.yaml", true),
            (".env.*", ".env.production", true),
        ];
        for (glob, path, expected) in cases {
            assert_eq!(matches(glob, path.as_bytes()), *expected, "{glob} on {path}");
        }
    }
}
