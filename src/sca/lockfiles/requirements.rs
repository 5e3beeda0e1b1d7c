//! pip: `requirements.txt` and constraints (<https://pip.pypa.io/en/stable/reference/requirements-file-format/>), with continued lines, hashes,
//! included files, markers, URLs.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Format, Input, Lock, Package, Scope, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, utf8, utf16};

/// How many files may be included, one in another.
const DEEPEST: usize = 16;

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let mut reader = Reader { lock: Lock::default(), constraints: HashMap::new(), via: Vec::new(), input, files: 0 };
    reader.file(input.path, input.bytes, 0, None)?;
    reader.follow_notes();
    let Reader { mut lock, constraints, .. } = reader;
    let scope = scope_of(input.path);
    for package in &mut lock.packages {
        package.scope = scope;
    }
    for package in
        lock.packages.iter_mut().filter(|package| package.version.is_empty() && package.source == Source::Unstated)
    {
        if let Some(version) = constraints.get(Ecosystem::PyPI.normalised(&package.name).as_ref()) {
            package.version.clone_from(version);
        }
    }
    Ok(lock)
}

/// What the file's name says: `requirements-dev.txt`, `requirements/test.txt`.
fn scope_of(path: &str) -> Scope {
    let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".txt").to_ascii_lowercase();
    let mut words = name.split(['-', '_', '.']);
    let test = |word: &str| matches!(word, "test" | "tests" | "testing");
    let dev = |word: &str| matches!(word, "dev" | "develop" | "development" | "lint" | "linting" | "docs" | "doc");
    if words.clone().any(dev) {
        Scope::Dev
    } else if words.any(test) {
        Scope::Test
    } else {
        Scope::Runtime
    }
}

/// The text of a file: pip reads UTF-16 too where a byte order mark says so, as `pip freeze >` writes it in `PowerShell`.
fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => utf16(bytes),
        _ => utf8(bytes).map(Cow::Borrowed),
    }
}

struct Reader<'a> {
    lock: Lock,
    /// Whom pip-compile names as the reason for a package: its place, and their names.
    via: Vec<(u32, Vec<String>)>,
    constraints: HashMap<String, String>,
    input: &'a Input<'a>,
    files: usize,
}

impl Reader<'_> {
    /// Reads one file. `at`: the line of the outermost file that names it.
    fn file(&mut self, path: &str, bytes: &[u8], depth: usize, at: Option<u32>) -> Result<(), Fault> {
        let text = text_of(bytes).map_err(|fault| Fault { line: at.or(fault.line), ..fault })?;
        self.files += 1;
        if depth > DEEPEST || self.files > 200 {
            return Err(Fault { line: at, reason: "includes too many files in one another".to_owned() });
        }
        let mut number = 0;
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            number += 1;
            let start = number;
            let mut logical = line.to_owned();
            while logical.ends_with('\\') && !line.trim_start().starts_with('#') {
                logical.pop();
                let Some(next) = lines.next() else { break };
                number += 1;
                logical.push(' ');
                logical.push_str(next);
            }
            let mut via = Vec::new();
            if let Some((_, names)) = logical.split_once("# via ") {
                via.extend(names.split(',').map(|name| name.trim().to_owned()));
            }
            while let Some(next) = lines.peek().filter(|next| next.starts_with("    #")) {
                via.push(next.trim_start_matches([' ', '#']).trim_start_matches("via").trim().to_owned());
                lines.next();
                number += 1;
            }
            let before = self.lock.packages.len();
            self.line(path, uncommented(&logical), depth, at.unwrap_or(start))?;
            via.retain(|name| !name.is_empty());
            if !via.is_empty() && self.lock.packages.len() > before {
                self.via.push((u32::try_from(before).unwrap_or(u32::MAX), via));
            }
        }
        Ok(())
    }

    /// What pip-compile and uv note behind a package: who requires it. Who is no package of the list is the project: a file of
    /// requirements, or the project's name.
    fn follow_notes(&mut self) {
        let mut places: HashMap<String, u32> = HashMap::new();
        for (place, package) in (0_u32..).zip(&self.lock.packages) {
            places.entry(Ecosystem::PyPI.normalised(&package.name).into_owned()).or_insert(place);
        }
        for (place, names) in std::mem::take(&mut self.via) {
            let mut is_root = false;
            for name in names {
                let bare = name.split(['[', ' ']).next().unwrap_or(&name);
                match places.get(Ecosystem::PyPI.normalised(bare).as_ref()) {
                    Some(from) => self.lock.edge(*from, place),
                    None => is_root = true,
                }
            }
            if is_root {
                self.lock.root(place);
            } else if let Some(package) = self.lock.packages.get_mut(place as usize) {
                package.direct = Some(false);
            }
        }
    }

    fn line(&mut self, path: &str, text: &str, depth: usize, at: u32) -> Result<(), Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        if text.starts_with('-') {
            return self.option(path, text, depth, at);
        }
        let (requirement, hashes) =
            text.split_once(" --").map_or((text, ""), |(requirement, rest)| (requirement, rest));
        let integrity: Vec<&str> =
            hashes.split_whitespace().filter_map(|word| word.trim_start_matches("--").strip_prefix("hash=")).collect();
        let Some(mut package) = requirement_of(requirement.trim(), at)? else { return Ok(()) };
        package.integrity = integrity.join(" ");
        self.lock.push(package);
        Ok(())
    }

    fn option(&mut self, path: &str, text: &str, depth: usize, at: u32) -> Result<(), Fault> {
        let (option, value) = match text.split_once(['=', ' ']) {
            Some((option, value)) => (option, value.trim()),
            // `-rfile` without a blank.
            None if text.len() > 2 && !text.starts_with("--") && text.is_char_boundary(2) => text.split_at(2),
            None => (text, ""),
        };
        match option {
            "-r" | "--requirement" | "-c" | "--constraint" => {
                let outer = Input { path, bytes: &[], beside: self.input.beside, graph: false };
                let missing = || Fault::at(at, format!("includes `{}`, which is not there", crate::sca::shown(value)));
                let target = outer.sibling(value).ok_or_else(missing)?;
                let bytes = (self.input.beside)(&target).ok_or_else(missing)?;
                if option == "-c" || option == "--constraint" {
                    return self.constraint(&bytes, at);
                }
                // A file that is looked at by its own name is not looked at twice.
                if Format::of(&target) == Some(Format::Requirements) {
                    return Ok(());
                }
                self.file(&target, &bytes, depth + 1, Some(at))
            }
            "-e" | "--editable" => {
                let name = value.split("#egg=").nth(1).map(|name| name.split(['&', '[']).next().unwrap_or(name));
                let source = Source::of(value);
                if let (Some(name), Source::Git(_) | Source::Url(_) | Source::Registry(_)) = (name, &source) {
                    let mut package = Package::new(Ecosystem::PyPI, name, "", at);
                    package.source = source;
                    self.lock.push(package);
                }
                Ok(())
            }
            "-i"
            | "--index-url"
            | "--extra-index-url"
            | "--no-index"
            | "-f"
            | "--find-links"
            | "--no-binary"
            | "--only-binary"
            | "--prefer-binary"
            | "--require-hashes"
            | "--pre"
            | "--trusted-host"
            | "--use-feature"
            | "--pypi-url"
            | "--hash"
            | "--process-dependency-links"
            | "--no-use-wheel"
            | "--use-wheel"
            | "--config-settings"
            | "--global-option"
            | "--install-option"
            | "--allow-external"
            | "--allow-unverified"
            | "--allow-all-external"
            | "--no-build-isolation" => Ok(()),
            _ => Err(Fault::at(at, format!("`{}` is not an option of requirements files", crate::sca::shown(option)))),
        }
    }

    fn constraint(&mut self, bytes: &[u8], at: u32) -> Result<(), Fault> {
        let text = text_of(bytes).map_err(|fault| Fault { line: Some(at), ..fault })?;
        for line in text.lines() {
            let line = uncommented(line).trim();
            if line.is_empty() || line.starts_with('-') {
                continue;
            }
            if let Ok(Some(package)) = requirement_of(line.split(" --").next().unwrap_or(line).trim(), at) {
                let name = Ecosystem::PyPI.normalised(&package.name).into_owned();
                self.constraints.insert(name, package.version);
            }
        }
        Ok(())
    }
}

/// A line without its comment, which begins at a `#` at the start or behind a blank.
fn uncommented(line: &str) -> &str {
    if line.starts_with('#') {
        return "";
    }
    line.find(" #").or_else(|| line.find("\t#")).map_or(line, |at| &line[..at])
}

/// Reads one requirement (PEP 508). `None` for a path on disk.
pub(super) fn requirement_of(text: &str, line: u32) -> Result<Option<Package>, Fault> {
    let fault = || Fault::at(line, format!("is not a requirement: `{}`", crate::sca::shown(text)));
    if text.starts_with('.') || text.starts_with('/') || text.starts_with("file:") {
        return Ok(None);
    }
    let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
    if !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+') {
        let name = text.split("#egg=").nth(1).or_else(|| text.split('#').next().and_then(|url| url.rsplit('/').next()));
        let name = name.ok_or_else(fault)?;
        let mut package = match name.strip_suffix(".whl").and_then(|wheel| wheel.split_once('-')) {
            Some((name, rest)) => Package::new(Ecosystem::PyPI, name, rest.split('-').next().unwrap_or(""), line),
            None => Package::new(
                Ecosystem::PyPI,
                name.split(['@', '[', '&']).next().unwrap_or(name).trim_end_matches(".git"),
                "",
                line,
            ),
        };
        package.source = if scheme.contains('+') { Source::Git(text.to_owned()) } else { Source::Url(text.to_owned()) };
        return Ok(Some(package));
    }
    if text.ends_with(".whl") || text.ends_with(".tar.gz") || text.ends_with(".zip") {
        return Ok(None);
    }
    let bare = text.split(';').next().unwrap_or(text).trim();
    let end = bare.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(bare.len());
    let (name, rest) = bare.split_at(end);
    if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(fault());
    }
    let mut rest = rest.trim_start();
    if let Some(extras) = rest.strip_prefix('[') {
        rest = extras.split_once(']').ok_or_else(fault)?.1.trim_start();
    }
    let mut package = Package::new(Ecosystem::PyPI, name, "", line);
    if let Some(url) = rest.strip_prefix('@') {
        let url = url.trim().to_owned();
        package.source = if url.starts_with("git+") { Source::Git(url) } else { Source::Url(url) };
        return Ok(Some(package));
    }
    let rest = rest.trim_start_matches('(').trim_end_matches(')');
    for clause in rest.split(',').map(str::trim).filter(|clause| !clause.is_empty()) {
        let end = clause.find(|c: char| !matches!(c, '=' | '<' | '>' | '!' | '~')).unwrap_or(clause.len());
        let (operator, version) = (&clause[..end], clause[end..].trim());
        if !matches!(operator, "==" | "===" | "!=" | "<" | ">" | "<=" | ">=" | "~=")
            || version.is_empty()
            || version.contains(' ')
        {
            return Err(fault());
        }
        if matches!(operator, "==" | "===") && !version.ends_with(".*") {
            version.clone_into(&mut package.version);
        } else if matches!(operator, "==" | ">=" | "~=" | ">") {
            version.trim_end_matches(".*").clone_into(&mut package.at_least);
        }
    }
    Ok(Some(package))
}
