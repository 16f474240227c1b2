//! What must hold of the configuration file's own grammars whatever stands in it: of the whole file, of JSON
//! Pointers, and of authorities, which `Host` lines are read by as well.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use lanyard_contract::paths::{LocalPath, is_reserved};
use serde_json::Value;
use url::Url;

use super::{
    Authority, Config, Kind, Origin, Problem, Problems, Scheme, Severity, SignIn, load, pointer::check,
    secret::Around, syntax,
};

const SECRET: &str = "correct horse";

/// As if this text were a file in a folder that does not exist.
pub(crate) fn read(text: &str) -> Result<(Config, Vec<Problem>), Problems> {
    let env = |name: &str| (name == "SECRET").then(|| SECRET.to_owned());
    let read = |_: &Path, _| Err(io::ErrorKind::NotFound.into());
    load::read(
        text,
        Arc::from("lanyard.toml"),
        &Around {
            folder: PathBuf::from("/nowhere"),
            env: &env,
            read,
            alone: false,
            secret_files: Default::default(),
        },
    )
    .map(|(read, warnings)| (read.config, warnings))
}

/// A whole file: either it means something sound, or every reason that it does not has a place and a sentence.
pub fn config(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    recovers(&text);
    let problems = match read(&text) {
        Ok((config, warnings)) => {
            assert!(warnings.iter().all(|problem| problem.severity == Severity::Warning), "{warnings:?}");
            let printed = format!("{config:?}");
            assert!(!printed.contains(SECRET));
            sound(&config);
            warnings
        }
        Err(Problems::Found(problems)) => {
            assert!(problems.iter().any(|problem| problem.severity == Severity::Error), "{problems:?}");
            problems
        }
        Err(other) => {
            assert!(matches!(other, Problems::Found(_)), "{other}");
            return;
        }
    };
    let lines: Vec<&str> = text.split('\n').collect();
    for problem in &problems {
        let printed = problem.to_string();
        assert!(!printed.chars().any(char::is_control) && !printed.contains(SECRET), "{printed:?}");
        assert!(problem.message.len() >= 8, "{printed:?} says nothing");
        let line = problem.line.checked_sub(1).and_then(|nth| lines.get(nth));
        assert!(line.is_some(), "{printed:?} is below the file");
        let columns = line.map_or(0, |line| line.chars().count() + 1);
        assert!((1..=columns).contains(&problem.column), "{printed:?} is beside its line");
    }
}

/// What is left after every slip was taken out is TOML, and its lines have kept their numbers.
fn recovers(text: &str) {
    let recovered = syntax::recover(text);
    if !recovered.gave_up {
        let again = syntax::recover(&recovered.text);
        assert_eq!(again.text, recovered.text);
        let duplicates = |message: &str| message.starts_with("is given twice");
        assert!(again.mistakes.iter().all(|mistake| duplicates(&mistake.message)), "{:?}", recovered.text);
        assert_eq!(recovered.text.split('\n').count(), text.split('\n').count());
    }
}

/// What other modules take for granted.
fn sound(config: &Config) {
    let portal = &config.portal.origin;
    let safe = |origin: &Origin| origin.scheme == Scheme::Https || origin.authority.is_loopback();
    assert!(safe(portal) && portal.scheme == config.portal.apps.scheme, "{:?}", config.portal);
    assert!(!config.server.listen.is_empty());
    match &config.sign_in {
        SignIn::Provider(identity) => {
            assert!(identity.groups.iter().all(|pointer| pointer.starts_with('/')));
            assert!(!identity.algorithms.is_empty());
        }
        SignIn::Headers(headers) => {
            assert!(headers.secret.reveal().len() >= 32 && !config.server.trusted_proxies.is_empty());
        }
    }
    let mut ids: Vec<_> = config.dashboards.iter().map(|dashboard| dashboard.id.as_str()).collect();
    let mut hosts: Vec<_> = vec![portal.authority.host()];
    for dashboard in &config.dashboards {
        let Kind::App(app) = &dashboard.kind else { continue };
        hosts.push(app.origin.authority.host());
        assert!(safe(&app.origin), "{app:?}");
        assert_eq!(app.upstream.scheme == Scheme::Https, app.trust.is_some(), "{app:?}");
        assert!(LocalPath::parse(&app.start_path).is_ok() && !is_reserved(&app.start_path), "{app:?}");
        let asked =
            |path: &String| LocalPath::parse(path).is_ok() && !is_reserved(path) && !path.contains('#');
        assert!(app.health.iter().all(asked), "{app:?}");
        let plain = |group: &String| !group.contains(',') && !group.chars().any(char::is_control);
        assert!(app.visible_groups.iter().all(plain), "{app:?}");
        assert!(app.csp.iter().all(|csp| http::HeaderValue::from_str(csp).is_ok()), "{app:?}");
    }
    for all in [&mut ids, &mut hosts] {
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(count, all.len(), "two of one name among {all:?}");
    }
}

/// A pointer is one exactly by the grammar of RFC 6901, section 3, and then leads where section 4 says.
pub(crate) fn pointer(text: &str, document: &Value) {
    let mut grammar = text.starts_with('/');
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        grammar &= character != '~' || matches!(characters.clone().next(), Some('0' | '1'));
    }
    let judged = check(text);
    assert_eq!(judged.is_ok(), grammar, "{text:?}");
    match judged {
        Ok(()) => assert_eq!(document.pointer(text), walk(text, document), "{text:?} in {document}"),
        Err(error) => assert!(!error.to_string().chars().any(char::is_control), "{error}"),
    }
}

fn walk<'a>(pointer: &str, document: &'a Value) -> Option<&'a Value> {
    pointer[1..].split('/').try_fold(document, |at, token| {
        let mut name = String::new();
        let mut characters = token.chars();
        while let Some(character) = characters.next() {
            name.push(match character {
                '~' if characters.next() == Some('1') => '/',
                other => other,
            });
        }
        match at {
            Value::Object(members) => members.get(&name),
            Value::Array(elements) => {
                let digits = name.bytes().all(|byte| byte.is_ascii_digit());
                let one_spelling = name == "0" || !name.starts_with('0');
                if digits && one_spelling { elements.get(name.parse::<usize>().ok()?) } else { None }
            }
            _ => None,
        }
    })
}

/// `host` or `host:port`: what we take is what a browser takes it for, and in one normal form.
pub(crate) fn authority(text: &str) {
    for (scheme, other) in [(Scheme::Http, Scheme::Https), (Scheme::Https, Scheme::Http)] {
        asked(text, scheme);
        let Ok(authority) = Authority::parse(text, scheme) else { continue };
        let printed = authority.display(scheme);
        assert_eq!(Authority::parse(&printed, scheme).as_ref(), Ok(&authority), "{text:?} is {printed:?}");
        assert_eq!(Authority::parse(&authority.display(other), other).as_ref(), Ok(&authority), "{text:?}");
        assert_eq!(printed, printed.to_ascii_lowercase());

        let Some(url) = browser(scheme, text) else {
            assert!(is_encoded(text), "{text:?} is no host to a browser");
            continue;
        };
        let host = url.host_str().map(|host| host.strip_suffix('.').unwrap_or(host));
        assert_eq!(host, Some(authority.host()), "{text:?}");
        assert_eq!(url.port_or_known_default(), Some(authority.port()), "{text:?}");
        assert_eq!(
            (url.path(), url.query(), url.username(), url.password()),
            ("/", None, "", None),
            "{text:?}"
        );
        let origin = Origin { scheme, authority };
        assert_eq!(origin.to_string().parse().as_ref(), Ok(&origin));
        if !url.host_str().is_some_and(|host| host.ends_with('.')) {
            assert_eq!(origin.to_string(), url.origin().ascii_serialization());
        }
    }
}

/// A browser's reading of a host, where it goes by what is written and not by tables of names in all scripts.
pub(crate) fn browser(scheme: Scheme, text: &str) -> Option<Url> {
    let plain = text.is_ascii() && !text.contains('%') && !is_encoded(text);
    plain.then(|| Url::parse(&format!("{}://{text}/", scheme.as_str())).ok()).flatten()
}

pub(crate) fn is_encoded(text: &str) -> bool {
    text.to_ascii_lowercase().contains("xn--")
}

/// What a browser writes into `Host`, once it has read this as a URL's host, is read by us.
fn asked(text: &str, scheme: Scheme) {
    let Some(url) = browser(scheme, text) else { return };
    let host = url.host_str().unwrap_or_default();
    let labels = || host.strip_suffix('.').unwrap_or(host).split('.');
    let plain = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
    let name =
        host.bytes().all(plain) && host.len() <= 253 && labels().all(|label| (1..=63).contains(&label.len()));
    if name || host.starts_with('[') {
        let sent = url.port().map_or(host.to_owned(), |port| format!("{host}:{port}"));
        assert!(Authority::parse(&sent, scheme).is_ok(), "a browser sends {sent:?}");
    }
}
