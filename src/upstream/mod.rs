//! Repositories of actions, registries of images, and GitHub's REST API.
//!
//! Nothing else in the program uses the network. Git and curl do the transport, so that proxies, certificates and
//! credentials are those that their users have set up.

mod action;
mod api;
mod git;
mod http;
mod image;
mod process;
mod protections;
mod registry;
mod remote;
mod settings;

pub use action::Action;
pub use api::{Api, ApiError};
pub use process::Unreachable;
pub use protections::Protection;
pub use registry::image_repository;
pub use remote::{Found, Mistake, Remote, State, Update};
pub use settings::{
    Actions, Branch, Caches, Policy, RealEnvironment, RepositorySettings, Selected, TokenDefaults, Unread,
    repository_settings,
};
