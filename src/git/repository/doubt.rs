//! Why a fast reader leaves the work to git's plumbing.

use std::borrow::Cow;

/// A reason to ask git itself, as words for `-v`: "split index", "repository format 2".
///
/// Never an error of the run: whoever gets one falls back to plumbing, which decides.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Doubt(Cow<'static, str>);

impl Doubt {
    /// For a reason known beforehand.
    pub(in crate::git) const fn new(reason: &'static str) -> Self {
        Self(Cow::Borrowed(reason))
    }

    /// For a reason that names something.
    pub(in crate::git) fn of(reason: impl Into<String>) -> Self {
        Self(Cow::Owned(reason.into()))
    }
}

/// What a fast reader gives.
pub(in crate::git) type Sure<T> = Result<T, Doubt>;
