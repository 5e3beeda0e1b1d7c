//! Names of packages that many know, and names that are one slip away from one of them.
//!
//! The lists are data (`src/sca/popular.txt`), each with its source.

use super::Ecosystem;

const LISTS: &str = include_str!("popular.txt");

/// Shortest popular name that others are held against: shorter ones are close to too much.
const SHORTEST: usize = 5;

fn of(ecosystem: Ecosystem) -> impl Iterator<Item = &'static str> {
    let mut inside = false;
    LISTS.lines().filter(move |line| {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            inside = name == ecosystem.name();
            return false;
        }
        inside && !line.is_empty() && !line.starts_with('#')
    })
}

/// The popular package whose name `name` resembles; `None` where there is none, or where it is popular itself.
pub(super) fn close_to(ecosystem: Ecosystem, name: &str) -> Option<&'static str> {
    if of(ecosystem).any(|popular| popular == name) {
        return None;
    }
    of(ecosystem)
        .filter(|popular| popular.len() >= SHORTEST)
        .find(|popular| is_close(name.as_bytes(), popular.as_bytes()))
}

/// Whether one letter is missing, too many, another one, or two stand the other way round; or separators alone differ.
fn is_close(a: &[u8], b: &[u8]) -> bool {
    let bare =
        |text: &[u8]| text.iter().copied().filter(|byte| !matches!(byte, b'-' | b'_' | b'.')).collect::<Vec<u8>>();
    if bare(a) == bare(b) {
        return true;
    }
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    // A number at the end is a version of the same name, as in `http2`.
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    match (left.len(), right.len()) {
        (0 | 1, 1) | (1, 0) => !digits(left) || !digits(right),
        (2, 2) => left[0] == right[1] && left[1] == right[0],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_seen_and_popular_names_are_not() {
        for (name, popular) in
            [("lodahs", Some("lodash")), ("expres", Some("express")), ("lodash", None), ("some-other-thing", None)]
        {
            assert_eq!(close_to(Ecosystem::Npm, name), popular, "{name}");
        }
        assert_eq!(close_to(Ecosystem::PyPI, "reqeusts"), Some("requests"));
        assert_eq!(close_to(Ecosystem::Go, "lodahs"), None);
    }
}
