//! Bracket classes. Ours know set operations and classes in classes, theirs do not: every character that
//! could be taken for one is escaped.

use std::fmt::Write;

use super::reader::PatternReader;
use super::{Dialect, NoPattern};

/// What stands in a class.
enum Member {
    /// A character.
    One(char),
    /// `\d` and its kin, `[:alpha:]`.
    Many(String),
}

impl PatternReader<'_> {
    /// Reads a class behind its bracket.
    pub(super) fn class(&mut self) -> Result<(), NoPattern> {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let next = self.rest.next().ok_or(NoPattern::Syntax)?;
            if next == ']' && !first {
                break;
            }
            first = false;
            let low = match self.member(next)? {
                Member::One(low) => low,
                Member::Many(class) => {
                    self.out.push_str(&class);
                    continue;
                }
            };
            // A `-` before the end is a character.
            let mut ahead = self.rest.clone();
            if ahead.next() != Some('-') || matches!(ahead.next(), None | Some(']')) {
                self.member_literal(low)?;
                continue;
            }
            self.rest.next();
            let next = self.rest.next().ok_or(NoPattern::Syntax)?;
            let Member::One(high) = self.member(next)? else { return Err(NoPattern::Syntax) };
            if high < low {
                return Err(NoPattern::Syntax);
            }
            self.member_literal(low)?;
            self.out.push('-');
            self.member_literal(high)?;
        }
        self.out.push(']');
        Ok(())
    }

    fn member(&mut self, next: char) -> Result<Member, NoPattern> {
        match next {
            '\\' if self.dialect != Dialect::Posix => self.member_escape(),
            '[' if self.dialect != Dialect::Python && self.rest.peek() == Some(&':') => {
                let name: String =
                    self.rest.clone().skip(1).take_while(|&c| c == '^' || c.is_ascii_lowercase()).collect();
                if name.is_empty() {
                    return Ok(Member::One('['));
                }
                self.rest.by_ref().take(name.len() + 1).for_each(drop);
                let closed = self.rest.next() == Some(':') && self.rest.next() == Some(']');
                if closed { Ok(Member::Many(format!("[:{name}:]"))) } else { Err(NoPattern::Syntax) }
            }
            '[' if self.dialect == Dialect::Posix && matches!(self.rest.peek(), Some('.' | '=')) => {
                Err(NoPattern::Syntax)
            }
            c => Ok(Member::One(c)),
        }
    }

    fn member_escape(&mut self) -> Result<Member, NoPattern> {
        let next = self.rest.next().ok_or(NoPattern::Syntax)?;
        Ok(match next {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => Member::Many(format!("\\{next}")),
            'n' => Member::One('\n'),
            'r' => Member::One('\r'),
            't' => Member::One('\t'),
            'f' => Member::One('\u{c}'),
            'v' => Member::One('\u{b}'),
            'a' => Member::One('\u{7}'),
            'b' if self.dialect == Dialect::Python => Member::One('\u{8}'),
            'x' | 'u' | 'U' => Member::One(char::from_u32(self.hexadecimal(next)?).ok_or(NoPattern::Syntax)?),
            'p' | 'P' | 'N' => return Err(NoPattern::Unicode),
            // In a class there is nothing to refer back to.
            '0'..='7' => {
                let mut digits = next.to_string();
                while let Some(digit) = self.rest.next_if(|c| digits.len() < 3 && ('0'..='7').contains(c)) {
                    digits.push(digit);
                }
                let value = u32::from_str_radix(&digits, 8).map_err(|_| NoPattern::Syntax)?;
                Member::One(char::from_u32(value).ok_or(NoPattern::Syntax)?)
            }
            c if c.is_ascii_alphanumeric() => return Err(NoPattern::Syntax),
            c => Member::One(c),
        })
    }

    fn member_literal(&mut self, c: char) -> Result<(), NoPattern> {
        match c {
            _ if !c.is_ascii() => return Err(NoPattern::Unicode),
            '[' | ']' | '\\' | '^' | '-' | '&' | '~' => self.out.extend(['\\', c]),
            ' '..='~' => self.out.push(c),
            c => {
                // A String takes every write.
                let _ = write!(self.out, "\\x{:02X}", u32::from(c));
            }
        }
        Ok(())
    }
}
