//! Reports made by chance out of what breaks writers, in every field that holds text.

use gatehook::finding::{
    Advice, Confidence, Demand, Excerpt, ExcerptLine, Exit, Finding, Fingerprint, Gap, GapKind, Outcome, Package,
    Place, Related, Report, Salt, Scanned, Severity, Shard, StageRun, State, Terms, Tier,
};
use gatehook::paths::RepoPath;
use gatehook::policy;

use crate::support::Dice;

/// Text that ends an element, an attribute, a comment, a section, a command, a cell, a fence or a line.
const PIECES: &[&str] = &[
    "plain words",
    "]]>",
    "-->",
    "<!--",
    "</script>",
    "<script>document.title='OWNED'</script>",
    "<img src=x onerror=document.title='OWNED'>",
    "'\"><svg onload=document.title='OWNED'>",
    "&amp;&lt;",
    "&#x0;",
    "<![CDATA[",
    "\0",
    "\u{1}\u{b}\u{1f}\u{7f}\u{85}\u{9f}",
    "\u{1b}[2J\u{1b}]0;x\u{7}",
    "\u{202e}\u{2066}\u{200b}\u{feff}",
    "\u{fffe}\u{ffff}",
    "\r\n",
    "\n",
    "\r",
    "\t",
    "\u{2028}\u{2029}",
    "\n::set-output name=x::y\n",
    "::error::owned",
    "%0A::stop-commands::x",
    "%25%0D",
    "`",
    "```",
    "````\n# x",
    "~~~",
    "@everyone",
    "@org/team",
    "#1",
    "GH-1",
    "org/repo#1",
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "[x]: https://evil.example",
    "**bold** _it_ ~~s~~",
    "<https://evil.example>",
    "https://evil.example/",
    "www.evil.example",
    "mail@evil.example",
    "| a | b |\n|---|---|",
    "- [ ] task",
    "# heading",
    "> quote",
    "\\",
    "\\\\",
    "$(touch x)",
    "${{ secrets.X }}",
    "{0} {{x}}",
    "%s%n",
    "grün",
    "日本語",
    "🔑\u{200d}👩",
    "e\u{301}\u{301}\u{301}",
    "../../etc/passwd",
    "C:\\x",
    "/abs",
    "a:b,c=d;e",
    "javascript:document.title='OWNED'",
    "data:text/html,<script>1</script>",
    "https://docs.example.org/a?b=1&c=2#d",
    "\u{1f4a9}",
    "ﷺ",
    "''\"\"",
    " ",
];

/// Text of a few pieces; now and then none, now and then very long.
pub(super) fn text(dice: &mut Dice) -> String {
    if dice.one_in(12) {
        return String::new();
    }
    if dice.one_in(60) {
        return dice.pick(PIECES).repeat(1500);
    }
    (0..=dice.below(4)).map(|_| *dice.pick(PIECES)).collect()
}

fn words(dice: &mut Dice) -> String {
    text(dice).replace('\0', "")
}

/// A path of bytes, not always UTF-8, sometimes at the length that a system takes.
fn path(dice: &mut Dice) -> RepoPath {
    let mut bytes = words(dice).into_bytes();
    if dice.one_in(4) {
        bytes.extend_from_slice(b"\xff\xfe\x80/\xc3");
    }
    if dice.one_in(10) {
        bytes.extend(b"long/".repeat(800));
    }
    bytes.extend_from_slice(b"x");
    RepoPath::new(bytes)
}

fn finding(dice: &mut Dice) -> Finding {
    let line = u32::try_from(dice.below(5)).unwrap();
    let column = u32::try_from(dice.below(90)).unwrap();
    let place = if line == 0 {
        Place::default()
    } else {
        Place { line, column: column + 1, end_line: line + u32::from(dice.one_in(4)), end_column: column + 9 }
    };
    let lines = if dice.one_in(3) { Vec::new() } else { vec![ExcerptLine { number: line.max(1), text: text(dice) }] };
    let rule = words(dice);
    let salt = Salt::default();
    let fingerprint = Fingerprint::of_code(&salt, &rule, b"p", &[u8::try_from(dice.below(3)).unwrap()]);
    Finding {
        rule: rule.into(),
        title: text(dice).into(),
        stage: if dice.one_in(2) { "secrets".into() } else { text(dice).into() },
        severity: *dice.pick(Severity::ALL),
        tier: *dice.pick(Tier::ALL),
        confidence: *dice.pick(Confidence::ALL),
        path: path(dice),
        place,
        fingerprint,
        kept: None,
        masked: if dice.one_in(2) { String::new() } else { format!("{}****", text(dice)) },
        excerpt: Excerpt { lines, mark: (dice.below(40), dice.below(80)) },
        cwe: vec!["CWE-798".into(), text(dice).into()].into(),
        owasp: vec![text(dice).into()].into(),
        advice: Advice {
            why: text(dice).into(),
            fix: text(dice).into(),
            rotate: text(dice).into(),
            reference: text(dice).into(),
        },
        commit: dice.one_in(2).then(|| text(dice)),
        author: dice.one_in(2).then(|| text(dice)),
        state: *dice.pick(&[State::New, State::New, State::Existing, State::Allowed]),
        reason: dice.one_in(2).then(|| text(dice)),
        because: Vec::new(),
        encoding: if dice.one_in(3) { vec![text(dice).into()] } else { Vec::new() },
        tools: if dice.one_in(3) { vec![text(dice).into()] } else { Vec::new() },
        package: dice.one_in(5).then(|| Package {
            name: text(dice).into(),
            version: text(dice).into(),
            ecosystem: text(dice).into(),
            purl: text(dice).into(),
            fixed: text(dice).into(),
        }),
        ids: if dice.one_in(3) { vec![text(dice).into()] } else { Vec::new() },
        related: if dice.one_in(3) {
            vec![Related { path: path(dice), place, message: text(dice).into() }]
        } else {
            Vec::new()
        },
        logical: if dice.one_in(3) { text(dice).into() } else { "".into() },
    }
}

/// A report whose verdict is what the gate decides over its content.
pub(super) fn report(seed: u64) -> Report {
    let dice = &mut Dice::new(seed);
    let mut findings: Vec<Finding> = (0..dice.below(9)).map(|_| finding(dice)).collect();
    if let Some(first) = findings.first().filter(|_| dice.one_in(2)).cloned() {
        findings.push(first);
    }
    findings.sort_by(|one, other| (&one.path, one.place).cmp(&(&other.path, other.place)));
    let kinds = [GapKind::Unread, GapKind::Partial, GapKind::Tolerated, GapKind::Elsewhere];
    let gaps: Vec<Gap> = (0..dice.below(4))
        .map(|_| Gap {
            path: dice.one_in(2).then(|| path(dice)),
            kind: *dice.pick(&kinds),
            reason: text(dice),
            hint: text(dice),
        })
        .collect();
    let stages: Vec<StageRun> = (0..dice.below(5))
        .map(|_| {
            let reason = text(dice);
            let outcomes = [
                Outcome::Ran,
                Outcome::Cached,
                Outcome::Skipped(reason.clone()),
                Outcome::Missing(reason.clone()),
                Outcome::Failed(reason),
                Outcome::TimedOut,
            ];
            StageRun {
                name: text(dice).into(),
                outcome: dice.pick(&outcomes).clone(),
                files: 3,
                required: dice.one_in(2),
            }
        })
        .collect();
    let scanned = Scanned {
        base: dice.one_in(2).then(|| text(dice)),
        head: dice.one_in(2).then(|| text(dice)),
        how: text(dice),
        commits: dice.below(3),
        files: 12,
        added_lines: 340,
        bytes: 9120,
        unproven: 1,
        ..Scanned::default()
    };
    let demand = Demand {
        block: *dice.pick(Severity::ALL),
        tier: *dice.pick(Tier::ALL),
        observe: dice.one_in(6),
        younger: vec![text(dice).into()],
    };
    let decision = policy::decide(&demand, &findings, &stages, &gaps, &scanned);
    let mut report = Report {
        decision,
        gate: text(dice).into(),
        findings,
        stages,
        scanned,
        gaps,
        notes: (0..dice.below(3)).map(|_| text(dice)).collect(),
        millis: 1234,
        root: None,
        observes: demand.observe,
        terms: Terms {
            version: text(dice).into(),
            rules: text(dice),
            demand,
            shard: dice.one_in(3).then_some(Shard { index: 1, count: 2 }),
            made: dice.one_in(3).then(|| text(dice)),
            advisories: dice.one_in(3).then(|| text(dice)),
        },
    };
    let ends = [Exit::Clean, Exit::Clean, Exit::Clean, Exit::Usage, Exit::NotScanned, Exit::Interrupted];
    report.end_with(*dice.pick(&ends));
    report
}

/// A report of a run that looked at everything and found nothing.
pub(super) fn clean() -> Report {
    let demand = Demand { block: Severity::Medium, tier: Tier::Block, observe: false, younger: Vec::new() };
    let stages = vec![StageRun { name: "secrets".into(), outcome: Outcome::Ran, files: 1, required: true }];
    let scanned = Scanned { how: "index".to_owned(), files: 1, ..Scanned::default() };
    let decision = policy::decide(&demand, &[], &stages, &[], &scanned);
    Report {
        decision,
        gate: "ci".into(),
        findings: Vec::new(),
        stages,
        scanned,
        gaps: Vec::new(),
        notes: Vec::new(),
        millis: 1,
        root: None,
        observes: demand.observe,
        terms: Terms {
            version: "0.1.0".into(),
            rules: "0".to_owned(),
            demand,
            shard: None,
            made: None,
            advisories: None,
        },
    }
}

/// The verdict that the gate gives over what is in `report`.
pub(super) fn decided(mut report: Report) -> Report {
    policy::decide_anew(&mut report);
    report
}

/// A report as a team meets it: several files, states and severities, an optional stage that failed.
pub(super) fn usual() -> Report {
    let mut report = clean();
    report.scanned = Scanned {
        base: Some("9fceb02d0ae598e95dc970b74767f19372d61af8".to_owned()),
        head: Some("5f2a1c7be03d4471a9fd1a0c3de6b2f0a4f7e811".to_owned()),
        how: "merge base of the pull request's head and main".to_owned(),
        commits: 4,
        files: 12,
        added_lines: 340,
        bytes: 91_200,
        unproven: 1,
        ..Scanned::default()
    };
    report.stages = [
        ("secrets", Outcome::Ran),
        ("insecure", Outcome::Ran),
        ("bandit", Outcome::Cached),
        ("trivy", Outcome::Failed("`trivy` is not on PATH".to_owned())),
    ]
    .map(|(name, outcome)| StageRun { name: name.into(), required: name != "trivy", outcome, files: 12 })
    .into();
    let rows = [
        (
            "aws-access-key-id",
            "services/api/settings.py",
            14,
            "AWS_KEY = \"AKIA****************\"",
            (11, 31),
            Severity::High,
            State::New,
        ),
        (
            "aws-access-key-id",
            "services/api/settings.py",
            18,
            "OLD_KEY = \"AKIA****************\"  # rotated in May",
            (11, 31),
            Severity::High,
            State::Existing,
        ),
        (
            "generic-password",
            "services/api/settings.py",
            31,
            "password = \"********************\"",
            (12, 32),
            Severity::Medium,
            State::New,
        ),
        (
            "python-subprocess-shell-formatted",
            "services/api/tasks/run.py",
            42,
            "    subprocess.run(f\"tar czf {name}\", shell=True)",
            (4, 50),
            Severity::High,
            State::New,
        ),
        (
            "python-pickle-load",
            "services/api/tasks/cache.py",
            7,
            "    return pickle.loads(blob)",
            (11, 29),
            Severity::Medium,
            State::New,
        ),
        (
            "python-django-debug",
            "services/web/config/settings/local.py",
            3,
            "DEBUG = True",
            (0, 12),
            Severity::Low,
            State::New,
        ),
        (
            "github-personal-access-token",
            "docs/how-to-release.md",
            88,
            "export GITHUB_TOKEN=ghp_********************",
            (20, 44),
            Severity::Critical,
            State::New,
        ),
        (
            "generic-password",
            "tests/fixtures/users.yml",
            5,
            "    password: **********",
            (14, 24),
            Severity::Medium,
            State::Allowed,
        ),
    ];
    report.findings = rows
        .into_iter()
        .map(|(id, path, line, text, mark, severity, state)| {
            let rule = gatehook::rules::builtin().into_iter().find(|rule| rule.id == id);
            let rule = rule.unwrap_or_else(|| panic!("there is no rule `{id}`"));
            let secret = rule.pack == gatehook::rules::Pack::Secrets;
            let (start, end) = (u32::try_from(mark.0 + 1).unwrap(), u32::try_from(mark.1 + 1).unwrap());
            let fingerprint = Fingerprint::of_code(&Salt::default(), id, path.as_bytes(), text.as_bytes());
            Finding {
                title: rule.title.clone(),
                severity,
                tier: if severity >= Severity::High { Tier::Block } else { Tier::Warn },
                confidence: Confidence::High,
                place: Place { line, column: start, end_line: line, end_column: end },
                masked: if secret { text[mark.0..mark.1].to_owned() } else { String::new() },
                excerpt: Excerpt { lines: vec![ExcerptLine { number: line, text: text.to_owned() }], mark },
                cwe: rule.cwe.clone(),
                owasp: rule.owasp.clone(),
                advice: Advice {
                    why: rule.why.clone(),
                    fix: rule.fix.clone(),
                    rotate: rule.rotate.clone(),
                    reference: rule.reference.clone(),
                },
                commit: (state == State::New).then(|| "5f2a1c7be03d4471a9fd1a0c3de6b2f0a4f7e811".to_owned()),
                author: (state == State::New).then(|| "Ada <ada@example.org>".to_owned()),
                state,
                reason: match state {
                    State::New => None,
                    State::Existing => Some("it stood in the base".to_owned()),
                    State::Allowed => Some("fixtures, nobody logs in with it".to_owned()),
                },
                ..Finding::new(rule.pack.word(), rule.id.clone(), RepoPath::from(path), fingerprint)
            }
        })
        .collect();
    report.notes = vec!["an allowance for `docs/**` is used by nothing".to_owned()];
    decided(report)
}

/// A report of many findings of the usual kind.
pub(super) fn many(count: usize) -> Report {
    let dice = &mut Dice::new(9);
    let mut report = clean();
    report.findings = (0..count)
        .map(|number| {
            let mut finding = finding(dice);
            finding.rule = format!("rule-{}", number % 150).into();
            finding.title = "AWS access key committed in source".into();
            finding.path =
                RepoPath::new(format!("services/api/module_{}/settings_{number}.py", number / 20).into_bytes());
            finding.place = Place { line: 14, column: 12, end_line: 14, end_column: 32 };
            finding.fingerprint = Fingerprint::of_code(&Salt::default(), "r", b"", number.to_string().as_bytes());
            let text = format!("AWS_KEY_{number} = \"AKIA****************\"  # of the service {}", dice.next());
            finding.excerpt = Excerpt { lines: vec![ExcerptLine { number: 14, text }], mark: (11, 31) };
            finding.package = None;
            finding
        })
        .collect();
    decided(report)
}
