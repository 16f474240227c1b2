//! From the file to the configuration: reads it, goes through its sections in order, and says either what it
//! means or everything that is wrong with it.

use std::{fs::File, io::Read, path::Path, sync::Arc};

use toml::de::DeTable;

use super::{
    Config, app, dashboard,
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
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|source| Problems::Unreadable { file: path.into(), source })?;
    if bytes.len() as u64 > LARGEST {
        return Err(Problems::TooLarge { file: path.into(), limit: LARGEST });
    }
    let file = Arc::from(path.display().to_string());
    let around =
        Around { folder: path.parent().map(Path::to_path_buf).unwrap_or_default(), env, read: secret::read };
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

pub(super) fn read(
    text: &str,
    file: Arc<str>,
    around: &Around<'_>,
) -> Result<(Config, Vec<Problem>), Problems> {
    let report = Report::new(file, syntax::recover(text));
    let config = sections(&report, around);
    let problems = report.into_problems();
    match config {
        Some(config) if problems.iter().all(|problem| problem.severity == Severity::Warning) => {
            Ok((config, problems))
        }
        Some(_) | None => Err(Problems::Found(problems)),
    }
}

/// Reads every section, also after an error. `None` only after one.
fn sections(report: &Report, around: &Around<'_>) -> Option<Config> {
    let (table, _) = DeTable::parse_recoverable(report.text());
    let root = Section::root(report, table.get_ref(), keys::ROOT);
    let portal = portal::read(&root.section("portal", keys::PORTAL), around);
    let identity = identity::read(&root.section("identity", keys::IDENTITY), around);
    let roles = Roles::read(&root.open("roles"));
    let entries = root.open("dashboards");
    if entries.is_empty() && !root.has_or_lost(&["dashboards"]) {
        root.say(Severity::Warning, "there is no dashboard yet: [dashboards.<id>]");
    }
    let mut hosts = Hosts::default();
    let mut reading = app::Reading { portal: portal.as_ref(), roles: &roles, hosts: &mut hosts, around };
    let dashboards: Vec<_> = entries.iter().map(|entry| dashboard::read(entry, &mut reading)).collect();
    hosts.check();
    let server = server::server(&root.section("server", keys::SERVER), around);
    let session = server::session(&root.section("session", keys::SESSION));
    let limits = server::limits(&root.section("limits", keys::LIMITS));
    Some(Config {
        portal: portal?,
        identity: identity?,
        roles: roles.table(),
        dashboards: dashboards.into_iter().collect::<Option<_>>()?,
        server,
        session,
        limits,
    })
}
