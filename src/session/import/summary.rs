//! The report: what became of each entry, and how many could not be honoured.

use std::collections::HashMap;
use std::fmt::Write;

use crate::text::escape;

/// What became of an entry.
pub(super) enum Fate {
    /// It stands here now.
    Taken(String),
    /// Nothing has to be done.
    Covered(String),
    /// It could not be honoured.
    Refused {
        /// Why.
        why: String,
        /// What to do; empty where nothing can be done.
        hint: String,
    },
}

impl Fate {
    pub(super) fn refused(why: &str, hint: &str) -> Self {
        Self::Refused { why: why.to_owned(), hint: hint.to_owned() }
    }
}

/// An entry and its fate.
pub(super) struct EntryReport {
    pub(super) what: String,
    /// Its line in the foreign file; 0 where that is not known.
    pub(super) number: u32,
    pub(super) fate: Fate,
    pub(super) notes: Vec<String>,
}

impl EntryReport {
    /// Why nothing has to be done, where there is no more to say.
    fn covered(&self) -> Option<&str> {
        match &self.fate {
            Fate::Covered(why) if self.notes.is_empty() => Some(why),
            _ => None,
        }
    }
}

/// What was written, or would be.
pub(super) struct Summary {
    pub(super) rules: usize,
    pub(super) allowances: usize,
    pub(super) disabled: usize,
    pub(super) findings: usize,
    /// What became of the hook; empty where it was not asked for.
    pub(super) hook: String,
    /// The command that stages what was written; `None` where nothing was.
    pub(super) next: Option<String>,
    pub(super) dry_run: bool,
}

/// The report. `lines` name their file by its number in `files`.
pub(super) fn render(files: &[&str], lines: &[(usize, EntryReport)], summary: &Summary) -> String {
    let mut out = String::new();
    let mut hints: Vec<&str> = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let _ = writeln!(out, "{file}");
        let own = || lines.iter().filter(|(of, _)| *of == number).map(|(_, line)| line);
        if own().next().is_none() {
            out.push_str("  it holds nothing of a secret scanner\n");
        }
        // What many entries have in common is said once, in the place of the first.
        let mut alike: HashMap<&str, Vec<&str>> = HashMap::new();
        for line in own() {
            alike.entry(line.covered().unwrap_or_default()).or_default().push(&line.what);
        }
        for line in own() {
            match line.covered().map(|why| (why, alike.get(why).map_or(0, Vec::len))) {
                Some((_, 0)) => {}
                Some((why, several)) if several > 1 => {
                    let _ = writeln!(out, "  = {}:", escape(why.as_bytes()));
                    wrap(&alike.remove(why).unwrap_or_default(), &mut out);
                }
                _ => one(line, &mut out, &mut hints),
            }
        }
        out.push('\n');
    }
    for hint in &hints {
        let _ = writeln!(out, "hint: {hint}");
    }
    let count = |wanted: fn(&Fate) -> bool| lines.iter().filter(|(_, line)| wanted(&line.fate)).count();
    let taken = count(|fate| matches!(fate, Fate::Taken(_)));
    let covered = count(|fate| matches!(fate, Fate::Covered(_)));
    let refused = count(|fate| matches!(fate, Fate::Refused { .. }));
    let entries = if lines.len() == 1 { "entry" } else { "entries" };
    let _ = writeln!(
        out,
        "{} {entries}: {taken} taken over, {covered} with nothing to do, {refused} not honoured",
        lines.len()
    );
    written(summary, &mut out);
    out
}

/// Names in lines of about a hundred characters.
fn wrap(names: &[&str], out: &mut String) {
    let mut width = 0;
    for (number, name) in names.iter().enumerate() {
        let name = escape(name.as_bytes()).to_string();
        let more = if number + 1 < names.len() { "," } else { "" };
        if width == 0 || width + name.len() > 100 {
            out.push_str(if width == 0 { "      " } else { "\n      " });
            width = 0;
        } else {
            out.push(' ');
        }
        width += name.len() + 2;
        let _ = write!(out, "{name}{more}");
    }
    out.push('\n');
}

fn one<'l>(line: &'l EntryReport, out: &mut String, hints: &mut Vec<&'l str>) {
    let at = if line.number > 0 { format!("line {}: ", line.number) } else { String::new() };
    let what = escape(line.what.as_bytes());
    let (sign, text) = match &line.fate {
        Fate::Taken(text) => ("+", text),
        Fate::Covered(text) => ("=", text),
        Fate::Refused { why, .. } => ("!", why),
    };
    let not = if sign == "!" { "not honoured: " } else { "" };
    let _ = writeln!(out, "  {sign} {at}{what}: {not}{}", escape(text.as_bytes()));
    for note in &line.notes {
        let _ = writeln!(out, "      note: {}", escape(note.as_bytes()));
    }
    if let Fate::Refused { hint, .. } = &line.fate
        && !hint.is_empty()
        && !hints.contains(&hint.as_str())
    {
        hints.push(hint);
    }
}

fn written(summary: &Summary, out: &mut String) {
    let count = |number: usize, one: &str, several: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {several}")),
    };
    let parts: Vec<String> = [
        count(summary.rules, "rule", "rules"),
        count(summary.allowances, "allowance", "allowances"),
        count(summary.disabled, "rule switched off", "rules switched off"),
        count(summary.findings, "finding in the baseline", "findings in the baseline"),
        Some(summary.hook.clone()).filter(|hook| !hook.is_empty()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        out.push_str("nothing to write: all of it is there already, or stays as it was\n");
    } else {
        let _ = writeln!(out, "{}: {}", if summary.dry_run { "would write" } else { "written" }, parts.join(", "));
    }
    if let Some(next) = &summary.next {
        let _ = writeln!(out, "next: gatehook scan && {next}");
    }
}
