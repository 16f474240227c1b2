//! The door frame: rail, bar, what lies over a page, and where things are. What is shown inside is given to it.

pub mod address;
pub mod frame;
mod keys;
pub mod navigation;
mod overlay;
mod palette;
mod person;
mod places;
mod sessions;
pub mod theme;
