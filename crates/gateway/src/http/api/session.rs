//! `GET /api/session`: who this is and what they may see. `DELETE /api/session`: the end of it, everywhere.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use lanyard_contract::wire::{Identity, SessionAnswer, SignOutAnswer};

use super::Gateway;
use crate::{
    audit::Kind,
    clock::Timestamp,
    config::SignIn,
    http::caller::Caller,
    identity::session::{
        Session,
        cookies::{self, Reach},
    },
};

pub async fn show(
    State(gateway): State<Arc<Gateway>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Json<SessionAnswer> {
    let session = gateway.registry.of_portal(&headers, Timestamp::now()).await;
    let vouched = session.is_none() && gateway.registry.vouched(&caller.named, &headers);
    Json(SessionAnswer { vouched, ..answer(&gateway, session.as_deref()) })
}

/// This person's own projection of the policy, or the public one when nobody is signed in.
pub(super) fn answer(gateway: &Gateway, session: Option<&Session>) -> SessionAnswer {
    SessionAnswer {
        identity: session.map(|session| Identity {
            key: memory_key(gateway, session),
            name: session.person.display_name().to_owned(),
            email: session.person.email.clone(),
            groups: session.person.groups.clone(),
        }),
        roles: session.map(|session| session.roles.clone()).unwrap_or_default(),
        dashboards: gateway.authority.projection(session),
        expires: session.map(|session| session.expires.as_secs_rounded_up()),
        vouched: false,
    }
}

/// Made with the gateway's own key, or whoever knows issuer and subject could tell what a memory found in a
/// browser holds. It is the same until that key is another.
fn memory_key(gateway: &Gateway, session: &Session) -> String {
    let keys = gateway.registry.introductions.keys();
    URL_SAFE_NO_PAD.encode(keys.seal("memory", &session.person.fingerprint("shell")))
}

pub async fn end(State(gateway): State<Arc<Gateway>>, headers: HeaderMap) -> Response {
    let now = Timestamp::now();
    let ended = match gateway.registry.of_portal(&headers, now).await {
        Some(session) => gateway.registry.leave(&session, Kind::SignOut, "the person", now).await,
        None => None,
    };
    let logout_url = match &gateway.config.sign_in {
        SignIn::Headers(headers) => headers.sign_out.clone(),
        SignIn::Provider(_) => ended.zip(gateway.provider.as_ref()).and_then(|(session, provider)| {
            provider.logout_url(session.id_token.reveal(), &session.person.subject)
        }),
    };
    (farewell(&gateway), Json(SignOutAnswer { logout_url })).into_response()
}

/// Takes the cookie of a session away that its own browser has ended. Where a proxy in front would bring the person
/// back, the browser keeps it as a sign that they have left.
pub(super) fn farewell(gateway: &Gateway) -> HeaderMap {
    let cookie = cookies::expire(cookies::PORTAL, Reach::Strict);
    let leaves = gateway.front.is_none();
    leaves.then_some((header::SET_COOKIE, cookie)).into_iter().collect()
}
