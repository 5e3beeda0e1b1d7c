//! A command line -> simple commands, as far as it takes to see what a shell would start.
//!
//! No shell: variables and substitutions are not known, and their text stays as it stands. Quotes, escapes, separators,
//! redirections and what stands in `$(…)` and backticks are.

/// Commands in commands (`sh -c`, `$(…)`), at most.
const DEEPEST: usize = 6;
/// Bytes of a command line that are read.
pub(super) const MOST: usize = 1 << 20;

/// One program with its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Simple {
    /// `NAME=value` in front of the program.
    pub(super) variables: Vec<(String, String)>,
    /// The program and its arguments.
    pub(super) words: Vec<String>,
    /// Files that output goes to.
    pub(super) writes: Vec<String>,
}

/// The simple commands of `line`, those inside substitutions and `sh -c` too.
pub(super) fn commands(line: &str) -> Vec<Simple> {
    let mut found = Vec::new();
    collect(line, DEEPEST, &mut found);
    found
}

fn collect(line: &str, depth: usize, found: &mut Vec<Simple>) {
    if depth == 0 || line.len() > MOST {
        return;
    }
    let mut reader = ShellText { rest: line, inner: Vec::new() };
    let first = found.len();
    loop {
        let (simple, more) = reader.simple();
        if !simple.words.is_empty() || !simple.variables.is_empty() || !simple.writes.is_empty() {
            found.push(simple);
        }
        if !more {
            break;
        }
    }
    let scripts: Vec<String> = found[first..].iter().filter_map(|simple| script_of(&simple.words)).collect();
    for script in scripts {
        collect(&script, depth - 1, found);
    }
    for inner in reader.inner {
        collect(&inner, depth - 1, found);
    }
}

/// What `sh -c SCRIPT`, `eval WORDS` or `env NAME=value PROGRAM …` starts in turn.
fn script_of(words: &[String]) -> Option<String> {
    let at = program_at(words)?;
    let (program, rest) = words[at..].split_first()?;
    match base(program) {
        "sh" | "bash" | "zsh" | "dash" | "ksh" | "fish" => {
            let flag =
                rest.iter().position(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('c'))?;
            rest.get(flag + 1).cloned()
        }
        "eval" => Some(rest.join(" ")),
        _ => None,
    }
}

/// Where the program stands in `words`: behind those that only start it, their options and times.
pub(super) fn program_at(words: &[String]) -> Option<usize> {
    let is_time = |word: &str| word.starts_with(|first: char| first.is_ascii_digit()) && !word.contains('/');
    words.iter().position(|word| !WRAPPERS.contains(&base(word)) && !word.starts_with('-') && !is_time(word))
}

/// Programs that start another one, which stands behind them.
const WRAPPERS: &[&str] =
    &["env", "sudo", "doas", "command", "exec", "builtin", "time", "nohup", "nice", "xargs", "timeout"];

/// A program's name without its directory and `.exe`.
pub(super) fn base(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.strip_suffix(".exe").unwrap_or(name)
}

struct ShellText<'l> {
    rest: &'l str,
    /// What stands in substitutions.
    inner: Vec<String>,
}

impl ShellText<'_> {
    /// The next simple command, and whether something may follow.
    fn simple(&mut self) -> (Simple, bool) {
        let mut simple = Simple::default();
        let mut to_file = false;
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\r']);
            let Some(first) = self.rest.chars().next() else { return (simple, false) };
            match first {
                ';' | '\n' | '&' | '|' | '(' | ')' => {
                    self.rest = &self.rest[first.len_utf8()..];
                    // `&>file` and `2>&1` redirect, they separate nothing.
                    if first == '&' && self.rest.starts_with('>') {
                        continue;
                    }
                    return (simple, true);
                }
                '#' => self.rest = self.rest.find('\n').map_or("", |at| &self.rest[at..]),
                '>' => {
                    self.rest = self.rest.trim_start_matches(['>', '|']);
                    to_file = true;
                    if let Some(rest) = self.rest.strip_prefix('&') {
                        self.rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
                        to_file = false;
                    }
                }
                '<' => self.rest = self.rest.trim_start_matches(['<', '-']),
                _ => {
                    let word = self.word();
                    if std::mem::take(&mut to_file) {
                        simple.writes.push(word);
                    } else if self.rest.starts_with('>') && word.bytes().all(|byte| byte.is_ascii_digit()) {
                        // The number of a file descriptor.
                    } else {
                        add(&mut simple, word);
                    }
                }
            }
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.rest.chars().next() {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\'' => {
                    let inside = &self.rest[1..];
                    let end = inside.find('\'').unwrap_or(inside.len());
                    word.push_str(&inside[..end]);
                    self.rest = inside.get(end + 1..).unwrap_or_default();
                }
                '"' => {
                    self.rest = &self.rest[1..];
                    self.quoted(&mut word);
                }
                '\\' => {
                    let mut chars = self.rest.chars();
                    chars.next();
                    match chars.next() {
                        Some('\n') | None => {}
                        Some(escaped) => word.push(escaped),
                    }
                    self.rest = chars.as_str();
                }
                '`' => self.substitution(1, "`"),
                '$' if self.rest.starts_with("$(") => self.substitution(2, ")"),
                _ => {
                    word.push(c);
                    self.rest = &self.rest[c.len_utf8()..];
                }
            }
        }
        word
    }

    /// Up to the closing double quote.
    fn quoted(&mut self, word: &mut String) {
        while let Some(c) = self.rest.chars().next() {
            match c {
                '"' => {
                    self.rest = &self.rest[1..];
                    return;
                }
                '\\' => {
                    let mut chars = self.rest.chars();
                    chars.next();
                    word.extend(chars.next());
                    self.rest = chars.as_str();
                }
                '`' => self.substitution(1, "`"),
                '$' if self.rest.starts_with("$(") => self.substitution(2, ")"),
                _ => {
                    word.push(c);
                    self.rest = &self.rest[c.len_utf8()..];
                }
            }
        }
    }

    /// Keeps what stands behind `skip` bytes up to its `end`, other brackets counted.
    fn substitution(&mut self, skip: usize, end: &str) {
        let inside = &self.rest[skip..];
        let mut open = 0;
        let close = inside.char_indices().find(|&(at, c)| {
            if end == ")" && c == '(' {
                open += 1;
            }
            let ends = inside[at..].starts_with(end);
            if ends && open > 0 {
                open -= 1;
                return false;
            }
            ends
        });
        let at = close.map_or(inside.len(), |(at, _)| at);
        self.inner.push(inside[..at].to_owned());
        self.rest = inside.get(at + 1..).unwrap_or_default();
    }
}

fn add(simple: &mut Simple, word: String) {
    if simple.words.iter().all(|word| WRAPPERS.contains(&base(word)) || word == "export")
        && let Some((name, value)) = word.split_once('=')
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        simple.variables.push((name.to_owned(), value.to_owned()));
    } else {
        simple.words.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_apart_as_a_shell_does() {
        let words = |line: &str| commands(line).into_iter().map(|one| one.words.join("|")).collect::<Vec<_>>();
        assert_eq!(words("git add . && git commit -m 'a b; c'"), ["git|add|.", "git|commit|-m|a b; c"]);
        assert_eq!(words("sh -c \"git commit -n\""), ["sh|-c|git commit -n", "git|commit|-n"]);
        assert_eq!(words("echo $(git push --no-verify) done"), ["echo||done", "git|push|--no-verify"]);
        assert_eq!(words("X=1 env Y=2 git status # git push"), ["env|git|status"]);
        assert_eq!(commands("echo x >> .git/hooks/a 2>&1")[0].writes, [".git/hooks/a"]);
        assert_eq!(words("git com\\\nmit"), ["git|commit"]);
    }

    #[test]
    fn what_does_not_end_ends_all_the_same() {
        for line in ["'", "\"", "$(", "`", "a\\", "$($($($($($($($(x))))))))", ">", "2>", "&>"] {
            let _ = commands(line);
        }
    }
}
