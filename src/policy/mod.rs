//! Allowances, what is new, and the verdict. Pure.

mod allowances;
mod inline;
mod verdict;
mod younger;

pub use allowances::apply;
pub use inline::{Mark, marks};
pub use verdict::decide;
pub use younger::{is_younger, younger};
