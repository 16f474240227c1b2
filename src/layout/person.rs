//! The foot of the rail: who is signed in here, and what is theirs to do: the theme, where else they are
//! signed in, and the way out. For nobody it is the theme alone.

use lanyard_contract::wire::Identity;
use leptos::prelude::*;

use super::{overlay::Overlay, theme::ThemeButton};
use crate::{
    identity::SignOut,
    ui::{icon::Icon, words},
};

#[component]
pub fn Person(identity: Identity, overlay: RwSignal<Option<Overlay>>) -> impl IntoView {
    let sign_out = expect_context::<SignOut>();
    let whole = [Some(identity.name.as_str()), identity.email.as_deref()];
    let whole = whole.into_iter().flatten().collect::<Vec<_>>().join("\n");
    view! {
        <div class="person">
            <div class="whole" title=whole>
                <span class="initials" aria-hidden="true">{initials(&identity.name)}</span>
                <div class="who">
                    <span>{identity.name}</span>
                    {identity.email.map(|email| view! { <span class="quiet">{email}</span> })}
                </div>
            </div>
            <div class="tools">
                <ThemeButton/>
                <button type="button" class="tool" aria-label=words::SESSIONS title=words::SESSIONS
                    aria-haspopup="dialog" on:click=move |_| overlay.set(Some(Overlay::Sessions))>
                    <Icon name="#devices"/>
                </button>
                <button type="button" class="tool" aria-label=words::SIGN_OUT title=words::SIGN_OUT
                    on:click=move |_| sign_out.start()>
                    <Icon name="#log-out"/>
                </button>
            </div>
        </div>
    }
}

/// Nobody is signed in: the theme is chosen for as long as this page stands, and is kept nowhere.
#[component]
pub fn Nobody() -> impl IntoView {
    // Another element than a person's foot, which would otherwise become this one and count as having moved.
    view! { <footer class="person"><div class="tools"><ThemeButton/></div></footer> }
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split(' ').filter(|word| !word.is_empty());
    let first = words.next();
    [first, words.next_back()].into_iter().flatten().filter_map(|word| word.chars().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Ada Albrecht"), "AA");
        assert_eq!(initials("Élodie Marie van Dijk"), "ÉD");
        assert_eq!(initials("e"), "e");
        assert_eq!(initials(""), "");
    }
}
