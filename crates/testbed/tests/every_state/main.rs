//! Every state of the shell and every kind of page, reached by its real cause in the built shell, and walked
//! around in: both themes, every width, forced colours, reduced motion. A state more is a line in one of the
//! tables. With `LANYARD_LOOK` naming a folder each leaves its pictures there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod arriving;
mod audit;
mod crowd;
mod framed;
mod home;
mod leaving;
mod notices;
mod scene;
mod tools;
#[path = "../visitor/mod.rs"]
mod visitor;
mod walk;

use futures_util::future::LocalBoxFuture;
use lanyard_testbed::browser::Page;

use scene::Scene;

/// One state of the shell.
pub struct State {
    /// In the pictures' file names.
    pub name: &'static str,
    /// The kind of page, as people call it.
    pub kind: &'static str,
    /// Brings a browser there.
    pub reach: for<'s> fn(&'s Scene) -> LocalBoxFuture<'s, Page>,
}

/// A table of states: name, kind of page, and the function that brings a browser there.
macro_rules! states {
    ($($name:literal is $kind:literal by $reach:ident),* $(,)?) => {
        pub const STATES: &[crate::State] = &[
            $(crate::State { name: $name, kind: $kind, reach: |scene| Box::pin($reach(scene)) }),*
        ];
    };
}
pub(crate) use states;

/// One test a table: its states share a stage and a browser.
macro_rules! tables {
    ($($table:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $table() {
                let scene = $table::scene().await;
                walk::through(&scene, $table::STATES).await;
            }
        )*

        #[test]
        fn no_two_states_have_one_name() {
            let mut names: Vec<_> = [$($table::STATES),*].into_iter().flatten().map(|state| state.name).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all);
        }
    };
}

tables! { arriving, crowd, framed, home, leaving, notices, tools }
