//! Home: the dashboards as cards, by section. Without any of their own, people are told whom to ask; without
//! anybody signed in, it invites to sign in.

use lanyard_contract::{
    paths::LocalPath,
    wire::{Dashboard, Identity, SessionAnswer},
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    config::Portal,
    identity::{Session, session::Why, sign_in_page::SignInPage},
    layout::{address, navigation::sections},
    policy,
    ui::{
        icon::Icon,
        page::{Button, StatePage},
        words,
    },
};

#[component]
pub fn Home(answer: SessionAnswer) -> impl IntoView {
    let opens = policy::opens_anything(&answer);
    let state = match answer.identity.clone() {
        None => Some(view! { <SignInPage return_to=Signal::stored(LocalPath::root())/> }.into_any()),
        Some(identity) if !opens => Some(view! { <NothingOpen identity/> }.into_any()),
        Some(_) => None,
    };
    view! {
        <div class="home">
            {state}
            {sections(&answer).into_iter().map(|(section, dashboards)| view! {
                <section class="cards">
                    {section.map(|section| view! { <h2>{section}</h2> })}
                    <ul>{dashboards.into_iter().map(|known| view! { <Card known/> }).collect_view()}</ul>
                </section>
            }).collect_view()}
        </div>
    }
}

#[component]
fn Card(known: Dashboard) -> impl IntoView {
    view! {
        <li>
            <a class="card" href=address::of(&known.id)>
                <Icon name="#chart"/>
                <span class="card-title">{known.title}</span>
                {known.description.map(|line| view! { <span class="quiet">{line}</span> })}
            </a>
        </li>
    }
}

/// "No dashboard is open to you yet".
#[component]
fn NothingOpen(identity: Identity) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = expect_context::<Session>();
    let who = identity.email.as_ref().unwrap_or(&identity.name);
    let words = words::nothing_open(who, &identity.groups, &portal.contact());
    let check = move || {
        spawn_local(async move {
            let _ = session.refresh(Why::Unsaid).await;
        });
    };
    view! {
        <StatePage inner=true words=words.clone()>
            <Button primary=true label=words.action press=check/>
        </StatePage>
    }
}
