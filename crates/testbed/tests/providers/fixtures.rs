//! Providers that cannot run here: what their documentation says of ID tokens and userinfo, in `fixtures/`, said by
//! the development provider and read by the whole gateway. The people and ids in them are invented.

use std::path::Path;

use lanyard_testbed::{Answer, Person, Stage, StageOptions, flow::Flow, person::CARLA};
use serde_json::Value;

/// A gateway that finds groups there, and opens the dashboard `books` to this group alone.
async fn stage(pointers: &'static str, group: &str) -> Stage {
    let dashboard =
        "[dashboards.books]\ntitle = \"Books\"\napp = \"http://127.0.0.1:9\"\nroles = [\"books\"]";
    let options = StageOptions::default().without_apps().groups(pointers).toml(dashboard);
    Stage::start(options.role(&format!("books = [\"{group}\"] # how people call it"))).await
}

/// From now on the provider speaks as that one does.
async fn speaks_as(stage: &Stage, fixture: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/providers/fixtures/{fixture}.json"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{fixture}: {error}"));
    let order: Value = serde_json::from_str(&text).expect("a fixture is JSON");
    stage.order(&order).await;
}

/// Signs in, and says whether the books are open.
async fn opens_the_books(stage: &Stage, fixture: &str) -> bool {
    speaks_as(stage, fixture).await;
    let person = Person::sign_in(stage, CARLA).await;
    assert_eq!(person.session["identity"]["name"], CARLA, "{fixture}");
    person.sees(stage).await.iter().any(|id| id == "books")
}

async fn sign_in(stage: &Stage, fixture: &str) -> Answer {
    speaks_as(stage, fixture).await;
    let flow = Flow::begin(stage).await;
    let callback = flow.at_provider(stage, CARLA).await;
    flow.redeem(stage, &callback, &flow.cookies()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn entra_names_groups_by_their_ids() {
    let finance = stage(r#"["/groups"]"#, "0b6f2d3e-58c1-4a97-b3d4-6e1f09a7c852").await;
    assert!(opens_the_books(&finance, "entra-groups").await);
    assert!(!opens_the_books(&finance, "entra-app-roles").await, "without the claim there is no group");
    let other = stage(r#"["/groups"]"#, "5e0c9b17-42da-4f6e-8b35-a1d7c2906f43").await;
    assert!(!opens_the_books(&other, "entra-groups").await);
}

/// Whoever is in more groups than fit is not somebody without groups.
#[tokio::test(flavor = "multi_thread")]
async fn entras_overage_lets_nobody_in_who_is_judged_by_groups() {
    let groups = stage(r#"["/groups", "/roles"]"#, "Books.Read").await;
    for fixture in ["entra-overage", "entra-overage-hasgroups"] {
        let refused = sign_in(&groups, fixture).await.expect(403).json();
        assert_eq!(refused["code"], "groups-unreadable", "{fixture}");
        let message = refused["message"].as_str().unwrap_or_default();
        assert!(
            message.contains("more groups than your sign-in service can tell us"),
            "{fixture}: {message}"
        );
    }
    // App roles have no such limit: where they alone count, it is no matter.
    let roles = stage(r#"["/roles"]"#, "Books.Read").await;
    for fixture in ["entra-app-roles", "entra-overage", "entra-overage-hasgroups"] {
        assert!(opens_the_books(&roles, fixture).await, "{fixture}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn oktas_filtered_claim_is_read_wherever_it_is() {
    let books = stage(r#"["/groups"]"#, "dash-books").await;
    for fixture in ["okta", "okta-thin"] {
        assert!(opens_the_books(&books, fixture).await, "{fixture}");
    }
    let unfiltered = stage(r#"["/groups"]"#, "Everyone").await;
    assert!(!opens_the_books(&unfiltered, "okta").await, "what the filter leaves out is no group");
}

#[tokio::test(flavor = "multi_thread")]
async fn auth0s_claim_is_named_by_a_url() {
    let books = stage(r#"["/https:~1~1dash.example~1groups"]"#, "Books").await;
    assert!(opens_the_books(&books, "auth0").await);
    let bare = stage(r#"["/groups"]"#, "Books").await;
    assert!(!opens_the_books(&bare, "auth0").await);
}

/// Google says no groups, but of which organisation somebody is.
#[tokio::test(flavor = "multi_thread")]
async fn googles_hosted_domain_counts_as_a_group() {
    let books = stage(r#"["/hd"]"#, "harbour.example").await;
    assert!(opens_the_books(&books, "google-workspace").await);
    assert!(
        !opens_the_books(&books, "google-personal").await,
        "an account of one's own is in no organisation"
    );
}
