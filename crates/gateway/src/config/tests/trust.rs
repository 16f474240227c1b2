//! `app` at https and `ca`: which files are certificates, and whom an app must prove to be.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::ServerName;

use super::{
    super::{Kind, Scheme, Trust},
    Folder, complete,
};

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

fn dashboard(lines: &str) -> String {
    complete(&format!("[dashboards.x]\nroles = [\"signed-in\"]\n{lines}"))
}

fn trust(folder: &Folder, lines: &str) -> Option<Trust> {
    let (config, warnings) = folder.load(dashboard(lines)).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(warnings.is_empty(), "{warnings:?}");
    let Kind::App(app) = &config.dashboards[0].kind else { panic!("not proxied") };
    assert_eq!(app.upstream.scheme == Scheme::Https, app.trust.is_some());
    app.trust.clone()
}

#[test]
fn an_https_app_must_prove_its_host_before_its_own_authorities_or_mozillas() {
    let folder = Folder::new();
    let all = authority().pem() + "what openssl writes between them\r\n" + &authority().pem();
    folder.write("ca.pem", &all);
    folder.write("windows.pem", format!("\u{feff}\r\n{}", all.replace('\n', "\r\n")));
    assert!(trust(&folder, "app = \"http://a.example:1\"").is_none());
    let name = |name: &str| ServerName::try_from(name.to_owned()).expect("a name");
    for (app, host) in [
        ("https://App.Example", name("app.example")),
        ("https://app.example.:8443/", name("app.example")),
        ("https://my_app:8443", name("my_app")),
        ("https://127.0.0.1:8443", name("127.0.0.1")),
        ("https://[0:0::1]:8443", name("::1")),
    ] {
        let own = trust(&folder, &format!("app = \"{app}\"\nca = \"ca.pem\"")).expect("trust");
        assert_eq!((&own.name, own.roots.len()), (&host, 2), "{app}");
        let common = trust(&folder, &format!("app = \"{app}\"")).expect("trust");
        assert_eq!(
            (&common.name, common.roots.len()),
            (&host, webpki_roots::TLS_SERVER_ROOTS.len()),
            "{app}"
        );
    }
    let whole = folder.0.join("windows.pem");
    let own = trust(&folder, &format!("app = \"https://a\"\nca = \"{}\"", whole.display())).expect("trust");
    assert_eq!(own.roots.len(), 2);
}

#[test]
fn what_is_no_certificate_is_said_with_its_line_and_what_to_do() {
    let folder = Folder::new();
    let authority = authority();
    let pem = authority.pem();
    folder.write("empty.pem", "");
    folder.write("key.pem", authority.key().serialize_pem());
    folder.write("ca.der", authority.der());
    folder.write("damaged.pem", format!("{pem}{}", pem.replace("MII", "AII")));
    folder.write("letters.pem", pem.replace("MII", "!!!"));
    folder.write("cut.pem", &pem[..pem.len() / 2]);
    folder.write("large.pem", pem.repeat(2 + (1 << 20) / pem.len()));
    let https = "app = \"https://a\"\n";
    for (lines, expected) in [
        (
            "app = \"https://a:1\"\nca = \"none.pem\"".to_owned(),
            "4:6: error: dashboards.x.ca: '/none.pem' cannot be read: No such file or directory (os error 2); a path begins at this file's folder",
        ),
        (format!("{https}ca = \".\""), "4:6: error: dashboards.x.ca: '/.' cannot be read: Is a directory"),
        (
            format!("{https}ca = \"large.pem\""),
            "4:6: error: dashboards.x.ca: '/large.pem' cannot be read: file too large",
        ),
        (
            format!("{https}ca = \"empty.pem\""),
            "4:6: error: dashboards.x.ca: '/empty.pem' holds no certificate: in PEM one begins with '-----BEGIN CERTIFICATE-----'",
        ),
        (
            format!("{https}ca = \"key.pem\""),
            "4:6: error: dashboards.x.ca: '/key.pem' holds no certificate: ",
        ),
        (format!("{https}ca = \"ca.der\""), "4:6: error: dashboards.x.ca: '/ca.der' holds no certificate: "),
        (
            format!("{https}ca = \"damaged.pem\""),
            "4:6: error: dashboards.x.ca: '/damaged.pem': certificate 2 is damaged; export it again",
        ),
        (
            format!("{https}ca = \"letters.pem\""),
            "4:6: error: dashboards.x.ca: '/letters.pem': certificate 1 is damaged",
        ),
        (
            format!("{https}ca = \"cut.pem\""),
            "4:6: error: dashboards.x.ca: '/cut.pem': certificate 1 is damaged",
        ),
        (format!("{https}ca = \"\""), "4:6: error: dashboards.x.ca: is empty"),
        (format!("{https}ca = [\"ca.pem\"]"), "4:6: error: dashboards.x.ca: must be a string, not a list"),
        (format!("{https}cafile = \"ca.pem\""), "4:1: error: dashboards.x.cafile: unknown key; "),
        (format!("{https}verify = false"), "4:1: error: dashboards.x.verify: unknown key; "),
        (
            "app = \"http://a:1\"\nca = \"ca.pem\"".into(),
            "4:1: error: dashboards.x.ca: means nothing for an app at plain http: write 'https://…' in 'app'",
        ),
        (
            "external = \"https://a\"\nca = \"ca.pem\"".into(),
            "4:1: error: dashboards.x.ca: is only for dashboards with 'app'",
        ),
        (
            "app = \"https://-a:1\"".into(),
            "3:7: error: dashboards.x.app: no certificate can be made for this host",
        ),
        (
            "app = \"https://a:1/x\"".into(),
            "3:7: error: dashboards.x.app: must be 'http://host:port' or 'https://host[:port]'",
        ),
        ("app = \"https://\"".into(), "3:7: error: dashboards.x.app: must be 'http://host:port'"),
    ] {
        let said = folder.load(dashboard(&lines)).map(|_| ()).expect_err(&lines).to_string();
        let said = said.replace(&folder.0.display().to_string(), "");
        let line = said.strip_prefix("/lanyard.toml:").unwrap_or_default();
        assert!(
            line.starts_with(expected) && !line.contains('\n'),
            "{lines}\nexpected {expected}\nbut said {said}"
        );
    }
}
