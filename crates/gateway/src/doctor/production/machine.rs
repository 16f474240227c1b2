//! The part of the checklist that is about this machine: who can read the secrets, where the audit trail goes, who
//! reaches the listeners, and as whom the gateway runs. Looks at files and opens none for writing but the trail.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use rustix::process::{Resource, geteuid, getrlimit};

use crate::{
    config::{Config, Scheme},
    doctor::{Finding, Severity},
};

/// Permissions of everybody but the owner.
const OTHERS: u32 = 0o077;
/// Reading by those who are not even in the file's group.
const ANYBODY: u32 = 0o004;
/// What the gateway opens besides connections, and for each of them.
const OPEN: (u64, u64) = (256, 2);

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut found: Vec<Finding> = config.secret_files.iter().map(|file| secret(file)).collect();
    found.push(audit(&config.server.audit));
    found.push(admin(config));
    found.extend(proxies(config));
    found.push(open_files(config));
    found.push(user());
    found
}

fn say(about: &str, severity: Severity, message: String) -> Finding {
    Finding::new(about, severity, message)
}

/// A path of the file, on one line.
fn shown(path: &Path) -> String {
    path.display().to_string().escape_debug().to_string()
}

fn secret(file: &Path) -> Finding {
    let name = shown(file);
    match fs::metadata(file) {
        Ok(metadata) if metadata.permissions().mode() & OTHERS == 0 => {
            say("identity", Severity::Fine, format!("{name} is for the gateway's user alone"))
        }
        Ok(_) => say(
            "identity",
            Severity::Error,
            format!("{name} holds a secret, and others on this machine can read it; run: chmod 600 {name}"),
        ),
        Err(error) => say("identity", Severity::Error, format!("{name}, which holds a secret: {error}")),
    }
}

fn audit(file: &Path) -> Finding {
    let name = shown(file);
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(_) => {
            let message =
                format!("the audit trail {name} is not there yet; start the gateway, and look again");
            return say("server", Severity::Note, message);
        }
    };
    if let Err(error) = OpenOptions::new().append(true).open(file) {
        let message = format!(
            "the audit trail {name} cannot be written: {error}; nobody gets in then; give it to the gateway's user"
        );
        return say("server", Severity::Error, message);
    }
    if metadata.permissions().mode() & ANYBODY != 0 {
        let message = format!(
            "the audit trail {name} says who looked at what, and anybody here can read it; run: chmod o= {name}"
        );
        return say("server", Severity::Warning, message);
    }
    say("server", Severity::Fine, format!("the audit trail {name} can be written"))
}

fn admin(config: &Config) -> Finding {
    let at = config.server.admin;
    if at.ip().is_loopback() {
        say("server", Severity::Fine, format!("the admin listener {at} is for this machine alone"))
    } else {
        let message = format!(
            "the admin listener {at} asks nobody who they are; let it listen on 127.0.0.1, or let only the monitoring \
             through to it"
        );
        say("server", Severity::Warning, message)
    }
}

fn proxies(config: &Config) -> Vec<Finding> {
    let server = &config.server;
    let mut found = Vec::new();
    if config.portal.origin.scheme == Scheme::Https {
        found.push(match config.advice() {
            Some(advice) => say("server", Severity::Warning, advice.to_owned()),
            None => say("server", Severity::Fine, "trusted_proxies names who ends https".into()),
        });
    }
    let open: Vec<String> =
        server.listen.iter().filter(|at| !at.ip().is_loopback()).map(|at| at.to_string()).collect();
    if !open.is_empty() {
        let message = format!(
            "{} speaks plain http to whoever reaches it; let only the proxy that ends https through to it",
            open.join(", ")
        );
        found.push(say("server", Severity::Note, message));
    }
    found
}

fn open_files(config: &Config) -> Finding {
    let needed = OPEN.0 + OPEN.1 * config.limits.connections as u64;
    match getrlimit(Resource::Nofile).maximum {
        Some(limit) if limit < needed => say(
            "limits",
            Severity::Warning,
            format!(
                "{limit} files may be open here, and {} connections need {needed}: fewer are taken; raise the limit \
                 (systemd: LimitNOFILE={needed}), or lower 'connections'",
                config.limits.connections
            ),
        ),
        _ => say("limits", Severity::Fine, format!("as many files may be open as {needed}")),
    }
}

fn user() -> Finding {
    if geteuid().is_root() {
        let message = "this runs as root; give the gateway a user of its own, and run doctor as that";
        say("server", Severity::Warning, message.into())
    } else {
        say("server", Severity::Fine, "does not run as root".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_say_who_can_read_them() {
        let file = std::env::temp_dir().join(format!("lanyard-doctor-modes-{}", std::process::id()));
        fs::write(&file, "x").unwrap();
        let with = |mode: u32| {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            (secret(&file).severity, audit(&file).severity)
        };
        assert_eq!(with(0o600), (Severity::Fine, Severity::Fine));
        assert_eq!(with(0o640), (Severity::Error, Severity::Fine));
        assert_eq!(with(0o644), (Severity::Error, Severity::Warning));
        fs::remove_file(&file).unwrap();
        assert_eq!((secret(&file).severity, audit(&file).severity), (Severity::Error, Severity::Note));
    }
}
