//! The command line of the sample app. Everything else is in the library.

use std::{
    io::IsTerminal as _,
    net::{Ipv4Addr, Ipv6Addr},
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context as _;
use clap::Parser;
use sample_app::{App, portal::Portal};
use tokio::{net::TcpListener, signal::unix};

/// A small dashboard that knows who is looking, on this machine's loopbacks.
#[derive(Parser)]
#[command(name = "sample-app")]
struct Arguments {
    #[arg(long)]
    port: u16,
    /// What the page is headed with.
    #[arg(long)]
    title: String,
    /// The portal, which signs the assertions: http://host[:port].
    #[arg(long, value_name = "URL")]
    portal: Portal,
    /// The origin at which browsers see this app; assertions must be meant for it.
    #[arg(long, value_name = "ORIGIN")]
    audience: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(colours).init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let port = arguments.port;
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let v4 = v4.with_context(|| format!("cannot listen on 127.0.0.1:{port}"))?;
    let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await;
    let v6 = v6.with_context(|| format!("cannot listen on [::1]:{port}"))?;
    let app = App::new(&arguments.title, arguments.portal, &arguments.audience);
    let router = sample_app::router(Arc::new(app));

    tracing::info!(port, "listening");
    let mut terminated = unix::signal(unix::SignalKind::terminate())?;
    tokio::select! {
        served = axum::serve(v4, router.clone()).into_future() => served?,
        served = axum::serve(v6, router).into_future() => served?,
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    Ok(())
}
