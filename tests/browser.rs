//! The shell's real components in a real browser, with only the gateway's answers made up.
//! What happens behind the gateway is tested there.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, reason = "tests may; clippy.toml only knows those that run on the host")]

#[path = "browser/away.rs"]
mod away;
#[path = "browser/callback.rs"]
mod callback;
#[path = "browser/changes.rs"]
mod changes;
#[path = "browser/coming_back.rs"]
mod coming_back;
#[path = "browser/departures.rs"]
mod departures;
#[path = "browser/ending.rs"]
mod ending;
#[path = "browser/frames.rs"]
mod frames;
#[path = "browser/full_screen.rs"]
mod full_screen;
#[path = "browser/gate.rs"]
mod gate;
#[path = "browser/haste.rs"]
mod haste;
#[path = "browser/hints.rs"]
mod hints;
#[path = "browser/home.rs"]
mod home;
#[path = "browser/keyboard.rs"]
mod keyboard;
#[path = "browser/memory.rs"]
mod memory;
#[path = "browser/navigation.rs"]
mod navigation;
#[path = "browser/notices.rs"]
mod notices;
#[path = "browser/page.rs"]
mod page;
#[path = "browser/palette.rs"]
mod palette;
#[path = "browser/pulse.rs"]
mod pulse;
#[path = "browser/rail.rs"]
mod rail;
#[path = "browser/sessions.rs"]
mod sessions;
#[path = "browser/sheet.rs"]
mod sheet;
#[path = "browser/story.rs"]
mod story;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
