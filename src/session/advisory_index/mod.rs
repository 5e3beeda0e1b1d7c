//! The index of advisories: imported, brought up to date, one advisory of it shown.

mod import;
mod page;
mod update;

pub use import::{chain, import};
pub use page::{is_id, page};
pub use update::{FollowUpdate, UpdateRequest, update};
