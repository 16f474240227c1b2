//! nginx and Caddy as people run them in front of an app: `proxy_pass` and `reverse_proxy`, with nothing checked.
//! Where a default costs nginx something that Lanyard does not pay, it gets the better setting.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result};
use lanyard_testbed::process::Process;

use crate::plan::Plan;

/// Something that listens, with all it started. Ends when it is dropped.
pub struct Peer(Process);

impl Peer {
    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Peer {
    /// A killed nginx would leave its workers behind.
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Connections to an app that nginx keeps: as many as there are clients at most.
const KEPT: u32 = 256;

/// nginx's settings around its servers, all of its files in one folder.
fn nginx_file(servers: &str) -> String {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {kind};\n"))
        .concat();
    format!(
        "user root;\nworker_processes auto;\npid nginx.pid;\nerror_log error.log;\n\
         daemon off;\nevents {{ worker_connections 16000; }}\nhttp {{\n{temporary}access_log off;\nsendfile on;\n\
         keepalive_requests 100000000;\nclient_max_body_size 0;\n\
         map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}\n{servers}}}\n"
    )
}

/// The files that everybody's app serves.
pub async fn files(plan: &Plan, port: u16, root: &Path) -> Result<Peer> {
    let servers = format!("server {{ listen 127.0.0.1:{port} backlog=4096; root '{}'; }}\n", root.display());
    nginx(plan, "files", &servers, port).await
}

/// Stands in front of two apps, at three ports: the files, the files without buffering, and the live app.
pub async fn front(plan: &Plan, files: u16, live: u16, ports: [u16; 3]) -> Result<Peer> {
    let server = |port: u16, app: &str, more: &str| {
        format!(
            "server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ proxy_pass http://{app}; \
             proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
             proxy_set_header Connection $connection_upgrade; {more} }} }}\n"
        )
    };
    let upstream =
        |name: &str, port: u16| format!("upstream {name} {{ server 127.0.0.1:{port}; keepalive {KEPT}; }}\n");
    let servers = [
        upstream("files", files),
        upstream("live", live),
        server(ports[0], "files", ""),
        server(ports[1], "files", "proxy_buffering off;"),
        // Uploads would be written to the disk first, and idle sockets cut off after a minute.
        server(
            ports[2],
            "live",
            "proxy_request_buffering off; proxy_read_timeout 1h; proxy_send_timeout 1h;",
        ),
    ];
    nginx(plan, "front", &servers.concat(), ports[0]).await
}

async fn nginx(plan: &Plan, name: &str, servers: &str, port: u16) -> Result<Peer> {
    let folder = plan.folder.join(format!("nginx-{name}"));
    let file = write(&folder, "nginx.conf", &nginx_file(servers))?;
    let mut command = Command::new(&plan.nginx);
    command.arg("-p").arg(&folder).arg("-c").arg(file).args(["-e", "error.log"]);
    let mut process = Process::spawn("nginx", command, port, folder.join("said.log"));
    process.listening().await;
    Ok(Peer(process))
}

/// Stands in front of two apps: the files and the live app.
pub async fn caddy(plan: &Plan, files: u16, live: u16, ports: [u16; 2]) -> Result<Peer> {
    let site = |port: u16, app: u16| {
        format!(
            ":{port} {{\n\tbind 127.0.0.1\n\treverse_proxy 127.0.0.1:{app} {{\n\t\ttransport http {{\n\
                 \t\t\tkeepalive_idle_conns_per_host {KEPT}\n\t\t}}\n\t}}\n}}\n"
        )
    };
    let text =
        format!("{{\n\tadmin off\n\tauto_https off\n}}\n{}{}", site(ports[0], files), site(ports[1], live));
    let folder = plan.folder.join("caddy");
    let file = write(&folder, "Caddyfile", &text)?;
    let mut command = Command::new(&plan.caddy);
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
    command.env("XDG_DATA_HOME", &folder).env("XDG_CONFIG_HOME", &folder).env("HOME", &folder);
    let mut process = Process::spawn("caddy", command, ports[0], folder.join("said.log"));
    process.listening().await;
    Ok(Peer(process))
}

fn write(folder: &Path, name: &str, text: &str) -> Result<std::path::PathBuf> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let path = folder.join(name);
    fs::write(&path, text).with_context(|| path.display().to_string())?;
    Ok(path)
}
