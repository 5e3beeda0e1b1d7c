//! The languages and technologies that a rule can be limited to. Also compiled into the build
//! script, so it uses nothing of the crate.

macro_rules! languages {
    ($($variant:ident = $word:literal),+ $(,)?) => {
        /// A language or technology, as rule files name it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum Language { $($variant),+ }

        impl Language {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word for it in rule files.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

languages! {
    Python = "python", Javascript = "javascript", Typescript = "typescript", Html = "html",
    Java = "java", Kotlin = "kotlin", Scala = "scala", Go = "go", Ruby = "ruby", Php = "php",
    Csharp = "csharp", C = "c", Cpp = "cpp", Rust = "rust", Shell = "shell", Sql = "sql",
    Dockerfile = "dockerfile", Yaml = "yaml", Json = "json", Toml = "toml", Terraform = "terraform",
    GithubActions = "github-actions", Compose = "compose", Kubernetes = "kubernetes", Css = "css",
    Xml = "xml", Ini = "ini", Make = "make", Swift = "swift", Perl = "perl", Lua = "lua",
    Powershell = "powershell", Markdown = "markdown", Properties = "properties", Env = "env",
}

impl Language {
    /// Reads a word of a rule file.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.word() == word)
    }
}

/// A set of languages; empty stands for "any" in a rule and "unknown" for a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LanguageSet(pub u64);

impl LanguageSet {
    /// The set with `language` added.
    #[must_use]
    pub const fn with(self, language: Language) -> Self {
        Self(self.0 | 1 << language as u64)
    }

    /// Whether `language` is in it.
    pub const fn has(self, language: Language) -> bool {
        self.0 & (1 << language as u64) != 0
    }

    /// Whether the two share a language.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is none in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its members.
    pub fn iter(self) -> impl Iterator<Item = Language> {
        Language::ALL.iter().copied().filter(move |&language| self.has(language))
    }
}
