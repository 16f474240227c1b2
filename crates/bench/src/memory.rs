//! Resident memory of each contestant: at rest, and with a thousand and five thousand WebSockets that have said
//! something once and are idle since. What is shared between processes counts once.

use std::{fs, time::Duration};

use anyhow::{Context as _, Result};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::{net::TcpStream, time::sleep};

use crate::{
    figure::Figure,
    frames,
    plan::Plan,
    scene::{Front, Scene},
    websockets::{exchange, open},
};

/// Sockets that are opened at once.
const AT_ONCE: usize = 32;

pub async fn measure(plan: &Plan) -> Result<Vec<Figure>> {
    let scene = Scene::start(plan).await?;
    let mut columns = Vec::new();
    for front in &scene.fronts {
        columns.push((front.name, of(front, plan.pick([100, 500], [1000, 5000])).await?));
    }
    Ok(beside(columns))
}

/// One contestant's figures: id, value.
async fn of(front: &Front, counts: [usize; 2]) -> Result<Vec<(String, f64)>> {
    let rest = resident(front.id)?;
    let mut figures = vec![("memory.rest".to_owned(), rest)];
    let mut sockets: Vec<TcpStream> = Vec::new();
    for count in counts {
        let more: Vec<TcpStream> = stream::iter(sockets.len()..count)
            .map(|_| idle(front))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        sockets.extend(more);
        // What an allocator gives back, it gives back late.
        sleep(Duration::from_secs(1)).await;
        let now = resident(front.id)?;
        figures.push((format!("memory.websockets.{count}"), now));
        figures.push((format!("memory.websockets.{count}.each"), (now - rest) / count as f64));
    }
    Ok(figures)
}

async fn idle(front: &Front) -> Result<TcpStream> {
    let mut stream = open(&front.live).await?;
    let mut echo = vec![0; frames::echo_length(64)];
    exchange(&mut stream, &frames::message(64), &mut echo).await?;
    Ok(stream)
}

/// The first contestant's figures, with those of the others beside them.
fn beside(columns: Vec<(&'static str, Vec<(String, f64)>)>) -> Vec<Figure> {
    let mut columns = columns.into_iter();
    let (_, own) = columns.next().unwrap_or_default();
    let mut figures: Vec<Figure> =
        own.into_iter().map(|(id, value)| Figure::new(id, value, "bytes")).collect();
    for (peer, column) in columns {
        for (figure, (_, value)) in figures.iter_mut().zip(column) {
            figure.peers.insert(peer.to_owned(), value);
        }
    }
    figures
}

/// Bytes of a process and of all that it started. A page that several share counts once (its `Pss`).
pub fn resident(id: u32) -> Result<f64> {
    tree(id).into_iter().try_fold(0.0, |sum, id| Ok(sum + alone(id)?))
}

/// Bytes of one process.
pub fn alone(id: u32) -> Result<f64> {
    let path = format!("/proc/{id}/smaps_rollup");
    let text = fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    Ok(kilobytes(&text).with_context(|| format!("{path} has no Pss"))? * 1024.0)
}

/// A process and all that it started.
pub fn tree(id: u32) -> Vec<u32> {
    let children = |id: u32| {
        let tasks = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
        let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
        lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>())
    };
    let mut found = vec![id];
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        found.extend(children(id));
        next += 1;
    }
    found
}

fn kilobytes(rollup: &str) -> Option<f64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rollup_is_read() {
        let text =
            "55d0-7ffe ---p 00000000 00:00 0 [rollup]\nRss:   3040 kB\nPss:   812 kB\nPss_Dirty: 5 kB\n";
        assert_eq!(kilobytes(text), Some(812.0));
        assert_eq!(kilobytes("Rss: 3 kB\n"), None);
    }

    #[test]
    fn this_process_has_memory() {
        assert!(resident(std::process::id()).unwrap() > 100_000.0);
    }
}
