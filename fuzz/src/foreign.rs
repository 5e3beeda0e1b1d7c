//! Other tools' files: whatever their bytes are, what is to be written proves to be a configuration.

use gatehook::config::edit;
use gatehook::config::{Config, Layer, Origin, Rank};
use gatehook::foreign::{Became, Kind, Looked, Write, has_gatehook, read};

const KINDS: [Kind; 8] = [
    Kind::GitleaksConfig,
    Kind::GitleaksIgnore,
    Kind::GitleaksReport,
    Kind::DetectSecrets,
    Kind::Talisman,
    Kind::GitSecrets,
    Kind::GitAllowed,
    Kind::PreCommit,
];

/// Each is read or refused; what is to be written reads back.
pub fn foreign(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = has_gatehook(&text);
    for kind in KINDS {
        let Ok(plan) = read(kind, text.as_bytes()) else { continue };
        for entry in plan.entries {
            match entry.became {
                Became::Written(writes) => is_configuration(writes),
                Became::Accepted(spot) => drop(Looked::new(bytes, bytes, &[]).stands(&spot)),
                Became::Covered(_) | Became::Refused { .. } => {}
            }
        }
    }
}

fn is_configuration(writes: Vec<Write>) {
    let mut config = String::new();
    for write in writes {
        config = match write {
            Write::Rule(rule) => edit::add_rule(&config, &rule),
            Write::Allow(allow) => edit::add_allow(&config, &allow),
            Write::Disable(id) => edit::add_disabled(&config, &id),
        }
        .expect("what was written before can be added to");
    }
    let layer = Layer { rank: Rank::Repository, origin: Origin::File("fuzz".into()), text: config.into_bytes() };
    if let Err(error) = Config::from_layers(&[layer], &gatehook::stage::program()) {
        // An allowance may name a rule of the same foreign file, which is not in this text.
        assert!(error.to_string().contains("there is no rule"), "{error}");
    }
}

/// A file of each kind.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "title = \"x\"\n[extend]\nuseDefault = true\ndisabledRules = [\"jwt\"]\npath = \"a\"\n[[rules]]\nid = \"acme\"\ndescription = \"d\"\nregex = '(?i)acme_([0-9a-f]{32})'\nsecretGroup = 1\nentropy = 3.5\nkeywords = [\"acme\"]\npath = '\\.env$'\n[[rules.allowlists]]\ncondition = \"AND\"\nregexTarget = \"match\"\nregexes = ['x']\nstopwords = [\"y\"]\n[allowlist]\npaths = ['(^|/)tests/.*\\.(py|js)$', 'go\\.mod']\ncommits = [\"073b3a21b45fb00a7e22704048855e4048ebd4e8\"]\n",
        "[[rules]]\nid = \"a\"\nregex = 'abcd[^\\]a-z[:alpha:]]{2,}?\\Qx.y\\E\\x41\\101(?P<n>z|yy)*(?i:k)\\b'\n[[rules]]\nid = \"b\"\nregex = '(x|y(abc))+'\n",
        "073b3a21b45fb00a7e22704048855e4048ebd4e8:a/b.py:github-pat:37\nc.yml:acme:3\n# x\n",
        "[{\"RuleID\":\"github-pat\",\"File\":\"a.py\",\"StartLine\":3,\"Secret\":\"hunter2\",\"Commit\":\"\",\"Fingerprint\":\"a.py:github-pat:3\"}]",
        "{\"version\":\"1.5.0\",\"plugins_used\":[{\"name\":\"AWSKeyDetector\"}],\"filters_used\":[{\"path\":\"detect_secrets.filters.regex.should_exclude_file\",\"pattern\":[\"^tests/\"]}],\"results\":{\"a.py\":[{\"type\":\"AWS Access Key\",\"filename\":\"a.py\",\"hashed_secret\":\"da39a3ee5e6b4b0d3255bfef95601890afd80709\",\"line_number\":3}]}}",
        "threshold: medium\nfileignoreconfig:\n- filename: a/*.pem\n  checksum: cf97abd34cebe895417eb4d97fbd7374aa138dcb65b1fe7f6b6cc1238aaf4d48\n  ignore_detectors: [filename, filecontent]\n- &x {filename: b}\n- *x\n- <<: *x\n  checksum: 1\nscopeconfig:\n- scope: go\ncustom_patterns:\n- acme_[a-z]{8}\n",
        "secrets.providers\ngit secrets --aws-provider\0secrets.patterns\nacme[-_]token=[[:alnum:]]{20}\0secrets.allowed\nfoo\0",
        "exclude: ^vendor/\nrepos:\n- repo: https://github.com/Yelp/detect-secrets\n  rev: v1\n  hooks:\n  - id: detect-secrets\n    args: ['--baseline', .secrets.baseline, --exclude-files=x]\n    exclude: |\n      (?x)^(\n        a.lock|  # locks\n        docs/.*\n      )$\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect()
}
