//! Certificate authorities that a test makes for itself, and servers of TLS that show what they have signed. What
//! arrives there in one piece is passed on, decrypted, to an upstream that records.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::{
    net::TcpListener as Bound,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    HandshakeKind, ProtocolVersion, ServerConfig, SupportedProtocolVersion,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncWriteExt as _, copy, copy_bidirectional, sink, split},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// Who signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What a server shows.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

fn lasting(names: &[&str], years: (i32, i32)) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

impl Identity {
    /// Signed by its own key, and by nobody else.
    pub fn of_itself(name: &str) -> Self {
        let key = key();
        let certificate = lasting(&[name], (2020, 2200)).self_signed(&key).expect("a certificate");
        Self::new(certificate.der().clone(), &key)
    }

    fn new(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        Self { chain: vec![certificate], key: PrivatePkcs8KeyDer::from(key.serialize_der()).into() }
    }
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = lasting(&[], (2020, 2200));
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self(CertifiedIssuer::self_signed(params, key()).expect("an authority"))
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A file for `ca` with these authorities.
    pub fn file(name: &str, authorities: &[&Self]) -> PathBuf {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pem"));
        let all: String = authorities.iter().map(|authority| authority.pem()).collect();
        std::fs::write(&path, all).expect("a file");
        path
    }

    /// For a server of one of these names or addresses.
    pub fn certifies(&self, names: &[&str]) -> Identity {
        self.signs(lasting(names, (2020, 2200)))
    }

    pub fn certifies_in(&self, name: &str, years: (i32, i32)) -> Identity {
        self.signs(lasting(&[name], years))
    }

    /// For somebody who is no server.
    pub fn certifies_a_client(&self, name: &str) -> Identity {
        let mut params = lasting(&[name], (2020, 2200));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.signs(params)
    }

    /// For another authority, as whose own certificate many a server of one's own shows itself.
    pub fn certifies_an_authority(&self, name: &str) -> Identity {
        let mut params = lasting(&[name], (2020, 2200));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        self.signs(params)
    }

    fn signs(&self, params: CertificateParams) -> Identity {
        let key = key();
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        Identity::new(certificate.der().clone(), &key)
    }

    /// A server's settings by which only clients with a certificate of this authority are served.
    pub fn asks_clients(&self, identity: Identity) -> ServerConfig {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.0.der().clone()).expect("an authority");
        let verifier = rustls::server::WebPkiClientVerifier::builder(roots.into()).build().expect("roots");
        let builder = ServerConfig::builder().with_client_cert_verifier(verifier);
        builder.with_single_cert(identity.chain, identity.key).expect("a key that fits")
    }
}

pub fn speaking(identity: Identity, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
    let builder = ServerConfig::builder_with_protocol_versions(versions).with_no_client_auth();
    builder.with_single_cert(identity.chain, identity.key).expect("a key that fits")
}

pub fn serving(identity: Identity) -> ServerConfig {
    speaking(identity, rustls::ALL_VERSIONS)
}

/// A port of this machine, and who waits there.
pub fn port() -> (u16, Bound) {
    let listener = Bound::bind("127.0.0.1:0").expect("a port");
    (listener.local_addr().expect("an address").port(), listener)
}

/// One handshake that came to its end.
#[derive(Debug, Clone)]
pub struct Shaken {
    pub version: Option<ProtocolVersion>,
    pub kind: Option<HandshakeKind>,
    pub name: Option<String>,
    pub protocol: Option<Vec<u8>>,
}

/// Listens until it is dropped.
pub struct Server {
    shaken: Arc<Mutex<Vec<Shaken>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Passes on to this port.
    pub fn start(at: Bound, config: ServerConfig, to: u16) -> Self {
        Self::ending(at, config, to, true)
    }

    /// The same, and its connections end without a word (RFC 8446, section 6.1), as if somebody had cut them.
    pub fn cutting(at: Bound, config: ServerConfig, to: u16) -> Self {
        Self::ending(at, config, to, false)
    }

    fn ending(at: Bound, config: ServerConfig, to: u16, properly: bool) -> Self {
        let shaken: Arc<Mutex<Vec<Shaken>>> = Arc::default();
        let all = shaken.clone();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        at.set_nonblocking(true).expect("a listener");
        let listener = TcpListener::from_std(at).expect("a listener");
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, all) = (acceptor.clone(), all.clone());
                tokio::spawn(async move {
                    let mut stream = match acceptor.accept(stream).into_fallible().await {
                        Ok(stream) => stream,
                        // What was said last must arrive.
                        Err((_, stream)) => return drain(stream).await,
                    };
                    let (_, session) = stream.get_ref();
                    all.lock().expect("a lock").push(Shaken {
                        version: session.protocol_version(),
                        kind: session.handshake_kind(),
                        name: session.server_name().map(str::to_owned),
                        protocol: session.alpn_protocol().map(<[u8]>::to_vec),
                    });
                    let mut upstream = TcpStream::connect(("127.0.0.1", to)).await.expect("the upstream");
                    if properly {
                        let _ = copy_bidirectional(&mut stream, &mut upstream).await;
                    } else {
                        let (mut from, mut into) = split(stream);
                        let (mut answers, mut asks) = upstream.into_split();
                        tokio::select! {
                            _ = copy(&mut from, &mut asks) => {}
                            _ = copy(&mut answers, &mut into) => drop(into.flush().await),
                        }
                    }
                });
            }
        });
        Self { shaken, task }
    }

    pub fn shaken(&self) -> Vec<Shaken> {
        self.shaken.lock().expect("a lock").clone()
    }
}

async fn drain(mut stream: TcpStream) {
    let _ = stream.shutdown().await;
    let _ = copy(&mut stream, &mut sink()).await;
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
