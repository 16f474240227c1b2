//! A dashboard as a team might write it, behind Lanyard: it knows who is looking because the portal signed
//! it, on every request and on the WebSocket's handshake. It does not decide who may look; the gateway does.

mod assertion;
pub mod clock;
mod echo;
mod figures;
mod files;
mod keys;
mod live;
mod page;
pub mod portal;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{any, get, post},
};

use assertion::{AssertionError, Verifier};
use clock::Timestamp;
use keys::KeyError;
use portal::Portal;

/// One running app.
pub struct App {
    title: String,
    verifier: Verifier,
}

impl App {
    /// `audience` is the origin at which browsers see this app.
    pub fn new(title: &str, portal: Portal, audience: &str) -> Self {
        Self { title: title.into(), verifier: Verifier::new(portal, audience) }
    }
}

/// Everything is behind [`identify`], the style sheet and the unknown paths included.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(page::home))
        .route("/reports/{name}", get(page::report))
        .route("/assets/style.css", get(page::style))
        .route("/assets/app.js", get(page::script))
        .route("/assets/icon.svg", get(page::icon))
        .route("/api/figures", get(figures::figures))
        .route("/download/figures.csv", get(files::download))
        .route("/upload", post(files::upload))
        .route("/live", any(live::live))
        .route("/echo", any(echo::echo))
        .fallback(page::not_found)
        .layer(middleware::from_fn_with_state(app.clone(), identify))
        .with_state(app)
}

/// Nothing is answered before it is known who asks. Handlers find the viewer among the extensions.
async fn identify(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match app.verifier.verify(request.headers(), Timestamp::now()).await {
        Ok(viewer) => {
            request.extensions_mut().insert(viewer);
            next.run(request).await
        }
        Err(error) => {
            tracing::info!(%error, "refused");
            refuse(&error)
        }
    }
}

fn refuse(error: &AssertionError) -> Response {
    let (status, sentence) = match error {
        AssertionError::Key(KeyError::Fetch(_) | KeyError::Form | KeyError::Waiting) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The portal's keys cannot be fetched, so nobody can be recognized right now.\n",
        ),
        _ => (
            StatusCode::UNAUTHORIZED,
            "Nobody is known to be looking. Open this dashboard from the portal.\n",
        ),
    };
    (status, [(header::CACHE_CONTROL, "no-store")], sentence).into_response()
}
