//! What it costs when a configuration grows to ten thousand dashboards and as many groups: a decision by itself,
//! the gateway's start, and a request.

use std::{collections::BTreeSet, fmt::Write as _, hint::black_box, process::Command, time::Duration};

use anyhow::{Context as _, Result, ensure};
use lanyard_contract::{
    DashboardId, RoleId,
    policy::{Access, Policy, Viewer, decide},
};
use lanyard_testbed::{Ports, Stage, StageOptions, process, process::Process, stage::SECRET};
use tokio::{net::TcpStream, time::sleep};

use crate::{
    clock::Stopwatch,
    figure::{Figure, median},
    files, peers,
    plan::Plan,
    scene, sessions, sign_ins,
};

const DASHBOARDS: [usize; 3] = [10, 1000, 10_000];
/// All roles, and the groups that grant each: ten thousand together.
const ROLES: usize = 1000;
const GROUPS_OF_A_ROLE: usize = 10;
/// Roles and groups of one person.
const OWN: usize = 20;

/// The roles that open a dashboard, besides the one that opens all of them: spread over all there are.
fn rule(dashboard: usize) -> [String; 2] {
    [0, 331].map(|away| format!("r{}", (dashboard * 7 + away) % ROLES))
}

pub async fn measure(plan: &Plan) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for count in DASHBOARDS {
        let id = format!("growth.decision.{count}");
        if plan.wants(&id) {
            figures.push(Figure::new(id, decision(plan, count)?, "ns"));
        }
    }
    let ends = [DASHBOARDS[0], DASHBOARDS[2]];
    if ends.iter().any(|count| plan.wants(&format!("growth.start.{count}")))
        || plan.wants("growth.first-byte.dashboards")
    {
        let (mut alone, few) = (0.0, format!("{} dashboards", ends[0]));
        for count in ends {
            let (start, first_byte) = gateway(plan, count).await?;
            figures.push(Figure::new(format!("growth.start.{count}"), start, "ms"));
            match count == ends[0] {
                true => alone = first_byte,
                false => figures.push(
                    Figure::new(format!("growth.first-byte.dashboards-{count}"), first_byte, "µs")
                        .beside(&few, alone),
                ),
            }
        }
    }
    Ok(figures)
}

/// Nanoseconds of one decision over so many dashboards, each asked about in turn. Few of them open.
fn decision(plan: &Plan, count: usize) -> Result<f64> {
    let ids: Vec<DashboardId> = (0..count).map(|nth| format!("d{nth}").parse()).collect::<Result<_, _>>()?;
    let rules = ids.iter().enumerate().map(|(nth, id)| {
        let roles: Result<BTreeSet<RoleId>, _> = rule(nth).iter().map(|role| role.parse()).collect();
        roles.map(|roles| (id.clone(), Access::Roles(roles)))
    });
    let policy = Policy::new(rules.collect::<Result<Vec<_>, _>>()?);
    let own = (0..OWN).map(|nth| format!("r{}", nth * ROLES / OWN).parse());
    let roles: BTreeSet<RoleId> = own.collect::<Result<_, _>>()?;
    let viewer = Viewer::SignedIn { roles: &roles };
    let decisions = plan.pick(100_000, 1_000_000_usize);
    let times = (0..plan.rounds()).map(|_| {
        let since = Stopwatch::start();
        for id in ids.iter().cycle().take(decisions) {
            black_box(decide(black_box(&policy), black_box(viewer), black_box(id)));
        }
        since.seconds() * 1e9 / decisions as f64
    });
    Ok(median(times.collect()))
}

/// A gateway with so many dashboards: milliseconds until it listens, and microseconds of a request to the last.
async fn gateway(plan: &Plan, count: usize) -> Result<(f64, f64)> {
    let ports = Ports::reserve();
    let people = plan.folder.join("groups.toml");
    sign_ins::write_people(&people, 1, OWN)?;
    let options = scene::options().people(people);
    let stage = Stage::start_on(ports, grown(options, count, ports.upstream(0))?).await;
    let root = files::write(plan)?;
    let _files = peers::files(plan, stage.upstream_port("files"), &root).await?;
    let mut times = Vec::new();
    stage.stop("lanyard");
    let mut running = None;
    for _ in 0..2 * plan.rounds() + 1 {
        // The one before ends first.
        drop(running.take());
        let (process, took) = start(plan, &stage).await?;
        times.push(took);
        running = Some(process);
    }
    stage.provider_known().await;
    let person = sign_ins::one(&stage, 0).await?;
    let door = scene::door(&stage, &person, &format!("d{}", count - 1)).await;
    Ok((median(times), sessions::first_byte(plan, &door)?))
}

/// As short as can be said: the gateway reads no file of more than 1 MiB.
fn grown(mut options: StageOptions, count: usize, app: u16) -> Result<StageOptions> {
    for role in 0..ROLES {
        let groups = (0..GROUPS_OF_A_ROLE).map(|nth| format!("'Group {}'", role * GROUPS_OF_A_ROLE + nth));
        options = options.role(&format!("r{role}=[{}]", groups.collect::<Vec<_>>().join(",")));
    }
    let mut text = String::new();
    for nth in 0..count {
        let [one, other] = rule(nth);
        writeln!(
            text,
            "[dashboards.d{nth}]\napp='http://127.0.0.1:{app}'\nroles=['manager','{one}','{other}']"
        )?;
    }
    Ok(options.toml(&text))
}

/// Starts the gateway of a stage once more; milliseconds until it takes a connection.
async fn start(plan: &Plan, stage: &Stage) -> Result<(Process, f64)> {
    let port = stage.portal().port;
    let mut command = Command::new(process::binary("lanyard"));
    command.args(["serve", "--config"]).arg(stage.config()).env(SECRET, stage.client_secret());
    let since = Stopwatch::start();
    let process = Process::spawn("lanyard", command, port, plan.folder.join("lanyard.log"));
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        ensure!(since.seconds() < 60.0, "the gateway does not start:\n{}", process.said());
        sleep(Duration::from_millis(1)).await;
    }
    let took = since.seconds() * 1e3;
    stage.portal().get("/api/config").fetch().send().await.header("content-type").context("no answer")?;
    Ok((process, took))
}
