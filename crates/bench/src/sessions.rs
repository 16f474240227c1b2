//! What sessions cost: the gateway's memory with a thousand and a hundred thousand of them, each somebody else's,
//! and how long one request takes when they are there.

use std::time::Duration;

use anyhow::Result;
use lanyard_testbed::{Stage, counters::Counters};
use tokio::time::sleep;

use crate::{
    clock::Stopwatch,
    figure::{Figure, median},
    files,
    memory::resident,
    peers,
    plan::Plan,
    scene::{self, Door},
    sign_ins, wrk,
};

/// Groups of each person, besides the one that counts.
const GROUPS: usize = 3;

pub async fn measure(plan: &Plan) -> Result<Vec<Figure>> {
    let counts = plan.pick([100, 500], [1000, 100_000]);
    let people = plan.folder.join("people.toml");
    sign_ins::write_people(&people, counts[1], GROUPS)?;
    let options = scene::options().toml("[session]\ntotal = 1000000").people(people);
    let stage = Stage::start(options).await;
    let root = files::write(plan)?;
    let _files = peers::files(plan, stage.upstream_port("files"), &root).await?;
    let gateway = stage.take("lanyard");
    let first = sign_ins::one(&stage, 0).await?;
    let door = scene::door(&stage, &first, "files").await;
    let alone = first_byte(plan, &door)?;
    let rest = resident(gateway.id())?;
    let (mut figures, mut signed_in, since) = (Vec::new(), 1, Stopwatch::start());
    for count in counts {
        sign_ins::crowd(&stage, signed_in..count).await?;
        signed_in = count;
        anyhow::ensure!(Counters::read(&stage).await.sessions() == count as u64, "not all have a session");
        // What an allocator gives back, it gives back late.
        sleep(Duration::from_secs(2)).await;
        let now = resident(gateway.id())?;
        figures.push(Figure::new(format!("memory.sessions.{count}"), now, "bytes"));
        // Of a few, what the first ones warm up would be most.
        if count == counts[1] {
            let each = (now - rest) / (count - 1) as f64;
            figures.push(Figure::new(format!("memory.sessions.{count}.each"), each, "bytes"));
        }
    }
    let rate = signed_in as f64 / since.seconds();
    figures.push(Figure::new("growth.sign-ins", rate, "sign-ins/s"));
    let crowded = first_byte(plan, &door)?;
    let id = format!("growth.first-byte.sessions-{signed_in}");
    figures.push(Figure::new(id, crowded, "µs").beside("one session", alone));
    Ok(figures)
}

/// The median of a small answer over one connection, in microseconds.
pub fn first_byte(plan: &Plan, door: &Door) -> Result<f64> {
    let times: Result<Vec<f64>> = (0..plan.rounds())
        .map(|_| wrk::run(&plan.wrk, door, "/1kb", 1, plan.span(), None).map(|load| load.p50))
        .collect();
    times.map(median)
}
