//! Which notice floats over the page: that there is no network, that the portal does not answer, or that a new
//! version of the shell is ready. One at a time, the most important one.

use leptos::prelude::*;

use super::reach::Reach;
use crate::{
    api::Heard,
    config::Portal,
    identity::sign_in_page::reload,
    locale,
    ui::{
        announce::Announcer,
        notice::{Notice, Notices},
        page::Button,
        words,
    },
};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Matter {
    Offline,
    Silent,
    /// The build that is ready.
    NewVersion(String),
}

/// `says_silence`: the page itself says that the portal does not answer.
#[component]
pub(super) fn AppNotices(says_silence: Signal<bool>) -> impl IntoView {
    let heard = expect_context::<Heard>();
    let portal = expect_context::<Portal>();
    let reach = Reach::begin(expect_context::<Announcer>());
    let put_off = RwSignal::new(None::<String>);
    let matter = Memo::new(move |_| {
        if reach.offline() {
            return Some(Matter::Offline);
        }
        if heard.silent() {
            return (!says_silence.get()).then_some(Matter::Silent);
        }
        heard.other_build().filter(|build| put_off.get().as_ref() != Some(build)).map(Matter::NewVersion)
    });
    let since = move || heard.last().map(locale::time_of_day);
    let shown = move || {
        Some(match matter.get()? {
            Matter::Offline => {
                view! { <Notice icon="#wifi-off" words=words::offline(since().as_deref())/> }.into_any()
            }
            Matter::Silent => {
                let words = words::portal_away(&portal.title(), since().as_deref());
                view! { <Notice icon="#alert" words/> }.into_any()
            }
            Matter::NewVersion(build) => {
                let words = words::new_version();
                let later = move || put_off.set(Some(build.clone()));
                view! {
                    <Notice icon="#rotate-cw" words=words.clone()>
                        <Button label=words::LATER press=later/>
                        <Button primary=true label=words.action press=reload/>
                    </Notice>
                }
                .into_any()
            }
        })
    };
    let up = Signal::derive(move || matter.with(Option::is_some));
    view! { <Notices up>{shown}</Notices> }
}
