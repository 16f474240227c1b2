//! Real identity providers, end to end, through their own pages in a real browser: groups to roles, what a changed
//! membership does at the next sign-in, and signing out at both ends. One module a provider.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

#[path = "providers/canaille.rs"]
mod canaille;
#[path = "providers/django.rs"]
mod django;
#[path = "providers/fixtures.rs"]
mod fixtures;
#[path = "providers/keycloak.rs"]
mod keycloak;
#[path = "providers/oidc_provider.rs"]
mod oidc_provider;
#[path = "providers/saml.rs"]
mod saml;
#[path = "providers/trusted_headers.rs"]
mod trusted_headers;
mod visitor;
