//! Composer's versions: normalised after `Composer\Semver\VersionParser` (<https://github.com/composer/semver>), then compared as PHP's
//! `version_compare` does (<https://www.php.net/version_compare>).

use std::cmp::Ordering;

use super::{by_value, is_digits, runs};

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (normalised(a)?, normalised(b)?);
    // A branch is no release: two branches have no order among them, and every release is newer.
    match (a.starts_with("dev-"), b.starts_with("dev-")) {
        (true, true) => return (a == b).then_some(Ordering::Equal),
        (true, false) => return Some(Ordering::Less),
        (false, true) => return Some(Ordering::Greater),
        (false, false) => {}
    }
    Some(php(&a, &b))
}

const STABILITIES: [(&str, &str); 10] = [
    ("stable", "stable"),
    ("beta", "beta"),
    ("alpha", "alpha"),
    ("patch", "patch"),
    ("rc", "RC"),
    ("pl", "patch"),
    ("dev", "dev"),
    ("a", "alpha"),
    ("b", "beta"),
    ("p", "patch"),
];

/// What follows the numbers: a stability with a number, then perhaps `dev`.
fn modifier(rest: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = rest;
    if !rest.is_empty() {
        let bare = rest.strip_prefix(['.', '_', '-']).unwrap_or(rest);
        if let Some((word, name)) =
            STABILITIES.iter().find(|(word, _)| *word != "dev" && bare.get(..word.len()) == Some(*word))
        {
            let mut numbers = String::new();
            let mut after = &bare[word.len()..];
            loop {
                let step = after.strip_prefix(['.', '-']).unwrap_or(after);
                let digits = step.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(step.len());
                if digits == 0 {
                    break;
                }
                numbers.push_str(&after[..after.len() - step.len() + digits]);
                after = &step[digits..];
            }
            if *name != "stable" {
                out.push('-');
                out.push_str(name);
                out.push_str(numbers.trim_start_matches(['.', '-']));
            } else if rest.is_empty() {
                return None;
            }
            let stable = *name == "stable";
            rest = after;
            if stable && !rest.is_empty() && modifier_end(rest).is_none() {
                return None;
            }
        } else if bare.is_empty() {
            // One separator alone is allowed, as the reference's expression has it.
            rest = bare;
        }
    }
    match modifier_end(rest) {
        Some(true) => out.push_str("-dev"),
        Some(false) => {}
        None => return None,
    }
    Some(out)
}

/// Whether the rest is `dev`; `None` where it is something else.
fn modifier_end(rest: &str) -> Option<bool> {
    let bare = rest.strip_prefix(['.', '-']).unwrap_or(rest);
    match (rest.is_empty(), bare) {
        (true, _) => Some(false),
        (false, "dev") => Some(true),
        (false, _) => rest.strip_prefix(['.', '_', '-']).filter(|bare| *bare == "dev").map(|_| true),
    }
}

fn normalised(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.split_once(" as ").map_or(text, |(version, _)| version.trim());
    let text = match text.rsplit_once('@') {
        Some((version, flag)) if STABILITIES.iter().any(|(word, _)| flag.eq_ignore_ascii_case(word)) => version,
        _ => text,
    };
    let low = text.to_ascii_lowercase();
    if matches!(low.as_str(), "master" | "trunk" | "default") {
        return Some(format!("dev-{low}"));
    }
    if low.starts_with("dev-") {
        return Some(format!("dev-{}", &text[4..]));
    }
    let low = match low.split_once('+') {
        Some((core, build)) if !core.is_empty() && !build.is_empty() && !build.contains(char::is_whitespace) => {
            core.to_owned()
        }
        Some(_) => return None,
        None => low,
    };
    let bare = low.strip_prefix('v').unwrap_or(&low);
    classical(bare).or_else(|| dated(bare)).or_else(|| branch(bare))
}

fn classical(bare: &str) -> Option<String> {
    let mut numbers: Vec<&str> = Vec::new();
    let mut rest = bare;
    while numbers.len() < 4 {
        let step = if numbers.is_empty() { rest } else { rest.strip_prefix('.').unwrap_or("") };
        let digits = step.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(step.len());
        if digits == 0 {
            break;
        }
        numbers.push(&step[..digits]);
        rest = &step[digits..];
    }
    if numbers.is_empty() || numbers[0].len() > 5 || rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let tail = modifier(rest)?;
    numbers.resize(4, "0");
    Some(format!("{}{tail}", numbers.join(".")))
}

/// Versions that are dates: `2010.01.02`, `2010-01-02.5`, `20100102-203040`.
fn dated(bare: &str) -> Option<String> {
    let year = bare.get(..4).filter(|year| is_digits(year))?;
    let (date, tail) = months(&bare[year.len()..], 0)?;
    let date = format!("{year}{date}").replace(|c: char| !c.is_ascii_digit(), ".");
    Some(format!("{date}{tail}"))
}

/// One to six groups of two digits, as many as can be, then at most two of up to three, then a modifier.
fn months(rest: &str, taken: usize) -> Option<(String, String)> {
    let (width, group) = group(rest, 2);
    if taken < 6
        && group == 2
        && let Some((date, tail)) = months(&rest[width..], taken + 1)
    {
        return Some((format!("{}{date}", &rest[..width]), tail));
    }
    if taken == 0 { None } else { days(rest, 0) }
}

fn days(rest: &str, taken: usize) -> Option<(String, String)> {
    for most in [3, 2, 1] {
        let (width, digits) = group(rest, most);
        if taken < 2
            && digits == most
            && let Some((date, tail)) = days(&rest[width..], taken + 1)
        {
            return Some((format!("{}{date}", &rest[..width]), tail));
        }
    }
    modifier(rest).map(|tail| (String::new(), tail))
}

/// The width of a group with its separator, and how many digits it has, at most `most`.
fn group(rest: &str, most: usize) -> (usize, usize) {
    let bare = rest.strip_prefix(['.', ':', '-']).unwrap_or(rest);
    let digits = bare.bytes().take(most).take_while(u8::is_ascii_digit).count();
    (rest.len() - bare.len() + digits, digits)
}

/// Branches that are numbers: `2.x-dev`, `1.0.*-dev`.
fn branch(bare: &str) -> Option<String> {
    let name = bare.strip_suffix("-dev").or_else(|| bare.strip_suffix(".dev")).or_else(|| bare.strip_suffix("dev"))?;
    let parts: Vec<&str> = name.split('.').collect();
    let number = |part: &&str| is_digits(part) || matches!(*part, "x" | "*");
    if parts.len() > 4 || !parts.iter().all(number) || !is_digits(parts[0]) {
        return None;
    }
    let mut numbers: Vec<&str> = parts.iter().map(|part| if is_digits(part) { *part } else { "9999999" }).collect();
    numbers.resize(4, "9999999");
    Some(format!("{}-dev", numbers.join(".")))
}

/// PHP's `version_compare`.
fn php(a: &str, b: &str) -> Ordering {
    let (left, right) = (runs(a), runs(b));
    for at in 0..left.len().max(right.len()) {
        let order = match (left.get(at), right.get(at)) {
            (Some(a), Some(b)) => match (is_digits(a), is_digits(b)) {
                (true, true) => by_value(a, b),
                (false, false) => form(a).cmp(&form(b)),
                (true, false) => form("#").cmp(&form(b)),
                (false, true) => form(a).cmp(&form("#")),
            },
            (Some(a), None) if is_digits(a) => Ordering::Greater,
            (Some(a), None) => form(a).cmp(&form("#")),
            (None, Some(b)) if is_digits(b) => Ordering::Less,
            (None, Some(b)) => form("#").cmp(&form(b)),
            (None, None) => Ordering::Equal,
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// The place of a word among PHP's special forms; an unknown word is below all of them.
fn form(word: &str) -> i32 {
    let forms = [
        ("dev", 0),
        ("alpha", 1),
        ("a", 1),
        ("beta", 2),
        ("b", 2),
        ("RC", 3),
        ("rc", 3),
        ("#", 4),
        ("pl", 5),
        ("p", 5),
    ];
    forms.iter().find(|(form, _)| word.starts_with(form)).map_or(-1, |(_, place)| *place)
}
