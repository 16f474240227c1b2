//! `GET /api/config`: what the shell shows and uses before anybody is signed in. The same for everybody.

use std::sync::Arc;

use axum::{Json, extract::State};
use lanyard_contract::wire::{Logo, PortalConfig, Provider};

use super::Gateway;

pub async fn show(State(gateway): State<Arc<Gateway>>) -> Json<PortalConfig> {
    let (portal, identity) = (&gateway.config.portal, &gateway.config.identity);
    let endpoints = gateway.provider.endpoints();
    Json(PortalConfig {
        title: portal.title.clone(),
        contact: portal.contact.clone(),
        provider: Provider {
            name: identity.name.clone(),
            issuer: identity.issuer.clone(),
            client_id: identity.client_id.clone(),
            scopes: identity.scopes.clone(),
            redirect_uri: gateway.provider.redirect_uri(),
            authorization_endpoint: endpoints.map(|endpoints| endpoints.authorization.to_string()),
        },
        accent: portal.accent.clone(),
        logo: portal
            .logo
            .as_ref()
            .map(|logo| Logo { light: logo.light.path.clone(), dark: logo.dark.path.clone() }),
        kept_frames: portal.kept_frames,
    })
}
