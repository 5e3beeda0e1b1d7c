//! All rules of a run: the built-in packs and a user's own, behind one numbering and one search.

use aho_corasick::AhoCorasick;
pub use aho_corasick::BuildError;

use super::builtin as packs;
use super::compact::{self, Brief, COUNT};
use super::rule::{Gate, Pack, Rule};

/// A rule's number in its [`RuleSet`]: built-in ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub u16);

/// The rules of a run.
#[derive(Debug)]
pub struct RuleSet {
    own: Vec<Rule>,
    own_keywords: Vec<u16>,
    own_automaton: Option<AhoCorasick>,
    enabled: Vec<bool>,
    /// Rules that do not run at this gate, but at the push gate.
    deferred: Vec<bool>,
    /// Rules that somebody left out by name. Empty where no one did.
    silenced: Vec<bool>,
}

impl Default for RuleSet {
    fn default() -> Self {
        let (enabled, deferred) = (vec![true; COUNT], vec![false; COUNT]);
        Self { own: Vec::new(), own_keywords: Vec::new(), own_automaton: None, enabled, deferred, silenced: Vec::new() }
    }
}

impl RuleSet {
    /// Adds a user's rules. Their keywords are searched by an automaton built now: a few
    /// microseconds for a few rules, nothing where there are none.
    pub fn with_own(mut self, own: Vec<Rule>) -> Result<Self, BuildError> {
        if own.is_empty() {
            return Ok(self);
        }
        let mut words = Vec::new();
        for (at, rule) in own.iter().enumerate() {
            for word in rule.keywords.iter() {
                let number = u16::try_from(COUNT + at).unwrap_or(u16::MAX);
                self.own_keywords.push(number);
                words.push(word.as_bytes());
            }
        }
        self.own_automaton = Some(AhoCorasick::builder().ascii_case_insensitive(true).build(words)?);
        self.enabled.resize(COUNT + own.len(), true);
        self.deferred.resize(COUNT + own.len(), false);
        self.own = own;
        Ok(self)
    }

    /// Leaves only the rules that `keep` answers for.
    pub fn retain(&mut self, keep: impl Fn(Brief<'_>) -> bool) {
        for number in 0..self.enabled.len() {
            if !keep(self.brief(number)) {
                self.enabled[number] = false;
                self.deferred[number] = false;
            }
        }
    }

    /// Leaves out the rules that `names` answers for, by name: what they know is reported no more, also
    /// not as something of an unknown kind. Comes last.
    pub fn silence(&mut self, names: impl Fn(Brief<'_>) -> bool) {
        self.silenced.resize(self.enabled.len(), false);
        for number in 0..self.enabled.len() {
            let rule = self.brief(number);
            if names(rule) {
                let knows = rule.pack() == Pack::Secrets && !rule.takes_any_value();
                self.silenced[number] = self.enabled[number] && knows;
                self.enabled[number] = false;
                self.deferred[number] = false;
            }
        }
    }

    /// Leaves only rules of `pack` that run at `gate`.
    #[must_use]
    pub fn limited_to(mut self, packs: &[Pack], gate: Gate) -> Self {
        for number in 0..self.enabled.len() {
            let rule = self.brief(number);
            let (meant, now) = (packs.contains(&rule.pack()), rule.gates().has(gate));
            let deferred = meant && !now && rule.gates().has(Gate::Push);
            self.enabled[number] &= meant && now;
            self.deferred[number] = deferred;
        }
        self
    }

    /// Whether the rule takes no part now, but would at the push gate.
    pub fn is_deferred(&self, id: RuleId) -> bool {
        self.deferred.get(usize::from(id.0)).copied().unwrap_or(false)
    }

    /// Whether a rule of `pack` takes no part now, but would at the push gate.
    pub fn has_deferred(&self, pack: Pack) -> bool {
        self.deferred.iter().enumerate().any(|(at, deferred)| *deferred && self.brief(at).pack() == pack)
    }

    /// Whether a rule that only the push gate runs goes by a file's name: then no text tells whether it
    /// would find something.
    pub fn is_deferred_by_name(&self) -> bool {
        self.go_by_name().any(|at| self.deferred[at])
    }

    /// Numbers of the rules that fire on a file's name alone, disabled ones included.
    fn go_by_name(&self) -> impl Iterator<Item = usize> {
        let own = self.own.iter().enumerate().filter(|(_, rule)| rule.by_name_only());
        compact::by_name().chain(own.map(|(at, _)| COUNT + at))
    }

    /// Which rules of `pack` the push gate would search with, as far as this set knows: sets of one build
    /// of gatehook that say the same find the same.
    pub fn digest(&self, pack: Pack) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(packs::DIGEST.as_bytes()).update(pack.word().as_bytes());
        let takes_part: Vec<u8> = (0..self.enabled.len())
            .map(|at| {
                let rule = self.brief(at);
                u8::from(rule.pack() == pack && rule.gates().has(Gate::Push) && (self.enabled[at] || self.deferred[at]))
            })
            .collect();
        hasher.update(&takes_part);
        for rule in &self.own {
            hasher.update(format!("{rule:?}").as_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    /// Whether the rule takes part.
    pub fn is_enabled(&self, id: RuleId) -> bool {
        self.enabled.get(usize::from(id.0)).copied().unwrap_or(false)
    }

    /// Whether the rule was left out by name and still knows what is its own.
    pub fn is_silenced(&self, id: RuleId) -> bool {
        self.silenced.get(usize::from(id.0)).copied().unwrap_or(false)
    }

    /// How many there are, disabled ones included.
    pub fn len(&self) -> usize {
        self.enabled.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.enabled.is_empty()
    }

    /// Those that take part, with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        (0..self.enabled.len())
            .map(|at| RuleId(u16::try_from(at).unwrap_or(u16::MAX)))
            .filter(|id| self.is_enabled(*id))
            .map(|id| (id, &self[id]))
    }

    /// Those of [`Self::iter`] that fire on a file's name alone. No other rule is made for it.
    pub fn by_name(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.go_by_name()
            .map(|at| RuleId(u16::try_from(at).unwrap_or(u16::MAX)))
            .filter(|id| self.is_enabled(*id))
            .map(|id| (id, &self[id]))
    }

    /// The rule of that id or former id, disabled ones included.
    pub fn find(&self, id: &str) -> Option<&Rule> {
        let at = (0..self.enabled.len()).find(|&at| self.brief(at).is_called(id))?;
        Some(&self[RuleId(u16::try_from(at).unwrap_or(u16::MAX))])
    }

    /// A rule in brief, by its number.
    fn brief(&self, at: usize) -> Brief<'_> {
        Brief::built_in(at).unwrap_or_else(|| Brief::own(&self.own[at - COUNT]))
    }

    /// Calls `hit(rule, start, end)` for every keyword of every rule in `text`.
    pub fn keywords(&self, text: &[u8], mut hit: impl FnMut(RuleId, usize, usize)) {
        packs::AUTOMATON.find(text, |keyword, end| {
            let (len, from, to) = packs::KEYWORDS[usize::from(keyword)];
            for &rule in &packs::WAITING[usize::from(from)..usize::from(to)] {
                hit(RuleId(rule), end - usize::from(len), end);
            }
        });
        if let Some(automaton) = &self.own_automaton {
            for found in automaton.find_overlapping_iter(text) {
                let rule = self.own_keywords[found.pattern().as_usize()];
                hit(RuleId(rule), found.start(), found.end());
            }
        }
    }
}

impl std::ops::Index<RuleId> for RuleSet {
    type Output = Rule;

    fn index(&self, id: RuleId) -> &Rule {
        let at = usize::from(id.0);
        compact::rule(at).unwrap_or_else(|| &self.own[at - COUNT])
    }
}

/// Names the built-in rules as they are: two programs with the same digest have the same rules.
pub const fn digest() -> &'static str {
    packs::DIGEST
}

/// All built-in rules, for who really wants them all: [`compact::briefs`] tells names without making a rule.
pub fn builtin() -> Vec<&'static Rule> {
    (0..COUNT).filter_map(compact::rule).collect()
}

/// Whether a built-in rule is, or was, called so.
pub fn is_known(id: &str) -> bool {
    compact::briefs().any(|rule| rule.is_called(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every keyword of every rule wherever it stands, by the plainest search there is.
    fn plain(text: &[u8]) -> Vec<(usize, u16)> {
        let lower = text.to_ascii_lowercase();
        let mut hits = Vec::new();
        for (number, rule) in builtin().iter().enumerate() {
            for word in rule.keywords.iter() {
                let word = word.to_ascii_lowercase();
                let number = u16::try_from(number).unwrap();
                hits.extend(memchr::memmem::find_iter(&lower, &word).map(|at| (at + word.len(), number)));
                // An overlap with itself is one that `memmem` leaves out.
                hits.extend(
                    (0..lower.len())
                        .filter(|&at| lower[at..].starts_with(word.as_bytes()))
                        .map(|at| (at + word.len(), number)),
                );
            }
        }
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    #[test]
    fn a_digest_is_that_of_the_push_gates_rules() {
        let both = [Pack::Secrets, Pack::Insecure];
        let at = |gate| RuleSet::default().limited_to(&both, gate);
        for pack in both {
            assert_eq!(at(Gate::Commit).digest(pack), at(Gate::Push).digest(pack));
            let mut fewer = at(Gate::Commit);
            fewer.retain(|rule| rule.id() != "aws-access-key-id" && rule.id() != "python-request-without-timeout");
            assert_ne!(fewer.digest(pack), at(Gate::Push).digest(pack));
        }
        assert_ne!(at(Gate::Push).digest(Pack::Secrets), at(Gate::Push).digest(Pack::Insecure));
        let only = RuleSet::default().limited_to(&[Pack::Secrets], Gate::Commit);
        assert_ne!(only.digest(Pack::Insecure), at(Gate::Push).digest(Pack::Insecure));
        assert!(builtin().iter().any(|rule| !rule.gates.has(Gate::Commit)) && !at(Gate::Commit).is_deferred_by_name());
    }

    #[test]
    fn every_keyword_is_found_in_order_in_a_text_of_any_length() {
        let words: Vec<&str> = builtin().iter().flat_map(|rule| rule.keywords.iter()).map(AsRef::as_ref).collect();
        let mut text = Vec::new();
        let mut state = 1_usize;
        while text.len() < 70_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.extend_from_slice(words[(state >> 33) % words.len()].as_bytes());
            text.extend_from_slice(&b"  \n=x"[..(state >> 20) % 5]);
        }
        for length in [0, 5, 1000, 2047, 2048, 2049, 5000, 32_767, 32_768, 32_769, 33_000, 70_000] {
            let text = &text[..length];
            let mut hits = Vec::new();
            let mut last = 0;
            RuleSet::default().keywords(text, |rule, start, end| {
                assert!(start < end && end >= last, "hits come in order");
                last = end;
                hits.push((end, rule.0));
            });
            hits.sort_unstable();
            hits.dedup();
            let expected = plain(text);
            // Beyond ASCII a keyword stands for every character with its first byte: more hits, never fewer.
            let wide = |rule: u16| builtin()[usize::from(rule)].keywords.iter().any(|word| !word.is_ascii());
            let missed: Vec<_> = expected.iter().filter(|hit| !hits.contains(hit)).collect();
            let odd: Vec<_> = hits.iter().filter(|hit| !wide(hit.1) && !expected.contains(hit)).collect();
            assert!(missed.is_empty() && odd.is_empty(), "length {length}: missed {missed:?}, odd {odd:?}");
        }
    }
}
