//! An icon of the sprite in index.html, always beside its word and therefore silent.

use leptos::prelude::*;

/// `name` is a symbol's id with its `#`.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! { <svg class="icon" aria-hidden="true"><use_ href=name></use_></svg> }
}
