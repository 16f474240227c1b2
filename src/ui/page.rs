//! A state of the portal as a page: a title, a sentence or two, one main action, and the reference that
//! support can find in the log. What the actions do is up to whoever shows it.

use leptos::prelude::*;

use super::{
    icon::Icon,
    words::{self, Words},
};

/// `inner` is for a state inside a page that has a heading of its own.
#[component]
pub fn StatePage(
    words: Words,
    #[prop(default = None)] reference: Option<String>,
    #[prop(optional)] inner: bool,
    children: Children,
) -> impl IntoView {
    let heading = if inner {
        view! { <h2>{words.title}</h2> }.into_any()
    } else {
        view! { <h1 tabindex="-1">{words.title}</h1> }.into_any()
    };
    let sentence = (!words.sentence.is_empty()).then(|| view! { <p>{addresses_whole(&words.sentence)}</p> });
    view! {
        <section class="state">
            {heading}
            {sentence}
            <div class="actions">{children()}</div>
            <Reference reference/>
        </section>
    }
}

/// Addresses break, at a hyphen or anywhere, only where no line has room for them.
fn addresses_whole(sentence: &str) -> Vec<AnyView> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while let Some(at) = rest.find('@') {
        let begin = rest[..at].rfind(' ').map_or(0, |space| space + 1);
        let end = rest[at..].find(' ').map_or(rest.len(), |space| at + space);
        pieces.push(rest[..begin].to_owned().into_any());
        pieces.push(view! { <span class="address">{rest[begin..end].to_owned()}</span> }.into_any());
        rest = &rest[end..];
    }
    pieces.push(rest.to_owned().into_any());
    pieces
}

/// What support can find in the log.
#[component]
fn Reference(reference: Option<String>) -> impl IntoView {
    reference.map(|found| view! { <p class="reference">{words::REFERENCE}" "<code>{found}</code></p> })
}

/// A failure within something that goes on.
#[component]
pub fn Trouble(sentence: &'static str, reference: Option<String>) -> impl IntoView {
    view! { <p class="trouble"><Icon name="#alert"/>{sentence}</p><Reference reference/> }
}

/// `primary` marks the one action of a page.
#[component]
pub fn Button(
    label: &'static str,
    #[prop(optional)] primary: bool,
    press: impl Fn() + 'static,
) -> impl IntoView {
    let class = if primary { "button primary" } else { "button" };
    view! { <button type="button" class=class on:click=move |_| press()>{label}</button> }
}

/// A link that looks like a button: for actions that lead somewhere.
#[component]
pub fn ButtonLink(label: &'static str, href: &'static str) -> impl IntoView {
    view! { <a class="button primary" href=href>{label}</a> }
}
