//! Measures what Lanyard promises about speed and size, beside nginx and Caddy on the same machine in the same
//! minutes. `cargo xtask bench` builds it, provides its equipment and runs it. One file a subject; goals and
//! verdicts stand apart from what is measured.

mod clock;
mod figure;
mod files;
mod first_visit;
mod frames;
mod goals;
mod growth;
mod http;
mod memory;
mod navigation;
mod page_load;
mod peers;
mod plan;
mod results;
mod scene;
mod sessions;
mod sign_ins;
mod table;
mod uploads;
mod upstream;
mod websockets;
mod wrk;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use lanyard_testbed::process::may_open;

use figure::Figure;
use plan::Plan;
use results::Judged;

/// Both ends of five thousand sockets are here; whoever stands between has as many.
const FILES: u64 = 20_000;

#[derive(Parser)]
#[command(name = "lanyard-bench")]
struct Arguments {
    /// Short rounds, to see that everything works. Such figures say little.
    #[arg(long)]
    quick: bool,
    /// Only figures whose id begins like this. May be given several times.
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    #[arg(long)]
    nginx: PathBuf,
    #[arg(long)]
    caddy: PathBuf,
    #[arg(long)]
    wrk: PathBuf,
    /// Where results.json and everything else goes.
    #[arg(long)]
    folder: PathBuf,
    /// The page whose table a full run of everything replaces.
    #[arg(long)]
    page: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Arguments { quick, only, nginx, caddy, wrk, folder, page } = Arguments::parse();
    may_open(FILES);
    let folder = std::path::absolute(folder)?;
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let plan = Plan { quick, only, nginx, caddy, wrk, folder };
    let figures = measure(&plan).await?;
    ensure!(!figures.is_empty(), "no figure has an id that begins with {}", plan.only.join(" or "));
    let judged: Vec<Judged> = figures.into_iter().map(results::judge).collect();
    let results = plan.folder.join("results.json");
    fs::write(&results, serde_json::to_string_pretty(&judged)?)
        .with_context(|| results.display().to_string())?;
    let table = table::of(&judged);
    if quick {
        say("**A quick run: it shows that everything works, and measures too briefly to compare.**\n");
    } else if plan.only.is_empty() {
        let text = fs::read_to_string(&page).with_context(|| page.display().to_string())?;
        fs::write(&page, table::put(&text, &table)?).with_context(|| page.display().to_string())?;
    }
    say(&table);
    Ok(())
}

async fn measure(plan: &Plan) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    /// Measures a subject if any of its figures is wanted.
    macro_rules! subject {
        ($module:ident, $($id:literal),+) => {
            if [$($id),+].iter().any(|id| plan.wants(id)) {
                note(&format!("measuring {}", stringify!($module)));
                figures.extend($module::measure(plan).await.context(stringify!($module))?);
            }
        };
    }
    subject!(first_visit, "first-visit.");
    subject!(navigation, "navigation.");
    subject!(http, "http.");
    subject!(page_load, "page-load.");
    subject!(uploads, "uploads.");
    subject!(websockets, "websockets.");
    subject!(memory, "memory.rest", "memory.websockets.");
    subject!(sessions, "memory.sessions.", "growth.first-byte.sessions", "growth.sign-ins");
    subject!(growth, "growth.decision.", "growth.start.", "growth.first-byte.dashboards");
    figures.retain(|figure| plan.wants(&figure.id));
    Ok(figures)
}

#[allow(clippy::print_stdout, reason = "the table is what this program is for")]
fn say(text: &str) {
    println!("{text}");
}

#[allow(clippy::print_stderr, reason = "no minute is silent")]
fn note(text: &str) {
    eprintln!("{text}");
}
