//! `GET /api/config`: what the shell shows and uses before anybody is signed in. The same for everybody.

use std::sync::Arc;

use axum::{Json, extract::State};
use lanyard_contract::wire::{Logo, PortalConfig, Provider};

use super::Gateway;
use crate::{
    config::SignIn,
    identity::{oidc, trusted_headers},
};

pub async fn show(State(gateway): State<Arc<Gateway>>) -> Json<PortalConfig> {
    let portal = &gateway.config.portal;
    Json(PortalConfig {
        title: portal.title.clone(),
        contact: portal.contact.clone(),
        provider: provider(&gateway),
        accent: portal.accent.clone(),
        logo: portal
            .logo
            .as_ref()
            .map(|logo| Logo { light: logo.light.path.clone(), dark: logo.dark.path.clone() }),
        kept_frames: portal.kept_frames,
    })
}

fn provider(gateway: &Gateway) -> Provider {
    let redirect_uri = gateway.provider.as_ref().map(oidc::Provider::redirect_uri).unwrap_or_default();
    let endpoints = gateway.provider.as_ref().and_then(oidc::Provider::endpoints);
    match &gateway.config.sign_in {
        SignIn::Provider(identity) => Provider {
            name: identity.name.clone(),
            issuer: identity.issuer.clone(),
            client_id: identity.client_id.clone(),
            scopes: identity.scopes.clone(),
            redirect_uri,
            authorization_endpoint: endpoints.map(|endpoints| endpoints.authorization.to_string()),
        },
        // The browser goes nowhere for it: `POST /api/sign-in` signs in.
        SignIn::Headers(headers) => Provider {
            name: headers.called.clone(),
            issuer: trusted_headers::ISSUER.to_owned(),
            client_id: String::new(),
            scopes: Vec::new(),
            redirect_uri,
            authorization_endpoint: Some(gateway.config.portal.origin.to_string()),
        },
    }
}
