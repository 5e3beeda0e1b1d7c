//! For people: in the style of rustc, no banner, nothing where all is clean.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Detail, Style, words};
use crate::finding::{Exit, Finding, Gap, GapKind, Outcome, Report, StageRun, State, Text, Tier};

/// Findings shown in full, at most.
const FULL: usize = 10;
/// Findings shown in a line beyond these, at most: where there are more, the rest is counted by rule.
const LISTED: usize = 40;
/// Rules that are counted in a line of their own, at most.
const RULES: usize = 20;
/// Columns where no one says how many there are.
const WIDTH: usize = 140;
/// Stars shown of a value, at most.
const STARS: usize = 24;
/// Further places listed for one value, at most.
const PLACES: usize = 5;

/// The findings that block, by their place in memory.
type Errors = HashSet<*const Finding>;

/// Writes the report; a clean one writes nothing unless asked for more.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let all = style.detail == Detail::Verbose;
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer =
        renderer.decor_style(DecorStyle::Ascii).term_width(if style.width == 0 { WIDTH } else { style.width.max(40) });
    let errors: Errors = report.blocking_findings().map(std::ptr::from_ref).collect();
    let errors = &errors;
    let groups = grouped(report, errors, all);
    let (shown, rest) = if all { (groups, Vec::new()) } else { worst(groups, errors) };
    for group in &shown {
        writeln!(out, "{}\n", renderer.render(&[block(group, report, errors, style.width)]))?;
    }
    if rest.len() > LISTED {
        write_by_rule(&rest, errors, style.width, out)?;
    } else {
        for group in &rest {
            let (finding, place) = (group[0], group[0].place);
            let (level, print) = (level(group, errors), finding.fingerprint.short());
            writeln!(out, "{level}[{}]: {}:{}:{} ({print})", finding.rule, finding.path, place.line, place.column)?;
        }
    }
    if !rest.is_empty() {
        writeln!(out)?;
    }
    for gap in report.gaps.iter().filter(|gap| all || gap.kind != GapKind::Elsewhere) {
        write_gap(gap, style.width, out)?;
    }
    for stage in &report.stages {
        match &stage.outcome {
            Outcome::Missing(reason) => {
                let level = if stage.required { "error" } else { "warning" };
                writeln!(out, "{level}: stage `{}` did not run: {reason}", stage.name)?;
            }
            Outcome::Failed(reason) => {
                let level = if stage.required { "error" } else { "warning" };
                writeln!(out, "{level}: stage `{}` failed: {reason}", stage.name)?;
            }
            Outcome::TimedOut => {
                let level = if stage.required { "error" } else { "warning" };
                writeln!(out, "{level}: stage `{}` did not end in time", stage.name)?;
            }
            // That a stage had nothing to do learns where all is; what somebody skips on purpose the hook tells.
            Outcome::Skipped(reason) if all => {
                writeln!(out, "note: stage `{}` was skipped: {reason}", stage.name)?;
            }
            _ => {}
        }
    }
    if style.detail != Detail::Quiet {
        for note in &report.notes {
            tell(&format!("note: {note}"), style.width, out)?;
        }
    }
    if all {
        write_scanned(report, out)?;
    }
    if style.detail != Detail::Quiet
        && let Some(line) = summary(report, all)
    {
        tell(&line, style.width, out)?;
    }
    Ok(())
}

/// Findings of one value together, in the order of their first place; new ones only, unless `all`.
fn grouped<'r>(report: &'r Report, errors: &Errors, all: bool) -> Vec<Vec<&'r Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for finding in report.findings.iter().filter(|finding| all || finding.state == State::New) {
        let key = (finding.fingerprint, finding.rule.as_ref(), finding.masked.is_empty().then_some(finding.place));
        let at = *places.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(finding);
    }
    // What blocks comes first; everything else stands as it does in the files.
    groups.sort_by_key(|group| !is_error(group, errors));
    groups
}

/// The worst of `groups`, in their order, and the others.
fn worst<'r>(groups: Vec<Vec<&'r Finding>>, errors: &Errors) -> (Vec<Vec<&'r Finding>>, Vec<Vec<&'r Finding>>) {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    let weight = |group: &[&Finding]| {
        (!is_error(group, errors), group[0].tier != Tier::Block, std::cmp::Reverse(group[0].severity))
    };
    order.sort_by_key(|&at| weight(&groups[at]));
    let full: HashSet<usize> = order.into_iter().take(FULL).collect();
    let (shown, rest): (Vec<_>, Vec<_>) = groups.into_iter().enumerate().partition(|(at, _)| full.contains(at));
    let groups = |of: Vec<(usize, _)>| of.into_iter().map(|(_, group)| group).collect();
    (groups(shown), groups(rest))
}

fn level(group: &[&Finding], errors: &Errors) -> &'static str {
    if is_error(group, errors) { "error" } else { "warning" }
}

/// Findings, and the files that they stand in.
type Counted<'r> = (usize, HashSet<&'r [u8]>);

/// How many of each rule there are besides those shown, and how to go on with so many.
fn write_by_rule(rest: &[Vec<&Finding>], errors: &Errors, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<(bool, &str), Counted<'_>> = BTreeMap::new();
    for group in rest {
        let (number, files) = rules.entry((!is_error(group, errors), &group[0].rule)).or_default();
        *number += 1;
        files.extend(group.iter().map(|finding| finding.path.as_bytes()));
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|((warns, _), (number, _))| (*warns, std::cmp::Reverse(*number)));
    writeln!(out, "{} more, by rule:", rest.len())?;
    for ((warns, rule), (number, files)) in rules.iter().take(RULES) {
        let level = if *warns { "warning" } else { "error" };
        writeln!(out, "{number:7}  {level:7}  {rule} in {}", count(files.len(), "file"))?;
    }
    if let Some(more) = rules.len().checked_sub(RULES).filter(|more| *more > 0) {
        let number: usize = rules[RULES..].iter().map(|(_, (number, _))| number).sum();
        writeln!(out, "{number:7}           of {}", count(more, "other rule"))?;
    }
    let hint = "hint: `gatehook scan -v` shows each; `gatehook baseline create` takes in what stands here, so that only what \
                is new blocks, and `gatehook baseline audit` goes through it";
    tell(hint, width, out)
}

/// Whether one of `group` blocks.
fn is_error(group: &[&Finding], errors: &Errors) -> bool {
    group.iter().any(|one| errors.contains(&std::ptr::from_ref(*one)))
}

fn block<'r>(group: &[&'r Finding], report: &Report, errors: &Errors, width: usize) -> Group<'r> {
    let finding = group[0];
    let level = match finding.state {
        State::New if is_error(group, errors) => Level::ERROR,
        State::New => Level::WARNING,
        _ => Level::NOTE,
    };
    let title = level.primary_title(finding.title.as_ref()).id(finding.rule.as_ref());
    let place = finding.place;
    let path = finding.path.to_string();
    let mut block = match finding.excerpt.lines.first() {
        None => title.element(Origin::path(path)),
        Some(line) => {
            let (text, mark) = shortened(&line.text, finding.excerpt.mark);
            let span = bytes_of(&text, mark);
            let label = if finding.masked.is_empty() { None } else { Some("value masked") };
            let snippet = Snippet::source(text)
                .line_start(place.line as usize)
                .annotation(AnnotationKind::Primary.span(span).label(label));
            let whole_line = finding.excerpt.mark.0 + 1 == place.column as usize;
            if whole_line {
                title.element(snippet.path(path))
            } else {
                // The line was cut to a window, so its columns are not the file's.
                let origin = Origin::path(path).line(place.line as usize).char_column(place.column as usize);
                title.element(origin).element(snippet)
            }
        }
    };
    for other in group.iter().skip(1).take(PLACES) {
        let place = other.place;
        block = block.element(note("also", format!("{}:{}:{}", other.path, place.line, place.column)));
    }
    if group.len() > PLACES + 1 {
        block = block.element(note("also", format!("{} more places", group.len() - PLACES - 1)));
    }
    if let Some(commit) = &finding.commit {
        let author = finding.author.as_deref().map(|author| format!(", by {author}")).unwrap_or_default();
        block = block.element(note("commit", format!("{}{author}", &commit[..commit.len().min(12)])));
    }
    if !finding.encoding.is_empty() {
        let steps: Vec<&str> = finding.encoding.iter().map(AsRef::as_ref).collect();
        block = block.element(note("hidden", format!("encoded as {}", steps.join(" in "))));
    }
    if finding.tools.len() > 1 {
        block = block.element(note("tools", finding.tools.join(", ")));
    }
    for (at, step) in words::way(finding).into_iter().enumerate() {
        block = block.element(note(if at == 0 { "from" } else { "to" }, words::step(step)));
    }
    let advice = &finding.advice;
    for (name, text) in [("why", &advice.why), ("fix", &advice.fix), ("rotate", &advice.rotate)] {
        if text.is_empty() {
            continue;
        }
        let text = if name == "rotate" && report.gate == "commit" {
            format!("if it was ever pushed, revoke it: {text}")
        } else {
            text.to_string()
        };
        block = block.element(note(name, wrapped(&text, width)));
    }
    match (finding.state, &finding.reason) {
        (State::New, _) => block.element(note("allow", wrapped(&allow(finding), width))),
        (State::Existing, reason) => block.element(note("existing", reason.clone().unwrap_or_default())),
        (State::Allowed, reason) => block.element(note("allowed", reason.clone().unwrap_or_default())),
    }
}

/// How somebody answers for it.
fn allow(finding: &Finding) -> String {
    let command = format!("`gatehook allow {} --reason \"…\"`", finding.fingerprint.short());
    if !words::takes_mark(finding) {
        return command;
    }
    format!("{command}, or `gatehook:allow {} -- reason` on the line above", finding.rule)
}

fn note<'r>(name: &'static str, text: impl std::fmt::Display) -> annotate_snippets::Message<'r> {
    // Padded so that the texts stand in one column.
    let pad = " ".repeat(7_usize.saturating_sub(name.len()));
    let text = text.to_string().replace('\n', &format!("\n{pad}"));
    Level::NOTE.with_name(name).message(format!("{pad}{text}"))
}

/// `text` in lines that fit a terminal of `width` columns behind a note's name; words stay whole.
fn wrapped(text: &str, width: usize) -> String {
    /// Columns before the text.
    const BEFORE: usize = 16;
    in_lines(text, width, BEFORE).join("\n")
}

/// A line of its own, in as many as the terminal makes of it.
fn tell(text: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", in_lines(text, width, 2).join("\n  "))
}

/// `text` in lines that leave `before` columns of a terminal free.
fn in_lines(text: &str, width: usize, before: usize) -> Vec<String> {
    if width == 0 {
        return vec![text.to_owned()];
    }
    let most = width.max(40) - before;
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in words_of(text, most) {
        let length = word.chars().count();
        let last = lines.last_mut().expect("there is a first line");
        if taken > 0 && taken + 1 + length > most {
            lines.push(word.to_owned());
            taken = length;
        } else {
            if taken > 0 {
                last.push(' ');
                taken += 1;
            }
            last.push_str(word);
            taken += length;
        }
    }
    lines
}

/// The words of `text`. A command within backticks is one where a line holds it: it is there to be copied.
fn words_of(text: &str, most: usize) -> Vec<&str> {
    let (mut words, mut from) = (Vec::new(), 0);
    while from <= text.len() {
        let rest = &text[from..];
        let blank = rest.find(' ').unwrap_or(rest.len());
        let command = rest[..blank].find('`').and_then(|open| Some(open + 1 + rest[open + 1..].find('`')? + 1));
        let end = match command {
            Some(close) if close > blank && rest[..close].chars().count() <= most => {
                close + rest[close..].find(' ').unwrap_or(rest.len() - close)
            }
            _ => blank,
        };
        words.push(&rest[..end]);
        from += end + 1;
    }
    words
}

/// `text` with a long value, which is all stars, as some of them and its length.
fn shortened(text: &str, mark: (usize, usize)) -> (String, (usize, usize)) {
    let signs: Vec<char> = text.chars().collect();
    let (start, end) = (mark.0.min(signs.len()), mark.1.min(signs.len()));
    let hidden = signs.get(start..end).unwrap_or_default().iter().rev().take_while(|sign| **sign == '*').count();
    if hidden <= STARS {
        return (text.to_owned(), mark);
    }
    let told = format!("…({hidden})");
    let kept = end - hidden + STARS - told.chars().count();
    let line = [&signs[..kept], &told.chars().collect::<Vec<_>>(), &signs[end..]].concat();
    (line.into_iter().collect(), (start, end - hidden + STARS))
}

/// Character positions to byte positions in `text`.
fn bytes_of(text: &str, mark: (usize, usize)) -> Range<usize> {
    let at = |count: usize| text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    at(mark.0)..at(mark.1.max(mark.0))
}

fn write_gap(gap: &Gap, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let (level, what) = match gap.kind {
        GapKind::Unread => ("error", "not looked at"),
        GapKind::Partial => ("error", "looked at in part"),
        GapKind::Tolerated => ("warning", "looked at in part"),
        GapKind::Elsewhere => ("note", "content is elsewhere"),
    };
    match &gap.path {
        Some(path) => tell(&format!("{level}: {path}: {what}: {}", gap.reason), width, out)?,
        None => tell(&format!("{level}: {what}: {}", gap.reason), width, out)?,
    }
    if !gap.hint.is_empty() {
        tell(&format!("hint: {}", gap.hint), width, out)?;
    }
    Ok(())
}

fn write_scanned(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let scanned = &report.scanned;
    let end = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    writeln!(out, "note: base {} .. head {}, through {}", end(&scanned.base), end(&scanned.head), scanned.how)?;
    if scanned.unproven > 0 {
        writeln!(
            out,
            "note: {} only looked right: their checksum or structure is wrong",
            count(scanned.unproven, "value")
        )?;
    }
    Ok(())
}

/// The last line; `None` where there is nothing to say.
fn summary(report: &Report, all: bool) -> Option<String> {
    let new = || report.findings.iter().filter(|finding| finding.state == State::New);
    let warnings = new().count() - report.blocking().len();
    let mut found = Vec::new();
    if !report.blocking().is_empty() {
        found.push(count(report.blocking().len(), "error"));
    }
    if warnings > 0 {
        found.push(count(warnings, "warning"));
    }
    let (name, action) = match report.gate.as_ref() {
        "commit" => ("Commit", "Nothing was changed; your staged files are as they were."),
        "push" => ("Push", "Nothing was sent."),
        "receive" => ("Push", "No ref has moved."),
        _ => ("", ""),
    };
    let verdict = match report.exit() {
        Exit::Clean if found.is_empty() && !all && !name.is_empty() => return None,
        Exit::Clean | Exit::Blocked if name.is_empty() => String::new(),
        Exit::Clean if !report.blocking().is_empty() => format!("{name} passes, observed only"),
        Exit::Clean => format!("{name} passes"),
        Exit::Blocked => format!("{name} blocked{}", by(report)),
        Exit::Usage if name.is_empty() => "The configuration is wrong".to_owned(),
        Exit::Usage => format!("{name} blocked{}: the configuration is wrong", by(report)),
        _ if name.is_empty() => "Not all was looked at".to_owned(),
        _ => format!("{name} blocked{}: not all was looked at", by(report)),
    };
    let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
    let head = if verdict.is_empty() { found } else { format!("{verdict}: {found}") };
    let scanned = &report.scanned;
    let commits = if scanned.commits > 1 { format!("{}, ", count(scanned.commits, "commit")) } else { String::new() };
    let action = if report.exit() == Exit::Clean { "" } else { action };
    let looked = format!("{}, {commits}{}", count(scanned.files, "file"), count(scanned.added_lines, "added line"));
    let before = || format!("{} looked at before", count(scanned.before, "commit"));
    let looked = match (scanned.before, scanned.files) {
        (0, _) => looked,
        (_, 0) => before(),
        _ => format!("{looked}, {}", before()),
    };
    let line = format!("{head}. {looked} in {}. {action}", lasted(report.millis));
    Some(line.trim_end().to_owned())
}

/// Which stages block, where others than the built-in ones ran: by what they found, or for not having done
/// their work.
fn by(report: &Report) -> String {
    // `sca` runs of its own accord, and says nothing where it has nothing to look at.
    let quiet = |stage: &StageRun| stage.name == "sca" && matches!(stage.outcome, Outcome::Skipped(_));
    if report.stages.iter().all(|stage| quiet(stage) || matches!(stage.name.as_ref(), "secrets" | "insecure")) {
        return String::new();
    }
    let found = report.blocking_findings();
    let found: Vec<&Text> = found.flat_map(|one| std::iter::once(&one.stage).chain(&one.tools)).collect();
    let names: Vec<String> = report
        .stages
        .iter()
        .filter(|stage| found.contains(&&stage.name) || stage.required && stage.outcome.is_hole())
        .map(|stage| format!("`{}`", stage.name))
        .collect();
    if names.is_empty() { String::new() } else { format!(" by {}", names.join(", ")) }
}

fn lasted(millis: u64) -> String {
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..10_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        _ => format!("{} s", millis / 1000),
    }
}

fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_never_in_a_command_that_fits() {
        let text = "use `gatehook allow 7f3c9a12 --reason x`, or write a comment on the line above it";
        let lines = in_lines(text, 60, 16);
        assert!(lines.iter().all(|line| line.chars().count() <= 44), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        assert!(lines.iter().any(|line| line.contains("`gatehook allow 7f3c9a12 --reason x`,")), "{lines:?}");
        for odd in ["", "a  b ", "`", "a ` b", "`never closed", &"x".repeat(300), "`ü ü` é"] {
            assert_eq!(in_lines(odd, 40, 2).join(" "), odd);
            assert_eq!(in_lines(odd, 0, 2), [odd]);
        }
    }

    #[test]
    fn a_long_value_is_cut_to_some_stars_and_its_length() {
        let line = format!("é = \"{}\" # x", "*".repeat(120));
        let (text, mark) = shortened(&line, (5, 125));
        assert_eq!(text, format!("é = \"{}…(120)\" # x", "*".repeat(18)));
        assert_eq!(mark, (5, 29));
        let prefix = format!("\"AKIA{}\"", "*".repeat(30));
        let (text, mark) = shortened(&prefix, (1, 35));
        assert_eq!((text, mark), (format!("\"AKIA{}…(30)\"", "*".repeat(19)), (1, 29)));
        assert_eq!(shortened("****", (0, 9)), ("****".to_owned(), (0, 9)));
        assert_eq!(shortened(&"*".repeat(99), (0, 0)).0.len(), 99);
    }
}
