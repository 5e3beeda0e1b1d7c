//! The small language in which rules name calls: `subprocess.run(0) if shell is true`.

use regex::Regex;

/// A path with its parts; `*.x` takes any beginning, `{a,b}` was spread out before.
#[derive(Clone, Debug)]
pub(in crate::sast) struct Pattern {
    parts: Vec<String>,
    open: bool,
}

/// Which value of a call is meant.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sast) enum Sel {
    At(usize),
    From(usize),
    Named(String),
    All,
    /// What the call is made on.
    This,
    /// What is written, returned or read.
    Value,
    Key(Box<Self>, String),
    Either(Vec<Self>),
}

/// What is asked of a value.
#[derive(Clone, Debug)]
pub(in crate::sast) enum Test {
    True,
    False,
    Null,
    Missing,
    Constant,
    Text(String),
    Matches(Regex),
    Below(i64),
    /// Text made of parts of which one is not constant.
    Built,
    Tainted,
    /// A path that was made absolute and free of `..`.
    Canonical,
    /// A command line of which what is not constant chooses the program or is read by a shell.
    Runnable,
    /// A function that gives this, whatever it is given.
    Gives(bool),
    /// Its path matches this glob as a whole.
    Path(String),
}

/// A condition.
#[derive(Clone, Debug)]
pub(in crate::sast) struct Cond {
    pub(in crate::sast) of: Sel,
    pub(in crate::sast) not: bool,
    pub(in crate::sast) test: Test,
}

/// A path, what of the call is meant, and under which conditions (each a list of alternatives).
#[derive(Clone, Debug)]
pub(in crate::sast) struct Spec {
    pub(in crate::sast) pattern: Pattern,
    pub(in crate::sast) args: Vec<Sel>,
    pub(in crate::sast) conds: Vec<Vec<Cond>>,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Self {
        let (open, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        Self { parts: rest.split('.').map(str::to_owned).collect(), open }
    }

    /// The last part, if it is not a glob.
    pub(super) fn last(&self) -> Option<&str> {
        self.parts.last().map(String::as_str).filter(|last| !last.contains('*'))
    }

    /// Whether it begins anywhere.
    pub(in crate::sast) fn is_open(&self) -> bool {
        self.open
    }

    pub(in crate::sast) fn matches(&self, path: &str) -> bool {
        let mut parts = path.rsplit('.');
        for pattern in self.parts.iter().rev() {
            if !parts.next().is_some_and(|part| glob(pattern, part)) {
                return false;
            }
        }
        self.open || parts.next().is_none()
    }
}

/// Whether all of `text` matches `pattern`, in which `*` takes anything.
pub(in crate::sast) fn glob(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    if after.is_empty() {
        return true;
    }
    (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| glob(after, &rest[at..]))
}

/// `a.{b,c}.d` spread out.
pub(super) fn spread(text: &str) -> Vec<String> {
    // Braces inside the conditions are text.
    let head = text.find(" if ").unwrap_or(text.len());
    let (Some(open), Some(close)) = (text[..head].find('{'), text[..head].find('}')) else {
        return vec![text.to_owned()];
    };
    if close < open {
        return vec![text.to_owned()];
    }
    text[open + 1..close]
        .split(',')
        .flat_map(|each| spread(&format!("{}{}{}", &text[..open], each.trim(), &text[close + 1..])))
        .collect()
}

impl Spec {
    /// Reads one, without braces.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (head, conds) = match text.split_once(" if ") {
            Some((head, conds)) => (head.trim(), conds),
            None => (text.trim(), ""),
        };
        // The selection is a last pair of parentheses with something in it.
        let (path, args) = match head.rfind('(') {
            Some(open) if head.ends_with(')') && !head.ends_with("()") => {
                let list = &head[open + 1..head.len() - 1];
                let args: Result<Vec<Sel>, String> = list.split(',').map(|each| Sel::parse(each.trim())).collect();
                (&head[..open], args?)
            }
            _ => (head, Vec::new()),
        };
        if path.is_empty() || path.contains(char::is_whitespace) {
            return Err(format!("`{text}`: no path"));
        }
        let mut all = Vec::new();
        for cond in conds.split(" and ").filter(|cond| !cond.trim().is_empty()) {
            let any: Result<Vec<Cond>, String> = cond.split(" or ").map(|each| Cond::parse(each.trim())).collect();
            all.push(any?);
        }
        Ok(Self { pattern: Pattern::parse(path), args, conds: all })
    }
}

impl Sel {
    fn parse(text: &str) -> Result<Self, String> {
        if text.contains('|') {
            let all: Result<Vec<Self>, String> = text.split('|').map(Self::parse).collect();
            return Ok(Self::Either(all?));
        }
        if let Some((before, key)) = text.rsplit_once('.') {
            let key = key.replace('\u{b7}', ".");
            return Ok(Self::Key(Box::new(Self::parse(before)?), key));
        }
        Ok(match text {
            "*" => Self::All,
            "this" => Self::This,
            "value" => Self::Value,
            "" => return Err("an empty selection".to_owned()),
            _ => match (text.parse(), text.strip_suffix('+').and_then(|from| from.parse().ok())) {
                (Ok(at), _) => Self::At(at),
                (_, Some(from)) => Self::From(from),
                _ => Self::Named(text.trim_end_matches('=').to_owned()),
            },
        })
    }
}

impl Cond {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some((of, pattern)) = text.split_once(" matches ") {
            let (of, not) = match of.strip_suffix(" not") {
                Some(of) => (of, true),
                None => (of, false),
            };
            let pattern = pattern.trim();
            let pattern = pattern.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).unwrap_or(pattern);
            let regex = Regex::new(pattern).map_err(|error| format!("`{text}`: {error}"))?;
            return Ok(Self { of: Sel::parse(of)?, not, test: Test::Matches(regex) });
        }
        if let Some((of, limit)) = text.split_once(" < ") {
            let limit = limit.trim().parse().map_err(|_| format!("`{text}`: no number"))?;
            return Ok(Self { of: Sel::parse(of)?, not: false, test: Test::Below(limit) });
        }
        let (of, what) = text.split_once(" is ").ok_or_else(|| format!("`{text}`: no test"))?;
        let (what, not) = match what.trim().strip_prefix("not ") {
            Some(what) => (what, true),
            None => (what.trim(), false),
        };
        let test = match what {
            "true" => Test::True,
            "false" => Test::False,
            "null" => Test::Null,
            "missing" => Test::Missing,
            "constant" => Test::Constant,
            "built" => Test::Built,
            "tainted" => Test::Tainted,
            "canonical" => Test::Canonical,
            "runnable" => Test::Runnable,
            "always true" => Test::Gives(true),
            "always false" => Test::Gives(false),
            _ => {
                if let Some(path) = what.strip_prefix("a ") {
                    Test::Path(path.to_owned())
                } else if what.starts_with('"') && what.ends_with('"') && what.len() > 1 {
                    Test::Text(what[1..what.len() - 1].to_owned())
                } else {
                    return Err(format!("`{text}`: no such test"));
                }
            }
        };
        Ok(Self { of: Sel::parse(of.trim())?, not, test })
    }
}
