//! Keywords from a pattern: literals of which one stands in each of its matches.
//!
//! Walks the syntax tree as literal extraction for prefilters does (Russ Cox, "Regular Expression Matching
//! with a Trigram Index", 2012), but keeps whole literals. Case is folded, since keywords are found without
//! regard to it.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::parse;

/// Literals that a set may have.
const MOST: usize = 24;
/// Bytes of a literal that are kept: longer ones find no less.
const LONGEST: usize = 24;
/// Bytes that a keyword needs.
const SHORTEST: usize = 3;

/// What our engine needs to know of a pattern beside its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::foreign) struct Needed {
    /// Literals in lower case, one of which stands in each match. Empty where there are none.
    pub(in crate::foreign) keywords: Vec<String>,
    /// How far a match may reach: `line`, `lines` or `block`.
    pub(in crate::foreign) window: &'static str,
}

/// What `text`, a pattern of ours, needs.
pub(in crate::foreign) fn needed(text: &str) -> Needed {
    let Ok(hir) = parse(text) else { return Needed { keywords: Vec::new(), window: "line" } };
    let found = look(&hir).best().filter(usable).map(|set| keywords(&set)).unwrap_or_default();
    let window = match (crosses_lines(&hir), hir.properties().maximum_len()) {
        (false, _) => "line",
        (true, Some(length)) if length <= 1024 => "lines",
        (true, _) if has_newline_literal(&hir) => "block",
        (true, _) => "lines",
    };
    Needed { keywords: found, window }
}

type Set = Vec<Vec<u8>>;

/// What is known of a part.
#[derive(Default)]
struct Known {
    /// All that it matches, where that is few.
    exact: Option<Set>,
    /// Sets of which one member each stands in every match.
    needed: Vec<Set>,
}

impl Known {
    fn exactly(set: Set) -> Self {
        Self { exact: Some(set), needed: Vec::new() }
    }

    fn best(self) -> Option<Set> {
        self.needed.into_iter().chain(self.exact).max_by_key(worth)
    }
}

/// A set is as good as its shortest member, and of equals the smaller is better.
fn worth(set: &Set) -> (usize, usize) {
    let shortest = set.iter().map(Vec::len).min().unwrap_or_default();
    (shortest.min(8), usize::MAX - set.len())
}

fn usable(set: &Set) -> bool {
    !set.is_empty() && set.iter().all(|word| word.len() >= SHORTEST && word.is_ascii())
}

fn keywords(set: &Set) -> Vec<String> {
    let mut words: Vec<String> =
        set.iter().map(|word| String::from_utf8_lossy(&word[..word.len().min(LONGEST)]).into_owned()).collect();
    words.sort();
    words.dedup();
    words
}

fn look(hir: &Hir) -> Known {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Known::exactly(vec![Vec::new()]),
        HirKind::Literal(literal) => Known::exactly(vec![literal.0.to_ascii_lowercase()]),
        HirKind::Class(class) => members(class).map(Known::exactly).unwrap_or_default(),
        HirKind::Capture(group) => look(&group.sub),
        HirKind::Repetition(repetition) => {
            let sub = look(&repetition.sub);
            match (repetition.min, repetition.max) {
                (0, Some(1)) => {
                    let exact = sub.exact.map(|mut set| {
                        set.push(Vec::new());
                        set
                    });
                    Known { exact: exact.filter(|set| set.len() <= MOST), needed: Vec::new() }
                }
                (0, _) => Known::default(),
                (1, Some(1)) => sub,
                _ => Known { exact: None, needed: sub.needed.into_iter().chain(sub.exact).collect() },
            }
        }
        HirKind::Concat(parts) => concat(parts),
        HirKind::Alternation(parts) => alternation(parts),
    }
}

/// The characters of a class in lower case, where they are few.
fn members(class: &Class) -> Option<Set> {
    let mut bytes: Vec<u8> = match class {
        Class::Bytes(class) => {
            let ranges = || class.ranges().iter();
            let count: usize = ranges().map(|range| usize::from(range.end() - range.start()) + 1).sum();
            (count <= MOST).then(|| ranges().flat_map(|range| range.start()..=range.end()).collect())?
        }
        Class::Unicode(class) => {
            let ranges = || class.ranges().iter();
            let count: usize = ranges().map(|range| range.end() as usize - range.start() as usize + 1).sum();
            let all: Vec<char> =
                (count <= MOST).then(|| ranges().flat_map(|range| range.start()..=range.end()).collect())?;
            all.into_iter().map(|c| u8::try_from(c).ok().filter(u8::is_ascii)).collect::<Option<_>>()?
        }
    };
    bytes.make_ascii_lowercase();
    bytes.sort_unstable();
    bytes.dedup();
    Some(bytes.into_iter().map(|byte| vec![byte]).collect())
}

fn concat(parts: &[Hir]) -> Known {
    let mut needed: Vec<Set> = Vec::new();
    let mut run: Set = vec![Vec::new()];
    let mut whole = true;
    for part in parts {
        let known = look(part);
        needed.extend(known.needed);
        let joined = known.exact.as_ref().and_then(|set| product(&run, set));
        match (joined, known.exact) {
            (Some(joined), _) => run = joined,
            (None, exact) => {
                whole = false;
                // What has been run through so far is a set of its own; the next begins with this part.
                needed.push(std::mem::replace(&mut run, exact.unwrap_or_else(|| vec![Vec::new()])));
            }
        }
    }
    if whole {
        return Known { exact: Some(run), needed };
    }
    needed.push(run);
    needed.retain(|set| set.iter().all(|word| !word.is_empty()));
    Known { exact: None, needed }
}

/// Each of `left` with each of `right` behind it, where they are few and short.
fn product(left: &Set, right: &Set) -> Option<Set> {
    if left.len() * right.len() > MOST {
        return None;
    }
    let mut all = Vec::with_capacity(left.len() * right.len());
    for one in left {
        for other in right {
            if one.len() + other.len() > 64 {
                return None;
            }
            all.push([&one[..], other].concat());
        }
    }
    Some(all)
}

/// One of the best set of each alternative stands in every match.
fn alternation(parts: &[Hir]) -> Known {
    let all: Vec<Known> = parts.iter().map(look).collect();
    let exact: Option<Set> = all.iter().map(|known| known.exact.clone()).collect::<Option<Vec<_>>>().map(|sets| {
        let mut set: Set = sets.concat();
        set.sort();
        set.dedup();
        set
    });
    let exact = exact.filter(|set| set.len() <= MOST);
    if exact.is_some() {
        return Known { exact, needed: Vec::new() };
    }
    let best: Option<Vec<Set>> = all.into_iter().map(Known::best).collect();
    let joined = best.map(|sets| sets.concat()).filter(|set| set.len() <= 4 * MOST);
    Known { exact: None, needed: joined.into_iter().collect() }
}

/// Whether a match may hold an end of line.
fn crosses_lines(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(class) => has_newline(class),
        HirKind::Capture(group) => crosses_lines(&group.sub),
        HirKind::Repetition(repetition) => crosses_lines(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(crosses_lines),
    }
}

fn has_newline(class: &Class) -> bool {
    match class {
        Class::Bytes(class) => class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&b'\n')),
        Class::Unicode(class) => class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&'\n')),
    }
}

/// Whether it is about line ends, as the pattern of a block does: by name, or as any byte at all.
fn has_newline_literal(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Unicode(_)) => false,
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(Class::Bytes(class)) => class.ranges().iter().any(|range| range.end() - range.start() == 255),
        HirKind::Capture(group) => has_newline_literal(&group.sub),
        HirKind::Repetition(repetition) => has_newline_literal(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(has_newline_literal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_stand_in_every_match() {
        for (pattern, keywords, window) in [
            (r"\bacme_[0-9a-f]{24}\b", &["acme_"][..], "line"),
            (r"(?i)acme[_-]?key\s*[:=]\s*(\w{20})", &["acme-key", "acme_key", "acmekey"], "lines"),
            (r"(?:foo|barn)_[a-z]+", &["barn_", "foo_"], "line"),
            (r"gh[pou]_\w{36}", &["gho_", "ghp_", "ghu_"], "line"),
            (r"[A-Z0-9]{20}", &[], "line"),
            (r"(?:abcd.*|[a-z]+)", &[], "line"),
            (r"x(?:secret)?[0-9]{9}", &[], "line"),
            (r"BEGIN ACME\n[\s\S]+END", &["begin acme\n"], "block"),
            (r"(?:key){2}=", &["key"], "line"),
        ] {
            let found = needed(pattern);
            assert_eq!(
                (&found.keywords[..], found.window),
                (&keywords.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()[..], window),
                "{pattern}"
            );
        }
    }
}
