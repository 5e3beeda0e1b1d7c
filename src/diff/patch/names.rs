//! Names of files in patch headers: quotes, prefixes, time stamps.

/// Undoes git's C-style quotes; what is not quoted comes back as it is.
pub(super) fn unquote(name: &[u8]) -> Vec<u8> {
    quoted(name).map_or_else(|| name.to_vec(), |(name, _)| name)
}

/// The quoted name that `text` begins with, and how many bytes it takes up.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut at = 1;
    let mut name = Vec::new();
    if text.first() != Some(&b'"') {
        return None;
    }
    loop {
        match *text.get(at)? {
            b'"' => return Some((name, at + 1)),
            b'\\' => {
                let escape = *text.get(at + 1)?;
                at += 2;
                name.push(match escape {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    b'0'..=b'3' => {
                        let digits = text.get(at - 1..at + 2)?;
                        at += 2;
                        let digit = |byte: u8| (b'0'..=b'7').contains(&byte).then(|| byte - b'0');
                        digit(digits[0])? * 64 + digit(digits[1])? * 8 + digit(digits[2])?
                    }
                    b'"' | b'\\' => escape,
                    _ => return None,
                });
            }
            byte => {
                name.push(byte);
                at += 1;
            }
        }
    }
}

/// The name in a `--- ` or `+++ ` line, without the time stamp behind it; `None` for `/dev/null`.
pub(super) fn in_header(rest: &[u8]) -> Option<Vec<u8>> {
    let name = match quoted(rest) {
        Some((name, _)) => name,
        None => rest.split(|&byte| byte == b'\t').next().unwrap_or_default().to_vec(),
    };
    // `diff -u` dates a file that is not there to the epoch; only git and hg say `/dev/null`.
    (name != b"/dev/null").then_some(name)
}

/// The two names behind `diff --git`, where it can be told where the first one ends. `old` and `new`
/// are the names of the `---` and `+++` lines, as far as they are known.
pub(super) fn in_git_line(rest: &[u8], old: Option<&[u8]>, new: Option<&[u8]>) -> Option<(Vec<u8>, Vec<u8>)> {
    if let Some(before) = new.and_then(|new| rest.strip_suffix(new)?.strip_suffix(b" ")) {
        return Some((before.to_vec(), new?.to_vec()));
    }
    if let Some(behind) = old.and_then(|old| rest.strip_prefix(old)?.strip_prefix(b" ")) {
        return Some((old?.to_vec(), behind.to_vec()));
    }
    if let Some((first, len)) = quoted(rest) {
        return Some((first, unquote(rest.get(len + 1..)?)));
    }
    if rest.ends_with(b"\"")
        && let Some(at) = memchr::memmem::find(rest, b" \"")
    {
        return Some((rest[..at].to_vec(), unquote(&rest[at + 1..])));
    }
    // Unquoted names may hold spaces; but unless the file was renamed both are of equal length, and what
    // a rename is called stands on lines of its own.
    let middle = rest.len() / 2;
    (rest.len() % 2 == 1 && rest[middle] == b' ').then(|| (rest[..middle].to_vec(), rest[middle + 1..].to_vec()))
}

/// The path that stands behind `old` and `new`, the names on both sides.
pub(super) fn path(old: Option<&[u8]>, new: Option<&[u8]>) -> Vec<u8> {
    match (old, new) {
        (Some(old), Some(new)) if old == new => new.to_vec(),
        (Some(old), Some(new)) => match common(old, new) {
            b"" => without_prefix(new).to_vec(),
            shared => shared.to_vec(),
        },
        (Some(one), None) | (None, Some(one)) => without_prefix(one).to_vec(),
        (None, None) => b"a file without a name".to_vec(),
    }
}

/// The longest common ending that begins behind a `/`: what is left of `a/x/y` and `b/x/y` is `x/y`.
fn common<'n>(old: &[u8], new: &'n [u8]) -> &'n [u8] {
    let equal = old.iter().rev().zip(new.iter().rev()).take_while(|(one, other)| one == other).count();
    let ending = &new[new.len() - equal..];
    memchr::memchr(b'/', ending).map_or(b"", |slash| &ending[slash + 1..])
}

/// Without `a/`, `b/` and the letters of `diff.mnemonicPrefix`.
pub(super) fn without_prefix(name: &[u8]) -> &[u8] {
    match name {
        [b'a' | b'b' | b'c' | b'i' | b'o' | b'w' | b'1' | b'2', b'/', rest @ ..] if !rest.is_empty() => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_quotes_and_prefixes() {
        assert_eq!(unquote(br#""a/\303\244 \"\t\\.txt""#), "a/ä \"\t\\.txt".as_bytes());
        assert_eq!(unquote(br#""cut \"#), br#""cut \"#);
        assert_eq!(unquote(br#""\777""#), br#""\777""#);
        assert_eq!(in_header(b"b/a b\t"), Some(b"b/a b".to_vec()));
        assert_eq!(in_header(b"/dev/null"), None);
        let both = |text: &str| {
            let (old, new) = in_git_line(text.as_bytes(), None, None).unwrap();
            String::from_utf8(path(Some(&old), Some(&new))).unwrap()
        };
        assert_eq!(both("a/x b/y.txt b/x b/y.txt"), "x b/y.txt");
        assert_eq!(both("src/x src/x"), "src/x");
        assert_eq!(both("b/x b/x"), "b/x");
        assert_eq!(both("i/x w/x"), "x");
        assert_eq!(both(r#""a/\303\244" "b/\303\244""#), "ä");
        assert_eq!(both(r#"a/x "b/x""#), "x");
        assert_eq!(in_git_line(b"a/x b/longer", None, None), None);
        let (old, new) = in_git_line(b"x/y/z w/z", None, Some(b"w/z")).unwrap();
        assert_eq!(path(Some(&old), Some(&new)), b"z");
    }

    #[test]
    fn plain_names_are_matched_from_their_ends() {
        let path = |old: &str, new: &str| String::from_utf8(path(Some(old.as_bytes()), Some(new.as_bytes()))).unwrap();
        assert_eq!(path("dir-1.0/src/x.c", "dir-1.1/src/x.c"), "src/x.c");
        assert_eq!(path("x.c.orig", "x.c"), "x.c");
        assert_eq!(path("old/x.c", "new/y.c"), "new/y.c");
        assert_eq!(path("a/x.c", "b/y.c"), "y.c");
    }
}
