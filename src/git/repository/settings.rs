//! The part of a repository's `config` that says how the repository is to be read.
//!
//! A parser of git's configuration syntax that knows no meaning but that of `core` and `extensions`
//! (git's `check_repo_format`, which follows no `include`). What it does not understand is a doubt.

use super::doubt::{Doubt, Sure};

/// What decides how a repository is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::git) struct Settings {
    /// `core.bare`, where it is set.
    pub(in crate::git) bare: Option<bool>,
    /// `core.worktree`.
    pub(in crate::git) worktree: Option<Vec<u8>>,
    /// `extensions.worktreeConfig`: `config.worktree` holds more.
    pub(in crate::git) worktree_config: bool,
}

impl Settings {
    /// From the bytes of `config`. A doubt where they name a format or an extension that the fast
    /// readers do not read.
    pub(in crate::git) fn parse(bytes: &[u8]) -> Sure<Self> {
        let mut settings = Self::default();
        let mut version: Option<u32> = None;
        let mut extensions = false;
        for SettingLine { name, value } in lines(bytes)? {
            match &name[..] {
                b"core.repositoryformatversion" => {
                    let number = value.as_deref().and_then(|value| std::str::from_utf8(value).ok()?.parse().ok());
                    version = Some(number.ok_or(FORMAT)?);
                }
                b"extensions.noop" | b"extensions.preciousobjects" | b"extensions.partialclone" => {}
                b"extensions.noop-v1" | b"extensions.relativeworktrees" => extensions = true,
                b"extensions.worktreeconfig" => settings.worktree_config = truth(value.as_deref())?,
                b"extensions.objectformat" if value.as_deref() == Some(b"sha1") => extensions = true,
                b"extensions.refstorage" if value.as_deref() == Some(b"files") => extensions = true,
                other if other.starts_with(b"extensions.") => {
                    let value = value.unwrap_or_default();
                    let text = format!("{} {}", String::from_utf8_lossy(other), String::from_utf8_lossy(&value));
                    return Err(Doubt::of(text.trim_end()));
                }
                _ => settings.place(&name, value)?,
            }
        }
        match version {
            Some(1) => Ok(settings),
            Some(0) if !extensions => Ok(settings),
            // git then forgets what else it read here.
            None if !extensions && settings == Self::default() => Ok(settings),
            _ => Err(FORMAT),
        }
    }

    /// Adds the bytes of `config.worktree`.
    pub(in crate::git) fn extend(&mut self, bytes: &[u8]) -> Sure<()> {
        lines(bytes)?.into_iter().try_for_each(|SettingLine { name, value }| self.place(&name, value))
    }

    fn place(&mut self, name: &[u8], value: Option<Vec<u8>>) -> Sure<()> {
        match name {
            b"core.bare" => self.bare = Some(truth(value.as_deref())?),
            b"core.worktree" => self.worktree = Some(value.ok_or(Doubt::new("core.worktree without a value"))?),
            _ => {}
        }
        Ok(())
    }
}

/// A boolean as git spells it; a key without `=` is true.
fn truth(value: Option<&[u8]>) -> Sure<bool> {
    let Some(value) = value else { return Ok(true) };
    match &value.to_ascii_lowercase()[..] {
        b"true" | b"yes" | b"on" | b"1" => Ok(true),
        b"false" | b"no" | b"off" | b"0" | b"" => Ok(false),
        _ => Err(Doubt::new("a boolean in the repository's config")),
    }
}

/// One assignment: the section's name in lower case, a dot, the key in lower case. Sections with a
/// subsection are left out.
struct SettingLine {
    name: Vec<u8>,
    value: Option<Vec<u8>>,
}

fn lines(bytes: &[u8]) -> Sure<Vec<SettingLine>> {
    let mut text = Text { rest: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) };
    let mut found = Vec::new();
    let mut section: Option<Vec<u8>> = None;
    while let Some(byte) = text.next() {
        match byte {
            b'#' | b';' => text.skip_line(),
            b'[' => section = text.section()?,
            byte if byte.is_ascii_whitespace() => {}
            byte if byte.is_ascii_alphabetic() => {
                let mut name = section.clone().unwrap_or_default();
                name.push(b'.');
                name.push(byte.to_ascii_lowercase());
                let value = text.key_and_value(&mut name)?;
                if section.is_some() {
                    found.push(SettingLine { name, value });
                }
            }
            _ => return Err(SYNTAX),
        }
    }
    Ok(found)
}

const FORMAT: Doubt = Doubt::new("repository format");
const SYNTAX: Doubt = Doubt::new("the repository's config is not understood");

/// What is left to read. A CR before a LF is no part of the text.
struct Text<'b> {
    rest: &'b [u8],
}

impl Text<'_> {
    fn next(&mut self) -> Option<u8> {
        if self.rest.starts_with(b"\r\n") {
            self.rest = &self.rest[1..];
        }
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn skip_line(&mut self) {
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        self.rest = &self.rest[end..];
    }

    /// The name of a section behind its `[`, `None` where it has a subsection.
    fn section(&mut self) -> Sure<Option<Vec<u8>>> {
        let mut name = Vec::new();
        let mut plain = true;
        loop {
            match self.next().ok_or(SYNTAX)? {
                b']' => return Ok(plain.then_some(name)),
                b'.' => plain = false,
                byte if byte.is_ascii_alphanumeric() || byte == b'-' => name.push(byte.to_ascii_lowercase()),
                b' ' | b'\t' => {
                    plain = false;
                    self.subsection()?;
                }
                _ => return Err(SYNTAX),
            }
        }
    }

    /// Skips a quoted subsection, up to before the `]`.
    fn subsection(&mut self) -> Sure<()> {
        let mut quoted = false;
        loop {
            match (self.next().ok_or(SYNTAX)?, quoted) {
                (b'"', false) => quoted = true,
                (b' ' | b'\t', false) => {}
                (b'"', true) if self.rest.first() == Some(&b']') => return Ok(()),
                (b'\\', true) => drop(self.next().filter(|&byte| byte != b'\n').ok_or(SYNTAX)?),
                (b'\n' | b'"', _) | (_, false) => return Err(SYNTAX),
                (_, true) => {}
            }
        }
    }

    /// The rest of a key into `name`, and its value.
    fn key_and_value(&mut self, name: &mut Vec<u8>) -> Sure<Option<Vec<u8>>> {
        let mut ended = false;
        loop {
            match self.next() {
                Some(byte) if !ended && (byte.is_ascii_alphanumeric() || byte == b'-') => {
                    name.push(byte.to_ascii_lowercase());
                }
                Some(b' ' | b'\t') => ended = true,
                Some(b'=') => return self.value().map(Some),
                Some(b'\n') | None => return Ok(None),
                Some(_) => return Err(SYNTAX),
            }
        }
    }

    fn value(&mut self) -> Sure<Vec<u8>> {
        let mut value = Vec::new();
        let (mut quoted, mut blanks) = (false, 0);
        loop {
            let byte = match self.next() {
                None | Some(b'\n') if quoted => return Err(SYNTAX),
                None | Some(b'\n') => return Ok(value),
                Some(b' ' | b'\t') if !quoted => {
                    blanks += usize::from(!value.is_empty());
                    continue;
                }
                Some(b'#' | b';') if !quoted => {
                    self.skip_line();
                    continue;
                }
                Some(b'"') => {
                    quoted = !quoted;
                    continue;
                }
                Some(b'\\') => match self.next().ok_or(SYNTAX)? {
                    b'\n' => continue,
                    b't' => b'\t',
                    b'b' => 8,
                    b'n' => b'\n',
                    byte @ (b'\\' | b'"') => byte,
                    _ => return Err(SYNTAX),
                },
                Some(byte) => byte,
            };
            value.extend(std::iter::repeat_n(b' ', std::mem::take(&mut blanks)));
            value.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Sure<Settings> {
        Settings::parse(text.as_bytes())
    }

    #[test]
    fn the_usual_file_is_understood() {
        let text = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\
                    [remote \"a ] b\"]\n\turl = x ; c\n\tfetch = +refs/heads/*:refs/remotes/o/*\n\
                    [alias]\n\tlg = log \\\n [core] bare=true\n[user]\n\tname = A \"B # C\" # d\n";
        assert_eq!(parse(text), Ok(Settings { bare: Some(false), ..Settings::default() }));
        assert_eq!(parse(""), Ok(Settings::default()));
        assert_eq!(
            parse("[Core]\r\nrepositoryFormatVersion=0\r\nBare\r\n"),
            Ok(Settings { bare: Some(true), ..Settings::default() })
        );
        assert_eq!(
            parse("[core] repositoryformatversion = 0\nworktree = \"../a b\"  ").unwrap().worktree.as_deref(),
            Some(&b"../a b"[..])
        );
        assert_eq!(
            parse("[core] repositoryformatversion = 0\nworktree = a   b  # c").unwrap().worktree.as_deref(),
            Some(&b"a   b"[..])
        );
        assert_eq!(parse("[core \"x\"]\nbare = true\n[core.y]\nbare = true"), Ok(Settings::default()));
    }

    #[test]
    fn every_other_format_is_a_doubt() {
        for text in [
            "[core]\nrepositoryformatversion = 2",
            "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectformat = sha256",
            "[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable",
            "[core]\nrepositoryformatversion = 1\n[extensions]\nunheard = of",
            "[core]\n[extensions]\nobjectformat = sha1",
            "[core]\nbare = perhaps",
            "[core\nbare",
            "[core]\nx = \"open\n",
            "[core]\nx = \\q\n",
            "]",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let text = "[core]\nrepositoryformatversion = 1\n[extensions]\nworktreeConfig\npartialclone = origin";
        assert_eq!(parse(text), Ok(Settings { worktree_config: true, ..Settings::default() }));
    }
}
