//! WebSockets through each contestant to an app that echoes: one message to and fro, messages a second of three
//! sizes with several under way, and how many open a second.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::sleep,
};

use crate::{
    clock::Stopwatch,
    figure::{Figure, Rounds, median},
    frames,
    plan::Plan,
    scene::{Door, Scene},
};

/// Sockets at a time.
const SOCKETS: usize = 16;
/// Messages by their bytes, and how many of one socket are under way.
const MESSAGES: [(&str, usize, usize); 3] = [("64b", 64, 16), ("1kb", 1024, 16), ("64kb", 64 * 1024, 4)];
const ROUND_TRIPS: usize = 500;

pub async fn measure(plan: &Plan) -> Result<Vec<Figure>> {
    let scene = Scene::start(plan).await?;
    let mut figures = Vec::new();
    if plan.wants("websockets.round-trip") {
        let mut rounds = Rounds::default();
        for _ in 0..plan.pick(3, 20) {
            for front in &scene.fronts {
                rounds.note(front.name, round_trip(&front.live).await?);
            }
        }
        figures.push(rounds.figure("websockets.round-trip", "µs"));
    }
    for (name, bytes, under_way) in MESSAGES {
        let id = format!("websockets.messages.{name}");
        if plan.wants(&id) {
            let mut rounds = Rounds::default();
            for _ in 0..plan.rounds() {
                for front in &scene.fronts {
                    rounds.note(front.name, messages(&front.live, bytes, under_way, plan.span()).await?);
                }
            }
            figures.push(rounds.figure(id, "messages/s"));
        }
    }
    if plan.wants("websockets.opening") {
        let mut rounds = Rounds::default();
        for _ in 0..plan.rounds() {
            for front in &scene.fronts {
                rounds.note(front.name, opening(&front.live, plan.span() / 2).await?);
            }
        }
        figures.push(rounds.figure("websockets.opening", "openings/s"));
    }
    Ok(figures)
}

/// An open WebSocket, as its bytes.
pub async fn open(door: &Door) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", door.port)).await?;
    stream.set_nodelay(true)?;
    stream.write_all(&door.handshake().bytes()).await?;
    let mut head = Vec::with_capacity(1024);
    while !head.ends_with(b"\r\n\r\n") {
        ensure!(stream.read_buf(&mut head).await? > 0, "{} closed before the handshake", door.name);
    }
    let said = String::from_utf8_lossy(&head);
    ensure!(said.starts_with("HTTP/1.1 101 "), "{} refused the WebSocket: {said}", door.name);
    Ok(stream)
}

/// One message to and fro: microseconds.
pub async fn exchange(stream: &mut TcpStream, message: &[u8], echo: &mut [u8]) -> Result<f64> {
    let since = Stopwatch::start();
    stream.write_all(message).await?;
    stream.read_exact(echo).await?;
    Ok(since.seconds() * 1e6)
}

async fn round_trip(door: &Door) -> Result<f64> {
    let (message, mut echo) = (frames::message(64), vec![0; frames::echo_length(64)]);
    let mut stream = open(door).await?;
    let mut times = Vec::with_capacity(ROUND_TRIPS);
    for _ in 0..ROUND_TRIPS {
        times.push(exchange(&mut stream, &message, &mut echo).await?);
    }
    Ok(median(times))
}

async fn messages(door: &Door, bytes: usize, under_way: usize, span: Duration) -> Result<f64> {
    let streams = try_join_all((0..SOCKETS).map(|_| open(door))).await?;
    let talked: Arc<Talked> = Arc::default();
    // Tasks of their own, so that every core can be theirs.
    let mut talking = JoinSet::new();
    for stream in streams {
        talking.spawn(talk(stream, bytes, under_way, talked.clone()));
    }
    // Not the beginning, in which buffers grow.
    sleep(span / 5).await;
    let (since, before) = (Stopwatch::start(), talked.count.load(Ordering::Relaxed));
    sleep(span).await;
    let rate = (talked.count.load(Ordering::Relaxed) - before) as f64 / since.seconds();
    talked.enough.store(true, Ordering::Relaxed);
    while let Some(ended) = talking.join_next().await {
        ended??;
    }
    Ok(rate)
}

/// What all sockets have done together, and whether they may stop.
#[derive(Default)]
struct Talked {
    count: AtomicU64,
    enough: AtomicBool,
}

/// Keeps so many messages under way, and counts their echoes.
async fn talk(mut stream: TcpStream, bytes: usize, under_way: usize, talked: Arc<Talked>) -> Result<()> {
    let (message, length) = (frames::message(bytes), frames::echo_length(bytes));
    let ready = message.repeat(under_way);
    let mut buffer = vec![0; (length * under_way).min(256 * 1024)];
    stream.write_all(&ready).await?;
    let mut partial = 0;
    while !talked.enough.load(Ordering::Relaxed) {
        let read = stream.read(&mut buffer).await?;
        ensure!(read > 0, "a WebSocket was closed under load");
        partial += read;
        let whole = partial / length;
        partial %= length;
        talked.count.fetch_add(whole as u64, Ordering::Relaxed);
        stream.write_all(&ready[..whole * message.len()]).await?;
    }
    Ok(())
}

/// Opens one after the other on each of several ways, says one thing and leaves.
async fn opening(door: &Door, span: Duration) -> Result<f64> {
    let since = Stopwatch::start();
    let mut opening = JoinSet::new();
    for _ in 0..SOCKETS {
        let door = door.clone();
        opening.spawn(async move {
            let (message, mut echo) = (frames::message(64), vec![0; frames::echo_length(64)]);
            let mut count = 0;
            while since.elapsed() < span {
                let mut stream = open(&door).await?;
                exchange(&mut stream, &message, &mut echo).await?;
                count += 1;
            }
            anyhow::Ok(count)
        });
    }
    let mut count = 0;
    while let Some(ended) = opening.join_next().await {
        count += ended??;
    }
    Ok(f64::from(count) / since.seconds())
}
