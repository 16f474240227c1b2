//! What Lanyard's shell and gateway agree on: names, the decision, paths and the words on the wire.
//! Types and pure rules only. No I/O, no clock, no randomness, and nothing that only one side needs.

pub mod icons;
pub mod id;
pub mod paths;
pub mod policy;
pub mod roles;
pub mod wire;

pub use id::{DashboardId, IdError, RoleId};
