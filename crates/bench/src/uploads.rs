//! One upload of 100 MB over one connection: megabytes a second, until the app has answered how much it got.

use anyhow::{Result, ensure};
use lanyard_testbed::answer::Exchange;
use tokio::io::AsyncWriteExt as _;

use crate::{
    clock::Stopwatch,
    figure::{Figure, Rounds},
    plan::Plan,
    scene::{Door, Scene},
};

const LENGTH: usize = 100 * 1024 * 1024;
const PIECE: usize = 64 * 1024;

pub async fn measure(plan: &Plan) -> Result<Vec<Figure>> {
    let scene = Scene::start(plan).await?;
    let mut rounds = Rounds::default();
    // Quick ones differ a lot: more of them cost little.
    for _ in 0..2 * plan.rounds() {
        for front in &scene.fronts {
            rounds.note(front.name, upload(&front.live).await?);
        }
    }
    Ok(vec![rounds.figure("uploads.100mb", "MB/s")])
}

async fn upload(door: &Door) -> Result<f64> {
    let request = door.request("POST", "/upload").header("Content-Length", LENGTH.to_string());
    let piece = vec![b'x'; PIECE];
    let since = Stopwatch::start();
    let mut exchange = Exchange::begin(door.port, &request.bytes(), false).await;
    for _ in 0..LENGTH / PIECE {
        exchange.stream.write_all(&piece).await?;
    }
    let answer = exchange.finish().await;
    let seconds = since.seconds();
    ensure!(
        answer.status == 200 && answer.text() == LENGTH.to_string(),
        "{} did not carry the upload: {}",
        door.name,
        answer.everything()
    );
    Ok(LENGTH as f64 / 1e6 / seconds)
}
