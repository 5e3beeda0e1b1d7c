//! Matches to findings: place, mask, excerpt, fingerprint.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use super::Options;
use crate::change::{Change, Fragment, Kind};
use crate::engine::{Engine, FileFacts, Match};
use crate::finding::{Advice, Excerpt, ExcerptLine, Finding, Fingerprint, Text};
use crate::rules::Rule;
use crate::text::{LineIndex, Secret, escape, line_bounds, mask_all, mask_value};

/// Characters of a line that an excerpt shows, at most.
const WIDTH: usize = 160;

/// Costly fingerprints made for one text, at most: each takes some 20 ms, and a gate that takes minutes
/// over a list of passwords is switched off.
const COSTLY: usize = 250;

/// Findings for `matches` in `fragment`.
pub(super) fn findings(
    change: &Change,
    fragment: &Fragment,
    matches: &[Match],
    engine: &Engine,
    options: &Options,
) -> Vec<Finding> {
    if matches.is_empty() {
        return Vec::new();
    }
    let text = &fragment.text[..];
    let index = LineIndex::new(text, fragment.first_line);
    // In order and without overlap, as the engine gives them: an excerpt looks at its own only.
    let hidden: Vec<(Range<usize>, usize)> = matches
        .iter()
        .filter(|found| found.secret.is_some() && !found.at.is_empty())
        .map(|found| (found.at.clone(), public_prefix(&engine.rules()[found.rule], &text[found.at.clone()])))
        .collect();
    let mut prints = Prints::default();
    matches
        .iter()
        .map(|found| {
            let rule = &engine.rules()[found.rule];
            let fingerprint = if let Some(secret) = &found.secret {
                prints.of(rule, secret, text, options)
            } else {
                let line = line_bounds(text, found.span.start);
                Fingerprint::of_code(&options.salt, &rule.id, change.path.as_bytes(), &text[line])
            };
            let masked = found
                .secret
                .as_ref()
                .map(|secret| mask_value(secret.expose(), public_prefix(rule, secret.expose())))
                .unwrap_or_default();
            let place = index.place(text, &found.at);
            Finding {
                tier: found.tier,
                masked,
                place,
                excerpt: excerpt(text, &found.at, &hidden, place.line),
                encoding: found.encoding.clone(),
                ..blank(rule, change, fingerprint)
            }
        })
        .collect()
}

/// The fingerprints of one text's values: equal values are named once.
#[derive(Default)]
struct Prints {
    /// By rule and by a hash of the value: values stay hashes even here.
    known: HashMap<(Text, [u8; 32]), Fingerprint>,
    costly: usize,
    whole: OnceCell<[u8; 32]>,
}

impl Prints {
    /// Past `COSTLY` of them a value is named after its place in this very text.
    fn of(&mut self, rule: &Rule, secret: &Secret, text: &[u8], options: &Options) -> Fingerprint {
        let name = (rule.id.clone(), *blake3::hash(secret.expose()).as_bytes());
        if let Some(print) = self.known.get(&name) {
            return *print;
        }
        self.costly += usize::from(Fingerprint::is_costly(secret));
        let print = if Fingerprint::is_costly(secret) && self.costly > COSTLY {
            let whole = self.whole.get_or_init(|| *blake3::hash(text).as_bytes());
            Fingerprint::of_one_of_many(&options.salt, &rule.id, whole, self.costly)
        } else {
            Fingerprint::of_secret(&options.salt, &rule.id, secret)
        };
        self.known.insert(name, print);
        print
    }
}

/// Findings of rules that fire on a new file's name alone.
pub(super) fn by_name(change: &Change, fragments: &[Fragment], engine: &Engine, options: &Options) -> Vec<Finding> {
    let added: Vec<_> = fragments.iter().map(|fragment| (&fragment.text[..], &fragment.added[..])).collect();
    let facts = FileFacts::of(&change.path, b"");
    engine
        .rules()
        .iter()
        // A file of settings that was for everyone may become one that is not.
        .filter(|(_, rule)| change.kind == Kind::Added || rule.by_name_only() && !rule.judge.is_empty())
        .filter(|(_, rule)| Engine::fires_by_name(rule, &facts, change.path.as_bytes(), &added))
        .map(|(_, rule)| {
            let fingerprint = Fingerprint::of_code(&options.salt, &rule.id, change.path.as_bytes(), b"");
            blank(rule, change, fingerprint)
        })
        .collect()
}

/// All that the rule and the change tell.
fn blank(rule: &Rule, change: &Change, fingerprint: Fingerprint) -> Finding {
    Finding {
        title: rule.title.clone(),
        severity: rule.severity,
        tier: rule.tier,
        confidence: rule.confidence,
        cwe: rule.cwe.clone(),
        owasp: rule.owasp.clone(),
        advice: Advice {
            why: rule.why.clone(),
            fix: rule.fix.clone(),
            rotate: rule.rotate.clone(),
            reference: rule.reference.clone(),
        },
        commit: change.commit.as_ref().map(|commit| commit.id.to_string()),
        author: change.commit.as_ref().map(|commit| escape(&commit.author).to_string()),
        ..Finding::new(rule.pack.word(), rule.id.clone(), change.path.clone(), fingerprint)
    }
}

/// How many bytes of `value` the issuer gives to every value: those of the keyword it begins with.
fn public_prefix(rule: &Rule, value: &[u8]) -> usize {
    if rule.generic {
        return 0;
    }
    rule.keywords
        .iter()
        .filter(|word| value.len() > word.len() && value[..word.len()].eq_ignore_ascii_case(word.as_bytes()))
        .map(|word| word.len())
        .max()
        .unwrap_or(0)
}

fn excerpt(text: &[u8], at: &Range<usize>, hidden: &[(Range<usize>, usize)], number: u32) -> Excerpt {
    let line = line_bounds(text, at.start);
    let from = line.start.max(at.start.saturating_sub(WIDTH / 2));
    let to = line.end.min(from + WIDTH);
    let first = hidden.partition_point(|(span, _)| span.end <= from);
    let window: Vec<(Range<usize>, usize)> = hidden[first..]
        .iter()
        .take_while(|(span, _)| span.start < to)
        .map(|(span, keep)| {
            let cut = from.saturating_sub(span.start);
            (span.start.max(from) - from..span.end.min(to) - from, keep.saturating_sub(cut))
        })
        .collect();
    let masked = mask_all(&text[from..to], &window);
    let masked = masked.strip_suffix(b"\r").unwrap_or(&masked);
    let width = |upto: usize| escape(&masked[..upto.min(masked.len())]).to_string().chars().count();
    let mark = (width(at.start - from), width(at.end.min(to).saturating_sub(from)));
    Excerpt { lines: vec![ExcerptLine { number, text: escape(masked).to_string() }], mark }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Salt;
    use crate::rules::builtin;

    #[test]
    fn a_list_of_passwords_costs_seconds_and_names_each_of_them() {
        let options = Options { salt: Salt::default(), limit: 0 };
        let rule = &builtin()[0];
        // As if all but one of the costly ones had been made.
        let mut prints = Prints { costly: COSTLY - 1, ..Prints::default() };
        let values: Vec<Secret> = (0..1000).map(|n| Secret::new(format!("pw{n}").as_bytes())).collect();
        let mut of = |value: &Secret, text: &[u8]| prints.of(rule, value, text, &options);
        let all: Vec<Fingerprint> = values.iter().map(|value| of(value, b"a text")).collect();
        assert_eq!(all[0], Fingerprint::of_secret(&options.salt, &rule.id, &values[0]));
        assert_eq!(of(&values[999], b"a text"), all[999]);
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        let mut others = Prints { costly: COSTLY + 1, ..Prints::default() };
        assert_ne!(others.of(rule, &values[1], b"another text", &options), all[1]);
    }
}
