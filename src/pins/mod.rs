//! `pipeline.lock`: the pins of actions, images and tools.
//!
//! A tag can be moved to other code; a commit and a digest cannot. The lock is
//! the only place where they are kept, so that bringing one up to date is one
//! changed line.

pub mod builtin;
mod grammar;
mod lock;
mod read;
mod spec;
mod uses;
mod version;

pub(crate) use grammar::repository;
pub use lock::{Lock, Pin, Tool};
pub use read::LockError;
pub use spec::{AddError, Added, Change};
pub use uses::{Uses, moved, uses};
pub use version::is_later;
pub(crate) use version::{Version, is_release_of};

#[cfg(test)]
mod tests;
