//! The pages themselves: home, a dashboard in its frame, a dashboard in a window of its own, and what is not
//! there. They may assume that the gate has let them be shown.

pub mod app_frame;
pub mod budget;
mod card;
mod element;
mod entering;
pub mod entry;
mod focus;
pub mod full_screen;
mod hints;
pub mod home;
mod looking;
pub mod not_found;
pub mod pool;
mod pulse;
pub mod stage;
pub mod stage_view;
mod states;
mod trouble;
pub mod window;
