//! Where else this person is signed in, and the way to end it there. The gateway lists only their own.

use lanyard_contract::wire::{OpenSession, ProblemCode};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, ApiError},
    identity::{Session, session::Why},
    locale,
    ui::{
        dialog::Close,
        page::{Button, Trouble},
        words,
    },
};

#[derive(Clone, Copy)]
struct List {
    session: Session,
    open: RwSignal<Option<Result<Vec<OpenSession>, ApiError>>>,
    /// What became of the last one that was to be ended.
    said: RwSignal<String>,
    failed: RwSignal<Option<ApiError>>,
}

impl List {
    async fn load(self) {
        let answer = api::sessions().await.map(|answer| answer.sessions);
        // The dialog may be closed by now.
        let _ = self.open.try_set(Some(answer));
    }

    /// Whose session is over must not look at the others.
    async fn end(self, id: String, name: String) {
        self.failed.set(None);
        let refused = match api::end_session(&id).await {
            Ok(()) => None,
            Err(error) => match error.code() {
                // It ended by itself.
                Some(ProblemCode::NotFound) => None,
                Some(ProblemCode::SignedOut) => {
                    let _ = self.session.refresh(Why::OtherWindow).await;
                    return;
                }
                _ => Some(error),
            },
        };
        if refused.is_none() {
            let _ = self.said.try_set(words::ended_there(&name));
            self.load().await;
        }
        let _ = self.failed.try_set(refused);
    }
}

#[component]
pub fn Sessions(close: UnsyncCallback<()>) -> impl IntoView {
    let list = List {
        session: expect_context::<Session>(),
        open: RwSignal::new(None),
        said: RwSignal::new(String::new()),
        failed: RwSignal::new(None),
    };
    spawn_local(list.load());
    let again = move || {
        list.open.set(None);
        spawn_local(list.load());
    };
    view! {
        <div class="top"><h2 tabindex="-1">{words::SESSIONS}</h2><Close close/></div>
        {move || match list.open.get() {
            None => view! { <p class="quiet late">{words::LOADING}</p> }.into_any(),
            Some(Err(error)) => view! {
                <Trouble sentence=words::SESSIONS_UNREAD reference=error.reference()/>
                <Button label=words::TRY_AGAIN press=again/>
            }.into_any(),
            Some(Ok(open)) => view! { <Rows list open/> }.into_any(),
        }}
        <div role="alert">
            {move || list.failed.get().map(|error| view! {
                <Trouble sentence=words::SESSION_NOT_ENDED reference=error.reference()/>
            })}
        </div>
        <p role="status" class="unseen">{move || list.said.get()}</p>
    }
}

#[component]
fn Rows(list: List, open: Vec<OpenSession>) -> impl IntoView {
    let alone = open.iter().all(|one| one.current);
    view! {
        <ul>{open.into_iter().map(|one| view! { <Row list one/> }).collect_view()}</ul>
        {alone.then(|| view! { <p class="quiet">{words::SESSION_ALONE}</p> })}
    }
}

#[component]
fn Row(list: List, one: OpenSession) -> impl IntoView {
    let name = one.browser.unwrap_or_else(|| words::UNKNOWN_BROWSER.to_owned());
    let since = words::since(&locale::date_and_time(one.begun));
    let label = words::end_there(&name, &since);
    let under_way = RwSignal::new(false);
    let (id, called) = (one.id, name.clone());
    let end = move |_| {
        if under_way.get_untracked() {
            return;
        }
        under_way.set(true);
        let (id, called) = (id.clone(), called.clone());
        spawn_local(async move {
            list.end(id, called).await;
            let _ = under_way.try_set(false);
        });
    };
    let last = if one.current {
        view! { <span class="here">{words::SESSION_HERE}</span> }.into_any()
    } else {
        view! {
            <button type="button" class="button" aria-label=label on:click=end
                aria-disabled=move || under_way.get().to_string()>{words::END}</button>
        }
        .into_any()
    };
    view! {
        <li>
            <div class="who"><span>{name}</span><span class="quiet">{since}</span></div>
            {last}
        </li>
    }
}
