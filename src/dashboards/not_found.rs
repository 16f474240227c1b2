//! What people see who ask for a dashboard that is not theirs, or is not there: one and the same page, which
//! says nothing about the dashboard, not even the name they typed.

use leptos::prelude::*;

use crate::{
    config::Portal,
    ui::{
        page::{ButtonLink, StatePage},
        words,
    },
};

#[component]
pub fn Forbidden() -> impl IntoView {
    let portal = expect_context::<Portal>();
    let words = words::forbidden(&portal.contact());
    view! {
        <StatePage words=words.clone()>
            <ButtonLink label=words.action href="/"/>
        </StatePage>
    }
}
