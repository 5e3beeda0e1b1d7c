//! The keys of a rule, each with its type, default and meaning: what the schema for editors and the
//! generated page are made of.

/// A key of a file that people write.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name, with the tables it stands in: `gate.NAME.block`, `allow[].rule`.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What holds where it is not given, as it would be written; empty where that is nothing.
    pub default: &'static str,
    /// What it is for, one sentence.
    pub meaning: &'static str,
    /// What a lower layer may still ask for where an organisation locks it; empty where nothing can be
    /// locked.
    pub tighter: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A list of these words, not empty.
    Words(&'static [&'static str]),
    /// A list of texts, not empty.
    Names,
    /// The same, or this word.
    NamesOr(&'static str),
    /// A list of whole numbers.
    Wholes,
    /// A text or a list of texts.
    TextOrTexts,
    /// A whole number from the given one.
    Whole(u32),
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A day, as `2027-06-30`.
    Day,
    /// A month, as `"2026-11"`.
    Month,
    /// A path, `{ path, sha256 }`, or a list of these.
    Bases,
}

const fn key(name: &'static str, kind: Kind, default: &'static str, meaning: &'static str) -> Key {
    Key { name, kind, default, meaning, tighter: "" }
}

/// Every key of a `[[rule]]` table; `rules/README.md` says more of each.
pub const RULE: &[Key] = &[
    key(
        "id",
        Kind::Text,
        "required",
        "Names the flaw: lower-case letters, digits and `-`. Never renamed without `aliases`.",
    ),
    key("title", Kind::Text, "required", "One line that names it, at most 60 characters."),
    key("severity", Kind::Word(LEVELS), "required", "What the value or flaw lets somebody do."),
    key("tier", Kind::Word(&["warn", "block"]), "\"block\"", "Whether it may stop a gate or is only shown."),
    key("confidence", Kind::Word(&["low", "medium", "high"]), "", "How sure it is; high with a proof, else medium."),
    key("keywords", Kind::Texts, "[]", "Literals of at least three bytes: one of them stands in every match."),
    key("pattern", Kind::Text, "\"\"", "Regular expression on bytes, with one group `secret` in a rule for secrets."),
    key("matcher", Kind::Text, "\"\"", "A reader in place of `pattern`, with what it is for: `assignment:password`."),
    key("window", Kind::Word(&["line", "lines", "block"]), "\"line\"", "What the pattern sees around a keyword."),
    key("veto", Kind::Texts, "[]", "Patterns that drop a match where one matches in its lines."),
    key("veto-value", Kind::Texts, "[]", "Patterns that drop a match where one matches its value."),
    key("entropy", Kind::Number, "0.0", "Least Shannon entropy of the value, in bits a character."),
    key("judge", Kind::Word(&["", "password", "token", "settings"]), "\"\"", "What the value must look like."),
    key("proof", Kind::Text, "\"\"", "Checksum or structure test of the value."),
    key("placeholders", Kind::Flag, "true", "Whether placeholders, sequences and examples are dropped."),
    key("generic", Kind::Flag, "false", "Whether nothing but the shape speaks for it, so that lock files silence it."),
    key("languages", Kind::Texts, "[]", "Only in files of these languages."),
    key("paths", Kind::Texts, "[]", "Only in paths that match one of these globs."),
    key("context", Kind::Word(&["any", "not-comment", "code", "string"]), "", "Where a match may start."),
    key("gates", Kind::Words(&["commit", "push", "ci"]), "", "Where it runs; everywhere by default."),
    key("tests", Kind::Word(&["same", "warn", "skip"]), "\"same\"", "What it does in tests, fixtures and examples."),
    key("cwe", Kind::Texts, "[]", "CWE ids, as `CWE-798`."),
    key("owasp", Kind::Texts, "[]", "OWASP Top 10 2021 ids, as `A07`."),
    key("why", Kind::Text, "\"\"", "What the value or flaw lets somebody do, for people."),
    key("fix", Kind::Text, "\"\"", "How to fix it."),
    key("rotate", Kind::Text, "\"\"", "Where to revoke the value."),
    key("reference", Kind::Text, "required", "The page that states the format or the flaw: http or https."),
    key("since", Kind::Month, "", "Month in which the rule joined, for `rules.as-of`."),
    key("aliases", Kind::Texts, "[]", "Former ids."),
    key("bad", Kind::Text, "\"\"", "A short example, for `gatehook explain`."),
    key("good", Kind::Text, "\"\"", "Its safe twin."),
    key("hits", Kind::Texts, "[]", "Examples that it must find, values as holes."),
    key("misses", Kind::Texts, "[]", "Examples that it must not find."),
];

/// The keys of a rule that cannot be left out.
pub const RULE_REQUIRED: &[&str] = &["id", "title", "severity", "reference"];

const LEVELS: &[&str] = &["low", "medium", "high", "critical"];
