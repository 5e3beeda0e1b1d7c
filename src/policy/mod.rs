//! Allowances, what is new, and the verdict. Pure.

mod verdict;

pub use verdict::{Demand, decide};
