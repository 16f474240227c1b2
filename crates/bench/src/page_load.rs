//! A page of eighty files over six connections, as a browser loads Streamlit's: how long until the last has come.
//! Only the requests are made, no page is drawn.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    clock::Stopwatch,
    figure::{Figure, Rounds},
    files::page,
    plan::Plan,
    scene::{Door, Scene},
};

/// As many as browsers open to one host over HTTP/1.1.
const CONNECTIONS: usize = 6;

pub async fn measure(plan: &Plan) -> Result<Vec<Figure>> {
    let scene = Scene::start(plan).await?;
    let mut rounds = Rounds::default();
    for _ in 0..plan.pick(5, 50) {
        for front in &scene.fronts {
            rounds.note(front.name, load(&front.files).await?);
        }
    }
    Ok(vec![rounds.figure("page-load.80-requests", "ms")])
}

async fn load(door: &Door) -> Result<f64> {
    let next = AtomicUsize::new(0);
    let since = Stopwatch::start();
    let connections = (0..CONNECTIONS).map(|_| fetch(door, &next));
    let fetched: usize = try_join_all(connections).await?.into_iter().sum();
    let took = since.seconds();
    ensure!(fetched == page().sum::<usize>(), "{} carried {fetched} bytes of the page", door.name);
    Ok(took * 1e3)
}

/// Fetches one file after the other, until none is left; how many bytes there were.
async fn fetch(door: &Door, next: &AtomicUsize) -> Result<usize> {
    let mut stream = TcpStream::connect(("127.0.0.1", door.port)).await?;
    stream.set_nodelay(true)?;
    let (mut fetched, mut buffer) = (0, Vec::with_capacity(256 * 1024));
    for nth in std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed)) {
        if nth >= page().count() {
            break;
        }
        stream.write_all(&door.request("GET", &format!("/page-{nth}")).bytes()).await?;
        buffer.clear();
        let length = loop {
            ensure!(stream.read_buf(&mut buffer).await? > 0, "{} closed before it answered", door.name);
            if let Some((head, length)) = head(&buffer)? {
                break head + length;
            }
        };
        while buffer.len() < length {
            ensure!(stream.read_buf(&mut buffer).await? > 0, "{} closed in the middle", door.name);
        }
        fetched += page().nth(nth).unwrap_or_default();
    }
    Ok(fetched)
}

/// How long head and body of an answer are, once the head is there.
fn head(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end])?.to_ascii_lowercase();
    ensure!(text.starts_with("http/1.1 200 "), "not a good answer: {text}");
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    Ok(Some((end + 4, length.context("an answer without a length")?.trim().parse()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_measured_by_its_head() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nabc";
        assert_eq!(head(answer).unwrap(), Some((38, 7)));
        assert_eq!(head(&answer[..30]).unwrap(), None);
        assert!(head(b"HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\n").is_err());
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
