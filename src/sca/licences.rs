//! Licences: SPDX expressions (<https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/>) against lists of what is allowed and denied.

/// Deepest nesting of parentheses.
const DEEPEST: usize = 32;

/// Which licences may be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Licences {
    /// Where not empty, a package must be usable under these alone.
    pub allow: Vec<String>,
    /// Never these.
    pub deny: Vec<String>,
}

/// Whether text is an SPDX expression of known form: words that may be ids, joined as the specification says.
pub fn is_expression(text: &str) -> bool {
    parse(text).is_some()
}

enum Expression {
    One(String),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Licences {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty()
    }

    /// Whether a package under `stated` may be used; `Err` says why not.
    pub fn judge(&self, stated: &str) -> Result<(), String> {
        let shown = super::shown(stated.trim());
        if shown.is_empty() || matches!(shown.as_str(), "UNKNOWN" | "NOASSERTION" | "NONE") {
            return if self.allow.is_empty() { Ok(()) } else { Err("its licence is not known".to_owned()) };
        }
        let Some(expression) = parse(stated) else {
            return if self.allow.is_empty() && !self.denied(stated) {
                Ok(())
            } else {
                Err(format!("its licence `{shown}` is not an SPDX expression"))
            };
        };
        if self.fits(&expression) { Ok(()) } else { Err(format!("its licence `{shown}` is not allowed")) }
    }

    fn denied(&self, id: &str) -> bool {
        self.deny.iter().any(|one| same(one, id))
    }

    fn fits(&self, expression: &Expression) -> bool {
        match expression {
            Expression::One(id) => {
                !self.denied(id) && (self.allow.is_empty() || self.allow.iter().any(|one| same(one, id)))
            }
            Expression::All(parts) => parts.iter().all(|part| self.fits(part)),
            Expression::Any(parts) => parts.iter().any(|part| self.fits(part)),
        }
    }
}

/// `GPL-3.0` is the older name of `GPL-3.0-only`, `GPL-3.0+` of `GPL-3.0-or-later`.
fn same(one: &str, id: &str) -> bool {
    let plain = |id: &str| {
        let low = id.trim().to_ascii_lowercase();
        let low = low.strip_suffix("-only").map(str::to_owned).unwrap_or(low);
        low.strip_suffix("-or-later").map(|base| format!("{base}+")).unwrap_or(low)
    };
    plain(one) == plain(id)
}

fn parse(text: &str) -> Option<Expression> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let expression = any(&words, &mut at, 0)?;
    (at == words.len()).then_some(expression)
}

fn any(words: &[&str], at: &mut usize, depth: usize) -> Option<Expression> {
    let mut parts = vec![all(words, at, depth)?];
    while words.get(*at).is_some_and(|word| word.eq_ignore_ascii_case("OR")) {
        *at += 1;
        parts.push(all(words, at, depth)?);
    }
    if parts.len() == 1 { parts.pop() } else { Some(Expression::Any(parts)) }
}

fn all(words: &[&str], at: &mut usize, depth: usize) -> Option<Expression> {
    let mut parts = vec![one(words, at, depth)?];
    while words.get(*at).is_some_and(|word| word.eq_ignore_ascii_case("AND")) {
        *at += 1;
        parts.push(one(words, at, depth)?);
    }
    if parts.len() == 1 { parts.pop() } else { Some(Expression::All(parts)) }
}

fn one(words: &[&str], at: &mut usize, depth: usize) -> Option<Expression> {
    let word = *words.get(*at)?;
    *at += 1;
    if word == "(" {
        if depth > DEEPEST {
            return None;
        }
        let inner = any(words, at, depth + 1)?;
        return (words.get(*at) == Some(&")")).then(|| {
            *at += 1;
            inner
        });
    }
    let formed = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'+' | b':'));
    if !formed
        || word.eq_ignore_ascii_case("and")
        || word.eq_ignore_ascii_case("or")
        || word.eq_ignore_ascii_case("with")
    {
        return None;
    }
    if words.get(*at).is_some_and(|word| word.eq_ignore_ascii_case("WITH")) {
        // An exception only gives more rights.
        words.get(*at + 1)?;
        *at += 2;
    }
    Some(Expression::One(word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_weighed_as_a_whole() {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let allow = Licences { allow: list(&["MIT", "Apache-2.0"]), deny: Vec::new() };
        for (text, fits) in [
            ("MIT", true),
            ("mit", true),
            ("MIT OR GPL-3.0-only", true),
            ("MIT AND GPL-3.0-only", false),
            ("(MIT OR GPL-2.0) AND Apache-2.0", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("", false),
            ("SEE LICENSE IN LICENSE", false),
        ] {
            assert_eq!(allow.judge(text).is_ok(), fits, "{text}");
        }
        let deny = Licences { allow: Vec::new(), deny: list(&["AGPL-3.0-only"]) };
        assert!(deny.judge("AGPL-3.0").is_err() && deny.judge("MIT").is_ok() && deny.judge("").is_ok());
    }
}
