//! The search: keywords, windows, regexes, validators, in that order.

use std::ops::Range;

use super::compiled::{Cache, Compiled};
use super::facts::FileFacts;
use super::{decode, matcher, syntax, validate, window};
use crate::finding::{Text, Tier};
use crate::rules::{Context, Pack, Rule, RuleId, RuleSet, Tests};
use crate::text::{Secret, line_bounds};

/// Lines around an added range that are searched for keywords too: a name may stand on an unchanged
/// line above the value that changed.
const CONTEXT_LINES: usize = 3;

/// Matches kept per text. Beyond it the text is one large finding and says so by its count.
const MOST: usize = 10_000;

/// Layers of encoding that are taken off.
const DEPTH: usize = 3;
/// Decoded bytes for each byte of input, at most, all layers together.
const GROWTH: usize = 4;

/// A text to search.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The text.
    pub text: &'a [u8],
    /// The parts of it that count: whole lines, ascending.
    pub added: &'a [Range<usize>],
    /// What is known of its file.
    pub facts: FileFacts,
    /// Its path, for rules that are limited to some.
    pub path: &'a [u8],
}

/// A match that survived its validators.
#[derive(Clone)]
pub struct Match {
    /// The rule.
    pub rule: RuleId,
    /// The rule's tier, or a lower one where the file is a test.
    pub tier: Tier,
    /// Bytes that the pattern covers.
    pub span: Range<usize>,
    /// Bytes to underline: the value, the group `at`, or the whole.
    pub at: Range<usize>,
    /// The value; `None` for insecure patterns.
    pub secret: Option<Secret>,
    /// How the value was encoded, outermost first.
    pub encoding: Vec<Text>,
    /// What the model took it for a secret by, where it did.
    pub because: Vec<String>,
}

/// What a search gave.
#[derive(Default)]
pub struct Found {
    /// Matches by position.
    pub matches: Vec<Match>,
    /// Matches whose checksum or structure was wrong.
    pub unproven: usize,
    /// Whether there were more than are kept.
    pub cut: bool,
    /// Whether a rule that only the push gate runs would have had something to look at.
    pub deferred: bool,
}

/// The rules, ready to search. Shared by all threads.
pub struct Engine {
    rules: RuleSet,
    cache: Cache,
}

/// What `judge` says of a rule for files of settings.
const SETTINGS: &str = "settings";

impl Engine {
    /// Prepares nothing: every regex waits for its keyword.
    pub fn new(rules: RuleSet) -> Self {
        let cache = Cache::new(&rules);
        Self { rules, cache }
    }

    /// The rules.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// Whether the file is of a language and path that the rule is limited to. A generic rule that
    /// goes by the name alone leaves out tests: their key stores are made for them.
    pub fn is_meant_for(rule: &Rule, facts: &FileFacts, path: &[u8]) -> bool {
        !(facts.test && (rule.tests == Tests::Skip || rule.generic && rule.by_name_only()))
            && (rule.languages.is_empty() || rule.languages.meets(facts.languages))
            && (rule.paths.is_empty() || rule.paths.iter().any(|glob| crate::paths::matches(glob, path)))
    }

    /// Whether a rule that goes by the name alone fires on a file. `judge = "settings"` has it look whether what was
    /// added is for everyone.
    pub fn fires_by_name(rule: &Rule, facts: &FileFacts, path: &[u8], added: &[(&[u8], &[Range<usize>])]) -> bool {
        rule.by_name_only()
            && Self::is_meant_for(rule, facts, path)
            && (rule.judge != SETTINGS || added.iter().any(|(text, added)| matcher::holds_private(text, added)))
    }

    /// Searches the added parts of `input`, and what is encoded in them.
    pub fn search(&self, input: &Input<'_>) -> Found {
        let ranges = widened(input.text, input.added);
        let mut found = self.plain(input, &ranges);
        found.deferred |= self.rules.is_deferred_by_name();
        let mut budget = input.added.iter().map(Range::len).sum::<usize>().saturating_mul(GROWTH);
        self.encoded(input, &ranges, 0, &mut budget, &mut found);
        resolve_overlaps(&self.rules, &mut found.matches);
        found.cut |= found.matches.len() > MOST;
        found.matches.truncate(MOST);
        found
    }

    /// Searches `ranges` as they stand.
    fn plain(&self, input: &Input<'_>, ranges: &[Range<usize>]) -> Found {
        let mut search = Search {
            engine: self,
            input,
            done: vec![Done::default(); self.rules.len()],
            found: Found::default(),
            code: None,
            memo: matcher::Memo::default(),
        };
        for range in ranges {
            self.rules.keywords(&input.text[range.clone()], |rule, start, end| {
                search.at_keyword(rule, range.start + start..range.start + end);
            });
        }
        search.found
    }

    /// Searches what is encoded in `ranges`, to `DEPTH` layers, for secrets.
    fn encoded(&self, input: &Input<'_>, ranges: &[Range<usize>], depth: usize, budget: &mut usize, found: &mut Found) {
        if depth == DEPTH {
            return;
        }
        for piece in decode::pieces(input.text, ranges, depth == 0 && input.facts.notebook, budget) {
            if !touches(input.added, &piece.from) {
                continue;
            }
            if found.matches.len() >= MOST {
                found.cut = true;
                return;
            }
            let whole: Vec<_> = std::iter::once(0..piece.text.len()).collect();
            // A long piece is a bundled file: what only looks like a secret there is none.
            let is_source = matches!(piece.kind, "notebook" | "joined");
            let facts = FileFacts {
                decoded: true,
                generated: input.facts.generated || !is_source && piece.text.len() > 1024,
                languages: piece.languages.unwrap_or(input.facts.languages),
                ..input.facts
            };
            let inner = Input { text: &piece.text, added: &whole, facts, path: input.path };
            let mut inside = self.plain(&inner, &whole);
            self.encoded(&inner, &whole, depth + 1, budget, &mut inside);
            found.unproven += inside.unproven;
            found.cut |= inside.cut;
            found.deferred |= inside.deferred;
            found.matches.extend(inside.matches.into_iter().map(|mut inner| {
                inner.span = piece.original(&inner.span);
                inner.at = piece.original(&inner.at);
                inner.encoding.insert(0, piece.kind.into());
                inner
            }));
        }
    }
}

struct Search<'s> {
    engine: &'s Engine,
    input: &'s Input<'s>,
    /// For each rule, how far its regex has come.
    done: Vec<Done>,
    found: Found,
    code: Option<syntax::Spans>,
    /// What the built-in matchers read last.
    memo: matcher::Memo,
}

/// How far a rule's regex has come. Windows overlap, so the next one starts over behind the last match:
/// a keyword near the end of a window has its value in the next.
#[derive(Clone, Copy, Default)]
struct Done {
    /// End of the last window.
    seen: usize,
    /// Whether the rule was found to be meant for this file.
    meant: bool,
    /// End of the last match.
    matched: usize,
}

impl Search<'_> {
    fn at_keyword(&mut self, id: RuleId, hit: Range<usize>) {
        let engine = self.engine;
        let done = self.done[usize::from(id.0)];
        let (enabled, silenced) = (engine.rules.is_enabled(id), engine.rules.is_silenced(id));
        if done.seen == usize::MAX || !(enabled || silenced || engine.rules.is_deferred(id)) {
            return;
        }
        let rule = &engine.rules[id];
        let facts = &self.input.facts;
        if !done.meant {
            let out_of_place =
                (facts.decoded || facts.binary) && rule.pack == Pack::Insecure || facts.binary && rule.generic;
            if out_of_place || !Engine::is_meant_for(rule, facts, self.input.path) {
                self.done[usize::from(id.0)].seen = usize::MAX;
                return;
            }
            self.done[usize::from(id.0)].meant = true;
        }
        if !(enabled || silenced) {
            self.found.deferred = true;
            self.done[usize::from(id.0)].seen = usize::MAX;
            return;
        }
        if hit.end <= done.matched && !rule.matcher.is_empty() {
            return;
        }
        let Some(compiled) = engine.cache.get(id, rule) else { return };
        if let Some(matcher) = compiled.matcher {
            if let Some(read) = matcher.find(self.input.text, &hit, facts, &mut self.memo) {
                self.done[usize::from(id.0)].matched = read.value.end;
                let matches = self.found.matches.len();
                self.accept_candidate(id, rule, compiled, read.span, read.value);
                if let Some(found) = self.found.matches.get_mut(matches) {
                    found.because = validate::reasons(read.features);
                }
            }
            return;
        }
        if window::furthest(self.input.text, &hit, rule.window) <= done.seen {
            return;
        }
        let window = window::around(self.input.text, &hit, rule.window);
        if window.end <= done.seen {
            return;
        }
        let Some(pattern) = &compiled.pattern else { return };
        let seen = &self.input.text[..window.end];
        let mut from = window.start.max(done.matched);
        while from <= window.end && self.found.matches.len() < MOST {
            let Some(whole) = pattern.find_at(seen, from) else { break };
            let (whole, next) = (whole.range(), whole.end().max(whole.start() + 1));
            let value = value_span(pattern, seen, &whole);
            self.accept_candidate(id, rule, compiled, whole, value);
            from = next;
            self.done[usize::from(id.0)].matched = next;
        }
        self.found.cut |= self.found.matches.len() >= MOST;
        self.done[usize::from(id.0)].seen = window.end;
    }

    fn accept_candidate(&mut self, id: RuleId, rule: &Rule, compiled: &Compiled, span: Range<usize>, at: Range<usize>) {
        let text = self.input.text;
        let is_secret = rule.pack == Pack::Secrets;
        let counts = if is_secret { &at } else { &span };
        if !touches(self.input.added, counts) {
            return;
        }
        if self.found.matches.len() >= MOST {
            self.found.cut = true;
            return;
        }
        if rule.generic && (self.input.facts.lock || self.input.facts.generated) {
            return;
        }
        if rule.context != Context::Any && !self.in_context(rule.context, span.start) {
            return;
        }
        if !compiled.veto.is_empty() {
            let (first, last) = (line_bounds(text, span.start).start, line_bounds(text, span.end).end);
            if compiled.veto.iter().any(|veto| veto.is_match(&text[first..last])) {
                return;
            }
        }
        let mut secret = None;
        if is_secret {
            let value = &text[at.clone()];
            if compiled.veto_value.iter().any(|veto| veto.is_match(value)) {
                return;
            }
            match validate::judge(rule, value, &self.input.facts) {
                validate::Judgement::Keep => {}
                validate::Judgement::Drop => return,
                validate::Judgement::Unproven => {
                    self.found.unproven += 1;
                    return;
                }
            }
            secret = Some(Secret::new(value));
        }
        let tier = if self.input.facts.test && rule.tests == Tests::Warn { Tier::Warn } else { rule.tier };
        let at = if is_secret { at } else { without_blanks(text, at) };
        self.found.matches.push(Match { rule: id, tier, span, at, secret, encoding: Vec::new(), because: Vec::new() });
    }

    fn in_context(&mut self, wanted: Context, at: usize) -> bool {
        let input = self.input;
        let spans = self.code.get_or_insert_with(|| syntax::Spans::of(input.text, input.facts.languages));
        let here = spans.at(at);
        match wanted {
            Context::Any => true,
            Context::NotComment => here != syntax::Part::Comment,
            Context::Code => here == syntax::Part::Code,
            Context::String => here == syntax::Part::String,
        }
    }
}

/// The group `secret` or `at`, else the whole.
fn value_span(pattern: &regex::bytes::Regex, seen: &[u8], whole: &Range<usize>) -> Range<usize> {
    if pattern.captures_len() == 1 {
        return whole.clone();
    }
    let Some(groups) = pattern.captures_at(seen, whole.start) else { return whole.clone() };
    let named = groups.name("secret").or_else(|| groups.name("at"));
    named.map_or_else(|| whole.clone(), |group| group.range())
}

/// `span` without the blanks at its ends, which a pattern takes to tell where a word ends.
fn without_blanks(text: &[u8], span: Range<usize>) -> Range<usize> {
    let part = &text[span.clone()];
    let start = span.start + part.len() - part.trim_ascii_start().len();
    let end = span.end - (part.len() - part.trim_ascii_end().len());
    if start < end { start..end } else { span }
}

/// `added` with some lines of context around each part, joined where they meet.
fn widened(text: &[u8], added: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::with_capacity(added.len());
    for range in added {
        let low = range.start.saturating_sub(2048);
        let before = &text[low..range.start];
        let start = memchr::memrchr_iter(b'\n', before).nth(CONTEXT_LINES).map_or(low, |newline| low + newline + 1);
        let high = text.len().min(range.end + 2048);
        let after = &text[range.end..high];
        let end = memchr::memchr_iter(b'\n', after).nth(CONTEXT_LINES - 1).map_or(high, |newline| range.end + newline);
        match ranges.last_mut() {
            Some(last) if last.end >= start => last.end = last.end.max(end),
            _ => ranges.push(start..end),
        }
    }
    ranges
}

fn touches(added: &[Range<usize>], span: &Range<usize>) -> bool {
    let next = added.partition_point(|range| range.end <= span.start);
    added.get(next).is_some_and(|range| range.start < span.end.max(span.start + 1))
}

/// Sorts matches and leaves one a value: the more specific rule wins over a generic one, the earlier
/// start and the longer value over the rest. What a silenced rule knows goes, and is not left to a rule
/// that goes by the name alone.
fn resolve_overlaps(rules: &RuleSet, matches: &mut Vec<Match>) {
    let mut silenced = Taken::default();
    matches.retain(|found| {
        let is_silenced = rules.is_silenced(found.rule);
        if is_silenced {
            silenced.claim(&found.at);
        }
        !is_silenced
    });
    matches.retain(|found| !rules[found.rule].takes_any_value() || silenced.is_free(&found.at));
    matches.sort_by(|one, other| {
        let rank = |found: &Match| {
            let rule = &rules[found.rule];
            (
                rule.generic,
                std::cmp::Reverse(rule.confidence),
                found.at.start,
                std::cmp::Reverse(found.at.end),
                found.rule,
            )
        };
        rank(one).cmp(&rank(other))
    });
    let mut kept: Vec<Match> = Vec::with_capacity(matches.len());
    let mut taken = Taken::default();
    for found in matches.drain(..) {
        if found.secret.is_none() || taken.claim(&found.at) {
            kept.push(found);
        }
    }
    kept.sort_by_key(|found| (found.at.start, found.rule));
    *matches = kept;
}

/// Disjoint ranges, by start.
#[derive(Default)]
struct Taken(std::collections::BTreeMap<usize, usize>);

impl Taken {
    /// Whether `range` overlaps none that is taken.
    fn is_free(&self, range: &Range<usize>) -> bool {
        self.0.range(..range.end.max(range.start + 1)).next_back().is_none_or(|(_, &end)| end <= range.start)
    }

    /// Takes `range` unless it overlaps one that is taken.
    fn claim(&mut self, range: &Range<usize>) -> bool {
        let free = self.is_free(range);
        if free {
            self.0.insert(range.start, range.end);
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::RepoPath;
    use crate::rules::placeholders::fill;

    fn found_in(text: &str) -> usize {
        let engine = Engine::new(RuleSet::default());
        let path = RepoPath::from("deploy/example.txt");
        let facts = FileFacts::of(&path, text.as_bytes());
        let whole: Vec<_> = std::iter::once(0..text.len()).collect();
        let input = Input { text: text.as_bytes(), added: &whole, facts, path: path.as_bytes() };
        engine.search(&input).matches.len()
    }

    fn ids_in(path: &str, text: &str) -> Vec<(String, Tier)> {
        let engine = Engine::new(RuleSet::default());
        let path = RepoPath::from(path);
        let facts = FileFacts::of(&path, text.as_bytes());
        let whole: Vec<_> = std::iter::once(0..text.len()).collect();
        let found = engine.search(&Input { text: text.as_bytes(), added: &whole, facts, path: path.as_bytes() });
        found.matches.iter().map(|found| (engine.rules()[found.rule].id.to_string(), found.tier)).collect()
    }

    #[test]
    fn a_rule_may_warn_only_or_be_silent_in_tests() {
        let unchecked = "requests.get(url, verify=False, timeout=3)\n";
        assert_eq!(ids_in("src/a.py", unchecked), [("python-http-verify-off".to_owned(), Tier::Block)]);
        assert_eq!(ids_in("tests/test_a.py", unchecked), [("python-http-verify-off".to_owned(), Tier::Warn)]);
        let weak = "digest = hashlib.md5(data)\n";
        assert_eq!(ids_in("src/a.py", weak), [("python-weak-hash".to_owned(), Tier::Warn)]);
        assert_eq!(ids_in("tests/test_a.py", weak), []);
    }

    #[test]
    fn a_value_behind_the_end_of_an_earlier_window_is_found() {
        let list: String = (0..9).map(|seed| fill("- name: HEROKU_API_KEY\n  value: {uuid}\n", seed)).collect();
        assert_eq!(found_in(&list), 9);
        let long: String = (0..60).map(|seed| fill("{upper:9} AKIA{base32:16} {lower:9} ", seed)).collect();
        assert_eq!(found_in(&long), 60);
    }

    #[test]
    fn what_a_silenced_rule_knows_is_left_to_no_rule_that_goes_by_the_name() {
        let path = RepoPath::from("src/config.py");
        let text = fill("api_key = \"{github:ghp_}\"\ndb_password = \"{alnum:20}\"\n", 1);
        let whole: Vec<_> = std::iter::once(0..text.len()).collect();
        let facts = FileFacts::of(&path, text.as_bytes());
        let input = Input { text: text.as_bytes(), added: &whole, facts, path: path.as_bytes() };
        let found = |silenced: &str| {
            let mut rules = RuleSet::default();
            rules.silence(|rule| rule.is_called(silenced));
            let engine = Engine::new(rules);
            let names = engine.search(&input).matches;
            names.iter().map(|found| engine.rules()[found.rule].id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found(""), ["github-personal-access-token", "generic-password"]);
        assert_eq!(found("github-personal-access-token"), ["generic-password"]);
        assert_eq!(found("generic-password"), ["github-personal-access-token"]);
    }

    #[test]
    fn no_more_matches_are_kept_than_the_limit_and_the_cut_is_told() {
        let engine = Engine::new(RuleSet::default());
        // A built-in matcher, and values that are encoded: neither runs through a pattern's window.
        for unit in ["db_password = \"{alnum:20}\"\n", "{b64:db_password = \"<alnum:20>\"} "] {
            let text: String = (0..100).map(|seed| fill(unit, seed)).collect::<String>().repeat(101);
            let whole: Vec<_> = std::iter::once(0..text.len()).collect();
            let input =
                Input { text: text.as_bytes(), added: &whole, facts: FileFacts::default(), path: b"deploy/x.conf" };
            let found = engine.search(&input);
            assert!(found.cut && found.matches.len() == MOST, "{}: {}", found.cut, found.matches.len());
        }
    }
}
