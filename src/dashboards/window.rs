//! A dashboard in a window of its own: no frame; a ticket, and a form that takes the whole window there.
//! At most a few times a minute, because a browser that keeps no cookie is sent back here every time.

use lanyard_contract::{
    paths::LocalPath,
    wire::{Dashboard, ProblemCode},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;

use super::{budget::Budget, entry};
use crate::{
    api::{self, ApiError, Heard},
    clock,
    config::Portal,
    identity::{
        Session,
        failure::{Failure, FailureKind},
        session::Why,
        sign_in_page::reload,
        storage,
    },
    layout::address,
    ui::{
        page::{Button, StatePage},
        words::{self, Words},
    },
};

const ENTRIES: &str = "lanyard.windows";

/// Why the window is still here.
#[derive(Clone)]
struct Stuck {
    words: Words,
    error: Option<ApiError>,
}

#[component]
pub fn WindowPage(dashboard: Dashboard, path: Option<LocalPath>) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = expect_context::<Session>();
    let stuck = RwSignal::new(None::<Stuck>);
    let title = dashboard.title.clone();
    let go = move || {
        stuck.set(None);
        let (dashboard, path) = (dashboard.clone(), path.clone());
        spawn_local(async move {
            if let Err(why) = leave(&dashboard, path, portal, session).await {
                stuck.set(Some(why));
            }
        });
    };
    go();
    expect_context::<Heard>().on_return({
        let go = go.clone();
        move || {
            let waits = |stuck: &Option<Stuck>| {
                stuck.as_ref().is_some_and(|stuck| stuck.error == Some(ApiError::Network))
            };
            if stuck.with_untracked(waits) {
                go();
            }
        }
    });
    move || match stuck.get() {
        None => view! { <StatePage words=words::opening(&title)>""</StatePage> }.into_any(),
        Some(Stuck { words, error }) => {
            let outdated = error == Some(ApiError::Outdated);
            let go = go.clone();
            let again = move || if outdated { reload() } else { go() };
            view! {
                <StatePage reference=error.and_then(|error| error.reference()) words=words.clone()>
                    <Button primary=true label=words.action press=again/>
                </StatePage>
            }
            .into_any()
        }
    }
}

async fn leave(
    dashboard: &Dashboard,
    path: Option<LocalPath>,
    portal: Portal,
    session: Session,
) -> Result<(), Stuck> {
    let silent = |error| {
        let outdated = error == Some(ApiError::Outdated);
        let words = if outdated { words::outdated() } else { words::window_silent(&dashboard.title) };
        Stuck { words, error }
    };
    if let Some(address) = entry::direct(dashboard, path.as_ref()) {
        return window().location().replace(&address).map_err(|_| silent(None));
    }
    let mut entries = storage::get(ENTRIES).map(|kept| Budget::decode(&kept)).unwrap_or_default();
    if !entries.spend(clock::now()) {
        let words = Failure::of(FailureKind::CookieNotKept).words(portal);
        return Err(Stuck { words, error: None });
    }
    storage::put(ENTRIES, &entries.encode());
    match api::ticket(&dashboard.id).await {
        Ok(ticket) => {
            let path = path.unwrap_or_else(LocalPath::root);
            // Back leads to the dashboard in its frame, not to this page, which would only go on again.
            let framed = [address::of(&dashboard.id), path.as_str().to_owned()].concat();
            if let Ok(history) = window().history() {
                let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&framed));
            }
            entry::submit(&ticket, &path, "_self").map_err(|_| silent(None))
        }
        Err(error) => {
            if matches!(error.code(), Some(ProblemCode::SignedOut | ProblemCode::NotFound)) {
                let _ = session.refresh(Why::Unsaid).await;
            }
            Err(silent(Some(error)))
        }
    }
}
