//! Lanyard's gateway, in the order in which modules may import each other: each only those above it.
//! The binary beside it (main.rs) only reads the command line and starts this.

pub mod clock;
pub mod limiter;
pub mod random;
pub mod resolver;
pub mod socket;

pub mod config;

pub mod audit;

pub mod identity;

pub mod policy;

pub mod dashboards;

pub mod doctor;
pub mod explain;
pub mod http;

#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
