//! Fingerprints: the same finding keeps its name when code moves, and the name tells nothing.
//!
//! Reports leave the machine (SARIF to a forge, logs to whoever reads them), and so does what is committed: the salt in
//! `gatehook.toml`, allowances, the baseline. Whoever holds all of these must not be able to try passwords cheaply. A run,
//! on the other hand, names whatever a hostile text holds and must not pay for it. So there are two names:
//!
//! - What a run computes and every report prints is **fast**. For a token whose form an issuer states, with more random bits
//!   than can be tried, it is a keyed BLAKE3 hash of rule and value. Values that a person may have chosen ([`Kind::Chosen`]:
//!   decided by the kind of rule, never by how random a value looks, for a passphrase of words looks random) give nothing
//!   of themselves to it: it is made of the rule, the path, the name before the value and as much of the value's
//!   length as the report shows anyway; of several different values there the second and later ones are numbered.
//! - What an allowance or a line of the baseline holds for a chosen value is its **lasting** name: Argon2id (RFC 9106) of the
//!   value, some 20 ms, bound to the rule and not to the place. It is made when it is written, and where there is something
//!   to compare it with. Another value at the same place therefore inherits nothing, and a value that moves keeps it.
//!
//! For code it is a hash of the rule, the path and the line without its white space and without the values in it.
//! Line numbers are never part of a name. Up to 0.1 a run printed the lasting name, decided by entropy: [`Finding::has_name`]
//! knows those names, too.
//!
//! [`Finding::has_name`]: super::Finding::has_name

use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::{Finding, Text};
use crate::text::{Secret, entropy};

/// Values with fewer bits than this in all had a slow name up to 0.1.
const GUESSABLE_BITS: f64 = 80.0;

/// Up to this length a report shows how long a value is.
const SHOWN: usize = 20;

/// The key of a repository's fingerprints. Random where `gatehook.toml` carries one, else fixed, so
/// that laptops and CI agree.
#[derive(Clone)]
pub struct Salt([u8; 32]);

impl Default for Salt {
    fn default() -> Self {
        Self(*blake3::hash(b"gatehook fingerprint, no salt configured").as_bytes())
    }
}

impl Salt {
    /// From the text that stands in the configuration.
    pub fn from_text(text: &str) -> Self {
        Self(blake3::derive_key("gatehook fingerprint salt v1", text.as_bytes()))
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Salt")
    }
}

/// Sixteen bytes that name a finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// For an issued token.
    fn of_token(salt: &Salt, rule: &str, value: &[u8]) -> Self {
        Self::hash(salt, &[b"secret", rule.as_bytes(), value])
    }

    /// For a value that a person may have chosen: nothing but its place, `name` being what stands before it.
    fn of_place(salt: &Salt, rule: &str, path: &[u8], name: &[u8], length: usize) -> Self {
        let length = length.min(SHOWN);
        Self::hash(salt, &[b"place", rule.as_bytes(), path, name, &(length as u64).to_le_bytes()])
    }

    /// The name of the value that is the `number`th (from 1) with that fingerprint, after the first.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("gatehook fingerprint number v1");
        hasher.update(&self.0).update(&(number as u64).to_le_bytes());
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        Self(bytes)
    }

    /// For a line of code: white space is left out, so re-indenting keeps it. Found values in it are `hidden` before.
    pub fn of_code(salt: &Salt, rule: &str, path: &[u8], code: &[u8]) -> Self {
        Self::hash(salt, &[b"code", rule.as_bytes(), path, &Self::packed(code)])
    }

    fn packed(code: &[u8]) -> Vec<u8> {
        code.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
    }

    /// Reads the hexadecimal form; `None` where it is none.
    pub fn parse(hex: &str) -> Option<Self> {
        Self::from_hex(hex.as_bytes())
    }

    /// The same from bytes.
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        const NONE: u8 = 0xff;
        // A baseline holds ten thousand of them.
        const DIGITS: [u8; 256] = {
            let mut digits = [NONE; 256];
            let mut value = 0_u8;
            while value < 16 {
                digits[b"0123456789abcdef"[value as usize] as usize] = value;
                digits[b"0123456789ABCDEF"[value as usize] as usize] = value;
                value += 1;
            }
            digits
        };
        let hex: &[u8; 32] = hex.try_into().ok()?;
        let (mut bytes, mut wrong) = ([0; 16], 0);
        for (slot, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            let (high, low) = (DIGITS[usize::from(pair[0])], DIGITS[usize::from(pair[1])]);
            wrong |= (high | low) & 0xf0;
            *slot = high << 4 | low & 0xf;
        }
        (wrong == 0).then_some(Self(bytes))
    }

    /// Whether its digits begin with `digits`.
    pub fn starts_with(&self, digits: &str) -> bool {
        self.to_string().starts_with(digits)
    }

    /// The first eight digits: what people type.
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }

    fn hash(salt: &Salt, parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(&salt.0);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        Self(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(out, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// Who makes the values that a rule finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A machine of the issuer: too many are possible to try them.
    Issued,
    /// Perhaps a person: a list of usual ones holds it.
    Chosen,
}

/// What a finding's names besides its fingerprint are made of. It may hold the value, of which nothing but its slow name
/// ever comes.
#[derive(Clone)]
pub struct Kept(Arc<Inner>);

struct Inner {
    salt: Salt,
    rule: Text,
    /// What the slow name is made of; empty where there is none.
    value: Secret,
    kind: Kind,
    /// A fast name of versions up to 0.1.
    old: Option<Fingerprint>,
    slow: OnceLock<Fingerprint>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Kept")
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.0.rule == other.0.rule && self.0.kind == other.0.kind && self.0.value == other.0.value
    }
}

impl Eq for Kept {}

/// A found value with what names it.
#[derive(Clone, Copy)]
pub struct Found<'f> {
    /// The rule that found it.
    pub rule: &'f Text,
    /// The value.
    pub value: &'f Secret,
    /// Who makes such values.
    pub kind: Kind,
    /// The file.
    pub path: &'f [u8],
    /// What stands before the value.
    pub name: &'f [u8],
}

impl Found<'_> {
    /// The fast name, and what the lasting one is made of where that is another, or was up to 0.1.
    pub fn fingerprint(&self, salt: &Salt) -> (Fingerprint, Option<Kept>) {
        let value = self.value.expose();
        let token = || Fingerprint::of_token(salt, self.rule, value);
        let was_slow = was_slow(value);
        let kept = |old| Some(Kept::new(salt, self.rule, self.value.clone(), self.kind, old));
        match self.kind {
            Kind::Chosen => (
                Fingerprint::of_place(salt, self.rule, self.path, self.name, value.len()),
                kept(if was_slow { None } else { Some(token()) }),
            ),
            Kind::Issued => (token(), if was_slow { kept(None) } else { None }),
        }
    }
}

/// A line of code.
#[derive(Clone, Copy)]
pub struct Code<'c> {
    /// The rule that found it.
    pub rule: &'c Text,
    /// The file.
    pub path: &'c [u8],
    /// The line.
    pub line: &'c [u8],
    /// The line without the values in it.
    pub hidden: &'c [u8],
    /// Whether the finding is about a value in it, and not about the code.
    pub is_value: bool,
}

impl Code<'_> {
    /// The fast name, and what the lasting one is made of where that is another, or was up to 0.1.
    pub fn fingerprint(&self, salt: &Salt) -> (Fingerprint, Option<Kept>) {
        let print = Fingerprint::of_code(salt, self.rule, self.path, self.hidden);
        let old = Fingerprint::of_code(salt, self.rule, self.path, self.line);
        if self.is_value {
            let packed = Fingerprint::packed(self.line);
            let value = Secret::new(&[self.path, b"\0", &packed].concat());
            return (print, Some(Kept::new(salt, self.rule, value, Kind::Chosen, Some(old))));
        }
        let differs = old != print;
        (print, differs.then(|| Kept::new(salt, self.rule, Secret::new(b""), Kind::Issued, Some(old))))
    }
}

impl Kept {
    fn new(salt: &Salt, rule: &Text, value: Secret, kind: Kind, old: Option<Fingerprint>) -> Self {
        Self(Arc::new(Inner { salt: salt.clone(), rule: rule.clone(), value, kind, old, slow: OnceLock::new() }))
    }
}

/// Whether the value's name was slow up to 0.1.
fn was_slow(value: &[u8]) -> bool {
    #[allow(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
    let bits = entropy::shannon(value) * value.len() as f64;
    bits < GUESSABLE_BITS
}

impl Inner {
    /// Whether there is a slow name that is not made yet.
    fn is_open(&self) -> bool {
        !self.value.is_empty() && self.slow.get().is_none()
    }

    fn slow(&self) -> Fingerprint {
        *self.slow.get_or_init(|| {
            let stretched = stretch(&self.salt, self.value.expose());
            Fingerprint::hash(&self.salt, &[b"stretched", self.rule.as_bytes(), &stretched])
        })
    }
}

impl Finding {
    /// Whether its value may be one that a person chose, so that its lasting name is slow.
    pub fn is_chosen(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.0.kind == Kind::Chosen)
    }

    /// The name for an allowance or a baseline. For a value that a person may have chosen it takes some 20 ms, once.
    pub fn lasting_name(&self) -> Fingerprint {
        match &self.kept {
            Some(kept) if kept.0.kind == Kind::Chosen => kept.0.slow(),
            _ => self.fingerprint,
        }
    }

    /// Whether `is` holds for one of the names under which an allowance or a baseline may know it: the lasting one, or one
    /// of earlier versions. Of the slow names only those that [`stretch_all`] has made.
    pub fn has_name(&self, is: impl Fn(&Fingerprint) -> bool) -> bool {
        self.names().iter().any(is)
    }

    /// The names that are known so far.
    pub fn names(&self) -> Vec<Fingerprint> {
        let mut names = Vec::with_capacity(2);
        if !self.is_chosen() {
            names.push(self.fingerprint);
        }
        names.extend(self.quick_name());
        names.extend(self.kept.as_ref().and_then(|kept| kept.0.slow.get()));
        names
    }

    /// The fast name that versions up to 0.1 gave to what a person may have chosen and looked random.
    pub fn quick_name(&self) -> Option<Fingerprint> {
        self.kept.as_ref()?.0.old
    }

    /// Whether it has a slow name that is not made yet.
    pub fn can_be_stretched(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.0.is_open())
    }
}

/// Threads that make slow names, at most: each takes 19 MiB.
const THREADS: usize = 4;

/// Makes the slow names of those findings that have one, all cores at it.
pub fn stretch_all<'f>(findings: impl IntoIterator<Item = &'f Finding>) {
    let mut kept: Vec<&Inner> = findings.into_iter().filter_map(|finding| Some(&*finding.kept.as_ref()?.0)).collect();
    kept.retain(|kept| kept.is_open());
    // One value is often found in many places: it is stretched once.
    let by_value = |kept: &&Inner| *blake3::keyed_hash(&kept.salt.0, kept.value.expose()).as_bytes();
    kept.sort_by_cached_key(by_value);
    let groups: Vec<&[&Inner]> = kept.chunk_by(|one, other| by_value(one) == by_value(other)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
            group.iter().for_each(|kept| {
                kept.slow();
            });
        }
    };
    let threads = match groups.len() {
        0 | 1 => 1,
        many => std::thread::available_parallelism().map_or(1, usize::from).min(THREADS).min(many),
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
}

thread_local! {
    static WORK: RefCell<Work> = RefCell::default();
}

/// What a thread keeps between two values: the memory, which costs as much to get as to fill, and the last value
/// with what came of it, for the rules that found the same.
#[derive(Default)]
struct Work {
    memory: Vec<argon2::Block>,
    last: Option<([u8; 32], [u8; 32])>,
}

/// Memory of a stretching, in KiB.
const MEMORY: u32 = 19 * 1024;

/// Argon2id with the parameters that OWASP's password storage sheet names first for small memory:
/// 19 MiB, two passes, one lane: some 15 ms a value.
fn stretch(salt: &Salt, value: &[u8]) -> [u8; 32] {
    WORK.with_borrow_mut(|work| {
        let key = *blake3::keyed_hash(&salt.0, value).as_bytes();
        if let Some((last, done)) = work.last
            && last == key
        {
            return done;
        }
        let parameters = argon2::Params::new(MEMORY, 2, 1, Some(32)).unwrap_or_default();
        work.memory.resize(parameters.block_count(), argon2::Block::default());
        let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, parameters);
        let mut out = [0; 32];
        argon
            .hash_password_into_with_memory(value, &salt.0, &mut out, &mut work.memory)
            .expect("a 32 byte salt and output are within Argon2's bounds");
        work.last = Some((key, out));
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::RepoPath;

    fn finding(rule: &'static str, value: &str, kind: Kind, path: &str) -> Finding {
        let (rule, value) = (Text::Borrowed(rule), Secret::new(value.as_bytes()));
        let found = Found { rule: &rule, value: &value, kind, path: path.as_bytes(), name: b"password=" };
        let (print, kept) = found.fingerprint(&Salt::default());
        Finding { kept, ..Finding::new("secrets", rule.clone(), RepoPath::from(path), print) }
    }

    #[test]
    fn an_issued_token_is_named_by_rule_value_and_salt() {
        let token = "q".repeat(7) + "0123456789abcdefghijklmnopq";
        let one = finding("a", &token, Kind::Issued, "x");
        assert_eq!(one.fingerprint, finding("a", &token, Kind::Issued, "y").fingerprint);
        assert_eq!((one.fingerprint, vec![one.fingerprint]), (one.lasting_name(), one.names()));
        assert_ne!(one.fingerprint, finding("b", &token, Kind::Issued, "x").fingerprint);
        assert_ne!(one.fingerprint, Fingerprint::of_token(&Salt::from_text("x"), "a", token.as_bytes()));
        assert_eq!(Fingerprint::parse(&one.fingerprint.to_string()), Some(one.fingerprint));
    }

    #[test]
    fn the_printed_name_of_a_chosen_value_tells_nothing_of_it_and_the_lasting_one_is_its_own() {
        for (one, other) in [("hunter2", "hunter3"), ("correct-horse-battery-staple", "correct-horse-battery-tables")] {
            let (one, other) = (finding("r", one, Kind::Chosen, "x"), finding("r", other, Kind::Chosen, "x"));
            assert_eq!(one.fingerprint, other.fingerprint);
            assert!(!one.has_name(|name| *name == one.fingerprint), "a place covers no value");
            stretch_all([&one, &other]);
            assert_ne!(one.lasting_name(), other.lasting_name());
            assert!(one.has_name(|name| *name == one.lasting_name()));
            assert!(!other.has_name(|name| *name == one.lasting_name()));
        }
        let moved = finding("r", "hunter2", Kind::Chosen, "y");
        assert_eq!(moved.lasting_name(), finding("r", "hunter2", Kind::Chosen, "x").lasting_name());
        assert_ne!(moved.fingerprint, finding("r", "hunter2", Kind::Chosen, "x").fingerprint);
    }

    /// Names that version 0.1 wrote, for `hunter2` and for a passphrase.
    #[test]
    fn names_of_earlier_versions_are_known() {
        let salt = Salt::default();
        let stretched = stretch(&salt, b"hunter2");
        let old = Fingerprint::hash(&salt, &[b"stretched", b"r", &stretched]);
        for kind in [Kind::Chosen, Kind::Issued] {
            let weak = finding("r", "hunter2", kind, "x");
            stretch_all([&weak]);
            assert!(weak.has_name(|name| *name == old));
        }
        let words = "correct-horse-battery-staple";
        let old = Fingerprint::of_token(&salt, "r", words.as_bytes());
        assert!(finding("r", words, Kind::Chosen, "x").has_name(|name| *name == old));
    }

    #[test]
    fn indentation_does_not_change_the_name_of_code() {
        let salt = Salt::default();
        let one = Fingerprint::of_code(&salt, "r", b"a.py", b"    eval(x)");
        assert_eq!(one, Fingerprint::of_code(&salt, "r", b"a.py", b"\teval( x )\r"));
        assert_ne!(one, Fingerprint::of_code(&salt, "r", b"b.py", b"eval(x)"));
    }
}
