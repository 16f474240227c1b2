//! Widgets and words. They know nothing of router, identity or API: whatever they show, they are given.

pub mod announce;
pub mod dialog;
pub mod fuzzy;
pub mod icon;
pub mod notice;
pub mod page;
pub mod words;
