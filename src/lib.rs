//! Lanyard's shell: the page people sign in at and open their dashboards from.
//! Modules in the order of the flow; each imports only from those above it (`ui`, `clock`, `locale`,
//! `random` and `waiting` know none of them). It decides nothing for good: the gateway enforces what is only drawn here.

pub mod clock;
pub mod locale;
pub mod random;
pub mod ui;
pub mod waiting;

pub mod api;
pub mod config;
pub mod identity;
pub mod policy;

pub mod memory;

pub mod layout;

pub mod dashboards;

pub mod app;
