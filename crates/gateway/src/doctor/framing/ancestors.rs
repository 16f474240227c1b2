//! `frame-ancestors` and `sandbox` of content policies (CSP 3, section 6.4.2), as far as they decide whether the portal
//! may frame a page. Several policies may stand in one text, separated by commas.

use crate::config::{Origin, Scheme};

fn directives<'p>(policies: &'p str, name: &'static str) -> impl Iterator<Item = &'p str> {
    let all = policies.split(',').flat_map(move |policy| {
        // The first of a name counts.
        policy
            .split(';')
            .filter_map(|directive| {
                directive.trim().split_once(char::is_whitespace).or(Some((directive.trim(), "")))
            })
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
    });
    all.map(|(_, value)| value)
}

/// The sources of each policy that names any.
pub fn of(policies: &str) -> impl Iterator<Item = &str> {
    directives(policies, "frame-ancestors")
}

/// Whether a page has neither scripts nor storage under these policies.
pub fn sandboxes(policies: &str) -> bool {
    let allows = |flags: &str, wanted: &str| {
        flags.split_ascii_whitespace().any(|flag| flag.eq_ignore_ascii_case(wanted))
    };
    directives(policies, "sandbox")
        .any(|flags| !allows(flags, "allow-scripts") || !allows(flags, "allow-same-origin"))
}

/// Whether the portal is among these sources.
pub fn include(sources: &str, portal: &Origin) -> bool {
    sources.split_ascii_whitespace().any(|source| is(source, portal))
}

fn is(source: &str, portal: &Origin) -> bool {
    let source = source.to_ascii_lowercase();
    if source == "*" {
        return true;
    }
    let (scheme, rest) = match source.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => match source.strip_suffix(':') {
            Some(scheme) => return fits(scheme, portal.scheme),
            None => (None, source.as_str()),
        },
    };
    let place = rest.split('/').next().unwrap_or_default();
    let (host, port) = place.rsplit_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
    let own = portal.authority.host();
    let host_fits = match host.strip_prefix("*.") {
        Some(above) => own.strip_suffix(above).is_some_and(|label| label.ends_with('.')),
        None => host == own,
    };
    let own_port = portal.authority.port();
    let port_fits = match port {
        Some("*") => true,
        Some(port) => port.parse() == Ok(own_port),
        None => own_port == portal.scheme.default_port(),
    };
    host_fits && port_fits && scheme.is_none_or(|scheme| fits(scheme, portal.scheme))
}

/// `http` in a policy stands for `https` too.
fn fits(scheme: &str, own: Scheme) -> bool {
    scheme == own.as_str() || (scheme == "http" && own == Scheme::Https)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read_as_browsers_read_them() {
        let portal: Origin = "https://dash.example:8443".parse().unwrap();
        for good in [
            "*",
            "https:",
            "http:",
            "https://dash.example:8443",
            "HTTP://DASH.EXAMPLE:*",
            "dash.example:8443/path",
            "'self' https://*.example:8443",
        ] {
            assert!(include(good, &portal), "{good}");
        }
        for bad in [
            "",
            "'none'",
            "'self'",
            "dash.example",
            "https://dash.example",
            "https://*.dash.example:8443",
            "https://xdash.example:8443",
            "wss:",
            "https://ash.example:8443",
        ] {
            assert!(!include(bad, &portal), "{bad}");
        }
    }

    #[test]
    fn the_first_directive_of_a_name_counts_in_each_policy() {
        let text = "frame-ancestors a; Frame-Ancestors b, default-src c;frame-ancestors\td";
        assert_eq!(of(text).collect::<Vec<_>>(), ["a", "d"]);
        assert!(sandboxes("default-src 'self'; sandbox"));
        assert!(!sandboxes("sandbox ALLOW-SCRIPTS allow-same-origin"));
    }
}
