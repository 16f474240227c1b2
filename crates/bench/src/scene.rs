//! What everything is measured on: the real gateway with somebody signed in, nginx and Caddy, all in front of the
//! same two apps. Whoever asks sends each of them the same request, byte for byte, at another port.

use anyhow::{Context as _, Result};
use lanyard_testbed::{Person, Request, Site, Stage, StageOptions, person::ADA, ports, process::Process};

use crate::{
    files,
    peers::{self, Peer},
    plan::Plan,
    upstream::{self, Upstream},
};

/// Where requests go, and what they bring.
#[derive(Clone)]
pub struct Door {
    pub name: &'static str,
    pub port: u16,
    pub headers: Vec<(&'static str, String)>,
    site: Site,
}

impl Door {
    /// A request with what the door wants.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let site = Site { port: self.port, ..self.site.clone() };
        let request = site.request(method, path).without("Host");
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// A WebSocket's handshake.
    pub fn handshake(&self) -> Request {
        self.request("GET", "/echo").websocket(&self.site.origin())
    }
}

/// One contestant.
pub struct Front {
    pub name: &'static str,
    /// The process, with those that it started.
    pub id: u32,
    pub files: Door,
    pub live: Door,
}

pub struct Scene {
    /// Lanyard first.
    pub fronts: Vec<Front>,
    /// nginx as it is for whom a large body must not wait in memory or on the disk.
    pub unbuffered: Door,
    // They end in this order: what is in front first.
    _gateway: Process,
    _peers: [Peer; 3],
    _live: Upstream,
    _stage: Stage,
}

/// What every stage of the measurements has: the two apps, and room for all who come.
pub fn options() -> StageOptions {
    let options = StageOptions::default().without_apps().default_log();
    let options = options.bare_upstream_for_roles("files", "").bare_upstream_for_roles("live", "");
    options.toml("[limits]\nsign_ins = 1000000")
}

impl Scene {
    pub async fn start(plan: &Plan) -> Result<Self> {
        let root = files::write(plan)?;
        let stage = Stage::start(options()).await;
        let (files, live) = (stage.upstream_port("files"), stage.upstream_port("live"));
        let first = ports::block();
        let peers = [
            peers::front(plan, files, live, [first, first + 1, first + 2]).await?,
            peers::caddy(plan, files, live, [first + 3, first + 4]).await?,
            peers::files(plan, files, &root).await?,
        ];
        let live = upstream::start(live).await.context("the live app cannot listen")?;
        let ada = Person::sign_in(&stage, ADA).await;
        let gateway = stage.take("lanyard");
        let (at_files, at_live) = (door(&stage, &ada, "files").await, door(&stage, &ada, "live").await);
        let front = |name, id, files: u16, live: u16| Front {
            name,
            id,
            files: Door { name, port: files, ..at_files.clone() },
            live: Door { name, port: live, ..at_live.clone() },
        };
        let portal = stage.portal().port;
        let fronts = vec![
            front("lanyard", gateway.id(), portal, portal),
            front("nginx", peers[0].id(), first, first + 2),
            front("caddy", peers[1].id(), first + 3, first + 4),
        ];
        let unbuffered = Door { name: "nginx unbuffered", port: first + 1, ..at_files.clone() };
        Ok(Self { fronts, unbuffered, _gateway: gateway, _peers: peers, _live: live, _stage: stage })
    }
}

/// The way in that a person has to a dashboard: its host, their cookie, and what browsers send along.
pub async fn door(stage: &Stage, person: &Person, dashboard: &str) -> Door {
    let cookie = person.enter(stage, dashboard).await;
    let site = stage.dashboard(dashboard);
    let headers = vec![
        ("Host", site.host.clone()),
        ("Cookie", cookie),
        ("Origin", site.origin()),
        ("Sec-Fetch-Site", "same-origin".to_owned()),
        ("Sec-Fetch-Mode", "cors".to_owned()),
        ("Sec-Fetch-Dest", "empty".to_owned()),
    ];
    Door { name: "lanyard", port: site.port, headers, site }
}
