//! What a security checklist asks of a set-up that others depend on (`--production`), as far as the configuration and
//! this machine say it. Nothing without that option.

use std::{future::ready, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use lanyard_contract::{RoleId, policy::Access};
use url::Url;

use super::{Finding, Setup, Severity};
use crate::{
    config::{App, Config, Dashboard, Scheme},
    identity::oidc::backchannel::is_confidential,
};

mod machine;

/// A session that lives longer outlives a working day, and whoever has left the desk.
const LONGEST_SESSION: Duration = Duration::from_secs(24 * 60 * 60);

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    let mut found = Vec::new();
    if setup.asked.production {
        let config = setup.config;
        found.extend(transport(config));
        found.extend(apps(setup));
        found.extend(trust(config));
        found.push(lifetime(config));
        found.extend(everybody(config));
        found.extend(machine::check(config));
    }
    Box::pin(ready(found))
}

fn transport(config: &Config) -> Vec<Finding> {
    let portal = match config.portal.origin.scheme {
        Scheme::Https => Finding::new("portal", Severity::Fine, "is at https"),
        Scheme::Http => Finding::new(
            "portal",
            Severity::Error,
            "is at plain http, for this machine alone; give it a name, a certificate and 'https://' in 'url'",
        ),
    };
    let Some(identity) = config.sign_in.provider() else { return vec![portal] };
    let issuer = Url::parse(&identity.issuer).ok();
    let elsewhere = issuer.is_some_and(|url| url.scheme() == "https" && !is_local(&url));
    let provider = match elsewhere {
        true => Finding::new("identity", Severity::Fine, "the issuer is at https"),
        false => Finding::new(
            "identity",
            Severity::Error,
            "the issuer is on this machine, as providers for development are; let the company's provider sign people in",
        ),
    };
    vec![portal, provider]
}

/// Whether a URL at https would be let pass at plain http too.
fn is_local(url: &Url) -> bool {
    let mut plain = url.clone();
    plain.set_scheme("http").is_ok() && is_confidential(&plain)
}

/// Who is looking, and what they see, goes this way.
fn apps(setup: &Setup<'_>) -> Vec<Finding> {
    let open = setup
        .apps
        .iter()
        .map(|visited| &visited.app)
        .filter(|app| app.upstream.scheme == Scheme::Http && !app.upstream.authority.is_loopback());
    let told = |app: &Arc<App>| {
        let message = format!(
            "its figures and who looks at them go to {} in plain text; let it speak https, or run it beside the gateway",
            app.upstream
        );
        Finding::of(app, Severity::Warning, message)
    };
    open.map(told).collect()
}

fn trust(config: &Config) -> Option<Finding> {
    config.sign_in.provider()?.trust_email.then(|| {
        Finding::new(
            "identity",
            Severity::Warning,
            "trust_email passes addresses on that nobody has verified: whoever may change theirs at the provider is \
             anybody to an app that goes by them; take it away, or be sure that they may not",
        )
    })
}

fn lifetime(config: &Config) -> Finding {
    let hours = config.session.absolute.as_secs().div_ceil(60 * 60);
    let (severity, message) = if config.session.absolute > LONGEST_SESSION {
        let message =
            format!("lives for up to {hours} h: who leaves the company stays signed in as long; 8h is usual");
        (Severity::Warning, message)
    } else {
        (Severity::Fine, format!("lives for {hours} h at most"))
    };
    Finding::new("session", severity, message)
}

/// What is open to more than a team, for somebody to look over.
fn everybody(config: &Config) -> Vec<Finding> {
    let named = |open: fn(&Dashboard) -> bool, who: &str| {
        let ids: Vec<&str> = config.dashboards.iter().filter(|d| open(d)).map(|d| d.id.as_str()).collect();
        let message = format!("{who} sees {}; look whether that is meant", ids.join(", "));
        (!ids.is_empty()).then(|| Finding::new("dashboards", Severity::Note, message))
    };
    let public = named(|dashboard| dashboard.access == Access::Public, "everybody, signed in or not,");
    let signed_in = named(
        |dashboard| matches!(&dashboard.access, Access::Roles(roles) if roles.contains(&RoleId::signed_in())),
        "everybody who is signed in",
    );
    public.into_iter().chain(signed_in).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_on_this_machine_is_one_for_development() {
        for (url, local) in [
            ("https://id.localhost:8081", true),
            ("https://127.0.0.1/realms/a", true),
            ("https://[::1]:8443", true),
            ("https://id.example", false),
        ] {
            assert_eq!(is_local(&Url::parse(url).unwrap()), local, "{url}");
        }
    }
}
