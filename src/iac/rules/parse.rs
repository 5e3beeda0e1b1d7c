//! The text of a condition -> its form; see `rules/iac/README.md`.

use super::expression::{Amount, Expression, Path, Pattern, Step, Want};

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

/// Parses `text`.
pub(super) fn parse(text: &str) -> Result<Expression, String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    let expression = parser.or()?;
    if parser.at < parser.tokens.len() {
        return Err(format!("`{text}`: nothing may follow {:?}", parser.tokens[parser.at]));
    }
    Ok(expression)
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    const SIGNS: [&str; 14] = ["==", "!=", "!~", "<=", ">=", "<", ">", "~", "(", ")", "[", "]", ",", "!"];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let end = rest[1..].find('\'').ok_or_else(|| format!("`{text}`: a quote is open"))?;
            tokens.push(Token::Text(rest[1..=end].to_owned()));
            rest = &rest[end + 2..];
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            let is_in = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '*' | '-' | ':' | '/' | '$');
            let end = rest.find(|c| !is_in(c)).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("`{text}`: {first:?} has no meaning"));
            }
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn takes_word(&mut self, word: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Word(own)) if own == word);
        self.at += usize::from(is);
        is
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Sign(own)) if *own == sign);
        self.at += usize::from(is);
        is
    }

    fn due(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(format!("`{sign}` is missing at {:?}", self.tokens.get(self.at))) }
    }

    fn word(&mut self) -> Result<String, String> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word) | Token::Text(word)) => {
                self.at += 1;
                Ok(word.clone())
            }
            other => Err(format!("a word is missing at {other:?}")),
        }
    }

    fn or(&mut self) -> Result<Expression, String> {
        let mut all = vec![self.and()?];
        while self.takes_word("or") {
            all.push(self.and()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::Or(all) })
    }

    fn and(&mut self) -> Result<Expression, String> {
        let mut all = vec![self.one()?];
        while self.takes_word("and") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::And(all) })
    }

    fn within(&mut self) -> Result<Box<Expression>, String> {
        self.due("(")?;
        let inner = self.or()?;
        self.due(")")?;
        Ok(Box::new(inner))
    }

    fn one(&mut self) -> Result<Expression, String> {
        if self.takes_word("not") {
            return Ok(Expression::Not(Box::new(self.one()?)));
        }
        if matches!(self.tokens.get(self.at), Some(Token::Sign("("))) {
            return Ok(*self.within()?);
        }
        if self.takes_word("any") {
            return Ok(Expression::Any(self.path()?, self.within()?));
        }
        if self.takes_word("every") {
            return Ok(Expression::Every(self.path()?, self.within()?));
        }
        if self.takes_word("count") {
            let path = self.path()?;
            let amount = self.amount().ok_or("`count PATH` wants <, <=, > or >=")?;
            return Ok(Expression::Count(path, amount, self.number()?));
        }
        if self.takes_word("range") {
            let (from, to) = (self.path()?, self.path()?);
            if !self.takes_word("covers") {
                return Err("`range FROM TO` wants `covers`".to_owned());
            }
            return Ok(Expression::Range(from, to, self.ports()?));
        }
        if self.takes_word("exists") {
            let kinds = self.kinds()?;
            let via = if self.takes_word("via") { Some(self.path()?) } else { None };
            let is_open = matches!(self.tokens.get(self.at), Some(Token::Sign("(")));
            let that = if is_open { Some(self.within()?) } else { None };
            return Ok(Expression::Exists { kinds, via, that });
        }
        if self.takes_word("target") {
            let at = self.path()?;
            let kinds = self.kinds()?;
            return Ok(Expression::Target { kinds, at, that: self.within()? });
        }
        let path = self.path()?;
        Ok(Expression::Test(path, self.want()?))
    }

    fn kinds(&mut self) -> Result<Vec<String>, String> {
        if self.takes("[") { self.list() } else { Ok(vec![self.word()?]) }
    }

    fn want(&mut self) -> Result<Want, String> {
        if self.takes_word("is") {
            let word = self.word()?;
            return Ok(match &*word {
                "absent" => Want::Absent,
                "present" => Want::Present,
                "on" => Want::On,
                "off" => Want::Off,
                "false" => Want::False,
                "open" => Want::Open,
                "literal" => Want::Literal,
                _ => return Err(format!("`is {word}` has no meaning")),
            });
        }
        if self.takes_word("in") {
            self.due("[")?;
            return Ok(Want::In(self.list()?));
        }
        if self.takes_word("not") {
            if !self.takes_word("in") {
                return Err("`in` is missing".to_owned());
            }
            self.due("[")?;
            return Ok(Want::NotIn(self.list()?));
        }
        if self.takes_word("covers") {
            return Ok(Want::Ports(self.ports()?));
        }
        if self.takes("==") {
            return Ok(Want::In(vec![self.word()?]));
        }
        if self.takes("!=") {
            return Ok(Want::NotIn(vec![self.word()?]));
        }
        if self.takes("~") {
            return Ok(Want::Matches(self.pattern()?));
        }
        if self.takes("!~") {
            return Ok(Want::MatchesNot(self.pattern()?));
        }
        match self.amount() {
            Some(amount) => Ok(Want::Number(amount, self.number()?)),
            None => Err(format!("a test is missing at {:?}", self.tokens.get(self.at))),
        }
    }

    fn amount(&mut self) -> Option<Amount> {
        [("<=", Amount::LessOrEqual), (">=", Amount::MoreOrEqual), ("<", Amount::Less), (">", Amount::More)]
            .into_iter()
            .find_map(|(sign, amount)| self.takes(sign).then_some(amount))
    }

    fn number(&mut self) -> Result<f64, String> {
        let word = self.word()?;
        word.parse().map_err(|_| format!("`{word}` is no number"))
    }

    fn pattern(&mut self) -> Result<Pattern, String> {
        let text = self.word()?;
        match regex_syntax::parse(&text) {
            Ok(_) => Ok(Pattern::new(text)),
            Err(error) => Err(format!("`{text}`: {error}")),
        }
    }

    fn ports(&mut self) -> Result<Vec<u16>, String> {
        self.due("[")?;
        self.list()?.iter().map(|port| port.parse().map_err(|_| format!("`{port}` is no port"))).collect()
    }

    /// What follows a `[`.
    fn list(&mut self) -> Result<Vec<String>, String> {
        let mut members = vec![self.word()?];
        while self.takes(",") {
            members.push(self.word()?);
        }
        self.due("]")?;
        Ok(members)
    }

    fn path(&mut self) -> Result<Path, String> {
        // A key that has dots or slashes stands in quotes.
        if let Some(Token::Text(key)) = self.tokens.get(self.at) {
            let step = Step::Key(folded(key));
            self.at += 1;
            return Ok(vec![step]);
        }
        let word = self.word()?;
        Ok(word
            .split('.')
            .filter(|step| !step.is_empty() && *step != "$")
            .map(|step| if step == "*" { Step::Every } else { Step::Key(folded(step)) })
            .collect())
    }
}

/// A key without regard to case, `_` and `-`.
fn folded(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_is_no_condition_is_refused() {
        for text in
            ["", "a", "a is", "a is green", "a ==", "any a", "any a (b == 1", "a ~ '('", "a in [1", "(a == 1) b"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        for text in
            ["a is on", "any a.b (c in [x, 'y z'] and not d is off) or count e > 2", "exists [a, b] via c (d is on)"]
        {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
        }
    }
}
