//! The development provider of `crates/dev-idp/`: it has the demo's people already, and asks nobody for a password.

use std::process::Command;

use anyhow::Result;

use super::Start;
use crate::demo::{
    CLIENT_ID, SECRET,
    children::{Children, Sign},
};

pub(super) fn start(start: &Start<'_>, children: &mut Children) -> Result<()> {
    let mut command = Command::new(&start.program);
    command.args(["--port", &start.ports.provider.to_string(), "--client-id", CLIENT_ID]);
    command.args(["--client-secret-env", SECRET]).env(SECRET, start.secret);
    command.args(["--redirect-uri", &start.callback()]);
    command.args(["--post-logout-redirect-uri", &start.signed_out()]);
    children.start("provider", command, Sign::Listening)
}
