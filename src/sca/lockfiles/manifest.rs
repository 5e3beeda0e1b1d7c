//! Manifests beside a lock file: what the project itself asks for, by name.

use super::{Format, Input};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Node, json, toml, utf8, yaml};

/// What a manifest asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Its path.
    pub path: String,
    /// Names as the registry compares them, with the range where it says one.
    pub names: Vec<(String, String)>,
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
            let names = read(&bytes).ok()?;
            return Some(Manifest { path, names });
        }
    }
    None
}

type Reader = fn(&[u8]) -> Result<Vec<(String, String)>, Fault>;

fn collect(node: &Node<'_>, keys: &[&str], ecosystem: Ecosystem, into: &mut Vec<(String, String)>) {
    for key in keys {
        for entry in node.map(key) {
            let range = entry.node.str().or_else(|| entry.node.text("version")).unwrap_or_default();
            let local =
                entry.node.get("path").is_some() || entry.node.truth("workspace") || entry.node.get("sdk").is_some();
            let linked = ["workspace:", "file:", "link:"].iter().any(|prefix| range.starts_with(prefix));
            if !local && !linked {
                let name = entry.node.text("package").unwrap_or(&entry.key);
                into.push((ecosystem.normalised(name).into_owned(), range.to_owned()));
            }
        }
    }
}

fn package_json(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let root = json(bytes, false)?;
    let mut names = Vec::new();
    collect(&root, &["dependencies", "devDependencies", "optionalDependencies"], Ecosystem::Npm, &mut names);
    Ok(names)
}

fn cargo_toml(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let root = toml(bytes)?;
    let mut names = Vec::new();
    let keys = ["dependencies", "dev-dependencies", "build-dependencies"];
    collect(&root, &keys, Ecosystem::CratesIo, &mut names);
    for target in root.map("target") {
        collect(&target.node, &keys, Ecosystem::CratesIo, &mut names);
    }
    if let Some(workspace) = root.get("workspace") {
        // What a workspace offers need not be taken by a member.
        let mut offered = Vec::new();
        collect(workspace, &["dependencies"], Ecosystem::CratesIo, &mut offered);
    }
    Ok(names)
}

fn requirement_name(text: &str) -> Option<(String, String)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(text.len());
    let name = Ecosystem::PyPI.normalised(&text[..end]).into_owned();
    (!name.is_empty()).then(|| (name, text[end..].trim().to_owned()))
}

fn pyproject(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let root = toml(bytes)?;
    let mut names = Vec::new();
    let texts = |node: &Node<'_>, names: &mut Vec<(String, String)>| {
        names.extend(node.items().iter().filter_map(Node::str).filter_map(requirement_name));
    };
    if let Some(project) = root.get("project") {
        if let Some(list) = project.get("dependencies") {
            texts(list, &mut names);
        }
        for group in project.map("optional-dependencies") {
            texts(&group.node, &mut names);
        }
    }
    for group in root.map("dependency-groups") {
        texts(&group.node, &mut names);
    }
    let tool = root.get("tool");
    if let Some(poetry) = tool.and_then(|tool| tool.get("poetry")) {
        collect(poetry, &["dependencies", "dev-dependencies"], Ecosystem::PyPI, &mut names);
        for group in poetry.map("group") {
            collect(&group.node, &["dependencies"], Ecosystem::PyPI, &mut names);
        }
    }
    if let Some(pdm) = tool.and_then(|tool| tool.get("pdm")) {
        for group in pdm.map("dev-dependencies") {
            texts(&group.node, &mut names);
        }
    }
    names.retain(|(name, _)| name != "python");
    Ok(names)
}

fn pipfile(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let mut names = Vec::new();
    collect(&toml(bytes)?, &["packages", "dev-packages"], Ecosystem::PyPI, &mut names);
    Ok(names)
}

fn composer_json(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let mut names = Vec::new();
    collect(&json(bytes, false)?, &["require", "require-dev"], Ecosystem::Packagist, &mut names);
    // PHP itself, its extensions and libraries of the system are no packages.
    names.retain(|(name, _)| name.contains('/'));
    Ok(names)
}

fn pubspec(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let mut names = Vec::new();
    for root in yaml(bytes)? {
        collect(&root, &["dependencies", "dev_dependencies"], Ecosystem::Pub, &mut names);
    }
    Ok(names)
}

/// The text between the first quotes of a piece of code.
fn quoted(code: &str) -> Option<&str> {
    let start = code.find(['"', '\''])?;
    let quote = code[start..].chars().next()?;
    let rest = &code[start + 1..];
    Some(&rest[..rest.find(quote)?])
}

fn gemfile(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let lines = utf8(bytes)?.lines().map(str::trim);
    let gems = lines.filter_map(|line| line.strip_prefix("gem ").or_else(|| line.strip_prefix("gem(")));
    Ok(gems
        .filter(|line| !line.contains("path:"))
        .filter_map(|line| Some((quoted(line)?.to_owned(), String::new())))
        .collect())
}

fn mix(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in utf8(bytes)?.lines().map(str::trim) {
        inside = (inside || line.contains("defp deps") || line.contains("def deps")) && line != "end";
        if inside {
            for piece in
                line.split("{:").skip(1).filter(|piece| !piece.contains("path:") && !piece.contains("in_umbrella"))
            {
                let end = piece.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(piece.len());
                names.push((piece[..end].to_owned(), quoted(piece).unwrap_or_default().to_owned()));
            }
        }
    }
    Ok(names)
}
