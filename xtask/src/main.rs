//! `cargo xtask`: the project's own commands. Each is a module of its own; what they share stands beside them.
//! It uses little besides std, so that it compiles in seconds on a fresh machine. Unix only.

mod clock;
mod interrupt;
mod lockfile;
mod process;
mod progress;
mod random;
mod report;
mod workspace;

mod tools;

mod frameworks;
mod shell;

mod bench;
mod build;
mod demo;
mod fuzz;
mod look;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and run it on this machine, with a development identity provider and sample apps.
    Demo {
        /// The portal's port. The ports after it are taken as well: six, and with `--real` one for each dashboard more.
        #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1024..=i64::from(demo::LAST_PORT)))]
        port: u16,
        /// Put the real apps of `examples/` in the sample apps' place: Streamlit, Panel, Bokeh, Dash, Shiny and a
        /// plain web app; and the Django site with its own admin in the development provider's. Installs what they
        /// are written with, into the target folder.
        #[arg(long)]
        real: bool,
        /// Sign people in with Keycloak. Fetches it into the user's cache.
        #[arg(long)]
        keycloak: bool,
    },
    /// Build the shell and the gateway in release, for a set-up of your own.
    Build,
    /// Run every check and every test. The last line is `N passed, N failed`.
    Test {
        /// Run only this step, or this row of the conformance suite, and what it needs. May be given several times.
        #[arg(long, value_name = "STEP OR ROW")]
        only: Vec<String>,
    },
    /// Draw every state of the shell, in light and dark and at every width, into target/look/ with one page of all
    /// pictures.
    Look,
    /// Measure the gateway in release beside nginx and Caddy, and the shell in a browser: a table,
    /// target/bench/results.json and, after a full run of everything, docs/performance.md. Takes about half an hour
    /// on a machine that does nothing else.
    Bench {
        /// Short rounds, to see that everything works. Such figures say little.
        #[arg(long)]
        quick: bool,
        /// Measure only figures whose id begins like this, such as `http.1kb`. May be given several times.
        #[arg(long, value_name = "ID")]
        only: Vec<String>,
    },
    /// Run the fuzzers of our own parsers, one after the other. Installs cargo-fuzz when it is missing.
    Fuzz {
        /// How long each runs.
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=fuzz::LONGEST))]
        seconds: u64,
        /// Run only these.
        #[arg(value_name = "TARGET")]
        only: Vec<String>,
    },
    /// Check licences, bans and sources of all dependencies. Installs cargo-deny when it is missing.
    Deny,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            report::error(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<ExitCode> {
    interrupt::install()?;
    let workspace = Workspace::find()?;
    match task {
        Task::Demo { port, real, keycloak } => demo::run(&workspace, port, demo::Choice { real, keycloak }),
        Task::Build => build::run(&workspace),
        Task::Test { only } => test::run(&workspace, &only),
        Task::Look => look::run(&workspace),
        Task::Bench { quick, only } => bench::run(&workspace, quick, &only),
        Task::Fuzz { seconds, only } => fuzz::run(&workspace, &only, seconds),
        Task::Deny => tools::deny::check(&workspace),
    }
}
