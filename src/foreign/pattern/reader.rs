//! A foreign regex, token by token, rewritten in our syntax.

use std::fmt::Write;
use std::iter::Peekable;
use std::str::Chars;

use super::{Dialect, NoPattern};

/// A regex as it is read, and what has been written of it.
pub(super) struct PatternReader<'p> {
    pub(super) dialect: Dialect,
    pub(super) rest: Peekable<Chars<'p>>,
    pub(super) out: String,
    pub(super) groups: Vec<usize>,
    /// Whether it has a `^` or `$`.
    pub(super) by_line: bool,
    /// Whether blanks and comments are no part of it.
    verbose: bool,
}

impl<'p> PatternReader<'p> {
    /// Reads all of `pattern`.
    pub(super) fn of(pattern: &'p str, dialect: Dialect) -> Result<Self, NoPattern> {
        let mut reader = Self {
            dialect,
            rest: pattern.chars().peekable(),
            out: String::with_capacity(pattern.len() + 16),
            groups: Vec::new(),
            by_line: false,
            verbose: false,
        };
        reader.all()?;
        Ok(reader)
    }

    fn all(&mut self) -> Result<(), NoPattern> {
        while let Some(next) = self.rest.next() {
            match next {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.group()?,
                '{' => self.braces()?,
                '*' | '+' | '?' => {
                    self.out.push(next);
                    self.behind_repetition()?;
                }
                '^' | '$' => {
                    self.by_line = true;
                    self.out.push(next);
                }
                ']' | '}' => self.literal(next),
                _ if self.verbose && next.is_whitespace() => {}
                '#' if self.verbose => drop(self.rest.by_ref().find(|&c| c == '\n')),
                _ => self.out.push(next),
            }
        }
        Ok(())
    }

    /// A repetition may be lazy, in Python possessive.
    fn behind_repetition(&mut self) -> Result<(), NoPattern> {
        match self.rest.peek() {
            Some('+') if self.dialect == Dialect::Python => Err(NoPattern::Possessive),
            // POSIX knows no lazy ones: a repetition of a repetition.
            Some('?' | '+' | '*') if self.dialect == Dialect::Posix => Err(NoPattern::Syntax),
            Some('?') => {
                self.rest.next();
                self.out.push('?');
                Ok(())
            }
            Some('+' | '*') => Err(NoPattern::Syntax),
            _ => Ok(()),
        }
    }

    fn literal(&mut self, c: char) {
        let mut bytes = [0; 4];
        self.out.push_str(&regex_syntax::escape(c.encode_utf8(&mut bytes)));
    }

    fn byte(&mut self, value: u32) -> Result<(), NoPattern> {
        if value > 0x7f {
            return Err(NoPattern::Unicode);
        }
        let _ = write!(self.out, "\\x{value:02X}");
        Ok(())
    }

    fn escape(&mut self) -> Result<(), NoPattern> {
        use Dialect::{Go, Posix, Python};
        let next = self.rest.next().ok_or(NoPattern::Syntax)?;
        match (next, self.dialect) {
            ('b' | 'B' | 'w' | 'W' | 's' | 'S' | 'd' | 'D', _) | ('n' | 'r' | 't' | 'f' | 'v' | 'a', Go | Python) => {
                self.out.extend(['\\', next]);
            }
            ('<', Posix) => self.out.push_str("\\b{start}"),
            ('>', Posix) => self.out.push_str("\\b{end}"),
            ('1'..='9', Posix) => return Err(NoPattern::BackReference),
            ('A', Go | Python) | ('`', Posix) => self.out.push_str("\\A"),
            ('z', Go | Python) | ('Z', Python) | ('\'', Posix) => self.out.push_str("\\z"),
            ('x' | 'u' | 'U', Go | Python) => {
                let value = self.hexadecimal(next)?;
                self.byte(value)?;
            }
            ('p' | 'P' | 'N', Go | Python) => return Err(NoPattern::Unicode),
            ('C', Go) => self.out.push_str("(?s:.)"),
            ('Q', Go) => self.quoted(),
            ('E', Go) => {}
            ('0'..='7', _) => {
                let value = self.octal(next)?;
                self.byte(value)?;
            }
            (c, _) if c.is_ascii_alphanumeric() => return Err(NoPattern::Syntax),
            (c, _) => self.literal(c),
        }
        Ok(())
    }

    /// What stands up to `\E`, as it stands.
    fn quoted(&mut self) {
        while let Some(next) = self.rest.next() {
            if next == '\\' && self.rest.peek() == Some(&'E') {
                self.rest.next();
                return;
            }
            self.literal(next);
        }
    }

    /// A number in octal digits. One digit from 1, or in Python two, is a back reference.
    fn octal(&mut self, first: char) -> Result<u32, NoPattern> {
        let mut digits = first.to_string();
        while digits.len() < 3 {
            match self.rest.next_if(|c| ('0'..='7').contains(c)) {
                Some(digit) => digits.push(digit),
                None => break,
            }
        }
        let least = if first == '0' {
            1
        } else if self.dialect == Dialect::Python {
            3
        } else {
            2
        };
        if digits.len() < least {
            return Err(NoPattern::BackReference);
        }
        u32::from_str_radix(&digits, 8).map_err(|_| NoPattern::Syntax)
    }

    pub(super) fn hexadecimal(&mut self, kind: char) -> Result<u32, NoPattern> {
        let mut digits = String::new();
        if self.rest.next_if_eq(&'{').is_some() {
            while let Some(digit) = self.rest.next_if(char::is_ascii_hexdigit) {
                digits.push(digit);
            }
            self.rest.next_if_eq(&'}').ok_or(NoPattern::Syntax)?;
        } else {
            let width = match kind {
                'x' => 2,
                'u' => 4,
                _ => 8,
            };
            while digits.len() < width {
                digits.push(self.rest.next_if(char::is_ascii_hexdigit).ok_or(NoPattern::Syntax)?);
            }
        }
        u32::from_str_radix(&digits, 16).map_err(|_| NoPattern::Syntax)
    }

    fn group(&mut self) -> Result<(), NoPattern> {
        if self.rest.next_if_eq(&'?').is_none() {
            self.groups.push(self.out.len());
            self.out.push('(');
            return Ok(());
        }
        if self.dialect == Dialect::Posix {
            return Err(NoPattern::Syntax);
        }
        match self.rest.next().ok_or(NoPattern::Syntax)? {
            '=' | '!' => Err(NoPattern::LookAround),
            '>' => Err(NoPattern::Possessive),
            '(' => Err(NoPattern::Conditional),
            '#' => {
                self.rest.by_ref().find(|&c| c == ')').ok_or(NoPattern::Syntax)?;
                Ok(())
            }
            '<' if matches!(self.rest.peek(), Some('=' | '!')) => Err(NoPattern::LookAround),
            '<' => self.named(),
            'P' => match self.rest.next() {
                Some('<') => self.named(),
                Some('=') => Err(NoPattern::BackReference),
                _ => Err(NoPattern::Syntax),
            },
            first => self.flags(first),
        }
    }

    /// Names of groups mean nothing here: none can be referred to.
    fn named(&mut self) -> Result<(), NoPattern> {
        self.rest.by_ref().find(|&c| c == '>').ok_or(NoPattern::Syntax)?;
        self.groups.push(self.out.len());
        self.out.push('(');
        Ok(())
    }

    /// `(?i)`, `(?i:`, `(?:`.
    fn flags(&mut self, first: char) -> Result<(), NoPattern> {
        let mut flags = String::new();
        let mut next = first;
        loop {
            match next {
                ':' | ')' => break,
                // What they say of the characters holds here anyway.
                'a' | 'L' | 'u' if self.dialect == Dialect::Python => {}
                // Blanks and comments are left out here, so ours need not know of them.
                'x' if self.dialect == Dialect::Python => self.verbose = true,
                'i' | 'm' | 's' | '-' => flags.push(next),
                'U' if self.dialect == Dialect::Go => flags.push('U'),
                _ => return Err(NoPattern::Syntax),
            }
            next = self.rest.next().ok_or(NoPattern::Syntax)?;
        }
        if next == ':' {
            let _ = write!(self.out, "(?{flags}:");
        } else if !flags.is_empty() {
            let _ = write!(self.out, "(?{flags})");
        }
        Ok(())
    }

    /// `{2,3}`; braces that hold no numbers stand for themselves.
    fn braces(&mut self) -> Result<(), NoPattern> {
        let ahead: String = self.rest.clone().take(16).take_while(|&c| c != '}').collect();
        let closed = self.rest.clone().nth(ahead.chars().count()) == Some('}');
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let counts = match ahead.split_once(',') {
            _ if !closed => None,
            None => number(&ahead).then(|| ahead.clone()),
            Some((least, most)) if number(least) && (most.is_empty() || number(most)) => Some(ahead.clone()),
            Some(("", most)) if number(most) && self.dialect != Dialect::Go => Some(format!("0,{most}")),
            _ => None,
        };
        let Some(counts) = counts else {
            self.literal('{');
            return Ok(());
        };
        self.rest.by_ref().take(ahead.len() + 1).for_each(drop);
        let _ = write!(self.out, "{{{counts}}}");
        self.behind_repetition()
    }
}
