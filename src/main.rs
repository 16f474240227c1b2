//! Starts the shell: takes a callback's query out of the address bar before anything else can read it,
//! and mounts the app. Nothing is decided here.

use lanyard_shell::{app::App, identity::callback};
use leptos::prelude::*;

fn main() {
    let arrival = callback::take_query();
    mount_to_body(move || view! { <App arrival/> });
}
