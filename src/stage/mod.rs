//! Stages: changes -> findings and an outcome.

pub mod builtin;
pub mod external;
pub mod ready;
