//! Debian's nginx as the proxy in front that signs people in: set up by the blocks of docs/identity/trusted-headers.md
//! as they stand there, with a sign-in by a password file behind them.

use std::{fmt::Write as _, path::PathBuf, process::Command};

use crate::{Ports, Site, folder::Folder, process::Process, random, settings::PORTAL};

const PAGE: &str = include_str!("../../../../docs/identity/trusted-headers.md");
const SIGN_IN: &str = include_str!("../../nginx/sign-in.conf");

pub struct Nginx {
    ports: Ports,
    people: Vec<Person>,
    process: Process,
    folder: Folder,
}

struct Person {
    name: &'static str,
    password: String,
    /// The value of their cookie.
    token: String,
    groups: String,
}

impl Nginx {
    /// Listens where the portal is said to be, in front of a gateway that asks for this secret.
    pub async fn start(ports: Ports, secret: &str, people: &[(&'static str, &str)]) -> Self {
        let folder = Folder::new();
        let person = |(name, groups): &(&'static str, &str)| Person {
            name,
            password: random::text::<16>(),
            token: random::text::<32>(),
            groups: (*groups).to_owned(),
        };
        let people: Vec<Person> = people.iter().map(person).collect();
        let blocks = blocks();
        let [server, forward] = &blocks[..2] else { panic!("the page has fewer blocks for nginx") };
        let port = ports.portal;
        let server =
            replace(server, "listen 443 ssl;", &format!("listen 127.0.0.1:{port}; listen [::1]:{port};"));
        let server = replace(&server, "https://auth.example/", &format!("http://sign-in.{PORTAL}:{port}/"));
        let server =
            replace(&server, "http://127.0.0.1:8080", &format!("http://127.0.0.1:{}", ports.behind()));
        let authority = ports.provider();
        let server = replace(&server, "127.0.0.1:9091", &format!("127.0.0.1:{authority}"));
        let server = replace(&server, "dash.example", PORTAL);
        let own = SIGN_IN.replace("@port@", &port.to_string()).replace("@host@", PORTAL);
        folder.write("server.conf", &server);
        folder.write("sign-in.conf", &own.replace("@authority@", &authority.to_string()));
        folder.write("lanyard-proxy.conf", forward);
        folder.write("proxy-secret.conf", &format!("proxy_set_header X-Lanyard-Proxy \"{secret}\";\n"));
        let each = |line: &dyn Fn(&Person) -> String| people.iter().map(line).collect::<String>();
        folder.write("passwords", &each(&|one| format!("{}:{{PLAIN}}{}\n", one.name, one.password)));
        folder.write("tokens.conf", &each(&|one| format!("{} {};\n", one.name, one.token)));
        folder.write("people.conf", &each(&|one| format!("{} {};\n", one.token, one.name)));
        folder.write("nginx.conf", &main(&folder));
        write_groups(&folder, &people);
        let mut command = Command::new(installed());
        command.arg("-c").arg(folder.join("nginx.conf")).arg("-p").arg(folder.path());
        let mut process = Process::spawn("nginx", command, port, folder.join("nginx.log"));
        process.listening().await;
        Self { ports, people, process, folder }
    }

    /// Where people say who they are.
    pub fn sign_in(&self) -> Site {
        Site::new(&format!("sign-in.{PORTAL}"), self.ports.portal)
    }

    /// The address that signs this person in.
    pub fn way_in(&self, name: &str) -> String {
        let one = self.person(name);
        format!("http://{}:{}@{}/password", one.name, one.password, self.sign_in().host)
    }

    /// The cookie that this person's browser has once they are signed in.
    pub fn cookie(&self, name: &str) -> String {
        format!("harbour={}", self.person(name).token)
    }

    /// Their groups are these from now on.
    pub fn regroup(&mut self, name: &str, groups: &str) {
        let one = self.people.iter_mut().find(|one| one.name == name).expect("somebody of the test");
        one.groups = groups.to_owned();
        write_groups(&self.folder, &self.people);
        self.process.reload();
    }

    fn person(&self, name: &str) -> &Person {
        self.people.iter().find(|one| one.name == name).expect("somebody of the test")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It has workers to end first.
        self.process.end();
    }
}

/// The page's blocks for nginx, in order.
fn blocks() -> Vec<&'static str> {
    PAGE.split("```nginx\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// What the page says must be there to be replaced.
fn replace(text: &str, what: &str, by: &str) -> String {
    assert!(text.contains(what), "the page no longer says {what}");
    text.replace(what, by)
}

fn main(folder: &Folder) -> String {
    let mut text = String::from("daemon off;\nworker_processes 1;\npid nginx.pid;\nerror_log stderr;\n");
    // As root it would else read the test's folder as somebody who may not.
    let _ = writeln!(
        text,
        "user root;\nevents {{}}\nhttp {{\naccess_log off;\nserver_names_hash_bucket_size 128;"
    );
    let _ = writeln!(text, "map_hash_bucket_size 256;");
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(text, "{kind}_temp_path {};", folder.join(kind).display());
    }
    text + "include sign-in.conf;\ninclude server.conf;\n}\n"
}

fn write_groups(folder: &Folder, people: &[Person]) {
    let lines: String = people.iter().map(|one| format!("{} \"{}\";\n", one.name, one.groups)).collect();
    folder.write("groups.conf", &lines);
}

fn installed() -> PathBuf {
    std::env::var_os("LANYARD_NGINX").map(PathBuf::from).unwrap_or_else(|| {
        panic!("LANYARD_NGINX does not name nginx: `cargo xtask test` installs it and says so")
    })
}
