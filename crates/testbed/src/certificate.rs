//! Certificates for tests: an authority of its own, and a server that it vouches for. Both are forgotten with the
//! test.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// All in PEM.
pub struct Issued {
    pub ca: String,
    pub certificate: String,
    pub key: String,
}

/// A certificate for these names and addresses, from an authority that nobody else knows.
pub fn issue(names: &[&str]) -> Issued {
    let ca_key = KeyPair::generate().expect("a key");
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(DnType::CommonName, "the authority of a test");
    let authority = ca.self_signed(&ca_key).expect("an authority").pem();
    let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let params = CertificateParams::new(names).expect("names that a certificate can hold");
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, &Issuer::new(ca, ca_key)).expect("a certificate").pem();
    Issued { ca: authority, certificate, key: key.serialize_pem() }
}
