//! Whether the certificates that browsers are shown hold, at the portal's host and at each dashboard's: who signed
//! them, for which names, until when. The handshake ends when the certificate has been seen: nothing is sent.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::{BoxFuture, join_all};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use super::{Finding, Setup, Severity, names};
use crate::{
    clock::Timestamp,
    config::{Origin, Scheme},
};

mod judge;

use judge::{Authorities, judge};

/// For one host.
const PATIENCE: Duration = Duration::from_secs(8);

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    Box::pin(async {
        let portal = &setup.config.portal.origin;
        if portal.scheme == Scheme::Http {
            let message = "is at plain http on this machine alone: there is no certificate to look at";
            return vec![Finding::new("portal", Severity::Fine, message)];
        }
        let apps = setup.apps.iter().map(|v| (format!("dashboards.{}", v.app.id), &v.app.origin));
        let places: Vec<_> = std::iter::once(("portal".to_owned(), portal)).chain(apps).collect();
        let authorities = Authorities::new();
        let now = (setup.asked.clock)();
        let looks = places.iter().map(async |(about, origin)| {
            let (severity, message) = look(origin, &authorities, now).await;
            Finding::new(about, severity, message)
        });
        join_all(looks).await
    })
}

async fn look(origin: &Origin, authorities: &Authorities, now: Timestamp) -> (Severity, String) {
    let (host, port) = (origin.authority.host(), origin.authority.port());
    let shown =
        timeout(PATIENCE, shown(host, port)).await.unwrap_or_else(|_| Err("no answer in time".into()));
    match shown {
        Ok(chain) => judge(&chain, host, authorities, now),
        Err(why) => {
            let message = format!(
                "{host} shows no certificate at port {port}: {why}; see that TLS ends there, in front of the \
                 gateway, and that this machine may connect to it"
            );
            (Severity::Error, message)
        }
    }
}

/// What a server shows of itself, its own certificate first. The error is a sentence.
async fn shown(host: &str, port: u16) -> Result<Vec<CertificateDer<'static>>, String> {
    let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name =
        ServerName::try_from(name).map_err(|_| "no certificate can be made for such a host".to_owned())?;
    let mut failed = "the name has no address".to_owned();
    for address in names::addresses(host).await? {
        match TcpStream::connect((address, port)).await {
            Ok(stream) => return handshake(stream, name).await,
            Err(error) => failed = error.to_string(),
        }
    }
    Err(failed)
}

async fn handshake(
    stream: TcpStream,
    name: ServerName<'static>,
) -> Result<Vec<CertificateDer<'static>>, String> {
    let onlooker = Arc::new(Onlooker::default());
    let config = ClientConfig::builder().dangerous().with_custom_certificate_verifier(onlooker.clone());
    let connector = TlsConnector::from(Arc::new(config.with_no_client_auth()));
    let ended = connector.connect(name, stream).await;
    let seen = std::mem::take(&mut *onlooker.seen.lock().unwrap_or_else(PoisonError::into_inner));
    match ended {
        Err(error) if seen.is_empty() => Err(error.to_string()),
        _ => Ok(seen),
    }
}

/// Keeps what it is shown, and trusts nobody: the handshake ends there.
#[derive(Default)]
struct Onlooker {
    seen: Mutex<Vec<CertificateDer<'static>>>,
}

impl fmt::Debug for Onlooker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Onlooker")
    }
}

impl ServerCertVerifier for Onlooker {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let all = std::iter::once(own).chain(others).map(|one| one.clone().into_owned());
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = all.collect();
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

fn store(certificates: impl IntoIterator<Item = CertificateDer<'static>>) -> RootCertStore {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(certificates);
    store
}
