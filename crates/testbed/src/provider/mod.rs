//! Real identity providers, each installed by `cargo xtask test` and started as its own documentation says. They
//! know one client, the portal; who is in them is the test's matter.

pub mod canaille;
pub mod django;
pub mod keycloak;
pub mod nginx;
pub mod panva;

pub use canaille::Canaille;
pub use django::Django;
pub use keycloak::Keycloak;
pub use nginx::Nginx;
pub use panva::OidcProvider;
