//! What the provider knows of this client: where it may send people back to after signing in and out, and the
//! secret. Each is asked as a sign-in would, and an address that nobody has registered beside ours: only a provider
//! that tells the two apart has said anything.

use futures_util::future::{BoxFuture, join, join3};

use super::{Finding, Setup, Severity};
use crate::{
    config::quoted,
    identity::oidc::inspection::{self, Credentials, Reaction},
    random::NoRandomness,
};

const ABOUT: &str = "identity";

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    Box::pin(async {
        let failed = |error: NoRandomness| vec![Finding::new(ABOUT, Severity::Error, error.to_string())];
        ask(setup).await.unwrap_or_else(failed)
    })
}

async fn ask(setup: &Setup<'_>) -> Result<Vec<Finding>, NoRandomness> {
    let Some((identity, inspected)) = setup.discovered() else { return Ok(Vec::new()) };
    let portal = &setup.config.portal.origin;
    let (backchannel, endpoints) = (setup.backchannel, &inspected.endpoints);
    let (back, out) = (format!("{portal}/callback"), format!("{portal}/signed-out"));
    let stranger = format!("{portal}/registered-by-nobody");
    let begin = |uri| inspection::begin(backchannel, identity, endpoints, uri);
    let leave = |uri| inspection::leave(backchannel, identity, endpoints, uri);
    let (signing_in, signing_out, secret) = join3(
        join(begin(&back), begin(&stranger)),
        join(leave(&out), leave(&stranger)),
        inspection::authenticate(backchannel, identity, endpoints, &back),
    )
    .await;
    let client = quoted(&identity.client_id);
    let mut found = vec![redirect(&signing_in.0?, &signing_in.1?, &back, &client)];
    if identity.client_secret.is_some() {
        found.push(credentials(&secret?, &client));
    }
    found.push(match signing_out {
        (Some(ours), Some(other)) => post_logout(&ours, &other, &out, &client),
        _ => Finding::new(
            ABOUT,
            Severity::Note,
            "has no address to sign out at (end_session_endpoint): signing out ends the session here alone",
        ),
    });
    Ok(found)
}

/// Whether the provider treats the address unlike one that nobody has registered.
fn is_told_apart(ours: &Reaction, other: &Reaction) -> bool {
    !matches!(other, Reaction::Trouble(_)) && std::mem::discriminant(ours) != std::mem::discriminant(other)
}

fn redirect(ours: &Reaction, other: &Reaction, uri: &str, client: &str) -> Finding {
    let say = |severity, message| Finding::new(ABOUT, severity, message);
    match ours {
        Reaction::Refused(status) => say(
            Severity::Error,
            format!(
                "answers {status} to a sign-in of {client} that returns to {uri}; register exactly this redirect \
                 URI for it there, and see that there is such a client"
            ),
        ),
        Reaction::Back(Some(error)) if error != "login_required" && error != "interaction_required" => say(
            Severity::Warning,
            format!(
                "knows the redirect URI {uri}, and refuses the sign-in with '{error}'; see there what the client \
                 {client} may do (authorization code, PKCE) and which of 'scopes' it may ask for"
            ),
        ),
        Reaction::Trouble(why) => say(
            Severity::Warning,
            format!("does not say whether the redirect URI is registered: {why}; it must be exactly {uri}"),
        ),
        _ if is_told_apart(ours, other) => {
            say(Severity::Fine, format!("knows the redirect URI {uri} of {client}"))
        }
        _ => say(
            Severity::Note,
            format!(
                "answers the same for an address that nobody has registered: either it looks later, or a pattern \
                 is registered; the redirect URI of {client} must be exactly {uri}"
            ),
        ),
    }
}

fn credentials(said: &Credentials, client: &str) -> Finding {
    let (severity, message) = match said {
        Credentials::Taken => (Severity::Fine, format!("takes the secret of {client}")),
        Credentials::Refused => (
            Severity::Error,
            format!(
                "refuses the client {client} with its secret; put the secret that the provider shows for it where \
                 'client_secret' points, and see that the client is confidential there"
            ),
        ),
        Credentials::Unclear(why) => {
            (Severity::Note, format!("does not say whether the secret of {client} is right: {why}"))
        }
    };
    Finding::new(ABOUT, severity, message)
}

fn post_logout(ours: &Reaction, other: &Reaction, uri: &str, client: &str) -> Finding {
    let (severity, message) = match ours {
        Reaction::Refused(status) => (
            Severity::Warning,
            format!(
                "answers {status} to signing out of {client} to {uri}; register exactly this post-logout redirect \
                 URI for it there, or people who sign out end there"
            ),
        ),
        Reaction::Trouble(why) => (
            Severity::Note,
            format!("does not say whether the post-logout redirect URI {uri} is registered: {why}"),
        ),
        _ if is_told_apart(ours, other) => {
            (Severity::Fine, format!("knows the post-logout redirect URI {uri} of {client}"))
        }
        _ => (
            Severity::Note,
            format!(
                "does not say without somebody to sign out whether {uri} is a post-logout redirect URI of {client}"
            ),
        ),
    };
    Finding::new(ABOUT, severity, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_provider_that_tells_addresses_apart_has_said_anything() {
        use Reaction::{Back, Kept, Onward, Page, Refused, Trouble};
        let login = || Onward("https://id.example/login".into());
        for (ours, other, severity) in [
            (Page, Refused(400), Severity::Fine),
            (Kept, Refused(400), Severity::Fine),
            (Back(None), Refused(400), Severity::Fine),
            (Back(Some("login_required".into())), Page, Severity::Fine),
            (login(), Page, Severity::Fine),
            (login(), login(), Severity::Note),
            (Page, Page, Severity::Note),
            (Page, Trouble("no connection".into()), Severity::Note),
            (Refused(400), Refused(400), Severity::Error),
            (Back(Some("unauthorized_client".into())), Refused(400), Severity::Warning),
            (Trouble("no connection".into()), Refused(400), Severity::Warning),
        ] {
            let found = redirect(&ours, &other, "https://dash.example/callback", "'lanyard'");
            assert_eq!(found.severity, severity, "{ours:?} {other:?}: {found}");
            assert!(found.message.contains("https://dash.example/callback"), "{found}");
        }
    }
}
