//! The polite live region: says what changed to people who do not see it change.

use leptos::prelude::*;

/// The one live region of the page, as a context.
#[derive(Clone, Copy)]
pub struct Announcer(RwSignal<String>);

impl Announcer {
    pub fn new() -> Self {
        Self(RwSignal::new(String::new()))
    }

    pub fn say(self, sentence: impl Into<String>) {
        self.0.set(sentence.into());
    }
}

impl Default for Announcer {
    fn default() -> Self {
        Self::new()
    }
}

#[component]
pub fn LiveRegion() -> impl IntoView {
    let announcer = expect_context::<Announcer>();
    view! { <div class="unseen" role="status" aria-live="polite">{move || announcer.0.get()}</div> }
}
