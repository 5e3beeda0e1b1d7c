//! What a file's name and first bytes tell: languages, and whether a person wrote it.

use super::unicode;
use crate::paths::RepoPath;
use crate::rules::{Language, LanguageSet};

/// What is known of a file before its content is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, not a state")]
pub struct FileFacts {
    /// Its languages: `yaml` and `kubernetes` at once, for instance.
    pub languages: LanguageSet,
    /// A lock file: checksums by the thousand.
    pub lock: bool,
    /// Minified, bundled or generated: no one writes passwords there by hand.
    pub generated: bool,
    /// Tests, fixtures, examples.
    pub test: bool,
    /// Prose.
    pub prose: bool,
    /// Translated texts: the word for "password" in many languages.
    pub locale: bool,
    /// Its name says that it configures something.
    pub settings: bool,
    /// A notebook: cells of code and what they printed.
    pub notebook: bool,
    /// Not the file itself but something that was encoded in it.
    pub decoded: bool,
    /// Neither text nor UTF-16 or UTF-32: searched for values that speak for themselves only.
    pub binary: bool,
}

impl FileFacts {
    /// Looks at `path` and at the beginning of `text`.
    pub fn of(path: &RepoPath, text: &[u8]) -> Self {
        let name = path.file_name().to_ascii_lowercase();
        let lower = path.as_bytes().to_ascii_lowercase();
        let languages = languages(&name, &lower, text);
        Self {
            languages,
            lock: is_lock(&name),
            generated: is_generated(&name, &lower, text),
            test: is_test(&name, &lower),
            locale: is_locale(&name, &lower),
            prose: languages.has(Language::Markdown) || name.ends_with(b".rst") || name.ends_with(b".adoc"),
            settings: is_settings(&name),
            notebook: name.ends_with(b".ipynb"),
            decoded: false,
            binary: unicode::is_binary(text),
        }
    }
}

/// Endings of templates: `deploy.yml.j2` is YAML, `Dockerfile.in` a Dockerfile.
const TEMPLATES: &[&[u8]] =
    &[b"j2", b"jinja", b"jinja2", b"tmpl", b"tpl", b"gotmpl", b"erb", b"mustache", b"template", b"in", b"dist"];

fn languages(name: &[u8], path: &[u8], text: &[u8]) -> LanguageSet {
    use Language as L;
    let set = LanguageSet::default();
    let extension = name.rsplit(|&byte| byte == b'.').next().filter(|part| part.len() < name.len()).unwrap_or_default();
    if TEMPLATES.contains(&extension) {
        let made = languages(&name[..name.len() - extension.len() - 1], path, text);
        if !made.is_empty() {
            return made;
        }
    }
    let found = match extension {
        b"py" | b"pyi" | b"pyw" | b"ipynb" => set.with(L::Python),
        b"js" | b"mjs" | b"cjs" | b"jsx" => set.with(L::Javascript),
        b"ts" | b"tsx" | b"mts" | b"cts" => set.with(L::Typescript),
        b"vue" | b"svelte" | b"astro" => set.with(L::Javascript).with(L::Html),
        b"html" | b"htm" | b"xhtml" | b"hbs" | b"ejs" | b"erb" | b"jinja" | b"j2" => set.with(L::Html),
        b"java" => set.with(L::Java),
        b"kt" | b"kts" => set.with(L::Kotlin),
        b"scala" | b"sbt" => set.with(L::Scala),
        b"go" => set.with(L::Go),
        b"rb" | b"rake" | b"gemspec" | b"ru" => set.with(L::Ruby),
        b"php" | b"phtml" | b"inc" => set.with(L::Php),
        b"cs" | b"cshtml" | b"razor" => set.with(L::Csharp),
        b"c" => set.with(L::C),
        b"h" => set.with(L::C).with(L::Cpp),
        b"cc" | b"cpp" | b"cxx" | b"hpp" | b"hh" | b"hxx" => set.with(L::Cpp),
        b"rs" => set.with(L::Rust),
        b"sh" | b"bash" | b"zsh" | b"ksh" | b"bats" | b"envrc" => set.with(L::Shell),
        b"sql" => set.with(L::Sql),
        b"json" | b"json5" | b"jsonc" | b"webmanifest" => set.with(L::Json),
        b"toml" => set.with(L::Toml),
        b"tf" | b"tfvars" | b"hcl" => set.with(L::Terraform),
        b"css" | b"scss" | b"less" => set.with(L::Css),
        b"xml" | b"xsd" | b"xsl" | b"pom" | b"config" | b"csproj" | b"plist" | b"svg" => set.with(L::Xml),
        b"ini" | b"cfg" | b"conf" | b"cnf" => set.with(L::Ini),
        b"properties" => set.with(L::Properties),
        b"env" => set.with(L::Env),
        b"mk" => set.with(L::Make),
        b"swift" => set.with(L::Swift),
        b"pl" | b"pm" => set.with(L::Perl),
        b"lua" => set.with(L::Lua),
        b"ps1" | b"psm1" => set.with(L::Powershell),
        b"md" | b"markdown" | b"mdx" => set.with(L::Markdown),
        b"dockerfile" | b"containerfile" => set.with(L::Dockerfile),
        b"yml" | b"yaml" => yaml(name, path, text),
        _ => set,
    };
    if !found.is_empty() {
        return found;
    }
    let starts = |prefix: &[u8]| name.starts_with(prefix);
    match name {
        b"makefile" | b"gnumakefile" => set.with(L::Make),
        b"jenkinsfile" => set.with(L::Java),
        b"gemfile" | b"rakefile" | b"vagrantfile" | b"podfile" | b"fastfile" => set.with(L::Ruby),
        b".bashrc" | b".zshrc" | b".profile" | b".bash_profile" | b".zprofile" | b".zshenv" => set.with(L::Shell),
        b".npmrc" | b".pypirc" | b".gitconfig" | b"config" | b"credentials" => set.with(L::Ini),
        _ if starts(b"dockerfile") || starts(b"containerfile") => set.with(L::Dockerfile),
        _ if starts(b".env") => set.with(L::Env),
        _ => shebang(text),
    }
}

fn yaml(name: &[u8], path: &[u8], text: &[u8]) -> LanguageSet {
    let mut set = LanguageSet::default().with(Language::Yaml);
    let in_workflows = memchr::memmem::find(path, b".github/workflows/").is_some();
    if in_workflows || matches!(name, b"action.yml" | b"action.yaml") {
        set = set.with(Language::GithubActions);
    }
    if name.starts_with(b"docker-compose") || name.starts_with(b"compose") {
        set = set.with(Language::Compose);
    }
    let has = |word: &[u8]| memchr::memmem::find(text, word).is_some();
    if has(b"apiVersion:") && has(b"kind:") {
        set = set.with(Language::Kubernetes);
    }
    set
}

fn shebang(text: &[u8]) -> LanguageSet {
    let set = LanguageSet::default();
    let Some(rest) = text.strip_prefix(b"#!") else { return set };
    let line = rest.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let has = |word: &[u8]| memchr::memmem::find(line, word).is_some();
    if has(b"python") {
        set.with(Language::Python)
    } else if has(b"node") || has(b"deno") || has(b"bun") {
        set.with(Language::Javascript)
    } else if has(b"ruby") {
        set.with(Language::Ruby)
    } else if has(b"perl") {
        set.with(Language::Perl)
    } else if has(b"php") {
        set.with(Language::Php)
    } else if has(b"sh") {
        set.with(Language::Shell)
    } else {
        set
    }
}

fn is_lock(name: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[
        b"package-lock.json",
        b"npm-shrinkwrap.json",
        b"go.sum",
        b"pnpm-lock.yaml",
        b"bun.lockb",
        b"composer.lock",
        b"packages.lock.json",
        b"gradle.lockfile",
        b"gemfile.lock",
        b"package.resolved",
        b"pubspec.lock",
    ];
    NAMES.contains(&name) || name.ends_with(b".lock") || name.ends_with(b"-lock.json") || name.ends_with(b".sum")
}

fn is_generated(name: &[u8], path: &[u8], text: &[u8]) -> bool {
    const ENDS: &[&[u8]] = &[
        b".min.js",
        b".min.css",
        b".map",
        b".bundle.js",
        b"_pb2.py",
        b".pb.go",
        b".pb.cc",
        b".pb.h",
        b".svg",
        b".snap",
        b".chunk.js",
        b"-min.js",
        b".min.mjs",
        b".min.cjs",
        b".wasm",
        b".pdf",
        b".woff",
        b".woff2",
        b".ttf",
    ];
    if ENDS.iter().any(|end| name.ends_with(end)) || memchr::memmem::find(path, b"/generated/").is_some() {
        return true;
    }
    let head = &text[..text.len().min(2048)];
    let marked = [&b"@generated"[..], b"DO NOT EDIT", b"Code generated by", b"auto-generated", b"autogenerated"]
        .iter()
        .any(|mark| memchr::memmem::find(head, mark).is_some());
    marked || has_packed_lines(text)
}

/// Lines of over 400 bytes on average, in a text of some size: no one typed that.
fn has_packed_lines(text: &[u8]) -> bool {
    let sample = &text[..text.len().min(32 * 1024)];
    sample.len() > 4096 && sample.len() / (1 + memchr::memchr_iter(b'\n', sample).count()) > 400
}

fn is_test(name: &[u8], path: &[u8]) -> bool {
    let part = |word: &[u8]| path.split(|&byte| byte == b'/').any(|part| part == word);
    [&b"test"[..], b"tests", b"__tests__", b"testdata", b"fixtures", b"spec", b"mocks", b"__mocks__", b"examples"]
        .iter()
        .any(|word| part(word))
        || name.starts_with(b"test_")
        || [
            &b"_test.go"[..],
            b"_test.py",
            b"_spec.rb",
            b".test.js",
            b".test.ts",
            b".spec.js",
            b".spec.ts",
            b".test.tsx",
        ]
        .iter()
        .any(|end| name.ends_with(end))
        || name.ends_with(b"test.java")
}

/// Names of files that are filled in for one installation.
fn is_settings(name: &[u8]) -> bool {
    const PARTS: &[&[u8]] = &[
        b"config",
        b"settings",
        b"application",
        b"secret",
        b"credential",
        b"database",
        b"env",
        b"values",
        b"compose",
        b"deploy",
        b"prod",
        b"conf",
        b"connection",
        b"vars",
        b"local",
        b"setup",
        b"inventory",
        b"bootstrap",
    ];
    PARTS.iter().any(|part| memchr::memmem::find(name, part).is_some())
}

fn is_locale(name: &[u8], path: &[u8]) -> bool {
    const PARTS: &[&[u8]] =
        &[b"locale", b"locales", b"i18n", b"l10n", b"lang", b"langs", b"languages", b"translations", b"nls", b"intl"];
    const ENDS: &[&[u8]] = &[b".po", b".pot", b".resx", b".strings", b".xlf", b".xliff", b".ftl", b".arb"];
    const STARTS: &[&[u8]] = &[b"messages_", b"messages.", b"strings.", b"translation"];
    path.split(|&byte| byte == b'/').any(|part| PARTS.contains(&part) || part.ends_with(b".lproj"))
        || ENDS.iter().any(|end| name.ends_with(end))
        || STARTS.iter().any(|start| name.starts_with(start))
        || memchr::memmem::find(path, b"/values-").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(path: &str, text: &str) -> Vec<&'static str> {
        FileFacts::of(&RepoPath::from(path), text.as_bytes()).languages.iter().map(Language::word).collect()
    }

    #[test]
    fn languages_come_from_the_name_then_the_content() {
        assert_eq!(words("a/b.py", ""), ["python"]);
        assert_eq!(words("run", "#!/usr/bin/env bash\n"), ["shell"]);
        assert_eq!(words("Dockerfile.dev", ""), ["dockerfile"]);
        assert_eq!(words(".github/workflows/ci.yml", ""), ["yaml", "github-actions"]);
        assert_eq!(words("x.yaml", "apiVersion: v1\nkind: Pod\n"), ["yaml", "kubernetes"]);
        assert_eq!(words(".env.local", ""), ["env"]);
        assert_eq!(words("roles/Dockerfile.j2", ""), ["dockerfile"]);
        assert_eq!(words("a.html.erb", ""), ["html"]);
        assert_eq!(words("page.j2", ""), ["html"]);
        assert_eq!(words("notes", "hello"), Vec::<&str>::new());
    }
}
