//! Whom an app at an https address must prove to be: its host's name or address, in a certificate that leads to
//! one of `ca`, or of Mozilla's authorities where the file names none. There is no way to switch that off.

use std::sync::Arc;

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};

use super::{Origin, Scheme, Trust, secret::Around, value::Value};

/// No file of certificates is larger, in bytes: a system's whole collection has a quarter of that.
const LARGEST: u64 = 1024 * 1024;

/// `None` for plain http, and where something is wrong with `app` or `ca`.
pub fn read(
    app: &Value<'_>,
    upstream: Option<&Origin>,
    ca: Option<&Value<'_>>,
    around: &Around<'_>,
) -> Option<Trust> {
    let path = ca.map(|ca| (ca, ca.text()));
    let upstream = upstream?;
    if upstream.scheme == Scheme::Http {
        if let Some((ca, Some(_))) = path {
            ca.refuse_key(
                "means nothing for an app at plain http: write 'https://…' in 'app', or take this away",
            );
        }
        return None;
    }
    let host = upstream.authority.host().trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned()).ok();
    let name = name.or_else(|| app.refuse("no certificate can be made for this host; use its DNS name"));
    let roots = match path {
        None => Some(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()),
        Some(_) if around.alone => None,
        Some((ca, path)) => path.and_then(|path| roots(ca, path, around)),
    };
    Some(Trust { name: name?, roots: Arc::new(roots?) })
}

fn roots(ca: &Value<'_>, path: &str, around: &Around<'_>) -> Option<RootCertStore> {
    let path = around.path(path);
    let shown = path.display().to_string().escape_debug().to_string();
    let pem = match (around.read)(&path, LARGEST) {
        Ok(pem) => pem,
        Err(error) => {
            return ca.refuse(format!(
                "'{shown}' cannot be read: {error}; a path begins at this file's folder, and the gateway's own \
                 user reads it"
            ));
        }
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        if !certificate.is_ok_and(|certificate| roots.add(certificate).is_ok()) {
            let nth = roots.len() + 1;
            return ca.refuse(format!("'{shown}': certificate {nth} is damaged; export it again, as PEM"));
        }
    }
    if roots.is_empty() {
        return ca.refuse(format!(
            "'{shown}' holds no certificate: in PEM one begins with '-----BEGIN CERTIFICATE-----', and \
             'openssl x509 -inform der' makes that of a DER file"
        ));
    }
    Some(roots)
}
