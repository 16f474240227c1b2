//! The command line of the development identity provider. Everything else is in the library.

use std::{io::IsTerminal as _, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::Parser;
use lanyard_dev_idp::{Provider, client::Client, http, key::SigningKey, listen::Loopbacks, people};

/// An OpenID provider for development: it signs anybody in, and is reachable from this machine only.
#[derive(Parser)]
#[command(name = "lanyard-dev-idp")]
struct Arguments {
    /// The port on 127.0.0.1 and [::1]; the issuer is http://id.localhost:<PORT>.
    #[arg(long)]
    port: u16,
    #[arg(long, default_value = "lanyard")]
    client_id: String,
    /// The environment variable that holds the client's secret.
    #[arg(long, value_name = "NAME")]
    client_secret_env: String,
    /// Where people may return to with a code.
    #[arg(long = "redirect-uri", value_name = "URL", num_args = 1.., required = true)]
    redirect_uris: Vec<String>,
    /// Where people may go after signing out.
    #[arg(long = "post-logout-redirect-uri", value_name = "URL", num_args = 1..)]
    post_logout_redirect_uris: Vec<String>,
    /// A TOML file with [[people]] (sub, name, email, groups) instead of the demo's.
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// A file that keeps the signing key, made if absent. Without it the key lives as long as the process.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Lets POST /misbehave make the provider do things wrong, for tests.
    #[arg(long)]
    allow_misbehaviour: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(colours).init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let secret = std::env::var(&arguments.client_secret_env)
        .with_context(|| format!("the environment variable {} is needed", arguments.client_secret_env))?;
    anyhow::ensure!(!secret.is_empty(), "the environment variable {} is empty", arguments.client_secret_env);
    let (redirect_uris, post_logout) = (&arguments.redirect_uris, &arguments.post_logout_redirect_uris);
    for uri in redirect_uris.iter().chain(post_logout) {
        url::Url::parse(uri).with_context(|| format!("'{uri}' is not a URL"))?;
    }
    let people = arguments.people.as_deref().map_or_else(|| Ok(people::demo()), people::from_file)?;
    // First the port, which is quick to refuse; then the key, which takes a moment.
    let loopbacks = Loopbacks::bind(arguments.port).await?;
    let key = arguments.key.as_deref().map_or_else(SigningKey::generate, SigningKey::kept_in)?;
    let client = Client::new(&arguments.client_id, &secret, redirect_uris, post_logout);
    let mut provider = Provider::new(loopbacks.port(), client, people, key)?;
    provider.may_misbehave = arguments.allow_misbehaviour;

    tracing::info!(issuer = provider.issuer().as_str(), "listening");
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        () = loopbacks.serve(http::router(Arc::new(provider))) => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    Ok(())
}
