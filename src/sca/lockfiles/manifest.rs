//! Manifests beside a lock file: what the project itself asks for, by name.

use super::{Format, Input, Scope};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Node, json, toml, utf8, yaml};

/// A package that a manifest asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Its name as the registry compares it.
    pub name: String,
    /// What it is needed for.
    pub scope: Scope,
    /// Key and range as the manifest writes them, `name@^1.0`; empty where it writes neither.
    pub descriptor: String,
}

/// What a manifest asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Its path.
    pub path: String,
    /// The packages.
    pub wants: Vec<Want>,
    /// Whether it speaks for all of the lock file: that of a workspace with members does not.
    pub is_complete: bool,
}

/// The manifest beside a lock file, where there is one that can be read.
pub fn manifest_of(format: Format, input: &Input<'_>) -> Option<Manifest> {
    let (candidates, read): (&[&str], Reader) = match format {
        Format::Npm | Format::Yarn | Format::Pnpm | Format::Bun => (&["package.json"], package_json),
        Format::Cargo => (&["Cargo.toml"], cargo_toml),
        Format::Poetry | Format::Pdm | Format::Uv | Format::Pylock => (&["pyproject.toml"], pyproject),
        Format::Pipfile => (&["Pipfile"], pipfile),
        Format::Composer => (&["composer.json"], composer_json),
        Format::Pubspec => (&["pubspec.yaml"], pubspec),
        Format::Gemfile => (&["Gemfile", "gems.rb"], gemfile),
        Format::Mix => (&["mix.exs"], mix),
        _ => return None,
    };
    for name in candidates {
        let Some(path) = input.sibling(name) else { continue };
        if let Some(bytes) = (input.beside)(&path) {
            let mut manifest = Manifest { path, is_complete: true, ..Manifest::default() };
            read(&bytes, &mut manifest).ok()?;
            return Some(manifest);
        }
    }
    None
}

type Reader = fn(&[u8], &mut Manifest) -> Result<(), Fault>;

impl Manifest {
    fn want(&mut self, name: impl Into<String>, scope: Scope) {
        self.wants.push(Want { name: name.into(), scope, descriptor: String::new() });
    }

    fn collect(&mut self, node: &Node<'_>, keys: &[(&str, Scope)], ecosystem: Ecosystem) {
        for (key, scope) in keys {
            for entry in node.map(key) {
                let range = entry.node.str().or_else(|| entry.node.text("version")).unwrap_or_default();
                let local = entry.node.get("path").is_some()
                    || entry.node.truth("workspace")
                    || entry.node.get("sdk").is_some();
                let linked = ["workspace:", "file:", "link:", "portal:", "./", "../", "/", "~/"];
                if local || linked.iter().any(|prefix| range.starts_with(prefix)) {
                    continue;
                }
                // Of an alias (`npm:real@^1`, `package = "real"`) the lock file holds the real name.
                let real = range.strip_prefix("npm:").filter(|real| real.len() > 1 && !real.starts_with(is_range));
                let real = real.map(|real| real[1..].find('@').map_or(real, |at| &real[..=at]));
                let name = entry.node.text("package").or(real).unwrap_or(&entry.key);
                let descriptor = format!("{}@{range}", entry.key);
                self.wants.push(Want { name: ecosystem.normalised(name).into_owned(), scope: *scope, descriptor });
            }
        }
    }
}

/// Whether a character begins a range of versions rather than a name.
fn is_range(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '^' | '~' | '>' | '<' | '=' | '*')
}

fn package_json(bytes: &[u8], into: &mut Manifest) -> Result<(), Fault> {
    let root = json(bytes, false)?;
    let keys =
        [("dependencies", Scope::Runtime), ("devDependencies", Scope::Dev), ("optionalDependencies", Scope::Optional)];
    into.collect(&root, &keys, Ecosystem::Npm);
    into.is_complete = root.get("workspaces").is_none();
    Ok(())
}

fn cargo_toml(bytes: &[u8], into: &mut Manifest) -> Result<(), Fault> {
    let root = toml(bytes)?;
    let keys = [
        ("dependencies", Scope::Runtime),
        ("build-dependencies", Scope::Runtime),
        ("dev-dependencies", Scope::Dev),
        ("build_dependencies", Scope::Runtime),
        ("dev_dependencies", Scope::Dev),
    ];
    into.collect(&root, &keys, Ecosystem::CratesIo);
    for target in root.map("target") {
        into.collect(&target.node, &keys, Ecosystem::CratesIo);
    }
    into.is_complete = root.get("package").is_some();
    Ok(())
}

fn requirement_name(text: &str) -> Option<String> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(text.len());
    let name = Ecosystem::PyPI.normalised(&text[..end]).into_owned();
    (!name.is_empty()).then_some(name)
}

fn pyproject(bytes: &[u8], into: &mut Manifest) -> Result<(), Fault> {
    let root = toml(bytes)?;
    let texts = |node: &Node<'_>, scope: Scope, into: &mut Manifest| {
        for name in node.items().iter().filter_map(Node::str).filter_map(requirement_name) {
            into.want(name, scope);
        }
    };
    let tool = root.get("tool");
    let mut local: Vec<String> = Vec::new();
    if let Some(project) = root.get("project") {
        // A project may name its own extras.
        local.extend(project.text("name").map(|name| Ecosystem::PyPI.normalised(name).into_owned()));
        if let Some(list) = project.get("dependencies") {
            texts(list, Scope::Runtime, into);
        }
        for group in project.map("optional-dependencies") {
            texts(&group.node, Scope::Optional, into);
        }
    }
    for group in root.map("dependency-groups") {
        texts(&group.node, Scope::Dev, into);
    }
    if let Some(poetry) = tool.and_then(|tool| tool.get("poetry")) {
        let keys = [("dependencies", Scope::Runtime), ("dev-dependencies", Scope::Dev)];
        into.collect(poetry, &keys, Ecosystem::PyPI);
        for group in poetry.map("group") {
            let scope = if group.key == "main" { Scope::Runtime } else { Scope::Dev };
            into.collect(&group.node, &[("dependencies", scope)], Ecosystem::PyPI);
        }
    }
    if let Some(pdm) = tool.and_then(|tool| tool.get("pdm")) {
        for group in pdm.map("dev-dependencies") {
            texts(&group.node, Scope::Dev, into);
        }
    }
    if let Some(uv) = tool.and_then(|tool| tool.get("uv")) {
        if let Some(list) = uv.get("dev-dependencies") {
            texts(list, Scope::Dev, into);
        }
        for source in uv.map("sources") {
            if source.node.truth("workspace") || source.node.get("path").is_some() {
                local.push(Ecosystem::PyPI.normalised(&source.key).into_owned());
            }
        }
        into.is_complete = uv.get("workspace").is_none();
    }
    into.wants.retain(|want| want.name != "python" && !local.contains(&want.name));
    Ok(())
}

fn pipfile(bytes: &[u8], into: &mut Manifest) -> Result<(), Fault> {
    let keys = [("packages", Scope::Runtime), ("dev-packages", Scope::Dev)];
    into.collect(&toml(bytes)?, &keys, Ecosystem::PyPI);
    Ok(())
}

fn composer_json(bytes: &[u8], into: &mut Manifest) -> Result<(), Fault> {
    let keys = [("require", Scope::Runtime), ("require-dev", Scope::Dev)];
    into.collect(&json(bytes, false)?, &keys, Ecosystem::Packagist);
    // PHP itself, its extensions and libraries of the system are no packages.
    into.wants.retain(|want| want.name.contains('/'));
    Ok(())
}

fn pubspec(bytes: &[u8], into: &mut Manifest) -> Result<(), Fault> {
    let keys = [("dependencies", Scope::Runtime), ("dev_dependencies", Scope::Dev)];
    for root in yaml(bytes)? {
        into.collect(&root, &keys, Ecosystem::Pub);
    }
    Ok(())
}

/// The text between the first quotes of a piece of code.
fn quoted(code: &str) -> Option<&str> {
    let start = code.find(['"', '\''])?;
    let quote = code[start..].chars().next()?;
    let rest = &code[start + 1..];
    Some(&rest[..rest.find(quote)?])
}

/// What the words of a list of groups mean: `only: [:dev, :test]`, `group :development, :test do`.
pub(super) fn scope_of_groups(text: &str) -> Scope {
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty() && !matches!(*word, "do" | "group" | "groups" | "only" | "env"))
        .collect();
    let is_test = |word: &&str| matches!(*word, "test" | "tests");
    let is_dev = |word: &&str| matches!(*word, "dev" | "development" | "develop" | "docs" | "doc" | "lint");
    if words.is_empty() {
        Scope::Runtime
    } else if words.iter().all(is_test) {
        Scope::Test
    } else if words.iter().all(|word| is_dev(word) || is_test(word)) {
        Scope::Dev
    } else {
        Scope::Runtime
    }
}

/// A Gemfile is Ruby: of it only what the usual forms say is read.
fn gemfile(bytes: &[u8], into: &mut Manifest) -> Result<(), Fault> {
    let mut blocks: Vec<Scope> = Vec::new();
    for line in utf8(bytes)?.lines() {
        let line = line.split(" #").next().unwrap_or(line).trim();
        if let Some(rest) = line.strip_prefix("gem ").or_else(|| line.strip_prefix("gem(")) {
            let grouped = ["group:", ":group =>", "groups:"].iter().find_map(|key| rest.split_once(key));
            let scope = match grouped {
                Some((_, groups)) => {
                    let list = groups.trim_start().strip_prefix('[').and_then(|list| list.split(']').next());
                    scope_of_groups(list.unwrap_or_else(|| groups.split(',').next().unwrap_or(groups)))
                }
                None => blocks.iter().copied().max().unwrap_or_default(),
            };
            if let (false, Some(name)) = (rest.contains("path:") || rest.contains(":path =>"), quoted(rest)) {
                into.want(name, scope);
            }
        } else if line.ends_with(" do") || line.contains(" do |") {
            let groups = line.strip_prefix("group ").or_else(|| line.strip_prefix("group("));
            blocks.push(groups.map_or(Scope::Runtime, scope_of_groups));
        } else if line.starts_with("if ") || line.starts_with("unless ") || line.starts_with("case ") {
            blocks.push(Scope::Runtime);
        } else if line == "end" {
            blocks.pop();
        } else if line.starts_with("gemspec") || line.starts_with("eval_gemfile") {
            into.is_complete = false;
        }
    }
    Ok(())
}

fn mix(bytes: &[u8], into: &mut Manifest) -> Result<(), Fault> {
    let mut inside = false;
    for line in utf8(bytes)?.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        into.is_complete &= !line.contains("apps_path:");
        inside = (inside || line.contains("defp deps") || line.contains("def deps")) && line != "end";
        if !inside {
            continue;
        }
        for piece in line.split("{:").skip(1).filter(|piece| !piece.contains("path:") && !piece.contains("in_umbrella"))
        {
            let end = piece.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(piece.len());
            let scope = piece.split_once("only:").map_or(Scope::Runtime, |(_, rest)| {
                let list = rest.trim_start().strip_prefix('[').and_then(|list| list.split(']').next());
                scope_of_groups(list.unwrap_or_else(|| rest.split([',', '}']).next().unwrap_or(rest)))
            });
            into.want(&piece[..end], scope);
        }
    }
    Ok(())
}
