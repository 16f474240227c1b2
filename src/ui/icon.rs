//! An icon of the sprite in index.html, or of the one for dashboards, always beside its word and therefore
//! silent.

use std::borrow::Cow;

use leptos::prelude::*;

/// Where the icons stand that only some dashboards have.
const DASHBOARDS: &str = "/icons.svg#";

/// `name` is a symbol's id with its `#`.
#[component]
pub fn Icon(#[prop(into)] name: Cow<'static, str>) -> impl IntoView {
    view! { <svg class="icon" aria-hidden="true"><use_ href=name></use_></svg> }
}

/// The icon of a dashboard, by the name that its entry gives it.
pub fn of(named: Option<&str>) -> Cow<'static, str> {
    named.map_or(Cow::Borrowed("#chart"), |name| [DASHBOARDS, name].concat().into())
}
