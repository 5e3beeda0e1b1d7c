//! Regexes over paths to globs that hold for the same paths, or for fewer: an allowance never grows.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::{Dialect, NoPattern, parse, translate};

/// Globs that a regex may become.
const MOST: usize = 32;

/// Why a regex over paths is not a glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::foreign) enum NoGlob {
    /// It cannot be read.
    #[error("{0}")]
    Pattern(NoPattern),
    /// It says more than a glob can.
    #[error("the pattern of the path says more than a glob can")]
    Rich,
}

/// The globs for `pattern`, which is looked for anywhere in a path.
pub(in crate::foreign) fn globs(pattern: &str, dialect: Dialect) -> Result<Vec<String>, NoGlob> {
    let translated = translate(pattern, dialect).map_err(NoGlob::Pattern)?;
    let hir = parse(&translated.text).map_err(NoGlob::Pattern)?;
    let mut found: Vec<String> = ways(&hir)?.into_iter().flat_map(Way::into_globs).collect();
    found.sort();
    found.dedup();
    if found.is_empty() { Err(NoGlob::Rich) } else { Ok(found) }
}

/// One of the ways through a regex, as a glob.
#[derive(Clone, Debug, Default)]
struct Way {
    glob: String,
    /// Whether it is bound to the begin and the end of the path.
    from_start: bool,
    to_end: bool,
}

impl Way {
    fn of(glob: impl Into<String>) -> Self {
        Self { glob: glob.into(), ..Self::default() }
    }

    /// This way and `next` behind it: none where something would stand beyond an end, two where a glob
    /// needs them to say the same.
    fn joined(&self, next: &Self) -> Vec<Self> {
        // What is bound to an end has nothing beyond it.
        if next.from_start && !self.glob.is_empty() || self.to_end && !next.glob.is_empty() {
            return Vec::new();
        }
        let (left, right) = (&self.glob[..], &next.glob[..]);
        let globs = if left.ends_with('*') && right.starts_with('*') {
            // Two stars side by side would be another thing: either goes up in the greater.
            let deep = left.ends_with("**") || right.starts_with("**");
            let (left, right) = (left.trim_end_matches('*'), right.trim_start_matches('*'));
            vec![format!("{left}{}{right}", if deep { "**" } else { "*" })]
        } else if let Some(before) = left.strip_suffix("**").filter(|_| right.starts_with('/')) {
            // `**/` may also be nothing at all.
            let deep = format!("{before}**?{right}");
            if before.is_empty() { vec![deep] } else { vec![format!("{before}{right}"), deep] }
        } else {
            vec![format!("{left}{right}")]
        };
        let (from_start, to_end) = (self.from_start || next.from_start, self.to_end || next.to_end);
        globs.into_iter().map(|glob| Self { glob, from_start, to_end }).collect()
    }

    /// The globs for a search anywhere.
    fn into_globs(self) -> Vec<String> {
        if self.from_start && self.glob.starts_with('/') {
            // No path begins with it.
            return Vec::new();
        }
        let any = Self::of("**");
        let mut all = if self.from_start { vec![self] } else { any.joined(&self) };
        all = all.iter().flat_map(|way| if way.to_end { vec![way.clone()] } else { way.joined(&any) }).collect();
        all.into_iter()
            .map(|way| way.glob)
            // No file has such a path.
            .filter(|glob| !glob.is_empty() && !glob.ends_with('/'))
            // Without a `/` a glob holds for the name alone; with one in front for the whole path.
            .map(|glob| if glob.contains('/') { glob } else { format!("/{glob}") })
            .collect()
    }
}

fn ways(hir: &Hir) -> Result<Vec<Way>, NoGlob> {
    let few = |ways: Vec<Way>| if ways.len() <= MOST { Ok(ways) } else { Err(NoGlob::Rich) };
    match hir.kind() {
        HirKind::Empty => Ok(vec![Way::default()]),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).map_err(|_| NoGlob::Rich)?;
            Ok(vec![Way::of(text.chars().map(escaped).collect::<String>())])
        }
        HirKind::Look(Look::Start) => Ok(vec![Way { from_start: true, ..Way::default() }]),
        HirKind::Look(Look::End) => Ok(vec![Way { to_end: true, ..Way::default() }]),
        HirKind::Look(_) => Err(NoGlob::Rich),
        HirKind::Class(class) => one_of(class).map(|glob| vec![Way::of(glob)]),
        HirKind::Capture(group) => ways(&group.sub),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(ways(part)?);
            }
            few(all)
        }
        HirKind::Concat(parts) => {
            let mut all = vec![Way::default()];
            for part in parts {
                let next = ways(part)?;
                all = few(all.iter().flat_map(|way| next.iter().flat_map(|next| way.joined(next))).collect())?;
            }
            Ok(all)
        }
        HirKind::Repetition(repetition) => match (repetition.min, repetition.max) {
            (0, Some(1)) => {
                let mut all = ways(&repetition.sub)?;
                all.push(Way::default());
                few(all)
            }
            (least, None) => {
                let (one, many) = any(&repetition.sub).ok_or(NoGlob::Rich)?;
                Ok(vec![Way::of(format!("{}{many}", one.repeat(usize::try_from(least).unwrap_or(MOST).min(MOST))))])
            }
            (least, Some(most)) if least == most && least <= 8 => {
                let once = ways(&repetition.sub)?;
                let mut all = vec![Way::default()];
                for _ in 0..least {
                    all = few(all.iter().flat_map(|way| once.iter().flat_map(|next| way.joined(next))).collect())?;
                }
                Ok(all)
            }
            _ => Err(NoGlob::Rich),
        },
    }
}

/// The globs for one and for any number of what `hir` matches, where that is any byte, or any but `/`.
fn any(hir: &Hir) -> Option<(&'static str, &'static str)> {
    let class = match hir.kind() {
        HirKind::Class(Class::Bytes(class)) => class,
        HirKind::Capture(group) => return any(&group.sub),
        _ => return None,
    };
    let holds = |byte: u8| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte));
    // Line ends do not matter: paths have none.
    let rest = (0..=255).filter(|byte| !matches!(byte, b'/' | b'\n' | b'\r')).all(holds);
    match (rest, holds(b'/')) {
        (true, true) => Some(("?", "**")),
        (true, false) => Some(("?", "*")),
        _ => None,
    }
}

/// A class of one character as a glob. A glob's class never holds `/`: fewer paths, never more.
fn one_of(class: &Class) -> Result<String, NoGlob> {
    let Class::Bytes(class) = class else { return Err(NoGlob::Rich) };
    let holds = |byte: u8| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte));
    let plain = |byte: &u8| {
        byte.is_ascii_graphic() && !matches!(byte, b'/' | b']' | b'[' | b'!' | b'^' | b'-' | b',' | b'{' | b'}')
    };
    let listed = |bytes: Vec<u8>| -> Option<String> {
        (!bytes.is_empty() && bytes.iter().all(plain)).then(|| bytes.iter().copied().map(char::from).collect())
    };
    let (inside, outside): (Vec<u8>, Vec<u8>) =
        (0..=255).filter(|byte| !matches!(byte, b'/' | b'\n' | b'\r')).partition(|&byte| holds(byte));
    if outside.is_empty() {
        return Ok("?".to_owned());
    }
    if inside.is_empty() {
        // A `/` alone.
        return if holds(b'/') { Ok("/".to_owned()) } else { Err(NoGlob::Rich) };
    }
    // A `-` is a range in a class, alone it is itself.
    if inside == b"-" {
        return Ok("-".to_owned());
    }
    if inside.len() <= 64 && !holds(b'/') {
        let with_dash = inside.contains(&b'-');
        let rest: Vec<u8> = inside.iter().copied().filter(|&byte| byte != b'-').collect();
        return listed(rest).map(|list| format!("[{list}{}]", if with_dash { "-" } else { "" })).ok_or(NoGlob::Rich);
    }
    listed(outside).map(|list| format!("[!{list}]")).ok_or(NoGlob::Rich)
}

/// A character that means itself in a glob.
fn escaped(c: char) -> String {
    match c {
        '*' | '?' | '[' | '{' => format!("[{c}]"),
        c => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::matches;

    #[test]
    fn a_glob_holds_for_the_same_paths() {
        let paths = [
            "go.mod",
            "a/go.mod",
            "xgo.mod",
            "go.mod.bak",
            "tests/a.py",
            "x/tests/a/b.py",
            "mytests/a",
            "vendor/x.go",
            "a/vendor/b/c",
            "docs/readme.md",
            "docs/a/readme.MD",
            "a-b_c.txt",
            "src/test_x.py",
            "x/test_y.py",
            "test/x",
            "a[1].txt",
        ];
        for pattern in [
            r"go\.mod$",
            r"^go\.mod$",
            r"(^|/)tests/",
            r"^tests/.*\.py$",
            r"vendor",
            r"(?i)\.md$",
            r"^docs/[^/]+\.md$",
            r"tests?/",
            r"(.*?)(txt|py)$",
            r"^(tests|docs)/.*",
            r".*/test_[^/]*\.py",
            r"a\[1\]",
            r"[ab]-b",
            r"",
        ] {
            let globs = globs(pattern, Dialect::Go).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            let regex = regex::Regex::new(&translate(pattern, Dialect::Go).unwrap().text).unwrap();
            for path in paths {
                let found = globs.iter().any(|glob| matches(glob, path.as_bytes()));
                assert_eq!(found, regex.is_match(path), "{pattern} on {path}: {globs:?}");
            }
        }
        assert_eq!(globs(r"^src/[a-z]+/x$", Dialect::Go), Err(NoGlob::Rich));
        assert_eq!(globs(r"a(?!b)", Dialect::Python), Err(NoGlob::Pattern(NoPattern::LookAround)));
    }
}
