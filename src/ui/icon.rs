//! An icon, always beside its word and therefore silent: of the sprite in index.html, or of the one that holds the
//! icons which the configuration can name.

use leptos::{oco::Oco, prelude::*};

/// Loaded only where a dashboard names one of its icons.
const NAMED: &str = "/icons.svg#";

/// `name` is a symbol's id with its `#`, after the file it is in if that is not the page.
#[component]
pub fn Icon(#[prop(into)] name: Oco<'static, str>) -> impl IntoView {
    view! { <svg class="icon" aria-hidden="true"><use_ href=name></use_></svg> }
}

/// The icon of a dashboard that names this one.
pub fn of(name: Option<&str>) -> Oco<'static, str> {
    name.map_or(Oco::Borrowed("#chart"), |name| [NAMED, name].concat().into())
}
