//! Which format a path has, by its name alone.

/// A format that is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the files'")]
pub enum Format {
    #[default]
    Npm,
    Yarn,
    Pnpm,
    Bun,
    Deno,
    Cargo,
    Requirements,
    Poetry,
    Pdm,
    Uv,
    Pylock,
    Pipfile,
    GoMod,
    Pom,
    GradleLock,
    GradleVerification,
    Gemfile,
    Composer,
    NugetLock,
    Project,
    PackagesConfig,
    DepsJson,
    Pubspec,
    Mix,
    Conan,
    Swift,
    Podfile,
    Renv,
    StackLock,
    CabalFreeze,
    Actions,
    CycloneDx,
    Spdx,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 33] = [
        Self::Npm,
        Self::Yarn,
        Self::Pnpm,
        Self::Bun,
        Self::Deno,
        Self::Cargo,
        Self::Requirements,
        Self::Poetry,
        Self::Pdm,
        Self::Uv,
        Self::Pylock,
        Self::Pipfile,
        Self::GoMod,
        Self::Pom,
        Self::GradleLock,
        Self::GradleVerification,
        Self::Gemfile,
        Self::Composer,
        Self::NugetLock,
        Self::Project,
        Self::PackagesConfig,
        Self::DepsJson,
        Self::Pubspec,
        Self::Mix,
        Self::Conan,
        Self::Swift,
        Self::Podfile,
        Self::Renv,
        Self::StackLock,
        Self::CabalFreeze,
        Self::Actions,
        Self::CycloneDx,
        Self::Spdx,
    ];

    /// The format of the file at `path`.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        // What is installed is told by the lock file that installed it.
        if path.split('/').any(|part| matches!(part, "node_modules" | "site-packages")) {
            return None;
        }
        Some(match name {
            "package-lock.json" | "npm-shrinkwrap.json" => Self::Npm,
            "yarn.lock" => Self::Yarn,
            "pnpm-lock.yaml" => Self::Pnpm,
            "bun.lock" => Self::Bun,
            "deno.lock" => Self::Deno,
            "Cargo.lock" => Self::Cargo,
            "poetry.lock" => Self::Poetry,
            "pdm.lock" => Self::Pdm,
            "uv.lock" => Self::Uv,
            "pylock.toml" => Self::Pylock,
            "Pipfile.lock" => Self::Pipfile,
            "go.mod" => Self::GoMod,
            "pom.xml" => Self::Pom,
            "gradle.lockfile" | "buildscript-gradle.lockfile" | "settings-gradle.lockfile" => Self::GradleLock,
            "verification-metadata.xml" => Self::GradleVerification,
            "Gemfile.lock" | "gems.locked" => Self::Gemfile,
            "composer.lock" => Self::Composer,
            "packages.lock.json" => Self::NugetLock,
            "packages.config" => Self::PackagesConfig,
            "pubspec.lock" => Self::Pubspec,
            "mix.lock" => Self::Mix,
            "conan.lock" => Self::Conan,
            "Package.resolved" => Self::Swift,
            "Podfile.lock" => Self::Podfile,
            "renv.lock" => Self::Renv,
            "stack.yaml.lock" => Self::StackLock,
            "cabal.project.freeze" => Self::CabalFreeze,
            "action.yml" | "action.yaml" => Self::Actions,
            "bom.json" | "bom.xml" | "sbom.json" | "sbom.xml" | "cyclonedx.json" | "cyclonedx.xml" => Self::CycloneDx,
            "spdx.json" | "sbom.spdx" => Self::Spdx,
            _ => return Self::by_ending(path, name),
        })
    }

    fn by_ending(path: &str, name: &str) -> Option<Self> {
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(if ends(&[".csproj", ".fsproj", ".vbproj"]) {
            Self::Project
        } else if ends(&[".deps.json"]) {
            Self::DepsJson
        } else if ends(&[".lockfile"]) && folder.ends_with("gradle/dependency-locks") {
            Self::GradleLock
        } else if name.starts_with("packages.") && ends(&[".lock.json"]) {
            Self::NugetLock
        } else if name.starts_with("pylock.") && ends(&[".toml"]) {
            Self::Pylock
        } else if ends(&[".cdx.json", ".cdx.xml", ".bom.json", ".bom.xml", ".sbom.json", ".sbom.xml"]) {
            Self::CycloneDx
        } else if ends(&[".spdx.json", ".spdx", ".spdx.yaml", ".spdx.yml"]) {
            Self::Spdx
        } else if ends(&[".yml", ".yaml"]) && folder.ends_with(".github/workflows") {
            Self::Actions
        } else if ends(&[".txt"]) && is_requirements(name, folder) {
            Self::Requirements
        } else {
            return None;
        })
    }

    /// Whether an empty file is as it should be.
    pub(super) const fn may_be_empty(self) -> bool {
        matches!(self, Self::Requirements)
    }

    /// Whether the file is written by people, who need not pin every version.
    pub const fn is_manifest(self) -> bool {
        matches!(self, Self::Requirements | Self::Pom | Self::Project | Self::PackagesConfig | Self::Actions)
    }

    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Npm => "package-lock.json",
            Self::Yarn => "yarn.lock",
            Self::Pnpm => "pnpm-lock.yaml",
            Self::Bun => "bun.lock",
            Self::Deno => "deno.lock",
            Self::Cargo => "Cargo.lock",
            Self::Requirements => "requirements.txt",
            Self::Poetry => "poetry.lock",
            Self::Pdm => "pdm.lock",
            Self::Uv => "uv.lock",
            Self::Pylock => "pylock.toml",
            Self::Pipfile => "Pipfile.lock",
            Self::GoMod => "go.mod",
            Self::Pom => "pom.xml",
            Self::GradleLock => "gradle.lockfile",
            Self::GradleVerification => "verification-metadata.xml",
            Self::Gemfile => "Gemfile.lock",
            Self::Composer => "composer.lock",
            Self::NugetLock => "packages.lock.json",
            Self::Project => "csproj",
            Self::PackagesConfig => "packages.config",
            Self::DepsJson => "deps.json",
            Self::Pubspec => "pubspec.lock",
            Self::Mix => "mix.lock",
            Self::Conan => "conan.lock",
            Self::Swift => "Package.resolved",
            Self::Podfile => "Podfile.lock",
            Self::Renv => "renv.lock",
            Self::StackLock => "stack.yaml.lock",
            Self::CabalFreeze => "cabal.project.freeze",
            Self::Actions => "workflow",
            Self::CycloneDx => "CycloneDX",
            Self::Spdx => "SPDX",
        }
    }
}

/// `requirements.txt`, `requirements-dev.txt`, `dev-requirements.txt`, `requirements/base.txt`, `constraints.txt`.
fn is_requirements(name: &str, folder: &str) -> bool {
    let stem = name.trim_end_matches(".txt").to_ascii_lowercase();
    let words = ["requirements", "constraints"];
    words.iter().any(|word| stem == *word || stem.split(['-', '_', '.']).any(|part| part == *word))
        || folder.rsplit('/').next() == Some("requirements")
}
