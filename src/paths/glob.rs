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
        return step(glob, name);
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
        Some(dir) => memchr::memchr_iter(b'/', path).any(|at| step(dir, &path[..at])),
        None => step(glob, path),
    }
}

/// Whether `glob` matches all of `path`.
fn step(glob: &[u8], path: &[u8]) -> bool {
    // Most paths differ in the first bytes: nothing is prepared for those.
    let plain = glob.iter().take_while(|&&byte| !matches!(byte, b'*' | b'?' | b'[' | b'{')).count();
    if path.get(..plain) != Some(&glob[..plain]) {
        return false;
    }
    plain == glob.len() && plain == path.len() || plain < glob.len() && walk(&pieces(&glob[plain..]), &path[plain..])
}

/// A piece of a glob; several make a machine without a stack.
enum Piece<'g> {
    /// This byte.
    Byte(u8),
    /// Any byte but `/`.
    Any,
    /// A byte but `/` that is (`true`) or is not among these.
    Class(bool, &'g [u8]),
    /// Bytes but `/`, as many as there are.
    Star,
    /// Bytes, as many as there are.
    DeepStar,
    /// Nothing, or bytes up to a `/`; [`Piece::Below`] follows.
    DeepStarSlash,
    /// Within those bytes.
    Below,
    /// One of the alternatives that begin at these pieces.
    Choice(Vec<usize>),
    /// The end of an alternative: goes on at this piece.
    Goto(usize),
}

fn pieces(glob: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::with_capacity(glob.len());
    extend(&mut pieces, glob);
    pieces
}

fn extend<'g>(pieces: &mut Vec<Piece<'g>>, glob: &'g [u8]) {
    let mut rest = glob;
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'*' if rest.starts_with(b"*/") => {
                pieces.extend([Piece::DeepStarSlash, Piece::Below]);
                rest = &rest[2..];
            }
            b'*' if rest.starts_with(b"*") => {
                pieces.push(Piece::DeepStar);
                rest = &rest[1..];
            }
            b'*' => pieces.push(Piece::Star),
            b'?' => pieces.push(Piece::Any),
            b'[' => match class(rest) {
                Some((is_among, members, after)) => {
                    pieces.push(Piece::Class(is_among, members));
                    rest = after;
                }
                None => pieces.push(Piece::Byte(first)),
            },
            b'{' => match memchr::memchr(b'}', rest) {
                Some(end) => {
                    choice(pieces, &rest[..end]);
                    rest = &rest[end + 1..];
                }
                None => pieces.push(Piece::Byte(first)),
            },
            byte => pieces.push(Piece::Byte(byte)),
        }
    }
}

fn choice<'g>(pieces: &mut Vec<Piece<'g>>, choices: &'g [u8]) {
    let at = pieces.len();
    pieces.push(Piece::Goto(at));
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for choice in choices.split(|&byte| byte == b',') {
        starts.push(pieces.len());
        // A brace in braces is a byte like any other: the first `}` has closed them.
        extend(pieces, choice);
        ends.push(pieces.len());
        pieces.push(Piece::Goto(at));
    }
    let behind = pieces.len();
    for end in ends {
        pieces[end] = Piece::Goto(behind);
    }
    pieces[at] = Piece::Choice(starts);
}

/// Follows all ways through the pieces at once (Thompson 1968), a byte at a time: a hostile glob
/// takes its length times the path's, never more.
fn walk(pieces: &[Piece<'_>], path: &[u8]) -> bool {
    let mut here = Places::new(pieces.len());
    let mut next = Places::new(pieces.len());
    here.reach(pieces, 0);
    for &byte in path {
        next.clear();
        for &at in &here.list {
            // Behind the last piece no byte is needed.
            let Some(piece) = pieces.get(at) else { continue };
            let beyond = match piece {
                Piece::Byte(own) => *own == byte,
                Piece::Any => byte != b'/',
                Piece::Class(is_among, members) => byte != b'/' && holds(members, byte) == *is_among,
                Piece::Star => {
                    if byte != b'/' {
                        next.reach(pieces, at);
                    }
                    false
                }
                Piece::DeepStar => {
                    next.reach(pieces, at);
                    false
                }
                Piece::DeepStarSlash | Piece::Below => {
                    let below = if matches!(piece, Piece::Below) { at } else { at + 1 };
                    next.reach(pieces, if byte == b'/' { below - 1 } else { below });
                    false
                }
                Piece::Choice(_) | Piece::Goto(_) => false,
            };
            if beyond {
                next.reach(pieces, at + 1);
            }
        }
        if next.list.is_empty() {
            return false;
        }
        std::mem::swap(&mut here, &mut next);
    }
    here.seen[pieces.len()]
}

/// The pieces that a walk stands before.
struct Places {
    list: Vec<usize>,
    seen: Vec<bool>,
}

impl Places {
    /// For so many pieces, and the end behind them.
    fn new(pieces: usize) -> Self {
        Self { list: Vec::new(), seen: vec![false; pieces + 1] }
    }

    fn clear(&mut self) {
        self.list.clear();
        self.seen.fill(false);
    }

    /// Adds `at`, and all that is reached from there without a byte.
    fn reach(&mut self, pieces: &[Piece<'_>], at: usize) {
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut self.seen[at], true) {
                continue;
            }
            self.list.push(at);
            match pieces.get(at) {
                Some(Piece::Star | Piece::DeepStar) => open.push(at + 1),
                Some(Piece::DeepStarSlash) => open.push(at + 2),
                Some(Piece::Choice(starts)) => open.extend(starts),
                Some(Piece::Goto(to)) => open.push(*to),
                _ => {}
            }
        }
    }
}

/// The class that `rest` begins with, behind its bracket: whether it is of those named, its members,
/// and what follows.
fn class(rest: &[u8]) -> Option<(bool, &[u8], &[u8])> {
    let (is_among, rest) = match rest.first()? {
        b'!' | b'^' => (false, &rest[1..]),
        _ => (true, rest),
    };
    let end = 1 + memchr::memchr(b']', rest.get(1..)?)?;
    Some((is_among, &rest[..end], &rest[end + 1..]))
}

/// Whether `byte` is among the `members` of a class, or in one of their ranges.
fn holds(members: &[u8], byte: u8) -> bool {
    let mut rest = members;
    while let Some((&first, behind)) = rest.split_first() {
        if let [b'-', last, after @ ..] = behind {
            if (first..=*last).contains(&byte) {
                return true;
            }
            rest = after;
        } else if first == byte {
            return true;
        } else {
            rest = behind;
        }
    }
    false
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
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b", true),
            ("a/**/b", "a/xb", false),
            ("a/**/*.{py,js}", "a/x/y.js", true),
            ("a/**b", "a/x/yb", true),
            ("{a,b}/[x", "b/[x", true),
            ("{a", "{a", true),
            ("x{,y}", "x", true),
            ("x{,y}", "xy", true),
            ("[]a]", "]", true),
            ("[a-]", "-", true),
            ("?", "/", false),
            ("", "", true),
        ];
        for (glob, path, expected) in cases {
            assert_eq!(matches(glob, path.as_bytes()), *expected, "{glob} on {path}");
        }
    }

    #[test]
    fn hostile_globs_end() {
        let path = "a".repeat(2000);
        for glob in ["*a".repeat(60) + "b", "**a".repeat(60) + "b", "**/".repeat(60) + "b", "{a,aa,*}".repeat(60) + "b"]
        {
            assert!(!matches(&glob, path.as_bytes()), "{glob}");
            assert!(!matches(&format!("/{glob}"), path.replace("aa", "a/").as_bytes()), "{glob}");
        }
        assert!(matches(&"*a".repeat(60), path.as_bytes()) && matches(&"{a,}".repeat(2100), path.as_bytes()));
    }
}
