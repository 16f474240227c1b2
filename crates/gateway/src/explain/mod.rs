//! `lanyard explain`: what a configuration lets somebody see, and by which rule. It decides nothing by itself: groups
//! are read, roles granted, dashboards opened and apps told by the very functions that the gateway runs on. It knows
//! nobody, and asks neither the provider nor an app.

mod lines;
mod matrix;
mod person;
mod person_text;
mod stray;
mod table;
#[cfg(test)]
mod tests;

use lanyard_contract::policy::Policy;

use crate::config::Rules;

pub use matrix::Matrix;
pub use person::{Explained, Who, explain};
pub use table::Format;

/// As the gateway has it.
fn policy(rules: &Rules) -> Policy {
    Policy::new(rules.dashboards.iter().map(|dashboard| (dashboard.id.clone(), dashboard.access.clone())))
}
