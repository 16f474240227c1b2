//! From the file to the configuration: reads it, goes through its sections in order, and says either what it
//! means or everything that is wrong with it.

use std::{cell::RefCell, fs::File, io::Read as _, path::Path, sync::Arc};

use toml::de::DeTable;

use super::{
    Config, Rules, app, dashboard,
    hosts::Hosts,
    identity, keys, portal,
    problem::{Problem, Problems, Severity},
    report::Report,
    roles::Roles,
    secret::{self, Around},
    section::Section,
    server, syntax,
};

/// No configuration is larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Reads and checks a configuration file. `env` looks up environment variables.
///
/// What comes with the configuration are warnings.
pub fn load(path: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<(Config, Vec<Problem>), Problems> {
    let (read, warnings) = open(path, env, false)?;
    Ok((read.config, warnings))
}

/// Reads and checks a configuration file for what it says about who sees what, and fetches nothing that it refers
/// to: no secret, no certificate. What is wrong with the file itself is found all the same.
pub fn rules(path: &Path) -> Result<Rules, Problems> {
    let (read, _) = open(path, &|_| None, true)?;
    let Config { portal, sign_in, roles: table, dashboards, .. } = read.config;
    let strip_slash = sign_in.strip_slash();
    let origin = portal.origin;
    Ok(Rules { origin, strip_slash, roles: read.roles.into_defined(), table, dashboards })
}

fn open(
    path: &Path,
    env: &dyn Fn(&str) -> Option<String>,
    alone: bool,
) -> Result<(Read, Vec<Problem>), Problems> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|source| Problems::Unreadable { file: path.into(), source })?;
    if bytes.len() as u64 > LARGEST {
        return Err(Problems::TooLarge { file: path.into(), limit: LARGEST });
    }
    let file = Arc::from(path.display().to_string());
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let around = Around { folder, env, read: secret::read, alone, secret_files: RefCell::default() };
    match String::from_utf8(bytes) {
        Ok(text) => read(&text, file, &around),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes());
            let (line, column) = syntax::position(&text, valid);
            let message = "is not UTF-8".to_owned();
            let (severity, key) = (Severity::Error, String::new());
            Err(Problems::Found(vec![Problem { file, line, column, severity, key, message }]))
        }
    }
}

/// What a file means.
pub(super) struct Read {
    pub(super) config: Config,
    roles: Roles,
}

pub(super) fn read(
    text: &str,
    file: Arc<str>,
    around: &Around<'_>,
) -> Result<(Read, Vec<Problem>), Problems> {
    let report = Report::new(file, syntax::recover(text));
    let read = sections(&report, around);
    let problems = report.into_problems();
    match read {
        Some(read) if problems.iter().all(|problem| problem.severity == Severity::Warning) => {
            Ok((read, problems))
        }
        Some(_) | None => Err(Problems::Found(problems)),
    }
}

/// Reads every section, also after an error. `None` only after one.
fn sections(report: &Report, around: &Around<'_>) -> Option<Read> {
    let (table, _) = DeTable::parse_recoverable(report.text());
    let root = Section::root(report, table.get_ref(), keys::ROOT);
    let portal = portal::read(&root.section("portal", keys::PORTAL), around);
    let identity = root.section("identity", keys::IDENTITY);
    let sign_in = identity::read(&identity, around);
    let roles = Roles::read(&root.open("roles"));
    let entries = root.open("dashboards");
    if entries.is_empty() && !root.has_or_lost(&["dashboards"]) {
        root.say(Severity::Warning, "there is no dashboard yet: [dashboards.<id>]");
    }
    let mut hosts = Hosts::default();
    let proxied = identity.get("trusted_headers");
    let tokens = proxied.is_none();
    let mut reading =
        app::Reading { portal: portal.as_ref(), roles: &roles, hosts: &mut hosts, around, tokens };
    let dashboards: Vec<_> = entries.iter().map(|entry| dashboard::read(entry, &mut reading)).collect();
    hosts.check();
    let server = server::server(&root.section("server", keys::SERVER), around);
    if let Some(value) = proxied.filter(|_| server.trusted_proxies.is_empty()) {
        value.refuse::<()>("believes nobody yet: [server] trusted_proxies must name the proxy's address");
    }
    let session = server::session(&root.section("session", keys::SESSION));
    let limits = server::limits(&root.section("limits", keys::LIMITS));
    let config = Config {
        portal: portal?,
        sign_in: sign_in?,
        roles: roles.table(),
        dashboards: dashboards.into_iter().collect::<Option<_>>()?,
        server,
        session,
        limits,
        secret_files: around.secret_files.take(),
    };
    Some(Read { config, roles })
}
