//! A sign-in by the operator's own browser (`--sign-in`): with the gateway's own code, and back to a port of this
//! machine (RFC 8252, section 7.3). Says who the provider says that they are and where their groups stand; the tokens
//! are thrown away, and no session begins.

use std::{io, net::Ipv4Addr, net::Ipv6Addr, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::BoxFuture;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use url::Url;

use super::{Finding, Setup, Severity, groups};
use crate::{
    config::{AuthorityError, Origin, quoted},
    identity::oidc::{Beginning, Endpoints, Provider, Redemption, SignInError, inspection},
    random::{NoRandomness, Token},
};

/// For the person at the browser: five minutes.
const PATIENCE: Duration = Duration::from_secs(300);
/// For the provider's description, and for one head.
const SHORTLY: Duration = Duration::from_secs(10);
/// Of a head, in bytes.
const LONGEST: usize = 16 * 1024;

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("nobody can come back to port {0} of this machine: {1}; name another with --sign-in PORT")]
    Port(u16, io::Error),
    #[error(transparent)]
    Address(#[from] AuthorityError),
    #[error("a proxy in front signs people in: --sign-in is for an identity provider; sign in at the portal")]
    ByProxy,
    #[error("the provider is not there to sign in at")]
    Undiscovered,
    #[error("nobody came back within five minutes; where the provider showed an error, register {0} there")]
    Nobody(String),
    #[error("the provider sends back the error {0} instead of a code; its own log says why")]
    Refused(String),
    #[error("{0}; so a sign-in at the portal would fail")]
    SignIn(#[from] SignInError),
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// What the provider sends a browser back with.
#[derive(Debug, Default, PartialEq, Eq)]
struct Callback {
    code: Option<String>,
    error: Option<String>,
    state: Option<String>,
    iss: Option<String>,
}

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    Box::pin(async {
        let Some(port) = setup.asked.sign_in else { return Vec::new() };
        let failed = |error: Failed| vec![Finding::new("identity", Severity::Error, error.to_string())];
        sign_in(setup, port).await.unwrap_or_else(failed)
    })
}

async fn sign_in(setup: &Setup<'_>, port: u16) -> Result<Vec<Finding>, Failed> {
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|e| Failed::Port(port, e))?;
    // Where a machine has no IPv6, browsers come by the other. Somebody else's listener there would be sent the code.
    let v6 = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(Failed::Port(port, error)),
        v6 => v6.ok(),
    };
    let here: Origin = format!("http://localhost:{port}").parse()?;
    let identity = setup.config.sign_in.provider().ok_or(Failed::ByProxy)?;
    let provider = Provider::new(identity, &here, setup.backchannel.clone());
    let discovering = tokio::spawn(provider.clone().run());
    let endpoints = timeout(SHORTLY, known(&provider)).await.map_err(|_| Failed::Undiscovered)?;

    let (state, nonce, verifier) = (Token::new()?, Token::new()?, Token::new()?);
    let challenge = URL_SAFE_NO_PAD.encode(verifier.digest().0);
    let beginning = Beginning {
        state: state.reveal(),
        nonce: nonce.reveal(),
        challenge: &challenge,
        choose_account: false,
    };
    let uri = provider.redirect_uri();
    let address = match provider.push(&beginning).await? {
        Some(kept) => inspection::pushed(identity, &endpoints, &kept),
        None => inspection::request(identity, &endpoints, &uri, &beginning),
    };
    (setup.asked.say)(&format!(
        "Open this in a browser and sign in. The provider must know the redirect URI {uri}.\n{address}"
    ));
    let came = timeout(PATIENCE, callback(&v4, v6.as_ref(), state.reveal())).await;
    let came = came.map_err(|_| Failed::Nobody(uri))?;
    let Some(code) = &came.code else {
        return Err(Failed::Refused(quoted(came.error.as_deref().unwrap_or_default())));
    };
    let flow =
        Redemption { code, verifier: verifier.reveal(), iss: came.iss.as_deref(), nonce: nonce.reveal() };
    let signed_in = provider.redeem(flow, (setup.asked.clock)()).await;
    discovering.abort();
    let signed_in = signed_in?;
    let subject: String = signed_in.person.subject.chars().take(8).collect();
    let message = format!("the sign-in succeeds; the subject begins with {}", quoted(&subject));
    let mut found = vec![Finding::new("identity", Severity::Fine, message)];
    found.extend(groups::report(&signed_in.claims, signed_in.userinfo.as_ref(), setup.config));
    Ok(found)
}

async fn known(provider: &Provider) -> std::sync::Arc<Endpoints> {
    loop {
        if let Some(endpoints) = provider.endpoints() {
            return endpoints;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Waits for the browser that brings this state back. Others are sent away.
async fn callback(v4: &TcpListener, v6: Option<&TcpListener>, state: &str) -> Callback {
    loop {
        let accepted = match v6 {
            None => v4.accept().await,
            Some(v6) => tokio::select! {
                accepted = v4.accept() => accepted,
                accepted = v6.accept() => accepted,
            },
        };
        let Ok((mut stream, _)) = accepted else {
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let head = timeout(SHORTLY, head(&mut stream)).await.ok().flatten().unwrap_or_default();
        let came = read(&head).filter(|came| came.state.as_deref() == Some(state));
        let (status, text) = match came {
            Some(_) => {
                ("200 OK", "Thank you. What was found stands where lanyard doctor runs; close this page.\n")
            }
            None => ("404 Not Found", "lanyard doctor waits here for a sign-in that it has begun itself.\n"),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
             Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{text}",
            text.len()
        );
        let _ = timeout(SHORTLY, stream.write_all(answer.as_bytes())).await;
        if let Some(came) = came {
            return came;
        }
    }
}

async fn head(stream: &mut TcpStream) -> Option<String> {
    let (mut head, mut piece) = (Vec::new(), [0; 2048]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < LONGEST {
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        head.extend_from_slice(&piece[..read]);
    }
    String::from_utf8(head).ok()
}

/// `None` for another page, and where a parameter comes twice.
fn read(head: &str) -> Option<Callback> {
    let target = head.strip_prefix("GET ")?.split(' ').next()?;
    let url = Url::parse("http://localhost").ok()?.join(target).ok()?;
    let mut came = Callback::default();
    for (name, value) in url.query_pairs() {
        let slot = match &*name {
            "code" => &mut came.code,
            "error" => &mut came.error,
            "state" => &mut came.state,
            "iss" => &mut came.iss,
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    (url.path() == "/callback").then_some(came)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_callback_is_read() {
        let came =
            read("GET /callback?code=a%2Bb&state=s&iss=https%3A%2F%2Fid.example HTTP/1.1\r\n\r\n").unwrap();
        assert_eq!((came.code.as_deref(), came.state.as_deref()), (Some("a+b"), Some("s")));
        assert_eq!(came.iss.as_deref(), Some("https://id.example"));
        for other in [
            "",
            "POST /callback?state=s HTTP/1.1",
            "GET /favicon.ico HTTP/1.1",
            "GET /callback?state=s&state=t HTTP/1.1",
            "GET /callback?code=a&code=b&state=s HTTP/1.1",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
