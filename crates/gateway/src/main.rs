//! The command line: `lanyard serve` runs the gateway, `lanyard check` judges a configuration, `lanyard doctor`
//! what it leads to, and `lanyard explain` says what it lets whom see; `lanyard schema` and `lanyard reference` are
//! about any configuration.

use std::{
    io::{IsTerminal as _, Read as _, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand, ValueEnum};
use lanyard_gateway::{
    clock::Timestamp,
    config, doctor,
    explain::{self, Matrix, Who},
    http::{self, Gateway},
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The front door to a team's dashboards.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway.
    Serve {
        /// The configuration file.
        #[arg(long, short, default_value = "lanyard.toml")]
        config: PathBuf,
        /// How log lines are written to standard error. LANYARD_LOG sets what is logged: `info`, `debug`, …
        #[arg(long, value_enum, default_value_t = LogFormat::Text)]
        log_format: LogFormat,
    },
    /// Print every problem of a configuration, one a line, and exit with 1 if one of them is an error.
    Check {
        /// The configuration file.
        #[arg(long, short, default_value = "lanyard.toml")]
        config: PathBuf,
    },
    /// Look at what the configuration leads to: names, certificates, the identity provider and every app. Exits with
    /// 1 if something is in trouble.
    Doctor(Doctor),
    /// Say what somebody sees and by which rule, or which role sees what. Needs the file alone, and none of its
    /// secrets.
    Explain(Explain),
    /// Print the JSON Schema of configurations, for editors.
    Schema,
    /// Print the reference of every key, in Markdown.
    Reference,
}

#[derive(Args)]
struct Explain {
    /// The configuration file.
    #[arg(long, short, default_value = "lanyard.toml")]
    config: PathBuf,
    /// Somebody who is signed in, in these groups as the provider says them. Without one: in no group.
    #[arg(long, value_name = "GROUP", num_args = 0..)]
    groups: Option<Vec<String>>,
    /// Somebody who is not signed in.
    #[arg(long)]
    anonymous: bool,
    /// Every role and every dashboard.
    #[arg(long)]
    matrix: bool,
    /// How the matrix is written.
    #[arg(long, value_enum)]
    format: Option<explain::Format>,
}

#[derive(Args)]
struct Doctor {
    /// The configuration file.
    #[arg(long, short, default_value = "lanyard.toml")]
    config: PathBuf,
    /// A file with an ID token, an access token that is a JWT, or userinfo, or `-` for standard input: says which
    /// groups are in it and what they grant. It is not verified, and not printed.
    #[arg(long, value_name = "FILE")]
    token: Option<PathBuf>,
    /// Sign in with a browser of this machine, which comes back to http://localhost:PORT/callback: the provider must
    /// know that redirect URI. Says which groups came; the tokens are thrown away.
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "8919")]
    sign_in: Option<u16>,
    /// Look at what a security checklist asks as well.
    #[arg(long)]
    production: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[allow(clippy::print_stderr, reason = "why the command has no answer")]
fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve { config, log_format } => {
            start_logging(log_format);
            run(config).unwrap_or_else(|error| {
                tracing::error!("{error}");
                ExitCode::FAILURE
            })
        }
        Command::Check { config } => check(&config),
        Command::Explain(question) => match explain(question) {
            Ok(answer) => print(&answer),
            Err(why) => {
                eprintln!("{why}");
                ExitCode::FAILURE
            }
        },
        Command::Schema => print(&format!("{:#}\n", config::schema::schema())),
        Command::Reference => print(&config::reference::page()),
        Command::Doctor(asked) => examine(&asked).unwrap_or_else(|error| {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }),
    }
}

fn run(config: PathBuf) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(serve(config));
    // A write to a disk that hangs does not end; the process does.
    runtime.shutdown_background();
    ended
}

/// Whoever reads the answer may have enough of it, as `head` has: that is no failure.
#[allow(clippy::print_stderr, reason = "why the command has no answer")]
fn print(answer: &str) -> ExitCode {
    match std::io::stdout().write_all(answer.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("the answer could not be written: {error}");
            ExitCode::FAILURE
        }
        Ok(()) | Err(_) => ExitCode::SUCCESS,
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "the command's answer")]
fn check(path: &std::path::Path) -> ExitCode {
    match config::load(path, &environment) {
        Ok((config, warnings)) => {
            warnings.iter().for_each(|warning| println!("{warning}"));
            if !config.server.shell.join("index.html").is_file() {
                let shell = config.server.shell.display();
                println!(
                    "{}: advice: [server] shell: there is no shell in {shell}; build it, or set its folder",
                    path.display()
                );
            }
            config.advice().iter().for_each(|advice| println!("{}: advice: {advice}", path.display()));
            let count = config.dashboards.len();
            let dashboards = if count == 1 { "dashboard" } else { "dashboards" };
            println!("{}: no errors, {count} {dashboards}", path.display());
            ExitCode::SUCCESS
        }
        Err(problems) => {
            println!("{problems}");
            ExitCode::FAILURE
        }
    }
}

fn explain(question: Explain) -> Result<String, String> {
    let Explain { config, groups, anonymous, matrix, format } = question;
    let who = match (groups, anonymous, matrix) {
        (Some(groups), false, false) => Some(Who::SignedIn(groups)),
        (None, true, false) => Some(Who::Anonymous),
        (None, false, true) => None,
        _ => return Err("say one of these: --groups with any number of groups, --anonymous, --matrix".into()),
    };
    if who.is_some() && format.is_some() {
        return Err("--format is for --matrix; take it away, or ask for the matrix".into());
    }
    let rules = config::rules(&config).map_err(|problems| problems.to_string())?;
    match who {
        Some(who) => {
            explain::explain(&rules, who).map(|answer| answer.to_string()).map_err(|e| e.to_string())
        }
        None => Ok(Matrix::of(&rules).show(format.unwrap_or(explain::Format::Text))),
    }
}

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "the command's answer")]
fn examine(asked: &Doctor) -> anyhow::Result<ExitCode> {
    let path = asked.config.as_path();
    let token = asked.token.as_deref().map(pasted).transpose()?;
    let config = match config::load(path, &environment) {
        Ok((config, _)) => config,
        Err(problems) => {
            println!("{problems}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (sign_in, production) = (asked.sign_in, asked.production);
    let say: fn(&str) = |line| eprintln!("{line}");
    let question =
        doctor::Question { config: &config, token, sign_in, say, production, clock: Timestamp::now };
    let findings = runtime.block_on(doctor::examine(&question));
    runtime.shutdown_background();
    findings.iter().for_each(|finding| println!("{finding}"));
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(doctor::Severity::Error), count(doctor::Severity::Warning));
    println!("{}: errors: {errors}, warnings: {warnings}", path.display());
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was pasted into a file, or typed. None of it is repeated.
fn pasted(path: &std::path::Path) -> anyhow::Result<String> {
    const LARGEST: u64 = 1024 * 1024;
    let mut text = String::new();
    let read = if path == std::path::Path::new("-") {
        std::io::stdin().take(LARGEST).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut text))
    };
    read.with_context(|| format!("--token: '{}' cannot be read", path.display())).map(|_| text)
}

async fn serve(path: PathBuf) -> anyhow::Result<ExitCode> {
    let (config, warnings) = match config::load(&path, &environment) {
        Ok(loaded) => loaded,
        Err(problems) => {
            for problem in problems.to_string().lines() {
                tracing::error!("{problem}");
            }
            anyhow::bail!("{} cannot be used; `lanyard check` lists what is wrong with it", path.display());
        }
    };
    warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    config.advice().iter().for_each(|advice| tracing::warn!("{advice}"));
    let listeners = http::bind(&config.server.listen, "[server] listen").await?;
    let admin = http::bind(&[config.server.admin], "[server] admin").await?;
    let (portal, addresses) = (config.portal.origin.to_string(), config.server.listen.clone());
    let gateway = Arc::new(Gateway::new(config)?);
    let stopping = Arc::new(AtomicBool::new(false));
    for listener in admin {
        tokio::spawn(http::admin::serve(gateway.clone(), listener, stopping.clone()));
    }
    let housekeeping = tokio::spawn(gateway.clone().housekeeping());
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopping.store(true, Ordering::Relaxed);
    };
    tracing::info!(%portal, ?addresses, "listening");
    http::serve(gateway.clone(), listeners, stop).await;
    housekeeping.abort();
    // What was decided is on the disk before the process ends, unless the disk itself hangs.
    let flushed = tokio::time::timeout(Duration::from_secs(5), gateway.flush()).await;
    flushed.context("the audit trail could not be written in time")??;
    Ok(ExitCode::SUCCESS)
}

fn start_logging(format: LogFormat) {
    let filter = EnvFilter::try_from_env("LANYARD_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let lines = lines.with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}
