//! Comments and string literals of a language, as far as a rule's `context` needs them.
//!
//! A scanner by bytes, not a parser: it follows the language's comment marks and quotes from the
//! start of the text. Languages that it does not know are code throughout.

use crate::rules::{Language, LanguageSet};

/// What a byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Neither of the others.
    Code,
    /// A comment.
    Comment,
    /// A string literal, quotes included.
    String,
}

/// Where comments and strings are, ascending.
pub(super) struct Spans(Vec<(usize, usize, Part)>);

/// Comment marks and quotes of a family of languages.
struct Family {
    line: &'static [&'static [u8]],
    block: Option<(&'static [u8], &'static [u8])>,
    quotes: &'static [u8],
    triple: bool,
}

fn family(languages: LanguageSet) -> Option<Family> {
    use Language as L;
    let any = |list: &[L]| list.iter().any(|&language| languages.has(language));
    let slashes: &[&[u8]] = &[b"//"];
    let hash: &[&[u8]] = &[b"#"];
    if any(&[L::Python]) {
        return Some(Family { line: hash, block: None, quotes: b"\"'", triple: true });
    }
    if any(&[L::Javascript, L::Typescript, L::Go]) {
        return Some(Family { line: slashes, block: Some((b"/*", b"*/")), quotes: b"\"'`", triple: false });
    }
    if any(&[L::Java, L::Kotlin, L::Scala, L::Csharp, L::C, L::Cpp, L::Swift]) {
        return Some(Family { line: slashes, block: Some((b"/*", b"*/")), quotes: b"\"'", triple: false });
    }
    if any(&[L::Rust]) {
        return Some(Family { line: slashes, block: Some((b"/*", b"*/")), quotes: b"\"", triple: false });
    }
    if any(&[L::Php]) {
        return Some(Family { line: &[b"//", b"#"], block: Some((b"/*", b"*/")), quotes: b"\"'", triple: false });
    }
    if any(&[L::Ruby, L::Shell, L::Dockerfile, L::Yaml, L::Toml, L::Make, L::Perl, L::Powershell, L::Env]) {
        return Some(Family { line: hash, block: None, quotes: b"\"'", triple: false });
    }
    if any(&[L::Terraform]) {
        return Some(Family { line: &[b"#", b"//"], block: Some((b"/*", b"*/")), quotes: b"\"", triple: false });
    }
    if any(&[L::Sql, L::Lua]) {
        return Some(Family { line: &[b"--"], block: Some((b"/*", b"*/")), quotes: b"'\"", triple: false });
    }
    if any(&[L::Html, L::Xml]) {
        return Some(Family { line: &[], block: Some((b"<!--", b"-->")), quotes: b"", triple: false });
    }
    if any(&[L::Css]) {
        return Some(Family { line: &[], block: Some((b"/*", b"*/")), quotes: b"\"'", triple: false });
    }
    None
}

impl Spans {
    /// Scans `text` as a file of those `languages`.
    pub(super) fn of(text: &[u8], languages: LanguageSet) -> Self {
        let Some(family) = family(languages) else { return Self(Vec::new()) };
        let mut spans = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let opens_line = family.line.iter().any(|mark| rest.starts_with(mark))
                && (rest[0] != b'#' || at == 0 || text[at - 1].is_ascii_whitespace() || text[at - 1] == b';');
            if opens_line {
                let end = memchr::memchr(b'\n', rest).map_or(text.len(), |newline| at + newline);
                spans.push((at, end, Part::Comment));
                at = end;
            } else if let Some((_, close)) = family.block.filter(|(open, _)| rest.starts_with(open)) {
                let end =
                    memchr::memmem::find(&rest[2..], close).map_or(text.len(), |found| at + 2 + found + close.len());
                spans.push((at, end, Part::Comment));
                at = end;
            } else if family.quotes.contains(&rest[0]) {
                let end = string_end(text, at, &family);
                spans.push((at, end, Part::String));
                at = end;
            } else {
                at += 1;
            }
        }
        Self(spans)
    }

    /// What the byte at `at` belongs to.
    pub(super) fn at(&self, at: usize) -> Part {
        let next = self.0.partition_point(|&(_, end, _)| end <= at);
        self.0.get(next).filter(|&&(start, _, _)| start <= at).map_or(Part::Code, |&(_, _, part)| part)
    }
}

/// Where the string that opens at `at` ends, behind its closing quote. A one-line string that is not
/// closed ends with its line.
fn string_end(text: &[u8], at: usize, family: &Family) -> usize {
    let quote = text[at];
    let triple = [quote; 3];
    if family.triple && text[at..].starts_with(&triple) {
        return memchr::memmem::find(&text[at + 3..], &triple).map_or(text.len(), |found| at + 3 + found + 3);
    }
    let mut here = at + 1;
    while here < text.len() {
        match text[here] {
            b'\\' => here += 1,
            b'\n' if quote != b'`' => return here,
            byte if byte == quote => return here + 1,
            _ => {}
        }
        here += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(language: Language, text: &str, needle: &str) -> Part {
        let at = text.find(needle).expect("the needle stands in the text");
        Spans::of(text.as_bytes(), LanguageSet::default().with(language)).at(at)
    }

    #[test]
    fn comments_and_strings_are_told_from_code() {
        assert_eq!(part(Language::Python, "x = 1  # eval(x)\n", "eval"), Part::Comment);
        assert_eq!(part(Language::Python, "'''\neval(x)\n'''\n", "eval"), Part::String);
        assert_eq!(part(Language::Python, "a = '#'; eval(x)\n", "eval"), Part::Code);
        assert_eq!(part(Language::Javascript, "/* a */ eval(x)", "eval"), Part::Code);
        assert_eq!(part(Language::Javascript, "s = `a\neval(x)`", "eval"), Part::String);
        assert_eq!(part(Language::Shell, "echo $#; eval x", "eval"), Part::Code);
        assert_eq!(part(Language::Html, "<!-- eval -->", "eval"), Part::Comment);
    }
}
