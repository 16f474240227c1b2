//! Real dashboards in their frames, unchanged and with their default settings: one row a framework, the same
//! promises for each. What is particular about one stands in its `framework.toml` among the examples.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod conformance;
mod visitor;

#[test]
fn every_example_of_a_framework_has_a_row() {
    let mut folders = lanyard_testbed::framework::all();
    let mut rows: Vec<_> = ROWS.iter().map(|id| (*id).to_owned()).collect();
    folders.sort();
    rows.sort();
    assert_eq!(rows, folders);
}

/// A row: a module that `cargo xtask test --only` can name, and the folder of its example.
macro_rules! rows {
    ($($row:ident: $id:literal $(with $particular:ident)?),* $(,)?) => {
        const ROWS: &[&str] = &[$($id),*];

        $(mod $row {
        #[tokio::test(flavor = "multi_thread")]
        async fn two_people_at_once_work_with_it_each_as_themselves() {
            crate::conformance::people::work_each_as_themselves($id).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn it_outlives_other_tabs_and_quiet_times_and_comes_back_after_a_cut() {
            crate::conformance::connection::outlives_and_comes_back($id).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn when_the_session_is_over_it_is_shut_and_the_next_person_finds_nothing_of_the_first() {
            crate::conformance::session::ends_and_leaves_nothing($id).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn when_it_is_down_or_fails_or_takes_its_time_that_is_said_and_it_comes_up_by_itself() {
            crate::conformance::trouble::is_said_and_passes($id).await;
        }
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $particular() {
                crate::conformance::particular::$particular($id).await;
            }
        )?
    })* };
}

rows! {
    streamlit: "streamlit" with a_component_in_a_frame_of_its_own_tells_the_app,
    panel: "panel",
    bokeh: "bokeh",
    dash: "dash" with a_confirmation_is_asked_for,
    shiny: "shiny" with an_upload_that_the_browser_made_up_is_not_opened,
    shiny_r: "shiny-r" with an_upload_that_the_browser_made_up_is_not_opened,
    webapp: "webapp",
}

mod external {
    #[tokio::test(flavor = "multi_thread")]
    async fn a_page_that_enforces_itself_is_framed_as_it_is_for_those_who_may_see_it() {
        crate::conformance::other_ways::framed_as_it_is().await;
    }
}

mod https {
    #[tokio::test(flavor = "multi_thread")]
    async fn an_app_with_a_certificate_of_its_own_authority_works_like_any_other() {
        crate::conformance::other_ways::with_its_own_authority().await;
    }
}
