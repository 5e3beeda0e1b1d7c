//! Every key of `gatehook.toml`, with its type, default, meaning, and what is stricter. The schema for
//! editors, the generated page, `config show` and `locked` all read this table; a test holds it against
//! what the reader knows.

pub use crate::rules::keys::{Key, Kind, RULE, RULE_REQUIRED};

/// The gates that `NAME` in `gate.NAME` stands for.
pub const GATES: &[&str] = &["commit", "push", "ci"];

const fn key(name: &'static str, kind: Kind, default: &'static str, meaning: &'static str) -> Key {
    Key { name, kind, default, meaning, tighter: "" }
}

impl Key {
    const fn tighter(self, tighter: &'static str) -> Self {
        Self { tighter, ..self }
    }
}

/// Every key but those of `[[rule]]`, in the order of the generated page.
pub const KEYS: &[Key] = &[
    key(
        "required-version",
        Kind::Text,
        "",
        "Versions of gatehook that may read this file, as `>=0.3` or `>=0.3, <0.5`; a plain `0.3` is the least. Looked at before all else.",
    ),
    key(
        "extends",
        Kind::Bases,
        "[]",
        "Files that this one stands on, relative to it. One outside the repository is pinned by `sha256`; from the index or a commit, vendored ones are read from there too.",
    ),
    key(
        "locked",
        Kind::Texts,
        "[]",
        "Keys and tables that lower layers may tighten, never loosen. Only in an organisation's file: /etc/gatehook/config.toml, or one that is extended.",
    ),
    key("mode", Kind::Word(&["enforce", "observe"]), "\"enforce\"", "`gate.NAME.mode` of every gate.")
        .tighter("`enforce`"),
    key("enforce-from", Kind::Day, "", "`gate.NAME.enforce-from` of every gate.").tighter("an earlier day"),
    key(
        "gate.NAME.block",
        Kind::Word(&["low", "medium", "high", "critical"]),
        "\"medium\"",
        "Lowest severity that blocks.",
    )
    .tighter("a lower severity"),
    key(
        "gate.NAME.tier",
        Kind::Word(&["warn", "block"]),
        "\"block\"",
        "Lowest tier that blocks: with `warn`, findings that are only shown otherwise block too.",
    )
    .tighter("`warn`"),
    key(
        "gate.NAME.stages",
        Kind::Words(&["secrets", "insecure"]),
        "[\"secrets\", \"insecure\"]",
        "Stages to run.",
    )
    .tighter("further stages; none is left out"),
    key(
        "gate.NAME.on-limit",
        Kind::Word(&["warn", "block"]),
        "\"block\"",
        "What a file over `limit.file` means: `warn` makes the verdict incomplete and lets the gate pass.",
    )
    .tighter("`block`"),
    key(
        "gate.NAME.mode",
        Kind::Word(&["enforce", "observe"]),
        "\"enforce\"",
        "With `observe` the gate tells and records what it would have blocked, and exits with 0. What could not be looked at still stops it.",
    )
    .tighter("`enforce`"),
    key("gate.NAME.enforce-from", Kind::Day, "", "First day on which the gate blocks in spite of `observe`, in UTC.")
        .tighter("an earlier day"),
    key("rules.disable", Kind::Texts, "[]", "Ids of rules that take no part; those of all layers together.")
        .tighter("nothing more"),
    key(
        "rules.as-of",
        Kind::Month,
        "",
        "Month that pins the built-in rules: younger ones only warn, whatever the gate's tier.",
    )
    .tighter("a later month"),
    key("allow[].rule", Kind::TextOrTexts, "any", "Ids of the rules whose findings are allowed.")
        .tighter("nothing more (lock `allow`)"),
    key("allow[].paths", Kind::Texts, "any", "Globs of the paths in which they are allowed."),
    key("allow[].fingerprint", Kind::TextOrTexts, "any", "Fingerprints, or eight and more of their first digits."),
    key("allow[].stage", Kind::Word(&["secrets", "insecure"]), "any", "The stage whose findings are allowed, `secrets` or `insecure`."),
    key("allow[].reason", Kind::Text, "required", "Why they are allowed."),
    key("allow[].owner", Kind::Text, "\"\"", "Who answers for it."),
    key("allow[].expires", Kind::Day, "", "Last day on which it holds."),
    key(
        "baseline",
        Kind::Text,
        "",
        "Path of the baseline in the repository, which then has to be there; `.gatehook-baseline`, where it is there, by default; empty for none. Each gate reads it from where it reads this file.",
    )
    .tighter("an empty path"),
    key("fingerprint.salt", Kind::Text, "", "Random text that fingerprints are keyed with.").tighter("nothing else"),
    key(
        "limit.file",
        Kind::Whole(1),
        "",
        "MiB of a file that are looked at; 64 at commit and 512 elsewhere by default.",
    )
    .tighter("a higher limit"),
];

/// The keys with each gate's name put in, gate by gate.
pub fn expanded() -> impl Iterator<Item = (String, &'static Key)> {
    let of_gates = |key: &&Key| key.name.starts_with("gate.NAME.");
    let before = KEYS.iter().take_while(move |key| !of_gates(key)).map(|key| (key.name.to_owned(), key));
    let gates = GATES
        .iter()
        .flat_map(move |gate| KEYS.iter().filter(of_gates).map(move |key| (key.name.replace("NAME", gate), key)));
    let after = KEYS.iter().skip_while(move |key| !of_gates(key)).filter(move |key| !of_gates(key));
    before.chain(gates).chain(after.map(|key| (key.name.to_owned(), key)))
}

/// Whether `locked` may name `name`: a key that can be tightened, or a table with such keys.
pub(super) fn is_lockable(name: &str) -> bool {
    let table = format!("{name}.");
    matches!(name, "allow" | "rule")
        || expanded().any(|(key, row)| {
            !row.tighter.is_empty() && !key.contains("[]") && (key == name || key.starts_with(&table))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_their_tables_can_be_locked() {
        for name in ["mode", "gate", "gate.push", "gate.push.block", "rules", "rules.as-of", "allow", "rule", "limit"] {
            assert!(is_lockable(name), "{name}");
        }
        for name in ["", "gates", "gate.NAME.block", "gate.commit.blok", "extends", "allow[].rule", "locked", "g"] {
            assert!(!is_lockable(name), "{name}");
        }
    }
}
