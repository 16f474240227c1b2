//! What a file that is right means: defaults, computed fields, secrets and paths.

use std::time::Duration;

use lanyard_contract::policy::Access;

use super::{
    super::{Algorithm, App, Config, HostHeader, Identity, Kind, Origin},
    Folder, complete, loaded, repository, said,
};

fn app(config: &Config, id: &str) -> App {
    let dashboard = config.dashboards.iter().find(|dashboard| dashboard.id.as_str() == id);
    match dashboard.map(|dashboard| &dashboard.kind) {
        Some(Kind::App(app)) => App::clone(app),
        other => panic!("{other:?}"),
    }
}

fn provider(config: &Config) -> &Identity {
    config.sign_in.provider().expect("a provider")
}

#[test]
fn the_example_means_what_it_says() {
    let folder = Folder::new();
    let example = std::fs::read(repository().join("examples/lanyard.toml")).expect("the example");
    let (config, _) = folder.load(example).expect("the example");
    let ids: Vec<&str> = config.dashboards.iter().map(|dashboard| dashboard.id.as_str()).collect();
    assert_eq!(ids, ["data-science", "finance", "forecast", "handbook", "status"]);
    assert_eq!(config.portal.title, "Harbour analytics");
    assert_eq!(provider(&config).groups, ["/groups", "/realm_access/roles"]);
    assert_eq!(config.dashboards[4].access, Access::Public);
    let forecast = app(&config, "forecast");
    assert_eq!(forecast.origin.to_string(), "https://forecast.dash.example");
    assert_eq!(forecast.upstream.to_string(), "http://localhost:8503");
    assert_eq!(forecast.visible_groups, ["Manager", "Finance Leads", "Finance Team"]);
    let roles: Vec<&str> = forecast.visible_roles.iter().map(|role| role.as_str()).collect();
    assert_eq!(roles, ["finance-lead", "manager"]);
    let status = app(&config, "status");
    assert!(status.own_host && status.visible_groups.is_empty() && status.visible_roles.is_empty());
    assert_eq!(status.origin.to_string(), "https://status.harbour.example");
    let Kind::External { url, origin } = &config.dashboards[3].kind else { panic!("not external") };
    assert_eq!(
        (url.as_str(), origin.to_string().as_str()),
        ("https://handbook.harbour.example/", "https://handbook.harbour.example")
    );
    let granted = config.roles.roles_of(["Finance Leads"]);
    assert_eq!(granted.iter().map(|role| role.as_str()).collect::<Vec<_>>(), ["finance-lead", "signed-in"]);
}

#[test]
fn what_is_not_said_has_a_safe_default() {
    let config = loaded("");
    assert_eq!(config.portal.title, "Dashboards");
    assert_eq!(config.portal.apps.suffix.host(), "dash.example");
    assert!(!config.portal.apps.cross_site && config.portal.signing_key.is_none());
    let identity = provider(&config);
    assert_eq!((identity.issuer.as_str(), identity.name.as_str()), ("https://id.example/r", "id.example"));
    assert_eq!(identity.scopes, ["openid", "profile", "email"]);
    assert_eq!(identity.groups, ["/groups"]);
    assert_eq!(identity.algorithms, [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256]);
    assert!(identity.userinfo && !identity.strip_slash && !identity.trust_email);
    let app = app(&config, "some");
    assert_eq!((app.title.as_str(), app.start_path.as_str()), ("some", "/"));
    assert_eq!((app.host_header, app.timeout), (HostHeader::Rewrite, Duration::from_secs(60)));
    assert!(!app.own_host && !app.pass_authorization && !app.forward_access_token && app.csp.is_none());
    let listen: Vec<String> = config.server.listen.iter().map(ToString::to_string).collect();
    assert_eq!(listen, ["127.0.0.1:8080", "[::1]:8080"]);
    assert_eq!(config.server.admin.to_string(), "127.0.0.1:9090");
    assert!(config.server.trusted_proxies.is_empty());
    assert_eq!(config.server.drain, Duration::from_secs(10));
    assert_eq!(config.session.absolute, Duration::from_secs(8 * 3600));
    assert_eq!((config.session.per_person, config.session.total), (20, 100_000));
    let limits = &config.limits;
    assert_eq!((limits.sign_ins, limits.header_bytes, limits.connections), (300, 65_536, 20_000));
    assert_eq!(
        [limits.header_timeout, limits.idle_timeout, limits.websocket_idle_timeout],
        [10, 600, 3600].map(Duration::from_secs)
    );
}

#[test]
fn without_a_rule_or_with_an_empty_one_it_is_nobody() {
    for rule in ["", "roles = []", "public = false"] {
        let config = loaded(&format!("[dashboards.some]\napp = \"http://a:1\"\n{rule}"));
        assert_eq!(config.dashboards[0].access, Access::Roles([].into()), "{rule}");
    }
}

#[test]
fn an_own_host_has_the_portals_scheme_and_port_unless_it_names_one() {
    let portal =
        "[portal]\nurl = \"https://dash.example:8443\"\n[dashboards.some]\napp = \"http://a:1\"\nhost = ";
    for (host, origin) in [
        ("f.example", "https://f.example:8443"),
        ("F.example:443", "https://f.example"),
        ("[2001:db8::1]:99", "https://[2001:db8::1]:99"),
    ] {
        assert_eq!(app(&loaded(&format!("{portal}\"{host}\"")), "some").origin.to_string(), origin);
    }
}

#[test]
fn a_wildcard_or_a_host_outside_the_portals_is_cross_site() {
    let apps = |apps| loaded(&format!("[portal]\nurl = \"https://dash.example\"\napps = \"{apps}\""));
    assert!(apps("https://*.apps.other").portal.apps.cross_site);
    assert!(apps("https://*.xdash.example").portal.apps.cross_site);
    assert!(!apps("https://*.dash.example:8443").portal.apps.cross_site);
    assert!(!apps("https://*.in.dash.example").portal.apps.cross_site);
    let portal = loaded("").portal;
    let cross_site = |origin: &str| portal.cross_site(&origin.parse::<Origin>().expect("an origin"));
    assert!(cross_site("https://status.other") && !cross_site("https://a.b.dash.example"));
}

#[test]
fn secrets_come_from_the_environment_or_a_file_and_are_never_repeated() {
    let folder = Folder::new();
    folder.write("secret", "horse battery\r\n");
    folder.write("nothing", "\n");
    let with = |secret: &str| {
        complete(&format!(
            "[identity]\nissuer = \"https://i\"\nclient_id = \"c\"\nclient_secret = \"{secret}\"\nscopes = [\"a\", \"openid\"]"
        ))
    };
    let (config, _) = folder.load(with("file:secret")).expect("a secret from a file");
    assert_eq!(provider(&config).client_secret.as_ref().map(|secret| secret.reveal()), Some("horse battery"));
    assert_eq!(provider(&config).scopes, ["openid", "a"]);
    assert!(!format!("{config:?}").contains("battery"));
    let refused = |secret: &str| folder.load(with(secret)).expect_err("no secret").to_string();
    for (secret, message) in [
        ("file:nothing", "refers to an empty secret"),
        ("file:absent", "absent' cannot be read: No such file"),
        ("env:EMPTY", "refers to an empty secret"),
        ("env:ABSENT", "the environment variable 'ABSENT' is not set"),
        ("tr0ub4dor", "must be a reference, 'env:NAME' or 'file:PATH'"),
    ] {
        let said = refused(secret);
        assert!(said.contains("4:17: error: identity.client_secret: ") && said.contains(message), "{said}");
        assert!(!said.contains("tr0ub4dor"));
    }
}

#[test]
fn a_signing_key_is_a_private_key() {
    let folder = Folder::new();
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n";
    folder.write("key.pem", pem);
    let portal = "[portal]\nurl = \"https://dash.example\"\nsigning_key = ";
    let (config, _) = folder.load(complete(&format!("{portal}\"file:key.pem\""))).expect("a key");
    assert_eq!(config.portal.signing_key.as_ref().map(|key| key.reveal()), Some(pem.trim_end()));
    assert_eq!(
        said(complete(&format!("{portal}\"env:SECRET\""))),
        [
            "lanyard.toml:3:15: error: portal.signing_key: refers to something that is not a PKCS#8 private key in PEM"
        ]
    );
}

#[test]
fn paths_are_relative_to_the_folder_of_the_file() {
    let folder = Folder::new();
    let (config, _) = folder.load(complete("[server]\nshell = \"../web\"")).expect("a configuration");
    assert_eq!(config.server.shell, folder.0.join("../web"));
    assert_eq!(config.server.audit, folder.0.join("lanyard-state/audit.jsonl"));
    let server = "[server]\nstate = \"/var/lib/lanyard\"\naudit = \"audit\"";
    let (config, _) = folder.load(complete(server)).expect("a configuration");
    assert_eq!(config.server.state.to_str(), Some("/var/lib/lanyard"));
    assert_eq!(config.server.audit, folder.0.join("audit"));
    assert_eq!(loaded("").server.shell.file_name().and_then(|name| name.to_str()), Some("dist"));
}
