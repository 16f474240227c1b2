//! The stage that the end-to-end tests play on: the real gateway, the development provider, the sample apps,
//! people who sign in over plain TCP, upstreams that record, and a real browser. It checks nothing by itself
//! but what must hold in every run: no secret in a log, no cookie of ours at an upstream.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a harness for tests fails as tests do: at once, with a sentence"
)]

pub mod answer;
pub mod browser;
mod certificate;
pub mod counters;
pub mod flow;
mod folder;
pub mod framework;
pub mod hostile;
pub mod never_log;
mod options;
pub mod person;
pub mod ports;
pub mod process;
pub mod provider;
mod provider_page;
mod random;
pub mod recorder;
pub mod request;
pub mod script;
mod settings;
mod shell;
pub mod stage;
pub mod tap;
pub mod websocket;

pub use answer::Answer;
pub use options::{Elsewhere, StageOptions, Upstream};
pub use person::Person;
pub use recorder::Recorder;
pub use request::{Request, Site};
pub use script::Script;
pub use settings::Ports;
pub use stage::Stage;
