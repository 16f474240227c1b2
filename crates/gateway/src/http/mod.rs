//! Everything that speaks HTTP to the outside: listeners, the way from a Host to its handler, the portal's
//! API and shell, the dashboards' hosts, and the admin listener. Decides nothing about who may see what.

pub mod admin;
mod api;
mod build;
mod caller;
mod dashboard;
mod descriptors;
mod front;
mod gateway;
mod headers;
mod hosts;
mod listener;
mod logo;
mod metrics;
mod places;
mod portal;
mod problem;
mod service;
mod sessions;
mod shell;

pub use gateway::{Gateway, StartError};
pub use listener::{BindError, bind, serve};

/// For `fuzzing`.
#[cfg(any(test, feature = "fuzzing"))]
pub mod properties {
    pub use super::{
        caller::properties::forwarded, dashboard::entry, hosts::properties::hosts,
        shell::properties::encodings,
    };
}
