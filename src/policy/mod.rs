//! Allowances, what is new, and the verdict. Pure.

mod allowances;
pub mod baseline;
mod inline;
mod loosened;
mod merge;
mod noqa;
mod own_files;
mod pending;
mod verdict;
mod newer_than_pin;

pub use allowances::{TookPart, allowed_by, apply, covers, prepare};
pub use inline::{Mark, NO_REASON, marks};
pub use loosened::{Judged, LOOSENED, baseline_grew, loosened};
pub use merge::{Part, merge};
pub use newer_than_pin::{is_newer_than_pin, warn_if_newer};
pub use noqa::rules_of_code;
pub use own_files::{OWN_FILES, STEERING, own_files, steering};
pub use pending::{Permit, pending};
pub use verdict::{decide, decide_anew};
