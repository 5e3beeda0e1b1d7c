//! Ecosystems: their names as OSV writes them, how they spell packages, which order their versions have.
//!
//! Names follow the list of ecosystems of the OSV schema (<https://ossf.github.io/osv-schema/#defined-ecosystems>), the
//! types of package URLs its registry (<https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst>).

use std::borrow::Cow;

use super::versions::Order;

macro_rules! ecosystems {
    ($($variant:ident, $name:literal, $purl:literal, $order:ident, [$($alias:literal),*];)*) => {
        /// Where a package comes from.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "the names are the ecosystems'")]
        pub enum Ecosystem { $($variant),* }

        impl Ecosystem {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name as OSV writes it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Its type in package URLs.
            pub const fn purl_type(self) -> &'static str {
                match self { $(Self::$variant => $purl),* }
            }

            /// How its versions are ordered.
            pub const fn order(self) -> Order {
                match self { $(Self::$variant => Order::$order),* }
            }

            fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($alias),*]),* }
            }
        }
    };
}

ecosystems! {
    Npm, "npm", "npm", Npm, ["node", "javascript"];
    CratesIo, "crates.io", "cargo", Cargo, ["rust", "cargo", "crates"];
    PyPI, "PyPI", "pypi", PyPI, ["python", "pip"];
    Go, "Go", "golang", Go, ["golang"];
    Maven, "Maven", "maven", Maven, ["java", "gradle"];
    RubyGems, "RubyGems", "gem", RubyGems, ["ruby", "gems", "gem", "bundler"];
    Packagist, "Packagist", "composer", Packagist, ["php", "composer"];
    NuGet, "NuGet", "nuget", NuGet, ["dotnet", ".net", "c#"];
    Pub, "Pub", "pub", Pub, ["dart", "flutter"];
    Hex, "Hex", "hex", Hex, ["elixir", "erlang"];
    ConanCenter, "ConanCenter", "conan", Semver, ["conan"];
    SwiftUrl, "SwiftURL", "swift", Semver, ["swift", "swiftpm"];
    CocoaPods, "CocoaPods", "cocoapods", RubyGems, ["pods"];
    Cran, "CRAN", "cran", Cran, ["r"];
    Hackage, "Hackage", "hackage", Hackage, ["haskell", "cabal"];
    Ghc, "GHC", "generic", Hackage, [];
    GitHubActions, "GitHub Actions", "github", Semver, ["actions", "githubactions", "github-actions"];
    Deno, "JSR", "jsr", Npm, ["deno"];
    Debian, "Debian", "deb", Debian, ["deb", "dpkg"];
    Ubuntu, "Ubuntu", "deb", Debian, [];
    Alpine, "Alpine", "apk", Alpine, ["apk"];
    Wolfi, "Wolfi", "apk", Alpine, [];
    Chainguard, "Chainguard", "apk", Alpine, [];
    RedHat, "Red Hat", "rpm", Rpm, ["rpm", "redhat", "rhel"];
    RockyLinux, "Rocky Linux", "rpm", Rpm, ["rocky"];
    AlmaLinux, "AlmaLinux", "rpm", Rpm, ["alma"];
    Suse, "SUSE", "rpm", Rpm, [];
    OpenSuse, "openSUSE", "rpm", Rpm, [];
    Mageia, "Mageia", "rpm", Rpm, [];
    OpenEuler, "openEuler", "rpm", Rpm, [];
    AzureLinux, "Azure Linux", "rpm", Rpm, ["mariner"];
    Bioconductor, "Bioconductor", "bioconductor", Cran, [];
    Julia, "Julia", "julia", Semver, [];
    OssFuzz, "OSS-Fuzz", "generic", Semver, [];
    Android, "Android", "generic", Semver, [];
    Linux, "Linux", "generic", Semver, [];
    Bitnami, "Bitnami", "bitnami", Semver, [];
    Opam, "opam", "opam", Debian, ["ocaml"];
}

impl Ecosystem {
    /// The one of that number in a compiled index.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Its number in a compiled index.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Reads a name as OSV writes it, with or without the release behind the colon (`Debian:12`).
    pub fn from_osv(name: &str) -> Option<Self> {
        let base = name.split(':').next().unwrap_or(name);
        Self::ALL.iter().copied().find(|one| one.name() == base)
    }

    /// Reads what a person types: any case, common other names.
    pub fn from_word(word: &str) -> Option<Self> {
        let base = word.split(':').next().unwrap_or(word).to_ascii_lowercase();
        let plain = |name: &str| name.to_ascii_lowercase().replace([' ', '.', '-'], "");
        Self::ALL
            .iter()
            .copied()
            .find(|one| plain(one.name()) == plain(&base) || one.aliases().contains(&base.as_str()))
    }

    /// Reads the type of a package URL, with the namespace where the type alone does not tell.
    pub fn from_purl(kind: &str, namespace: &str) -> Option<Self> {
        Some(match (kind.to_ascii_lowercase().as_str(), namespace.to_ascii_lowercase().as_str()) {
            ("deb", "ubuntu") => Self::Ubuntu,
            ("apk", "wolfi") => Self::Wolfi,
            ("apk", "chainguard") => Self::Chainguard,
            ("rpm", "rocky" | "rocky-linux" | "rockylinux") => Self::RockyLinux,
            ("rpm", "almalinux" | "alma") => Self::AlmaLinux,
            ("rpm", "suse") => Self::Suse,
            ("rpm", "opensuse") => Self::OpenSuse,
            ("rpm", "mageia") => Self::Mageia,
            ("rpm", "openeuler") => Self::OpenEuler,
            ("rpm", "azurelinux" | "mariner") => Self::AzureLinux,
            ("generic", _) => return None,
            (kind, _) => Self::ALL.iter().copied().find(|one| one.purl_type() == kind)?,
        })
    }

    /// The name under which a registry compares packages: PEP 503 for Python, no case for `NuGet`, Packagist, Actions.
    pub fn normalised(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::PyPI => {
                let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
                let bytes = name.as_bytes();
                let separated = |at: usize| bytes[at] == b'-' && at > 0 && bytes[at - 1] != b'-';
                if (0..bytes.len()).all(|at| plain(bytes[at]) || separated(at)) {
                    return Cow::Owned(name.to_owned());
                }
                let mut out = String::with_capacity(name.len());
                let mut run = false;
                for character in name.trim().chars() {
                    if matches!(character, '-' | '_' | '.') {
                        if !run {
                            out.push('-');
                        }
                        run = true;
                    } else {
                        out.extend(character.to_lowercase());
                        run = false;
                    }
                }
                Cow::Owned(out)
            }
            Self::NuGet | Self::Packagist | Self::GitHubActions | Self::Hex | Self::Pub | Self::ConanCenter => {
                Cow::Owned(name.to_ascii_lowercase())
            }
            Self::SwiftUrl => {
                let bare = name.trim_start_matches("https://").trim_start_matches("http://");
                Cow::Owned(bare.trim_end_matches('/').trim_end_matches(".git").to_ascii_lowercase())
            }
            // crates.io holds no two crates whose names differ in `-` and `_` or in case alone, but a lock file
            // writes the name as it is, and so do advisories.
            _ => Cow::Borrowed(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_osv_and_as_people_write_them() {
        assert_eq!(Ecosystem::from_osv("Debian:12"), Some(Ecosystem::Debian));
        assert_eq!(Ecosystem::from_osv("crates.io"), Some(Ecosystem::CratesIo));
        assert_eq!(Ecosystem::from_osv("Npm"), None);
        for (word, one) in
            [("NPM", Ecosystem::Npm), ("red-hat", Ecosystem::RedHat), ("Ubuntu:22.04:LTS", Ecosystem::Ubuntu)]
        {
            assert_eq!(Ecosystem::from_word(word), Some(one), "{word}");
        }
        assert_eq!(Ecosystem::from_word("nothing"), None);
        for (number, one) in Ecosystem::ALL.iter().enumerate() {
            assert_eq!(usize::from(one.number()), number);
            assert_eq!(Ecosystem::from_number(one.number()), Some(*one));
        }
    }

    #[test]
    fn one_package_has_one_name() {
        assert_eq!(Ecosystem::PyPI.normalised("Zope._Interface"), "zope-interface");
        assert_eq!(Ecosystem::PyPI.normalised("a--b"), "a-b");
        assert_eq!(Ecosystem::NuGet.normalised("Newtonsoft.Json"), "newtonsoft.json");
        assert_eq!(
            Ecosystem::SwiftUrl.normalised("https://github.com/Apple/swift-nio.git"),
            "github.com/apple/swift-nio"
        );
    }
}
