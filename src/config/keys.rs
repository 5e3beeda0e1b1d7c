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
        "Versions of gatehook that may read this file, as `>=0.3` or `>=0.3, <0.5`; a plain `0.3` is the least. Checked first.",
    ),
    key(
        "extends",
        Kind::Bases,
        "[]",
        "Files that this one extends, relative to it. One outside the repository is pinned by `sha256`; from the index or a commit, vendored ones are read from there too.",
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
        Kind::Names,
        "[\"secrets\", \"insecure\"]",
        "Stages to run: `secrets`, `insecure` and, but for the commit gate, those that have a `[stage.NAME]`.",
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
        "With `observe` the gate reports and records what it would have blocked, and exits with 0. What could not be looked at still stops it.",
    )
    .tighter("`enforce`"),
    key("gate.NAME.enforce-from", Kind::Day, "", "First day on which the gate blocks in spite of `observe`, in UTC.")
        .tighter("an earlier day"),
    key("gate.NAME.timeout", Kind::Text, "\"5m\"", "How long all external stages together may take."),
    key("gate.NAME.fail-fast", Kind::Flag, "false", "Whether the first stage that blocks ends the others."),
    key("gate.NAME.parallel", Kind::Whole(1), "", "Stages that run at once; as many as there are cores by default."),
    key(
        "gate.ci.stages",
        Kind::NamesOr("push"),
        "\"push\"",
        "Likewise; `\"push\"` stands for those of the push gate.",
    )
    .tighter("further stages; none is left out"),
    key(
        "gate.ci.on-unknown-base",
        Kind::Word(&["full", "fail"]),
        "\"full\"",
        "What `gatehook ci` does where it finds no base: looks at everything that the head reaches, or fails with 3.",
    )
    .tighter("`fail`"),
    key("gate.ci.fetch-timeout", Kind::Text, "\"60s\"", "How long fetching the history that a shallow clone lacks may take in all."),
    key(
        "gate.ci.pending",
        Kind::Word(&["own", "none"]),
        "\"own\"",
        "Whose allowances hold in the very change that brings them: those of changes from the repository itself, or none. A fork's never do.",
    )
    .tighter("`none`"),
    key(
        "gate.ci.pending-up-to",
        Kind::Word(&["low", "medium", "high", "critical"]),
        "\"critical\"",
        "Highest severity of findings that such an allowance may cover.",
    )
    .tighter("a lower severity"),
    key(
        "gate.ci.steering",
        Kind::Word(&["base", "change"]),
        "\"base\"",
        "Whose files steer the stages' tools, of those that `steered-by` names: the base's, or those that the change brings.",
    )
    .tighter("`base`"),
    key(
        "gate.ci.run-code-of-forks",
        Kind::Flag,
        "false",
        "Whether stages with `runs-code` or `export = \"none\"` run for requests from forks.",
    )
    .tighter("`false`"),
    key(
        "rules.sets",
        Kind::Names,
        "[\"default\"]",
        "Sets of built-in rules that take part: `default` (all), `secrets`, `insecure`, `block-tier`, `owasp-a01` to `owasp-a10`, and each language by the word that rules name it with, as `python`. Own rules always do.",
    )
    .tighter("sets that leave no rule out"),
    key("rules.disable", Kind::Texts, "[]", "Ids of rules that take no part; those of all layers together.")
        .tighter("nothing more"),
    key(
        "rules.as-of",
        Kind::Month,
        "",
        "Month that pins the built-in rules: younger ones only warn, whatever the gate's tier.",
    )
    .tighter("a later month"),
    key("allow[].rule", Kind::TextOrTexts, "any", "Ids of the rules whose findings are allowed; of an advisory any of its ids, as `CVE-2021-23337`.")
        .tighter("nothing more (lock `allow`)"),
    key("allow[].paths", Kind::Texts, "any", "Globs of the paths in which they are allowed."),
    key("allow[].fingerprint", Kind::TextOrTexts, "any", "Fingerprints, or eight and more of their first digits."),
    key("allow[].package", Kind::TextOrTexts, "any", "Packages, with their ecosystem in front: `npm:lodash`, or one version of it, `npm:lodash@4.17.15`."),
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
    key("stage.NAME.command", Kind::Texts, "", "Program and arguments, without a shell; `{files}`, `{dir}`, `{base}`, `{head}` and `{report}` stand for what it works on."),
    key("stage.NAME.shell", Kind::Text, "", "A line for `sh -c`, instead of `command`."),
    key("stage.NAME.files", Kind::Texts, "[]", "Globs of the files that it is for; without them it runs on every change."),
    key("stage.NAME.exclude", Kind::Texts, "[]", "Globs of files that it is not for."),
    key("stage.NAME.export", Kind::Word(&["tree", "files", "none"]), "\"tree\"", "What it works in: all files of the commit, only the changed ones, or the repository itself."),
    key("stage.NAME.export-with", Kind::Texts, "[]", "Globs of further files, with `export = \"files\"`."),
    key("stage.NAME.format", Kind::Word(&["sarif", "json", "json-lines", "junit", "checkstyle", "regex", "exit-code", "plugin"]), "\"exit-code\"", "How its answer is read."),
    key("stage.NAME.pattern", Kind::Text, "", "Of the format `regex`: matched against each line, with named groups `path`, `line`, `message` and so on."),
    key("stage.NAME.map.findings", Kind::Text, "", "From the document's root to the findings; `*` stands for every member."),
    key("stage.NAME.map.path", Kind::TextOrTexts, "", "The file."),
    key("stage.NAME.map.line", Kind::TextOrTexts, "", "Its line."),
    key("stage.NAME.map.column", Kind::TextOrTexts, "", "Its column."),
    key("stage.NAME.map.end-line", Kind::TextOrTexts, "", "The last line."),
    key("stage.NAME.map.end-column", Kind::TextOrTexts, "", "The column behind the end."),
    key("stage.NAME.map.rule", Kind::TextOrTexts, "", "The tool's name for the kind of finding."),
    key("stage.NAME.map.message", Kind::TextOrTexts, "", "What is wrong."),
    key("stage.NAME.map.severity", Kind::TextOrTexts, "", "How bad."),
    key("stage.NAME.map.cwe", Kind::TextOrTexts, "", "CWE ids."),
    key("stage.NAME.map.reference", Kind::TextOrTexts, "", "A page about it."),
    key("stage.NAME.map.fix", Kind::TextOrTexts, "", "How to fix it."),
    key("stage.NAME.map.package", Kind::TextOrTexts, "", "The package that it is about: its name or package URL."),
    key("stage.NAME.map.version", Kind::TextOrTexts, "", "The version of that package."),
    key("stage.NAME.map.ecosystem", Kind::TextOrTexts, "", "Its ecosystem: `npm`, `PyPI`, `crates.io` and so on, or a common other word for it."),
    key("stage.NAME.map.ids", Kind::TextOrTexts, "", "Where ids of advisories stand (`CVE-…`, `GHSA-…`): the same package under the same id is one finding with that of `sca`."),
    key("stage.NAME.needs", Kind::Texts, "[]", "Programs that must be there, as `node >= 18`."),
    key("stage.NAME.env", Kind::Texts, "[]", "Variables that it may see besides the usual ones; `*` at the end stands for the rest."),
    key("stage.NAME.set-env.NAME", Kind::Text, "", "A variable that is set for it."),
    key("stage.NAME.steered-by", Kind::Texts, "[]", "Globs of files that say how its tool works: configuration, plugins, lists of what to ignore, registries. In `ci` the base's are used, and a change to one of them is a finding."),
    key("stage.NAME.runs-code", Kind::Flag, "false", "Whether it executes code of what it looks at: then it does not run for requests from forks, see `gate.ci.run-code-of-forks`."),
    key("stage.NAME.home", Kind::Flag, "false", "Whether it sees your home directory; otherwise an empty one."),
    key("stage.NAME.network", Kind::Flag, "false", "Whether it may reach the network, where the system can forbid that."),
    key("stage.NAME.confine", Kind::Flag, "true", "Whether it is held to its export, its tools and the system's files, where the system can do that."),
    key("stage.NAME.timeout", Kind::Text, "\"60s\"", "How long it may take."),
    key("stage.NAME.on-missing", Kind::Word(&["warn", "block"]), "", "Its program is not there, or not trusted; `warn`, in CI `block` by default."),
    key("stage.NAME.on-error", Kind::Word(&["warn", "block"]), "", "It failed; likewise."),
    key("stage.NAME.on-timeout", Kind::Word(&["warn", "block"]), "", "It did not end in time; likewise."),
    key("stage.NAME.after", Kind::Texts, "[]", "Stages that end before it begins."),
    key("stage.NAME.priority", Kind::Number, "0", "Higher ones begin first."),
    key("stage.NAME.ok-exit-codes", Kind::Wholes, "[0]", "Exit codes that mean it did its work."),
    key("stage.NAME.findings-exit-codes", Kind::Wholes, "", "Exit codes that mean it found something: 1, of the format `exit-code` any other by default."),
    key("stage.NAME.expect-report", Kind::Flag, "", "Whether an empty answer is a failure; not so for `regex` and `json-lines` by default."),
    key("stage.NAME.failed-if", Kind::TextOrTexts, "[]", "Regular expressions of lines that mean it failed."),
    key("stage.NAME.looked-if", Kind::TextOrTexts, "[]", "Regular expressions of lines of which one must be there: without it, it looked at nothing."),
    key("stage.NAME.failed-rules", Kind::Texts, "[]", "The tool's names for findings that mean it could not look, as at a file that cannot be parsed."),
    key("stage.NAME.looked-at", Kind::TextOrTexts, "[]", "JSON pointers into the report: one of them leads to a number above zero, or to something with members."),
    key("stage.NAME.looked-with", Kind::TextOrTexts, "[]", "JSON pointers into the report that all lead to such a thing: rules, or a database that it needs."),
    key("stage.NAME.looked-at-files", Kind::TextOrTexts, "[]", "JSON pointers into the report that lead to the files that it looked at: each that the stage is for is among them."),
    key("stage.NAME.skipped-at", Kind::TextOrTexts, "[]", "JSON pointers into the report that lead to nothing."),
    key("stage.NAME.severity", Kind::Word(&["low", "medium", "high", "critical"]), "\"medium\"", "Severity of findings that come without one."),
    key("stage.NAME.severities.NAME", Kind::Word(&["low", "medium", "high", "critical"]), "", "Severity that the tool's own word stands for."),
    key("stage.NAME.tier", Kind::Word(&["warn", "block"]), "\"block\"", "Whether its findings may block."),
    key("stage.NAME.kind", Kind::Word(&["code", "secrets"]), "\"code\"", "What it finds: values of `secrets` are never shown."),
    key("stage.NAME.max-output", Kind::Whole(1), "64", "MiB that it may print."),
    key("stage.NAME.memory", Kind::Whole(1), "", "MiB of memory that it may take."),
    key("fingerprint.salt", Kind::Text, "", "Random text that fingerprints are keyed with.").tighter("nothing else"),
    key("sca.max-age", Kind::Text, "\"7d\"", "How old the advisory index may be. An older one counts as not checked; `gatehook advisories update` makes it new.")
        .tighter("a shorter time"),
    key("sca.cooldown", Kind::Text, "", "How old a release has to be before it may be used, where the lock file says when it was made.")
        .tighter("a longer time"),
    key("sca.dev", Kind::Word(&["block", "warn"]), "\"block\"", "What an advisory means for a dependency that only development or tests need.")
        .tighter("`block`"),
    key("sca.licences.allow", Kind::Texts, "[]", "SPDX ids of the licences that dependencies may have; where it is set, an unknown licence is not allowed."),
    key("sca.licences.deny", Kind::Texts, "[]", "SPDX ids of licences that they may not have."),
    key("sca.registries", Kind::Texts, "[]", "Hosts of registries that packages may come from besides the usual ones."),
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
    // One gate may have a row of its own for what the others share.
    let has_own = |name: &String| KEYS.iter().any(|key| key.name == name);
    let gates = GATES
        .iter()
        .flat_map(move |gate| KEYS.iter().filter(of_gates).map(move |key| (key.name.replace("NAME", gate), key)))
        .filter(move |(name, _)| !has_own(name));
    let after = KEYS.iter().skip_while(move |key| !of_gates(key)).filter(move |key| !of_gates(key));
    before.chain(gates).chain(after.map(|key| (key.name.to_owned(), key)))
}

/// Whether `locked` may name `name`: a key that can be tightened, or a table with such keys.
pub(super) fn is_lockable(name: &str) -> bool {
    let table = format!("{name}.");
    matches!(name, "allow" | "rule" | "stage")
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
