//! The judgement on a certificate that a server has shown, as a browser would judge it. Asks nobody whether it was
//! withdrawn.

use std::time::Duration;

use rustls::{
    CertificateError, Error, RootCertStore,
    client::{verify_server_cert_signed_by_trust_anchor, verify_server_name},
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::store;
use crate::{clock::Timestamp, doctor::Severity};

/// Before its end somebody should see to the next one, in days.
const SOON: u64 = 21;
const DAY: u64 = 24 * 60 * 60;
/// No certificate that browsers take lasts so long.
const FAR: Duration = Duration::from_secs(100 * 365 * DAY);

/// Whose signature counts.
pub(super) struct Authorities {
    /// Mozilla's, which every browser knows.
    everywhere: RootCertStore,
    /// Those that this machine trusts besides.
    here: RootCertStore,
}

impl Authorities {
    pub fn new() -> Self {
        let everywhere = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        Self { everywhere, here: store(rustls_native_certs::load_native_certs().certs) }
    }
}

pub(super) fn judge(
    chain: &[CertificateDer<'static>],
    host: &str,
    authorities: &Authorities,
    now: Timestamp,
) -> (Severity, String) {
    let Some((first, others)) = chain.split_first() else {
        return (Severity::Error, format!("{host} shows no certificate; give it one"));
    };
    let Ok(own) = ParsedCertificate::try_from(first) else {
        return (Severity::Error, format!("{host} shows a certificate that cannot be read; make another"));
    };
    if let Some(wrong) = another_name(&own, host) {
        return (Severity::Error, wrong);
    }
    let now = Duration::from_millis(now.0);
    let at = |roots, after: Duration| {
        let algorithms = ring::default_provider().signature_verification_algorithms.all;
        let then = UnixTime::since_unix_epoch(now + after);
        verify_server_cert_signed_by_trust_anchor(&own, roots, others, then, algorithms).map_err(reason)
    };
    let trusted = |roots| !matches!(at(roots, Duration::ZERO), Err(Reason::UnknownAuthority));
    let (roots, only_here) = match trusted(&authorities.everywhere) {
        true => (&authorities.everywhere, false),
        false => (&authorities.here, true),
    };
    match at(roots, Duration::ZERO) {
        Ok(()) => {}
        Err(Reason::UnknownAuthority) => {
            let message = format!(
                "{host} shows a certificate that neither Mozilla's authorities nor this machine's have signed, or \
                 not the certificates between; browsers refuse it unless each machine knows who did"
            );
            return (Severity::Warning, message);
        }
        Err(Reason::Over(_)) => {
            return (Severity::Error, format!("{host} shows a certificate that is over; renew it"));
        }
        Err(Reason::Other(why)) => {
            return (
                Severity::Error,
                format!("{host} shows a certificate that browsers refuse: {why}; make another"),
            );
        }
    }
    let days = match at(roots, FAR) {
        Err(Reason::Over(end)) => end.saturating_sub(now.as_secs()) / DAY,
        _ => FAR.as_secs() / DAY,
    };
    let good = format!("{host} shows a certificate that holds for {days} days more");
    if days < SOON {
        (Severity::Warning, format!("{good}; renew it, and see why that did not happen by itself"))
    } else if only_here {
        let whose = "is of an authority that this machine trusts and browsers elsewhere do not, unless told";
        (Severity::Note, format!("{good}, and {whose}"))
    } else {
        (Severity::Fine, good)
    }
}

enum Reason {
    UnknownAuthority,
    /// With the last second that it held, since 1970.
    Over(u64),
    Other(String),
}

fn reason(error: Error) -> Reason {
    match error {
        // Somebody of a known authority's name who is not that authority has not signed for it.
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            Reason::UnknownAuthority
        }
        Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. }) => {
            Reason::Over(not_after.as_secs())
        }
        Error::InvalidCertificate(CertificateError::Expired) => Reason::Over(0),
        other => Reason::Other(other.to_string()),
    }
}

/// What is wrong where the certificate is not for this host.
fn another_name(own: &ParsedCertificate<'_>, host: &str) -> Option<String> {
    let name = ServerName::try_from(host.trim_start_matches('[').trim_end_matches(']')).ok()?;
    let presented = match verify_server_name(own, &name) {
        Ok(()) => return None,
        Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. })) => {
            presented
        }
        Err(_) => Vec::new(),
    };
    // Each is written as a kind and a name in quotes.
    let names: Vec<&str> = presented.iter().filter_map(|name| name.split('"').nth(1)).take(20).collect();
    let wildcard = format!("*.{host}");
    Some(if names.contains(&wildcard.as_str()) {
        format!("{host} shows a certificate for {wildcard}, which is not for {host} itself; name both in it")
    } else {
        let shown = names.join(", ").escape_debug().to_string();
        let shown = if shown.is_empty() { "no name".to_owned() } else { shown };
        format!("{host} shows a certificate for {shown}; name {host} in it, or a wildcard above it")
    })
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};

    use super::*;

    /// 2026-03-01 00:00 UTC.
    const NOW: Timestamp = Timestamp(1_772_323_200_000);

    fn authority() -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn until(authority: &CertifiedIssuer<'static, KeyPair>, year: i32, month: u8) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(vec!["dash.example".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(2025, 1, 1), date_time_ymd(year, month, 10));
        params.signed_by(&KeyPair::generate().unwrap(), authority).unwrap().der().clone()
    }

    #[test]
    fn a_certificate_is_judged_by_its_end_and_by_who_signed_it() {
        let (known, local, strange) = (authority(), authority(), authority());
        let whose = |one: &CertifiedIssuer<'static, KeyPair>| store([one.der().clone()]);
        let authorities = Authorities { everywhere: whose(&known), here: whose(&local) };
        let says = |certificate| judge(&[certificate], "dash.example", &authorities, NOW);
        for (certificate, severity, words) in [
            (until(&known, 2027, 3), Severity::Fine, "holds for 374 days more"),
            (until(&known, 2026, 3), Severity::Warning, "holds for 9 days more; renew it"),
            (until(&known, 2026, 2), Severity::Error, "is over"),
            (until(&local, 2027, 3), Severity::Note, "this machine trusts"),
            (until(&local, 2026, 3), Severity::Warning, "renew it"),
            (until(&strange, 2027, 3), Severity::Warning, "neither Mozilla's authorities nor"),
        ] {
            let (found, message) = says(certificate);
            assert!(found == severity && message.contains(words), "{found:?} {message}");
        }
        assert_eq!(judge(&[], "dash.example", &authorities, NOW).0, Severity::Error);
        assert_eq!(judge(&[vec![7].into()], "dash.example", &authorities, NOW).0, Severity::Error);
        let other = judge(&[until(&known, 2027, 3)], "a.dash.example", &authorities, NOW);
        assert!(other.1.contains("for dash.example; name a.dash.example in it"), "{}", other.1);
    }
}
