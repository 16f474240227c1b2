//! The command line of the status page. Everything else is in the library.

use std::{
    io::IsTerminal as _,
    net::{Ipv4Addr, Ipv6Addr},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Parser;
use tokio::{net::TcpListener, signal::unix};

/// A public page for a frame, on this machine's loopbacks.
#[derive(Parser)]
#[command(name = "status-page")]
struct Arguments {
    #[arg(long)]
    port: u16,
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
    let router = status_page::router();

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
