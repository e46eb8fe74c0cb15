//! Repositories of actions and registries of images: what a pin can be compared with and moved to.
//!
//! Nothing else in the program uses the network. Git and curl do the transport, so that proxies, certificates and
//! credentials are those that their users have set up.

mod action;
mod git;
mod image;
mod process;
mod registry;
mod remote;

pub use action::Action;
pub use process::Unreachable;
pub use remote::{Found, Mistake, Remote, State, Update};
