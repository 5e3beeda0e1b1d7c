//! Why a configuration is none.

use super::layer::Origin;

/// Why a configuration is none.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is no TOML, or has a key or value that is not known.
    #[error("`{origin}` is not valid: {message}")]
    Form {
        /// The file.
        origin: Origin,
        /// Line, column, and what is wrong.
        message: String,
    },
    /// Values that cannot be, a sentence each.
    #[error("`{origin}`: {}", .faults.join("; "))]
    Values {
        /// The file.
        origin: Origin,
        /// What is wrong.
        faults: Vec<String>,
    },
    /// The configuration asks for another version of this program.
    #[error("`{origin}` asks for gatehook {wanted}, this is {found}")]
    Version {
        /// The file.
        origin: Origin,
        /// What it asks for.
        wanted: String,
        /// What this is.
        found: String,
    },
    /// A file that it stands on cannot be had.
    #[error("`{origin}` extends `{path}`: {message}")]
    Extends {
        /// The file.
        origin: Origin,
        /// What it names.
        path: String,
        /// What is wrong.
        message: String,
        /// What to do; empty where there is nothing.
        hint: String,
    },
}

impl ConfigError {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Form { .. } | Self::Values { .. } => None,
            Self::Version { wanted, .. } => {
                Some(format!("install a gatehook that is {wanted}: `sh install.sh --tag vX.Y.Z` fetches a release"))
            }
            Self::Extends { hint, .. } => Some(hint.clone()).filter(|hint| !hint.is_empty()),
        }
    }
}
