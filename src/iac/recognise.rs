//! Which technology a file is, by its name and what it holds. Cheap: it looks for a few words, it parses nothing.

use std::path::Path;

use super::Technology;

/// The technology of the document at `path`, where it is one.
pub fn technology(path: &str, text: &str) -> Option<Technology> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    let is = |ending: &str| Path::new(&lower).extension().is_some_and(|own| own == ending);
    if is("tf") || is("tofu") || lower.ends_with(".tf.json") || lower.ends_with(".tofu.json") {
        return Some(Technology::Terraform);
    }
    if is_dockerfile(&lower) {
        return Some(Technology::Docker);
    }
    let yaml = is("yaml") || is("yml");
    if !yaml && !is("json") && !is("template") {
        return None;
    }
    if yaml && (path.contains(".github/workflows/") || matches!(&*lower, "action.yml" | "action.yaml")) {
        return Some(Technology::Actions);
    }
    let stem = lower.split('.').next().unwrap_or_default();
    let by_name =
        stem.starts_with("docker-compose") || stem.starts_with("compose") || stem.starts_with("podman-compose");
    if yaml && by_name && has_key(text, "services") {
        return Some(Technology::Compose);
    }
    if has_key(text, "AWSTemplateFormatVersion") || (has_key(text, "Resources") && text.contains("AWS::")) {
        return Some(Technology::CloudFormation);
    }
    if has_key(text, "apiVersion") && has_key(text, "kind") {
        return Some(Technology::Kubernetes);
    }
    let works = has_key(text, "on") && has_key(text, "jobs") && text.contains("runs-on");
    if yaml && works {
        return Some(Technology::Actions);
    }
    let composed = has_key(text, "services") && (text.contains("image:") || text.contains("build:"));
    (yaml && composed).then_some(Technology::Compose)
}

fn is_dockerfile(name: &str) -> bool {
    let says =
        |word: &str| name == word || name.strip_prefix(word).is_some_and(|rest| rest.starts_with(['.', '-', '_']));
    let is_other = [
        ".md",
        ".txt",
        ".py",
        ".sh",
        ".yml",
        ".yaml",
        ".json",
        ".dockerignore",
        ".go",
        ".js",
        ".ts",
        ".tmpl",
        ".j2",
        ".erb",
        ".template",
        ".in",
        ".vim",
        ".rb",
        ".rst",
        ".html",
    ]
    .iter()
    .any(|ending| name.ends_with(ending));
    !is_other
        && (says("dockerfile")
            || says("containerfile")
            || name.ends_with(".dockerfile")
            || name.ends_with(".containerfile"))
}

/// Whether a line of `text` begins with that key, in YAML or JSON.
fn has_key(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let before = text[line..at].trim_start_matches('\u{feff}');
        let after = text[at + key.len()..].trim_start_matches(['"', '\'']).trim_start_matches(' ');
        let quoted = before.ends_with('"') || before.ends_with('\'');
        after.starts_with(':') && (before.is_empty() || quoted || before.trim_start() == "-" || before.trim() == "{")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_known_by_name_and_content() {
        let of = |path, text| technology(path, text).map(Technology::name);
        assert_eq!(of("a/main.tf", ""), Some("terraform"));
        assert_eq!(of("Dockerfile.prod", ""), Some("docker"));
        assert_eq!(of("dockerfile-notes.md", ""), None);
        assert_eq!(of("x.yaml", "apiVersion: v1\nkind: Pod\n"), Some("kubernetes"));
        assert_eq!(of("x.json", "{\"kind\": \"Pod\",\n \"apiVersion\": \"v1\"}"), Some("kubernetes"));
        assert_eq!(of("x.yml", "Resources:\n  a:\n    Type: AWS::S3::Bucket\n"), Some("cloudformation"));
        assert_eq!(of(".github/workflows/x.yml", ""), Some("actions"));
        assert_eq!(of("docker-compose.yml", "services:\n  a:\n    image: x\n"), Some("compose"));
        assert_eq!(of("settings.yml", "kind: x\n"), None);
    }
}
