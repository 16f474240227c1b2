//! The door frame: rail, bar, and where things are. What is shown inside is given to it.

pub mod address;
pub mod frame;
pub mod navigation;
