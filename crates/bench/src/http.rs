//! Requests a second and how long they take, by wrk: small and large bodies over one, sixteen and 128
//! connections, each contestant in turn; then all of them under half of what nginx can do.

use std::fs;

use anyhow::Result;

use crate::{
    figure::{Figure, Rounds},
    files::BODIES,
    plan::Plan,
    scene::{Door, Scene},
    wrk,
};

const CONNECTIONS: [usize; 3] = [1, 16, 128];
/// Over which half of the load is spread: enough that each may wait whole milliseconds.
const HALF: usize = 128;

pub async fn measure(plan: &Plan) -> Result<Vec<Figure>> {
    let scene = Scene::start(plan).await?;
    let mut figures = Vec::new();
    for (body, _) in BODIES {
        for connections in CONNECTIONS {
            let id = format!("http.{body}.c{connections}.");
            if plan.wants(&id) {
                let mut doors: Vec<&Door> = scene.fronts.iter().map(|front| &front.files).collect();
                doors.extend((body == "1mb").then_some(&scene.unbuffered));
                figures.extend(cell(plan, &doors, &id, body, connections)?);
            }
        }
    }
    if plan.wants("http.half-load.") {
        figures.extend(half_load(plan, &scene)?);
    }
    Ok(figures)
}

fn cell(plan: &Plan, doors: &[&Door], id: &str, body: &str, connections: usize) -> Result<Vec<Figure>> {
    let (mut rate, mut p50, mut p99) = (Rounds::default(), Rounds::default(), Rounds::default());
    for _ in 0..plan.rounds() {
        for door in doors {
            let load = wrk::run(&plan.wrk, door, &format!("/{body}"), connections, plan.span(), None)?;
            rate.note(door.name, load.rate);
            p50.note(door.name, load.p50);
            p99.note(door.name, load.p99);
        }
    }
    Ok(vec![
        rate.figure(format!("{id}rate"), "requests/s"),
        p50.figure(format!("{id}p50"), "µs"),
        p99.figure(format!("{id}p99"), "µs"),
    ])
}

/// Everybody is offered the same: half of what nginx has just answered. Each connection waits between an answer
/// and its next request for up to twice the time that leads there, evenly distributed.
fn half_load(plan: &Plan, scene: &Scene) -> Result<Vec<Figure>> {
    let doors: Vec<&Door> = scene.fronts.iter().map(|front| &front.files).collect();
    let (mut rate, mut p99) = (Rounds::default(), Rounds::default());
    let (path, script) = ("/1kb", plan.folder.join("half.lua"));
    let nginx = doors.iter().find(|door| door.name == "nginx").unwrap_or(&doors[0]);
    for _ in 0..plan.rounds() {
        let most = wrk::run(&plan.wrk, nginx, path, HALF, plan.span(), None)?;
        fs::write(&script, waiting(HALF, most.rate / 2.0))?;
        for door in &doors {
            let load = wrk::run(&plan.wrk, door, path, HALF, plan.span(), Some(&script))?;
            rate.note(door.name, load.rate);
            p99.note(door.name, load.p99);
        }
    }
    let id = format!("http.half-load.c{HALF}.");
    Ok(vec![rate.figure(format!("{id}rate"), "requests/s"), p99.figure(format!("{id}p99"), "µs")])
}

/// A script for wrk with which so many connections ask so many times a second.
fn waiting(connections: usize, rate: f64) -> String {
    let longest = (2000.0 * connections as f64 / rate).round().max(1.0);
    format!("function delay() return math.random(0, {longest}) end\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_wait_as_long_as_the_rate_asks_for() {
        // 128 connections at 6400 a second: each asks every 20 ms.
        assert!(waiting(128, 6400.0).contains("math.random(0, 40)"));
    }
}
